"""Stretches of ports that many of the internet reach."""

from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given
from hypothesis import strategies as st

from planguard.exposure.openings import ALL, TCP, UDP, openings_of, passed, resource_at, stretches
from planguard.exposure.packets import Box
from planguard.exposure.ranges import BROAD, MANY, V4_ALL, WHOLE, parse_network
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER
from planguard.testing.example import plan_by_source
from tests.conftest import plan_from

T, U = ((6, 6),), ((17, 17),)
BIG, HALF = parse_network("64.0.0.0/4"), parse_network("8.0.0.0/12")
FEW = parse_network("8.8.8.0/24")


def graph_of(text: str) -> Graph:
    return build_graph(plan_from(plan_by_source(dedent(text), "main.tf")))


def openings(graph: Graph, address: str) -> list[tuple[str, str, bool, bool]]:
    resource = resource_at(graph, address, AFTER)
    assert resource is not None
    return [(one.ports, one.breadth, one.is_relayed, one.is_certain) for one in openings_of(resource)]


MACHINE = """
    resource "aws_instance" "app" {
      ami                    = "ami-0123456789abcdef0"
      instance_type          = "t3.micro"
      vpc_security_group_ids = [aws_security_group.app.id]
    }
"""


def group(*rules: tuple[int, int, str, str]) -> str:
    blocks = "".join(
        f"""
      ingress {{
        from_port   = {first}
        to_port     = {last}
        protocol    = "{protocol}"
        cidr_blocks = ["{source}"]
      }}"""
        for first, last, protocol, source in rules
    )
    return f'resource "aws_security_group" "app" {{\n  name = "app"{blocks}\n}}\n'


def test_neighbouring_ports_of_one_breadth_are_one_stretch() -> None:
    boxes = [Box(V4_ALL, T, ((22, 22),)), Box(V4_ALL, T, ((23, 30), (40, 40)))]
    assert stretches(boxes, TCP) == [((22, 30), WHOLE), ((40, 40), WHOLE)]
    assert stretches(boxes, UDP) == []


def test_a_port_that_more_reach_is_a_stretch_of_its_own() -> None:
    boxes = [Box(BIG, T, ((20, 29),)), Box(V4_ALL, T, ((25, 25),)), Box(FEW, T, ((1, 100),))]
    assert stretches(boxes, TCP) == [((20, 24), BROAD), ((25, 25), WHOLE), ((26, 29), BROAD)]


def test_few_addresses_add_up() -> None:
    some = [Box(parse_network(f"8.{number}.0.0/16"), U, ((53, 53),)) for number in (1, 5)]
    assert stretches(some[:1], UDP) == []
    assert stretches(some, UDP) == [((53, 53), MANY)]


@given(
    st.lists(
        st.tuples(
            st.sampled_from([V4_ALL, BIG, HALF, FEW]),
            st.sampled_from([T, U, ((0, 255),)]),
            st.tuples(st.integers(0, 12), st.integers(0, 12)).map(sorted),
        ),
        max_size=6,
    ),
    st.randoms(),
)
def test_stretches_are_what_each_port_is_by_itself(
    drawn: list[tuple[object, object, list[int]]], random: object
) -> None:
    from planguard.exposure.ranges import breadth, intersection, union

    boxes = [Box(sources, protocols, ((low, high),)) for sources, protocols, (low, high) in drawn]  # type: ignore[arg-type]
    found = stretches(boxes, TCP)
    random.shuffle(boxes)  # type: ignore[attr-defined]
    assert stretches(boxes, TCP) == found
    for port in range(14):
        sources = ()
        for box in boxes:
            if intersection(box.protocols, T) and intersection(box.ports, ((port, port),)):
                sources = union(sources, box.sources)
        told = [width for (low, high), width in found if low <= port <= high]
        assert told == ([breadth(sources)] if breadth(sources) in (WHOLE, BROAD, MANY) else [])


def test_each_port_of_a_machine_is_told_apart_and_web_ports_together() -> None:
    rules = [(443, 443, "tcp", "0.0.0.0/0"), (80, 80, "tcp", "0.0.0.0/0"), (22, 22, "tcp", "0.0.0.0/0")]
    graph = graph_of(MACHINE + group(*rules, (53, 53, "udp", "64.0.0.0/4"), (8080, 8080, "tcp", "8.8.8.0/24")))
    assert openings(graph, "aws_instance.app") == [
        ("22/tcp", WHOLE, False, True),
        ("80, 443/tcp", WHOLE, False, True),
        ("53/udp", BROAD, False, True),
    ]


def test_all_traffic_is_one_opening() -> None:
    graph = graph_of(MACHINE + group((0, 0, "-1", "0.0.0.0/0"), (22, 22, "tcp", "0.0.0.0/0")))
    assert openings(graph, "aws_instance.app") == [("all traffic", WHOLE, False, True)]
    resource = resource_at(graph, "aws_instance.app", AFTER)
    assert resource is not None
    (found,) = openings_of(resource)
    assert (found.protocol, found.spans) == (ALL, ((0, 65535),))
    assert found.holds(22)
    assert not found.is_web


def test_all_of_one_protocol_is_not_all_traffic() -> None:
    graph = graph_of(MACHINE + group((0, 65535, "tcp", "0.0.0.0/0")))
    assert openings(graph, "aws_instance.app") == [("all ports/tcp", WHOLE, False, True)]


@pytest.mark.parametrize("ports", ["22", "8080"])
def test_what_is_reached_both_ways_is_told_once(ports: str) -> None:
    graph = graph_of(
        MACHINE
        + group((int(ports), int(ports), "tcp", "0.0.0.0/0"))
        + f"""
    resource "aws_lb" "entry" {{
      name               = "entry"
      load_balancer_type = "network"
      subnets            = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
    }}

    resource "aws_lb_target_group" "app" {{
      name     = "app"
      port     = {ports}
      protocol = "TCP"
      vpc_id   = "vpc-0123456789abcdef0"
    }}

    resource "aws_lb_listener" "app" {{
      load_balancer_arn = aws_lb.entry.arn
      port              = 443
      protocol          = "TCP"
      default_action {{
        type             = "forward"
        target_group_arn = aws_lb_target_group.app.arn
      }}
    }}

    resource "aws_lb_target_group_attachment" "app" {{
      target_group_arn = aws_lb_target_group.app.arn
      target_id        = aws_instance.app.id
    }}
    """
    )
    certain = [one for one in openings(graph, "aws_instance.app") if one[3]]
    assert certain == [(f"{ports}/tcp", WHOLE, False, True)]


def test_what_hangs_on_this_plan_comes_behind_and_what_is_outside_does_not_come() -> None:
    unknown = """
    resource "terraform_data" "ranges" {
      input = ["203.0.113.0/24"]
    }

    resource "aws_security_group" "app" {
      name = "app"
      ingress {
        from_port   = 22
        to_port     = 22
        protocol    = "tcp"
        cidr_blocks = terraform_data.ranges.output
      }
    }
    """
    assert openings(graph_of(MACHINE + unknown), "aws_instance.app") == [("22/tcp", WHOLE, False, False)]
    outside = MACHINE.replace("aws_security_group.app.id", '"sg-0123456789abcdef0"')
    assert openings(graph_of(outside), "aws_instance.app") == []


def test_a_service_has_one_opening_whatever_its_ports() -> None:
    graph = graph_of("""
    resource "google_sql_database_instance" "orders" {
      name             = "orders"
      database_version = "POSTGRES_16"
      settings {
        tier = "db-custom-2-7680"
        ip_configuration {
          ipv4_enabled = true
          authorized_networks {
            value = "0.0.0.0/0"
          }
        }
      }
    }

    resource "azurerm_cosmosdb_account" "orders" {
      name                = "orders"
      location            = "westeurope"
      resource_group_name = "rg-data"
      offer_type          = "Standard"
    }
    """)
    assert openings(graph, "google_sql_database_instance.orders") == [("5432/tcp", WHOLE, False, True)]
    assert len(openings(graph, "azurerm_cosmosdb_account.orders")) == 1


def test_what_passes_a_hop() -> None:
    graph = graph_of(MACHINE + group((22, 22, "tcp", "0.0.0.0/0")))
    assert passed(graph, AFTER)["aws_security_group.app"] == ["aws_instance.app"]
    assert resource_at(graph, "aws_instance.none", AFTER) is None


def test_the_way_by_which_most_come_is_told_first() -> None:
    graph = graph_of(MACHINE + group((22, 22, "tcp", "8.8.8.0/24"), (22, 22, "tcp", "0.0.0.0/0")))
    resource = resource_at(graph, "aws_instance.app", AFTER)
    assert resource is not None
    (one,) = openings_of(resource)
    assert [way.guards[0].text for way in one.ways] == ["22/tcp from 0.0.0.0/0", "22/tcp from 8.8.8.0/24"]
