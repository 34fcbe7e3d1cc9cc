"""One instance of a module: its variables, locals, resources, calls and outputs, each evaluated when asked for.

What depends on itself is unknown. Values are worked out from the bottom up where they rest on each other in a long
chain, so that its length does not matter.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from planguard.plan.address import ANY_KEY, Key
from planguard.plan.source.contents import Contents, ModuleContent
from planguard.plan.source.evaluation.body import object_of
from planguard.plan.source.evaluation.constraint import ANY, Type, convert, parse_type
from planguard.plan.source.evaluation.expression import evaluate, evaluate_or_unknown
from planguard.plan.source.evaluation.planned import Planned, attribute_after, object_after
from planguard.plan.source.evaluation.policy import NO_DOCUMENT, policy_document
from planguard.plan.source.evaluation.provider import provider_wide, where_one_is
from planguard.plan.source.evaluation.repetition import Repetition, repetition_as_planned, repetition_of
from planguard.plan.source.evaluation.scope import Scope
from planguard.plan.source.evaluation.slot import AttributeTable, Slots, slots_in
from planguard.plan.source.evaluation.symbol import Symbol, Symbolic, named
from planguard.plan.source.evaluation.value import (
    UNKNOWN,
    NoValueError,
    OpenObject,
    UnreadableError,
    marked,
    plain,
    to_number,
    to_string,
    unmarked,
)
from planguard.plan.source.syntax import LITERAL, Section

_DEEPEST = 12
"""Values that are worked out while others wait for them, before the chain is begun from its other end."""


class TooDeepError(Exception):
    """A value is needed at the end of a long chain: it is to be worked out first."""

    def __init__(self, compute: Callable[[], Any]) -> None:
        super().__init__("a long chain")
        self.compute = compute


@dataclass(eq=False)
class Evaluation:
    """What all modules of one configuration share.

    :ivar table: what resource types have
    :ivar data: values of data sources that the caller knows, by type
    :ivar workspace: ``terraform.workspace``; None where nobody knows
    :ivar planned: a plan of the configuration: what it knows is used, what it does not know becomes symbolic
    """

    contents: Contents
    table: AttributeTable | None = None
    data: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    workspace: str | None = "default"
    planned: Planned | None = None
    busy: set[tuple[int, str, str]] = field(default_factory=set)
    depth: int = 0
    _slots: dict[str, Slots | None] = field(default_factory=dict)

    def slots(self, kind: str) -> Slots | None:
        """What a resource type has, None where nobody knows."""
        if kind not in self._slots:
            self._slots[kind] = slots_in(self.table, kind)
        return self._slots[kind]

    def settle(self, compute: Callable[[], Any]) -> Any:
        """The value of ``compute``, with the far ends of long chains worked out first."""
        pending = [compute]
        result: Any = None
        while pending:
            self.depth = 0
            self.busy.clear()
            try:
                result = pending[-1]()
                pending.pop()
            except TooDeepError as deep:
                pending.append(deep.compute)
        return result


@dataclass(eq=False)
class Module:
    """One instance of a module.

    :ivar path: names and keys of the calls that lead here
    :ivar given: for each variable that is given how to work out its value
    """

    evaluation: Evaluation
    content: ModuleContent
    path: tuple[tuple[str, Key], ...] = ()
    given: Mapping[str, Callable[[], Any]] = field(default_factory=dict)
    parent: Module | None = None
    call: Section | None = None
    deferred: bool = False
    _values: dict[tuple[str, str], Any] = field(default_factory=dict)
    _repetitions: dict[str, Repetition] = field(default_factory=dict)
    _children: dict[str, dict[Key, Module] | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scope = Scope(self, {}, symbolic=self.evaluation.planned is not None)

    # --- one value at a time ---------------------------------------------------------------------------------------

    def _once(self, kind: str, name: str, compute: Callable[[], Any]) -> Any:
        key = (kind, name)
        if key in self._values:
            return self._values[key]
        shared = self.evaluation
        busy = (id(self), kind, name)
        if busy in shared.busy:
            return UNKNOWN  # it depends on itself
        if shared.depth >= _DEEPEST:
            raise TooDeepError(lambda: self._once(kind, name, compute))
        shared.busy.add(busy)
        shared.depth += 1
        try:
            value = compute()
        finally:
            shared.busy.discard(busy)
            shared.depth -= 1
        self._values[key] = value
        return value

    def variable(self, name: str) -> Any:
        """``var.<name>``."""
        section = self.content.variables.get(name)
        if section is None:
            return UNKNOWN
        return self._once("var", name, lambda: self._variable(name, section))

    def _variable(self, name: str, section: Section) -> Any:
        type_ = self.type_of(section)
        value: Any = None
        is_given = name in self.given
        if is_given:
            value = self.given[name]()
        default = section.arguments.get("default")
        nullable = section.literal("nullable") is not False
        if not is_given or (unmarked(value) is None and not nullable):
            value = evaluate_or_unknown(default.expression, self.scope) if default is not None else UNKNOWN
        try:
            value = convert(value, type_)
        except NoValueError:
            value = UNKNOWN
        return marked(value) if section.literal("sensitive") is True else value

    def type_of(self, section: Section) -> Type:
        """The type that a variable's block names."""
        named = section.arguments.get("type")
        if named is None:
            return ANY
        return parse_type(named.expression, lambda node: evaluate_or_unknown(node, self.scope))

    def local(self, name: str) -> Any:
        """``local.<name>``."""
        argument = self.content.locals.get(name)
        if argument is None:
            return UNKNOWN
        return self._once("local", name, lambda: evaluate_or_unknown(argument.expression, self.scope))

    def output(self, name: str) -> Any:
        """The value of an output."""
        section = self.content.outputs.get(name)
        value = section.arguments.get("value") if section is not None else None
        if section is None or value is None:
            return UNKNOWN
        found = self._once("output", name, lambda: evaluate_or_unknown(value.expression, self.scope))
        return marked(found) if section.literal("sensitive") is True else found

    # --- resources -------------------------------------------------------------------------------------------------

    def repetition(self, name: str, section: Section) -> Repetition:
        """The instances of a block.

        :param name: ``aws_vpc.main``, ``data.aws_ami.this``, or ``module.<call>``
        """
        if name not in self._repetitions:
            found = self._once("instances", name, lambda: repetition_of(section, self.scope))
            if found is UNKNOWN:
                return Repetition("unknown", {})
            if self.evaluation.planned is not None:
                found = repetition_as_planned(found, self.evaluation.planned.keys(self.path, name))
            self._repetitions[name] = found
        return self._repetitions[name]

    def instance(self, name: str, section: Section, key: Key) -> Any:
        """The object that a plan would hold for one instance of a resource or data source."""
        if self.evaluation.planned is not None:
            return object_after(self, name, section, key)
        return self._once(name, repr(key), lambda: self._instance(name, section, key))

    def _referred(self, name: str, section: Section, key: Key, steps: list[Any], used: int) -> tuple[Any, int]:
        """An instance, or at once the attribute of it that is wanted, and how many of the steps that used up."""
        if self.evaluation.planned is not None and len(steps) > used and isinstance(steps[used], str):
            return attribute_after(self, name, section, key, steps[used]), used + 1
        return self.instance(name, section, key), used

    def _instance(self, name: str, section: Section, key: Key) -> OpenObject:
        names = self.repetition(name, section).instances.get(key, {})
        type_ = section.labels[0]
        if section.kind == "resource":
            slots = self.evaluation.slots(type_)
            found = object_of(section, self.scope.within(names), slots)
            provider_wide(self, section, found, slots)
            if slots is None:
                found.setdefault("id", UNKNOWN)
                if type_.startswith("aws_"):
                    found.setdefault("arn", UNKNOWN)
            return found
        found = object_of(section, self.scope.within(names), self.evaluation.slots(f"data.{type_}"))
        return self._read(type_, section, found)

    def _read(self, type_: str, section: Section, found: OpenObject) -> OpenObject:
        """A data source with what it reads, as far as that is known."""
        if type_ == "aws_iam_policy_document":
            known = self._policy(section, found)
        else:
            known = {} if self.waits(section) else self.evaluation.data.get(type_, {})
            known = {**known, **where_one_is(self, section)}
            slots = self.evaluation.slots(f"data.{type_}") or {}
            for name, value in found.items():
                slot = slots.get(name)
                settled = slot is not None and bool(slot.nesting) and not slot.computed
                if name not in section.arguments and not value and not settled:
                    found[name] = UNKNOWN  # reading may fill in anything that nobody wrote, but no block
        for name, value in known.items():
            if name not in section.arguments:
                found[name] = value
        found.setdefault("id", UNKNOWN)
        return found

    def _policy(self, section: Section, found: OpenObject) -> Mapping[str, Any]:
        if self.waits(section):
            return NO_DOCUMENT
        try:
            return policy_document(plain(found))
        except (NoValueError, KeyError, TypeError, AttributeError):
            return NO_DOCUMENT

    def waits(self, section: Section) -> bool:
        """Whether a data source is read only when a resource that it depends on is there."""
        argument = section.arguments.get("depends_on")
        return self.deferred or (
            argument is not None
            and any(not one.startswith(("data.", "var.", "local.")) for one in argument.references)
        )

    def resource(self, name: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        """What a reference to a resource means, and how many of the steps behind its name that used up."""
        section = self.content.resources.get(name)
        if section is None:
            return UNKNOWN, 0
        repetition = self.repetition(name, section)
        if repetition.kind == "single":
            return self._referred(name, section, None, steps, 0)
        if repetition.kind == "unknown":
            return UNKNOWN, 0
        if steps and isinstance(steps[0], list) and len(steps[0]) == 1:
            key = unmarked(evaluate(steps[0][0], scope))
            key = to_number(key) if repetition.kind == "count" else to_string(key)
            if key is UNKNOWN or type(key) is Symbolic:
                return UNKNOWN, 1
            if key not in repetition.instances:
                raise NoValueError("there is no such instance")
            return self._referred(name, section, key, steps, 1)
        found = {key: self.instance(name, section, key) for key in repetition.instances}
        return list(found.values()) if repetition.kind == "count" else found, 0

    # --- modules ---------------------------------------------------------------------------------------------------

    def children(self, name: str) -> dict[Key, Module] | None:
        """The instances of a called module; None where its files are not at hand."""
        if name not in self._children:
            self._children[name] = self._called(name, self.content.calls[name])
        return self._children[name]

    def _called(self, name: str, call: Section) -> dict[Key, Module] | None:
        path = (*(step for step, _ in self.path), name)
        content = self.evaluation.contents.called(path, self.content, call)
        if content is None or len(path) > 32:
            return None
        children: dict[Key, Module] = {}
        for key, names in self.repetition(f"module.{name}", call).instances.items():
            scope = self.scope.within(names)
            given = {
                one: _later(argument.expression, scope)
                for one, argument in call.arguments.items()
                if one in content.variables
            }
            waits = self.deferred or self.waits(call)
            children[key] = Module(
                self.evaluation, content, (*self.path, (name, key)), given, parent=self, call=call, deferred=waits
            )
        return children

    def _outputs(self, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        """What ``module.<name>…`` means, and how many steps that used up."""
        name = steps[0]
        call = self.content.calls.get(name) if isinstance(name, str) else None
        children = self.children(name) if call is not None else None
        if call is not None and children is None and self.evaluation.planned is not None:
            return named(Symbol(f"{self.prefix}module.{name}")), 1
        if call is None or children is None:
            return UNKNOWN, 1
        repetition = self.repetition(f"module.{name}", call)
        if repetition.kind == "unknown":
            return UNKNOWN, 1
        used = 1
        if repetition.kind != "single" and len(steps) > 1 and isinstance(steps[1], list) and len(steps[1]) == 1:
            key = unmarked(evaluate(steps[1][0], scope))
            key = to_number(key) if repetition.kind == "count" else to_string(key)
            if key is UNKNOWN or type(key) is Symbolic:
                return UNKNOWN, 2
            if key not in children:
                raise NoValueError("there is no such instance")
            child, used = children[key], 2
        elif repetition.kind == "single":
            child = children[None]
        else:
            found = {key: child.outputs() for key, child in children.items()}
            return list(found.values()) if repetition.kind == "count" else found, 1
        if len(steps) > used and isinstance(steps[used], str):
            return child.output(steps[used]), used + 1
        return child.outputs(), used

    def outputs(self) -> dict[str, Any]:
        """Every output."""
        return {name: self.output(name) for name in self.content.outputs}

    # --- names -----------------------------------------------------------------------------------------------------

    def resolve(self, root: str, steps: list[Any], scope: Scope) -> tuple[Any, int]:
        """The value that a traversal begins with, and how many of its steps that has used up."""
        first = steps[0] if steps else None
        if not isinstance(first, str):
            raise NoValueError(f"`{root}` alone means nothing")
        match root:
            case "var":
                return self.variable(first), 1
            case "local":
                return self.local(first), 1
            case "module":
                return self._outputs(steps, scope)
            case "path":
                return self._path(first), 1
            case "terraform":
                return self._terraform(first), 1
            case "each" | "count" | "self" | "ephemeral":
                return UNKNOWN, 1
            case "data":
                if len(steps) < 2 or not isinstance(steps[1], str):
                    raise NoValueError("a data source needs a type and a name")
                value, used = self.resource(f"data.{first}.{steps[1]}", steps[2:], scope)
                return value, used + 2
        value, used = self.resource(f"{root}.{first}", steps[1:], scope)
        return value, used + 1

    def _terraform(self, name: str) -> Any:
        workspace = self.evaluation.workspace
        if name == "workspace" and workspace is None and self.evaluation.planned is not None:
            return named(Symbol("terraform.workspace")).as_text()
        return workspace if name == "workspace" and workspace is not None else UNKNOWN

    def _path(self, name: str) -> Any:
        return {"module": self.content.folder, "root": ".", "cwd": UNKNOWN}.get(name, UNKNOWN)

    def load(self, path: str) -> bytes:
        """The content of a file of the configuration.

        :raises NoValueError: there is none, or it lies outside
        """
        content = self.evaluation.contents.file(posixpath.normpath(path))
        if content is None:
            failed = NoValueError if self.evaluation.planned is None else UnreadableError
            raise failed("there is no such file in the configuration")
        return content

    def modules(self) -> Iterator[Module]:
        """This module and all that it calls, parents first."""
        pending = [self]
        while pending:
            module = pending.pop(0)
            yield module
            for name in sorted(module.content.calls):
                children = self.evaluation.settle(lambda name=name, module=module: module.children(name))  # type: ignore[misc]
                pending.extend((children or {}).values())

    @property
    def address(self) -> str:
        """``module.a["x"].module.b``, empty for the root."""
        from planguard.plan.source.planned.address import rendered_key

        return ".".join(f"module.{name}{rendered_key(key)}" for name, key in self.path)

    @property
    def prefix(self) -> str:
        """What stands before the address of what is in it."""
        return f"{self.address}." if self.path else ""


def _later(expression: Any, scope: Scope) -> Callable[[], Any]:
    if expression[0] == LITERAL:
        return lambda: expression[1]
    return lambda: evaluate_or_unknown(expression, scope)


__all__ = ["ANY_KEY", "Evaluation", "Module", "TooDeepError"]
