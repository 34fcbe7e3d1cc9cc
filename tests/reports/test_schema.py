"""The JSON Schema of the report is current, and every report obeys it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from planguard.cli.main import run
from tests.conftest import FIXTURES, ROOT

SCHEMA = ROOT / "docs" / "report.schema.json"
PACKS = ROOT / "tests" / "cli" / "packs"
PLANS = sorted(path.relative_to(FIXTURES) for path in FIXTURES.rglob("plan*.json")) + sorted(
    path.relative_to(FIXTURES) for path in (FIXTURES / "hand-made").glob("*.json")
)


@pytest.fixture(scope="module")
def validator() -> jsonschema.Draft202012Validator:
    """What checks a report against the schema in the docs."""
    return jsonschema.Draft202012Validator(json.loads(SCHEMA.read_bytes()))


@pytest.mark.parametrize("name", ["report", "access", "exposure"])
def test_the_schemas_in_the_docs_are_current(name: str) -> None:
    spec = importlib.util.spec_from_file_location("write_schema", ROOT / "scripts" / "write_schema.py")
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    stored = (ROOT / "docs" / f"{name}.schema.json").read_text(encoding="utf-8")
    assert stored == script.written(name), "run scripts/write_schema.py"


def test_the_schema_is_a_schema(validator: jsonschema.Draft202012Validator) -> None:
    validator.check_schema(validator.schema)


@pytest.mark.parametrize("path", PLANS, ids=lambda path: str(path.with_suffix("")))
def test_a_report_obeys_the_schema(
    path: Path,
    validator: jsonschema.Draft202012Validator,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(FIXTURES)
    monkeypatch.setenv("PLANGUARD_CACHE_DIR", "")
    report = tmp_path / "report.json"
    rules = ["--no-builtin", "--rules", str(PACKS / "gate")]
    run(["check", str(path), "--verbose", "--format", f"json={report}", *rules])
    document: dict[str, Any] = json.loads(report.read_bytes())
    assert [error.message for error in validator.iter_errors(document)] == []


@pytest.mark.parametrize(
    ("path", "wrong"),
    [
        (("schema",), "planguard/report/v2"),
        (("outcome",), "pass"),
        (("decisions", 0, "outcome"), "ok"),
        (("decisions", 0, "violations", 0, "severity"), "grave"),
        (("decisions", 0, "violations", 0, "status"), "new"),
        (("decisions", 0, "plan", "digest"), None),
        (("decisions", 0, "ledger", "changes"), [1]),
    ],
    ids=lambda value: ".".join(map(str, value)) if isinstance(value, tuple) else repr(value),
)
def test_the_schema_refuses_what_is_no_report(
    path: tuple[str | int, ...],
    wrong: Any,
    validator: jsonschema.Draft202012Validator,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(FIXTURES)
    run(["check", "noop/plan.json", "--format", "json", "--no-builtin", "--rules", str(PACKS / "gate")])
    document = json.loads(capfd.readouterr().out)
    assert validator.is_valid(document)
    part: Any = document
    for step in path[:-1]:
        part = part[step]
    part[path[-1]] = wrong
    assert not validator.is_valid(document)
