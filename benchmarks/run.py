"""Measure ``planguard check`` against ``orjson.loads`` on the same file: ``run.py --markdown``.

Both are whole processes, run in turn; the ratios hold where seconds drift.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from measure import ALLOWED_OR_BLOCKED, Sample, alternate, middle, run
from tables import render_markdown, render_text

_HERE = Path(__file__).parent
_SIZES = (100, 1_000, 10_000, 50_000)
_PARSE = "import sys, orjson; orjson.loads(open(sys.argv[1], 'rb').read())"


@dataclass(frozen=True)
class Bench:
    """Where and with what is measured."""

    folder: Path
    planguard: list[str]
    pairs: int

    @property
    def environment(self) -> dict[str, str]:
        """The environment of every process: rule index and byte code are kept, in folders of the benchmark's own."""
        inherited = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        kept = {"PLANGUARD_CACHE_DIR": "cache", "PYTHONPYCACHEPREFIX": "bytecode"}
        return inherited | {name: str(self.folder / part) for name, part in kept.items()} | {"NO_COLOR": "1"}

    def check(self, plan: Path, **environment: str) -> Sample:
        """Decide on a plan with all built-in rules."""
        command = [*self.planguard, "check", str(plan), "--format", f"json={self.folder / 'report.json'}"]
        return run(command, self.folder, {**self.environment, **environment}, ALLOWED_OR_BLOCKED)

    def parse(self, plan: Path) -> Sample:
        """Only parse it."""
        return self.python(_PARSE, str(plan))

    def python(self, code: str, *words: str) -> Sample:
        """Run a line of Python."""
        return run([sys.executable, "-c", code, *words], self.folder, self.environment)


def plan_of(size: int, folder: Path) -> Path:
    """The plan of a size, written unless it is there. In a process of its own: ours has to stay small."""
    file = folder / f"plan-{size}.json"
    if not file.exists():
        subprocess.run([sys.executable, str(_HERE / "generate.py"), str(size), str(file)], check=True)
    return file


def compare(bench: Bench, plan: Path, size: int) -> dict[str, Any]:
    """One row of the table: medians of both, and the medians of the ratios of the pairs."""
    ours, theirs = alternate(partial(bench.check, plan), partial(bench.parse, plan), bench.pairs)
    return {
        "resources": size,
        "bytes": plan.stat().st_size,
        "planguard": asdict(middle(ours)),
        "orjson": asdict(middle(theirs)),
        "ratio": asdict(middle([our.over(their) for our, their in zip(ours, theirs, strict=True)])),
    }


def growth(rows: list[dict[str, Any]]) -> dict[str, Any] | None:
    """What each further resource costs between the second smallest and the largest size."""
    if len(rows) < 2:
        return None
    few, many = rows[-3 if len(rows) > 2 else 0], rows[-1]
    more = many["resources"] - few["resources"]
    found: dict[str, Any] = {"from": few["resources"], "to": many["resources"]}
    for name in ("planguard", "orjson"):
        found[name] = {
            "cpu_us": (many[name]["cpu"] - few[name]["cpu"]) / more * 1e6,
            "memory_kib": (many[name]["memory"] - few[name]["memory"]) / more * 1024,
        }
    return found


def start(bench: Bench, plan: Path) -> dict[str, Any]:
    """What is paid before there is any work: the interpreter, and the rules with a cold and a warm index."""
    _say("start-up")
    bench.check(plan)
    with tempfile.TemporaryDirectory() as empty:
        cold = bench.check(plan, PLANGUARD_CACHE_DIR=empty)
    return {
        "interpreter": asdict(middle([bench.python("pass") for _ in range(bench.pairs)])),
        "cold_index": asdict(cold),
        "warm_index": asdict(middle([bench.check(plan) for _ in range(bench.pairs)])),
    }


def phases(bench: Bench, plan: Path) -> list[dict[str, Any]]:
    """What each phase takes inside one process, as medians of several."""
    _say(f"phases of {plan.name}")
    runs = [_phases_once(bench, plan) for _ in range(bench.pairs)]
    return [
        {**one, **{key: median(row[number][key] for row in runs) for key in ("seconds", "peak") if key in one}}
        for number, one in enumerate(runs[0])
    ]


def _phases_once(bench: Bench, plan: Path) -> list[dict[str, Any]]:
    command = [sys.executable, str(_HERE / "phases.py"), str(plan)]
    done = subprocess.run(command, check=True, capture_output=True, cwd=bench.folder, env=bench.environment)
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found


def measure(bench: Bench, sizes: list[int], plans: Path, *, with_phases: bool) -> dict[str, Any]:
    """Everything that is asked for."""
    files = {size: plan_of(size, plans) for size in sorted(sizes)}
    figures: dict[str, Any] = {"python": sys.version.split()[0], "cores": os.cpu_count(), "pairs": bench.pairs}
    if with_phases:
        return {**figures, "phases": {size: phases(bench, file) for size, file in files.items()}}
    figures["start"] = start(bench, files[min(files)])
    figures["rows"] = []
    for size, file in files.items():
        _say(f"{size} resources")
        figures["rows"].append(compare(bench, file, size))
    return {**figures, "growth": growth(figures["rows"])}


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _command() -> list[str]:
    """The ``planguard`` of this interpreter."""
    script = shutil.which("planguard", path=str(Path(sys.executable).parent))
    return [script] if script else [sys.executable, "-m", "planguard"]


def main(words: list[str] | None = None) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(_SIZES), metavar="N", help="resources in a plan")
    parser.add_argument(
        "--pairs", type=int, default=5, metavar="N", help="runs of each, after one that is not counted"
    )
    parser.add_argument("--phases", action="store_true", help="time the phases inside one process instead")
    parser.add_argument("--plans", type=Path, metavar="DIR", help="keep the plans here, and use those that are here")
    form = parser.add_mutually_exclusive_group()
    form.add_argument("--json", action="store_true", help="write all figures as JSON")
    form.add_argument("--markdown", action="store_true", help="write the tables of docs/performance.md")
    arguments = parser.parse_args(words)
    with tempfile.TemporaryDirectory(prefix="planguard-bench-") as folder:
        plans = arguments.plans or Path(folder)
        plans.mkdir(parents=True, exist_ok=True)
        bench = Bench(Path(folder), _command(), arguments.pairs)
        figures = measure(bench, arguments.sizes, plans.resolve(), with_phases=arguments.phases)
    if arguments.json:
        print(json.dumps(figures, indent=2))
    else:
        print((render_markdown if arguments.markdown else render_text)(figures))


if __name__ == "__main__":
    main()
