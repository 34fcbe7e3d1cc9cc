"""The plan format as typed parts.

Only what planguard uses is named; every other key is passed over while decoding. Values stay ``Raw``, that is,
undecoded bytes, until somebody asks for them: cost follows the changes and not the file.

Source: Terraform's ``internal/command/jsonplan/plan.go``, ``resource.go``, ``action_invocations.go``,
``jsonconfig/config.go`` and ``jsonstate/state.go``; features are recognised by the keys that are there.
"""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from msgspec import UNSET, Raw, Struct, UnsetType

from planguard.errors import PlanError
from planguard.plan.duplicate import refuse_duplicate_keys, refuse_repeated_members

T = TypeVar("T")

NULL = Raw(b"null")
MaybeRaw = Raw | UnsetType


class Change(Struct, gc=False):
    """What is planned for one object: ``resource_changes[].change``, or an entry of ``output_changes``."""

    actions: list[str]
    before: MaybeRaw = UNSET
    after: MaybeRaw = UNSET
    after_unknown: MaybeRaw = UNSET
    before_sensitive: MaybeRaw = UNSET
    after_sensitive: MaybeRaw = UNSET
    replace_paths: MaybeRaw = UNSET
    importing: MaybeRaw = UNSET
    generated_config: str | UnsetType = UNSET
    before_identity: MaybeRaw = UNSET
    after_identity: MaybeRaw = UNSET


class ResourceChange(Struct, gc=False):
    """One entry of ``resource_changes`` or ``resource_drift``."""

    address: str
    mode: str
    type: str
    name: str
    change: Change
    previous_address: str | UnsetType = UNSET
    module_address: str | UnsetType = UNSET
    index: int | str | UnsetType | None = UNSET
    index_unknown: bool | UnsetType = UNSET
    provider_name: str | UnsetType = UNSET
    deposed: str | UnsetType = UNSET
    action_reason: str | UnsetType = UNSET


class DeferredChange(Struct, gc=False):
    """One entry of ``deferred_changes`` (Terraform 1.9 and later)."""

    reason: str
    resource_change: ResourceChange


class StateResource(Struct, gc=False):
    """One resource instance of ``prior_state``."""

    address: str
    mode: str
    type: str
    name: str
    index: int | str | UnsetType | None = UNSET
    provider_name: str | UnsetType = UNSET
    values: MaybeRaw = UNSET
    sensitive_values: MaybeRaw = UNSET
    deposed_key: str | UnsetType = UNSET


class StateModule(Struct):
    """One module of ``prior_state``, with those below it; its resources are left undecoded."""

    resources: list[Raw] | UnsetType = UNSET
    child_modules: list[StateModule] | UnsetType = UNSET
    address: str | UnsetType = UNSET


class StateMode(Struct, gc=False):
    """Whether a resource of ``prior_state`` is managed or data: all that is asked of most of them."""

    mode: str


class StateOutput(Struct):
    """One output value of ``prior_state``."""

    sensitive: bool | UnsetType = UNSET
    value: MaybeRaw = UNSET
    type: MaybeRaw = UNSET
    deprecated: MaybeRaw = UNSET


class StateValues(Struct):
    """``prior_state.values``."""

    outputs: dict[str, StateOutput] | UnsetType = UNSET
    root_module: StateModule | UnsetType = UNSET


class State(Struct):
    """``prior_state``: the state after refresh. Every key of it is named, so that one that stands twice shows."""

    format_version: MaybeRaw = UNSET
    terraform_version: MaybeRaw = UNSET
    values: StateValues | UnsetType = UNSET
    checks: MaybeRaw = UNSET


class Variable(Struct):
    """One entry of ``variables``."""

    value: Raw = NULL


class VariableConfig(Struct):
    """One variable of a module's configuration."""

    sensitive: bool = False
    default: Raw = NULL


class OutputConfig(Struct):
    """One output of a module's configuration."""

    expression: Raw = NULL
    sensitive: bool = False


class ResourceConfig(Struct):
    """One resource block. Its address is relative to its module, whatever the documentation says."""

    address: str
    mode: str
    type: str
    name: str
    provider_config_key: str = ""
    expressions: Raw = NULL
    count_expression: Raw = NULL
    for_each_expression: Raw = NULL
    depends_on: list[str] = []
    provisioners: MaybeRaw = UNSET


class ModuleConfig(Struct):
    """One module's configuration."""

    resources: list[ResourceConfig] = []
    module_calls: dict[str, ModuleCall] = {}
    outputs: dict[str, OutputConfig] = {}
    variables: dict[str, VariableConfig] = {}


class ModuleCall(Struct):
    """One module block, and the configuration of the module that it calls."""

    source: str = ""
    version_constraint: str = ""
    expressions: Raw = NULL
    count_expression: Raw = NULL
    for_each_expression: Raw = NULL
    depends_on: list[str] = []
    module: ModuleConfig = msgspec.field(default_factory=ModuleConfig)


class ProviderConfig(Struct):
    """One entry of ``configuration.provider_config``."""

    name: str = ""
    full_name: str = ""
    alias: str = ""
    version_constraint: str = ""
    expressions: Raw = NULL


class Configuration(Struct):
    """``configuration``."""

    provider_config: dict[str, ProviderConfig] = {}
    root_module: ModuleConfig = msgspec.field(default_factory=ModuleConfig)


class LifecycleTrigger(Struct):
    """Why an action is invoked: a resource that is created, updated or destroyed."""

    triggering_resource_address: str = ""
    action_trigger_event: str = ""


class InvokeTrigger(Struct):
    """Why an action is invoked: somebody asked for it on the command line."""


class ActionInvocation(Struct):
    """One entry of ``action_invocations`` (Terraform 1.14 and later)."""

    address: str
    type: str = ""
    name: str = ""
    lifecycle_action_trigger: LifecycleTrigger | None = None
    invoke_action_trigger: InvokeTrigger | None = None
    config_values: Raw = NULL
    config_sensitive: Raw = NULL


class DeferredInvocation(Struct):
    """One entry of ``deferred_action_invocations``."""

    reason: str = ""
    action_invocation: ActionInvocation | None = None


class RelevantAttribute(Struct):
    """One entry of ``relevant_attributes``: what the plan rests on. Its ``attribute`` is a path, not a text."""

    resource: str
    attribute: Raw = NULL


class CheckAddress(Struct):
    """What a check is about."""

    to_display: str = ""
    kind: str = ""


class CheckProblem(Struct):
    """One message of a failed check."""

    message: str = ""


class CheckInstance(Struct):
    """One instance of a checked object."""

    address: CheckAddress = msgspec.field(default_factory=CheckAddress)
    status: str = "unknown"
    problems: list[CheckProblem] = []


class Check(Struct):
    """One entry of ``checks``."""

    address: CheckAddress = msgspec.field(default_factory=CheckAddress)
    status: str = "unknown"
    instances: list[CheckInstance] = []


def decode_part(raw: Raw, kind: type[T], *, part: str, place: str) -> T:
    """Decode one top-level part of the plan into its type.

    :param part: its key, for the error
    :raises PlanError: when the part is not shaped as the format says (the message names the place, never a value)
    """
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        where = str(error).replace("$", part, 1)
        raise PlanError(
            f"`{part}` is not what a plan holds: {where[0].lower()}{where[1:]}",
            "write the plan again with `terraform show -json PLANFILE`",
            place=place,
        ) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PlanError(
            f"`{part}` cannot be decoded", "write the plan again with `terraform show -json PLANFILE`", place=place
        ) from None


_decode_any = msgspec.json.Decoder().decode


def decode_value(raw: MaybeRaw, *, place: str) -> Any:
    """Decode one value (``before``, ``after``, an expression, …) into plain dicts, lists and leaves.

    :raises PlanError: when it is not JSON after all, or a key in it stands twice
    """
    if raw is UNSET or not raw:
        return None
    try:
        value = _decode_any(raw)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise PlanError(
            "a value cannot be decoded", "write the plan again with `terraform show -json PLANFILE`", place=place
        ) from None
    if type(value) is dict or type(value) is list:
        refuse_duplicate_keys(raw, value, place=place)
    return value


def decode_checked(raw: Raw, kind: type[T], *, part: str, place: str) -> T:
    """Decode a part whose every key counts, and which is small beside the changes.

    :raises PlanError: as :func:`decode_part`, and when a key in it stands twice
    """
    found = decode_part(raw, kind, part=part, place=place)
    decode_value(raw, place=place)
    return found


def decode_state(raw: Raw, *, place: str) -> State:
    """Decode ``prior_state`` down to its resources, which stay undecoded.

    :raises PlanError: when it is not shaped as the format says, or a key stands twice
    """
    state = decode_part(raw, State, part="prior_state", place=place)
    refuse_duplicate_keys(raw, state, place=place)
    return state


def decode_changes(raw: Raw, *, part: str, place: str) -> list[ResourceChange]:
    """Decode ``resource_changes`` or ``resource_drift``.

    :raises PlanError: when they are not shaped as the format says, or a key stands twice
    """
    changes = decode_part(raw, list[ResourceChange], part=part, place=place)
    refuse_repeated_members(raw, changes, place=place)
    return changes
