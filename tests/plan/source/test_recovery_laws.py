"""Whatever is recovered comes true: with texts for symbols, an expression has the value that it has in Terraform."""

from __future__ import annotations

import json
from random import Random
from typing import Any

import pytest

from planguard.access.pattern import is_symbol, symbol_name
from planguard.graph.resource import AFTER
from planguard.plan.unknown import PartialList, is_unknown
from tests.plan.source.test_recovery import graph_of

BUCKETS = 'resource "aws_s3_bucket" "two" { count = 2 }\n'
REAL = {
    "aws_s3_bucket.two[0].arn": "arn:aws:s3:::one",
    "aws_s3_bucket.two[1].arn": "arn:aws:s3:::One",
    "data.aws_vpcs.v.ids[0]": "p",
    "data.aws_vpcs.v.ids[1]": "arn:aws:s3:::one",
}
SYMBOLIC = "locals {\n  s = aws_s3_bucket.two[0].arn\n  t = aws_s3_bucket.two[1].arn\n  u = UNSAID\n}\n"
CONCRETE = 'locals {\n  s = "arn:aws:s3:::one"\n  t = "arn:aws:s3:::One"\n  u = ["p", "arn:aws:s3:::one"]\n}\n'
UNSAID = "data.aws_vpcs.v.ids"
TEXTS = ("local.s", "local.t", '"a"', '""', '"arn:aws:s3:::one"', '"{}"')


def a_text(draw: Random, depth: int) -> str:
    if depth <= 0 or draw.random() < 0.35:
        return draw.choice(TEXTS)
    text, other, items, test = (make(draw, depth - 1) for make in (a_text, a_text, a_list, a_bool))
    return draw.choice(
        [
            f'"x${{{text}}}-${{{other}}}"',
            f'format("%s:%s", {text}, {other})',
            f'format("%v", {text})',
            f"join({text}, {items})",
            f"upper({text})",
            f'replace({text}, "one", {other})',
            f"trimspace({text})",
            f'chomp("${{{text}}}\\n")',
            f"coalesce({text}, {other}, null)",
            f"try({items}[1], {text})",
            f"try(upper({items}[0]), {other})",
            f"try({an_object(draw, depth - 1)}.a, {text})",
            f"{test} ? {text} : {other}",
            f"element({items}, 1)",
            f"jsonencode({items})",
            f'lookup({an_object(draw, depth - 1)}, "a", {text})',
            f"try(one(compact({items})), {text})",
            f"substr({text}, 0, 2)",
            f"tostring({text})",
            f'"%{{ if {test} }}${{{text}}}%{{ endif }}"',
            f'"%{{ for x in {items} }}${{x}};%{{ endfor }}"',
        ]
    )


def a_list(draw: Random, depth: int) -> str:
    if depth <= 0 or draw.random() < 0.2:
        return draw.choice([f"[{draw.choice(TEXTS)}]", "[local.s, local.t]", "local.u", "[]"])
    text, items, others, test = (make(draw, depth - 1) for make in (a_text, a_list, a_list, a_bool))
    return draw.choice(
        [
            f"[{text}, {a_text(draw, depth - 1)}]",
            f"concat({items}, {others})",
            f"compact({items})",
            f"distinct({items})",
            f"tolist(toset({items}))",
            f"flatten([{items}, [{text}]])",
            f'formatlist("%s/*", {items})',
            f'[for x in {items} : "${{x}}/y"]',
            f'[for x in {items} : x if x != "a"]',
            f"[for x in {items} : upper(x)]",
            f"{test} ? {items} : {others}",
            f"sort({items})",
            f"reverse({items})",
            f"slice({items}, 0, 1)",
            f'split(":", {text})',
            f"jsondecode(jsonencode({items}))",
            f"coalescelist({items}, {others})",
            f"values({an_object(draw, depth - 1)})",
            f"keys({an_object(draw, depth - 1)})",
            f"setunion({items}, {others})",
            f"[tostring(length({items}))]",
            f"[tostring({test})]",
            f"[for k, v in {an_object(draw, depth - 1)} : v]",
        ]
    )


def a_bool(draw: Random, depth: int) -> str:
    text, other = draw.choice(TEXTS), a_text(draw, depth - 1)
    items = a_list(draw, depth - 1)
    return draw.choice(
        [
            f"{text} == {other}",
            f"{text} != null",
            f"length({items}) > 1",
            f"contains({items}, {text})",
            f"can({items}[1])",
            f"can(tonumber({text}))",
            f"{items} == {a_list(draw, depth - 1)}",
            f'startswith({text}, "arn")',
            "true",
            f"alltrue([for x in {items} : x != {text}])",
        ]
    )


def an_object(draw: Random, depth: int) -> str:
    text = a_text(draw, depth - 1)
    return draw.choice(
        [
            f"{{ a = {text} }}",
            f'{{ "${{{text}}}" = {a_text(draw, depth - 1)} }}',
            f"merge({{ a = {text} }}, {{ b = {draw.choice(TEXTS)} }})",
            f"zipmap([{text}], [{draw.choice(TEXTS)}])",
            f'{{ for x in {a_list(draw, depth - 1)} : "k${{x}}" => x... }}',
            f'{{ b = {text}, "a${{local.s}}" = "c" }}',
        ]
    )


def policies(expressions: list[str], known: bool) -> dict[str, Any]:
    """The value of each expression, by the name of its policy; None where there is none."""
    text = BUCKETS + 'data "aws_vpcs" "v" {}\n' + (CONCRETE if known else SYMBOLIC.replace("UNSAID", UNSAID))
    for number, one in enumerate(expressions):
        more = "null" if known else "aws_s3_bucket.two[0].id"
        text += f'resource "aws_iam_policy" "p{number}" {{\n  policy = jsonencode([{one}, {more}])\n}}\n'
    found = graph_of(text).resources("aws_iam_policy", AFTER)
    return {one.address: one.recovered_json("policy") for one in found}


def real(text: str) -> str:
    return "".join(REAL[symbol_name(char)] if is_symbol(char) else char for char in text)


def comes_true(told: Any, value: Any) -> bool:
    """Whether a value is what was told of it; sets in any order, and with members that turn out to be one."""
    if is_unknown(told) or is_unknown(value):
        return True
    if isinstance(told, dict) and isinstance(value, dict):
        inner = {real(name): one for name, one in told.items()}
        return inner.keys() == value.keys() and all(comes_true(one, value[name]) for name, one in inner.items())
    if isinstance(told, str) and isinstance(value, str):
        return real(told) == value or _as_json(told, value)
    if isinstance(told, list) and isinstance(value, list):
        known = [one for one in list.__iter__(told) if not is_unknown(one)]
        return all(any(comes_true(one, other) for other in value) for one in known) and (
            type(told) is PartialList or all(any(comes_true(one, other) for one in known) for other in value)
        )
    return type(told) is type(value) and bool(told == value)


def _as_json(told: str, value: str) -> bool:
    try:
        return comes_true(json.loads(told), json.loads(value)) if told[:1] in ("[", "{") else False
    except ValueError:
        return False


@pytest.mark.parametrize("seed", range(25))
def test_what_is_told_of_an_expression_comes_true(seed: int) -> None:
    draw = Random(seed)
    expressions = [draw.choice([a_text, a_list, an_object])(draw, 3) for _ in range(40)]
    told, values = policies(expressions, known=False), policies(expressions, known=True)
    for number, expression in enumerate(expressions):
        found, value = told[f"aws_iam_policy.p{number}"], values[f"aws_iam_policy.p{number}"]
        # Where Terraform refuses the expression, there is no value to compare with.
        if found is not None and isinstance(value, list) and not is_unknown(list.__getitem__(value, 0)):
            assert comes_true(list.__getitem__(found, 0), value[0]), (
                expression,
                list.__getitem__(found, 0),
                value[0],
            )
