"""Rules in SARIF (section 3.49), with what GitHub reads of them.

Source: SARIF support for code scanning, "reportingDescriptor object", and its limits on lengths and tags.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from planguard.reports.escaping import clipped, markdown_code, markdown_text
from planguard.reports.model import UndeterminedEntry, ViolationEntry
from planguard.reports.standing import SEVERITIES, Finding

MOST_TEXT = 1000
_MOST_NAME, _MOST_TAG, _MOST_TAGS = 255, 100, 10
_SCORES = {"critical": "9.5", "high": "8.0", "medium": "5.5", "low": "2.0"}
_PROBLEMS = {"critical": "error", "high": "error", "medium": "warning", "low": "recommendation"}
_LEVELS = {"critical": "error", "high": "error", "medium": "warning", "low": "note"}


def rule_id(one: Finding, *, split: bool) -> str:
    """The rule of a finding. Where ``split`` is wanted, one that is undetermined has a component more."""
    name = clipped(one.rule, _MOST_NAME - 20) or "rule-without-a-name"
    return f"{name}/undetermined" if split and isinstance(one, UndeterminedEntry) else name


def rules_of(findings: Iterable[Finding], *, split: bool) -> list[dict[str, Any]]:
    """The rules of findings, each once, by id. One that was violated is described by a violation."""
    samples: dict[str, Finding] = {}
    for one in findings:
        name = rule_id(one, split=split)
        other = samples.get(name)
        if other is None or _tells_more(one, other):
            samples[name] = one
    return [_rule(name, one, split=split) for name, one in sorted(samples.items())]


def _tells_more(one: Finding, other: Finding) -> bool:
    def order(entry: Finding) -> tuple[bool, int]:
        return isinstance(entry, UndeterminedEntry), SEVERITIES.index(entry.severity)

    return order(one) < order(other)


def _rule(name: str, one: Finding, *, split: bool) -> dict[str, Any]:
    is_open = split and isinstance(one, UndeterminedEntry)
    title = clipped(one.title, MOST_TEXT - 40) or name
    if is_open:
        title = f"Not known before apply: {title}"
    fix = clipped(one.fix, MOST_TEXT) if isinstance(one, ViolationEntry) else ""
    properties: dict[str, Any] = {"tags": _tags(one), "precision": "high"}
    if not is_open:
        # A property of a rule, not of a result: what is only not known must not count as grave.
        properties |= {"security-severity": _SCORES[one.severity], "problem.severity": _PROBLEMS[one.severity]}
    return {
        "id": name,
        "name": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": f"{title}. {fix}" if fix else title, "markdown": _help(title, one)},
        "defaultConfiguration": {"level": "note" if is_open else _LEVELS[one.severity]},
        "properties": properties,
    }


def _help(title: str, one: Finding) -> str:
    lines = [f"**{markdown_text(title)}**"]
    if isinstance(one, ViolationEntry):
        fix = clipped(one.fix, MOST_TEXT)
        lines += [f"How to fix: {markdown_text(fix)}"] if fix else []
        lines += [f"Also known as {_listed(one.aliases)}"] if one.aliases else []
        lines += [f"{markdown_code(name)}: {_listed(ids)}" for name, ids in sorted(one.controls.items())[:10]]
    lines.append(f"`planguard explain` {markdown_code(clipped(one.rule, _MOST_NAME))} shows why, and examples.")
    return "\n\n".join(lines)


def _listed(names: list[str]) -> str:
    return ", ".join(markdown_code(clipped(name, _MOST_TAG)) for name in names[:20])


def _tags(one: Finding) -> list[str]:
    tags = ["security", f"terraform/{one.domain}"]
    if isinstance(one, ViolationEntry):
        tags += one.aliases
        tags += [f"{name}/{control}" for name, controls in sorted(one.controls.items()) for control in controls]
    else:
        tags.append("undetermined")
    return list(dict.fromkeys(clipped(tag, _MOST_TAG) for tag in tags if tag))[:_MOST_TAGS]
