"""The codes of what is taken for granted, and of what is missing, with a sentence for each."""

from __future__ import annotations

from planguard.exposure.model import Missing

HIERARCHICAL_OUTSIDE = "google-hierarchical-policy-outside-plan"
ONLY_THESE_RULES = "google-no-other-firewall"
PRESET_RULES = "google-default-network-rules"
NO_PERIMETER = "google-no-service-perimeter"
NODES_LIKE_MACHINES = "google-nodes-like-machines"
PROXY_RELAYS = "google-proxy-relays"

ASSUMPTIONS: dict[str, str] = {
    HIERARCHICAL_OUTSIDE: (
        "No firewall policy of a folder or organisation, outside the plan, decides before the rules of the network."
    ),
    ONLY_THESE_RULES: "A network of the plan that exists already has no firewall rules outside the plan.",
    PRESET_RULES: (
        "The network `default` is not in the plan and has the rules of a new project: ssh, rdp, icmp from everywhere."
    ),
    NO_PERIMETER: (
        "No service perimeter and no constraint of the organisation, outside the plan, closes what the service opens."
    ),
    NODES_LIKE_MACHINES: "Nodes of a cluster without private nodes have external addresses, like any machine.",
    PROXY_RELAYS: (
        "A proxy passes on what it takes to all backends, at any port that a firewall opens to it; the rules of its "
        "map are not looked into."
    ),
}

NETWORK_OUTSIDE = "google-network-outside"
TARGET_UNKNOWN = "google-target-unknown"
SOURCE_UNKNOWN = "google-source-unknown"
POLICY_SCOPE = "google-policy-scope"
UNKNOWN_VALUE = "google-value-unknown"
BACKEND_OUTSIDE = "google-backend-outside"
GOOGLE_ADDRESSES = "google-cloud-addresses"
PEER_OUTSIDE = "google-peer-network-outside"

MISSING: dict[str, str] = {
    NETWORK_OUTSIDE: "The network is not in the plan, so that its firewall rules are not known.",
    TARGET_UNKNOWN: "A rule is for some tags or service accounts, and those of the machine are not known.",
    SOURCE_UNKNOWN: "A rule names its sources by name, country, list or tag: which addresses those are is not known.",
    POLICY_SCOPE: "A firewall policy is for a folder or organisation; whether this project is in it is not known.",
    UNKNOWN_VALUE: "A value that decides is known only after the apply.",
    BACKEND_OUTSIDE: "What stands behind a forwarding rule is not in the plan.",
    GOOGLE_ADDRESSES: "All addresses of Google Cloud are let in: whatever anybody runs there.",
    PEER_OUTSIDE: (
        "A network is joined to one outside the plan, by a peering or tunnel: what comes from there is not followed."
    ),
}


def missing(code: str, address: str, path: str = "", text: str = "") -> Missing:
    """What nobody can say yet, with its sentence when no text is given."""
    return Missing(code, address, path, text or MISSING[code])
