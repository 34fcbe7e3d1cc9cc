"""What an Azure network security group lets in from everywhere, and out to everywhere."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._azure_security_group import (
    GROUP,
    RULE,
    entries,
    first_world,
    is_https_only,
    is_shut,
    passes,
    shown,
    sources,
    targets,
)
from ._ranges import all_hold
from ._stepping_back import weighed


@rule(
    id="azure-nsg-ingress-open-to-world",
    severity="critical",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["AVD-AZU-0047"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    since="0.2.0",
    bad={
        "every port": """
            resource "azurerm_network_security_rule" "all" {
              name                        = "all"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "*"
              source_port_range           = "*"
              destination_port_range      = "*"
              source_address_prefix       = "0.0.0.0/0"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-app"
              network_security_group_name = "nsg-app"
            }
        """,
        "a database, inline, over IPv6, in lower case": """
            resource "azurerm_network_security_group" "data" {
              name                = "nsg-data"
              location            = "westeurope"
              resource_group_name = "rg-data"

              security_rule {
                name                       = "web"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "443"
                source_address_prefix      = "10.0.0.0/8"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "postgres"
                priority                   = 110
                direction                  = "inbound"
                access                     = "allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_ranges    = ["443", "5432"]
                source_address_prefixes    = ["10.0.0.0/8", "::/0"]
                destination_address_prefix = "*"
              }
            }
        """,
        "denied over IPv4 only": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "deny"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "0.0.0.0/0"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "app"
                priority                   = 200
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "8080"
                source_address_prefixes    = ["0.0.0.0/0", "::/0"]
                destination_address_prefix = "*"
              }
            }
        """,
        "denied on another port only": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "deny"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "22"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "app"
                priority                   = 200
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "8080"
                source_address_prefix      = "Internet"
                destination_address_prefix = "*"
              }
            }
        """,
        "a list of ports that is empty": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "app"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_ranges    = []
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
    },
    good={
        "HTTPS for the public": """
            resource "azurerm_network_security_rule" "https" {
              name                        = "https"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "443"
              source_address_prefix       = "Internet"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-web"
              network_security_group_name = "nsg-web"
            }
        """,
        "ping": """
            resource "azurerm_network_security_rule" "ping" {
              name                        = "ping"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Icmp"
              source_port_range           = "*"
              destination_port_range      = "*"
              source_address_prefix       = "*"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-web"
              network_security_group_name = "nsg-web"
            }
        """,
        "a named range, a tag, out, and denied": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "office"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "8080"
                source_address_prefix      = "198.51.100.0/24"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "gateway"
                priority                   = 110
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "65200-65535"
                source_address_prefix      = "GatewayManager"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "out"
                priority                   = 120
                direction                  = "Outbound"
                access                     = "Allow"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "deny"
                priority                   = 4000
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
        "everything denied before": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "deny"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "Internet"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "app"
                priority                   = 200
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "8080"
                source_address_prefix      = "*"
                destination_address_prefix = "10.0.0.4"
              }
            }
        """,
        "HTTPS in the plural, with the singular empty": """
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
                destination_port_range     = ""
                destination_port_ranges    = ["443"]
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = "Internet"
            }

            resource "azurerm_network_security_rule" "https" {
              name                        = "https"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "443"
              source_address_prefix       = terraform_data.setting.output
              destination_address_prefix  = "*"
              resource_group_name         = "rg-web"
              network_security_group_name = "nsg-web"
            }
        """,
    },
)
def ingress_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet in.

    Whatever listens on that port is found by scanners within hours, and each flaw and each weak password in it can be
    tried by everyone. HTTPS (443) and ping are taken for meant.

    Name the ranges or service tags that need it: `source_address_prefixes = ["198.51.100.0/24"]`, or put a gateway in
    front that answers HTTPS only.
    """
    for path, entry in entries(resource):
        if all_hold(
            *passes(entry, "inbound"),
            (entry.get("protocol"), lambda protocol: protocol.lower() != "icmp"),
            (sources(entry), first_world),
        ):
            if is_https_only(entry) or is_shut(resource, entry):
                continue
            yield weighed(resource, path, f"{shown(entry)} from {first_world(sources(entry))}")


@rule(
    id="azure-nsg-egress-open-to-world",
    severity="medium",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["AVD-AZU-0051"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-7(5)"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    since="0.2.0",
    bad={
        "everything": """
            resource "azurerm_network_security_rule" "out" {
              name                        = "out"
              priority                    = 100
              direction                   = "Outbound"
              access                      = "Allow"
              protocol                    = "*"
              source_port_range           = "*"
              destination_port_range      = "*"
              source_address_prefix       = "*"
              destination_address_prefix  = "0.0.0.0/0"
              resource_group_name         = "rg-app"
              network_security_group_name = "nsg-app"
            }
        """,
        "mail, inline, in lower case": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                         = "mail"
                priority                     = 100
                direction                    = "outbound"
                access                       = "allow"
                protocol                     = "Tcp"
                source_port_range            = "*"
                destination_port_range       = "25"
                source_address_prefix        = "10.0.0.0/24"
                destination_address_prefixes = ["10.0.0.0/8", "::/0"]
              }
            }
        """,
    },
    good={
        "HTTPS to everywhere": """
            resource "azurerm_network_security_rule" "out" {
              name                        = "out"
              priority                    = 100
              direction                   = "Outbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "443"
              source_address_prefix       = "*"
              destination_address_prefix  = "Internet"
              resource_group_name         = "rg-app"
              network_security_group_name = "nsg-app"
            }
        """,
        "a named range, a tag, in, and denied": """
            resource "azurerm_network_security_group" "app" {
              name                = "nsg-app"
              location            = "westeurope"
              resource_group_name = "rg-app"

              security_rule {
                name                       = "partner"
                priority                   = 100
                direction                  = "Outbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "22"
                source_address_prefix      = "*"
                destination_address_prefix = "198.51.100.0/24"
              }

              security_rule {
                name                       = "storage"
                priority                   = 110
                direction                  = "Outbound"
                access                     = "Allow"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "Storage"
              }

              security_rule {
                name                       = "in"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "8080"
                source_address_prefix      = "198.51.100.0/24"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "deny"
                priority                   = 4000
                direction                  = "Outbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "Internet"
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = "Internet"
            }

            resource "azurerm_network_security_rule" "out" {
              name                        = "out"
              priority                    = 100
              direction                   = "Outbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "443"
              source_address_prefix       = "*"
              destination_address_prefix  = terraform_data.setting.output
              resource_group_name         = "rg-app"
              network_security_group_name = "nsg-app"
            }
        """,
    },
)
def egress_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets traffic out to the whole Internet.

    Code that an intruder got to run fetches its tools and sends away what it finds, on any port that is open. HTTPS
    (443) is taken for meant.

    Name the ranges or service tags that are needed: `destination_address_prefix = "Storage"`, and deny the rest with
    `access = "Deny"` to `Internet`; or send the traffic through a firewall that knows names.
    """
    for path, entry in entries(resource):
        if all_hold(*passes(entry, "outbound"), (targets(entry), first_world)) and not is_https_only(entry):
            yield violation(path, f"{shown(entry)} to {first_world(targets(entry))}")
