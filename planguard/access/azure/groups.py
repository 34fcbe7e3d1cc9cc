"""Members of groups of the directory: they hold what their group holds.

Source: Microsoft, "Assign Azure roles to a group" and "What is Azure RBAC?" (a role of a group is held by
all its members, those of nested groups included); the provider's documentation of ``azuread_group`` (``members``) and
``azuread_group_member``.
"""

from __future__ import annotations

from collections.abc import Iterator

from planguard.access.azure.principal import Directory, subject_of
from planguard.access.holder import Holder
from planguard.access.model import Subject
from planguard.access.reading import is_untold, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

GROUP, MEMBER = "azuread_group", "azuread_group_member"
_DEEPEST = 16


def share_with_members(snapshot: Snapshot, directory: Directory, holder: Holder) -> None:
    """Give the members of groups what is granted to their groups so far."""
    above: dict[Subject, dict[Subject, Resource]] = {}
    for group, member, told in _memberships(snapshot, directory):
        above.setdefault(member, {}).setdefault(group, told)
    shares = [
        (member, group, told) for member in sorted(above) for group, told in sorted(_all_above(member, above).items())
    ]
    granted = [(member, *holder.granted(group), told) for member, group, told in shares]
    for member, clauses, gaps, touched, told in granted:
        if clauses or gaps:
            holder.add(member, clauses, gaps, touched=touched or told.node.changed)


def _all_above(
    member: Subject, above: dict[Subject, dict[Subject, Resource]], depth: int = 0
) -> dict[Subject, Resource]:
    found = dict(above.get(member, {}))
    if depth < _DEEPEST:
        for group, told in list(found.items()):
            for further in _all_above(group, above, depth + 1):
                if further != member:
                    found.setdefault(further, told)
    return found


def _memberships(snapshot: Snapshot, directory: Directory) -> Iterator[tuple[Subject, Subject, Resource]]:
    """Each group with each of its members that can be told, and the resource that says so."""
    for group in snapshot.all(GROUP):
        for one in texts_of(group.get("members")).known:
            yield subject_of(group), directory.called(one), group
        for member in _named_later(group):
            yield subject_of(group), member, group
    for link in snapshot.all(MEMBER):
        group_of = directory.principal(link, "group_object_id", link.get("group_object_id"))
        member_of = directory.principal(link, "member_object_id", link.get("member_object_id"))
        if group_of is not None and member_of is not None:
            yield group_of, member_of, link


def _named_later(group: Resource) -> Iterator[Subject]:
    """The members whose object ids are not known yet, where the configuration names as many as there are."""
    value = group.get("members")
    if group.is_left_to_provider("members") or not texts_of(value).is_open:
        return
    unknown = None if is_untold(value) else sum(map(is_untold, list.__iter__(value)))
    found = group.references(None, via="members")
    if getattr(found, "why", None) is None:
        named = [one for one in list.__iter__(found) if one.type.startswith(("azuread_", "azurerm_"))]
        if unknown in (None, len(named)):
            yield from map(subject_of, named)
