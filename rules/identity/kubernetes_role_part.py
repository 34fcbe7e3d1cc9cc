"""Roles that leave open one half of what they allow."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_roles import ROLES, allowances, has_wildcard

_LINKS = ["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"]


@rule(
    id="kubernetes-role-wildcard-verb",
    severity="high",
    domain="identity",
    resources=ROLES,
    aliases=["AVD-KSV-0045"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.3"]},
    links=_LINKS,
    since="0.2.0",
    wider=["kubernetes-role-wildcard"],
    bad={
        "on one resource": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = ["shop.example.com"]
    resources  = ["orders"]
    verbs      = ["*"]
  }
}
""",
        "beside a narrow rule, in a cluster role": """
resource "kubernetes_cluster_role" "agent" {
  metadata {
    name = "agent"
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps"]
    verbs      = ["get"]
  }

  rule {
    api_groups = [""]
    resources  = ["secrets"]
    verbs      = ["get", "*"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "Role"
    metadata   = { name = "agent", namespace = "shop" }
    rules      = [{ apiGroups = [""], resources = ["pods"], verbs = ["*"] }]
  }
}
""",
    },
    good={
        "named verbs": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = ["*"]
    resources  = ["*"]
    verbs      = ["get", "list"]
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
def role_wildcard_verb(role: Resource) -> Iterator[Violation]:
    """Role allows every verb.

    With `*` come verbs that hand out rights or act as others (`bind`, `escalate`, `impersonate`), and those of
    tomorrow.

    Name the verbs that its holder uses: `verbs = ["get", "list", "watch"]`.
    """
    for path, allowed in allowances(role):
        if has_wildcard(allowed, "verbs"):
            yield violation(f"{path}.verbs", "every verb")


@rule(
    id="kubernetes-role-wildcard-resource",
    severity="high",
    domain="identity",
    resources=ROLES,
    aliases=["AVD-KSV-0046"],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.3"]},
    links=_LINKS,
    since="0.2.0",
    wider=["kubernetes-role-wildcard"],
    bad={
        "read everything": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["*"]
    verbs      = ["get", "list"]
  }
}
""",
        "beside a narrow rule, in a cluster role": """
resource "kubernetes_cluster_role" "agent" {
  metadata {
    name = "agent"
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps"]
    verbs      = ["get"]
  }

  rule {
    api_groups = ["apps"]
    resources  = ["pods", "*"]
    verbs      = ["update"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "Role"
    metadata   = { name = "agent", namespace = "shop" }
    rules      = [{ apiGroups = [""], resources = ["*"], verbs = ["get"] }]
  }
}
""",
    },
    good={
        "named resources": """
resource "kubernetes_role_v1" "agent" {
  metadata {
    name      = "agent"
    namespace = "shop"
  }

  rule {
    api_groups = ["*"]
    resources  = ["pods", "pods/log"]
    verbs      = ["*"]
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
        "a resource that is not known yet": """
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
    resources  = [terraform_data.choice.output]
    verbs      = ["get"]
  }
}
""",
    },
)
def role_wildcard_resource(role: Resource) -> Iterator[Violation]:
    """Role allows to handle every resource.

    Secrets are among them, roles and bindings too, and whatever is added to the cluster later.

    Name the resources that its holder uses: `resources = ["pods", "deployments"]`.
    """
    for path, allowed in allowances(role):
        if has_wildcard(allowed, "resources"):
            yield violation(f"{path}.resources", "every resource")
