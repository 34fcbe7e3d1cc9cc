"""The codes of what is taken for granted, and of what is missing, with a sentence for each."""

from __future__ import annotations

from planguard.exposure.model import Missing

PUBLIC_BALANCER = "kubernetes-load-balancer-public"
PUBLIC_CONTROLLER = "kubernetes-ingress-controller-public"

ASSUMPTIONS: dict[str, str] = {
    PUBLIC_BALANCER: (
        "The cluster's cloud gives a public address to a LoadBalancer service that no annotation makes internal."
    ),
    PUBLIC_CONTROLLER: "The controller that serves an ingress or a gateway has a public address itself.",
}

NODE_ADDRESSES = "kubernetes-node-addresses"
POLICY_ENFORCED = "kubernetes-policy-enforcement"
UNKNOWN_VALUE = "kubernetes-value-unknown"
SELECTOR_UNKNOWN = "kubernetes-selector-unknown"
CHART = "kubernetes-chart"
UNREADABLE = "kubernetes-manifest-unreadable"

MISSING: dict[str, str] = {
    NODE_ADDRESSES: "Whether nodes have public addresses, and what firewalls let in to them, is not in the manifest.",
    POLICY_ENFORCED: (
        "A network policy does not let this in; whether the cluster's network plugin enforces it is not known."
    ),
    UNKNOWN_VALUE: "A value that decides is known only after the apply.",
    SELECTOR_UNKNOWN: "Labels or a selector are known only after the apply.",
    CHART: "A Helm chart may bring services and ingresses, which the plan does not show.",
    UNREADABLE: "The manifest is known only after the apply, or is no manifest.",
}


def missing(code: str, address: str, path: str = "", text: str = "") -> Missing:
    """What nobody can say yet, with its sentence when no text is given."""
    return Missing(code, address, path, text or MISSING[code])
