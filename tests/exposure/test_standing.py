"""Where the whole network says that nobody from the internet gets through a firewall, and where it does not."""

from __future__ import annotations

import pytest

from planguard.exposure.openings import resource_at
from planguard.exposure.standing import Standing, standing_of, unreached
from planguard.graph.build import build_graph
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE
from planguard.testing.example import plan_by_source
from planguard.testing.transition import transition_plan
from tests.conftest import plan_from
from tests.exposure.test_openings import graph_of

NOBODY_COMES = "it is new, and no path from the internet leads through it to anything in this plan"

AWS_GROUP = """
resource "aws_security_group" "open" {
  name = "open"
  ingress {
    from_port   = 22
    to_port     = 22
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}
"""
PRIVATE = """
resource "aws_instance" "app" {
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  associate_public_ip_address = false
  vpc_security_group_ids      = [aws_security_group.open.id]
}
"""
PUBLIC = PRIVATE.replace("= false", "= true")
SEPARATE = """
resource "aws_security_group" "open" {
  name = "open"
}

resource "aws_vpc_security_group_ingress_rule" "open" {
  security_group_id = aws_security_group.open.id
  ip_protocol       = "tcp"
  from_port         = 22
  to_port           = 22
  cidr_ipv4         = "0.0.0.0/0"
}
"""
TEMPLATE = """
resource "aws_launch_template" "app" {
  image_id               = "ami-0123456789abcdef0"
  instance_type          = "t3.micro"
  vpc_security_group_ids = [aws_security_group.open.id]
}
"""
SCALING = """
resource "aws_autoscaling_group" "app" {
  min_size            = 1
  max_size            = 2
  vpc_zone_identifier = [aws_subnet.app.id]
  launch_template {
    id = aws_launch_template.app.id
  }
}

resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "app" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}
"""


def standing(graph: Graph, address: str, snapshot: str = AFTER) -> Standing:
    resource = resource_at(graph, address, snapshot)
    assert resource is not None
    return standing_of(resource)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(AWS_GROUP, "", id="nobody holds it"),
        pytest.param(AWS_GROUP + PRIVATE, NOBODY_COMES, id="a machine without a public address"),
        pytest.param(AWS_GROUP + TEMPLATE + SCALING, NOBODY_COMES, id="machines by a template in a private subnet"),
        pytest.param(AWS_GROUP + TEMPLATE, "", id="a template that something else may use"),
        pytest.param(
            AWS_GROUP
            + """
resource "aws_batch_compute_environment" "jobs" {
  type = "MANAGED"
  compute_resources {
    type               = "EC2"
    max_vcpus          = 4
    subnets            = ["subnet-0123456789abcdef0"]
    security_group_ids = [aws_security_group.open.id]
  }
}
""",
            "",
            id="something of which the analysis knows nothing",
        ),
        pytest.param(
            AWS_GROUP
            + """
resource "aws_ssm_parameter" "group" {
  name  = "/shop/group"
  type  = "String"
  value = aws_security_group.open.id
}
""",
            "",
            id="its id is handed on",
        ),
        pytest.param(
            AWS_GROUP
            + """
resource "terraform_data" "groups" {
  input = ["sg-0123456789abcdef0"]
}

resource "aws_ecs_service" "app" {
  name = "app"
  network_configuration {
    subnets          = ["subnet-0123456789abcdef0"]
    security_groups  = terraform_data.groups.output
    assign_public_ip = true
  }
}
""",
            "",
            id="a public service that may be in any group",
        ),
        pytest.param(
            AWS_GROUP
            + """
resource "terraform_data" "is_public" {
  input = false
}
"""
            + PRIVATE.replace("= false", "= terraform_data.is_public.output"),
            "",
            id="a machine that may be public",
        ),
        pytest.param(
            AWS_GROUP
            + PRIVATE
            + """
resource "aws_globalaccelerator_endpoint_group" "app" {
  listener_arn = "arn:aws:globalaccelerator::111122223333:accelerator/1/listener/1"
  endpoint_configuration {
    endpoint_id = aws_instance.app.id
  }
}
""",
            "",
            id="an accelerator brings the internet to private addresses",
        ),
        pytest.param(
            AWS_GROUP.replace('"aws_security_group"', '"aws_default_security_group"').replace(
                '  name = "open"\n', ""
            ),
            "",
            id="the default group",
        ),
    ],
)
def test_a_group_of_aws(text: str, said: str) -> None:
    graph = graph_of(text)
    address = "aws_security_group.open" if '"aws_security_group"' in text else "aws_default_security_group.open"
    assert standing(graph, address).mitigation == said


def test_a_group_that_an_output_hands_on() -> None:
    address = "aws_security_group.open"
    for value, said in (
        ("aws_security_group.open.id", ""),
        ("[aws_security_group.open]", ""),
        ("local.groups", ""),
        ("aws_instance.app.private_ip", NOBODY_COMES),
    ):
        text = f'output "it" {{\n  value = {value}\n}}\nlocals {{\n  groups = [aws_security_group.open.id]\n}}\n'
        assert standing(graph_of(AWS_GROUP + PRIVATE + text), address).mitigation == said


def test_what_it_lets_through_to_is_the_evidence() -> None:
    assert standing(graph_of(AWS_GROUP + PUBLIC), "aws_security_group.open") == Standing("", ("aws_instance.app",))


def test_a_rule_of_its_own_stands_with_its_group() -> None:
    rule = "aws_vpc_security_group_ingress_rule.open"
    assert standing(graph_of(SEPARATE), rule).mitigation == ""
    assert standing(graph_of(SEPARATE + PRIVATE), rule).mitigation == NOBODY_COMES
    assert standing(graph_of(SEPARATE + PUBLIC), rule) == Standing("", ("aws_instance.app",))
    outside = SEPARATE.replace("= aws_security_group.open.id", '= "sg-0123456789abcdef0"')
    assert standing(graph_of(outside), rule) == Standing()


def changed(before: str, after: str) -> Graph:
    plans = [plan_by_source(text, "main.tf") for text in (before, after)]
    return build_graph(plan_from(transition_plan(*plans, after, {})))


def test_a_group_that_is_there_already_may_be_held_by_anything() -> None:
    graph = changed(AWS_GROUP.replace("22", "443"), AWS_GROUP)
    assert standing(graph, "aws_security_group.open") == Standing()
    assert standing(graph, "aws_security_group.open", BEFORE) == Standing()


def test_a_new_group_of_a_machine_that_is_there_already() -> None:
    before = PRIVATE.replace("aws_security_group.open.id", '"sg-0123456789abcdef0"')
    graph = changed(before, AWS_GROUP + PRIVATE)
    assert standing(graph, "aws_security_group.open") == Standing()


DATABASE = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_subnet" "data" {
  count      = 2
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.${count.index}.0/24"
}

resource "aws_db_subnet_group" "data" {
  subnet_ids = aws_subnet.data[*].id
}

resource "aws_security_group" "data" {
  vpc_id = aws_vpc.main.id
  ingress {
    from_port   = 5432
    to_port     = 5432
    protocol    = "tcp"
    cidr_blocks = ["0.0.0.0/0"]
  }
}

resource "aws_db_instance" "orders" {
  engine                 = "postgres"
  instance_class         = "db.t4g.medium"
  db_subnet_group_name   = aws_db_subnet_group.data.name
  vpc_security_group_ids = [aws_security_group.data.id]
  publicly_accessible    = true
}
"""
ROUTE = """
resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_default_route_table" "main" {
  default_route_table_id = aws_vpc.main.default_route_table_id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}
"""


def said_of_database(graph: Graph, address: str = "aws_db_instance.orders") -> str:
    resource = resource_at(graph, address, AFTER)
    assert resource is not None
    return unreached(resource)


NO_PATH = "the whole VPC is new, and no path from the internet leads to it"
KEPT_OUT = "its security groups let in nobody from the internet"


def test_a_public_database_without_a_route() -> None:
    assert said_of_database(graph_of(DATABASE)) == NO_PATH
    assert said_of_database(graph_of(DATABASE + ROUTE)) == ""
    assert standing(graph_of(DATABASE), "aws_security_group.data").mitigation == NOBODY_COMES
    network = DATABASE.partition('resource "aws_db_instance"')[0]
    assert said_of_database(changed(network, DATABASE)) == ""


def test_a_public_database_whose_groups_let_in_nobody() -> None:
    closed = DATABASE.replace("0.0.0.0/0", "10.0.0.0/8")
    assert said_of_database(graph_of(closed + ROUTE)) == KEPT_OUT
    outside = closed.replace("= aws_subnet.data[*].id", '= ["subnet-0123456789abcdef0"]')
    assert said_of_database(graph_of(outside)) == KEPT_OUT
    network = closed.partition('resource "aws_db_instance"')[0]
    assert said_of_database(changed(network, closed)) == KEPT_OUT


@pytest.mark.parametrize(
    "groups",
    [
        pytest.param('["sg-0123456789abcdef0"]', id="outside of the plan"),
        pytest.param('[aws_security_group.data.id, "sg-0123456789abcdef0"]', id="one of them outside of the plan"),
        pytest.param("null", id="the default one"),
        pytest.param("terraform_data.later.output", id="known after the apply"),
    ],
)
def test_a_public_database_whose_groups_may_let_in_anybody(groups: str) -> None:
    later = 'resource "terraform_data" "later" {\n  input = ["sg-0123456789abcdef0"]\n}'
    closed = DATABASE.replace("0.0.0.0/0", "10.0.0.0/8").replace("[aws_security_group.data.id]", groups)
    network, _, database = closed.partition('resource "aws_db_instance"')
    assert said_of_database(changed(network + later, network + later + f'resource "aws_db_instance"{database}')) == ""


def test_an_instance_of_a_cluster_stands_where_the_cluster_does() -> None:
    cluster = DATABASE.replace('"aws_db_instance" "orders"', '"aws_rds_cluster" "orders"').replace(
        "  publicly_accessible    = true\n", ""
    )
    instance = """
resource "aws_rds_cluster_instance" "orders" {
  cluster_identifier  = aws_rds_cluster.orders.id
  engine              = "aurora-postgresql"
  publicly_accessible = true
}
"""
    assert said_of_database(graph_of(cluster + instance), "aws_rds_cluster_instance.orders") == NO_PATH
    assert not said_of_database(graph_of(cluster + instance + ROUTE), "aws_rds_cluster_instance.orders")


AZURE_GROUP = """
resource "azurerm_network_security_group" "open" {
  name                = "nsg-open"
  location            = "westeurope"
  resource_group_name = "rg-app"
}

resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-app"
  network_security_group_name = azurerm_network_security_group.open.name
}
"""
AZURE_SUBNET = """
resource "azurerm_virtual_network" "main" {
  name                = "vnet"
  location            = "westeurope"
  resource_group_name = "rg-app"
  address_space       = ["10.0.0.0/16"]
}

resource "azurerm_subnet" "app" {
  name                 = "app"
  resource_group_name  = "rg-app"
  virtual_network_name = azurerm_virtual_network.main.name
  address_prefixes     = ["10.0.1.0/24"]
}

resource "azurerm_subnet_network_security_group_association" "app" {
  subnet_id                 = azurerm_subnet.app.id
  network_security_group_id = azurerm_network_security_group.open.id
}
"""
AZURE_CARD = """
resource "azurerm_network_interface" "app" {
  name                = "nic"
  location            = "westeurope"
  resource_group_name = "rg-app"
  ip_configuration {
    name                          = "main"
    subnet_id                     = azurerm_subnet.app.id
    private_ip_address_allocation = "Dynamic"
  }
}
"""
AZURE_PUBLIC = (
    AZURE_CARD.replace('"Dynamic"', '"Dynamic"\n    public_ip_address_id = azurerm_public_ip.app.id')
    + """
resource "azurerm_public_ip" "app" {
  name                = "pip"
  location            = "westeurope"
  resource_group_name = "rg-app"
  allocation_method   = "Static"
  sku                 = "Standard"
}
"""
)
AZURE_CLUSTER = """
resource "azurerm_kubernetes_cluster" "shop" {
  name                = "aks"
  location            = "westeurope"
  resource_group_name = "rg-app"
  dns_prefix          = "shop"
  default_node_pool {
    name           = "system"
    vm_size        = "Standard_D2s_v5"
    node_count     = 2
    vnet_subnet_id = azurerm_subnet.app.id
  }
}
"""
AZURE_PEERING = """
resource "azurerm_virtual_network_peering" "hub" {
  name                      = "hub"
  resource_group_name       = "rg-app"
  virtual_network_name      = azurerm_virtual_network.main.name
  remote_virtual_network_id = "/subscriptions/x/resourceGroups/hub/providers/Microsoft.Network/virtualNetworks/hub"
}
"""


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(AZURE_GROUP, "", id="nothing is associated"),
        pytest.param(AZURE_GROUP + AZURE_SUBNET + AZURE_CARD, NOBODY_COMES, id="a private machine in the subnet"),
        pytest.param(
            AZURE_GROUP
            + AZURE_SUBNET.partition('resource "azurerm_subnet_network')[0]
            + AZURE_CARD
            + """
resource "azurerm_network_interface_security_group_association" "app" {
  network_interface_id      = azurerm_network_interface.app.id
  network_security_group_id = azurerm_network_security_group.open.id
}
""",
            NOBODY_COMES,
            id="on the interface",
        ),
        pytest.param(AZURE_GROUP + AZURE_SUBNET + AZURE_CLUSTER, "", id="nodes that make addresses of their own"),
        pytest.param(AZURE_GROUP + AZURE_SUBNET + AZURE_CARD + AZURE_PEERING, "", id="a hub that may send on"),
        pytest.param(
            AZURE_GROUP + AZURE_SUBNET.replace("= azurerm_subnet.app.id", '= "/subscriptions/x/subnets/app"'),
            "",
            id="a subnet outside of the plan",
        ),
    ],
)
def test_a_group_of_azure(text: str, said: str) -> None:
    graph = graph_of(text)
    assert standing(graph, "azurerm_network_security_group.open") == Standing(said)
    assert standing(graph, "azurerm_network_security_rule.ssh") == Standing(said)


def test_a_public_machine_of_azure() -> None:
    graph = graph_of(AZURE_GROUP + AZURE_SUBNET + AZURE_PUBLIC)
    assert standing(graph, "azurerm_network_security_rule.ssh") == Standing("", ("azurerm_network_interface.app",))


def test_a_subnet_that_is_there_already() -> None:
    network = AZURE_SUBNET.partition('resource "azurerm_subnet_network')[0]
    graph = changed(network, AZURE_GROUP + AZURE_SUBNET + AZURE_CARD)
    assert standing(graph, "azurerm_network_security_group.open") == Standing()


GOOGLE = """
resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = false
}

resource "google_compute_firewall" "ssh" {
  name          = "ssh"
  network       = google_compute_network.main.name
  source_ranges = ["0.0.0.0/0"]
  allow {
    protocol = "tcp"
    ports    = ["22"]
  }
}

resource "google_compute_subnetwork" "app" {
  name          = "app"
  region        = "europe-west4"
  network       = google_compute_network.main.id
  ip_cidr_range = "10.0.0.0/24"
}
"""
GOOGLE_MACHINE = """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"
  network_interface {
    subnetwork = google_compute_subnetwork.app.id
  }
}
"""
GOOGLE_PUBLIC = GOOGLE_MACHINE.replace("app.id", "app.id\n    access_config {}")
GOOGLE_AUTOPILOT = """
resource "google_container_cluster" "shop" {
  name             = "shop"
  location         = "europe-west4"
  enable_autopilot = true
  network          = google_compute_network.main.id
}
"""
GOOGLE_WORKSTATIONS = """
resource "google_workstations_workstation_cluster" "team" {
  workstation_cluster_id = "team"
  network                = google_compute_network.main.id
  subnetwork             = google_compute_subnetwork.app.id
  location               = "europe-west4"
}
"""


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param(GOOGLE, Standing(), id="an empty network"),
        pytest.param(GOOGLE + GOOGLE_MACHINE, Standing(NOBODY_COMES), id="a private machine"),
        pytest.param(GOOGLE + GOOGLE_PUBLIC, Standing("", ("google_compute_instance.app",)), id="a public machine"),
        pytest.param(GOOGLE + GOOGLE_AUTOPILOT, Standing(), id="nodes of which the plan shows nothing"),
        pytest.param(
            GOOGLE
            + GOOGLE_AUTOPILOT.replace("= true", "= terraform_data.choice.output")
            + 'resource "terraform_data" "choice" {\n  input = false\n}\n',
            Standing("", ("google_container_cluster.shop",)),
            id="nodes of which the plan may show nothing",
        ),
        pytest.param(GOOGLE + GOOGLE_WORKSTATIONS, Standing(), id="machines of which the analysis knows nothing"),
        pytest.param(
            GOOGLE.replace("= google_compute_network.main.name", '= "shared"'), Standing(), id="a network elsewhere"
        ),
    ],
)
def test_a_rule_of_google(text: str, found: Standing) -> None:
    assert standing(graph_of(text), "google_compute_firewall.ssh") == found


def test_a_network_of_google_that_is_there_already() -> None:
    network = GOOGLE.partition('resource "google_compute_firewall"')[0]
    assert standing(changed(network, GOOGLE), "google_compute_firewall.ssh") == Standing()
