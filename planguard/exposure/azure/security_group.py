"""Network security groups: what their rules let in to a machine.

Rules are asked by priority, the lowest first, and the first that matches decides; behind them stand the default rules
65000 (virtual network), 65001 (load balancer) and 65500 (refuse all).

Source: learn.microsoft.com/azure/virtual-network/network-security-groups-overview, and the documentation of
``azurerm_network_security_group`` and ``azurerm_network_security_rule``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.azure.assumption import (
    DESTINATION_UNKNOWN,
    MACHINES_UNKNOWN,
    NETWORK_OUTSIDE,
    PEER_RULES,
    SERVICE_TAG,
    UNKNOWN_VALUE,
    missing,
)
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import EVERYTHING
from planguard.exposure.passage import Bounds, Passage, Rule, Span, certain, first_match, spanned
from planguard.exposure.ranges import (
    ANYWHERE,
    EMPTY,
    PUBLIC,
    Ranges,
    difference,
    intersection,
    parse_network,
    ranges_of,
    union,
)
from planguard.exposure.reading import (
    Listing,
    Near,
    blocks_of,
    listing,
    near,
    port_span,
    protocol_span,
    shown,
    texts,
    told,
)
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

GROUP = "azurerm_network_security_group"
RULE = "azurerm_network_security_rule"
MACHINES = "azurerm_application_security_group"
PRIVATE: Ranges = ranges_of(
    pair for text in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7") for pair in parse_network(text)
)
_ANYONE = {"*", "any", "/0", "<nw>/0"}
_ANY_DESTINATION = {"*", "any", "virtualnetwork", "0.0.0.0/0", "::/0"}


class Target(NamedTuple):
    """For whom a group is asked.

    :ivar addresses: where its private address lies; empty when nobody can say
    :ivar space: the addresses of its virtual network; empty when nobody can say
    :ivar machines: the application security groups that it is in
    """

    addresses: Ranges = EMPTY
    space: Ranges = EMPTY
    machines: Near = Near()


class Entry(NamedTuple):
    """One rule of a group, and the resource and path at which it stands."""

    holder: Resource
    path: str
    block: dict[str, Any]


def entries_of(group: Resource) -> tuple[list[Entry], bool]:
    """The rules of a group, inline and separate, and whether there may be others.

    The provider reads separate rules back into the group's own attribute: there they are left out, those of the other
    snapshot too, so that a rule that is deleted is gone.
    """
    separate = near(group.referrers(RULE, via="network_security_group_name"))
    inline = blocks_of(group, "security_rule")
    mirrored = {str(one.get("name")).lower() for one in (*separate.items, *_others(group)) if _is_named(one)}
    found = [Entry(one, "", one.values) for one in separate.items]
    for path, block in inline.items:
        if shown(block.get("name")).lower() not in mirrored:
            found.append(Entry(group, path, block))
    return found, inline.is_open or separate.is_open


def _is_named(rule: Resource) -> bool:
    return not is_unknown(rule.get("name"))


def _others(group: Resource) -> tuple[Resource, ...]:
    other = group.in_other_snapshot()
    return near(other.referrers(RULE, via="network_security_group_name")).items if other is not None else ()


def admitted_by(group: Resource, target: Target) -> list[Passage]:
    """What the rules of a group let in to a machine, from everywhere, one passage for each rule that does."""
    entries, is_open = entries_of(group)
    rules = [rule for entry in entries for rule in _rule_of(entry, target)]
    rules += _default_rules(group, target)
    found = first_match(rules)
    if is_open:
        gap = missing(PEER_RULES, group.address, "security_rule")
        hop = Hop(group.address, "security_rule", "rules that are not known yet")
        return [one.possibly(gap) for one in found] + [Passage(Bounds((), EVERYTHING), (hop,), (), (gap,), (hop,))]
    return found


def _default_rules(group: Resource, target: Target) -> Iterator[Rule]:
    inside = Hop(group.address, "", "default rule AllowVnetInBound")
    gap = missing(NETWORK_OUTSIDE, group.address, "", "which networks are joined to this one is not all known")
    yield Rule(65000, True, Passage(spanned(_network_tag(target)), (inside,), (), (gap,), (inside,)))
    yield Rule(65500, False, Passage(certain(EVERYTHING)))


def _network_tag(target: Target) -> Span:
    """The tag VirtualNetwork: the network's own addresses, and those of all that are joined to it."""
    return Span(target.space, union(target.space, PRIVATE))


def _rule_of(entry: Entry, target: Target) -> Iterator[Rule]:
    holder, path, block = entry
    direction, access = told(block.get("direction")), told(block.get("access"))
    if direction == "outbound":
        return
    if access == "deny" and not _is_any_port(block, "source_port"):
        return  # whoever sends may choose a port that it does not match
    sources, gaps = _sources(entry, target)
    ports = listing(block.get("destination_port_range"), block.get("destination_port_ranges"))
    bounds = spanned(
        sources, protocol_span(block.get("protocol")), port_span(texts(ports), is_open=ports.is_open)
    )  # fmt: skip
    matched, more = _destined(entry, target, bounds)
    allows = None if direction is None or access is None else access == "allow"
    gaps += more
    if allows is None or is_unknown(block.get("priority")) or ports.is_open or is_unknown(block.get("protocol")):
        gaps.append(missing(UNKNOWN_VALUE, holder.address, path))
    hop = Hop(holder.address, path or "access", shown_rule(block))
    priority = block.get("priority")
    order = None if is_unknown(priority) or priority is None else int(priority)
    yield Rule(order, allows, Passage(matched, (hop,), (), tuple(gaps), (hop,)))


def _is_any_port(block: dict[str, Any], side: str) -> bool:
    found = listing(block.get(f"{side}_range"), block.get(f"{side}_ranges"))
    return found.is_open or any(text in {"*", "0-65535"} for text in texts(found)) or not found.items


def _sources(entry: Entry, target: Target) -> tuple[Span, list[Missing]]:
    found = listing(entry.block.get("source_address_prefix"), entry.block.get("source_address_prefixes"))
    gaps: list[Missing] = []
    low: Ranges = EMPTY
    high: Ranges = ANYWHERE if found.is_open else EMPTY
    if found.is_open:
        gaps.append(missing(UNKNOWN_VALUE, entry.holder.address, _below(entry, "source_address_prefix")))
    for text in texts(found):
        span, is_tag = _source(text, target)
        low, high = union(low, span.low), union(high, span.high)
        if is_tag:
            gaps.append(missing(SERVICE_TAG, entry.holder.address, _below(entry, "source_address_prefix")))
    machines = listing(entry.block.get("source_application_security_group_ids"))
    if machines.items or machines.is_open:
        high = union(high, union(target.space, PRIVATE))  # machines of the network, never the internet
    return Span(low, high), gaps


def _source(text: str, target: Target) -> tuple[Span, bool]:
    lowered = text.strip().lower()
    if lowered in _ANYONE:
        return Span(ANYWHERE, ANYWHERE), False
    if lowered == "internet":
        return Span(PUBLIC, PUBLIC), False
    if lowered == "virtualnetwork":
        return _network_tag(target), False
    if lowered == "azureloadbalancer":
        return Span(), False  # the probes of Azure's balancers, where nobody else comes from
    try:
        found = parse_network(lowered)
    except ValueError:
        return Span(EMPTY, PUBLIC), True
    return Span(found, found), False


def _destined(entry: Entry, target: Target, bounds: Bounds) -> tuple[Bounds, list[Missing]]:
    """What of the packets of a rule goes to this machine."""
    machines = listing(entry.block.get("destination_application_security_group_ids"))
    if machines.items or machines.is_open:
        return _to_machines(entry, target, bounds, machines)
    found = listing(entry.block.get("destination_address_prefix"), entry.block.get("destination_address_prefixes"))
    gap = missing(DESTINATION_UNKNOWN, entry.holder.address, _below(entry, "destination_address_prefix"))
    wanted: Ranges = EMPTY
    is_open = found.is_open
    for text in texts(found):
        if text.strip().lower() in _ANY_DESTINATION:
            return bounds, []
        try:
            wanted = union(wanted, parse_network(text))
        except ValueError:
            is_open = True
    if not is_open and not found.items:
        return bounds, []
    if target.addresses and not difference(target.addresses, wanted):
        return bounds, []
    if target.addresses and not is_open and not intersection(target.addresses, wanted):
        return Bounds(), []
    return bounds.possible, [gap]


def _to_machines(entry: Entry, target: Target, bounds: Bounds, named: Listing) -> tuple[Bounds, list[Missing]]:
    attribute = _below(entry, "destination_application_security_group_ids")
    # Of inline rules the configuration keeps no more than what all of them together refer to.
    via = "security_rule" if entry.path else attribute
    meant = near(entry.holder.references(MACHINES, via=via))
    own = {one.address for one in target.machines.items}
    is_shared = bool(entry.path) and len(meant.items) > 1  # inline: the rules are not told apart
    ids = {text.lower() for text in texts(named)}
    known = {one.address for one in meant.items if shown(one.get("id")).lower() in ids}
    if own & (known if known and not named.is_open else {one.address for one in meant.items}):
        if is_shared and not known:
            return bounds.possible, [missing(MACHINES_UNKNOWN, entry.holder.address, attribute)]
        return bounds, []
    if meant.items and not meant.is_open and not target.machines.is_open:
        return Bounds(), []
    if not meant.items and not own and not target.machines.is_open:
        return Bounds(), []
    return bounds.possible, [missing(MACHINES_UNKNOWN, entry.holder.address, attribute)]


def _below(entry: Entry, attribute: str) -> str:
    """Where the rule says so: the attribute for several where the one for a single value is empty."""
    value = entry.block.get(attribute)
    if not is_unknown(value) and not value and f"{attribute}es" in entry.block:
        attribute = f"{attribute}es"
    return f"{entry.path}.{attribute}" if entry.path else attribute


def shown_rule(block: dict[str, Any]) -> str:
    """A rule for a person: ``allow 22/tcp from *``."""
    ports = _shown_list(block, "destination_port_range", "destination_port_ranges")
    sources = _shown_list(block, "source_address_prefix", "source_address_prefixes")
    protocol = shown(block.get("protocol")).lower()
    what = f"{ports}/{'any protocol' if protocol == '*' else protocol}"
    return f"{shown(block.get('access')).lower()} {what} from {sources or 'application security groups'}"


def _shown_list(block: dict[str, Any], *names: str) -> str:
    found = listing(*(block.get(name) for name in names))
    said = [str(one) for one in found.items if one != ""]
    return ", ".join([*sorted(said), *(["what is not known yet"] if found.is_open else [])])
