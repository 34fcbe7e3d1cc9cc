"""``planguard policy``: every command with its options and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

policy_app = typer.Typer(help="Check a policy file, and ask it.", no_args_is_help=True, rich_markup_mode=None)


@policy_app.command("check")
def policy_check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The policy file.")] = Path("planguard.yaml"),
) -> None:
    """Validate a policy file: keys, values, and whether its parts fit together and name rules that there are.

    Exit codes: 0 it holds, 2 it does not.
    """
    from planguard.cli.policy import run_check_policy

    raise typer.Exit(run_check_policy(file))


@policy_app.command("explain")
def policy_explain(
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="For a plan for this environment.")] = None,
    severity: Annotated[str | None, typer.Option("--severity", metavar="SEVERITY", help="[that of the rule]")] = None,
    status: Annotated[str, typer.Option("--status", metavar="STATUS", help="introduced, inherited or fixed.")] = (
        "introduced"
    ),
    domain: Annotated[str | None, typer.Option("--domain", metavar="DOMAIN", help="[that of the rule]")] = None,
    rule: Annotated[str | None, typer.Option("--rule", metavar="ID|ALIAS", help="A violation of this rule.")] = None,
    type_: Annotated[str, typer.Option("--type", metavar="TYPE", help="Of a resource of this type.")] = "",
    address: Annotated[str, typer.Option("--address", metavar="ADDRESS", help="At this address.")] = "",
    owner: Annotated[str | None, typer.Option("--owner", metavar="TEAM", help="That belongs to this team.")] = None,
    undetermined: Annotated[bool, typer.Option("--undetermined", help="A finding that is undetermined.")] = False,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE", help="[planguard.yaml here, if there is one]")
    ] = None,
) -> None:
    """Tell what would happen to a finding, which gate says so, and what a waiver for it would need.

    \b
    planguard policy explain --env prod --severity high
    planguard policy explain --env prod --rule CKV_AWS_24 --status inherited
    """
    from planguard.cli.policy import ExplainCall, run_explain_policy

    call = ExplainCall(
        env=env,
        severity=severity,
        status=status,
        domain=domain,
        rule=rule,
        type=type_,
        address=address,
        owner=owner,
        undetermined=undetermined,
        policy=policy,
    )
    raise typer.Exit(run_explain_policy(call))


@policy_app.command("schema")
def policy_schema() -> None:
    """Print the JSON Schema of the policy file, for editors."""
    from planguard.cli.policy import run_schema

    run_schema()
