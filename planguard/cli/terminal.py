"""What the terminal can show: width, colour, errors, progress."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from planguard.errors import PlanguardError

if TYPE_CHECKING:
    from planguard.reports.text import Style

_PATIENCE = 0.5
_NARROW, _WIDE = 40, 120


def text_style(*, verbose: bool) -> Style:
    """How a text report may look on standard output: colour only on a terminal, and never against NO_COLOR."""
    from planguard.reports.text import Style

    return Style(width=_width(), colour=_has_colour(sys.stdout), verbose=verbose)


def _has_colour(stream: Any) -> bool:
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return bool(stream.isatty()) and os.environ.get("TERM") != "dumb"


def _width() -> int:
    from shutil import get_terminal_size

    # Where nobody looks, the width must not depend on anything: the same plan gives the same bytes.
    columns = get_terminal_size((100, 24)).columns if sys.stdout.isatty() or "COLUMNS" in os.environ else 100
    return max(_NARROW, min(columns, _WIDE))


def print_error(error: PlanguardError) -> None:
    """One clause on standard error, and the advice on a line of its own."""
    from planguard.reports.text import plain

    colour = _has_colour(sys.stderr)
    word = "\x1b[31;1merror\x1b[0m" if colour else "error"
    sys.stderr.write(f"{word}: {plain(_from_here(str(error)))}\n")
    if error.hint:
        sys.stderr.write(f"help: {plain(error.hint)}\n")


def _from_here(text: str) -> str:
    """A text that begins with a path, shorter where that lies below the working folder."""
    return text.removeprefix(f"{Path.cwd()}{os.sep}")


def print_warning(place: str, message: str, hint: str) -> None:
    """Something that is probably not meant, on standard error, with advice."""
    from planguard.reports.text import plain

    word = "\x1b[33;1mwarning\x1b[0m" if _has_colour(sys.stderr) else "warning"
    sys.stderr.write(f"{word}: {plain(_from_here(place))}: {plain(message)}\n")
    if hint:
        sys.stderr.write(f"help: {plain(hint)}\n")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole, or not at all.

    :raises CallError: when it cannot be written
    """
    import tempfile

    from planguard.errors import CallError

    temporary = ""
    try:
        if path.exists() and not path.is_file():
            # A pipe or a device is written to; putting a file in its place would take it away.
            with path.open("wb", buffering=0) as stream:
                stream.write(content)
            return
        handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        umask = os.umask(0)
        os.umask(umask)
        Path(temporary).chmod(0o666 & ~umask)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary:
            Path(temporary).unlink(missing_ok=True)
        raise CallError(f"cannot be written: {error.strerror}", place=str(path)) from None


def write_stdout(content: bytes) -> None:
    """Write to standard output, whole."""
    sys.stdout.flush()
    sys.stdout.buffer.write(content)
    sys.stdout.buffer.flush()


def cache_folder() -> Path | None:
    """Where planguard keeps what it need not work out again; None where there is no such place."""
    given = os.environ.get("PLANGUARD_CACHE_DIR")
    if given is not None:
        return Path(given) if given else None
    base = os.environ.get("XDG_CACHE_HOME")
    if base:
        return Path(base, "planguard")
    home = os.environ.get("HOME") or os.environ.get("LOCALAPPDATA")
    return Path(home, ".cache", "planguard") if home else None


class Bar:
    """A progress bar on standard error, on a terminal, once the work takes longer than half a second."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._wanted = sys.stderr.isatty()
        self._label = "working"
        self._progress: Any = None
        self._task: Any = None

    def phase(self, label: str) -> None:
        """Say what is being done now."""
        self._label = label
        self._show(0, None)

    def advance(self, done: int, total: int) -> None:
        """Say how much of it is done."""
        self._show(done, total)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
            self._progress = None

    def _show(self, done: int, total: int | None) -> None:
        if not self._wanted or (self._progress is None and time.monotonic() - self._started < _PATIENCE):
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

            columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
            self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
            self._progress.start()
            self._task = self._progress.add_task(self._label, total=total)
        self._progress.update(self._task, description=self._label, completed=done, total=total)
