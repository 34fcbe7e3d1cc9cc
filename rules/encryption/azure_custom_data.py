"""Secrets in the scripts that machines in Azure start with."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._secrets import secrets_in, unpacked

_OLD = "azurerm_virtual_machine"


@rule(
    id="azure-vm-secret-in-custom-data",
    severity="medium",
    domain="encryption",
    resources=[
        _OLD,
        "azurerm_linux_virtual_machine",
        "azurerm_linux_virtual_machine_scale_set",
        "azurerm_windows_virtual_machine",
        "azurerm_windows_virtual_machine_scale_set",
    ],
    aliases=["CKV_AZURE_45", "AVD-AZU-0037"],
    controls={"nist-800-53r5": ["IA-5", "IA-5(7)", "SC-28"]},
    links=["https://learn.microsoft.com/azure/virtual-machines/custom-data"],
    since="0.2.0",
    bad={
        "password in a script": """
            resource "azurerm_virtual_machine" "app" {
              name                  = "vm-app"
              resource_group_name   = "rg-app"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-app"]

              os_profile {
                computer_name  = "app"
                admin_username = "ops"
                custom_data    = <<-EOT
                  #!/bin/bash
                  export DATABASE_PASSWORD=\\"Tr0ub4dor-and-3\\"
                  /opt/app/start
                EOT
              }
            }
        """,
        "access key in base64": """
            resource "azurerm_linux_virtual_machine" "app" {
              name                  = "vm-app"
              resource_group_name   = "rg-app"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-app"]

              custom_data = base64encode(<<-EOT
                #!/bin/bash
                export AWS_ACCESS_KEY_ID=AKIAIOSFODNN7EXAMPLE
                export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY
              EOT
              )
            }
        """,
    },
    good={
        "script without secrets": """
            resource "azurerm_virtual_machine" "app" {
              name                  = "vm-app"
              resource_group_name   = "rg-app"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-app"]

              os_profile {
                computer_name  = "app"
                admin_username = "ops"
                custom_data    = <<-EOT
                  #!/bin/bash
                  export GREETING="Hello there"
                  export DATABASE_PASSWORD=$(az keyvault secret show --id "$SECRET_ID" --query value -o tsv)
                EOT
              }
            }
        """,
        "no script": """
            resource "azurerm_virtual_machine" "app" {
              name                  = "vm-app"
              resource_group_name   = "rg-app"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-app"]

              os_profile {
                computer_name  = "app"
                admin_username = "ops"
              }
            }

            resource "azurerm_windows_virtual_machine" "office" {
              name                  = "vm-office"
              resource_group_name   = "rg-office"
              location              = "westeurope"
              size                  = "Standard_D2s_v5"
              admin_username        = "ops"
              admin_password        = "Chang3-me-soon"
              network_interface_ids = ["nic-office"]
            }
        """,
    },
    undetermined={
        "a script that something else writes": """
            resource "terraform_data" "script" {
              input = "#!/bin/bash"
            }

            resource "azurerm_virtual_machine" "app" {
              name                  = "vm-app"
              resource_group_name   = "rg-app"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-app"]

              os_profile {
                computer_name  = "app"
                admin_username = "ops"
                custom_data    = terraform_data.script.output
              }
            }
        """,
    },
)
def secret_in_custom_data(machine: Resource) -> Iterator[Violation]:
    """Start script of a machine holds a secret.

    Custom data can be read on the machine for ever, stands in the state of Terraform and in the history of the code,
    and goes with every copy of either.

    Take the secret out of `custom_data` and change it. Give the machine an `identity`, and let the script fetch the
    secret from a key vault when it starts.
    """
    path, script = _script_of(machine)
    if script:
        # Quotes that a script escapes are still quotes.
        for kind in secrets_in(unpacked(script).replace('\\"', '"')):
            yield violation(path, kind)


def _script_of(machine: Resource) -> tuple[str, Any]:
    if machine.type == _OLD:
        # Optional and computed: what nobody set is empty.
        return "os_profile[0].custom_data", machine.effective("os_profile.custom_data", "")
    return "custom_data", machine.bare_values.get("custom_data")
