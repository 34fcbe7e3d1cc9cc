"""What the rules tell of subjects of Kubernetes: at which resource, in which words, and what a plan changes."""

from __future__ import annotations

from functools import lru_cache

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.pack import builtin_root, load_pack
from planguard.engine.ruleset import RuleSet, select_rules
from planguard.testing.transition import transition_plan
from tests.access.holding import plan_text
from tests.conftest import graph_from

ADMINISTRATOR = "kubernetes-principal-administrator-equivalent"
ESCALATION = "kubernetes-principal-privilege-escalation"
SECRETS = "kubernetes-principal-reads-secrets"


@lru_cache
def rules() -> RuleSet:
    return select_rules([load_pack(builtin_root())], only=[ADMINISTRATOR, ESCALATION, SECRETS])


def said(after: str, before: str = "") -> list[tuple[str, str, str, str]]:
    """What the rules say: rule, status, address, and message or reason."""
    plan = transition_plan(plan_text(before), plan_text(after), after, {}) if before else plan_text(after)
    found = evaluate(graph_from(plan), rules())
    assert not found.errors
    told = [(one.rule.id, one.status, one.node.address, one.message) for one in found.violations]
    return told + [(one.rule.id, "open", one.node.address, one.why) for one in found.undetermined]


def bind(name: str, role: str, kind: str = "Group", subject: str = "dev", namespace: str = "") -> str:
    return f"""
resource "kubernetes_cluster_role_binding_v1" "{name}" {{
  metadata {{
    name = "{name}"
  }}
  role_ref {{
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "{role}"
  }}
  subject {{
    kind      = "{kind}"
    name      = "{subject}"
    namespace = "{namespace}"
  }}
}}
"""


def role(name: str, resources: str, verbs: str, labels: str = "") -> str:
    return f"""
resource "kubernetes_cluster_role_v1" "{name}" {{
  metadata {{
    name   = "{name}"
    labels = {{ {labels} }}
  }}
  rule {{
    api_groups = ["*"]
    resources  = ["{resources}"]
    verbs      = ["{verbs}"]
  }}
}}
"""


ACCOUNT = """
resource "kubernetes_service_account_v1" "it" {
  metadata {
    name      = "it"
    namespace = "ops"
  }
}
"""
ENTRY = """
resource "aws_eks_access_entry" "it" {
  cluster_name      = "shop"
  principal_arn     = "arn:aws:iam::111122223333:role/dev"
  kubernetes_groups = ["dev"]
}
"""
MAP = """
resource "kubernetes_config_map_v1" "it" {
  metadata {
    name      = "aws-auth"
    namespace = "kube-system"
  }
  data = {
    mapRoles = yamlencode([{ rolearn = "arn:aws:iam::111122223333:role/dev", username = "x", groups = ["dev"] }])
  }
}
"""


def test_a_service_account_of_the_plan_is_told_of_at_itself() -> None:
    assert said(ACCOUNT + bind("b", "cluster-admin", "ServiceAccount", "it", "ops")) == [
        (
            ADMINISTRATOR,
            "introduced",
            "kubernetes_service_account_v1.it",
            "service account ops/it may use every verb on every resource of the cluster",
        )
    ]


def test_others_are_told_of_at_the_binding_that_gives_it() -> None:
    text = bind("a", "view") + bind("b", "cluster-admin") + bind("c", "everything") + role("everything", "*", "*")
    assert [(one[0], one[2]) for one in said(text)] == [
        (ADMINISTRATOR, "kubernetes_cluster_role_binding_v1.b"),
        (ADMINISTRATOR, "kubernetes_cluster_role_binding_v1.c"),
    ]


def test_a_role_that_gathers_others_is_told_of_at_its_binding() -> None:
    label = '"rbac.authorization.k8s.io/aggregate-to-view" = "true"'
    text = bind("b", "view") + role("more", "nodes/proxy", "get", label)
    found = said(text)
    assert [one[:3] for one in found] == [(ESCALATION, "introduced", "kubernetes_cluster_role_binding_v1.b")]
    assert found[0][3] == "group dev can run commands in every pod by way of the nodes: get:/nodes/proxy on *"


@pytest.mark.parametrize(
    ("text", "address"), [(ENTRY, "aws_eks_access_entry.it"), (MAP, "kubernetes_config_map_v1.it")]
)
def test_a_principal_of_aws_is_told_of_where_it_is_let_in(text: str, address: str) -> None:
    found = said(text + bind("b", "cluster-admin"), bind("b", "cluster-admin"))
    assert sorted(one[1:3] for one in found) == sorted(
        [("introduced", address), ("inherited", "kubernetes_cluster_role_binding_v1.b")]
    )
    assert any(one[3].startswith("arn:aws:iam::111122223333:role/dev may") for one in found)


def test_the_name_of_a_role_of_the_plan_in_an_entry() -> None:
    text = """
resource "aws_iam_role" "dev" {
  name               = "dev"
  assume_role_policy = "{}"
}
""" + ENTRY.replace('"arn:aws:iam::111122223333:role/dev"', "aws_iam_role.dev.arn")
    assert [one[2] for one in said(text + bind("b", "cluster-admin")) if "aws" in one[3]] == [
        "aws_eks_access_entry.it"
    ]


def test_a_way_is_told_once_with_its_requests() -> None:
    text = bind("a", "view") + bind("b", "edit")
    found = [one for one in said(text) if one[0] == ESCALATION]
    assert {one[2] for one in found} == {"kubernetes_cluster_role_binding_v1.b"}
    assert [one[3] for one in found] == [
        "group dev can act as any service account of every namespace: create:/secrets with get:/secrets on *"
        " or create:/serviceaccounts/token on *, and 3 more ways"
    ]


def test_secrets_are_told_once_and_not_of_administrators() -> None:
    text = bind("b", "reader") + role("reader", "secrets", "list")
    assert [(one[0], one[2], one[3]) for one in said(text)] == [
        (
            SECRETS,
            "kubernetes_cluster_role_binding_v1.b",
            "group dev can read every secret of the cluster: list:/secrets on *",
        )
    ]
    assert [one[0] for one in said(text + bind("c", "cluster-admin"))] == [ADMINISTRATOR]


def test_a_role_that_grows_makes_its_subject_worse() -> None:
    before = ACCOUNT + bind("b", "r", "ServiceAccount", "it", "ops") + role("r", "pods", "get")
    after = before.replace('resources  = ["pods"]', 'resources  = ["nodes/proxy"]')
    assert [one[1:3] for one in said(after, before)] == [("introduced", "kubernetes_service_account_v1.it")]
    assert [one[1:3] for one in said(before, after)] == [("fixed", "kubernetes_service_account_v1.it")]


def test_what_is_not_known_is_said() -> None:
    text = """
resource "terraform_data" "role" {
  input = "view"
}
""" + bind("b", "${terraform_data.role.output}")
    found = said(text)
    assert {one[:3] for one in found} == {
        (ADMINISTRATOR, "open", "kubernetes_cluster_role_binding_v1.b"),
        (ESCALATION, "open", "kubernetes_cluster_role_binding_v1.b"),
        (SECRETS, "open", "kubernetes_cluster_role_binding_v1.b"),
    }
    assert all("the role that is bound is not known yet" in one[3] for one in found)
