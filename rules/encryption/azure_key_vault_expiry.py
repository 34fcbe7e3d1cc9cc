"""Until when keys and secrets in Azure key vaults are valid."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

_TIMES = ("time_offset", "time_rotating", "time_static")


@rule(
    id="azure-key-vault-key-or-secret-never-expires",
    severity="medium",
    domain="encryption",
    resources=["azurerm_key_vault_key", "azurerm_key_vault_secret"],
    aliases=["CKV_AZURE_40", "CKV_AZURE_41", "AVD-AZU-0014", "AVD-AZU-0017"],
    controls={"nist-800-53r5": ["IA-5", "SC-12"], "cis-azure-2.0": ["8.1", "8.2", "8.3", "8.4"]},
    links=["https://learn.microsoft.com/azure/key-vault/general/best-practices"],
    since="0.2.0",
    bad={
        "key": """
            resource "azurerm_key_vault_key" "data" {
              name         = "data"
              key_vault_id = "kv-app"
              key_type     = "RSA"
              key_size     = 3072
              key_opts     = ["wrapKey", "unwrapKey"]
            }
        """,
        "secret": """
            variable "token" {
              type      = string
              sensitive = true
              default   = null
            }

            resource "azurerm_key_vault_secret" "token" {
              name         = "token"
              key_vault_id = "kv-app"
              value        = var.token
            }
        """,
        "key with an empty date": """
            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = ""
            }
        """,
        "no date chosen": """
            variable "expires" {
              type    = bool
              default = false
            }

            resource "time_offset" "year" {
              offset_years = 1
            }

            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = var.expires ? time_offset.year.rfc3339 : null
            }
        """,
    },
    good={
        "key": """
            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = "2030-12-31T23:59:59Z"
            }
        """,
        "secret": """
            variable "token" {
              type      = string
              sensitive = true
              default   = null
            }

            resource "azurerm_key_vault_secret" "token" {
              name            = "token"
              key_vault_id    = "kv-app"
              value           = var.token
              expiration_date = "2030-12-31T23:59:59Z"
            }
        """,
        "key, a year from a time": """
            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = timeadd("2029-01-01T00:00:00Z", "8760h")
            }
        """,
        "secret, a year from when it is made": """
            resource "time_offset" "year" {
              offset_years = 1
            }

            variable "token" {
              type      = string
              sensitive = true
              default   = null
            }

            resource "azurerm_key_vault_secret" "token" {
              name            = "token"
              key_vault_id    = "kv-app"
              value           = var.token
              expiration_date = time_offset.year.rfc3339
            }
        """,
        "keys, a year from when they are made or changed": """
            resource "time_static" "made" {}

            resource "time_rotating" "changed" {
              rotation_days = 365
            }

            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = timeadd(time_static.made.rfc3339, "8760h")
            }

            resource "azurerm_key_vault_key" "logs" {
              name            = "logs"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = time_rotating.changed.rotation_rfc3339
            }
        """,
        "secret, a year from each apply": """
            resource "azurerm_key_vault_secret" "token" {
              name            = "token"
              key_vault_id    = "kv-app"
              value           = "not-a-real-token"
              expiration_date = timeadd(timestamp(), "8760h")
            }
        """,
    },
    undetermined={
        "a date that is not known yet": """
            resource "terraform_data" "settings" {
              input = { until = "2030-12-31T23:59:59Z" }
            }

            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = terraform_data.settings.output.until
            }
        """,
        "a date that may come to nothing": """
            resource "time_offset" "year" {
              offset_years = 1
            }

            resource "terraform_data" "settings" {
              input = { expires = true }
            }

            resource "azurerm_key_vault_key" "data" {
              name            = "data"
              key_vault_id    = "kv-app"
              key_type        = "RSA"
              key_size        = 3072
              key_opts        = ["wrapKey", "unwrapKey"]
              expiration_date = terraform_data.settings.output.expires ? time_offset.year.rfc3339 : null
            }
        """,
    },
)
def never_expires(item: Resource) -> Iterator[Violation]:
    """Key or secret never expires.

    What never expires is never changed. A copy that leaked years ago, in a backup or with someone who left, still
    works.

    Set `expiration_date = "2026-12-31T23:59:59Z"`, and renew before that; for keys a `rotation_policy` does so by
    itself.
    """
    date = item.get("expiration_date")
    # What is computed from time resources alone is a time: never null, never empty.
    if is_unknown(date) and {one.type in _TIMES for one in item.references(via="expiration_date")} == {True}:
        return
    if not item.is_set("expiration_date"):
        yield violation("expiration_date", "no expiration_date")
