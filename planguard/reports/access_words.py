"""The words for access, the same in every format."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from planguard.reports.access_model import AccessDocument, AccessEntry
from planguard.reports.lines import listed

DOCUMENT = "policy"
"""The kind of what is no subject of a plan: a policy document by itself."""
HEADINGS = {"new": "New access", "possible": "Possible access", "removed": "Removed access"}
"""The lists of entries in the order of a report, with their titles."""

_VERBS = {
    ("identity", "new"): "may now",
    ("identity", "possible"): "may perhaps",
    ("identity", "removed"): "may no longer",
    ("resource", "new"): "now lets others",
    ("resource", "possible"): "perhaps lets others",
    ("resource", "removed"): "no longer lets others",
    ("trust", "new"): "can now be assumed by",
    ("trust", "possible"): "can perhaps be assumed by",
    ("trust", "removed"): "can no longer be assumed by",
}


class Heading(NamedTuple):
    """Whose access the entries below are about: what goes before the name, the name, and what comes after it."""

    before: str
    name: str
    rest: str


def heading_of(entry: AccessEntry, standing: str) -> Heading:
    """``aws role app (aws_iam_role.app) may now``: the entries of one subject have the same."""
    kind = entry.kind.replace("_", " ").replace("-", " ")
    address = f" ({entry.address})" if entry.address and entry.address != entry.subject else ""
    before = "".join(f"{word} " for word in (entry.provider, kind) if word)
    return Heading(before, entry.subject, f"{address} {_VERBS[entry.plane, standing]}")


def actions_said(entry: AccessEntry, most: int) -> str:
    """The actions, and for trust who it is: ``any action but iam:*``."""
    said = _set(entry.actions, entry.excluded_actions, "any action", most)
    if entry.plane != "trust":
        return said
    who = _set(entry.principals, entry.excluded_principals, "anybody", most)
    return f"{who} by {said}"


def who_said(entry: AccessEntry, most: int) -> str:
    """Whom a resource's policy lets in."""
    return _set(entry.principals, entry.excluded_principals, "anybody", most)


def resources_said(entry: AccessEntry, most: int) -> str:
    """The resources; empty for trust, where it is the subject itself."""
    if entry.plane == "trust":
        return ""
    return _set(entry.resources, entry.excluded_resources, "any resource", most)


def _set(names: Sequence[str], excluded: Sequence[str], everything: str, most: int) -> str:
    said = everything if list(names) == ["*"] else listed(names, most)
    return f"{said}, but not {listed(excluded, most)}" if excluded else said


def witness_of(entry: AccessEntry, standing: str) -> str:
    """One request in a sentence: ``role/app may s3:GetObject on arn:… when aws:SourceIp = 203.0.113.7``."""
    one = entry.witness
    may = {"new": "may", "possible": "may perhaps", "removed": "may no longer"}[standing]
    who = "anybody" if one.principal in {"", "*"} else one.principal
    if entry.kind == DOCUMENT and entry.plane == "identity":
        who = "whoever has it"
    said = f"{who} {may} {one.action}"
    if one.resource and entry.plane != "trust":
        said += f" on {one.resource}"
    context = [f"{key} = {_values(value)}" for key, value in one.context.items()]
    return said + (f" when {' and '.join(context)}" if context else "")


def _values(value: str | list[str]) -> str:
    if isinstance(value, str):
        return value or '""'
    return "[" + ", ".join(map(_values, value)) + "]"


def ledger_of(document: AccessDocument) -> str:
    """What was looked at and what came of it, in one line that adds up."""
    counts = document.summary
    subjects = f"{_many(counts['subjects'], 'subject')}, {counts['compared']} of them compared"
    parts = [subjects] if document.plan is not None else []
    for name in ("new", "possible", "removed"):
        entries: list[AccessEntry] = getattr(document, name)
        whose = len({(one.provider, one.plane, one.subject) for one in entries})
        of = f" (of {_many(whose, 'subject')})" if whose and document.plan is not None else ""
        parts.append(f"{len(entries)} {name}{of}")
    parts.append(f"{len(document.undetermined)} undetermined")
    return " · ".join(parts)


def _many(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
