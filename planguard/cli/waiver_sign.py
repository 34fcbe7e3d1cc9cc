"""``planguard waiver sign``."""

from __future__ import annotations

import subprocess
from pathlib import Path

from planguard.cli.terminal import write_stdout
from planguard.cli.waiver_files import Desk, open_desk, read_waiver, rule_facts, write_waiver
from planguard.decision.time import parse_time, show_time
from planguard.decision.waivers.approvals import signed_approvals
from planguard.decision.waivers.lifecycle import prospects, subjects_of
from planguard.decision.waivers.sshsig import NAMESPACE
from planguard.decision.waivers.waiver import Approval, Waiver
from planguard.errors import CallError, ExitCode

_TIMEOUT = 300


def run_sign(
    files: list[Path],
    name: str,
    role: str,
    key: Path | None,
    policy: str | None,
    now: str | None,
    *,
    unsigned: bool,
) -> ExitCode:
    """Add an approval to waivers.

    :raises PlanguardError: when a waiver is wrong, policy does not know who signs, or the key does not sign
    """
    if key is None and not unsigned:
        raise CallError("--key is missing", "name your SSH key, such as `--key ~/.ssh/id_ed25519`")
    lines = []
    for path in files:
        desk = open_desk(policy, path.parent, now)
        waiver = read_waiver(path)
        at = show_time(desk.now)
        signature = None if unsigned or key is None else _signature(waiver.payload(name, role, at), key)
        approval = Approval(name, role, parse_time(at), at, signature)
        _refuse_what_does_not_count(waiver, approval, desk)
        approvals = (*(one for one in waiver.approvals if (one.by, one.role) != (name, role)), approval)
        write_waiver(path, waiver.body, approvals)
        lines.append(f"approved  {path}: by {name} as {role}")
        lines.append(f"          {_outlook(read_waiver(path), desk)}")
    write_stdout(("\n".join(lines) + "\n").encode())
    return ExitCode.ALLOWED


def _signature(payload: bytes, key: Path) -> str:
    """What ``ssh-keygen`` signs; it asks for the passphrase, the agent or the touch itself."""
    words = ["ssh-keygen", "-Y", "sign", "-n", NAMESPACE, "-f", str(key.expanduser())]
    try:
        done = subprocess.run(words, input=payload, capture_output=True, check=False, timeout=_TIMEOUT)  # noqa: S603
    except OSError:
        raise CallError("`ssh-keygen` is not on PATH", "install OpenSSH, 8.2 or later") from None
    except subprocess.TimeoutExpired:
        raise CallError("`ssh-keygen` does not come to an end", place=str(key)) from None
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().splitlines()
        raise CallError(f"the key does not sign: {said[-1] if said else 'ssh-keygen says nothing'}", place=str(key))
    return done.stdout.decode("ascii", "replace")


def _refuse_what_does_not_count(waiver: Waiver, approval: Approval, desk: Desk) -> None:
    """An approval that policy will not count is better refused now than found out in the pipeline."""
    import msgspec

    if desk.file is None:
        return
    alone = msgspec.structs.replace(waiver, approvals=(approval,))
    (found,) = signed_approvals(alone, desk.policy, desk.now)
    if found.identity is None:
        raise CallError(f"this approval would not count: {found.why}", "policy says who may", place=waiver.file)


def _outlook(waiver: Waiver, desk: Desk) -> str:
    verdict = prospects(
        waiver, desk.waivers, subjects_of(waiver, rule_facts(desk.file)), desk.policy, desk.now
    )  # fmt: skip
    if verdict.status == "used":
        return f"it counts until {show_time(waiver.expires)}, for the plan that it is bound to"
    return f"it does not count yet: {'; '.join(verdict.reasons) or verdict.why}"
