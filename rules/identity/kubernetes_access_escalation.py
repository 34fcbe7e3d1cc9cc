"""Who gets at more of a cluster of Kubernetes than it holds."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule
from planguard.access.kubernetes.principals import told_escalations

from ._kubernetes_subjects import TELLING
from ._told import tell


@rule(
    id="kubernetes-principal-privilege-escalation",
    severity="high",
    domain="identity",
    resources=TELLING,
    controls={"nist-800-53r5": ["AC-3", "AC-5", "AC-6", "AC-6(1)", "AC-6(10)"]},
    links=["https://kubernetes.io/docs/concepts/security/rbac-good-practices/"],
    since="0.2.0",
    bad={
        "any rules into a role": """
            resource "kubernetes_cluster_role_v1" "tuner" {
              metadata {
                name = "tuner"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterroles"]
                verbs      = ["get", "update", "escalate"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "tuner" {
              metadata {
                name = "tuner"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "tuner"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "tuner"
                namespace = "ops"
              }
            }
        """,
        "any role for itself": """
            resource "kubernetes_cluster_role_v1" "granter" {
              metadata {
                name = "granter"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterroles"]
                verbs      = ["bind"]
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterrolebindings"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "granter" {
              metadata {
                name = "granter"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "granter"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "admin of the cluster for itself": """
            resource "kubernetes_cluster_role_v1" "granter" {
              metadata {
                name = "granter"
              }

              rule {
                api_groups     = ["rbac.authorization.k8s.io"]
                resources      = ["clusterroles"]
                resource_names = ["admin"]
                verbs          = ["bind"]
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterrolebindings"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "granter" {
              metadata {
                name = "granter"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "granter"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "as anybody": """
            resource "kubernetes_cluster_role_v1" "support" {
              metadata {
                name = "support"
              }

              rule {
                api_groups = [""]
                resources  = ["users", "groups"]
                verbs      = ["impersonate"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "support" {
              metadata {
                name = "support"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "support"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "as a member of the group that may do everything": """
            resource "kubernetes_cluster_role_v1" "support" {
              metadata {
                name = "support"
              }

              rule {
                api_groups     = [""]
                resources      = ["users"]
                resource_names = ["jane"]
                verbs          = ["impersonate"]
              }

              rule {
                api_groups     = [""]
                resources      = ["groups"]
                resource_names = ["system:masters"]
                verbs          = ["impersonate"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "support" {
              metadata {
                name = "support"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "support"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "workloads in every namespace": """
            resource "kubernetes_cluster_role_binding_v1" "dev" {
              metadata {
                name = "dev"
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
        "workloads beside what keeps the cluster going": """
            resource "kubernetes_role_binding_v1" "dev" {
              metadata {
                name      = "dev"
                namespace = "kube-system"
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
        "everything beside what keeps the cluster going": """
            resource "kubernetes_role_binding_v1" "dev" {
              metadata {
                name      = "dev"
                namespace = "kube-system"
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
        "commands in every pod": """
            resource "kubernetes_cluster_role_v1" "debug" {
              metadata {
                name = "debug"
              }

              rule {
                api_groups = [""]
                resources  = ["pods/exec"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "debug" {
              metadata {
                name = "debug"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "debug"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "commands by way of the nodes": """
            resource "kubernetes_cluster_role_v1" "metrics" {
              metadata {
                name = "metrics"
              }

              rule {
                api_groups = [""]
                resources  = ["nodes/proxy"]
                verbs      = ["get"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "metrics" {
              metadata {
                name = "metrics"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "metrics"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "metrics"
                namespace = "ops"
              }
            }
        """,
        "a certificate in any name": """
            resource "kubernetes_cluster_role_v1" "signer" {
              metadata {
                name = "signer"
              }

              rule {
                api_groups = ["certificates.k8s.io"]
                resources  = ["certificatesigningrequests"]
                verbs      = ["create"]
              }

              rule {
                api_groups = ["certificates.k8s.io"]
                resources  = ["certificatesigningrequests/approval"]
                verbs      = ["update"]
              }

              rule {
                api_groups     = ["certificates.k8s.io"]
                resources      = ["signers"]
                resource_names = ["kubernetes.io/kube-apiserver-client"]
                verbs          = ["approve"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "signer" {
              metadata {
                name = "signer"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "signer"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "every object on its way in": """
            resource "kubernetes_cluster_role_v1" "hooks" {
              metadata {
                name = "hooks"
              }

              rule {
                api_groups = ["admissionregistration.k8s.io"]
                resources  = ["mutatingwebhookconfigurations"]
                verbs      = ["patch"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "hooks" {
              metadata {
                name = "hooks"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "hooks"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "hooks"
                namespace = "ops"
              }
            }
        """,
        "pods with the account of an administrator": """
            resource "kubernetes_service_account_v1" "deploy" {
              metadata {
                name      = "deploy"
                namespace = "ci"
              }
            }

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

            resource "kubernetes_role_binding_v1" "dev" {
              metadata {
                name      = "dev"
                namespace = "ci"
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
        "tokens of the account of an administrator": """
            resource "kubernetes_service_account_v1" "deploy" {
              metadata {
                name      = "deploy"
                namespace = "ci"
              }
            }

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

            resource "kubernetes_role_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "ci"
              }

              rule {
                api_groups     = [""]
                resources      = ["serviceaccounts/token"]
                resource_names = ["deploy"]
                verbs          = ["create"]
              }
            }

            resource "kubernetes_role_binding_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "ci"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "tokens"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "a token of an administrator by a secret": """
            resource "kubernetes_service_account_v1" "deploy" {
              metadata {
                name      = "deploy"
                namespace = "ci"
              }
            }

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

            resource "kubernetes_role_v1" "secrets" {
              metadata {
                name      = "secrets"
                namespace = "ci"
              }

              rule {
                api_groups = [""]
                resources  = ["secrets"]
                verbs      = ["create", "get"]
              }
            }

            resource "kubernetes_role_binding_v1" "secrets" {
              metadata {
                name      = "secrets"
                namespace = "ci"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "secrets"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "any rules into a role of one namespace": """
            resource "kubernetes_role_v1" "tuner" {
              metadata {
                name      = "tuner"
                namespace = "shop"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["roles"]
                verbs      = ["patch", "escalate"]
              }
            }

            resource "kubernetes_role_binding_v1" "tuner" {
              metadata {
                name      = "tuner"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "tuner"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "any role of one namespace for itself": """
            resource "kubernetes_role_v1" "granter" {
              metadata {
                name      = "granter"
                namespace = "shop"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["roles", "clusterroles"]
                verbs      = ["bind"]
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["rolebindings"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_role_binding_v1" "granter" {
              metadata {
                name      = "granter"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "granter"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "by way of an account that acts as an administrator": """
            resource "kubernetes_service_account_v1" "deploy" {
              metadata {
                name      = "deploy"
                namespace = "ci"
              }
            }

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

            resource "kubernetes_service_account_v1" "relay" {
              metadata {
                name      = "relay"
                namespace = "ops"
              }
            }

            resource "kubernetes_role_v1" "relay" {
              metadata {
                name      = "relay"
                namespace = "ci"
              }

              rule {
                api_groups     = [""]
                resources      = ["serviceaccounts"]
                resource_names = ["deploy"]
                verbs          = ["impersonate"]
              }
            }

            resource "kubernetes_role_binding_v1" "relay" {
              metadata {
                name      = "relay"
                namespace = "ci"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "relay"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "relay"
                namespace = "ops"
              }
            }

            resource "kubernetes_role_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "ops"
              }

              rule {
                api_groups = [""]
                resources  = ["serviceaccounts/token"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_role_binding_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "ops"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "tokens"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "a role of AWS, by an access policy": """
            resource "aws_eks_access_policy_association" "dev" {
              cluster_name  = "shop"
              policy_arn    = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSEditPolicy"
              principal_arn = "arn:aws:iam::111122223333:role/dev"

              access_scope {
                type = "cluster"
              }
            }
        """,
    },
    good={
        "workloads in a namespace with accounts that hold little": """
            resource "kubernetes_service_account_v1" "web" {
              metadata {
                name      = "web"
                namespace = "shop"
              }
            }

            resource "kubernetes_role_binding_v1" "web" {
              metadata {
                name      = "web"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "web"
                namespace = "shop"
              }
            }

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
        "reads the cluster": """
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
        "updates roles, with no more than it has": """
            resource "kubernetes_cluster_role_v1" "tuner" {
              metadata {
                name = "tuner"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterroles"]
                verbs      = ["update"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "tuner" {
              metadata {
                name = "tuner"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "tuner"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "binds no role but by what it has": """
            resource "kubernetes_cluster_role_v1" "granter" {
              metadata {
                name = "granter"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterrolebindings"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "granter" {
              metadata {
                name = "granter"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "granter"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "may bind, and makes no bindings": """
            resource "kubernetes_cluster_role_v1" "granter" {
              metadata {
                name = "granter"
              }

              rule {
                api_groups = ["rbac.authorization.k8s.io"]
                resources  = ["clusterroles"]
                verbs      = ["bind"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "granter" {
              metadata {
                name = "granter"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "granter"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "groups, and nobody to be in them": """
            resource "kubernetes_cluster_role_v1" "support" {
              metadata {
                name = "support"
              }

              rule {
                api_groups = [""]
                resources  = ["groups"]
                verbs      = ["impersonate"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "support" {
              metadata {
                name = "support"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "support"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "approves, and asks for nothing": """
            resource "kubernetes_cluster_role_v1" "signer" {
              metadata {
                name = "signer"
              }

              rule {
                api_groups = ["certificates.k8s.io"]
                resources  = ["certificatesigningrequests/approval"]
                verbs      = ["update"]
              }

              rule {
                api_groups = ["certificates.k8s.io"]
                resources  = ["signers"]
                verbs      = ["approve"]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "signer" {
              metadata {
                name = "signer"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "signer"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "everything in a namespace of its own": """
            resource "kubernetes_role_binding_v1" "dev" {
              metadata {
                name      = "dev"
                namespace = "shop"
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
        "an administrator has nothing to gain": """
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
        "tokens of an account that reads": """
            resource "kubernetes_service_account_v1" "web" {
              metadata {
                name      = "web"
                namespace = "shop"
              }
            }

            resource "kubernetes_role_binding_v1" "web" {
              metadata {
                name      = "web"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind      = "ServiceAccount"
                name      = "web"
                namespace = "shop"
              }
            }

            resource "kubernetes_role_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "shop"
              }

              rule {
                api_groups     = [""]
                resources      = ["serviceaccounts/token"]
                resource_names = ["web"]
                verbs          = ["create"]
              }
            }

            resource "kubernetes_role_binding_v1" "tokens" {
              metadata {
                name      = "tokens"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "tokens"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
        "creates secrets and reads none": """
            resource "kubernetes_service_account_v1" "deploy" {
              metadata {
                name      = "deploy"
                namespace = "ci"
              }
            }

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

            resource "kubernetes_role_v1" "secrets" {
              metadata {
                name      = "secrets"
                namespace = "ci"
              }

              rule {
                api_groups = [""]
                resources  = ["secrets"]
                verbs      = ["create"]
              }
            }

            resource "kubernetes_role_binding_v1" "secrets" {
              metadata {
                name      = "secrets"
                namespace = "ci"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "secrets"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
    },
    undetermined={
        "a verb that is not known yet": """
            resource "terraform_data" "verb" {
              input = "get"
            }

            resource "kubernetes_cluster_role_v1" "nodes" {
              metadata {
                name = "nodes"
              }

              rule {
                api_groups = [""]
                resources  = ["nodes/proxy"]
                verbs      = [terraform_data.verb.output]
              }
            }

            resource "kubernetes_cluster_role_binding_v1" "nodes" {
              metadata {
                name = "nodes"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "nodes"
              }

              subject {
                kind = "Group"
                name = "dev"
              }
            }
        """,
    },
)
def principal_privilege_escalation(resource: Resource) -> Iterator[Violation]:
    """Subject gets at more of the cluster than it holds.

    Some rights are as good as others that nobody granted: to change roles, to act as others, to run pods or commands
    beside accounts that hold more. Whoever has the one takes the other, and it stands in no role.

    Take out of the role what leads further (`escalate`, `bind`, `impersonate`, `nodes/proxy`), bind it in the
    namespaces of its holder with a `RoleBinding`, and keep accounts that hold much in a namespace of their own.
    """
    yield from tell(told_escalations(resource))
