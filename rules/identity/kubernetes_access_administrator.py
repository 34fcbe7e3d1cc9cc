"""Who may do everything in a cluster of Kubernetes."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.kubernetes.principals import told_administrators

from ._kubernetes_subjects import TELLING
from ._told import tell


@rule(
    id="kubernetes-principal-administrator-equivalent",
    severity="critical",
    domain="identity",
    resources=TELLING,
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(5)"]},
    links=[
        "https://kubernetes.io/docs/concepts/security/rbac-good-practices/",
        "https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html",
    ],
    since="0.2.0",
    bad={
        "a service account with a role of its own that allows everything": """
            resource "kubernetes_service_account_v1" "agent" {
              metadata {
                name      = "agent"
                namespace = "ci"
              }
            }

            resource "kubernetes_cluster_role_v1" "agent" {
              metadata {
                name = "agent"
              }

              rule {
                api_groups = ["*"]
                resources  = ["*"]
                verbs      = ["*"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "agent" {
              metadata {
                name = "agent"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = kubernetes_cluster_role_v1.agent.metadata[0].name
              }

              subject {
                kind      = "ServiceAccount"
                name      = kubernetes_service_account_v1.agent.metadata[0].name
                namespace = "ci"
              }
            }
        """,
        "a group, by cluster-admin": """
            resource "kubernetes_cluster_role_binding" "platform" {
              metadata {
                name = "platform"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "cluster-admin"
              }

              subject {
                kind = "Group"
                name = "platform"
              }
            }
        """,
        "by a manifest, beside a role that reads": """
            resource "kubernetes_manifest" "jane_views" {
              manifest = {
                apiVersion = "rbac.authorization.k8s.io/v1"
                kind       = "ClusterRoleBinding"
                metadata   = { name = "jane-views" }
                roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "view" }
                subjects   = [{ kind = "User", name = "jane" }]
              }
            }

            resource "kubernetes_manifest" "jane" {
              manifest = {
                apiVersion = "rbac.authorization.k8s.io/v1"
                kind       = "ClusterRoleBinding"
                metadata   = { name = "jane" }
                roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "cluster-admin" }
                subjects   = [{ kind = "User", name = "jane" }]
              }
            }
        """,
        "a role of AWS, by an access policy": """
            resource "aws_eks_access_policy_association" "deploy" {
              cluster_name  = "shop"
              policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
              principal_arn = "arn:aws:iam::111122223333:role/deploy"

              access_scope {
                type = "cluster"
              }
            }
        """,
        "a role of AWS that joins the group that may": (
            """
            resource "kubernetes_cluster_role_binding_v1" "admins" {
              metadata {
                name = "admins"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "cluster-admin"
              }

              subject {
                kind = "Group"
                name = "admins"
              }
            }
            """,
            """
            resource "kubernetes_cluster_role_binding_v1" "admins" {
              metadata {
                name = "admins"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "cluster-admin"
              }

              subject {
                kind = "Group"
                name = "admins"
              }
            }

            resource "aws_eks_access_entry" "ops" {
              cluster_name      = "shop"
              principal_arn     = "arn:aws:iam::111122223333:role/ops"
              kubernetes_groups = ["admins"]
            }
            """,
        ),
        "a role of AWS, by the config map": """
            resource "kubernetes_config_map_v1" "aws_auth" {
              metadata {
                name      = "aws-auth"
                namespace = "kube-system"
              }

              data = {
                mapRoles = yamlencode([
                  { rolearn = "arn:aws:iam::111122223333:role/ops", username = "ops", groups = ["system:masters"] },
                ])
              }
            }
        """,
    },
    good={
        "everything in one namespace": """
            resource "kubernetes_role_binding_v1" "shop" {
              metadata {
                name      = "shop"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "cluster-admin"
              }

              subject {
                kind = "Group"
                name = "shop"
              }
            }
        """,
        "reads the cluster": """
            resource "kubernetes_cluster_role_binding_v1" "audit" {
              metadata {
                name = "audit"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind = "Group"
                name = "audit"
              }
            }
        """,
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
                kind = "Group"
                name = "system:masters"
              }
            }
        """,
        "an access policy for one namespace": """
            resource "aws_eks_access_policy_association" "deploy" {
              cluster_name  = "shop"
              policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
              principal_arn = "arn:aws:iam::111122223333:role/deploy"

              access_scope {
                type       = "namespace"
                namespaces = ["shop"]
              }
            }
        """,
    },
    undetermined={
        "a role that is not known yet": """
            resource "terraform_data" "role" {
              input = "view"
            }

            resource "kubernetes_cluster_role_binding_v1" "dev" {
              metadata {
                name = "dev"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = terraform_data.role.output
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
    },
)
def principal_administrator_equivalent(resource: Resource) -> Iterator[Violation]:
    """Subject may do everything in the cluster.

    It reads every secret, runs anything on every node and hands out rights, to itself as well. Whoever gets hold of
    it, by a stolen token or by a flaw in its pod, has the cluster and all that the cluster has access to.

    Bind `admin`, `edit` or `view` in a namespace, or a role that names what is needed. Keep a way in for emergencies
    that nobody uses otherwise.
    """
    yield from tell(told_administrators(resource))
