"""Which attributes of a resource type are sets: their elements have no order, though a plan lists them in one.

Source: the schemas of the providers, by the table of :mod:`planguard.schema`. What it does not know keeps its order.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import msgspec

from planguard.schema import resource_schema
from planguard.schema.attribute import Attribute


class SetPaths(msgspec.Struct, frozen=True):
    """An attribute that is a set, or has one below it.

    :ivar inner: by name, the attributes below it of which one is a set, or has one
    """

    is_set: bool = False
    inner: dict[str, SetPaths] = {}


@lru_cache(maxsize=1024)
def set_paths(mode: str, kind: str) -> SetPaths | None:
    """The sets of a resource type, or of a data source; None where none is known.

    :param mode: ``managed`` or ``data``
    """
    schema = resource_schema(f"data.{kind}" if mode == "data" else kind)
    if schema is None:
        return None
    found = _below(schema.attributes)
    return SetPaths(inner=found) if found else None


def _below(attributes: Mapping[str, Attribute]) -> dict[str, SetPaths]:
    found = {}
    for name, one in attributes.items():
        is_set = "set" in (one.nesting, one.collection)
        inner = _below(one.inner) if one.inner else {}
        if is_set or inner:
            found[name] = SetPaths(is_set, inner)
    return found
