"""The command line of ``planguard access`` and ``planguard exposure``: options and help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planguard.cli.analysis import Asked
from planguard.decision.purpose import Purpose

Output = Annotated[Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.  [standard output]")]
Source = Annotated[
    Path | None,
    typer.Option("--source", metavar="DIR", help="The .tf files: what a plan leaves unknown is read from them."),
]
Environment = Annotated[str | None, typer.Option("--env", metavar="NAME", help="The environment it is for.")]
Project = Annotated[str | None, typer.Option("--project", metavar="ID", help="The project it is for.")]
Workspace = Annotated[str | None, typer.Option("--workspace", metavar="NAME", help="The workspace it is for.")]
PolicyFile = Annotated[
    str | None, typer.Option("--policy", metavar="FILE", help="Environments.  [planguard.yaml here, if there is one]")
]
TerraformBin = Annotated[
    str | None,
    typer.Option("--terraform-bin", metavar="PROGRAM", help="What reads saved plans.  [terraform or tofu on PATH]"),
]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="Show everything, however long.")]


def access(
    arguments: Annotated[
        list[str],
        typer.Argument(
            metavar="PLAN | compare OLD.json NEW.json",
            help="One plan, as for check; or two policy documents of AWS. (A plan called compare is ./compare.)",
            show_default=False,
        ),
    ],
    format_: Annotated[str, typer.Option("--format", metavar="NAME[=FILE]", help="text, json or html.")] = "text",
    output: Output = None,
    source: Source = None,
    now: Annotated[
        str | None,
        typer.Option("--now", metavar="TIME", help="When it is applied (RFC 3339), for conditions on the time."),
    ] = None,
    env: Environment = None,
    project: Project = None,
    workspace: Workspace = None,
    policy: PolicyFile = None,
    terraform_bin: TerraformBin = None,
    verbose: Verbose = False,
) -> None:
    """Show who will be able to do what that they could not do before, with a request that proves it.

    Exit codes for a plan: 0 analysed, whatever was found; 2 the call is wrong; 3 the plan cannot be read. For two
    policy documents: 0 the new one allows nothing more; 1 it does; 2 the call is wrong, or one is no policy document;
    4 undetermined.

    \b
    planguard access plan.json --source .
    planguard access compare before.json after.json
    """
    from planguard.cli.access import run_access

    purpose = Purpose(project, workspace, env)
    asked = Asked(format_, output, source, purpose, policy, terraform_bin, verbose)
    raise typer.Exit(run_access(arguments, asked, now))


def exposure(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="One plan, as for check.", show_default=False)],
    format_: Annotated[
        str, typer.Option("--format", metavar="NAME[=FILE]", help="text, json, svg or html.")
    ] = "text",
    output: Output = None,
    source: Source = None,
    env: Environment = None,
    project: Project = None,
    workspace: Workspace = None,
    policy: PolicyFile = None,
    terraform_bin: TerraformBin = None,
    verbose: Verbose = False,
) -> None:
    """Show what can be reached from outside that could not be reached before, with the path.

    Exit codes: 0 analysed, whatever was found; 2 the call is wrong; 3 the plan cannot be read.

    \b
    planguard exposure plan.json
    planguard exposure plan.json --format svg -o exposure.svg
    """
    from planguard.cli.exposure import run_exposure

    purpose = Purpose(project, workspace, env)
    raise typer.Exit(run_exposure(plan, Asked(format_, output, source, purpose, policy, terraform_bin, verbose)))
