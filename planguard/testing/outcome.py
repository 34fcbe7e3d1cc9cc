"""What a rule said of an example, and whether that is what the example is for."""

from __future__ import annotations

import msgspec

from planguard.engine.evaluate import evaluate
from planguard.engine.finding import FIXED
from planguard.engine.rule import ENVIRONMENTS, PLAN_ENVIRONMENT, Rule
from planguard.engine.ruleset import RuleSet
from planguard.engine.settings import for_examples
from planguard.errors import PlanguardError, RuleFileError
from planguard.graph.graph import Graph
from planguard.testing.example import BAD, GOOD, Example, PlanMaker, graph_of, plan_bytes

EXPECTED = {
    BAD: "a violation, and no error",
    GOOD: "no violation, and nothing undetermined",
    "undetermined": "undetermined, and no violation",
}


class Said(msgspec.Struct, frozen=True):
    """One thing that a rule said: of which resource, at which attribute, and what."""

    address: str
    path: str
    message: str


class Outcome(msgspec.Struct, frozen=True):
    """What one rule said of one plan; violations that the plan fixes are none."""

    violations: tuple[Said, ...] = ()
    undetermined: tuple[Said, ...] = ()
    errors: tuple[Said, ...] = ()

    def suits(self, kind: str) -> bool:
        """Whether this is what an example of a kind is to give."""
        if self.errors:
            return False
        if kind == BAD:
            return bool(self.violations)
        return not self.violations and bool(self.undetermined) == (kind != GOOD)


class Result(msgspec.Struct, frozen=True):
    """An example and what came of it.

    :ivar plan: the plan that it stood for; empty where none could be made
    :ivar lines: the lines of the pack that ran, by file; only where they were asked for
    """

    example: Example
    outcome: Outcome
    plan: bytes = b""
    lines: dict[str, tuple[int, ...]] = {}

    @property
    def passed(self) -> bool:
        """Whether the rule said what the example expects."""
        return self.outcome.suits(self.example.kind)

    @property
    def expected(self) -> str:
        """What the example expects, in words."""
        return EXPECTED[self.example.kind]


def outcome_of(rule: Rule, graph: Graph) -> Outcome:
    """Ask one rule of every resource of a graph.

    :raises RuleFileError: when the code of the rule cannot be loaded
    """
    return outcome_in(RuleSet((), [for_examples(rule)]), graph)


def outcome_in(rules: RuleSet, graph: Graph) -> Outcome:
    """The same for a set of one rule, so that its code is loaded once for many graphs."""
    if rules.for_environments:
        _set_environments(rules.rules[0], graph)
    findings = evaluate(graph, rules)
    return Outcome(
        tuple(Said(one.node.address, one.path, one.message) for one in findings.violations if one.status != FIXED),
        tuple(Said(one.node.address, one.path, one.why) for one in findings.undetermined),
        tuple(Said(one.node.address, "", one.message) for one in findings.errors),
    )


def _set_environments(rule: Rule, graph: Graph) -> None:
    """Give a graph the environments that the examples of a rule are tried with."""
    from planguard.engine.environments import environments_of

    graph.environments = environments_of(rule.tried_with.get(ENVIRONMENTS) or {})
    graph.environment = graph.environments.named(rule.tried_with.get(PLAN_ENVIRONMENT))


def run_example(example: Example, make: PlanMaker) -> Result:
    """Make the plan of an example and ask its rule.

    :raises RuleFileError: when the code of the rule cannot be loaded
    """
    plan = b""
    try:
        plan = plan_bytes(example, make)
        return Result(example, outcome_of(example.rule, graph_of(plan, example.id)), plan)
    except RuleFileError:
        raise
    except PlanguardError as error:
        return Result(example, Outcome(errors=(Said("", "", f"no plan: {error.message}"),)), plan)
