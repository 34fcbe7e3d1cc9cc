"""How long the analyses of access and exposure take, next to everything else that ``check`` does in one process.

    python benchmarks/analyses.py [PLAN]

Without PLAN, a made-up one of 10,000 resources: some 1,000 policies, 420 security groups. Prints medians: of a check
with the rules that ask neither analysis, of what the other rules add to that, and of the two commands; and how long
policies of many patterns take to compare.
"""

from __future__ import annotations

import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from planguard.access.analysis import analyse_access
from planguard.access.compare import compare_documents
from planguard.check import Law, judge_plan
from planguard.decision.purpose import Purpose
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.exposure.analysis import analyse_exposure
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.plan.plan import Plan, plan_of
from planguard.plan.reading import find_plans, read_input

RUNS = 5
PATTERNS = 3000


def read(path: Path) -> tuple[Plan, Graph]:
    """A plan and its graph, as if nobody had asked anything of it yet."""
    raw = read_input(find_plans([str(path)]).plans[0], None)
    plan = plan_of(raw.place, raw.top, None)
    return plan, build_graph(plan)


def timed(work: Callable[[], object]) -> float:
    """Seconds that it takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def asks_an_analysis(module: Path) -> bool:
    """Whether a module of rules imports an analysis, by itself or by a module beside it."""
    text = module.read_text(encoding="utf-8")
    if re.search(r"^from planguard\.(access|exposure)\b", text, re.MULTILINE):
        return True
    beside = (module.with_name(f"{name}.py") for name in re.findall(r"^from \.(\w+) import", text, re.MULTILINE))
    return module.suffix == ".py" and any(asks_an_analysis(one) for one in beside)


def measure(path: Path) -> dict[str, float]:
    """Medians in seconds: a check without and with what asks the analyses, and each analysis by itself."""
    rules = select_rules([load_pack(builtin_root(), examples=False)])
    rest = RuleSet((), [rule for rule in rules.rules if not asks_an_analysis(builtin_root() / rule.file)])
    figures: dict[str, list[float]] = {}
    for _ in range(RUNS):
        for name, some in (("the rest of check", rest), ("all of check", rules)):
            started = time.perf_counter()
            plan, graph = read(path)
            judge_plan(plan, graph, some, Purpose(), Law(), None, with_passes=False)
            figures.setdefault(name, []).append(time.perf_counter() - started)
        _, fresh = read(path)
        figures.setdefault("access", []).append(timed(partial(analyse_access, fresh)))
        _, fresh = read(path)
        figures.setdefault("exposure", []).append(timed(partial(analyse_exposure, fresh)))
    return {name: statistics.median(values) for name, values in figures.items()}


def many_patterns() -> float:
    """Seconds that it takes to compare two policies of many patterns, of which one has one more."""
    services = ("ec2", "s3", "rds", "iam", "lambda", "sqs", "sns", "kms", "ecs", "eks")
    verbs = ("Get", "List", "Describe", "Create", "Delete", "Put")
    actions = [
        f"{service}:{verb}Thing{number}*"
        for number in range(PATTERNS // 60)
        for service in services
        for verb in verbs
    ]
    resources = [f"arn:aws:s3:::bucket-{number}/*" for number in range(PATTERNS // 3)]
    old = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": actions, "Resource": resources}]}
    row = {"Effect": "Allow", "Action": "s3:GetThing1x", "Resource": "arn:aws:s3:::other/*"}
    new = {**old, "Statement": [*old["Statement"], row]}
    return timed(lambda: compare_documents(old, new))


def main(path: str = "") -> None:
    """Measure, and print medians and ratios."""
    with tempfile.TemporaryDirectory() as folder:
        plan = Path(path) if path else Path(folder) / "plan.json"
        if not path:
            generate = Path(__file__).with_name("generate.py")
            subprocess.run([sys.executable, generate, "10000", plan], check=True)
        figures = measure(plan)
    rest = figures["the rest of check"]
    figures["rules on both"] = figures["all of check"] - rest
    for name, seconds in figures.items():
        sys.stdout.write(f"{name:<20}{seconds:7.2f} s  {seconds / rest:5.2f} of the rest\n")
    sys.stdout.write(f"{f'{PATTERNS} patterns':<20}{many_patterns():7.2f} s\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
