"""The canonical form, against RFC 8785 by another hand, and the vectors of the manual."""

from __future__ import annotations

import importlib.util
import json
from decimal import Decimal, localcontext
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st

from planguard.plan.canonical import NotCanonicalError, canonical, decode_exact, written
from tests.conftest import FIXTURES, ROOT

VECTORS = FIXTURES / "digests"
PLAIN = st.text(st.characters(exclude_categories=["Cs"])).filter(
    lambda text: not text.lstrip(" \t\r\n").startswith(("{", "["))
)
KEYS = PLAIN.filter(lambda text: not text.startswith("$"))
FLOATS = st.floats(allow_nan=False, allow_infinity=False).filter(lambda n: not n.is_integer() or abs(n) < 2**53)
LEAVES = st.one_of(st.none(), st.booleans(), st.integers(-(2**53) + 1, 2**53 - 1), FLOATS, PLAIN)
VALUES = st.recursive(LEAVES, lambda inner: st.one_of(st.lists(inner), st.dictionaries(KEYS, inner)))


def script() -> ModuleType:
    path = ROOT / "scripts" / "write_digest_vectors.py"
    spec = importlib.util.spec_from_file_location(path.stem, path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def form(text: str) -> bytes:
    return written(decode_exact(text.encode()))


@pytest.mark.parametrize("vector", json.loads((VECTORS / "values.json").read_text()), ids=lambda one: one["json"])
def test_vectors_of_values(vector: dict[str, str]) -> None:
    assert form(vector["json"]).decode() == vector["canonical"]
    assert sha256(vector["canonical"].encode()).hexdigest() == vector["sha256"]


@pytest.mark.parametrize("name", ["value", "plan"])
def test_the_vectors_are_those_that_the_script_writes(name: str) -> None:
    module = script()
    stored = Path(VECTORS, f"{name}s.json").read_text(encoding="utf-8")
    assert stored == module.content(getattr(module, f"{name}_vectors")()), "run scripts/write_digest_vectors.py"


@given(VALUES)
def test_it_is_rfc_8785_where_that_says_something(value: Any) -> None:
    assert canonical(value) == rfc8785.dumps(value)
    assert form(json.dumps(value)) == rfc8785.dumps(value)


@given(VALUES, st.randoms())
def test_neither_order_nor_white_space_counts(value: Any, random: Any) -> None:
    def shuffled(one: Any) -> Any:
        if isinstance(one, dict):
            keys = list(one)
            random.shuffle(keys)
            return {key: shuffled(one[key]) for key in keys}
        return [shuffled(inner) for inner in one] if isinstance(one, list) else one

    assert form(json.dumps(shuffled(value), indent=3, ensure_ascii=False)) == form(json.dumps(value))


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**40), max_value=10**40), st.booleans())
def test_numbers_are_equal_where_their_values_are(number: Decimal, scientific: bool) -> None:
    text = format(number, "f")
    assert form(format(number, "e") if scientific else text) == form(f"{text}0" if "." in text else f"{text}.0")
    with localcontext(prec=200):
        other = number + Decimal("1e-30")
    assert form(text) != form(format(other, "f"))


@given(st.integers(), st.integers())
def test_two_whole_numbers_never_look_alike(one: int, other: int) -> None:
    assert (form(str(one)) == form(str(other))) == (one == other)


@given(VALUES)
def test_json_in_a_text_is_taken_for_what_it_says(value: Any) -> None:
    text = json.dumps({"x": value})
    assert form(json.dumps(text)) == form(json.dumps(json.dumps({"x": value}, indent=1)))
    assert form(json.dumps(text)) != form(text), "and not for the value itself"


@given(
    st.dictionaries(
        st.sampled_from(["$json", "$sensitive", "$integer", "$unknown", "$$json", "a"]), LEAVES, min_size=1
    )
)
def test_no_value_of_a_plan_looks_like_a_token(value: dict[str, Any]) -> None:
    assert not any(key.startswith("$") and not key.startswith("$$") for key in json.loads(form(json.dumps(value))))


@pytest.mark.parametrize(
    "text", ["1e9999", "1e-9999999999", "1" * 1200 + ".5", "{", "NaN", '"\\ud800"', "[" * 100_000]
)
def test_what_has_no_form_is_refused(text: str) -> None:
    with pytest.raises(NotCanonicalError):
        form(text)
