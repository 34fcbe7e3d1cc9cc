"""What a test of rules found, as one document."""

from __future__ import annotations

from typing import Any

import msgspec

from planguard.testing.mutation import Verdict
from planguard.testing.outcome import Result, Said
from planguard.testing.reasons import Reason, Sorted
from planguard.testing.suite import RuleResult

SCHEMA = "planguard-rules-test/1"


class Report(msgspec.Struct, frozen=True):
    """The rules with their examples, and what became of the mutants where there are any."""

    rules: tuple[RuleResult, ...]
    mutants: Sorted | None = None

    @property
    def passed(self) -> int:
        """Examples that passed."""
        return sum(result.passed for one in self.rules for result in one.results)

    @property
    def failed(self) -> int:
        """Examples that failed, and examples that are missing."""
        return sum(one.failures for one in self.rules)

    @property
    def is_good(self) -> bool:
        """Whether nothing failed, no mutant survived without a reason, and no reason is stale."""
        mutants = self.mutants
        return not self.failed and not (mutants and (mutants.survived or mutants.stale))


def render_json(report: Report) -> bytes:
    """The report in JSON, indented."""
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "passed": report.passed,
        "failed": report.failed,
        "rules": [_rule(one) for one in report.rules],
        "mutants": None if report.mutants is None else _mutants(report.mutants),
    }
    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"


def _rule(one: RuleResult) -> dict[str, Any]:
    return {
        "id": one.rule.id,
        "file": one.rule.file,
        "line": one.rule.line,
        "missing": one.missing,
        "fired": one.fired,
        "never_known": one.never_known,
        "examples": [_example(result) for result in one.results],
    }


def _example(result: Result) -> dict[str, Any]:
    return {
        "kind": result.example.kind,
        "name": result.example.name,
        "passed": result.passed,
        "expected": result.expected,
        "violations": [_said(one) for one in result.outcome.violations],
        "undetermined": [_said(one) for one in result.outcome.undetermined],
        "errors": [_said(one) for one in result.outcome.errors],
    }


def _said(one: Said) -> dict[str, str]:
    return {"address": one.address, "path": one.path, "message": one.message}


def _mutants(found: Sorted) -> dict[str, Any]:
    return {
        "killed": len(found.killed),
        "survived": [_verdict(one) for one in found.survived],
        "listed": [{**_verdict(one), "reason": reason.reason} for one, reason in found.listed],
        "stale": [_reason(one) for one in found.stale],
    }


def _verdict(one: Verdict) -> dict[str, Any]:
    return {"file": one.file, "line": one.line, "in": one.where, "change": one.change, "examples": one.tried}


def _reason(one: Reason) -> dict[str, Any]:
    return {"file": one.file, "in": one.where, "change": one.change, "reason": one.reason, "place": one.place}
