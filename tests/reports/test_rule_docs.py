"""The page of a rule, and the index."""

from __future__ import annotations

from pytest_regressions.file_regression import FileRegressionFixture

from planguard.engine.rule import Pair, Parameter, Rule
from planguard.reports.rule_docs import render_index, render_page

RULE = Rule(
    id="aws-thing-open",
    title="Thing is open to <everybody>",
    why="Whoever finds `thing_*` in a|b takes it.",
    fix="Set `open = false`.",
    domain="network",
    severity="high",
    resources=("aws_thing", "aws_other_thing"),
    aliases=("CKV_AWS_1", "AVD-AWS-0001", "X-1"),
    controls={"nist-800-53r5": ("AC-3", "SC-7"), "cis-aws": ("1.4:5.10", "1.4:5.9")},
    links=("https://example.com/thing",),
    since="0.2.0",
    wider=("aws-all-open",),
    parameters={
        "days": Parameter("integer", 90, "How old it may be"),
        "names": Parameter("list", (), "Names that may be open"),
    },
    bad={"open": '\n    resource "aws_thing" "x" {\n      open = true\n    }\n  ', "another": "x"},
    good={"closed, in a change": Pair('resource "aws_thing" "x" {}', 'resource "aws_thing" "x" { open = false }')},
)
OTHER = Rule(
    id="google-thing-old",
    title="Thing is old",
    why="Why",
    fix="Fix",
    domain="baseline",
    severity="low",
    resources=("google_thing",),
    aliases=("CKV_AWS_1",),
    controls={"cis-aws": ("1.4:5.9",)},
)


def test_a_page(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_page(RULE), extension=".md", encoding="utf-8")


def test_the_index(file_regression: FileRegressionFixture) -> None:
    file_regression.check(render_index([OTHER, RULE], ["differences.md"]), extension=".md", encoding="utf-8")
