"""Where blocks, attributes and nested blocks stand, against lines counted by hand."""

from __future__ import annotations

from pathlib import Path

import pytest

from planguard.plan.source import Block, load_source, source_from_files

STACKS = Path(__file__).parents[3] / "fixtures" / "stacks" / "src"

TEXT = b"""\
# line 1
resource "aws_security_group" "edge" {
  name = "edge"
  tags = {
    a = 1
  }

  ingress {
    cidr_blocks = ["0.0.0.0/0"]
    from_port   = 22
  }
  ingress { from_port = 80 }

  dynamic "egress" {
    for_each = var.rules
    iterator = rule
    content {
      to_port = rule.value + local.base
      dynamic "inner" {
        for_each = rule.value.list[aws_x.y.z]
        content {
          v = [inner.key, rule.key, egress.key.x, var.v]
        }
      }
    }
  }

  ebs {
    deep { size = <<EOT
${var.x}
EOT
    }
  }
  size = var.a || var.b # a comment

  # the operator does not reach down to here
  last = <<-EOT
    ${var.x}
    EOT

  provisioner "local-exec" {
    command = "x"
  }
}

output "o" { value = 1 }
module m {
  source = "./m"
}
data "aws_x" "y" {}
locals {
  one = 1
  two = [
    var.x
  ]
}
moved {
  from = a.b
  to   = a.c
}
"""


@pytest.fixture(scope="module")
def edge() -> Block:
    block = block_of("resource", "aws_security_group", "edge")
    assert block is not None
    return block


def block_of(kind: str, *labels: str) -> Block | None:
    module = source_from_files({"main.tf": TEXT}).module(())
    assert module is not None
    return module.block(kind, *labels)


@pytest.mark.parametrize(
    ("name", "lines"),
    [
        (("resource", "aws_security_group", "edge"), (2, 44)),
        (("output", "o"), (46, 46)),
        (("module", "m"), (47, 49)),
        (("data", "aws_x", "y"), (50, 50)),
        (("local", "one"), (52, 52)),
        (("local", "two"), (53, 55)),
        (("moved",), (57, 60)),
    ],
)
def test_block(name: tuple[str, ...], lines: tuple[int, int]) -> None:
    block = block_of(*name)
    assert block is not None
    assert (block.kind, *block.labels) == name
    assert (block.file, block.line, block.end_line) == ("main.tf", *lines)


def test_block_that_is_not_there() -> None:
    assert block_of("resource", "aws_security_group", "other") is None
    assert block_of("data", "aws_security_group", "edge") is None


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("name",), (3, 3)),
        (("tags",), (4, 6)),
        (("tags", "a"), (4, 6)),
        (("ingress", 0, "cidr_blocks"), (9, 9)),
        (("ingress", 0, "cidr_blocks", 0), (9, 9)),
        (("ingress", 1, "from_port"), (12, 12)),
        (("ingress", 1, "cidr_blocks"), (12, 12)),
        (("ingress", 0), (8, 11)),
        (("ingress",), (8, 11)),
        (("ingress", "from_port"), (10, 10)),
        (("ingress", 2, "from_port"), None),
        (("egress", 0, "to_port"), (14, 26)),
        (("egress", 7), (14, 26)),
        (("ebs", 0, "deep", 0, "size"), (29, 31)),
        (("ebs", 0, "deep", 3, "size"), (28, 33)),
        (("ebs", 0, "shallow"), (28, 33)),
        (("ebs", "deep", "nothing"), (29, 32)),
        (("size",), (34, 34)),
        (("last",), (37, 39)),
        (("provisioner", 0, "command"), (42, 42)),
        (("arn",), None),
        ((), None),
        ((0,), None),
    ],
)
def test_attribute(edge: Block, path: tuple[str | int, ...], lines: tuple[int, int] | None) -> None:
    assert edge.attribute_line(path) == lines


def test_index_past_the_written_blocks_is_the_dynamic_one() -> None:
    text = b'resource "a" "b" {\n  x { y = 1 }\n  dynamic "x" {\n    for_each = []\n    content {}\n  }\n  x {}\n}\n'
    module = source_from_files({"main.tf": text}).module(())
    assert module is not None
    block = module.block("resource", "a", "b")
    assert block is not None
    assert [block.attribute_line(("x", index)) for index in range(3)] == [(2, 2), (3, 6), (3, 6)]


def test_references_in_dynamic_blocks(edge: Block) -> None:
    assert list(edge.dynamic_references) == [
        "var.rules",
        "local.base",
        "aws_x.y.z",
        "aws_x.y",
        "egress.key.x",
        "egress.key",
        "var.v",
    ]


def test_deeply_nested_blocks() -> None:
    text = b'resource "a" "b" {\n' + b"x {\n" * 1500 + b"}\n" * 1501
    module = source_from_files({"main.tf": text}).module(())
    assert module is not None
    block = module.block("resource", "a", "b")
    assert block is not None
    assert (block.line, block.end_line) == (1, 3002)
    assert block.attribute_line(("x", 0) * 1500) == (1501, 1502)


def test_lines_of_a_real_stack() -> None:
    source = load_source(STACKS / "gcp-analytics")
    vpc, bucket = source.module(("vpc",)), source.module(("bucket",))
    assert vpc is not None
    assert bucket is not None
    subnet = vpc.block("resource", "google_compute_subnetwork", "this")
    assert subnet is not None
    assert (subnet.file, subnet.line, subnet.end_line) == ("modules/vpc/main.tf", 34, 60)
    assert subnet.attribute_line(("ip_cidr_range",)) == (40, 40)
    assert subnet.attribute_line(("secondary_ip_range", 1, "range_name")) == (43, 50)
    assert subnet.attribute_line(("log_config", 0, "flow_sampling")) == (52, 59)
    assert list(subnet.dynamic_references)[:2] == ["each.value.pods", "each.value"]


# --- which block has made an element --------------------------------------------------------------------------------

SIBLINGS = b"""\
resource "a" "b" {
  x {
    port  = 443
    cidrs = ["b", "a"]
  }
  x {
    port  = "22"
    cidrs = [var.v]
  }
  x {
    port = 3389
    on   = true
    y { n = 2 }
    y { n = 1 }
  }
  same { p = var.p }
  same { p = var.q }
  part { p = 1 }
  part { q = var.q }
  part { q = var.q }
  mixed { p = 7 }
  dynamic "mixed" {
    for_each = var.m
    content { p = mixed.value }
  }
  made { p = 1 }
  dynamic "made" {
    for_each = var.m
    content { p = 2 }
  }
}
"""
VALUES = {
    "x": [
        {"port": 22, "cidrs": ["c"], "on": False, "y": []},
        {"port": 3389, "cidrs": [], "on": True, "y": [{"n": 1}, {"n": 2}]},
        {"port": 443, "cidrs": ["a", "b"], "on": None, "y": []},
    ],
    "same": [{"p": 1}, {"p": 2}],
    "part": [{"p": 5, "q": 1}, {"p": 5, "q": 2}, {"p": 1}],
    "mixed": [{"p": 8}, {"p": 7}, {"p": 9}],
    "made": [{"p": 2}, {"p": 1}],
}


@pytest.mark.parametrize(
    ("path", "lines"),
    [
        (("x", 0, "port"), (7, 7)),
        (("x", 0, "cidrs", 0), (8, 8)),
        (("x", 1, "on"), (12, 12)),
        (("x", 2), (2, 5)),
        (("x", 1, "y", 0, "n"), (14, 14)),
        (("x", 1, "y", 1, "n"), (13, 13)),
        (("x", 1, "y", 2, "n"), (10, 15)),
        (("same", 1, "p"), (17, 17)),
        (("part", 2, "p"), (18, 18)),
        (("part", 0, "q"), None),
        (("mixed", 0, "p"), (22, 25)),
        (("mixed", 1, "p"), (21, 21)),
        (("mixed", 2, "p"), (22, 25)),
        (("made", 0), (27, 30)),
        (("made", 1), (26, 26)),
        (("x", 7), None),
        (("x",), (2, 5)),
    ],
)
def test_the_block_that_has_made_an_element(path: tuple[str | int, ...], lines: tuple[int, int] | None) -> None:
    module = source_from_files({"main.tf": SIBLINGS}).module(())
    assert module is not None
    block = module.block("resource", "a", "b")
    assert block is not None
    assert block.attribute_line(path, VALUES) == lines
