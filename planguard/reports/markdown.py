"""GitHub and GitLab Flavored Markdown: the comment on a pull request, and the summary of a job.

Source of the limits: a comment holds 65,536 characters, a job summary 1 MiB for each step. Where there is more to
tell, the gravest is told first, and how much is left out is said exactly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from planguard.reports.escaping import clipped, markdown_code, markdown_text
from planguard.reports.markdown_pieces import CLOSED, LABELS, OPEN, Item, fix_lines, items_of, one_plan
from planguard.reports.model import DecisionEntry, Report
from planguard.reports.standing import categories_of

MOST_COMMENT = 65_536
MOST_SUMMARY = 1_000_000
_RANK = {"block": 0, "warn": 1, "allow": 2}


def render_markdown(report: Report) -> bytes:
    """A comment. Its first line is a hidden mark by which a program finds the comment again."""
    categories = categories_of(report)
    mark = categories[0] if len(categories) == 1 and not report.unreadable else "planguard/"
    return _fitting(report, MOST_COMMENT, f"<!-- planguard:comment {mark} -->\n")


def render_github_summary(report: Report) -> bytes:
    """A summary for ``$GITHUB_STEP_SUMMARY``."""
    return _fitting(report, MOST_SUMMARY, "")


def _fitting(report: Report, most: int, mark: str) -> bytes:
    """The longest text that fits: all plans if possible, then as many findings as there is room for.

    Bytes are counted, of which there are at least as many as characters.
    """
    whole = _Document(report, mark)

    def written(plans: int, items: int) -> bytes:
        return "\n".join(whole.lines(plans, items)).encode()

    everything = written(len(whole.plans), len(whole.items))
    if len(everything) <= most:
        return everything
    # Half of the room at most is for plans as such, so that the gravest findings have the other half.
    plans = _largest(len(whole.plans), lambda number: len(written(number, 0)) <= most // 2)
    items = _largest(len(whole.items), lambda number: len(written(plans, number)) <= most)
    plans = max(plans, _largest(len(whole.plans), lambda number: len(written(number, items)) <= most))
    return written(plans, items)


def _largest(most: int, fits: Callable[[int], bool]) -> int:
    """The largest number up to ``most`` that fits; 0 always does."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle):
            low = middle
        else:
            high = middle - 1
    return low


class _Document:
    """A report as pieces, each written once; a text is put together from as many of them as are wanted."""

    def __init__(self, report: Report, mark: str) -> None:
        self._report, self._mark = report, mark
        # Unreadable plans first, then by outcome: what has no room is what matters least.
        self._unreadable = [
            f"- {markdown_code(clipped(one.file, 300))} could not be decided on: "
            f"{markdown_text(clipped(one.message, 500))}"
            + (f" ({markdown_text(clipped(one.help, 500))})" if one.help else "")
            for one in report.unreadable
        ]
        decisions = sorted(report.decisions, key=lambda one: _RANK[one.outcome])
        self.plans: list[DecisionEntry | str] = [*self._unreadable, *decisions]
        found = [
            item
            for number, entry in enumerate(self.plans)
            if not isinstance(entry, str)
            for item in items_of(entry, number)
        ]
        self.items = sorted(found, key=lambda item: item.order)
        self._totals = [Counter[str]() for _ in self.plans]
        for item in self.items:
            self._totals[item.plan][item.section] += 1

    def lines(self, plans: int, items: int) -> Iterator[str]:
        """The text with the first plans, and the first items of these."""
        chosen = [item for item in self.items[:items] if item.plan < plans]
        by_plan: dict[int, list[Item]] = {}
        for item in chosen:
            by_plan.setdefault(item.plan, []).append(item)
        yield from self._head(plans, chosen)
        for number, entry in enumerate(self.plans[:plans]):
            if not isinstance(entry, str):
                yield from one_plan(entry, by_plan.get(number, []), self._totals[number])
        yield from fix_lines(chosen)
        yield ""

    def _head(self, plans: int, chosen: list[Item]) -> Iterator[str]:
        report = self._report
        yield f"{self._mark}## planguard: {report.outcome}"
        yield ""
        if len(self.plans) > 1:
            unreadable = f", {len(self._unreadable)} of them unreadable" if self._unreadable else ""
            yield f"{len(self.plans)} plans{unreadable}; the worst outcome counts."
            yield ""
        if not self.plans:
            yield "No plan was checked."
            yield ""
        yield from self._left_out(plans, chosen)
        shown = self._unreadable[:plans]
        yield from shown
        if shown:
            yield ""
        if report.skipped and plans == len(self.plans):
            yield f"Files that were skipped, because they are no plans: {len(report.skipped)}."
            yield ""

    def _left_out(self, plans: int, chosen: list[Item]) -> Iterator[str]:
        """Exactly what there was no room for."""
        parts = []
        shown = Counter(item.section for item in chosen)
        if plans < len(self.plans):
            parts.append(f"{len(self.plans) - plans} of {len(self.plans)} plans")
        for section in (*OPEN, *CLOSED):
            total = sum(totals[section] for totals in self._totals)
            left = total - shown[section]
            if left:
                parts.append(f"{left} of {total} {LABELS[section]}")
        if parts:
            number = len(self.items) - len(chosen)
            told = f"**Left out here, for want of room: {number} entries** ({', '.join(parts)})."
            yield f"{told} The JSON report has them."
            yield ""
