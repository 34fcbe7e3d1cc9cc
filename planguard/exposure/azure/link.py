"""Which resource of the plan can reach which data store, and which machine another."""

from __future__ import annotations

from collections.abc import Iterator

from planguard.exposure.azure.application import APPLICATIONS, FRONT_DOORS
from planguard.exposure.azure.application import endpoint_of as application_endpoint
from planguard.exposure.azure.interface import SUBNET, Cards, networks_of, peers_of
from planguard.exposure.azure.service import DATA_STORES, endpoint_of, ports_of
from planguard.exposure.model import CONTROL_PLANE, Endpoint, Hop, Link
from planguard.exposure.packets import TCP, packets
from planguard.exposure.ranges import ANYWHERE
from planguard.exposure.reading import Near, near
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

PRIVATE_ENDPOINT = "azurerm_private_endpoint"
_SUBNET_RULES = {
    "azurerm_storage_account": ("network_rules.virtual_network_subnet_ids",),
    "azurerm_key_vault": ("network_acls.virtual_network_subnet_ids",),
    "azurerm_cosmosdb_account": ("virtual_network_rule.id",),
    "azurerm_postgresql_flexible_server": ("delegated_subnet_id",),
    "azurerm_mysql_flexible_server": ("delegated_subnet_id",),
    "azurerm_redis_cache": ("subnet_id",),
}
_SEPARATE_RULES = {
    "azurerm_mssql_server": ("azurerm_mssql_virtual_network_rule", "server_id", "subnet_id"),
    "azurerm_storage_account": (
        "azurerm_storage_account_network_rules", "storage_account_id", "virtual_network_subnet_ids",
    ),
    "azurerm_postgresql_server": ("azurerm_postgresql_virtual_network_rule", "server_name", "subnet_id"),
}  # fmt: skip
_INJECTED = {"azurerm_postgresql_flexible_server", "azurerm_mysql_flexible_server", "azurerm_redis_cache"}
"""Services that stand in the subnet that they name, so that the whole network reaches them."""
_WEB = packets(ANYWHERE, TCP, ((80, 80), (443, 443)))


def data_links(snapshot: Snapshot, cards: Cards) -> Iterator[Link]:
    """From what runs to data stores: through a subnet that the store lets in, a private endpoint, or by its name."""
    runs = list(_running(snapshot, cards))
    by_subnet: dict[Resource, list[Endpoint]] = {}
    by_network: dict[Resource, list[Endpoint]] = {}
    for endpoint, subnets in runs:
        for subnet in subnets.items:
            by_subnet.setdefault(subnet, []).append(endpoint)
        for network in networks_of(subnets).items:
            by_network.setdefault(network, []).append(endpoint)
    for store in snapshot.all(*DATA_STORES):
        if DATA_STORES[store.type].kind != CONTROL_PLANE:
            yield from _links_to(store, by_subnet, by_network)
    yield from _named_links(snapshot)


def _running(snapshot: Snapshot, cards: Cards) -> Iterator[tuple[Endpoint, Near]]:
    for card in cards.all:
        yield card.endpoint, card.subnets
    for one in snapshot.all(*APPLICATIONS):
        yield (
            application_endpoint(one),
            near(one.references(SUBNET, via="virtual_network_subnet_id"), one.references(SUBNET, via="subnet_ids")),
        )
    for one in snapshot.all("azurerm_kubernetes_cluster"):
        yield endpoint_of(one), near(one.references(SUBNET, via="default_node_pool.vnet_subnet_id"))


def _links_to(
    store: Resource, by_subnet: dict[Resource, list[Endpoint]], by_network: dict[Resource, list[Endpoint]]
) -> Iterator[Link]:
    target = endpoint_of(store)
    answered = ports_of(store, DATA_STORES[store.type]).must
    seen: set[str] = set()
    for hop, sources in (*_by_subnet(store, by_subnet, by_network), *_by_private_endpoint(store, by_network)):
        for source in sources:
            if source.address not in seen and source.address != target.address:
                seen.add(source.address)
                hops = (Hop(source.address), hop, Hop(target.address))
                yield Link(source.address, target, answered, hops)


def _by_subnet(
    store: Resource, by_subnet: dict[Resource, list[Endpoint]], by_network: dict[Resource, list[Endpoint]]
) -> Iterator[tuple[Hop, list[Endpoint]]]:
    for via in _SUBNET_RULES.get(store.type, ()):
        for subnet in near(store.references(SUBNET, via=via)).items:
            hop = Hop(store.address, via, f"from {subnet.address}")
            if store.type in _INJECTED:
                for network in networks_of(Near((subnet,))).items:
                    yield hop, by_network.get(network, [])
            else:
                yield hop, by_subnet.get(subnet, [])
    if store.type in _SEPARATE_RULES:
        kind, up, via = _SEPARATE_RULES[store.type]
        for rule in near(store.referrers(kind, via=up)).items:
            for subnet in near(rule.references(SUBNET, via=via)).items:
                yield Hop(rule.address, via, f"from {subnet.address}"), by_subnet.get(subnet, [])


def _by_private_endpoint(
    store: Resource, by_network: dict[Resource, list[Endpoint]]
) -> Iterator[tuple[Hop, list[Endpoint]]]:
    via = "private_service_connection.private_connection_resource_id"
    for private in near(store.referrers(PRIVATE_ENDPOINT, via=via)).items:
        subnets = near(private.references(SUBNET, via="subnet_id"))
        for network in networks_of(subnets).items:
            for reached in (network, *peers_of(network)):
                yield Hop(private.address, "subnet_id", "private endpoint"), by_network.get(reached, [])


def _named_links(snapshot: Snapshot) -> Iterator[Link]:
    """From an application to the stores that its settings name, and from Front Door to what it stands in front of."""
    for one in snapshot.all(*APPLICATIONS):
        source = application_endpoint(one)
        for store in near(one.references()).items:
            if store.type in DATA_STORES and DATA_STORES[store.type].kind != CONTROL_PLANE:
                answered = ports_of(store, DATA_STORES[store.type]).must
                hops = (Hop(source.address, "", "its settings name the store"), Hop(store.address))
                yield Link(source.address, endpoint_of(store), answered, hops, False)
    for door in snapshot.all(*FRONT_DOORS):
        for origin in _origins(door):
            for app in near(origin.references()).items:
                if app.type in APPLICATIONS:
                    path = (Hop(door.address), Hop(origin.address, "host_name"), Hop(app.address))
                    yield Link(door.address, application_endpoint(app), _WEB, path, False)


def _origins(door: Resource) -> Iterator[Resource]:
    """The origins behind an endpoint of Front Door: through its routes and their groups."""
    if door.type != "azurerm_cdn_frontdoor_endpoint":
        yield door
        return
    for route in near(door.referrers("azurerm_cdn_frontdoor_route", via="cdn_frontdoor_endpoint_id")).items:
        for group in near(
            route.references("azurerm_cdn_frontdoor_origin_group", via="cdn_frontdoor_origin_group_id")
        ).items:
            yield from near(
                group.referrers("azurerm_cdn_frontdoor_origin", via="cdn_frontdoor_origin_group_id")
            ).items
