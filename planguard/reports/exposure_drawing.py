"""What a picture of exposure shows: layers from the internet to the data stores, and the arrows between them.

Only what something outside leads to is drawn, at once or over links; the rest is counted. Many endpoints of one kind
are folded into one box, those that differ in nothing first.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from planguard.exposure.model import (
    APPLICATION,
    CACHE,
    COMPUTE,
    CONTROL_PLANE,
    DATABASE,
    FUNCTION,
    LOAD_BALANCER,
    MESSAGING,
    SEARCH,
    STORAGE,
)
from planguard.reports.exposure_model import CLOSED, NEW, POSSIBLE, UNCHANGED, EndpointEntry, ExposureDocument
from planguard.reports.exposure_model import ExposureEntry as Entry
from planguard.reports.exposure_sources import service_shown
from planguard.reports.exposure_words import hop_said, kind_said, service_of, sources_said
from planguard.reports.graph_drawing import Group, fold, module_steps, printable
from planguard.reports.lines import listed

OUTSIDE = 0
LAYERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("Outside", ()),
    ("Gateways and balancers", (LOAD_BALANCER,)),
    ("Compute and applications", (COMPUTE, FUNCTION, APPLICATION)),
    ("Control planes, messaging", (CONTROL_PLANE, MESSAGING)),
    ("Data stores", (DATABASE, CACHE, SEARCH, STORAGE)),
)
"""The layers from left to right, with the kinds of endpoints that stand in each."""
STANDINGS = (UNCHANGED, CLOSED, POSSIBLE, NEW)
"""The standings of arrows, those that are painted last, and so on top, last."""

MOST_BOXES = 36
MOST_LINKS = 48
_MOST_TITLES = 8
_MOST_SOURCES = 5
_MOST_PORTS = 3
_LAYER_OF = {kind: layer for layer, (_, kinds) in enumerate(LAYERS) for kind in kinds}
_INTERNET = "Internet"
_WIDE = frozenset({"whole", "broad"})


@dataclass(frozen=True, slots=True)
class Place:
    """A box: where packets come from, an endpoint, or several endpoints in one.

    :ivar network: the address of the network that it is in, empty for none
    :ivar standing: of what reaches it from outside: one of :data:`STANDINGS`; empty where nothing does
    """

    layer: int
    name: str
    detail: str
    title: str
    network: str = ""
    standing: str = ""
    action: str = ""
    folded: int = 1


@dataclass(frozen=True, slots=True)
class Arrow:
    """All packets of one standing between two boxes.

    :ivar is_inner: whether none of its packets come from outside
    """

    source: int
    target: int
    standing: str
    label: str
    title: str
    is_inner: bool


@dataclass(frozen=True, slots=True)
class Drawing:
    """Boxes and arrows, and what has none.

    :ivar left_out: how many endpoints of each kind nothing outside leads to
    :ivar inside: how many links begin and end in one box, and so have no arrow
    :ivar spared: how many links stand as before and have no arrow, because there are too many of them
    """

    places: list[Place]
    arrows: list[Arrow]
    left_out: dict[str, int]
    inside: int
    spared: int = 0

    @property
    def folded(self) -> int:
        """How many endpoints have no box of their own."""
        return sum(one.folded for one in self.places if one.folded > 1)


@dataclass(frozen=True, slots=True)
class _Line:
    """One way or link, before those between the same boxes are put together.

    :ivar source: an address; for a way that leads through no other endpoint, the name of what is outside
    :ivar is_way: whether the packets come from outside, however far on they are drawn
    """

    source: str
    target: str
    standing: str
    service: tuple[str, tuple[str, ...]]
    title: str
    is_link: bool
    is_way: bool


_Ends = tuple[int, int, int, bool]
"""The boxes that an arrow leads from and to, the number of its standing, and whether it has no way from outside."""


def drawing_of(document: ExposureDocument) -> Drawing:
    """What the picture of a document shows."""
    endpoints = {one.address: one for one in document.endpoints}
    lines = [*_ways(document, endpoints), *_links(document, endpoints)]
    reached = _led_to(lines)
    lines = [one for one in lines if one.is_way or one.source in reached]
    drawn = [one for one in document.endpoints if one.address in reached]
    left_out = Counter(one.kind for one in document.endpoints if one.address not in reached)
    groups = _groups(drawn, lines)
    outside = sorted({one.source for one in lines if not one.is_link}, key=lambda one: (one != _INTERNET, one))
    places = [*map(_outside, outside)]
    index = {name: at for at, name in enumerate(outside)}
    for members in _members(drawn, groups):
        index.update((one.address, len(places)) for one in members)
        places.append(_place(members, lines))
    between = _between(lines, index)
    inside = sum(len(them) for (source, target, *_), them in between.items() if source == target)
    between = {ends: them for ends, them in between.items() if ends[0] != ends[1]}
    spared = _to_spare(between)
    many = sum(len(between.pop(ends)) for ends in spared)
    return Drawing(places, [*map(_arrow, between.items())], dict(sorted(left_out.items())), inside, many)


# -- lines ---------------------------------------------------------------------------------------------------------


def _ways(document: ExposureDocument, endpoints: dict[str, EndpointEntry]) -> Iterator[_Line]:
    narrow = Counter(_source(one) for name in STANDINGS for one in _entries(document, name))
    narrow.pop(_INTERNET, None)
    kept = {one for one, _ in sorted(narrow.items(), key=lambda pair: (-pair[1], pair[0]))[:_MOST_SOURCES]}
    others = f"{len(narrow) - len(kept)} other networks"
    ends = {one.endpoint for name in STANDINGS for one in _entries(document, name)}
    for standing in STANDINGS:
        for one in _entries(document, standing):
            through = [hop.address for hop in one.path if hop.address in endpoints and hop.address != one.endpoint]
            source = _source(one)
            if source != _INTERNET and source not in kept:
                source = others
            path = "\n→ ".join(printable(hop_said(hop)) for hop in one.path)
            title = f"{standing}: {service_of(one)} from {printable(sources_said(one, 6))}\n{path}"
            service = (one.protocol, tuple(one.ports))
            steps = [source, *through, one.endpoint]
            for begin, end in pairwise(steps):
                # What only hands packets on is no end of a way: the ways through it are drawn up to it as well.
                if end == one.endpoint or end not in ends:
                    yield _Line(begin, end, standing, service, title, begin in endpoints, True)


def _entries(document: ExposureDocument, standing: str) -> list[Entry]:
    found: list[Entry] = getattr(document, standing)
    return found


def _source(entry: Entry) -> str:
    if entry.source_class in _WIDE:
        return _INTERNET
    return entry.sources[0] if len(entry.sources) == 1 else f"{len(entry.sources)} networks: {entry.sources[0]} …"


def _links(document: ExposureDocument, endpoints: dict[str, EndpointEntry]) -> Iterator[_Line]:
    for one in document.links:
        if one.source in endpoints and one.target in endpoints and one.source != one.target:
            said = service_shown(one.protocol, one.ports)
            path = "".join(f"\n→ {printable(hop_said(hop))}" for hop in one.path)
            title = f"{one.standing}: {said} from {printable(one.source)} to {printable(one.target)}{path}"
            service = (one.protocol, tuple(one.ports))
            yield _Line(one.source, one.target, one.standing, service, title, True, False)


def _led_to(lines: Iterable[_Line]) -> set[str]:
    """The endpoints that something outside leads to, at once or over others."""
    follow: dict[str, list[str]] = {}
    found = set()
    for one in lines:
        if one.is_way:
            found |= {one.source, one.target} if one.is_link else {one.target}
        else:
            follow.setdefault(one.source, []).append(one.target)
    todo = sorted(found)
    while todo:
        for target in follow.get(todo.pop(), ()):
            if target not in found:
                found.add(target)
                todo.append(target)
    return found


def _between(lines: Sequence[_Line], index: dict[str, int]) -> dict[_Ends, list[_Line]]:
    """The lines by the boxes that they lead from and to, and by how they look: ways take links beside them along."""
    found: dict[_Ends, list[_Line]] = {}
    places = [(index[one.source], index[one.target], STANDINGS.index(one.standing)) for one in lines]
    outer = {ends for one, ends in zip(lines, places, strict=True) if one.is_way}
    for one, ends in zip(lines, places, strict=True):
        found.setdefault((*ends, ends not in outer), []).append(one)
    return dict(sorted(found.items()))


def _to_spare(between: dict[_Ends, list[_Line]]) -> list[_Ends]:
    """Of the links that stand as before, those beyond what a picture bears, the lightest first."""
    calm = [ends for ends in between if ends[3] and STANDINGS[ends[2]] == UNCHANGED]
    return sorted(calm, key=lambda ends: (-len(between[ends]), ends))[MOST_LINKS:]


def _arrow(one: tuple[_Ends, list[_Line]]) -> Arrow:
    (source, target, standing, is_inner), them = one
    label = _services({line.service for line in them})
    titles = list(dict.fromkeys(line.title for line in them))
    more = [f"… and {len(titles) - _MOST_TITLES} more"] if len(titles) > _MOST_TITLES else []
    name = STANDINGS[standing]
    said = label if name == UNCHANGED else f"{name} {label}"
    return Arrow(source, target, name, said, "\n\n".join([*titles[:_MOST_TITLES], *more]), is_inner)


def _services(services: Iterable[tuple[str, tuple[str, ...]]]) -> str:
    """``22, 443/tcp, all traffic``: the ports of one protocol together, of many the lowest."""
    ports: dict[str, set[str]] = {}
    for protocol, those in services:
        ports.setdefault(protocol, set()).update(those)
    said = []
    for protocol, them in sorted(ports.items()):
        listed_ports = ["all"] if "all" in them else sorted(them, key=_port_order)
        more = len(listed_ports) - _MOST_PORTS
        shown = listed_ports[:_MOST_PORTS]
        said.append(service_shown(protocol, [*shown[:-1], f"{shown[-1]} +{more}"] if more > 0 else shown))
    return ", ".join(said)


def _port_order(port: str) -> tuple[int, str]:
    return int(port.partition("-")[0]), port


# -- boxes ---------------------------------------------------------------------------------------------------------


def _groups(drawn: Sequence[EndpointEntry], lines: Iterable[_Line]) -> list[Group | None]:
    """What each endpoint is folded into, None for a box of its own."""
    signs: dict[str, set[str]] = {}
    worst: dict[str, int] = {}
    for line in lines:
        signs.setdefault(line.target, set()).add(f"{line.source} {line.standing} {_services([line.service])}")
        if line.is_way:
            worst[line.target] = max(worst.get(line.target, 0), STANDINGS.index(line.standing) + 1)
    groups: list[Group | None] = [None] * len(drawn)
    kinds = [f"{one.kind} {one.type}" for one in drawn]
    states = [str(worst.get(one.address, 0)) for one in drawn]
    same = [str(sorted(signs.get(one.address, ()))) for one in drawn]
    calm = [worst.get(one.address, 0) <= STANDINGS.index(NEW) for one in drawn]
    networks = [one.network for one in drawn]
    everywhere = [""] * len(drawn)
    alike = list(zip(networks, kinds, same, strict=True))
    near = list(zip(networks, kinds, states, strict=True))
    far = list(zip(everywhere, kinds, states, strict=True))
    named = [one.kind for one in drawn]
    farthest = list(zip(everywhere, named, states, strict=True))
    last = list(zip(everywhere, named, ("" if flag else NEW for flag in calm), strict=True))
    stages = [(alike, False), (near, True), (far, True)]
    stages += [(wanted, False) for wanted in (near, far, farthest, last)]
    for wanted, is_calm in stages:
        chosen = [one if flag or not is_calm else None for one, flag in zip(wanted, calm, strict=True)]
        groups = fold(groups, chosen, MOST_BOXES)
    return groups


def _members(drawn: Sequence[EndpointEntry], groups: Sequence[Group | None]) -> list[list[EndpointEntry]]:
    found: dict[object, list[EndpointEntry]] = {}
    for at, (one, group) in enumerate(zip(drawn, groups, strict=True)):
        found.setdefault(at if group is None else group, []).append(one)
    return list(found.values())


def _outside(name: str) -> Place:
    if name == _INTERNET:
        return Place(OUTSIDE, name, "any public address", "the internet")
    title = printable(name)
    name, colon, detail = title.partition(": ")
    return Place(OUTSIDE, name, detail if colon else "outside", title)


def _place(members: Sequence[EndpointEntry], lines: Iterable[_Line]) -> Place:
    addresses = {one.address for one in members}
    standings = [STANDINGS.index(line.standing) for line in lines if line.is_way and line.target in addresses]
    standing = STANDINGS[max(standings)] if standings else ""
    one = members[0]
    place = Place(
        layer=_LAYER_OF[one.kind],
        name=_name(one),
        detail=printable(one.type) + (f" · {_module(one)}" if one.module else ""),
        title=printable(f"{one.address} ({one.provider} {kind_said(one.kind)})"),
        network=one.network,
        standing=standing,
        action=_action(one),
    )
    if len(members) == 1:
        return place
    types, networks = {each.type for each in members}, {each.network for each in members}
    actions = {_action(each) for each in members}
    what = one.type if len(types) == 1 else kind_said(one.kind)
    return replace(
        place,
        name=printable(f"{len(members)} × {what}"),
        detail=kind_said(one.kind) if len(types) == 1 else f"{len(types)} types",
        title=printable(listed((each.address for each in members), 12)),
        network=networks.pop() if len(networks) == 1 else "",
        action=actions.pop() if len(actions) == 1 else "no-op",
        folded=len(members),
    )


def _action(one: EndpointEntry) -> str:
    return "replace" if len(one.actions) > 1 else one.actions[0]


def _module(one: EndpointEntry) -> str:
    return printable(".".join(step.removeprefix("module.") for step in module_steps(one.module)))


def _name(one: EndpointEntry) -> str:
    rest = one.address.removeprefix(f"{one.module}.") if one.module else one.address
    return printable(rest.removeprefix("data.").removeprefix(f"{one.type}."))
