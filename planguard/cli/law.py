"""The options that say by which policy and waivers is decided, and when."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from planguard.check import Law
from planguard.decision.policy import BUILTIN_POLICY, Policy
from planguard.errors import CallError

if TYPE_CHECKING:
    from planguard.decision.policy_file import PolicyFile
    from planguard.decision.promotion import LowerDecision
    from planguard.decision.waivers.judge import Waivers

POLICY = "planguard.yaml"
WAIVERS = "waivers"
DIGEST_KEY = "PLANGUARD_DIGEST_KEY"


class GivenLaw(msgspec.Struct, frozen=True):
    """The policy file and the waivers of a call, each None where there is none."""

    file: PolicyFile | None
    waivers: Waivers | None
    folder: Path | None = None

    @property
    def policy(self) -> Policy:
        """What is decided by: the policy file, else the built-in policy."""
        return self.file.policy if self.file is not None else BUILTIN_POLICY


def read_law(policy: str | None, policy_ref: str | None, waivers: str | None) -> GivenLaw:
    """Read policy and waivers as the options say.

    :param policy: the file that was given, else ``planguard.yaml`` of the working folder, if there is one
    :param policy_ref: a git ref to read both from
    :param waivers: the folder that was given, else what policy says, else ``waivers/`` beside the policy file
    :raises PlanguardError: when the call or the policy is wrong
    """
    path = Path(policy) if policy is not None else Path(POLICY)
    file = None
    if policy is not None or policy_ref is not None or path.exists():
        from planguard.law import read_policy

        file = read_policy(path, policy_ref)
    folder = waivers_folder(file, path, waivers)
    if folder is None:
        return GivenLaw(file, None)
    from planguard.law import read_waivers

    return GivenLaw(file, read_waivers(folder, policy_ref), folder)


def waivers_folder(file: PolicyFile | None, policy: Path, given: str | None) -> Path | None:
    """Where the waivers are; None where nobody says so and there are none.

    :raises CallError: when the folder that was given is not there
    """
    if given is not None:
        folder = Path(given)
        if not folder.is_dir():
            raise CallError("--waivers is no folder", "name the folder that holds the waivers", place=given)
        return folder
    if file is None:
        return None
    if file.defaults.waivers is not None:
        return policy.parent / file.defaults.waivers
    return policy.parent / WAIVERS


def law_of(given: GivenLaw, now: str | None, *, force_now: bool = False, promoted_from: list[str]) -> Law:
    """What plans are decided by.

    :param now: ``--now``; else the clock, where waivers ask for the time
    :raises CallError: when an option is wrong
    """
    time = given_time(now) if now is not None else None
    if time is None and given.waivers is not None:
        time = datetime.now(UTC)
    key = os.environ.get(DIGEST_KEY)
    return Law(
        policy=given.policy,
        waivers=given.waivers,
        now=time,
        now_was_given=now is not None and not force_now,
        digest_key=key.encode() if key else None,
        lower=tuple(one for name in promoted_from for one in _lower(name)),
    )


def given_time(text: str) -> datetime:
    """``--now``, in UTC.

    :raises CallError: when it is no time
    """
    from planguard.decision.time import parse_time

    try:
        return parse_time(text)
    except ValueError as error:
        message, _, hint = str(error).partition("; ")
        raise CallError(f"--now {message}", hint) from None


def _lower(name: str) -> list[LowerDecision]:
    from planguard.decision.promotion import lower_decisions

    try:
        data = Path(name).read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise CallError(f"--promoted-from cannot be read: {reason}", place=name) from None
    return lower_decisions(data, name)
