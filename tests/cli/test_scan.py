"""``planguard scan``: verdicts on source beside those on plans of it, places, exit codes, silence."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import GATE, Answer, Call, run_planguard
from tests.conftest import FIXTURES

STACKS = FIXTURES / "stacks"
NAMES = sorted(path.parent.name for path in STACKS.glob("*/plan.json"))
OPEN_PORT = """\
resource "aws_security_group" "edge" {
  name = "edge"

  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }

  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.world]
  }
}

variable "world" {}
"""
ONLY = ("--only", "aws-sg-ingress-open-to-world")

READ = "the policy names the account and the partition, which data sources give that are read while planning"
EMPTY = "a dynamic block makes none here; a plan does not show that there is one, source does, and leaves it open"
DIFFERENT = {
    ("aws-iam-policy-.*", "aws_iam_policy.deploy"): READ,
    ("azure-storage-account-open-to-all-networks", 'azurerm_storage_account.this["site"]'): EMPTY,
    ("storage-reachable-from-internet", 'azurerm_storage_account.this["site"]'): EMPTY,
    ("storage-reachable-from-internet", "azurerm_storage_container.site"): EMPTY,
}


def write(folder: Path, **files: str) -> Path:
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_tf", ".tf")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def verdicts(decision: dict[str, Any]) -> set[tuple[str, str, str]]:
    return {
        (outcome, one["rule"], one["address"])
        for outcome in ("violations", "undetermined", "errors")
        for one in decision[outcome]
    }


def scanned(planguard: Call, name: str) -> dict[str, Any]:
    folder, _, env = name.rpartition("-")
    root = f"stacks/src/{folder}"
    answer = planguard("scan", root, "--var-file", f"{root}/env/{env}.tfvars", "--format", "json")
    assert (answer.code, answer.err) == (1, "")
    return next(one for one in answer.report["decisions"] if one["plan"]["file"] == root)


# --- source and plan ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_source_and_plan_of_a_stack_have_the_same_verdicts(name: str, planguard: Call) -> None:
    source = verdicts(scanned(planguard, name))
    plan = verdicts(planguard("check", f"stacks/{name}/plan.json", "--format", "json").decision)
    unexplained = [
        (outcome, rule, address)
        for outcome, rule, address in source ^ plan
        if not any(re.fullmatch(pattern, rule) and address == where for pattern, where in DIFFERENT)
    ]
    assert unexplained == []
    assert {outcome for outcome, _, _ in source - plan} <= {"undetermined"}, "source alone never accuses"
    assert source & plan


def test_every_explained_difference_is_one(planguard: Call) -> None:
    found = set()
    for name in NAMES:
        plan = verdicts(planguard("check", f"stacks/{name}/plan.json", "--format", "json").decision)
        found |= {(rule, address) for _, rule, address in verdicts(scanned(planguard, name)) ^ plan}
    for pattern, where in DIFFERENT:
        assert any(re.fullmatch(pattern, rule) and address == where for rule, address in found), pattern


# --- places ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_every_finding_of_a_stack_stands_in_its_block(name: str, planguard: Call) -> None:
    decision = scanned(planguard, name)
    findings = [*decision["violations"], *decision["undetermined"]]
    assert findings
    for one in findings:
        place = one["source"]
        lines = (FIXTURES / place["file"]).read_text(encoding="utf-8").splitlines()
        address = re.sub(r"\[[^\]]*\]", "", one["address"]).split(".")
        kind = "data" if address[-3:-2] == ["data"] else "resource"
        head = f'{kind} "{address[-2]}" "{address[-1]}"'
        start = max(n for n, line in enumerate(lines[: place["line"]], 1) if line.startswith(head))
        end = next(n for n, line in enumerate(lines[start:], start + 1) if line.startswith("}"))
        assert start <= place["line"] <= place["end_line"] <= end
        names = re.findall(r"[a-z_][a-z0-9_]+", one["path"])
        if place["line"] > start and names:
            assert any(re.search(rf"\b{name}\b", lines[place["line"] - 1]) for name in names), one
    if name.startswith("aws"):
        assert any("/modules/" in one["source"]["file"] for one in findings)


def test_places_are_told_from_where_planguard_is_called(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, envs__prod__main_tf='module "m" {\n  source = "../../m"\n}\n', m__main_tf=OPEN_PORT)
    monkeypatch.chdir(tmp_path)
    [one] = planguard("scan", ".", *ONLY, "--format", "json").decision["undetermined"]
    assert one["address"] == "module.m.aws_security_group.edge"
    assert one["source"] == {"file": "m/main.tf", "line": 15, "end_line": 15}
    monkeypatch.chdir(tmp_path / "envs")
    [one] = planguard("scan", "prod", *ONLY, "--format", "json").decision["undetermined"]
    assert one["source"]["file"] == "../m/main.tf"


# --- exit codes and outputs -----------------------------------------------------------------------------------------


def test_a_violation_blocks(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    answer = planguard("scan", tmp_path, *ONLY, "--var", "world=0.0.0.0/0")
    assert (answer.code, answer.err) == (1, "")
    assert f"{tmp_path}/main.tf:11" in answer.out
    assert answer.out.splitlines()[-1].startswith("block  1 violation")


def test_what_source_does_not_tell_is_undetermined(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    answer = planguard("scan", tmp_path, *ONLY, "--format", "json")
    assert (answer.code, answer.err) == (0, "")
    assert [one["path"] for one in answer.decision["undetermined"]] == ["ingress[1].cidr_blocks[0]"]
    assert answer.decision["violations"] == []


def test_variables_from_options_and_files(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    closed, open_ = tmp_path / "closed.tfvars", tmp_path / "open.tfvars"
    closed.write_text('world = "10.0.0.0/8"\n')
    open_.write_text('world = "0.0.0.0/0"\n')
    codes = {
        ("--var-file", closed): 0,
        ("--var-file", open_): 1,
        ("--var-file", open_, "--var-file", closed): 0,
        ("--var-file", closed, "--var", "world=0.0.0.0/0"): 1,
    }
    assert {words: planguard("scan", tmp_path, *ONLY, *words).code for words in codes} == codes


def test_a_policy_file_settles_rules(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    policy = tmp_path / "policy.yaml"
    policy.write_text("rules:\n  aws-sg-ingress-open-to-world:\n    enabled: false\n")
    answer = planguard("scan", tmp_path, "--var", "world=0.0.0.0/0", "--policy", policy, "--format", "json")
    assert answer.err == ""
    assert "aws-sg-ingress-open-to-world" not in {one["rule"] for one in answer.decision["violations"]}


def test_a_report_into_a_file_leaves_standard_output_alone(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    answer = planguard("scan", tmp_path, *ONLY, "--format", f"json={tmp_path / 'report.json'}")
    assert (answer.out, answer.err) == ("", "")
    assert json.loads((tmp_path / "report.json").read_text())["decisions"]


def test_the_same_twice_is_the_same_bytes(tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    first, second = (
        run_planguard("scan", str(tmp_path), *ONLY, "--format", "json", PYTHONHASHSEED=seed) for seed in ("1", "2")
    )
    assert first == second


# --- what goes wrong ------------------------------------------------------------------------------------------------


def refused(answer: Answer) -> str:
    """The one error of a call that was refused, with its advice; nothing else is said, and no traceback."""
    assert answer.code == 2
    assert "Traceback" not in answer.out + answer.err
    [error] = answer.errors
    return "\n".join([error, *answer.helps])


@pytest.mark.parametrize(
    ("files", "place"),
    [
        ({"main_tf": 'resource "a" "b" {\n  c = = 1\n}\n'}, "main.tf:2"),
        ({"main_tf": "# ok\n", "x_tf.json": '{\n  "resource": \n}'}, "x.tf.json:3"),
        ({"main_tf": 'module "m" {\n  source = "./m"\n}\n', "m__a_tf": "locals {\n"}, "m/a.tf:"),
        ({"main_tf": f"locals {{\n  a = {'[' * 400}{']' * 400}\n}}\n"}, "main.tf:"),
        ({"main_tf": "# ok\n", "terraform_tfvars": "a = \n"}, "terraform.tfvars:1"),
    ],
)
def test_what_cannot_be_parsed(files: dict[str, str], place: str, planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, **files)
    error = refused(planguard("scan", tmp_path))
    assert f"{tmp_path}/{place}" in error


def test_a_file_that_is_not_utf8(planguard: Call, tmp_path: Path) -> None:
    (tmp_path / "main.tf").write_bytes(b"# ok\n# \xff\n")
    assert f"{tmp_path}/main.tf:2" in refused(planguard("scan", tmp_path))


def test_a_folder_without_configuration(planguard: Call, tmp_path: Path) -> None:
    assert "no .tf files" in refused(planguard("scan", tmp_path))
    assert "no such folder" in refused(planguard("scan", tmp_path / "nosuch"))


@pytest.mark.parametrize(
    "words",
    [
        ("--var", "novalue"),
        ("--var", "=1"),
        ("--var-file", "nosuch.tfvars"),
        ("--policy", "nosuch.yaml"),
        ("--nosuch",),
    ],
)
def test_a_wrong_call(words: tuple[str, ...], planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    refused(planguard("scan", tmp_path, *words))


def test_a_root_that_cannot_be_parsed_leaves_the_others_their_verdicts(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, a__main_tf=OPEN_PORT, b__main_tf="locals {\n")
    answer = planguard("scan", tmp_path, *ONLY, "--var", "world=0.0.0.0/0")
    assert "0.0.0.0/0" in answer.out
    assert f"{tmp_path}/b/main.tf:" in refused(answer)


def test_several_roots(planguard: Call, tmp_path: Path) -> None:
    write(
        tmp_path,
        envs__dev__main_tf='module "m" {\n  source = "../../modules/m"\n  world = "10.0.0.0/8"\n}\n',
        envs__prod__main_tf='module "m" {\n  source = "../../modules/m"\n  world = "0.0.0.0/0"\n}\n',
        modules__m__main_tf=OPEN_PORT,
        hidden__terraform__x_tf="locals {\n}\n",
    )
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform" / "x.tf").write_text("}")
    answer = planguard("scan", tmp_path, *ONLY, "--format", "json")
    found = {one["plan"]["file"]: len(one["violations"]) for one in answer.report["decisions"]}
    assert answer.code == 1
    assert found == {
        f"{tmp_path}/envs/dev": 0,
        f"{tmp_path}/envs/prod": 1,
        f"{tmp_path}/hidden/terraform": 0,
    }


def test_a_module_outside_of_the_folder_is_followed_and_its_files_are_not_read(
    planguard: Call, tmp_path: Path
) -> None:
    write(
        tmp_path,
        app__main_tf='module "m" {\n  source = "../m"\n}\n',
        m__main_tf=OPEN_PORT.replace("var.world", 'file("${path.module}/cidr")'),
    )
    (tmp_path / "m" / "cidr").write_text("0.0.0.0/0")
    inside = planguard("scan", tmp_path, *ONLY, "--format", "json").report["decisions"]
    outside = planguard("scan", tmp_path / "app", *ONLY, "--format", "json").decision
    assert [len(one["violations"]) for one in inside] == [1]
    assert (len(outside["violations"]), len(outside["undetermined"])) == (0, 1)


# --- secrets --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("format_", ["text", "json"])
def test_sensitive_values_are_not_printed(format_: str, planguard: Call, tmp_path: Path) -> None:
    text = OPEN_PORT.replace(
        'variable "world" {}',
        'variable "world" {\n  sensitive = true\n}\nvariable "token" {\n  sensitive = true\n}\n'
        'resource "aws_ssm_parameter" "p" {\n  name  = "p-${var.token}"\n  type  = "String"\n'
        "  value = var.token\n}\n",
    ).replace('edge"\n', 'edge-${var.token}"\n')
    write(tmp_path, main_tf=text)
    token = "hunter2hunter2"
    answer = planguard(
        "scan", tmp_path, "--var", f"token={token}", "--var", "world=0.0.0.0/0", "--format", format_, "--verbose"
    )
    assert answer.code == 1
    assert token not in answer.out + answer.err
    assert "aws_ssm_parameter.p" in answer.out or "aws_security_group.edge" in answer.out


def test_an_own_pack(planguard: Call, tmp_path: Path) -> None:
    write(tmp_path, main_tf=OPEN_PORT)
    answer = planguard("scan", tmp_path, *GATE, "--format", "json")
    assert answer.code in (0, 1)
    assert answer.err == ""


SIBLINGS = """\
variable "cidr" { default = "0.0.0.0/0" }
resource "aws_security_group" "x" {
  name = "x"
  ingress {
    from_port   = 443
    to_port     = 443
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = [var.cidr]
  }
}
"""


def test_a_plan_that_sorts_blocks_points_to_the_right_one(planguard: Call, tmp_path: Path) -> None:
    from planguard.plan.source import plan_document, source_from_files
    from planguard.schema import resource_schema

    write(tmp_path, main_tf=SIBLINGS)
    document = plan_document(source_from_files({"main.tf": SIBLINGS.encode()}), table=resource_schema)
    document["resource_changes"][0]["change"]["after"]["ingress"].reverse()
    document["resource_changes"][0]["change"]["after_unknown"]["ingress"].reverse()
    (tmp_path / "plan.json").write_text(json.dumps(document))
    [one] = planguard("check", tmp_path / "plan.json", "--source", tmp_path, *ONLY, "--format", "json").decision[
        "violations"
    ]
    assert (one["path"], one["source"]["line"], one["source"]["end_line"]) == ("ingress[0]", 10, 15)
    [one] = planguard("scan", tmp_path, *ONLY, "--format", "json").decision["violations"]
    assert (one["path"], one["source"]["line"], one["source"]["end_line"]) == ("ingress[1]", 10, 15)
