"""``planguard rules list``, ``rules show`` and ``explain``."""

from __future__ import annotations

from typing import Any

import msgspec

from planguard.cli.check import RuleChoice
from planguard.cli.terminal import text_style, write_stdout
from planguard.engine.rule import SEVERITIES, Rule
from planguard.engine.ruleset import find_rules
from planguard.errors import CallError
from planguard.reports.rule_page import render_rule, render_rule_list


def run_list(choice: RuleChoice, format_: str) -> None:
    """Write what rules there are.

    :raises PlanguardError: when a pack is wrong, or the format is none
    """
    rules = choice.load().rules
    if format_ == "json":
        write_stdout(msgspec.json.format(msgspec.json.encode([_entry(rule) for rule in rules]), indent=2) + b"\n")
    elif format_ == "text":
        write_stdout(render_rule_list(rules, text_style(verbose=False)).encode())
    else:
        raise CallError(f"--format `{format_}` is not a format of a list", "there are text and json")


def _entry(rule: Rule) -> dict[str, Any]:
    return {
        "id": rule.id,
        "title": rule.title,
        "aliases": rule.aliases,
        "domain": rule.domain,
        "provider": rule.provider,
        "severity": rule.severity,
        "resources": rule.resources,
        "controls": rule.controls,
        "kind": rule.kind,
        "judges": rule.judges,
    }


def run_show(choice: RuleChoice, name: str) -> None:
    """Write the pages of the rules that an id or an alias names.

    :raises CallError: when it names none
    """
    found = find_rules(choice.load(examples=True).rules, name)
    found.sort(key=lambda rule: (SEVERITIES.index(rule.severity), rule.id))
    style = text_style(verbose=False)
    write_stdout("\n".join(render_rule(rule, style) for rule in found).encode("utf-8", "backslashreplace"))


def run_explain(choice: RuleChoice, name: str) -> None:
    """Explain a rule, or the decisions that a report file holds.

    :raises CallError: when it is neither
    """
    from pathlib import Path

    if Path(name).is_file():
        write_stdout(_explained_report(Path(name)).encode("utf-8", "backslashreplace"))
    else:
        run_show(choice, name)


def _explained_report(path: Any) -> str:
    from planguard.reports.model import SCHEMA, Report
    from planguard.reports.text import render_text

    try:
        report = msgspec.json.decode(path.read_bytes(), type=Report)
    except OSError as error:
        raise CallError(f"cannot be read: {error.strerror}", place=str(path)) from None
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise CallError(
            "not a report of planguard",
            f"a file that `planguard check --format json` wrote ({SCHEMA})",
            place=str(path),
        ) from None
    return render_text(report, text_style(verbose=True))
