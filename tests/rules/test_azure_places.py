"""Where a violation of an Azure security group is said to stand: in a rule of its own, or in a block of the group."""

from __future__ import annotations

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.ruleset import RuleSet
from planguard.plan.source import example_plan
from planguard.schema import resource_schema
from tests.conftest import graph_from

GROUP = """
resource "azurerm_network_security_group" "app" {
  name                = "nsg-app"
  location            = "westeurope"
  resource_group_name = "rg-app"
  %s
}
"""
OPEN = """
  name                       = "rdp"
  priority                   = 100
  direction                  = "Inbound"
  access                     = "Allow"
  protocol                   = "Tcp"
  source_port_range          = "*"
  destination_port_range     = "3389"
  source_address_prefix      = "*"
  destination_address_prefix = "*"
"""
RULE = f"""
resource "azurerm_network_security_rule" "rdp" {{
  {OPEN}
  resource_group_name         = "rg-app"
  network_security_group_name = azurerm_network_security_group.app.name
}}
"""


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (GROUP % f"security_rule {{{OPEN}}}", "security_rule[0].destination_port_range"),
        (GROUP % "" + RULE, "destination_port_range"),
    ],
)
def test_an_open_port_stands_where_its_range_is_written(text: str, place: str, builtin_rules: RuleSet) -> None:
    [rule] = [one for one in builtin_rules.rules if one.id == "azure-nsg-rdp-open-to-world"]
    [found] = evaluate(graph_from(example_plan(text, table=resource_schema)), RuleSet((), [rule])).violations
    assert found.path == place
