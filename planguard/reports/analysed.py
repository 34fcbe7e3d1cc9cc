"""What the reports on access and on exposure have in common: the plan they are about, and what nobody can say yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from msgspec import Struct

from planguard.reports.lines import listed, wrapped
from planguard.reports.text import Style, plain

INDENT = 9
"""How far the lines of a text report stand in, behind the word that they begin with."""
_MOST_OPEN = 20
_TOLD_BY_SOURCE = frozenset({
    "azure-subnet-unclear", "boundary-unknown", "google-value-unknown", "policy-unknown", "principal-unknown",
    "rule-unclear", "security-groups-unclear", "subnet-ambiguous", "subnet-unclear", "target-unclear",
    "trust-unknown",
})  # fmt: skip
_WITH_SOURCE = "with --source DIR, the .tf files tell much of what a plan leaves unknown"


class AnalysedPlan(Struct, frozen=True):
    """The plan that was looked at."""

    file: str
    format_version: str
    terraform_version: str
    environment: str | None = None
    project: str | None = None
    workspace: str | None = None


class Open(Struct, frozen=True, order=True):
    """Something that nobody can say before apply, by its code, resource and attribute, and in a sentence."""

    code: str
    address: str
    path: str
    reason: str


def facts_said(plan: AnalysedPlan) -> str:
    """What is known of a plan besides its file."""
    named = (
        ("terraform", plan.terraform_version),
        ("workspace", plan.workspace),
        ("project", plan.project),
        ("environment", plan.environment),
    )
    return " · ".join(f"{name} {value}" for name, value in named if value)


def open_said(one: Open) -> str:
    """``aws_iam_policy.p policy: known after apply``."""
    place = " ".join(filter(None, (one.address, one.path)))
    return ": ".join(filter(None, (place, one.reason)))


def together(found: Iterable[tuple[Open, str]]) -> dict[Open, list[str]]:
    """Each thing once, with all that hang on it, itself left out."""
    kept: dict[Open, list[str]] = {}
    for one, whose in found:
        others = kept.setdefault(one, [])
        if whose and whose != one.address and whose not in others:
            others.append(whose)
    return kept


def plan_lines(plan: AnalysedPlan, style: Style) -> list[str]:
    """The head of a text report."""
    return wrapped(f"{style.paint(plain(plan.file), 'bold')}  {plain(facts_said(plan))}", 2, style.width)


def open_lines(found: Iterable[tuple[Open, str]], style: Style, *, can_have_source: bool = False) -> Iterator[str]:
    """What nobody can say yet, in a text report.

    :param can_have_source: whether source was not given, which would tell some of it
    """
    shown = list(together(found).items())
    most = len(shown) if style.verbose else _MOST_OPEN
    word = style.paint("open", "cyan", "bold") + " " * (INDENT - len("open"))
    for one, others in shown[:most]:
        yield from wrapped(f"{word}{plain(open_said(one))} ({plain(one.code)})", INDENT, style.width)
        if others:
            text = f"{' ' * (INDENT + 2)}{style.paint('for', 'dim')} {plain(listed(others, 6))}"
            yield from wrapped(text, INDENT + 4, style.width)
    if len(shown) > most:
        yield f"{' ' * INDENT}… and {len(shown) - most} more; --verbose shows them"
    if can_have_source and any(one.code in _TOLD_BY_SOURCE for one, _ in shown):
        yield f"{' ' * INDENT}{style.paint('help:', 'cyan')} {_WITH_SOURCE}"
    if shown:
        yield ""
