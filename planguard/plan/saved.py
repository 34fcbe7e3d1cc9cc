"""A saved binary plan (``terraform plan -out=FILE``): its JSON by way of Terraform, and what the JSON leaves out.

The file is a zip archive: ``tfplan`` (protobuf), ``tfstate`` and ``tfstate-prev`` (state files, version 4),
``tfconfig/modules.json`` and ``tfconfig/m-KEY/FILE`` (the source, by module), ``.terraform.lock.hcl``. Only the very
version of Terraform or OpenTofu that wrote ``tfplan`` can turn it into JSON. Workspace, backend, lineage, serial and
source are read from the archive itself, in memory; nothing is unpacked to disk.

Source: Terraform's ``internal/plans/planfile/{reader,config_snapshot,tfplan}.go`` and ``planproto/planfile.proto``
(a private format: whatever is not as described is refused, or left out as None).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from planguard.errors import NotAPlanError, PlanError
from planguard.plan.kind import HOW, safe_version
from planguard.plan.show import BY_HAND, show_json

if TYPE_CHECKING:
    import zipfile

_MOST_BYTES = 512 * 1024 * 1024
_MOST_MEMBERS = 50_000
_MANIFEST = "tfconfig/modules.json"
_MODULES = "tfconfig/m-"
_LOCK = ".terraform.lock.hcl"

# Field numbers of planfile.proto, which are the same in OpenTofu.
_VERSION, _BACKEND, _TERRAFORM_VERSION, _STATE_STORE = 1, 13, 14, 29
_TYPE, _WORKSPACE = 1, 3


@dataclass(frozen=True, slots=True)
class SourceModule:
    """One module of the configuration that a plan was made from.

    :ivar directory: relative to the folder that the plan was made in, ``.`` for the root module
    :ivar source: as the module call says it, None for the root module
    :ivar version: of a module out of a registry
    :ivar files: content by file name
    """

    directory: str
    source: str | None = None
    version: str | None = None
    files: dict[str, bytes] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class SavedPlan:
    """What a saved plan holds. Everything but ``json`` is None or empty where the archive does not say it.

    :ivar json: what ``terraform show -json`` made of it
    :ivar lineage: of the state that the plan was made from; None before the first apply
    :ivar serial: of that state
    :ivar backend_type: ``local``, ``s3``, …, or the type of a state store
    :ivar source: the configuration by module key (``""`` is the root, ``a.b`` the module b in a)
    :ivar lock: the dependency lock file
    :ivar is_opentofu: whether something in it says that OpenTofu made it; False also where nothing says so
    """

    json: bytes = field(repr=False)
    lineage: str | None = None
    serial: int | None = None
    workspace: str | None = None
    backend_type: str | None = None
    source: dict[str, SourceModule] = field(default_factory=dict, repr=False)
    lock: bytes | None = field(default=None, repr=False)
    terraform_version: str | None = None
    is_opentofu: bool = False


def read_saved_plan(path: Path, terraform_bin: str | None, *, place: str | None = None) -> SavedPlan:
    """Read a saved plan, and have Terraform or OpenTofu write its JSON.

    Without ``terraform_bin`` it is ``terraform``, else ``tofu``, of PATH; ``tofu`` first where the plan looks like
    OpenTofu's, and the other one when the first cannot read it. It runs without a shell, in
    :func:`planguard.plan.show.working_folder`.

    :param place: how messages call the file; its path if None
    :raises NotAPlanError: a zip archive of another kind
    :raises PlanError: damaged, changed meanwhile, or no program that can turn it into JSON
    """
    place = place or str(path)
    try:
        before = path.stat()
        data = path.read_bytes()
    except OSError as error:
        raise PlanError(f"cannot be read: {(error.strerror or 'input/output error').lower()}", place=place) from None
    saved = parse_saved_plan(data, place=place)
    json = show_json(path, terraform_bin, prefer_tofu=saved.is_opentofu, place=place)
    try:
        after = path.stat()
    except OSError:
        after = None
    if after is None or (before.st_ino, before.st_size, before.st_mtime_ns) != (
        after.st_ino,
        after.st_size,
        after.st_mtime_ns,
    ):
        raise PlanError("changed while it was read", "run planguard again when nobody writes the file", place=place)
    return replace(saved, json=json)


def parse_saved_plan(data: bytes, *, place: str) -> SavedPlan:
    """Everything in a saved plan but its JSON, which is left empty.

    :raises NotAPlanError: a zip archive of another kind
    :raises PlanError: a damaged archive, or one of more than 512 MiB
    """
    members = _read_members(data, place)
    if "tfplan" not in members or "tfstate" not in members:
        raise NotAPlanError("a zip archive, but not a saved plan", HOW, place=place)
    try:
        return _interpret(members)
    except (ValueError, msgspec.MsgspecError, RecursionError):
        raise _damaged(place) from None


def _damaged(place: str) -> PlanError:
    return PlanError("a damaged saved plan", "plan again with `terraform plan -out=FILE`", place=place)


# --- the archive ---------------------------------------------------------------------------------------------------


def _read_members(data: bytes, place: str) -> dict[str, bytes]:
    """Content by name of the members that matter, with the sizes that they claim checked while they are read."""
    import io
    import struct
    import zipfile
    import zlib

    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if _matters(info.filename)]
            if len({info.filename for info in infos}) != len(infos):
                raise _damaged(place)
            if sum(info.file_size for info in infos) > _MOST_BYTES or len(infos) > _MOST_MEMBERS:
                raise PlanError("a saved plan of more than 512 MiB", f"write its JSON {BY_HAND}", place=place)
            return {info.filename: _read_member(archive, info) for info in infos}
    except (zipfile.BadZipFile, zlib.error, EOFError, OSError, struct.error):
        raise _damaged(place) from None
    except (NotImplementedError, RuntimeError, ValueError, LookupError, OverflowError):
        # unknown compression, encryption, names and offsets that are none
        raise _damaged(place) from None


def _matters(name: str) -> bool:
    if name.startswith("/") or "\\" in name or ".." in name.split("/"):
        return False
    return name in {"tfplan", "tfstate", _MANIFEST, _LOCK} or name.startswith(_MODULES)


def _read_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bytes:
    with archive.open(info) as stream:
        content = stream.read(info.file_size + 1)
    if len(content) != info.file_size:
        raise ValueError("another size than it claims")
    return content


class _State(msgspec.Struct):
    lineage: str = ""
    serial: int | None = None


class _Record(msgspec.Struct, rename="pascal"):
    key: str
    dir: str
    source: str | None = None
    version: str | None = None


def _interpret(members: dict[str, bytes]) -> SavedPlan:
    plan = members["tfplan"]
    fields = _fields(plan, {_VERSION, _BACKEND, _TERRAFORM_VERSION, _STATE_STORE})
    state = msgspec.json.decode(members["tfstate"], type=_State)
    version = safe_version(_text(fields.get(_TERRAFORM_VERSION)))
    lock = members.get(_LOCK)
    backend: dict[int, int | bytes] = {}
    if fields.get(_VERSION) == 3:
        if _BACKEND in fields and _STATE_STORE in fields:
            raise ValueError("two places for the state")
        backend = _fields(fields.get(_BACKEND, fields.get(_STATE_STORE, b"")), {_TYPE, _WORKSPACE})
    return SavedPlan(
        json=b"",
        lineage=state.lineage or None,
        serial=state.serial,
        workspace=_text(backend.get(_WORKSPACE)),
        backend_type=_text(backend.get(_TYPE)),
        source=_modules(members),
        lock=lock,
        terraform_version=version,
        is_opentofu=any(sign in plan + (lock or b"") for sign in (b"registry.opentofu.org/", b'"tofu init"')),
    )


def _modules(members: dict[str, bytes]) -> dict[str, SourceModule]:
    if _MANIFEST not in members:
        return {}
    modules = {
        record.key: SourceModule(record.dir, record.source, record.version)
        for record in msgspec.json.decode(members[_MANIFEST], type=list[_Record])
    }
    for name, content in members.items():
        key, slash, file = name.removeprefix(_MODULES).rpartition("/")
        if name.startswith(_MODULES) and slash and file:
            if key not in modules:
                raise ValueError("a file of a module that the manifest does not list")
            modules[key].files[file] = content
    return modules


# --- protobuf ------------------------------------------------------------------------------------------------------


def _text(value: object) -> str | None:
    """A string field; an empty one is the same as none (proto3)."""
    if value is not None and not isinstance(value, bytes):
        raise ValueError("not a string field")
    return value.decode() or None if value else None


def _fields(message: object, wanted: set[int]) -> dict[int, int | bytes]:
    """The wanted fields of a message by number, each of which stands there at most once.

    :raises ValueError: not the wire format of protobuf
    """
    if not isinstance(message, bytes):
        raise ValueError("not a message field")  # noqa: TRY004 - the data is wrong, not the caller
    fields: dict[int, int | bytes] = {}
    for number, value in _wire(message):
        if number in fields:
            raise ValueError("a field twice")
        if number in wanted:
            fields[number] = value
    return fields


def _wire(message: bytes) -> Iterator[tuple[int, int | bytes]]:
    """Every field of a message: numbers as int, everything else as bytes.

    Source: "Protocol Buffers: Encoding". Groups, which proto3 does not have, are refused.
    """
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire_type = tag >> 3, tag & 7
        if not 0 < number < 1 << 29:
            raise ValueError("no field number")
        if wire_type == 0:
            value, at = _varint(message, at)
            yield number, value
            continue
        if wire_type == 2:
            size, at = _varint(message, at)
        elif wire_type in (1, 5):
            size = 8 if wire_type == 1 else 4
        else:
            raise ValueError("no wire type")
        if size > len(message) - at:
            raise ValueError("cut off")
        yield number, message[at : at + size]
        at += size


def _varint(message: bytes, at: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        if at >= len(message):
            raise ValueError("cut off")
        byte = message[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            if value >= 1 << 64:
                raise ValueError("too large a number")
            return value, at
    raise ValueError("too long a number")
