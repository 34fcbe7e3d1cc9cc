"""Who reaches the shells of machines in Azure."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._azure_security_group import GROUP, RULE, open_ports


@rule(
    id="azure-nsg-ssh-open-to-world",
    severity="critical",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["CKV_AZURE_10", "AVD-AZU-0050"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-azure-2.0": ["6.2"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    since="0.2.0",
    wider=["azure-nsg-ingress-open-to-world"],
    bad={
        "SSH from the tag Internet": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "Internet"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "every port in an inline rule": """
resource "azurerm_network_security_group" "lab" {
  name                = "nsg-lab"
  location            = "westeurope"
  resource_group_name = "rg-lab"

  security_rule {
    name                       = "web"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "443"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "everything"
    priority                   = 110
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "0.0.0.0/0"
    destination_address_prefix = "*"
  }
}
""",
        "denied too late": """
resource "azurerm_network_security_group" "jump" {
  name                = "nsg-jump"
  location            = "westeurope"
  resource_group_name = "rg-jump"
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
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 4000
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "denied over IPv4 only": """
resource "azurerm_network_security_group" "dual" {
  name                = "nsg-dual"
  location            = "westeurope"
  resource_group_name = "rg-dual"

  security_rule {
    name                       = "deny-v4"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "*"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "0.0.0.0/0"
    destination_address_prefix = "*"
  }

  security_rule {
    name                         = "ssh"
    priority                     = 200
    direction                    = "Inbound"
    access                       = "Allow"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_ranges      = ["22"]
    source_address_prefixes      = ["0.0.0.0/0", "::/0"]
    destination_address_prefix   = "*"
  }
}
""",
        "denied from one source port only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "1024"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied for one machine only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "10.0.0.4"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied on another port": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied for a half of the Internet only": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefixes     = ["0.0.0.0/1", "128.0.0.0/1"]
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "0.0.0.0/1"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
    good={
        "SSH from a named range": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "198.51.100.0/24"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "HTTPS from anywhere, SSH out": """
resource "azurerm_network_security_group" "web" {
  name                = "nsg-web"
  location            = "westeurope"
  resource_group_name = "rg-web"

  security_rule {
    name                       = "https"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "443"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "ssh-out"
    priority                   = 110
    direction                  = "Outbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "ping"
    priority                   = 120
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Icmp"
    source_port_range          = "*"
    destination_port_range     = "*"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
        "SSH from everywhere denied before it is allowed": """
resource "azurerm_network_security_group" "jump" {
  name                = "nsg-jump"
  location            = "westeurope"
  resource_group_name = "rg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 90
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_ranges     = ["20-25", "3389"]
  source_address_prefix       = "Internet"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "all" {
  name                        = "all"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "an inline rule that denies": """
resource "azurerm_network_security_group" "closed" {
  name                = "nsg-closed"
  location            = "westeurope"
  resource_group_name = "rg-closed"

  security_rule {
    name                         = "ssh"
    priority                     = 200
    direction                    = "Inbound"
    access                       = "Allow"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_range       = "22"
    source_address_prefix        = "*"
    destination_address_prefix   = "10.1.0.0/16"
    destination_address_prefixes = []
  }

  security_rule {
    name                       = "deny"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "22"
    source_address_prefix      = "*"
    destination_address_prefix = "10.1.0.0/16"
  }
}
""",
        "denied under a name in another case": """
resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "RG-Jump"
  network_security_group_name = "NSG-Jump"
}
""",
        "denied in a group whose name is not known yet": """
resource "random_pet" "jump" {}

resource "azurerm_network_security_group" "jump" {
  name                = "nsg-${random_pet.jump.id}"
  location            = "westeurope"
  resource_group_name = "rg-jump"
}

resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}

resource "azurerm_network_security_rule" "deny" {
  name                        = "deny"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Deny"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = azurerm_network_security_group.jump.name
}
""",
        "HTTPS from an address that is not known yet": """
resource "azurerm_public_ip" "office" {
  name                = "pip-office"
  resource_group_name = "rg-jump"
  location            = "westeurope"
  allocation_method   = "Static"
}

resource "azurerm_network_security_rule" "https" {
  name                        = "https"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "443"
  source_address_prefix       = azurerm_public_ip.office.ip_address
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "a port that is not known yet, from the network": """
resource "terraform_data" "port" {
  input = "22"
}

resource "azurerm_network_security_rule" "app" {
  name                        = "app"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = terraform_data.port.output
  source_address_prefix       = "VirtualNetwork"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "198.51.100.0/24"
}

resource "azurerm_network_security_rule" "ssh" {
  name                        = "ssh"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "22"
  source_address_prefix       = terraform_data.setting.output
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
)
def ssh_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet at SSH (port 22).

    SSH that anyone can reach is found within minutes and tried with stolen and guessed passwords from then on; one
    weak account or one flaw in the server is enough to lose the machine.

    Name the ranges that may come in, `source_address_prefixes = ["198.51.100.0/24"]`, or take the rule away and go
    through Azure Bastion, a VPN or just-in-time access.
    """
    yield from open_ports(resource, 22)
