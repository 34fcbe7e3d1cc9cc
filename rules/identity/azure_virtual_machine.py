"""How people sign in to Azure virtual machines."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

_KEYS = ("tls_private_key", "azurerm_ssh_public_key", "data.azurerm_ssh_public_key")
_LINUX = ["azurerm_linux_virtual_machine", "azurerm_linux_virtual_machine_scale_set"]


@rule(
    id="azure-linux-vm-password-sign-in",
    severity="high",
    domain="identity",
    resources=["azurerm_virtual_machine", *_LINUX],
    aliases=["CKV_AZURE_1", "CKV_AZURE_49", "CKV_AZURE_149", "AVD-AZU-0039"],
    controls={"nist-800-53r5": ["IA-2", "IA-5"]},
    links=["https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed"],
    since="0.2.0",
    bad={
        "allowed on a machine": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                            = "vm-jump"
              resource_group_name             = "rg-jump"
              location                        = "westeurope"
              size                            = "Standard_B2s"
              admin_username                  = "ops"
              admin_password                  = "Chang3-me-soon"
              disable_password_authentication = false
              network_interface_ids           = ["nic-jump"]

              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_LRS"
              }
            }
        """,
        "allowed on a scale set that has a key as well": """
            resource "azurerm_linux_virtual_machine_scale_set" "web" {
              name                            = "vmss-web"
              resource_group_name             = "rg-web"
              location                        = "westeurope"
              sku                             = "Standard_D2s_v5"
              instances                       = 2
              admin_username                  = "ops"
              disable_password_authentication = false

              admin_ssh_key {
                username   = "ops"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
              }
            }
        """,
        "allowed on a machine of the older type": """
            resource "azurerm_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-jump"]

              os_profile {
                computer_name  = "jump"
                admin_username = "ops"
                admin_password = "Chang3-me-soon"
              }

              os_profile_linux_config {
                disable_password_authentication = false
              }
            }
        """,
    },
    good={
        "forbidden on a machine": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                            = "vm-jump"
              resource_group_name             = "rg-jump"
              location                        = "westeurope"
              size                            = "Standard_B2s"
              admin_username                  = "ops"
              disable_password_authentication = true
              network_interface_ids           = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
              }
            }
        """,
        "left to the default": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
              }
            }

            resource "azurerm_linux_virtual_machine_scale_set" "web" {
              name                = "vmss-web"
              resource_group_name = "rg-web"
              location            = "westeurope"
              sku                 = "Standard_D2s_v5"
              instances           = 2
              admin_username      = "ops"
            }
        """,
        "older type with a key only": """
            resource "azurerm_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              vm_size               = "Standard_B2s"
              network_interface_ids = ["nic-jump"]

              os_profile {
                computer_name  = "jump"
                admin_username = "ops"
              }

              os_profile_linux_config {
                disable_password_authentication = true

                ssh_keys {
                  path     = "/home/ops/.ssh/authorized_keys"
                  key_data = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
                }
              }
            }
        """,
        "older type with Windows": """
            resource "azurerm_virtual_machine" "office" {
              name                  = "vm-office"
              resource_group_name   = "rg-office"
              location              = "westeurope"
              vm_size               = "Standard_D2s_v5"
              network_interface_ids = ["nic-office"]

              os_profile {
                computer_name  = "office"
                admin_username = "ops"
                admin_password = "Chang3-me-soon"
              }

              os_profile_windows_config {
                provision_vm_agent = true
              }
            }
        """,
    },
    undetermined={
        "a setting that is not known yet": """
            resource "terraform_data" "setting" {
              input = true
            }

            resource "azurerm_linux_virtual_machine" "jump" {
              name                            = "vm-jump"
              resource_group_name             = "rg-jump"
              location                        = "westeurope"
              size                            = "Standard_B2s"
              admin_username                  = "ops"
              disable_password_authentication = terraform_data.setting.output
              network_interface_ids           = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
              }
            }
        """,
    },
)
def password_sign_in(machine: Resource) -> Iterator[Violation]:
    """Linux machine takes passwords for SSH.

    Passwords are guessed, reused and leaked. Whoever reaches port 22 can try them from everywhere, day and night; a
    key cannot be guessed.

    Set `disable_password_authentication = true` (the default but in `os_profile_linux_config` of
    `azurerm_virtual_machine`, where it is required), and name a key in `admin_ssh_key`.
    """
    if machine.type == "azurerm_virtual_machine":
        for path, config in machine.blocks("os_profile_linux_config"):
            if not config.get("disable_password_authentication"):
                yield violation(f"{path}.disable_password_authentication", "SSH takes passwords")
    # Provider documentation, both types: "disable_password_authentication … Defaults to true"
    elif not machine.effective("disable_password_authentication", True):
        yield violation("disable_password_authentication", "SSH takes passwords")


@rule(
    id="azure-linux-vm-without-ssh-key",
    severity="high",
    domain="identity",
    resources=_LINUX,
    aliases=["CKV_AZURE_178"],
    controls={"nist-800-53r5": ["IA-2", "IA-5"]},
    links=["https://learn.microsoft.com/azure/virtual-machines/linux/create-ssh-keys-detailed"],
    since="0.2.0",
    wider=["azure-linux-vm-password-sign-in"],
    bad={
        "machine with a password": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                            = "vm-jump"
              resource_group_name             = "rg-jump"
              location                        = "westeurope"
              size                            = "Standard_B2s"
              admin_username                  = "ops"
              admin_password                  = "Chang3-me-soon"
              disable_password_authentication = false
              network_interface_ids           = ["nic-jump"]
            }
        """,
        "scale set that says nothing": """
            resource "azurerm_linux_virtual_machine_scale_set" "web" {
              name                = "vmss-web"
              resource_group_name = "rg-web"
              location            = "westeurope"
              sku                 = "Standard_D2s_v5"
              instances           = 2
              admin_username      = "ops"
            }
        """,
        "empty key": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = ""
              }
            }
        """,
        "no key chosen": """
            variable "with_key" {
              type    = bool
              default = false
            }

            resource "tls_private_key" "ops" {
              algorithm = "ED25519"
            }

            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = var.with_key ? tls_private_key.ops.public_key_openssh : ""
              }
            }
        """,
    },
    good={
        "machine with a key": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
              }
            }
        """,
        "machine with an empty key and another one": """
            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = ""
              }

              admin_ssh_key {
                username   = "admin"
                public_key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe admin"
              }
            }
        """,
        "scale set with a key that this plan makes": """
            resource "tls_private_key" "web" {
              algorithm = "ED25519"
            }

            resource "azurerm_linux_virtual_machine_scale_set" "web" {
              name                = "vmss-web"
              resource_group_name = "rg-web"
              location            = "westeurope"
              sku                 = "Standard_D2s_v5"
              instances           = 2
              admin_username      = "ops"

              admin_ssh_key {
                username   = "ops"
                public_key = tls_private_key.web.public_key_openssh
              }
            }
        """,
        "machine with a key that Azure keeps": """
            resource "tls_private_key" "ops" {
              algorithm = "ED25519"
            }

            resource "azurerm_ssh_public_key" "ops" {
              name                = "ssh-ops"
              resource_group_name = "rg-jump"
              location            = "westeurope"
              public_key          = tls_private_key.ops.public_key_openssh
            }

            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = azurerm_ssh_public_key.ops.public_key
              }
            }
        """,
        "machine with a key that Azure has kept before": """
            data "azurerm_ssh_public_key" "ops" {
              name                = "ssh-ops"
              resource_group_name = "rg-jump"
            }

            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = data.azurerm_ssh_public_key.ops.public_key
              }
            }
        """,
    },
    undetermined={
        "a key that something else decides on": """
            resource "terraform_data" "key" {
              input = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIKe ops"
            }

            resource "azurerm_linux_virtual_machine" "jump" {
              name                  = "vm-jump"
              resource_group_name   = "rg-jump"
              location              = "westeurope"
              size                  = "Standard_B2s"
              admin_username        = "ops"
              network_interface_ids = ["nic-jump"]

              admin_ssh_key {
                username   = "ops"
                public_key = terraform_data.key.output
              }
            }
        """,
    },
)
def without_ssh_key(machine: Resource) -> Iterator[Violation]:
    """Linux machine has no SSH key.

    Without a key the only way in is a password, which can be guessed, reused and leaked.

    Name a key: `admin_ssh_key { username = "ops" public_key = file("ops.pub") }`, and leave
    `disable_password_authentication` at true.
    """
    for _, block in machine.blocks("admin_ssh_key"):
        key = block.get("public_key")
        # A key that this plan makes is one, although nobody knows it yet.
        if (is_unknown(key) and any(machine.references(kind, via="admin_ssh_key") for kind in _KEYS)) or key:
            return
    yield violation("", "no admin_ssh_key")
