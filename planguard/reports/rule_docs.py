"""Pages of rules as Markdown: one a rule, and an index by domain, provider, control and other tools' names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import groupby
from textwrap import dedent
from typing import Any

from planguard.engine.rule import SEVERITIES, Hcl, Rule

INDEX = "README.md"
HAND_WRITTEN = {"differences.md": "where they differ from other tools"}
"""Pages beside the generated ones that people write, and what they are about."""

_TOOLS = (("CKV", "Checkov"), ("AVD", "Trivy"))
_PROVIDERS = {"aws": "AWS", "azure": "Azure", "google": "Google Cloud", "kubernetes": "Kubernetes", "any": "Any"}


def render_pages(rules: Iterable[Rule], hand_written: Iterable[str] = ()) -> dict[str, str]:
    """Every page by the name of its file, the index included.

    :param hand_written: pages beside them that the index is to name
    """
    rules = sorted(rules, key=lambda rule: rule.id)
    return {INDEX: render_index(rules, hand_written), **{f"{rule.id}.md": render_page(rule) for rule in rules}}


def render_page(rule: Rule) -> str:
    """The page of one rule: facts, Example, Why, How to fix, other tools' names."""
    lines = [f"# {rule.id}", "", f"{_prose(rule.title)}.", "", "| | |", "|---|---|"]
    lines += [f"| {name} | {value} |" for name, value in _facts(rule)]
    lines += ["", "## Example", ""]
    lines += _example("Flagged", rule.bad)
    lines += _example("Left alone", rule.good)
    lines += ["## Why", "", _prose(rule.why), "", "## How to fix", "", _prose(rule.fix), ""]
    if rule.parameters:
        lines += ["## Parameters", "", "| name | type | default | what it means |", "|---|---|---|---|"]
        for name, one in sorted(rule.parameters.items()):
            lines.append(f"| `{name}` | {one.kind} | {_value(one.default)} | {_cell(one.description)} |")
        lines.append("")
    if rule.aliases:
        lines += ["## In other tools", "", *_aliases(rule), ""]
    if rule.links:
        lines += ["## More", "", *(f"- <{link}>" for link in rule.links), ""]
    return "\n".join(lines).rstrip("\n") + "\n"


def _facts(rule: Rule) -> Iterator[tuple[str, str]]:
    yield "severity", rule.severity
    yield "domain", rule.domain
    yield "provider", _PROVIDERS.get(rule.provider, rule.provider)
    yield "resources", ", ".join(f"`{kind}`" for kind in rule.resources)
    yield "judges", "each change" if rule.judges == "change" else "the state before and after"
    for standard, sections in sorted(rule.controls.items()):
        yield _standard(standard), ", ".join(map(_cell, sections))
    if rule.since:
        yield "since", rule.since
    if rule.wider:
        yield "part of", ", ".join(f"[{one}]({one}.md)" for one in rule.wider)


def _standard(name: str) -> str:
    return {"nist-800-53r5": "NIST 800-53 rev. 5"}.get(name, name.replace("-", " ").upper())


def _example(word: str, examples: dict[str, Hcl]) -> list[str]:
    """The first example in full; it is the one that the author put first."""
    for name, text in examples.items():
        lines = [f"{word}: {_prose(name)}.", ""]
        parts = [("", text)] if isinstance(text, str) else [("Before:", text.before), ("After:", text.after)]
        for label, part in parts:
            lines += [label, ""] if label else []
            lines += ["```hcl", dedent(part).strip("\n") or "# nothing", "```", ""]
        return lines
    return []


def _aliases(rule: Rule) -> Iterator[str]:
    for prefix, tool in _TOOLS:
        names = [one for one in rule.aliases if one.startswith(prefix)]
        if names:
            yield f"- {tool}: {', '.join(f'`{one}`' for one in names)}"
    others = [one for one in rule.aliases if not one.startswith(tuple(prefix for prefix, _ in _TOOLS))]
    if others:
        yield f"- others: {', '.join(f'`{one}`' for one in others)}"


def _prose(text: str) -> str:
    """Text of an author in Markdown: what stands in backticks is code already, and nothing else is markup."""
    parts = re.split(r"(`[^`]*`)", text)
    return "".join(part if part.startswith("`") else re.sub(r"([<>*_|\\])", r"\\\1", part) for part in parts)


def _cell(text: str) -> str:
    return _prose(" ".join(text.split()))


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (list, tuple)):
        return ", ".join(f"`{one}`" for one in value) or "none"
    return f"`{value}`" if value != "" else "nothing"


def render_index(rules: list[Rule], hand_written: Iterable[str] = ()) -> str:
    """The index: every rule by domain, then by provider, by control and by its names in other tools."""
    lines = ["# Rules", "", f"{len(rules)} rules.", ""]
    lines += [line for name in sorted(hand_written) for line in (f"See also: [{HAND_WRITTEN[name]}]({name}).", "")]
    lines += ["## By domain", ""]
    for domain, group in groupby(
        sorted(rules, key=lambda rule: (rule.domain, rule.id)), key=lambda rule: rule.domain
    ):
        lines += [f"### {domain}", "", "| rule | severity | what is wrong |", "|---|---|---|"]
        for rule in sorted(group, key=lambda rule: (SEVERITIES.index(rule.severity), rule.id)):
            lines.append(f"| {_link(rule)} | {rule.severity} | {_cell(rule.title)} |")
        lines.append("")
    lines += ["## By provider", ""]
    for provider, group in groupby(
        sorted(rules, key=lambda rule: (rule.provider, rule.id)), key=lambda r: r.provider
    ):
        found = list(group)
        lines += [f"### {_PROVIDERS.get(provider, provider)}", "", ", ".join(map(_link, found)), ""]
    lines += ["## By control", ""]
    for standard, sections in sorted(_by_control(rules).items()):
        lines += [f"### {_standard(standard)}", "", "| section | rules |", "|---|---|"]
        for section, found in sorted(sections.items(), key=lambda item: _natural(item[0])):
            lines.append(f"| {_cell(section)} | {', '.join(map(_link, found))} |")
        lines.append("")
    lines += ["## By name in other tools", "", "| name | rule |", "|---|---|"]
    for alias, found in sorted(_by_alias(rules).items(), key=lambda item: _natural(item[0])):
        lines.append(f"| `{alias}` | {', '.join(map(_link, found))} |")
    return "\n".join(lines).rstrip("\n") + "\n"


def _link(rule: Rule) -> str:
    return f"[{rule.id}]({rule.id}.md)"


def _by_control(rules: Iterable[Rule]) -> dict[str, dict[str, list[Rule]]]:
    found: dict[str, dict[str, list[Rule]]] = {}
    for rule in rules:
        for standard, sections in rule.controls.items():
            for section in sections:
                found.setdefault(standard, {}).setdefault(section, []).append(rule)
    return found


def _by_alias(rules: Iterable[Rule]) -> dict[str, list[Rule]]:
    found: dict[str, list[Rule]] = {}
    for rule in rules:
        for alias in rule.aliases:
            found.setdefault(alias, []).append(rule)
    return found


def _natural(text: str) -> list[tuple[int, str | int]]:
    """Numbers in order of size: section 1.10 behind 1.9."""
    return [(0, int(part)) if part.isdigit() else (1, part) for part in re.split(r"(\d+)", text) if part]
