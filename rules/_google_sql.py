"""Cloud SQL instances whose settings stand elsewhere."""

from __future__ import annotations

from planguard import Resource

from ._satellite import is_left_to_provider


def takes_settings_of_another(instance: Resource) -> bool:
    """Whether an instance without settings of its own is a replica or a clone, which has those of its source."""
    if not is_left_to_provider(instance, "settings"):
        return False
    return bool(instance.get("clone")) or instance.is_set("master_instance_name")
