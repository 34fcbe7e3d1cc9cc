"""Figures as tables: for people at a terminal, and for the document."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

Rows = list[list[str]]

TARGETS = {100: (0.2, None, None), 10_000: (None, 2.0, 0.6), 50_000: (None, 1.0, 0.5)}
"""By size: seconds of the whole process, time and memory as parts of those of ``orjson.loads``."""


def tables_of(figures: dict[str, Any]) -> Iterable[tuple[str, Rows]]:
    """Each table with its title; the first row is the head."""
    if "phases" in figures:
        yield (
            "Phases (processor seconds; in parentheses the peak of memory after it, MiB)",
            _phases(figures["phases"]),
        )
        yield "Sizes", _counts(figures["phases"])
        return
    yield "Whole processes (medians; ratios are medians over pairs)", _whole(figures["rows"])
    yield "Targets", _targets(figures["rows"])
    yield "Start (whole processes; the last two decide on the smallest plan)", _start(figures["start"])
    if figures["growth"]:
        yield "Each further resource", _growth(figures["growth"])


def _whole(rows: list[dict[str, Any]]) -> Rows:
    found = [["resources", "plan", "", "time (s)", "cpu (s)", "memory (MiB)"]]
    for row in rows:
        size = f"{row['bytes'] / 1e6:.1f} MB"
        found.append([f"{row['resources']:,}", size, "`planguard check`", *_sample(row["planguard"])])
        found.append(["", "", "`orjson.loads`", *_sample(row["orjson"])])
        ratio = row["ratio"]
        found.append(["", "", "ratio", *(f"**{ratio[name]:.2f}**" for name in ("wall", "cpu", "memory"))])
    return found


def _sample(sample: dict[str, float]) -> list[str]:
    return [f"{sample['wall']:.3f}", f"{sample['cpu']:.3f}", f"{sample['memory']:.0f}"]


def _targets(rows: list[dict[str, Any]]) -> Rows:
    found = [["resources", "target", "measured", "met"]]
    for row in rows:
        seconds, time, memory = TARGETS.get(row["resources"], (None, None, None))
        for limit, measured, unit in (
            (seconds, row["planguard"]["wall"], "s, whole process"),
            (time, row["ratio"]["wall"], "times the time"),
            (memory, row["ratio"]["memory"], "times the memory"),
        ):
            if limit is not None:
                met = "yes" if measured <= limit else "**no**"
                found.append([f"{row['resources']:,}", f"at most {limit} {unit}", f"{measured:.2f}", met])
    return found


def _start(start: dict[str, Any]) -> Rows:
    names = {
        "interpreter": "`python -c pass`",
        "warm_index": "`planguard check`, warm rule index",
        "cold_index": "`planguard check`, cold rule index (once)",
    }
    head = ["", "time (s)", "cpu (s)", "memory (MiB)"]
    return [head, *([title, *_sample(start[name])] for name, title in names.items())]


def _growth(growth: dict[str, Any]) -> Rows:
    head = [f"{growth['from']:,} to {growth['to']:,} resources", "cpu (µs)", "memory (KiB)"]
    return [
        head,
        *(
            [f"`{title}`", f"{growth[name]['cpu_us']:.1f}", f"{growth[name]['memory_kib']:.1f}"]
            for name, title in (("planguard", "planguard check"), ("orjson", "orjson.loads"))
        ),
    ]


def _phases(phases: dict[int, list[dict[str, Any]]]) -> Rows:
    found = [["phase", *(f"{size:,}" for size in phases)]]
    timed = [[one for one in rows if "seconds" in one] for rows in phases.values()]
    found += [
        [row[0]["phase"], *(f"{one['seconds']:.3f} ({one['peak']:.0f})" for one in row)]
        for row in zip(*timed, strict=True)
    ]
    totals = (sum(one["seconds"] for one in rows) for rows in timed)
    found.append(["all", *(f"{total:.3f}" for total in totals)])
    return found


def _counts(phases: dict[int, list[dict[str, Any]]]) -> Rows:
    names = {"nodes": "objects", "evaluations": "evaluations", "violations": "violations", "report": "report (bytes)"}
    last = [rows[-1] for rows in phases.values()]
    body = [[title, *(f"{one[name]:,}" for one in last)] for name, title in names.items()]
    return [["", *(f"{size:,}" for size in phases)], *body]


def render_markdown(figures: dict[str, Any]) -> str:
    """The tables as Markdown."""
    parts = [_machine(figures)]
    for title, rows in tables_of(figures):
        head, *body = rows
        lines = [f"**{title}**", "", _line(head), _line(["---"] * len(head)), *map(_line, body)]
        parts.append("\n".join(lines))
    return "\n\n".join(parts)


def _line(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def render_text(figures: dict[str, Any]) -> str:
    """The tables for a terminal."""
    parts = [_machine(figures)]
    for title, rows in tables_of(figures):
        plain = [[cell.replace("`", "").replace("*", "") for cell in row] for row in rows]
        widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in plain
        ]
        parts.append("\n".join([title, *lines]))
    return "\n\n".join(parts)


def _machine(figures: dict[str, Any]) -> str:
    return f"{figures['cores']} cores, Python {figures['python']}, {figures['pairs']} pairs."
