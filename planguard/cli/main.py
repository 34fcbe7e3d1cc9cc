"""The entry point, and the way from an error to an exit code."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Callable

from planguard.cli.arguments import parse_check
from planguard.errors import ExitCode, PlanguardError, file_name


def main() -> None:
    """Run the command line and end the process with the contract's exit code."""
    # One short-lived process: what it builds lives until its end, and looking for cycles costs more than the work.
    gc.disable()
    code = guarded(lambda: run(sys.argv[1:]))
    # Everything is written and closed; taking a large plan apart in memory would take a quarter of the whole time.
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except (OSError, ValueError):
        code = code or int(ExitCode.EVALUATION_FAILED)
    os._exit(code)


def run(words: list[str]) -> int:
    """Run one command line.

    :raises PlanguardError: for whatever the user can mend
    """
    arguments = parse_check(words)
    if arguments is not None:
        from planguard.cli.check import check_call

        return int(check_call(**arguments))
    from planguard.cli.app import run_app

    return run_app(words)


def guarded(command: Callable[[], int]) -> int:
    """Run a command and turn whatever it raises into one sentence and an exit code."""
    from planguard.cli.terminal import print_error

    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    try:
        return command()
    except PlanguardError as error:
        print_error(error)
        return int(error.exit_code)
    except SystemExit as stop:
        # Nothing of planguard ends this way; whoever does must not be able to make it an allow.
        return stop.code if isinstance(stop.code, int) and stop.code > 0 else int(ExitCode.EVALUATION_FAILED)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # Nobody reads the report any more: it was not delivered, and that is not an allow.
        sys.stderr.close()
        return int(ExitCode.EVALUATION_FAILED)
    except MemoryError:
        print_error(PlanguardError("out of memory"))
        return int(ExitCode.EVALUATION_FAILED)
    except BaseException as error:  # noqa: BLE001 - no traceback: it could carry values of the plan
        print_error(PlanguardError(f"planguard failed: {type(error).__name__}{_where(error)}", "please report this"))
        return int(ExitCode.EVALUATION_FAILED)


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    if trace is None:
        return ""
    return f" in {file_name(trace.tb_frame.f_code.co_filename)}, line {trace.tb_lineno}"
