"""The cluster roles that every cluster has for people, as rules.

``admin``, ``edit`` and ``view`` gather what carries their label, so that cluster roles of the plan add to them.

Source: Kubernetes, "Using RBAC Authorization", "User-facing roles";
``plugin/pkg/auth/authorizer/rbac/bootstrappolicy/policy.go``, as of 1.33.
"""

from __future__ import annotations

from typing import Any

Rules = list[dict[str, Any]]

_READ = ["get", "list", "watch"]
_WRITE = ["create", "delete", "deletecollection", "patch", "update"]


def _rule(group: str, resources: str, verbs: list[str]) -> dict[str, Any]:
    return {"api_groups": [group], "resources": resources.split(), "verbs": verbs}


_VIEW: Rules = [
    _rule(
        "",
        "bindings configmaps endpoints events limitranges namespaces namespaces/status persistentvolumeclaims"
        " persistentvolumeclaims/status pods pods/log pods/status replicationcontrollers"
        " replicationcontrollers/scale replicationcontrollers/status resourcequotas resourcequotas/status"
        " serviceaccounts services services/status",
        _READ,
    ),
    _rule("discovery.k8s.io", "endpointslices", _READ),
    _rule(
        "apps",
        "controllerrevisions daemonsets daemonsets/status deployments deployments/scale deployments/status"
        " replicasets replicasets/scale replicasets/status statefulsets statefulsets/scale statefulsets/status",
        _READ,
    ),
    _rule("autoscaling", "horizontalpodautoscalers horizontalpodautoscalers/status", _READ),
    _rule("batch", "cronjobs cronjobs/status jobs jobs/status", _READ),
    _rule(
        "extensions",
        "daemonsets daemonsets/status deployments deployments/scale deployments/status ingresses ingresses/status"
        " networkpolicies replicasets replicasets/scale replicasets/status replicationcontrollers/scale",
        _READ,
    ),
    _rule("policy", "poddisruptionbudgets poddisruptionbudgets/status", _READ),
    _rule("networking.k8s.io", "ingresses ingresses/status networkpolicies", _READ),
]
_EDIT: Rules = [
    *_VIEW,
    _rule("", "pods/attach pods/exec pods/portforward pods/proxy secrets services/proxy", _READ),
    _rule("", "serviceaccounts", ["impersonate"]),
    _rule("", "pods/eviction serviceaccounts/token", ["create"]),
    _rule(
        "",
        "configmaps events persistentvolumeclaims pods pods/attach pods/exec pods/portforward pods/proxy"
        " replicationcontrollers replicationcontrollers/scale secrets serviceaccounts services services/proxy",
        _WRITE,
    ),
    _rule(
        "apps",
        "daemonsets deployments deployments/rollback deployments/scale replicasets replicasets/scale statefulsets"
        " statefulsets/scale",
        _WRITE,
    ),
    _rule("autoscaling", "horizontalpodautoscalers", _WRITE),
    _rule("batch", "cronjobs jobs", _WRITE),
    _rule(
        "extensions",
        "daemonsets deployments deployments/rollback deployments/scale ingresses networkpolicies replicasets"
        " replicasets/scale replicationcontrollers/scale",
        _WRITE,
    ),
    _rule("policy", "poddisruptionbudgets", _WRITE),
    _rule("networking.k8s.io", "ingresses networkpolicies", _WRITE),
    _rule("coordination.k8s.io", "leases", [*_READ, *_WRITE]),
]
_ADMIN: Rules = [
    *_EDIT,
    _rule("authorization.k8s.io", "localsubjectaccessreviews", ["create"]),
    _rule("rbac.authorization.k8s.io", "rolebindings roles", [*_READ, *_WRITE]),
]
EVERYTHING: Rules = [_rule("*", "*", ["*"]), {"verbs": ["*"], "non_resource_urls": ["*"]}]

BUILT_IN: dict[str, Rules] = {"cluster-admin": EVERYTHING, "admin": _ADMIN, "edit": _EDIT, "view": _VIEW}

SYSTEM: dict[str, Rules] = {
    "system:auth-delegator": [
        _rule("authentication.k8s.io", "tokenreviews", ["create"]),
        _rule("authorization.k8s.io", "subjectaccessreviews", ["create"]),
    ],
    "system:controller:clusterrole-aggregation-controller": [
        _rule("rbac.authorization.k8s.io", "clusterroles", ["escalate", *_READ, "update", "patch"]),
    ],
    "system:controller:generic-garbage-collector": [_rule("*", "*", [*_READ, "patch", "update", "delete"])],
    "system:controller:resourcequota-controller": [_rule("*", "*", ["list", "watch"])],
    "system:kube-controller-manager": [
        _rule("*", "*", ["list", "watch"]),
        _rule("", "configmaps namespaces secrets serviceaccounts", ["get"]),
        _rule("", "secrets serviceaccounts", ["create", "update"]),
        _rule("", "serviceaccounts/token", ["create"]),
    ],
    "system:node": [
        _rule("", "configmaps secrets", _READ),
        _rule("", "pods", [*_READ, "create", "delete"]),
        _rule("", "serviceaccounts/token", ["create"]),
    ],
}
"""Of the roles that a cluster has for its own parts the rules that lead to more; the rest has the role's name."""

LOCAL: dict[tuple[str | None, str], Rules] = {
    ("kube-system", "extension-apiserver-authentication-reader"): [
        {**_rule("", "configmaps", _READ), "resource_names": ["extension-apiserver-authentication"]},
    ],
}
"""Roles of a namespace that every cluster has, by namespace and name."""

_LABEL = "rbac.authorization.k8s.io/aggregate-to-"
AGGREGATED: dict[str, tuple[str, ...]] = {
    "admin": (f"{_LABEL}admin", f"{_LABEL}edit", f"{_LABEL}view"),
    "edit": (f"{_LABEL}edit", f"{_LABEL}view"),
    "view": (f"{_LABEL}view",),
}
"""The labels with which a cluster role becomes part of one of them, directly or through the one that it holds."""

EKS_POLICIES: dict[str, Rules] = {
    "AmazonEKSClusterAdminPolicy": EVERYTHING,
    "AmazonEKSAdminPolicy": _ADMIN,
    "AmazonEKSAdminViewPolicy": [_rule("*", "*", _READ)],
    "AmazonEKSEditPolicy": _EDIT,
    "AmazonEKSViewPolicy": _VIEW,
}
"""Amazon EKS User Guide, "Review access policy permissions": each is like the cluster role of its name."""
