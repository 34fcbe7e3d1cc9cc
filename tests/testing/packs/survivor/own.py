"""A boundary that no example is at, a word in one case only, and a branch that never runs."""

import re

from planguard import Resource, rule, violation

_OPEN = re.compile("any|all", re.IGNORECASE)
_LATER = ("0.0.0.0/0", "::/0", "all")


@rule(
    id="own-range-open",
    severity="high",
    domain="network",
    resources=["aws_security_group_rule"],
    bad={
        "wide": """
            resource "aws_security_group_rule" "x" {
              first = 1
              last  = 60000
              from  = "any"
            }
        """
    },
    good={
        "narrow": """
            resource "aws_security_group_rule" "x" {
              first = 80
              last  = 80
              from  = "any"
            }
        """
    },
)
def range_open(one: Resource):
    """Range of ports is open.

    Everybody tries them.

    Name those who need it.
    """
    if one.values["last"] - one.values["first"] > 1000 and _OPEN.fullmatch(one.values["from"]):
        yield violation("first", "a wide range is open")
    for other in one.get("others", ()):
        if _is_late(other):
            yield violation("others", "another one is open")


def _is_late(other):
    return other in _LATER
