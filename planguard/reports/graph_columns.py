"""Which column of a picture each box stands in: links point to the right wherever that can be.

The first two steps of Sugiyama, Tagawa, Toda: *Methods for Visual Understanding of Hierarchical System Structures*
(1981): break cycles, assign columns.
"""

from __future__ import annotations

from collections.abc import Sequence
from math import ceil, sqrt

Path = tuple[str, ...]
Ends = tuple[int, int]

MOST_COLUMNS = 12
"""Deeper graphs have several steps in one column."""


def without_cycles(count: int, links: Sequence[Ends]) -> list[Ends]:
    """The links, those turned round that close a cycle. Walked from what nothing refers to, in order."""
    after: list[list[int]] = [[] for _ in range(count)]
    pointed = set()
    for source, target in links:
        after[source].append(target)
        pointed.add(target)
    state = [0] * count  # 1: on the way, 2: done
    back = set()
    for start in sorted(range(count), key=lambda index: (index in pointed, index)):
        stack = [(start, 0)] if not state[start] else []
        while stack:
            node, at = stack.pop()
            state[node] = 1
            if at == len(after[node]):
                state[node] = 2
                continue
            stack.append((node, at + 1))
            other = after[node][at]
            if state[other] == 1:
                back.add((node, other))
            elif not state[other]:
                stack.append((other, 0))
    return [(target, source) if (source, target) in back else (source, target) for source, target in links]


def columns_of(count: int, links: Sequence[Ends]) -> list[int]:
    """The column of each box: behind all that refer to it, and then as near to its neighbours as can be."""
    before: list[list[int]] = [[] for _ in range(count)]
    after: list[list[int]] = [[] for _ in range(count)]
    for source, target in links:
        after[source].append(target)
        before[target].append(source)
    waiting = [len(sources) for sources in before]
    order = [index for index in range(count) if not waiting[index]]
    column = [0] * count
    for index in order:
        for other in after[index]:
            column[other] = max(column[other], column[index] + 1)
            waiting[other] -= 1
            if not waiting[other]:
                order.append(other)
    for sweep in range(4):
        for index in reversed(order) if sweep % 2 == 0 else order:
            low = max((column[other] + 1 for other in before[index]), default=0)
            high = min((column[other] - 1 for other in after[index]), default=column[index])
            if len(after[index]) > len(before[index]):
                column[index] = max(low, high)
            elif len(before[index]) > len(after[index]):
                column[index] = low
    deep = max(column, default=0) + 1
    return [at * MOST_COLUMNS // deep for at in column] if deep > MOST_COLUMNS else column


def scatter(paths: Sequence[Path], columns: list[int], links: Sequence[Ends]) -> None:
    """Boxes without links go where their module has room."""
    linked = {index for link in links for index in link}
    homes: dict[Path, list[int]] = {}
    for index, path in enumerate(paths):
        homes.setdefault(path, []).append(index)
    most = max((columns[index] for index in linked), default=0)
    load = [columns[index] for index in linked]
    for members in homes.values():
        taken = [columns[index] for index in members if index in linked]
        alone = [index for index in members if index not in linked]
        span = min(ceil(sqrt(len(members) / 1.6)), max(most + 1, 4))
        starts = range(max(most + 2 - span, 4 - span, 1))
        first = min(taken) if taken else min(starts, key=lambda at: (sum(at <= c < at + span for c in load), at))
        last = max([min(first + span - 1, max(most, 3)), *taken])
        room = {column: taken.count(column) for column in range(first, last + 1)}
        for index in alone:
            columns[index] = min(room, key=lambda column: (room[column], column))
            room[columns[index]] += 1
            load.append(columns[index])
