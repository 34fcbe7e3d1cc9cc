"""Scopes of Azure: the id of a resource, known or put together from what it is in.

The id of a resource that is still to be created follows from its subscription, its group, its type and its name. What
is not known of these is a symbol, so that a scope covers what is below it even before anything exists. All ids are in
lower case: Azure compares them so.

Source: Microsoft, "Understand scope for Azure RBAC", "Resource providers for Azure services"; the import sections of
the provider's documentation for the form of each id.
"""

from __future__ import annotations

from typing import Any

from planguard.access.part import Part, at_least, exactly
from planguard.access.pattern import symbol
from planguard.access.reading import is_untold, literal, referred, text_of, texts_of
from planguard.graph.account import account_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import Undetermined

GROUP, SUBSCRIPTION, MANAGEMENT_GROUP = "azurerm_resource_group", "azurerm_subscription", "azurerm_management_group"
_ASSOCIATION = "azurerm_management_group_subscription_association"
_MANAGEMENT = "/providers/microsoft.management/managementgroups/"
_TOP = {
    "azurerm_api_management": "microsoft.apimanagement/service",
    "azurerm_app_configuration": "microsoft.appconfiguration/configurationstores",
    "azurerm_app_service": "microsoft.web/sites",
    "azurerm_application_gateway": "microsoft.network/applicationgateways",
    "azurerm_application_insights": "microsoft.insights/components",
    "azurerm_automation_account": "microsoft.automation/automationaccounts",
    "azurerm_cognitive_account": "microsoft.cognitiveservices/accounts",
    "azurerm_container_app": "microsoft.app/containerapps",
    "azurerm_container_app_environment": "microsoft.app/managedenvironments",
    "azurerm_container_group": "microsoft.containerinstance/containergroups",
    "azurerm_container_registry": "microsoft.containerregistry/registries",
    "azurerm_cosmosdb_account": "microsoft.documentdb/databaseaccounts",
    "azurerm_data_factory": "microsoft.datafactory/factories",
    "azurerm_databricks_workspace": "microsoft.databricks/workspaces",
    "azurerm_disk_encryption_set": "microsoft.compute/diskencryptionsets",
    "azurerm_dns_zone": "microsoft.network/dnszones",
    "azurerm_eventgrid_topic": "microsoft.eventgrid/topics",
    "azurerm_eventhub_namespace": "microsoft.eventhub/namespaces",
    "azurerm_firewall": "microsoft.network/azurefirewalls",
    "azurerm_function_app": "microsoft.web/sites",
    "azurerm_key_vault": "microsoft.keyvault/vaults",
    "azurerm_key_vault_managed_hardware_security_module": "microsoft.keyvault/managedhsms",
    "azurerm_kubernetes_cluster": "microsoft.containerservice/managedclusters",
    "azurerm_lb": "microsoft.network/loadbalancers",
    "azurerm_linux_function_app": "microsoft.web/sites",
    "azurerm_linux_virtual_machine": "microsoft.compute/virtualmachines",
    "azurerm_linux_virtual_machine_scale_set": "microsoft.compute/virtualmachinescalesets",
    "azurerm_linux_web_app": "microsoft.web/sites",
    "azurerm_log_analytics_workspace": "microsoft.operationalinsights/workspaces",
    "azurerm_logic_app_workflow": "microsoft.logic/workflows",
    "azurerm_machine_learning_workspace": "microsoft.machinelearningservices/workspaces",
    "azurerm_managed_disk": "microsoft.compute/disks",
    "azurerm_mssql_managed_instance": "microsoft.sql/managedinstances",
    "azurerm_mssql_server": "microsoft.sql/servers",
    "azurerm_mysql_flexible_server": "microsoft.dbformysql/flexibleservers",
    "azurerm_network_interface": "microsoft.network/networkinterfaces",
    "azurerm_network_security_group": "microsoft.network/networksecuritygroups",
    "azurerm_orchestrated_virtual_machine_scale_set": "microsoft.compute/virtualmachinescalesets",
    "azurerm_postgresql_flexible_server": "microsoft.dbforpostgresql/flexibleservers",
    "azurerm_private_dns_zone": "microsoft.network/privatednszones",
    "azurerm_private_endpoint": "microsoft.network/privateendpoints",
    "azurerm_public_ip": "microsoft.network/publicipaddresses",
    "azurerm_recovery_services_vault": "microsoft.recoveryservices/vaults",
    "azurerm_redis_cache": "microsoft.cache/redis",
    "azurerm_route_table": "microsoft.network/routetables",
    "azurerm_search_service": "microsoft.search/searchservices",
    "azurerm_service_plan": "microsoft.web/serverfarms",
    "azurerm_servicebus_namespace": "microsoft.servicebus/namespaces",
    "azurerm_shared_image_gallery": "microsoft.compute/galleries",
    "azurerm_static_web_app": "microsoft.web/staticsites",
    "azurerm_storage_account": "microsoft.storage/storageaccounts",
    "azurerm_synapse_workspace": "microsoft.synapse/workspaces",
    "azurerm_user_assigned_identity": "microsoft.managedidentity/userassignedidentities",
    "azurerm_virtual_machine": "microsoft.compute/virtualmachines",
    "azurerm_virtual_network": "microsoft.network/virtualnetworks",
    "azurerm_windows_function_app": "microsoft.web/sites",
    "azurerm_windows_virtual_machine": "microsoft.compute/virtualmachines",
    "azurerm_windows_web_app": "microsoft.web/sites",
}
_INNER = {
    "azurerm_storage_container": (("storage_account_id", "storage_account_name"), "blobservices/default/containers"),
    "azurerm_storage_queue": (("storage_account_id", "storage_account_name"), "queueservices/default/queues"),
    "azurerm_storage_table": (("storage_account_id", "storage_account_name"), "tableservices/default/tables"),
    "azurerm_storage_share": (("storage_account_id", "storage_account_name"), "fileservices/default/fileshares"),
    "azurerm_subnet": (("virtual_network_name",), "subnets"),
    "azurerm_key_vault_secret": (("key_vault_id",), "secrets"),
    "azurerm_key_vault_key": (("key_vault_id",), "keys"),
    "azurerm_key_vault_certificate": (("key_vault_id",), "certificates"),
    "azurerm_servicebus_queue": (("namespace_id",), "queues"),
    "azurerm_servicebus_topic": (("namespace_id",), "topics"),
    "azurerm_eventhub": (("namespace_id", "namespace_name"), "eventhubs"),
    "azurerm_mssql_database": (("server_id",), "databases"),
    "azurerm_cosmosdb_sql_database": (("account_name",), "sqldatabases"),
    "azurerm_kubernetes_cluster_node_pool": (("kubernetes_cluster_id",), "agentpools"),
    "azurerm_linux_web_app_slot": (("app_service_id",), "slots"),
    "azurerm_windows_web_app_slot": (("app_service_id",), "slots"),
    "azurerm_linux_function_app_slot": (("function_app_id",), "slots"),
    "azurerm_windows_function_app_slot": (("function_app_id",), "slots"),
    "azurerm_shared_image": (("gallery_name",), "images"),
    "azurerm_automation_runbook": (("automation_account_name",), "runbooks"),
}
_PARENTS = {
    "virtual_network_name": "azurerm_virtual_network",
    "storage_account_name": "azurerm_storage_account",
    "namespace_name": "azurerm_eventhub_namespace",
    "account_name": "azurerm_cosmosdb_account",
    "gallery_name": "azurerm_shared_image_gallery",
    "automation_account_name": "azurerm_automation_account",
}


class Scopes:
    """The scopes of one snapshot."""

    __slots__ = ("_snapshot", "_subscriptions")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._subscriptions: dict[str, str] = {}

    def covered(self, assignment: Resource, attribute: str = "scope") -> Part | None:
        """What an attribute that names a scope covers; None where nobody can say yet."""
        value = assignment.get(attribute)
        if not is_untold(value):
            return self.below(text_of(value).lower().rstrip("/"))
        found = referred(assignment, attribute)
        return None if found is None or not found.type.startswith("azurerm_") else self.below(self.id_of(found))

    def below(self, scope: str) -> Part:
        """A scope and all that is below it; of a management group, as far as the plan shows it."""
        if not scope:
            return exactly(("*",))
        if not scope.startswith(_MANAGEMENT):
            return exactly(_tree(scope))
        # Other subscriptions may be below it; its name tells which unknown rest that is.
        shown = [one for inner in self._inside(scope) for one in _tree(inner)]
        return at_least([*_tree(scope), *shown], ["/subscriptions/*", f"{_MANAGEMENT}*", *_tree(scope)])

    def _inside(self, group: str, depth: int = 0) -> list[str]:
        """The management groups and subscriptions that the plan puts below a management group."""
        found: list[str] = []
        for one in self._snapshot.all(MANAGEMENT_GROUP):
            own = self.id_of(one)
            if own == group:
                found += [f"/subscriptions/{text.lower()}" for text in texts_of(one.get("subscription_ids")).known]
            elif depth < 16 and self._named(one, "parent_management_group_id", MANAGEMENT_GROUP) == group:
                found += [own, *self._inside(own, depth + 1)]
        for link in self._snapshot.all(_ASSOCIATION):
            if self._named(link, "management_group_id", MANAGEMENT_GROUP) == group:
                inner = self._named(link, "subscription_id", SUBSCRIPTION)
                found += [inner] if inner else []
        return found

    def _named(self, resource: Resource, attribute: str, kind: str) -> str:
        value = resource.get(attribute)
        if not is_untold(value):
            return text_of(value).lower()
        found = referred(resource, attribute, kind, f"data.{kind}")
        return self.id_of(found) if found is not None else ""

    def id_of(self, resource: Resource) -> str:
        """The id of a resource, in lower case; what of it is not known yet is a symbol."""
        known = _known_id(resource)
        if known:
            return known
        other = resource.in_other_snapshot()
        if other is not None and _is_named_alike(resource, other):
            known = _known_id(other)
            if known:
                return known
        return self._composed(resource)

    def _composed(self, resource: Resource) -> str:
        kind, name = resource.type, _named_or_symbol(resource, "name")
        if kind == SUBSCRIPTION:
            told = resource.get("subscription_id")
            own = text_of(told) if not is_untold(told) else ""
            return f"/subscriptions/{own.lower() or self.subscription_of(resource)}"
        if kind == MANAGEMENT_GROUP:
            return f"{_MANAGEMENT}{name}"
        if kind in _INNER:
            attributes, segments = _INNER[kind]
            return f"{self._parent(resource, attributes)}/{segments}/{name}"
        if kind == GROUP:
            return f"/subscriptions/{self.subscription_of(resource)}/resourcegroups/{name}"
        tail = f"{_TOP[kind]}/{name}" if kind in _TOP else symbol(f"{resource.address}.id")
        return f"{self._group(resource)}/providers/{tail}"

    def _group(self, resource: Resource) -> str:
        value = resource.get("resource_group_name")
        found = referred(resource, "resource_group_name", GROUP, f"data.{GROUP}")
        if found is not None:
            return self.id_of(found)
        name = symbol(f"group of {resource.address}") if is_untold(value) or not value else text_of(value).lower()
        return f"/subscriptions/{self.subscription_of(resource)}/resourcegroups/{name}"

    def _parent(self, resource: Resource, attributes: tuple[str, ...]) -> str:
        for attribute in attributes:
            value = resource.get(attribute)
            if not is_untold(value) and text_of(value).startswith("/"):
                return text_of(value).lower()
            found = referred(resource, attribute)
            if found is not None:
                return self.id_of(found)
            if not is_untold(value) and text_of(value) and attribute in _PARENTS:
                return f"{self._group(resource)}/providers/{_TOP[_PARENTS[attribute]]}/{text_of(value).lower()}"
        return symbol(f"what holds {resource.address}")

    def subscription_of(self, resource: Resource) -> str:
        """The subscription of a resource: by itself, by others of the same provider, else a symbol."""
        try:
            own = account_of(resource)[1]
        except Undetermined:
            own = ""
        if own:
            return own.lower()
        key = _provider(resource)
        if key not in self._subscriptions:
            self._subscriptions[key] = self._of_provider(key) or symbol(f"subscription of {key}")
        return self._subscriptions[key]

    def _of_provider(self, key: str) -> str:
        for kind in ("data.azurerm_client_config", "data.azurerm_subscription"):
            for one in self._snapshot.all(kind):
                value = one.get("subscription_id")
                if _provider(one) == key and not is_untold(value) and text_of(value):
                    return text_of(value).lower()
        for one in self._snapshot.all(GROUP):
            parts = _known_id(one).split("/")
            if _provider(one) == key and len(parts) > 2:
                return parts[2]
        return ""


def _known_id(resource: Resource) -> str:
    for attribute in ("id", "resource_manager_id", "resource_versionless_id", "resource_id"):
        value: Any = resource.values.get(attribute)
        if not is_untold(value) and text_of(value).startswith("/"):
            return text_of(value).lower().rstrip("/")
    return ""


def _is_named_alike(one: Resource, other: Resource) -> bool:
    for attribute in ("name", "resource_group_name"):
        mine, its = one.get(attribute), other.get(attribute)
        if is_untold(mine) or is_untold(its) or mine != its:
            return False
    return True


def _named_or_symbol(resource: Resource, attribute: str) -> str:
    value = resource.get(attribute)
    return symbol(f"{resource.address}.{attribute}") if is_untold(value) or not value else text_of(value).lower()


def _provider(resource: Resource) -> str:
    block = resource.node.block
    return block.config.provider_config_key if block else "azurerm"


def _tree(scope: str) -> list[str]:
    return [literal(scope), f"{literal(scope)}/*"]
