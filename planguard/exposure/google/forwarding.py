"""Forwarding rules: load balancers that pass packets on as they are, and those that answer themselves.

Source: docs.cloud.google.com/load-balancing/docs/forwarding-rule-concepts (schemes and targets),
docs.cloud.google.com/load-balancing/docs/firewall-rules (whom machines must let in),
docs.cloud.google.com/armor/docs/security-policy-overview (rules by priority).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.access.meant import resources_possible, resources_told
from planguard.exposure.google.assumption import BACKEND_OUTSIDE, PROXY_RELAYS, SOURCE_UNKNOWN, UNKNOWN_VALUE, missing
from planguard.exposure.google.firewall import NOT_GOOGLE, PROBES, Firewalls
from planguard.exposure.google.machine import GROUPS, INSTANCE, Running
from planguard.exposure.model import APPLICATION, GOOGLE, LOAD_BALANCER, Endpoint, Hop, Link, Missing, Way
from planguard.exposure.packets import TCP, Box, Packets, intersect, packets, sources_of, unite
from planguard.exposure.passage import (
    FROM_OUTSIDE,
    OPEN,
    Bounds,
    Passage,
    Rule,
    Span,
    Stage,
    at,
    certain,
    first_match,
    spanned,
    through,
    way_of,
    ways_to,
)
from planguard.exposure.ranges import ANYWHERE, V4_ALL, V6_ALL
from planguard.exposure.reading import (
    blocks_of,
    listed,
    listing,
    near,
    network_span,
    port_span,
    protocol_span,
    setting,
    shown,
    texts,
    told,
    truth,
)
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

RULES = ("google_compute_forwarding_rule", "google_compute_global_forwarding_rule")
_PROXIES = tuple(
    f"google_compute_{where}target_{kind}_proxy"
    for where in ("", "region_")
    for kind in ("http", "https", "tcp", "ssl", "grpc")
)
_MAPS = ("google_compute_url_map", "google_compute_region_url_map")
_BACKENDS = ("google_compute_backend_service", "google_compute_region_backend_service")
_BUCKET = "google_compute_backend_bucket"
_POOL = "google_compute_target_pool"
_INSTANCE_GROUP = "google_compute_instance_group"
_ENDPOINT_GROUPS = ("google_compute_region_network_endpoint_group",)
_SERVERLESS = (
    "google_cloud_run_v2_service", "google_cloud_run_service", "google_cloudfunctions_function",
    "google_cloudfunctions2_function",
)  # fmt: skip


class Front(NamedTuple):
    """What a forwarding rule leads to.

    :ivar pools: target pools and backend services behind it
    :ivar is_proxy: whether something in front answers itself
    """

    rule: Resource
    backends: tuple[Resource, ...]
    is_proxy: bool


def fronts(snapshot: Snapshot) -> list[Front]:
    """The forwarding rules that take packets from the internet."""
    found = []
    for rule in snapshot.all(*RULES):
        scheme = told(rule.effective("load_balancing_scheme", "external"), "external")
        if scheme is None or not scheme.startswith("internal"):
            found.append(_front(rule))
    return found


def _front(rule: Resource) -> Front:
    proxies = [one for kind in _PROXIES for one in near(rule.references(kind, via="target")).items]
    if proxies or rule.type == RULES[1]:
        maps = [
            one for proxy in proxies for kind in _MAPS for one in near(proxy.references(kind, via="url_map")).items
        ]
        backends = [
            one
            for holder in (*proxies, *maps)
            for kind in (*_BACKENDS, _BUCKET)
            for one in near(holder.references(kind)).items
        ]
        return Front(rule, tuple(dict.fromkeys(backends)), True)
    own = [one for kind in _BACKENDS for one in near(rule.references(kind, via="backend_service")).items]
    return Front(rule, (*own, *near(rule.references(_POOL, via="target")).items), False)


def endpoint_of(rule: Resource) -> Endpoint:
    """A forwarding rule as an endpoint."""
    return Endpoint(rule.address, LOAD_BALANCER, GOOGLE)


def forwarding_ways(snapshot: Snapshot, machines: list[Running], firewalls: Firewalls) -> Iterator[Way]:
    """The ways to what answers itself, and through what passes packets on to the machines behind it."""
    by_owner = {one.owner: one for one in machines}
    for front in fronts(snapshot):
        entry = _entry(front.rule)
        if front.is_proxy:
            paths = through(FROM_OUTSIDE, entry, _armour(front))
            yield from (way_of(endpoint_of(front.rule), path) for path in paths)
            yield from _behind_proxy(front, paths, by_owner, firewalls)
            continue
        behind = [(by_owner[one], gap) for one, gap in _members(front).items() if one in by_owner]
        for one, unclear in behind:
            for path in through(
                FROM_OUTSIDE, entry, at(*_between(front)), NOT_GOOGLE, firewalls.admitted(one.machine)
            ):
                yield way_of(one.endpoint, path.possibly(unclear) if unclear else path)
        if not behind:
            gap = missing(BACKEND_OUTSIDE, front.rule.address)
            yield from ways_to(endpoint_of(front.rule), [one.possibly(gap) for one in entry])


def _behind_proxy(
    front: Front, paths: list[Passage], by_owner: dict[Resource, Running], firewalls: Firewalls
) -> Iterator[Way]:
    """The ways on to the machines behind a proxy, which asks them from addresses of its own."""
    into = [path._replace(bounds=Bounds(*map(_from_clients, path.bounds))) for path in paths]
    for backend in front.backends:
        relayed = at(Hop(backend.address), assumptions=(PROXY_RELAYS,))
        for owner, gap in _of_backend(backend).items():
            one = by_owner.get(owner)
            if one is None:
                continue
            admitted = [
                each._replace(bounds=Bounds(*map(_as_proxy, each.bounds))) for each in firewalls.admitted(one.machine)
            ]
            for path in through(into, relayed, admitted):
                yield way_of(one.endpoint, path.possibly(gap) if gap else path)


def _as_proxy(them: Packets) -> Packets:
    """What a machine lets in from proxies, with any client behind them."""
    return unite(tuple(Box(ANYWHERE, box.protocols, box.ports) for box in intersect(them, packets(PROBES, TCP))))


def _from_clients(them: Packets) -> Packets:
    """Who gets to a proxy, to any port: those behind it are other ones."""
    return packets(sources_of(them), TCP)


def _between(front: Front) -> Iterator[Hop]:
    return (Hop(one.address) for one in front.backends[:1])


def _entry(rule: Resource) -> Stage:
    """The packets that a forwarding rule takes."""
    scheme = rule.effective("load_balancing_scheme", "EXTERNAL")
    family = V6_ALL if told(rule.effective("ip_version", "ipv4"), "ipv4") == "ipv6" else V4_ALL
    protocol = rule.effective("ip_protocol", "TCP")
    protocols = protocol_span("all" if told(protocol) in {"l3_default", ""} else protocol)
    ports = listing(rule.effective("port_range", None), rule.effective("ports", None))
    named = texts(ports)
    is_all = truth(rule.effective("all_ports", False)) or (not named and not ports.is_open)
    span = port_span(["*"] if is_all else named, is_open=ports.is_open and not is_all)
    bounds = spanned(Span(family, family), protocols, span)
    hop = Hop(rule.address, "load_balancing_scheme", f"{listed(ports, 'all ports')}, {shown(scheme)}")
    is_sure = bounds.must == bounds.may and not is_unknown(scheme)
    passage = Passage(bounds, (hop,))
    return [passage if is_sure else passage.possibly(missing(UNKNOWN_VALUE, rule.address, "load_balancing_scheme"))]


def _members(front: Front) -> dict[Resource, Missing | None]:
    """The instances and groups behind a front that passes packets on, each with what it hangs on."""
    found: dict[Resource, Missing | None] = {}
    for backend in front.backends:
        if backend.type == _POOL:
            found |= _meant(backend, "instances", (INSTANCE,))
            for kind in GROUPS:
                found |= dict.fromkeys(near(backend.referrers(kind, via="target_pools")).items)
        else:
            found |= _of_backend(backend)
    return found


def _of_backend(backend: Resource) -> dict[Resource, Missing | None]:
    """The groups of a backend service, and the instances of groups that are not managed."""
    found: dict[Resource, Missing | None] = {}
    for kind in GROUPS:
        found |= dict.fromkeys(near(backend.references(kind, via="backend.group")).items)
    for group in near(backend.references(_INSTANCE_GROUP, via="backend.group")).items:
        found |= _meant(group, "instances", (INSTANCE,))
    return found


def _meant(holder: Resource, attribute: str, kinds: tuple[str, ...]) -> dict[Resource, Missing | None]:
    """What an attribute refers to: for certain, or perhaps where the plan does not say which of several it is."""
    sure = [one for kind in kinds for one in near(holder.references(kind, via=attribute)).items]
    found: dict[Resource, Missing | None] = dict.fromkeys(sure)
    told = None if sure else resources_told(holder, attribute)
    if told is not None:
        found |= dict.fromkeys(one for one in told[0] if one.type in kinds)
    elif not sure:
        gap = missing(UNKNOWN_VALUE, holder.address, attribute)
        possible = resources_possible(holder, attribute) or ()
        found |= dict.fromkeys((one for one in possible if one.type in kinds), gap)
    return found


# -- security policies -----------------------------------------------------------------------------------------------


def _armour(front: Front) -> Stage:
    """What the security policies of the backends let through; any backend without one lets in everything."""
    stages: list[Passage] = []
    services = [one for one in front.backends if one.type != _BUCKET]
    for service in services:
        policies = near(service.references("google_compute_security_policy", via="security_policy"))
        value = service.effective("security_policy", None)
        if not policies.items:
            if not is_unknown(value) and not value:
                return OPEN
            gap = missing(
                BACKEND_OUTSIDE, service.address, "security_policy", "the security policy is not in the plan"
            )
            return [OPEN[0].possibly(gap)]
        for policy in policies.items:
            stages += _policy(policy)
    return stages if services and len(services) == len(front.backends) else OPEN


def _policy(policy: Resource) -> list[Passage]:
    entries = blocks_of(policy, "rule")
    separate = near(policy.referrers("google_compute_security_policy_rule", via="security_policy"))
    rules = [_policy_rule(policy, path, block) for path, block in entries.items]
    rules += [_policy_rule(one, "", one.values) for one in separate.items]
    # Without a rule of the lowest priority Google adds one that allows everything.
    found = first_match(rules, left=not any(one.order == _LAST for one in rules))
    if entries.is_open or separate.is_open:
        gap = missing(UNKNOWN_VALUE, policy.address, "rule")
        return [one.possibly(gap) for one in (found or OPEN)]
    return found


_LAST = 2147483647


def _policy_rule(holder: Resource, path: str, block: dict[str, Any]) -> Rule:
    action, priority = told(block.get("action")), block.get("priority")
    if truth(setting(holder, block, "preview", False)) is True:
        return Rule(None, True, Passage(certain(())))  # only written down
    configs = [config for _, config in _inner(block, ("match", "config"))]
    said = listing(*(config.get("src_ip_ranges") for config in configs))
    names = texts(said)
    span = Span(ANYWHERE, ANYWHERE) if "*" in names else network_span(names, is_open=said.is_open)
    gaps = []
    if any(expression for _, expression in _inner(block, ("match", "expr"))):
        span = Span((), ANYWHERE)
        gaps.append(missing(SOURCE_UNKNOWN, holder.address, path, "a rule in the expression language"))
    hop = Hop(holder.address, path or "action", f"{shown(block.get('action'))} from {listed(said, 'some requests')}")
    allows = None if action is None else action in {"allow", "throttle", "rate_based_ban", "redirect"}
    order = None if is_unknown(priority) or priority is None else int(priority)
    return Rule(order, allows, Passage(spanned(span), (hop,), (), tuple(gaps), (hop,)))


def _inner(block: dict[str, Any], names: tuple[str, ...]) -> Iterator[tuple[str, dict[str, Any]]]:
    found = [block]
    for name in names:
        found = [one for some in found for one in listing(some.get(name)).items if one]
    return ((names[-1], one) for one in found)


# -- links -----------------------------------------------------------------------------------------------------------


def forwarding_links(snapshot: Snapshot, machines: list[Running], firewalls: Firewalls) -> Iterator[Link]:
    """From what answers itself to what stands behind it."""
    by_owner = {one.owner: one for one in machines}
    for front in fronts(snapshot):
        if not front.is_proxy:
            continue
        for backend in front.backends:
            yield from _bucket_link(front, backend)
            for owner in _of_backend(backend):
                if owner in by_owner:
                    yield from _machine_links(front, backend, by_owner[owner], firewalls)
            for group in (one for kind in _ENDPOINT_GROUPS for one in near(backend.references(kind)).items):
                for kind in _SERVERLESS:
                    for service in near(group.references(kind)).items:
                        target = Endpoint(service.address, APPLICATION if "run" in kind else "function", GOOGLE)
                        hops = (
                            Hop(front.rule.address),
                            Hop(backend.address),
                            Hop(group.address),
                            Hop(service.address),
                        )
                        yield Link(front.rule.address, target, packets(ANYWHERE, TCP, ((443, 443),)), hops)


def _bucket_link(front: Front, backend: Resource) -> Iterator[Link]:
    if backend.type == _BUCKET:
        for bucket in near(backend.references("google_storage_bucket", via="bucket_name")).items:
            hops = (Hop(front.rule.address), Hop(backend.address, "bucket_name"), Hop(bucket.address))
            target = Endpoint(bucket.address, "storage", GOOGLE)
            yield Link(front.rule.address, target, packets(ANYWHERE, TCP, ((443, 443),)), hops)


def _machine_links(front: Front, backend: Resource, one: Running, firewalls: Firewalls) -> Iterator[Link]:
    start: Stage = [Passage(certain(packets(PROBES, TCP)), (Hop(front.rule.address), Hop(backend.address)))]
    for path in through(start, firewalls.admitted(one.machine)):
        hops = (*path.hops, Hop(one.endpoint.address))
        yield Link(
            front.rule.address, one.endpoint, path.bounds.must or path.bounds.may, hops, bool(path.bounds.must)
        )
