"""Where a picture of boxes and links puts them: columns from left to right, modules as bands.

A link points to the right wherever that can be: who refers stands left of what it refers to. The boxes of one module
stand in one band of rows, so that a frame can be drawn around them. A link that passes a column gets a lane there, a
row of its own between the boxes; links to the same box share their lanes.

After Sugiyama, Tagawa, Toda: *Methods for Visual Understanding of Hierarchical System Structures* (1981): break
cycles, assign columns, order each column by barycentres, then place. Everything is decided by numbers that stem from
the order of the input, so that the same input has the same picture.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from planguard.reports.graph_columns import Ends, Path, columns_of, scatter, without_cycles

ROW = 52.0  # a box with the space around it
BOX = 40.0
LANE = 11.0
TITLE = 26.0  # above the boxes of a framed module
FOOT = 6.0
BETWEEN = 14.0  # between two bands
_ORDER_SWEEPS, _PLACE_SWEEPS, _SWAP_SWEEPS = 12, 10, 6
_REACH = 8  # how far a band is moved at once


@dataclass(frozen=True, slots=True)
class Rect:
    """A place in the picture."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Layout:
    """Where everything goes.

    :ivar frames: for each module (as a path of steps), its frame; outer modules come first
    :ivar routes: for each link, its points, pairwise: lines within a column, curves between columns
    """

    width: float
    height: float
    boxes: list[Rect]
    frames: list[tuple[Path, Rect]]
    routes: list[list[tuple[float, float]]]


@dataclass(slots=True)
class _Band:
    """The boxes that stand in one module itself, or a module with the bands in it."""

    path: Path
    parts: list[_Band] = field(default_factory=list)
    cells: dict[int, list[int]] = field(default_factory=dict)
    columns: list[int] = field(default_factory=list)  # that a frame has to surround
    used: list[int] = field(default_factory=list)  # that no other band may use beside it
    members: frozenset[int] = frozenset()
    top: float = 0.0
    height: float = 0.0


@dataclass(slots=True)
class _Items:
    """Boxes, and behind them the lanes."""

    column: list[int]
    home: list[Path]
    size: list[float]
    y: list[float]
    left: list[list[int]]
    right: list[list[int]]
    chains: list[list[int]]  # for each link: box, lanes, box, from left to right


def lay_out(paths: Sequence[Path], widths: Sequence[float], links: Sequence[Ends]) -> Layout:
    """Where boxes in these modules, of these widths, with these links between them, go."""
    if not paths:
        return Layout(0.0, 0.0, [], [], [])
    forward = without_cycles(len(paths), links)
    columns = columns_of(len(paths), forward)
    scatter(paths, columns, forward)
    items = _items(paths, columns, links, forward)
    root = _bands(items, len(paths))
    _stack(root, items)
    _order(root, items)
    _place(root, items)
    return _drawn(root, items, widths, links, forward)


def _items(paths: Sequence[Path], columns: Sequence[int], links: Sequence[Ends], forward: Sequence[Ends]) -> _Items:
    count = len(paths)
    items = _Items(list(columns), list(paths), [ROW] * count, [0.0] * count, [], [], [])
    lanes: dict[tuple[int, int, bool], int] = {}
    hops: dict[Ends, None] = {}
    for link, (source, target) in zip(links, forward, strict=True):
        chain = [source]
        if columns[source] == columns[target]:
            items.chains.append([source, target])
            continue
        for column in range(columns[source] + 1, columns[target]):
            lane = lanes.setdefault((target, column, link[1] == target), len(items.column))
            if lane == len(items.column):
                items.column.append(column)
                items.home.append(paths[target])
                items.size.append(LANE)
                items.y.append(0.0)
            chain.append(lane)
        chain.append(target)
        items.chains.append(chain)
        hops.update(dict.fromkeys(pairwise(chain)))
    items.left = [[] for _ in items.column]
    items.right = [[] for _ in items.column]
    for one, other in hops:
        items.right[one].append(other)
        items.left[other].append(one)
    return items


# -- bands ---------------------------------------------------------------------------------------------------------


def _bands(items: _Items, count: int) -> _Band:
    """The modules as a tree. A module with boxes and modules has its boxes in a band of their own."""
    root = _Band(())
    tree: dict[Path, _Band] = {(): root}
    leaves: dict[Path, _Band] = {}
    for index, path in enumerate(items.home):
        if path not in leaves:
            for depth in range(1, len(path) + 1):
                if path[:depth] not in tree:
                    tree[path[:depth]] = _Band(path[:depth])
                    tree[path[: depth - 1]].parts.append(tree[path[:depth]])
            leaves[path] = _Band(path)
            tree[path].parts.insert(0, leaves[path])
        leaf = leaves[path]
        column = items.column[index]
        leaf.cells.setdefault(column, []).append(index)
        leaf.used.append(column)
        if index < count:
            leaf.columns.append(column)
    _measure(root, items)
    return root


def _measure(band: _Band, items: _Items) -> None:
    """Heights, columns, members; and the order of the bands within a band, for short links."""
    for part in band.parts:
        _measure(part, items)
        band.columns += part.columns
        band.used += part.used
    band.columns = [min(band.columns), max(band.columns)]
    band.used = [min(band.used), max(band.used)]
    if band.cells:
        band.height = max(sum(items.size[index] for index in cell) for cell in band.cells.values())
        band.members = frozenset(index for cell in band.cells.values() for index in cell)
    else:
        band.members = frozenset().union(*(part.members for part in band.parts))
        _arrange(band, items)


def _arrange(band: _Band, items: _Items) -> None:
    """Move bands as long as that makes the links between them shorter."""
    owner = {index: number for number, part in enumerate(band.parts) for index in part.members}
    weight: dict[Ends, int] = {}
    for index, number in owner.items():
        for other in items.right[index]:
            if owner.get(other, number) != number:
                pair = (min(number, owner[other]), max(number, owner[other]))
                weight[pair] = weight.get(pair, 0) + 1
    order = list(range(len(band.parts)))

    def length() -> float:
        middle, y = {}, 0.0
        for number in order:
            middle[number] = y + band.parts[number].height / 2
            y += band.parts[number].height + BETWEEN
        return sum(count * abs(middle[one] - middle[other]) for (one, other), count in weight.items())

    best = length()
    for _ in range(_SWAP_SWEEPS if weight else 0):
        start = best
        for number in list(order):
            at = kept = order.index(number)
            for to in range(max(at - _REACH, 0), min(at + _REACH + 1, len(order))):
                order.insert(to, order.pop(order.index(number)))
                now = length()
                if now < best:
                    best, kept = now, to
            order.insert(kept, order.pop(order.index(number)))
        if best == start:
            break
    band.parts = [band.parts[number] for number in order]
    band.height = _stacked(band)


def _stacked(band: _Band) -> float:
    """Put the parts of a band below each other, or beside each other where they share no column."""
    head, foot = (TITLE, FOOT) if band.path else (0.0, 0.0)
    done: list[_Band] = []
    for part in band.parts:
        above = [one for one in done if one.used[0] <= part.used[1] and part.used[0] <= one.used[1]]
        part.top = max((one.top + one.height + BETWEEN for one in above), default=head)
        done.append(part)
    return max((part.top + part.height for part in done), default=0.0) + foot


def _stack(band: _Band, items: _Items) -> None:
    """From places within a band to places in the picture; in each cell, one below the other."""
    for part in band.parts:
        part.top += band.top
        _stack(part, items)
    for cell in band.cells.values():
        _settle(band, cell, [0.0] * len(cell), [0.0] * len(cell), items)


def _leaves(band: _Band) -> Iterator[_Band]:
    for part in band.parts:
        yield from _leaves(part)
    if band.cells:
        yield band


# -- rows ----------------------------------------------------------------------------------------------------------


def _order(root: _Band, items: _Items) -> None:
    """Order each cell by where its neighbours are, from the left and from the right in turn; keep the best."""
    leaves = list(_leaves(root))
    cells = sorted(((column, at) for at, leaf in enumerate(leaves) for column in leaf.cells))
    best, kept = _crossings(items), [dict(leaf.cells) for leaf in leaves]
    for sweep in range(_ORDER_SWEEPS if best else 1):
        beside = items.left if sweep % 2 == 0 else items.right
        for column, at in cells if sweep % 2 == 0 else reversed(cells):
            leaf = leaves[at]
            wanted = {index: _wanted(index, beside[index], items) for index in leaf.cells[column]}
            # Whoever has no neighbour at all stands last, out of the way.
            leaf.cells[column] = sorted(
                leaf.cells[column],
                key=lambda index: (not (items.left[index] or items.right[index]), wanted[index], items.y[index]),
            )
            cell = leaf.cells[column]
            _settle(leaf, cell, [wanted[i] for i in cell], [float(len(beside[i])) for i in cell], items)
        now = _crossings(items)
        if now < best or sweep == 0:
            best, kept = now, [dict(leaf.cells) for leaf in leaves]
    for leaf, found in zip(leaves, kept, strict=True):
        leaf.cells = found


def _wanted(index: int, beside: Sequence[int], items: _Items) -> float:
    return sum(items.y[other] for other in beside) / len(beside) if beside else items.y[index]


def _place(root: _Band, items: _Items) -> None:
    """With the order fixed, move everything towards its neighbours on both sides."""
    cells = sorted(((column, at) for at, leaf in enumerate(_leaves(root)) for column in leaf.cells))
    leaves = list(_leaves(root))
    for sweep in range(_PLACE_SWEEPS):
        for column, at in cells if sweep % 2 == 0 else reversed(cells):
            cell = leaves[at].cells[column]
            beside = [items.left[index] + items.right[index] for index in cell]
            wanted = [
                _wanted(index, others, items) if others else leaves[at].top
                for index, others in zip(cell, beside, strict=True)
            ]
            _settle(leaves[at], cell, wanted, [float(len(others)) for others in beside], items)


def _settle(
    leaf: _Band, cell: Sequence[int], wanted: Sequence[float], weight: Sequence[float], items: _Items
) -> None:
    """Place a cell in its order, each as near to where it wants to be as the others let it.

    Least squares under an order: pool adjacent violators.
    """
    runs: list[tuple[float, float, int]] = []  # mean, weight, how many
    offsets, total = [], 0.0
    for index, want, heavy in zip(cell, wanted, weight, strict=True):
        offsets.append(total + items.size[index] / 2)
        total += items.size[index]
        mean, mass, many = want - offsets[-1], heavy + 0.05, 1
        while runs and runs[-1][0] >= mean:
            other, more, count = runs.pop()
            mean, mass, many = (mean * mass + other * more) / (mass + more), mass + more, many + count
        runs.append((mean, mass, many))
    low, high = leaf.top, leaf.top + leaf.height - total
    at = 0
    for mean, _, many in runs:
        for number in range(at, at + many):
            items.y[cell[number]] = max(min(mean, high), low) + offsets[number]
        at += many


def _crossings(items: _Items) -> int:
    """How many hops between two columns cross."""
    hops: dict[int, list[tuple[float, float]]] = {}
    for index, others in enumerate(items.right):
        for other in others:
            hops.setdefault(items.column[index], []).append((items.y[index], items.y[other]))
    found = 0
    for pairs in hops.values():
        seen: list[float] = []
        for _, y in sorted(pairs):
            found += len(seen) - bisect_right(seen, y)
            insort(seen, y)
    return found


# -- places --------------------------------------------------------------------------------------------------------


def _drawn(
    root: _Band, items: _Items, widths: Sequence[float], links: Sequence[Ends], forward: Sequence[Ends]
) -> Layout:
    deep = max((len(path) for path in items.home), default=0)
    pad = min(10.0, 36.0 / max(deep, 1))
    wide = [0.0] * (max(items.column) + 1)
    busy = [0] * len(wide)
    for index, column in enumerate(items.column):
        wide[column] = max(wide[column], widths[index] if index < len(widths) else 0.0)
        busy[column] += len(items.right[index])
    start, x = [], deep * pad
    for column, width in enumerate(wide):
        start.append(x)
        x += width + 44.0 + 2 * deep * pad + min(70.0, 1.6 * busy[column])
    boxes = [
        Rect(start[items.column[index]], items.y[index] - BOX / 2, wide[items.column[index]], BOX)
        for index in range(len(widths))
    ]
    frames = []
    for band in _framed(root):
        left, right = band.columns
        out = (deep - len(band.path) + 1) * pad
        edge = start[right] + wide[right] + out
        frames.append((band.path, Rect(start[left] - out, band.top, edge - start[left] + out, band.height)))
    routes = _routes(items, boxes, start, wide)
    turned = [
        route if ends == drawn else route[::-1] for route, ends, drawn in zip(routes, links, forward, strict=True)
    ]
    return Layout(start[-1] + wide[-1] + deep * pad, root.height, boxes, frames, turned)


def _framed(band: _Band) -> Iterator[_Band]:
    if band.path and band.parts:
        yield band
    for part in band.parts:
        yield from _framed(part)


def _routes(
    items: _Items, boxes: Sequence[Rect], start: Sequence[float], wide: Sequence[float]
) -> list[list[tuple[float, float]]]:
    """The points of each link. Where several leave or reach a box, each has its own place on its side."""
    leaving = [_ports(index, items.right[index], items) for index in range(len(boxes))]
    coming = [_ports(index, items.left[index], items) for index in range(len(boxes))]
    routes = []
    for chain in items.chains:
        first, last = boxes[chain[0]], boxes[chain[-1]]
        side = first.x + first.width
        if items.column[chain[0]] == items.column[chain[-1]]:
            routes.append([(side, items.y[chain[0]] + 9.0), (side, items.y[chain[-1]] - 9.0)])
            continue
        points = [(side, leaving[chain[0]][chain[1]])]
        for lane in chain[1:-1]:
            column = items.column[lane]
            points += [(start[column], items.y[lane]), (start[column] + wide[column], items.y[lane])]
        routes.append([*points, (last.x, coming[chain[-1]][chain[-2]])])
    return routes


def _ports(index: int, others: Sequence[int], items: _Items) -> dict[int, float]:
    step = min(7.0, (BOX - 12.0) / max(len(others) - 1, 1))
    ordered = sorted(others, key=lambda other: (items.y[other], other))
    return {other: items.y[index] + (at - (len(ordered) - 1) / 2) * step for at, other in enumerate(ordered)}
