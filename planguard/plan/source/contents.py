"""The modules of a configuration in compact form: what the blocks of all files of a folder say together."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field

import msgspec

from planguard.errors import SourceError
from planguard.plan.source.cache import cached
from planguard.plan.source.content import hcl_content, json_content
from planguard.plan.source.grammar import UnparsableError
from planguard.plan.source.syntax import Argument, Content, Section, overridden
from planguard.plan.source.tree import Source, unparsable

_KINDS = {"resource": "", "data": "data."}


@dataclass(frozen=True, eq=False)
class ModuleContent:
    """One module of a configuration.

    :ivar folder: its folder, as a path from the root folder
    :ivar resources: ``aws_vpc.main`` and ``data.aws_ami.this`` to their blocks
    :ivar files: the file of each block, by kind and labels
    """

    folder: str
    variables: dict[str, Section] = field(default_factory=dict)
    locals: dict[str, Argument] = field(default_factory=dict)
    resources: dict[str, Section] = field(default_factory=dict)
    calls: dict[str, Section] = field(default_factory=dict)
    outputs: dict[str, Section] = field(default_factory=dict)
    providers: dict[str, Section] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    versions: dict[str, str] = field(default_factory=dict)

    def take(self, section: Section) -> None:
        """Take in one block; of one that is there already, it overrides parts."""
        labels = section.labels
        match section.kind:
            case "resource" | "data" if len(labels) == 2:
                self._put(self.resources, f"{_KINDS[section.kind]}{labels[0]}.{labels[1]}", section)
            case "variable" if labels:
                self._put(self.variables, labels[0], section)
            case "output" if labels:
                self._put(self.outputs, labels[0], section)
            case "module" if labels:
                self._put(self.calls, labels[0], section)
            case "provider" if labels:
                alias = section.literal("alias")
                self._put(self.providers, f"{labels[0]}.{alias}" if alias else labels[0], section)
            case "check":
                for data in section.inner("data"):
                    self.take(data)
            case "locals":
                self.locals.update(section.arguments)
            case "terraform":
                self._required(section)

    @staticmethod
    def _put(into: dict[str, Section], name: str, section: Section) -> None:
        into[name] = overridden(into[name], section) if name in into else section

    def _required(self, section: Section) -> None:
        for providers in section.inner("required_providers"):
            for name, argument in providers.arguments.items():
                row = literal_members(argument)
                if isinstance(source := row.get("source"), str):
                    self.sources[name] = source
                if isinstance(version := row.get("version"), str):
                    self.versions[name] = version


def literal_members(argument: Argument) -> dict[str, object]:
    """The literal members of an object expression; of a literal text, that as the ``version``."""
    expression = argument.expression
    if expression[0] == 0:
        return {"version": expression[1]}
    if expression[0] != 6:
        return {}
    return {str(key[1]): value[1] for key, value in expression[1] if key[0] in (0, 2) and value[0] == 0}


@dataclass(frozen=True, eq=False)
class Contents:
    """All modules of a configuration, each folder read once."""

    source: Source
    _folders: dict[str, ModuleContent | None] = field(default_factory=dict)

    def root(self) -> ModuleContent | None:
        """The root module.

        :raises SourceError: a file cannot be read or parsed
        """
        folder = self.source.folder_of((), None, None)
        return self._folder(folder) if folder is not None else None

    def called(self, path: tuple[str, ...], parent: ModuleContent, call: Section) -> ModuleContent | None:
        """The module that a call leads to, None where its files are not at hand.

        :param path: names of the calls that lead there
        :raises SourceError: a file cannot be read or parsed
        """
        source = call.literal("source")
        folder = self.source.folder_of(path, parent.folder, source if isinstance(source, str) else None)
        return self._folder(folder) if folder is not None else None

    def _folder(self, folder: str) -> ModuleContent | None:
        if folder not in self._folders:
            files = self.source.files_in(folder)
            module = ModuleContent(folder) if files else None
            for file, content in files:
                for section in file_content(file, content, self.source).sections:
                    if module is not None:
                        module.take(section)
            self._folders[folder] = module
        return self._folders[folder]

    def file(self, path: str) -> bytes | None:
        """A file that the configuration reads.

        :param path: from the root folder, with ``/``
        """
        return None if posixpath.isabs(path) else self.source.file(path)


def file_content(file: str, content: bytes, source: Source) -> Content:
    """One file in compact form, from the cache where it is there.

    :raises SourceError: it is not UTF-8, or cannot be parsed
    """
    syntax = "json" if file.endswith(".json") else "hcl"

    def parse() -> Content:
        text = content.decode("utf-8-sig")
        return json_content(text) if syntax == "json" else hcl_content(text)

    try:
        return cached(source.cache, content, f"{syntax} content 2", Content, parse)
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise SourceError("the file is not UTF-8", "save it as UTF-8", place=f"{file}:{line}") from None
    except UnparsableError as error:
        raise unparsable(file, error) from None
    except (RecursionError, msgspec.MsgspecError):
        raise SourceError("nested too deep", place=f"{file}:1") from None
