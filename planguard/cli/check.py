"""``planguard check``."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import msgspec

from planguard.check import Decided, Wanted, check_input
from planguard.cli.law import law_of, read_law
from planguard.cli.terminal import (
    Bar,
    cache_folder,
    print_error,
    print_warning,
    text_style,
    write_stdout,
    write_whole,
)
from planguard.decision.policy import BLOCK, BUILTIN_POLICY, WARN
from planguard.decision.purpose import Purpose
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.rule import Rule
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.errors import CallError, ExitCode, PlanError, PlanguardError, SourceError
from planguard.plan.reading import FoundPlans, PlanInput, Skipped, find_plans
from planguard.reports.formats import FORMAT_NAMES, render
from planguard.reports.model import (
    SCHEMA,
    DecisionEntry,
    Report,
    SkippedEntry,
    Tool,
    UnreadableEntry,
)
from planguard.version import __version__

if TYPE_CHECKING:
    from planguard.decision.policy_file import PolicyFile
    from planguard.decision.policy_model import CheckModel
    from planguard.reports.graph_model import GraphDocument

FORMATS = FORMAT_NAMES
HTML = "html"
"""The format that draws what is around violations."""
_WORST_FIRST = (
    ExitCode.EVALUATION_FAILED,
    ExitCode.UNREADABLE_PLAN,
    ExitCode.WRONG_CALL,
    ExitCode.BLOCKED,
    ExitCode.ALLOWED,
)


class RuleChoice(msgspec.Struct, frozen=True):
    """Which rules are to run."""

    folders: tuple[Path, ...] = ()
    no_builtin: bool = False
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    policy: PolicyFile | None = None

    def load(self, *, warn: bool = True, examples: bool = False) -> RuleSet:
        """Read the packs and choose.

        :param warn: tell of names in rules that no provider has
        :param examples: whether the examples of the rules are wanted, too
        :raises PlanguardError: when a pack is wrong, or a name is that of no rule
        """
        cache = cache_folder()
        folders = [] if self.no_builtin else [builtin_root()]
        folders += [folder.resolve() for folder in self.folders]
        if self.policy is not None:
            folders += self.policy.pack_folders
        if not folders:
            raise CallError("there are no rules to run", "give --rules DIR, or leave --no-builtin out")
        unique = list(dict.fromkeys(folders))
        packs = [load_pack(folder, cache=cache, examples=examples) for folder in unique]
        if warn:
            for warned in (one for pack in packs for one in pack.warnings):
                print_warning(warned.place, warned.message, warned.hint)
        if self.policy is None:
            return select_rules(packs, self.only, self.skip)
        from planguard.engine.settings import with_settings

        policy = self.policy

        left_out = load_pack(builtin_root(), cache=cache, examples=False).rules if self.no_builtin else ()

        def change(rules: list[Rule]) -> list[Rule]:
            return with_settings(rules, policy.settings, policy.place, left_out)

        return select_rules(packs, self.only, self.skip, change=change)


class Output(msgspec.Struct, frozen=True):
    """One report to write: its format, and its file (None: standard output)."""

    format: str
    file: Path | None


def parse_outputs(formats: Iterable[str]) -> list[Output]:
    """``NAME[=FILE]``, each.

    :raises CallError: for a format that there is not, or two reports in one place
    """
    outputs: list[Output] = []
    for text in formats or ("text",):
        name, _, file = text.partition("=")
        if name not in FORMATS:
            from planguard.engine.metadata import near

            raise CallError(f"--format `{name}` is not a format", near(name, FORMATS))
        if "=" in text and not file:
            raise CallError(f"--format `{text}` names no file", f"write `{name}=FILE`, or `{name}`")
        outputs.append(Output(name, Path(file) if file else None))
    places = [one.file for one in outputs]
    if len(set(places)) != len(places):
        raise CallError("two reports in one place", "give each but one its own file: --format json=report.json")
    return outputs


class Unreadable(msgspec.Struct, frozen=True):
    """A plan that could not be decided on."""

    place: str
    error: PlanguardError


P = ParamSpec("P")


def _told_to_atlantis(call: Callable[P, ExitCode]) -> Callable[P, ExitCode]:
    """A call whose report goes to Atlantis says there what is wrong with it; any other exit code would lose that."""

    @wraps(call)
    def told(*positional: P.args, **named: P.kwargs) -> ExitCode:
        try:
            return call(*positional, **named)
        except PlanguardError as error:
            formats = named.get("format_")
            if not isinstance(formats, list) or "atlantis" not in formats:
                raise
            from planguard.reports.atlantis import render_atlantis_error

            write_stdout(render_atlantis_error(str(error), error.hint))
            return ExitCode.ALLOWED

    return told


@_told_to_atlantis
def check_call(
    *,
    plans: list[str],
    rules: list[str] | None = None,
    no_builtin: bool = False,
    only: list[str] | None = None,
    skip: list[str] | None = None,
    format_: list[str] | None = None,
    source: str | None = None,
    env: str | None = None,
    project: str | None = None,
    workspace: str | None = None,
    terraform_bin: str | None = None,
    jobs: str | int | None = None,
    now: str | None = None,
    force_now: bool = False,
    policy: str | None = None,
    policy_ref: str | None = None,
    waivers: str | None = None,
    promoted_from: list[str] | None = None,
    verbose: bool = False,
) -> ExitCode:
    """``planguard check`` with its options as they stand on the command line.

    :raises PlanguardError: when the call is wrong
    """
    given = read_law(policy, policy_ref, waivers)
    law = law_of(given, now, force_now=force_now, promoted_from=promoted_from or [])
    defaults = given.file.defaults if given.file is not None else None
    source = _first(source, defaults, "source")
    folder = Path(source) if source is not None else None
    if folder is not None:
        _refuse_no_source(folder)
    purpose = Purpose(
        _first(project, defaults, "project"), _first(workspace, defaults, "workspace"), _first(env, defaults, "env")
    )
    outputs = parse_outputs(_first(format_ or None, defaults, "format") or [])
    with_pictures = any(one.format == HTML for one in outputs)
    wanted = Wanted(
        purpose, law, folder, terraform_bin, cache_folder(), with_passes=verbose, with_pictures=with_pictures
    )
    choice = RuleChoice(
        tuple(map(Path, rules or ())),
        no_builtin,
        tuple(_first(only or None, defaults, "only") or ()),
        tuple(_first(skip or None, defaults, "skip") or ()),
        given.file,
    )
    number = _number_of_jobs(_first(jobs, defaults, "jobs") or 1)
    return run_check(plans, choice, wanted, outputs, jobs=number, verbose=verbose)


def _first(given: Any, defaults: CheckModel | None, name: str) -> Any:
    """What stands on the command line, else what policy says."""
    return given if given is not None or defaults is None else getattr(defaults, name)


def _refuse_no_source(folder: Path) -> None:
    from planguard.plan.source import load_source

    try:
        load_source(folder)
    except SourceError as error:
        hint = error.hint or "name the folder with the .tf files of the root module"
        raise SourceError(error.message, hint, place=str(folder)) from None


def _number_of_jobs(text: str | int) -> int:
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise CallError(f"--jobs `{text}` is not a number of jobs", "write a whole number from 1 on")
    return number


def run_check(
    plans: list[str], rules: RuleChoice, wanted: Wanted, outputs: list[Output], *, jobs: int, verbose: bool
) -> ExitCode:
    """Check plans and write the reports.

    :returns: the worst exit code of all plans
    :raises PlanguardError: when the call itself is wrong
    """
    bar = Bar()
    try:
        bar.phase("loading rules")
        ruleset = rules.load()
        found, missing = _find(plans)
        results = [*missing, *_check_all(list(found.plans), rules, ruleset, wanted, jobs, bar)]
    finally:
        bar.close()
    return write_results(
        results,
        ruleset,
        outputs,
        policy=rules.policy,
        skipped=found.skipped,
        source=wanted.source,
        verbose=verbose,
    )


def write_results(
    results: list[Decided | Unreadable],
    ruleset: RuleSet,
    outputs: list[Output],
    *,
    policy: PolicyFile | None = None,
    skipped: tuple[Skipped, ...] = (),
    source: Path | None = None,
    verbose: bool,
) -> ExitCode:
    """Write the reports of what was decided on, and say on standard error what could not be.

    :returns: the worst exit code of all
    """
    decided = [one for one in results if isinstance(one, Decided)]
    entries = [one.entry for one in decided]
    unreadable = [one for one in results if isinstance(one, Unreadable)]
    report = Report(
        schema=SCHEMA,  # type: ignore[arg-type]
        outcome=_worst_outcome(entries, unreadable),  # type: ignore[arg-type]
        planguard=Tool(__version__, ruleset.digest, (policy or BUILTIN_POLICY).digest),
        decisions=entries,
        unreadable=[_unreadable_entry(one) for one in unreadable],
        skipped=[SkippedEntry(one.place, one.reason) for one in skipped],
    )
    for one in unreadable:
        print_error(one.error)
    pictures = {
        (number, address): picture for number, one in enumerate(decided) for address, picture in one.pictures.items()
    }
    if _write(report, outputs, pictures, source_root(source), verbose=verbose):
        return ExitCode.ALLOWED
    return _worst_code(entries, unreadable)


def source_root(source: Path | None) -> str:
    """Where the source stands below the root of the repository that it is in; empty where it is that, or in none."""
    if source is None:
        return ""
    folder = source.resolve()
    root = next((one for one in (folder, *folder.parents) if (one / ".git").exists()), None)
    inside = folder.relative_to(root).as_posix() if root is not None else "."
    return "" if inside == "." else inside


def _find(arguments: list[str]) -> tuple[FoundPlans, list[Unreadable]]:
    """The plans that arguments stand for. One that stands for none does not hide the others."""
    missing: list[Unreadable] = []
    there: list[str] = []
    for argument in arguments:
        try:
            find_plans([argument])
            there.append(argument)
        except PlanError as error:
            missing.append(Unreadable(error.place or argument, error))
    return (find_plans(there) if there else FoundPlans(())), missing


def _unreadable_entry(one: Unreadable) -> UnreadableEntry:
    message = one.error.message if one.error.place == one.place else str(one.error)
    return UnreadableEntry(one.place, message, one.error.hint)


def _check_all(
    plans: list[PlanInput], choice: RuleChoice, rules: RuleSet, wanted: Wanted, jobs: int, bar: Bar
) -> list[Decided | Unreadable]:
    if jobs > 1 and len(plans) > 1:
        return _check_in_parallel(plans, choice, wanted, min(jobs, len(plans)))
    wanted = msgspec.structs.replace(wanted, processes=_processors())
    return [_check_one(one, rules, wanted, bar.phase, bar.advance) for one in plans]


def _processors() -> int:
    """How many processors this process may use."""
    import os

    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _check_one(
    one: PlanInput,
    rules: RuleSet,
    wanted: Wanted,
    phase: Callable[[str], None] | None = None,
    advance: Callable[[int, int], None] | None = None,
) -> Decided | Unreadable:
    try:
        return check_input(one, rules, wanted, phase=phase, progress=advance)
    except PlanguardError as error:
        error.place = error.place or one.place
        return Unreadable(one.place, error)


def _check_in_parallel(
    plans: list[PlanInput], choice: RuleChoice, wanted: Wanted, jobs: int
) -> list[Decided | Unreadable]:
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    try:
        with ProcessPoolExecutor(jobs, initializer=_start_worker, initargs=(choice,)) as pool:
            return list(pool.map(_check_in_worker, plans, [wanted] * len(plans)))
    except BrokenProcessPool:
        raise PlanguardError("a worker process died", "try again without --jobs") from None


_worker_rules: list[RuleSet] = []


def _start_worker(choice: RuleChoice) -> None:
    import gc

    gc.disable()
    _worker_rules[:] = [choice.load(warn=False)]


def _check_in_worker(one: PlanInput, wanted: Wanted) -> Decided | Unreadable:
    return _check_one(one, _worker_rules[0], wanted)


def _worst_outcome(entries: list[DecisionEntry], unreadable: list[Unreadable]) -> str:
    outcomes = {one.outcome for one in entries}
    if unreadable or BLOCK in outcomes:
        return BLOCK
    return WARN if WARN in outcomes else "allow"


def _worst_code(entries: list[DecisionEntry], unreadable: list[Unreadable]) -> ExitCode:
    codes = {one.error.exit_code for one in unreadable}
    for entry in entries:
        if entry.errors:
            codes.add(ExitCode.EVALUATION_FAILED)
        else:
            codes.add(ExitCode.BLOCKED if entry.outcome == BLOCK else ExitCode.ALLOWED)
    if not codes:
        raise PlanError("no plan was checked")
    return next(code for code in _WORST_FIRST if code in codes)


def _write(
    report: Report,
    outputs: list[Output],
    pictures: dict[tuple[int, str], GraphDocument],
    source_root: str,
    *,
    verbose: bool,
) -> bool:
    """Write every report, those on standard output last: what they say has to hold for the whole call.

    :returns: whether the verdict was told to Atlantis, which reads the text and loses it with any other exit code
    """
    for one in sorted(outputs, key=lambda one: one.file is None):
        style = None
        if one.format == "text":
            if one.file is None and not report.decisions:
                continue  # standard error says why there is nothing to report
            from planguard.reports.text import Style

            style = text_style(verbose=verbose) if one.file is None else Style(verbose=verbose)
        content = render(one.format, report, style=style, source_root=source_root, pictures=pictures)
        if one.file is not None:
            write_whole(one.file, content)
            continue
        write_stdout(content)
        if one.format == "github":
            _append_summary(report)
    return any(one.format == "atlantis" and one.file is None for one in outputs)


def _append_summary(report: Report) -> None:
    """The summary of the job, where GitHub says that there is one. It never stands in the way of a verdict."""
    import os

    place = os.environ.get("GITHUB_STEP_SUMMARY")
    if not place:
        return
    try:
        with Path(place).open("ab") as file:
            file.write(render("github-summary", report))
    except OSError as error:
        print_warning(place, f"the summary cannot be written: {(error.strerror or 'unknown').lower()}", "")
