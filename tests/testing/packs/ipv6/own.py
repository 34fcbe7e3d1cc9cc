"""A rule that IPv6 matters to."""

from planguard import Resource, rule, violation

_WORLD = ("0.0.0.0/0", "::/0")


@rule(
    id="own-open-to-world",
    severity="high",
    domain="network",
    resources=["aws_security_group_rule"],
    bad={
        "IPv4": """
            resource "aws_security_group_rule" "x" {
              cidr = "0.0.0.0/0"
            }
        """,
        "IPv6": """
            resource "aws_security_group_rule" "x" {
              cidr = "::/0"
            }
        """,
    },
    good={
        "a network": """
            resource "aws_security_group_rule" "x" {
              cidr = "10.0.0.0/8"
            }
        """
    },
)
def open_to_world(one: Resource):
    """Open to the world.

    Everybody tries it.

    Name a network.
    """
    if one.values["cidr"] in _WORLD:
        yield violation("cidr", "open to the world")
