"""The verbs with which a subject of Kubernetes gets at the access of others, as data.

Sources: Kubernetes, "Role Based Access Control Good Practices" (privilege escalation risks), "Using RBAC
Authorization" (``escalate``, ``bind``), "User Impersonation", "Managing Service Accounts" (tokens in secrets),
"Certificates and Certificate Signing Requests", "Kubelet authentication/authorization" (``nodes/proxy``).
"""

from __future__ import annotations

from itertools import product

from msgspec import Struct

RBAC = "rbac.authorization.k8s.io"
SOME = "*"
ACT_AS = "act as"
"""Whoever runs pods or commands as a service account, or has its token, is no less than it."""


class Method(Struct, frozen=True):
    """Some verbs that together let one do something.

    :ivar name: what tells it from others
    :ivar text: what it lets one do, after "can"
    :ivar takes: what it takes: of each of these, any one action
    :ivar objects: for each of them the name of the object that it must be allowed on: empty for every one, ``*``
        where one will do, whichever it is
    """

    name: str
    text: str
    takes: tuple[tuple[str, ...], ...]
    objects: tuple[str, ...] = ()


def _on(verbs: str, *resources: str) -> tuple[str, ...]:
    return tuple(f"{verb}:{resource}" for resource, verb in product(resources, verbs.split()))


_CHANGE = "update patch"
_MAKE = "create update patch"

EVERYTHING = (
    Method(
        "escalate",
        "put any rules into a cluster role",
        (_on("escalate", f"{RBAC}/clusterroles"), _on(_CHANGE, f"{RBAC}/clusterroles")),
    ),
    Method(
        "bind",
        "bind itself to cluster-admin",
        (_on("bind", f"{RBAC}/clusterroles"), _on(_MAKE, f"{RBAC}/clusterrolebindings")),
        ("cluster-admin", ""),
    ),
    Method(
        "bind",
        "bind itself to admin in the whole cluster",
        (_on("bind", f"{RBAC}/clusterroles"), _on(_MAKE, f"{RBAC}/clusterrolebindings")),
        ("admin", ""),
    ),
    Method(
        "impersonate groups",
        "act as a member of system:masters",
        (_on("impersonate", "/groups"), _on("impersonate", "/users", "/serviceaccounts")),
        ("system:masters", SOME),
    ),
    Method("impersonate users", "act as any user", (_on("impersonate", "/users"),)),
    Method("nodes/proxy", "run commands in every pod by way of the nodes", (_on("get create", "/nodes/proxy"),)),
    Method(
        "approve",
        "sign itself a certificate as any user",
        (
            _on("create", "certificates.k8s.io/certificatesigningrequests"),
            _on(_CHANGE, "certificates.k8s.io/certificatesigningrequests/approval"),
            _on("approve", "certificates.k8s.io/signers"),
        ),
        ("", "", "kubernetes.io/kube-apiserver-client"),
    ),
    Method(
        "mutating webhook",
        "change every object on its way into the cluster",
        (_on(_MAKE, "admissionregistration.k8s.io/mutatingwebhookconfigurations"),),
        (SOME,),
    ),
)
"""What gives everything in the cluster; asked for in the whole cluster."""

IN_NAMESPACE = (
    Method(
        "create workloads",
        ACT_AS,
        (
            (
                *_on("create", "/pods"),
                *_on(
                    _MAKE,
                    "/replicationcontrollers",
                    "apps/daemonsets",
                    "apps/deployments",
                    "apps/replicasets",
                    "apps/statefulsets",
                    "batch/cronjobs",
                    "batch/jobs",
                ),
            ),
        ),
    ),
    Method(
        "exec",
        ACT_AS,
        (
            (
                *_on("create get", "/pods/exec", "/pods/attach"),
                *_on(_CHANGE, "/pods/ephemeralcontainers"),
            ),
        ),
    ),
    Method(
        "create token secrets",
        ACT_AS,
        (_on("create", "/secrets"), _on("get list watch", "/secrets")),
    ),
)
"""What gives the access of every service account of a namespace."""
ON_ACCOUNT = (
    Method("create tokens", ACT_AS, (_on("create", "/serviceaccounts/token"),)),
    Method("impersonate", ACT_AS, (_on("impersonate", "/serviceaccounts"),)),
)
"""What gives the access of one service account, asked for by its name."""
IN_ROLES = (
    Method(
        "escalate in namespace",
        "put any rules into a role of",
        (_on("escalate", f"{RBAC}/roles"), _on(_CHANGE, f"{RBAC}/roles")),
    ),
    Method(
        "bind in namespace",
        "bind itself to any role of",
        (_on("bind", f"{RBAC}/clusterroles", f"{RBAC}/roles"), _on(_MAKE, f"{RBAC}/rolebindings")),
    ),
)
"""What gives everything in one namespace."""

WHATEVER = "any-verb:any-group/any-resource"
"""An action that nobody names: who may do it may do everything."""
ASKED = tuple(
    sorted(
        {WHATEVER}
        | {
            action
            for method in (*EVERYTHING, *IN_NAMESPACE, *ON_ACCOUNT, *IN_ROLES)
            for part in method.takes
            for action in part
        }
    )
)
"""All of them: clauses that grant none are not looked at."""
