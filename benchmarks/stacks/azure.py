"""Azure: storage behind a network security group."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Secret, Values, const, uses
from stacks.place import Place

_SUBSCRIPTION = "5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b"
_RULES = {"ssh": 22, "web": 443}
_LOCATION = "westeurope"


def _id(place: Place, provider: str) -> str:
    group = f"/subscriptions/{_SUBSCRIPTION}/resourceGroups/rg-{place.slug}"
    return f"{group}/providers/{provider}" if provider else group


def _tags(place: Place) -> dict[str, str]:
    return {"environment": place.environment, "owner": place.team, "service": place.service}


def _resource_group(place: Place, _: str) -> Values:
    return {
        "id": Own(_id(place, "")),
        "location": _LOCATION,
        "managed_by": "",
        "name": f"rg-{place.slug}",
        "tags": _tags(place),
        "timeouts": None,
    }


def _account_name(place: Place) -> str:
    return "st" + place.slug.replace("-", "")[:22]


def _account(place: Place, _: str) -> Values:
    name = _account_name(place)
    secret = place.hex("account key", 24)
    return {
        "access_tier": Own("Hot"),
        "account_kind": "StorageV2",
        "account_replication_type": "ZRS",
        "account_tier": "Standard",
        "allow_nested_items_to_be_public": place.one_in(8, "nested"),
        "blob_properties": [{"delete_retention_policy": [{"days": 30}], "versioning_enabled": True}],
        "cross_tenant_replication_enabled": False,
        "custom_domain": [],
        "default_to_oauth_authentication": True,
        "https_traffic_only_enabled": True,
        "id": Own(_id(place, f"Microsoft.Storage/storageAccounts/{name}")),
        "identity": [],
        "infrastructure_encryption_enabled": True,
        "is_hns_enabled": False,
        "location": Ref(_LOCATION),
        "min_tls_version": "TLS1_0" if place.one_in(8, "tls") else "TLS1_2",
        "name": name,
        "network_rules": [
            {"bypass": ["AzureServices"], "default_action": "Deny", "ip_rules": [], "virtual_network_subnet_ids": []}
        ],
        "primary_access_key": Own(Secret(secret)),
        "primary_blob_connection_string": Own(Secret(f"AccountName={name};AccountKey={secret}")),
        "primary_blob_endpoint": Own(f"https://{name}.blob.core.windows.net/"),
        "primary_blob_host": Own(f"{name}.blob.core.windows.net"),
        "primary_dfs_endpoint": Own(f"https://{name}.dfs.core.windows.net/"),
        "primary_location": Own(_LOCATION),
        "public_network_access_enabled": not place.one_in(2, "network"),
        "resource_group_name": Ref(f"rg-{place.slug}"),
        "secondary_access_key": Own(Secret(place.hex("second key", 24))),
        "shared_access_key_enabled": False,
        "tags": _tags(place),
        "timeouts": None,
    }


def _container(place: Place, key: str) -> Values:
    name = _account_name(place)
    return {
        "container_access_type": "blob" if place.one_in(15, "container" + key) else "private",
        "has_immutability_policy": Own(False),
        "has_legal_hold": Own(False),
        "id": Own(f"https://{name}.blob.core.windows.net/{key}"),
        "metadata": Own({}),
        "name": key,
        "storage_account_id": Ref(_id(place, f"Microsoft.Storage/storageAccounts/{name}")),
        "timeouts": None,
    }


def _network_group(place: Place, _: str) -> Values:
    return {
        "id": Own(_id(place, f"Microsoft.Network/networkSecurityGroups/nsg-{place.slug}")),
        "location": Ref(_LOCATION),
        "name": f"nsg-{place.slug}",
        "resource_group_name": Ref(f"rg-{place.slug}"),
        "security_rule": Own([]),
        "tags": _tags(place),
        "timeouts": None,
    }


def _network_rule(place: Place, key: str) -> Values:
    group = f"nsg-{place.slug}"
    open_ = key == "web" or place.one_in(10, "nsg" + key)
    return {
        "access": "Allow",
        "description": "",
        "destination_address_prefix": "*",
        "destination_address_prefixes": None,
        "destination_port_range": str(_RULES[key]),
        "destination_port_ranges": None,
        "direction": "Inbound",
        "id": Own(_id(place, f"Microsoft.Network/networkSecurityGroups/{group}/securityRules/{key}")),
        "name": key,
        "network_security_group_name": Ref(group),
        "priority": 100 + _RULES[key],
        "protocol": "Tcp",
        "resource_group_name": Ref(f"rg-{place.slug}"),
        "source_address_prefix": "*" if open_ else "10.0.0.0/8",
        "source_address_prefixes": None,
        "source_port_range": "*",
        "source_port_ranges": None,
        "timeouts": None,
    }


_IN_GROUP = {"resource_group_name": uses("azurerm_resource_group.this.name")}

LANDING = Kind(
    source="./modules/landing",
    blocks=(
        Block(
            "azurerm_network_security_group",
            "this",
            _network_group,
            {**_IN_GROUP, "location": uses("azurerm_resource_group.this.location"), "name": uses("var.name")},
            old={"tags": {}},
        ),
        Block(
            "azurerm_network_security_rule",
            "this",
            _network_rule,
            {
                **_IN_GROUP,
                "access": const("Allow"),
                "destination_port_range": uses("each.value"),
                "direction": const("Inbound"),
                "network_security_group_name": uses("azurerm_network_security_group.this.name"),
                "source_address_prefix": uses("var.sources"),
            },
            tuple(_RULES),
            const({key: str(port) for key, port in _RULES.items()}),
            old={"source_address_prefix": "10.9.0.0/16"},
        ),
        Block(
            "azurerm_resource_group",
            "this",
            _resource_group,
            {"location": const(_LOCATION), "name": uses("var.name")},
        ),
        Block(
            "azurerm_storage_account",
            "this",
            _account,
            {
                **_IN_GROUP,
                "location": uses("azurerm_resource_group.this.location"),
                "min_tls_version": const("TLS1_2"),
                "name": uses("var.name"),
            },
            old={"account_replication_type": "LRS"},
            schema_version=4,
        ),
        Block(
            "azurerm_storage_container",
            "this",
            _container,
            {
                "container_access_type": const("private"),
                "name": uses("each.key"),
                "storage_account_id": uses("azurerm_storage_account.this.id"),
            },
            ("claims", "exports"),
            const(["claims", "exports"]),
            schema_version=1,
        ),
    ),
    inputs=lambda _: {"name": uses("var.project", "each.key"), "sources": uses("each.value.sources")},
)
