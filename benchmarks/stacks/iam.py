"""AWS: roles, which every module has."""

from __future__ import annotations

from stacks.block import Own, Values, assumed_by
from stacks.place import Place


def role(place: Place, name: str, service: str) -> Values:
    """A role that a service assumes."""
    return {
        "arn": Own(place.arn("iam", f"role/{name}")),
        "assume_role_policy": assumed_by(service),
        "create_date": Own("2025-01-15T09:30:00Z"),
        "description": "",
        "force_detach_policies": False,
        "id": Own(name),
        "inline_policy": [],
        "managed_policy_arns": [],
        "max_session_duration": 3600,
        "name": name,
        "name_prefix": Own(""),
        "path": "/",
        "permissions_boundary": "",
        "tags": None,
        "tags_all": place.tags,
        "unique_id": Own("AROA" + place.hex(name, 17).upper()),
    }
