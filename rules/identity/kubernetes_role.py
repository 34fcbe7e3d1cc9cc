"""What a role allows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind


@rule(
    id="kubernetes-role-wildcard",
    severity="critical",
    domain="identity",
    resources=[
        "kubernetes_role",
        "kubernetes_role_v1",
        "kubernetes_cluster_role",
        "kubernetes_cluster_role_v1",
        MANIFEST,
    ],
    aliases=["CKV_K8S_49", "AVD-KSV-0044", "AVD-KSV-0045", "AVD-KSV-0046", "KSV-0044", "KSV-0045", "KSV-0046"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.3"]},
    links=["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"],
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
    if is_manifest(role) and manifest_kind(role) not in ("Role", "ClusterRole"):
        return
    for path, allowed in blocks(role, "rule"):
        if "*" in (field(allowed, "verbs") or ()) and "*" in (field(allowed, "resources") or ()):
            yield violation(path, f"every verb on every resource of {_groups(allowed)}")


def _groups(allowed: dict[str, Any]) -> str:
    groups = sorted(field(allowed, "api_groups") or ())
    if not groups or "*" in groups:
        return "every API group"
    names = ", ".join(f"`{group}`" if group else "the core group" for group in groups)
    return f"API group {names}" if len(groups) == 1 else f"API groups {names}"
