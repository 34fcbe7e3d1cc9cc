"""The Python modules of a pack as syntax trees: what they import, what they define, and what a rule uses of it."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

Definition = ast.FunctionDef | ast.ClassDef | ast.Assign | ast.AnnAssign
_NOT_ASKED = frozenset({"__str__", "__repr__", "__format__", "__hash__"})


class Unit(NamedTuple):
    """A function, a method (``Class.method``) or a module-level value of a module of a pack."""

    module: str
    name: str


class ModuleSource:
    """One module.

    :ivar name: its dotted path inside the pack
    :ivar tree: its syntax, without the decorators that make rules
    :ivar imported: what a name stands for that comes from another module: that module, and the name there (empty
        for the module itself)
    :ivar defined: its functions, classes and values by name
    """

    def __init__(self, name: str, file: str, tree: ast.Module, modules: Iterable[str]) -> None:
        self.name = name
        self.file = file
        self.tree = tree
        self.imported = dict(_imported(tree, name, frozenset(modules)))
        self.defined: dict[str, Definition] = {}
        self._uses: dict[ast.AST, _Uses] = {}
        for node in tree.body:
            if isinstance(node, (ast.FunctionDef, ast.ClassDef)):
                self.defined[node.name] = node
            elif isinstance(node, (ast.Assign, ast.AnnAssign)) and node.value is not None:
                for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
                    if isinstance(target, ast.Name):
                        self.defined[target.id] = node

    def node_of(self, unit: Unit) -> ast.FunctionDef | ast.Assign | ast.AnnAssign | None:
        """The syntax of a unit, None for what is none."""
        name, _, method = unit.name.partition(".")
        found = self.defined.get(name)
        if isinstance(found, ast.ClassDef):
            return _methods(found).get(method)
        return found

    def uses_of(self, node: ast.AST) -> _Uses:
        """What a piece of this module uses; its assignments for messages are marked."""
        if node not in self._uses:
            if isinstance(node, ast.FunctionDef):
                mark_messages(node)
            self._uses[node] = found = _Uses()
            found.visit(node)
        return self._uses[node]


def _methods(node: ast.ClassDef) -> dict[str, ast.FunctionDef]:
    return {one.name: one for one in node.body if isinstance(one, ast.FunctionDef)}


def load_sources(root: Path) -> dict[str, ModuleSource]:
    """The modules of a pack by dotted name.

    :raises OSError: when a file cannot be read; the pack has been loaded before, so its syntax is right
    """
    files = {
        path.relative_to(root).with_suffix("").as_posix().replace("/", "."): path
        for path in sorted(root.rglob("*.py"))
        if not any(part.startswith((".", "__pycache__")) for part in path.relative_to(root).parts)
    }
    return {
        name: ModuleSource(name, str(path), _without_rules(path.read_text(encoding="utf-8-sig")), files)
        for name, path in files.items()
    }


def _without_rules(text: str) -> ast.Module:
    tree = ast.parse(text)
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            node.decorator_list = [one for one in node.decorator_list if not _makes_rule(one)]
    return tree


def _makes_rule(node: ast.expr) -> bool:
    if not isinstance(node, ast.Call):
        return False
    return ast.unparse(node.func).rsplit(".", 1)[-1] in ("rule", "change_rule")


def _imported(tree: ast.Module, module: str, modules: frozenset[str]) -> Iterator[tuple[str, tuple[str, str]]]:
    package = module.split(".")[:-1]
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom) or not node.level:
            continue
        base = package[: len(package) - node.level + 1] + (node.module.split(".") if node.module else [])
        for alias in node.names:
            below = ".".join([*base, alias.name])
            if below in modules:
                yield alias.asname or alias.name, (below, "")
            else:
                yield alias.asname or alias.name, (".".join(base), alias.name)


def importers(sources: dict[str, ModuleSource], module: str) -> set[str]:
    """A module, and all modules that import it, directly or not."""
    found = {module}
    while True:
        more = {
            one.name
            for one in sources.values()
            if one.name not in found and any(there in found for there, _ in one.imported.values())
        }
        if not more:
            return found
        found |= more


def in_import_order(sources: dict[str, ModuleSource], module: str) -> list[str]:
    """A module and what it imports, each behind what it imports itself."""
    order: dict[str, None] = {}
    seen: set[str] = set()

    def visit(name: str) -> None:
        if name in seen or name not in sources:
            return
        seen.add(name)
        for there, _ in sources[name].imported.values():
            visit(there)
        order[name] = None

    visit(module)
    return list(order)


class _Uses(ast.NodeVisitor):
    """The names and attributes that decide something in a piece of code: not those that only make a message."""

    def __init__(self) -> None:
        self.names: dict[str, None] = {}
        self.attributes: set[str] = set()
        self.dotted: set[tuple[str, str]] = set()

    def visit(self, node: ast.AST) -> None:
        if not is_message(node):
            super().visit(node)

    def visit_Name(self, node: ast.Name) -> None:
        if isinstance(node.ctx, ast.Load):
            self.names[node.id] = None

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self.attributes.add(node.attr)
        if isinstance(node.value, ast.Name):
            self.dotted.add((node.value.id, node.attr))
        self.generic_visit(node)

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for one in [*node.args.defaults, *node.args.kw_defaults, *node.body]:
            if one is not None:
                self.visit(one)

    def visit_Assign(self, node: ast.Assign) -> None:
        if not getattr(node, "for_message", False):
            self.generic_visit(node)


def is_message(node: ast.AST) -> bool:
    """Whether a piece of code only says something: an f-string, or what ``violation(…)`` is given."""
    if isinstance(node, ast.JoinedStr):
        return True
    return isinstance(node, ast.Call) and ast.unparse(node.func).rsplit(".", 1)[-1] in ("violation", "Violation")


def mark_messages(function: ast.FunctionDef) -> None:
    """Mark the assignments of a function whose names are read for messages only (``for_message``)."""
    assigns = [node for node in ast.walk(function) if isinstance(node, ast.Assign)]
    for _ in range(3):
        uses = _Uses()
        uses.visit(function)
        for node in assigns:
            names = [one.id for target in node.targets for one in ast.walk(target) if isinstance(one, ast.Name)]
            plain = all(isinstance(target, (ast.Name, ast.Tuple)) for target in node.targets)
            node.for_message = plain and not any(name in uses.names for name in names)  # type: ignore[attr-defined]


class Reach:
    """What a rule uses: the units that its function needs, in its own module and in those that it imports."""

    def __init__(self, sources: dict[str, ModuleSource], module: str, function: str) -> None:
        self._sources = sources
        self._attributes: set[str] = set()
        self._classes: dict[Unit, ast.ClassDef] = {}
        self.units: dict[Unit, None] = {}
        self._add(module, function)
        while self._add_methods():
            pass

    def _add(self, module: str, name: str) -> None:
        source = self._sources.get(module)
        if source is None:
            return
        node = source.defined.get(name)
        if node is None:
            if name in source.imported:
                there, what = source.imported[name]
                if what:
                    self._add(there, what)
            return
        unit = Unit(module, name)
        if unit in self.units or unit in self._classes:
            return
        if isinstance(node, ast.ClassDef):
            self._classes[unit] = node
            for base in node.bases:
                self._follow(source, base)
        else:
            self.units[unit] = None
            self._follow(source, node)

    def _follow(self, source: ModuleSource, node: ast.AST) -> None:
        uses = source.uses_of(node)
        self._attributes |= uses.attributes
        for name in uses.names:
            self._add(source.name, name)
        for alias, name in uses.dotted:
            there, what = source.imported.get(alias, ("", ""))
            if there and not what:
                self._add(there, name)

    def _add_methods(self) -> bool:
        """Take in the methods that somebody may call, by name; whether there were any."""
        more = False
        for unit, node in list(self._classes.items()):
            for name, method in _methods(node).items():
                asked = name in self._attributes or (name.startswith("__") and name not in _NOT_ASKED)
                key = Unit(unit.module, f"{unit.name}.{name}")
                if asked and key not in self.units:
                    self.units[key] = None
                    self._follow(self._sources[unit.module], method)
                    more = True
        return more
