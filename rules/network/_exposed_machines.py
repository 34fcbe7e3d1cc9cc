"""Configurations that the examples of several rules build on: a machine with a public address at each cloud."""

from __future__ import annotations

AWS_NETWORK = """
resource "aws_vpc" "main" {
  cidr_block = "10.0.0.0/16"
}

resource "aws_internet_gateway" "main" {
  vpc_id = aws_vpc.main.id
}

resource "aws_subnet" "public" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.0.0/24"
}

resource "aws_subnet" "other" {
  vpc_id     = aws_vpc.main.id
  cidr_block = "10.0.1.0/24"
}

resource "aws_route_table" "public" {
  vpc_id = aws_vpc.main.id
  route {
    cidr_block = "0.0.0.0/0"
    gateway_id = aws_internet_gateway.main.id
  }
}

resource "aws_route_table_association" "public" {
  subnet_id      = aws_subnet.public.id
  route_table_id = aws_route_table.public.id
}

resource "aws_route_table_association" "other" {
  subnet_id      = aws_subnet.other.id
  route_table_id = aws_route_table.public.id
}
"""
"""A VPC with two public subnets."""

AWS_MACHINE = f"""{AWS_NETWORK}
resource "aws_instance" "app" {{
  ami                         = "ami-0123456789abcdef0"
  instance_type               = "t3.micro"
  subnet_id                   = aws_subnet.public.id
  vpc_security_group_ids      = [aws_security_group.app.id]
  associate_public_ip_address = true
}}
"""
"""It is in a group `app`, which is not there yet."""


def aws_group(ports: str, ranges: str = '["0.0.0.0/0"]', protocol: str = "tcp", more: str = "") -> str:
    """A security group `app` that opens some ports: ``22``, ``1024-65535``."""
    first, _, last = ports.partition("-")
    return f"""
resource "aws_security_group" "app" {{
  name   = "app"
  vpc_id = aws_vpc.main.id
  ingress {{
    from_port   = {first}
    to_port     = {last or first}
    protocol    = "{protocol}"
    cidr_blocks = {ranges}
  }}
{more}}}
"""


AZURE_NETWORK = """
resource "azurerm_virtual_network" "main" {
  name                = "vnet-app"
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
  network_security_group_id = azurerm_network_security_group.app.id
}
"""

AZURE_MACHINE = f"""{AZURE_NETWORK}
resource "azurerm_public_ip" "app" {{
  name                = "pip-app"
  location            = "westeurope"
  resource_group_name = "rg-app"
  allocation_method   = "Static"
  sku                 = "Standard"
}}

resource "azurerm_network_interface" "app" {{
  name                = "nic-app"
  location            = "westeurope"
  resource_group_name = "rg-app"
  ip_configuration {{
    name                          = "main"
    subnet_id                     = azurerm_subnet.app.id
    private_ip_address_allocation = "Dynamic"
    public_ip_address_id          = azurerm_public_ip.app.id
  }}
}}

resource "azurerm_linux_virtual_machine" "app" {{
  name                  = "vm-app"
  location              = "westeurope"
  resource_group_name   = "rg-app"
  size                  = "Standard_B2s"
  admin_username        = "operator"
  network_interface_ids = [azurerm_network_interface.app.id]
  os_disk {{
    caching              = "ReadWrite"
    storage_account_type = "Premium_LRS"
  }}
}}
"""
"""Its subnet has a security group `app`, which is not there yet."""


def azure_group(ports: str, source: str = "Internet", protocol: str = "Tcp") -> str:
    """A network security group `app` that opens some ports."""
    return f"""
resource "azurerm_network_security_group" "app" {{
  name                = "nsg-app"
  location            = "westeurope"
  resource_group_name = "rg-app"

  security_rule {{
    name                       = "app"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "{protocol}"
    source_port_range          = "*"
    destination_port_range     = "{ports}"
    source_address_prefix      = "{source}"
    destination_address_prefix = "*"
  }}
}}
"""


GOOGLE_MACHINE = """
resource "google_compute_network" "main" {
  name                    = "main"
  auto_create_subnetworks = true
}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"
  tags         = ["app"]
  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }
  network_interface {
    network = google_compute_network.main.id
    access_config {}
  }
}
"""


def google_rule(ports: str, source: str = "0.0.0.0/0", protocol: str = "tcp") -> str:
    """A firewall rule `app` that opens some ports of the machine."""
    return f"""
resource "google_compute_firewall" "app" {{
  name          = "app"
  network       = google_compute_network.main.name
  source_ranges = ["{source}"]
  target_tags   = ["app"]
  allow {{
    protocol = "{protocol}"
    ports    = ["{ports}"]
  }}
}}
"""


def kubernetes_service(image: str, port: int, kind: str = "LoadBalancer", ranges: str = "") -> str:
    """A deployment, and a service in front of it."""
    limit = f"\n    load_balancer_source_ranges = {ranges}" if ranges else ""
    return f"""
resource "kubernetes_deployment_v1" "app" {{
  metadata {{
    name      = "app"
    namespace = "shop"
  }}
  spec {{
    selector {{
      match_labels = {{ app = "app" }}
    }}
    template {{
      metadata {{
        labels = {{ app = "app" }}
      }}
      spec {{
        container {{
          name  = "app"
          image = "{image}"
        }}
      }}
    }}
  }}
}}

resource "kubernetes_service_v1" "app" {{
  metadata {{
    name      = "app"
    namespace = "shop"
  }}
  spec {{
    type     = "{kind}"
    selector = {{ app = "app" }}{limit}
    port {{
      port = {port}
    }}
  }}
}}
"""
