"""A traversal in Terraform's own words: the ``references`` of plan JSON.

Source followed: Terraform ``internal/addrs/parse_ref.go`` (what is subject and what follows it) and
``internal/command/jsonconfig/expression.go`` (``marshalExpression``: the whole traversal, then ever shorter).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Index:
    """``["a"]`` or ``[0]`` with a constant key."""

    key: str | int | float


Step: TypeAlias = str | Index
"""An attribute name, or a constant index."""

_SINGLE = frozenset({"var", "local", "path", "terraform", "each", "count"})
_RESERVED = frozenset({"action", "arg", "lazy", "list", "template"})


def reference_names(root: str, steps: tuple[Step, ...]) -> list[str]:
    """What plan JSON lists for one traversal: longest first, nothing for what is no reference.

    >>> reference_names("aws_subnet", ("a", Index(0), "id"))
    ['aws_subnet.a[0].id', 'aws_subnet.a[0]', 'aws_subnet.a']
    >>> reference_names("module", ("web", Index("x"), "ids"))
    ['module.web["x"].ids', 'module.web["x"]']
    """
    if root == "self":
        return _shortened("self", steps)
    if root in _SINGLE:
        return _shortened(f"{root}.{steps[0]}", steps[1:]) if _are_names(steps, 1) else []
    if root == "module":
        return _module_names(steps)
    if root in {"data", "ephemeral"}:
        return _resource_names(f"{root}.", steps)
    if root == "resource":
        return _resource_names("", steps)
    return [] if root in _RESERVED else _resource_names("", (root, *steps))


def _are_names(steps: tuple[Step, ...], count: int) -> bool:
    return len(steps) >= count and all(isinstance(step, str) for step in steps[:count])


def _shortened(subject: str, steps: tuple[Step, ...]) -> list[str]:
    names = [subject]
    for step in steps:
        names.append(names[-1] + _render(step))
    return names[::-1]


def _resource_names(prefix: str, steps: tuple[Step, ...]) -> list[str]:
    if not _are_names(steps, 2):
        return []
    resource = f"{prefix}{steps[0]}.{steps[1]}"
    if len(steps) > 2 and isinstance(steps[2], Index):
        return [*_shortened(resource + _render(steps[2]), steps[3:]), resource]
    return _shortened(resource, steps[2:])


def _module_names(steps: tuple[Step, ...]) -> list[str]:
    if not _are_names(steps, 1):
        return []
    call = f"module.{steps[0]}"
    rest = steps[1:]
    if not rest:
        return [call]
    instance = call
    if isinstance(rest[0], Index):
        instance, rest = call + _render(rest[0]), rest[1:]
        if not rest:
            return [instance, call]
    if isinstance(rest[0], Index):
        return []
    return [*_shortened(f"{instance}.{rest[0]}", rest[1:]), instance]


def _render(step: Step) -> str:
    if isinstance(step, str):
        return f".{step}"
    if isinstance(step.key, str):
        return f"[{quoted(step.key)}]"
    return f"[{step.key}]" if isinstance(step.key, int) else f"[{step.key:.10g}]"


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def quoted(text: str) -> str:
    """A key between quotes, with what HCL escapes."""
    return '"' + "".join(_ESCAPES.get(char, char) for char in text) + '"'
