"""The full command line: every command with its options and its help."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from planguard.cli.app_access import access, exposure
from planguard.cli.app_policy import policy_app
from planguard.cli.app_waiver import waiver_app
from planguard.cli.check import RuleChoice, check_call
from planguard.errors import CallError, ExitCode
from planguard.reports.formats import FORMAT_NAMES

app = typer.Typer(
    name="planguard",
    help="Judges a Terraform or OpenTofu plan before it is applied: what it introduces, what was there before, "
    "what it fixes.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(help="Look at rules.", no_args_is_help=True, rich_markup_mode=None)
app.add_typer(rules_app, name="rules")
app.add_typer(policy_app, name="policy")
app.add_typer(waiver_app, name="waiver")

RulesOption = Annotated[
    list[Path] | None, typer.Option("--rules", metavar="DIR", help="A folder of further rules; repeatable.")
]
NoBuiltin = Annotated[bool, typer.Option("--no-builtin", help="Leave the built-in rules out.")]
Only = Annotated[
    list[str] | None,
    typer.Option("--only", metavar="ID|ALIAS|DOMAIN", help="Run only these rules; repeatable."),
]
Skip = Annotated[
    list[str] | None, typer.Option("--skip", metavar="ID|ALIAS|DOMAIN", help="Leave these rules out; repeatable.")
]
Plans = Annotated[
    list[str],
    typer.Argument(
        metavar="PLAN",
        help="JSON of `terraform show -json`, a saved plan, a folder with either, or - for standard input.",
        show_default=False,
    ),
]
TerraformBin = Annotated[
    str | None,
    typer.Option("--terraform-bin", metavar="PROGRAM", help="What reads saved plans.  [terraform or tofu on PATH]"),
]
FORMAT_HELP = f"{', '.join(FORMAT_NAMES)}: to a file, or to standard output; repeatable.  [text]"
Source = Annotated[
    Path | None,
    typer.Option("--source", metavar="DIR", help="The .tf files: places in reports, references through locals."),
]


@app.command()
def check(
    plans: Plans,
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
    only: Only = None,
    skip: Skip = None,
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME[=FILE]", help=FORMAT_HELP),
    ] = None,
    source: Source = None,
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="The environment it is for.")] = None,
    project: Annotated[
        str | None, typer.Option("--project", metavar="ID", help="The project it is for: part of the digest.")
    ] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="NAME", help="The workspace it is for: part of the digest.")
    ] = None,
    terraform_bin: TerraformBin = None,
    jobs: Annotated[
        int | None, typer.Option("--jobs", metavar="N", min=1, help="How many plans at a time.  [1]")
    ] = None,
    now: Annotated[
        str | None, typer.Option("--now", metavar="TIME", help="Decide as at this time (RFC 3339).")
    ] = None,
    force_now: Annotated[
        bool, typer.Option("--force-now", help="Take --now even where it is before the plan was made.")
    ] = False,
    policy: Annotated[
        str | None,
        typer.Option(
            "--policy", metavar="FILE", help="Gates, environments, approvals.  [planguard.yaml here, if there is one]"
        ),
    ] = None,
    policy_ref: Annotated[
        str | None,
        typer.Option(
            "--policy-ref", metavar="REF", help="Read policy and waivers from this git ref: origin/main, say."
        ),
    ] = None,
    waivers: Annotated[
        str | None, typer.Option("--waivers", metavar="DIR", help="Waivers.  [waivers/ beside the policy file]")
    ] = None,
    promoted_from: Annotated[
        list[str] | None,
        typer.Option(
            "--promoted-from", metavar="FILE", help="JSON report of a lower environment, for promotion; repeatable."
        ),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything, passes included.")] = False,
) -> None:
    """Decide on one or more plans.

    Exit codes: 0 allowed (warnings included), 1 blocked, 2 the call is wrong, 3 a plan cannot be read or is no plan
    to decide on, 4 evaluation failed. With several plans the worst counts, in the order 4, 3, 2, 1, 0.

    \b
    terraform plan -out tfplan
    terraform show -json tfplan | planguard check -
    planguard check tfplan --format text --format json=report.json
    """
    raise typer.Exit(
        check_call(
            plans=plans,
            rules=[str(folder) for folder in rules or []],
            no_builtin=no_builtin,
            only=only,
            skip=skip,
            format_=format_,
            source=str(source) if source is not None else None,
            env=env,
            project=project,
            workspace=workspace,
            terraform_bin=terraform_bin,
            jobs=jobs,
            now=now,
            force_now=force_now,
            policy=policy,
            policy_ref=policy_ref,
            waivers=waivers,
            promoted_from=promoted_from,
            verbose=verbose,
        )
    )


def _choice(rules: list[Path] | None, no_builtin: bool, only: list[str] | None, skip: list[str] | None) -> RuleChoice:
    return RuleChoice(tuple(rules or ()), no_builtin, tuple(only or ()), tuple(skip or ()))


@app.command()
def scan(
    folder: Annotated[
        Path,
        typer.Argument(metavar="DIR", help="A root module, or a folder above some."),
    ] = Path(),
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
    only: Only = None,
    skip: Skip = None,
    format_: Annotated[
        list[str] | None,
        typer.Option("--format", metavar="NAME[=FILE]", help=FORMAT_HELP),
    ] = None,
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="The environment it is for.")] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="NAME", help="What terraform.workspace is.")
    ] = None,
    var: Annotated[
        list[str] | None, typer.Option("--var", metavar="NAME=VALUE", help="Value of a root variable; repeatable.")
    ] = None,
    var_file: Annotated[
        list[Path] | None, typer.Option("--var-file", metavar="FILE", help="A .tfvars file; repeatable.")
    ] = None,
    policy: Annotated[
        str | None,
        typer.Option("--policy", metavar="FILE", help="Settings of rules.  [planguard.yaml here, if there is one]"),
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="Show everything, passes included.")] = False,
) -> None:
    """Judge .tf source by the same rules, before there is a plan.

    What source alone does not tell is unknown, and so undetermined. A folder below DIR that another one calls as a
    module is judged as part of that one. Exit codes as for check; 2 also for a file that cannot be parsed.

    \b
    planguard scan
    planguard scan envs/prod --var-file prod.tfvars --format json=report.json
    """
    from planguard.cli.scan import scan_call

    raise typer.Exit(
        scan_call(
            folder=folder,
            rules=_choice(rules, no_builtin, only, skip),
            format_=format_ or [],
            env=env,
            workspace=workspace,
            variables=var or [],
            var_files=var_file or [],
            policy=policy,
            verbose=verbose,
        )
    )


@app.command()
def graph(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="One plan, as for check.", show_default=False)],
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="json, dot, mermaid or svg.")] = "json",
    output: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE", help="Write here.  [standard output]")
    ] = None,
    source: Source = None,
    terraform_bin: TerraformBin = None,
) -> None:
    """Write the resource-change graph: every object before and after, and what ties them.

    \b
    planguard graph plan.json --format svg -o plan.svg
    planguard graph plan.json --format dot | dot -Tpdf -o plan.pdf
    """
    from planguard.check import Wanted
    from planguard.cli.graph import run_graph
    from planguard.cli.terminal import cache_folder

    run_graph(plan, Wanted(source=source, terraform_bin=terraform_bin, cache=cache_folder()), format_, output)


app.command()(access)
app.command()(exposure)


@app.command()
def digest(
    plan: Annotated[str, typer.Argument(metavar="PLAN", help="One plan, as for check.", show_default=False)],
    changes: Annotated[bool, typer.Option("--changes", help="One line for each resource change.")] = False,
    env: Annotated[str | None, typer.Option("--env", metavar="NAME", help="The environment it is for.")] = None,
    project: Annotated[str | None, typer.Option("--project", metavar="ID", help="The project it is for.")] = None,
    workspace: Annotated[
        str | None, typer.Option("--workspace", metavar="NAME", help="The workspace it is for.")
    ] = None,
    policy: Annotated[
        str | None, typer.Option("--policy", metavar="FILE", help="[planguard.yaml here, if there is one]")
    ] = None,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    terraform_bin: TerraformBin = None,
) -> None:
    """Print the plan digest: what a decision is about, and what a waiver is bound to.

    It is the same for every run of the same plan, and another for any change of what would be applied, or where. Set
    PLANGUARD_DIGEST_KEY to let sensitive values count, by a keyed hash.
    """
    from planguard.cli.digest import run_digest
    from planguard.decision.purpose import Purpose

    run_digest(plan, Purpose(project, workspace, env), policy, terraform_bin, format_, changes=changes)


@app.command()
def init(
    plans: Annotated[
        list[str] | None, typer.Argument(metavar="PLAN", help="Plans that it is to fit.", show_default=False)
    ] = None,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="FILE", help="Where to write it.")] = Path(
        "planguard.yaml"
    ),
    force: Annotated[bool, typer.Option("--force", help="Write over a file that is there.")] = False,
    terraform_bin: TerraformBin = None,
) -> None:
    """Write a commented policy file that fits a plan, and its JSON Schema beside it.

    \b
    planguard init tfplan
    planguard policy check
    """
    from planguard.cli.init import run_init

    run_init(plans or [], output, terraform_bin, force=force)


@rules_app.command("list")
def rules_list(
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
    only: Only = None,
    skip: Skip = None,
) -> None:
    """List the rules: id, severity, what is wrong."""
    from planguard.cli.rules import run_list

    run_list(_choice(rules, no_builtin, only, skip), format_)


@rules_app.command("show")
def rules_show(
    name: Annotated[str, typer.Argument(metavar="ID|ALIAS", help="Such as CKV_AWS_16.", show_default=False)],
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
) -> None:
    """Show a rule: facts, why, how to fix, examples."""
    from planguard.cli.rules import run_show

    run_show(_choice(rules, no_builtin, None, None), name)


@rules_app.command("new")
def rules_new(
    identity: Annotated[
        str,
        typer.Argument(metavar="ID", help="What is bad, such as aws-sqs-queue-retention-short.", show_default=False),
    ],
    folder: Annotated[Path, typer.Option("--dir", metavar="DIR", help="Where to write it.")] = Path("rules"),
    kind: Annotated[str, typer.Option("--kind", metavar="FORM", help="yaml or python.")] = "yaml",
    resource: Annotated[
        str | None,
        typer.Option("--resource", metavar="TYPE", help="The resource type.  [what the id begins with]"),
    ] = None,
    domain: Annotated[str, typer.Option("--domain", metavar="DOMAIN", help="Its domain.")] = "baseline",
    severity: Annotated[str, typer.Option("--severity", metavar="SEVERITY", help="Its severity.")] = "medium",
) -> None:
    """Write a new rule to fill in: it loads, and its good example fails until the rule says what it means.

    \b
    planguard rules new aws-sqs-queue-retention-short --dir policies
    planguard rules test policies
    planguard check plan.json --rules policies
    """
    from planguard.cli.rules_write import run_new

    run_new(identity, folder, form=kind, resource=resource, domain=domain, severity=severity)


@rules_app.command("docs")
def rules_docs(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where to write.")] = Path(
        "docs/rules"
    ),
    check: Annotated[bool, typer.Option("--check", help="Write nothing; exit 1 when a page is stale.")] = False,
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
) -> None:
    """Write a page in Markdown for each rule, and an index by domain, provider, control and other tools' names.

    \b
    planguard rules docs --rules policies --no-builtin --output policies/docs
    planguard rules docs --check
    """
    from planguard.cli.rules_write import run_docs

    raise typer.Exit(run_docs(_choice(rules, no_builtin, None, None), output, check=check))


@rules_app.command("test")
def rules_test(
    folders: Annotated[
        list[Path] | None,
        typer.Argument(metavar="DIR", help="Folders of rules.  [the built-in rules]", show_default=False),
    ] = None,
    only: Only = None,
    skip: Skip = None,
    word: Annotated[
        str, typer.Option("-k", metavar="WORD", help="Only examples with this word in `rule-id::bad::name`.")
    ] = "",
    mutate: Annotated[
        bool, typer.Option("--mutate", help="Change the rules in small ways, too: an example has to notice each.")
    ] = False,
    format_: Annotated[str, typer.Option("--format", metavar="NAME", help="text or json.")] = "text",
    jobs: Annotated[
        int, typer.Option("--jobs", metavar="N", min=0, help="How many processes; 0: as many as make sense.")
    ] = 0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="A line for each example.")] = False,
) -> None:
    """Run the examples of rules: bad ones must be flagged, good ones left alone.

    Exit codes: 0 all passed, 1 an example failed or is missing or a mutant survived, 2 a rule file or the call is
    wrong.

    \b
    planguard rules test policy
    planguard rules test policy --mutate
    """
    from planguard.cli.rules_test import RuleTest, run_test

    call = RuleTest(
        folders=tuple(folders or ()),
        only=tuple(only or ()),
        skip=tuple(skip or ()),
        word=word,
        format=format_,
        jobs=jobs,
        mutate=mutate,
        verbose=verbose,
    )
    raise typer.Exit(run_test(call))


@app.command()
def explain(
    name: Annotated[
        str,
        typer.Argument(metavar="ID|ALIAS|DECISION-FILE", help="A rule, or a report in JSON.", show_default=False),
    ],
    rules: RulesOption = None,
    no_builtin: NoBuiltin = False,
) -> None:
    """Explain a rule, or a decision that was written with --format json."""
    from planguard.cli.rules import run_explain

    run_explain(_choice(rules, no_builtin, None, None), name)


def _version(value: bool) -> None:
    if value:
        from planguard.version import __version__

        typer.echo(f"planguard {__version__}")
        raise typer.Exit


@app.callback()
def main_options(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the version.")
    ] = False,
) -> None:
    """Judges a Terraform or OpenTofu plan before it is applied."""


_COMMANDS = frozenset(
    {"check", "scan", "graph", "access", "exposure", "explain", "rules", "digest", "init", "policy", "waiver"}
)


def run_app(words: list[str]) -> int:
    """Run one command line.

    :returns: the exit code
    :raises CallError: when it cannot be understood
    """
    try:
        done = app(words, standalone_mode=False, prog_name="planguard")
    except typer.Exit as stop:
        return int(stop.exit_code)
    except typer.Abort:
        return 130
    except Exception as error:
        # The library has a class for each way in which a call is wrong; all of them can say what it is.
        say = getattr(error, "format_message", None)
        if say is None:
            raise
        message = str(say()).strip().rstrip(".")
        if not message or message.startswith("Usage"):
            typer.echo(message)
            return int(ExitCode.WRONG_CALL)
        known = words[0] if words and words[0] in _COMMANDS else ""
        advice = f"`{' '.join(('planguard', known, '--help')).replace('  ', ' ')}` shows how to call it"
        raise CallError((message[:1].lower() + message[1:]).replace("'", "`"), advice) from None
    return int(done) if isinstance(done, int) else 0
