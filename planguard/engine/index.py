"""What the files of a pack say, kept on disk, so that they are parsed when they change and not at every call.

An index holds data only, never code. It is known by the digest of the files. Examples, which are most of a pack and
which no plan needs, are kept in a file of their own.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from planguard.engine.rule import Hcl, Rule
from planguard.version import __version__

_FORMAT = "5"
"""To be counted up whenever rules change in shape or meaning."""

Examples = tuple[dict[str, Hcl], dict[str, Hcl], dict[str, Hcl]]
"""Bad, good and undetermined."""


class Warned(NamedTuple):
    """Something about a rule that is probably not meant."""

    place: str
    message: str
    hint: str


class Index(msgspec.Struct, frozen=True, array_like=True):
    """A pack without its examples.

    :ivar rules: their files are named from the folder of the pack
    """

    stamp: str
    rules: tuple[Rule, ...]
    warnings: tuple[Warned, ...]


class _ExampleIndex(msgspec.Struct, frozen=True, array_like=True):
    stamp: str
    by_rule: dict[str, Examples]


def stamp_of(digest: str) -> str:
    """What an index for files of this digest is known by."""
    return sha256(f"{_FORMAT}\0{__version__}\0{digest}".encode()).hexdigest()[:40]


def index_of(rules: tuple[Rule, ...], warnings: tuple[Warned, ...], root: Path, digest: str) -> tuple[Index, bytes]:
    """A pack as it is kept: the index, and its examples as bytes."""
    bare = tuple(
        msgspec.structs.replace(rule, bad={}, good={}, undetermined={}, file=_inside(rule.file, root), pack="")
        for rule in rules
    )
    stamp = stamp_of(digest)
    told = tuple(Warned(_inside(one.place, root), one.message, one.hint) for one in warnings)
    examples = {rule.id: (rule.bad, rule.good, rule.undetermined) for rule in rules}
    return Index(stamp, bare, told), msgspec.msgpack.encode(_ExampleIndex(stamp, examples))


def _inside(file: str, root: Path) -> str:
    return file.removeprefix(f"{root}/")


def placed(index: Index, root: Path, examples: dict[str, Examples] | None) -> tuple[Rule, ...]:
    """The rules of an index as they stand in a folder, with their examples where those are wanted."""
    pack = str(root)
    rules = (msgspec.structs.replace(rule, file=f"{pack}/{rule.file}", pack=pack) for rule in index.rules)
    if examples is None:
        return tuple(rules)
    found = []
    for rule in rules:
        bad, good, undetermined = examples[rule.id]
        found.append(msgspec.structs.replace(rule, bad=bad, good=good, undetermined=undetermined))
    return tuple(found)


def load_index(folder: Path, name: str, stamp: str) -> Index | None:
    """The index of this name, None where there is none for these files."""
    try:
        found = msgspec.msgpack.decode((folder / f"{name}.msgpack").read_bytes(), type=Index)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found if found.stamp == stamp else None


def load_examples(folder: Path, name: str, stamp: str) -> dict[str, Examples] | None:
    """The examples of the rules, None where they are not kept for these files."""
    try:
        found = msgspec.msgpack.decode((folder / f"{name}-examples.msgpack").read_bytes(), type=_ExampleIndex)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
    return found.by_rule if found.stamp == stamp else None


def store_index(folder: Path, name: str, index: Index, examples: bytes) -> None:
    """Keep an index; a folder that cannot be written costs time, nothing else."""
    import contextlib

    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / f"{name}-examples.msgpack", examples)
        _write(folder / f"{name}.msgpack", msgspec.msgpack.encode(index))


def _write(path: Path, content: bytes) -> None:
    import os
    import tempfile

    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".rules-")
    with os.fdopen(handle, "wb") as file:
        file.write(content)
    Path(temporary).replace(path)
