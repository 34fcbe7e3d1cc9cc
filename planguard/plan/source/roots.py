"""The root modules in a folder: whatever holds a configuration and is called by no other."""

from __future__ import annotations

import os
import posixpath
from pathlib import Path

from planguard.errors import SourceError
from planguard.plan.source.contents import file_content
from planguard.plan.source.tree import is_configuration_file, load_source

_MOST = 10_000


def find_roots(folder: Path, cache: Path | None = None) -> list[str]:
    """The folders of root modules, as paths from a folder, in order.

    A folder that another one calls as a module is none. Hidden folders are not entered, links are not followed. A
    folder that cannot be parsed is a root, so that whoever evaluates it learns why.

    :param cache: folder in which to keep what was parsed
    :raises SourceError: there is no such folder, or no configuration in it or below
    """
    if not folder.is_dir():
        raise SourceError("there is no such folder", "name a folder with .tf files", place=str(folder))
    found = _with_configuration(folder)
    if not found:
        hint = "name the folder of the root module, or one above it"
        raise SourceError("the folder holds no .tf files", hint, place=str(folder))
    called = {name for one in found for name in _called(folder, one, cache)}
    return [one for one in found if one not in called] or found[:1]


def _with_configuration(folder: Path) -> list[str]:
    found: list[str] = []
    for path, folders, files in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        if any(is_configuration_file(name) for name in files):
            found.append(posixpath.normpath(Path(path).relative_to(folder).as_posix()))
        if len(found) > _MOST:
            raise SourceError("more folders with .tf files than anybody has", place=str(folder))
    return found


def _called(folder: Path, one: str, cache: Path | None) -> list[str]:
    """The folders that the modules of a folder are called from."""
    try:
        source = load_source(folder / one, cache)
        sections = [
            section
            for file, content in source.files_in(".")
            for section in file_content(file, content, source).sections
            if section.kind == "module"
        ]
    except SourceError:
        return []
    sources = [section.literal("source") for section in sections]
    return [
        posixpath.normpath(posixpath.join(one, name))
        for name in sources
        if isinstance(name, str) and name.startswith(("./", "../"))
    ]
