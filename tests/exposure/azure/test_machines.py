"""What gets to machines on Azure: groups on subnet and interface, balancers, gateways, and the firewall."""

from __future__ import annotations

import pytest

from planguard.exposure.azure.network import network_of
from planguard.graph.snapshot import Snapshot
from tests.conftest import change, graph_from, plan_document
from tests.exposure.drawn import links, network_from, ways

BASE = """
resource "azurerm_virtual_network" "v" {
  name = "v"
  resource_group_name = "rg"
  location = "westeurope"
  address_space = ["10.1.0.0/16"]
}
resource "azurerm_subnet" "s" {
  name = "s"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes = ["10.1.0.0/24"]
}
resource "azurerm_public_ip" "p" {
  name = "p"
  resource_group_name = "rg"
  location = "westeurope"
  allocation_method = "Static"
  sku = "SKU"
}
resource "azurerm_network_interface" "n" {
  name = "n"
  resource_group_name = "rg"
  location = "westeurope"
  ip_configuration {
    name = "i"
    subnet_id = azurerm_subnet.s.id
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id = azurerm_public_ip.p.id
  }
}
resource "azurerm_linux_virtual_machine" "m" {
  name = "m"
  network_interface_ids = [azurerm_network_interface.n.id]
}
resource "azurerm_network_security_group" "g" {
  name = "g"
  resource_group_name = "rg"
  location = "westeurope"
RULES
}
"""
ON_SUBNET = """
resource "azurerm_subnet_network_security_group_association" "a" {
  subnet_id = azurerm_subnet.s.id
  network_security_group_id = azurerm_network_security_group.g.id
}
"""
ON_INTERFACE = """
resource "azurerm_network_interface_security_group_association" "b" {
  network_interface_id = azurerm_network_interface.n.id
  network_security_group_id = azurerm_network_security_group.OTHER.id
}
"""
MACHINE = "azurerm_linux_virtual_machine.m"


def rule(access: str, priority: int, port: str, source: str, more: str = 'destination_address_prefix = "*"') -> str:
    return f"""
  security_rule {{
    name = "r{priority}"
    priority = {priority}
    direction = "Inbound"
    access = "{access}"
    protocol = "Tcp"
    source_port_range = "*"
    destination_port_range = "{port}"
    source_address_prefix = "{source}"
    {more}
  }}
"""


def found(rules: str = "", more: str = ON_SUBNET, sku: str = "Standard") -> list[str]:
    return ways(network_from(BASE.replace("RULES", rules).replace("SKU", sku) + more, network_of))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param("", [], id="the default rules let nobody in from outside"),
        pytest.param(rule("Allow", 100, "22", "*"), [f"{MACHINE}: 22/tcp whole"], id="any source"),
        pytest.param(rule("Allow", 100, "22", "Internet"), [f"{MACHINE}: 22/tcp whole"], id="the tag Internet"),
        pytest.param(rule("Allow", 100, "22", "VirtualNetwork"), [], id="the tag VirtualNetwork is no internet"),
        pytest.param(rule("Allow", 100, "*", "AzureLoadBalancer"), [], id="probes are no internet"),
        pytest.param(rule("Allow", 100, "22", "10.0.0.0/8"), [], id="private addresses are no internet"),
        pytest.param(
            rule("Allow", 100, "443", "AzureCloud"),
            [f"{MACHINE}: nothing, perhaps 443/tcp whole"],
            id="which addresses another tag stands for is not known",
        ),
        pytest.param(
            rule("Deny", 100, "*", "*") + rule("Allow", 200, "22", "*"),
            [],
            id="an earlier rule that denies comes first",
        ),
        pytest.param(
            rule("Allow", 200, "22", "*") + rule("Deny", 300, "*", "*"),
            [f"{MACHINE}: 22/tcp whole"],
            id="a later rule that denies comes too late",
        ),
        pytest.param(
            rule("Deny", 100, "1-100", "*") + rule("Allow", 200, "80-120", "*"),
            [f"{MACHINE}: 101-120/tcp whole"],
            id="what an earlier rule leaves of the ports",
        ),
        pytest.param(
            rule("Allow", 100, "22", "*", 'destination_address_prefix = "10.1.0.0/16"'),
            [f"{MACHINE}: 22/tcp whole"],
            id="a destination that holds the subnet",
        ),
        pytest.param(
            rule("Allow", 100, "22", "*", 'destination_address_prefix = "10.2.0.0/16"'),
            [],
            id="a destination that does not hold the subnet",
        ),
        pytest.param(
            rule("Allow", 100, "22", "*", 'destination_address_prefix = "10.1.0.4"'),
            [f"{MACHINE}: nothing, perhaps 22/tcp whole"],
            id="a destination that may be the machine",
        ),
        pytest.param(rule("Allow", 100, "22", "8.8.8.0/24"), [f"{MACHINE}: 22/tcp narrow"], id="a few addresses"),
    ],
)
def test_rules_of_a_group(rules: str, expected: list[str]) -> None:
    assert found(rules) == expected


def test_a_standard_address_without_a_group_is_closed() -> None:
    assert found(more="") == []


def test_a_basic_address_without_a_group_is_open() -> None:
    assert found(more="", sku="Basic") == [f"{MACHINE}: all/all whole"]


def test_subnet_and_interface_must_both_let_in() -> None:
    other = (
        """
resource "azurerm_network_security_group" "h" {
  name = "h"
  resource_group_name = "rg"
  location = "westeurope"
"""
        + rule("Allow", 100, "443", "*")
        + "}"
    )
    more = ON_SUBNET + other + ON_INTERFACE.replace("OTHER", "h")
    assert found(rule("Allow", 100, "22", "*"), more) == []
    assert found(rule("Allow", 100, "400-500", "*"), more) == [f"{MACHINE}: 443/tcp whole"]


def test_a_group_outside_the_plan_may_let_in_anything() -> None:
    more = """
resource "azurerm_subnet_network_security_group_association" "a" {
  subnet_id = azurerm_subnet.s.id
  network_security_group_id = "/subscriptions/x/resourceGroups/y/providers/Microsoft.Network/networkSecurityGroups/z"
}
"""
    assert found(more=more) == [f"{MACHINE}: nothing, perhaps all/all whole"]


def test_separate_rules_count_like_inline_ones() -> None:
    more = (
        ON_SUBNET
        + """
resource "azurerm_network_security_rule" "r" {
  name = "r"
  resource_group_name = "rg"
  network_security_group_name = azurerm_network_security_group.g.name
  priority = 100
  direction = "Inbound"
  access = "Allow"
  protocol = "*"
  source_port_range = "*"
  destination_port_ranges = ["22", "3389"]
  source_address_prefixes = ["0.0.0.0/1", "128.0.0.0/1"]
  destination_address_prefix = "*"
}
"""
    )
    assert found(more=more) == [f"{MACHINE}: 22, 3389/all whole"]


def test_a_rule_for_other_machines_does_not_count() -> None:
    groups = """
resource "azurerm_application_security_group" "web" {
  name = "web"
  resource_group_name = "rg"
  location = "westeurope"
}
"""
    inline = rule(
        "Allow", 100, "443", "*",
        "destination_application_security_group_ids = [azurerm_application_security_group.web.id]",
    )  # fmt: skip
    joined = """
resource "azurerm_network_interface_application_security_group_association" "j" {
  network_interface_id = azurerm_network_interface.n.id
  application_security_group_id = azurerm_application_security_group.web.id
}
"""
    assert found(inline, ON_SUBNET + groups) == []
    assert found(inline, ON_SUBNET + groups + joined) == [f"{MACHINE}: 443/tcp whole"]


def test_a_priority_that_is_not_known_decides_nothing() -> None:
    known = rule("Allow", 200, "22", "*")
    unknown = rule("Deny", 100, "*", "*").replace("priority = 100", "priority = random_integer.i.result")
    more = ON_SUBNET + 'resource "random_integer" "i" {\n  min = 1\n  max = 9\n}\n'
    assert found(known + unknown, more) == [f"{MACHINE}: nothing, perhaps 22/tcp whole"]


BALANCER = """
resource "azurerm_lb" "l" {
  name = "l"
  resource_group_name = "rg"
  location = "westeurope"
  sku = "Standard"
  frontend_ip_configuration {
    name = "f"
    FRONT
  }
}
resource "azurerm_lb_backend_address_pool" "p" {
  name = "p"
  loadbalancer_id = azurerm_lb.l.id
}
resource "azurerm_lb_rule" "r" {
  name = "r"
  loadbalancer_id = azurerm_lb.l.id
  frontend_ip_configuration_name = "f"
  protocol = "Tcp"
  frontend_port = 8443
  backend_port = 443
  backend_address_pool_ids = [azurerm_lb_backend_address_pool.p.id]
}
resource "azurerm_network_interface_backend_address_pool_association" "a" {
  network_interface_id = azurerm_network_interface.n.id
  ip_configuration_name = "i"
  backend_address_pool_id = azurerm_lb_backend_address_pool.p.id
}
"""
PRIVATE = BASE.replace("    public_ip_address_id = azurerm_public_ip.p.id\n", "").replace("SKU", "Standard")


@pytest.mark.parametrize(
    ("front", "rules", "expected"),
    [
        pytest.param(
            "public_ip_address_id = azurerm_public_ip.p.id",
            rule("Allow", 100, "443", "Internet"),
            ["azurerm_lb.l: 8443/tcp whole", f"{MACHINE}: 443/tcp whole"],
            id="the group is asked for the port behind the balancer",
        ),
        pytest.param(
            "public_ip_address_id = azurerm_public_ip.p.id",
            rule("Allow", 100, "8443", "Internet"),
            [],
            id="the port in front of it does not help",
        ),
        pytest.param(
            "subnet_id = azurerm_subnet.s.id", rule("Allow", 100, "443", "Internet"), [], id="an internal balancer"
        ),
    ],
)
def test_through_a_load_balancer(front: str, rules: str, expected: list[str]) -> None:
    text = PRIVATE.replace("RULES", rules) + ON_SUBNET + BALANCER.replace("FRONT", front)
    assert ways(network_from(text, network_of)) == expected


def test_a_hub_with_a_firewall_leads_to_the_spoke() -> None:
    text = (
        PRIVATE.replace("RULES", "").replace('"Dynamic"', '"Static"\n    private_ip_address = "10.1.0.10"')
        + ON_SUBNET
    )
    text += """
resource "azurerm_virtual_network" "hub" {
  name = "hub"
  resource_group_name = "rg"
  location = "westeurope"
  address_space = ["10.0.0.0/16"]
}
resource "azurerm_subnet" "fw" {
  name = "AzureFirewallSubnet"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.hub.name
  address_prefixes = ["10.0.0.0/26"]
}
resource "azurerm_virtual_network_peering" "to_spoke" {
  name = "to-spoke"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.hub.name
  remote_virtual_network_id = azurerm_virtual_network.v.id
}
resource "azurerm_firewall" "f" {
  name = "f"
  resource_group_name = "rg"
  location = "westeurope"
  sku_name = "AZFW_VNet"
  sku_tier = "Standard"
  ip_configuration {
    name = "c"
    subnet_id = azurerm_subnet.fw.id
    public_ip_address_id = azurerm_public_ip.p.id
  }
}
resource "azurerm_firewall_nat_rule_collection" "n" {
  name = "n"
  azure_firewall_name = azurerm_firewall.f.name
  resource_group_name = "rg"
  priority = 100
  action = "Dnat"
  rule {
    name = "ssh"
    source_addresses = ["*"]
    destination_ports = ["2222"]
    destination_addresses = ["8.8.8.8"]
    translated_port = "22"
    translated_address = "10.1.0.10"
    protocols = ["TCP"]
  }
}
"""
    network = network_from(text, network_of)
    assert ways(network) == ["azurerm_firewall.f: 2222/tcp whole", f"{MACHINE}: 22/tcp whole"]
    way = next(one for one in network.ways if one.endpoint.address == MACHINE)
    assert [hop.address for hop in way.hops] == [
        "internet",
        "azurerm_public_ip.p",
        "azurerm_firewall.f",
        "azurerm_firewall_nat_rule_collection.n",
        "azurerm_network_security_group.g",
        MACHINE,
    ]
    assert way.assumptions == ("azure-source-replaced",)
    assert network.gaps == ()


GATEWAY = """
resource "azurerm_subnet" "gw" {
  name = "gw"
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes = ["10.1.9.0/24"]
}
resource "azurerm_application_gateway" "w" {
  name = "w"
  resource_group_name = "rg"
  location = "westeurope"
  gateway_ip_configuration {
    name = "g"
    subnet_id = azurerm_subnet.gw.id
  }
  frontend_ip_configuration {
    name = "public"
    public_ip_address_id = azurerm_public_ip.p.id
  }
  frontend_ip_configuration {
    name = "private"
    subnet_id = azurerm_subnet.gw.id
  }
  frontend_port {
    name = "https"
    port = 443
  }
  frontend_port {
    name = "admin"
    port = 8443
  }
  backend_address_pool {
    name = "b"
  }
  backend_http_settings {
    name = "s"
    port = 80
    protocol = "Http"
    cookie_based_affinity = "Disabled"
  }
  http_listener {
    name = "l"
    frontend_ip_configuration_name = "public"
    frontend_port_name = "https"
    protocol = "Https"
  }
  http_listener {
    name = "a"
    frontend_ip_configuration_name = "private"
    frontend_port_name = "admin"
    protocol = "Https"
  }
}
resource "azurerm_network_interface_application_gateway_backend_address_pool_association" "a" {
  network_interface_id = azurerm_network_interface.n.id
  ip_configuration_name = "i"
  backend_address_pool_id = tolist(azurerm_application_gateway.w.backend_address_pool)[0].id
}
"""


def test_an_application_gateway_answers_itself_and_reaches_what_stands_behind() -> None:
    network = network_from(PRIVATE.replace("RULES", "") + ON_SUBNET + GATEWAY, network_of)
    assert ways(network) == [
        "azurerm_application_gateway.w: 443/tcp whole",
        "azurerm_linux_virtual_machine.m: 80/tcp whole",
    ]
    assert links(network) == [f"azurerm_application_gateway.w -> {MACHINE}"]


def test_a_group_that_refuses_tcp_keeps_out_the_application_gateway() -> None:
    rules = rule("Deny", 4000, "*", "*")
    network = network_from(PRIVATE.replace("RULES", rules) + ON_SUBNET + GATEWAY, network_of)
    assert ways(network) == ["azurerm_application_gateway.w: 443/tcp whole"]


def change_of(address: str, before: dict[str, object] | None, after: dict[str, object] | None) -> dict[str, object]:
    actions = ["delete"] if after is None else ["no-op"]
    provider = {"provider_name": "registry.terraform.io/hashicorp/azurerm"}
    return change(address, actions, before, after, **provider)


def test_a_separate_rule_that_is_deleted_is_gone_although_the_group_still_mirrors_it() -> None:
    scope = "/subscriptions/5f0c1a2b-3d4e-4f50-8a6b-7c8d9e0f1a2b/resourceGroups/rg/providers/Microsoft.Network"
    detail = {
        "name": "ssh", "priority": 100, "direction": "Inbound", "access": "Allow", "protocol": "Tcp",
        "source_port_range": "*", "destination_port_range": "22", "source_address_prefix": "*",
        "destination_address_prefix": "*",
    }  # fmt: skip
    group = {"id": f"{scope}/networkSecurityGroups/g", "name": "g", "security_rule": [detail]}
    subnet = {"id": f"{scope}/virtualNetworks/v/subnets/s", "name": "s", "address_prefixes": ["10.0.0.0/24"]}
    address = {"id": f"{scope}/publicIPAddresses/p", "name": "p", "sku": "Standard", "ip_address": "8.8.8.8"}
    card = {
        "id": f"{scope}/networkInterfaces/n",
        "name": "n",
        "ip_configuration": [{"name": "i", "subnet_id": subnet["id"], "public_ip_address_id": address["id"]}],
    }
    link = {"id": "x|y", "subnet_id": subnet["id"], "network_security_group_id": group["id"]}
    separate = {**detail, "id": f"{group['id']}/securityRules/ssh", "network_security_group_name": "g"}
    graph = graph_from(
        plan_document(
            change_of("azurerm_network_security_group.g", group, group),
            change_of("azurerm_subnet.s", subnet, subnet),
            change_of("azurerm_public_ip.p", address, address),
            change_of("azurerm_network_interface.n", card, card),
            change_of("azurerm_subnet_network_security_group_association.a", link, link),
            change_of("azurerm_network_security_rule.ssh", separate, None),
        )
    )
    assert ways(network_of(Snapshot(graph, "before"))) == ["azurerm_network_interface.n: 22/tcp whole"]
    assert ways(network_of(Snapshot(graph, "after"))) == []


SUBNETS = """
resource "terraform_data" "later" {}
resource "azurerm_subnet" "t" {
  for_each = toset(["a", "b"])
  name = each.key
  resource_group_name = "rg"
  virtual_network_name = azurerm_virtual_network.v.name
  address_prefixes = ["10.1.1.0/24"]
}
resource "azurerm_subnet_network_security_group_association" "t" {
  for_each = NAMES
  subnet_id = azurerm_subnet.t[each.key].id
  network_security_group_id = azurerm_network_security_group.g.id
}
"""


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        pytest.param('toset(["a", "b"])', f"{MACHINE}: 22/tcp whole", id="both behind one group"),
        pytest.param('toset(["a"])', f"{MACHINE}: nothing, perhaps 22/tcp whole", id="one behind a group"),
    ],
)
def test_an_interface_in_one_of_some_subnets(names: str, expected: str) -> None:
    base = BASE.replace("azurerm_subnet.s.id", "azurerm_subnet.t[terraform_data.later.id].id", 1)
    text = base.replace("SKU", "Standard").replace("RULES", rule("Allow", 100, "22", "*"))
    network = network_from(text + SUBNETS.replace("NAMES", names), network_of)
    assert ways(network) == [expected]
    codes = {one.code for way in network.ways for one in way.missing}
    assert codes == ({"azure-subnet-unclear"} if "perhaps" in expected else set())
