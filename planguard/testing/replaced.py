"""Modules of a pack run anew with one of them changed, while everything else stays as it is."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import CodeType, ModuleType

from planguard.engine.python_rules import package_of
from planguard.testing.pack_source import ModuleSource, importers, in_import_order


class PackCode:
    """The modules of a pack, compiled once.

    :ivar sources: their syntax, by dotted name
    """

    def __init__(self, root: Path, sources: dict[str, ModuleSource]) -> None:
        self.sources = sources
        self._package = package_of(root)
        self._compiled: dict[str, CodeType] = {}
        self._order: dict[str, list[str]] = {}
        self._importers: dict[str, set[str]] = {}

    def compiled(self, module: str) -> CodeType:
        """The code of a module as its syntax is now."""
        source = self.sources[module]
        return compile(source.tree, source.file, "exec", dont_inherit=True)

    @contextmanager
    def replaced(self, module: str, code: CodeType) -> Iterator[Callable[[str], None]]:
        """Put changed code in the place of a module for as long as the ``with`` lasts.

        Gives a function that prepares a module of rules: what of its imports rests on the changed one runs anew.

        :param module: the module that is changed
        :param code: its code
        """
        if module not in self._importers:
            self._importers[module] = importers(self.sources, module)
        affected = self._importers[module]
        done: dict[str, tuple[ModuleType | None, ModuleType]] = {}

        def prepare(wanted: str) -> None:
            if wanted not in self._order:
                self._order[wanted] = in_import_order(self.sources, wanted)
            for name in self._order[wanted]:
                if name in affected and name not in done:
                    self._run(name, code if name == module else self._unchanged(name), done)

        try:
            yield prepare
        finally:
            for name, (before, changed) in done.items():
                self._put(name, before)
                vars(changed).clear()

    def _unchanged(self, name: str) -> CodeType:
        if name not in self._compiled:
            self._compiled[name] = self.compiled(name)
        return self._compiled[name]

    def _run(self, name: str, code: CodeType, done: dict[str, tuple[ModuleType | None, ModuleType]]) -> None:
        full = f"{self._package}.{name}"
        module = ModuleType(full)
        module.__package__ = full.rpartition(".")[0]
        module.__file__ = self.sources[name].file
        done[name] = (sys.modules.get(full), module)
        self._put(name, module)
        exec(code, vars(module))  # noqa: S102 - the code of a rule, which `check` runs as well

    def _put(self, name: str, module: ModuleType | None) -> None:
        full = f"{self._package}.{name}"
        parent, _, last = full.rpartition(".")
        if module is None:
            sys.modules.pop(full, None)
            return
        sys.modules[full] = module
        if parent in sys.modules:
            setattr(sys.modules[parent], last, module)
