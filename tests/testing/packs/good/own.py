"""A rule with a boundary, a table and a helper."""

from planguard import Resource, rule, violation

from ._words import is_open

_PORTS = (22, 3389)


@rule(
    id="own-port-open",
    severity="high",
    domain="network",
    resources=["aws_security_group_rule"],
    bad={
        "ssh": """
            resource "aws_security_group_rule" "x" {
              port = 22
              from = "ANY"
            }
        """,
        "rdp": """
            resource "aws_security_group_rule" "x" {
              port = 3389
              from = "any"
            }
        """,
    },
    good={
        "web": """
            resource "aws_security_group_rule" "x" {
              port = 443
              from = "any"
            }
        """,
        "ssh from here": """
            resource "aws_security_group_rule" "x" {
              port = 22
              from = "here"
            }
        """,
    },
)
def port_open(one: Resource):
    """Port is open to everybody.

    Everybody tries it.

    Name those who need it.
    """
    if one.values["port"] in _PORTS and is_open(one.values["from"]):
        yield violation("port", f"{one.values['port']} is open")
