"""SARIF as GitHub code scanning takes it.

Source: "SARIF support for code scanning" and its limits. GitHub ignores suppressions, baseline states and
notifications: so what is waived or fixed is left out, and what stands in the way of a decision becomes a result.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import Any

from planguard.reports.model import Report, Tool, UndeterminedEntry
from planguard.reports.sarif import (
    CRASHED,
    UNREADABLE,
    Problem,
    Run,
    base_results,
    framed,
    location_of,
    message_text,
    runs_of,
    written,
)
from planguard.reports.sarif_rules import rules_of
from planguard.reports.standing import Finding, gravity, standing

MOST_RUNS = 20
MOST_RESULTS = 5_000
MOST_BYTES = 10_000_000
_SHOWN = ("block", "warn", "observe")
_TITLES = {
    UNREADABLE: "Plan cannot be decided on",
    CRASHED: "Rule could not be evaluated",
}


def render_sarif_github(report: Report, *, source_root: str = "") -> bytes:
    """The findings that are open, the gravest first where there are more than GitHub keeps.

    :param source_root: where the source stands below the root of the repository
    """
    runs = [_without_closed(run) for run in _few(runs_of(report))]
    most = MOST_RESULTS
    while True:
        document = written([_run(run, report.planguard, source_root, most) for run in runs])
        if most <= 1 or _is_small(document):
            return document
        most //= 2


def _is_small(document: bytes) -> bool:
    return len(document) <= MOST_BYTES or len(gzip.compress(document, mtime=0)) <= MOST_BYTES


def _few(runs: list[Run]) -> list[Run]:
    """At most so many runs; what is too many goes into the last of them."""
    if len(runs) <= MOST_RUNS:
        return runs
    rest = runs[MOST_RUNS - 1 :]
    findings = [one for run in rest for one in run.findings]
    problems = [one for run in rest for one in run.problems]
    return [*runs[: MOST_RUNS - 1], Run("planguard/further-plans/", findings, problems)]


def _without_closed(run: Run) -> Run:
    shown = [(one, plan) for one, plan in run.findings if standing(one) in _SHOWN]
    problems = [one for one in run.problems if one.level == "error"]
    return Run(run.category, sorted(shown, key=lambda pair: (gravity(pair[0]), pair[1].file)), problems)


def _run(run: Run, tool: Tool, root: str, most: int) -> dict[str, Any]:
    problems = run.problems[:most]
    findings = run.findings[: most - len(problems)]
    rules = [_problem_rule(kind) for kind in sorted({one.kind for one in problems})]
    rules += rules_of((one for one, _ in findings), split=True)
    index = {rule["id"]: number for number, rule in enumerate(rules)}
    results = [_problem_result(one, index, run.category) for one in problems]
    for (one, _), result in zip(findings, base_results(findings, index, root, split=True), strict=True):
        results.append(result | {"level": _level(one, result["level"])})
    left_out = len(run.findings) + len(run.problems) - len(results)
    notes = [f"{left_out} further results are not in this file: it holds the {len(results)} gravest"]
    return framed(run, tool, rules, results, *(notes if left_out else []))


def _level(one: Finding, level: str) -> str:
    """What is undetermined is a note, unless it blocks."""
    return "note" if level == "warning" and isinstance(one, UndeterminedEntry) else level


def _problem_rule(kind: str) -> dict[str, Any]:
    title = _TITLES[kind]
    text = f"{title}. What cannot be judged is not allowed: the outcome is block."
    return {
        "id": kind,
        "name": kind,
        "shortDescription": {"text": title},
        "fullDescription": {"text": text},
        "help": {"text": text, "markdown": text},
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["planguard"], "precision": "very-high", "problem.severity": "error"},
    }


def _problem_result(problem: Problem, index: dict[str, int], category: str) -> dict[str, Any]:
    parts = [problem.rule, problem.address or problem.file, problem.message]
    told = f"{_TITLES[problem.kind]}. {': '.join(message_text(part) for part in parts if part)}"
    facts = "\0".join((category, problem.kind, problem.file, *parts))
    digits = hashlib.sha256(facts.encode("utf-8", "backslashreplace")).hexdigest()
    return {
        "ruleId": problem.kind,
        "ruleIndex": index[problem.kind],
        "level": "error",
        "message": {"text": told},
        "locations": [location_of(problem.file, problem.address)],
        "partialFingerprints": {"primaryLocationLineHash": f"{digits[:32]}:1"},
    }
