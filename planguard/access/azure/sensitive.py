"""The data stores, secrets and keys of Azure, and what reading them, or giving oneself access to them, takes.

Who may assign roles on a resource gives itself any role there. Keys of an account count only where it takes them.

Sources: Microsoft, "Azure built-in roles" and "Azure permissions" (actions of each provider), "Prevent Shared Key
authorization for an Azure Storage account", "Azure RBAC vs. access policies (legacy)" for key vaults (who may write
the vault gives itself an access policy), "Disable local authentication" of Cosmos DB; Azure SQL, PostgreSQL and MySQL
REST API (an update of the server sets its administrator's password); "Download a disk" (``beginGetAccess``).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.azure.scope import Scopes
from planguard.access.model import AZURE
from planguard.access.reading import is_untold
from planguard.access.sensitive import Ask, Sensitive, Store
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

_VAULT = "azurerm_key_vault"
_ASSIGN = "Microsoft.Authorization/roleAssignments/write"
_STORAGE = "Microsoft.Storage/storageAccounts/"
_COSMOS = "Microsoft.DocumentDB/databaseAccounts/"
_CONFIGURATION = "Microsoft.AppConfiguration/configurationStores/"
_REGISTRY = "Microsoft.ContainerRegistry/registries/"
_KEYS = "Microsoft.KeyVault/vaults/"


class Taking(Struct, frozen=True):
    """What gets at the data of a type.

    :ivar control: actions on the resource itself
    :ivar data: data actions, on it or on anything below it
    :ivar by_key: actions that give out keys of the resource
    :ivar takes_keys: the attributes of which each lets the resource take them where it is true, by default as well
    :ivar refuses_keys: the attributes of which each makes it refuse them where it is true
    """

    control: tuple[str, ...] = ()
    data: tuple[str, ...] = ()
    by_key: tuple[str, ...] = ()
    takes_keys: tuple[str, ...] = ()
    refuses_keys: tuple[str, ...] = ()


TAKINGS = {
    "azurerm_storage_account": Taking(
        data=(
            f"{_STORAGE}blobServices/containers/blobs/read",
            f"{_STORAGE}fileServices/fileShares/files/read",
            f"{_STORAGE}fileServices/readFileBackupSemantics/action",
            f"{_STORAGE}queueServices/queues/messages/read",
            f"{_STORAGE}tableServices/tables/entities/read",
        ),
        by_key=(f"{_STORAGE}listKeys/action", f"{_STORAGE}listAccountSas/action", f"{_STORAGE}listServiceSas/action"),
        takes_keys=("shared_access_key_enabled",),
    ),
    "azurerm_cosmosdb_account": Taking(
        data=(
            f"{_COSMOS}sqlDatabases/containers/items/read",
            f"{_COSMOS}sqlDatabases/containers/executeQuery",
            f"{_COSMOS}sqlDatabases/containers/readChangeFeed",
        ),
        control=(f"{_COSMOS}sqlRoleAssignments/write",),
        by_key=(
            f"{_COSMOS}listKeys/action",
            f"{_COSMOS}readonlykeys/action",
            f"{_COSMOS}listConnectionStrings/action",
        ),
        takes_keys=("local_authentication_enabled",),
        refuses_keys=("local_authentication_disabled",),
    ),
    "azurerm_app_configuration": Taking(
        data=(f"{_CONFIGURATION}keyValues/read",),
        by_key=(f"{_CONFIGURATION}ListKeys/action",),
        takes_keys=("local_auth_enabled",),
    ),
    "azurerm_redis_cache": Taking(
        by_key=("Microsoft.Cache/redis/listKeys/action",), takes_keys=("access_keys_authentication_enabled",)
    ),
    "azurerm_container_registry": Taking(
        control=(f"{_REGISTRY}pull/read",), data=(f"{_REGISTRY}repositories/content/read",)
    ),
    "azurerm_mssql_server": Taking(
        control=("Microsoft.Sql/servers/write", "Microsoft.Sql/servers/administrators/write")
    ),
    "azurerm_mssql_managed_instance": Taking(
        control=("Microsoft.Sql/managedInstances/write", "Microsoft.Sql/managedInstances/administrators/write")
    ),
    "azurerm_postgresql_flexible_server": Taking(
        control=(
            "Microsoft.DBforPostgreSQL/flexibleServers/write",
            "Microsoft.DBforPostgreSQL/flexibleServers/administrators/write",
        )
    ),
    "azurerm_mysql_flexible_server": Taking(
        control=(
            "Microsoft.DBforMySQL/flexibleServers/write",
            "Microsoft.DBforMySQL/flexibleServers/administrators/write",
        )
    ),
    "azurerm_managed_disk": Taking(control=("Microsoft.Compute/disks/beginGetAccess/action",)),
}
"""By type, what reads its data, takes it over, or lets one give oneself access to it; for vaults see below."""

_BY_ROLES = (
    f"{_KEYS}secrets/getSecret/action",
    f"{_KEYS}keys/decrypt/action",
    f"{_KEYS}keys/unwrap/action",
)
_BY_POLICIES = (f"{_KEYS}secrets/get", f"{_KEYS}keys/decrypt", f"{_KEYS}keys/unwrapKey")
"""Permissions of access policies, called as the analysis of access calls them."""
_GIVES_ITSELF = (f"{_KEYS}write", f"{_KEYS}accessPolicies/write")
_MODEL = ("rbac_authorization_enabled", "enable_rbac_authorization")


def stores(snapshot: Snapshot) -> Iterator[Store]:
    """The sensitive resources that the plan holds or reads."""
    scopes = Scopes(snapshot)
    for type_ in (*TAKINGS, _VAULT):
        for one in snapshot.all(type_, f"data.{type_}"):
            scope = scopes.id_of(one)
            asks = _of_vault(one, scope) if type_ == _VAULT else _asks(one, TAKINGS[type_], scope)
            name = one.address.removeprefix("data.") if one.is_data else one.address
            address = "" if one.is_data else one.address
            yield Store(Sensitive(AZURE, type_.removeprefix("azurerm_"), name, address), tuple(asks))


def _asks(resource: Resource, taking: Taking, scope: str) -> Iterator[Ask]:
    yield Ask((_ASSIGN,), (scope,), is_free=True)
    if taking.control:
        yield Ask(taking.control, (scope,))
    if taking.data:
        yield from _anywhere(taking.data, scope)
    takes = _takes_keys(resource, taking)
    if taking.by_key and takes is not False:
        yield Ask(taking.by_key, (scope,), is_certain=takes is True)


def _anywhere(actions: tuple[str, ...], scope: str, *, is_certain: bool = True) -> Iterator[Ask]:
    """Data actions on a resource, and on anything below it."""
    named = tuple(f"data:{one}" for one in actions)
    yield Ask(named, (scope,), is_certain=is_certain)
    yield Ask(named, (f"{scope}/",), is_below=True, is_certain=is_certain)


def _takes_keys(resource: Resource, taking: Taking) -> bool | None:
    said = [(resource.effective(name, True), True) for name in taking.takes_keys]
    said += [(resource.effective(name, False), False) for name in taking.refuses_keys]
    return _all(None if is_untold(value) else value is None or bool(value) == wanted for value, wanted in said)


def _all(answers: Any) -> bool | None:
    found = set(answers)
    return False if False in found else None if None in found else True


def _of_vault(vault: Resource, scope: str) -> Iterator[Ask]:
    """A vault either goes by role assignments or by its access policies; the other kind counts for nothing."""
    values = [vault.effective(name, False) for name in _MODEL]
    is_known = any(value is True for value in values) or not any(map(is_untold, values))
    by_roles = any(value is True for value in values)
    if by_roles or not is_known:
        yield Ask((_ASSIGN,), (scope,), is_certain=is_known, is_free=True)
        yield from _anywhere(_BY_ROLES, scope, is_certain=is_known)
    if not by_roles:
        yield Ask(_GIVES_ITSELF, (scope,), is_certain=is_known)
        yield from _anywhere(_BY_POLICIES, scope, is_certain=is_known)
