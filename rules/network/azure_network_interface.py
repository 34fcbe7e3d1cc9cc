"""Which machines in Azure have a public address."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation


@rule(
    id="azure-nic-public-ip",
    severity="medium",
    domain="network",
    resources=["azurerm_network_interface"],
    aliases=["CKV_AZURE_119", "AVD-AZU-0076"],
    controls={"nist-800-53r5": ["AC-17", "SC-7"]},
    links=["https://learn.microsoft.com/azure/bastion/bastion-overview"],
    since="0.2.0",
    bad={
        "address of this plan": """
            resource "azurerm_public_ip" "app" {
              name                = "pip-app"
              resource_group_name = "rg-app"
              location            = "westeurope"
              allocation_method   = "Static"
            }

            resource "azurerm_network_interface" "app" {
              name                = "nic-app"
              resource_group_name = "rg-app"
              location            = "westeurope"

              ip_configuration {
                name                          = "internal"
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
                public_ip_address_id          = azurerm_public_ip.app.id
              }
            }
        """,
        "in the second configuration, by id": """
            resource "azurerm_network_interface" "app" {
              name                = "nic-app"
              resource_group_name = "rg-app"
              location            = "westeurope"

              ip_configuration {
                name                          = "internal"
                primary                       = true
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
              }

              ip_configuration {
                name                          = "external"
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
                public_ip_address_id          = "/subscriptions/5f0c/resourceGroups/rg-app/pip"
              }
            }
        """,
    },
    good={
        "private address only": """
            resource "azurerm_network_interface" "app" {
              name                = "nic-app"
              resource_group_name = "rg-app"
              location            = "westeurope"

              ip_configuration {
                name                          = "internal"
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
              }
            }
        """,
        "public address for nobody": """
            resource "azurerm_public_ip" "gateway" {
              name                = "pip-gateway"
              resource_group_name = "rg-app"
              location            = "westeurope"
              allocation_method   = "Static"
            }

            resource "azurerm_network_interface" "app" {
              name                = "nic-app"
              resource_group_name = "rg-app"
              location            = "westeurope"

              ip_configuration {
                name                          = "internal"
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
                public_ip_address_id          = null
              }
            }
        """,
    },
    undetermined={
        "an address that something else decides on": """
            resource "terraform_data" "address" {
              input = "/subscriptions/5f0c/resourceGroups/rg-app/pip"
            }

            resource "azurerm_network_interface" "app" {
              name                = "nic-app"
              resource_group_name = "rg-app"
              location            = "westeurope"

              ip_configuration {
                name                          = "internal"
                subnet_id                     = "subnet-app"
                private_ip_address_allocation = "Dynamic"
                public_ip_address_id          = terraform_data.address.output
              }
            }
        """,
    },
)
def nic_public_ip(nic: Resource) -> Iterator[Violation]:
    """Network interface has a public address.

    The machine stands on the Internet itself: whatever listens on it is scanned within minutes, with nothing but a
    network security group in between.

    Take `public_ip_address_id` away. Let requests in through a load balancer or application gateway, people through
    Azure Bastion, and traffic out through a NAT gateway.
    """
    for path, _ in nic.blocks("ip_configuration"):
        if nic.is_set(f"{path}.public_ip_address_id"):
            yield violation(f"{path}.public_ip_address_id", "has a public address")
