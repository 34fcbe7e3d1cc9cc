"""The data stores, secrets and keys of Google Cloud, and the permissions that read them or give one access to them.

Who may set the policy of a resource, or of its project, gives itself any role there.

Sources: Google Cloud, "IAM permissions reference"; "IAM permissions for Cloud Storage", "Access control with IAM" of
Secret Manager, Cloud KMS, BigQuery, Pub/Sub, Spanner, Bigtable, Firestore and Artifact Registry; Cloud SQL, "Roles
and permissions" (``cloudsql.users.update`` sets the password of a user).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from planguard.access.google.place import project_of
from planguard.access.model import GOOGLE
from planguard.access.pattern import shown, symbol
from planguard.access.reading import is_untold, referred, settled, text_of
from planguard.access.sensitive import Ask, Sensitive, Store
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot


class Taking(Struct, frozen=True):
    """What gets at the data of a type.

    :ivar form: the name below its project; what stands in braces is an attribute
    :ivar permissions: on it, or on anything below it
    """

    form: str
    permissions: tuple[str, ...]


_SECRET = ("secretmanager.versions.access", "secretmanager.secrets.setIamPolicy")
TAKINGS = {
    "google_storage_bucket": Taking("buckets/{name}", ("storage.objects.get", "storage.buckets.setIamPolicy")),
    "google_secret_manager_secret": Taking("secrets/{secret_id}", _SECRET),
    "google_secret_manager_regional_secret": Taking("locations/{location}/secrets/{secret_id}", _SECRET),
    "google_kms_crypto_key": Taking(
        "", ("cloudkms.cryptoKeyVersions.useToDecrypt", "cloudkms.cryptoKeys.setIamPolicy")
    ),
    "google_bigquery_dataset": Taking(
        "datasets/{dataset_id}",
        ("bigquery.tables.getData", "bigquery.datasets.setIamPolicy", "bigquery.datasets.update"),
    ),
    "google_pubsub_subscription": Taking(
        "subscriptions/{name}", ("pubsub.subscriptions.consume", "pubsub.subscriptions.setIamPolicy")
    ),
    "google_spanner_database": Taking(
        "instances/{instance}/databases/{name}",
        ("spanner.databases.select", "spanner.databases.read", "spanner.databases.setIamPolicy"),
    ),
    "google_bigtable_instance": Taking(
        "instances/{name}", ("bigtable.tables.readRows", "bigtable.instances.setIamPolicy")
    ),
    "google_firestore_database": Taking("databases/{name}", ("datastore.entities.get", "datastore.entities.list")),
    "google_sql_database_instance": Taking(
        "instances/{name}", ("cloudsql.instances.login", "cloudsql.users.create", "cloudsql.users.update")
    ),
    "google_artifact_registry_repository": Taking(
        "locations/{location}/repositories/{repository_id}",
        ("artifactregistry.repositories.downloadArtifacts", "artifactregistry.repositories.setIamPolicy"),
    ),
}
"""By type, what reads its data, or lets one give oneself access to it."""

_SET_PROJECT = "resourcemanager.projects.setIamPolicy"
_KEY = "google_kms_crypto_key"


def stores(snapshot: Snapshot) -> Iterator[Store]:
    """The sensitive resources that the plan holds or reads."""
    for type_, taking in TAKINGS.items():
        for one in snapshot.all(type_, f"data.{type_}"):
            kind = type_.removeprefix("google_")
            place = _key_place(one) if type_ == _KEY else _place(one, taking.form)
            asks = [Ask(taking.permissions, (place,)), Ask(taking.permissions, (f"{place}/",), is_below=True)]
            project, slash, _ = place.removeprefix("projects/").partition("/")
            if slash:
                asks.append(Ask((_SET_PROJECT,), (f"projects/{project}",)))
            yield Store(Sensitive(GOOGLE, kind, shown(place), "" if one.is_data else one.address), tuple(asks))


def _place(resource: Resource, form: str) -> str:
    """What a resource is called in bindings, the same in both snapshots."""
    last = settled(resource)
    parts = [_text(last, part[1:-1]) if part.startswith("{") else part for part in form.split("/")]
    named = _text(last, form.rsplit("{", 1)[-1].rstrip("}"))
    project = project_of(last) or symbol(f"project of {shown(named)}")
    return "/".join((f"projects/{project}", *parts))


def _text(resource: Resource, attribute: str) -> str:
    value = resource.get(attribute)
    if is_untold(value):
        found = referred(resource, attribute)
        value = found.get("name") if found is not None else value
    return symbol(f"{resource.address}.name") if is_untold(value) else text_of(value)


def _key_place(key: Resource) -> str:
    """A key is called by its ring, which holds its project and its location."""
    last = settled(key)
    known = last.get("id")
    if not is_untold(known) and text_of(known).startswith("projects/"):
        return text_of(known)
    ring, told = referred(last, "key_ring", "google_kms_key_ring"), last.get("key_ring")
    if ring is not None:
        parent = _place(ring, "locations/{location}/keyRings/{name}")
    else:
        parent = symbol(f"{key.address}.key_ring") if is_untold(told) else text_of(told)
    return f"{parent if '/' in parent else f'projects/{parent}'}/cryptoKeys/{_text(last, 'name')}"
