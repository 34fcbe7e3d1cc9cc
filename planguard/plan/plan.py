"""A plan, taken apart: everything that it says, with values left undecoded until they are asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NoReturn

import msgspec
from msgspec import UNSET, Raw

from planguard.errors import PlanError
from planguard.plan.actions import Action, meaning
from planguard.plan.document import (
    ActionInvocation,
    Change,
    Check,
    Configuration,
    DeferredChange,
    DeferredInvocation,
    RelevantAttribute,
    ResourceChange,
    State,
    StateMode,
    StateModule,
    StateResource,
    Variable,
    decode_changes,
    decode_checked,
    decode_part,
    decode_state,
    decode_value,
)
from planguard.plan.sensitive import Redactor, marked_leaves

_TRUE = b"true"


class SavedContext(msgspec.Struct, frozen=True):
    """What only a saved binary plan tells.

    :ivar workspace: the workspace that it was made in
    :ivar lineage: the lineage of the state that it was made from
    :ivar serial: that state's serial
    """

    workspace: str | None = None
    lineage: str | None = None
    serial: int | None = None


def is_effective(change: ResourceChange) -> bool:
    """Whether a change does anything: imports and moves do, though their action is ``no-op``."""
    return change.change.actions != ["no-op"] or bool(change.previous_address) or bool(change.change.importing)


class Plan(msgspec.Struct):
    """One plan. ``place`` is how messages name it (its file); ``top`` holds its top-level keys, undecoded."""

    place: str
    top: Mapping[str, Raw]
    saved: SavedContext = msgspec.field(default_factory=SavedContext)
    format_version: str = ""
    terraform_version: str = ""
    timestamp: str = ""
    complete: bool | None = None
    applyable: bool | None = None
    changes: list[ResourceChange] = msgspec.field(default_factory=list)
    deferred: list[DeferredChange] = msgspec.field(default_factory=list)
    drift: list[ResourceChange] = msgspec.field(default_factory=list)
    outputs: dict[str, Change] = msgspec.field(default_factory=dict)
    variables: dict[str, Variable] = msgspec.field(default_factory=dict)
    checks: list[Check] = msgspec.field(default_factory=list)
    invocations: list[ActionInvocation] = msgspec.field(default_factory=list)
    deferred_invocations: list[DeferredInvocation] = msgspec.field(default_factory=list)
    configuration: Configuration = msgspec.field(default_factory=Configuration)
    prior_state: State = msgspec.field(default_factory=State)
    relevant: frozenset[str] = frozenset()
    redactor: Redactor = msgspec.field(default_factory=Redactor)
    _state: list[tuple[StateModule, StateResource]] | None = None

    @property
    def has_changes(self) -> bool:
        """Whether the plan holds ``resource_changes``; an empty or a refresh-only plan does not."""
        return "resource_changes" in self.top

    @property
    def changes_resources(self) -> bool:
        """Whether applying it would do anything to a resource, or by an action."""
        pending = self.deferred or self.invocations or self.deferred_invocations
        return bool(pending) or any(map(is_effective, self.changes))

    def all_changes(self) -> Iterator[ResourceChange]:
        """Every resource change, deferred ones included."""
        yield from self.changes
        for deferred in self.deferred:
            yield deferred.resource_change

    def state_resources(self) -> list[tuple[StateModule, StateResource]]:
        """The resources of ``prior_state`` that the plan says no more of, with their modules.

        Those are data sources, and where there are no ``resource_changes`` everything. Deposed objects are left out.

        :raises PlanError: when one is not shaped as the format says, or a key in it stands twice
        """
        if self._state is None:
            self._state = list(self._read_state())
        return self._state

    def _read_state(self) -> Iterator[tuple[StateModule, StateResource]]:
        values = self.prior_state.values
        pending = [values.root_module] if values and values.root_module else []
        while pending:
            module = pending.pop()
            for raw in module.resources or ():
                mode = decode_part(raw, StateMode, part="prior_state", place=self.place).mode
                if mode == "data" or not self.has_changes:
                    resource = decode_checked(raw, StateResource, part="prior_state", place=self.place)
                    if resource.deposed_key is UNSET:
                        yield module, resource
            pending.extend(reversed(module.child_modules or ()))

    def action_of(self, change: ResourceChange) -> Action:
        """What a change's actions mean.

        :raises PlanError: when planguard does not know them
        """
        found = meaning(change.change.actions)
        return found if found is not None else self._refuse_action(change)

    def _refuse_action(self, change: ResourceChange) -> NoReturn:
        actions = change.change.actions
        known = all(action.replace("-", "").isalpha() and len(action) < 40 for action in actions)
        shown = f"`{' + '.join(actions)}` " if known and actions else ""
        raise PlanError(
            f"unknown action {shown}on {self.redactor.address(change.address)}",
            "this plan may be newer than this planguard; update planguard",
            place=self.place,
        )


def _is_null(raw: Raw) -> bool:
    view = memoryview(raw)
    return len(view) == 4 and bytes(view) == b"null"


class _Reader:
    """Decodes the parts of one plan."""

    def __init__(self, place: str, top: Mapping[str, Raw]) -> None:
        self.place = place
        self.top = top

    def part(self, key: str, kind: Any, default: Any) -> Any:
        raw = self.top.get(key)
        if raw is None or _is_null(raw):
            return default
        return decode_checked(raw, kind, part=key, place=self.place)

    def state(self) -> State:
        raw = self.top.get("prior_state")
        return State() if raw is None or _is_null(raw) else decode_state(raw, place=self.place)

    def changes(self, key: str) -> list[ResourceChange]:
        raw = self.top.get(key)
        if raw is None or _is_null(raw):
            return []
        return decode_changes(raw, part=key, place=self.place)

    def flag(self, key: str) -> bool | None:
        found: bool | None = self.part(key, bool | None, None)
        return found


def plan_of(place: str, top: Mapping[str, Raw], saved: SavedContext | None = None) -> Plan:
    """Take a plan's top-level keys apart.

    :param place: how messages name the plan
    :param top: its top-level keys, undecoded (:func:`planguard.plan.kind.recognise`)
    :raises PlanError: when a part is not shaped as the format says
    """
    read = _Reader(place, top)
    plan = Plan(
        place=place,
        top=top,
        saved=saved or SavedContext(),
        format_version=read.part("format_version", str, ""),
        terraform_version=read.part("terraform_version", str, ""),
        timestamp=read.part("timestamp", str, ""),
        complete=read.flag("complete"),
        applyable=read.flag("applyable"),
        changes=read.changes("resource_changes"),
        deferred=read.part("deferred_changes", list[DeferredChange], []),
        drift=read.changes("resource_drift"),
        outputs=read.part("output_changes", dict[str, Change], {}),
        variables=read.part("variables", dict[str, Variable], {}),
        checks=read.part("checks", list[Check], []),
        invocations=read.part("action_invocations", list[ActionInvocation], []),
        deferred_invocations=read.part("deferred_action_invocations", list[DeferredInvocation], []),
        configuration=read.part("configuration", Configuration, Configuration()),
        prior_state=read.state(),
        relevant=frozenset(one.resource for one in read.part("relevant_attributes", list[RelevantAttribute], [])),
    )
    _refuse_unknown_actions(plan)
    _collect_secrets(plan)
    return plan


def _refuse_unknown_actions(plan: Plan) -> None:
    """An action that is not understood is not passed, wherever it stands."""
    for drifted in plan.drift:
        plan.action_of(drifted)
    for name, output in plan.outputs.items():
        if meaning(output.actions) is None:
            raise PlanError(f"unknown action on output `{name}`", "update planguard", place=plan.place)


def _collect_secrets(plan: Plan) -> None:
    """Everything that is marked sensitive anywhere, so that it can be taken out everywhere."""
    add = plan.redactor.add
    place = plan.place
    for change in (*plan.all_changes(), *plan.drift):
        for leaves in _marked(change.change, place=place):
            add(leaves)
    for output in plan.outputs.values():
        for leaves in _marked(output, place=place):
            add(leaves)
    for name, config in plan.configuration.root_module.variables.items():
        if config.sensitive:
            given = plan.variables.get(name)
            for raw in (config.default, given.value if given else config.default):
                add(marked_leaves(decode_value(raw, place=place), True))
    for _, resource in plan.state_resources():
        mask = resource.sensitive_values
        if mask and _TRUE in bytes(mask):
            value = decode_value(resource.values, place=place)
            add(marked_leaves(value, decode_value(mask, place=place)))
    values = plan.prior_state.values
    for output_state in ((values.outputs or {}) if values else {}).values():
        if output_state.sensitive:
            add(marked_leaves(decode_value(output_state.value, place=place), True))
    for invocation in plan.invocations:
        if _TRUE in bytes(invocation.config_sensitive):
            mask = decode_value(invocation.config_sensitive, place=place)
            add(marked_leaves(decode_value(invocation.config_values, place=place), mask))
    _collect_child_defaults(plan)


def _collect_child_defaults(plan: Plan) -> None:
    pending = list(plan.configuration.root_module.module_calls.values())
    while pending:
        module = pending.pop().module
        for config in module.variables.values():
            if config.sensitive:
                plan.redactor.add(marked_leaves(decode_value(config.default, place=plan.place), True))
        pending.extend(module.module_calls.values())


def _marked(change: Change, *, place: str) -> Iterator[Iterator[Any]]:
    for raw, mask in ((change.before, change.before_sensitive), (change.after, change.after_sensitive)):
        if mask and raw and _TRUE in bytes(mask):
            yield iter(marked_leaves(decode_value(raw, place=place), decode_value(mask, place=place)))
