"""What a plan lets anybody reach, as a document: new, closed and possible exposure, and the network around it.

Whatever could carry a sensitive value of the plan is redacted here, once. Keys may be added at the end of an object;
none is ever renamed, dropped or given another meaning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct

from planguard.exposure.assumptions import MISSING
from planguard.exposure.model import Endpoint, Hop, Link, Missing, Network, Way
from planguard.exposure.packets import Box, Packets, intersect, packets_of, subtract, unite
from planguard.exposure.ranges import breadth
from planguard.plan.sensitive import Redactor
from planguard.reports.analysed import AnalysedPlan, Open
from planguard.reports.exposure_places import Places
from planguard.reports.exposure_sources import networks_shown, ports_shown, protocol_shown

if TYPE_CHECKING:
    from planguard.exposure.analysis import ExposureChange
    from planguard.graph.graph import Graph

SCHEMA: Literal["planguard/exposure/v1"] = "planguard/exposure/v1"

NEW, CLOSED, POSSIBLE, UNCHANGED = "new", "closed", "possible", "unchanged"
Standing = Literal["new", "closed", "possible", "unchanged"]
SourceClass = Literal["whole", "broad", "many", "narrow", "none"]


class PathHop(Struct, frozen=True, order=True):
    """One step from outside inwards: the resource, the attribute of it that lets packets pass, and what that says."""

    address: str
    attribute: str
    text: str


class ExposureEntry(Struct, frozen=True):
    """Packets from outside to one endpoint, by one path.

    ``ports`` are texts such as ``443`` and ``8000-8100``, or ``all``. ``sources`` are networks, without those of
    ``excluded_sources``; ``0.0.0.0/0`` and ``::/0`` are all public addresses. ``source_class`` tells how much of the
    internet that is. ``path`` begins at ``internet`` and ends at the endpoint. ``guards`` are the single rules that
    let the packets in. ``missing`` is what a possible way hangs on.
    """

    endpoint: str
    kind: str
    protocol: str
    ports: list[str]
    sources: list[str]
    path: list[PathHop]
    assumptions: list[str]
    provider: str
    source_class: SourceClass
    excluded_sources: list[str]
    guards: list[PathHop]
    missing: list[Open]


class UndeterminedExposure(Open, frozen=True, order=True):
    """Something that nobody can say before apply; ``endpoint`` is empty where it is about the network as a whole."""

    endpoint: str


class EndpointEntry(Struct, frozen=True):
    """Something that answers.

    ``actions`` is what the plan does with it; ``network`` the VPC or virtual network that it is in, where that is
    known. ``before`` and ``after`` tell whether anything public reaches it for certain, ``possible`` whether anything
    may after the apply that is not certain to.
    """

    address: str
    type: str
    module: str
    kind: str
    provider: str
    actions: list[str]
    network: str
    before: bool
    after: bool
    possible: bool


class LinkEntry(Struct, frozen=True):
    """One resource can reach an endpoint, whether that was so before or not."""

    source: str
    target: str
    protocol: str
    ports: list[str]
    standing: Standing
    path: list[PathHop]


class ExposureDocument(Struct, frozen=True):
    """Everything that came of one analysis. ``unchanged`` are the ways that stand before and after."""

    schema: Literal["planguard/exposure/v1"]
    plan: AnalysedPlan
    new: list[ExposureEntry]
    closed: list[ExposureEntry]
    possible: list[ExposureEntry]
    undetermined: list[UndeterminedExposure]
    unchanged: list[ExposureEntry]
    endpoints: list[EndpointEntry]
    links: list[LinkEntry]
    summary: dict[str, int]


def exposure_document(change: ExposureChange, graph: Graph, plan: AnalysedPlan) -> ExposureDocument:
    """The document of a plan; its lists are sorted by what they show."""
    writer = _Writer(graph)
    new, closed, possible = (
        writer.entries((one.way, one.packets) for one in found)
        for found in (change.new, change.closed, change.possible)
    )
    undetermined = sorted(
        {
            UndeterminedExposure(*writer.missing(one.missing), endpoint=writer.address(one.endpoint))
            for one in change.undetermined
        }
    )
    endpoints = sorted(writer.endpoints(change), key=lambda one: (one.kind, one.provider, one.address))
    summary = {
        "endpoints": len(endpoints),
        "exposed_before": sum(one.before for one in endpoints),
        "exposed_after": sum(one.after for one in endpoints),
        "new": len(new),
        "closed": len(closed),
        "possible": len(possible),
        "undetermined": len(undetermined),
    }
    return ExposureDocument(
        SCHEMA,
        plan,
        new,
        closed,
        possible,
        undetermined,
        writer.entries(_unchanged(change)),
        endpoints,
        writer.links(change.before, change.after),
        summary,
    )


def _unchanged(change: ExposureChange) -> Iterator[tuple[Way, Packets]]:
    """What gets through by each way of after, and got to its endpoint before."""
    before: dict[Endpoint, list[Packets]] = {}
    for way in change.before.ways:
        before.setdefault(way.endpoint, []).append(way.must)
    known = {endpoint: unite(*them) for endpoint, them in before.items()}
    for way in change.after.ways:
        both = intersect(way.must, known.get(way.endpoint, ()))
        yield way, packets_of(box for box in both if breadth(box.sources) != "none")


def _entry_order(entry: ExposureEntry) -> tuple[object, ...]:
    return (
        entry.kind, entry.endpoint, entry.protocol, entry.ports, entry.sources, entry.excluded_sources,
        entry.path, entry.assumptions, entry.missing,
    )  # fmt: skip


class _Writer:
    """Turns what was found into entries, without sensitive values."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        self._redactor: Redactor = graph.redactor
        self._nodes = {node.address: node for node in graph.nodes if not node.deposed}

    def entries(self, found: Iterable[tuple[Way, Packets]]) -> list[ExposureEntry]:
        """One entry for each box of packets of each way."""
        return sorted((self._entry(way, box) for way, them in found for box in them), key=_entry_order)

    def _entry(self, way: Way, box: Box) -> ExposureEntry:
        sources, excluded = networks_shown(box.sources)
        return ExposureEntry(
            endpoint=self.address(way.endpoint.address),
            kind=way.endpoint.kind,
            protocol=protocol_shown(box.protocols),
            ports=ports_shown(box.ports),
            sources=sources,
            path=self._path(way.hops),
            assumptions=sorted(way.assumptions),
            provider=way.endpoint.provider,
            source_class=breadth(box.sources),  # type: ignore[arg-type]
            excluded_sources=excluded,
            guards=sorted(self._path(way.guards)),
            missing=sorted({Open(*self.missing(one)) for one in way.missing}),
        )

    def missing(self, one: Missing) -> tuple[str, str, str, str]:
        text = self._redactor.text
        said = one.text or MISSING.get(one.code, "")
        return one.code, self.address(one.address), text(str(one.path)), text(str(said))

    def endpoints(self, change: ExposureChange) -> Iterator[EndpointEntry]:
        """All endpoints of both snapshots, with what reaches them."""
        before, after = _reached(change.before), _reached(change.after)
        may = _reached(change.after, certain=False)
        places = Places(self._graph)
        found = {one.address: one for one in (*change.before.endpoints, *change.after.endpoints)}
        for address, one in found.items():
            node = self._nodes.get(address)
            yield EndpointEntry(
                address=self.address(address),
                type=node.type if node is not None else "",
                module=self.address(self._graph.module_address(node)) if node is not None else "",
                kind=one.kind,
                provider=one.provider,
                actions=list(node.change.change.actions) if node is not None and node.change else ["no-op"],
                network=self.address(places.network_of(node)) if node is not None else "",
                before=address in before,
                after=address in after,
                possible=address in may - after,
            )

    def links(self, before: Network, after: Network) -> list[LinkEntry]:
        """The links of both snapshots, each pair of ends with what differs between them."""
        old, now = _between(before.links), _between(after.links)
        found: list[LinkEntry] = []
        for ends in sorted(old.keys() | now.keys()):
            was, will = old.get(ends, []), now.get(ends, [])
            had, has = (unite(*(one.packets for one in them if one.is_certain)) for them in (was, will))
            may = subtract(unite(*(one.packets for one in will)), unite(had, has))
            for standing, them, via in (
                (NEW, subtract(has, unite(*(one.packets for one in was))), will),
                (UNCHANGED, intersect(has, had), will),
                (POSSIBLE, may, will),
                (CLOSED, subtract(had, unite(*(one.packets for one in will))), was),
            ):
                found += self._link(ends, standing, them, via)
        return sorted(found, key=lambda one: (one.source, one.target, one.standing, one.protocol, one.ports))

    def _link(self, ends: tuple[str, str], standing: str, them: Packets, via: list[Link]) -> Iterator[LinkEntry]:
        services = {(protocol_shown(box.protocols), tuple(ports_shown(box.ports))) for box in packets_of(them)}
        for protocol, ports in sorted(services):
            yield LinkEntry(
                self.address(ends[0]),
                self.address(ends[1]),
                protocol,
                list(ports),
                standing,  # type: ignore[arg-type]
                self._path(via[0].hops),
            )

    def _path(self, hops: Iterable[Hop]) -> list[PathHop]:
        text = self._redactor.text
        return [PathHop(self.address(one.address), text(str(one.attribute)), text(str(one.text))) for one in hops]

    def address(self, address: str) -> str:
        """An address as it may be shown."""
        return self._redactor.address(address)


def _reached(network: Network, *, certain: bool = True) -> set[str]:
    return {
        way.endpoint.address
        for way in network.ways
        if any(breadth(box.sources) != "none" for box in (way.must if certain else way.may))
    }


def _between(links: Iterable[Link]) -> dict[tuple[str, str], list[Link]]:
    found: dict[tuple[str, str], list[Link]] = {}
    for one in links:
        found.setdefault((one.source, one.target.address), []).append(one)
    return found


def exposure_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    import msgspec

    schema = msgspec.json.schema(ExposureDocument)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "planguard exposure v1",
        **schema,
    }


def render_exposure_json(document: ExposureDocument) -> bytes:
    """One JSON document, keys in the order of the models, indented, with a line feed at its end."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(document), indent=2) + b"\n"
