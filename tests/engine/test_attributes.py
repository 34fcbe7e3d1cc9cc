"""Names in rules that no provider has."""

from __future__ import annotations

from pathlib import Path

import pytest

from planguard.engine.attributes import unknown_names
from planguard.engine.pack import builtin_root, load_pack

YAML = """
id: thing-wrong
title: A title
why: Why.
fix: Fix.
domain: baseline
severity: low
resources: [{resources}]
condition: >-
  {condition}
"""
PYTHON = '''
from planguard import rule, violation

@rule(id="thing-wrong", severity="low", domain="network", resources=["aws_s3_bucket"])
def thing(bucket):
    """Title here.

    Why it matters.

    How to fix it.
    """
    if {test}:
        yield violation("", "wrong")
'''


def warnings(root: Path, name: str, text: str) -> list[tuple[str, str, str]]:
    (root / name).write_text(text, encoding="utf-8")
    return [(one.place.rsplit(":", 1)[1], one.message, one.hint) for one in load_pack(root).warnings]


@pytest.mark.parametrize(
    ("resources", "condition", "line", "message", "hint"),
    [
        ("aws_ebs_volume", "encrypt == `true`", "9", "has `encrypt`", "did you mean `encrypted`?"),
        (
            "aws_instance",
            "!(root_block_device[?encryptd == `false`])",
            "9",
            "has `root_block_device.encryptd`",
            "did you mean `root_block_device.encrypted`?",
        ),
        ("aws_ebs_volum", "encrypted == `true`", "8", "no resource type `aws_ebs_volum`", "`aws_ebs_volume`"),
        ("aws_ebs_volume, aws_ebs_snapshot", "nothing == `true`", "9", "`aws_ebs_volume` or", "terraform providers"),
    ],
    ids=["an attribute", "in a filter of blocks", "a type", "of several types"],
)
def test_a_condition(tmp_path: Path, resources: str, condition: str, line: str, message: str, hint: str) -> None:
    [found] = warnings(tmp_path, "own.yaml", YAML.format(resources=resources, condition=condition))
    assert found[0] == line
    assert message in found[1]
    assert hint in found[2]


@pytest.mark.parametrize(
    ("resources", "condition"),
    [
        ("aws_ebs_volume, aws_instance", "is_set(kms_key_id)"),
        ("aws_instance", "tags.owner != `null`"),
        ("aws_iam_policy", "from_json(policy).Statement[0].Effect == 'Deny'"),
        ("oci_core_instance", "whatever == `true`"),
        ("'aws_*'", "whatever == `true`"),
    ],
    ids=["one of the types has it", "in a map", "in a document", "a provider that is not covered", "a pattern"],
)
def test_a_condition_of_which_nothing_is_said(tmp_path: Path, resources: str, condition: str) -> None:
    assert warnings(tmp_path, "own.yaml", YAML.format(resources=resources, condition=condition)) == []


@pytest.mark.parametrize(
    ("test", "message"),
    [
        ('bucket.get("buckt") == "x"', "`aws_s3_bucket` has `buckt`"),
        ('bucket.values["buckt"] == "x"', "`aws_s3_bucket` has `buckt`"),
        ('bucket.referrers("aws_s3_bucket_acls")', "no resource type `aws_s3_bucket_acls`"),
        ('bucket.referrers("aws_s3_bucket_acl", via="buckt")', "`aws_s3_bucket_acl` has `buckt`"),
    ],
    ids=["get", "values", "a neighbour's type", "a neighbour's attribute"],
)
def test_python(tmp_path: Path, test: str, message: str) -> None:
    [found] = warnings(tmp_path, "own.py", PYTHON.format(test=test))
    assert message in found[1]


def test_the_builtin_pack_names_nothing_that_there_is_not() -> None:
    pack = load_pack(builtin_root())
    texts: dict[str, str] = {}
    found = []
    for rule in pack.rules:
        text = texts.setdefault(rule.file, Path(rule.file).read_text(encoding="utf-8"))
        found += [(one.message, one.hint) for one in unknown_names(rule, text)]
    assert found == []
