"""What ties a resource to the other side: what it names, what it refers to, and whom its policies let in."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from planguard import Resource, is_unknown
from planguard.plan.unknown import path_of, render_path

from ..identity._aws_policy import DOCUMENT, statements
from ._boundary import Side, refuse_doubt
from ._joined import joins
from ._mentions import Text, accounts_in, allowed_texts, is_for_people, texts_of

_POLICY = re.compile(r"(?:.*_)?polic(?:y|ies)")
_PARTS = ("statement.principals", "statement.resources", "statement.condition")
_BUCKET = re.compile(r"(?:.*_)?bucket(?:_name)?")
_BUCKET_ARN = "arn:aws:s3:::"
_KIND = re.compile(r"((?:data\.)?\w+)\.[\w-]+(?:\[[^\]]*\])?$")
_BUCKETS = (("aws_s3_bucket", "bucket"), ("google_storage_bucket", "name"))


class Tie(NamedTuple):
    """One tie to the other side.

    :ivar name: the attribute that it stands in
    :ivar fact: what makes it the same before and after
    """

    name: str
    message: str
    fact: str
    evidence: tuple[str, ...] = ()


def ties(resource: Resource, side: Side) -> Iterator[Tie]:
    """What ties a resource to the other side, each once.

    :raises Undetermined: at the end, when a policy or a name is not known yet that may tie it
    """
    judged = joins(resource.type)
    texts = [one for one in resource.shared(_all_texts) if one.name not in judged]
    known = [one for one in texts if not is_unknown(one.text)]
    told: dict[tuple[str, str], Tie] = {}
    for tie in (*_named(resource, side, known), *_referred(resource, side, known, judged)):
        told.setdefault((tie.name, tie.fact), tie)
    yield from told.values()
    for text in texts[len(known) :]:
        if _POLICY.fullmatch(text.key):
            yield from _in_document(resource, side, text)
        else:
            refuse_doubt(resource, text.text)
    _refuse_ambiguous(resource, side)


def _all_texts(resource: Resource) -> list[Text]:
    return list(texts_of(resource))


# -- what it names -------------------------------------------------------------------------------------------------


def _named(resource: Resource, side: Side, texts: Iterable[Text]) -> Iterator[Tie]:
    for text in texts:
        for account, shown in accounts_in(text):
            other = side.of_account(account)
            if other:
                yield Tie(text.name, f"`{shown}` belongs to `{other}`", shown)
        bucket = _bucket_in(text)
        other = side.of_name(bucket)
        if other and not any(list.__len__(resource.others(kind, **{key: bucket})) for kind, key in _BUCKETS):
            yield Tie(text.name, f"`{bucket}` belongs to `{other}` by its name", bucket)


def _bucket_in(text: Text) -> str:
    """The bucket that a text names: buckets have no account in their ARN."""
    if text.text.startswith(_BUCKET_ARN):
        return str(text.text[len(_BUCKET_ARN) :].partition("/")[0])
    return f"{text.text}" if _BUCKET.fullmatch(text.key) else ""


# -- what it refers to ---------------------------------------------------------------------------------------------


def _referred(resource: Resource, side: Side, texts: list[Text], judged: frozenset[str]) -> Iterator[Tie]:
    told = judged.union(one.name for one in _named(resource, side, texts))
    allowed = {one.text for one in texts}
    for neighbour in _certain(resource):
        other = side.of_resource(neighbour)
        names = (name for name in resource.values if not is_for_people(name) and not _POLICY.fullmatch(name))
        for name in names if other else ():
            if name not in told and neighbour in _certain(resource, neighbour.node.kind, name):
                yield _tie(name, neighbour, other)
                break
    for name in sorted({one.name for one in texts if _POLICY.fullmatch(one.name)} - told):
        for neighbour in _behind(resource, name):
            other = side.of_resource(neighbour)
            if other and neighbour.values.get("arn") in allowed:
                yield _tie(name, neighbour, other)


def _certain(resource: Resource, kind: str | None = None, via: str | None = None) -> list[Resource]:
    return list.__getitem__(resource.references(kind, via=via), slice(None))


def _behind(resource: Resource, name: str) -> Iterator[Resource]:
    """What a policy refers to, by itself or by a document that goes into it."""
    yield from _certain(resource, None, name)
    for document in _certain(resource, DOCUMENT, name):
        for part in _PARTS:
            yield from _certain(document, None, part)


def _tie(name: str, neighbour: Resource, other: str) -> Tie:
    message = f"refers to {neighbour.address}, which belongs to `{other}`"
    return Tie(name, message, neighbour.address, (neighbour.address,))


def _refuse_ambiguous(resource: Resource, side: Side) -> None:
    """Refuse to say that it refers to nothing else, where one that it may refer to is on the other side.

    :raises Undetermined: when there is such a one
    """
    found = resource.references()
    why = getattr(found, "why", None)
    for address in why.known_after if why else ():
        for kind in _KIND.findall(address):
            if any(one.address == address and side.of_resource(one) for one in resource.others(kind)):
                list(found)


# -- policies that are put together at apply -----------------------------------------------------------------------


def _in_document(resource: Resource, side: Side, text: Text) -> Iterator[Tie]:
    path = path_of(text.text)
    if resource.is_unset(path):
        return
    said = statements(resource, render_path(path))
    yield from _named(resource, side, [Text(text.name, text.key, one) for one in allowed_texts(said)])
    if any(one.allows for one in said):
        for neighbour in _behind(resource, text.name):
            other = side.of_resource(neighbour)
            if other:
                yield _tie(text.name, neighbour, other)
