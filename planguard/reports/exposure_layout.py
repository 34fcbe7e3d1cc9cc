"""Where a picture of exposure puts its boxes: layers as columns from left to right, networks as bands of rows.

An arrow that passes a layer gets a lane there, a row of its own between the boxes; arrows to the same box that look
the same share theirs. Boxes are ordered by the mean height of what they are tied to (barycentres; Sugiyama, Tagawa,
Toda 1981), and then put as near to it as the order allows (isotonic regression by pooling adjacent violators).
Everything is decided by numbers that stem from the order of the input, so that the same input has the same picture.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

from planguard.reports.graph_layout import Rect

BOX = 42.0
PORT = 20.0
"""Between two arrows that reach one box from the same side: as high as a label."""
_GAP = 18.0
_TAIL = 7.0
_LANE = 16.0
_TITLE, _FOOT, _BETWEEN, _PAD = 30.0, 14.0, 22.0, 18.0
_SWEEPS = 24


@dataclass(frozen=True, slots=True)
class Spot:
    """A box to be placed: its layer, its band (empty: outside of all frames) and its width."""

    layer: int
    band: str
    width: float


@dataclass(frozen=True, slots=True)
class Tie:
    """An arrow to be routed.

    :ivar room: what its label takes before its head
    :ivar look: how it looks: arrows to one box that look the same run together where they pass a layer
    """

    source: int
    target: int
    room: float
    look: str


class Column(NamedTuple):
    """The left edge and the width of a layer, and what labels take at its left and right."""

    x: float
    width: float
    left: float
    right: float


@dataclass(frozen=True, slots=True)
class Placed:
    """Where everything goes.

    :ivar columns: each layer that has boxes
    :ivar frames: each named band with its frame
    :ivar routes: for each arrow its points, from tail to head: curves between columns, lines within them; the label
        stands on the line between the last two
    """

    width: float
    height: float
    columns: dict[int, Column]
    boxes: list[Rect]
    frames: list[tuple[str, Rect]]
    routes: list[list[tuple[float, float]]]


class _End(NamedTuple):
    """One end of an arrow at a box; ``left`` is the side, ``near`` what lies next on the way."""

    box: int
    left: bool
    near: int
    high: float
    arrows: tuple[int, ...]
    is_head: bool


class _Items:
    """Boxes, and behind them the lanes."""

    def __init__(self, spots: Sequence[Spot], ties: Sequence[Tie]) -> None:
        self.boxes = len(spots)
        self.layer = [one.layer for one in spots]
        self.band = [one.band for one in spots]
        self.chains: list[list[int]] = []
        used = sorted({one.layer for one in spots})
        lanes: dict[tuple[int, int, bool, str], int] = {}
        hops: dict[tuple[int, int], None] = {}
        for tie in ties:
            ends = sorted((tie.source, tie.target), key=lambda at: spots[at].layer)
            chain = [ends[0]]
            for layer in used:
                if spots[ends[0]].layer < layer < spots[ends[1]].layer:
                    key = (tie.target, layer, ends[1] == tie.target, tie.look)
                    lane = lanes.setdefault(key, len(self.layer))
                    if lane == len(self.layer):
                        self.layer.append(layer)
                        self.band.append(spots[tie.target].band)
                    chain.append(lane)
            chain.append(ends[1])
            self.chains.append(chain if ends[1] == tie.target else chain[::-1])
            if spots[ends[0]].layer != spots[ends[1]].layer:
                hops.update(dict.fromkeys(pairwise(chain)))
        self.right: list[list[int]] = [[] for _ in self.layer]
        self.left: list[list[int]] = [[] for _ in self.layer]
        for one, other in hops:
            self.right[one].append(other)
            self.left[other].append(one)
        self.size = self._sizes(spots)
        self.y = [0.0] * len(self.layer)

    def ends(self) -> Iterator[_End]:
        """Where each arrow leaves a box, and where it reaches one; those that come by one lane share a place."""
        heads: dict[tuple[int, int], list[int]] = {}
        for at, chain in enumerate(self.chains):
            yield self._end(chain[0], chain[1], _TAIL, (at,), is_head=False)
            if chain[-2] < self.boxes:
                yield self._end(chain[-1], chain[-2], PORT, (at,), is_head=True)
            else:
                heads.setdefault((chain[-1], chain[-2]), []).append(at)
        for (box, lane), arrows in heads.items():
            yield self._end(box, lane, PORT, tuple(arrows), is_head=True)

    def _end(self, box: int, near: int, high: float, arrows: tuple[int, ...], *, is_head: bool) -> _End:
        return _End(box, self.layer[near] < self.layer[box], near, high, arrows, is_head)

    def _sizes(self, spots: Sequence[Spot]) -> list[float]:
        """How high everything is: a box has room for the labels of all arrows that reach it."""
        needed: dict[tuple[int, bool], float] = {}
        for end in self.ends():
            needed[end.box, end.left] = needed.get((end.box, end.left), 0.0) + end.high
        high = [
            max(BOX, 6.0 + max(needed.get((at, True), 0.0), needed.get((at, False), 0.0))) for at in range(len(spots))
        ]
        return [one + _GAP for one in high] + [_LANE] * (len(self.layer) - len(spots))


def place(spots: Sequence[Spot], ties: Sequence[Tie], bands: Sequence[str]) -> Placed:
    """Where boxes and arrows go.

    :param bands: the bands from top to bottom; boxes of the first layer stand in none
    """
    if not spots:
        return Placed(0.0, 0.0, {}, [], [], [])
    items = _Items(spots, ties)
    first = min(items.layer)
    cells: dict[tuple[str, int], list[int]] = {}
    for at, layer in enumerate(items.layer):
        cells.setdefault(("" if layer == 0 else items.band[at], layer), []).append(at)
    tops, height = _tops(items, cells, bands)
    outside = sum(items.size[at] for at in cells.get(("", 0), ())) if first == 0 else 0.0
    height = max(height, outside)
    limits = {key: (0.0, height) if key[1] == 0 else tops[key[0]] for key in cells}
    _settle(items, cells, limits)
    columns = _columns(spots, ties, items)
    boxes = [
        Rect(
            columns[one.layer].x,
            items.y[at] - (items.size[at] - _GAP) / 2,
            columns[one.layer].width,
            items.size[at] - _GAP,
        )
        for at, one in enumerate(spots)
    ]
    frames = list(_frames(spots, columns, tops))
    routes = _routes(items, ties, boxes, columns)
    last = columns[max(columns)]
    return Placed(last.x + last.width + last.right + 2 * _PAD, height, columns, boxes, frames, routes)


def _tops(
    items: _Items, cells: dict[tuple[str, int], list[int]], bands: Sequence[str]
) -> tuple[dict[str, tuple[float, float]], float]:
    """Where the rows of each band begin and end."""
    tops: dict[str, tuple[float, float]] = {}
    at = 0.0
    for band in bands:
        high = max(
            (sum(items.size[one] for one in cell) for (name, layer), cell in cells.items() if name == band and layer),
            default=0.0,
        )
        if not high:
            continue
        if tops:
            at += _BETWEEN
        at += _TITLE if band else 0.0
        tops[band] = (at, at + high)
        at += high + (_FOOT if band else 0.0)
    return tops, at


def _settle(
    items: _Items, cells: dict[tuple[str, int], list[int]], limits: dict[tuple[str, int], tuple[float, float]]
) -> None:
    """Order and place, from the left and from the right in turn; of all that came out, what has fewest crossings."""
    order = sorted(cells, key=lambda key: (key[1], key[0]))
    for key in order:
        _pack(items, cells[key], limits[key], {})
    best, kept = _crossings(items), list(items.y)
    for sweep in range(_SWEEPS):
        forward = sweep % 2 == 0
        for key in order if forward else reversed(order):
            near = items.left if forward else items.right
            wish = {at: _mean([items.y[one] for one in near[at]]) for at in cells[key] if near[at]}
            _pack(items, cells[key], limits[key], wish)
        found = _crossings(items)
        if found <= best:
            best, kept = found, list(items.y)
    items.y = kept
    for key in order:
        cells[key].sort(key=lambda at: items.y[at])
        wish = {
            at: _mean([items.y[one] for one in (*items.left[at], *items.right[at])])
            for at in cells[key]
            if items.left[at] or items.right[at]
        }
        _pack(items, cells[key], limits[key], wish, ordered=True)


def _mean(values: Sequence[float]) -> float:
    return sum(values) / len(values)


def _pack(
    items: _Items, cell: list[int], limits: tuple[float, float], wish: dict[int, float], *, ordered: bool = False
) -> None:
    """Put the items of one layer of one band as near as can be to where they wish to be, none over another."""
    if not ordered:
        cell.sort(key=lambda at: (wish.get(at, items.y[at]), at))
    offsets, below = [], 0.0
    for at in cell:
        offsets.append(below + items.size[at] / 2)
        below += items.size[at]
    spare = limits[1] - limits[0] - below
    wanted = [
        wish.get(at, items.y[at] or limits[0] + offset + spare / 2) - offset
        for at, offset in zip(cell, offsets, strict=True)
    ]
    for at, offset, level in zip(cell, offsets, _rising(wanted), strict=True):
        items.y[at] = min(max(level, limits[0]), limits[0] + spare) + offset


def _rising(values: Iterable[float]) -> Iterator[float]:
    """The nearest numbers, by squares, none of which is smaller than the one before it."""
    pools: list[tuple[float, int]] = []
    for value in values:
        total, many = value, 1
        while pools and pools[-1][0] / pools[-1][1] > total / many:
            before, count = pools.pop()
            total, many = total + before, many + count
        pools.append((total, many))
    for total, many in pools:
        yield from [total / many] * many


def _crossings(items: _Items) -> int:
    """How many arrows cross between two layers."""
    hops: dict[int, list[tuple[float, float]]] = {}
    for index, others in enumerate(items.right):
        for other in others:
            hops.setdefault(items.layer[index], []).append((items.y[index], items.y[other]))
    found = 0
    for pairs in hops.values():
        seen: list[float] = []
        for _, y in sorted(pairs):
            found += len(seen) - bisect_right(seen, y)
            insort(seen, y)
    return found


# -- places --------------------------------------------------------------------------------------------------------


def _columns(spots: Sequence[Spot], ties: Sequence[Tie], items: _Items) -> dict[int, Column]:
    """The left edge and the width of each layer; between two there is room for labels at both sides."""
    layers = sorted(set(items.layer))
    wide = {layer: max(one.width for one in spots if one.layer == layer) for layer in layers}
    before = dict.fromkeys(layers, 0.0)
    after = dict.fromkeys(layers, 0.0)
    busy = dict.fromkeys(layers, 0)
    for tie, chain in zip(ties, items.chains, strict=True):
        head, near = items.layer[chain[-1]], items.layer[chain[-2]]
        side = before if near < head else after
        side[head] = max(side[head], tie.room)
        busy[max(near, head)] += 1
    columns: dict[int, Column] = {}
    x = 0.0
    for at, layer in enumerate(layers):
        if at:
            x += after[layers[at - 1]] + before[layer] + 2 * _PAD + 40.0 + min(70.0, 2.0 * busy[layer])
        columns[layer] = Column(x, wide[layer], before[layer], after[layer])
        x += wide[layer]
    return columns


def _frames(
    spots: Sequence[Spot], columns: dict[int, Column], tops: dict[str, tuple[float, float]]
) -> Iterator[tuple[str, Rect]]:
    for band, (top, bottom) in tops.items():
        layers = [one.layer for one in spots if one.band == band and one.layer]
        if band and layers:
            left = columns[min(layers)].x - _PAD
            right = columns[max(layers)].x + columns[max(layers)].width + _PAD
            yield band, Rect(left, top - _TITLE, right - left, bottom - top + _TITLE + _FOOT)


def _routes(
    items: _Items, ties: Sequence[Tie], boxes: Sequence[Rect], columns: dict[int, Column]
) -> list[list[tuple[float, float]]]:
    """The points of each arrow. Where several leave or reach a box on one side, each has its own height there."""
    meets = _ports(items, boxes)
    routes = []
    for at, (tie, chain) in enumerate(zip(ties, items.chains, strict=True)):
        first, last = boxes[chain[0]], boxes[chain[-1]]
        rightward = items.layer[chain[-2]] < items.layer[chain[-1]]
        leaves_right = items.layer[chain[1]] >= items.layer[chain[0]]
        points = [(first.x + first.width if leaves_right else first.x, meets[at, False])]
        for lane in chain[1:-1]:
            column = columns[items.layer[lane]]
            ends = (column.x - column.left - _PAD, column.x + column.width + column.right + _PAD)
            ends = ends if rightward else ends[::-1]
            points += [(ends[0], items.y[lane]), (ends[1], items.y[lane])]
        head = last.x if rightward else last.x + last.width
        room = tie.room + _PAD
        points += [(head - room if rightward else head + room, meets[at, True]), (head, meets[at, True])]
        routes.append(points)
    return routes


def _ports(items: _Items, boxes: Sequence[Rect]) -> dict[tuple[int, bool], float]:
    """For each arrow and each end of it (is it the head?), the height at which it meets the box."""
    sides: dict[tuple[int, bool], list[_End]] = {}
    for end in items.ends():
        sides.setdefault((end.box, end.left), []).append(end)
    found: dict[tuple[int, bool], float] = {}
    for (box, _), them in sides.items():
        them.sort(key=lambda end: (items.y[end.near], end.is_head, end.arrows))
        level = boxes[box].y + (boxes[box].height - sum(end.high for end in them)) / 2
        for end in them:
            found.update(((arrow, end.is_head), level + end.high / 2) for arrow in end.arrows)
            level += end.high
    return found
