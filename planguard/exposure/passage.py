"""How packets pass one stage of a path after another, with what is certain and what is possible kept apart.

A *passage* is one alternative of a stage: the packets that it lets through, and why. A path is one passage of each
stage; what gets through is what all of them let through.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from planguard.exposure.model import Endpoint, Hop, Missing, Way
from planguard.exposure.packets import (
    ALL_PORTS,
    ALL_PROTOCOLS,
    EVERYTHING,
    FROM_INTERNET,
    NOTHING,
    Box,
    Packets,
    intersect,
    packets,
    subtract,
    unite,
)
from planguard.exposure.ranges import ANYWHERE, EMPTY, Ranges


class Span(NamedTuple):
    """A set of numbers of which a part is unknown: what is in it for certain, and what may be."""

    low: Ranges = EMPTY
    high: Ranges = EMPTY


ANY_SOURCE = Span(ANYWHERE, ANYWHERE)
ANY_PROTOCOL = Span(ALL_PROTOCOLS, ALL_PROTOCOLS)
ANY_PORT = Span(ALL_PORTS, ALL_PORTS)


class Bounds(NamedTuple):
    """A set of packets of which a part is unknown; ``may`` holds all of ``must``."""

    must: Packets = NOTHING
    may: Packets = NOTHING

    @property
    def possible(self) -> Bounds:
        """The same, with nothing of it certain."""
        return Bounds(NOTHING, self.may)


def certain(these: Packets) -> Bounds:
    """Packets that are wholly known."""
    return Bounds(these, these)


def spanned(sources: Span = ANY_SOURCE, protocols: Span = ANY_PROTOCOL, ports: Span = ANY_PORT) -> Bounds:
    """One box whose sides are known in part."""
    return Bounds(packets(sources.low, protocols.low, ports.low), packets(sources.high, protocols.high, ports.high))


class Passage(NamedTuple):
    """One alternative of a stage.

    :ivar guards: the rules that let its packets in
    """

    bounds: Bounds
    hops: tuple[Hop, ...] = ()
    assumptions: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    guards: tuple[Hop, ...] = ()

    def possibly(self, *missing: Missing) -> Passage:
        """The same, with nothing of it certain."""
        return self._replace(bounds=self.bounds.possible, missing=(*self.missing, *missing))


Stage = Sequence[Passage]
OPEN: Stage = (Passage(certain(EVERYTHING)),)
INTERNET = Hop("internet")
FROM_OUTSIDE: Stage = (Passage(certain(FROM_INTERNET), (INTERNET,)),)


def at(*hops: Hop, bounds: Bounds | None = None, assumptions: Iterable[str] = ()) -> Stage:
    """A stage of one passage: through these hops, and all packets unless told otherwise."""
    return (Passage(bounds or certain(EVERYTHING), hops, tuple(assumptions)),)


def through(*stages: Stage) -> list[Passage]:
    """All paths through the stages in their order, without those that nothing can take."""
    paths = [Passage(certain(EVERYTHING))]
    for stage in stages:
        paths = [joined for path in paths for one in stage if (joined := _joined(path, one)).bounds.may]
    return paths


def _joined(one: Passage, other: Passage) -> Passage:
    must = intersect(one.bounds.must, other.bounds.must)
    may = intersect(one.bounds.may, other.bounds.may)
    return Passage(
        Bounds(must, may),
        one.hops + other.hops,
        one.assumptions + other.assumptions,
        one.missing + other.missing,
        one.guards + other.guards,
    )


def to_port(stage: Stage, inside: Ranges, outside: Ranges, protocols: Ranges = ALL_PROTOCOLS) -> list[Passage]:
    """What gets through when something in front sends one port on to another.

    :param inside: the ports at which the stage is asked
    :param outside: the ports at which the packets came in
    """
    asked = certain(packets(ANYWHERE, protocols, inside))
    return [sent_on(path, Span(outside, outside)) for path in through((Passage(asked),), stage)]


def sent_on(path: Passage, ports: Span) -> Passage:
    """A path as it goes on behind something that sends its packets to other ports, with their sources."""
    must, may = path.bounds
    return path._replace(bounds=Bounds(_moved(must, ports.low), _moved(may, ports.high)))


def _moved(these: Packets, ports: Ranges) -> Packets:
    return unite(tuple(Box(box.sources, box.protocols, ports) for box in these)) if ports else NOTHING


def way_of(endpoint: Endpoint, path: Passage) -> Way:
    """A path as the way to an endpoint."""
    must, may = unite(path.bounds.must), unite(path.bounds.may)
    return Way(
        endpoint=endpoint,
        must=must,
        may=may,
        hops=_once((*path.hops, Hop(endpoint.address))),
        assumptions=tuple(sorted(set(path.assumptions))),
        missing=tuple(sorted(set(path.missing))) if subtract(may, must) else (),
        guards=tuple(dict.fromkeys(path.guards)),
    )


def _once(hops: tuple[Hop, ...]) -> tuple[Hop, ...]:
    """Hops without a last one that only repeats the resource before it."""
    if len(hops) > 1 and hops[-1].address == hops[-2].address:
        return hops[:-1]
    return hops


def ways_to(endpoint: Endpoint, *stages: Stage) -> list[Way]:
    """The ways from the internet to an endpoint through these stages."""
    return [way_of(endpoint, path) for path in through(FROM_OUTSIDE, *stages)]


class Rule(NamedTuple):
    """One rule of an ordered list.

    :ivar order: the lower, the earlier it is asked; None: not known
    :ivar allows: whether it lets packets in; None: not known
    :ivar passage: what it matches
    """

    order: int | None
    allows: bool | None
    passage: Passage


def first_match(rules: Iterable[Rule], *, left: bool = False) -> list[Passage]:
    """What a list of rules lets through, of which the first that matches decides.

    Of rules with one order those that refuse are asked first.

    :param left: whether what no rule matches gets through
    """
    every = rules_of(rules)
    known = sorted((one for one in every if one.order is not None), key=_rank)
    unknown = [one for one in every if one.order is None]
    maybe = unite(*(one.passage.bounds.may for one in unknown if not one.allows))
    found: list[Passage] = []
    surely: Packets = NOTHING
    for one in known:
        if one.allows:
            found.append(_less(one.passage, surely, maybe))
        else:
            surely = unite(surely, one.passage.bounds.must)
            maybe = unite(maybe, one.passage.bounds.may)
    found += [_less(one.passage, NOTHING, maybe) for one in unknown if one.allows]
    if left:
        found.append(_less(OPEN[0], surely, maybe))
    return [one for one in found if one.bounds.may]


def rules_of(rules: Iterable[Rule]) -> list[Rule]:
    """The rules, with one that may allow and may refuse as two that may do the one and the other."""
    found = []
    for one in rules:
        if one.allows is None:
            found += [one._replace(allows=allows, passage=one.passage.possibly()) for allows in (False, True)]
        else:
            found.append(one)
    return found


def _rank(rule: Rule) -> tuple[int, bool]:
    return (rule.order or 0, bool(rule.allows))


def _less(passage: Passage, surely: Packets, maybe: Packets) -> Passage:
    must, may = passage.bounds
    return passage._replace(bounds=Bounds(subtract(must, maybe), subtract(may, surely)))
