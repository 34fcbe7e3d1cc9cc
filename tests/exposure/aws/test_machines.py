"""What gets to machines on AWS: addresses, routes, network ACLs and security groups."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.exposure.assumptions import ASSUMPTIONS, MISSING
from planguard.exposure.aws.network import network_of
from planguard.exposure.model import Network
from planguard.graph.snapshot import Snapshot
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.access.aws.plans import graph_of
from tests.conftest import change, graph_from, plan_document
from tests.exposure.aws.stacks import ADDRESS, PRIVATE, PUBLIC, VPC, WORLD, group, held, instance
from tests.exposure.drawn import links, network_from, ways

SSH = group("ssh", 22, WORLD)


def read(*texts: str) -> Network:
    """The network of a configuration, whose codes must all be documented."""
    network = network_from("\n".join(texts), network_of)
    for way in network.ways:
        assert set(way.assumptions) <= set(ASSUMPTIONS)
        assert {one.code for one in way.missing} <= set(MISSING)
        assert way.must == way.may or way.missing
    return network


def assumed(network: Network) -> set[str]:
    """All assumptions of all ways."""
    return {code for way in network.ways for code in way.assumptions}


def missing(network: Network) -> set[str]:
    """All that is not known of all ways."""
    return {one.code for way in network.ways for one in way.missing}


def test_a_public_address_a_route_and_a_rule_together_let_the_internet_in() -> None:
    network = read(VPC, SSH, instance("i", PUBLIC, ADDRESS, held("ssh")))
    (way,) = network.ways
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]
    assert [(hop.address, hop.attribute) for hop in way.hops] == [
        ("internet", ""),
        ("aws_route_table.public", "route[0].gateway_id"),
        ("aws_instance.i", "associate_public_ip_address"),
        ("aws_security_group.ssh", "ingress[0].cidr_blocks"),
        ("aws_instance.i", ""),
    ]
    assert way.hops[-2].text == "22/tcp from 0.0.0.0/0"
    assert way.guards == (way.hops[-2],)
    assert assumed(network) == set()


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param((PUBLIC, held("ssh")), id="no public address"),
        pytest.param((PRIVATE, ADDRESS, held("ssh")), id="no route to the internet"),
        pytest.param((PUBLIC, ADDRESS), id="no security group: the default one"),
    ],
)
def test_without_one_of_them_nothing_gets_there(lines: tuple[str, ...]) -> None:
    network = read(VPC, SSH, instance("i", *lines))
    assert ways(network) == []
    assert [one.address for one in network.endpoints] == ["aws_instance.i"]


def test_the_subnet_gives_public_addresses_unless_the_instance_refuses() -> None:
    vpc = VPC.replace('"10.0.${count.index}.0/24"', '"10.0.${count.index}.0/24"\n  map_public_ip_on_launch = true')
    refusing = instance("n", PUBLIC, "associate_public_ip_address = false", held("ssh"))
    network = read(vpc, SSH, instance("i", PUBLIC, held("ssh")), refusing)
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]


@pytest.mark.parametrize(
    "target",
    [
        pytest.param('"aws_eip" "e" { instance = aws_instance.i.id }', id="address names the instance"),
        pytest.param(
            '"aws_eip" "e" {}\nresource "aws_eip_association" "e" {\n  allocation_id = aws_eip.e.id\n'
            "  instance_id = aws_instance.i.id\n}",
            id="association",
        ),
    ],
)
def test_an_elastic_address_is_public(target: str) -> None:
    network = read(VPC, SSH, instance("i", PUBLIC, held("ssh")), f"resource {target}")
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]


def test_an_elastic_address_of_an_attached_interface_belongs_to_the_instance() -> None:
    network = read(
        VPC,
        SSH,
        'resource "aws_network_interface" "e" {\n  subnet_id = aws_subnet.public[0].id\n'
        "  security_groups = [aws_security_group.ssh.id]\n}",
        'resource "aws_eip" "e" { network_interface = aws_network_interface.e.id }',
        instance(
            "i",
            "network_interface {\n    network_interface_id = aws_network_interface.e.id\n    device_index = 0\n  }",
        ),
    )
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]


IPV6 = """
resource "aws_subnet" "six" {
  vpc_id                          = aws_vpc.m.id
  ipv6_native                     = true
  assign_ipv6_address_on_creation = true
}
resource "aws_egress_only_internet_gateway" "e" { vpc_id = aws_vpc.m.id }
resource "aws_route_table" "six" {
  vpc_id = aws_vpc.m.id
  route {
    ipv6_cidr_block = "::/0"
    GATEWAY
  }
}
resource "aws_route_table_association" "six" {
  subnet_id      = aws_subnet.six.id
  route_table_id = aws_route_table.six.id
}
"""


@pytest.mark.parametrize(
    ("gateway", "expected"),
    [
        ("gateway_id = aws_internet_gateway.g.id", ["aws_instance.i: 443/tcp whole"]),
        ("egress_only_gateway_id = aws_egress_only_internet_gateway.e.id", []),
    ],
)
def test_ipv6_needs_no_public_address_but_a_gateway_that_lets_in(gateway: str, expected: list[str]) -> None:
    web = group("web", 443, 'ipv6_cidr_blocks = ["::/0"]')
    machine = instance("i", "subnet_id = aws_subnet.six.id", held("web"))
    assert ways(read(VPC, IPV6.replace("GATEWAY", gateway), web, machine)) == expected


def test_a_narrower_route_to_somewhere_else_takes_its_addresses_away() -> None:
    vpc = VPC.replace(
        "gateway_id = aws_internet_gateway.g.id\n  }",
        'gateway_id = aws_internet_gateway.g.id\n  }\n  route {\n    cidr_block = "0.0.0.0/1"\n'
        '    nat_gateway_id = "nat-1"\n  }',
    )
    (way,) = read(vpc, SSH, instance("i", PUBLIC, ADDRESS, held("ssh"))).ways
    assert way.must[0].sources == ((1 << 31, (1 << 32) - 1),)


def test_a_route_through_an_appliance_is_perhaps() -> None:
    vpc = VPC.replace("gateway_id = aws_internet_gateway.g.id", 'vpc_endpoint_id = "vpce-1"')
    network = read(vpc, SSH, instance("i", PUBLIC, ADDRESS, held("ssh")))
    assert ways(network) == ["aws_instance.i: nothing, perhaps 22/tcp whole"]
    assert missing(network) == {"route-inspected"}


ACL = """
resource "aws_network_acl" "n" {
  vpc_id     = aws_vpc.m.id
  subnet_ids = [aws_subnet.public[0].id]
  ingress {
    rule_no    = 200
    protocol   = "-1"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = 0
    to_port    = 0
  }
  ingress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "deny"
    cidr_block = "0.0.0.0/0"
    from_port  = 22
    to_port    = 22
  }
  egress {
    rule_no    = 100
    protocol   = "tcp"
    action     = "allow"
    cidr_block = "0.0.0.0/0"
    from_port  = FIRST
    to_port    = LAST
  }
}
"""


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        (1024, 65535, ["aws_instance.i: 20-21, 23/tcp whole"]),
        (443, 443, []),
    ],
)
def test_an_acl_denies_before_it_allows_and_must_let_answers_out(first: int, last: int, expected: list[str]) -> None:
    acl = ACL.replace("FIRST", str(first)).replace("LAST", str(last))
    some = group("some", 20, WORLD).replace("to_port   = 20", "to_port   = 23")
    assert ways(read(VPC, acl, some, instance("i", PUBLIC, ADDRESS, held("some")))) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param("0.0.0.0/0", ["aws_security_group.ssh"], id="an ACL that lets in everybody"),
        pytest.param("8.0.0.0/8", ["aws_network_acl.n", "aws_security_group.ssh"], id="an ACL that keeps out others"),
    ],
)
def test_a_rule_of_an_acl_guards_where_it_does_not_let_in_everybody(source: str, expected: list[str]) -> None:
    acl = ACL.replace("FIRST", "1024").replace("LAST", "65535").replace("22", "23")
    acl = acl.replace('"0.0.0.0/0"', f'"{source}"', 1)
    (way,) = read(VPC, acl, SSH, instance("i", PUBLIC, ADDRESS, held("ssh"))).ways
    assert [one.address for one in way.guards] == expected


def test_of_an_acl_that_may_hold_the_subnet_what_gets_through_anyhow_is_certain() -> None:
    acl = ACL.replace("FIRST", "1024").replace("LAST", "65535")
    acl = acl.replace("[aws_subnet.public[0].id]", "[for one in aws_subnet.public : one.id if one.id != null]")
    some = group("some", 20, WORLD).replace("to_port   = 20", "to_port   = 23")
    network = read(VPC, acl, some, instance("i", PUBLIC, ADDRESS, held("some")))
    assert "aws_instance.i: 20-21, 23/tcp whole" in ways(network)
    assert "aws_instance.i: nothing, perhaps 20-23/tcp whole" in ways(network)
    assert missing(network) == {"acl-unknown"}


def test_a_subnet_outside_of_the_plan_is_perhaps_unless_a_public_address_is_asked_for() -> None:
    subnet = 'subnet_id = "subnet-0123456789abcdef0"'
    text = (VPC, SSH, instance("i", subnet, held("ssh")), instance("p", subnet, ADDRESS, held("ssh")))
    network = read(*text)
    assert ways(network) == ["aws_instance.i: nothing, perhaps 22/tcp whole", "aws_instance.p: 22/tcp whole"]
    assert assumed(network) == {"acl-outside-plan", "internet-gateway-assumed"}
    assert missing(network) == {"subnet-unclear"}


def test_without_a_subnet_an_instance_is_in_the_default_vpc() -> None:
    network = read(SSH.replace("vpc_id = aws_vpc.m.id", ""), instance("i", held("ssh")))
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]
    assert assumed(network) == {"default-vpc"}


def test_a_group_outside_of_the_plan_may_let_in_anything_and_lets_in_what_the_plan_adds() -> None:
    rule = """
resource "aws_security_group_rule" "r" {
  type              = "ingress"
  security_group_id = "sg-0123456789abcdef0"
  from_port         = 22
  to_port           = 22
  protocol          = "tcp"
  cidr_blocks       = ["0.0.0.0/0"]
}
"""
    machine = instance("i", PUBLIC, ADDRESS, 'vpc_security_group_ids = ["sg-0123456789abcdef0"]')
    network = read(VPC, rule, machine)
    assert ways(network) == ["aws_instance.i: 22/tcp whole", "aws_instance.i: nothing, perhaps all/all whole"]
    assert missing(network) == {"security-group-outside-plan"}


RULE = """
resource "aws_security_group" "g" { vpc_id = aws_vpc.m.id }
resource "aws_vpc_security_group_ingress_rule" "r" {
  security_group_id = aws_security_group.g.id
  PROTOCOL
  SOURCE
}
resource "terraform_data" "later" {}
resource "aws_ec2_managed_prefix_list" "l" {
  name           = "l"
  address_family = "IPv4"
  max_entries    = 2
  entry { cidr = "8.8.8.0/24" }
}
resource "aws_ec2_managed_prefix_list_entry" "l" {
  prefix_list_id = aws_ec2_managed_prefix_list.l.id
  cidr           = "9.0.0.0/9"
}
"""


@pytest.mark.parametrize(
    ("protocol", "source", "expected"),
    [
        pytest.param('ip_protocol = "-1"', 'cidr_ipv4 = "0.0.0.0/0"', "all/all whole", id="every protocol"),
        pytest.param(
            'ip_protocol = "tcp"\n  from_port = 0\n  to_port = 0',
            'cidr_ipv4 = "0.0.0.0/0"',
            "0/tcp whole",
            id="port 0",
        ),
        pytest.param(
            'ip_protocol = "icmp"\n  from_port = 8\n  to_port = -1',
            'cidr_ipv4 = "0.0.0.0/0"',
            "8/icmp whole",
            id="icmp",
        ),
        pytest.param('ip_protocol = "50"', 'cidr_ipv4 = "0.0.0.0/0"', "all/esp whole", id="protocol by number"),
        pytest.param(
            'ip_protocol = "-1"',
            "prefix_list_id = aws_ec2_managed_prefix_list.l.id",
            "all/all many",
            id="prefix list",
        ),
        pytest.param(
            'ip_protocol = "-1"', 'prefix_list_id = "pl-1"', "nothing, perhaps all/all whole", id="list outside"
        ),
        pytest.param(
            'ip_protocol = "-1"', "cidr_ipv4 = terraform_data.later.id", "nothing, perhaps all/all whole", id="later"
        ),
        pytest.param('ip_protocol = "-1"', 'cidr_ipv4 = "10.0.0.0/8"', "", id="private range"),
    ],
)
def test_rules(protocol: str, source: str, expected: str) -> None:
    rule = RULE.replace("PROTOCOL", protocol).replace("SOURCE", source)
    network = read(VPC, rule, instance("i", PUBLIC, ADDRESS, held("g")))
    assert ways(network) == ([f"aws_instance.i: {expected}"] if expected else [])


def test_a_scaling_group_stands_where_it_says_with_what_its_template_says() -> None:
    template = """
resource "aws_launch_template" "t" {
  network_interfaces {
    associate_public_ip_address = "true"
    security_groups             = [aws_security_group.ssh.id]
  }
}
resource "aws_autoscaling_group" "a" {
  max_size            = 1
  min_size            = 1
  vpc_zone_identifier = aws_subnet.public[*].id
  launch_template { id = aws_launch_template.t.id }
}
"""
    network = read(VPC, SSH, template)
    assert ways(network) == ["aws_autoscaling_group.a: 22/tcp whole"]


def test_groups_that_let_in_groups_link_their_members() -> None:
    inner = group("inner", 22, "security_groups = [aws_security_group.ssh.id]")
    network = read(
        VPC, SSH, inner, instance("b", PUBLIC, ADDRESS, held("ssh")), instance("i", PRIVATE, held("inner"))
    )
    assert "aws_instance.b -> aws_instance.i" in links(network)
    assert ways(network) == ["aws_instance.b: 22/tcp whole"]


def test_a_large_group_stands_for_its_members() -> None:
    inner = group("inner", 22, "security_groups = [aws_security_group.many.id]")
    many = group("many", 80, 'cidr_blocks = ["192.168.0.0/16"]')
    machines = instance("b", "count = 20", PRIVATE, held("many"))
    found = links(read(VPC, inner, many, machines, instance("i", PRIVATE, held("inner"))))
    assert found == ["aws_security_group.many -> aws_instance.i"]


def test_a_range_of_the_vpc_links_what_stands_in_it() -> None:
    inner = group("inner", 22, "cidr_blocks = [aws_vpc.m.cidr_block]")
    other = group("other", 80, 'cidr_blocks = ["192.168.0.0/16"]')
    network = read(VPC, inner, other, instance("a", PRIVATE, held("other")), instance("i", PRIVATE, held("inner")))
    assert links(network) == ["aws_instance.a -> aws_instance.i"]


# -- plans that change what exists ---------------------------------------------------------------------------------

_INGRESS = {
    "cidr_blocks": ["0.0.0.0/0"], "ipv6_cidr_blocks": [], "prefix_list_ids": [], "security_groups": [], "self": False,
    "protocol": "tcp", "from_port": 22, "to_port": 22, "description": "",
}  # fmt: skip


def existing() -> list[dict[str, Any]]:
    """An instance that the internet reaches by a rule that is a resource of its own."""
    return [
        _same("aws_vpc.v", {"id": "vpc-0a1b2c3d", "cidr_block": "10.0.0.0/16"}),
        _same("aws_internet_gateway.g", {"id": "igw-0a1b2c3d", "vpc_id": "vpc-0a1b2c3d"}),
        _same(
            "aws_subnet.s",
            {"id": "subnet-0a1b2c3d", "vpc_id": "vpc-0a1b2c3d", "cidr_block": "10.0.0.0/24"},
        ),
        _same(
            "aws_route_table.t",
            {"id": "rtb-0a1b2c3d", "route": [{"cidr_block": "0.0.0.0/0", "gateway_id": "igw-0a1b2c3d"}]},
        ),
        _same(
            "aws_route_table_association.a",
            {"id": "rtbassoc-0a1b2c3d", "subnet_id": "subnet-0a1b2c3d", "route_table_id": "rtb-0a1b2c3d"},
        ),
        _same("aws_security_group.g", {"id": "sg-0a1b2c3d", "vpc_id": "vpc-0a1b2c3d", "ingress": [_INGRESS]}),
        _same(
            "aws_instance.i",
            {
                "id": "i-0a1b2c3d",
                "subnet_id": "subnet-0a1b2c3d",
                "vpc_security_group_ids": ["sg-0a1b2c3d"],
                "associate_public_ip_address": True,
            },
        ),
    ]


def _same(address: str, values: dict[str, Any]) -> dict[str, Any]:
    return change(address, ["no-op"], values, values)


def test_a_rule_that_goes_is_gone_though_its_group_still_mirrors_it() -> None:
    rule = {**_INGRESS, "type": "ingress", "security_group_id": "sg-0a1b2c3d", "id": "sgrule-1"}
    document = plan_document(*existing(), change("aws_security_group_rule.r", ["delete"], rule, None))
    graph = graph_from(document)
    before, after = network_of(Snapshot(graph, "before")), network_of(Snapshot(graph, "after"))
    assert ways(before) == ["aws_instance.i: 22/tcp whole"]
    assert before.ways[0].guards[0].address == "aws_security_group_rule.r"
    assert ways(after) == []


def test_a_rule_of_the_group_itself_stays() -> None:
    graph = graph_from(plan_document(*existing()))
    assert ways(network_of(Snapshot(graph, "after"))) == ["aws_instance.i: 22/tcp whole"]


def test_a_route_that_goes_is_gone_though_its_table_still_mirrors_it() -> None:
    route = {"id": "r-1", "route_table_id": "rtb-0a1b2c3d", "destination_cidr_block": "0.0.0.0/0"}
    into, away = (
        {**route, "gateway_id": "igw-0a1b2c3d"},
        {**route, "nat_gateway_id": "nat-0a1b2c3d", "instance_id": "x"},
    )
    for actions, after in ((["delete"], None), (["update"], away)):
        document = plan_document(*existing(), change("module.z.aws_route.r", actions, into, after))
        graph = graph_from(document)
        found = [network_of(Snapshot(graph, name)) for name in ("before", "after")]
        assert [ways(one) for one in found] == [["aws_instance.i: 22/tcp whole"], []]
        assert found[0].ways[0].hops[1].address == "module.z.aws_route.r"


def test_a_rule_of_an_acl_that_goes_is_gone_though_the_acl_still_mirrors_it() -> None:
    rules = {
        number: {"rule_no": number, "action": action, "protocol": "-1", "cidr_block": "0.0.0.0/0"}
        for number, action in ((90, "deny"), (100, "allow"))
    }
    acl = {"id": "acl-1", "subnet_ids": ["subnet-0a1b2c3d"], "ingress": [*rules.values()], "egress": [rules[100]]}
    denying = {"network_acl_id": "acl-1", "egress": False, "rule_number": 90, "rule_action": "deny"}
    denying |= {"protocol": "-1", "cidr_block": "0.0.0.0/0"}
    document = plan_document(
        *existing(), _same("aws_network_acl.n", acl), change("aws_network_acl_rule.d", ["delete"], denying, None)
    )
    graph = graph_from(document)
    assert ways(network_of(Snapshot(graph, "before"))) == []
    assert ways(network_of(Snapshot(graph, "after"))) == ["aws_instance.i: 22/tcp whole"]


@pytest.mark.parametrize(
    "vpc", [pytest.param("", id="unsaid"), pytest.param("vpc_id = aws_default_vpc.d.id", id="named")]
)
def test_without_subnet_and_group_a_machine_is_in_the_default_group_of_the_default_vpc(vpc: str) -> None:
    opened = group("d", 22, WORLD).replace('"aws_security_group"', '"aws_default_security_group"')
    network = read('resource "aws_default_vpc" "d" {}', opened.replace("vpc_id = aws_vpc.m.id", vpc), instance("i"))
    assert ways(network) == ["aws_instance.i: 22/tcp whole"]
    other = read(VPC, opened, instance("i"))
    assert ways(other) == []


def test_a_machine_in_one_of_some_subnets_is_perhaps_reached() -> None:
    vpc = VPC.replace('"10.0.${count.index}.0/24"', '"10.0.${count.index}.0/24"\n  map_public_ip_on_launch = true')
    either = "subnet_id = concat(aws_subnet.public[*].id, aws_subnet.private[*].id)[terraform_data.later.id]"
    network = read(vpc, SSH, 'resource "terraform_data" "later" {}', instance("i", either, held("ssh")))
    assert ways(network) == ["aws_instance.i: nothing, perhaps 22/tcp whole"] * len(network.ways)
    assert missing(network) == {"subnet-ambiguous"}


LATER = 'resource "terraform_data" "later" {\n  input = ["sg-0123456789abcdef0"]\n}'
TEMPLATED = """
resource "aws_default_security_group" "d" { vpc_id = aws_vpc.m.id }
resource "aws_launch_template" "t" {
  NAMED
}
"""


def test_a_machine_whose_groups_are_not_known_yet_may_be_in_any() -> None:
    machine = instance("i", PUBLIC, ADDRESS, "vpc_security_group_ids = terraform_data.later.output")
    network = read(VPC, LATER, machine)
    assert ways(network) == ["aws_instance.i: nothing, perhaps all/all whole"]
    assert missing(network) == {"security-groups-unclear"}


@pytest.mark.parametrize(
    ("named", "expected"),
    [
        pytest.param("vpc_security_group_ids = [aws_security_group.ssh.id]", "22/tcp whole", id="groups"),
        pytest.param(
            "network_interfaces {\n    security_groups = terraform_data.later.output\n  }",
            "nothing, perhaps all/all whole",
            id="groups of an interface that are not known yet",
        ),
    ],
)
def test_groups_of_a_template_go_before_the_default_one_of_the_vpc(named: str, expected: str) -> None:
    launch = "launch_template {\n    id = aws_launch_template.t.id\n  }"
    template = TEMPLATED.replace("NAMED", named)
    network = read(VPC, SSH, LATER, template, instance("i", PUBLIC, ADDRESS, launch))
    assert ways(network) == [f"aws_instance.i: {expected}"]


DUAL = VPC.replace(
    "gateway_id = aws_internet_gateway.g.id\n  }",
    "gateway_id = aws_internet_gateway.g.id\n  }\n"
    '  route {\n    ipv6_cidr_block = "::/0"\n    gateway_id      = aws_internet_gateway.g.id\n  }',
)


def test_the_route_of_a_path_is_one_of_its_family() -> None:
    both = group("both", 22, 'cidr_blocks = ["0.0.0.0/0"]\n    ipv6_cidr_blocks = ["::/0"]')
    network = read(DUAL, both, instance("i", PUBLIC, ADDRESS, "ipv6_address_count = 1", held("both")))
    routes = [way.hops[1].text for way in network.ways]
    assert routes == ["0.0.0.0/0 to an internet gateway", "::/0 to an internet gateway"]


TWO_GROUPS = """
resource "aws_security_group" "app" {
  vpc_id = aws_vpc.m.id
  ingress {
    from_port       = 8080
    to_port         = 8080
    protocol        = "tcp"
    security_groups = [aws_security_group.ssh.id]
  }
  ingress {
    from_port       = 9090
    to_port         = 9090
    protocol        = "tcp"
    security_groups = [aws_security_group.other.id]
  }
}
"""


def test_source_tells_which_block_lets_in_which_group() -> None:
    text = "\n".join((
        VPC, SSH, group("other", 443, WORLD), TWO_GROUPS, instance("a", PUBLIC, ADDRESS, held("ssh")),
        instance("b", PUBLIC, ADDRESS, held("other")), instance("i", PRIVATE, held("app")),
    ))  # fmt: skip
    document = example_plan(text, table=resource_schema)
    found = [links(network_of(Snapshot(graph_of(document, source=source), "after"))) for source in ("", text)]
    ends = [{one for one in some if "-> aws_instance.i" in one} for some in found]
    assert ends[1] == {"aws_instance.a -> aws_instance.i", "aws_instance.b -> aws_instance.i"}
    assert ends[0] == {"aws_instance.a -> aws_instance.i?", "aws_instance.b -> aws_instance.i?"}
