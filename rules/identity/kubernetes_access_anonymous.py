"""What a cluster of Kubernetes lets those do whom it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import MANIFEST, blocks, field, is_manifest, manifest_kind

_BINDINGS = [
    "kubernetes_role_binding",
    "kubernetes_role_binding_v1",
    "kubernetes_cluster_role_binding",
    "kubernetes_cluster_role_binding_v1",
    MANIFEST,
]
_NOBODY = {("User", "system:anonymous"), ("Group", "system:unauthenticated")}
_EVERYBODY = ("Group", "system:authenticated")
# kubernetes.io/docs/reference/access-authn-authz/rbac/#discovery-roles
_FOR_ALL = ("system:public-info-viewer",)
_FOR_USERS = ("system:basic-user", "system:discovery", "system:public-info-viewer")
_LINKS = ["https://kubernetes.io/docs/reference/access-authn-authz/rbac/#default-roles-and-role-bindings"]


@rule(
    id="kubernetes-role-bound-to-anonymous",
    severity="critical",
    domain="identity",
    resources=_BINDINGS,
    controls={"nist-800-53r5": ["AC-3", "AC-14", "IA-2"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "the group of those who have not signed in": """
            resource "kubernetes_cluster_role_binding_v1" "open" {
              metadata {
                name = "open"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind      = "Group"
                name      = "system:unauthenticated"
                api_group = "rbac.authorization.k8s.io"
              }
            }
        """,
        "the user without a name, beside another, in a namespace": """
            resource "kubernetes_role_binding" "open" {
              metadata {
                name      = "open"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "reader"
              }

              subject {
                kind = "User"
                name = "jane"
              }

              subject {
                kind = "User"
                name = "system:anonymous"
              }
            }
        """,
        "in a manifest": """
            resource "kubernetes_manifest" "open" {
              manifest = {
                apiVersion = "rbac.authorization.k8s.io/v1"
                kind       = "ClusterRoleBinding"
                metadata   = { name = "open" }
                roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "cluster-admin" }
                subjects   = [{ kind = "Group", name = "system:unauthenticated" }]
              }
            }
        """,
        "in a manifest for one namespace": """
            resource "kubernetes_manifest" "open" {
              manifest = {
                apiVersion = "rbac.authorization.k8s.io/v1"
                kind       = "RoleBinding"
                metadata   = { name = "open", namespace = "shop" }
                roleRef    = { apiGroup = "rbac.authorization.k8s.io", kind = "ClusterRole", name = "view" }
                subjects   = [{ kind = "User", name = "system:anonymous" }]
              }
            }
        """,
    },
    good={
        "what every cluster shows to all": """
            resource "kubernetes_cluster_role_binding_v1" "info" {
              metadata {
                name = "info"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "system:public-info-viewer"
              }

              subject {
                kind = "Group"
                name = "system:unauthenticated"
              }
            }
        """,
        "a group of the company": """
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
        "a group that is called as the user is": """
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
                name = "system:anonymous"
              }
            }
        """,
        "a manifest of another kind": """
            resource "kubernetes_manifest" "policy" {
              manifest = {
                apiVersion = "policy.example.com/v1"
                kind       = "ReviewBinding"
                metadata   = { name = "open" }
                roleRef    = { kind = "ClusterRole", name = "view" }
                subjects   = [{ kind = "User", name = "system:anonymous" }]
              }
            }
        """,
    },
    undetermined={
        "a subject that is not known yet": """
            resource "terraform_data" "group" {
              input = "audit"
            }

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
                name = terraform_data.group.output
              }
            }
        """,
    },
)
def role_bound_to_anonymous(binding: Resource) -> Iterator[Violation]:
    """Role is bound to those who have not signed in.

    Whoever reaches the API server has the role, without a name and without a password. Where the server has a public
    address that is everybody.

    Bind the role to a group of people, or to the service account of the one workload that needs it.
    """
    for path, name in _bound(binding):
        if name in _NOBODY and _role(binding) not in _FOR_ALL:
            yield violation(path, f"{name[0].lower()} {name[1]} gets {_role(binding)}")


@rule(
    id="kubernetes-role-bound-to-every-user",
    severity="high",
    domain="identity",
    resources=_BINDINGS,
    controls={"nist-800-53r5": ["AC-3", "AC-6"]},
    links=[*_LINKS, "https://cloud.google.com/kubernetes-engine/docs/how-to/hardening-your-cluster"],
    since="0.2.0",
    bad={
        "everybody who has signed in": """
            resource "kubernetes_cluster_role_binding_v1" "open" {
              metadata {
                name = "open"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = "view"
              }

              subject {
                kind = "Group"
                name = "system:authenticated"
              }
            }
        """,
    },
    good={
        "what every cluster lets its users do": """
            resource "kubernetes_cluster_role_binding_v1" "self" {
              for_each = toset(["system:basic-user", "system:discovery", "system:public-info-viewer"])

              metadata {
                name = each.key
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "ClusterRole"
                name      = each.key
              }

              subject {
                kind = "Group"
                name = "system:authenticated"
              }
            }
        """,
        "every service account of a namespace": """
            resource "kubernetes_role_binding_v1" "images" {
              metadata {
                name      = "images"
                namespace = "shop"
              }

              role_ref {
                api_group = "rbac.authorization.k8s.io"
                kind      = "Role"
                name      = "images"
              }

              subject {
                kind = "Group"
                name = "system:serviceaccounts:shop"
              }
            }
        """,
        "a user who is called as the group is": """
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
                kind = "User"
                name = "system:authenticated"
              }
            }
        """,
    },
)
def role_bound_to_every_user(binding: Resource) -> Iterator[Violation]:
    """Role is bound to everybody who has signed in.

    Every user and every service account of the cluster has it, pods that nobody looks after included. In GKE it is
    anybody with a Google account.

    Bind the role to a group of people, or to the service account of the one workload that needs it.
    """
    for path, name in _bound(binding):
        if name == _EVERYBODY and _role(binding) not in _FOR_USERS:
            yield violation(path, f"everybody who has signed in gets {_role(binding)}")


def _bound(binding: Resource) -> Iterator[tuple[str, tuple[str, str]]]:
    """Whom a role is bound to, each by kind and name, with the path."""
    if is_manifest(binding) and manifest_kind(binding) not in ("RoleBinding", "ClusterRoleBinding"):
        return
    for path, subject in blocks(binding, "subject"):
        yield path, (str(field(subject, "kind")), str(field(subject, "name")))


def _role(binding: Resource) -> str:
    """The name of the role that is bound."""
    return next((str(field(reference, "name")) for _, reference in blocks(binding, "role_ref")), "")
