"""Access for a person at a terminal: whose it is, what it is, one request that shows it, and where it comes from.

New access comes first, then what may be new, what goes, and what nobody can say yet; the last line adds up.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

from planguard.reports.access_model import AccessDocument, AccessEntry, AccessSource
from planguard.reports.access_words import (
    HEADINGS,
    actions_said,
    heading_of,
    ledger_of,
    resources_said,
    who_said,
    witness_of,
)
from planguard.reports.analysed import INDENT, Open, open_lines, plan_lines
from planguard.reports.blast_text import blast_lines
from planguard.reports.lines import wrapped
from planguard.reports.text import Style, plain

_SHOWN = {"new": 1_000_000, "possible": 20, "removed": 8}
_MOST_NAMES = 12
_MOST_OF_MANAGED = 3
_ATTACHING = ("policy_arn", "managed_policy_arns")
_COLOURS = {"new": "red", "possible": "yellow", "removed": "green"}
_EMPTY = "nothing is allowed that was not allowed before"


def render_access_text(document: AccessDocument, style: Style, *, can_have_source: bool = False) -> str:
    """The whole report.

    :param can_have_source: whether source was not given, which would tell some of what is not known
    """
    gaps = document.undetermined
    lines = [*_head(document, style), ""]
    for standing in HEADINGS:
        entries: list[AccessEntry] = getattr(document, standing)
        lines += _entries(standing, entries, style)
    unsaid = ((Open(one.code, one.address, one.path, one.reason), one.principal) for one in gaps)
    lines += open_lines(unsaid, style, can_have_source=can_have_source)
    if not (document.new or document.possible or document.undetermined):
        lines += [style.paint(_EMPTY, "green"), ""]
    lines += blast_lines(document.blast_radius, style)
    lines += wrapped(f"ledger   {plain(ledger_of(document))}", INDENT, style.width)
    return "\n".join(lines) + "\n"


def _head(document: AccessDocument, style: Style) -> Iterator[str]:
    if document.files is not None:
        text = f"{style.paint(plain(document.files.new), 'bold')} compared with {plain(document.files.old)}"
        yield from wrapped(text, 2, style.width)
    if document.plan is not None:
        yield from plan_lines(document.plan, style)


def _entries(standing: str, entries: Sequence[AccessEntry], style: Style) -> Iterator[str]:
    most = len(entries) if style.verbose else _SHOWN[standing]
    word = style.paint(f"{standing:<{INDENT}}".rstrip(), _COLOURS[standing], "bold")
    word += " " * (INDENT - len(standing))
    for heading, group in groupby(entries[:most], key=lambda one: heading_of(one, standing)):
        said = style.paint(plain(heading.name), "bold") + plain(heading.rest)
        yield from wrapped(f"{word}{plain(heading.before)}{said}", INDENT, style.width)
        kept, folded = _folded(list(group), style)
        for entry in kept:
            yield from _entry(entry, standing, style)
        for name, more in folded.items():
            yield from wrapped(
                f"{' ' * INDENT}… and {more} more of {plain(name)}; --verbose shows them", INDENT + 2, style.width
            )
        yield ""
    if len(entries) > most:
        text = f"{' ' * INDENT}… and {len(entries) - most} more {standing}; --verbose shows them"
        yield from (*wrapped(text, INDENT, style.width), "")


def _folded(entries: list[AccessEntry], style: Style) -> tuple[list[AccessEntry], dict[str, int]]:
    """The entries to show, and how many more there are of policies that AWS manages, whose names tell more."""
    kept: list[AccessEntry] = []
    seen: Counter[str] = Counter()
    for entry in entries:
        name = _managed(entry)
        seen[name] += bool(name)
        if not name or style.verbose or seen[name] <= _MOST_OF_MANAGED:
            kept.append(entry)
    if style.verbose:
        return kept, {}
    return kept, {name: many - _MOST_OF_MANAGED for name, many in seen.items() if many > _MOST_OF_MANAGED}


def _managed(entry: AccessEntry) -> str:
    """The one policy managed by AWS that an entry comes from; empty where it comes from elsewhere as well."""
    names = {
        one.statement.partition(" ")[0] if one.attribute in _ATTACHING and " " in one.statement else ""
        for one in entry.sources
    }
    return names.pop() if len(names) == 1 else ""


def _entry(entry: AccessEntry, standing: str, style: Style) -> Iterator[str]:
    most = len(entry.actions) + len(entry.resources) if style.verbose else _MOST_NAMES
    for depth, text in _said(entry, most):
        yield from wrapped(f"{' ' * (INDENT + 2 * depth)}{plain(text)}", INDENT + 4, style.width)
    pad = " " * (INDENT + 2)
    example = f"{pad}{style.paint('for example:', 'cyan')} {plain(witness_of(entry, standing))}"
    yield from wrapped(example, INDENT + 4, style.width)
    for source in entry.sources if style.verbose else entry.sources[:4]:
        yield from wrapped(f"{pad}{style.paint('from', 'dim')} {plain(source_said(source))}", INDENT + 4, style.width)
    if len(entry.sources) > 4 and not style.verbose:
        yield f"{pad}{style.paint(f'and {len(entry.sources) - 4} more statements', 'dim')}"


def _said(entry: AccessEntry, most: int) -> Iterator[tuple[int, str]]:
    """The lines that say what it is, each with its depth."""
    yield 0, actions_said(entry, most)
    where = resources_said(entry, most)
    if where:
        yield 1, f"on {where}"
    if entry.plane == "resource":
        yield 1, f"by {who_said(entry, most)}"
    for condition in entry.conditions:
        yield 1, f"when {condition}"


def source_said(source: AccessSource) -> str:
    """``aws_iam_role_policy.app policy, Statement[0]``."""
    said = f"{source.address} {source.attribute}".strip()
    return f"{said}, {source.statement}" if source.statement else said
