"""A pack: a folder of rules, Python modules and YAML files, built in or one's own.

A pack is read whole (its digest is part of every decision), but not parsed anew: what its files say is kept in an
index under the digest of their content. Modules are imported when a resource type that they judge occurs.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

import msgspec

from planguard.engine.rule import Rule
from planguard.errors import RuleFileError
from planguard.version import __version__

_SUFFIXES = frozenset({".py", ".yaml", ".yml"})
_FORMAT = "3"
_MAX_FILES = 10_000


class Warned(NamedTuple):
    """Something about a rule that is probably not meant."""

    place: str
    message: str
    hint: str


class Pack(msgspec.Struct, frozen=True):
    """A folder of rules.

    :ivar root: the folder
    :ivar digest: hex SHA-256 over the names and contents of its files
    :ivar rules: what they define, ordered by id
    :ivar warnings: what is probably not meant: names that no provider has
    """

    root: Path
    digest: str
    rules: tuple[Rule, ...]
    warnings: tuple[Warned, ...] = ()


class _Index(msgspec.Struct, frozen=True, array_like=True):
    """What the files of a pack say, as it is kept."""

    rules: tuple[Rule, ...]
    warnings: tuple[Warned, ...]


def builtin_root() -> Path:
    """Where the built-in pack is: inside the installed package, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_pack(root: Path, *, cache: Path | None = None) -> Pack:
    """Read a pack.

    :param cache: a folder for indexes, None to parse every file anew
    :raises RuleFileError: when the folder or a file cannot be read, or a file is not what a rule file must be
    """
    files = _read_files(root)
    if not files:
        raise RuleFileError("no rules here", "a folder of rules holds .py and .yaml files", place=str(root))
    digest = _digest(files)
    kept = _index_file(cache, root, digest) if cache is not None else None
    found = _load_index(kept) if kept is not None else None
    if found is None:
        rules = _parse(root, files)
        # A test holds the built-in pack to the table, so that loading it need not.
        found = _Index(rules, () if root == builtin_root() else tuple(_warnings(rules, root, files)))
        if kept is not None:
            _store_index(kept, found)
    return Pack(root, digest, found.rules, found.warnings)


def _warnings(rules: tuple[Rule, ...], root: Path, files: dict[str, bytes]) -> Iterator[Warned]:
    from planguard.engine.attributes import unknown_names

    texts = {str(root / name): content for name, content in files.items()}
    for rule in rules:
        yield from unknown_names(rule, texts[rule.file].decode("utf-8-sig"))


def _read_files(root: Path) -> dict[str, bytes]:
    import os

    found: dict[str, bytes] = {}
    try:
        if not root.is_dir():
            raise RuleFileError(
                "no such folder of rules", "name a folder with .py or .yaml rule files", place=str(root)
            )
        for folder, folders, names in os.walk(root):
            folders[:] = sorted(one for one in folders if not one.startswith((".", "__pycache__")))
            for name in sorted(names):
                path = Path(folder, name)
                if path.suffix in _SUFFIXES and not name.startswith("."):
                    found[path.relative_to(root).as_posix()] = path.read_bytes()
                    if len(found) > _MAX_FILES:
                        raise RuleFileError(
                            f"more than {_MAX_FILES} files", "is this a folder of rules?", place=str(root)
                        )
    except OSError as error:
        raise RuleFileError(f"cannot be read: {error.strerror}", place=str(error.filename or root)) from None
    return found


def _digest(files: dict[str, bytes]) -> str:
    whole = sha256()
    for name, content in sorted(files.items()):
        whole.update(f"{name}\0{len(content)}\0".encode())
        whole.update(content)
    return whole.hexdigest()


def _parse(root: Path, files: dict[str, bytes]) -> tuple[Rule, ...]:
    from planguard.engine.python_rules import parse_python_rules, refuse_blind_tests
    from planguard.engine.yaml_rules import parse_yaml_rules

    rules: list[Rule] = []
    for name, content in sorted(files.items()):
        file = str(root / name)
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError:
            raise RuleFileError("not UTF-8 text", place=file) from None
        if not name.endswith(".py"):
            rules += parse_yaml_rules(text, file=file, pack=str(root))
        elif name.rsplit("/", 1)[-1].startswith("_"):
            refuse_blind_tests(text, file=file)
        else:
            module = name.removesuffix(".py").replace("/", ".")
            rules += parse_python_rules(root, module, text, file=file, pack=str(root))
    _refuse_same_id(rules)
    return tuple(sorted(rules, key=lambda rule: rule.id))


def _refuse_same_id(rules: list[Rule]) -> None:
    seen: dict[str, Rule] = {}
    for rule in rules:
        if rule.id in seen:
            other = seen[rule.id]
            raise RuleFileError(
                f"`{rule.id}` is the id of another rule, at {other.file}:{other.line}",
                "give one of them another id",
                place=f"{rule.file}:{rule.line}",
            )
        seen[rule.id] = rule


def _index_file(cache: Path, root: Path, digest: str) -> Path:
    # The place of the pack counts too: rules name their files.
    name = sha256(f"{_FORMAT}\0{__version__}\0{root}\0{digest}".encode()).hexdigest()
    return cache / f"rules-{name[:40]}.msgpack"


def _load_index(path: Path) -> _Index | None:
    try:
        return msgspec.msgpack.decode(path.read_bytes(), type=_Index)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None


def _store_index(path: Path, index: _Index) -> None:
    """Keep an index; a cache that cannot be written costs time, nothing else."""
    import contextlib
    import os
    import tempfile

    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".rules-")
        with os.fdopen(handle, "wb") as file:
            file.write(msgspec.msgpack.encode(index))
        Path(temporary).replace(path)
