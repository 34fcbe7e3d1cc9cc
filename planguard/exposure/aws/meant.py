"""The types that attributes of AWS mean most."""

from __future__ import annotations

from planguard.exposure.meant import Meant, meant
from planguard.graph.resource import Resource

SUBNETS = ("aws_subnet", "aws_default_subnet", "data.aws_subnet")
GROUPS = ("aws_security_group", "aws_default_security_group", "data.aws_security_group")
VPCS = ("aws_vpc", "aws_default_vpc", "data.aws_vpc")


def vpcs_of(resource: Resource) -> Meant:
    """The VPC that a resource says it is in."""
    return meant(resource, "vpc_id", VPCS, single=True)
