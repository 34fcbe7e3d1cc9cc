"""``after`` overlaid with its masks."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, Raw

from planguard.plan.sensitive import SENSITIVE, Redactor
from planguard.plan.unknown import PartialList, Undetermined, is_unknown, path_of
from planguard.plan.values import values_of


def overlaid(after: Any, unknown: Any = None, sensitive: Any = None) -> Any:
    def raw(value: Any) -> Any:
        return UNSET if value is None else Raw(json.dumps(value).encode())

    return values_of(raw(after), raw(unknown), raw(sensitive), None, place="plan.json")


def test_known_containers_in_the_mask_mean_nothing() -> None:
    after = {"tags": {"a": "1"}, "ingress": [{"port": 22}], "l": [1, 2]}
    assert overlaid(after, {"tags": {}, "ingress": [{}], "l": [False, False]}) == after


def test_an_omitted_attribute_is_unknown() -> None:
    values = overlaid({"name": "x"}, {"arn": True, "tags_all": True})
    assert is_unknown(values["arn"])
    assert values["name"] == "x"


def test_a_known_null_stays_null() -> None:
    assert overlaid({"kms_key_id": None}, {"arn": True})["kms_key_id"] is None


def test_a_null_placeholder_in_a_list_is_unknown() -> None:
    ranges = overlaid({"ranges": [None, "0.0.0.0/0"]}, {"ranges": [True, False]})["ranges"]
    assert type(ranges) is PartialList
    assert "0.0.0.0/0" in ranges


def test_an_unknown_inside_a_block_makes_its_list_partial() -> None:
    values = overlaid({"ingress": [{"port": 22}]}, {"ingress": [{"cidr": True}]})
    block = list.__getitem__(values["ingress"], 0)
    assert block["port"] == 22
    assert path_of(block["cidr"]) == ("ingress", 0, "cidr")


def test_blocks_that_after_leaves_out_are_made_from_the_mask() -> None:
    values = overlaid({}, {"rule": [{"id": True}]})
    assert path_of(list.__getitem__(values["rule"], 0)["id"]) == ("rule", 0, "id")


def test_a_whole_object_may_be_unknown() -> None:
    assert is_unknown(overlaid(None, True))


def test_nothing_planned_is_an_empty_object() -> None:
    assert overlaid(None) == {}


@pytest.mark.parametrize("secret", ["s", "pw1", "a-long-secret", 7, 5432, 1.5])
def test_a_marked_value_compares_but_does_not_print(secret: Any) -> None:
    value = overlaid({"password": secret}, None, {"password": True})["password"]
    assert value == secret
    assert [f"{value}", str(value), repr(value), "%s" % value] == [SENSITIVE] * 4  # noqa: UP031


def test_a_collapsed_mask_marks_everything_below() -> None:
    values = overlaid({"env": {"a": "xyz", "l": ["p", {"q": "r"}]}}, None, {"env": True})
    assert f"{values['env']['a']}{values['env']['l'][0]}{values['env']['l'][1]['q']}" == SENSITIVE * 3


LEAVES = st.none() | st.booleans() | st.integers(-9, 9) | st.text("ab", max_size=2)
DOCUMENTS = st.dictionaries(
    st.sampled_from("klmn"),
    st.recursive(
        LEAVES, lambda x: st.lists(x, max_size=3) | st.dictionaries(st.sampled_from("xyz"), x), max_leaves=6
    ),
)


def masked(value: Any, data: st.DataObject) -> tuple[Any, Any]:
    """What terraform would write in ``after`` and ``after_unknown`` with some leaves unknown."""
    if data.draw(st.integers(0, 4)) == 0:
        return None, True
    if isinstance(value, dict):
        after, mask = {}, {}
        for key, below in value.items():
            kept, hidden = masked(below, data)
            if hidden is not True:
                after[key] = kept
            if hidden is not False:
                mask[key] = hidden
        return after, mask
    if isinstance(value, list):
        pairs = [masked(below, data) for below in value]
        return [kept for kept, _ in pairs], [hidden for _, hidden in pairs]
    return value, False


def compare(value: Any, found: Any, mask: Any) -> None:
    if mask is True:
        assert is_unknown(found)
    elif isinstance(value, dict):
        assert set(found) == set(value)
        for key, below in value.items():
            compare(below, found[key], mask.get(key, False) if isinstance(mask, dict) else False)
    elif isinstance(value, list):
        assert list.__len__(found) == len(value)
        for index, below in enumerate(value):
            compare(below, list.__getitem__(found, index), mask[index] if isinstance(mask, list) else False)
    else:
        assert found == value


@given(DOCUMENTS, st.data())
def test_every_leaf_is_its_value_or_unknown(document: dict[str, Any], data: st.DataObject) -> None:
    after, mask = masked(document, data)
    compare(document, overlaid(after, mask), mask)


class TestRedactor:
    def test_takes_a_value_out_of_any_text(self) -> None:
        redactor = Redactor()
        redactor.add(["hunter22"])
        assert redactor.text("password is hunter22!") == "password is (sensitive)!"

    def test_takes_out_the_longest_first(self) -> None:
        redactor = Redactor()
        redactor.add(["secret", "secret-of-all"])
        assert redactor.text("secret-of-all, secret") == "(sensitive), (sensitive)"

    def test_knows_how_a_value_is_spelled_in_json_and_in_a_repr(self) -> None:
        secret = 'pa"ss\\<&>é'
        redactor = Redactor()
        redactor.add([secret])
        for text in (json.dumps(secret), json.dumps(secret, ensure_ascii=False), repr(secret)):
            assert "ss" not in redactor.text(text)

    def test_takes_out_each_line_of_a_key(self) -> None:
        redactor = Redactor()
        redactor.add(["-----BEGIN KEY-----\nMIIEpAIBAAKCAQEA\n-----END KEY-----\n"])
        assert redactor.text("found MIIEpAIBAAKCAQEA in it") == "found (sensitive) in it"

    def test_touches_only_the_keys_of_an_address(self) -> None:
        redactor = Redactor()
        redactor.add(["shop"])
        assert redactor.address('module.shop.aws_x.shop["shop"]') == 'module.shop.aws_x.shop["(sensitive)"]'

    @given(st.text(min_size=4), st.text(), st.text())
    def test_no_value_survives(self, secret: str, before: str, after: str) -> None:
        redactor = Redactor()
        redactor.add([secret])
        if secret in ("true", "false", "null", "none", "None", "True", "False") or secret in SENSITIVE:
            return
        shown = redactor.text(before + secret + after)
        assert SENSITIVE in shown
        if not any(part in secret for part in ("(", "s", ")")):
            assert secret not in shown


def test_undetermined_says_where() -> None:
    values = overlaid({}, {"settings": [{"tier": True}]})
    with pytest.raises(Undetermined, match=r"settings\[0\]\.tier"):
        bool(list.__getitem__(values["settings"], 0)["tier"])
