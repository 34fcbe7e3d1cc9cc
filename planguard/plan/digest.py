"""Digests: what a decision is about, and what a waiver is bound to.

The *change digest* covers one resource change, the *plan digest* every effective change of a plan and what the plan
is for. Both are SHA-256 over canonical JSON (:mod:`planguard.plan.canonical`). What differs between two runs of the
same plan does not count: formatting, time stamps, the order of entries and of the elements of sets, serials, versions
of tools. ``docs/digests.md`` says it so that it can be built again, with test vectors in ``fixtures/digests``.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET, Raw

from planguard.errors import PlanError
from planguard.plan.canonical import NotCanonicalError, decode_exact, written
from planguard.plan.document import Change, MaybeRaw, ModuleConfig, ResourceChange, ResourceConfig
from planguard.plan.plan import Plan, is_effective
from planguard.plan.sets import SetPaths, set_paths
from planguard.plan.values import mask_of

UNKNOWN = {"$unknown": True}
_PRESENT = {"$sensitive": True}
_PROVISIONED = frozenset({"create", "delete"})


class Context(msgspec.Struct, frozen=True):
    """What a plan is for: part of its digest, because the plan itself does not say it."""

    project: str | None = None
    environment: str | None = None
    workspace: str | None = None


class Digests:
    """The digests of one plan, each computed once.

    :param key: what sensitive values are hashed with; without one they enter as present
    :ivar keyed_sensitive: whether sensitive values entered by a keyed hash, or as present; None where there are none
    """

    def __init__(self, plan: Plan, key: bytes | None = None) -> None:
        self._plan = plan
        self._key = key
        self._known: dict[tuple[str, str], str] = {}
        self.keyed_sensitive: bool | None = None

    def of_change(self, change: ResourceChange) -> str:
        """The digest of one of the plan's changes: ``pg1c:`` and 64 hexadecimal digits.

        :raises PlanError: when a value cannot be decoded
        """
        identity = (change.address, change.deposed or "")
        found = self._known.get(identity)
        if found is None:
            body = {
                "address": change.address,
                "previous_address": change.previous_address or None,
                "deposed": change.deposed or None,
                "mode": change.mode,
                "type": change.type,
                "provider": _without_host(change.provider_name or ""),
                **self._change(change.change, change.address, (change.mode, change.type)),
            }
            found = self._known[identity] = "pg1c:" + self._hash(body)
        return found

    def of_plan(self, context: Context = Context()) -> str:  # noqa: B008 - frozen
        """The digest of the plan: ``pg1:`` and 64 hexadecimal digits.

        :raises PlanError: when a value cannot be decoded
        """
        plan = self._plan
        changes = [one for one in plan.all_changes() if is_effective(one)]
        body = {
            "project": context.project,
            "environment": context.environment,
            "workspace": context.workspace,
            "complete": plan.complete,
            "changes": sorted(map(self.of_change, changes)),
            "deferred": sorted([one.resource_change.address, one.reason] for one in plan.deferred),
            "outputs": {
                name: self._change(change, f"output.{name}", None)
                for name, change in plan.outputs.items()
                if change.actions != ["no-op"]
            },
            "invocations": sorted(
                self._hash(
                    {
                        "address": one.address,
                        "trigger": msgspec.to_builtins(one.lifecycle_action_trigger),
                        "config": self._value(one.config_values, one.config_sensitive, UNSET, one.address, None),
                    }
                )
                for one in plan.invocations
            ),
            # A refresh-only plan changes nothing but the state: what was seen outside is all that it does.
            "drift": [] if plan.has_changes else sorted(map(self.of_change, plan.drift)),
            "variables": self._variables(),
            **self._configuration(changes),
        }
        return "pg1:" + self._hash(body)

    def _hash(self, body: Any) -> str:
        try:
            return sha256(written(body)).hexdigest()
        except NotCanonicalError:
            raise PlanError("a value cannot be decoded", place=self._plan.place) from None

    def _change(self, change: Change, where: str, kind: tuple[str, str] | None) -> dict[str, Any]:
        return {
            "actions": change.actions,
            "before": self._value(change.before, change.before_sensitive, UNSET, where, kind),
            "after": self._value(change.after, change.after_sensitive, change.after_unknown, where, kind),
            "replace_paths": _sorted(self._value(change.replace_paths, UNSET, UNSET, where, None)),
            "importing": self._value(change.importing, UNSET, UNSET, where, None),
        }

    def _value(
        self, raw: MaybeRaw, sensitive: MaybeRaw, unknown: MaybeRaw, where: str, kind: tuple[str, str] | None
    ) -> Any:
        """A value in the form that is hashed.

        :param kind: the mode and the type of the resource that it is of, None for what is of none
        """
        if raw is UNSET and unknown is UNSET:
            return None
        place = self._plan.place
        try:
            value = decode_exact(raw) if raw is not UNSET and raw else None
            mask = mask_of(sensitive, place=place)
            if mask is not None:
                value = self._hidden(value, mask, where)
            mask = mask_of(unknown, place=place)
            if mask is not None:
                value = _opened(value, mask)
            if kind is not None and type(value) is dict and any(map(_may_hold_order, value.values())):
                sets = set_paths(*kind)
                value = _in_order(value, sets) if sets else value
        except (NotCanonicalError, RecursionError):
            raise PlanError("a value cannot be decoded", place=place) from None
        return value

    def _hidden(self, value: Any, mask: Any, where: str) -> Any:
        """Sensitive values by a keyed hash over where they stand and what they are; indices do not count."""
        if mask is True:
            return None if value is None else self._keyed(value, where)
        if type(mask) is dict and type(value) is dict:
            for key, below in mask.items():
                name = f"${key}" if key.startswith("$") else key
                if name in value:
                    value[name] = self._hidden(value[name], below, f"{where}.{key}")
        elif type(mask) is list and type(value) is list:
            for index, below in enumerate(mask[: len(value)]):
                value[index] = self._hidden(value[index], below, where)
        elif mask and type(value) is dict and "$json" in value:
            return self._keyed(value, where)
        return value

    def _keyed(self, value: Any, where: str) -> Any:
        self.keyed_sensitive = self._key is not None
        if self._key is None:
            return _PRESENT
        message = where.encode() + b"\0" + written(value)
        return {"$sensitive": hmac.new(self._key, message, sha256).hexdigest()}

    def _variables(self) -> dict[str, Any]:
        declared = self._plan.configuration.root_module.variables
        return {
            name: self._value(
                given.value, Raw(b"true") if name in declared and declared[name].sensitive else UNSET, UNSET,
                f"var.{name}", None,
            )
            for name, given in self._plan.variables.items()
        }  # fmt: skip

    def _configuration(self, changes: list[ResourceChange]) -> dict[str, Any]:
        """What the changes themselves do not show: by whom and where they are made, and from what unknowns will come.

        Two plans may hold the same changes and differ in the reference from which a value comes that is not known
        yet, in a script that runs beside a change, or in the account that the provider signs in to.
        """
        configuration = self._plan.configuration
        by_block: dict[tuple[str, ...], list[ResourceChange]] = {}
        for change in changes:
            by_block.setdefault(_block_of(change), []).append(change)
        return {
            "providers": {
                key: {
                    "name": _without_host(one.full_name),
                    "version": one.version_constraint or None,
                    "expressions": self._value(one.expressions, UNSET, UNSET, key, None),
                }
                for key, one in configuration.provider_config.items()
            },
            "modules": dict(self._modules(configuration.root_module, "")),
            "blocks": dict(self._blocks(configuration.root_module, (), by_block)),
        }

    def _modules(self, module: ModuleConfig, path: str) -> list[tuple[str, Any]]:
        found = []
        for name, call in module.module_calls.items():
            address = f"{path}module.{name}"
            inputs = self._value(call.expressions, UNSET, UNSET, address, None)
            outputs = {
                key: _references(self._value(one.expression, UNSET, UNSET, address, None))
                for key, one in call.module.outputs.items()
            }
            body = {
                "source": call.source,
                "version": call.version_constraint or None,
                "inputs": _by_name(inputs),
                "outputs": {key: references for key, references in outputs.items() if references},
            }
            found += [(address, body), *self._modules(call.module, f"{address}.")]
        return found

    def _blocks(
        self, module: ModuleConfig, path: tuple[str, ...], wanted: dict[tuple[str, ...], list[ResourceChange]]
    ) -> list[tuple[str, Any]]:
        found = []
        for block in module.resources:
            changes = wanted.get((*path, block.address))
            if changes and (body := self._block(block, changes)):
                found.append((".".join((*path, block.address)), body))
        for name, call in module.module_calls.items():
            found += self._blocks(call.module, (*path, f"module.{name}"), wanted)
        return found

    def _block(self, block: ResourceConfig, changes: list[ResourceChange]) -> dict[str, Any]:
        place = self._plan.place
        body: dict[str, Any] = {}
        unknown = {
            name
            for change in changes
            if type(mask := mask_of(change.change.after_unknown, place=place)) is dict
            for name, below in mask.items()
            if below
        }
        if unknown:
            expressions = _members(block.expressions, place)
            references = {
                name: found
                for name in unknown & expressions.keys()
                if (found := _references(self._value(expressions[name], UNSET, UNSET, block.address, None)))
            }
            if references:
                body["references"] = references
        if block.provisioners and any(not _PROVISIONED.isdisjoint(change.change.actions) for change in changes):
            body["provisioners"] = self._value(block.provisioners, UNSET, UNSET, block.address, None)
        return body


def _without_host(provider: str) -> str:
    return "/".join(provider.split("/")[-2:])


def _block_of(change: ResourceChange) -> tuple[str, ...]:
    """The modules and the block that a change is of, without keys."""
    name = f"{'data.' if change.mode == 'data' else ''}{change.type}.{change.name}"
    if not change.module_address:
        return (name,)
    from planguard.plan.address import module_path

    return (*(f"module.{step}" for step, _ in module_path(change.module_address)), name)


_members_of = msgspec.json.Decoder(dict[str, Raw]).decode


def _members(raw: Raw, place: str) -> dict[str, Raw]:
    if bytes(raw) in (b"", b"null"):
        return {}
    try:
        return _members_of(raw)
    except (msgspec.DecodeError, RecursionError):
        raise PlanError("a value cannot be decoded", place=place) from None


def _references(expression: Any) -> list[str]:
    """All references in an expression, or in the expressions of a block, each once."""
    found: set[str] = set()
    pending = [expression]
    while pending:
        one = pending.pop()
        if type(one) is dict:
            references = one.get("references")
            if type(references) is list:
                found.update(reference for reference in references if type(reference) is str)
            pending.extend(one.values())
        elif type(one) is list:
            pending.extend(one)
    return sorted(found)


def _by_name(expressions: Any) -> dict[str, list[str]]:
    if type(expressions) is not dict:
        return {}
    return {name: found for name, one in expressions.items() if (found := _references(one))}


def _opened(value: Any, mask: Any) -> Any:
    """A value with a token wherever the mask says that it is not known."""
    if mask is True:
        return UNKNOWN
    if type(mask) is dict:
        target = value if type(value) is dict else {}
        for key, below in mask.items():
            name = f"${key}" if key.startswith("$") else key
            found = _opened(target.get(name), below)
            if found is not None or name in target:
                target[name] = found
        return target if target or type(value) is dict else value
    if type(mask) is list:
        items = value if type(value) is list else []
        for index, below in enumerate(mask):
            found = _opened(items[index] if index < len(items) else None, below)
            if index < len(items):
                items[index] = found
            elif found is not None:
                items += [None] * (index - len(items)) + [found]
        return items if items or type(value) is list else value
    return value


def _may_hold_order(value: Any) -> bool:
    """Whether there is anything in a value that could stand in another order."""
    if type(value) is list:
        return len(value) > 1 or (len(value) == 1 and type(value[0]) is dict)
    return False


def _in_order(value: Any, sets: SetPaths) -> Any:
    """A value with the elements of its sets in the order of their canonical forms."""
    if type(value) is list:
        if sets.inner:
            value = [_in_order(one, sets) if type(one) is dict else one for one in value]
        return value
    if type(value) is dict:
        for name, below in sets.inner.items():
            found = value.get(name)
            if found:
                found = _in_order(found, below)
                value[name] = _sorted(found) if below.is_set else found
    return value


def _sorted(value: Any) -> Any:
    return sorted(value, key=written) if type(value) is list and len(value) > 1 else value
