"""Endpoints that a single rule keeps from the internet, where this plan touches that rule."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Resource, Violation, change_rule, violation
from planguard.exposure.guards import newly_guarded_once
from planguard.exposure.model import Way
from planguard.exposure.openings import NUMBERS, TCP, UDP, Opening, passed
from planguard.exposure.ranges import NARROW, breadth, intersection
from planguard.graph.resource import BEFORE

from ._exposed_machines import (
    AWS_MACHINE,
    AWS_NETWORK,
    AZURE_MACHINE,
    GOOGLE_MACHINE,
    aws_group,
    azure_group,
    google_rule,
)
from ._exposure import OTHER, danger_of

_GUARDS = (
    "aws_security_group", "aws_default_security_group", "aws_security_group_rule",
    "aws_vpc_security_group_ingress_rule", "aws_network_acl", "aws_network_acl_rule",
    "azurerm_network_security_group", "azurerm_network_security_rule", "azurerm_mssql_firewall_rule",
    "azurerm_postgresql_flexible_server_firewall_rule", "azurerm_mysql_flexible_server_firewall_rule",
    "azurerm_redis_firewall_rule",
    "google_compute_firewall",
)  # fmt: skip
_MEANT = ("", OTHER)
"""Dangers that are none where few may come: web sites, ports of applications."""

_GROUP = """
resource "aws_security_group" "{name}" {{
  name   = "{name}"
  vpc_id = aws_vpc.main.id
}}
"""
_OFFICE = '["8.8.4.0/24"]'
_AWS_DATABASE = """
resource "aws_db_instance" "orders" {
  identifier             = "orders"
  engine                 = "postgres"
  instance_class         = "db.t4g.medium"
  allocated_storage      = 20
  vpc_security_group_ids = [aws_security_group.orders.id]
  publicly_accessible    = true
}

resource "aws_security_group" "orders" {
  name = "orders"
}

resource "aws_vpc_security_group_ingress_rule" "orders" {
  security_group_id = aws_security_group.orders.id
  ip_protocol       = "tcp"
  from_port         = 5432
  to_port           = 5432
  cidr_ipv4         = "8.8.4.0/24"
}
"""
_NETWORK_ACL = """
resource "aws_network_acl" "public" {
  vpc_id     = aws_vpc.main.id
  subnet_ids = [aws_subnet.public.id]
  ingress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "8.8.4.0/22"
  }
  egress {
    rule_no    = 100
    action     = "allow"
    protocol   = "-1"
    from_port  = 0
    to_port    = 0
    cidr_block = "0.0.0.0/0"
  }
}
"""


@change_rule(
    id="endpoint-guarded-by-one-rule",
    severity="medium",
    domain="network",
    resources=_GUARDS,
    controls={"nist-800-53r5": ["SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/infrastructure-security.html"],
    since="0.2.0",
    bad={
        "SSH for an office, of a machine with a public address": ("", AWS_MACHINE + aws_group("22", _OFFICE)),
        "rule of a public database, moved to another office": (
            _AWS_DATABASE,
            _AWS_DATABASE.replace("8.8.4.0/24", "8.8.8.0/24"),
        ),
        "the network ACL in front of it goes": (
            AWS_MACHINE + aws_group("22", _OFFICE) + _NETWORK_ACL,
            AWS_MACHINE + aws_group("22", _OFFICE),
        ),
        "Azure": ("", AZURE_MACHINE + azure_group("3389", "8.8.4.0/24")),
        "Google": ("", GOOGLE_MACHINE + google_rule("22", "8.8.4.0/24")),
    },
    good={
        "two rules": ("", AWS_MACHINE + aws_group("22", _OFFICE) + _NETWORK_ACL),
        "no public address": ("", AWS_MACHINE.replace("= true", "= false") + aws_group("22", _OFFICE)),
        "from inside": ("", AWS_MACHINE + aws_group("22", '["10.0.0.0/8"]')),
        "the same port of the other protocol": ("", AWS_MACHINE + aws_group("22", _OFFICE, "udp")),
        "HTTPS": ("", AWS_MACHINE + aws_group("443", _OFFICE)),
        "a rule that stays as it is, beside others that come and go": (
            AWS_NETWORK + aws_group("22", _OFFICE) + _GROUP.format(name="old"),
            AWS_MACHINE + aws_group("22", _OFFICE) + _GROUP.format(name="new"),
        ),
        "an application": ("", AWS_MACHINE + aws_group("8080", _OFFICE)),
        "told as open to everybody": ("", AWS_MACHINE + aws_group("22")),
        "only its description changes": (
            _AWS_DATABASE,
            _AWS_DATABASE.replace('cidr_ipv4         = "8', 'description       = "office"\n  cidr_ipv4 = "8'),
        ),
        "closed": (_AWS_DATABASE, _AWS_DATABASE.replace("= true", "= false")),
    },
)
def guarded_by_one_rule(change: Change) -> Iterator[Violation]:
    """One rule is all that keeps the internet from an administration port or a store of data.

    It has a public address and a route, and the few who may come are named in one place, which this plan touches: a
    slip in the next change to it, and everybody gets there.

    Take the public address away and come through a VPN or a bastion; or put a second rule in front that stays as it
    is, such as a network ACL or a security group of its own for the subnet.
    """
    graph = _either(change).graph
    newly = newly_guarded_once(graph)
    if change.after:
        found = newly.by_guard.get(change.address, [])
    else:
        gone = passed(graph, BEFORE).get(change.address, ())
        found = [way for endpoint in gone for way in newly.by_endpoint.get(endpoint, ())]
    told = {(way.endpoint.address, ports) for way in found for ports in _ports(way)}
    for endpoint, ports in sorted(told):
        yield violation(
            "",
            f"{ports} of {endpoint} is open to a few public addresses, and nothing else keeps the others out",
            facts=(endpoint, ports),
            evidence=[endpoint],
        )


def _either(change: Change) -> Resource:
    return change.after or change.before  # type: ignore[return-value]  # of a change, one of them is there


def _ports(way: Way) -> list[str]:
    """What few of the internet reach on a way that is worth a guard."""
    openings = [
        Opening(way.endpoint.kind, protocol, box.ports, NARROW, (way,))
        for box in way.must
        if breadth(box.sources) == NARROW
        for protocol in (TCP, UDP)
        if intersection(box.protocols, NUMBERS[protocol])
    ]
    return [one.ports for one in openings if danger_of(one) not in _MEANT]
