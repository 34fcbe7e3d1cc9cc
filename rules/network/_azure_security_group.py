"""The rules of an Azure network security group: whom they let in or out, and what comes before them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from ipaddress import ip_interface
from typing import Any

from planguard import Resource, Violation, is_unknown

from .._satellite import is_left_to_provider
from ._ranges import all_hold, is_world, ports_of, shown_ports
from ._stepping_back import weighed

GROUP = "azurerm_network_security_group"
RULE = "azurerm_network_security_rule"
# "*" is any address; Internet is the service tag for all public ones. Azure takes enumerations and tags in any case.
# learn.microsoft.com/azure/virtual-network/network-security-groups-overview
# 0.0.0.0 and /0 are what people write for it as well; Azure's own policy definitions count them.
_ANYONE = ("*", "any", "internet", "0.0.0.0", "/0", "<nw>/0")  # noqa: S104 - as the CIS benchmark has them
_TCP = ("tcp", "*")
_MACHINES = "destination_application_security_group_ids"
Entry = dict[str, Any]
Test = tuple[Any, Callable[[Any], object]]


def open_ports(resource: Resource, port: int) -> Iterator[Violation]:
    """The rules of a group that let everyone at a TCP port."""
    for path, entry in entries(resource):
        ports = _ports(entry)
        if all_hold(
            *_matches(entry, "allow", _TCP),
            (sources(entry), first_world),
            (ports, lambda ports: any(_holding(ports, port))),
        ):
            found = _reached(resource, entry, port)
            attribute, text = next(_holding(ports, port))
            if found:
                place = f"{path}.{attribute}" if path else attribute
                yield weighed(resource, place, f"{shown_ports(text, [port])} from {found}")


def _reached(resource: Resource, entry: Entry, port: int) -> str:
    """The source through which everyone reaches a port, although other rules deny; empty where there is none."""
    denied = _denied(resource, entry, port)
    return next((source for _, source in texts(sources(entry)) if _families(source) - denied), "")


def _denied(resource: Resource, entry: Entry, port: int) -> set[int]:
    """The IP versions over which a rule that comes first denies a port to everyone."""
    denied: set[int] = set()
    for other in _neighbours(resource):
        if all_hold(
            *_matches(other, "deny", _TCP),
            (_ports(other), lambda ports: any(_holding(ports, port))),
            *_comes_first(other, entry),
        ):
            denied |= _shut(other)
    return denied


def is_shut(resource: Resource, entry: Entry) -> bool:
    """Whether a rule that comes first denies everything to everyone that an entry lets in."""
    denied: set[int] = set()
    for other in _neighbours(resource):
        if all_hold(
            *_matches(other, "deny", ("*", _low(entry["protocol"]))),
            (other.get("destination_port_range"), lambda ports: bool(ports == "*")),
            *_comes_first(other, entry),
        ):
            denied |= _shut(other)
    return denied >= {family for _, source in texts(sources(entry)) for family in _families(source)}


def _comes_first(other: Entry, entry: Entry) -> list[Test]:
    return [
        (other.get("priority"), lambda priority: bool(priority < entry["priority"])),
        (other.get("source_port_range"), lambda ports: bool(ports == "*")),
        (
            _goals(other),
            lambda goals: _low(goals.get("destination_address_prefix", "")) in _ANYONE or goals == _goals(entry),
        ),
    ]


def _shut(other: Entry) -> set[int]:
    return {family for _, source in texts(sources(other)) for family in _families(source, whole=True)}


def entries(resource: Resource) -> Iterator[tuple[str, Entry]]:
    """Each rule of a group with its path, or a separate rule itself."""
    if resource.type == RULE:
        yield "", resource.values
    # Without inline rules a new group begins with Azure's own, which let nothing in from the Internet.
    elif not is_left_to_provider(resource, "security_rule"):
        yield from resource.blocks("security_rule")


def _neighbours(resource: Resource) -> Iterator[Entry]:
    """All rules of the group. The provider allows inline rules or separate ones in a group, not both."""
    if resource.type == GROUP:
        yield from (entry for _, entry in resource.blocks("security_rule"))
        return
    for other in _in_same_group(resource):
        if _low(other.get("access")) == "deny":
            yield other.values


def _in_same_group(separate: Resource) -> list[Resource]:
    """The separate rules of a group; where the group is not in this plan, those that name the same one."""
    if not separate.others(RULE, access="Deny"):
        return []  # none that matters, whatever its group is
    for group in list.__iter__(separate.references(GROUP)):
        return group.referrers(RULE)
    where, name = separate.get("resource_group_name"), separate.get("network_security_group_name")
    return separate.others(RULE, resource_group_name=where, network_security_group_name=name)


def passes(entry: Entry, direction: str) -> list[Test]:
    """The tests that hold for a rule that lets something through in a direction."""
    return [
        (entry.get("access"), lambda found: _low(found) == "allow"),
        (entry.get("direction"), lambda found: _low(found) == direction),
    ]


def _matches(entry: Entry, access: str, protocols: tuple[str, ...]) -> list[Test]:
    return [
        (entry.get("access"), lambda found: _low(found) == access),
        (entry.get("direction"), lambda found: _low(found) == "inbound"),
        (entry.get("protocol"), lambda found: _low(found) in protocols),
    ]


def sources(entry: Entry) -> dict[str, Any]:
    """Where the traffic comes from, by attribute."""
    return {name: entry.get(name) for name in ("source_address_prefix", "source_address_prefixes")}


def targets(entry: Entry) -> dict[str, Any]:
    """Where the traffic goes to, by attribute."""
    return {name: entry.get(name) for name in ("destination_address_prefix", "destination_address_prefixes")}


def _goals(entry: Entry) -> dict[str, Any]:
    """What a rule says of where the traffic goes to: addresses, or application security groups."""
    found = {**targets(entry), _MACHINES: entry.get(_MACHINES)}
    return {name: value for name, value in found.items() if is_unknown(value) or value}


def _ports(entry: Entry) -> dict[str, Any]:
    return {name: entry.get(name) for name in ("destination_port_range", "destination_port_ranges")}


def shown(entry: Entry) -> str:
    """Ports and protocol of a rule for a message: ``8080, 9000-9100/tcp``, ``all ports, any protocol``."""
    ports = ", ".join(sorted(str(text) for _, text in texts(_ports(entry)))) or "*"
    protocol = _low(entry["protocol"])
    if ports == "*":
        return f"all ports, {protocol if protocol.strip('*') else 'any protocol'}"
    return f"{ports}/{protocol.strip('*') or 'any protocol'}"


def is_https_only(entry: Entry) -> bool:
    """Whether a rule speaks of port 443 alone: what is meant for the public."""
    ports = [text for _, text in texts(_ports(entry))]
    return bool(ports) and all(text == "443" for text in ports)


def texts(attributes: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """The values of a singular and a plural attribute, the known ones first."""
    for name, value in sorted(attributes.items(), key=lambda one: is_unknown(one[1])):
        for text in [value] if isinstance(value, str) else value or ():
            if text:
                yield name, text


def first_world(attributes: dict[str, Any]) -> str:
    """The first of the ranges that is everyone; empty where there is none."""
    return next((text for _, text in texts(attributes) if _families(text)), "")


def _holding(ports: dict[str, Any], port: int) -> Iterator[tuple[str, str]]:
    """The attributes and texts that name a port, alone or in a range."""
    return ((attribute, text) for attribute, text in texts(ports) if _holds(text, port))


def _holds(text: str, port: int) -> bool:
    try:
        first, last = ports_of(text)
    except ValueError:  # no port: Azure refuses the rule
        return False
    return first <= port <= last


def _families(source: str, *, whole: bool = False) -> set[int]:
    """The IP versions over which a source is everyone."""
    if _low(source) in _ANYONE:
        return {4, 6}
    if not is_world(source) or (whole and not source.endswith("/0")):
        return set()
    return {ip_interface(source.strip()).version}


def _low(text: str) -> str:
    return text.lower()
