"""The plan that leads from one configuration to another, made of the plans that would create each from nothing.

What the first plan creates is taken to be applied. Values that a provider would have filled in are stood in for: an
identity (``id``, ``arn``, ``name``, …) and a reference to one by a text that is the same wherever the resource is
meant, anything else by null. In the plan that comes out, what stays keeps its values; what is new, or comes from
something new, is as unknown as in the second plan.

Source: the plan format as ``planguard.plan.document`` reads it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from planguard.errors import PlanError
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, Resource
from planguard.plan.unknown import render_path
from planguard.testing.example import graph_of

Path = tuple[str | int, ...]
Known = Callable[[Path], tuple[bool, Any]]
"""Of the path of an unknown value: whether it is known in the new plan, and its value."""

_IDENTITIES = re.compile(r"id|arn|name|self_link|unique_id|key_id|resource_manager_id|bucket|.*_(?:id|arn)")
_FORGOTTEN = re.compile(r"removed\s*\{\s*from\s*=\s*([^\s}]+)[^{}]*lifecycle\s*\{\s*destroy\s*=\s*false")
_MOVED = re.compile(r"moved\s*\{\s*from\s*=\s*([^\s}]+)\s*to\s*=\s*([^\s}]+)")


def transition_plan(before: bytes, after: bytes, text: str, replaces: dict[str, str]) -> bytes:
    """Plan JSON for the change from one configuration to another.

    :param before: the plan that creates the first one
    :param after: the plan that creates the second one
    :param text: the second one in HCL, for its ``removed`` and ``moved`` blocks
    :param replaces: addresses that are replaced, each with the attribute that forces it
    :raises PlanError: when a plan is none, or an address to replace is not in both
    """
    old, new = _decoded(before), _decoded(after)
    applied = _applied(old, graph_of(before, "before"))
    forgotten = set(_FORGOTTEN.findall(text))
    moved = {to: source for source, to in _MOVED.findall(text)}
    changes = new.get("resource_changes") or []
    for address in replaces:
        if address not in applied or not any(one["address"] == address for one in changes):
            raise PlanError(f"`{address}` is to be replaced, and is not in both configurations")
    settle = _Settling(graph_of(after, "after"), applied, moved, replaces)
    entries = [settle.changed(entry) if entry["mode"] == "managed" else entry for entry in changes]
    there = {one["address"] for one in changes} | set(moved.values())
    entries += [_removed(one, one["address"] in forgotten) for at, one in applied.items() if at not in there]
    new["resource_changes"] = entries
    return msgspec.json.encode(new)


def _decoded(plan: bytes) -> dict[str, Any]:
    found: dict[str, Any] = msgspec.json.decode(plan)
    return found


def _applied(plan: dict[str, Any], graph: Graph) -> dict[str, dict[str, Any]]:
    """The managed entries of a plan by address, their ``after`` as it would be once applied."""
    views = _views(graph)
    found = {}
    for entry in plan.get("resource_changes") or ():
        if entry["mode"] != "managed":
            continue
        view = views[entry["address"]]
        change = entry["change"]

        def known(path: Path, view: Resource = view) -> tuple[bool, Any]:
            return True, _stand_in(view, path)

        value, _ = _settled(change.get("after"), change.get("after_unknown"), (), known)
        found[entry["address"]] = {**entry, "change": {**change, "after": value}}
    return found


def _views(graph: Graph) -> dict[str, Resource]:
    return {node.address: graph.view(node, AFTER) for node in graph.nodes if node.in_after}


def _outside(view: Resource, path: Path) -> list[str]:
    """The other resources that an unknown value comes from."""
    return [one for one in view.comes_from(render_path(path)) if one != view.address]


def _stand_in(view: Resource, path: Path) -> Any:
    """The value that stands for what nobody knows before the apply; one with a colon names one object anywhere."""
    sources = _outside(view, path)
    if sources:
        name = str(path[-1])
        text = f"example:{sources[0]}"
        return [text] if name.endswith("s") and not name.endswith("ss") else text
    is_identity = len(path) == 1 and _IDENTITIES.fullmatch(str(path[0])) is not None
    return f"example:{view.address}" if is_identity else None


class _Settling:
    """From entries of the second plan to those of the plan that leads to it."""

    def __init__(
        self, graph: Graph, applied: dict[str, Any], moved: dict[str, str], replaces: dict[str, str]
    ) -> None:
        self.views = _views(graph)
        self.applied = applied
        self.moved = moved
        self.replaces = replaces

    def changed(self, entry: dict[str, Any]) -> dict[str, Any]:
        """One managed entry: created, updated, replaced, or left alone."""
        address = entry["address"]
        source = self.moved.get(address, address)
        old = self.applied.get(source)
        if old is None:
            return entry
        change, before = entry["change"], old["change"]["after"]
        after, mask = _settled(change.get("after"), change.get("after_unknown"), (), self._known(entry, before))
        actions = ["no-op"] if after == before and not _any_true(mask) else ["update"]
        changed = {
            **change,
            "actions": ["delete", "create"] if address in self.replaces else actions,
            "before": before,
            "after": after,
            "after_unknown": mask if mask is not None else {},
            "before_sensitive": old["change"].get("after_sensitive", {}),
        }
        entry = {**entry, "change": changed}
        if address in self.replaces:
            changed["replace_paths"] = [list(self.replaces[address].split("."))]
            entry["action_reason"] = "replace_because_cannot_update"
        if source != address:
            entry["previous_address"] = source
        return entry

    def _known(self, entry: dict[str, Any], before: Any) -> Known:
        view = self.views[entry["address"]]
        replaced = entry["address"] in self.replaces

        def known(path: Path) -> tuple[bool, Any]:
            sources = _outside(view, path)
            if sources:
                kept = all(one in self.applied and one not in self.replaces for one in sources)
                return kept, _stand_in(view, path) if kept else None
            return not replaced, None if replaced else _at(before, path)

        return known


def _removed(entry: dict[str, Any], forgotten: bool) -> dict[str, Any]:
    change = entry["change"]
    gone = {
        "actions": ["forget"] if forgotten else ["delete"],
        "before": change["after"],
        "after": None,
        "after_unknown": {},
        "before_sensitive": change.get("after_sensitive", {}),
        "after_sensitive": False,
    }
    return {**entry, "change": gone, "action_reason": "delete_because_no_resource_config"}


def _settled(value: Any, mask: Any, path: Path, known: Known) -> tuple[Any, Any]:
    """A value with what is known put in place, and what is left of its mask."""
    if mask is True:
        is_known, found = known(path)
        return (found, False) if is_known else (None, True)
    if isinstance(mask, dict):
        items = dict(value) if isinstance(value, dict) else {}
        left = {}
        for key, below in mask.items():
            found, rest = _settled(items.get(key), below, (*path, key), known)
            left[key] = rest
            if rest is True:
                items.pop(key, None)
            elif found is not None or key in items or below is True:
                items[key] = found
        return (items if items or isinstance(value, dict) else value), left
    if isinstance(mask, list):
        elements = list(value) if isinstance(value, list) else []
        elements += [None] * (len(mask) - len(elements))
        pairs = [_settled(elements[at], below, (*path, at), known) for at, below in enumerate(mask)]
        return [one for one, _ in pairs] + elements[len(mask) :], [rest for _, rest in pairs]
    return value, mask


def _any_true(mask: Any) -> bool:
    return mask is True or any(map(_any_true, _below(mask)))


def _below(mask: Any) -> Iterator[Any]:
    if isinstance(mask, (dict, list)):
        yield from mask.values() if isinstance(mask, dict) else mask


def _at(value: Any, path: Path) -> Any:
    for step in path:
        if isinstance(value, dict):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value
