"""Access control lists of Google Cloud: of buckets and their objects, and of datasets, as bindings of roles.

A list gives what a predefined role gives as well: the lists of buckets and objects are the legacy roles of Cloud
Storage, those of datasets the data roles of BigQuery.

Sources: Cloud Storage, "Access control lists (ACLs)" (scopes, permissions, predefined ACLs), "IAM roles for Cloud
Storage" (legacy roles), "Uniform bucket-level access" (lists count for nothing under it); BigQuery, REST reference
``Dataset.access``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.access.google.binding import MEMBER, Binding
from planguard.access.google.member import ALL_AUTHENTICATED, ALL_USERS, Members, canonical, members_of
from planguard.access.google.place import Place, Places
from planguard.access.model import Origin
from planguard.access.reading import blocks_of, is_untold, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import Unknown, has_unknown

_BUCKET = {
    "READER": "roles/storage.legacyBucketReader",
    "WRITER": "roles/storage.legacyBucketWriter",
    "OWNER": "roles/storage.legacyBucketOwner",
}
_OBJECT = {"READER": "roles/storage.legacyObjectReader", "OWNER": "roles/storage.legacyObjectOwner"}
_DATASET = {
    "READER": "roles/bigquery.dataViewer",
    "WRITER": "roles/bigquery.dataEditor",
    "OWNER": "roles/bigquery.dataOwner",
}
_PREDEFINED = {
    "publicread": ("READER", ALL_USERS),
    "publicreadwrite": ("WRITER", ALL_USERS),
    "authenticatedread": ("READER", ALL_AUTHENTICATED),
}
"""Predefined lists that name anybody but the owners and the teams of a project."""
_LISTS = {
    "google_storage_bucket_acl": _BUCKET,
    "google_storage_default_object_acl": _OBJECT,
    "google_storage_object_acl": _OBJECT,
}
_ENTRIES = {
    "google_storage_bucket_access_control": _BUCKET,
    "google_storage_default_object_access_control": _OBJECT,
    "google_storage_object_access_control": _OBJECT,
}
_PEOPLE = {"user_by_email": "user", "group_by_email": "group", "domain": "domain"}
_NAMING = (*_PEOPLE, "special_group", "iam_member")


def listed_bindings(snapshot: Snapshot, places: Places) -> list[Binding]:
    """What the lists of a snapshot grant, each entry as a binding of one role."""
    found: list[Binding] = []
    for kind, roles in _LISTS.items():
        for grant in snapshot.all(kind):
            found += _of_list(grant, places, roles)
    for kind, roles in _ENTRIES.items():
        for grant in snapshot.all(kind):
            found += _of_entry(grant, places, roles)
    for dataset in snapshot.all("google_bigquery_dataset"):
        blocks, is_open = blocks_of(dataset.values.get("access"))
        is_alone = sum(1 for _, block in blocks if has_unknown(_people(block))) < 2
        for index, block in blocks:
            origin = Origin(dataset.address, "access", f"Access[{index}]")
            found += _of_dataset(dataset, places, block, origin, is_alone=is_alone)
        if is_open and not dataset.is_left_to_provider("access"):
            found.append(_unknown(dataset, _dataset(dataset, places), "access"))
    for grant in snapshot.all("google_bigquery_dataset_access"):
        found += _of_dataset(grant, places, grant.values, Origin(grant.address))
    return found


# -- buckets -------------------------------------------------------------------------------------------------------


def _of_list(grant: Resource, places: Places, roles: dict[str, str]) -> Iterator[Binding]:
    place = _bucket(grant, places)
    if place is None:
        return
    entries = texts_of(grant.get("role_entity"))
    for entry in entries.known:
        role, _, entity = entry.partition(":")
        yield from _entry(grant, place, roles, role, entity, Origin(grant.address, "role_entity", entry))
    if entries.is_open and not grant.is_left_to_provider("role_entity"):
        yield _unknown(grant, place, "role_entity")
    for attribute in ("predefined_acl", "default_acl"):
        value = grant.get(attribute)
        told = _PREDEFINED.get(text_of(value).lower()) if not is_untold(value) else None
        if told is not None:
            content = _OBJECT if attribute == "default_acl" else roles
            yield from _entry(grant, place, content, *told, Origin(grant.address, attribute))


def _of_entry(grant: Resource, places: Places, roles: dict[str, str]) -> Iterator[Binding]:
    place = _bucket(grant, places)
    if place is None:
        return
    role, entity = grant.get("role"), grant.get("entity")
    if is_untold(role) or is_untold(entity):
        yield _unknown(grant, place, "entity" if is_untold(entity) else "role")
        return
    yield from _entry(grant, place, roles, text_of(role), text_of(entity), Origin(grant.address, "entity"))


def _entry(
    grant: Resource, place: Place, roles: dict[str, str], role: str, entity: str, origin: Origin
) -> Iterator[Binding]:
    member = _member(entity)
    if member and role.upper() in roles:
        members = Members(((member, ""),))
        yield Binding(place, roles[role.upper()], members, "", MEMBER, grant, origin, (grant,))


def _member(entity: str) -> str:
    """The member that an entity of a list is; empty for the teams of a project, which hold their roles anyhow."""
    if entity in (ALL_USERS, ALL_AUTHENTICATED):
        return entity
    kind, dash, name = entity.partition("-")
    if not dash or kind not in ("user", "group", "domain"):
        return ""
    if kind == "user" and name.endswith(".gserviceaccount.com"):
        kind = "serviceAccount"
    return canonical(f"{kind}:{name}")


def _bucket(grant: Resource, places: Places) -> Place | None:
    """The bucket of a list; None where its lists count for nothing."""
    place = places.of(grant, "storage_bucket", ("bucket",))
    bucket = places.bucket(place)
    if bucket is not None and bucket.get("uniform_bucket_level_access") is True:
        return None
    return place


# -- datasets ------------------------------------------------------------------------------------------------------


def _of_dataset(
    grant: Resource, places: Places, entry: dict[str, Any], origin: Origin, *, is_alone: bool = True
) -> Iterator[Binding]:
    """The bindings of one entry.

    :param is_alone: whether no other entry names somebody who is not known yet
    """
    place = _dataset(grant, places)
    role = entry.get("role")
    if not is_untold(role):
        role = _DATASET.get(text_of(role), text_of(role))
    for attribute, value in sorted(_people(entry).items()):
        if is_untold(value) and not grant.is_left_to_provider(attribute):
            members = members_of(grant, origin.attribute or attribute, [value], is_alone=is_alone)
        else:
            member = _of_person(attribute, text_of(value))
            members = Members(((member, ""),) if member else ())
        if role and (members.known or members.is_open):
            said = Origin(origin.address, origin.attribute or attribute, origin.statement)
            yield Binding(place, role, members, "", MEMBER, grant, said, (grant,))


def _people(entry: dict[str, Any]) -> dict[str, Any]:
    """What of an entry names principals."""
    return {name: entry[name] for name in _NAMING if entry.get(name) is not None}


def _dataset(grant: Resource, places: Places) -> Place:
    return places.of(grant, "bigquery_dataset", ("project", "dataset_id"))


def _of_person(attribute: str, name: str) -> str:
    if not name:
        return ""
    if attribute == "special_group":
        return name if name == ALL_AUTHENTICATED else ""
    if attribute == "iam_member":
        return canonical(name)
    kind = _PEOPLE.get(attribute, "")
    if kind == "user" and name.endswith(".gserviceaccount.com"):
        kind = "serviceAccount"
    return canonical(f"{kind}:{name}") if kind else ""


def _unknown(grant: Resource, place: Place, attribute: str) -> Binding:
    role = Unknown((attribute,), grant)
    return Binding(place, role, Members(is_open=True), "", MEMBER, grant, Origin(grant.address, attribute), (grant,))
