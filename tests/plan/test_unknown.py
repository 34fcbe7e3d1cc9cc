"""An unknown value refuses to be used, however somebody tries."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.plan.unknown import PartialList, Undetermined, Unknown, has_unknown, is_unknown, path_of, render_path

HERE = ("settings", 0, "tier")

USES: dict[str, Callable[[Any], object]] = {
    "tested": bool,
    "negated": lambda u: not u,
    "compared with a value": lambda u: u == "x",
    "compared with None": lambda u: u == None,  # noqa: E711
    "compared the other way round": lambda u: u == None,  # noqa: E711
    "found different": lambda u: u != "x",
    "ordered": lambda u: u < 3,
    "ordered the other way round": lambda u: u >= 3,
    "measured": len,
    "iterated": list,
    "searched": lambda u: "x" in u,
    "looked for in a list": lambda u: u in ["a", None],
    "looked for in a set": lambda u: u in {"a"},
    "hashed": hash,
    "printed": str,
    "formatted": lambda u: f"{u}",
    "formatted with percent": lambda u: "%s" % u,  # noqa: UP031
    "added to": lambda u: u + "x",
    "added": lambda u: "x" + u,
    "counted with": lambda u: u + 1,
    "divided": lambda u: u / 2,
    "divided by": lambda u: 2 // u,
    "raised": lambda u: u**2,
    "masked": lambda u: u & 1,
    "rounded": round,
    "made positive": abs,
    "reversed": reversed,
    "changed": lambda u: u.__setitem__("a", 1),
    "made a number": int,
    "used as an index": lambda u: [1, 2][u],
    "asked for its type": lambda u: isinstance(u, dict),
    "asked for a method": lambda u: u.lower(),
    "asked for its items": lambda u: u.items(),
    "called": lambda u: u(),
    "put into a sum": lambda u: sum([1, u]),
    "sorted": lambda u: sorted([1, u]),
}


@pytest.mark.parametrize("use", USES.values(), ids=USES.keys())
def test_an_unknown_that_is(use: Callable[[Any], object]) -> None:
    with pytest.raises(Undetermined) as raised:
        use(Unknown(HERE))
    assert raised.value.path == HERE


def test_an_except_of_a_rule_does_not_swallow_it() -> None:
    def careless() -> bool:
        try:
            return bool(Unknown(HERE))
        except Exception:  # noqa: BLE001
            return False

    with pytest.raises(Undetermined):
        careless()


def test_what_stands_below_an_unknown_is_unknown_too() -> None:
    below = Unknown(("a",))["b"].get("c")
    assert is_unknown(below)
    assert path_of(below) == ("a", "b", "c")
    assert is_unknown(Unknown(("a",))[0])


@pytest.mark.parametrize(
    ("path", "written"),
    [
        (("a",), "a"),
        (("a", 0, "b"), "a[0].b"),
        (("tags", "a.b"), 'tags["a.b"]'),
        (("tags", 'say "hi"'), 'tags["say \\"hi\\""]'),
        ((), ""),
    ],
)
def test_paths_are_written_as_terraform_writes_them(path: tuple[str | int, ...], written: str) -> None:
    assert render_path(path) == written


def test_a_partly_unknown_list_gives_what_it_knows_first() -> None:
    items = PartialList([Unknown(("l", 0)), "a", {"x": Unknown(("l", 2, "x"))}, "b"], ("l",))
    seen = []
    with pytest.raises(Undetermined) as raised:
        for item in items:
            seen.append(item if isinstance(item, str) else "partly known")
    assert seen == ["a", "b", "partly known"]
    assert raised.value.path == ("l", 0)


def test_a_known_element_is_found_beside_an_unknown_one() -> None:
    items = PartialList(["0.0.0.0/0", Unknown(("l", 1))], ("l",))
    assert "0.0.0.0/0" in items
    assert any(item == "0.0.0.0/0" for item in items)
    with pytest.raises(Undetermined):
        _ = "10.0.0.0/8" in items
    with pytest.raises(Undetermined):
        all(item != "10.0.0.0/8" for item in items)


@given(st.lists(st.integers() | st.none()))
def test_no_way_of_reading_a_list_skips_an_unknown(known: list[Any]) -> None:
    items = PartialList([*known, Unknown(("l", len(known)))], ("l",))
    assert has_unknown(items)
    for read in (list, tuple, set, sorted, lambda x: [*x], lambda x: max(x, default=0), lambda x: x == known):
        with pytest.raises((Undetermined, TypeError)):
            read(items)
