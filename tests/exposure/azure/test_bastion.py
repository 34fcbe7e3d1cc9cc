"""Bastions: reached by everybody, they reach the machines of their own network and of those joined to it."""

from __future__ import annotations

import pytest

from planguard.exposure.azure.network import network_of
from tests.exposure.drawn import links, network_from, ways

TEXT = """
resource "azurerm_virtual_network" "it" {
  for_each            = { hub = "10.0.0.0/16", near = "10.1.0.0/16", far = "10.2.0.0/16" }
  name                = each.key
  resource_group_name = "rg"
  location            = "westeurope"
  address_space       = [each.value]
}
resource "azurerm_virtual_network_peering" "p" {
  name                      = "p"
  resource_group_name       = "rg"
  virtual_network_name      = azurerm_virtual_network.it["hub"].name
  remote_virtual_network_id = azurerm_virtual_network.it["near"].id
}
resource "azurerm_subnet" "bastion" {
  name                 = "AzureBastionSubnet"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.it["hub"].name
  address_prefixes     = ["10.0.1.0/26"]
}
resource "azurerm_public_ip" "b" {
  name                = "b"
  resource_group_name = "rg"
  location            = "westeurope"
  allocation_method   = "Static"
  sku                 = "Standard"
}
resource "azurerm_bastion_host" "b" {
  name                = "b"
  resource_group_name = "rg"
  location            = "westeurope"
  ip_configuration {
    name                 = "i"
    subnet_id            = azurerm_subnet.bastion.id
    public_ip_address_id = azurerm_public_ip.b.id
  }
}
resource "azurerm_subnet" "s" {
  name                 = "s"
  resource_group_name  = "rg"
  virtual_network_name = azurerm_virtual_network.it["WHERE"].name
  address_prefixes     = ["10.1.1.0/24"]
}
resource "azurerm_network_interface" "n" {
  name                = "n"
  resource_group_name = "rg"
  location            = "westeurope"
  ip_configuration {
    name                          = "i"
    subnet_id                     = azurerm_subnet.s.id
    private_ip_address_allocation = "Dynamic"
  }
}
resource "azurerm_linux_virtual_machine" "m" {
  name                  = "m"
  resource_group_name   = "rg"
  location              = "westeurope"
  size                  = "Standard_B1s"
  admin_username        = "ops"
  network_interface_ids = [azurerm_network_interface.n.id]
}
"""
LINK = ["azurerm_bastion_host.b -> azurerm_linux_virtual_machine.m"]


@pytest.mark.parametrize(("where", "expected"), [("hub", LINK), ("near", LINK), ("far", [])])
def test_a_bastion(where: str, expected: list[str]) -> None:
    network = network_from(TEXT.replace("WHERE", where), network_of)
    assert ways(network) == ["azurerm_bastion_host.b: 443/tcp whole"]
    assert links(network) == expected
