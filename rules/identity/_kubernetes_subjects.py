"""The resources that say something of the access of subjects of Kubernetes."""

from __future__ import annotations

TELLING = [
    "kubernetes_service_account",
    "kubernetes_service_account_v1",
    "kubernetes_default_service_account",
    "kubernetes_default_service_account_v1",
    "kubernetes_role_binding",
    "kubernetes_role_binding_v1",
    "kubernetes_cluster_role_binding",
    "kubernetes_cluster_role_binding_v1",
    "kubernetes_config_map",
    "kubernetes_config_map_v1",
    "kubernetes_config_map_v1_data",
    "kubernetes_manifest",
    "kubectl_manifest",
    "aws_eks_access_entry",
    "aws_eks_access_policy_association",
]
"""Service accounts, what is bound to subjects, and what EKS is told to give principals of AWS."""
