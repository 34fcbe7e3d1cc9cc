"""The firewalls of Azure's managed services: who may come to a server, a store or a control plane.

Source: for each service its page "Network security" or "Firewall rules" on learn.microsoft.com, and the documentation
of the provider's resource, where defaults stand.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.azure.assumption import (
    AZURE_ADDRESSES,
    NO_PERIMETER,
    UNKNOWN_VALUE,
    UNSHOWN_VALUE,
    missing,
)
from planguard.exposure.model import (
    AZURE,
    CACHE,
    CONTROL_PLANE,
    DATABASE,
    MESSAGING,
    SEARCH,
    STORAGE,
    Endpoint,
    Hop,
    Way,
)
from planguard.exposure.packets import TCP, packets
from planguard.exposure.passage import Passage, Span, Stage, at, certain, spanned, ways_to
from planguard.exposure.ranges import ANYWHERE, EMPTY, PUBLIC_V4, Ranges, parse_network, ranges_of
from planguard.exposure.reading import (
    Listing,
    blocks_of,
    is_written,
    listed,
    listing,
    near,
    network_span,
    port_span,
    setting,
    shown,
    texts,
    told,
    truth,
)
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

SWITCH = "public_network_access_enabled"


class Service(NamedTuple):
    """One kind of service.

    :ivar ports: where it answers, such as ``("443", "9093")``
    :ivar switch: the attribute that closes it to the public as a whole, and its default
    :ivar lists: attributes with addresses that are let in
    :ivar acl: the block with a default action, and the attributes or blocks of it with addresses
    :ivar rules: the type of rules with a first and a last address of their own, and the attribute by which they refer
    :ivar is_open_unruled: whether everybody is let in where there is no list and no rule
    :ivar private: attributes of which any, when set, puts it into a network of one's own
    """

    type: str
    kind: str
    ports: tuple[str, ...] = ("443",)
    switch: tuple[str, Any] = (SWITCH, True)
    lists: tuple[str, ...] = ()
    acl: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    is_open_unruled: bool = True
    private: tuple[str, ...] = ()


SERVICES: tuple[Service, ...] = (
    Service("azurerm_storage_account", STORAGE, acl=("network_rules", "ip_rules")),
    Service("azurerm_key_vault", STORAGE, acl=("network_acls", "ip_rules")),
    Service("azurerm_key_vault_managed_hardware_security_module", STORAGE, acl=("network_acls",)),
    Service("azurerm_container_registry", STORAGE, acl=("network_rule_set", "ip_rule.ip_range")),
    Service("azurerm_app_configuration", STORAGE, switch=("public_network_access", "enabled")),
    Service(
        "azurerm_mssql_server", DATABASE, ("1433",),
        rules=("azurerm_mssql_firewall_rule", "server_id"), is_open_unruled=False,
    ),
    Service(
        "azurerm_sql_server", DATABASE, ("1433",),
        rules=("azurerm_sql_firewall_rule", "server_name"), is_open_unruled=False,
    ),
    Service("azurerm_mssql_managed_instance", DATABASE, ("3342",), switch=("public_data_endpoint_enabled", False)),
    Service(
        "azurerm_postgresql_server", DATABASE, ("5432",),
        rules=("azurerm_postgresql_firewall_rule", "server_name"), is_open_unruled=False,
    ),
    Service(
        "azurerm_postgresql_flexible_server", DATABASE, ("5432",),
        rules=("azurerm_postgresql_flexible_server_firewall_rule", "server_id"), is_open_unruled=False,
        private=("delegated_subnet_id",),
    ),
    Service(
        "azurerm_mysql_server", DATABASE, ("3306",),
        rules=("azurerm_mysql_firewall_rule", "server_name"), is_open_unruled=False,
    ),
    Service(
        "azurerm_mysql_flexible_server", DATABASE, ("3306",), switch=("public_network_access", "enabled"),
        rules=("azurerm_mysql_flexible_server_firewall_rule", "server_name"), is_open_unruled=False,
        private=("delegated_subnet_id",),
    ),
    Service(
        "azurerm_mariadb_server", DATABASE, ("3306",),
        rules=("azurerm_mariadb_firewall_rule", "server_name"), is_open_unruled=False,
    ),
    Service("azurerm_cosmosdb_account", DATABASE, ("443", "10250-10256"), lists=("ip_range_filter",)),
    Service(
        "azurerm_cosmosdb_postgresql_cluster", DATABASE, ("5432",),
        switch=("coordinator_public_ip_access_enabled", True),
        rules=("azurerm_cosmosdb_postgresql_firewall_rule", "cluster_id"), is_open_unruled=False,
    ),
    Service(
        "azurerm_synapse_workspace", DATABASE, ("443", "1433"),
        rules=("azurerm_synapse_firewall_rule", "synapse_workspace_id"), is_open_unruled=False,
    ),
    Service("azurerm_kusto_cluster", DATABASE, lists=("allowed_ip_ranges",)),
    Service("azurerm_databricks_workspace", DATABASE),
    Service(
        "azurerm_redis_cache", CACHE, ("6380",),
        rules=("azurerm_redis_firewall_rule", "redis_cache_name"), private=("subnet_id",),
    ),
    Service(
        "azurerm_managed_redis", CACHE, ("10000",), switch=("public_network_access", "enabled"),
    ),
    Service("azurerm_redis_enterprise_cluster", CACHE, ("10000",), switch=("public_network_access", "enabled")),
    Service("azurerm_search_service", SEARCH, lists=("allowed_ips",)),
    Service(
        "azurerm_eventhub_namespace", MESSAGING, ("443", "5671-5672", "9093"),
        acl=("network_rulesets", "ip_rule.ip_mask"),
    ),
    Service(
        "azurerm_servicebus_namespace", MESSAGING, ("443", "5671-5672"), acl=("network_rule_set", "ip_rules"),
    ),
    Service("azurerm_eventgrid_topic", MESSAGING, lists=("inbound_ip_rule.ip_mask",)),
    Service("azurerm_eventgrid_domain", MESSAGING, lists=("inbound_ip_rule.ip_mask",)),
    Service("azurerm_iothub", MESSAGING, ("443", "5671", "8883"), acl=("network_rule_set", "ip_rule.ip_mask")),
    Service("azurerm_cognitive_account", SEARCH, acl=("network_acls", "ip_rules")),
    Service("azurerm_machine_learning_workspace", CONTROL_PLANE),
    Service("azurerm_data_factory", CONTROL_PLANE, switch=("public_network_enabled", True)),
    Service("azurerm_automation_account", CONTROL_PLANE),
    Service(
        "azurerm_kubernetes_cluster", CONTROL_PLANE,
        lists=("api_server_access_profile.authorized_ip_ranges", "api_server_authorized_ip_ranges"),
    ),
)  # fmt: skip
DATA_STORES: dict[str, Service] = {one.type: one for one in SERVICES}


def endpoint_of(resource: Resource) -> Endpoint:
    """A service as an endpoint."""
    return Endpoint(resource.address, DATA_STORES[resource.type].kind, AZURE)


def service_ways(snapshot: Snapshot) -> Iterator[Way]:
    """The ways from the internet to all services."""
    for service in SERVICES:
        for resource in snapshot.all(service.type):
            switch = list(switched(resource, service))
            if switch:
                stages = (switch, at(bounds=ports_of(resource, service)), entrances(resource, service))
                yield from ways_to(endpoint_of(resource), *stages)


def ports_of(resource: Resource, service: Service) -> Any:
    """The ports at which a service answers."""
    ports = list(service.ports)
    if service.type == "azurerm_redis_cache":
        plain = resource.effective("non_ssl_port_enabled", resource.effective("enable_non_ssl_port", False))
        if truth(plain):
            ports.append("6379")
    return certain(packets(ANYWHERE, TCP, port_span(ports).low))


def switched(resource: Resource, service: Service) -> Iterator[Passage]:
    """Whether a service is on the public network at all: one passage, or none when it is not."""
    if any(_is_private(resource, name) for name in service.private) or _is_private_cluster(resource):
        return
    name, default = service.switch
    if service.type == "azurerm_servicebus_namespace" and truth(resource.effective("network_rule_set", None)):
        inner = blocks_of(resource, "network_rule_set")
        closed = [setting(resource, block, SWITCH, True) for _, block in inner.items]
        if any(truth(one) is False for one in closed):
            return
    value = resource.effective(name, default)
    is_on = truth(value)
    hop = Hop(resource.address, name, "open to the public network" if is_on else "not known yet")
    if is_on is None:
        yield Passage(certain(packets()), (hop,), (NO_PERIMETER,)).possibly(
            missing(UNKNOWN_VALUE, resource.address, name)
        )
    elif is_on:
        yield Passage(certain(packets()), (hop,), (NO_PERIMETER,))


def _is_private(resource: Resource, name: str) -> bool:
    """Whether an attribute puts a service into a subnet: it has a value, or will have one."""
    value = resource.get(name)
    if is_unknown(value):
        return not resource.is_left_to_provider(name)
    return bool(value)


def _is_private_cluster(resource: Resource) -> bool:
    if resource.type != "azurerm_kubernetes_cluster":
        return False
    return truth(resource.effective("private_cluster_enabled", False)) is True


def entrances(resource: Resource, service: Service) -> Stage:
    """Whom the firewall of a service lets in, one passage for each list or rule."""
    if service.acl:
        return list(_by_acl(resource, service))
    if service.rules:
        return _by_rules(resource, service)
    if service.lists:
        return list(_by_lists(resource, service))
    return at()


def _by_acl(resource: Resource, service: Service) -> Iterator[Passage]:
    holders: list[tuple[Resource, str, dict[str, Any]]] = []
    inline = blocks_of(resource, service.acl[0])
    if resource.type == "azurerm_storage_account":
        separate = near(resource.referrers("azurerm_storage_account_network_rules", via="storage_account_id"))
        holders += [(one, "", one.values) for one in separate.items]
    if not holders:
        holders = [(resource, path, block) for path, block in inline.items]
    if not holders:
        hop = Hop(resource.address, service.acl[0], "no network rules")
        passage = Passage(certain(packets()), (hop,))
        yield (
            passage.possibly(missing(UNKNOWN_VALUE, resource.address, service.acl[0])) if inline.is_open else passage
        )
        return
    for holder, path, block in holders:
        yield from _acl_passages(holder, path, block, service)


def _acl_passages(holder: Resource, path: str, block: dict[str, Any], service: Service) -> Iterator[Passage]:
    place = f"{path}.default_action" if path else "default_action"
    default = setting(holder, block, "default_action", "Allow")
    action = told(default)
    hop = Hop(holder.address, place, shown(default))
    if action is None:
        yield Passage(certain(packets()), (hop,), guards=(hop,)).possibly(
            missing(UNKNOWN_VALUE, holder.address, place)
        )
    elif action == "allow":
        yield Passage(certain(packets()), (hop,), guards=(hop,))
        return
    for attribute in service.acl[1:]:
        name, _, inner = attribute.partition(".")
        said = listing(setting(holder, block, name))
        if inner:
            said = listing(
                *(one.get(inner) for one in said.items if _allows(one)), *([] if not said.is_open else [block[name]])
            )
        span = network_span(texts(said), is_open=said.is_open)
        where = f"{path}.{name}" if path else name
        found = listed_passage(holder, where, span, said)
        if path and is_unknown(block.get(name)) and _is_unshown(holder, service.acl[0]):
            found = found._replace(missing=(missing(UNSHOWN_VALUE, holder.address, where),))
        yield found


def _is_unshown(account: Resource, name: str) -> bool:
    """Whether a list that is not known may be one that nobody gives.

    The provider fills in the lists of a storage account that are left out. Where a ``dynamic`` block makes them, the
    plan's configuration does not say whether anybody gives one.
    """
    return account.type == "azurerm_storage_account" and not is_written(account, name)


def _allows(block: dict[str, Any]) -> bool:
    action = block.get("action")
    return is_unknown(action) or action is None or str(action).lower() == "allow"


def listed_passage(holder: Resource, where: str, span: Span, said: Listing) -> Passage:
    """The passage of a list of addresses."""
    hop = Hop(holder.address, where, f"from {listed(said, 'what is not known yet')}")
    gaps = (missing(UNKNOWN_VALUE, holder.address, where),) if span.low != span.high else ()
    return Passage(spanned(span), (hop,), (), gaps, (hop,))


def _by_lists(resource: Resource, service: Service) -> Iterator[Passage]:
    is_listed = False
    for attribute in service.lists:
        said = _list_at(resource, attribute)
        if said is None:
            continue
        names = [part.strip() for text in texts(said) for part in text.split(",") if part.strip()]
        if not names and not said.is_open:
            continue
        is_listed = True
        if service.type == "azurerm_cosmosdb_account" and "0.0.0.0" in names:  # noqa: S104 - what the service reads so
            names.remove("0.0.0.0")  # noqa: S104
            yield _azure(resource, attribute)
        yield listed_passage(resource, attribute, network_span(names, is_open=said.is_open), said)
    if is_listed:
        return
    if service.type == "azurerm_cosmosdb_account" and truth(
        resource.effective("is_virtual_network_filter_enabled", False)
    ):
        return
    yield Passage(certain(packets()), (Hop(resource.address, service.lists[0], "no list: from everywhere"),))


def _list_at(resource: Resource, attribute: str) -> Any:
    """The addresses at an attribute, also one of a block that stands several times; None where nothing is set."""
    parent, _, name = attribute.rpartition(".")
    if not parent:
        value = resource.effective(attribute, None)
        return None if not is_unknown(value) and value is None else listing(value)
    found = blocks_of(resource, parent)
    if not found.items and not found.is_open:
        return None
    values = [setting(resource, block, name) for _, block in found.items if _allows(block)]
    known = listing(*values)
    return known._replace(is_open=known.is_open or found.is_open)


def _azure(resource: Resource, where: str) -> Passage:
    hop = Hop(resource.address, where, "all Azure services (0.0.0.0)")
    gap = missing(AZURE_ADDRESSES, resource.address, where)
    return Passage(certain(packets(PUBLIC_V4)), (hop,), (), (), (hop,)).possibly(gap)


def _by_rules(resource: Resource, service: Service) -> Stage:
    rule_type, *vias = service.rules
    found = near(*(resource.referrers(rule_type, via=via) for via in vias))
    stage = [_range_passage(one) for one in found.items]
    if not found.items and service.is_open_unruled:
        return [Passage(certain(packets()), (Hop(resource.address, "", "no firewall rule: from everywhere"),))]
    return stage


def _range_passage(rule: Resource) -> Passage:
    ends = [rule.get(name, rule.get(short)) for name, short in _ENDS]
    where = "start_ip_address" if "start_ip_address" in rule.values else "start_ip"
    if any(map(is_unknown, ends)):
        hop = Hop(rule.address, where, "addresses that are not known yet")
        gap = missing(UNKNOWN_VALUE, rule.address, where)
        return Passage(spanned(Span(EMPTY, ANYWHERE)), (hop,), (), (gap,), (hop,))
    first, last = (str(one) for one in ends)
    if first == last == "0.0.0.0":  # noqa: S104 - the service's word for itself
        return _azure(rule, where)
    hop = Hop(rule.address, where, f"from {first} to {last}")
    return Passage(spanned(_between(first, last)), (hop,), (), (), (hop,))


_ENDS = (("start_ip_address", "start_ip"), ("end_ip_address", "end_ip"))


def _between(first: str, last: str) -> Span:
    try:
        low, high = parse_network(first), parse_network(last)
    except ValueError:
        return Span(EMPTY, ANYWHERE)
    found: Ranges = ranges_of([(low[0][0], high[0][1])])
    return Span(found, found)


# -- storage containers ----------------------------------------------------------------------------------------------

_ACCOUNT = "azurerm_storage_account"
_CONTAINER = "azurerm_storage_container"


def container_ways(snapshot: Snapshot) -> Iterator[Way]:
    """The ways to containers that anybody may read without signing in: through the firewall of their account.

    Source: learn.microsoft.com/azure/storage/blobs/anonymous-read-access-configure
    """
    service = DATA_STORES[_ACCOUNT]
    for container in snapshot.all(_CONTAINER):
        access = container.effective("container_access_type", "private")
        if told(access) == "private":
            continue
        hop = Hop(container.address, "container_access_type", shown(access))
        passage = Passage(certain(packets()), (hop,))
        stage = [
            passage.possibly(missing(UNKNOWN_VALUE, hop.address, hop.attribute)) if is_unknown(access) else passage
        ]
        endpoint = Endpoint(container.address, STORAGE, AZURE)
        accounts = near(
            container.references(_ACCOUNT, via="storage_account_id"),
            container.references(_ACCOUNT, via="storage_account_name"),
        )
        if not accounts.items:
            gap = missing(
                UNKNOWN_VALUE, container.address, "storage_account_id", "the storage account is not in the plan"
            )
            stage = [one.possibly(gap) for one in stage]
            yield from ways_to(endpoint, at(bounds=certain(packets(ANYWHERE, TCP, ((443, 443),)))), stage)
        for account in accounts.items:
            front = (
                list(switched(account, service)),
                at(bounds=ports_of(account, service)),
                entrances(account, service),
            )
            yield from ways_to(endpoint, *front, _anonymous(account), stage)


def _anonymous(account: Resource) -> Stage:
    name = "allow_nested_items_to_be_public"
    value = account.effective(name, True)
    is_on = truth(value)
    passage = Passage(certain(packets()), (Hop(account.address, name, shown(value)),))
    if is_on is None:
        return [passage.possibly(missing(UNKNOWN_VALUE, account.address, name))]
    return [passage] if is_on else []
