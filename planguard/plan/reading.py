"""From what stands on the command line to the bytes of plans: files, directories, saved plans, standard input.

Files that are named are plans, or reading them is an error. Of a directory's files those are taken that are called
like a plan. What turns out to be something else is listed with the reason; what stands for a plan and cannot be
judged (cut off, failed half-way, empty) stays a plan, so that reading it is an error: a plan must not drop out of a
decision because it is broken.
"""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from msgspec import Raw, Struct

from planguard.errors import CallError, NotAPlanError, PlanError
from planguard.plan.encoding import to_utf8
from planguard.plan.kind import HOW, Trouble, examine, is_archive, recognise

if TYPE_CHECKING:
    from planguard.plan.saved import SavedPlan

STDIN = "-"
_SUFFIXES = (".json", ".tfplan", ".plan")
_NAMES = frozenset({"tfplan", "plan.out", "tfplan.out", "plan.bin", "planfile"})
_HEAD = 65536
_SIGNS = (b'"format_version"', b'"planned_values"', b'"resource_changes"', b'"terraform_version"')
_SURE_SIGNS = (b'"format_version"', b'"planned_values"')
_BEGIN = b'{"format_version"'


class PlanInput(Struct, frozen=True):
    """One plan to read.

    :ivar place: how messages and reports call it
    :ivar path: where it is; None for standard input
    """

    place: str
    path: Path | None


class Skipped(Struct, frozen=True):
    """A file of a directory that is called like a plan and is none.

    :ivar reason: what it is instead, one clause
    """

    place: str
    reason: str


class FoundPlans(Struct, frozen=True):
    """The plans that arguments stand for, in the order of the arguments, and what a directory had besides."""

    plans: tuple[PlanInput, ...]
    skipped: tuple[Skipped, ...] = ()


class RawPlan(Struct, frozen=True):
    """A plan of which nothing but the top level is decoded.

    :ivar top: its top-level keys; the values are views into the one copy of its bytes
    :ivar size: of its JSON, in bytes
    :ivar saved: what the saved plan said besides, if it came out of one
    """

    place: str
    top: dict[str, Raw]
    size: int
    saved: Any = None


# --- finding -------------------------------------------------------------------------------------------------------


def find_plans(arguments: list[str]) -> FoundPlans:
    """The plans that arguments stand for: files, directories, ``-`` for standard input.

    A directory stands for all plans in it and below, by name: ``*.json``, ``*.tfplan``, ``*.plan``, ``tfplan``,
    ``plan.out`` and the like. Hidden directories are not entered, links to directories are not followed. A file that
    is named twice, or by two names, is one plan.

    :raises CallError: no argument, or ``-`` twice
    :raises PlanError: a file that is missing or no regular file, a directory that cannot be read or has no plan
    """
    if not arguments:
        raise CallError("no plan given", "name a plan file, a directory, or `-` for standard input")
    if arguments.count(STDIN) > 1:
        raise CallError("`-` is given twice", "standard input can be read once: name the other plan's file")
    plans: dict[object, PlanInput] = {}
    skipped: list[Skipped] = []
    for argument in arguments:
        if argument == STDIN:
            plans[STDIN] = PlanInput("standard input", None)
            continue
        path, place = Path(argument), shown(argument)
        if stat.S_ISDIR(_status(path, place).st_mode):
            found = _in_directory(path, place)
            skipped += found.skipped
        else:
            found = FoundPlans((PlanInput(place, path),))
        for plan in found.plans:
            plans.setdefault(_identity(plan), plan)
    return FoundPlans(tuple(plans.values()), tuple(dict.fromkeys(skipped)))


def shown(path: str | Path) -> str:
    """A path as it may be printed: control characters and bytes that are no text are escaped."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in str(path))


def _identity(plan: PlanInput) -> object:
    if plan.path is None:
        return STDIN
    try:
        status = plan.path.stat()
    except OSError:  # a link that leads nowhere, say: reading it will be the error
        return plan.path
    return (status.st_dev, status.st_ino) if status.st_ino else plan.path.resolve()


def _in_directory(directory: Path, place: str) -> FoundPlans:
    plans: list[PlanInput] = []
    skipped: list[Skipped] = []
    for path, is_file in _walk(directory):
        if is_file and not _is_called_like_a_plan(path.name):
            continue
        reason = _why_skip(path, shown(path)) if is_file else "a link to a directory, which is not followed"
        if reason is None:
            plans.append(PlanInput(shown(path), path))
        else:
            skipped.append(Skipped(shown(path), reason))
    if not plans:
        raise PlanError("no plan in this directory" + _besides(skipped), HOW, place=place)
    return FoundPlans(tuple(plans), tuple(skipped))


def _besides(skipped: list[Skipped]) -> str:
    if not skipped:
        return ""
    more = f", and {len(skipped) - 1} more that are none" if len(skipped) > 1 else ""
    return f": {skipped[0].place} is {skipped[0].reason}{more}"


def _walk(directory: Path) -> Iterator[tuple[Path, bool]]:
    """All files (True) and all links to directories (False), sorted, without hidden directories."""

    def refuse(error: OSError) -> None:
        raise _unreadable(error, shown(error.filename or directory))

    for folder, folders, files in os.walk(directory, onerror=refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        here = Path(folder)
        links = [(name, False) for name in folders if os.path.islink(here / name)]  # noqa: PTH114 - never raises
        for name, is_file in sorted(links + [(name, True) for name in files]):
            yield here / name, is_file


def _is_called_like_a_plan(name: str) -> bool:
    lower = name.lower()
    return lower.endswith(_SUFFIXES) or lower in _NAMES


def _why_skip(path: Path, place: str) -> str | None:
    """What a file of a directory is if it is no plan; None if it is one, or stands for one that cannot be read."""
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return "not a regular file"
        head = _read(path, place, _HEAD)
        if all(sign in head for sign in _SURE_SIGNS):
            return None
        return _what_else(_read(path, place), path, place)
    except NotAPlanError as error:
        return error.message
    except (PlanError, OSError):
        return None


def _what_else(data: bytes, path: Path, place: str) -> str | None:
    if is_archive(data[:4]):
        from planguard.plan.saved import parse_saved_plan

        parse_saved_plan(data, place=place)
        return None
    text = to_utf8(data, place=place)
    found = examine(text)
    if isinstance(found, dict) or _stands_for_a_plan(found, bytes(text[:_HEAD]).strip(), path.suffix.lower()):
        return None
    return found.message


def _stands_for_a_plan(trouble: Trouble, head: bytes, suffix: str) -> bool:
    """Whether leaving a file out could leave a plan out: broken JSON that has no sign of one is left out."""
    if trouble.verdict != "broken":
        return trouble.verdict == "unusable"
    signs = any(sign in head for sign in _SIGNS) or _BEGIN.startswith(head)
    return signs or suffix != ".json"


# --- reading -------------------------------------------------------------------------------------------------------


def read_input(plan: PlanInput, terraform_bin: str | None = None) -> RawPlan:
    """Read one plan: JSON as it is, a saved plan through Terraform or OpenTofu.

    The bytes are read once and kept once; the values of ``top`` are views into them.

    :param terraform_bin: the program that reads saved plans (see :mod:`planguard.plan.show`)
    :raises PlanError: it cannot be read, or is no plan to decide on
    """
    if plan.path is None:
        data = _read_stdin(plan.place)
        if is_archive(data[:4]):
            hint = "name the file, or pipe its JSON: `terraform show -json tfplan | planguard check -`"
            raise PlanError("a saved binary plan, which has to be a file", hint, place=plan.place)
        return _undecoded(data, plan.place, None)
    if is_archive(_read(plan.path, plan.place, 4)):
        from planguard.plan.saved import read_saved_plan

        saved = read_saved_plan(plan.path, terraform_bin, place=plan.place)
        return _undecoded(saved.json, plan.place, saved)
    return _undecoded(_read(plan.path, plan.place), plan.place, None)


def _undecoded(data: bytes, place: str, saved: SavedPlan | None) -> RawPlan:
    text = to_utf8(data, place=place)
    return RawPlan(place, recognise(text, place), len(text), saved)


def _read_stdin(place: str) -> bytes:
    try:
        return sys.stdin.buffer.read()
    except (OSError, ValueError, AttributeError):  # broken, closed, or none at all
        raise PlanError("cannot be read", "pipe a plan in, or name its file", place=place) from None


def _read(path: Path, place: str, most: int = -1) -> bytes:
    """The content of a regular file, or how it begins. Opening never waits, not even for a pipe."""

    def opener(name: str, flags: int) -> int:
        return os.open(name, flags | getattr(os, "O_NONBLOCK", 0))

    _status(path, place)
    try:
        with open(path, "rb", buffering=0, opener=opener) as file:
            _refuse_irregular(os.fstat(file.fileno()).st_mode, place)
            return file.read(most)
    except OSError as error:
        raise _unreadable(error, place) from None


def _status(path: Path, place: str) -> os.stat_result:
    """What a path is, if it is a file or a directory."""
    try:
        status = path.stat()
    except ValueError:
        raise PlanError("not the name of a file", place=place) from None
    except OSError as error:
        raise _unreadable(error, place) from None
    if not stat.S_ISDIR(status.st_mode):
        _refuse_irregular(status.st_mode, place)
    return status


def _refuse_irregular(mode: int, place: str) -> None:
    if stat.S_ISREG(mode):
        return
    hint = "to pipe a plan in, give `-`: `terraform show -json tfplan | planguard check -`"
    if stat.S_ISFIFO(mode):
        raise PlanError("a pipe, not a file", hint, place=place)
    raise PlanError("a socket, not a file" if stat.S_ISSOCK(mode) else "a device, not a file", hint, place=place)


def _unreadable(error: OSError, place: str) -> PlanError:
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return PlanError(
            "cannot be read: there is no such file", "check the path, and that the plan was saved", place=place
        )
    if isinstance(error, IsADirectoryError):
        return PlanError("a directory where a file should be", HOW, place=place)
    if isinstance(error, PermissionError):
        return PlanError("cannot be read: permission denied", "let the user that runs planguard read it", place=place)
    reason = (error.strerror or "input/output error").lower()
    return PlanError(f"cannot be read: {reason}", "check the path and its disk", place=place)
