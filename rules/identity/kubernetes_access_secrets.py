"""Who reads all secrets of a cluster of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.kubernetes.principals import told_secrets

from ._kubernetes_subjects import TELLING
from ._told import tell


@rule(
    id="kubernetes-principal-reads-secrets",
    severity="high",
    domain="identity",
    resources=TELLING,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "SC-12", "SC-28"], "cis-kubernetes-1.23": ["5.1.2"]},
    links=["https://kubernetes.io/docs/concepts/security/rbac-good-practices/#listing-secrets"],
    since="0.2.0",
    bad={
        "every secret of the cluster": """
            resource "kubernetes_cluster_role_v1" "sync" {
              metadata {
                name = "sync"
              }

              rule {
                api_groups = [""]
                resources  = ["secrets"]
                verbs      = ["get", "list", "watch"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "sync" {
              metadata {
                name = "sync"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "sync"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "sync"
                namespace = "ops"
              }
            }
        """,
        "by the list of them": """
            resource "kubernetes_service_account_v1" "sync" {
              metadata {
                name      = "sync"
                namespace = "ops"
              }
            }

            resource "kubernetes_cluster_role_v1" "sync" {
              metadata {
                name = "sync"
              }

              rule {
                api_groups = [""]
                resources  = ["secrets"]
                verbs      = ["list"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "sync" {
              metadata {
                name = "sync"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "sync"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "sync"
                namespace = "ops"
              }
            }
        """,
        "those of kube-system": """
            resource "kubernetes_role_v1" "watch" {
              metadata {
                name      = "watch"
                namespace = "kube-system"
              }

              rule {
                api_groups = ["*"]
                resources  = ["*"]
                verbs      = ["watch"]
              }
            }

            resource "kubernetes_role_binding_v1" "watch" {
              metadata {
                name      = "watch"
                namespace = "kube-system"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "watch"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
    },
    good={
        "those of one namespace": """
            resource "kubernetes_role_binding_v1" "dev" {
              metadata {
                name      = "dev"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "edit"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "one by its name": """
            resource "kubernetes_cluster_role_v1" "sync" {
              metadata {
                name = "sync"
              }

              rule {
                api_groups     = [""]
                resources      = ["secrets"]
                resource_names = ["registry"]
                verbs          = ["get"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "sync" {
              metadata {
                name = "sync"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "sync"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "sync"
                namespace = "ops"
              }
            }
        """,
        "everything but secrets": """
            resource "kubernetes_cluster_role_binding_v1" "dev" {
              metadata {
                name = "dev"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "writes them only": """
            resource "kubernetes_cluster_role_v1" "sync" {
              metadata {
                name = "sync"
              }

              rule {
                api_groups = [""]
                resources  = ["secrets"]
                verbs      = ["create", "update"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "sync" {
              metadata {
                name = "sync"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "sync"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "sync"
                namespace = "ops"
              }
            }
        """,
        "an administrator": """
            resource "kubernetes_cluster_role_binding_v1" "dev" {
              metadata {
                name = "dev"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "cluster-admin"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
    },
)
def principal_reads_secrets(resource: Resource) -> Iterator[Violation]:
    """Subject reads every secret of the cluster.

    Passwords of all applications are among them, and tokens of accounts that hold more. `list` and `watch` show what
    is in a secret as `get` does.

    Bind the role in the namespaces that it is for with a `RoleBinding`, or name the secrets in `resource_names`, with
    `get` alone.
    """
    yield from tell(told_secrets(resource))
