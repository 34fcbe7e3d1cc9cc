"""Applications that Azure runs: app services and functions, containers, gateways of interfaces, and Front Door.

Source: learn.microsoft.com/azure/app-service/overview-access-restrictions (rules by priority, the default action
behind them), learn.microsoft.com/azure/container-apps/ingress-overview,
learn.microsoft.com/azure/container-instances, learn.microsoft.com/azure/frontdoor,
learn.microsoft.com/azure/api-management/virtual-network-concepts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from planguard.exposure.azure.assumption import NO_PERIMETER, SERVICE_TAG, UNKNOWN_VALUE, missing
from planguard.exposure.model import APPLICATION, AZURE, COMPUTE, FUNCTION, LOAD_BALANCER, Endpoint, Hop, Missing, Way
from planguard.exposure.packets import TCP, packets
from planguard.exposure.passage import (
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
    ways_to,
)
from planguard.exposure.ranges import ANYWHERE, EMPTY, PUBLIC, Ranges
from planguard.exposure.reading import (
    Blocks,
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

_SITES = ("azurerm_linux_web_app", "azurerm_windows_web_app", "azurerm_app_service")
_SLOTS = (
    "azurerm_linux_web_app_slot", "azurerm_windows_web_app_slot", "azurerm_linux_function_app_slot",
    "azurerm_windows_function_app_slot", "azurerm_app_service_slot",
)  # fmt: skip
_FUNCTIONS = (
    "azurerm_linux_function_app", "azurerm_windows_function_app", "azurerm_function_app",
    "azurerm_function_app_flex_consumption", "azurerm_logic_app_standard",
)  # fmt: skip
SITES = (*_SITES, *_SLOTS, *_FUNCTIONS)
CONTAINERS = ("azurerm_container_app", "azurerm_container_group")
APPLICATIONS = (*SITES, *CONTAINERS, "azurerm_api_management", "azurerm_static_web_app", "azurerm_static_site")
FRONT_DOORS = ("azurerm_cdn_frontdoor_endpoint", "azurerm_frontdoor", "azurerm_cdn_endpoint")
_WEB: Ranges = ((80, 80), (443, 443))
_HTTPS: Ranges = ((443, 443),)
_SWITCH = "public_network_access_enabled"


def endpoint_of(resource: Resource) -> Endpoint:
    """An application as an endpoint."""
    if resource.type in _FUNCTIONS:
        return Endpoint(resource.address, FUNCTION, AZURE)
    if resource.type in FRONT_DOORS:
        return Endpoint(resource.address, LOAD_BALANCER, AZURE)
    kind = COMPUTE if resource.type == "azurerm_container_group" else APPLICATION
    return Endpoint(resource.address, kind, AZURE)


def application_ways(snapshot: Snapshot) -> Iterator[Way]:
    """The ways from the internet to all applications."""
    for kinds, stages in _STAGES:
        for resource in snapshot.all(*kinds):
            found = stages(resource)
            if found:
                yield from ways_to(endpoint_of(resource), *found)


def _tcp(ports: Ranges) -> Stage:
    return at(bounds=certain(packets(ANYWHERE, TCP, ports)))


def _switch(resource: Resource, name: str, default: Any = True) -> Stage:
    """One passage where an attribute leaves the public network open; none where it closes it."""
    value = resource.effective(name, default)
    is_on = truth(value)
    if is_on is False:
        return ()
    hop = Hop(resource.address, name, "open to the public network" if is_on else "not known yet")
    passage = Passage(certain(packets()), (hop,), (NO_PERIMETER,))
    return [passage if is_on else passage.possibly(missing(UNKNOWN_VALUE, resource.address, name))]


# -- app services ----------------------------------------------------------------------------------------------------


def _site_stages(site: Resource) -> tuple[Stage, ...]:
    switch = _switch(site, _SWITCH)
    if not switch or _is_in_closed_environment(site):
        return ()
    is_plain = truth(site.effective("https_only", False)) is not True
    return (switch, _tcp(_WEB if is_plain else _HTTPS), _restrictions(site))


def _is_in_closed_environment(site: Resource) -> bool:
    """Whether a site runs in an App Service environment whose addresses are of its own network only."""
    plans = near(site.references("azurerm_service_plan"), site.references("azurerm_app_service_plan"))
    for plan in plans.items:
        for kind in ("azurerm_app_service_environment_v3", "azurerm_app_service_environment"):
            for environment in near(plan.references(kind, via="app_service_environment_id")).items:
                mode = told(environment.effective("internal_load_balancing_mode", "none"), "none")
                if mode is not None and "web" in mode:
                    return True
    return False


def _restrictions(site: Resource) -> Stage:
    entries = blocks_of(site, "site_config.ip_restriction")
    rules = [_restriction(site, path, block) for path, block in entries.items]
    default = _default_action(site, entries)
    hop = Hop(site.address, "site_config[0].ip_restriction_default_action", "what no restriction names")
    passed = first_match(rules, left=default is not False)
    found = []
    for one in passed:
        if one.hops:
            found.append(one)
        else:  # what is left
            rest = one._replace(hops=(hop,), guards=(hop,))
            found.append(rest if default else rest.possibly(missing(UNKNOWN_VALUE, hop.address, hop.attribute)))
    if entries.is_open:
        gap = missing(UNKNOWN_VALUE, site.address, "site_config[0].ip_restriction")
        found = [one.possibly(gap) for one in (found or OPEN)]
    return found


def _default_action(site: Resource, entries: Blocks) -> bool | None:
    """Whether what no restriction matches is let in. Unset, any restriction that allows closes the rest."""
    configs = blocks_of(site, "site_config")
    said = [setting(site, block, "ip_restriction_default_action") for _, block in configs.items]
    if any(map(is_unknown, said)):
        return None
    given = [str(one).lower() for one in said if one]
    if given:
        return given[0] == "allow"
    allowing = [block for _, block in entries.items if told(block.get("action"), "allow") != "deny"]
    return not allowing


def _restriction(site: Resource, path: str, block: dict[str, Any]) -> Rule:
    address, tag = block.get("ip_address"), block.get("service_tag")
    gaps: list[Missing] = []
    if is_unknown(address) or is_unknown(tag):
        span = Span(EMPTY, ANYWHERE)
        gaps.append(missing(UNKNOWN_VALUE, site.address, path))
    elif address:
        span = (
            Span(ANYWHERE, ANYWHERE)
            if str(address).lower() in {"any", "*"}
            else network_span(str(address).split(","))
        )
    elif tag:
        is_internet = str(tag).lower() == "internet"
        span = Span(PUBLIC, PUBLIC) if is_internet else Span(EMPTY, PUBLIC)
        gaps += [] if is_internet else [missing(SERVICE_TAG, site.address, f"{path}.service_tag")]
    else:
        span = Span()  # a subnet: nobody from outside
    headers = listing(block.get("headers"))
    is_narrowed = (
        any(any(listing(one).items for one in header.values()) for header in headers.items) or headers.is_open
    )
    bounds = spanned(span)
    if is_narrowed:  # only requests with such a header, which anybody may send who knows it
        bounds = bounds.possible
        gaps.append(
            missing(UNKNOWN_VALUE, site.address, f"{path}.headers", "only requests with certain headers match")
        )
    action = told(block.get("action"), "allow")
    priority = setting(site, block, "priority", 65000)
    said = address if is_unknown(address) or address else tag
    hop = Hop(site.address, path, f"{shown(setting(site, block, 'action', 'Allow'))} from {shown(said)}")
    allows = None if action is None else action == "allow"
    return Rule(
        None if is_unknown(priority) else int(priority), allows, Passage(bounds, (hop,), (), tuple(gaps), (hop,))
    )


# -- containers ------------------------------------------------------------------------------------------------------


def _container_app_stages(app: Resource) -> tuple[Stage, ...]:
    ingress = blocks_of(app, "ingress")
    environments = near(app.references("azurerm_container_app_environment", via="container_app_environment_id"))
    inside = [truth(one.effective("internal_load_balancer_enabled", False)) for one in environments.items]
    if True in inside:
        return ()
    stage: list[Passage] = []
    for path, block in ingress.items:
        external = truth(setting(app, block, "external_enabled", False))
        if external is False:
            continue
        hop = Hop(app.address, f"{path}.external_enabled", "reached from outside its environment")
        passage = Passage(_ingress_bounds(app, block), (hop,), (NO_PERIMETER,))
        is_sure = external and None not in inside
        entry = (
            passage if is_sure else passage.possibly(missing(UNKNOWN_VALUE, app.address, f"{path}.external_enabled"))
        )
        stage.append(entry)
    return (stage, _container_restrictions(app)) if stage else ()


def _ingress_bounds(app: Resource, block: dict[str, Any]) -> Bounds:
    if told(block.get("transport"), "auto") == "tcp":
        port = listing(block.get("exposed_port"))
        return spanned(protocols=Span(TCP, TCP), ports=port_span(texts(port), is_open=port.is_open))
    return certain(packets(ANYWHERE, TCP, _WEB))


def _container_restrictions(app: Resource) -> Stage:
    """Address restrictions of a container app: all allow, or all refuse."""
    entries = blocks_of(app, "ingress.ip_security_restriction")
    if not entries.items:
        return OPEN if not entries.is_open else [OPEN[0].possibly(missing(UNKNOWN_VALUE, app.address, "ingress"))]
    rules = []
    for path, block in entries.items:
        said = listing(block.get("ip_address_range"))
        action = told(block.get("action"))
        hop = Hop(app.address, path, f"{shown(block.get('action'))} from {listed(said)}")
        gaps = (missing(UNKNOWN_VALUE, app.address, path),) if said.is_open or action is None else ()
        passage = Passage(spanned(network_span(texts(said), is_open=said.is_open)), (hop,), (), gaps, (hop,))
        rules.append(Rule(1, None if action is None else action == "allow", passage))
    return first_match(rules, left=all(rule.allows is False for rule in rules))


def _container_group_stages(group: Resource) -> tuple[Stage, ...]:
    kind = told(group.effective("ip_address_type", "public"), "public")
    if kind in {"private", "none"}:
        return ()
    hop = Hop(group.address, "ip_address_type", shown(group.effective("ip_address_type", "Public")))
    passage = Passage(certain(packets()), (hop,))
    front = passage if kind else passage.possibly(missing(UNKNOWN_VALUE, group.address, "ip_address_type"))
    named = blocks_of(group, "exposed_port")
    blocks = named if named.items else blocks_of(group, "container.ports")
    ports = []
    for path, block in blocks.items:
        port = listing(block.get("port"))
        span = port_span(texts(port), is_open=port.is_open)
        protocol = protocol_span(setting(group, block, "protocol", "TCP"))
        said = Hop(group.address, path, f"{shown(block.get('port'))}/{shown(block.get('protocol'), 'tcp').lower()}")
        gaps = (missing(UNKNOWN_VALUE, group.address, path),) if span.low != span.high else ()
        ports.append(Passage(spanned(protocols=protocol, ports=span), (said,), (), gaps, (said,)))
    return ([front], ports)


# -- gateways --------------------------------------------------------------------------------------------------------


def _api_stages(api: Resource) -> tuple[Stage, ...]:
    kind = told(api.effective("virtual_network_type", "none"), "none")
    switch = _switch(api, _SWITCH)
    if kind == "internal" or not switch:
        return ()
    stage = at(Hop(api.address, "virtual_network_type", shown(api.effective("virtual_network_type", "None"))))
    if kind is None:
        stage = [stage[0].possibly(missing(UNKNOWN_VALUE, api.address, "virtual_network_type"))]
    return (switch, stage, _tcp(_WEB))


def _static_stages(site: Resource) -> tuple[Stage, ...]:
    switch = _switch(site, _SWITCH)
    return (switch, _tcp(_WEB)) if switch else ()


def _front_door_stages(door: Resource) -> tuple[Stage, ...]:
    name = "enabled" if "enabled" in door.values else "load_balancer_enabled"
    switch = _switch(door, name)
    return (switch, _tcp(_WEB)) if switch else ()


_STAGES: tuple[tuple[tuple[str, ...], Callable[[Resource], tuple[Stage, ...]]], ...] = (
    (SITES, _site_stages),
    (("azurerm_container_app",), _container_app_stages),
    (("azurerm_container_group",), _container_group_stages),
    (("azurerm_api_management",), _api_stages),
    (("azurerm_static_web_app", "azurerm_static_site"), _static_stages),
    (FRONT_DOORS, _front_door_stages),
)
