"""The table of resource types: one file, read a type at a time.

The file holds a length, an index from type to place, a dictionary for the compressor, and the compressed types.
``scripts/write_schema_table.py`` writes it.
"""

from __future__ import annotations

import zlib
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from planguard.schema.attribute import Attribute, ResourceSchema

FILE = Path(__file__).parent / "resources.table"
COMPUTED, OPTIONAL, REQUIRED, SENSITIVE, OLDER, WRITE_ONLY = 1, 2, 4, 8, 16, 32
BASE_AT, COLLECTION_AT = 6, 9
"""Bits of the flags at which the numbers of the base type and of the collection begin."""
BASES = ("", "string", "number", "bool", "dynamic", "object")
COLLECTIONS = ("", "list", "set", "map")
NESTINGS = ("", "list", "set", "single", "map")


class _Table:
    def __init__(self, data: bytes) -> None:
        length = int.from_bytes(data[:4], "big")
        index, self._dictionary = msgspec.msgpack.decode(
            data[4 : 4 + length], type=tuple[dict[str, tuple[int, int]], bytes]
        )
        self.index = index
        self._data = memoryview(data)[4 + length :]

    def read(self, kind: str) -> dict[str, Any] | None:
        place = self.index.get(kind)
        if place is None:
            return None
        start, length = place
        inflate = zlib.decompressobj(wbits=-15, zdict=self._dictionary)
        found: dict[str, Any] = msgspec.msgpack.decode(inflate.decompress(self._data[start : start + length]))
        return found


@lru_cache(maxsize=1)
def _table() -> _Table:
    return _Table(FILE.read_bytes())


@lru_cache(maxsize=1024)
def resource_schema(kind: str) -> ResourceSchema | None:
    """What a resource type has, in the newest version of its provider and, as far as known, in earlier ones.

    :param kind: ``aws_instance``, or ``data.aws_ami`` for a data source
    :returns: None for a type that the table does not hold
    """
    found = _table().read(kind)
    return ResourceSchema(kind, _attributes(found)) if found is not None else None


def resource_kinds() -> frozenset[str]:
    """Every type that the table holds."""
    return frozenset(_table().index)


def _attributes(rows: dict[str, Any]) -> dict[str, Attribute]:
    return {name: _attribute(row) for name, row in rows.items()}


def _attribute(row: Any) -> Attribute:
    flags, nesting, inner, default = row, 0, {}, UNSET
    if isinstance(row, list):
        flags, nesting, inner = row[:3]
        default = row[3] if len(row) > 3 else UNSET
    return Attribute(
        computed=bool(flags & COMPUTED),
        optional=bool(flags & OPTIONAL),
        required=bool(flags & REQUIRED),
        sensitive=bool(flags & SENSITIVE),
        default=default,
        older=bool(flags & OLDER),
        nesting=NESTINGS[nesting],
        inner=_attributes(inner),
        base=BASES[flags >> BASE_AT & 7],
        collection=COLLECTIONS[flags >> COLLECTION_AT & 3],
        write_only=bool(flags & WRITE_ONLY),
    )
