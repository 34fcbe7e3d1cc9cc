"""Firewall rules of VPC networks and firewall policies: what they let in to a machine.

Rules are asked by priority, the lowest number first; of one priority those that deny come first; behind all stands
the implied rule that denies. Policies of folders and the organisation come before a network's own rules, network
policies behind them, unless the network turns that order round.

Source: docs.cloud.google.com/firewall/docs/firewalls (rule components, implied and pre-populated rules),
docs.cloud.google.com/firewall/docs/firewall-policies-rule-eval-order.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from planguard.exposure.google.assumption import (
    HIERARCHICAL_OUTSIDE,
    NETWORK_OUTSIDE,
    ONLY_THESE_RULES,
    POLICY_SCOPE,
    PRESET_RULES,
    SOURCE_UNKNOWN,
    TARGET_UNKNOWN,
    UNKNOWN_VALUE,
    missing,
)
from planguard.exposure.model import Hop, Missing
from planguard.exposure.packets import EVERYTHING, TCP, packets, subtract
from planguard.exposure.passage import Bounds, Passage, Rule, Span, Stage, at, certain, first_match, spanned
from planguard.exposure.ranges import ANYWHERE, V4_ALL, Ranges, difference, parse_network, ranges_of, union
from planguard.exposure.reading import (
    Listing,
    Near,
    block_of,
    blocks_of,
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

NETWORK = "google_compute_network"
SUBNETWORK = "google_compute_subnetwork"
ACCOUNT = "google_service_account"
PROBES: Ranges = ranges_of(pair for text in ("35.191.0.0/16", "130.211.0.0/22") for pair in parse_network(text))
"""Where Google's proxies and health checks come from (docs.cloud.google.com/load-balancing/docs/firewall-rules)."""
_IDENTITY_PROXY = parse_network("35.235.240.0/20")
"""Where the Identity-Aware Proxy comes from, which asks IAM (docs.cloud.google.com/iap/docs/using-tcp-forwarding)."""
NOT_GOOGLE: Stage = at(bounds=certain(packets(difference(ANYWHERE, union(PROBES, _IDENTITY_PROXY)))))
"""All but what Google's own proxies send: nobody on the internet comes from there."""
_FIREWALL = "google_compute_firewall"
_NETWORK_POLICIES = (
    ("google_compute_network_firewall_policy", 3),
    ("google_compute_region_network_firewall_policy", 4),
)
_HIERARCHICAL = ("google_compute_firewall_policy", 0)
_VPC_LEVEL = 2
_BEFORE = -2
"""How far a network policy moves when the network asks it before its own rules."""
_DEFAULT = "default"
_LEVEL = 1 << 20


class Attached(NamedTuple):
    """A network as machines and rules name it.

    :ivar key: the address of the network in the plan, or its name; empty when nobody can say
    :ivar resource: the network, when it is in the plan
    """

    key: str = ""
    resource: Resource | None = None


class Machine(NamedTuple):
    """What firewall rules choose machines by."""

    network: Attached
    tags: Listing = Listing()
    accounts: Listing = Listing()
    account_refs: Near = Near()


class Ruled(NamedTuple):
    """One rule, whichever kind it is, before it is known for which machine it is asked."""

    rule: Rule
    level: int
    tags: Listing
    accounts: Listing
    account_refs: Near
    is_next: bool = False


def network_named(holder: Resource, *paths: str) -> Attached:
    """The network that an attribute names, directly or through a subnetwork; the first that says anything."""
    for path in paths:
        for kind in (NETWORK, f"data.{NETWORK}"):
            for network in near(holder.references(kind, via=path)).items:
                return Attached(network.address, network if kind == NETWORK else None)
        for kind in (SUBNETWORK, f"data.{SUBNETWORK}"):
            for subnet in near(holder.references(kind, via=path)).items:
                found = network_named(subnet, "network")
                if found.key:
                    return found
    for path in paths:
        value = _plain_value(holder, path)
        if value and "subnetworks/" not in value and not path.endswith(("subnetwork", "subnet")):
            return Attached(value.rsplit("/", 1)[-1])
    return Attached()


def _plain_value(holder: Resource, path: str) -> str:
    parent, _, name = path.rpartition(".")
    blocks = [block for _, block in blocks_of(holder, parent).items] if parent else [holder.values]
    return next((str(one[name]) for one in blocks if not is_unknown(one.get(name)) and one.get(name)), "")


class Firewalls:
    """All firewall rules of a snapshot, by network."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._rules: dict[str, list[Ruled]] = {}
        self._everywhere: list[Ruled] = []
        self._admitted: dict[Machine, list[Passage]] = {}
        for firewall in snapshot.all(_FIREWALL):
            found = list(_vpc_rules(firewall))
            if found:
                self._rules.setdefault(network_named(firewall, "network").key, []).extend(found)
        for kind, level in _NETWORK_POLICIES:
            for link in snapshot.all(f"{kind}_association"):
                self._attach(kind, level, link)
        kind, level = _HIERARCHICAL
        for rule in snapshot.all(f"{kind}_rule"):
            self._everywhere += [_possible(one) for one in _policy_rules(rule, level)]

    def _attach(self, kind: str, level: int, link: Resource) -> None:
        network = network_named(link, "attachment_target")
        is_first = network.resource is not None and (
            told(network.resource.effective("network_firewall_policy_enforcement_order", ""))
            == "before_classic_firewall"
        )
        place = level + _BEFORE if is_first else level
        for policy in near(link.references(kind, via="firewall_policy")).items:
            for rule in near(policy.referrers(f"{kind}_rule", via="firewall_policy")).items:
                self._rules.setdefault(network.key, []).extend(_policy_rules(rule, place))

    def admitted(self, machine: Machine) -> list[Passage]:
        """What gets to a machine, from everywhere, one passage for each rule that lets it; worked out once."""
        kept = self._admitted.get(machine)
        if kept is None:
            kept = self._admitted[machine] = self._admit(machine)
        return kept

    def _admit(self, machine: Machine) -> list[Passage]:
        network = machine.network
        named = [*self._everywhere, *self._rules.get(network.key, ())]
        if network.key:
            named += [_of_unknown_network(one) for one in self._rules.get("", ())]
        rules = [found for one in named if (found := _for_machine(one, machine)) is not None]
        taken = (HIERARCHICAL_OUTSIDE, *(() if _is_new(network) else (ONLY_THESE_RULES,)))
        if network.resource is None:
            return _outside(rules, network, taken)
        return [_assuming(one, taken) for one in first_match(_ordered(rules))]


def _is_new(network: Attached) -> bool:
    return network.resource is not None and network.resource.is_created


def _assuming(passage: Passage, taken: tuple[str, ...]) -> Passage:
    return passage._replace(assumptions=(*passage.assumptions, *taken))


def _outside(rules: list[Ruled], network: Attached, taken: tuple[str, ...]) -> list[Passage]:
    """A network that is not in the plan: the default one has its preset rules; of another nobody knows them all."""
    if network.key == _DEFAULT:
        preset = [Ruled(one, _VPC_LEVEL, Listing(), Listing(), Near()) for one in _preset_rules()]
        return [_assuming(one, taken) for one in first_match(_ordered([*rules, *preset]))]
    gap = missing(NETWORK_OUTSIDE, network.key)
    known = [_assuming(one.possibly(gap), taken) for one in first_match(_ordered(rules))]
    return [
        *known,
        Passage(Bounds((), EVERYTHING), (Hop(network.key, "", "firewall rules outside the plan"),), taken, (gap,)),
    ]


def _preset_rules() -> Iterator[Rule]:
    """The rules of a project's default network: default-allow-ssh, -rdp, -icmp and -internal."""
    for name, protocols, ports in (("ssh", TCP, "22"), ("rdp", TCP, "3389"), ("icmp", ((1, 1),), "*")):
        hop = Hop("default", "", f"preset rule default-allow-{name}")
        bounds = certain(packets(V4_ALL, protocols, port_span([ports]).low))
        yield Rule(65534, True, Passage(bounds, (hop,), (PRESET_RULES,)))
    hop = Hop("default", "", "preset rule default-allow-internal")
    yield Rule(65534, True, Passage(certain(packets(parse_network("10.128.0.0/9"))), (hop,), (PRESET_RULES,)))


def _ordered(rules: Iterable[Ruled]) -> list[Rule]:
    """All rules in one order: level by level, and what a rule hands on to the next level is taken from its own."""
    found: list[Rule] = []
    levels: dict[int, list[Ruled]] = {}
    for one in rules:
        levels.setdefault(one.level, []).append(one)
    for level in sorted(levels):
        passed_on = [one.rule for one in levels[level] if one.is_next]
        found += [_less_passed_on(one.rule, passed_on, level) for one in levels[level] if not one.is_next]
    return found


def _less_passed_on(rule: Rule, passed_on: list[Rule], level: int) -> Rule:
    must, may = rule.passage.bounds
    for one in passed_on:
        if rule.order is None or one.order is None or one.order <= rule.order:
            must = subtract(must, one.passage.bounds.may)
            if one.order is not None and rule.order is not None:
                may = subtract(may, one.passage.bounds.must)
    order = None if rule.order is None else level * _LEVEL + rule.order
    return rule._replace(order=order, passage=rule.passage._replace(bounds=Bounds(must, may)))


def _for_machine(one: Ruled, machine: Machine) -> Ruled | None:
    """A rule as it is for one machine; None where it is for others."""
    tags, accounts, refs = one.tags, one.accounts, one.account_refs
    if not (tags.items or tags.is_open or accounts.items or accounts.is_open):
        return one
    named = {*texts(tags)} & {*texts(machine.tags)} or {*texts(accounts)} & {*texts(machine.accounts)}
    if named or {*refs.items} & {*machine.account_refs.items}:
        return one
    is_open = tags.is_open or (bool(tags.items) and machine.tags.is_open)
    both = accounts.is_open and machine.accounts.is_open
    is_open = is_open or (_is_doubtful(one, machine) and (both or _is_half_known(one, machine)))
    gap = missing(TARGET_UNKNOWN, one.rule.passage.hops[0].address)
    return one._replace(rule=one.rule._replace(passage=one.rule.passage.possibly(gap))) if is_open else None


def _is_doubtful(one: Ruled, machine: Machine) -> bool:
    """Whether it is not known of both sides to which service accounts of the plan they refer."""
    told_rule = bool(one.account_refs.items) and not one.account_refs.is_open
    told_machine = bool(machine.account_refs.items) and not machine.account_refs.is_open
    return not (told_rule and told_machine)


def _is_half_known(one: Ruled, machine: Machine) -> bool:
    return (one.accounts.is_open and bool(machine.accounts.items)) or (
        machine.accounts.is_open and bool(one.accounts.items)
    )


def _of_unknown_network(one: Ruled) -> Ruled:
    gap = missing(UNKNOWN_VALUE, one.rule.passage.hops[0].address, "network")
    return one._replace(rule=one.rule._replace(passage=one.rule.passage.possibly(gap)))


def _possible(one: Ruled) -> Ruled:
    gap = missing(POLICY_SCOPE, one.rule.passage.hops[0].address)
    return one._replace(rule=one.rule._replace(passage=one.rule.passage.possibly(gap)))


# -- rules of a network ----------------------------------------------------------------------------------------------


def _vpc_rules(firewall: Resource) -> Iterator[Ruled]:
    direction = told(firewall.effective("direction", "ingress"), "ingress")
    disabled = truth(firewall.effective("disabled", False))
    if direction == "egress" or disabled:
        return
    priority = firewall.effective("priority", 1000)
    order = None if is_unknown(priority) else int(priority)
    sources, said, gaps = _vpc_sources(firewall)
    accounts = near(firewall.references(ACCOUNT, via="target_service_accounts"))
    for action in ("allow", "deny"):
        for path, block in blocks_of(firewall, action).items:
            bounds = _layer_four(firewall, block, sources, "protocol")
            hop = Hop(firewall.address, path, f"{action} {_shown(block, 'protocol')} from {said}")
            passage = Passage(bounds, (hop,), (), tuple(gaps), (hop,))
            if direction is None or disabled is None or (bounds.must != bounds.may and not gaps):
                passage = passage._replace(missing=(missing(UNKNOWN_VALUE, firewall.address, path),))
            if direction is None or disabled is None:
                passage = passage.possibly()
            targets = listing(firewall.effective("target_tags", None))
            named = listing(firewall.effective("target_service_accounts", None))
            yield Ruled(Rule(order, action == "allow", passage), _VPC_LEVEL, targets, named, accounts)


def _vpc_sources(firewall: Resource) -> tuple[Span, str, list[Missing]]:
    """Where packets come from: ranges, or machines by tag or account; without any, from everywhere."""
    ranges = listing(firewall.effective("source_ranges", None))
    inner = [listing(firewall.effective(name, None)) for name in ("source_tags", "source_service_accounts")]
    if not ranges.items and not ranges.is_open and not any(one.items or one.is_open for one in inner):
        return Span(V4_ALL, V4_ALL), "everywhere", []
    span = network_span(texts(ranges), is_open=ranges.is_open)
    gaps = [missing(UNKNOWN_VALUE, firewall.address, "source_ranges")] if ranges.is_open else []
    said = ", ".join(sorted(str(one) for one in ranges.items)) or "machines of the network"
    return span, "what is not known yet" if ranges.is_open and not ranges.items else said, gaps


def _layer_four(holder: Resource, block: dict[str, Any], sources: Span, name: str) -> Bounds:
    protocol = setting(holder, block, name, "all")
    ports = listing(setting(holder, block, "ports"))
    span = port_span(texts(ports) or ("*",) if not ports.is_open else texts(ports), is_open=ports.is_open)
    return spanned(sources, protocol_span(protocol), span)


def _shown(block: dict[str, Any], name: str) -> str:
    ports = listing(block.get("ports"))
    protocol = shown(block.get(name)).lower()
    return f"{', '.join(map(str, ports.items))}/{protocol}" if ports.items else protocol


# -- rules of a policy -----------------------------------------------------------------------------------------------

_NAMED_SOURCES = (
    "src_address_groups", "src_fqdns", "src_region_codes", "src_threat_intelligences", "src_secure_tags",
    "src_networks", "src_network_scope", "src_network_type",
)  # fmt: skip


def _policy_rules(rule: Resource, level: int) -> Iterator[Ruled]:
    direction, action = told(rule.effective("direction", "ingress")), told(rule.get("action"))
    if direction == "egress" or truth(rule.effective("disabled", False)):
        return
    match = block_of(rule, "match") or {}
    priority = rule.get("priority")
    order = None if is_unknown(priority) or priority is None else int(priority)
    sources, gaps = _policy_sources(rule, match)
    targets = listing(rule.effective("target_service_accounts", None))
    accounts = near(rule.references(ACCOUNT, via="target_service_accounts"))
    secure = listing(rule.get("target_secure_tags"))
    if secure.items or secure.is_open or listing(rule.get("target_resources")).items:
        gaps.append(missing(TARGET_UNKNOWN, rule.address))
    allows = None if action is None else action == "allow"
    for path, block in blocks_of(rule, "match.layer4_configs").items:
        bounds = _layer_four(rule, block, sources, "ip_protocol")
        said = ", ".join(sorted(str(one) for one in listing(match.get("src_ip_ranges")).items)) or "anywhere"
        hop = Hop(rule.address, path, f"{shown(rule.get('action'))} {_shown(block, 'ip_protocol')} from {said}")
        passage = Passage(bounds, (hop,), (), tuple(gaps), (hop,))
        if any(gap.code == TARGET_UNKNOWN for gap in gaps) or direction is None:
            passage = passage.possibly()
        yield Ruled(Rule(order, allows, passage), level, Listing(), targets, accounts, action == "goto_next")


def _policy_sources(rule: Resource, match: dict[str, Any]) -> tuple[Span, list[Missing]]:
    ranges = listing(setting(rule, match, "src_ip_ranges"))
    other = [listing(setting(rule, match, name)) for name in _NAMED_SOURCES]
    is_named = any(any(one != "" for one in found.items) or found.is_open for found in other)
    gaps = [missing(SOURCE_UNKNOWN, rule.address, "match")] if is_named else []
    if ranges.is_open:
        gaps.append(missing(UNKNOWN_VALUE, rule.address, "match[0].src_ip_ranges"))
    if not ranges.items and not ranges.is_open and not is_named:
        return Span(ANYWHERE, ANYWHERE), gaps
    span = network_span(texts(ranges), is_open=ranges.is_open)
    return Span(span.low, ANYWHERE if is_named else span.high), gaps
