"""Which services behind an Azure network security group the whole Internet reaches."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._azure_security_group import (
    GROUP,
    RULE,
    entries,
    first_world,
    is_shut,
    open_ports,
    passes,
    shown,
    sources,
)
from ._ranges import all_hold
from ._stepping_back import weighed


@rule(
    id="azure-nsg-http-open-to-world",
    severity="high",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["CKV_AZURE_160"],
    controls={"nist-800-53r5": ["AC-4", "SC-7", "SC-8"], "cis-azure-2.0": ["6.4"]},
    links=["https://learn.microsoft.com/azure/virtual-network/network-security-groups-overview"],
    since="0.2.0",
    wider=["azure-nsg-ingress-open-to-world"],
    bad={
        "port 80 from the tag Internet": """
            resource "azurerm_network_security_rule" "http" {
              name                        = "http"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "80"
              source_address_prefix       = "Internet"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-web"
              network_security_group_name = "nsg-web"
            }
        """,
        "within a range, inline, over IPv6": """
            resource "azurerm_network_security_group" "web" {
              name                = "nsg-web"
              location            = "westeurope"
              resource_group_name = "rg-web"

              security_rule {
                name                       = "web"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_ranges    = ["443", "79-81"]
                source_address_prefixes    = ["::/0"]
                destination_address_prefix = "*"
              }
            }
        """,
    },
    good={
        "HTTPS from anywhere, HTTP from the network": """
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
                name                       = "http"
                priority                   = 110
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "80"
                source_address_prefix      = "VirtualNetwork"
                destination_address_prefix = "*"
              }
            }
        """,
        "denied, out, and over UDP": """
            resource "azurerm_network_security_group" "web" {
              name                = "nsg-web"
              location            = "westeurope"
              resource_group_name = "rg-web"

              security_rule {
                name                       = "http"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "80"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "http-out"
                priority                   = 100
                direction                  = "Outbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "80"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "udp"
                priority                   = 110
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Udp"
                source_port_range          = "*"
                destination_port_range     = "80"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
    },
    undetermined={
        "a source that is not known yet": """
            resource "azurerm_public_ip" "office" {
              name                = "pip-office"
              resource_group_name = "rg-web"
              location            = "westeurope"
              allocation_method   = "Static"
            }

            resource "azurerm_network_security_rule" "http" {
              name                        = "http"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              destination_port_range      = "80"
              source_address_prefix       = azurerm_public_ip.office.ip_address
              destination_address_prefix  = "*"
              resource_group_name         = "rg-web"
              network_security_group_name = "nsg-web"
            }
        """,
    },
)
def http_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet at HTTP (port 80).

    What is sent over HTTP is read and changed by whoever sits on the way, passwords and sessions included; and a
    server that answers everyone is tried for every flaw that becomes known.

    Serve HTTPS only: `destination_port_range = "443"`. Leave redirects from HTTP to a gateway in front of the
    machine, and name its range in `source_address_prefix`.
    """
    yield from open_ports(resource, 80)


@rule(
    id="azure-nsg-udp-open-to-world",
    severity="high",
    domain="network",
    resources=[RULE, GROUP],
    aliases=["CKV_AZURE_77", "AVD-AZU-0074"],
    controls={"nist-800-53r5": ["SC-5", "SC-7"], "cis-azure-2.0": ["6.3"]},
    links=["https://learn.microsoft.com/azure/security/fundamentals/network-best-practices"],
    since="0.2.0",
    wider=["azure-nsg-ingress-open-to-world"],
    bad={
        "one port": """
            resource "azurerm_network_security_rule" "ntp" {
              name                        = "ntp"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Udp"
              source_port_range           = "*"
              destination_port_range      = "123"
              source_address_prefix       = "*"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-time"
              network_security_group_name = "nsg-time"
            }
        """,
        "every port, inline, in capitals": """
            resource "azurerm_network_security_group" "lab" {
              name                = "nsg-lab"
              location            = "westeurope"
              resource_group_name = "rg-lab"

              security_rule {
                name                       = "udp"
                priority                   = 100
                direction                  = "INBOUND"
                access                     = "ALLOW"
                protocol                   = "UDP"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefixes    = ["10.0.0.0/8", "0.0.0.0/0"]
                destination_address_prefix = "*"
              }
            }
        """,
        "from a network of length 0": """
            resource "azurerm_network_security_rule" "ntp" {
              name                        = "ntp"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Udp"
              source_port_range           = "*"
              destination_port_range      = "123"
              source_address_prefix       = "<nw>/0"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-time"
              network_security_group_name = "nsg-time"
            }
        """,
    },
    good={
        "from the network": """
            resource "azurerm_network_security_rule" "ntp" {
              name                        = "ntp"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Udp"
              source_port_range           = "*"
              destination_port_range      = "123"
              source_address_prefix       = "VirtualNetwork"
              destination_address_prefix  = "*"
              resource_group_name         = "rg-time"
              network_security_group_name = "nsg-time"
            }
        """,
        "out, denied, and TCP": """
            resource "azurerm_network_security_group" "web" {
              name                = "nsg-web"
              location            = "westeurope"
              resource_group_name = "rg-web"

              security_rule {
                name                       = "out"
                priority                   = 100
                direction                  = "Outbound"
                access                     = "Allow"
                protocol                   = "Udp"
                source_port_range          = "*"
                destination_port_range     = "53"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "deny"
                priority                   = 110
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "Udp"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "https"
                priority                   = 120
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Tcp"
                source_port_range          = "*"
                destination_port_range     = "443"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
        "denied before": """
            resource "azurerm_network_security_group" "time" {
              name                = "nsg-time"
              location            = "westeurope"
              resource_group_name = "rg-time"

              security_rule {
                name                       = "deny"
                priority                   = 100
                direction                  = "Inbound"
                access                     = "Deny"
                protocol                   = "*"
                source_port_range          = "*"
                destination_port_range     = "*"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }

              security_rule {
                name                       = "ntp"
                priority                   = 200
                direction                  = "Inbound"
                access                     = "Allow"
                protocol                   = "Udp"
                source_port_range          = "*"
                destination_port_range     = "123"
                source_address_prefix      = "*"
                destination_address_prefix = "*"
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = "VirtualNetwork"
            }

            resource "azurerm_network_security_rule" "ntp" {
              name                        = "ntp"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Udp"
              source_port_range           = "*"
              destination_port_range      = "123"
              source_address_prefix       = terraform_data.setting.output
              destination_address_prefix  = "*"
              resource_group_name         = "rg-time"
              network_security_group_name = "nsg-time"
            }
        """,
    },
)
def udp_open_to_world(resource: Resource) -> Iterator[Violation]:
    """Network security group lets the whole Internet send UDP.

    The sender of a UDP packet is easily forged. A service that answers everyone (DNS, NTP, SNMP) is used to flood
    others with its answers, and is itself flooded.

    Name the ranges that need the service in `source_address_prefixes`, or take the rule away.
    """
    for path, entry in entries(resource):
        if all_hold(
            *passes(entry, "inbound"),
            (entry.get("protocol"), lambda protocol: protocol.lower() == "udp"),
            (sources(entry), first_world),
        ) and not is_shut(resource, entry):
            yield weighed(resource, path, f"{shown(entry)} from {first_world(sources(entry))}")
