"""Promotion: what goes to production was decided in a lower environment before, with the same configuration."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest

from planguard.decision.policy import Promotion
from planguard.decision.promotion import (
    ConfigurationFacts,
    LowerDecision,
    Missing,
    compare_promotion,
    configuration_facts,
    lower_decisions,
)
from planguard.errors import CallError
from tests.conftest import FIXTURES, plan_document, plan_from

FILE = "staging.json"
ONE = Promotion("prod", ("staging",))


def configuration(resources: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return plan_document(configuration={"root_module": {"resources": resources, **more}})


def block(name: str, kind: str = "aws_db_instance", **settings: Any) -> dict[str, Any]:
    return {
        "address": f"{kind}.{name}",
        "mode": "managed",
        "type": kind,
        "name": name,
        "expressions": {key: {"constant_value": value} for key, value in settings.items()},
    }


BASE = [block("db", instance_class="small", encrypted=True), block("log", "aws_s3_bucket", bucket="x")]


def facts(resources: list[dict[str, Any]] | None = None, **more: Any) -> ConfigurationFacts:
    return configuration_facts(plan_from(configuration(BASE if resources is None else resources, **more)))


def lower(
    found: ConfigurationFacts, environment: str = "staging", outcome: str = "allow", file: str = FILE
) -> LowerDecision:
    return LowerDecision(file, environment, outcome, found)


def told(
    here: ConfigurationFacts, *there: LowerDecision, promotion: Promotion = ONE, to: str | None = "prod"
) -> list[str]:
    return [one.text for one in compare_promotion([promotion], to, here, there)[0]]


def test_the_same_configuration_may_go_on() -> None:
    missing, compared = compare_promotion([ONE], "prod", facts(), [lower(facts())])
    assert missing == []
    assert [(one.environment, one.file, one.without_counterpart, one.different) for one in compared] == [
        ("staging", FILE, (), {})
    ]


def test_the_order_of_blocks_and_settings_does_not_matter() -> None:
    turned = [{**one, "expressions": dict(reversed(one["expressions"].items()))} for one in reversed(BASE)]
    assert told(facts(turned), lower(facts())) == []


def test_nothing_is_asked_of_another_environment() -> None:
    assert compare_promotion([ONE], "dev", facts(), []) == ([], [])
    assert compare_promotion([ONE], None, facts(), []) == ([], [])


def test_without_a_report_of_a_lower_environment_it_does_not_go_on() -> None:
    wanted = ["policy wants it decided in `staging` first; give its report with --promoted-from FILE"]
    assert told(facts()) == wanted
    assert told(facts(), lower(facts(), "dev")) == wanted
    several = Promotion("prod", ("staging", "test"))
    assert told(facts(), promotion=several)[0].startswith("policy wants it decided in `staging` or `test` first")
    assert told(facts(), lower(facts(), "test"), promotion=several) == []


def test_what_was_blocked_there_does_not_go_on() -> None:
    assert told(facts(), lower(facts(), outcome="block")) == ["it was blocked in `staging` (staging.json)"]
    assert told(facts(), lower(facts(), outcome="warn")) == []


def test_what_has_no_counterpart_is_named() -> None:
    more = facts([*BASE, block("new", "aws_iam_user")])
    assert told(more, lower(facts())) == ["aws_iam_user.new without counterpart in `staging` (staging.json)"]
    many = facts([block(f"b{number}", "aws_x") for number in range(7)])
    assert told(many, lower(facts([])))[0].startswith(
        "aws_x.b0, aws_x.b1, aws_x.b2, aws_x.b3, aws_x.b4 and 2 more without"
    )


@pytest.mark.parametrize(
    "settings",
    [{"instance_class": "large", "encrypted": True}, {"instance_class": "small"},
     {"instance_class": "small", "encrypted": True, "publicly_accessible": True}],
)  # fmt: skip
def test_what_is_configured_otherwise_is_named(settings: dict[str, Any]) -> None:
    here = facts([block("db", **settings), BASE[1]])
    [text] = told(here, lower(facts()))
    [name] = {"instance_class", "encrypted", "publicly_accessible"} & set(
        text.replace("(", " ").replace(")", " ").split()
    )
    assert text == f"aws_db_instance.db ({name}) configured otherwise than in `staging` (staging.json)"
    assert told(here, lower(facts()), promotion=Promotion("prod", ("staging",), (f"aws_db_instance.{name}",))) == []
    assert told(here, lower(facts()), promotion=Promotion("prod", ("staging",), (f"*.{name}",))) == []
    assert told(here, lower(facts()), promotion=Promotion("prod", ("staging",), (f"aws_s3_bucket.{name}", name))) == [
        text
    ]


def test_how_many_there_are_is_configuration_too() -> None:
    for key in ("count_expression", "for_each_expression"):
        here = facts([{**BASE[0], key: {"constant_value": 2}}, BASE[1]])
        assert f"({key.removesuffix('_expression')}) configured otherwise" in told(here, lower(facts()))[0]


def test_a_reference_is_not_what_it_comes_out_as() -> None:
    by_variable = block("db") | {"expressions": {"instance_class": {"references": ["var.size"]}}}
    by_other = block("db") | {"expressions": {"instance_class": {"references": ["var.other"]}}}
    assert told(facts([by_variable]), lower(facts([by_variable]))) == []
    assert len(told(facts([by_variable]), lower(facts([by_other])))) == 1


def called(source: str, version: str = "", resources: list[dict[str, Any]] | None = None) -> ConfigurationFacts:
    call = {"source": source, "version_constraint": version, "module": {"resources": resources or []}}
    return facts([], module_calls={"shop": call})


def test_modules_come_from_the_same_place_in_the_same_version() -> None:
    here = called("registry/shop", "1.0.0", [block("db")])
    assert told(here, lower(here)) == []
    assert "module.shop (source)" in told(here, lower(called("other/shop", "1.0.0", [block("db")])))[0]
    assert "module.shop (version)" in told(here, lower(called("registry/shop", "2.0.0", [block("db")])))[0]
    assert told(here, lower(facts([])))[0] == (
        "module.shop, module.shop.aws_db_instance.db without counterpart in `staging` (staging.json)"
    )


def test_of_several_reports_the_nearest_counts() -> None:
    far = lower(facts([]), file="far.json")
    assert told(facts(), far, lower(facts())) == told(facts(), lower(facts()), far) == []


def test_the_effect_is_that_of_policy() -> None:
    for effect in ("block", "warn", "observe"):
        found, _ = compare_promotion([Promotion("prod", ("staging",), (), effect)], "prod", facts(), [])
        assert [one.effect for one in found] == [effect]
        assert isinstance(found[0], Missing)


# --- secrets -------------------------------------------------------------------------------------------------------


def test_a_secret_is_neither_shown_nor_hashed() -> None:
    declared = {"variables": {"pin": {"sensitive": True}}}
    for where in ("expressions", "count_expression", "for_each_expression"):
        for value in ("not-a-real-pin", "1234"):
            one = block("db")
            one[where] = (
                {"password": {"constant_value": value}} if where == "expressions" else {"constant_value": [value]}
            )
            document = configuration([one], **declared)
            document["variables"] = {"pin": {"value": value}}
            found = configuration_facts(plan_from(document))
            assert list(found.blocks["aws_db_instance.db"].settings.values()) == ["(sensitive)"]


def test_the_facts_of_a_plan_with_secrets_hold_none() -> None:
    for name in ("plan.json", "plan-update.json"):
        found = configuration_facts(plan_from((FIXTURES / "sensitive" / name).read_bytes()))
        assert found.blocks
        assert b"not-a-real" not in msgspec.json.encode(found)


# --- reports -------------------------------------------------------------------------------------------------------


def report(**more: Any) -> dict[str, Any]:
    entry = {
        "plan": {"environment": {"name": "staging"}},
        "outcome": "allow",
        "configuration": msgspec.to_builtins(facts()),
    }
    return {"schema": "planguard/report/v1", "decisions": [{**entry, **more}]}


def test_a_report_is_read_as_it_was_written() -> None:
    assert lower_decisions(json.dumps(report()).encode(), FILE) == [lower(facts())]


@pytest.mark.parametrize(
    "data",
    [b"", b"[]", b"{", b"\xff", b"{}", json.dumps({**report(), "schema": "other"}).encode(),
     json.dumps({**report(), "decisions": []}).encode(), json.dumps({"schema": "planguard/report/v1"}).encode(),
     b"[" * 100_000],
)  # fmt: skip
def test_what_is_no_report_is_refused(data: bytes) -> None:
    with pytest.raises(CallError, match=r"staging\.json: --promoted-from is not a report of planguard"):
        lower_decisions(data, FILE)


def test_a_report_without_what_is_compared_is_refused() -> None:
    with pytest.raises(CallError, match="holds no configuration to compare with"):
        lower_decisions(json.dumps(report(configuration=None)).encode(), FILE)
