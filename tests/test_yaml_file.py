"""YAML as people mean it."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.errors import RuleFileError
from planguard.yaml_file import parse_yaml


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("no", "no"),
        ("yes", "yes"),
        ("on", "on"),
        ("true", True),
        ("False", False),
        ("010", 10),
        ("0o10", 8),
        ("0x1F", 31),
        ("12:30:45", "12:30:45"),
        ("1e3", 1000.0),
        ("1.5", 1.5),
        ("2026-01-31", "2026-01-31"),
        ("~", None),
        ("", None),
        ('"3"', "3"),
        ("'true'", "true"),
        ("-7", -7),
    ],
)
def test_scalars_are_those_of_yaml_1_2(text: str, value: Any) -> None:
    found = parse_yaml(f"key: {text}", "x.yaml").value["key"]
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("text", "message", "line"),
    [
        ("a: 1\na: 2", "`a` stands twice", 2),
        ("a:\n  b: 1\n  b: 2", "`b` stands twice", 3),
        ("a: ]", "not YAML", 1),
        ("? [1]\n: 2", "a key must be a plain word", 1),
        ("--- 1\n--- 2\n", "not YAML", 2),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text: str, message: str, line: int) -> None:
    with pytest.raises(RuleFileError) as raised:
        parse_yaml(text, "x.yaml")
    assert message in raised.value.message
    assert raised.value.place == f"x.yaml:{line}"


def test_each_value_knows_its_line() -> None:
    document = parse_yaml("a:\n  - b: 1\n    c: 2\nd: 3\n", "x.yaml")
    assert [document.line_of(path) for path in (("a",), ("a", 0, "c"), ("d",), ("a", 0, "nowhere"))] == [1, 3, 4, 2]


def test_nesting_without_end_is_refused() -> None:
    with pytest.raises(RuleFileError):
        parse_yaml("[" * 5000, "x.yaml")
