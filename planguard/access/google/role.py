"""What the role of a binding holds: a custom role of the plan, or a predefined one.

Source: Google Cloud, "Roles and permissions", "Create and manage custom roles".
"""

from __future__ import annotations

from typing import Any

from planguard.access.google.place import project_of
from planguard.access.google.predefined import predefined
from planguard.access.part import UNDECIDED, Part, at_least, exactly
from planguard.access.reading import is_untold, literal, referred, settled, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

PROJECT_ROLE, ORGANIZATION_ROLE = "google_project_iam_custom_role", "google_organization_iam_custom_role"


class Roles:
    """The custom roles of a snapshot by name."""

    __slots__ = ("_custom",)

    def __init__(self, snapshot: Snapshot) -> None:
        self._custom = {name_of(one): one for one in snapshot.all(PROJECT_ROLE, ORGANIZATION_ROLE)}

    def content(self, grant: Resource, role: Any, via: str) -> tuple[Part, str, Resource | None]:
        """What a role holds.

        :param role: its name, or an Unknown
        :param via: the attribute that names it
        :returns: its permissions, why not all is known (empty where it is), and the resource of the plan that it is
        """
        custom = None if is_untold(role) else self._custom.get(text_of(role))
        if custom is None and not text_of(role).startswith("roles/"):
            custom = referred(grant, via, PROJECT_ROLE, ORGANIZATION_ROLE)
        if custom is not None:
            permissions = texts_of(custom.get("permissions"))
            held = [literal(one) for one in permissions.known]
            if permissions.is_open:
                return at_least(held), f"a permission of {custom.address} is not known yet", custom
            return exactly(held), "", custom
        if is_untold(role):
            return UNDECIDED, "the role is not known yet", None
        name = text_of(role)
        if not name.startswith("roles/") and any(one.address == key for key, one in self._custom.items()):
            return UNDECIDED, f"a custom role of the plan may be {name}", None
        if not name.startswith("roles/"):
            return exactly((f"role:{literal(name)}",)), f"the plan does not show what the role {name} holds", None
        return predefined(name) or exactly((f"role:{literal(name)}",)), "", None


def name_of(role: Resource) -> str:
    """The full name of a custom role of the plan: ``projects/x/roles/y``."""
    last = settled(role)
    for attribute in ("name", "id"):
        value = last.get(attribute)
        if not is_untold(value) and text_of(value):
            return text_of(value)
    role_id = last.get("role_id")
    if is_untold(role_id):
        return role.address
    if role.type == PROJECT_ROLE:
        return f"projects/{project_of(last)}/roles/{text_of(role_id)}"
    organization = last.get("org_id")
    return role.address if is_untold(organization) else f"organizations/{organization}/roles/{text_of(role_id)}"
