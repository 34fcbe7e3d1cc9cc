"""One plan in the page: its outcome and why, what was looked at, what was found, and what the plan says besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from msgspec import UNSET

from planguard.reports.graph_model import GraphDocument
from planguard.reports.html_finding import findings, surroundings_of
from planguard.reports.html_text import EMPTY, Markup, code, codes, count, el, facts, items, join, prose
from planguard.reports.model import (
    CheckEntry,
    DecisionEntry,
    DriftEntry,
    Ledger,
    PlanFacts,
    PromotionEntry,
    WaiverEntry,
)
from planguard.reports.standing import EFFECTS, Finding

SAID = {"allow": "Allowed", "warn": "Allowed with warnings", "block": "Blocked"}
AT_ONCE = 12
"""Lists that are longer wait behind a line that says how long they are."""


def masthead(decision: DecisionEntry, level: int) -> Markup:
    """Outcome, reasons, the facts of the plan, and the counts."""
    return join(
        [
            el(f"h{level}", el("span", SAID[decision.outcome], class_="outcome"), " ", code(decision.plan.file)),
            items(map(prose, decision.reasons), class_="reasons"),
            _plan(decision.plan, decision.valid_until),
            _ledger(decision.ledger, level + 1),
        ]
    )


def decided(decision: DecisionEntry, pictures: Mapping[str, GraphDocument], level: int, *, by_owner: bool) -> Markup:
    """All that follows the head of a decision, with headings of this level."""
    near = surroundings_of(decision, pictures)
    violations = findings(decision.violations, near, level + 1, by_owner=by_owner)
    open_ = findings(decision.undetermined, near, level + 1, by_owner=by_owner)
    return join(
        [
            _errors(decision, level),
            _found("Violations", decision.violations, violations, level, "No rule found anything wrong."),
            _found("Undetermined", decision.undetermined, open_, level, ""),
            _listing("Waivers", map(_waiver, decision.waivers), level),
            *_besides(decision, level),
        ]
    )


def _plan(plan: PlanFacts, valid_until: str | None) -> Markup:
    environment = plan.environment
    because = el("span", prose(environment.because), class_="aside") if environment.because else EMPTY
    said = el("b", environment.name) if environment.name else Markup("not known")
    pairs: list[tuple[str, str | None]] = [
        ("Environment", join([said, because], " ")),
        ("Project", plan.project),
        ("Workspace", plan.workspace),
        ("Terraform", plan.terraform_version),
        ("Planned", _time(plan.timestamp)),
        ("Decision holds until", _time(valid_until)),
        ("State", _state(plan)),
        ("Plan", _reservations(plan)),
        ("Plan digest", join([el("code", plan.digest, class_="digest"), _sensitive(plan)])),
    ]
    return facts(pairs, "facts")


def _time(moment: str | None) -> Markup | None:
    return el("time", moment, datetime=moment) if moment else None


def _state(plan: PlanFacts) -> Markup | None:
    if plan.lineage is None:
        return None
    serial = f", serial {plan.serial}" if plan.serial is not None else ""
    return join([code(plan.lineage), serial])


def _reservations(plan: PlanFacts) -> str | None:
    """What a reader must know before relying on the plan."""
    said = []
    if plan.errored:
        said.append("errored")
    if plan.complete is False:
        said.append("not complete: a further plan will follow")
    if plan.applyable is False:
        said.append("Terraform would not apply it")
    return "; ".join(said) or None


def _sensitive(plan: PlanFacts) -> Markup:
    said = {"keyed": "sensitive values by a keyed hash", "present": "sensitive values only as being there"}
    return join([" ", el("span", said[plan.sensitive], class_="aside")]) if plan.sensitive else EMPTY


# -- what was looked at --------------------------------------------------------------------------------------------


def _ledger(ledger: Ledger, level: int) -> Markup:
    """The counts. Everything that was looked at is in one of them."""
    present = ", ".join(f"{ledger.status.get(name, 0):,} {name}" for name in ("introduced", "inherited", "fixed"))
    effects = ledger.violations
    graph = ledger.graph
    changes = ", ".join(f"{number:,} {name}" for name, number in ledger.changes.items() if number)
    whole = f"; {graph.get('objects', 0):,} of {graph.get('expected', 0):,} in the graph" if graph else ""
    figures = {
        **{name: effects.get(name, 0) for name in EFFECTS},
        "waived": ledger.waived,
        "undetermined": ledger.undetermined,
        "errors": ledger.errors,
    }
    rows = [
        el("div", el("dt", name), el("dd", f"{number:,}"), class_=f"figure {name}" + (" nil" if not number else ""))
        for name, number in figures.items()
    ]
    lines: list[tuple[str, str | None]] = [
        ("Violations", present),
        ("Resources", f"{ledger.resources:,}" + (f": {changes}" if changes else "")),
        ("Data sources", f"{ledger.data_sources:,} read while planning{whole}"),
        ("Rules", f"{count(ledger.rules, 'rule')}, {count(ledger.evaluations, 'evaluation')}"),
        ("Put off", count(ledger.deferred, "change") if ledger.deferred else None),
        ("Types without a rule", _folded(ledger.unmodelled_types)),
        ("Rules without a resource", _folded(ledger.idle if ledger.idle is not UNSET else [])),
    ]
    return _section("Counts", join([el("dl", *rows, class_="figures"), facts(lines, "lines")]), level, "ledger")


def _folded(names: list[str]) -> Markup | None:
    """Names that few ask for: how many they are, and behind it which."""
    if not names:
        return None
    return el("details", el("summary", f"{len(names):,}"), codes(names))


def _section(title: str, body: str, level: int, class_: str) -> Markup:
    return el("section", el(f"h{level}", title), body, class_=class_)


def _errors(decision: DecisionEntry, level: int) -> Markup:
    entries = [
        join(
            [
                el("p", code(one.rule), class_="at"),
                el("p", code(one.address), class_="at"),
                el("p", one.message, class_="said"),
            ]
        )
        for one in decision.errors
    ]
    if not entries:
        return EMPTY
    note = el("p", "These rules came to no result. Until they do, the plan is blocked.", class_="note")
    return _section("Errors", join([note, items(entries, class_="plain")]), level, "errors")


def _found(title: str, entries: Iterable[Finding], body: Markup, level: int, none: str) -> Markup:
    number = len(list(entries))
    if not number:
        return _section(title, el("p", none, class_="note"), level, "found") if none else EMPTY
    head = el(f"h{level}", title, " ", el("span", f"{number:,}", class_="tally"))
    nothing = el("p", "Nothing here matches the filter.", class_="note nothing", hidden=True)
    return el("section", head, nothing, body, class_="found")


# -- besides -------------------------------------------------------------------------------------------------------


def _listing(title: str, entries: Iterable[str], level: int, note: str = "") -> Markup:
    """A section with a list; long ones have to be opened."""
    entries = list(entries)
    if not entries:
        return EMPTY
    head = el(f"h{level}", title, " ", el("span", f"{len(entries):,}", class_="tally"))
    body = [el("p", note, class_="note")] if note else []
    body.append(items(entries[:AT_ONCE], class_="plain"))
    if rest := entries[AT_ONCE:]:
        body.append(el("details", el("summary", f"{len(rest):,} more"), items(rest, class_="plain"), class_="rest"))
    return el("section", head, *body, class_="besides")


def _besides(decision: DecisionEntry, level: int) -> Iterator[Markup]:
    generated = frozenset(decision.generated)
    yield _listing("Drift", map(_drift, decision.drift), level, "Changed outside Terraform since the last apply.")
    yield _listing(
        "Outputs", (_pair(one.name, _output(one.actions, one.sensitive)) for one in decision.outputs), level
    )
    yield _listing(
        "Moves", (join([code(one.previous_address), " is now ", code(one.address)]) for one in decision.moves), level
    )
    yield _listing("Checks", map(_check, decision.checks), level, "What the configuration itself checks.")
    yield _listing(
        "Deferred",
        (_pair(one.address, one.reason) for one in decision.deferred),
        level,
        "Changes that this plan does not decide yet.",
    )
    yield _listing("Actions", (_pair(one.address, f"invoked: {one.trigger}") for one in decision.actions), level)
    yield _listing(
        "Imports",
        (_pair(one, "configuration generated" if one in generated else "") for one in decision.imports),
        level,
    )
    yield _listing(
        "Forgotten", map(code, decision.forgotten), level, "These go on existing, and are no longer managed."
    )
    yield _listing("Promotion", map(_promotion, decision.promotion), level)
    if decision.passes is not UNSET:
        yield _listing("Passes", (join([code(one.rule), " ", code(one.address)]) for one in decision.passes), level)


def _pair(name: str, said: str) -> Markup:
    return join([code(name), " ", el("span", said, class_="aside")]) if said else code(name)


def _output(actions: list[str], sensitive: bool) -> str:
    return " + ".join(actions) + (", sensitive" if sensitive else "")


def _drift(one: DriftEntry) -> Markup:
    paths = join([": ", codes(one.paths)]) if one.paths else EMPTY
    relevant = Markup("; this plan rests on it") if one.relevant else EMPTY
    return join([code(one.address), " ", el("span", " + ".join(one.actions), paths, relevant, class_="aside")])


def _check(one: CheckEntry) -> Markup:
    said = [el("p", problem, class_="said") for problem in one.problems]
    return join([el("p", _pair(one.address, one.status), class_="at"), *said])


def _waiver(one: WaiverEntry) -> Markup:
    more = [
        join(["of ", one.owner]) if one.owner else EMPTY,
        join(["until ", el("time", one.expires, datetime=one.expires)]) if one.expires else EMPTY,
        code(one.file) if one.file else EMPTY,
    ]
    head = [el("b", one.status), code(one.id), el("span", join(filter(None, more), ", "), class_="aside")]
    reasons = list(dict.fromkeys(filter(None, [one.why, *one.reasons])))
    said = [el("p", prose(reason), class_="said") for reason in reasons]
    return join([el("p", join(head, " "), class_="at"), *said])


def _promotion(one: PromotionEntry) -> Markup:
    compared = code(one.file) if one.file else Markup("no decision to compare with")
    said = [el("p", el("b", one.environment), " ", compared, class_="at")]
    if one.without_counterpart:
        said.append(el("p", "Not there: ", codes(one.without_counterpart), class_="said"))
    said += [
        el("p", code(address), " differs in ", codes(settings), class_="said")
        for address, settings in sorted(one.different.items())
    ]
    return join(said)
