"""Plans from source beside those that real Terraform wrote for the same source.

The rule: what the source plan calls known is in the real plan, and there it is known and the same. Null, ``""``,
``[]`` and ``{}`` count as the same, because providers turn them into one another; the elements of lists are compared
without their order, because Terraform sorts those that are sets. What differs all the same is in a table.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterator
from hashlib import sha256
from textwrap import dedent
from typing import Any

import pytest

from planguard.engine.pack import builtin_root, load_pack
from planguard.plan.source import load_source, plan_document
from planguard.plan.source.planned.constraint import plan_constraint
from planguard.schema import resource_schema
from planguard.testing.example import examples_of, plan_by_source
from tests.conftest import FIXTURES
from tests.plan.source.test_evaluation import document
from tests.rules.stored import stored_examples

STACKS = FIXTURES / "stacks"
NAMES = ("aws-shop-dev", "aws-shop-prod", "azure-landing-prd", "azure-landing-tst", "gcp-analytics-dev", "gcp-analytics-prod")  # fmt: skip # noqa: E501

SET = "a set with an unknown element is unknown as a whole in a plan; source keeps the elements that it knows"
READ = "a data source that terraform reads while planning; source has nobody to ask"
ZERO = "the type is of the plugin framework, which puts no zero values into sets; the table does not tell"

EXCEPTIONS = {
    r"data\.\S+ only in the source": READ,
    r"aws_s3_bucket_server_side_encryption_configuration\.\S+ rule\.bucket_key_enabled differs": ZERO,
}

Said = tuple[str, tuple[str | int, ...], str]


def contradictions(source: dict[str, Any], real: dict[str, Any]) -> Iterator[Said]:
    """Address, path and what is wrong, for all that the source plan calls known and the real plan does not say."""
    mine = {one["address"]: one for one in source["resource_changes"]}
    theirs = {one["address"]: one for one in real.get("resource_changes", ())}
    for address in sorted(mine.keys() ^ theirs.keys()):
        yield address, (), f"only in the {'source' if address in mine else 'plan'}"
    for address in sorted(mine.keys() & theirs.keys()):
        one, other = mine[address]["change"], theirs[address]["change"]
        if one["actions"] != other["actions"]:
            yield address, (), "another action"
        for path, what in wrong((), one["after"], one["after_unknown"], other["after"], other["after_unknown"]):
            yield address, path, what


def wrong(
    path: tuple[str | int, ...], value: Any, mask: Any, real: Any, real_mask: Any
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if mask is True:
        return
    if real_mask is True:
        yield path, "is not known"
    elif isinstance(value, dict) and isinstance(real, dict):
        for key in sorted(value.keys() | (mask or {}).keys()):
            below = (value.get(key), (mask or {}).get(key), real.get(key), (real_mask or {}).get(key))
            yield from wrong((*path, key), *below)
    elif isinstance(value, list) and isinstance(real, list) and value and real:
        yield from wrong_elements(path, rows_of(value, mask), rows_of(real, real_mask))
    elif value in (None, "", [], {}) and real in (None, "", [], {}):
        return
    elif value != real or type(value) is not type(real):
        yield path, "differs"


def rows_of(values: list[Any], mask: Any) -> list[tuple[Any, Any]]:
    masks = mask if isinstance(mask, list) else []
    return [(one, masks[n] if n < len(masks) else False) for n, one in enumerate(values)]


def wrong_elements(
    path: tuple[str | int, ...], mine: list[tuple[Any, Any]], theirs: list[tuple[Any, Any]]
) -> Iterator[tuple[tuple[str | int, ...], str]]:
    if len(mine) != len(theirs):
        yield path, "has another length"
        return
    in_order = [
        list(wrong((*path, n), *one, *other)) for n, (one, other) in enumerate(zip(mine, theirs, strict=True))
    ]
    left = list(theirs)
    for n, one in enumerate(mine):
        found = next((other for other in left if not list(wrong(path, *one, *other))), None)
        if found is None:
            yield from in_order[n] or [((*path, n), "differs")]
            return
        left.remove(found)


def is_set(address: str, path: tuple[str | int, ...]) -> bool:
    """Whether an attribute is a set, as far as the table of attributes tells."""
    schema = resource_schema(".".join(re.sub(r"\[[^\]]*\]", "", address).split(".")[-2:-1]))
    attributes: Any = schema.attributes if schema is not None else {}
    found: Any = None
    for step in path:
        if isinstance(step, str):
            found = attributes.get(step)
            attributes = found.inner if found is not None else {}
    return found is not None and found.collection == "set"


def explained(said: Said) -> bool:
    """Whether a contradiction is one of those that are known."""
    address, path, what = said
    if what == "is not known" and is_set(address, path):
        return True  # SET
    names = ".".join(step for step in path if isinstance(step, str))
    text = " ".join(part for part in (re.sub(r"\[[^\]]*\]", "", address), names, what) if part)
    return any(re.search(rf"(?:^|\.){pattern}$", text) for pattern in EXCEPTIONS)


def test_examples_come_out_as_in_the_real_plan() -> None:
    examples = {
        (rule.id, one.kind, one.name): one for rule in load_pack(builtin_root()).rules for one in examples_of(rule)
    }
    compared = 0
    found: list[tuple[str, Said]] = []
    for stored in stored_examples():
        example = examples.get((stored.rule, stored.kind, stored.name))
        if example is None or sha256(dedent(str(example.hcl)).encode()).hexdigest()[:24] != stored.of:
            continue
        compared += 1
        source, real = json.loads(plan_by_source(dedent(str(example.hcl)), example.id)), stored.document()
        found += [(stored.id, said) for said in contradictions(source, real) if not explained(said)]
        found += [(stored.id, ("configuration", path, "")) for path in configuration_differences(source, real)]
    assert found == []
    assert compared > 1000


@pytest.mark.parametrize(
    ("written", "planned"),
    [
        (">= 5, < 7", ">= 5.0.0, < 7.0.0"),
        ("= 5.1", "5.1.0"),
        ("5.1.0", "5.1.0"),
        ("~> 5", "~> 5.0"),
        ("~> 5.1.0", "~> 5.1.0"),
        ("!= 5.3, >= 5.0", ">= 5.0.0, != 5.3.0"),
        (">=5.0,>=5.0", ">= 5.0.0"),
        (">= 5.0.0-beta1", ">= 5.0.0-beta1"),
        ("~> 5.0.0-beta.1", "~> 5.0.0-beta.1"),
        ("> 5.0, > 4.0, <= 8", "> 4.0.0, > 5.0.0, <= 8.0.0"),
        ("newest", "newest"),
    ],
)
def test_constraints_are_spelled_as_in_a_real_plan(written: str, planned: str) -> None:
    assert plan_constraint(written) == planned


def configuration_differences(source: dict[str, Any], real: dict[str, Any]) -> list[tuple[str | int, ...]]:
    """Where two configurations differ; source does not know the version of a provider's schema."""
    return list(differences(source["configuration"], real["configuration"]))


def differences(mine: Any, theirs: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(mine, dict) and isinstance(theirs, dict):
        for key in sorted(mine.keys() | theirs.keys()):
            if key != "schema_version":
                yield from differences(mine.get(key), theirs.get(key), (*path, key))
    elif isinstance(mine, list) and isinstance(theirs, list) and len(mine) == len(theirs):
        for n, (one, other) in enumerate(zip(mine, theirs, strict=True)):
            yield from differences(one, other, (*path, n))
    elif mine != theirs:
        yield path


def stack(name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The source plan of a stack, and the real one."""
    folder, _, env = name.rpartition("-")
    file = STACKS / "src" / folder / "env" / f"{env}.tfvars"
    found = plan_document(
        load_source(STACKS / "src" / folder), table=resource_schema, var_files={file.name: file.read_bytes()}
    )
    return json.loads(json.dumps(found)), json.loads((STACKS / name / "plan.json").read_bytes())


@pytest.mark.parametrize("name", NAMES)
def test_a_stack_comes_out_as_in_its_real_plan(name: str) -> None:
    source, real = stack(name)
    assert [said for said in contradictions(source, real) if not explained(said)] == []
    assert configuration_differences(source, real) == []
    assert source["variables"] == real["variables"]
    managed = [one["address"] for one in real["resource_changes"] if one["mode"] == "managed"]
    assert [one["address"] for one in source["resource_changes"] if one["mode"] == "managed"] == managed
    assert source.get("output_changes", {}).keys() == real.get("output_changes", {}).keys()


UNTOLD = {
    "data source": ("data.", READ),
    "from data": (
        r"aws_launch_template\.app image_id|aws_iam_policy\.deploy policy|aws_s3_bucket_policy\.logs policy"
        r"|azurerm_\w+\.\w+ (?:tenant|object|principal)_id",
        "it comes from a data source that is read while planning",
    ),
}


@pytest.mark.parametrize("name", NAMES)
def test_what_the_real_plan_knows_and_source_does_not(name: str) -> None:
    source, real = stack(name)
    patterns = [pattern for pattern, _ in UNTOLD.values()]
    found = [f"{address} {'.'.join(map(str, path))}" for address, path, _ in contradictions(real, source)]
    assert [one for one in found if not any(re.search(pattern, one) for pattern in patterns)] == []


# --- the shape ------------------------------------------------------------------------------------------------------

TEXT = """
terraform {
  required_providers {
    other = {
      source  = "acme/other"
      version = "~> 2.0"
    }
  }
}
variable "region" {
  default     = "eu-west-1"
  description = "where"
}
provider "aws" {
  region = var.region
  default_tags {
    tags = { team = "a" }
  }
}
provider "aws" {
  alias  = "far"
  region = "us-east-1"
}
resource "aws_sns_topic" "t" {
  provider = aws.far
  name     = "t"
}
resource "aws_sqs_queue" "q" {
  for_each                  = toset(["a"])
  name                      = each.key
  message_retention_seconds = "60"
  policy                    = jsonencode({ t = aws_sns_topic.t.arn })
  depends_on                = [aws_sns_topic.t]
  lifecycle {
    prevent_destroy = true
  }
}
data "other_thing" "d" { count = 1 }
output "o" { value = aws_sqs_queue.q["a"].name }
output "u" { value = aws_sns_topic.t.arn }
output "n" { value = null }
"""


def test_the_document() -> None:
    found = document(TEXT, table=resource_schema)
    assert list(found) == [
        "format_version",
        "terraform_version",
        "variables",
        "resource_changes",
        "output_changes",
        "configuration",
        "applyable",
        "complete",
        "errored",
    ]
    assert found["variables"] == {"region": {"value": "eu-west-1"}}
    assert found["output_changes"] == {
        "n": {
            "actions": ["no-op"],
            "before": None,
            "after": None,
            "after_unknown": False,
            "before_sensitive": False,
            "after_sensitive": False,
        },
        "o": {
            "actions": ["create"],
            "before": None,
            "after": "a",
            "after_unknown": False,
            "before_sensitive": False,
            "after_sensitive": False,
        },
        "u": {
            "actions": ["create"],
            "before": None,
            "after_unknown": True,
            "before_sensitive": False,
            "after_sensitive": False,
        },
    }


def test_a_change() -> None:
    data, topic, queue = document(TEXT, table=resource_schema)["resource_changes"]
    assert data["address"] == "data.other_thing.d[0]"
    assert (data["mode"], data["index"], data["provider_name"]) == ("data", 0, "registry.terraform.io/acme/other")
    assert (data["change"]["actions"], data["action_reason"]) == (["read"], "read_because_config_unknown")
    assert topic["provider_name"] == "registry.terraform.io/hashicorp/aws"
    assert topic["change"]["after"]["region"] == "us-east-1"
    change = queue.pop("change")
    assert queue == {
        "address": 'aws_sqs_queue.q["a"]',
        "mode": "managed",
        "type": "aws_sqs_queue",
        "name": "q",
        "index": "a",
        "provider_name": "registry.terraform.io/hashicorp/aws",
    }
    assert (change["actions"], change["before"], change["before_sensitive"]) == (["create"], None, False)
    assert change["after"]["message_retention_seconds"] == 60
    assert change["after"]["tags_all"] == {"team": "a"}
    assert change["after"]["tags"] is None
    assert change["after_unknown"].keys() >= {"arn", "id", "policy", "url"}
    assert "policy" not in change["after"]


def test_the_configuration() -> None:
    found = document(TEXT, table=resource_schema)["configuration"]
    assert found["provider_config"] == {
        "aws": {
            "name": "aws",
            "full_name": "registry.terraform.io/hashicorp/aws",
            "expressions": {
                "default_tags": [{"tags": {"constant_value": {"team": "a"}}}],
                "region": {"references": ["var.region"]},
            },
        },
        "aws.far": {
            "name": "aws",
            "full_name": "registry.terraform.io/hashicorp/aws",
            "alias": "far",
            "expressions": {"region": {"constant_value": "us-east-1"}},
        },
        "other": {
            "name": "other",
            "full_name": "registry.terraform.io/acme/other",
            "version_constraint": "~> 2.0",
        },
    }
    topic, queue, data = found["root_module"]["resources"]
    assert topic["provider_config_key"] == "aws.far"
    assert queue == {
        "address": "aws_sqs_queue.q",
        "mode": "managed",
        "type": "aws_sqs_queue",
        "name": "q",
        "provider_config_key": "aws",
        "expressions": {
            "name": {"references": ["each.key"]},
            "message_retention_seconds": {"constant_value": "60"},
            "policy": {"references": ["aws_sns_topic.t.arn", "aws_sns_topic.t"]},
        },
        "schema_version": 0,
        "depends_on": ["aws_sns_topic.t"],
    }
    assert data["count_expression"] == {"constant_value": 1}
    assert found["root_module"]["variables"] == {"region": {"default": "eu-west-1", "description": "where"}}


def test_attributes_that_are_written_as_blocks() -> None:
    text = """
resource "aws_security_group" "g" {
  ingress {
    from_port   = "22"
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
resource "aws_route_table" "r" {
  vpc_id = aws_vpc.v.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.i.id
  }
}
resource "aws_vpc" "v" {}
resource "aws_internet_gateway" "i" {}
"""
    rows = {one["address"]: one["change"] for one in document(text, table=resource_schema)["resource_changes"]}
    assert rows["aws_security_group.g"]["after"]["ingress"] == [
        {
            "from_port": 22,
            "to_port": 22,
            "protocol": "tcp",
            "cidr_blocks": ["10.0.0.0/8"],
            "description": "",
            "ipv6_cidr_blocks": [],
            "prefix_list_ids": [],
            "security_groups": [],
            "self": False,
        }
    ]
    assert rows["aws_security_group.g"]["after_unknown"]["egress"] is True
    [route] = rows["aws_route_table.r"]["after"]["route"]
    assert Counter(route.values()) == {"": len(route) - 1, "0.0.0.0/0": 1}
    assert rows["aws_route_table.r"]["after_unknown"]["route"] == [{"gateway_id": True}]


def test_an_empty_configuration_has_nothing_to_apply() -> None:
    found = document("# nothing\n")
    assert (found["resource_changes"], found["applyable"]) == ([], False)
