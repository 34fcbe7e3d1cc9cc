"""The rules of a run: chosen by id, alias or domain, indexed by resource type, code loaded when a type occurs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fnmatch import fnmatchcase
from hashlib import sha256
from pathlib import Path
from typing import Any

from planguard.engine.pack import Pack
from planguard.engine.rule import DOMAINS, ENVIRONMENTS, FIRST_IN_MODULE, TAGGABLE, Rule, Violation, has_alias
from planguard.errors import CallError, RuleFileError

Judge = Callable[[Any], Iterator[Violation]]
"""The code of a rule: takes a Resource or a Change, yields violations."""


class RuleSet:
    """Rules that are in force, and where they came from.

    :ivar rules: ordered by id
    :ivar for_modules: those that look at the first resource of each module
    :ivar for_environments: ids of those that ask nothing unless policy defines environments
    """

    def __init__(self, packs: Iterable[Pack], rules: Iterable[Rule]) -> None:
        self.packs = tuple(packs)
        self.rules = tuple(sorted(rules, key=lambda rule: rule.id))
        self._exact: dict[str, list[Rule]] = {}
        self._patterns: list[tuple[str, Rule]] = []
        self._judges: dict[str, Judge] = {}
        self.for_modules: list[Rule] = []
        self.for_environments: set[str] = set()
        for rule in self.rules:
            if rule.needs == ENVIRONMENTS:
                self.for_environments.add(rule.id)
            elif rule.needs and not rule.parameters[rule.needs].default:
                continue
            for one in rule.resources:
                if one == FIRST_IN_MODULE:
                    self.for_modules.append(rule)
                elif "*" in one or one == TAGGABLE:
                    self._patterns.append((one, rule))
                else:
                    self._exact.setdefault(one, []).append(rule)

    @property
    def digest(self) -> str:
        """``sha256:`` and the hex digest over the packs, and over the rules in force with their settings."""
        whole = sha256()
        for pack in self.packs:
            whole.update(f"{pack.digest}\n".encode())
        for rule in self.rules:
            set_ = "".join(f" {name}={one.default!r}" for name, one in sorted(rule.parameters.items()))
            whole.update(f"{rule.id} {rule.severity}{set_}\n".encode())
        return "sha256:" + whole.hexdigest()

    def for_kind(self, kind: str, *, with_environments: bool = True) -> list[tuple[Rule, bool]]:
        """The rules that judge a resource type, ordered by id, each once.

        The flag says that the rule is only for resources that take tags.

        :param with_environments: whether policy defines environments
        """
        found = self._for_kind(kind)
        if with_environments or not self.for_environments:
            return found
        return [one for one in found if one[0].id not in self.for_environments]

    def _for_kind(self, kind: str) -> list[tuple[Rule, bool]]:
        found: dict[str, tuple[Rule, bool]] = {rule.id: (rule, False) for rule in self._exact.get(kind, ())}
        for pattern, rule in self._patterns:
            if rule.id in found and not found[rule.id][1]:
                continue
            if pattern == TAGGABLE:
                if "." not in kind:
                    found.setdefault(rule.id, (rule, True))
            elif ("." in pattern) == ("." in kind) and fnmatchcase(kind, pattern):
                found[rule.id] = (rule, False)
        return [found[identity] for identity in sorted(found)]

    def judge(self, rule: Rule) -> Judge:
        """The code of a rule, loaded on first use.

        :raises RuleFileError: when it cannot be
        """
        known = self._judges.get(rule.id)
        if known is None:
            known = self._judges[rule.id] = load_judge(rule)
        return known


def load_judge(rule: Rule) -> Judge:
    """The code of a rule, with its parameters set as they stand in it.

    :raises RuleFileError: when it cannot be loaded
    """
    values = {name: one.default for name, one in rule.parameters.items()}
    if rule.kind == "yaml":
        from planguard.engine.declarative import declarative_judge

        return declarative_judge(rule, values)
    from planguard.engine.python_rules import load_module

    module = load_module(Path(rule.pack), rule.module, place=rule.file)
    judge = getattr(module, rule.function, None)
    if not callable(judge):
        raise RuleFileError(f"`{rule.function}` is gone", place=f"{rule.file}:{rule.line}")
    if values:
        from functools import partial

        return partial(judge, **values)
    return judge  # type: ignore[no-any-return]


def _names(rule: Rule) -> set[str]:
    return {rule.id, rule.domain, *rule.aliases, *(one.removeprefix("AVD-") for one in rule.aliases)}


def select_rules(
    packs: Iterable[Pack],
    only: Iterable[str] = (),
    skip: Iterable[str] = (),
    *,
    change: Callable[[list[Rule]], list[Rule]] | None = None,
) -> RuleSet:
    """The rules of some packs, narrowed.

    :param only: ids, aliases or domains: keep the rules that one of them names
    :param skip: likewise: leave them out
    :param change: makes of all rules those that a policy wants
    :raises CallError: when a name is that of no rule
    :raises RuleFileError: when two packs have a rule of the same id
    """
    packs = list(packs)
    rules: dict[str, Rule] = {}
    for pack in packs:
        for rule in pack.rules:
            if rule.id in rules:
                raise RuleFileError(
                    f"`{rule.id}` is the id of a rule in another pack, at {rules[rule.id].file}",
                    "give one of them another id",
                    place=f"{rule.file}:{rule.line}",
                )
            rules[rule.id] = rule
    only, skip = list(only), list(skip)
    known = {name for rule in rules.values() for name in _names(rule)} | set(DOMAINS)
    for option, names in (("--only", only), ("--skip", skip)):
        for name in names:
            if name not in known:
                raise CallError(f"{option} `{name}` names no rule", _near(name, known))
    wanted = list(rules.values()) if change is None else change(list(rules.values()))
    kept = [
        rule for rule in wanted if (not only or not _names(rule).isdisjoint(only)) and _names(rule).isdisjoint(skip)
    ]
    if not kept:
        raise CallError("no rule is left to run", "look at --only, --skip and --no-builtin")
    return RuleSet(packs, kept)


def find_rules(rules: Iterable[Rule], name: str) -> list[Rule]:
    """The rules that an id or an alias names.

    :raises CallError: when there is none
    """
    rules = list(rules)
    found = [rule for rule in rules if name == rule.id] or [rule for rule in rules if has_alias(rule, name)]
    if not found:
        known = {one for rule in rules for one in (rule.id, *rule.aliases)}
        raise CallError(f"`{name}` is neither the id nor an alias of a rule", _near(name, known))
    return found


def _near(word: str, known: set[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(word, sorted(known), n=1, cutoff=0.6)
    return f"did you mean `{close[0]}`?" if close else "`planguard rules list` shows what there is"
