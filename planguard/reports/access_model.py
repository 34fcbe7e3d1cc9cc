"""What a plan lets people do, as a document: new, removed and possible access, each with a witness.

Symbols are shown by their names (``${aws_s3_bucket.b.arn}``), and whatever could carry a sensitive value of the plan
is redacted here, once. Keys may be added at the end of an object; none is ever renamed, dropped or given another
meaning.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from planguard.access.model import AWS, IDENTITY, Gap, Origin, Region, Subject, Terms, Witness
from planguard.access.pattern import shown
from planguard.plan.sensitive import Redactor
from planguard.reports.analysed import AnalysedPlan
from planguard.reports.blast_model import BlastRadius, blast_radius_of

if TYPE_CHECKING:
    from planguard.access.analysis import AccessChange
    from planguard.access.blast import Blast

SCHEMA: Literal["planguard/access/v1"] = "planguard/access/v1"

Plane = Literal["identity", "resource", "trust"]


class AccessSource(Struct, frozen=True, order=True):
    """A statement that access comes from: ``Sid`` or place within the attribute of a resource, or of a file."""

    address: str
    attribute: str
    statement: str


class AccessWitness(Struct, frozen=True):
    """One request that shows it: who does what on which resource, with which condition keys set."""

    principal: str
    action: str
    resource: str
    context: dict[str, str | list[str]]


class AccessEntry(Struct, frozen=True):
    """A set of requests that one subject's access gained, may have gained, or lost.

    ``principal`` is who may do it: the subject itself, or whom its policy lets in (then ``principals`` lists the
    patterns). ``subject`` is whose policies those are, ``address`` the resource that stands for it in the plan.
    What an ``excluded_`` list names is not part of it. All ``conditions`` must hold.
    """

    principal: str
    actions: list[str]
    resources: list[str]
    conditions: list[str]
    witness: AccessWitness
    sources: list[AccessSource]
    provider: str
    plane: Plane
    subject: str
    address: str
    kind: str
    principals: list[str]
    excluded_principals: list[str]
    excluded_actions: list[str]
    excluded_resources: list[str]


class AccessGap(Struct, frozen=True, order=True):
    """Something that nobody can say before apply, and that may give access or take it away.

    ``code`` is one of those that docs/access.md explains; ``principal`` is the subject whose access hangs on it.
    """

    code: str
    address: str
    path: str
    reason: str
    principal: str
    provider: str
    plane: Plane


class ComparedFiles(Struct, frozen=True):
    """The two policy documents that were compared."""

    old: str
    new: str


class AccessDocument(Struct, frozen=True):
    """Everything that came of one analysis; ``plan`` for a plan, ``files`` for two policy documents.

    ``summary`` counts: subjects in the plan, those that were compared because something of them differs, and entries
    of each list.
    """

    schema: Literal["planguard/access/v1"]
    plan: AnalysedPlan | None
    files: ComparedFiles | None
    new: list[AccessEntry]
    removed: list[AccessEntry]
    possible: list[AccessEntry]
    undetermined: list[AccessGap]
    summary: dict[str, int]
    blast_radius: BlastRadius | None = None


def access_document(
    change: AccessChange,
    redactor: Redactor,
    *,
    plan: AnalysedPlan | None = None,
    files: ComparedFiles | None = None,
    blast: Blast | None = None,
) -> AccessDocument:
    """What a plan changes, or what one policy document allows beyond another; lists are sorted by what they show."""
    writer = _Writer(redactor)
    new, removed, possible = (
        sorted((writer.entry(one.subject, one.region) for one in entries), key=_order)
        for entries in (change.new, change.removed, change.possible)
    )
    undetermined = sorted({writer.gap(one.subject, one.gap) for one in change.undetermined})
    summary = {
        "subjects": change.subjects,
        "compared": change.compared,
        "new": len(new),
        "removed": len(removed),
        "possible": len(possible),
        "undetermined": len(undetermined),
    }
    radius = blast_radius_of(blast, redactor) if blast is not None else None
    return AccessDocument(SCHEMA, plan, files, new, removed, possible, undetermined, summary, radius)


def _spelled(subject: Subject, actions: list[str]) -> list[str]:
    """Actions as their cloud writes them: AWS compares them without case."""
    if subject.provider != AWS:
        return actions
    from planguard.access.aws.catalogue import spelled

    return sorted(map(spelled, actions))


def _order(entry: AccessEntry) -> tuple[object, ...]:
    return (
        entry.provider, entry.plane, entry.subject, entry.address, entry.principals, entry.actions, entry.resources,
        entry.conditions, entry.excluded_principals, entry.excluded_actions, entry.excluded_resources,
        entry.witness.principal, entry.witness.action, entry.witness.resource, entry.sources,
    )  # fmt: skip


class _Writer:
    """Turns what was found into entries, without sensitive values."""

    def __init__(self, redactor: Redactor) -> None:
        self._redactor = redactor

    def entry(self, subject: Subject, region: Region) -> AccessEntry:
        name = self._text(subject.name)
        principals, excluded_principals = self._terms(region.principals)
        actions, excluded_actions = (_spelled(subject, named) for named in self._terms(region.actions))
        resources, excluded_resources = self._terms(region.resources)
        return AccessEntry(
            principal=name if subject.plane == IDENTITY else ", ".join(principals),
            actions=actions,
            resources=resources,
            conditions=[self._text(one) for one in region.predicates],
            witness=self._witness(subject, region.witness),
            sources=sorted({self._source(one) for one in region.origins}),
            provider=subject.provider,
            plane=subject.plane,  # type: ignore[arg-type]
            subject=name,
            address=self._address(subject.address),
            kind=subject.kind,
            principals=[name] if subject.plane == IDENTITY else principals,
            excluded_principals=[] if subject.plane == IDENTITY else excluded_principals,
            excluded_actions=excluded_actions,
            excluded_resources=excluded_resources,
        )

    def gap(self, subject: Subject, gap: Gap) -> AccessGap:
        return AccessGap(
            gap.code,
            self._address(gap.address),
            self._text(gap.path),
            self._text(gap.text),
            self._text(subject.name),
            subject.provider,
            subject.plane,  # type: ignore[arg-type]
        )

    def _terms(self, terms: Terms) -> tuple[list[str], list[str]]:
        return sorted({self._text(one) for one in terms.include}), sorted({self._text(one) for one in terms.exclude})

    def _witness(self, subject: Subject, witness: Witness) -> AccessWitness:
        principal = self._text(witness.principal)
        if subject.plane == IDENTITY and not principal.strip("*"):
            principal = self._text(subject.name)
        return AccessWitness(
            principal,
            _spelled(subject, [self._text(witness.action)])[0],
            self._text(witness.resource),
            {self._text(key): self._values(value) for key, value in sorted(witness.context.items())},
        )

    def _values(self, value: str | list[str]) -> str | list[str]:
        return self._text(value) if isinstance(value, str) else [self._text(one) for one in value]

    def _source(self, origin: Origin) -> AccessSource:
        return AccessSource(
            self._address(origin.address), self._text(origin.attribute), self._text(origin.statement)
        )  # fmt: skip

    def _text(self, text: str) -> str:
        return self._redactor.text(shown(str(text)))

    def _address(self, address: str) -> str:
        return self._redactor.address(address)


def access_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    import msgspec

    schema = msgspec.json.schema(AccessDocument)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "planguard access v1",
        **schema,
    }


def render_access_json(document: AccessDocument) -> bytes:
    """One JSON document, keys in the order of the models, indented, with a line feed at its end."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
