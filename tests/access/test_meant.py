"""What a value that the plan does not know, or that names nothing the plan knows, is taken for."""

from __future__ import annotations

import pytest

from planguard.access.aws.grants import held_by as held_by_aws
from planguard.access.azure.grants import held_by as held_by_azure
from planguard.access.google.grants import held_by as held_by_google
from planguard.access.kubernetes.grants import held_by as held_by_kubernetes
from planguard.access.meant import resources_possible, resources_told
from planguard.graph.snapshot import Snapshot
from tests.access.holding import by_subject, gaps, grants, holding
from tests.conftest import change, graph_from, plan_document
from tests.stacks.drawn import CREATE, graph

PROVIDER = 'provider "google" { project = "acme" }\n'
ACCOUNTS = """
resource "google_service_account" "it" {
  for_each   = toset(["a", "b"])
  account_id = each.key
}
"""


def test_a_member_of_several_accounts_is_one_of_them() -> None:
    text = """
resource "google_project_iam_member" "it" {
  project = "acme"
  role    = "roles/pubsub.publisher"
  member  = MEMBER
}
"""
    one_of = PROVIDER + ACCOUNTS + text.replace("MEMBER", "values(google_service_account.it)[0].member")
    found = holding(held_by_google, one_of)
    names = [f"serviceAccount:{name}@acme.iam.gserviceaccount.com" for name in "ab"]

    assert {name for _, name in found} == set(names)
    for name in names:
        assert grants(found, name) == ["upper pubsub.topics.publish | projects/acme projects/acme/*"]
        assert gaps(found, name) == ["principal-unknown"]


def test_a_member_that_may_be_another_is_anybody() -> None:
    text = """
resource "google_cloud_run_v2_service" "it" {
  name     = "it"
  location = "europe-west1"
}
resource "google_project_iam_member" "it" {
  project = "acme"
  role    = "roles/pubsub.publisher"
  member  = google_cloud_run_v2_service.it.uri == "x" ? "allUsers" : values(google_service_account.it)[0].member
}
"""
    found = holding(held_by_google, PROVIDER + ACCOUNTS + text)
    assert {name for _, name in found} == {"${google_project_iam_member.it.member}"}


@pytest.mark.parametrize(("prevention", "is_public"), [("enforced", False), ("inherited", True)])
@pytest.mark.parametrize(
    "grant",
    [
        'google_storage_bucket_iam_member" "it" {\n  bucket = google_storage_bucket.b.name\n'
        '  role = "roles/storage.objectViewer"\n  member = "allUsers"\n}',
        'google_storage_bucket_access_control" "it" {\n  bucket = google_storage_bucket.b.name\n'
        '  role = "READER"\n  entity = "allUsers"\n}',
    ],
    ids=["binding", "list"],
)
def test_a_bucket_that_prevents_public_access_lets_nobody_public_in(
    grant: str, prevention: str, is_public: bool
) -> None:
    bucket = f"""
resource "google_storage_bucket" "b" {{
  name                     = "acme-b"
  location                 = "EU"
  public_access_prevention = "{prevention}"
}}
"""
    found = holding(held_by_google, PROVIDER + bucket + f'resource "{grant}')
    assert any(plane == "resource" for plane, _ in found) is is_public


def configured(type_: str, name: str, **expressions: str) -> dict[str, object]:
    """A resource of the configuration, whose attributes each are an attribute of another one."""
    said = {key: {"references": [to, to.rpartition(".")[0]]} for key, to in expressions.items()}
    return {
        "address": f"{type_}.{name}", "mode": "managed", "type": type_, "name": name,
        "provider_config_key": type_.partition("_")[0], "expressions": said, "schema_version": 0,
    }  # fmt: skip


def test_a_role_of_azure_by_an_id_that_no_definition_has_is_the_one_that_is_referred_to() -> None:
    scope = "/subscriptions/11111111-2222-3333-4444-555555555555"
    role = {"name": "ops", "scope": scope, "role_definition_id": "", "permissions": [{"actions": ["a/b"]}]}
    assignment = {"scope": scope, "role_definition_id": "some-id", "principal_id": "p"}
    resources = [
        configured("azurerm_role_definition", "ops"),
        configured("azurerm_role_assignment", "it",
                   role_definition_id="azurerm_role_definition.ops.role_definition_resource_id"),
    ]  # fmt: skip
    document = plan_document(
        change("azurerm_role_definition.ops", ["no-op"], role, role),
        change("azurerm_role_assignment.it", ["no-op"], assignment, assignment),
        configuration={"root_module": {"resources": resources}},
    )
    found = by_subject(held_by_azure(Snapshot(graph_from(document), "after")))
    assert grants(found, "p") == [f"a/b | {scope} {scope}/*"]


def test_a_role_of_google_by_a_name_that_no_role_has_is_the_one_that_is_referred_to() -> None:
    role = {"role_id": "deploy", "project": "acme", "name": "n", "permissions": ["run.services.create"]}
    member = {"project": "acme", "role": "some-id", "member": "user:a@x.io"}
    resources = [
        configured("google_project_iam_custom_role", "deploy"),
        configured("google_project_iam_member", "it", role="google_project_iam_custom_role.deploy.id"),
    ]
    document = plan_document(
        change("google_project_iam_custom_role.deploy", ["no-op"], role, role),
        change("google_project_iam_member.it", ["no-op"], member, member),
        configuration={"root_module": {"resources": resources}},
    )
    found = by_subject(held_by_google(Snapshot(graph_from(document), "after")))
    assert grants(found, "user:a@x.io") == ["run.services.create | projects/acme projects/acme/*"]


def test_nobody_is_in_a_group_of_a_cluster_that_no_entry_names() -> None:
    text = """
resource "aws_eks_access_entry" "it" {
  cluster_name  = "shop"
  principal_arn = "arn:aws:iam::111122223333:role/dev"
}
"""
    [held] = holding(held_by_kubernetes, text).values()
    assert (held.access.clauses, held.gaps) == ((), ())


def test_a_policy_of_a_bucket_allows_nothing_elsewhere() -> None:
    text = """
locals {
  place = "alb"
}
resource "aws_s3_bucket" "b" { bucket = "bbb" }
resource "aws_sqs_queue" "q" { name = "q" }
data "aws_iam_policy_document" "p" {
  statement {
    actions   = ["s3:PutObject"]
    resources = ["${aws_s3_bucket.b.arn}/${local.place}/${aws_sqs_queue.q.url}"]
    principals {
      type        = "AWS"
      identifiers = ["arn:aws:iam::444455556666:role/r"]
    }
  }
}
resource "aws_s3_bucket_policy" "p" {
  bucket = aws_s3_bucket.b.id
  policy = data.aws_iam_policy_document.p.json
}
"""
    found = holding(held_by_aws, text)
    [held] = [one for (plane, _), one in found.items() if plane == "resource"]
    for clause in held.access.clauses:
        assert all(one.startswith("arn:aws:s3:::bbb") for one in clause.resources.include)


def test_what_source_tells_of_a_dynamic_block() -> None:
    at = "load_balancer[0].target_group_arn"
    told = Snapshot(graph("aws-ecs-orders", CREATE, with_source=True), "after")
    untold = Snapshot(graph("aws-ecs-orders", CREATE), "after")
    [api] = [one for one in told.all("aws_ecs_service") if one.address.endswith('["api"]')]
    [same] = [one for one in untold.all("aws_ecs_service") if one.address == api.address]

    found = resources_told(api, at)
    assert found is not None
    assert ([one.address for one in found[0]], found[1]) == (['aws_lb_target_group.this["api"]'], [])
    assert resources_told(same, at) is None
    assert resources_possible(same, at) is None


def test_what_a_collection_leaves_open() -> None:
    snapshot = Snapshot(graph("aws-ecs-orders", CREATE), "after")
    [balancer] = snapshot.all("aws_lb")
    # The subnets are what a ``for`` leaves of all of them, and a local value that the plan knows nothing of.
    assert resources_possible(balancer, "subnets") is None
    [pool] = Snapshot(graph("gcp-gke-sql", CREATE), "after").all("google_compute_target_pool")
    found = resources_possible(pool, "instances")
    assert found is not None
    assert [one.address for one in found] == ["google_compute_instance.proxy[0]", "google_compute_instance.proxy[1]"]
