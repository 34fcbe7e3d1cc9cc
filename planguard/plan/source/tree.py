"""A configuration with its modules, from a folder or from files in memory. A module is parsed when first asked.

Source followed: Terraform ``internal/configs/parser_config_dir.go`` (which files belong to a module, and which of
them override) and ``internal/modsdir`` (``.terraform/modules/modules.json``).
"""

from __future__ import annotations

import json
import posixpath
import stat
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from planguard.errors import SourceError
from planguard.plan.source.blocks import Block, block_in
from planguard.plan.source.cache import cached_facts
from planguard.plan.source.facts import FileFacts, LocalFacts, parse_hcl
from planguard.plan.source.files import FolderFiles
from planguard.plan.source.grammar import UnparsableError
from planguard.plan.source.jsonsyntax import parse_json

_ROOT = "."
_INSTALLED = ".terraform/modules/modules.json"

Reader = Callable[[str], Mapping[str, bytes]]
"""From a folder, as a path from the root folder, to the names and contents of its .tf and .tfvars files."""

FileReader = Callable[[str], bytes | None]
"""From the path of any other file to its content; None where there is none, or it may not be read."""


@dataclass(frozen=True, eq=False)
class SourceModule:
    """One module of a configuration.

    :ivar path: names of the calls that lead to it, without instance keys; ``()`` is the root
    :ivar folder: its folder, as a path from the root folder, ``.`` for that itself
    """

    path: tuple[str, ...]
    folder: str
    _facts: tuple[tuple[str, FileFacts], ...] = field(repr=False)

    @cached_property
    def locals(self) -> Mapping[str, LocalFacts]:
        """Every local value; one in an override file wins."""
        return {name: local for _, facts in self._facts for name, local in facts.locals.items()}

    @cached_property
    def blocks(self) -> Mapping[tuple[str, ...], Block]:
        """Every block under its kind and labels, ``("resource", "aws_vpc", "main")``, and every local.

        Of a block that is written more than once, the first counts: the others override parts of it.
        """
        found: dict[tuple[str, ...], Block] = {}
        for file, facts in self._facts:
            for block in facts.blocks:
                found.setdefault((block.kind, *block.labels), block_in(file, block))
            for name, local in facts.locals.items():
                line, end_line = local.lines or (None, None)
                found["local", name] = Block("local", (name,), file, line, end_line)
        return found

    @cached_property
    def sources(self) -> Mapping[str, str]:
        """What each module call names as its source, as far as that is a plain string."""
        return {name: source for _, facts in self._facts for name, source in facts.sources.items()}

    def local_references(self, name: str) -> list[str]:
        """References of ``local.<name>`` as plan JSON writes them; none for a local that does not exist."""
        local = self.locals.get(name)
        return list(local.references) if local is not None else []

    def block(self, kind: str, *labels: str) -> Block | None:
        """The block of this kind with these labels, or None."""
        return self.blocks.get((kind, *labels))


@dataclass(frozen=True, eq=False)
class Source:
    """A configuration with all modules whose files are at hand."""

    _read: Reader
    _given: Mapping[str, str]
    _installed: Mapping[str, str]
    _cache: Path | None
    _read_file: FileReader
    _modules: dict[tuple[str, ...], SourceModule | None] = field(default_factory=dict, repr=False)
    _folders: dict[str, tuple[tuple[str, FileFacts], ...]] = field(default_factory=dict, repr=False)

    def module(self, path: tuple[str, ...]) -> SourceModule | None:
        """The module that these calls lead to, or None where a call or its files are missing.

        :param path: names of module calls without instance keys, ``()`` for the root
        :raises SourceError: a file cannot be read or parsed
        """
        for length in range(len(path) + 1):
            part = path[:length]
            if part not in self._modules:
                self._modules[part] = self._load(part)
        return self._modules[path]

    def _load(self, path: tuple[str, ...]) -> SourceModule | None:
        folder = self._locate(path)
        if folder is None:
            return None
        if folder not in self._folders:
            self._folders[folder] = tuple(
                (file, self._parse(file, content)) for file, content in self.files_in(folder)
            )
        facts = self._folders[folder]
        return SourceModule(path, folder, facts) if facts else None

    def files_in(self, folder: str) -> list[tuple[str, bytes]]:
        """Path and content of each configuration file of a folder, override files last."""
        found = sorted(self._read(folder).items(), key=_reading_order)
        found = [one for one in found if is_configuration_file(one[0])]
        return [(posixpath.normpath(posixpath.join(folder, name)), content) for name, content in found]

    def variable_files(self, folder: str) -> list[tuple[str, bytes]]:
        """Name and content of the files in a folder that give values to its variables, the last one wins."""
        found = [one for one in self._read(folder).items() if is_variable_file(one[0])]
        return sorted(found, key=lambda one: (not one[0].startswith("terraform.tfvars"), one[0]))

    def file(self, path: str) -> bytes | None:
        """Any other file of the configuration; None where there is none, or it lies outside of it."""
        return self._read_file(posixpath.normpath(path))

    @property
    def cache(self) -> Path | None:
        """The folder for what need not be worked out again."""
        return self._cache

    def folder_of(self, path: tuple[str, ...], parent: str | None, source: str | None) -> str | None:
        """The folder of a module, None where it is not at hand.

        :param parent: the folder of the module that calls it
        :param source: what the call names as its source
        """
        key = ".".join(path)
        if key in self._given or not path:
            return posixpath.normpath(self._given.get(key, _ROOT))
        if parent is None or source is None:
            return None
        if source.startswith(("./", "../")):
            return posixpath.normpath(posixpath.join(parent, source))
        installed = self._installed.get(key)
        return posixpath.normpath(installed) if installed is not None else None

    def _locate(self, path: tuple[str, ...]) -> str | None:
        parent = self._modules[path[:-1]] if path else None
        source = parent.sources.get(path[-1]) if parent is not None else None
        return self.folder_of(path, parent.folder if parent is not None else None, source)

    def _parse(self, file: str, content: bytes) -> FileFacts:
        syntax = "json" if file.endswith(".json") else "hcl"

        def parse() -> FileFacts:
            text = content.decode("utf-8-sig")
            return parse_json(text) if syntax == "json" else parse_hcl(text)

        try:
            return cached_facts(self._cache, content, syntax, parse)
        except UnicodeDecodeError as error:
            line = content.count(b"\n", 0, error.start) + 1
            raise SourceError("the file is not UTF-8", "save it as UTF-8", place=f"{file}:{line}") from None
        except UnparsableError as error:
            raise unparsable(file, error) from None


def unparsable(file: str, error: UnparsableError) -> SourceError:
    """The error for a file that is no HCL, or no JSON."""
    return SourceError(
        f"cannot be parsed as {'JSON' if file.endswith('.json') else 'HCL'}",
        "`terraform validate` says more about it; without --source the plan is judged all the same",
        place=f"{file}:{error.line}",
    )


def load_source(folder: Path, cache: Path | None = None, tree: Path | None = None) -> Source:
    """The configuration in a folder, with its local modules and those that ``terraform init`` installed there.

    :param folder: the root module
    :param cache: folder in which to keep what was found in each file, None to parse every time
    :param tree: the folder whose files functions may read, where that is one above the root module
    :raises SourceError: there is no such folder, or it holds no configuration
    """

    def read(inner: str) -> dict[str, bytes]:
        return _read_folder(folder, inner)

    if not folder.is_dir():
        raise SourceError("there is no such folder", place=str(folder))
    if not any(is_configuration_file(entry.name) for entry in _entries(folder, str(folder))):
        raise SourceError("the folder holds no .tf files", "name the folder of the root module", place=str(folder))
    return Source(read, {}, _load_installed(folder / _INSTALLED), cache, FolderFiles(folder, tree or folder).read)


def source_from_files(
    files: Mapping[str, bytes], modules: Mapping[str, str] | None = None, cache: Path | None = None
) -> Source:
    """The configuration in files held in memory.

    :param files: content of each file under its path from the root folder: ``main.tf``, ``modules/web/main.tf``
    :param modules: folder of each module under its dotted path: ``{"web": "modules/web", "web.inner": …}``, ``""``
        for the root where that is not ``.``; a module that is not named is found by its source if that is local
    :param cache: as in :func:`load_source`
    """
    folders: dict[str, dict[str, bytes]] = {}
    for path, content in files.items():
        folder, name = posixpath.split(posixpath.normpath(path))
        if is_configuration_file(name) or is_variable_file(name):
            folders.setdefault(folder or _ROOT, {})[name] = content
    others = {posixpath.normpath(path): content for path, content in files.items()}
    return Source(lambda folder: folders.get(folder, {}), modules or {}, {}, cache, others.get)


def is_configuration_file(name: str) -> bool:
    """Whether Terraform reads a file of this name: no hidden files, no traces of editors."""
    ignored = name.startswith(".") or name.endswith("~") or (name.startswith("#") and name.endswith("#"))
    return name.endswith((".tf", ".tf.json")) and not ignored


def is_variable_file(name: str) -> bool:
    """Whether Terraform reads values of variables from a file of this name without being told to."""
    return name in {"terraform.tfvars", "terraform.tfvars.json"} or name.endswith(
        (".auto.tfvars", ".auto.tfvars.json")
    )


def _reading_order(item: tuple[str, bytes]) -> tuple[bool, str]:
    name = item[0]
    stem = name.removesuffix(".json").removesuffix(".tf")
    return stem == "override" or stem.endswith("_override"), name


def _entries(folder: Path, place: str) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError as error:
        raise _unreadable(error, place) from error


def _unreadable(error: OSError, place: str) -> SourceError:
    return SourceError(f"cannot be read: {(error.strerror or 'unknown').lower()}", place=place)


def _read_folder(root: Path, inner: str) -> dict[str, bytes]:
    folder = root / inner
    if not folder.is_dir():
        return {}
    found: dict[str, bytes] = {}
    for path in _entries(folder, inner):
        if not (is_configuration_file(path.name) or is_variable_file(path.name)) or path.is_dir():
            continue
        place = posixpath.normpath(posixpath.join(inner, path.name))
        try:
            if not stat.S_ISREG(path.stat().st_mode):
                raise SourceError("is not a regular file", place=place)
            found[path.name] = path.read_bytes()
        except OSError as error:
            raise _unreadable(error, place) from error
    return found


def _load_installed(record: Path) -> dict[str, str]:
    """Folders of installed modules under their dotted paths; nothing where no readable record is."""
    try:
        rows = json.loads(record.read_bytes())["Modules"]
        return {row["Key"]: str(row["Dir"]).replace("\\", "/") for row in rows}
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return {}
