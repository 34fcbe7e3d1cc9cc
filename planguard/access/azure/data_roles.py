"""Roles that Azure grants beside its role assignments: of Cosmos DB, of Synapse, and of the directory.

Cosmos DB's roles hold data actions as other roles do. What a role of Synapse or of the directory holds is not told
here: it is compared by its name, ``role:synapse/synapse administrator`` or ``role:directory/global administrator``.

Sources: Microsoft, "Use data plane role-based access control with Azure Cosmos DB for NoSQL" (built-in definitions
00000000-0000-0000-0000-000000000001 and …2, scopes), "Azure Synapse RBAC roles", "Microsoft Entra built-in roles".
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.azure.builtin import DATA
from planguard.access.azure.scope import Scopes
from planguard.access.part import UNDECIDED, Part, exactly, perhaps
from planguard.access.reading import blocks_of, is_untold, literal, referred, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

COSMOS, SYNAPSE = "azurerm_cosmosdb_sql_role_assignment", "azurerm_synapse_role_assignment"
DIRECTORY, MEMBER, APP = (
    "azuread_directory_role_assignment",
    "azuread_directory_role_member",
    "azuread_app_role_assignment",
)
TYPES = (COSMOS, SYNAPSE, DIRECTORY, MEMBER, APP)
_COSMOS_DEFINITION = "azurerm_cosmosdb_sql_role_definition"
_ACCOUNTS = "microsoft.documentdb/databaseaccounts/"
_CONTAINERS = f"{_ACCOUNTS}sqldatabases/containers/"
_READS = (
    f"{_ACCOUNTS}readmetadata",
    f"{_CONTAINERS}executequery",
    f"{_CONTAINERS}readchangefeed",
    f"{_CONTAINERS}items/read",
)
_BUILT_IN = {
    "00000000-0000-0000-0000-000000000001": _READS,
    "00000000-0000-0000-0000-000000000002": (f"{_ACCOUNTS}readmetadata", f"{_CONTAINERS}*", f"{_CONTAINERS}items/*"),
}
_DIRECTORY_ROLES = {
    "158c047a-c907-4556-b7ef-446551a6b5f7": "cloud application administrator",
    "62e90394-69f5-4237-9190-012177145e10": "global administrator",
    "7be44c8a-adaf-4e2a-84d6-ab2649e08a13": "privileged authentication administrator",
    "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3": "application administrator",
    "e8611ab8-c189-46e8-94e1-60213ab1f814": "privileged role administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "user administrator",
}
"""Names of the built-in roles with which their holder gets at others, by template id."""


class RoleGrant(Struct, frozen=True):
    """A role of such a kind for one principal.

    :ivar attribute: the attribute that names the principal
    :ivar covers: where it holds; None where that is not known
    :ivar why: what of the role is not known; empty where all is
    """

    grant: Resource
    attribute: str
    actions: Part
    covers: Part | None
    why: str = ""
    definition: Resource | None = None


def role_grants(snapshot: Snapshot, scopes: Scopes) -> Iterator[RoleGrant]:
    """All such grants of a snapshot, type by type."""
    for grant in snapshot.all(COSMOS):
        yield _cosmos(grant, scopes)
    for grant in snapshot.all(SYNAPSE):
        name = _named("synapse", grant, "role_name")
        yield RoleGrant(grant, "principal_id", *_told(name), _workspace(grant, scopes), _why(name))
    for kind, attribute, principal in (
        (DIRECTORY, "role_id", "principal_object_id"),
        (MEMBER, "role_object_id", "member_object_id"),
    ):
        for grant in snapshot.all(kind):
            name = _directory_role(grant, attribute)
            yield RoleGrant(grant, principal, *_told(name), _directory_scope(grant), _why(name))
    for grant in snapshot.all(APP):
        name = _named("app", grant, "app_role_id")
        yield RoleGrant(grant, "principal_object_id", *_told(name), _application(grant), _why(name))


# -- Cosmos DB -----------------------------------------------------------------------------------------------------


def _cosmos(grant: Resource, scopes: Scopes) -> RoleGrant:
    value = grant.get("role_definition_id")
    definition = referred(grant, "role_definition_id", _COSMOS_DEFINITION)
    covers = _cosmos_scope(grant, scopes)
    if definition is not None:
        blocks, is_open = blocks_of(definition.values.get("permissions"))
        listed = [texts_of(block.get("data_actions")) for _, block in blocks]
        known = exactly(DATA + one.lower() for each in listed for one in each.known)
        if is_open or any(one.is_open for one in listed):
            why = f"a permission of {definition.address} is not known yet"
            return RoleGrant(grant, "principal_id", Part(known.lower, UNDECIDED.upper), covers, why, definition)
        return RoleGrant(grant, "principal_id", known, covers, "", definition)
    if is_untold(value):
        return RoleGrant(grant, "principal_id", UNDECIDED, covers, "the role is not known yet")
    name = text_of(value).lower().rsplit("/", 1)[-1]
    held = _BUILT_IN.get(name)
    if held is not None:
        return RoleGrant(grant, "principal_id", exactly(DATA + one for one in held), covers)
    why = f"the plan does not show what the role {name} holds"
    return RoleGrant(grant, "principal_id", exactly((f"role:cosmos/{literal(name)}",)), covers, why)


def _cosmos_scope(grant: Resource, scopes: Scopes) -> Part | None:
    """The account, or a database or container below it, which data scopes call ``dbs`` and ``colls``."""
    value = grant.get("scope")
    if not is_untold(value):
        inner = (
            text_of(value).lower().rstrip("/").replace("/dbs/", "/sqldatabases/").replace("/colls/", "/containers/")
        )
        return scopes.below(inner)
    return scopes.covered(grant)


# -- roles told by name --------------------------------------------------------------------------------------------


def _named(kind: str, grant: Resource, attribute: str) -> str:
    value = grant.get(attribute)
    return "" if is_untold(value) else f"{kind}/{text_of(value).lower()}"


def _directory_role(grant: Resource, attribute: str) -> str:
    value: Any = grant.get(attribute)
    found = referred(grant, attribute, "azuread_directory_role", "azuread_custom_directory_role")
    if found is not None:
        for name in ("display_name", "template_id"):
            told = found.get(name)
            if not is_untold(told) and text_of(told):
                return "directory/" + _DIRECTORY_ROLES.get(text_of(told).lower(), text_of(told).lower())
    if is_untold(value) or not text_of(value):
        return ""
    return "directory/" + _DIRECTORY_ROLES.get(text_of(value).lower(), text_of(value).lower())


def _told(name: str) -> tuple[Part]:
    return (exactly((f"role:{literal(name)}",)) if name else perhaps(exactly(("role:*",))),)


def _why(name: str) -> str:
    return f"what the role {name} lets its holder do is not modelled" if name else "the role is not known yet"


def _workspace(grant: Resource, scopes: Scopes) -> Part | None:
    for attribute in ("synapse_spark_pool_id", "synapse_workspace_id"):
        value = grant.get(attribute)
        if not is_untold(value) and text_of(value):
            return scopes.below(text_of(value).lower())
        found = referred(grant, attribute)
        if found is not None:
            return scopes.below(scopes.id_of(found))
    return None


def _directory_scope(grant: Resource) -> Part | None:
    value = grant.get("directory_scope_id")
    if is_untold(value) and not grant.is_left_to_provider("directory_scope_id"):
        return None
    scope = text_of(value).strip("/").lower()
    return exactly((f"directory/{literal(scope)}",) if scope else ("directory", "directory/*"))


def _application(grant: Resource) -> Part | None:
    value = grant.get("resource_object_id")
    if not is_untold(value):
        return exactly((f"directory/serviceprincipals/{literal(text_of(value).lower())}",))
    found = referred(grant, "resource_object_id")
    return exactly((f"directory/{literal(found.address)}",)) if found is not None else None
