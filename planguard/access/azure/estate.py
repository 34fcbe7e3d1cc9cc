"""What of a plan carries managed identities that hold something, and which key vaults take access policies.

Source: Microsoft, "What are managed identities for Azure resources?"; "Azure role-based access control vs. access
policies" for key vaults.
"""

from __future__ import annotations

from collections.abc import Iterable

from msgspec import Struct

from planguard.access.azure.methods import CLUSTER, HOSTS
from planguard.access.azure.principal import USER_ASSIGNED
from planguard.access.azure.scope import Scopes
from planguard.access.holdings import Holdings, holdings
from planguard.access.model import AZURE, IDENTITY, Gap, Held
from planguard.access.reading import blocks_of, is_untold
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

VAULT = "azurerm_key_vault"
_KUBELET = "kubelet_identity"
_BY_ROLES = ("rbac_authorization_enabled", "enable_rbac_authorization")


class Carrier(Struct, frozen=True):
    """Something through which somebody gets at the access of managed identities.

    :ivar address: the resource in the plan
    :ivar scope: its id, in lower case
    :ivar kind: what it is called; empty for a user-assigned identity itself
    :ivar identities: what the identities hold that it carries, those only that hold something
    :ivar gaps: whether it may carry others
    """

    address: str
    scope: str
    kind: str
    identities: tuple[Held, ...]
    gaps: tuple[Gap, ...] = ()


class Vault(Struct, frozen=True):
    """A key vault that takes access policies for certain."""

    address: str
    scope: str


class Estate(Struct, frozen=True):
    """What of one snapshot leads to more access.

    :ivar carriers: what carries identities, by its kind and by every scope that it is in, its own included
    """

    carriers: dict[tuple[str, str], list[Carrier]]
    vaults: tuple[Vault, ...]

    def within(self, kind: str, scopes: Iterable[str]) -> list[Carrier]:
        """The carriers of a kind that are in one of some scopes, sorted."""
        found = {one.address: one for scope in scopes for one in self.carriers.get((kind, scope), ())}
        return [found[address] for address in sorted(found)]


def estate_of(snapshot: Snapshot) -> Estate:
    """What of a snapshot carries identities that hold something, and its vaults with access policies."""
    kept: Estate | None = snapshot.graph.derived.get(("azure-estate", snapshot.name))
    if kept is None:
        scopes, held = Scopes(snapshot), holdings(snapshot.graph, snapshot.name)
        carriers = [found for one in snapshot.all(*HOSTS) if (found := _host(one, scopes, held)) is not None]
        for one in snapshot.all(USER_ASSIGNED):
            own = _holder(held, one.address)
            if own is not None:
                carriers.append(Carrier(one.address, scopes.id_of(one), "", (own,)))
        vaults = [Vault(one.address, scopes.id_of(one)) for one in snapshot.all(VAULT) if _takes_policies(one)]
        by_scope: dict[tuple[str, str], list[Carrier]] = {}
        for carrier in carriers:
            for scope in _scopes_of(carrier.scope):
                by_scope.setdefault((carrier.kind, scope), []).append(carrier)
        kept = snapshot.graph.derived["azure-estate", snapshot.name] = Estate(by_scope, tuple(vaults))
    return kept


def _scopes_of(scope: str) -> list[str]:
    """A scope and all that it is in, as far as its own id tells."""
    parts = scope.split("/")
    return ["/", *("/".join(parts[:end]) for end in range(3, len(parts) + 1))]


def _host(resource: Resource, scopes: Scopes, held: Holdings) -> Carrier | None:
    kind = HOSTS[resource.type]
    # The identity of a cluster itself is out of reach from inside of it; that of its nodes is not.
    block = _KUBELET if kind == CLUSTER else "identity"
    if not blocks_of(resource.values.get(block))[0] and kind != CLUSTER:
        return None
    own = f"{resource.address}.{_KUBELET}" if kind == CLUSTER else resource.address
    found = [_holder(held, own)]
    assigned = resource.references(USER_ASSIGNED, via=block)
    found += [_holder(held, one.address) for one in list.__iter__(assigned)]
    gaps: tuple[Gap, ...] = ()
    if getattr(assigned, "why", None) is not None:
        text = "which identities it carries is not known yet"
        gaps = (Gap("identity-unknown", resource.address, block, text),)
    identities = tuple(one for one in found if one is not None)
    if not identities and not gaps:
        return None
    return Carrier(resource.address, scopes.id_of(resource), kind, identities, gaps)


def _holder(held: Holdings, name: str) -> Held | None:
    one = held.by_key.get((AZURE, IDENTITY, name))
    return one if one is not None and one.access.clauses else None


def _takes_policies(vault: Resource) -> bool:
    for name in _BY_ROLES:
        value = vault.effective(name, False)
        if is_untold(value) or value:
            return False
    return True
