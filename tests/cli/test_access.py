"""``planguard access`` and ``planguard exposure``: exit codes, formats, places, what a call may say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from planguard.access.model import Difference
from tests.cli.conftest import Call
from tests.conftest import change, plan_document
from tests.reports.analyses import region

SHOP = "stacks/aws-shop-prod/plan.json"
LISTS = {"access": ("new", "removed", "possible"), "exposure": ("new", "closed", "possible")}
BOTH = pytest.mark.parametrize("command", ["access", "exposure"])


def policy(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(action: str, resource: str | None = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, **({"Resource": resource} if resource else {}), **more}


def written(folder: Path, **documents: Any) -> list[str]:
    for name, document in documents.items():
        content = document if isinstance(document, str) else json.dumps(document)
        (folder / f"{name}.json").write_text(content, encoding="utf-8")
    return [str(folder / f"{name}.json") for name in documents]


# -- a plan --------------------------------------------------------------------------------------------------------


@BOTH
def test_a_plan_is_analysed(command: str, planguard: Call) -> None:
    answer = planguard(command, SHOP, "--format", "json")
    assert (answer.code, answer.err) == (0, "")
    document = json.loads(answer.out)
    assert document["schema"] == f"planguard/{command}/v1"
    assert document["plan"]["file"] == SHOP
    assert document["new"]
    assert all(isinstance(document[name], list) for name in (*LISTS[command], "undetermined"))


def test_the_public_bucket_of_a_plan_is_access_and_exposure(planguard: Call) -> None:
    address = 'module.storage.aws_s3_bucket.this["assets"]'
    access = json.loads(planguard("access", SHOP, "--format", "json").out)
    [read] = [one for one in access["new"] if one["address"] == address]
    assert (read["principal"], read["actions"]) == ("*", ["s3:GetObject"])
    assert read["sources"][0]["address"] == "module.storage.aws_s3_bucket_policy.assets"
    exposure = json.loads(planguard("exposure", SHOP, "--format", "json").out)
    [reached] = [one for one in exposure["new"] if one["endpoint"] == address]
    assert (reached["source_class"], reached["path"][0]["address"]) == ("whole", "internet")


@BOTH
def test_a_plan_without_changes_has_nothing_new(command: str, planguard: Call) -> None:
    answer = planguard(command, "noop/plan.json")
    assert answer.code == 0
    assert answer.out.splitlines()[2].startswith("nothing ")
    assert "\nledger " in answer.out


@BOTH
def test_the_environment_is_the_policy_files(command: str, planguard: Call, tmp_path: Path) -> None:
    file = tmp_path / "planguard.yaml"
    file.write_text('environments:\n  live: {production: true, workspace: "*-prod"}\n', encoding="utf-8")
    told = planguard(
        command, SHOP, "--policy", file, "--workspace", "shop-prod", "--project", "p", "--format", "json"
    )
    plan = json.loads(told.out)["plan"]
    assert (plan["environment"], plan["workspace"], plan["project"]) == ("live", "shop-prod", "p")
    refused = planguard(command, SHOP, "--policy", file, "--env", "lab")
    assert refused.code == 2
    assert "lab" in refused.errors[0]


@pytest.mark.parametrize(
    ("command", "format_", "begins"),
    [
        ("access", "html", "<!DOCTYPE html>"),
        ("exposure", "html", "<!DOCTYPE html>"),
        ("exposure", "svg", "<svg "),
        ("access", "text", SHOP),
        ("exposure", "text", SHOP),
    ],
)
def test_a_report_goes_to_a_file(command: str, format_: str, begins: str, planguard: Call, tmp_path: Path) -> None:
    by_format, by_option = tmp_path / "a", tmp_path / "b"
    assert planguard(command, SHOP, "--format", f"{format_}={by_format}")[:2] == (0, "")
    assert planguard(command, SHOP, "--format", format_, "--output", by_option)[:2] == (0, "")
    assert by_format.read_bytes() == by_option.read_bytes()
    assert by_format.read_text(encoding="utf-8").startswith(begins)


@BOTH
@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (["hand-made"], 2, "plans"),
        (["errored/plan.json"], 3, ""),
        (["nowhere.json"], 3, ""),
        ([SHOP, "--format", "yaml"], 2, "`yaml` is not a format"),
        ([SHOP, "--format", "json="], 2, "names no file"),
        ([SHOP, "--format", "json=a", "--output", "b"], 2, "two places"),
        ([SHOP, "--output", "nowhere/at/all"], 2, "cannot be written"),
    ],
    ids=["many plans", "errored", "no file", "no format", "no name", "two places", "no folder"],
)
def test_what_is_wrong_is_said(command: str, words: list[str], code: int, message: str, planguard: Call) -> None:
    answer = planguard(command, *words)
    assert answer.code == code
    [error] = answer.errors
    assert message in error
    assert answer.out == ""


# -- two documents -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("old", "new", "code"),
    [
        (allow("s3:*"), allow("s3:GetObject"), 0),
        (allow("s3:GetObject"), allow("s3:Get*"), 1),
        (allow("s3:GetObject"), allow("s3:GetObject"), 0),
        (allow("s3:Get*", "arn:aws:s3:::a/*"), allow("s3:Get*", "arn:aws:s3:::a*"), 1),
        (
            allow("a:b", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            allow("a:b", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
            0,
        ),
        (
            allow("a:b", Condition={"IpAddress": {"aws:SourceIp": "10.1.0.0/16"}}),
            allow("a:b", Condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}),
            1,
        ),
        (
            allow("s3:*", Principal={"AWS": "arn:aws:iam::111122223333:role/a"}),
            allow("s3:*", Principal="*"),
            1,
        ),
    ],
    ids=["less", "more actions", "case", "more resources", "narrower", "wider", "public"],
)
def test_two_documents_are_compared(
    old: dict[str, Any], new: dict[str, Any], code: int, planguard: Call, tmp_path: Path
) -> None:
    files = written(tmp_path, old=policy(old), new=policy(new))
    answer = planguard("access", "compare", *files, "--format", "json")
    assert (answer.code, answer.err) == (code, "")
    document = json.loads(answer.out)
    assert document["plan"] is None
    assert document["files"] == {"old": files[0], "new": files[1]}
    assert bool(document["new"]) == bool(code)
    for entry in document["new"]:
        assert entry["witness"]["action"]
        assert [one["address"] for one in entry["sources"]] == [files[1]]


def test_who_may_become_a_role_is_told_as_trust(planguard: Call, tmp_path: Path) -> None:
    account = allow("sts:AssumeRole", None, Principal={"AWS": "arn:aws:iam::111122223333:root"})
    files = written(tmp_path, old=policy(account), new=policy(allow("sts:AssumeRole", None, Principal="*")))
    answer = planguard("access", "compare", *files, "--format", "json")
    assert answer.code == 1
    assert {one["plane"] for one in json.loads(answer.out)["new"]} == {"trust"}
    assert "can now be assumed by" in " ".join(planguard("access", "compare", *files).out.split())


@pytest.mark.parametrize(
    ("found", "code"),
    [
        (Difference(too_complex="more patterns of resources than can be told apart"), 4),
        (Difference(possible=(region(),)), 4),
        (Difference(new=(region(),), possible=(region(),)), 1),
        (Difference(removed=(region(),)), 0),
    ],
    ids=["too complex", "possible", "new and possible", "removed"],
)
def test_what_nobody_can_say_is_no_yes(
    found: Difference, code: int, planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("planguard.cli.access.compare_documents", lambda *_, **__: found)
    files = written(tmp_path, old=policy(), new=policy())
    answer = planguard("access", "compare", *files, "--format", "json")
    assert answer.code == code
    told = [one["code"] for one in json.loads(answer.out)["undetermined"]]
    assert told == (["too-complex"] if found.too_complex else [])


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{", "is no JSON"),
        ("[]", "is no policy document"),
        ('{"a": 1}', "no `Statement`"),
        ('{"Statement": [], "Statement": []}', "twice"),
        ("\xff", "is no JSON"),
        ("[" * 100_000, "is no JSON"),
    ],
    ids=["half", "list", "something else", "a key twice", "no text", "deep"],
)
def test_what_is_no_policy_document_is_refused(content: str, message: str, planguard: Call, tmp_path: Path) -> None:
    [good] = written(tmp_path, good=policy(allow("s3:*")))
    bad = tmp_path / "bad.json"
    bad.write_bytes(content.encode("latin-1"))
    answer = planguard("access", "compare", good, bad)
    assert answer.code == 2
    [error] = answer.errors
    assert message in error


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["one.json"], "two policy documents"),
        (["a.json", "b.json", "c.json"], "two policy documents"),
        (["a.json", "b.json", "--env", "prod"], "--env"),
        (["a.json", "b.json", "--source", "."], "--source"),
        (["a.json", "b.json", "--now", "yesterday"], "--now"),
        (["a.json", "b.json"], "cannot be read"),
    ],
    ids=["one", "three", "env", "source", "no time", "no file"],
)
def test_what_says_nothing_of_documents_is_refused(words: list[str], message: str, planguard: Call) -> None:
    answer = planguard("access", "compare", *words)
    assert answer.code == 2
    [error] = answer.errors
    assert message in error


def test_documents_of_different_kinds_are_refused(planguard: Call, tmp_path: Path) -> None:
    files = written(tmp_path, old=policy(allow("s3:*")), new=policy(allow("s3:*", Principal="*")))
    answer = planguard("access", "compare", *files)
    assert answer.code == 2
    assert "different kinds" in answer.errors[0]


def test_the_clock_can_be_given(planguard: Call, tmp_path: Path) -> None:
    until = allow("s3:*", Condition={"DateLessThan": {"aws:CurrentTime": "2026-01-01T00:00:00Z"}})
    files = written(tmp_path, old=policy(), new=policy(until))
    assert planguard("access", "compare", *files, "--now", "2025-06-01T00:00:00Z").code == 1
    assert planguard("access", "compare", *files, "--now", "2026-06-01T00:00:00Z").code == 0


def test_a_plan_called_compare_has_a_folder_before_it(
    planguard: Call, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    content = Path("noop/plan.json").read_bytes()
    monkeypatch.chdir(tmp_path)
    Path("compare").write_bytes(content)
    assert planguard("access", "./compare").code == 0
    assert planguard("access", "compare").code == 2


@pytest.mark.parametrize("format_", ["text", "json", "html"])
def test_what_is_sensitive_stays_so_in_lower_case(planguard: Call, tmp_path: Path, format_: str) -> None:
    # Actions of AWS are told in lower case, whichever way a policy writes them.
    text = json.dumps(policy(allow("s3:GetTopSecret42", "arn:aws:s3:::TopSecret42/*")))
    user = change(
        "aws_iam_user.u",
        ["create"],
        after={"name": "TopSecret42", "path": "/"},
        after_unknown={"arn": True},
        after_sensitive={"name": True},
    )
    held = change(
        "aws_iam_user_policy.p",
        ["create"],
        after={"name": "p", "user": "TopSecret42", "policy": text},
        after_sensitive={"user": True, "policy": True},
    )
    [plan] = written(tmp_path, plan=plan_document(user, held))
    answer = planguard("access", plan, "--format", format_)
    assert answer.code == 0
    assert "sensitive" in answer.out
    assert "topsecret42" not in answer.out.lower()
