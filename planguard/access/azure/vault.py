"""Access policies of key vaults: inline, and on their own.

They count only where the vault does not leave access to role assignments. Their actions are called after the
permission: ``data:microsoft.keyvault/vaults/secrets/get``.

Source: Microsoft, "Assign a Key Vault access policy"; the arguments of ``azurerm_key_vault`` and
``azurerm_key_vault_access_policy``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.azure.scope import Scopes
from planguard.access.model import Origin
from planguard.access.part import Part, at_least, exactly
from planguard.access.reading import blocks_of, is_untold, referred, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

VAULT, POLICY = "azurerm_key_vault", "azurerm_key_vault_access_policy"
_PERMISSIONS = {
    "key_permissions": "keys",
    "secret_permissions": "secrets",
    "certificate_permissions": "certificates",
    "storage_permissions": "storage",
}
_MODEL = ("rbac_authorization_enabled", "enable_rbac_authorization")


class VaultPolicy(Struct, frozen=True):
    """One access policy of a vault.

    :ivar object_id: whom it is for; an Unknown where it is not known yet
    :ivar attribute: the attribute that says so, for references
    :ivar covers: the vault; None where nobody can say which one
    :ivar is_certain: whether it counts
    """

    grant: Resource
    object_id: Any
    attribute: str
    actions: Part
    covers: Part | None
    origin: Origin
    is_certain: bool
    vault: Resource | None


def vault_policies(snapshot: Snapshot, scopes: Scopes) -> Iterator[VaultPolicy]:
    """The access policies of a snapshot that count, or may count."""
    for vault in snapshot.all(VAULT):
        model = _by_roles(vault)
        blocks, _ = blocks_of(vault.values.get("access_policy"))
        if model is True:
            continue
        covers = scopes.below(scopes.id_of(vault))
        for index, block in blocks:
            origin = Origin(vault.address, f"access_policy[{index}]")
            yield VaultPolicy(
                vault, block.get("object_id"), "access_policy", _actions(block), covers, origin, model is False, vault
            )
    for policy in snapshot.all(POLICY):
        found = referred(policy, "key_vault_id", VAULT)
        model = _by_roles(found) if found is not None else False
        if model is not True:
            yield VaultPolicy(
                policy,
                policy.get("object_id"),
                "object_id",
                _actions(policy.values),
                scopes.covered(policy, "key_vault_id"),
                Origin(policy.address),
                model is False,
                found,
            )


def open_vaults(snapshot: Snapshot) -> list[Resource]:
    """The vaults of which the inline access policies are not known yet."""
    return [
        one
        for one in snapshot.all(VAULT)
        if blocks_of(one.values.get("access_policy"))[1]
        and not one.is_left_to_provider("access_policy")
        and _by_roles(one) is not True
    ]


def _by_roles(vault: Resource) -> bool | None:
    """Whether access is by role assignments; None where nobody can say yet."""
    answer: bool | None = False
    for name in _MODEL:
        value = vault.effective(name, False)
        if is_untold(value):
            answer = None
        elif value:
            return True
    return answer


def _actions(block: dict[str, Any]) -> Part:
    known: list[str] = []
    open_: list[str] = []
    for attribute, collection in _PERMISSIONS.items():
        stem = f"data:microsoft.keyvault/vaults/{collection}/"
        permissions = texts_of(block.get(attribute))
        known += [stem + ("*" if one.lower() == "all" else one.lower()) for one in permissions.known]
        open_ += [f"{stem}*"] if permissions.is_open else []
    return at_least(known, open_) if open_ else exactly(known)
