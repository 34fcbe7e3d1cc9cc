"""What missing attributes mean: the provider's documented defaults, laid under the values that a plan gives."""

from __future__ import annotations

from typing import Any

from planguard.graph.resource import Resource
from planguard.plan.unknown import PartialList, Unknown, path_of

_LISTS = (list, PartialList)


class Defaults:
    """The defaults of one declarative rule, by path.

    A default counts where the attribute is missing, null, or unknown because the configuration does not set it. A
    block that is not there has no attributes: a default inside it makes none.

    :param by_path: ``{"root_block_device.encrypted": False}``
    """

    __slots__ = ("_paths",)

    def __init__(self, by_path: dict[str, Any]) -> None:
        self._paths = [(tuple(path.split(".")), default) for path, default in by_path.items()]

    def laid_under(self, values: Any, resource: Resource) -> Any:
        """The values with the defaults in them; the very same where none counts."""
        for names, default in self._paths:
            values = _laid_under(values, names, 0, default, resource)
        return values


def _laid_under(value: Any, names: tuple[str, ...], depth: int, default: Any, resource: Resource) -> Any:
    kind = type(value)
    if kind in _LISTS:
        return _in_each(value, names, depth, default, resource)
    if kind is not dict:
        return value
    name = names[depth]
    found = value.get(name)
    if depth + 1 < len(names):
        below = _laid_under(found, names, depth + 1, default, resource)
        return value if below is found else {**value, name: below}
    if found is None or (type(found) is Unknown and resource.is_unset(path_of(found) or names)):
        return {**value, name: default}
    return value


def _in_each(value: list[Any], names: tuple[str, ...], depth: int, default: Any, resource: Resource) -> list[Any]:
    items = list(list.__iter__(value))
    below = [_laid_under(one, names, depth, default, resource) for one in items]
    if all(new is old for new, old in zip(below, items, strict=True)):
        return value
    return PartialList(below, value.path, value.origin) if isinstance(value, PartialList) else below
