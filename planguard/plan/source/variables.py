"""Values of root variables: files and options, in the order in which they win.

Source: Terraform, "Variable Definition Precedence": ``terraform.tfvars``, ``terraform.tfvars.json``, then
``*.auto.tfvars`` and ``*.auto.tfvars.json`` by name, then ``-var-file`` and ``-var``.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from planguard.errors import SourceError
from planguard.plan.source.compact import compact_text
from planguard.plan.source.content import hcl_arguments, tfvars_document
from planguard.plan.source.evaluation.constraint import Type
from planguard.plan.source.evaluation.expression import evaluate
from planguard.plan.source.evaluation.scope import CONSTANTS, Scope
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError
from planguard.plan.source.grammar import UnparsableError
from planguard.plan.source.tree import unparsable

if TYPE_CHECKING:
    from planguard.plan.source.evaluation.module import Module

_CONSTANT_SCOPE = Scope(CONSTANTS, {})


def root_values(
    root: Module, variables: Mapping[str, Any], var_files: Mapping[str, bytes]
) -> dict[str, Callable[[], Any]]:
    """How to work out each root variable that is given.

    :param variables: values given one by one
    :param var_files: content of .tfvars files, by name
    :raises SourceError: a .tfvars file cannot be parsed
    """
    found: dict[str, Any] = {}
    folder = root.content.folder
    for file, content in root.evaluation.contents.source.variable_files(folder):
        found |= file_values(posixpath.normpath(posixpath.join(folder, file)), content)
    for file, content in var_files.items():
        found |= file_values(file, content)
    for name, value in variables.items():
        section = root.content.variables.get(name)
        type_ = root.type_of(section) if section is not None else "string"
        found[name] = _option_value(value, type_, name) if isinstance(value, str) else value
    return {name: (lambda value=value: value) for name, value in found.items()}  # type: ignore[misc]


def file_values(file: str, content: bytes) -> dict[str, Any]:
    """The values in a .tfvars or .tfvars.json file.

    :raises SourceError: it cannot be parsed
    """
    try:
        text = content.decode("utf-8-sig")
        if file.endswith(".json"):
            return tfvars_document(text)
        return {name: _constant(argument.expression) for name, argument in hcl_arguments(text).items()}
    except UnparsableError as error:
        raise unparsable(file, error) from None
    except UnicodeDecodeError:
        raise SourceError("the file is not UTF-8", "save it as UTF-8", place=file) from None


def _constant(expression: Any) -> Any:
    try:
        return evaluate(expression, _CONSTANT_SCOPE)
    except NoValueError:
        return UNKNOWN


def _option_value(text: str, type_: Type, name: str) -> Any:
    """The value of ``--var``: a text for a string, an expression for anything that is made of parts."""
    if isinstance(type_, str):
        return text
    try:
        return _constant(compact_text(text, 1))
    except UnparsableError:
        raise SourceError(f"the value of variable `{name}` is no expression", place="--var") from None
