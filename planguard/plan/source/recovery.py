"""Values that a plan leaves out, from the source: with a symbol in place of each that is known only after apply.

A policy that holds one ARN which is not known yet is wholly unknown in a plan; its source tells all but that ARN.
What the plan knows is taken from the plan: variables, data sources that were read, attributes, instance keys.

Source: Terraform, "Expressions"; the format of ``after_unknown`` in "JSON Output Format".
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from planguard.errors import SourceError
from planguard.plan.address import Key, ModulePath
from planguard.plan.free_text import may_be_any_text
from planguard.plan.sensitive import wrap_sensitive
from planguard.plan.source.contents import Contents, ModuleContent
from planguard.plan.source.evaluation.document import tree_of
from planguard.plan.source.evaluation.functions.encoding import json_text
from planguard.plan.source.evaluation.module import Evaluation, Module
from planguard.plan.source.evaluation.planned import Planned, attribute_after, is_made_of_blocks, written_names
from planguard.plan.source.evaluation.symbol import Document, OpenList, Symbol, Symbolic
from planguard.plan.source.evaluation.value import UNKNOWN, Marked, NoValueError, has_marks, is_bag, plain
from planguard.plan.source.syntax import Section
from planguard.plan.source.tree import Source
from planguard.plan.unknown import Origin, PartialList, Path, Unknown, has_unknown, is_unknown

SymbolMaker = Callable[[str], str]
"""From the name of a value to the character that stands for it."""

_FIRST_PRIVATE, _LAST_PRIVATE = "\ue000", "\uf8ff"
_FIRST_PLANE = "\U000f0000"


class Recovery:
    """What the source of one plan tells of values that the plan leaves out. Modules are read when they are needed.

    :param planned: what the plan knows
    :param symbol: makes the symbols
    :param workspace: ``terraform.workspace``; None where nobody knows
    """

    def __init__(self, source: Source, planned: Planned, symbol: SymbolMaker, workspace: str | None = None) -> None:
        self._source = source
        self._planned = planned
        self._symbol = symbol
        self._workspace = workspace
        self._root: Module | None = None

    def value(self, module: ModulePath, name: str, key: Key, path: Path, origin: Origin) -> Any:
        """The value at a path of an instance, symbols in its texts, Unknown where nobody knows.

        :param name: ``aws_vpc.main`` or ``data.aws_ami.this``
        :param origin: the resource, for what stays unknown
        :returns: None where nothing can be told
        :raises SourceError: a file cannot be read or parsed
        """
        found = self._teller(origin, path).told(self._evaluated(module, name, key, path), path)
        return None if is_unknown(found) else found

    def document(self, module: ModulePath, name: str, key: Key, path: Path, origin: Origin) -> Any:
        """The JSON document that a text holds, decoded; parameters as for :meth:`value`.

        :returns: None where nothing can be told, or the text is no JSON
        :raises SourceError: a file cannot be read or parsed
        """
        value = self._evaluated(module, name, key, path)
        sensitive = has_marks(value)
        value = plain(value)
        try:
            if type(value) is Symbolic:
                value = tree_of(value)
            elif isinstance(value, str):
                value = json.loads(value)
        except (NoValueError, ValueError, RecursionError):
            return None
        found = self._teller(origin, path).told(value, path, sensitive)
        return None if is_unknown(found) else found

    def _teller(self, origin: Origin, path: Path) -> _Teller:
        return _Teller(self._symbol, f"{origin.address}.{path[0]}", origin)

    # --- evaluation ------------------------------------------------------------------------------------------------

    def _evaluated(self, path: ModulePath, name: str, key: Key, steps: Path) -> Any:
        """The value as expressions see it; unknown where there is none."""
        root = self._loaded()
        try:
            return root.evaluation.settle(lambda: self._at(root, path, name, key, steps))
        except NoValueError:
            return UNKNOWN
        except RecursionError:
            raise SourceError(
                "the configuration is nested too deep to be evaluated", place=root.content.folder
            ) from None

    def _loaded(self) -> Module:
        if self._root is None:
            contents = Contents(self._source)
            evaluation = Evaluation(contents, None, {}, self._workspace, self._planned)
            given = {name: (lambda value=value: value) for name, value in self._planned.variables.items()}
            self._root = Module(evaluation, contents.root() or ModuleContent("."), (), given)
        return self._root

    @staticmethod
    def _at(root: Module, path: ModulePath, name: str, key: Key, steps: Path) -> Any:
        module = _module_at(root, path)
        section = module.content.resources.get(name) if module is not None else None
        if module is None or section is None or not _is_written(section, str(steps[0])):
            return UNKNOWN
        value = attribute_after(module, name, section, key, str(steps[0]))
        for step in steps[1:]:
            value = _below(value, step)
        return value


class _Teller:
    """Tells a value as it is handed on: private characters for symbols, Unknown for what is not known.

    :ivar own: the name of the attribute that is told, of which its own symbol says nothing
    """

    def __init__(self, symbol: SymbolMaker, own: str, origin: Origin) -> None:
        self._symbol = symbol
        self._own = own
        self._origin = origin

    def told(self, value: Any, path: Path, sensitive: bool = False) -> Any:
        if type(value) is Marked:
            return self.told(value.value, path, True)
        if type(value) is Symbolic:
            value = self._text(value)
        if isinstance(value, dict):
            return self._members(value, path, sensitive)
        if isinstance(value, list | tuple):
            items = [self.told(one, (*path, n), sensitive) for n, one in enumerate(value)]
            return PartialList(items, path, self._origin) if has_unknown(items) else items
        if value is UNKNOWN or (isinstance(value, str) and type(value) is str and _has_forged(value)):
            return Unknown(path, self._origin)
        return wrap_sensitive(str.__str__(value) if isinstance(value, _Told) else value, sensitive)

    def _members(self, value: dict[Any, Any], path: Path, sensitive: bool) -> Any:
        found: dict[str, Any] = {}
        for key, inner in value.items():
            name = self._text(key, is_key=True) if type(key) is Symbolic else UNKNOWN if _has_forged(key) else key
            if name is UNKNOWN:
                return Unknown(path, self._origin)
            plain_name = str.__str__(name)
            shown = wrap_sensitive(plain_name, sensitive)
            found[shown] = self.told(inner, (*path, plain_name), sensitive)
        return found

    def _text(self, value: Symbolic, *, is_key: bool = False) -> Any:
        """A text with symbols; unknown where a part of it is not known, or it may be no text."""
        texts = [self._part(one) for one in value.parts] if value.is_text else [None]
        if (is_key or len(texts) > 1) and any(
            isinstance(one, Document) and _has_bag(one.tree) for one in value.parts
        ):
            return UNKNOWN  # nobody can say in which order it is written
        return UNKNOWN if None in texts else _Told("".join(one for one in texts if one is not None))

    def _part(self, part: Any) -> str | None:
        if isinstance(part, Symbol):
            own = part.name == self._own or part.name.startswith((f"{self._own}.", f"{self._own}["))
            return None if own or may_be_any_text(part.kind, part.names) else self._symbol(part.name)
        if isinstance(part, Document):
            tree = self.told(part.tree, ())
            return None if has_unknown(tree) else json_text(tree)
        return part if isinstance(part, str) and not _has_forged(part) else None


class _Told(str):
    """A text whose private characters are symbols."""

    __slots__ = ()


def _has_bag(tree: Any) -> bool:
    """Whether a set stands in it of which nobody can say the order."""
    if isinstance(tree, dict):
        return any(map(_has_bag, tree.values()))
    return is_bag(tree) or (isinstance(tree, list | tuple) and any(map(_has_bag, tree)))


def _has_forged(text: str) -> bool:
    """Whether a text holds characters that would be taken for symbols."""
    return not text.isascii() and any(
        _FIRST_PRIVATE <= char <= _LAST_PRIVATE or char >= _FIRST_PLANE for char in text
    )


def _is_written(section: Section, attribute: str) -> bool:
    names = written_names(section)
    return attribute in names or (section.json and "dynamic" in names) or is_made_of_blocks(section, attribute)


def _module_at(root: Module, path: ModulePath) -> Module | None:
    module: Module | None = root
    for call, key in path:
        children = module.children(call) if module is not None and call in module.content.calls else None
        module = (children or {}).get(key)
    return module


def _below(value: Any, step: str | int) -> Any:
    """One step further; the only block of a list may be named without its index."""
    if type(value) is Marked:
        inner = _below(value.value, step)
        return inner if type(inner) is Marked else Marked(inner)
    if isinstance(value, list | tuple) and type(value) is not OpenList:
        if isinstance(step, int):
            return value[step] if 0 <= step < len(value) else UNKNOWN
        return _below(value[0], step) if len(value) == 1 else UNKNOWN
    return value.get(step, UNKNOWN) if isinstance(value, dict) else UNKNOWN
