"""Text of a custom policy check of Atlantis, so that every version of it understands the verdict.

Atlantis looks at the text only: up to v0.38 for ``fail`` in any case, from v0.39 on for a number of failures or for
``FAIL`` at its beginning. So a pass is one fixed line without anything out of the plan, and a block begins with
``FAIL`` and counts its failures. Each thing that blocks is one line that begins with ``FAIL``, the same from plan to
plan for as long as its facts are the same: approvals that stay (``sticky_policy_approvals``) are kept by these lines,
with ``policy_item_regex: "(?m)^FAIL.*"``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard.reports.model import DecisionEntry, Report
from planguard.reports.standing import Finding, findings_of, fingerprint_of, standing, title_of, waiver_of, what_of
from planguard.reports.standing import where_of as address_of
from planguard.reports.text import plain

ALLOWED = "planguard: every plan is allowed"
WARNED = "planguard: every plan is allowed, with warnings that the other reports of planguard show"
BLOCKED = "FAIL planguard does not allow this"
_COUNTED_ELSEWHERE = re.compile(
    r"\d+ (violation|undetermined finding)s? (blocked|warned of) by gate "
    r"|\d+ evaluation errors?:"
    r"|\d+ findings? excused by waiver"
    r"|waiver .* does not count:|\d+ more waivers do not count"
    r"|the plan is incomplete:|\d+ (deferred change|check|action)s? "
)


def render_atlantis(report: Report) -> bytes:
    """One fixed line for what is allowed, else everything that blocks."""
    failures = list(_failures(report))
    if report.outcome != "block" and not failures:
        return f"{WARNED if report.outcome == 'warn' else ALLOWED}\n".encode()
    lines = [BLOCKED, *failures]
    for entry in report.decisions:
        lines += _besides(entry)
    number = max(len(failures), 1)
    lines.append(f"{number} failure{'' if number == 1 else 's'}")
    return ("\n".join(lines) + "\n").encode()


def render_atlantis_error(message: str, hint: str | None) -> bytes:
    """The text of a call that did not come to a decision: what does not decide does not pass."""
    lines = [BLOCKED, f"FAIL error  {_safe(message)}"]
    lines += [f"help: {_safe(hint)}"] if hint else []
    return ("\n".join([*lines, "1 failure"]) + "\n").encode()


def _failures(report: Report) -> Iterator[str]:
    for one in report.unreadable:
        yield f"FAIL error  {_safe(one.file)}: {_safe(one.message)}"
    if not report.decisions and not report.unreadable:
        yield "FAIL error  no plan was checked"
    several = len(report.decisions) > 1
    for entry in report.decisions:
        plan = f"{_safe(title_of(entry.plan))}  " if several else ""
        yield from _failures_of(entry, plan)


def _failures_of(entry: DecisionEntry, plan: str) -> Iterator[str]:
    for error in entry.errors:
        yield f"FAIL error  {plan}{_safe(error.rule)}  {_safe(error.address)}  {_safe(error.message)}"
    blocking = [one for one in findings_of(entry) if standing(one) == "block"]
    for one in blocking:
        yield f"FAIL block  {plan}{_told(one)}  {fingerprint_of(one)[:16]}"
    if entry.outcome != "block":
        return
    others = [one for one in entry.reasons if not _COUNTED_ELSEWHERE.match(one)]
    if not others and not blocking and not entry.errors:
        others = entry.reasons or ["blocked"]
    for reason in others:
        yield f"FAIL reason {plan}{_safe(reason)}"


def _besides(entry: DecisionEntry) -> Iterator[str]:
    """What does not block, on lines that begin otherwise."""
    yield f"plan   {_safe(title_of(entry.plan))}  {entry.outcome}"
    for reason in entry.reasons:
        yield f"why    {_safe(reason)}"
    for one in findings_of(entry):
        if standing(one) == "warn":
            yield f"warn   {_told(one)}"
    for one in findings_of(entry):
        if standing(one) == "waived":
            yield f"waived {_told(one)}  {_safe(waiver_of(one))}"


def _told(one: Finding) -> str:
    return f"{one.severity}  {_safe(one.rule)}  {_safe(address_of(one))}  {_safe(what_of(one))}"


def _safe(text: str) -> str:
    """One line that cannot end the fence that Atlantis puts around the text."""
    return plain(text).replace("`", "'")
