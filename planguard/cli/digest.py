"""``planguard digest``."""

from __future__ import annotations

import os

import msgspec

from planguard.check import Wanted, graph_of
from planguard.cli.law import DIGEST_KEY, read_law
from planguard.cli.terminal import write_stdout
from planguard.decision.environment import resolve_environment
from planguard.decision.purpose import Purpose
from planguard.errors import CallError
from planguard.plan.digest import Context, Digests
from planguard.plan.plan import is_effective
from planguard.plan.reading import find_plans, read_input


def run_digest(
    plan: str, purpose: Purpose, policy: str | None, terraform_bin: str | None, format_: str, *, changes: bool
) -> None:
    """Print the digest of a plan, or of each of its changes.

    :raises PlanguardError: when the call is wrong, or the plan cannot be read
    """
    if format_ not in ("text", "json"):
        raise CallError(f"--format `{format_}` is not a format", "there are text and json")
    found = find_plans([plan]).plans
    if len(found) != 1:
        raise CallError(f"`{plan}` holds {len(found)} plans", "name one of them")
    read, graph, _ = graph_of(read_input(found[0], terraform_bin), Wanted(terraform_bin=terraform_bin))
    law = read_law(policy, None, None)
    workspace = purpose.workspace or read.saved.workspace
    resolved = resolve_environment(
        law.policy.environments, graph, given=purpose.environment, workspace=workspace, project=purpose.project
    )
    key = os.environ.get(DIGEST_KEY)
    digests = Digests(read, key.encode() if key else None)
    context = Context(purpose.project, resolved.name, workspace)
    whole = digests.of_plan(context)
    rows = sorted(
        (read.redactor.address(one.address), one.deposed or "", digests.of_change(one))
        for one in read.all_changes()
        if is_effective(one)
    )
    if format_ == "json":
        document = {
            "plan": whole,
            "project": context.project,
            "environment": context.environment,
            "workspace": context.workspace,
            "sensitive": {None: None, True: "keyed", False: "present"}[digests.keyed_sensitive],
            "changes": [
                {"address": address, "deposed": deposed or None, "digest": digest}
                for address, deposed, digest in rows
            ],
        }
        write_stdout(msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n")
    elif changes:
        lines = (
            f"{digest}  {address}{f' (deposed {deposed})' if deposed else ''}" for address, deposed, digest in rows
        )
        write_stdout("".join(f"{line}\n" for line in lines).encode())
    else:
        write_stdout(f"{whole}\n".encode())
