"""YAML as people mean it: YAML 1.2 scalars, no key twice, and the line that each value stands on.

PyYAML alone takes the last of two equal keys, reads ``no`` as false, ``010`` as 8 and ``12:30`` as 750.

Source: YAML 1.2.2, section 10.3 (core schema).
"""

from __future__ import annotations

import re
from typing import Any

import msgspec

from planguard.errors import RuleFileError

YamlPath = tuple[str | int, ...]


class YamlText(msgspec.Struct, frozen=True):
    """A YAML document: its value, and the line (from 1) of each path in it."""

    file: str
    value: Any
    lines: dict[YamlPath, int]

    def line_of(self, path: YamlPath) -> int:
        """The line of a path, or of the nearest part of the document that holds it."""
        while path and path not in self.lines:
            path = path[:-1]
        return self.lines.get(path, 1)

    def place(self, path: YamlPath = ()) -> str:
        """``file:line`` of a path."""
        return f"{self.file}:{self.line_of(path)}"


_MOST = 500_000
"""Values in one document, those that aliases repeat included."""
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_QUOTED = frozenset({"'", '"', "|", ">"})
_NULL = frozenset({"", "~", "null", "Null", "NULL"})
_INT = re.compile(r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")


def parse_yaml(text: str, file: str) -> YamlText:
    """Read one YAML document.

    :param file: how errors name it
    :raises RuleFileError: when it is no YAML, holds several documents, a key twice, or a tag
    """
    import yaml

    try:
        node = yaml.compose(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{file}:{mark.line + 1}" if mark else file
        raise RuleFileError(f"not YAML: {error.problem or 'it cannot be read'}", place=place) from None
    except (yaml.YAMLError, RecursionError):
        raise RuleFileError("not YAML: it cannot be read", place=file) from None
    lines: dict[YamlPath, int] = {}
    value = _construct(node, (), file, lines, 0) if node is not None else None
    return YamlText(file, value, lines)


def _construct(node: Any, path: YamlPath, file: str, lines: dict[YamlPath, int], depth: int) -> Any:
    line = node.start_mark.line + 1
    lines[path] = line
    if depth > 64:
        raise RuleFileError("nested too deep", place=f"{file}:{line}")
    if len(lines) > _MOST:
        raise RuleFileError(
            "it says too much", "aliases of aliases can say a thing very often", place=f"{file}:{line}"
        )
    if node.id == "mapping":
        found: dict[str, Any] = {}
        for key_node, below in node.value:
            key = key_node.value if key_node.id == "scalar" else None
            key_line = key_node.start_mark.line + 1
            if not isinstance(key, str):
                raise RuleFileError("a key must be a plain word", place=f"{file}:{key_line}")
            if key in found:
                raise RuleFileError(f"`{key}` stands twice", "keep one of them", place=f"{file}:{key_line}")
            found[key] = _construct(below, (*path, key), file, lines, depth + 1)
            lines[(*path, key)] = key_line
        return found
    if node.id == "sequence":
        return [_construct(below, (*path, i), file, lines, depth + 1) for i, below in enumerate(node.value)]
    return _scalar(node)


def _scalar(node: Any) -> Any:
    text: str = node.value
    if node.style in _QUOTED:
        return text
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text):
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text, 10)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
