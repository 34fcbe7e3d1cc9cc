"""What was found in files, kept on disk under the digest of their content, so that an unchanged file is not parsed
again.

The grammar tables of python-hcl2 are not kept here: lark stores them as a pickle, and whoever can write to the
folder could run code in the gate.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import msgspec

from planguard.plan.source.facts import FileFacts

_FORMAT = b"planguard source 2\0"
"""To be counted up whenever facts change in shape or meaning."""

T = TypeVar("T")


def cached_facts(cache: Path | None, content: bytes, syntax: str, parse: Callable[[], FileFacts]) -> FileFacts:
    """The facts of a file from the cache, else from parsing it, which then goes into the cache.

    :param syntax: ``hcl`` or ``json``: the same bytes mean something else in each
    """
    return cached(cache, content, syntax, FileFacts, parse)


def cached(cache: Path | None, content: bytes, purpose: str, kind: type[T], parse: Callable[[], T]) -> T:
    """What was found in a file, from the cache, else from parsing it, which then goes into the cache.

    A damaged entry is replaced; a cache that cannot be read or written is done without.

    :param cache: folder of the cache, made when missing; None for no cache
    :param purpose: what is made of the content: the same bytes give other things for each
    :param kind: the type of what is kept
    """
    if cache is None:
        return parse()
    digest = hashlib.sha256(_FORMAT + purpose.encode() + b"\0" + content).hexdigest()
    entry = cache / f"{digest}.facts"
    try:
        return msgspec.msgpack.decode(entry.read_bytes(), type=kind)
    except (OSError, msgspec.MsgspecError, RecursionError):
        found = parse()
    _write(entry, msgspec.msgpack.encode(found))
    return found


def _write(entry: Path, content: bytes) -> None:
    try:
        entry.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=entry.parent, prefix=".", suffix=".part")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(entry)
        except OSError:
            Path(name).unlink(missing_ok=True)
    except OSError:
        return
