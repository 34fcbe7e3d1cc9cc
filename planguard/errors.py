"""Every error that a user can cause, with the exit code that the contract gives it.

A message is one clause: lower case, no full stop, place first, cause after a colon, what the user wrote in
backticks. The advice goes into ``hint`` and is printed on a line of its own behind ``help:``.
"""

from __future__ import annotations

from enum import IntEnum


def file_name(path: str) -> str:
    """The last part of a path, on any system: what an error may tell of where it came from."""
    return path.replace("\\", "/").rsplit("/", 1)[-1]


class ExitCode(IntEnum):
    """What the process returns (contract, section "Exit codes")."""

    ALLOWED = 0
    """The plan may be applied, with or without warnings."""
    BLOCKED = 1
    """Policy says no."""
    WRONG_CALL = 2
    """Options, a policy file, a waiver file or a rule file are wrong."""
    UNREADABLE_PLAN = 3
    """A plan cannot be read, or is not a plan to decide on."""
    EVALUATION_FAILED = 4
    """A rule crashed, evidence could not be written, or planguard itself failed."""


class PlanguardError(Exception):
    """An error with a sentence for the user, advice, and an exit code.

    :param message: what is wrong, one clause
    :param hint: what to do about it, or None
    :param place: file, file:line or address that it is about, or None
    """

    exit_code: ExitCode = ExitCode.EVALUATION_FAILED

    def __init__(self, message: str, hint: str | None = None, *, place: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.place = place

    def __str__(self) -> str:
        return f"{self.place}: {self.message}" if self.place else self.message

    def __reduce__(self) -> tuple[object, ...]:
        return (_rebuild, (type(self), self.message, self.hint, self.place))


def _rebuild(kind: type[PlanguardError], message: str, hint: str | None, place: str | None) -> PlanguardError:
    return kind(message, hint, place=place)


class CallError(PlanguardError):
    """An option or argument is wrong."""

    exit_code = ExitCode.WRONG_CALL


class RuleFileError(PlanguardError):
    """A rule file does not say what a rule file must say."""

    exit_code = ExitCode.WRONG_CALL


class PolicyFileError(PlanguardError):
    """A policy file does not say what a policy file must say."""

    exit_code = ExitCode.WRONG_CALL


class WaiverFileError(PlanguardError):
    """A waiver file does not say what a waiver must say."""

    exit_code = ExitCode.WRONG_CALL


class ConditionError(RuleFileError):
    """The condition of a declarative rule cannot be compiled."""


class PlanError(PlanguardError):
    """A plan cannot be read, or is not a plan to decide on."""

    exit_code = ExitCode.UNREADABLE_PLAN


class NotAPlanError(PlanError):
    """The input was understood, and it is something other than a plan."""


class SourceError(PlanguardError):
    """The .tf source that was given cannot be read."""

    exit_code = ExitCode.WRONG_CALL


class EvaluationError(PlanguardError):
    """A rule crashed, or its condition came out neither true nor false."""

    exit_code = ExitCode.EVALUATION_FAILED
