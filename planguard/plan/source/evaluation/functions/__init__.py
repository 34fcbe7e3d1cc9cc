"""Terraform's functions, as far as their result follows from source alone. Any other gives an unknown value."""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from typing import Any, Protocol

from planguard.plan.source.evaluation.functions.collections import COLLECTION
from planguard.plan.source.evaluation.functions.conversions import CONVERSION
from planguard.plan.source.evaluation.functions.encoding import ENCODING, HASHES
from planguard.plan.source.evaluation.functions.network import NETWORK
from planguard.plan.source.evaluation.functions.numbers import NUMERIC
from planguard.plan.source.evaluation.functions.signature import Function, call
from planguard.plan.source.evaluation.functions.strings import STRING
from planguard.plan.source.evaluation.functions.times import TIME
from planguard.plan.source.evaluation.value import UNKNOWN, Marked, NoValueError, UnreadableError, plain

__all__ = ["call_function", "is_lazy"]

_FUNCTIONS: dict[str, Function] = {
    **NUMERIC,
    **STRING,
    **COLLECTION,
    **ENCODING,
    **NETWORK,
    **CONVERSION,
    **TIME,
    "basename": Function(lambda path: posixpath.basename(path.rstrip("/")) or path[:1] or ".", "s"),
    "dirname": Function(lambda path: posixpath.normpath(posixpath.dirname(path)) if path else ".", "s"),
}

_LAZY = frozenset({"try", "can", "templatefile"})


class Files(Protocol):
    """Where files of the configuration come from."""

    def load(self, path: str) -> bytes: ...


def is_lazy(name: str) -> bool:
    """Whether a function looks at its arguments as expressions."""
    return name in _LAZY


def call_function(name: str, arguments: list[Any], files: Files | None) -> Any:
    """The result of a function; unknown for one whose result nobody can tell from source.

    :raises NoValueError: the arguments are wrong, or there is no such file
    """
    name = name.removeprefix("core::")
    if name == "nonsensitive":
        return plain(arguments[0]) if arguments else UNKNOWN
    if name == "issensitive":
        return bool(arguments) and type(arguments[0]) is Marked
    known = _FUNCTIONS.get(name)
    if known is not None:
        return call(known, arguments)
    if (of_file := _OF_FILES.get(name)) is not None and arguments:
        path = plain(arguments[0])
        if files is None or path is UNKNOWN:
            return UNKNOWN
        return of_file(path, files) if isinstance(path, str) else UNKNOWN
    return UNKNOWN


def _text_of(path: str, files: Files) -> str:
    try:
        return files.load(path).decode()
    except UnicodeDecodeError:
        raise NoValueError("the file is not UTF-8") from None


def _exists(path: str, files: Files) -> Any:
    try:
        files.load(path)
    except UnreadableError:
        return UNKNOWN
    except NoValueError:
        return False
    return True


def _base64_of(path: str, files: Files) -> str:
    import base64

    return base64.b64encode(files.load(path)).decode()


def _hash_of(function: Callable[[bytes], str]) -> Callable[[str, Files], str]:
    return lambda path, files: function(files.load(path))


_OF_FILES: dict[str, Callable[[str, Files], Any]] = {
    "file": _text_of,
    "fileexists": _exists,
    "filebase64": _base64_of,
    **{f"file{name}": _hash_of(function) for name, function in HASHES.items()},
}
