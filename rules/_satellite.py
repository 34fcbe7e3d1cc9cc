"""What is not said in a resource itself: resources that guard it from beside it, and what the provider fills in.

A *satellite* configures another resource (the public access block of a bucket) and may be managed elsewhere. That one
is missing is certain only of a resource that this plan creates, and where this plan deletes the satellite.
"""

from __future__ import annotations

from typing import Any

from planguard import Resource, Undetermined, is_unknown


def satellites(resource: Resource, kind: str, *, via: str) -> list[Resource]:
    """The resources of a type that name this one in the attribute ``via``.

    :raises Undetermined: when there is none, but one that does not say yet whom it guards
    """
    found = resource.referrers(kind, via=via)
    if not found:
        refuse_unsettled(resource, kind, via=via)
    return found


def satellites_of(name: str, resource: Resource, kind: str, *, via: str) -> list[Resource]:
    """Like :func:`satellites`, for something that is not in this plan and is known by name only.

    :param resource: a resource in whose snapshot to look
    """
    found = resource.others(kind, **{via: name})
    certain = list.__getitem__(found, slice(None))
    if not certain:
        refuse_unsettled(resource, kind, via=via)
    return certain


def refuse_unsettled(resource: Resource, kind: str, *, via: str) -> None:
    """Refuse to say that there is no satellite while one does not say yet whom it guards.

    :raises Undetermined: when there is such a one
    """
    for one in resource.unsettled(kind, via=via):
        raise Undetermined((via,), one, (), f"it may belong to {resource.address}")


def users(resource: Resource, kind: str, *, via: str, name: str) -> list[Resource]:
    """The resources of a type that use this one, which they name in the attribute ``via``.

    :param name: the attribute that holds the name of this one
    :raises Undetermined: when there is none, and this one's name is not known yet, but may be what one of them names
    """
    found = resource.referrers(kind, via=via)
    if not found and is_unknown(resource.get(name)) and not resource.is_left_to_provider(name):
        for one in resource.others(kind):
            if not one.references(resource.type, via=via):
                raise Undetermined((name,), resource, (), f"{one.address} may mean it")
    return found


def missing(resource: Resource, kind: str, *, via: str) -> list[str]:
    """Make sure that a satellite that was not found is missing indeed.

    :returns: the addresses of satellites that this plan deletes (or, asked of the state before, creates)
    :raises Undetermined: when it may be managed elsewhere
    """
    other = resource.in_other_snapshot()
    others = other.referrers(kind, via=via) if other else []
    managed = [one.address for one in others if not one.get("skip_destroy")]  # with that, it is only forgotten
    if managed or (resource.is_created and resource.snapshot == "after"):
        return managed
    raise Undetermined(
        (kind.removeprefix(f"{resource.type}_"),),
        resource,
        (),
        f"no {kind} for it is in the plan; it may be managed elsewhere",
    )


def in_both_snapshots(resource: Resource) -> list[Resource]:
    """The resource as it is looked at, and as it is in the other snapshot, where it is."""
    other = resource.in_other_snapshot()
    return [resource, other] if other else [resource]


def is_left_to_provider(resource: Resource, path: str) -> bool:
    """Whether a value is unknown only because the configuration does not set it, and the provider will."""
    return resource.is_left_to_provider(path)


def given(resource: Resource, path: str, default: Any) -> Any:
    """The value at a path; the documented default where it is missing, or left to the provider."""
    return default if is_left_to_provider(resource, path) else resource.get(path, default)


def may_refer(resource: Resource, kind: str, *, via: str) -> bool:
    """Whether an attribute refers to a resource of a type in this plan, even where it is open to which instance."""
    return resource.may_refer_to(kind, via=via)
