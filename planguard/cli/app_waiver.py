"""``planguard waiver``: every command with its options and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

waiver_app = typer.Typer(
    help="Ask for exceptions, approve, check, list, renew, revoke.",
    no_args_is_help=True,
    rich_markup_mode=None,
)

PolicyOption = Annotated[
    str | None, typer.Option("--policy", metavar="FILE", help="[planguard.yaml here, if there is one]")
]
Now = Annotated[str | None, typer.Option("--now", metavar="TIME", help="As at this time (RFC 3339).")]
Folder = Annotated[
    Path | None, typer.Option("--waivers", metavar="DIR", help="The folder.  [waivers/ beside the policy file]")
]
Reports = Annotated[
    list[Path] | None,
    typer.Option("--report", metavar="FILE", help="A JSON report of `planguard check`; repeatable."),
]
Expires = Annotated[
    str | None,
    typer.Option("--expires", metavar="7d", help="How long it is wanted.  [as long as policy allows]"),
]
Requester = Annotated[str | None, typer.Option("--requester", metavar="NAME", help="Who asks.  [git's user.email]")]
Format = Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")]


@waiver_app.command("request")
def waiver_request(
    reports: Annotated[
        list[Path], typer.Argument(metavar="REPORT", help="JSON reports of blocked plans.", show_default=False)
    ],
    folder: Folder = None,
    rule: Annotated[
        list[str] | None, typer.Option("--only", metavar="ID|ALIAS", help="Only for these rules; repeatable.")
    ] = None,
    address: Annotated[
        list[str] | None, typer.Option("--address", metavar="ADDRESS", help="Only at these addresses; repeatable.")
    ] = None,
    reason: Annotated[str | None, typer.Option("--reason", metavar="TEXT", help="Why the risk is accepted.")] = None,
    control: Annotated[
        list[str] | None,
        typer.Option("--control", metavar="TEXT", help="What keeps the risk small meanwhile; repeatable."),
    ] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", metavar="ID", help="Where it is followed.")] = None,
    expires: Expires = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Who answers for the risk.  [the owner by policy]")
    ] = None,
    binding: Annotated[
        str, typer.Option("--binding", metavar="KIND", help="plan, change or fingerprint, where policy allows.")
    ] = "plan",
    warnings: Annotated[bool, typer.Option("--warnings", help="Also for what is only warned of.")] = False,
    requester: Requester = None,
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """Write drafts for what blocks a plan: one for each rule and owner, filled in as far as can be.

    \b
    planguard check tfplan --format json=report.json
    planguard waiver request report.json --reason "…" --ticket OPS-17 --expires 5d
    """
    from planguard.cli.waiver_request import RequestCall, run_request

    call = RequestCall(
        reports=tuple(reports),
        folder=folder,
        rules=tuple(rule or ()),
        addresses=tuple(address or ()),
        reason=reason,
        controls=tuple(control or ()),
        ticket=ticket,
        expires=expires,
        owner=owner,
        binding=binding,
        warnings=warnings,
        requester=requester,
        policy=policy,
        now=now,
    )
    raise typer.Exit(run_request(call))


@waiver_app.command("sign")
def waiver_sign(
    files: Annotated[list[Path], typer.Argument(metavar="FILE", help="Waivers to approve.", show_default=False)],
    name: Annotated[str, typer.Option("--as", metavar="NAME", help="Who approves, as policy names them.")],
    role: Annotated[str, typer.Option("--role", metavar="ROLE", help="As what: a role of policy, or owner.")],
    key: Annotated[
        Path | None,
        typer.Option("--key", metavar="FILE", help="The SSH key, or its public half when an agent holds it."),
    ] = None,
    unsigned: Annotated[
        bool, typer.Option("--unsigned", help="Without a signature, where policy does not ask for one.")
    ] = False,
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """Approve waivers with an SSH key: `ssh-keygen -Y sign` over the whole waiver, namespace planguard-waiver@v1.

    \b
    planguard waiver sign waivers/2026-11-26-….yaml --as alice@example.com --role security --key ~/.ssh/id_ed25519
    """
    from planguard.cli.waiver_sign import run_sign

    raise typer.Exit(run_sign(files, name, role, key, policy, now, unsigned=unsigned))


@waiver_app.command("check")
def waiver_check(
    files: Annotated[
        list[Path] | None,
        typer.Argument(metavar="FILE", help="Waivers, or folders of them.  [all]", show_default=False),
    ] = None,
    reports: Reports = None,
    folder: Folder = None,
    format_: Format = "text",
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """Tell all reasons at once why a waiver would not count. Exit codes: 0 all would, 1 one would not, 2 the call.

    With --report, for the plans of those reports; without, for the plan that each is bound to.
    """
    from planguard.cli.waiver_check import run_check_waivers

    raise typer.Exit(run_check_waivers(files or [], reports or [], folder, format_, policy, now))


@waiver_app.command("list")
def waiver_list(
    folder: Folder = None,
    expiring: Annotated[
        str | None, typer.Option("--expiring", metavar="14d", help="Only those that end within this time.")
    ] = None,
    reports: Reports = None,
    format_: Format = "text",
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """List waivers: state, age, days left, renewals; with --report, whether they are used."""
    from planguard.cli.waiver_list import run_list_waivers

    raise typer.Exit(run_list_waivers(folder, expiring, reports or [], format_, policy, now))


@waiver_app.command("renew")
def waiver_renew(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="The waiver to go on from.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why it is needed for longer.")],
    reports: Reports = None,
    control: Annotated[
        list[str] | None, typer.Option("--control", metavar="TEXT", help="What keeps the risk small; repeatable.")
    ] = None,
    ticket: Annotated[str | None, typer.Option("--ticket", metavar="ID", help="Where it is followed.")] = None,
    expires: Expires = None,
    requester: Requester = None,
    folder: Folder = None,
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """Write a draft that goes on from a waiver. It needs a new reason and new approvals; its age goes on as well.

    With --report, the draft is bound to the plan of that report.
    """
    from planguard.cli.waiver_renew import RenewCall, run_renew

    call = RenewCall(
        name=name,
        reason=reason,
        reports=tuple(reports or ()),
        controls=tuple(control or ()),
        ticket=ticket,
        expires=expires,
        requester=requester,
        folder=folder,
        policy=policy,
        now=now,
    )
    raise typer.Exit(run_renew(call))


@waiver_app.command("revoke")
def waiver_revoke(
    name: Annotated[str, typer.Argument(metavar="ID|FILE", help="The waiver to take back.", show_default=False)],
    reason: Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why.")],
    by: Annotated[str | None, typer.Option("--by", metavar="NAME", help="Who.  [git's user.email]")] = None,
    folder: Folder = None,
    policy: PolicyOption = None,
    now: Now = None,
) -> None:
    """Take a waiver back: it stays as a record, and excuses nothing any more."""
    from planguard.cli.waiver_renew import run_revoke

    raise typer.Exit(run_revoke(name, reason, by, folder, policy, now))
