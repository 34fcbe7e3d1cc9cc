"""Two processes find what one finds, and what the second does not tell is never taken for nothing."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.engine import split
from planguard.engine.evaluate import evaluate
from planguard.engine.finding import Findings
from planguard.engine.ruleset import RuleSet
from tests.conftest import FIXTURES, graph_from

PLANS = sorted(FIXTURES.glob("stacks/*/plan*.json"))
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system starts no process by a fork")


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every plan counts as large, and no other thread of the test runner keeps it from being split."""
    monkeypatch.setattr(split, "LEAST", 1)
    monkeypatch.setattr("threading.active_count", lambda: 1)


def told(findings: Findings) -> Any:
    def of(one: Any) -> tuple[Any, ...]:
        names = [name for name in one.__struct_fields__ if name not in ("rule", "node")]
        return (one.rule.id, one.node.address, one.node.deposed, *(getattr(one, name) for name in names))

    return (
        [of(one) for one in findings.violations],
        [of(one) for one in findings.undetermined],
        [of(one) for one in findings.errors],
        findings.evaluations,
        findings.unmodelled,
        findings.idle,
    )


def found(plan: Path, rules: RuleSet, processes: int) -> Any:
    return told(evaluate(graph_from(plan.read_bytes()), rules, processes=processes))


@pytest.mark.parametrize("plan", PLANS, ids=lambda plan: f"{plan.parent.name}-{plan.stem}")
def test_two_processes_find_what_one_finds(plan: Path, builtin_rules: RuleSet) -> None:
    assert found(plan, builtin_rules, 2) == found(plan, builtin_rules, 1)


def _raise(_: Any, __: Any) -> bytes:
    raise ValueError("it goes wrong")


def _end(_: Any, __: Any) -> bytes:
    os._exit(0)


def _kill(_: Any, __: Any) -> bytes:
    os.kill(os.getpid(), signal.SIGKILL)
    return b""


def _half(_: Any, __: Any) -> bytes:
    return b"\x94\x01"


@pytest.mark.parametrize("wrong", [_raise, _end, _kill, _half], ids=["raises", "ends", "is killed", "says half"])
def test_what_does_not_arrive_is_worked_out_again(
    wrong: Callable[[Any, Any], bytes], builtin_rules: RuleSet, monkeypatch: pytest.MonkeyPatch
) -> None:
    expected = found(PLANS[0], builtin_rules, 1)
    monkeypatch.setattr(split, "_encoded", wrong)
    assert found(PLANS[0], builtin_rules, 2) == expected


@given(st.dictionaries(st.text(min_size=1), st.integers(0, 1000), max_size=600))
def test_every_type_is_in_one_share(weights: dict[str, int]) -> None:
    shares = split.shares_of(weights)
    assert sorted(kind for share in shares for kind in share) == sorted(weights)
    assert len(shares) <= split.MOST_SHARES
    assert all(shares)


@given(st.integers(0, split.MOST_SHARES))
def test_every_share_is_handed_out_once(shares: int) -> None:
    queue = split.Queue(shares)
    assert list(queue) == list(range(shares))
    assert list(queue) == []
    queue.close()
