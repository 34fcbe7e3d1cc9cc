"""Service accounts that pods get without asking."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind

_OWN_TYPES = ("kubernetes_default_service_account", "kubernetes_default_service_account_v1")
_AUTOMOUNT = "automount_service_account_token"


@rule(
    id="kubernetes-default-service-account-token",
    severity="medium",
    domain="identity",
    resources=["kubernetes_service_account", "kubernetes_service_account_v1", *_OWN_TYPES, MANIFEST],
    aliases=["CKV_K8S_41"],
    controls={"nist-800-53r5": ["AC-6", "IA-2"], "cis-kubernetes-1.23": ["5.1.5"]},
    links=["https://kubernetes.io/docs/tasks/configure-pod-container/configure-service-account/"],
    since="0.2.0",
    bad={
        "nothing said": """
resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = "default"
    namespace = "shop"
  }
}
""",
        "mounted": """
resource "kubernetes_service_account" "this" {
  metadata {
    name      = "default"
    namespace = "shop"
  }

  automount_service_account_token = true
}
""",
        "the resource for default accounts": """
resource "kubernetes_default_service_account_v1" "this" {
  metadata {
    namespace = "shop"
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "default" {
  manifest = {
    apiVersion = "v1"
    kind       = "ServiceAccount"
    metadata   = { name = "default", namespace = "shop" }
  }
}
""",
        "older type of its own": """
resource "kubernetes_default_service_account" "app" {
  metadata {
    namespace = "app"
  }
}
""",
    },
    good={
        "not mounted": """
resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = "default"
    namespace = "shop"
  }

  automount_service_account_token = false
}
""",
        "an account of its own": """
resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = "shop"
    namespace = "shop"
  }
}
""",
        "the resource for default accounts, not mounted": """
resource "kubernetes_default_service_account_v1" "this" {
  metadata {
    namespace = "shop"
  }

  automount_service_account_token = false
}
""",
        "in a manifest, not mounted": """
resource "kubernetes_manifest" "default" {
  manifest = {
    apiVersion                   = "v1"
    kind                         = "ServiceAccount"
    metadata                     = { name = "default", namespace = "shop" }
    automountServiceAccountToken = false
  }
}
""",
        "another thing of that name": """
resource "kubernetes_manifest" "default" {
  manifest = {
    apiVersion = "v1"
    kind       = "ConfigMap"
    metadata   = { name = "default", namespace = "shop" }
  }
}
""",
    },
    undetermined={
        "a name that is not known yet": """
resource "terraform_data" "name" {
  input = "shop"
}

resource "kubernetes_service_account_v1" "this" {
  metadata {
    name      = terraform_data.name.output
    namespace = "shop"
  }
}
""",
    },
)
def default_service_account_token(account: Resource) -> Iterator[Violation]:
    """Default service account hands its token to every pod.

    Pods that name no account get this one. What is granted to it, now or later, is then in reach of whoever finds a
    flaw in any of them.

    Set `automount_service_account_token = false`, and give each workload a service account of its own.
    """
    if is_manifest(account):
        if manifest_kind(account) != "ServiceAccount":
            return
        automount = account.get("manifest.automountServiceAccountToken", True)
    else:
        automount = account.effective(_AUTOMOUNT, True)  # provider and Kubernetes documentation: true by default
    if not automount:
        return
    for _, metadata in blocks(account, "metadata"):
        if account.type in _OWN_TYPES or field(metadata, "name") == "default":
            yield violation(_AUTOMOUNT, "the token is mounted into every pod that names no account")
