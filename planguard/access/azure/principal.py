"""Who a principal of Azure is: an identity or a directory object of the plan, or an object id.

Source: Microsoft, "What are managed identities for Azure resources?"; the attributes of the ``azurerm`` and
``azuread`` resources that give an object id.
"""

from __future__ import annotations

from planguard.access.model import AZURE, IDENTITY, Subject
from planguard.access.reading import blocks_of, is_untold, referred, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

USER_ASSIGNED = "azurerm_user_assigned_identity"
_KUBELET = "kubelet_identity"
_PRINCIPALS = ("azurerm_", "azuread_", "data.azurerm_", "data.azuread_")
"""How the types begin of resources that are principals, or say who is one."""
_DIRECTORY = {
    "azuread_user": "user",
    "azuread_group": "group",
    "azuread_group_without_members": "group",
    "azuread_service_principal": "service_principal",
    "azuread_invitation": "user",
}


class Directory:
    """The principals of a snapshot by their object id."""

    __slots__ = ("_known",)

    def __init__(self, snapshot: Snapshot) -> None:
        self._known: dict[str, Subject] = {}
        for kind in sorted(snapshot.graph.kinds):
            if kind in _DIRECTORY or kind.startswith("azurerm_"):
                for one in snapshot.all(kind):
                    self._learn(one)

    def _learn(self, resource: Resource) -> None:
        values = resource.values
        if resource.type in _DIRECTORY:
            self._keep(values.get("object_id"), subject_of(resource))
            self._keep(values.get("user_id"), subject_of(resource))
        elif resource.type == USER_ASSIGNED:
            self._keep(values.get("principal_id"), subject_of(resource))
        else:
            for _, block in blocks_of(values.get("identity"))[0]:
                self._keep(block.get("principal_id"), subject_of(resource))
            for _, block in blocks_of(values.get(_KUBELET))[0]:
                self._keep(block.get("object_id"), _kubelet(resource))

    def _keep(self, object_id: object, subject: Subject) -> None:
        if not is_untold(object_id) and text_of(object_id):
            self._known[text_of(object_id).lower()] = subject

    def principal(self, grant: Resource, attribute: str, value: object) -> Subject | None:
        """Whose access it is what an object id is granted; None where nobody can say yet.

        :param attribute: the attribute that holds the object id
        :param value: the object id, or an Unknown
        """
        if not is_untold(value):
            return self.called(text_of(value))
        found = referred(grant, attribute)
        if found is None or not found.type.startswith(_PRINCIPALS):
            return None
        return _kubelet(found) if _is_of_kubelet(grant, attribute) else subject_of(found)

    def called(self, object_id: str) -> Subject:
        """Who has an object id."""
        known = self._known.get(object_id.lower())
        return known or Subject(AZURE, IDENTITY, object_id.lower(), "", "principal")


def subject_of(resource: Resource) -> Subject:
    """The subject that an identity, a directory object or a resource with an identity of its own is."""
    kind = _DIRECTORY.get(resource.type, "managed_identity")
    return Subject(AZURE, IDENTITY, resource.address, resource.address, kind)


def _kubelet(cluster: Resource) -> Subject:
    return Subject(AZURE, IDENTITY, f"{cluster.address}.{_KUBELET}", cluster.address, "managed_identity")


def _is_of_kubelet(grant: Resource, attribute: str) -> bool:
    """Whether the configuration names the identity of a cluster's nodes, not that of the cluster."""
    block = grant.node.block
    if block is None:
        return False
    return any(_KUBELET in str(traversals) for name, traversals in block.attributes if name == (attribute,))
