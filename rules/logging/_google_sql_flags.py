"""Flags that tell Cloud SQL for PostgreSQL what to log."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, violation

from .._satellite import is_left_to_provider


def off_flag(instance: Resource, name: str) -> Iterator[Violation]:
    """A violation where a PostgreSQL instance does not switch a flag on; Cloud SQL documentation: off by default."""
    if not instance.get("database_version", "").startswith("POSTGRES"):
        return
    if is_left_to_provider(instance, "settings"):  # a replica takes those of its source, which is judged
        return
    value = "off"
    for _, flag in instance.blocks("settings.database_flags"):
        if flag["name"] == name:
            value = flag["value"]
    if value.lower() != "on":
        yield violation("settings[0].database_flags", f"{name} is {value}")
