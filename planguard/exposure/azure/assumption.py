"""The codes of what is taken for granted, and of what is missing, with a sentence for each."""

from __future__ import annotations

from planguard.exposure.model import Missing

ONLY_THESE_GROUPS = "azure-no-other-security-group"
BASIC_OPEN = "azure-basic-address-open"
STANDARD_ADDRESS = "azure-standard-address"
DYNAMIC_ADDRESS = "azure-address-is-assigned"
NO_PERIMETER = "azure-no-security-perimeter"
SOURCE_REPLACED = "azure-source-replaced"

ASSUMPTIONS: dict[str, str] = {
    ONLY_THESE_GROUPS: (
        "No network security group is associated with a subnet or an interface of the plan from outside it."
    ),
    BASIC_OPEN: ("A public address of the Basic SKU, without a security group on interface or subnet, lets all in."),
    STANDARD_ADDRESS: (
        "A public address that is not in the plan is of the Standard SKU: only what a group allows gets in."
    ),
    DYNAMIC_ADDRESS: "A public address without an allocated number is given one when the machine starts.",
    NO_PERIMETER: (
        "No network security perimeter, policy or lock outside the plan closes what the service's own firewall opens."
    ),
    SOURCE_REPLACED: (
        "Application gateways and Azure Firewall reach what is behind them from addresses of their own subnet."
    ),
}

GROUP_OUTSIDE = "azure-security-group-outside"
SUBNET_OUTSIDE = "azure-subnet-outside"
SUBNET_UNCLEAR = "azure-subnet-unclear"
SERVICE_TAG = "azure-service-tag"
AZURE_ADDRESSES = "azure-service-addresses"
UNKNOWN_VALUE = "azure-value-unknown"
UNSHOWN_VALUE = "azure-dynamic-block"
BACKEND_OUTSIDE = "azure-backend-outside"
MACHINES_UNKNOWN = "azure-application-group-unknown"
DESTINATION_UNKNOWN = "azure-destination-unknown"
NETWORK_OUTSIDE = "azure-network-outside"
PEER_RULES = "azure-mixed-rules"

MISSING: dict[str, str] = {
    GROUP_OUTSIDE: "A network security group is associated that is not in the plan, so that its rules are not known.",
    SUBNET_OUTSIDE: "The subnet is not in the plan: nobody can say which security group it has.",
    SUBNET_UNCLEAR: "It lies in one of some subnets of the plan, and which one cannot be told.",
    SERVICE_TAG: "A rule names a service tag; which addresses it stands for changes from week to week.",
    AZURE_ADDRESSES: "A rule lets in all Azure services: whatever anybody runs in any subscription of Azure.",
    UNKNOWN_VALUE: "A value that decides is known only after the apply.",
    UNSHOWN_VALUE: (
        "A dynamic block makes the rules, and a plan does not show whether it names addresses that are known only "
        "after the apply, or none."
    ),
    BACKEND_OUTSIDE: "What stands behind a balancer is not in the plan.",
    MACHINES_UNKNOWN: "A rule is for an application security group, and which machines are in it is not known.",
    DESTINATION_UNKNOWN: "A rule is for some destination addresses, and the machine's address is not known.",
    NETWORK_OUTSIDE: (
        "A network is joined to one outside the plan, by a peering or gateway: what comes from there is not followed."
    ),
    PEER_RULES: "The rules of a security group are not all known yet.",
}


def missing(code: str, address: str, path: str = "", text: str = "") -> Missing:
    """What nobody can say yet, with its sentence when no text is given."""
    return Missing(code, address, path, text or MISSING[code])
