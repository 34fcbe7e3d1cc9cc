"""Files in JSON syntax: everything but lines."""

from __future__ import annotations

import json

from planguard.plan.source import SourceModule, source_from_files

DOCUMENT = {
    "//": "a comment",
    "locals": [
        {"//": "${not.this}", "a": "${aws_x.y.id}-${var.v}", "b": {"${var.k}": ["${local.a}", 1, None, True]}},
        {"c": "$${var.no} aws_x.y.id", "d": "%{ for x in var.l }${x.y}%{ endfor }"},
    ],
    "resource": {
        "aws_x": {
            "y": {"//": "c", "tags": {}},
            "z": [
                {
                    "nested": [
                        {
                            "dynamic": {
                                "rule": {
                                    "for_each": "${var.rules}",
                                    "iterator": "it",
                                    "content": {"to": "${it.value} ${aws_x.y.id} ${rule.value.x}"},
                                }
                            }
                        }
                    ],
                    "other": "${var.seen_by_terraform}",
                }
            ],
        }
    },
    "data": [{"aws_d": {"e": {}}}],
    "module": {"m": {"source": "./m"}, "n": {"source": 1}},
    "output": {"o": {"value": "${var.x}"}},
    "terraform": {"required_version": ">= 1"},
}


def root() -> SourceModule:
    source = source_from_files({"main.tf.json": json.dumps(DOCUMENT).encode(), "m/main.tf": b"locals { v = var.m }"})
    module = source.module(())
    child = source.module(("m",))
    assert module is not None
    assert child is not None
    assert child.local_references("v") == ["var.m"]
    assert source.module(("n",)) is None
    return module


def test_references_of_locals() -> None:
    module = root()
    assert {name: module.local_references(name) for name in module.locals} == {
        "a": ["aws_x.y.id", "aws_x.y", "var.v"],
        "b": ["var.k", "local.a"],
        "c": [],
        "d": ["var.l"],
    }


def test_blocks_have_no_lines() -> None:
    module = root()
    named = {name for name in module.blocks if name[0] != "local"}
    assert named == {
        ("resource", "aws_x", "y"),
        ("resource", "aws_x", "z"),
        ("data", "aws_d", "e"),
        ("module", "m"),
        ("module", "n"),
        ("output", "o"),
    }
    block = module.block("resource", "aws_x", "y")
    assert block is not None
    assert (block.file, block.line, block.end_line, block.attribute_line(("tags",))) == (
        "main.tf.json",
        None,
        None,
        None,
    )


def test_references_in_dynamic_blocks() -> None:
    block = root().block("resource", "aws_x", "z")
    assert block is not None
    assert list(block.dynamic_references) == ["var.rules", "aws_x.y.id", "aws_x.y", "rule.value.x", "rule.value"]
