"""What costs what inside one process: ``phases.py plan.json`` prints the seconds of each phase as JSON."""

from __future__ import annotations

import gc
import json
import resource
import sys
import time
from collections.abc import Callable
from typing import Any

_KIB = 2**20 if sys.platform == "darwin" else 1024


class Clock:
    """Adds up the processor time of phases, and notes the peak of memory after each."""

    def __init__(self) -> None:
        self.phases: list[dict[str, Any]] = []

    def time(self, name: str, work: Callable[[], Any]) -> Any:
        """Do something as a phase."""
        started = time.process_time()
        result = work()
        self.note(name, time.process_time() - started)
        return result

    def note(self, name: str, seconds: float) -> None:
        """Write down what a phase took."""
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIB
        self.phases.append({"phase": name, "seconds": seconds, "peak": peak})


def measure(file: str) -> list[dict[str, Any]]:
    """Decide on a plan as ``planguard check`` does, phase by phase."""
    gc.disable()
    clock = Clock()
    clock.note("interpreter", time.process_time())
    clock.time("imports", _import)
    from planguard.cli.check import RuleChoice
    from planguard.decision.decide import Case, decide
    from planguard.decision.environment import Resolved
    from planguard.decision.policy import BUILTIN_POLICY
    from planguard.engine.evaluate import evaluate
    from planguard.graph.build import build_graph
    from planguard.plan.digest import Digests
    from planguard.plan.plan import plan_of
    from planguard.plan.reading import find_plans, read_input
    from planguard.reports.build import Told, decision_entry
    from planguard.reports.json import render_json

    rules = clock.time("rule index", lambda: RuleChoice().load())
    raw = clock.time("reading", lambda: read_input(find_plans([file]).plans[0]))
    plan = clock.time("headers and secrets", lambda: plan_of(raw.place, raw.top))
    graph = clock.time("graph", lambda: build_graph(plan))
    findings = clock.time("rules", lambda: evaluate(graph, rules))
    digests = Digests(plan)
    clock.time("digests", lambda: _digest(digests, findings))
    case = Case(Resolved(None, ""))
    # The digests are known by now; they have a line of their own.
    decision = clock.time("decision", lambda: decide(plan, graph, findings, BUILTIN_POLICY, digests, case))
    started = time.process_time()
    entry = decision_entry(Told(plan, graph, findings, decision, case, digests), rules=len(rules.rules))
    written = render_json(_report(entry, rules.digest))
    clock.note("report", time.process_time() - started)
    counts = {"nodes": len(graph.nodes), "violations": len(findings.violations), "report": len(written)}
    return [*clock.phases, {"phase": "counts", **counts, "evaluations": findings.evaluations}]


def _import() -> None:
    import planguard.cli.check
    import planguard.reports.json  # noqa: F401


def _digest(digests: Any, findings: Any) -> None:
    digests.of_plan()
    for one in findings.violations:
        if one.node.change is not None:
            digests.of_change(one.node.change)


def _report(entry: Any, rules: str) -> Any:
    from planguard.reports.model import SCHEMA, Report, Tool
    from planguard.version import __version__

    return Report(SCHEMA, entry.outcome, Tool(__version__, rules, ""), [entry], [], [])  # type: ignore[arg-type]


if __name__ == "__main__":
    print(json.dumps(measure(sys.argv[1])))
