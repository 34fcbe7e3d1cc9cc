"""Digests: what a decision, and later a waiver, is bound to.

The change digest covers one resource change, the plan digest every effective change of the plan and what the plan
is for. Both are SHA-256 over canonical JSON (RFC 8785: sorted keys, no white space, one spelling of each number), so
that formatting, time stamps, the order of entries and tool versions do not count. Sensitive values enter as present.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Any

import msgspec
from msgspec import UNSET

from planguard.errors import PlanError
from planguard.plan.document import Change, MaybeRaw, ResourceChange
from planguard.plan.plan import Plan, is_effective
from planguard.plan.sensitive import SENSITIVE
from planguard.plan.values import mask_of

_encode = msgspec.json.Encoder(order="deterministic").encode
_LARGEST = 2**53


def _number(text: str) -> Any:
    """One spelling for each number: whole numbers as such, others as the shortest that reads back the same."""
    value = float(text)
    return int(value) if value.is_integer() and abs(value) < _LARGEST else value


_decode = msgspec.json.Decoder(float_hook=_number).decode


def _value(raw: MaybeRaw, sensitive: MaybeRaw, *, place: str) -> Any:
    if raw is UNSET or not raw:
        return None
    try:
        value = _decode(raw)
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError):
        raise PlanError("a value cannot be decoded", place=place) from None
    mask = mask_of(sensitive, place=place)
    return value if mask is None else _hidden(value, mask)


def _hidden(value: Any, mask: Any) -> Any:
    if mask is True:
        return None if value is None else {"$sensitive": SENSITIVE}
    if type(mask) is dict and type(value) is dict:
        return {key: _hidden(below, mask.get(key)) for key, below in value.items()}
    if type(mask) is list and type(value) is list:
        return [_hidden(below, mask[i] if i < len(mask) else None) for i, below in enumerate(value)]
    return value


def _only_true(mask: Any) -> Any:
    """A mask without its empty parts, which differ between releases and mean nothing."""
    if type(mask) is dict:
        return {key: found for key, below in mask.items() if (found := _only_true(below))} or None
    if type(mask) is list:
        found = [_only_true(below) for below in mask]
        return found if any(found) else None
    return mask is True


def _change_body(change: Change, *, place: str) -> dict[str, Any]:
    unknown = mask_of(change.after_unknown, place=place)
    return {
        "actions": change.actions,
        "before": _value(change.before, change.before_sensitive, place=place),
        "after": _value(change.after, change.after_sensitive, place=place),
        "unknown": _only_true(unknown) if unknown is not None else None,
        "replace_paths": _value(change.replace_paths, UNSET, place=place),
        "importing": _value(change.importing, UNSET, place=place),
    }


def change_digest(change: ResourceChange, *, place: str) -> str:
    """The digest of one resource change: ``pg1c:`` and 64 hexadecimal digits.

    :raises PlanError: when a value cannot be decoded
    """
    body = {
        "address": change.address,
        "previous_address": change.previous_address or "",
        "deposed": change.deposed or "",
        "mode": change.mode,
        "type": change.type,
        "provider": "/".join((change.provider_name or "").split("/")[-2:]),
        **_change_body(change.change, place=place),
    }
    return "pg1c:" + sha256(_encode(body)).hexdigest()


class Digests:
    """The digests of one plan, each computed once."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._known: dict[tuple[str, str], str] = {}

    def of_change(self, change: ResourceChange) -> str:
        """The digest of one of the plan's changes."""
        identity = (change.address, change.deposed or "")
        found = self._known.get(identity)
        if found is None:
            found = self._known[identity] = change_digest(change, place=self._plan.place)
        return found

    def of_plan(self, project: str | None = None, workspace: str | None = None) -> str:
        """The digest of the plan: ``pg1:`` and 64 hexadecimal digits.

        :param project: what the plan is for
        :param workspace: the workspace that it is for
        :raises PlanError: when a value cannot be decoded
        """
        plan = self._plan
        body = {
            "project": project,
            "workspace": workspace,
            "complete": plan.complete,
            "changes": sorted(self.of_change(one) for one in plan.all_changes() if is_effective(one)),
            "outputs": {
                name: _change_body(change, place=plan.place)
                for name, change in plan.outputs.items()
                if change.actions != ["no-op"]
            },
            "invocations": sorted(one.address for one in plan.invocations),
            # A refresh-only plan changes nothing but the state: what was seen outside is all that it does.
            "drift": [] if plan.has_changes else sorted(self.of_change(one) for one in plan.drift),
        }
        return "pg1:" + sha256(_encode(body)).hexdigest()
