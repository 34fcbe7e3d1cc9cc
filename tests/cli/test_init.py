"""``planguard init``: a policy that fits a plan, holds, and shows no secret."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest
import yaml
from pytest_regressions.file_regression import FileRegressionFixture

from planguard.yaml_file import parse_yaml
from tests.cli.conftest import QUIET, Call
from tests.conftest import FIXTURES, change
from tests.decision.waiving import plan

STACKS = sorted(path.parent.name for path in (FIXTURES / "stacks").glob("*/plan.json"))


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, _settled: None) -> None:
    monkeypatch.chdir(tmp_path)


def is_valid() -> bool:
    """Whether the file is one by the schema that stands beside it, which editors go by."""
    schema = json.loads(Path("planguard.schema.json").read_bytes())
    value = parse_yaml(Path("planguard.yaml").read_text(), "planguard.yaml").value or {}
    return bool(jsonschema.Draft202012Validator(schema).is_valid(value))


@pytest.mark.parametrize("stack", STACKS)
def test_what_is_written_for_a_stack_holds_and_tells_its_environment(stack: str, planguard: Call) -> None:
    file = FIXTURES / "stacks" / stack / "plan.json"
    answer = planguard("init", file)
    assert (answer.code, answer.err) == (0, "")
    assert planguard("policy", "check").code == 0
    assert is_valid()
    found = planguard("check", file, "--format", "json", *QUIET).decision["plan"]["environment"]
    assert found["name"] == stack.rsplit("-", 1)[1]
    assert "strictest" not in found["because"]


def test_the_plans_of_all_stacks_have_one_policy(planguard: Call, file_regression: FileRegressionFixture) -> None:
    files = [FIXTURES / "stacks" / stack / "plan.json" for stack in STACKS]
    answer = planguard("init", *files)
    assert "environments: prd, prod, dev, tst" in answer.out
    assert planguard("policy", "check").code == 0
    assert is_valid()
    file_regression.check(Path("planguard.yaml").read_text(), extension=".yaml")


def test_without_a_plan_everything_is_left_to_the_one_who_asks(planguard: Call) -> None:
    answer = planguard("init", "--output", "planguard.yaml")
    assert "environments: none: they are left to you, as comments" in answer.out
    checked = planguard("policy", "check")
    assert (checked.code, checked.out.splitlines()[0]) == (
        0,
        "planguard.yaml holds: 0 environments, 1 gate, 0 owners, 0 identities, 0 approvals, 0 rule settings",
    )
    assert is_valid()


def test_what_stands_in_comments_holds_as_well(planguard: Call) -> None:
    """Whoever takes the comment signs away has a policy."""
    planguard("init")
    lines = Path("planguard.yaml").read_text().splitlines()
    sections = ("# environments:", "# owners:", "# not_waivable:", "# rules:")
    kept: list[str] = []
    for section in sections:
        start = lines.index(section)
        end = next((at for at in range(start, len(lines)) if not lines[at].startswith("#")), len(lines))
        kept += [line.removeprefix("# ") for line in lines[start:end]]
    Path("planguard.yaml").write_text("\n".join(kept) + "\n")
    assert planguard("policy", "check").out.startswith(
        "planguard.yaml holds: 2 environments, 0 gates, 1 owner, 0 identities, 0 approvals, 1 rule setting"
    )


ODD = [
    "a: b",
    "*",
    "#",
    "'",
    '"',
    "{",
    "ä – ü",
    "no",
    "017",
    "\x7f",
    "\u2028",
    "a\nb",
    "- x",
    "\\",
    "prod 😀",
    "&a",
    "!x",
]


@pytest.mark.parametrize("value", ODD, ids=ascii)
def test_odd_names_are_written_so_that_they_read_as_they_were(value: str, planguard: Call) -> None:
    tagged = change("aws_s3_bucket.x", ["create"], after={"tags": {"team": value, "env": value}})
    Path("plan.json").write_text(json.dumps(plan(tagged, variables={"environment": {"value": value}})))
    assert planguard("init", "plan.json").code == 0
    assert planguard("policy", "check").code == 0
    found = yaml.safe_load(Path("planguard.yaml").read_text())
    assert list(found["environments"]) == [value]
    assert found["environments"][value]["variable"] == {"environment": value}
    assert found["owners"] == [{"team": value, "tag": {"team": value}}]


def test_a_file_that_is_there_is_left_alone_unless_it_is_forced(planguard: Call) -> None:
    Path("planguard.yaml").write_text("# mine\n")
    answer = planguard("init")
    assert (answer.code, answer.out, answer.errors) == (2, "", ["error: planguard.yaml: is there already"])
    assert len(answer.helps) == 1
    assert Path("planguard.yaml").read_text() == "# mine\n"
    assert not Path("planguard.schema.json").exists()
    assert planguard("init", "--force").code == 0
    assert planguard("init", "--output", "other.yaml").code == 0
    assert planguard("policy", "check", "other.yaml").code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("none.json",), 3),
        (("planguard.schema.json",), 3),
        (("--output", "no/such/p.yaml"), 2),
        (("--output", "."), 2),
    ],
)
def test_what_cannot_be_read_or_written_leaves_no_file(words: tuple[str, ...], code: int, planguard: Call) -> None:
    Path("planguard.schema.json").write_text("{}")
    answer = planguard("init", *words)
    assert (answer.code, answer.out, len(answer.errors)) == (code, "", 1)
    assert [path.name for path in Path().iterdir()] == ["planguard.schema.json"]


@pytest.mark.parametrize("name", ["plan.json", "plan-update.json"])
def test_no_sensitive_value_is_written(name: str, planguard: Call) -> None:
    answer = planguard("init", FIXTURES / "sensitive" / name)
    assert answer.code == 0
    for text in (answer.out, answer.err, Path("planguard.yaml").read_text()):
        assert "not-a-real" not in text


def test_a_secret_names_neither_environment_nor_team(planguard: Call) -> None:
    secret = "not-a-real-environment"
    tagged = change("aws_s3_bucket.x", ["create"], after={"tags": {"team": secret, "env": secret}},
                    after_sensitive={"tags": {"team": True}})  # fmt: skip
    Path("plan.json").write_text(json.dumps(plan(tagged, variables={"environment": {"value": secret}})))
    assert planguard("init", "plan.json").code == 0
    assert secret not in Path("planguard.yaml").read_text()
