"""What Google VPC firewall rules let in from, and out to, the whole Internet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Resource, Violation, violation

from ._ranges import all_hold, is_world, ports_of
from ._stepping_back import weighed

# IANA protocol numbers stand for the names.
_PROTOCOLS = {"1": "icmp", "6": "tcp", "17": "udp", "50": "esp", "51": "ah", "132": "sctp"}
_NUMBERED = ("tcp", "udp", "sctp", "all")
_LAST = 65535


@dataclass(frozen=True)
class Ports:
    """Ports of a protocol, or a protocol that has none.

    :ivar protocol: its name in lower case, ``all`` for every one
    """

    protocol: str
    first: int = 0
    last: int = _LAST

    def __contains__(self, port: int) -> bool:
        return self.first <= port <= self.last

    @property
    def are_numbered(self) -> bool:
        """Whether the protocol has ports."""
        return self.protocol in _NUMBERED

    def __str__(self) -> str:
        if self.protocol == "all":
            return "everything"
        if not self.are_numbered:
            return self.protocol
        if is_everything(self):
            return f"all ports/{self.protocol}"
        return f"{self.first if self.first == self.last else f'{self.first}-{self.last}'}/{self.protocol}"


@dataclass(frozen=True)
class Opening:
    """Ports that are open to the Internet, where it stands, and the range that holds the Internet."""

    firewall: Resource
    path: str
    ports: Ports
    source: str

    def violation(self, port: int = 0) -> Violation:
        """Say so; with the port that matters where the opening is wider than that."""
        narrow = not port or self.ports.first == self.ports.last
        return weighed(self.firewall, self.path, f"{self.ports}{'' if narrow else f' ({port})'} from {self.source}")


Wanted = Callable[[Ports], bool]


def everything(_: Ports) -> bool:
    """Any ports and any protocol."""
    return True


def is_everything(ports: Ports) -> bool:
    """Whether a protocol is open as a whole. Nothing listens at port 0."""
    return ports.are_numbered and ports.first <= 1 and ports.last >= _LAST


def single(port: int, *protocols: str) -> Wanted:
    """Whether one port is among those that are open."""
    return lambda ports: ports.protocol in ("all", *protocols) and port in ports


def openings(firewall: Resource, wanted: Wanted) -> Iterator[Opening]:
    """What of the wanted ports is open to everyone.

    Tags and service accounts of the source are left aside: they add to the ranges and do not narrow them.
    """
    sources = firewall.get("source_ranges", ())
    for path, block in firewall.blocks("allow"):
        if all_hold(
            # Provider documentation: ingress by default, and enabled.
            (firewall.effective("direction", "INGRESS"), lambda direction: bool(direction == "INGRESS")),
            (firewall.get("disabled", False), lambda disabled: not disabled),
            (sources, lambda sources: any(map(is_world, sources))),
            (block, lambda block: any(map(wanted, _ports(block)))),
        ):
            source = next(filter(is_world, sources))
            for ports in filter(wanted, _ports(block)):
                yield Opening(firewall, f"{path}.ports", ports, source)


def open_egress(firewall: Resource) -> Iterator[Violation]:
    """A violation for each block that lets machines out to everywhere."""
    # cloud.google.com/firewall/docs/firewalls#sources_or_destinations: without a destination, any
    ranges = firewall.effective("destination_ranges", ("0.0.0.0/0",))
    for path, block in firewall.blocks("allow"):
        if all_hold(
            (firewall.effective("direction", "INGRESS"), lambda direction: bool(direction == "EGRESS")),
            (firewall.get("disabled", False), lambda disabled: not disabled),
            (ranges, lambda ranges: any(map(is_world, ranges))),
        ):
            destination = next(one for one in ranges if is_world(one))
            for ports in _ports(block):
                yield violation(f"{path}.ports", f"{ports} to {destination}")


def _ports(block: dict[str, Any]) -> Iterator[Ports]:
    """Protocol and ports of a block; without ports, it is about all of them."""
    name = block["protocol"].lower()
    protocol = _PROTOCOLS.get(name, name)
    texts = block.get("ports")
    if not texts:
        yield Ports(protocol)
        return
    for text in texts:
        yield Ports(protocol, *ports_of(text))
