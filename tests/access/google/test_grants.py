"""What the IAM bindings of Google Cloud grant, and what they take away."""

from __future__ import annotations

import json

import pytest

from planguard.access.compare import difference, witness_of
from planguard.access.google.grants import held_by
from planguard.access.google.predefined import predefined
from planguard.access.model import MAY, RESOURCE, TRUST, Held, Terms
from planguard.graph.snapshot import Snapshot
from tests.access.holding import by_subject, gaps, grants, holding, masked, plan_text
from tests.conftest import change, graph_from, plan_document

PROVIDER = """
provider "google" {
  project = "acme"
}
"""
ACCOUNT = """
resource "google_service_account" "app" {
  account_id = "app"
}
"""
APP = "serviceAccount:app@acme.iam.gserviceaccount.com"
KEY = "projects/p/locations/l/keyRings/r/cryptoKeys/k"
OTHER = "serviceAccounts/x@p.iam.gserviceaccount.com"
RUN = "projects/acme/locations/europe-west1/services/web"


def member(type_: str, where: str, role: str, who: str, name: str = "it", more: str = "") -> str:
    return f"""
resource "google_{type_}_iam_member" "{name}" {{
  {where}
  role   = {role}
  member = {who}
  {more}
}}
"""


def on_project(role: str, who: str, name: str = "it", more: str = "") -> str:
    return member("project", 'project = "acme"', f'"{role}"', f'"{who}"', name, more)


def test_a_member_is_the_service_account_of_the_plan() -> None:
    text = (
        PROVIDER
        + ACCOUNT
        + on_project("roles/pubsub.publisher", "serviceAccount:${google_service_account.app.email}")
    )
    found = holding(held_by, text)
    assert grants(found, APP) == ["pubsub.topics.publish | projects/acme projects/acme/*"]
    assert found["identity", APP].subject.address == "google_service_account.app"


def test_an_account_without_a_name_yet_is_called_after_its_address() -> None:
    text = """
resource "random_id" "x" {
  byte_length = 2
}
resource "google_service_account" "odd" {
  account_id = "odd-${random_id.x.hex}"
}
""" + member("project", 'project = "acme"', '"roles/pubsub.publisher"', "google_service_account.odd.member")
    found = holding(held_by, PROVIDER + text)
    assert grants(found, "serviceAccount:${google_service_account.odd}") == [
        "pubsub.topics.publish | projects/acme projects/acme/*"
    ]


@pytest.mark.parametrize(
    ("type_", "where", "place"),
    [
        ("pubsub_topic", 'topic = "t"', "projects/acme/topics/t"),
        ("pubsub_topic", 'topic = "projects/other/topics/t"', "projects/other/topics/t"),
        ("bigquery_table", 'dataset_id = "d"\n table_id = "t"', "projects/acme/datasets/d/tables/t"),
        ("secret_manager_secret", 'secret_id = "s"', "projects/acme/secrets/s"),
        ("kms_crypto_key", f'crypto_key_id = "{KEY}"', KEY),
        ("cloud_run_service", 'service = "web"\n location = "europe-west1"', RUN),
        ("cloudfunctions_function", 'cloud_function = "f"\n region = "r"', "projects/acme/regions/r/functions/f"),
        ("service_account", f'service_account_id = "projects/-/{OTHER}"', f"projects/p/{OTHER}"),
        ("billing_account", 'billing_account_id = "A-B"', "billingAccounts/A-B"),
    ],
)  # fmt: skip
def test_where_a_binding_holds(type_: str, where: str, place: str) -> None:
    found = holding(held_by, PROVIDER + member(type_, where, '"roles/pubsub.publisher"', '"user:a@x.io"'))
    assert grants(found, "user:a@x.io") == [f"pubsub.topics.publish | {place} {place}/*"]


def test_a_resource_of_the_plan_is_named_before_it_exists() -> None:
    text = """
resource "google_kms_key_ring" "r" {
  name     = "r"
  location = "europe-west1"
}
resource "google_kms_crypto_key" "k" {
  name     = "k"
  key_ring = google_kms_key_ring.r.id
}
""" + member(
        "kms_crypto_key", "crypto_key_id = google_kms_crypto_key.k.id", '"roles/pubsub.publisher"', '"user:a@x.io"'
    )
    place = "projects/acme/locations/europe-west1/keyRings/r/cryptoKeys/k"
    assert grants(holding(held_by, PROVIDER + text), "user:a@x.io") == [f"pubsub.topics.publish | {place} {place}/*"]


def test_a_public_member_is_access_to_the_resource() -> None:
    bucket = 'resource "google_storage_bucket" "b" {\n name = "b"\n location = "EU"\n}\n'
    text = bucket + member(
        "storage_bucket", "bucket = google_storage_bucket.b.name", '"roles/pubsub.publisher"', '"allUsers"'
    )
    text += member("storage_bucket", 'bucket = "b"', '"roles/run.invoker"', '"allAuthenticatedUsers"', "two")
    place = "projects/acme/buckets/b"
    found = holding(held_by, PROVIDER + text)
    assert grants(found, place, RESOURCE) == [
        f"pubsub.topics.publish | {place} {place}/*",
        f"run.jobs.run run.routes.invoke | {place} {place}/* | allAuthenticatedUsers",
    ]
    assert found[RESOURCE, place].subject.address == "google_storage_bucket.b"


def test_a_folder_covers_its_projects_and_perhaps_others() -> None:
    text = """
resource "google_project" "new" {
  name       = "n"
  project_id = "acme-new"
  folder_id  = "123"
}
""" + member("folder", 'folder = "folders/123"', '"roles/pubsub.publisher"', '"group:G@x.io"')
    tree = "folders/123 folders/123/*"
    assert grants(holding(held_by, text), "group:g@x.io") == [
        f"lower pubsub.topics.publish | {tree} projects/acme-new projects/acme-new/*",
        f"upper pubsub.topics.publish | folders/* {tree} projects/* projects/acme-new projects/acme-new/*",
    ]


CUSTOM = """
resource "google_project_iam_custom_role" "deploy" {
  role_id     = "deploy"
  title       = "d"
  permissions = ["run.services.create", "iam.serviceAccounts.actAs"]
}
"""


@pytest.mark.parametrize("role", ["google_project_iam_custom_role.deploy.id", '"projects/acme/roles/deploy"'])
def test_a_custom_role_of_the_plan(role: str) -> None:
    text = PROVIDER + CUSTOM + member("project", 'project = "acme"', role, '"user:a@x.io"')
    assert grants(holding(held_by, text), "user:a@x.io") == [
        "iam.serviceAccounts.actAs run.services.create | projects/acme projects/acme/*"
    ]


def test_roles_that_nobody_knows_are_equal_only_to_themselves() -> None:
    found = holding(held_by, PROVIDER + on_project("roles/foo.bar", "user:a@x.io"))
    assert (grants(found, "user:a@x.io"), gaps(found, "user:a@x.io")) == (
        ["role:roles/foo.bar | projects/acme projects/acme/*"],
        [],
    )
    found = holding(held_by, PROVIDER + on_project("organizations/1/roles/x", "user:a@x.io"))
    assert gaps(found, "user:a@x.io") == ["role-unknown"]


def test_a_condition_is_a_text_that_equals_itself() -> None:
    text = PROVIDER + on_project(
        "roles/pubsub.publisher", "user:a@x.io", more='condition {\n title = "t"\n expression = "request.auth"\n}'
    )
    assert grants(holding(held_by, text), "user:a@x.io") == [
        "pubsub.topics.publish | projects/acme projects/acme/* | if request.auth"
    ]


POLICY = """
data "google_iam_policy" "p" {
  binding {
    role    = "roles/pubsub.publisher"
    members = ["user:a@x.io", "serviceAccount:${google_service_account.app.email}"]
  }
}
resource "google_project_iam_policy" "p" {
  project     = "acme"
  policy_data = data.google_iam_policy.p.policy_data
}
"""


def test_a_policy_is_read_from_the_document_that_makes_it() -> None:
    found = holding(held_by, PROVIDER + ACCOUNT + POLICY)
    expected = ["pubsub.topics.publish | projects/acme projects/acme/*"]
    assert grants(found, "user:a@x.io") == grants(found, APP) == expected
    assert gaps(found, "projects/acme", RESOURCE) == ["authoritative-policy"]


def test_a_grant_that_an_authoritative_one_may_take_away_is_not_certain() -> None:
    binding = """
resource "google_project_iam_binding" "b" {
  project = "acme"
  role    = "roles/pubsub.publisher"
  members = ["user:a@x.io"]
}
"""
    text = PROVIDER + binding + on_project("roles/pubsub.publisher", "user:a@x.io", "same")
    found = holding(held_by, text + on_project("roles/pubsub.publisher", "user:b@x.io", "other"))
    assert (grants(found, "user:a@x.io"), gaps(found, "user:a@x.io")) == (
        ["pubsub.topics.publish | projects/acme projects/acme/*"] * 2,
        [],
    )
    assert (grants(found, "user:b@x.io"), gaps(found, "user:b@x.io")) == (
        ["upper pubsub.topics.publish | projects/acme projects/acme/*"],
        ["authority-conflict"],
    )
    assert gaps(found, "projects/acme", RESOURCE) == ["authoritative-binding"]


def test_a_binding_that_changes_takes_a_role_away() -> None:
    role = {"project": "acme", "role": "roles/pubsub.publisher", "condition": []}
    before, after = {**role, "members": ["user:a@x.io", "user:b@x.io"]}, {**role, "members": ["user:a@x.io"]}
    graph = graph_from(plan_document(change("google_project_iam_binding.b", ["update"], before, after)))
    sides = [by_subject(held_by(Snapshot(graph, name))) for name in ("before", "after")]
    assert [sorted(name for _, name in side) for side in sides] == [["user:a@x.io", "user:b@x.io"], ["user:a@x.io"]]
    assert sides[0]["identity", "user:a@x.io"].access == sides[1]["identity", "user:a@x.io"].access


def test_a_policy_that_is_known_is_read_as_it_is() -> None:
    data = json.dumps({"bindings": [{"role": "roles/pubsub.publisher", "members": ["group:g@x.io"]}]})
    values = {"bucket": "b", "policy_data": data}
    graph = graph_from(plan_document(change("google_storage_bucket_iam_policy.b", ["create"], None, values)))
    found = by_subject(held_by(Snapshot(graph, "after")))
    assert [clause.origin.statement for clause in found["identity", "group:g@x.io"].access.clauses] == ["Binding[0]"]


def test_workload_identity_is_trust() -> None:
    pool = "principalSet://iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/*"
    text = (
        PROVIDER
        + ACCOUNT
        + member(
            "service_account",
            "service_account_id = google_service_account.app.name",
            '"roles/iam.workloadIdentityUser"',
            f'"{pool}"',
        )
    )
    name = "projects/acme/serviceAccounts/app@acme.iam.gserviceaccount.com"
    assert grants(holding(held_by, text), name, TRUST) == [
        f"iam.serviceAccounts.getAccessToken | {name} {name}/* | Federated:{pool}"
    ]


def test_an_account_that_an_unknown_set_names_is_in_it() -> None:
    binding = """
resource "google_service_account" "other" {
  account_id = "other"
}
resource "google_project_iam_binding" "b" {
  project = "acme"
  role    = "roles/pubsub.publisher"
  members = %s
}
"""
    publish = "pubsub.topics.publish | projects/acme projects/acme/*"
    named = '["serviceAccount:${google_service_account.app.email}", "user:a@x.io"]'
    found = _with_unknown_members(PROVIDER + ACCOUNT + binding % named)
    assert grants(found, APP) == [publish]
    assert gaps(found, "${google_project_iam_binding.b.members}") == ["principal-unknown"]
    chosen = "[for one in [google_service_account.app, google_service_account.other] : one.member]"
    assert grants(_with_unknown_members(PROVIDER + ACCOUNT + binding % chosen), APP) == [f"upper {publish}"]


def _with_unknown_members(text: str) -> dict[tuple[str, str], Held]:
    """What subjects hold where nothing of a set is known, as Terraform has it where one element is not."""
    plan = json.loads(plan_text(text))
    for one in plan["resource_changes"]:
        if one["type"] == "google_project_iam_binding":
            one["change"]["after"].pop("members", None)
            one["change"]["after_unknown"]["members"] = True
    return by_subject(held_by(Snapshot(graph_from(plan), "after")))


def test_a_pool_is_no_service_account() -> None:
    pool = """
resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "ci"
}
"""
    who = '"principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/attribute.repository/acme/shop"'
    text = pool + member("project", 'project = "acme"', '"roles/pubsub.publisher"', who)
    (held,) = holding(held_by, PROVIDER + text).values()
    assert held.subject.kind == "federated"
    assert held.subject.name == (
        "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}"
        "/${google_project_iam_member.it.member}"
    )


def test_a_policy_that_is_no_json_is_read_from_the_document_that_it_names() -> None:
    plan = json.loads(plan_text(PROVIDER + ACCOUNT + POLICY))
    for one in plan["resource_changes"]:
        if one["type"] == "google_project_iam_policy":
            one["change"]["after"]["policy_data"] = "policy-data"
            one["change"]["after_unknown"].pop("policy_data", None)
    found = by_subject(held_by(Snapshot(graph_from(plan), "after")))
    assert grants(found, "user:a@x.io") == ["pubsub.topics.publish | projects/acme projects/acme/*"]


def test_a_member_that_nobody_can_name_is_granted_perhaps() -> None:
    text = 'variable "who" {\n type = string\n}\n' + member(
        "project", 'project = "acme"', '"roles/pubsub.publisher"', "var.who"
    )
    (held,) = holding(held_by, PROVIDER + text).values()
    assert [clause.bound for clause in held.access.clauses] == ["upper"]
    assert [gap.code for gap in held.gaps] == ["principal-unknown"]


@pytest.mark.parametrize(
    ("role", "permission", "must", "may"),
    [
        ("roles/iam.serviceAccountTokenCreator", "iam.serviceAccounts.signJwt", True, True),
        ("roles/iam.serviceAccountUser", "iam.serviceAccounts.actAs", True, True),
        ("roles/iam.serviceAccountUser", "iam.serviceAccounts.getAccessToken", False, False),
        ("roles/iam.serviceAccountKeyAdmin", "iam.serviceAccountKeys.create", True, True),
        ("roles/iam.securityAdmin", "resourcemanager.projects.setIamPolicy", True, True),
        ("roles/compute.admin", "compute.instances.setMetadata", True, True),
        ("roles/compute.instanceAdmin.v1", "compute.instances.create", True, True),
        ("roles/cloudfunctions.developer", "cloudfunctions.functions.update", True, True),
        ("roles/run.developer", "run.services.setIamPolicy", False, False),
        ("roles/cloudbuild.builds.editor", "cloudbuild.builds.create", True, True),
        ("roles/orgpolicy.policyAdmin", "orgpolicy.policy.set", True, True),
        ("roles/storage.hmacKeyAdmin", "storage.hmacKeys.create", True, True),
        ("roles/storage.objectViewer", "storage.objects.create", False, False),
        ("roles/editor", "iam.serviceAccounts.actAs", True, True),
        ("roles/editor", "resourcemanager.projects.setIamPolicy", False, False),
        ("roles/editor", "aiplatform.models.upload", False, True),
        ("roles/editor", "iam.serviceAccounts.getAccessToken", False, False),
        ("roles/editor", "storage.objects.get", False, True),
        ("roles/iam.securityReviewer", "storage.objects.get", False, False),
        ("roles/owner", "iam.serviceAccounts.signBlob", False, False),
        ("roles/spanner.databaseReader", "spanner.databases.select", True, True),
        ("roles/spanner.databaseReader", "spanner.databases.write", False, False),
        ("roles/bigtable.viewer", "bigtable.tables.readRows", False, False),
        ("roles/datastore.viewer", "datastore.entities.get", True, True),
        ("roles/viewer", "compute.instances.create", False, False),
        ("roles/owner", "resourcemanager.projects.setIamPolicy", True, True),
    ],
)
def test_what_predefined_roles_hold(role: str, permission: str, must: bool, may: bool) -> None:
    access = holding(held_by, PROVIDER + on_project(role, "user:a@x.io"))["identity", "user:a@x.io"].access
    wanted = Terms((permission,))
    assert (witness_of(access, wanted) is not None, witness_of(access, wanted, reading=MAY) is not None) == (
        must,
        may,
    )


def test_what_is_not_in_the_table_is_not_known() -> None:
    assert predefined("roles/foo.bar") is None


ALL = (
    PROVIDER + ACCOUNT + CUSTOM + POLICY
    + on_project("roles/compute.admin", "user:c@x.io")
    + member("storage_bucket", 'bucket = "b"', '"roles/storage.objectViewer"', '"allUsers"')
    + member("folder", 'folder = "folders/1"', "google_project_iam_custom_role.deploy.id", '"user:d@x.io"')
)  # fmt: skip


@pytest.mark.parametrize("seed", range(30))
def test_no_unknown_value_stops_it_or_adds_to_what_is_certain(seed: int) -> None:
    whole = holding(held_by, ALL)
    for held in held_by(Snapshot(graph_from(masked(plan_text(ALL), seed)), "after")):
        known = whole.get((held.subject.plane, held.subject.name))
        symbols = any(not term.isascii() for one in held.access.clauses for term in one.resources.include)
        if known is not None and not symbols:
            assert difference(known.access, held.access).new == ()
