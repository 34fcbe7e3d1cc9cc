"""A rule that counts."""

from planguard import Resource, rule, violation


@rule(
    id="own-range-with-ssh",
    severity="high",
    domain="network",
    resources=["aws_security_group_rule"],
    bad={
        "with ssh": """
            resource "aws_security_group_rule" "x" {
              first = 21
              last  = 22
            }
        """
    },
    good={
        "without": """
            resource "aws_security_group_rule" "x" {
              first = 1
              last  = 21
            }
        """,
        "above": """
            resource "aws_security_group_rule" "x" {
              first = 23
              last  = 30
            }
        """,
    },
)
def range_with_ssh(one: Resource):
    """Range has ssh in it.

    Everybody tries it.

    Leave it out.
    """
    port = one.values["first"]
    while port <= one.values["last"]:
        if port == 22:
            yield violation("first", "ssh is in it")
        port += 1
