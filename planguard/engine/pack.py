"""A pack: a folder of rules, Python modules and YAML files, built in or one's own.

A pack is read whole (its digest is part of every decision), but not parsed anew: what its files say is kept in an
index under the digest of their content. Modules are imported when a resource type that they judge occurs.
"""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import msgspec

from planguard.engine.index import (
    Index,
    Warned,
    index_of,
    load_examples,
    load_index,
    placed,
    stamp_of,
    store_index,
)
from planguard.engine.rule import Rule
from planguard.errors import RuleFileError

_SUFFIXES = frozenset({".py", ".yaml", ".yml"})
SHIPPED = "rules-index"
"""The name of the index that an installed package has beside its rules."""
_MAX_FILES = 10_000


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


def builtin_root() -> Path:
    """Where the built-in pack is: inside the installed package, beside it in a checkout."""
    package = Path(__file__).parent.parent
    inside = package / "rules"
    return inside if inside.is_dir() else package.parent / "rules"


def load_pack(root: Path, *, cache: Path | None = None, examples: bool = True) -> Pack:
    """Read a pack.

    :param cache: a folder for indexes, None to parse every file anew
    :param examples: whether the examples of the rules are wanted, too; to judge a plan they are not
    :raises RuleFileError: when the folder or a file cannot be read, or a file is not what a rule file must be
    """
    files = _read_files(root)
    if not files:
        raise RuleFileError("no rules here", "a folder of rules holds .py and .yaml files", place=str(root))
    digest = _digest(files)
    for folder, name in _indexes(root, digest, cache):
        found = load_index(folder, name, stamp_of(digest))
        kept = load_examples(folder, name, stamp_of(digest)) if found is not None and examples else None
        if found is not None and (kept is not None or not examples):
            warnings = tuple(Warned(f"{root}/{place}", message, hint) for place, message, hint in found.warnings)
            return Pack(root, digest, placed(found, root, kept), warnings)
    rules = _parse(root, files)
    # A test holds the built-in pack to the table, so that loading it need not.
    warnings = () if root == builtin_root() else tuple(_warnings(rules, root, files))
    if cache is not None:
        store_index(cache, _cached_name(root, digest), *index_of(rules, warnings, root, digest))
    return Pack(root, digest, rules, warnings)


def _indexes(root: Path, digest: str, cache: Path | None) -> Iterator[tuple[Path, str]]:
    """Where an index may be: for the built-in pack beside it, where a build has put it; else in the cache."""
    if root == builtin_root():
        yield root.parent, SHIPPED
    if cache is not None:
        yield cache, _cached_name(root, digest)


def _cached_name(root: Path, digest: str) -> str:
    known = f"{root}\0{stamp_of(digest)}"
    return "rules-" + sha256(known.encode()).hexdigest()[:40]


def builtin_index() -> tuple[Index, bytes]:
    """The index of the built-in pack, and its examples, for a build to ship."""
    root = builtin_root()
    digest = _digest(_read_files(root))
    return index_of(_parse(root, _read_files(root)), (), root, digest)


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
