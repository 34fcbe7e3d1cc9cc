"""What bindings of Kubernetes grant, in all the ways in which a plan writes them."""

from __future__ import annotations

import pytest

from planguard.access.compare import difference, witness_of
from planguard.access.kubernetes.grants import held_by
from planguard.access.kubernetes.role import selects
from planguard.access.model import MAY, Terms
from planguard.graph.snapshot import Snapshot
from tests.access.holding import by_subject, gaps, grants, holding, masked, plan_text
from tests.conftest import change, graph_from, plan_document

ROLE = """
resource "kubernetes_role" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }
  rule {
    api_groups     = [""]
    resources      = ["secrets", "pods/log"]
    resource_names = ["db"]
    verbs          = ["get"]
  }
}
resource "kubernetes_role_binding" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }
  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role.reader.metadata[0].name
  }
  subject {
    kind      = "ServiceAccount"
    name      = "ci"
    namespace = "build"
  }
  subject {
    kind = "User"
    name = "jane"
  }
}
"""


def cluster_binding(role: str, group: str = "devs") -> str:
    return f"""
resource "kubernetes_cluster_role_binding_v1" "it" {{
  metadata {{
    name = "it"
  }}
  role_ref {{
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "{role}"
  }}
  subject {{
    kind = "Group"
    name = "{group}"
  }}
}}
"""


def cluster_role(name: str, body: str, labels: str = "{}") -> str:
    return f"""
resource "kubernetes_cluster_role" "{name}" {{
  metadata {{
    name   = "{name}"
    labels = {labels}
  }}
  {body}
}}
"""


def test_a_role_is_granted_in_the_namespace_of_its_binding() -> None:
    found = holding(held_by, ROLE)
    assert grants(found, "User:jane") == ["get:/pods/log get:/secrets | shop/db"]
    assert grants(found, "ServiceAccount:build/ci") == ["get:/pods/log get:/secrets | shop/db"]


def test_the_same_in_a_manifest_and_in_yaml() -> None:
    text = """
resource "kubernetes_manifest" "role" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "ClusterRole"
    metadata   = { name = "urls" }
    rules = [
      { nonResourceURLs = ["/healthz/*"], verbs = ["get"] },
      { apiGroups = ["apps"], resources = ["*"], verbs = ["*"] },
    ]
  }
}
resource "kubectl_manifest" "binding" {
  yaml_body = <<-EOT
    apiVersion: rbac.authorization.k8s.io/v1
    kind: ClusterRoleBinding
    metadata: {name: urls}
    roleRef: {kind: ClusterRole, name: urls}
    subjects: [{kind: User, name: jane}]
  EOT
}
"""
    found = holding(held_by, text)
    assert grants(found, "User:jane") == ["*:apps/* | *", "get:url:/healthz/* | *"]


def test_yaml_that_its_provider_does_not_show_is_read_where_it_is_shown() -> None:
    text = """apiVersion: rbac.authorization.k8s.io/v1
kind: ClusterRoleBinding
metadata: {name: all}
roleRef: {kind: ClusterRole, name: cluster-admin}
subjects: [{kind: User, name: jane}]
"""
    shown = {"yaml_body": text, "yaml_body_parsed": text, "kind": "ClusterRoleBinding"}
    hidden = {"yaml_body": text}
    other = {"yaml_body": text, "kind": "Secret"}
    found = {}
    for name, values in (("shown", shown), ("hidden", hidden), ("other", other)):
        one = change(f"kubectl_manifest.{name}", ["create"], None, values, after_sensitive={"yaml_body": True})
        found[name] = by_subject(held_by(Snapshot(graph_from(plan_document(one)), "after")))
    assert grants(found["shown"], "User:jane") == ["*:*/* | *", "*:url:* | *"]
    (held,) = found["hidden"].values()
    assert [gap.text for gap in held.gaps] == ["the manifest is not shown, and may be a role or a binding"]
    assert found["other"] == {}


def test_what_roles_for_parts_of_the_cluster_hold_that_leads_to_more() -> None:
    found = holding(held_by, cluster_binding("system:controller:clusterrole-aggregation-controller"))
    access = found["identity", "Group:devs"].access
    assert witness_of(access, Terms(("escalate:rbac.authorization.k8s.io/clusterroles",))) is not None
    assert witness_of(access, Terms(("get:/secrets",)), reading=MAY) is None


def test_a_role_that_every_cluster_has_in_a_namespace() -> None:
    text = ROLE.replace("kubernetes_role.reader.metadata[0].name", '"extension-apiserver-authentication-reader"')
    text = text[text.index('resource "kubernetes_role_binding"') :].replace('"shop"', '"kube-system"')
    found = holding(held_by, text)
    assert gaps(found, "User:jane") == []
    access = found["identity", "User:jane"].access
    assert witness_of(access, Terms(("get:/configmaps",)), reading=MAY) is not None


def test_a_star_is_a_wildcard_only_as_a_whole() -> None:
    body = 'rule {\n api_groups = [""]\n resources = ["pod*", "*/scale"]\n verbs = ["get"]\n}'
    found = holding(held_by, cluster_role("odd", body) + cluster_binding("odd"))
    assert grants(found, "Group:devs") == ["get:/*/scale get:/pod${*} | *"]


def test_everything_on_resources_is_nothing_on_urls() -> None:
    body = 'rule {\n api_groups = ["*"]\n resources = ["*"]\n verbs = ["*"]\n}'
    held = holding(held_by, cluster_role("all", body) + cluster_binding("all"))["identity", "Group:devs"]
    assert witness_of(held.access, Terms(("get:url:/metrics",)), reading=MAY) is None
    assert witness_of(held.access, Terms(("escalate:rbac.authorization.k8s.io/clusterroles",))) is not None


def test_a_namespace_binding_of_a_cluster_role_grants_no_urls() -> None:
    role = cluster_role("m", 'rule {\n non_resource_urls = ["/metrics"]\n verbs = ["get"]\n}')
    binding = ROLE.split('resource "kubernetes_role_binding"')[1].replace('"Role"', '"ClusterRole"')
    binding = binding.replace("kubernetes_role.reader.metadata[0].name", '"m"')
    found = holding(held_by, f'{role}resource "kubernetes_role_binding"{binding}')
    assert grants(found, "User:jane") == []


@pytest.mark.parametrize(
    ("role", "action", "is_allowed"),
    [
        ("cluster-admin", "get:url:/metrics", True),
        ("admin", "create:rbac.authorization.k8s.io/rolebindings", True),
        ("admin", "escalate:rbac.authorization.k8s.io/roles", False),
        ("edit", "get:/secrets", True),
        ("edit", "impersonate:/serviceaccounts", True),
        ("edit", "create:rbac.authorization.k8s.io/rolebindings", False),
        ("view", "get:/secrets", False),
        ("view", "list:/configmaps", True),
    ],
)
def test_the_roles_that_every_cluster_has(role: str, action: str, is_allowed: bool) -> None:
    held = holding(held_by, cluster_binding(role))["identity", "Group:devs"]
    assert (witness_of(held.access, Terms((action,))) is not None) is is_allowed
    assert held.gaps == ()


def test_a_role_that_nobody_knows_is_equal_only_to_itself() -> None:
    found = holding(held_by, cluster_binding("their-role"))
    assert (grants(found, "Group:devs"), gaps(found, "Group:devs")) == (["role:their-role | *"], ["role-unknown"])
    assert gaps(holding(held_by, cluster_binding("system:node")), "Group:devs") == []


AGGREGATED = """
  aggregation_rule {
    cluster_role_selectors {
      match_labels = { team = "a" }
    }
  }
"""
PART = 'rule {\n api_groups = ["x.io"]\n resources = ["things"]\n verbs = ["get"]\n}'


def test_a_cluster_role_gathers_others_by_their_labels() -> None:
    text = (
        cluster_role("all", AGGREGATED) + cluster_role("part", PART, '{ team = "a" }') + cluster_role("other", PART)
    )
    found = holding(held_by, text + cluster_binding("all"))
    assert grants(found, "Group:devs") == ["get:x.io/things | *"]
    assert gaps(found, "Group:devs") == []


def test_a_labelled_cluster_role_adds_to_a_built_in_one() -> None:
    labels = '{ "rbac.authorization.k8s.io/aggregate-to-view" = "true" }'
    found = holding(held_by, cluster_role("part", PART, labels) + cluster_binding("admin"))
    assert "get:x.io/things | *" in grants(found, "Group:devs")


@pytest.mark.parametrize(
    ("selector", "answer"),
    [
        ({"match_labels": {"a": "1"}}, True),
        ({"match_labels": {"a": "2"}}, False),
        ({"match_expressions": [{"key": "a", "operator": "In", "values": ["1", "2"]}]}, True),
        ({"match_expressions": [{"key": "b", "operator": "NotIn", "values": ["1"]}]}, True),
        ({"match_expressions": [{"key": "b", "operator": "Exists"}]}, False),
        ({"match_expressions": [{"key": "b", "operator": "DoesNotExist"}]}, True),
        ({}, True),
    ],
)
def test_label_selectors(selector: dict[str, object], answer: bool) -> None:
    assert selects(selector, {"a": "1"}) is answer


def test_what_is_not_known_yet_is_granted_perhaps() -> None:
    unknown = 'variable "verb" {\n type = string\n}\n'
    body = 'rule {\n api_groups = [""]\n resources = ["pods"]\n verbs = ["get", var.verb]\n}'
    found = holding(held_by, unknown + cluster_role("r", body) + cluster_binding("r"))
    assert grants(found, "Group:devs") == ["lower get:/pods | *", "upper *:/pods get:/pods | *"]
    found = holding(
        held_by, 'variable "who" {\n type = string\n}\n' + cluster_binding("view").replace('"devs"', "var.who")
    )
    (held,) = found.values()
    assert {clause.bound for clause in held.access.clauses} == {"upper"}
    assert [gap.code for gap in held.gaps] == ["principal-unknown"]


EKS = """
resource "aws_iam_role" "dev" {
  name               = "dev"
  assume_role_policy = "{}"
}
resource "aws_eks_access_entry" "dev" {
  cluster_name      = "c"
  principal_arn     = aws_iam_role.dev.arn
  kubernetes_groups = ["devs"]
}
resource "aws_eks_access_policy_association" "dev" {
  cluster_name  = "c"
  principal_arn = aws_iam_role.dev.arn
  policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSAdminViewPolicy"
  access_scope {
    type       = "namespace"
    namespaces = ["shop"]
  }
}
"""


def test_a_principal_of_aws_holds_what_its_groups_and_policies_hold() -> None:
    found = holding(held_by, EKS + cluster_role("r", PART) + cluster_binding("r"))
    assert grants(found, "AWS:${aws_iam_role.dev.arn}") == [
        "get:*/* list:*/* watch:*/* | shop/*",
        "get:x.io/things | *",
    ]


def test_the_config_map_of_a_cluster_makes_masters() -> None:
    text = """
resource "kubernetes_config_map" "auth" {
  metadata {
    name      = "aws-auth"
    namespace = "kube-system"
  }
  data = {
    mapRoles = yamlencode([{ rolearn = "arn:aws:iam::1:role/ops", username = "ops", groups = ["system:masters"] }])
  }
}
"""
    assert grants(holding(held_by, text), "AWS:arn:aws:iam::1:role/ops") == ["*:*/* | *", "*:url:* | *"]


ALL = (
    ROLE
    + EKS
    + cluster_role("all", AGGREGATED)
    + cluster_role("part", PART, '{ team = "a" }')
    + cluster_binding("all")
)


@pytest.mark.parametrize("seed", range(30))
def test_no_unknown_value_stops_it_or_adds_to_what_is_certain(seed: int) -> None:
    whole = holding(held_by, ALL)
    for held in held_by(Snapshot(graph_from(masked(plan_text(ALL), seed)), "after")):
        known = whole.get((held.subject.plane, held.subject.name))
        symbols = any(not term.isascii() for one in held.access.clauses for term in one.resources.include)
        if known is not None and not symbols:
            assert difference(known.access, held.access).new == ()
