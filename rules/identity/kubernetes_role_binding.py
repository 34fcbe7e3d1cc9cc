"""Who gets a role."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind

_BINDINGS = (
    "kubernetes_role_binding",
    "kubernetes_role_binding_v1",
    "kubernetes_cluster_role_binding",
    "kubernetes_cluster_role_binding_v1",
    MANIFEST,
)
_ROLES = ("kubernetes_role", "kubernetes_role_v1", "kubernetes_cluster_role", "kubernetes_cluster_role_v1")


@rule(
    id="kubernetes-default-service-account-bound",
    severity="medium",
    domain="identity",
    resources=_BINDINGS,
    aliases=["CKV_K8S_42"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-2"], "cis-kubernetes-1.23": ["5.1.5"]},
    links=["https://kubernetes.io/docs/concepts/security/service-accounts/"],
    bad={
        "a role of the same plan": """
resource "kubernetes_role_v1" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }

  rule {
    api_groups = [""]
    resources  = ["configmaps"]
    verbs      = ["get"]
  }
}

resource "kubernetes_role_binding_v1" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "Role"
    name      = kubernetes_role_v1.reader.metadata[0].name
  }

  subject {
    kind      = "ServiceAccount"
    name      = "default"
    namespace = "shop"
  }
}
""",
        "a cluster role that is there already": """
resource "kubernetes_cluster_role_binding" "view" {
  metadata {
    name = "view"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    kind      = "User"
    name      = "anna@example.com"
    api_group = "rbac.authorization.k8s.io"
  }

  subject {
    kind      = "ServiceAccount"
    name      = "default"
    namespace = "kube-system"
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "view" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "RoleBinding"
    metadata   = { name = "view", namespace = "shop" }
    roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "view" }
    subjects   = [{ kind = "ServiceAccount", name = "default", namespace = "shop" }]
  }
}
""",
        "manifest for the whole cluster": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "ClusterRoleBinding"
    metadata   = { name = "app" }
    roleRef = {
      apiGroup = "rbac.authorization.k8s.io"
      kind     = "ClusterRole"
      name     = "view"
    }
    subjects = [{ kind = "ServiceAccount", name = "default", namespace = "app" }]
  }
}
""",
    },
    good={
        "a service account of its own": """
resource "kubernetes_service_account_v1" "shop" {
  metadata {
    name      = "shop"
    namespace = "shop"
  }
}

resource "kubernetes_role_binding_v1" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    kind      = "ServiceAccount"
    name      = kubernetes_service_account_v1.shop.metadata[0].name
    namespace = "shop"
  }
}
""",
        "a group of that name": """
resource "kubernetes_role_binding_v1" "reader" {
  metadata {
    name      = "reader"
    namespace = "shop"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    kind      = "Group"
    name      = "default"
    api_group = "rbac.authorization.k8s.io"
  }
}
""",
        "manifest of another kind": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "policy.example.com/v1"
    kind       = "ReviewBinding"
    metadata   = { name = "app" }
    roleRef = {
      apiGroup = "rbac.authorization.k8s.io"
      kind     = "ClusterRole"
      name     = "view"
    }
    subjects = [{ kind = "ServiceAccount", name = "default", namespace = "app" }]
  }
}
""",
    },
)
def default_service_account_bound(binding: Resource) -> Iterator[Violation]:
    """Role is bound to a default service account.

    Every pod of the namespace that names no service account of its own runs as the default one, those that are yet
    to come included. What is granted to it is granted to all of them.

    Make a service account for the workload, bind the role to that, and name it in the pod's `service_account_name`.
    """
    if is_manifest(binding) and manifest_kind(binding) not in ("RoleBinding", "ClusterRoleBinding"):
        return
    for path, subject in blocks(binding, "subject"):
        if field(subject, "kind") == "ServiceAccount" and field(subject, "name") == "default":
            namespace = field(subject, "namespace") or "default"
            role, evidence = _role_of(binding)
            yield violation(
                f"{path}.name",
                f"the default service account of namespace `{namespace}` gets {role}",
                evidence=evidence,
            )


def _role_of(binding: Resource) -> tuple[str, list[str]]:
    """The role as a message calls it, and its address where this plan has it."""
    addresses = [role.address for kind in _ROLES for role in binding.references(kind, via="role_ref")]
    for _, reference in blocks(binding, "role_ref"):
        name = field(reference, "name")
        if not is_unknown(name):
            return f"{field(reference, 'kind')} `{name}`", addresses
    return " or ".join(addresses) or "a role that is not known yet", addresses


@rule(
    id="kubernetes-cluster-admin-bound",
    severity="high",
    domain="identity",
    resources=["kubernetes_cluster_role_binding", "kubernetes_cluster_role_binding_v1", MANIFEST],
    controls={"nist-800-53r5": ["AC-3", "AC-6"], "cis-kubernetes-1.23": ["5.1.1"]},
    links=["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#user-facing-roles"],
    wider=["kubernetes-principal-administrator-equivalent"],
    bad={
        "everybody": """
resource "kubernetes_cluster_role_binding_v1" "everyone" {
  metadata {
    name = "everyone-is-admin"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin"
  }

  subject {
    kind      = "Group"
    name      = "system:authenticated"
    api_group = "rbac.authorization.k8s.io"
  }
}
""",
        "a service account": """
resource "kubernetes_cluster_role_binding_v1" "deploy" {
  metadata {
    name = "deploy"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin"
  }

  subject {
    kind      = "ServiceAccount"
    name      = "deploy"
    namespace = "ci"
  }
}
""",
        "in a manifest, beside the group that has it anyway": """
resource "kubernetes_manifest" "admins" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "ClusterRoleBinding"
    metadata   = { name = "admins" }
    roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "cluster-admin" }
    subjects = [
      { apiGroup = "rbac.authorization.k8s.io", kind = "Group", name = "system:masters" },
      { apiGroup = "rbac.authorization.k8s.io", kind = "User", name = "anna@example.com" },
    ]
  }
}
""",
    },
    good={
        "the group that has it anyway": """
resource "kubernetes_cluster_role_binding_v1" "masters" {
  metadata {
    name = "masters"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "cluster-admin"
  }

  subject {
    kind      = "Group"
    name      = "system:masters"
    api_group = "rbac.authorization.k8s.io"
  }
}
""",
        "a narrower role": """
resource "kubernetes_cluster_role_binding_v1" "viewers" {
  metadata {
    name = "viewers"
  }

  role_ref {
    api_group = "rbac.authorization.k8s.io"
    kind      = "ClusterRole"
    name      = "view"
  }

  subject {
    kind      = "Group"
    name      = "developers"
    api_group = "rbac.authorization.k8s.io"
  }
}
""",
        "manifest for one namespace": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "rbac.authorization.k8s.io/v1"
    kind       = "RoleBinding"
    metadata   = { name = "app" }
    roleRef = {
      apiGroup = "rbac.authorization.k8s.io"
      kind     = "ClusterRole"
      name     = "cluster-admin"
    }
    subjects = [{ kind = "ServiceAccount", name = "default", namespace = "app" }]
  }
}
""",
    },
)
def cluster_admin_bound(binding: Resource) -> Iterator[Violation]:
    """Cluster role cluster-admin is bound.

    It allows everything in every namespace, on the nodes and on access control itself. Whoever takes over one of its
    holders has the whole cluster.

    Bind `admin`, `edit` or `view` in a namespace, or a role that names what is needed. Keep cluster-admin for the way
    in that is used when all else fails.
    """
    if is_manifest(binding) and manifest_kind(binding) != "ClusterRoleBinding":
        return
    for _, reference in blocks(binding, "role_ref"):
        if field(reference, "name") != "cluster-admin":
            return
    for path, subject in blocks(binding, "subject"):
        kind, name = field(subject, "kind"), field(subject, "name")
        if (kind, name) != ("Group", "system:masters"):
            yield violation(path, f"{_titled(subject)} is admin of the whole cluster")


def _titled(subject: dict[str, Any]) -> str:
    kind, name, namespace = (field(subject, one) for one in ("kind", "name", "namespace"))
    if kind == "ServiceAccount":
        return f"service account `{name}` of namespace `{namespace or 'default'}`"
    return f"{kind.lower()} `{name}`"
