"""What a role allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import field
from ._kubernetes_roles import ROLES, allowances, has_wildcard

_LINKS = ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"]
_WILDCARD_FIELDS = ("api_groups", "resources", "verbs")


@rule(
    id="kubernetes-role-wildcard",
    severity="critical",
    domain="identity",
    resources=ROLES,
    aliases=["AVD-KSV-0044"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.3"]},
    links=_LINKS,
    bad={
        "every verb on every resource of the cluster": """
resource "kubernetes_cluster_role_v1" "platform" {
  metadata {
    name = "platform"
  }

  rule {
    api_groups = ["*"]
    resources  = ["*"]
    verbs      = ["*"]
  }
}
""",
        "beside a narrow rule": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["get", "list"]
  }

  rule {
    api_groups = ["", "apps"]
    resources  = ["*"]
    verbs      = ["*"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "ClusterRole"
    metadata   = { name = "agent" }
    rules = [{
      apiGroups = ["*"]
      resources = ["*"]
      verbs     = ["*"]
    }]
  }
}
""",
    },
    good={
        "named resources and verbs": """
resource "kubernetes_cluster_role_v1" "reader" {
  metadata {
    name = "reader"
  }

  rule {
    api_groups = ["", "apps"]
    resources  = ["pods", "deployments"]
    verbs      = ["get", "list", "watch"]
  }
}
""",
        "every verb on one resource": """
resource "kubernetes_role_v1" "operator" {
  metadata {
    name      = "operator"
    namespace = "shop"
  }

  rule {
    api_groups = ["shop.example.com"]
    resources  = ["orders"]
    verbs      = ["*"]
  }

  rule {
    api_groups = ["apps"]
    resources  = ["*"]
    verbs      = ["get", "list", "watch"]
  }
}
""",
        "a path that is no resource": """
resource "kubernetes_cluster_role_v1" "metrics" {
  metadata {
    name = "metrics"
  }

  rule {
    non_resource_urls = ["/metrics"]
    verbs             = ["*"]
  }
}
""",
    },
)
def role_wildcard(role: Resource) -> Iterator[Violation]:
    """Role allows every verb on every resource.

    Whoever has the role reads all secrets and may grant itself more. What is added to the cluster later is allowed,
    too, without anybody having decided so.

    Name the API groups, resources and verbs that its holder uses; `kubectl auth can-i --list` shows what there is.
    """
    for path, allowed in allowances(role):
        if has_wildcard(allowed, "verbs") and has_wildcard(allowed, "resources"):
            yield violation(path, f"every verb on every resource of {_groups(allowed)}")


@rule(
    id="kubernetes-role-any-wildcard",
    severity="high",
    domain="identity",
    resources=ROLES,
    aliases=["CKV_K8S_49"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.3"]},
    links=_LINKS,
    since="0.2.0",
    wider=[
        "kubernetes-role-wildcard",
        "kubernetes-role-wildcard-verb",
        "kubernetes-role-wildcard-resource",
    ],
    bad={
        "a rule of its own, beside those that it gathers": """
resource "kubernetes_cluster_role_v1" "monitoring" {
  metadata {
    name = "monitoring"
  }

  aggregation_rule {
    cluster_role_selectors {
      match_labels = {
        "rbac.example.com/monitoring" = "true"
      }
    }
  }

  rule {
    api_groups = [""]
    resources  = ["*"]
    verbs      = ["get"]
  }
}
""",
        "every verb": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = ["*"]
  }
}
""",
        "every resource": """
resource "kubernetes_cluster_role" "agent" {
  metadata {
    name = "agent"
  }

  rule {
    api_groups = [""]
    resources  = ["*"]
    verbs      = ["get"]
  }
}
""",
        "every API group": """
resource "kubernetes_cluster_role_v1" "agent" {
  metadata {
    name = "agent"
  }

  rule {
    api_groups = ["*"]
    resources  = ["pods"]
    verbs      = ["get"]
  }
}
""",
        "every verb on every resource, behind a narrow rule": """
resource "kubernetes_role" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps"]
    verbs      = ["get"]
  }

  rule {
    api_groups = [""]
    resources  = ["*"]
    verbs      = ["*"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "Role"
    metadata   = { name = "agent", namespace = "shop" }
    rules      = [{ apiGroups = ["*"], resources = ["pods"], verbs = ["get"] }]
  }
}
""",
    },
    good={
        "one that gathers the rules of others": """
resource "kubernetes_cluster_role_v1" "monitoring" {
  metadata {
    name = "monitoring"
  }

  aggregation_rule {
    cluster_role_selectors {
      match_labels = {
        "rbac.example.com/monitoring" = "true"
      }
    }
  }
}
""",
        "all named": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = ["", "apps"]
    resources  = ["pods", "deployments"]
    verbs      = ["get", "list"]
  }
}
""",
        "all below one resource": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["pods/*"]
    verbs      = ["get"]
  }
}
""",
        "a path that is no resource": """
resource "kubernetes_cluster_role_v1" "probe" {
  metadata {
    name = "probe"
  }

  rule {
    non_resource_urls = ["/healthz/*", "*"]
    verbs             = ["get"]
  }
}
""",
        "a manifest of another kind": """
resource "kubernetes_manifest" "policy" {
  manifest = {
    apiVersion = "example.com/v1"
    kind       = "Policy"
    metadata   = { name = "policy", namespace = "shop" }
    rules      = [{ apiGroups = ["*"], resources = ["*"], verbs = ["*"] }]
  }
}
""",
    },
    undetermined={
        "rules that are not known yet": """
resource "terraform_data" "resources" {
  input = ["pods"]
}

resource "kubernetes_cluster_role_v1" "agent" {
  metadata {
    name = "agent"
  }

  dynamic "rule" {
    for_each = terraform_data.resources.output
    content {
      api_groups = [""]
      resources  = [rule.value]
      verbs      = ["get"]
    }
  }
}
""",
        "a verb that is not known yet": """
resource "terraform_data" "choice" {
  input = "get"
}

resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["pods"]
    verbs      = [terraform_data.choice.output]
  }
}
""",
    },
)
def role_any_wildcard(role: Resource) -> Iterator[Violation]:
    """Role has a wildcard in a rule.

    What it allows is not what its author had in mind: new verbs, resources and API groups are allowed as soon as they
    exist, without anybody having decided so.

    Name what its holder uses in `api_groups`, `resources` and `verbs`; `kubectl auth can-i --list` shows what there
    is.
    """
    for path, allowed in allowances(role):
        found = [name for name in _WILDCARD_FIELDS if has_wildcard(allowed, name)]
        if found:
            yield violation(path, f"a wildcard in {', '.join(found)}")


def _groups(allowed: dict[str, Any]) -> str:
    groups = sorted(field(allowed, "api_groups") or ())
    if not groups or "*" in groups:
        return "every API group"
    names = ", ".join(f"`{group}`" if group else "the core group" for group in groups)
    return f"API group {names}" if len(groups) == 1 else f"API groups {names}"
