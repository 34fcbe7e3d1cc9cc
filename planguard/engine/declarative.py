"""The code of a declarative rule: its compiled condition, asked of a resource's values or of a change."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from planguard.engine.condition import compile_condition, filled
from planguard.engine.defaults import Defaults
from planguard.engine.rule import Rule, Violation
from planguard.graph.change import Change
from planguard.graph.resource import Resource
from planguard.plan.sensitive import SENSITIVE
from planguard.plan.unknown import Undetermined, Unknown

_PLACEHOLDER = re.compile(r"\{([a-z_][A-Za-z0-9_.\[\]]*)\}")


def declarative_judge(rule: Rule, parameters: dict[str, Any]) -> Callable[[Any], Iterator[Violation]]:
    """The code of a declarative rule.

    :param parameters: a value for each of its parameters

    A state rule's condition sees the resource's attributes; a change rule's sees ``before``, ``after``, ``action``
    and ``actions``.
    """
    holds = compile_condition(filled(rule.condition, parameters))
    applies = compile_condition(filled(rule.when, parameters)) if rule.when is not None else None
    message = _filled(_with_parameters(rule.message, parameters))
    path = rule.path
    defaults = Defaults(rule.defaults) if rule.defaults else None

    def judge_state(resource: Resource) -> Iterator[Violation]:
        values = resource.bare_values
        if defaults is not None:
            values = defaults.laid_under(values, resource)
        if _is_fine(holds, applies, values):
            return
        yield Violation(path, message(resource.get))

    def judge_change(change: Change) -> Iterator[Violation]:
        document = {
            "before": change.before.bare_values if change.before is not None else None,
            "after": change.after.bare_values if change.after is not None else None,
            "action": change.action,
            "actions": list(change.actions),
        }
        if _is_fine(holds, applies, document):
            return
        shown = change.after or change.before
        yield Violation(path, message(shown.get if shown is not None else lambda _: None))

    return judge_change if rule.judges == "change" else judge_state


Test = Callable[[dict[str, Any]], bool]


def _is_fine(holds: Test, applies: Test | None, document: dict[str, Any]) -> bool:
    """Whether a rule does not apply, or what it demands holds. Either is enough, whatever is unknown of the other."""
    if applies is None:
        return holds(document)
    try:
        if not applies(document):
            return True
    except Undetermined:
        if holds(document):
            return True
        raise
    return holds(document)


def _with_parameters(text: str, parameters: dict[str, Any]) -> str:
    for name, value in parameters.items():
        shown = ", ".join(value) if isinstance(value, (list, tuple)) else _shown(value)
        text = re.sub(rf"\${name}\b", lambda _, shown=shown: shown, text)  # type: ignore[misc]
    return text


def _filled(text: str) -> Callable[[Callable[[str], Any]], str]:
    """A message with ``{attribute}`` in it, as a function of how attributes are read."""
    if not _PLACEHOLDER.search(text):
        return lambda _: text

    def fill(read: Callable[[str], Any]) -> str:
        return _PLACEHOLDER.sub(lambda match: _shown(read(match.group(1))), text)

    return fill


def _shown(value: Any) -> str:
    if type(value) is Unknown:
        return "(known after apply)"
    if value == None:  # noqa: E711 - a plain comparison, as rules are told to write it
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (str, int, float)):
        return str(value)
    return SENSITIVE if not isinstance(value, (list, dict)) else f"{len(value)} values"
