"""Findings in the page: by owner, then by what is decided on them, then by rule.

Findings that differ in nothing but where they are share one group, whose head says what they share. All that the
page can be filtered by is the same within a group.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import NamedTuple

from planguard.reports.graph_model import GraphDocument
from planguard.reports.html_picture import picture
from planguard.reports.html_text import EMPTY, Markup, code, codes, el, facts, join, prose
from planguard.reports.model import DecisionEntry, SourcePlace, UndeterminedEntry, ViolationEntry, WaiverUse
from planguard.reports.standing import SEVERITIES, Finding, findings_of

WORDS = ("block", "warn", "waived", "observe", "fixed")
"""What is decided on a finding, in one word, the gravest first."""
STATUS = ("introduced", "inherited", "fixed")
UNOWNED = "(none)"
AT_ONCE = 25
"""So many places of a group are shown; the others wait behind a line that says how many they are."""
_LOUD = frozenset({"block", "warn"})


class Group(NamedTuple):
    """Findings of one rule that share everything but where they are."""

    word: str
    findings: list[Finding]

    @property
    def first(self) -> Finding:
        """Whose head all of them have."""
        return self.findings[0]


class Surroundings(NamedTuple):
    """What the places of one decision are shown with.

    :ivar pictures: by rule and address; the gravest finding of an address has the picture, and the others have none
    :ivar parts: narrower rules that say the same, by the wider rule and the address
    """

    pictures: Mapping[tuple[str, str], GraphDocument]
    parts: Mapping[tuple[str, str], Sequence[str]]


def word_of(finding: Finding) -> str:
    """What is decided on a finding: its effect, unless a waiver excuses it or the plan fixes it."""
    if finding.status == "fixed":
        return "fixed"
    return "waived" if finding.waiver is not None else finding.effect


def surroundings_of(decision: DecisionEntry, pictures: Mapping[str, GraphDocument]) -> Surroundings:
    """What the places of a decision are shown with."""
    parts: dict[tuple[str, str], list[str]] = {}
    for one in decision.violations:
        if one.part_of and one.status != "fixed":
            names = parts.setdefault((one.part_of, one.address), [])
            if one.rule not in names:
                names.append(one.rule)
    present = [one for one in findings_of(decision) if one.status != "fixed"]
    gravest: dict[str, str] = {}
    for found in sorted(present, key=_gravity):
        gravest.setdefault(found.address, found.rule)
    return Surroundings(
        {(rule, address): pictures[address] for address, rule in gravest.items() if address in pictures}, parts
    )


def findings(entries: Sequence[Finding], near: Surroundings, level: int, *, by_owner: bool) -> Markup:
    """Findings by owner; without headings where policy names no owners."""
    if not by_owner:
        return join(_group(one, near, level) for one in grouped(entries))
    parts = []
    for owner, owned in _by_owner(entries):
        groups = list(grouped(owned))
        head = el(f"h{level}", owner or "Without an owner", " ", el("span", _tally(groups), class_="tally"))
        body = [_group(one, near, level + 1) for one in groups]
        parts.append(el("section", head, *body, class_="owner"))
    return join(parts)


def grouped(entries: Iterable[Finding]) -> Iterator[Group]:
    """Findings in groups, the gravest first."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for one in entries:
        groups.setdefault(_shared(one), []).append(one)
    for found in sorted(groups.values(), key=lambda group: _gravity(group[0])):
        yield Group(word_of(found[0]), found)


def _shared(one: Finding) -> tuple[object, ...]:
    rule = (one.rule, one.title, one.severity, one.domain)
    more: tuple[object, ...] = ()
    if isinstance(one, ViolationEntry):
        more = (one.fix, *one.aliases, *((name, *sections) for name, sections in one.controls.items()))
    return (word_of(one), one.effect, one.status, one.gate, one.owner, one.part_of, *rule, more)


def _gravity(one: Finding) -> tuple[int, int, bool, int, str]:
    return (
        WORDS.index(word_of(one)),
        SEVERITIES.index(one.severity),
        bool(one.part_of),
        STATUS.index(one.status),
        one.rule,
    )


def _by_owner(entries: Iterable[Finding]) -> Iterator[tuple[str | None, list[Finding]]]:
    """Owners in the order of the gravest that they have; what nobody owns comes last."""
    owned: dict[str | None, list[Finding]] = {}
    for one in entries:
        owned.setdefault(one.owner, []).append(one)
    order = {owner: min(WORDS.index(word_of(one)) for one in found) for owner, found in owned.items()}
    yield from sorted(owned.items(), key=lambda pair: (pair[0] is None, order[pair[0]], pair[0] or ""))


def _tally(groups: Iterable[Group]) -> str:
    """``2 block, 1 warn``."""
    found: dict[str, int] = {}
    for group in groups:
        found[group.word] = found.get(group.word, 0) + len(group.findings)
    return ", ".join(f"{found[word]:,} {word}" for word in WORDS if word in found)


def _group(group: Group, near: Surroundings, level: int) -> Markup:
    one, word = group.first, group.word
    places = [_place(found, near) for found in _by_place(group.findings)]
    number = f"{len(group.findings):,}"
    shown = [
        el("span", f"{one.severity}", class_=f"severity {one.severity}"),
        one.status,
        one.domain,
        join([el("b", number, class_="n"), " " + ("place" if len(group.findings) == 1 else "places")]),
    ]
    head = el(
        "summary",
        el("span", word, class_="word"),
        " ",
        el(
            "span",
            el(f"h{level}", prose(one.title)),
            " ",
            el("span", code(one.rule), " ", join(shown, " · "), class_="facts"),
            class_="head",
        ),
    )
    return el(
        "details",
        head,
        el("div", *_advice(one, word), *_listed(places, len(group.findings)), _about(one), class_="body"),
        class_=f"rule {word}",
        open=word in _LOUD,
        data_effect="" if word == "fixed" else word,
        data_status=one.status,
        data_severity=one.severity,
        data_domain=one.domain,
        data_owner=one.owner or UNOWNED,
        data_total=str(len(group.findings)),
    )


def _advice(one: Finding, word: str) -> Iterator[Markup]:
    if word == "waived":
        yield el("p", f"Would {one.effect} without the waiver." if one.effect in _LOUD else "Excused by a waiver.")
    if one.part_of:
        yield el("p", "Says no more than the wider rule ", code(one.part_of), ", which is what is decided on.")
    if isinstance(one, ViolationEntry) and one.fix and word != "fixed":
        yield el("p", el("b", "Fix"), " ", prose(one.fix), class_="fix")


def _about(one: Finding) -> Markup:
    """The small print of a rule: the gate that decided, other names of it, the controls that it belongs to."""
    pairs: list[tuple[str, str | None]] = [("Gate", code(one.gate) if one.gate else None)]
    if isinstance(one, ViolationEntry):
        pairs.append(("Also known as", codes(one.aliases)))
        pairs += [(name, ", ".join(sections)) for name, sections in one.controls.items()]
    return facts(pairs, "about")


def _listed(places: Sequence[Markup], total: int) -> Iterator[Markup]:
    if not places:
        return
    yield el("ul", *places[:AT_ONCE], class_="places")
    rest = places[AT_ONCE:]
    if rest:
        summary = el("summary", el("span", f"{len(rest):,}", class_="n"), " more")
        yield el("details", summary, el("ul", *rest, class_="places"), class_="rest")


def _by_place(entries: Iterable[Finding]) -> Iterator[list[Finding]]:
    for _, same in groupby(entries, key=lambda one: (one.address, getattr(one, "deposed", None), one.waiver)):
        yield list(same)


def _place(found: list[Finding], near: Surroundings) -> Markup:
    """One object, and all that a rule says of it."""
    one = found[0]
    parts = [el("p", *_whereabouts(one), class_="at")]
    parts += [_violated(each) if isinstance(each, ViolationEntry) else _open(each) for each in found]
    parts += _notes(found, near)
    drawn = near.pictures.get((one.rule, one.address)) if one.status != "fixed" else None
    more = [picture(drawn) if drawn is not None else EMPTY, _identity(found)]
    if any(more):
        parts.append(el("div", *more, class_="more"))
    return el("li", *parts, data_n=str(len(found)) if len(found) > 1 else None)


def _whereabouts(one: Finding) -> Iterator[Markup]:
    yield code(one.address)
    if isinstance(one, ViolationEntry):
        if one.deposed:
            yield join([" ", el("span", f"deposed {one.deposed}", class_="aside")])
        if one.actions and one.actions != ["no-op"]:
            yield join([" ", el("span", " + ".join(one.actions), class_="aside")])
    if one.source is not None:
        yield join([" ", el("span", code(_lines(one.source)), class_="source")])


def _lines(place: SourcePlace) -> str:
    if place.line is None:
        return place.file
    until = f"–{place.end_line}" if place.end_line and place.end_line != place.line else ""
    return f"{place.file}:{place.line}{until}"


def _violated(one: ViolationEntry) -> Markup:
    path = join([code(one.path), " "]) if one.path else EMPTY
    return el("p", path, prose(one.message), class_="said")


def _open(one: UndeterminedEntry) -> Markup:
    """What is not known, and what it will come from."""
    if one.known_after == [one.address]:
        known = Markup("is known after the resource itself is applied")
    elif one.known_after:
        known = join(["is known after ", codes(one.known_after)])
    else:
        known = EMPTY if one.why else Markup("is not known before apply")
    why = prose(one.why)
    if one.why and known:
        why = join([" (", why, ")"])
    subject = join([code(one.path), " "]) if one.path else Markup("the answer ") if known else EMPTY
    return el("p", subject, known, why, class_="said")


def _notes(found: Sequence[Finding], near: Surroundings) -> Iterator[Markup]:
    one = found[0]
    if isinstance(one, ViolationEntry):
        evidence = dict.fromkeys(name for each in found if isinstance(each, ViolationEntry) for name in each.evidence)
        if evidence:
            yield el("p", "Rests on ", codes(evidence), class_="note")
        if one.previous_address:
            yield el("p", "Was ", code(one.previous_address), class_="note")
        if one.status != "fixed" and (also := near.parts.get((one.rule, one.address))):
            yield el("p", "Breaks as well ", codes(also), class_="note")
    if one.waiver is not None:
        yield _excuse(one.waiver)


def _excuse(waiver: WaiverUse) -> Markup:
    until = el("time", waiver.expires, datetime=waiver.expires)
    return el(
        "p", "Waiver ", code(waiver.id), " of ", el("span", waiver.owner), ", until ", until, class_="note waiver"
    )


def _identity(found: Sequence[Finding]) -> Markup:
    """What a waiver or another tool calls these findings."""
    prints = [one.fingerprint for one in found if one.fingerprint]
    changes = dict.fromkeys(one.change_digest for one in found if one.change_digest)
    if not prints and not changes:
        return EMPTY
    lines = join((el("code", one) for one in (*prints, *changes)), Markup("<br>"))
    return el("details", el("summary", "Fingerprint"), el("p", lines), class_="identity")
