"""Addresses and references, read character by character."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.errors import PlanError
from planguard.graph.edge import render_key
from planguard.plan.address import longest_references, module_path, parse_reference, tokens


@pytest.mark.parametrize(
    ("address", "path"),
    [
        ("", ()),
        ("module.a", (("a", None),)),
        ("module.a[0].module.b", (("a", 0), ("b", None))),
        ('module.a["x.y[0]"].module.b[1]', (("a", "x.y[0]"), ("b", 1))),
        ('module.a["say \\"hi\\""]', (("a", 'say "hi"'),)),
        ('module.a["back\\\\slash"]', (("a", "back\\slash"),)),
        ('module.a["$${x}"]', (("a", "${x}"),)),
        ("module.a[*]", (("a", "[*]"),)),
    ],
)
def test_module_paths(address: str, path: tuple[tuple[str, object], ...]) -> None:
    assert module_path(address) == path


@pytest.mark.parametrize("text", ["resource.a", "module", 'module.a["x', "module.a[x]", "module.[0]"])
def test_what_is_no_module_address_is_refused(text: str) -> None:
    with pytest.raises(PlanError):
        module_path(text)


@given(
    st.lists(
        st.tuples(st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True), st.none() | st.integers(0, 99) | st.text())
    )
)
def test_every_key_survives_being_written_and_read(path: list[tuple[str, str | int | None]]) -> None:
    if any(key == "[*]" or (isinstance(key, str) and ("${" in key or "%{" in key or "\r" in key)) for _, key in path):
        return
    written = ".".join(f"module.{name}{render_key(key)}" for name, key in path)
    assert module_path(written) == tuple(path)


@pytest.mark.parametrize(
    ("text", "kind", "name", "key", "rest"),
    [
        ("aws_x.y.id", "resource", "aws_x.y", None, ("id",)),
        ('aws_x.y["a.b"].tags["c"]', "resource", "aws_x.y", "a.b", ("tags", ("c",))),
        ("aws_x.y[0]", "resource", "aws_x.y", 0, ()),
        ("data.aws_x.y[2].z", "resource", "data.aws_x.y", 2, ("z",)),
        ("module.m.out", "module", "m", None, ("out",)),
        ('module.m["k"].out["a"]', "module", "m", "k", ("out", ("a",))),
        ("var.x.y", "var", "x", None, ("y",)),
        ("local.x", "local", "x", None, ()),
        ("each.value.id", "each", "value", None, ("id",)),
        ("count.index", "count", "index", None, ()),
        ("path.module", "other", "path", None, ()),
    ],
)
def test_references(text: str, kind: str, name: str, key: object, rest: tuple[object, ...]) -> None:
    found = parse_reference(text)
    assert (found.kind, found.name, found.key, found.rest) == (kind, name, key, rest)


def test_prefixes_of_a_traversal_are_the_same_traversal() -> None:
    written = [
        'aws_x.y[0].tags["a"]',
        "aws_x.y[0].tags",
        "aws_x.y[0]",
        "aws_x.y",
        "aws_x.yy.id",
        "aws_x.yy",
        "aws_x.y",
    ]
    assert longest_references(written) == ['aws_x.y[0].tags["a"]', "aws_x.yy.id"]


@given(st.text())
def test_no_text_breaks_the_reader(text: str) -> None:
    try:
        tokens(text)
    except PlanError as error:
        assert text not in error.message or not text.strip()
