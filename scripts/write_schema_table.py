"""Write the table of resource types from provider schemas.

    python scripts/write_schema_table.py SCHEMAS HINTS

SCHEMAS is a folder with one JSON file a provider, each with ``resource_schemas`` and ``data_source_schemas`` as
``terraform providers schema -json`` writes them. HINTS is a folder with one JSON file a provider that maps resource
types to attributes with what schemas do not tell: ``default``, ``computed``, and attributes of earlier versions.
"""

from __future__ import annotations

import json
import sys
import zlib
from collections import Counter
from pathlib import Path
from typing import Any

import msgspec

from planguard.schema.table import (
    BASE_AT,
    BASES,
    COLLECTION_AT,
    COLLECTIONS,
    COMPUTED,
    FILE,
    NESTINGS,
    OLDER,
    OPTIONAL,
    REQUIRED,
    SENSITIVE,
    WRITE_ONLY,
)

EARLIER = {
    "azurerm_key_vault": ("soft_delete_enabled",),
    "azurerm_kubernetes_cluster": (
        "addon_profile.oms_agent.enabled",
        "addon_profile.oms_agent.log_analytics_workspace_id",
        "enable_pod_security_policy",
        "role_based_access_control.enabled",
    ),
    "azurerm_managed_disk": ("encryption_settings.enabled",),
    "azurerm_redis_cache": ("enable_non_ssl_port",),
    "azurerm_storage_account": ("allow_blob_public_access", "enable_https_traffic_only"),
    "google_container_cluster": ("master_auth.password", "master_auth.username"),
    "kubernetes_validating_admission_policy_v1": (),
}
"""What other versions of the providers have or had, by resource type, as their documentation tells."""
PROVIDERS = ("aws", "azurerm", "azuread", "google-beta", "google", "kubernetes")


def rows_of(block: dict[str, Any], hints: dict[str, Any]) -> dict[str, Any]:
    """A block as the table holds it: flags by attribute, or flags, nesting, inner and default."""
    rows: dict[str, Any] = {}
    for name, one in sorted(block.get("attributes", {}).items()):
        hint = hints.get(name) or {}
        flags = COMPUTED * bool(one.get("computed")) | OPTIONAL * bool(one.get("optional"))
        flags |= REQUIRED * bool(one.get("required")) | SENSITIVE * bool(one.get("sensitive"))
        flags |= WRITE_ONLY * bool(one.get("write_only"))
        type_ = one.get("type") or object_type(one["nested_type"])
        rows[name] = row_of(flags | type_flags(type_), 0, inner_of(type_, flags), hint)
    for name, one in sorted(block.get("block_types", {}).items()):
        hint = hints.get(name) or {}
        flags = COMPUTED * bool(hint.get("computed")) | OPTIONAL
        inner = rows_of(one.get("block", {}), hint.get("block") or {})
        nesting = {"group": "single"}.get(one["nesting_mode"], one["nesting_mode"])
        rows[name] = row_of(flags, NESTINGS.index(nesting), inner, {})
    for name, hint in sorted(hints.items()):
        if name not in rows and isinstance(hint, dict):
            block_hint = hint.get("block")
            inner = rows_of({}, block_hint) if isinstance(block_hint, dict) else {}
            flags = OLDER | OPTIONAL | COMPUTED * bool(hint.get("computed"))
            rows[name] = row_of(flags, NESTINGS.index("list") if block_hint is not None else 0, inner, hint)
    return rows


def row_of(flags: int, nesting: int, inner: dict[str, Any], hint: dict[str, Any]) -> Any:
    """The shortest form of a row."""
    if "default" in hint:
        return [flags, nesting, inner, hint["default"]]
    return [flags, nesting, inner] if nesting or inner else flags


def object_type(nested: dict[str, Any]) -> Any:
    """An attribute whose inner attributes are given one by one, as a type."""
    inner = {
        name: one.get("type") or object_type(one["nested_type"]) for name, one in nested.get("attributes", {}).items()
    }
    mode = nested.get("nesting_mode", "single")
    return [mode, ["object", inner]] if mode in COLLECTIONS else ["object", inner]


def taken_apart(type_: Any) -> tuple[str, Any]:
    """The collection that a type is, and what it is a collection of."""
    if isinstance(type_, list) and type_[0] in COLLECTIONS:
        return type_[0], type_[1]
    return "", type_


def type_flags(type_: Any) -> int:
    """The bits that say what type an attribute has. A collection of collections counts as one of anything."""
    collection, base = taken_apart(type_)
    name = base if isinstance(base, str) else "object" if base[0] == "object" else "dynamic"
    return BASES.index(name) << BASE_AT | COLLECTIONS.index(collection) << COLLECTION_AT


def inner_of(type_: Any, flags: int) -> dict[str, Any]:
    """What stands in an object, or in the objects of a collection."""
    _, base = taken_apart(type_)
    if not (isinstance(base, list) and base[0] == "object"):
        return {}
    rows: dict[str, Any] = {}
    for name, below in sorted(base[1].items()):
        inner = inner_of(below, flags)
        rows[name] = [flags | type_flags(below), 0, inner] if inner else flags | type_flags(below)
    return rows


def all_types(schemas: Path, hints: Path) -> dict[str, bytes]:
    """Every resource type and data source, encoded."""
    found: dict[str, bytes] = {}
    for provider in PROVIDERS:
        schema = json.loads((schemas / f"{provider}.json").read_text())
        known = json.loads((hints / f"{provider}.json").read_text()) if (hints / f"{provider}.json").exists() else {}
        for kind in sorted({*schema["resource_schemas"], *known}):
            block = schema["resource_schemas"].get(kind, {}).get("block", {})
            rows = rows_of(block, known.get(kind) or {})
            for path in EARLIER.get(kind, ()):
                add_earlier(rows, path.split("."))
            found[kind] = msgspec.msgpack.encode(rows)
        for kind, one in sorted(schema.get("data_source_schemas", {}).items()):
            found[f"data.{kind}"] = msgspec.msgpack.encode(rows_of(one.get("block", {}), {}))
    for kind in EARLIER.keys() - found.keys():
        found[kind] = msgspec.msgpack.encode({})
    return found


def add_earlier(rows: dict[str, Any], names: list[str]) -> None:
    """Add an attribute of an earlier version at a path, with the blocks that lead there."""
    name, *rest = names
    if not rest:
        rows.setdefault(name, OLDER | OPTIONAL)
        return
    row = rows.setdefault(name, [OLDER | OPTIONAL, NESTINGS.index("list"), {}])
    if isinstance(row, list):
        add_earlier(row[2], rest)


def dictionary_of(types: dict[str, bytes]) -> bytes:
    """The words that most types share, the commonest last: that is where the compressor looks first."""
    words: Counter[bytes] = Counter()
    for encoded in types.values():
        for start in range(0, max(1, len(encoded) - 24), 24):
            words[encoded[start : start + 24]] += 1
        for name in msgspec.msgpack.decode(encoded):
            words[msgspec.msgpack.encode(name)] += 1
    common = [word for word, count in words.most_common(2200) if count > 3]
    return b"".join(reversed(common))[-32000:]


def written(schemas: Path, hints: Path) -> bytes:
    """The whole table."""
    types = all_types(schemas, hints)
    dictionary = dictionary_of(types)
    index: dict[str, tuple[int, int]] = {}
    blobs: list[bytes] = []
    at = 0
    for kind, encoded in sorted(types.items()):
        deflate = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=dictionary)
        blob = deflate.compress(encoded) + deflate.flush()
        index[kind] = (at, len(blob))
        blobs.append(blob)
        at += len(blob)
    head = msgspec.msgpack.encode((index, dictionary))
    return len(head).to_bytes(4, "big") + head + b"".join(blobs)


if __name__ == "__main__":
    FILE.write_bytes(written(Path(sys.argv[1]), Path(sys.argv[2])))
