"""What access control lists of buckets, objects and datasets grant."""

from __future__ import annotations

import pytest

from planguard.access.google.grants import held_by
from planguard.access.model import RESOURCE, Held
from tests.access.holding import gaps, grants, holding

PROVIDER = """
provider "google" {
  project = "acme"
}
"""
BUCKET = """
resource "google_storage_bucket" "b" {
  name     = "acme-b"
  location = "EU"
  %s
}
"""
READS = "storage.buckets.get storage.objects.list | projects/acme/buckets/acme-b projects/acme/buckets/acme-b/*"


def bucket(more: str, uniform: str = "") -> dict[tuple[str, str], Held]:
    return holding(held_by, PROVIDER + BUCKET % uniform + more)


def test_a_list_of_entries_lets_anybody_list_a_bucket() -> None:
    found = bucket(
        """
        resource "google_storage_bucket_acl" "b" {
          bucket      = google_storage_bucket.b.name
          role_entity = ["READER:allUsers", "OWNER:project-owners-123", "WRITER:user-Ann@example.com"]
        }
        """
    )
    public = found[RESOURCE, "projects/acme/buckets/acme-b"]
    assert {one.origin.statement for one in public.access.clauses} == {"READER:allUsers"}
    assert any(READS in line for line in grants(found, "projects/acme/buckets/acme-b", RESOURCE))
    assert ("identity", "user:ann@example.com") in found
    assert len(found) == 2


@pytest.mark.parametrize(
    ("told", "role"),
    [('predefined_acl = "publicRead"', "*"), ('predefined_acl = "authenticatedRead"', "allAuthenticatedUsers")],
)
def test_a_predefined_list_names_anybody(told: str, role: str) -> None:
    found = bucket(f'resource "google_storage_bucket_acl" "b" {{ bucket = "acme-b"\n {told} }}')
    public = found[RESOURCE, "projects/acme/buckets/acme-b"]
    assert {one.principals.include for one in public.access.clauses} == {(role,)}


def test_a_private_list_names_nobody() -> None:
    assert not bucket('resource "google_storage_bucket_acl" "b" { bucket = "acme-b"\n predefined_acl = "private" }')


def test_lists_count_for_nothing_under_uniform_access() -> None:
    more = """
        resource "google_storage_bucket_access_control" "b" {
          bucket = google_storage_bucket.b.name
          role   = "READER"
          entity = "allUsers"
        }
        """
    assert bucket(more)
    assert not bucket(more, "uniform_bucket_level_access = true")


def test_objects_are_read_by_default_lists() -> None:
    found = bucket(
        """
        resource "google_storage_default_object_access_control" "b" {
          bucket = google_storage_bucket.b.name
          role   = "READER"
          entity = "allUsers"
        }
        """
    )
    told = grants(found, "projects/acme/buckets/acme-b", RESOURCE)
    assert told == ["storage.objects.get | projects/acme/buckets/acme-b projects/acme/buckets/acme-b/*"]


DATASET = """
resource "google_bigquery_dataset" "d" {
  dataset_id = "sales"
  %s
}
"""


def test_a_dataset_lets_in_whom_its_access_names() -> None:
    found = holding(
        held_by,
        PROVIDER
        + DATASET
        % """
        access {
          role          = "READER"
          special_group = "allAuthenticatedUsers"
        }
        access {
          role          = "OWNER"
          user_by_email = "etl@acme.iam.gserviceaccount.com"
        }
        access {
          role          = "OWNER"
          special_group = "projectOwners"
        }
        """,
    )
    assert sorted(found) == [
        ("identity", "serviceAccount:etl@acme.iam.gserviceaccount.com"),
        ("resource", "projects/acme/datasets/sales"),
    ]
    public = found[RESOURCE, "projects/acme/datasets/sales"]
    assert {one.principals.include for one in public.access.clauses} == {("allAuthenticatedUsers",)}


def test_an_access_beside_the_dataset_may_be_unknown() -> None:
    found = holding(
        held_by,
        PROVIDER
        + DATASET % ""
        + """
        resource "google_service_account" "a" { account_id = "a" }
        resource "terraform_data" "who" {}
        resource "google_bigquery_dataset_access" "a" {
          dataset_id    = google_bigquery_dataset.d.dataset_id
          role          = "WRITER"
          user_by_email = terraform_data.who.output
        }
        """,
    )
    ((plane, name),) = found
    assert gaps(found, name, plane) == ["principal-unknown"]


def test_an_account_of_the_plan_is_known_by_reference() -> None:
    found = holding(
        held_by,
        PROVIDER
        + DATASET
        % """
        access {
          role          = "OWNER"
          user_by_email = google_service_account.a.email
        }
        access {
          role          = "READER"
          special_group = "projectReaders"
        }
        """
        + 'resource "google_service_account" "a" { account_id = "a" }',
    )
    ((plane, name),) = found
    assert found[plane, name].subject.address == "google_service_account.a"
    assert not gaps(found, name, plane)
