"""``planguard scan``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import msgspec

from planguard.check import Decided, Law
from planguard.cli.check import HTML, RuleChoice, Unreadable, parse_outputs, write_results
from planguard.cli.law import read_law
from planguard.cli.terminal import Bar, cache_folder
from planguard.decision.purpose import Purpose
from planguard.engine.ruleset import RuleSet
from planguard.errors import CallError, ExitCode, PlanguardError
from planguard.plan.source.roots import find_roots
from planguard.scan import Scanned, scan_folder


def scan_call(
    *,
    folder: Path,
    rules: RuleChoice,
    format_: list[str],
    env: str | None,
    workspace: str | None,
    variables: list[str],
    var_files: list[Path],
    policy: str | None,
    verbose: bool,
) -> ExitCode:
    """``planguard scan`` with its options as they stand on the command line.

    :raises PlanguardError: when the call is wrong, or a pack cannot be loaded
    """
    given = read_law(policy, None, None)
    rules = msgspec.structs.replace(rules, policy=given.file)
    outputs = parse_outputs(format_)
    wanted = Scanned(
        Purpose(None, workspace, env),
        # There is no plan yet that a waiver could be bound to, and nothing that promotion could compare.
        Law(policy=msgspec.structs.replace(given.policy, promotions=())),
        _assigned(variables),
        {path.as_posix(): _content(path) for path in var_files},
        cache_folder(),
        with_passes=verbose,
        with_pictures=any(one.format == HTML for one in outputs),
    )
    bar = Bar()
    try:
        bar.phase("loading rules")
        ruleset = rules.load()
        roots = find_roots(folder, wanted.cache)
        results = [_scan_one(folder, root, ruleset, wanted, bar.phase, bar.advance) for root in roots]
    finally:
        bar.close()
    return write_results(results, ruleset, outputs, policy=rules.policy, verbose=verbose)


def _scan_one(
    tree: Path,
    root: str,
    rules: RuleSet,
    wanted: Scanned,
    phase: Callable[[str], None],
    advance: Callable[[int, int], None],
) -> Decided | Unreadable:
    try:
        return scan_folder(tree, root, rules, wanted, phase=phase, progress=advance)
    except PlanguardError as error:
        place = (tree / root).as_posix()
        error.place = error.place or place
        return Unreadable(place, error)


def _assigned(texts: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals or not name.strip():
            raise CallError(f"--var `{name}` gives no value", "write it as --var NAME=VALUE")
        found[name.strip()] = value
    return found


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "unknown").lower()
        raise CallError(f"--var-file cannot be read: {reason}", place=str(path)) from None
