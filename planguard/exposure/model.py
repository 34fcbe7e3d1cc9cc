"""What is known of exposure: endpoints, the ways to them, and the links between them.

A *way* leads from outside to one endpoint: the packets that must get through, those that may, and the hops of the
path with the address and attribute that let them pass. A *link* leads from one resource of the plan to another.
"""

from __future__ import annotations

from msgspec import Struct

from planguard.exposure.packets import Packets

AWS, AZURE, GOOGLE, KUBERNETES = "aws", "azure", "google", "kubernetes"

COMPUTE = "compute"
FUNCTION = "function"
APPLICATION = "application"
LOAD_BALANCER = "load-balancer"
DATABASE = "database"
CACHE = "cache"
SEARCH = "search"
CONTROL_PLANE = "control-plane"
STORAGE = "storage"
MESSAGING = "messaging"
ENDPOINT_KINDS = (
    COMPUTE, FUNCTION, APPLICATION, LOAD_BALANCER, DATABASE, CACHE, SEARCH, CONTROL_PLANE, STORAGE, MESSAGING,
)  # fmt: skip


class Endpoint(Struct, frozen=True, order=True):
    """Something that answers.

    :ivar address: the resource in the plan
    :ivar kind: one of :data:`ENDPOINT_KINDS`
    """

    address: str
    kind: str
    provider: str


class Hop(Struct, frozen=True, order=True):
    """One step of a path, from outside inwards.

    :ivar address: the resource that lets packets pass; ``internet`` for the first
    :ivar attribute: the attribute of it that does, with its index: ``ingress[0].cidr_blocks``
    :ivar text: what it says there, for a person: ``443/tcp from 0.0.0.0/0``
    """

    address: str
    attribute: str = ""
    text: str = ""


class Missing(Struct, frozen=True, order=True):
    """What nobody can say yet, and a path hangs on.

    :ivar code: one of the codes that docs/exposure.md explains
    """

    code: str
    address: str
    path: str = ""
    text: str = ""


class Way(Struct, frozen=True):
    """One way from outside to an endpoint, in one snapshot.

    :ivar must: the packets that get there for certain (under the assumptions)
    :ivar may: the packets that may get there; holds all of ``must``
    :ivar hops: from ``internet`` to the endpoint
    :ivar assumptions: codes that docs/exposure.md explains, sorted
    :ivar missing: what is not known, where ``may`` is more than ``must``
    :ivar guards: the single rules (address and attribute) that let its packets in: when there is one, nothing else
        protects the endpoint
    """

    endpoint: Endpoint
    must: Packets
    may: Packets
    hops: tuple[Hop, ...]
    assumptions: tuple[str, ...] = ()
    missing: tuple[Missing, ...] = ()
    guards: tuple[Hop, ...] = ()


class Link(Struct, frozen=True):
    """One resource of the plan can reach another.

    :ivar source: the address of the resource from which packets come
    :ivar packets: which ones; their source addresses say nothing
    :ivar is_certain: whether it holds whatever the unknown turns out to be
    """

    source: str
    target: Endpoint
    packets: Packets
    hops: tuple[Hop, ...] = ()
    is_certain: bool = True


class Network(Struct, frozen=True):
    """Everything that one cloud's reading of a snapshot gives.

    :ivar endpoints: all endpoints, whether something reaches them or not
    :ivar gaps: what could not be read at all
    """

    endpoints: tuple[Endpoint, ...] = ()
    ways: tuple[Way, ...] = ()
    links: tuple[Link, ...] = ()
    gaps: tuple[Missing, ...] = ()


NO_NETWORK = Network()
