"""The text report: what a person sees, at few and at many violations, on narrow and on wide terminals."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.reports.model import (
    SCHEMA,
    CheckEntry,
    DecisionEntry,
    DriftEntry,
    Environment,
    ErrorEntry,
    InvocationEntry,
    Ledger,
    MoveEntry,
    OutputEntry,
    PassEntry,
    PlanFacts,
    Report,
    SkippedEntry,
    SourcePlace,
    Tool,
    UndeterminedEntry,
    UnreadableEntry,
    ViolationEntry,
)
from planguard.reports.text import Style, render_text

WIDTHS = (60, 80, 120)
RULES = (
    ("aws-sg-ingress-open-to-world", "Security group lets the whole world in", "critical", "network"),
    ("aws-s3-bucket-without-public-access-block", "Bucket has no public access block of its own", "high", "network"),
    ("aws-iam-policy-full-admin", "IAM policy allows everything on everything", "high", "identity"),
    (
        "aws-cloudwatch-log-group-retention-short",
        "Log group keeps its events for too short a time",
        "medium",
        "logging",
    ),
    ("resource-owner-missing", "Resource has no owner", "low", "baseline"),
)
STATUS = ("introduced", "introduced", "introduced", "inherited", "inherited", "fixed")


def violation(number: int, **more: Any) -> ViolationEntry:
    """One violation out of an endless row of them."""
    rule, title, severity, domain = RULES[number % len(RULES)]
    status = STATUS[number % len(STATUS)]
    grave = severity in ("critical", "high")
    fields: dict[str, Any] = {
        "rule": rule,
        "title": title,
        "aliases": ["CKV_AWS_24"],
        "domain": domain,
        "severity": severity,
        "controls": {"nist-800-53r5": ["SC-7"]},
        "address": f'module.edge["eu-{number:03}"].aws_thing.one_of_many',
        "type": "aws_thing",
        "actions": ["update"],
        "status": status,
        "effect": "observe" if status != "introduced" else "block" if grave else "warn",
        "gate": f"builtin-{status}",
        "path": f"ingress[{number % 7}]",
        "message": f"port {number} from 0.0.0.0/0, which is to say from everywhere that there is",
        "fix": "allow named ranges, or go through a session manager, so that nobody finds an open port",
        "change_digest": "pg1c:" + f"{number:064x}",
        "fingerprint": "pg1f:" + f"{number:064x}",
        "waiver": None,
        "evidence": [],
        "source": SourcePlace("modules/edge/main.tf", 40 + number, 55 + number) if number % 2 else None,
    }
    return ViolationEntry(**{**fields, **more})


def open_finding(number: int) -> UndeterminedEntry:
    return UndeterminedEntry(
        rule="aws-s3-bucket-key-missing",
        title="Bucket is not encrypted with a key of its own",
        severity="high",
        domain="encryption",
        address=f"aws_s3_bucket.uploads[{number}]",
        path="kms_key_id",
        known_after=["aws_kms_key.main"],
        effect="warn",
        gate="builtin-undetermined-critical-high",
        waiver=None,
        source=None,
    )


_EFFECTS, _SEVERITIES = ("block", "warn", "observe"), ("critical", "high", "medium", "low")


def decision(violations: list[ViolationEntry], **more: Any) -> DecisionEntry:
    """A decision that adds up."""
    violations = sorted(
        violations,
        key=lambda one: (
            _EFFECTS.index(one.effect),
            _SEVERITIES.index(one.severity),
            one.address,
            one.rule,
            one.path,
        ),
    )
    present = [one for one in violations if one.status != "fixed"]
    outcome = min((one.effect for one in present), key=_EFFECTS.index, default="observe")
    fields: dict[str, Any] = {
        "plan": PlanFacts(
            file="tfplan.json",
            format_version="1.2",
            terraform_version="1.11.4",
            digest="pg1:" + "0123456789abcdef" * 4,
            project="shop",
            workspace="shop-prod",
            environment=Environment("prod", "given with --env"),
            complete=True,
            errored=False,
        ),
        "outcome": "allow" if outcome == "observe" else outcome,
        "reasons": [f"{len(present)} violations in all", "the second reason is a longer one, so that it has to wrap"],
        "ledger": Ledger(
            resources=184,
            changes={"create": 12, "update": 3, "replace": 1, "delete": 0, "no-op": 168, "read": 0, "forget": 0},
            rules=243,
            evaluations=2210,
            violations={name: sum(one.effect == name for one in present) for name in _EFFECTS},
            status={
                name: sum(one.status == name for one in violations) for name in ("introduced", "inherited", "fixed")
            },
            waived=0,
            undetermined=len(more.get("undetermined", [])),
            errors=len(more.get("errors", [])),
            unmodelled_types=["aws_new_thing", "aws_newer_thing"],
            data_sources=4,
            graph={"objects": 188, "expected": 188},
        ),
        "violations": violations,
        "undetermined": [],
        "errors": [],
        "waivers": [],
    }
    return DecisionEntry(**{**fields, **more})


def report(*decisions: DecisionEntry, **more: Any) -> Report:
    outcome = min((one.outcome for one in decisions), key=("block", "warn", "allow").index, default="block")
    return Report(
        schema=SCHEMA,  # type: ignore[arg-type]
        outcome=outcome,
        planguard=Tool("0.1.0", "sha256:" + "0" * 64, "sha256:" + "1" * 64),
        decisions=list(decisions),
        **more,
    )


def few() -> Report:
    """Three violations."""
    return report(decision([violation(0), violation(3, status="introduced", effect="warn"), violation(5)]))


def many() -> Report:
    """Three hundred violations, and some that stay open."""
    return report(decision([violation(n) for n in range(300)], undetermined=[open_finding(n) for n in range(25)]))


def everything() -> Report:
    """Every kind of line that there is."""
    whole = decision(
        [violation(0, deposed="dd83eacd"), violation(4), violation(5, deposed="dd83eacd"), violation(3)],
        undetermined=[open_finding(0)],
        errors=[ErrorEntry("test-rule-that-crashes", "aws_x.y", "KeyError: 'there is no such attribute' (line 14)")],
        passes=[PassEntry("test-nothing-is-wrong", 'module.edge["eu-001"].aws_thing.one_of_many')],
        drift=[DriftEntry("aws_x.drifted", "aws_x", ["update"], ["retention_in_days", "tags", "tags_all"], True)],
        outputs=[OutputEntry("endpoint", ["create"], False), OutputEntry("password", ["update"], True)],
        checks=[CheckEntry("check.replicas", "fail", ["two replicas are needed, and there is one"])],
        actions=[InvocationEntry("action.aws_lambda_invoke.wipe", "aws_lambda_invoke", "AfterCreate of aws_x.y")],
        moves=[MoveEntry("aws_x.now", "aws_x.before")],
        imports=["aws_x.imported"],
        forgotten=["aws_x.forgotten"],
    )
    return report(
        whole,
        decision([]),
        unreadable=[UnreadableEntry("half.json", "JSON that breaks off in the middle", "write it again")],
        skipped=[SkippedEntry("state.json", "a state, not a plan")],
    )


REPORTS = {"few": few, "many": many, "everything": everything}


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", REPORTS)
def test_the_report_reads_like_this(name: str, width: int, file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_text(REPORTS[name](), Style(width=width)), basename=f"{name}-{width}")


@pytest.mark.parametrize("name", REPORTS)
def test_the_verbose_report_reads_like_this(name: str, file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_text(REPORTS[name](), Style(width=80, verbose=True)), basename=f"{name}-verbose")


def test_the_coloured_report_reads_like_this(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_text(few(), Style(width=80, colour=True)), basename="few-coloured")


# --- width ---------------------------------------------------------------------------------------------------------


def _is_unbreakable(line: str) -> bool:
    """Whether a line holds one word, indent apart, that nothing could break (a digest, a long address)."""
    return len(line.split()) == 1


@pytest.mark.parametrize("verbose", [False, True], ids=["brief", "verbose"])
@pytest.mark.parametrize("width", [40, *WIDTHS])
@pytest.mark.parametrize("name", REPORTS)
def test_no_line_is_wider_than_the_terminal(name: str, width: int, verbose: bool) -> None:
    lines = render_text(REPORTS[name](), Style(width=width, verbose=verbose)).splitlines()
    assert sorted({line for line in lines if len(line) > width and not _is_unbreakable(line)}) == []


@pytest.mark.parametrize("name", REPORTS)
def test_colour_changes_no_letter_and_no_line(name: str) -> None:
    plain = render_text(REPORTS[name](), Style(width=80))
    coloured = render_text(REPORTS[name](), Style(width=80, colour=True))
    assert re.sub(r"\x1b\[[0-9;]*m", "", coloured) == plain


def test_no_line_ends_with_a_space() -> None:
    lines = render_text(everything(), Style(width=80, verbose=True)).splitlines()
    assert [line for line in lines if line != line.rstrip()] == []


# --- nothing gets lost ---------------------------------------------------------------------------------------------


def test_everything_that_blocks_is_told() -> None:
    text = render_text(many(), Style(width=120))
    blocking = [one for one in many().decisions[0].violations if one.effect == "block"]
    assert len(blocking) > 50
    for one in blocking:
        assert one.address in text
        assert f"port {int(one.fingerprint[5:], 16)} from" in text


def test_what_is_cut_short_is_counted() -> None:
    text = render_text(many(), Style(width=120))
    warned = [one for one in many().decisions[0].violations if one.effect == "warn"]
    by_rule = {rule: sum(one.rule == rule for one in warned) for rule in {one.rule for one in warned}}
    for count in by_rule.values():
        assert f"… and {count - 10} more; --verbose shows them" in text


def test_verbose_tells_everything() -> None:
    text = render_text(many(), Style(width=120, verbose=True))
    assert "more; --verbose" not in text
    assert [one.address for one in many().decisions[0].violations if one.address not in text] == []


def test_the_ledger_and_the_decision_come_last() -> None:
    lines = render_text(few(), Style(width=400)).splitlines()
    assert lines[-2].startswith("ledger 184 resources (12 create, 3 update, 1 replace, 168 no-op)")
    assert "violations 1 block, 1 warn, 0 observe (2 introduced, 0 inherited, 1 fixed)" in lines[-2]
    assert lines[-1].startswith("block  2 violations in all; ")


# --- names that mean harm ------------------------------------------------------------------------------------------

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\r\nallow  no violations\x08\x7f\x00\x85"
HARM = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def hostile() -> Report:
    """A report in which whatever comes out of a plan tries to steer the terminal."""
    entry = decision(
        [
            violation(0, address=f"aws_x.y{HOSTILE}", path=HOSTILE, message=HOSTILE),
            violation(4, address=f"aws_x.z{HOSTILE}", source=SourcePlace(HOSTILE, 1, 2)),
            violation(5, address=f"aws_x.f{HOSTILE}"),
        ],
        undetermined=[
            UndeterminedEntry(
                "a-rule", "A title", "high", "network", HOSTILE, HOSTILE, [HOSTILE], "warn", "g", None, None, HOSTILE
            )
        ],
        errors=[ErrorEntry("a-rule", HOSTILE, HOSTILE)],
        passes=[PassEntry("a-rule", HOSTILE)],
        drift=[DriftEntry(HOSTILE, "aws_x", [HOSTILE], [HOSTILE], True)],
        outputs=[OutputEntry(HOSTILE, [HOSTILE], False)],
        checks=[CheckEntry(HOSTILE, HOSTILE, [HOSTILE])],
        actions=[InvocationEntry(HOSTILE, "aws_x", HOSTILE)],
        moves=[MoveEntry(HOSTILE, HOSTILE)],
        imports=[HOSTILE],
        forgotten=[HOSTILE],
        reasons=[HOSTILE],
        plan=PlanFacts(
            HOSTILE, HOSTILE, HOSTILE, "pg1:0", HOSTILE, HOSTILE, Environment(HOSTILE, HOSTILE), True, False
        ),
        ledger=Ledger(1, {"create": 1}, 1, 1, {}, {}, 0, 0, 0, [HOSTILE], graph={"objects": 1, "expected": 1}),
    )
    return report(
        entry,
        unreadable=[UnreadableEntry(HOSTILE, HOSTILE, HOSTILE)],
        skipped=[SkippedEntry(HOSTILE, HOSTILE)],
    )


@pytest.mark.parametrize("verbose", [False, True], ids=["brief", "verbose"])
@pytest.mark.parametrize("width", [40, 120])
def test_nothing_in_a_plan_steers_the_terminal(width: int, verbose: bool) -> None:
    text = render_text(hostile(), Style(width=width, verbose=verbose))
    assert [repr(line) for line in text.split("\n") if HARM.search(line)] == []


def test_nothing_in_a_plan_begins_a_line_of_its_own() -> None:
    lines = render_text(hostile(), Style(width=120, verbose=True)).split("\n")
    assert [line for line in lines if line.startswith("allow  no violations")] == []


@pytest.mark.parametrize(
    "mark",
    ["\u2028", "\u2029", "\u202e", "\u2066", "\u200b", "\ufeff"],
    ids=["line separator", "paragraph separator", "override", "isolate", "zero-width space", "byte order mark"],
)
def test_nothing_in_a_plan_turns_the_text_around_or_hides_in_it(mark: str) -> None:
    text = render_text(report(decision([violation(0, address=f"aws_x.{mark}y", message=f"a{mark}b")])), Style())
    assert mark not in text
