"""Which environment a plan is for: each sign, their order, the strictest where nothing tells, and ``--env``."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from planguard.errors import CallError
from planguard.graph.environments import Environment, Environments, Sign
from tests.conftest import FIXTURES, change
from tests.decision.waiving import For, decided, open_rule, plan

NOTHING = For(workspace=None)
BUCKET = change("module.shop.aws_s3_bucket.x", ["create"], after={"bucket": "x", "tags": {"env": "prod"}},
                module_address="module.shop")  # fmt: skip
QUEUE = change(
    "aws_sqs_queue.x", ["update"],
    before={"arn": "arn:aws:sqs:eu-west-1:111111111111:x", "kms_master_key_id": "a"},
    after={"arn": "arn:aws:sqs:eu-west-1:111111111111:x", "kms_master_key_id": "b"},
)  # fmt: skip


def resolved(
    document: dict[str, Any] | bytes, environments: dict[str, Any], purpose: For = NOTHING
) -> tuple[str | None, str]:
    """The name of the environment, and because of what."""
    found = decided(document, policy=yaml.safe_dump({"environments": environments}, sort_keys=False), purpose=purpose)
    environment = found.plan.environment
    return environment.name, environment.because


OTHER = {"other": {"production": True, "workspace": "never"}}

SIGNS: dict[str, tuple[dict[str, Any], dict[str, Any], For, str]] = {
    "workspace": ({"workspace": "prod"}, plan(), For("prod"), "workspace is `prod`"),
    "workspace by a pattern": ({"workspace": "*-prod"}, plan(), For("e-prod"), "workspace `e-prod` matches `*-prod`"),
    "one of several": ({"workspace": ["a", "prod"]}, plan(), For("prod"), "workspace is `prod`"),
    "project": ({"project": "shop"}, plan(), For(None, "shop"), "project is `shop`"),
    "variable": (
        {"variable": {"environment": "prod"}}, plan(variables={"environment": {"value": "prod"}}), NOTHING,
        "variable `environment` is `prod`",
    ),
    "variable that is true": (
        {"variable": {"is_prod": "true"}}, plan(variables={"is_prod": {"value": True}}), NOTHING,
        "variable `is_prod` is `true`",
    ),
    "variable that is a number": (
        {"variable": {"stage": 3}}, plan(variables={"stage": {"value": 3}}), NOTHING, "variable `stage` is `3`",
    ),
    "tag": ({"tag": {"env": "prod*"}}, plan(BUCKET), NOTHING, "tag `env` is `prod` on 1 resource"),
    "account": ({"account": 111111111111}, plan(QUEUE), NOTHING, "account is `111111111111` on 1 resource"),
    "module": ({"module": "module.shop*"}, plan(BUCKET), NOTHING, "module is `module.shop` on 1 resource"),
}  # fmt: skip


@pytest.mark.parametrize(("sign", "document", "purpose", "because"), SIGNS.values(), ids=SIGNS.keys())
def test_each_sign_tells(sign: dict[str, Any], document: dict[str, Any], purpose: For, because: str) -> None:
    assert resolved(document, {**OTHER, "this": sign}, purpose) == ("this", because)
    # And tells nothing of a plan that it is not on.
    assert resolved(plan(), {**OTHER, "this": sign})[0] == "other"


NO_SIGNS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "a network": ({"network": "10.0.0.0/8"}, plan()),
    "a name": ({"name": "*"}, plan(BUCKET)),
    "a workspace that nobody names": ({"workspace": "*"}, plan()),
    "a variable that there is not": ({"variable": {"environment": "*"}}, plan()),
    "a variable that is a mapping": ({"variable": {"x": "*"}}, plan(variables={"x": {"value": {"a": "b"}}})),
    "a variable that is null": ({"variable": {"x": "*"}}, plan(variables={"x": {"value": None}})),
    "the root module": ({"module": "*"}, plan(open_rule())),
}


@pytest.mark.parametrize(("sign", "document"), NO_SIGNS.values(), ids=NO_SIGNS.keys())
def test_what_is_no_sign_tells_nothing(sign: dict[str, Any], document: dict[str, Any]) -> None:
    assert resolved(document, {"this": sign, **OTHER})[0] == "other"


def test_a_secret_tells_nothing_and_is_not_shown() -> None:
    declared = {"root_module": {"variables": {"environment": {"sensitive": True}}}}
    secret = "not-a-real-environment"
    document = plan(
        change(
            "aws_s3_bucket.x", ["create"], after={"tags": {"env": secret}}, after_sensitive={"tags": {"env": True}}
        ),
        variables={"environment": {"value": secret}},
        configuration=declared,
    )
    for sign in ({"variable": {"environment": "*"}}, {"tag": {"env": "*"}}):
        name, because = resolved(document, {"this": sign, **OTHER})
        assert (name, secret in because) == ("other", False)


def test_environments_are_tried_in_their_order_and_then_signs_in_theirs() -> None:
    document = plan(BUCKET, variables={"environment": {"value": "dev"}})
    prod, dev = {"tag": {"env": "prod"}}, {"variable": {"environment": "dev"}}
    assert resolved(document, {"prod": prod, "dev": dev})[0] == "prod"
    assert resolved(document, {"dev": dev, "prod": prod})[0] == "dev"
    both = {"variable": {"environment": "dev"}, "tag": {"env": "prod"}}
    assert resolved(document, {"one": both})[1] == "variable `environment` is `dev`"
    assert resolved(document, {"one": dict(reversed(both.items()))})[1] == "tag `env` is `prod` on 1 resource"
    # A stronger sign of a later one does not overrule a weaker one of an earlier one.
    assert resolved(document, {"prod": prod, "dev": {"workspace": "dev"}}, For("dev"))[0] == "prod"


def test_where_nothing_tells_the_strictest_counts() -> None:
    told = "nothing in the plan tells its environment; the strictest counts"
    lax, strict = {"workspace": "a"}, {"production": True, "workspace": "b"}
    assert resolved(plan(), {"lax": lax, "strict": strict}) == ("strict", told)
    assert resolved(plan(), {"lax": lax, "first": strict, "second": strict}) == ("first", told)
    assert resolved(plan(), {"one": lax, "two": lax}) == ("one", told)
    assert resolved(plan(), {}) == (None, "policy does not tell environments apart")


def test_a_plan_that_hides_its_environment_is_judged_by_the_gates_of_production() -> None:
    policy = yaml.safe_dump(
        {
            "environments": {"dev": {"workspace": "dev"}, "prod": {"production": True, "workspace": "prod"}},
            "gates": [{"name": "lax", "environment": "dev", "effect": "observe"}],
        },
        sort_keys=False,
    )
    assert decided(plan(), policy=policy, purpose=For("dev")).outcome == "allow"
    for purpose in (NOTHING, For("devel"), For("Dev"), For("prod")):
        found = decided(plan(), policy=policy, purpose=purpose)
        assert (found.outcome, found.plan.environment.name) == ("block", "prod")


def test_env_overrules_and_the_report_says_what_told_otherwise() -> None:
    environments = {"prod": {"workspace": "prod"}, "dev": {"workspace": "dev"}}
    told = resolved(plan(), environments, For("prod", env="dev"))
    assert told == ("dev", "given with --env, though workspace is `prod`")
    assert resolved(plan(), environments, For("dev", env="dev")) == ("dev", "given with --env")
    assert resolved(plan(), environments, For(None, env="dev")) == ("dev", "given with --env")
    assert resolved(plan(), {}, For(None, env="any")) == ("any", "given with --env")


def test_env_names_an_environment_of_the_policy() -> None:
    with pytest.raises(CallError) as refused:
        resolved(plan(), {"prod": {}, "dev": {}}, For(None, env="prd"))
    assert (str(refused.value), refused.value.hint) == (
        "--env `prd` is not an environment of the policy",
        "did you mean `prod`?",
    )


@pytest.mark.parametrize(
    ("stack", "name"),
    [("aws-shop-prod", "prod"), ("aws-shop-dev", "dev")],
)
def test_the_stacks_are_told_apart_by_their_variable(stack: str, name: str) -> None:
    environments = {one: {"variable": {"environment": one}} for one in ("prod", "dev")}
    data = (FIXTURES / "stacks" / stack / "plan.json").read_bytes()
    found = decided(data, policy=yaml.safe_dump({"environments": environments}), now_was_given=False, purpose=NOTHING)
    assert (found.plan.environment.name, found.plan.environment.because) == (
        name,
        f"variable `environment` is `{name}`",
    )


def test_the_case_of_a_subscription_does_not_count() -> None:
    listed = "ABCDEF01-1111-2222-3333-444455556666"
    environments = Environments((Environment("prod", True, (Sign("account", "", (listed,)),)),))
    found = environments.of_account(listed.lower())
    assert found is not None
    assert found.name == "prod"
    assert environments.of_account("00000000-1111-2222-3333-444455556666") is None
