"""Store real plans of a sample of the examples of the built-in rules, beside what source alone makes of them.

    python scripts/store_example_plans.py COMMAND [ARGUMENT ...]

COMMAND is called with a file of JSON lines, ``{"dir": …, "out": …}`` each: for every folder of .tf files it has to
write what ``terraform show -json`` says of a plan of it. Of each rule the first bad and good examples are taken, and
one that is undetermined. Examples of changes are left out: their plans need something that is there already.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from hashlib import sha256
from pathlib import Path
from textwrap import dedent

from planguard.engine.pack import builtin_root, load_pack
from planguard.testing.example import Example, examples_of

FOLDER = Path(__file__).parent.parent / "fixtures" / "rules"
MOST = {"bad": 2, "good": 1, "undetermined": 1}


def sample() -> list[Example]:
    """The examples whose plans are stored."""
    found = []
    for rule in load_pack(builtin_root()).rules:
        counts: dict[str, int] = {}
        for example in examples_of(rule):
            if isinstance(example.hcl, str) and counts.get(example.kind, 0) < MOST[example.kind]:
                counts[example.kind] = counts.get(example.kind, 0) + 1
                found.append(example)
    return found


def digest_of(example: Example) -> str:
    """What a stored plan is a plan of."""
    return sha256(dedent(str(example.hcl)).encode()).hexdigest()[:24]


def store(command: list[str]) -> None:
    """Have the plans made that are not stored yet, and write a file of JSON lines for each rule."""
    examples = sample()
    known = {
        row["of"]: row for path in FOLDER.glob("*.jsonl") for row in map(json.loads, path.read_text().splitlines())
    }
    with tempfile.TemporaryDirectory() as scratch:
        rows = []
        for digest, text in {digest_of(one): dedent(str(one.hcl)) for one in examples}.items():
            if digest not in known:
                folder = Path(scratch, digest)
                folder.mkdir()
                (folder / "main.tf").write_text(text)
                rows.append({"dir": str(folder), "out": f"{folder}.json"})
        if rows:
            wanted = Path(scratch, "plans.jsonl")
            wanted.write_text("".join(json.dumps(row) + "\n" for row in rows))
            subprocess.run([*command, str(wanted)], check=True)  # noqa: S603 - the caller's own command
        by_rule: dict[str, list[str]] = {}
        for one in examples:
            digest, made = digest_of(one), Path(scratch, f"{digest_of(one)}.json")
            plan = (
                known[digest]["plan"] if digest in known else json.loads(made.read_text()) if made.exists() else None
            )
            if plan is None:
                print(f"no plan: {one.id}", file=sys.stderr)  # noqa: T201
                continue
            plan.pop("planned_values", None)  # it says again what the changes say
            row = {"kind": one.kind, "name": one.name, "of": digest, "plan": plan}
            by_rule.setdefault(one.rule.id, []).append(json.dumps(row, separators=(",", ":")))
    for path in FOLDER.glob("*.jsonl"):
        path.unlink()
    for rule, lines in by_rule.items():
        (FOLDER / f"{rule}.jsonl").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    store(sys.argv[1:])
