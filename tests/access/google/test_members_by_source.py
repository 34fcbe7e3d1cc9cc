"""What rules say of members that only the source tells."""

from __future__ import annotations

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.access.aws.plans import graph_of

POOL = """
resource "google_iam_workload_identity_pool" "ci" {
  workload_identity_pool_id = "ci"
}
resource "google_project_iam_member" "ci" {
  project = "acme"
  role    = "roles/run.developer"
  member  = "principalSet://iam.googleapis.com/${google_iam_workload_identity_pool.ci.name}/%s"
}
"""
SERVICE = """
resource "google_project" "p" {
  name       = "p"
  project_id = "p"
}
resource "google_cloud_run_v2_service_iam_binding" "it" {
  project  = "acme"
  location = "europe-west1"
  name     = "web"
  role     = "roles/run.invoker"
  members  = ["serviceAccount:service-${google_project.p.number}@gcp-sa-iap.iam.gserviceaccount.com", %s]
}
"""


@pytest.fixture(scope="module")
def rules() -> RuleSet:
    return select_rules(
        [load_pack(builtin_root())], only=["google-workload-identity-any-subject", "google-cloud-run-public"]
    )


def said(rules: RuleSet, text: str, *, with_source: bool) -> list[str]:
    graph = graph_of(example_plan(text, table=resource_schema), source=text if with_source else "")
    found = evaluate(graph, rules)
    assert not found.errors
    return [one.message for one in found.violations] + ["open"] * len(found.undetermined)


def test_whom_of_a_pool_a_member_is(rules: RuleSet) -> None:
    all_of_it = "roles/run.developer for every identity of the pool ${google_iam_workload_identity_pool.ci.name}"
    assert said(rules, POOL % "*", with_source=False) == ["open"]
    assert said(rules, POOL % "*", with_source=True) == [all_of_it]
    assert said(rules, POOL % "attribute.repository/acme/shop", with_source=True) == []


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('"group:web@acme.example"', []),
        ("google_service_account.a.member", []),
        ('"allUsers"', ["roles/run.invoker for everyone"]),
        ("terraform_data.handed.output", ["open"]),
    ],
)
def test_who_is_in_a_set(rules: RuleSet, more: str, expected: list[str]) -> None:
    others = (
        'resource "google_service_account" "a" {\n  account_id = "a"\n}\n'
        'resource "terraform_data" "handed" {\n  input = "allUsers"\n}\n'
    )
    assert said(rules, others + SERVICE % more, with_source=True) == expected
