"""From a reference in the configuration to the instances that it means.

An expression stands in a module, but references tie instances. Where both ends have an instance key and the
expression uses ``each`` or ``count``, the same key is meant; otherwise it may be any of them, and the edges say so.
Module inputs and outputs are followed at any depth, ``local.*`` where source is given.

Source: the references of Terraform's ``internal/command/jsonconfig/expression.go``; why the instance has to be
worked out: the plan does not say which one is referred to (hashicorp/terraform issue 30826).
"""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from planguard.graph.configuration import Block, Module
from planguard.graph.node import Node
from planguard.plan.address import Key, ModulePath, Reference, parse_reference

if TYPE_CHECKING:
    from planguard.plan.source.evaluation.planned import Planned
    from planguard.plan.source.recovery import Recovery

_DEPTH = 64


class Certainty(IntEnum):
    """How sure it is that an edge ties these two instances."""

    POSSIBLE = 0
    """One of several instances is meant, and the plan does not say which."""
    KEY = 1
    """The same instance key on both ends."""
    EXACT = 2
    """The configuration names the instance, or values are equal."""


class Locals(Protocol):
    """Where source is given: what a local value refers to, what ``dynamic`` blocks set, what a plan leaves out."""

    def local_references(self, module: tuple[str, ...], name: str) -> list[str]: ...

    def is_written(self, node: Node, names: tuple[str, ...]) -> bool: ...

    def recovery(self, planned: Planned) -> Recovery: ...


Target = tuple[Node, tuple[str | tuple[Key], ...], Certainty]


class Scope:
    """Where an expression stands: its module, which instance of that, and the instance key it is evaluated for."""

    __slots__ = ("instance", "key", "module", "repeats")

    def __init__(self, module: Module, instance: ModulePath, key: Key, repeats: list[str]) -> None:
        self.module = module
        self.instance = instance
        self.key = key
        self.repeats = repeats

    def caller(self) -> Scope | None:
        """The scope of the module call's arguments."""
        parent = self.module.parent
        if parent is None or not self.instance:
            return None
        return Scope(parent, self.instance[:-1], self.instance[-1][1], self.module.for_each)


class Resolver:
    """Finds the instances that traversals mean, each (scope, traversal) once."""

    def __init__(self, locals_: Locals | None = None) -> None:
        self._locals = locals_
        self._known: dict[tuple[int, ModulePath, Key, str, bool], list[Target]] = {}
        self._whole: dict[tuple[int, ModulePath, tuple[str | tuple[Key], ...]], list[Target]] = {}

    def targets(self, traversals: list[str], scope: Scope, depth: int = 0) -> list[Target]:
        """The instances that an expression's traversals mean, without repetition.

        :param traversals: the longest ones of a ``references`` list
        """
        if depth > _DEPTH:
            return []
        by_key = any(text.startswith(("each.", "count.")) for text in traversals)
        lists = [one for text in traversals if (one := self._of(text, scope, by_key, depth))]
        if len(lists) < 2:
            return lists[0] if lists else []
        found: dict[int, Target] = {}
        for one in lists:
            for target in one:
                known = found.get(target[0].index)
                if known is None or known[2] < target[2]:
                    found[target[0].index] = target
        return list(found.values())

    def _of(self, text: str, scope: Scope, by_key: bool, depth: int) -> list[Target]:
        memo = (id(scope.module), scope.instance, scope.key, text, by_key)
        known = self._known.get(memo)
        if known is None:
            self._known[memo] = []  # a circle of references ends here
            known = self._known[memo] = self._find(parse_reference(text), scope, by_key, depth)
        return known

    def _find(self, reference: Reference, scope: Scope, by_key: bool, depth: int) -> list[Target]:
        kind = reference.kind
        if kind == "resource":
            block = scope.module.blocks.get(reference.name)
            return self._instances(block, reference, scope, by_key) if block else []
        if kind == "module":
            return self._through_output(reference, scope, by_key, depth)
        if kind == "var":
            caller = scope.caller()
            if caller is None:
                return []
            inner = self.targets(scope.module.argument(reference.name), caller, depth + 1)
            return _narrowed(inner, reference)
        if kind == "each" and reference.name == "value":
            return self._through_for_each(reference, scope, depth)
        if kind == "local" and self._locals is not None:
            traversals = self._locals.local_references(scope.module.path, reference.name)
            return _narrowed(self.targets(traversals, scope, depth + 1), reference)
        return []

    def _instances(self, block: Block, reference: Reference, scope: Scope, by_key: bool) -> list[Target]:
        instances = block.instances.get(scope.instance, [])
        if reference.has_key:
            node = block.by_key.get((scope.instance, reference.key))
            return [(node, reference.rest, Certainty.EXACT)] if node is not None else []
        if len(instances) == 1 and instances[0].key is None:
            return [(instances[0], reference.rest, Certainty.EXACT)]
        if by_key and scope.key is not None:
            node = block.by_key.get((scope.instance, scope.key))
            if node is not None:
                return [(node, reference.rest, Certainty.KEY)]
        # The whole collection stands there. All of it may be meant, or what a `for … if` or another key leaves of it.
        # It is one list for all who refer to it: a thousand that refer to a thousand must not make a million.
        whole = (id(block), scope.instance, reference.rest)
        found = self._whole.get(whole)
        if found is None:
            certainty = Certainty.POSSIBLE if len(instances) > 1 else Certainty.EXACT
            found = self._whole[whole] = [(node, reference.rest, certainty) for node in instances]
        return found

    def _through_for_each(self, reference: Reference, scope: Scope, depth: int) -> list[Target]:
        """``each.value`` is the instance of what ``for_each`` runs over that has the same key."""
        found: list[Target] = []
        for text in scope.repeats:
            over = parse_reference(text)
            if over.kind in ("resource", "module") and not over.has_key and not over.rest:
                keyed = Reference(over.kind, over.name, scope.key, True, reference.rest)
                same = self._find(keyed, scope, False, depth + 1)
                if same:
                    found += [(node, rest, min(sure, Certainty.KEY)) for node, rest, sure in same]
                    continue
            found += _same_key(self.targets([text], scope, depth + 1), scope.key)
        return found

    def _through_output(self, reference: Reference, scope: Scope, by_key: bool, depth: int) -> list[Target]:
        module = scope.module.calls.get(reference.name)
        if module is None:
            return []
        output = reference.rest[0] if reference.rest and isinstance(reference.rest[0], str) else None
        names = [output] if output is not None else list(module.config.outputs)
        keys, certainty = _module_keys(module, reference, scope, by_key)
        found: list[Target] = []
        for key in keys:
            inner_scope = Scope(module, (*scope.instance, (reference.name, key)), None, [])
            for name in names:
                for node, rest, inner in self.targets(module.output(name), inner_scope, depth + 1):
                    sure = min(inner, certainty, Certainty.EXACT if output is not None else Certainty.POSSIBLE)
                    found.append((node, rest, sure))
        wanted = Reference("module", reference.name, None, False, reference.rest[1:])
        return _narrowed(found, wanted)


def _module_keys(module: Module, reference: Reference, scope: Scope, by_key: bool) -> tuple[list[Key], Certainty]:
    if reference.has_key:
        return [reference.key], Certainty.EXACT
    keys = _keys_in(module, scope.instance)
    if keys == [None] or not keys:
        return [None], Certainty.EXACT
    if by_key and scope.key in keys:
        return [scope.key], Certainty.KEY
    return keys, Certainty.POSSIBLE if len(keys) > 1 else Certainty.EXACT


def _keys_in(module: Module, instance: ModulePath) -> list[Key]:
    depth = len(instance)
    keys: dict[Key, None] = {}
    pending = [module]
    while pending:
        one = pending.pop()
        for block in one.blocks.values():
            for path in block.instances:
                if path[:depth] == instance and len(path) > depth and path[depth][0] == module.name:
                    keys[path[depth][1]] = None
        pending.extend(one.calls.values())
    return list(keys)


def _same_key(targets: list[Target], key: Key) -> list[Target]:
    same = [(node, rest, Certainty.KEY) for node, rest, _ in targets if node.key == key]
    return same or [(node, rest, Certainty.POSSIBLE) for node, rest, _ in targets]


def _narrowed(targets: list[Target], reference: Reference) -> list[Target]:
    """Use the constant key behind an input, output or local (``module.m.ids["a"]``) to choose among instances."""
    if len(targets) < 2 or not reference.rest:
        return targets
    step = reference.rest[0]
    key = step[0] if isinstance(step, tuple) else step
    same = [(node, rest, Certainty.KEY) for node, rest, _ in targets if node.key == key]
    if same:
        return same
    return [(node, rest, Certainty.POSSIBLE) for node, rest, _ in targets]
