"""What a policy sets of rules: parameters, severity, and whether they run at all.

A setting names rules by id, by the id of the same check in another tool, or by domain. What is said of a domain is
overruled by what is said of an alias, and that by what is said of the id itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import msgspec

from planguard.engine.metadata import fits_parameter, near
from planguard.engine.rule import DOMAINS, Rule, has_alias
from planguard.errors import RuleFileError


class Setting(msgspec.Struct, frozen=True):
    """What is said of the rules that one name stands for.

    :ivar enabled: whether they run; None leaves it as it is
    :ivar severity: theirs from now on; None leaves it as it is
    :ivar parameters: values by parameter
    """

    enabled: bool | None = None
    severity: str | None = None
    parameters: dict[str, Any] = {}


def for_examples(rule: Rule) -> Rule:
    """A rule with the parameters with which its examples are run."""
    if not rule.tried_with:
        return rule
    parameters = {
        name: msgspec.structs.replace(one, default=rule.tried_with.get(name, one.default))
        for name, one in rule.parameters.items()
    }
    return msgspec.structs.replace(rule, parameters=parameters)


Place = Callable[[str, str], str]
"""From the name of a setting, and that of a parameter or nothing, to ``file:line``."""


def with_settings(
    rules: Iterable[Rule], settings: Mapping[str, Setting], place: Place, left_out: Iterable[Rule] = ()
) -> list[Rule]:
    """The rules that run, as a policy wants them.

    :param place: where a setting stands, for errors
    :param left_out: rules that do not run, and that a policy may name all the same
    :raises RuleFileError: for a name that is no rule's, a parameter that a rule does not have or that takes another
        type, naming what is near
    """
    rules = list(rules)
    every = [*rules, *left_out]
    for name in settings:
        if name not in DOMAINS and not any(_is_named(rule, name) for rule in every):
            known = {*DOMAINS, *(one for rule in every for one in (rule.id, *rule.aliases))}
            raise RuleFileError(
                f"`{name}` is neither a rule nor an alias nor a domain", _near(name, known), place=place(name, "")
            )
    found = [_set(rule, settings, place) for rule in rules]
    return [rule for rule in found if rule is not None]


def _is_named(rule: Rule, name: str) -> bool:
    return name in (rule.id, rule.domain) or has_alias(rule, name)


def _set(rule: Rule, settings: Mapping[str, Setting], place: Place) -> Rule | None:
    named = [name for name in settings if _is_named(rule, name)]
    enabled = True
    for name in sorted(named, key=lambda name: (name == rule.id, name != rule.domain)):
        setting = settings[name]
        enabled = setting.enabled if setting.enabled is not None else enabled
        if setting.severity is not None:
            rule = msgspec.structs.replace(rule, severity=setting.severity)
        rule = _with_parameters(rule, name, setting.parameters, place)
    return rule if enabled else None


def _with_parameters(rule: Rule, name: str, values: Mapping[str, Any], place: Place) -> Rule:
    changed = dict(rule.parameters)
    for parameter, value in values.items():
        known = changed.get(parameter)
        if known is None:
            if name == rule.domain:
                continue  # a domain has rules of many kinds; a parameter is set where there is one of its name
            raise RuleFileError(
                f"`{rule.id}` has no parameter `{parameter}`",
                near(parameter, sorted(changed)) if changed else "it has none at all",
                place=place(name, parameter),
            )
        if not fits_parameter(known, value):
            raise RuleFileError(
                f"`{parameter}` of `{rule.id}` must be of type {known.kind}",
                f"its default is `{known.default}`",
                place=place(name, parameter),
            )
        changed[parameter] = msgspec.structs.replace(known, default=value)
    return msgspec.structs.replace(rule, parameters=changed) if values else rule


def _near(word: str, known: set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else "`planguard rules list` shows what there is"
