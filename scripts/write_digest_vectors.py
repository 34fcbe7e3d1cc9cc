"""Write the test vectors of docs/digests.md: canonical forms, and digests of plans in fixtures/."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from planguard.check import Wanted, graph_of
from planguard.plan.canonical import decode_exact, written
from planguard.plan.digest import Context, Digests
from planguard.plan.plan import is_effective
from planguard.plan.reading import find_plans, read_input

ROOT = Path(__file__).parent.parent
FOLDER = ROOT / "fixtures" / "digests"
VALUES = (
    "null",
    "[1, 1.0, 1e0, -0.0, 100E-2]",
    "[9007199254740991, 9007199254740992, 1e20, -9007199254740993]",
    "[0.1, 1e-7, 0.000001, 333333333.33333329, 1.5e-9, 5e-324]",
    "[0.1000000000000000055511151231257827, 1.00000000000000000001]",
    '{"b": 1, "a": {"d": [], "c": {}}}',
    '{"\\ud83d\\ude00": 1, "\\ufb33": 2, "\\u00f6": 3, "\\r": 4}',
    '{"$sensitive": "not a token", "$$": 1}',
    '"{\\"Version\\": \\"2012-10-17\\", \\"Statement\\": [{\\"Effect\\": \\"Allow\\"}]}"',
    '"{\\"a\\": 1, \\"a\\": 2}"',
    '"[1.0, \\"{\\\\\\"x\\\\\\": 1.50}\\"]"',
    '"[not json"',
    '"\\u0000\\u001f\\u007f\\u2028/\\\\\\""',
)
PLANS: tuple[tuple[str, dict[str, str | None]], ...] = (
    ("noop/plan.json", {}),
    ("stacks/aws-shop-prod/plan-update.json", {}),
    ("stacks/aws-shop-prod/plan-update.json", {"project": "shop", "environment": "prod", "workspace": "prod"}),
    ("sensitive/plan.json", {"key": None}),
    ("sensitive/plan.json", {"key": "a key for tests only"}),
    ("drift-refresh/plan.json", {}),
    ("stacks/azure-landing-prd/plan.json", {}),
    ("stacks/gcp-analytics-prod/plan-update.json", {}),
)


def value_vectors() -> list[dict[str, str]]:
    """Texts of JSON, their canonical forms, and the SHA-256 of those."""
    found = []
    for text in VALUES:
        canonical = written(decode_exact(text.encode()))
        found.append({"json": text, "canonical": canonical.decode(), "sha256": sha256(canonical).hexdigest()})
    return found


def plan_vectors() -> list[dict[str, Any]]:
    """Plans, what they are for, and their digests."""
    found = []
    for name, given in PLANS:
        context = {key: value for key, value in given.items() if key != "key"}
        (one,) = find_plans([str(ROOT / "fixtures" / name)]).plans
        plan, _, _ = graph_of(read_input(one, None), Wanted())
        key = given.get("key")
        digests = Digests(plan, key.encode() if key else None)
        found.append(
            {
                "plan": name,
                "context": context,
                "key": key,
                "digest": digests.of_plan(Context(**context)),
                "changes": {
                    one.address + (f" deposed {one.deposed}" if one.deposed else ""): digests.of_change(one)
                    for one in plan.all_changes()
                    if is_effective(one)
                },
            }
        )
    return found


def content(vectors: list[dict[str, Any]]) -> str:
    """A file of vectors."""
    return json.dumps(vectors, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "values.json").write_text(content(value_vectors()), encoding="utf-8")
    (FOLDER / "plans.json").write_text(content(plan_vectors()), encoding="utf-8")
