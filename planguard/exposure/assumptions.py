"""What is taken for granted, and what nobody can say: each code with its sentence, as the docs print them."""

from __future__ import annotations

ASSUMPTIONS: dict[str, str] = {
    "acl-outside-plan": (
        "The subnet is not in the plan; its network ACL is taken to allow everything, as a default one does."
    ),
    "balancer-relays": (
        "The balancer passes on what its listener takes; conditions of listener rules are not looked into."
    ),
    "bucket-acls": (
        "The bucket's ACLs are taken to be in force; those of new buckets are off until ownership controls turn "
        "them on."
    ),
    "cloudfront-addresses": (
        "CloudFront's own servers may come as well: the rule names the prefix list of their addresses."
    ),
    "default-acl": (
        "No network ACL of the plan holds the subnet; the default one is taken to allow everything, as it "
        "does until somebody changes it."
    ),
    "default-security-group": (
        "No security group is named; the VPC's default one is taken to let in its own members only."
    ),
    "default-vpc": (
        "Nothing names a subnet, or it is a default one; the default VPC is taken to be as AWS makes it: "
        "public addresses, a route to the internet, a network ACL that allows everything."
    ),
    "function-url-permission": (
        "The provider adds the permission for everybody when it makes a function URL without authorization."
    ),
    "gateway-passes-on": (
        "The API passes requests on to the function, and may call it; throttling and web firewalls are not "
        "looked into."
    ),
    "internet-gateway-assumed": (
        "The subnets are outside of the plan or cannot be told apart; because a public address is asked for, "
        "one of them is taken to have a route to an internet gateway."
    ),
    "lightsail-default-ports": (
        "No ports are named for the Lightsail instance; those open from the start (22, 80, 3389) are taken to be."
    ),
    "main-route-table": (
        "No route table is associated with the subnet; the VPC's main table is taken to hold the routes of "
        "the plan and no other."
    ),
    "route-table-association": (
        "Which subnet an association means cannot be told; all that may be meant are taken to have one."
    ),
}
"""Codes in :attr:`planguard.exposure.model.Way.assumptions`."""

MISSING: dict[str, str] = {
    "address-unknown": "Whether it has a public address is known after apply, or only outside of the plan.",
    "acl-unknown": "A rule of the network ACL is known after apply, or cannot be told.",
    "balancer-addresses": "A rule lets in some of the addresses that a balancer may have, and not all.",
    "listeners-outside-plan": "The balancer exists already, and the plan has none of its listeners.",
    "policy-unknown": "A resource policy is known after apply, or has conditions that a plan does not decide.",
    "prefix-list-outside-plan": "The entries of a prefix list are outside of the plan.",
    "public-access-block-outside-plan": "The bucket's public access block is not in the plan; new buckets have one.",
    "range-unknown": "The addresses that a rule allows are known after apply.",
    "route-inspected": "The way to the internet leads through an appliance that may filter.",
    "route-table-outside-plan": "The route table is outside of the plan.",
    "route-unknown": "Where a route leads is known after apply.",
    "rule-unclear": "Which security group a rule belongs to cannot be told.",
    "rules-unknown": "The rules of a security group are known after apply.",
    "security-group-outside-plan": "A security group is outside of the plan, and with it its rules.",
    "security-groups-unclear": "Which security groups protect it is known after apply.",
    "setting-unknown": "The setting that decides it is known after apply.",
    "subnet-ambiguous": "It lies in one of some subnets of the plan, and which one cannot be told.",
    "subnet-unclear": "Which subnet it lies in is known after apply.",
    "target-unclear": "Whether it stands behind the balancer is known after apply.",
}
"""Codes in :class:`planguard.exposure.model.Missing`."""
