"""Who reaches the remote desktops of machines in Azure."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._azure_security_group import GROUP, RULE, open_ports


@rule(
    id="azure-nsg-rdp-open-to-world",
    severity="critical",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["CKV_AZURE_9", "AVD-AZU-0048"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"], "cis-azure-2.0": ["6.1"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    since="0.2.0",
    wider=["azure-nsg-ingress-open-to-world"],
    bad={
        "from 0.0.0.0 without a length": """
resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "0.0.0.0"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "within a range, in lower case, over IPv6": """
resource "azurerm_network_security_rule" "range" {
  name                        = "range"
  priority                    = 200
  direction                   = "inbound"
  access                      = "allow"
  protocol                    = "*"
  source_port_range           = "*"
  destination_port_ranges     = ["443", "3380-3400"]
  source_address_prefixes     = ["10.0.0.0/8", "::/0"]
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "denied in another group": """
resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 300
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
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
  destination_port_range      = "*"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-other"
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
        "denied over IPv4 only": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                       = "deny"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "0.0.0.0/0"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "rdp"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
        "denied over IPv6 only": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                       = "deny"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "::/0"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "rdp"
    priority                   = 200
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
        "from Any, denied for other networks": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                         = "deny"
    priority                     = 100
    direction                    = "Inbound"
    access                       = "Deny"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_range       = "3389"
    source_address_prefix        = "*"
    destination_address_prefixes = ["10.0.1.0/24"]
  }

  security_rule {
    name                         = "rdp"
    priority                     = 200
    direction                    = "Inbound"
    access                       = "Allow"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_range       = "3389"
    source_address_prefix        = "Any"
    destination_address_prefixes = ["10.0.2.0/24"]
  }
}
""",
        "denied for other machines": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                                       = "deny"
    priority                                   = 100
    direction                                  = "Inbound"
    access                                     = "Deny"
    protocol                                   = "Tcp"
    source_port_range                          = "*"
    destination_port_range                     = "3389"
    source_address_prefix                      = "*"
    destination_application_security_group_ids = ["/subscriptions/5f0c/resourceGroups/rg-office/asg-data"]
  }

  security_rule {
    name                                       = "rdp"
    priority                                   = 200
    direction                                  = "Inbound"
    access                                     = "Allow"
    protocol                                   = "Tcp"
    source_port_range                          = "*"
    destination_port_range                     = "3389"
    source_address_prefix                      = "*"
    destination_application_security_group_ids = ["/subscriptions/5f0c/resourceGroups/rg-office/asg-desktops"]
  }
}
""",
        "denied for machines that are not known yet": """
resource "terraform_data" "machines" {
  input = ["/subscriptions/5f0c/resourceGroups/rg-office/asg-data"]
}

resource "azurerm_network_security_rule" "deny" {
  name                                       = "deny"
  priority                                   = 100
  direction                                  = "Inbound"
  access                                     = "Deny"
  protocol                                   = "Tcp"
  source_port_range                          = "*"
  destination_port_range                     = "3389"
  source_address_prefix                      = "*"
  destination_application_security_group_ids = terraform_data.machines.output
  resource_group_name                        = "rg-office"
  network_security_group_name                = "nsg-office"
}

resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 200
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "*"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-office"
  network_security_group_name = "nsg-office"
}
""",
    },
    good={
        "from a named range": """
resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = "198.51.100.0/24"
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
        "SSH from anywhere, RDP out": """
resource "azurerm_network_security_group" "jump" {
  name                = "nsg-jump"
  location            = "westeurope"
  resource_group_name = "rg-jump"

  security_rule {
    name                       = "ssh"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_ranges    = ["22", "3380-3388"]
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }

  security_rule {
    name                       = "rdp-out"
    priority                   = 110
    direction                  = "Outbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
        "HTTPS from anywhere, ping": """
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
        "denied over IPv4 and IPv6": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                         = "deny"
    priority                     = 100
    direction                    = "Inbound"
    access                       = "Deny"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_range       = "3389"
    source_address_prefix        = "*"
    destination_address_prefixes = ["10.0.1.0/24", "10.0.2.0/24"]
  }

  security_rule {
    name                         = "rdp"
    priority                     = 110
    direction                    = "Inbound"
    access                       = "Allow"
    protocol                     = "Tcp"
    source_port_range            = "*"
    destination_port_range       = "3389"
    source_address_prefixes      = ["0.0.0.0/0", "::/0"]
    destination_address_prefixes = ["10.0.1.0/24", "10.0.2.0/24"]
  }

  security_rule {
    name                       = "deny-both"
    priority                   = 120
    direction                  = "Inbound"
    access                     = "Deny"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefixes    = ["0.0.0.0/0", "::/0"]
    destination_address_prefix = "10.0.3.0/24"
  }

  security_rule {
    name                       = "rdp-more"
    priority                   = 130
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "3389"
    source_address_prefix      = "*"
    destination_address_prefix = "10.0.3.0/24"
  }
}
""",
        "a port by name, which Azure refuses": """
resource "azurerm_network_security_group" "office" {
  name                = "nsg-office"
  location            = "westeurope"
  resource_group_name = "rg-office"

  security_rule {
    name                       = "rdp"
    priority                   = 100
    direction                  = "Inbound"
    access                     = "Allow"
    protocol                   = "Tcp"
    source_port_range          = "*"
    destination_port_range     = "rdp"
    source_address_prefix      = "*"
    destination_address_prefix = "*"
  }
}
""",
    },
    undetermined={
        "a setting that is not known yet": """
resource "terraform_data" "setting" {
  input = "198.51.100.0/24"
}

resource "azurerm_network_security_rule" "rdp" {
  name                        = "rdp"
  priority                    = 100
  direction                   = "Inbound"
  access                      = "Allow"
  protocol                    = "Tcp"
  source_port_range           = "*"
  destination_port_range      = "3389"
  source_address_prefix       = terraform_data.setting.output
  destination_address_prefix  = "*"
  resource_group_name         = "rg-jump"
  network_security_group_name = "nsg-jump"
}
""",
    },
)
def rdp_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet at RDP (port 3389).

    Remote desktops that anyone can reach are the way in of most ransomware: passwords are tried day and night, and a
    flaw in the server needs no password at all.

    Name the ranges that may come in, `source_address_prefixes = ["198.51.100.0/24"]`, or take the rule away and go
    through Azure Bastion, a VPN or just-in-time access.
    """
    yield from open_ports(resource, 3389)
