"""Rules that are Python functions: finding them in a module, and refusing what cannot see an unknown value."""

from __future__ import annotations

import ast
import sys
import types
from collections.abc import Callable
from importlib import import_module
from inspect import cleandoc
from pathlib import Path
from typing import Any

from planguard.engine.metadata import checked_rule, kind_of_parameter
from planguard.engine.rule import Rule, fields_of
from planguard.errors import RuleFileError


def package_of(root: Path) -> str:
    """The name under which a pack's modules are imported; made on the first call.

    Modules of a pack can import each other relatively, and are byte-compiled as any other module.
    """
    from hashlib import sha256

    name = "planguard_pack_" + sha256(str(root).encode()).hexdigest()[:12]
    if name not in sys.modules:
        package = types.ModuleType(name)
        package.__path__ = [str(root)]
        sys.modules[name] = package
    return name


def load_module(root: Path, module: str, *, place: str) -> types.ModuleType:
    """Import one module of a pack.

    :param module: its dotted path inside the pack
    :raises RuleFileError: when it cannot be imported
    """
    try:
        return import_module(f"{package_of(root)}.{module}")
    except RuleFileError:
        raise
    except SyntaxError as error:
        raise RuleFileError(f"not Python: {error.msg}", place=f"{place}:{error.lineno or 1}") from None
    except (Exception, SystemExit) as error:  # noqa: BLE001 - a rule file may fail in any way while it is imported
        raise RuleFileError(
            f"cannot be imported: {type(error).__name__}: {error}", place=_place_in(error, root, place)
        ) from None


def _place_in(error: BaseException, root: Path, place: str) -> str:
    trace = error.__traceback__
    line = 0
    while trace is not None:
        if trace.tb_frame.f_code.co_filename.startswith(str(root)):
            line = trace.tb_lineno
        trace = trace.tb_next
    return f"{place}:{line}" if line else place


def parse_python_rules(root: Path, module: str, text: str, *, file: str, pack: str) -> list[Rule]:
    """The rules that a module of a pack defines, in the order in which they stand in it.

    :raises RuleFileError: when the module cannot be imported, or a rule in it is not well formed
    """
    refuse_blind_tests(text, file=file)
    found = load_module(root, module, place=file)
    rules: list[Rule] = []
    for name, function in list(vars(found).items()):
        fields = fields_of(function)
        if fields is None or function.__module__ != found.__name__:
            continue
        line = function.__code__.co_firstlineno
        place = f"{file}:{line}"
        rules.append(
            checked_rule(
                {**fields, **_manual(function, place), "parameters": _arguments(function, fields, place)},
                lambda _, place=place: place,  # type: ignore[misc]
                kind="python",
                file=file,
                line=line,
                pack=pack,
                module=module,
                function=name,
            )
        )
    return rules


def _arguments(function: Callable[..., Any], fields: dict[str, Any], place: str) -> dict[str, dict[str, Any]]:
    """The parameters of a rule: its keyword-only arguments, with what the decorator says that they mean."""
    from inspect import signature

    told = fields.get("parameters") or {}
    arguments = {one.name: one for one in signature(function).parameters.values() if one.kind is one.KEYWORD_ONLY}
    for name in told:
        if name not in arguments:
            raise RuleFileError(
                f"`parameters`: `{function.__name__}` takes no `{name}`",
                f"write it as a keyword-only argument with a default: `def {function.__name__}(…, *, {name}=…)`",
                place=place,
            )
    for name, argument in arguments.items():
        if name not in told or argument.default is argument.empty:
            raise RuleFileError(
                f"`{function.__name__}` takes `{name}`, which is no parameter of the rule",
                f'give it a default, and say what it means: `parameters={{"{name}": "…"}}`',
                place=place,
            )
    return {
        name: {"type": kind_of_parameter(argument.default), "default": argument.default, "description": told[name]}
        for name, argument in arguments.items()
    }


def _manual(function: Callable[..., Any], place: str) -> dict[str, str]:
    paragraphs = [part for part in cleandoc(function.__doc__ or "").split("\n\n") if part.strip()]
    if len(paragraphs) < 3:
        raise RuleFileError(
            f"`{function.__name__}` has no manual in its docstring",
            "first line: what is wrong; first paragraph: why; second paragraph: how to fix it",
            place=place,
        )
    title, why, *fix = paragraphs
    return {"title": title.strip().rstrip("."), "why": why, "fix": " ".join(fix)}


def refuse_blind_tests(text: str, *, file: str) -> None:
    """Refuse what an unknown value cannot intercept, or what would swallow that it is unknown.

    ``x is None`` is answered by Python itself: for a value that is not known yet it says no, and the rule passes.

    :raises RuleFileError: with the line
    """
    try:
        tree = ast.parse(text)
    except SyntaxError as error:
        raise RuleFileError(f"not Python: {error.msg}", place=f"{file}:{error.lineno or 1}") from None
    for node in ast.walk(tree):
        found = _blind(node)
        if found is not None:
            what, hint = found
            line = getattr(node, "lineno", 1)
            raise RuleFileError(f"{what} that a value is not known yet", hint, place=f"{file}:{line}")


_COMPARE = "write `not value`, `value == None`, or give `.get(…)` a default"


def _blind(node: ast.AST) -> tuple[str, str] | None:
    """Why a piece of a rule is refused, and what to write instead."""
    if isinstance(node, ast.Compare):
        sides = [node.left, *node.comparators]
        for position, operator in enumerate(node.ops):
            constants = [side for side in sides[position : position + 2] if isinstance(side, ast.Constant)]
            if isinstance(operator, (ast.Is, ast.IsNot)) and constants:
                word = "is not" if isinstance(operator, ast.IsNot) else "is"
                return f"`{word} {constants[-1].value!r}` cannot see", _COMPARE
    if isinstance(node, (ast.MatchSingleton, ast.MatchSequence, ast.MatchMapping)):
        return "this `case` cannot see", "compare with `==` in an `if`"
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "type":
        return "`type(…)` cannot see", "write `isinstance(value, …)`"
    if isinstance(node, ast.ExceptHandler) and node.type is None:
        return "this `except` would swallow", "name the exceptions that you expect"
    if isinstance(node, ast.ExceptHandler) and "Undetermined" in ast.unparse(node.type):  # type: ignore[arg-type]
        return "this `except` would swallow", "let it pass: the engine tells of it"
    if isinstance(node, ast.Name) and node.id == "BaseException":
        return "`BaseException` would swallow", "name the exceptions that you expect"
    if isinstance(node, (ast.Try, ast.TryStar)) and any(map(_leaves, node.finalbody)):
        return "leaving a `finally` would swallow", "leave it at its end"
    return None


def _leaves(statement: ast.stmt) -> bool:
    return any(isinstance(node, (ast.Return, ast.Break, ast.Continue)) for node in ast.walk(statement))
