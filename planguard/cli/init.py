"""``planguard init``."""

from __future__ import annotations

from pathlib import Path

import msgspec

from planguard.check import Wanted, graph_of
from planguard.cli.terminal import write_stdout, write_whole
from planguard.decision.policy_file import parse_policy, policy_schema
from planguard.decision.policy_template import SCHEMA_NAME, policy_text, signs_of
from planguard.errors import CallError
from planguard.plan.reading import find_plans, read_input


def run_init(plans: list[str], output: Path, terraform_bin: str | None, *, force: bool) -> None:
    """Write a policy file that fits plans, and its schema beside it.

    :raises PlanguardError: when a plan cannot be read, or a file is there already
    """
    if output.exists() and not force:
        hint = "name another with --output, or write over it with --force"
        raise CallError("is there already", hint, place=str(output))
    graphs = []
    for one in find_plans(plans).plans if plans else ():
        read, graph, _ = graph_of(read_input(one, terraform_bin), Wanted(terraform_bin=terraform_bin))
        graphs.append((graph, read.saved.workspace))
    signs = signs_of(graphs)
    text = policy_text(signs)
    parse_policy(text, str(output), "")
    schema = output.parent / SCHEMA_NAME
    write_whole(schema, msgspec.json.format(msgspec.json.encode(policy_schema()), indent=2) + b"\n")
    write_whole(output, text.encode())
    shown = ", ".join(signs.environments) or "none: they are left to you, as comments"
    lines = [f"written  {output}", f"         environments: {shown}", f"         owners: {len(signs.owners)}"]
    lines += [f"written  {schema}, for editors", "next     planguard policy check"]
    write_stdout(("\n".join(lines) + "\n").encode())
