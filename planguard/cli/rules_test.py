"""``planguard rules test``."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path

import msgspec

from planguard.cli.check import RuleChoice
from planguard.cli.terminal import Bar, write_stdout
from planguard.engine.ruleset import RuleSet
from planguard.errors import CallError, ExitCode
from planguard.testing.example import PlanMaker, examples_of, plan_by_source
from planguard.testing.mutation import mutate_rules, sharing
from planguard.testing.reasons import Sorted, load_reasons, reasons_file, relative, sort_verdicts
from planguard.testing.report import Report, render_json
from planguard.testing.suite import RuleResult, Wanted, run_rules
from planguard.testing.text import render_text

_EXAMPLES_A_JOB = 40


class RuleTest(msgspec.Struct, frozen=True):
    """What is to be tested, and how.

    :ivar folders: packs; none for the built-in one
    :ivar word: only examples with this word in their id
    :ivar jobs: how many processes, 0 for as many as make sense
    :ivar make: from HCL to plan JSON
    """

    folders: tuple[Path, ...] = ()
    only: tuple[str, ...] = ()
    skip: tuple[str, ...] = ()
    word: str = ""
    format: str = "text"
    jobs: int = 0
    mutate: bool = False
    verbose: bool = False
    make: PlanMaker = plan_by_source


def run_test(call: RuleTest) -> ExitCode:
    """Run the examples of rules, and write what came of them.

    :returns: 1 when an example failed or is missing, a mutant survived without a reason, or a reason is stale
    :raises PlanguardError: when the call or a rule file is wrong
    """
    if call.format not in ("text", "json"):
        raise CallError(f"--format `{call.format}` is not a format of a test", "there are text and json")
    if call.mutate and call.word:
        raise CallError("-k and --mutate exclude each other", "a mutant is for all examples of a rule to notice")
    started = time.monotonic()
    bar = Bar()
    try:
        bar.phase("loading rules")
        rules = _rules(call)
        report = _tested(call, rules, bar)
    finally:
        bar.close()
    _write(call, report)
    if sys.stderr.isatty():
        sys.stderr.write(f"in {time.monotonic() - started:.1f} s\n")
    return ExitCode.ALLOWED if report.is_good else ExitCode.BLOCKED


def _rules(call: RuleTest) -> RuleSet:
    return RuleChoice(call.folders, bool(call.folders), call.only, call.skip).load(examples=True)


def _tested(call: RuleTest, rules: RuleSet, bar: Bar) -> Report:
    count = sum(len(examples_of(rule)) for rule in rules.rules)
    jobs = call.jobs or max(1, min(os.cpu_count() or 1, count // _EXAMPLES_A_JOB))
    bar.phase("running examples")
    wanted = Wanted(call.make, call.word, jobs, trace=call.mutate)
    results = run_rules(rules.rules, wanted, bar.advance)
    if call.word:
        results = [one for one in results if one.results]
        if not results:
            raise CallError(f"-k `{call.word}` names no example", "it is looked for in `rule-id::bad::name`")
    mutants = _mutated(call, rules, results, jobs, bar) if call.mutate else None
    return Report(tuple(results), mutants)


def _mutated(call: RuleTest, rules: RuleSet, results: list[RuleResult], jobs: int, bar: Bar) -> Sorted:
    reasons = []
    for file in dict.fromkeys(reasons_file(pack.root) for pack in rules.packs):
        names = {pack.root.name for pack in rules.packs if reasons_file(pack.root) == file}
        reasons += [one for one in load_reasons(file) if one.file.split("/", 1)[0] in names]
    everything = [rule for pack in rules.packs for rule in pack.rules]
    bar.phase("running examples of rules that share code")
    wanted = Wanted(call.make, jobs=jobs, trace=True)
    others = run_rules(sharing([one.rule for one in results], everything), wanted, bar.advance)
    bar.phase("running mutants")
    verdicts = mutate_rules(results, others, jobs=jobs, progress=bar.advance)
    bases = [pack.root.parent for pack in rules.packs]
    return sort_verdicts(verdicts, reasons, bases, whole=not call.only and not call.skip)


def _write(call: RuleTest, report: Report) -> None:
    if call.format == "json":
        write_stdout(render_json(report))
        return
    here = [Path.cwd()]
    text = render_text(report, shorten=lambda file: relative(file, here), verbose=call.verbose)
    write_stdout(text.encode("utf-8", "backslashreplace"))
