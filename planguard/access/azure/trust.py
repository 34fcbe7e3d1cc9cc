"""Who may become an identity of Azure from outside: federated credentials.

The principal is the issuer; subject and audience are conditions on the claims of its token, named as they are in
trust policies of AWS (``token.actions.githubusercontent.com:sub``).

Source: Microsoft, "Overview of federated identity credentials in Microsoft Entra ID": issuer, subject and audience
are compared exactly.
"""

from __future__ import annotations

from typing import Any

from planguard.access.azure.principal import USER_ASSIGNED, subject_of
from planguard.access.holder import Holder
from planguard.access.model import AZURE, TRUST, Gap, Origin, Predicate, Subject, Terms
from planguard.access.part import allowed, exactly
from planguard.access.pattern import symbol
from planguard.access.reading import is_untold, literal, referred, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

_CLUSTER = "azurerm_kubernetes_cluster"
EXCHANGE = "exchangetoken"
_PARENTS = {
    "azurerm_federated_identity_credential": (("user_assigned_identity_id", "parent_id"), (USER_ASSIGNED,)),
    "azuread_application_federated_identity_credential": (
        ("application_id", "application_object_id"),
        ("azuread_application", "azuread_application_registration"),
    ),
}


def add_trusts(snapshot: Snapshot, holder: Holder) -> None:
    """Add who may become which identity."""
    for kind in _PARENTS:
        for credential in snapshot.all(kind):
            _trust(credential, holder)


def _trust(credential: Resource, holder: Holder) -> None:
    issuer: Any = _issuer(credential)
    wanted: Any = credential.get("subject")
    audiences = texts_of(credential.get("audience", credential.get("audiences")))
    address = credential.address
    gaps = [
        Gap("trust-unknown", address, name, f"the {name} is not known yet")
        for name, is_open in (
            ("issuer", is_untold(issuer)),
            ("subject", is_untold(wanted)),
            ("audience", audiences.is_open),
        )
        if is_open
    ]
    place = text_of(issuer).removeprefix("https://").rstrip("/")
    predicates = []
    if not is_untold(wanted):
        predicates.append(Predicate("StringEquals", f"{place}:sub", (text_of(wanted),)))
    if audiences.known and not audiences.is_open:
        predicates.append(Predicate("StringEquals", f"{place}:aud", audiences.known))
    clauses = allowed(
        exactly((EXCHANGE,)),
        principals=Terms(("Federated:*" if is_untold(issuer) else f"Federated:{literal(text_of(issuer))}",)),
        predicates=tuple(predicates) if not is_untold(issuer) else (),
        is_certain=not gaps,
        origin=Origin(address),
    )
    holder.add(_identity(credential), clauses, gaps, touched=credential.node.changed)


def _issuer(credential: Resource) -> Any:
    """The issuer's URL; a symbol for that of a cluster which the plan creates, the Unknown where nobody can say."""
    value = credential.get("issuer")
    cluster = referred(credential, "issuer", _CLUSTER) if is_untold(value) else None
    if cluster is None or not cluster.is_created or referred(credential, "issuer") != cluster:
        return value
    return symbol(f"{cluster.address}.oidc_issuer_url")


def _identity(credential: Resource) -> Subject:
    attributes, kinds = _PARENTS[credential.type]
    for attribute in attributes:
        found = referred(credential, attribute, *kinds)
        if found is not None:
            return Subject(AZURE, TRUST, found.address, found.address, subject_of(found).kind)
    for attribute in attributes:
        value = credential.get(attribute)
        if not is_untold(value) and text_of(value):
            return Subject(AZURE, TRUST, text_of(value).lower(), "", "managed_identity")
    return Subject(AZURE, TRUST, f"${{{credential.address}}}", "", "managed_identity")
