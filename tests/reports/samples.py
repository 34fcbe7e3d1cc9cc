"""Reports that the tests of all formats share: of real plans, of every kind of entry, and of texts that mean harm."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import strategies as st

from planguard.cli.main import run
from planguard.reports.model import (
    Environment,
    ErrorEntry,
    Report,
    SkippedEntry,
    Tool,
    UnreadableEntry,
    WaiverEntry,
    WaiverUse,
)
from planguard.reports.read import read_report
from tests.cli.conftest import PACKS, is_plan
from tests.conftest import FIXTURES
from tests.reports.test_text import decision, open_finding, report, violation

TOOL = Tool("1.2.3", "sha256:" + "0" * 64, "sha256:" + "1" * 64)
WAIVER = WaiverUse("w-2026-01", "alice@example.com", "2026-03-01T00:00:00Z")
SCENARIOS = sorted(
    path.relative_to(FIXTURES)
    for path in FIXTURES.rglob("*.json")
    if path.relative_to(FIXTURES).parts[0] not in ("rules", "schemas", "digests") and is_plan(path)
)
"""Every plan of the scenarios, relative to the folder of fixtures, which has to be the working folder."""


def checked(folder: Path, *words: str, pack: str = "gate") -> Report:
    """The report of a real call, as written by a fixed version of planguard."""
    file = folder / "report.json"
    run(["check", *words, "--format", f"json={file}", "--no-builtin", "--rules", str(PACKS / pack)])
    return msgspec.structs.replace(read_report(file.read_bytes()), planguard=TOOL)


def everything() -> Report:
    """Every way in which a finding can stand, by several owners, in two plans; a plan that nobody can read."""
    first = decision(
        [
            violation(0, owner="network-team"),
            violation(1),
            violation(2, owner="iam-team", waiver=WAIVER),
            violation(6, deposed="dd83eacd", owner="network-team"),
            violation(8, effect="warn", owner="iam-team"),
            violation(3),
            violation(5),
            violation(12, part_of="aws-sg-ingress-open-to-world", effect="observe", gate="part-of-wider"),
        ],
        undetermined=[
            open_finding(0),
            msgspec.structs.replace(open_finding(1), effect="block", owner="iam-team"),
            msgspec.structs.replace(open_finding(2), effect="observe", status="inherited"),
            msgspec.structs.replace(open_finding(3), waiver=WAIVER),
        ],
        errors=[ErrorEntry("test-rule-that-crashes", "aws_x.y", "KeyError: 'there is no such attribute' (line 14)")],
        waivers=[
            WaiverEntry("w-2026-01", "used", "excuses two", "w.yaml", [], "alice@example.com", WAIVER.expires),
            WaiverEntry("w-2025-09", "expired", "it ended on 2025-12-01", "old.yaml", ["expired"], "bob@example.com"),
        ],
        reasons=[
            "3 violations blocked by gate `builtin-introduced-critical-high`",
            "it was blocked in `dev` (d.json)",
        ],
        outcome="block",
    )
    second = decision([], reasons=["nothing is wrong"])
    plan = msgspec.structs.replace(second.plan, file="infra/other plan.json", environment=Environment("dev", "--env"))
    return msgspec.structs.replace(
        report(
            first,
            msgspec.structs.replace(second, plan=plan),
            unreadable=[UnreadableEntry("half.json", "JSON that breaks off in the middle", "write it again")],
            skipped=[SkippedEntry("state.json", "a state, not a plan")],
        ),
        planguard=TOOL,
        outcome="block",
    )


def warned() -> Report:
    """Nothing that blocks, something that is warned of, in names that say `fail`."""
    return report(decision([violation(3, status="introduced", effect="warn", address="aws_route53_record.failover")]))


def allowed() -> Report:
    """Nothing but what was there before."""
    return report(decision([violation(3, address="aws_x.fail"), violation(5)], reasons=["0 failures, 1 failure"]))


def nothing() -> Report:
    """A call that checked no plan."""
    return msgspec.structs.replace(report(), outcome="allow")


def many(number: int) -> Report:
    """So many violations."""
    return report(decision([violation(n) for n in range(number)], undetermined=[open_finding(n) for n in range(25)]))


# --- texts that mean harm ------------------------------------------------------------------------------------------

HOSTILE = (
    "\x1b[2J\x1b]0;owned\x07\x9b31m\r\nFAIL\x08\x7f\x00\x85",
    "\u202eevil\u202c\u2066x\u2069\u2028\u2029\u200b\ufeff",
    "\ufffe\uffff",
    "a|b|c",
    "a|b\\|c\\",
    "`code` ``` more ``` ~~~",
    "\n```\n# heading\n",
    "</code></details><script>alert(1)</script><img src=x onerror=y>",
    "<!-- -->--><b>",
    "]]></failure><testcase/>",
    '" onmouseover="x" \'',
    "@octocat @org/team #1 org/repo#2 GH-3 !4 $5 %6 ~7 &8 :tada:",
    "[click](https://evil.example) ![x](https://evil.example/x.png) <https://evil.example> www.evil.example",
    "[a](0) {0} {{1}}",
    "::error file=x::owned",
    "##[set-env name=PATH]owned ##vso[task.complete]",
    "%0A::set-output name=x::y%25",
    "\n::stop-commands::x\n::add-mask::a",
    "10 failures\nFAIL",
    "0 failed",
    "/close\n/merge",
    "- a\n- b\n1. c\n    code",
    "  leading and trailing  ",
    "",
    " ",
    "../../etc/passwd",
    "C:\\windows\\plan.json",
    "/tmp/a b/plan?x#y.json",
    "a" * 5_000,
    "&amp; &#64;octocat &lt;b&gt;",
    "--->",
    "ünï©ode 日本語 🎉",
)
_FIXED = {"schema", "outcome", "effect", "severity", "status", "sensitive"}
texts = st.one_of(st.sampled_from(HOSTILE), st.text(max_size=40))


def _poisoned(value: Any, pool: Iterator[str], key: str = "") -> Any:
    if isinstance(value, dict):
        if key in ("changes", "violations", "controls"):
            return {next(pool): _poisoned(one, pool) for one in value.values()}
        return {name: _poisoned(one, pool, name) for name, one in value.items()}
    if isinstance(value, list):
        return [_poisoned(one, pool) for one in value]
    if isinstance(value, str) and key not in _FIXED:
        return next(pool)
    return value


def _cycle(words: list[str]) -> Iterator[str]:
    while True:
        yield from words


def poisoned(words: list[str]) -> Report:
    """A report with every kind of entry in which every text that can be any text is one of these in turn."""
    bad = _poisoned(msgspec.to_builtins(everything()), _cycle(words))
    # What JSON cannot hold never comes in.
    return msgspec.convert(_encodable(bad), Report)


each_hostile = pytest.mark.parametrize("text", HOSTILE, ids=[f"text {number}" for number in range(len(HOSTILE))])


@st.composite
def hostile_reports(draw: st.DrawFn) -> Report:
    """A report of texts that mean harm, and of any outcome."""
    words = draw(st.lists(texts, min_size=1, max_size=7))
    outcome = draw(st.sampled_from(["allow", "warn", "block"]))
    return msgspec.structs.replace(poisoned(words), outcome=outcome)


def _encodable(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_encodable(key): _encodable(one) for key, one in value.items()}
    return [_encodable(one) for one in value] if isinstance(value, list) else value


def texts_in(value: Any) -> Iterator[str]:
    """Every text in a document of JSON, keys included."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, one in value.items():
            yield key
            yield from texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from texts_in(one)


def is_harmless(text: str) -> bool:
    """Whether nothing in a text, line feeds apart, steers a terminal, hides or turns its neighbours round."""
    return all(line.isprintable() for line in text.split("\n"))
