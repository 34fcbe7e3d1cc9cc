"""`rules new` and `rules docs`: what they write is there whole, loads, and is told when it is stale."""

from __future__ import annotations

from pathlib import Path

import pytest

from planguard.engine.pack import load_pack
from tests.cli.conftest import Call, pack


@pytest.mark.parametrize(("form", "suffix"), [("yaml", "yaml"), ("python", "py")])
@pytest.mark.parametrize(
    ("identity", "kind"),
    [
        ("aws-sqs-queue-retention-short", "aws_sqs_queue"),
        ("azure-storage-account-plain", "azurerm_storage_account"),
        ("kubernetes-config-map-v1-large", "kubernetes_config_map_v1"),
        ("queue-short", "aws_sqs_queue"),
    ],
)
def test_a_new_rule_loads(form: str, suffix: str, identity: str, kind: str, planguard: Call, tmp_path: Path) -> None:
    answer = planguard("rules", "new", identity, "--dir", str(tmp_path / "own"), "--kind", form)
    file = tmp_path / "own" / f"{identity.replace('-', '_')}.{suffix}"
    assert (answer.code, answer.err) == (0, "")
    assert f"wrote {file}, a rule for {kind}" in answer.out
    found = load_pack(tmp_path / "own")
    [rule] = found.rules
    assert (rule.id, rule.resources, rule.kind, found.warnings) == (identity, (kind,), form, ())
    assert rule.bad
    assert rule.good


def test_a_new_rule_takes_what_it_is_told(planguard: Call, tmp_path: Path) -> None:
    words = ("--resource", "aws_kms_key", "--domain", "encryption", "--severity", "high")
    assert planguard("rules", "new", "key-old", "--dir", str(tmp_path), *words).code == 0
    [rule] = load_pack(tmp_path).rules
    assert (rule.resources, rule.domain, rule.severity) == (("aws_kms_key",), "encryption", "high")


@pytest.mark.parametrize(
    ("words", "told", "hint"),
    [
        (["Key Old"], "`Key Old` is not a rule id", "lower-case words"),
        (["key-old", "--kind", "yml"], "--kind `yml` is not one", "`yaml`"),
        (["key-old", "--domain", "netwrk"], "--domain `netwrk` is not one", "`network`"),
        (["key-old", "--severity", "hihg"], "--severity `hihg` is not one", "`high`"),
        (["key-old", "--resource", "aws_kms_kee"], "--resource `aws_kms_kee`: no provider has it", "`aws_kms_key`"),
        (["key-old", "--resource", "AWS::KMS"], "is not a resource type", "`aws_sqs_queue`"),
    ],
    ids=["an id", "a form", "a domain", "a severity", "a type", "no type at all"],
)
def test_a_wrong_call_writes_nothing(words: list[str], told: str, hint: str, planguard: Call, tmp_path: Path) -> None:
    answer = planguard("rules", "new", *words, "--dir", str(tmp_path / "own"))
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.errors[0]
    assert hint in answer.helps[0]
    assert not (tmp_path / "own").exists()


def test_what_is_there_is_not_overwritten(planguard: Call, tmp_path: Path) -> None:
    call = ("rules", "new", "key-old", "--dir", str(tmp_path))
    assert planguard(*call).code == 0
    (tmp_path / "key_old.yaml").write_text("mine")
    answer = planguard(*call)
    assert (answer.code, answer.errors) == (2, [f"error: {tmp_path}/key_old.yaml: there is a file here already"])
    assert (tmp_path / "key_old.yaml").read_text() == "mine"


def test_pages_are_written_told_when_stale_and_removed(planguard: Call, tmp_path: Path) -> None:
    call = ("rules", "docs", *pack("gate"), "--output", str(tmp_path / "pages"))
    written = planguard(*call)
    assert written.code == 0
    names = {path.name for path in (tmp_path / "pages").iterdir()}
    assert "README.md" in names
    assert "test-owner-missing.md" in names
    assert planguard(*call, "--check").code == 0

    (tmp_path / "pages" / "test-owner-missing.md").write_text("old")
    (tmp_path / "pages" / "gone.md").write_text("of a rule that is gone")
    (tmp_path / "pages" / "differences.md").write_text("by hand")
    stale = planguard(*call, "--check")
    assert stale.code == 1
    assert [line.split()[0] for line in stale.out.splitlines()[:-1]] == ["stale", "stale", "gone"]
    assert planguard(*call).code == 0
    assert not (tmp_path / "pages" / "gone.md").exists()
    assert (tmp_path / "pages" / "differences.md").read_text() == "by hand"
    assert "(differences.md)" in (tmp_path / "pages" / "README.md").read_text()
    assert planguard(*call, "--check").code == 0
