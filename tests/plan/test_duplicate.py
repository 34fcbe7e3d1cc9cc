"""A key that stands twice is found, and nothing else is taken for one."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import Raw

from planguard.errors import PlanError
from planguard.plan.document import decode_value

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(JSON, st.booleans(), st.booleans())
def test_a_document_without_one_is_taken_however_it_is_spelled(value: Any, compact: bool, ascii_only: bool) -> None:
    separators = (",", ":") if compact else (", ", " : ")
    text = json.dumps(value, separators=separators, ensure_ascii=ascii_only)
    assert decode_value(Raw(text.encode("utf-8", "surrogatepass")), place="x") == value


@given(st.text(max_size=5), JSON, JSON, st.booleans())
def test_a_key_that_stands_twice_is_refused(key: str, one: Any, two: Any, deep: bool) -> None:
    name = json.dumps(key)
    text = f"{{{name}:{json.dumps(one)},{name}:{json.dumps(two)}}}"
    if deep:
        text = f'{{"a":[1,{{"b":{text}}}]}}'
    with pytest.raises(PlanError, match="stands twice"):
        decode_value(Raw(text.encode()), place="x")
