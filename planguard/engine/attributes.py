"""Names in rules that no provider has: a typo must not make a rule that never fires.

What is checked is what can be read off a rule: resource types, the paths in a condition, and in Python the names that
stand literally in a question to the resource. The table knows the newest version of each provider and much of the
earlier ones; so what it does not hold is a warning, and no error.
"""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator
from difflib import get_close_matches
from typing import NamedTuple

from planguard.engine.condition import paths_read
from planguard.engine.index import Warned
from planguard.engine.rule import TAGGABLE, Rule

PROVIDERS = ("aws", "azurerm", "azuread", "google", "kubernetes")
"""Those that the table covers; of others nothing is said."""

_READS = frozenset({"get", "effective", "is_set", "json", "blocks", "is_left_to_provider"})
_NEIGHBOURS = frozenset({"references", "referrers", "others", "may_refer_to", "unsettled"})
_OF_CHANGES = frozenset({"before", "after", "action", "actions"})


class Read(NamedTuple):
    """An attribute that a rule reads: of which types, by which path, and where that stands; or the types alone."""

    kinds: tuple[str, ...]
    path: tuple[str, ...]
    line: int


def unknown_names(rule: Rule, text: str) -> list[Warned]:
    """What a rule names and no version of a provider has.

    :param text: the file that the rule stands in
    """
    found = [_warned_type(rule, one, rule.lines.get("resources", rule.line)) for one in rule.resources]
    reads = _yaml_reads(rule) if rule.kind == "yaml" else _python_reads(rule, text)
    for read in reads:
        found += [_warned_type(rule, kind, read.line) for kind in read.kinds if kind not in rule.resources]
        found.append(_warned_path(rule, read))
    return list(dict.fromkeys(one for one in found if one is not None))


def _is_covered(kind: str) -> bool:
    return "*" not in kind and kind != TAGGABLE and kind.removeprefix("data.").split("_", 1)[0] in PROVIDERS


def _warned_type(rule: Rule, kind: str, line: int) -> Warned | None:
    from planguard.schema import resource_kinds

    if not _is_covered(kind) or kind in resource_kinds():
        return None
    close = get_close_matches(kind, sorted(resource_kinds()), n=1, cutoff=0.8)
    hint = f"did you mean `{close[0]}`?" if close else "no version of the provider that planguard knows has it"
    return Warned(f"{rule.file}:{line}", f"`{rule.id}`: there is no resource type `{kind}`", hint)


def _warned_path(rule: Rule, read: Read) -> Warned | None:
    from planguard.schema import resource_kinds, resource_schema

    if not read.path or not all(_is_covered(kind) and kind in resource_kinds() for kind in read.kinds):
        return None
    schemas = [one for kind in read.kinds if (one := resource_schema(kind)) is not None]
    if not schemas or any(schema.at(read.path) is not None for schema in schemas):
        return None
    # Of a long path, the first step that is not there is the one to speak of.
    depth = next(n for n in range(1, len(read.path) + 1) if not any(one.at(read.path[:n]) for one in schemas))
    wrong = read.path[:depth]
    known = {".".join(path) for schema in schemas for path in schema.paths() if len(path) == depth}
    close = get_close_matches(".".join(wrong), sorted(known), n=1, cutoff=0.6)
    hint = f"did you mean `{close[0]}`?" if close else "`terraform providers schema` tells what there is"
    kinds = " or ".join(f"`{kind}`" for kind in read.kinds[:3])
    return Warned(f"{rule.file}:{read.line}", f"`{rule.id}`: no version of {kinds} has `{'.'.join(wrong)}`", hint)


def _yaml_reads(rule: Rule) -> Iterator[Read]:
    for name, tree in (("condition", rule.condition), ("when", rule.when)):
        for path in paths_read(tree) if tree is not None else ():
            inner = path[1:] if rule.judges == "change" and path[0] in _OF_CHANGES else path
            if inner:
                yield Read(rule.resources, inner, rule.lines.get(name, rule.line))
    for path_text in rule.defaults:
        yield Read(rule.resources, tuple(path_text.split(".")), rule.lines.get("defaults", rule.line))


def _python_reads(rule: Rule, text: str) -> Iterator[Read]:
    tree = ast.parse(text)
    functions = (node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == rule.function)
    for function in functions:
        if function.args.args and rule.judges == "state":
            yield from _asked(function, function.args.args[0].arg, rule.resources)


def _asked(function: ast.FunctionDef, subject: str, kinds: tuple[str, ...]) -> Iterator[Read]:
    """What a function asks of its subject in so many words."""
    for node in ast.walk(function):
        if isinstance(node, ast.Subscript) and ast.unparse(node.value) == f"{subject}.values":
            yield from _read(kinds, [node.slice], node.lineno)
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if ast.unparse(node.func.value) != subject:
            continue
        via = [one.value for one in node.keywords if one.arg == "via"]
        first = [one.value for one in node.args[:1] if isinstance(one, ast.Constant)]
        if node.func.attr in _READS:
            yield from _read(kinds, node.args[:1], node.lineno)
        elif node.func.attr in ("references", "may_refer_to"):
            yield from _read(kinds, via, node.lineno)
        elif node.func.attr in _NEIGHBOURS and first and isinstance(first[0], str):
            yield Read((first[0],), (), node.lineno)
            yield from _read((first[0],), via, node.lineno)


def _read(kinds: tuple[str, ...], arguments: Iterable[ast.expr], line: int) -> Iterator[Read]:
    for one in arguments:
        if isinstance(one, ast.Constant) and isinstance(one.value, str) and one.value:
            names = tuple(part.split("[", 1)[0] for part in one.value.split("."))
            if all(name.isidentifier() for name in names):
                yield Read(kinds, names, line)
