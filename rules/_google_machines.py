"""Machines of Compute Engine, and the templates that they are made from."""

from __future__ import annotations

from planguard import Resource, is_unknown

MACHINES = (
    "google_compute_instance",
    "google_compute_instance_from_template",
    "google_compute_instance_template",
    "google_compute_region_instance_template",
)
_ON = ("true", "y", "yes", "1")


def is_of_gke(machine: Resource) -> bool:
    """Whether GKE makes the machine and decides about it. CIS leaves those out by their name."""
    name = machine.get("name", "")
    return not is_unknown(name) and bool(name.startswith("gke-"))


def is_on(value: object) -> bool:
    """Whether a value of metadata switches something on.

    cloud.google.com/compute/docs/metadata/setting-custom-metadata#boolean
    """
    return str(value).lower() in _ON
