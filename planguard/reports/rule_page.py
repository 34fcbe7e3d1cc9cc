"""A rule as a page for the terminal: facts, why, how to fix, examples."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby
from textwrap import dedent, fill, indent

from planguard.engine.rule import SEVERITIES, Hcl, Rule
from planguard.reports.text import Style

_SEVERITY_COLOURS = {"critical": "red", "high": "red", "medium": "yellow", "low": "dim"}


def render_rule(rule: Rule, style: Style) -> str:
    """The page of one rule."""
    severity = style.paint(rule.severity, _SEVERITY_COLOURS[rule.severity])
    lines = [
        style.paint(rule.id, "bold"),
        fill(rule.title, style.width),
        "",
        f"  severity   {severity}",
        f"  domain     {rule.domain}",
        f"  provider   {rule.provider}",
        *_listed("resources", rule.resources, style),
        f"  judges     {'each change' if rule.judges == 'change' else 'the state before and after'}",
    ]
    for standard, sections in sorted(rule.controls.items()):
        lines += _listed("controls", (f"{standard}: {', '.join(sections)}",), style)
    if rule.aliases:
        lines += _listed("aliases", rule.aliases, style)
    if rule.wider:
        lines += _listed("part of", rule.wider, style)
    if rule.since:
        lines.append(f"  since      {rule.since}")
    for name, one in sorted(rule.parameters.items()):
        default = ", ".join(one.default) if isinstance(one.default, (list, tuple)) else one.default
        lines += _listed("parameter", (f"{name} ({one.kind}, {default or 'nothing'}): {one.description}",), style)
    lines += [f"  written in {rule.kind}, {rule.file}:{rule.line}", ""]
    lines += [style.paint("Why", "bold"), _paragraph(rule.why, style), ""]
    lines += [style.paint("How to fix", "bold"), _paragraph(rule.fix, style), ""]
    for word, examples in (("Flagged", rule.bad), ("Left alone", rule.good)):
        for name, text in examples.items():
            lines += [style.paint(f"{word}: {name}", "bold"), indent(dedent(str(text)).strip("\n"), "  "), ""]
    for link in rule.links:
        lines.append(f"  {link}")
    return "\n".join(lines).rstrip("\n") + "\n"


def _hcl(text: Hcl) -> list[str]:
    """An example; of a change, the configuration before and after it."""
    return [indent(dedent(str(text)).strip("\n"), "  ")]


def _paragraph(text: str, style: Style) -> str:
    return fill(text, style.width, initial_indent="  ", subsequent_indent="  ", break_long_words=False)


def _listed(word: str, items: Iterable[str], style: Style) -> list[str]:
    text = fill(
        ", ".join(items),
        style.width,
        initial_indent=f"  {word:<10} ",
        subsequent_indent=" " * 13,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return text.splitlines()


def render_rule_list(rules: Iterable[Rule], style: Style) -> str:
    """All rules, by domain, the gravest first."""
    ordered = sorted(rules, key=lambda rule: (rule.domain, SEVERITIES.index(rule.severity), rule.id))
    widest = max((len(rule.id) for rule in ordered), default=0)
    lines: list[str] = []
    for domain, group in groupby(ordered, key=lambda rule: rule.domain):
        found = list(group)
        lines.append(f"{style.paint(domain, 'bold')}  {len(found)}")
        for rule in found:
            severity = style.paint(f"{rule.severity:<8}", _SEVERITY_COLOURS[rule.severity])
            lines.append(f"  {severity}  {rule.id:<{widest}}  {rule.title}")
        lines.append("")
    lines.append(f"{len(ordered)} rules; `planguard rules show ID` shows one")
    return "\n".join(lines) + "\n"
