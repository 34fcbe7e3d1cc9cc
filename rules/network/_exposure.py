"""What is dangerous about the ports that the internet reaches.

Sources of port numbers: IANA, "Service Name and Transport Protocol Port Number Registry"; docs.docker.com/engine
(2375, 2376), kubernetes.io/docs/reference/networking/ports-and-protocols (6443, 10250).
"""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, violation
from planguard.access.model import Gap
from planguard.exposure.model import (
    APPLICATION,
    CACHE,
    DATABASE,
    FUNCTION,
    LOAD_BALANCER,
    SEARCH,
    Hop,
    Missing,
    Way,
)
from planguard.exposure.openings import BY_PORT, UDP, Opening, openings_of, resource_at
from planguard.exposure.ranges import BROAD, MANY, WHOLE
from planguard.graph.resource import steps_of

ADMINISTRATION = "administration"
OTHER = "other"

# SSH, Telnet, RDP, WinRM, VNC, Docker, kubelet, the API of Kubernetes
_ADMINISTRATION = (22, 23, 2375, 2376, 3389, 5900, 5901, 5985, 5986, 6443, 10250)
# SQL Server, Oracle, MySQL, PostgreSQL, Redshift, CouchDB, Neo4j, Cassandra, CockroachDB, MongoDB, Db2
_DATABASE = (1433, 1521, 3306, 5432, 5439, 5984, 7687, 9042, 26257, 27017, 27018, 27019, 50000)
# Redis, its TLS port at clouds, memcached
_CACHE = (6379, 6380, 11211)
# Elasticsearch and OpenSearch, their nodes, Kibana, Solr
_SEARCH = (9200, 9300, 5601, 8983)
_LISTENING: tuple[tuple[str, tuple[int, ...], tuple[int, ...]], ...] = (
    (ADMINISTRATION, _ADMINISTRATION, (3389,)),
    (DATABASE, _DATABASE, (1434,)),
    (CACHE, _CACHE, (11211,)),
    (SEARCH, _SEARCH, ()),
)
"""What listens on a machine, by its ports of TCP and of UDP; a stretch that holds several is the first of them."""

WORDS = {
    WHOLE: "the whole internet",
    BROAD: "a broad part of the internet",
    MANY: "more than 65,536 public addresses",
}

_TAKEN_FOR_OPEN = frozenset({
    "azure-basic-address-open", "default-vpc", "google-default-network-rules", "google-nodes-like-machines",
    "internet-gateway-assumed", "kubernetes-ingress-controller-public", "kubernetes-load-balancer-public",
    "lightsail-default-ports",
})  # fmt: skip
"""What a part of the path rests on that is not in the plan: told with it, by the codes of docs/exposure.md."""


def danger_of(opening: Opening) -> str:
    """What is dangerous about an opening: a kind of endpoint, administration or other; empty where it is meant."""
    if opening.kind == FUNCTION or (opening.kind == APPLICATION and opening.is_web):
        return "" if opening.is_relayed else FUNCTION
    if opening.kind not in BY_PORT:
        return opening.kind
    if opening.is_web:
        return ""
    return OTHER if opening.kind == LOAD_BALANCER else _listening(opening)


def _listening(opening: Opening) -> str:
    for danger, tcp, udp in _LISTENING:
        if opening.holds(*(udp if opening.protocol == UDP else tcp)):
            return danger
    return "" if opening.is_relayed else OTHER


def reached(resource: Resource, wanted: str) -> Iterator[Violation]:
    """Say where the internet reaches an endpoint in a way that is dangerous.

    :param wanted: the danger: a kind of endpoint, :data:`ADMINISTRATION` or :data:`OTHER`
    :raises Undetermined: at the end, where it may do so, and that hangs on what this plan does not know yet
    """
    found = [opening for opening in openings_of(resource) if danger_of(opening) == wanted]
    for opening in found:
        if opening.is_certain:
            yield told(opening)
    for opening in found:
        if not opening.is_certain:
            why = f"{opening.ports} may be open to {WORDS[opening.breadth]}"
            raise undetermined(resource, opening.ways[0].missing[0], why)


def told(opening: Opening) -> Violation:
    """An opening as a violation, with the addresses along its path."""
    way = opening.ways[0]
    facts = (opening.kind, opening.ports, opening.breadth)
    message = f"{opening.ports} from {WORDS[opening.breadth]}, let in by {_shown(_let_in_by(way))}"
    taken = ", ".join(code for code in way.assumptions if code in _TAKEN_FOR_OPEN)
    return violation("", f"{message}; assuming {taken}" if taken else message, facts=facts, evidence=along(way))


def _let_in_by(way: Way) -> Hop:
    """The hop of a way that says who may come; where none does, the last that says anything."""
    said = way.guards or [hop for hop in way.hops if hop.attribute or hop.text]
    return said[-1]


def along(way: Way) -> list[str]:
    """The addresses of the resources along a way, without its endpoint."""
    return list(dict.fromkeys(hop.address for hop in way.hops[1:] if hop.address != way.endpoint.address))


def _shown(hop: Hop) -> str:
    said = f"{hop.address} {hop.attribute}".strip()
    return said if hop.attribute else f"{said}: {hop.text}"


def undetermined(resource: Resource, gap: Missing | Gap, why: str) -> Undetermined:
    """What stops a rule because of something that an analysis could not know."""
    graph = resource.graph
    origin = resource_at(graph, gap.address, resource.snapshot)
    if not origin or not gap.path:
        return Undetermined((), resource, (), f"{why}: it hangs on {gap.address or 'the network'}")
    path = steps_of(gap.path)
    return Undetermined(path, origin, graph.sources_of(origin.node, path), why)
