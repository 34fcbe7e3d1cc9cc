"""Where a binding of Google Cloud holds: the resource, and all that is below it.

Resources are named as their own service names them, from ``projects/``, ``folders/`` or ``organizations/`` on, so
that what is granted on a project covers what is in it. What a folder or an organisation holds is known only as far as
the plan shows it.

Source: Google Cloud, "Resource names" (full resource names), "Using resource hierarchy for access control"; the
arguments of the ``google_*_iam_*`` resources in the provider's documentation.
"""

from __future__ import annotations

import re
from typing import Any

from msgspec import Struct

from planguard.access.part import Part, at_least, exactly, perhaps
from planguard.access.pattern import shown, symbol
from planguard.access.reading import is_untold, literal, referred, settled, text_of
from planguard.graph.account import account_of
from planguard.graph.identity import names_type
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import Undetermined

PROJECT, FOLDER, ORGANIZATION = "google_project", "google_folder", "google_organization"
_ANCHOR = re.compile(r"(?:^|/)((?:projects|folders|organizations|billingAccounts)/.+)$")
_OWN_PROJECT = re.compile(r"@([a-z0-9-]+)\.iam\.gserviceaccount\.com$")
_GRANT = frozenset({"id", "etag", "role", "member", "members", "policy_data", "condition", "timeouts"})
_AREAS = {"location": "locations", "region": "regions", "zone": "zones"}
_COLLECTIONS = {
    "storage_bucket": ("buckets",),
    "storage_managed_folder": ("buckets", "managedFolders"),
    "bigquery_dataset": ("datasets",),
    "bigquery_table": ("datasets", "tables"),
    "pubsub_topic": ("topics",),
    "pubsub_subscription": ("subscriptions",),
    "pubsub_schema": ("schemas",),
    "secret_manager_secret": ("secrets",),
    "secret_manager_regional_secret": ("secrets",),
    "kms_key_ring": ("keyRings",),
    "kms_crypto_key": ("cryptoKeys",),
    "service_account": ("serviceAccounts",),
    "cloud_run_service": ("services",),
    "cloud_run_v2_service": ("services",),
    "cloud_run_v2_job": ("jobs",),
    "cloudfunctions_function": ("functions",),
    "cloudfunctions2_function": ("functions",),
    "artifact_registry_repository": ("repositories",),
    "compute_instance": ("instances",),
    "compute_disk": ("disks",),
    "compute_image": ("images",),
    "compute_subnetwork": ("subnetworks",),
    "spanner_instance": ("instances",),
    "spanner_database": ("instances", "databases"),
    "bigtable_instance": ("instances",),
    "bigtable_table": ("instances", "tables"),
    "dns_managed_zone": ("managedZones",),
    "cloud_tasks_queue": ("queues",),
    "sourcerepo_repository": ("repos",),
}
_ORDER = ("dataset_id", "bucket", "instance", "instance_name", "lake", "service_id", "database", "database_id")
"""Attributes that name what holds the others, outermost first."""


class Place(Struct, frozen=True):
    """Where a binding holds.

    :ivar name: the resource's name, the same in both snapshots
    :ivar covers: it and what is below it
    :ivar kind: what kind of resource it is, such as ``project`` or ``storage_bucket``
    :ivar address: the resource in the plan that stands for it; empty where it is outside of the plan
    :ivar is_created: whether this plan creates it, so that nobody outside of the plan holds anything there yet
    :ivar is_known: whether it could be told at all
    """

    name: str
    covers: Part
    kind: str
    address: str = ""
    is_created: bool = False
    is_known: bool = True


class Places:
    """The places of one snapshot, and what of it is below folders and organisations."""

    __slots__ = ("_accounts", "_buckets", "_projects", "_snapshot")

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self._accounts = {email_of(one): one for one in snapshot.all("google_service_account")}
        self._buckets = {text_of(one.get("name")): one for one in snapshot.all("google_storage_bucket")}
        self._projects = {project_id(one): one for one in snapshot.all(PROJECT)}

    def of(self, grant: Resource, thing: str, named_by: tuple[str, ...] = ()) -> Place:
        """Where a binding holds.

        :param thing: the part of the binding's type before ``_iam_``, such as ``storage_bucket``
        :param named_by: the attributes that say where; without them, all that are not about the grant
        """
        if thing == "project":
            return self._project(grant)
        if thing == "folder":
            return self._group(grant, "folder", "folders", FOLDER)
        if thing == "organization":
            return self._group(grant, "org_id", "organizations", ORGANIZATION)
        if thing == "billing_account":
            value = grant.get("billing_account_id")
            return (
                _unknown(grant, thing) if is_untold(value) else _at(f"billingAccounts/{text_of(value)}", thing, None)
            )
        return self._resource(grant, thing, named_by)

    def bucket(self, place: Place) -> Resource | None:
        """The bucket of the plan that a place is; None where the plan has none."""
        return next((one for one in self._buckets.values() if one.address == place.address), None)

    # -- projects and what holds them ----------------------------------------------------------------------------

    def _project(self, grant: Resource) -> Place:
        name = project_of(grant)
        found = referred(grant, "project", PROJECT) or self._projects.get(name)
        return _at(f"projects/{name}", "project", found) if name else _unknown(grant, "project")

    def _group(self, grant: Resource, attribute: str, collection: str, kind: str) -> Place:
        value = grant.get(attribute)
        found = referred(grant, attribute, kind)
        if not is_untold(value):
            name = f"{collection}/{text_of(value).rsplit('/', 1)[-1]}"
        elif found is not None:
            name = folder_name(found)
        else:
            return _unknown(grant, collection[:-1])
        below = self._below(name)
        # Projects and folders outside of the plan may be below it; its name tells which unknown rest that is.
        covers = at_least([*_tree(name), *below], ["projects/*", "folders/*", *_tree(name)])
        return Place(name, covers, collection[:-1], found.address if found else "", bool(found and found.is_created))

    def _below(self, name: str, depth: int = 0) -> list[str]:
        found: list[str] = []
        for folder in self._snapshot.all(FOLDER):
            if depth < 16 and _is_in(folder, "parent", name):
                found += [*_tree(folder_name(folder)), *self._below(folder_name(folder), depth + 1)]
        for project in self._snapshot.all(PROJECT):
            if _is_in(project, "folder_id", name) or _is_in(project, "org_id", name):
                found += _tree(f"projects/{project_id(project)}")
        return found

    # -- everything else ------------------------------------------------------------------------------------------

    def _resource(self, grant: Resource, thing: str, named_by: tuple[str, ...]) -> Place:
        named = {
            name: value
            for name, value in grant.values.items()
            if value is not None and (name in named_by if named_by else name not in _GRANT)
        }
        project = project_of(grant) if "project" in grant.values else ""
        area = ""
        parts: list[str] = []
        target: Resource | None = None
        for name in sorted(named, key=_rank):
            if name == "project":
                continue
            text, found = _name_in(grant, thing, name, named[name])
            if not text:
                return _unknown(grant, thing)
            anchored = _ANCHOR.search(text)
            if anchored and name not in _AREAS:
                return self._anchored(anchored[1], thing, found)
            if name in _AREAS:
                area = f"{_AREAS[name]}/{text}"
            else:
                parts.append(text)
                target = found or target
        if thing in ("storage_bucket", "storage_managed_folder"):
            target = self._buckets.get(parts[0]) if parts else None
            project = _project_or_symbol(target, parts[0] if parts else thing)
        collections = _COLLECTIONS.get(thing, (thing,) * len(parts))
        tail = [piece for pair in zip(collections, parts, strict=False) for piece in pair]
        return _at("/".join(filter(None, (f"projects/{project}", area, *tail))), thing, target)

    def _anchored(self, name: str, thing: str, target: Resource | None) -> Place:
        if thing == "service_account":
            email = name.rsplit("/", 1)[-1]
            return _at(account_name(email, name), thing, target or self._accounts.get(email))
        return _at(name, thing, target)


def account_name(email: str, name: str = "") -> str:
    """The name of a service account: its email tells the project where the name says ``-``."""
    own = _OWN_PROJECT.search(email)
    if own:
        return f"projects/{own[1]}/serviceAccounts/{email}"
    if name and not name.startswith("projects/-/"):
        return name
    return f"projects/{symbol('project of ' + shown(email))}/serviceAccounts/{email}"


def email_of(account: Resource) -> str:
    """The email of a service account of the plan; a symbol where even its parts are not known."""
    last = settled(account)
    email = last.get("email")
    if not is_untold(email) and text_of(email):
        return text_of(email).lower()
    name, project = last.get("account_id"), project_of(last)
    if is_untold(name) or not project:
        return symbol(f"{account.address}.email")
    return f"{text_of(name)}@{project}.iam.gserviceaccount.com"


def project_of(resource: Resource) -> str:
    """The project of a resource; a symbol where it is not known yet, empty where nothing can be told."""
    try:
        found = account_of(resource)[1]
    except Undetermined:
        project = referred(resource, "project", PROJECT)
        return project_id(project) if project is not None else ""
    found = found.removeprefix("projects/")
    if found:
        return found
    block = resource.node.block
    return symbol(f"project of {block.config.provider_config_key if block else 'the provider'}")


def project_id(project: Resource) -> str:
    """The id of a project of the plan; a symbol where it is not known yet."""
    value = settled(project).get("project_id")
    return symbol(f"{project.address}.project_id") if is_untold(value) else text_of(value)


def folder_name(folder: Resource) -> str:
    """The name of a folder of the plan, ``folders/123``; a symbol in its place where it is not known yet."""
    last = settled(folder)
    for attribute in ("name", "id", "folder_id"):
        value = last.get(attribute)
        if not is_untold(value) and text_of(value):
            return f"folders/{text_of(value).rsplit('/', 1)[-1]}"
    return f"folders/{symbol(f'{folder.address}.folder_id')}"


def _is_in(child: Resource, attribute: str, name: str) -> bool:
    value = child.get(attribute)
    if is_untold(value):
        found = referred(child, attribute, FOLDER)
        return found is not None and folder_name(found) == name
    text = text_of(value)
    if "/" in text or not text:
        return text == name
    return name == f"{'organizations' if attribute == 'org_id' else 'folders'}/{text}"


def _name_in(grant: Resource, thing: str, attribute: str, value: Any) -> tuple[str, Resource | None]:
    """What an attribute names, and the resource of the plan that it refers to; an empty text where nobody can say.

    Only a resource of the kind that the attribute speaks of gives it its name: from others, a name is put together in
    a way that the plan does not show.
    """
    found = referred(grant, attribute)
    meant = found is not None and (found.type == f"google_{thing}" or names_type(attribute, found.type))
    if not is_untold(value):
        return text_of(value), found if meant else None
    if found is None or not found.type.startswith("google_"):
        return "", None
    if attribute in _AREAS:
        return text_of(found.get(attribute)), None
    return (_own_name(found, attribute), found) if meant else ("", None)


def _own_name(target: Resource, attribute: str) -> str:
    """The name of a resource of the plan as a binding writes it."""
    if target.type == "google_service_account":
        return account_name(email_of(target))
    if target.type in ("google_kms_crypto_key", "google_kms_key_ring"):
        return _key_name(target)
    last = settled(target)
    for name in (attribute, "name", f"{target.type.rsplit('_', 1)[-1]}_id"):
        value = last.get(name)
        if not is_untold(value) and text_of(value):
            return text_of(value)
    return symbol(f"{target.address}.name")


def _key_name(key: Resource) -> str:
    last = settled(key)
    value = last.get("name")
    name = symbol(f"{key.address}.name") if is_untold(value) else text_of(value)
    if key.type == "google_kms_key_ring":
        location = last.get("location")
        where = symbol(f"{key.address}.location") if is_untold(location) else text_of(location)
        return f"projects/{project_of(last)}/locations/{where}/keyRings/{name}"
    ring, told = referred(last, "key_ring", "google_kms_key_ring"), last.get("key_ring")
    parent = _key_name(ring) if ring else symbol(f"{key.address}.key_ring") if is_untold(told) else text_of(told)
    return f"{parent if '/' in parent else f'projects/{parent}'}/cryptoKeys/{name}"


def _project_or_symbol(target: Resource | None, name: str) -> str:
    return (project_of(settled(target)) if target is not None else "") or symbol(f"project of {shown(name)}")


def _rank(attribute: str) -> tuple[int, str]:
    return (_ORDER.index(attribute) if attribute in _ORDER else len(_ORDER), attribute)


def _tree(name: str) -> list[str]:
    return [literal(name), f"{literal(name)}/*"]


def _at(name: str, kind: str, target: Resource | None) -> Place:
    return Place(
        name, exactly(_tree(name)), kind, target.address if target else "", target is not None and target.is_created
    )


def _unknown(grant: Resource, kind: str) -> Place:
    return Place(f"${{{grant.address}}}", perhaps(exactly(("*",))), kind, is_known=False)
