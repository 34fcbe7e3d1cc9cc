"""Mutants that no example need notice, each listed with the reason: ``mutants.yaml`` beside a pack."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec

from planguard.errors import RuleFileError
from planguard.testing.mutation import Verdict
from planguard.yaml_file import YamlText, parse_yaml

FILE = "mutants.yaml"
_FIELDS = ("file", "in", "change", "reason")


class Reason(msgspec.Struct, frozen=True):
    """Why one mutant may survive.

    :ivar file: the file, relative to the folder that ``mutants.yaml`` is in
    :ivar where: the rule, function or value in it
    :ivar change: the change as a report prints it
    """

    file: str
    where: str
    change: str
    reason: str
    place: str = ""


def reasons_file(pack: Path) -> Path:
    """Where the reasons for a pack stand: beside its folder."""
    return pack.parent / FILE


def load_reasons(path: Path) -> list[Reason]:
    """The reasons in a file, none where there is no file.

    :raises RuleFileError: when it cannot be read, or is not a list of reasons
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return []
    except (OSError, UnicodeDecodeError):
        raise RuleFileError("cannot be read", place=str(path)) from None
    return parse_reasons(text, str(path))


def parse_reasons(text: str, file: str) -> list[Reason]:
    """The reasons in a text.

    :raises RuleFileError: when it is not a list of reasons, naming file and line
    """
    document = parse_yaml(text, file)
    if document.value is None:
        return []
    if not isinstance(document.value, list):
        raise RuleFileError("not a list", f"each entry has {', '.join(_FIELDS)}", place=document.place())
    return [_reason(document, at, entry) for at, entry in enumerate(document.value)]


def _reason(document: YamlText, at: int, entry: Any) -> Reason:
    place = document.place((at,))
    if not isinstance(entry, dict) or set(entry) != set(_FIELDS):
        raise RuleFileError("not a reason", f"an entry has {', '.join(_FIELDS)}", place=place)
    texts = [entry[name] for name in _FIELDS]
    if not all(isinstance(text, str) and text.strip() for text in texts):
        raise RuleFileError("not a reason", f"{', '.join(_FIELDS)} are texts", place=place)
    file, where, change, reason = (" ".join(text.split()) for text in texts)
    return Reason(file, where, change, reason, place)


class Sorted(msgspec.Struct, frozen=True):
    """Mutants by what became of them.

    :ivar survived: those that no example noticed, without a reason
    :ivar listed: those that no example noticed, with a reason
    :ivar stale: reasons for what is noticed now, or is no mutant any more
    """

    killed: tuple[Verdict, ...]
    survived: tuple[Verdict, ...]
    listed: tuple[tuple[Verdict, Reason], ...]
    stale: tuple[Reason, ...]


def sort_verdicts(
    verdicts: Iterable[Verdict], reasons: Iterable[Reason], bases: Iterable[Path], *, whole: bool
) -> Sorted:
    """Compare what survived with what may.

    :param bases: the folders that packs are in, which ``file`` of a reason is relative to
    :param whole: whether every rule ran, so that a reason without a mutant is stale
    """
    folders = list(bases)
    known = {(one.file, one.where, one.change): one for one in reasons}
    used: set[Reason] = set()
    killed, survived, listed = [], [], []
    for verdict in verdicts:
        file = relative(verdict.file, folders)
        reason = known.get((file, verdict.where, verdict.change))
        if not verdict.survived:
            killed.append(verdict)
        elif reason is None:
            survived.append(verdict)
        else:
            listed.append((verdict, reason))
            used.add(reason)
    # Where only some rules ran, other examples may be those that notice.
    stale = [one for one in known.values() if one not in used and whole]
    return Sorted(tuple(killed), tuple(survived), tuple(listed), tuple(stale))


def relative(file: str, folders: Iterable[Path]) -> str:
    """The name of a file below the first of some folders that holds it."""
    path = Path(file)
    for folder in folders:
        if path.is_relative_to(folder):
            return path.relative_to(folder).as_posix()
    return path.as_posix()
