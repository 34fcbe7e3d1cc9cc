"""A rule on each plan of the fixtures that opens a port, written as authors of a pack would write it."""

from planguard import rule, violation

EVERYWHERE = ("0.0.0.0/0", "::/0")


@rule(
    id="test-group-open-to-world",
    severity="critical",
    domain="network",
    resources=["aws_security_group"],
    aliases=["CKV_TEST_1"],
    controls={"nist-800-53r5": ["SC-7"]},
    bad={"everywhere": 'resource "aws_security_group" "x" { ingress { cidr_blocks = ["0.0.0.0/0"] } }'},
    good={"one net": 'resource "aws_security_group" "x" { ingress { cidr_blocks = ["10.0.0.0/8"] } }'},
)
def group_open_to_world(group):
    """Security group lets the whole world in.

    Whoever finds the port can knock on it.

    Allow named ranges.
    """
    for path, ingress in group.blocks("ingress"):
        for place in ingress.get("cidr_blocks") or []:
            if place in EVERYWHERE:
                yield violation(path, f"{ingress['from_port']}/{ingress['protocol']} from {place}")


@rule(
    id="test-rule-open-to-world",
    severity="critical",
    domain="network",
    resources=["aws_security_group_rule", "aws_vpc_security_group_ingress_rule"],
    aliases=["CKV_TEST_2"],
)
def rule_open_to_world(one):
    """Security group rule lets the whole world in.

    Whoever finds the port can knock on it.

    Allow named ranges.
    """
    if one.get("type", "ingress") != "ingress":
        return
    for place in (*(one.get("cidr_blocks") or ()), one.get("cidr_ipv4")):
        if place in EVERYWHERE:
            yield violation("cidr_blocks", f"{one.get('from_port')}/{one.get('protocol')} from {place}")
