"""Keys that a plan destroys."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._before_after import dropped, edited
from ._destruction import cause, leftover
from ._keys import KEYS, time_to_undo
from ._reduction import Level, Setting, reductions
from ._stateful import kept_by


@change_rule(
    id="encryption-key-destroyed",
    severity="critical",
    domain="environment",
    resources=KEYS,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SC-12", "SC-28"]},
    links=["https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"],
    bad={
        "a vault replaced": (
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "westeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }
                """,
            """
                resource "azurerm_key_vault" "main" {
                  name                = "kv-acme-main"
                  location            = "northeurope"
                  resource_group_name = "rg-data"
                  tenant_id           = "c0ffee00-1111-4222-8333-444455556666"
                  sku_name            = "standard"
                }
                """,
            {"azurerm_key_vault.main": "location"},
        ),
        "a key deleted, and another made": (
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }
                """,
            """
                resource "aws_kms_key" "orders" {
                  description         = "Orders"
                  enable_key_rotation = true
                }
                """,
        ),
    },
    good={
        "a key that stays unmanaged": (
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }
                """,
            """
                removed {
                  from = aws_kms_key.data

                  lifecycle {
                    destroy = false
                  }
                }
                """,
        ),
        "a key deleted, and kept by its provider": dropped(
            """
                resource "google_kms_crypto_key" "orders" {
                  name            = "orders"
                  key_ring        = "projects/acme-platform/locations/europe/keyRings/main"
                  deletion_policy = "ABANDON"
                }
            """,
            """
                resource "google_kms_crypto_key" "returns" {
                  name            = "returns"
                  key_ring        = "projects/acme-platform/locations/europe/keyRings/main"
                  deletion_policy = "ABANDON"
                }
            """,
        ),
        "an alias deleted": (
            """
                resource "aws_kms_key" "data" {
                  description         = "Data"
                  enable_key_rotation = true
                }

                resource "aws_kms_alias" "data" {
                  name          = "alias/data"
                  target_key_id = aws_kms_key.data.key_id
                }
                """,
            """
                resource "aws_kms_key" "data" {
                  description         = "Data of all shops"
                  enable_key_rotation = true
                }
                """,
        ),
    },
)
def encryption_key_destroyed(change: Change) -> Iterator[Violation]:
    """Encryption key is destroyed.

    Without the key, everything that is encrypted with it is lost: volumes, databases, objects, and the backups of
    all of them, in every account that uses it.

    Disable the key first and wait until nothing complains; look at its use in the audit log. Encrypt anew what is to
    be kept, then delete the key in a plan of its own.
    """
    key = change.before
    if not key or not change.destroys or kept_by(key):
        return
    path, replacement = cause(change)
    act = f"{replacement} destroys" if change.action == "replace" else "deletes"
    yield violation(path, f"{act} {KEYS[change.type]}{leftover(change)}{time_to_undo(key)}")


_ENABLED = (Level("enabled", ((True, None),)),)
_SWITCHES: dict[str, tuple[Setting, ...]] = {
    "aws_kms_external_key": _ENABLED,
    "aws_kms_key": (Level("is_enabled"),),
    "aws_kms_replica_external_key": _ENABLED,
    "aws_kms_replica_key": _ENABLED,
    "aws_paymentcryptography_key": _ENABLED,
    "google_kms_crypto_key_version": (Level("state", ("ENABLED",)),),
}

_KEY = """
            resource "aws_kms_key" "orders" {
              description             = "orders"
              enable_key_rotation     = true
              deletion_window_in_days = 30
            }
"""


@change_rule(
    id="encryption-key-disabled",
    severity="high",
    domain="environment",
    resources=_SWITCHES,
    controls={"nist-800-53r5": ["CM-3", "CP-10", "SC-12"]},
    links=["https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html"],
    since="0.2.0",
    bad={
        "switched off": (_KEY, _KEY.replace("enable_key_rotation     = true", "is_enabled              = false")),
        "a key whose material is from elsewhere": edited(
            """
            resource "aws_kms_external_key" "orders" {
              description = "orders"
              enabled     = true
            }
            """,
            "true",
            "false",
        ),
        "a key of which nothing was said": (
            """
            resource "aws_kms_replica_key" "orders" {
              primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-00112233445566778899aabbccddeeff"
            }
            """,
            """
            resource "aws_kms_replica_key" "orders" {
              primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-00112233445566778899aabbccddeeff"
              enabled         = false
            }
            """,
        ),
        "a version of a key": (
            """
            resource "google_kms_crypto_key_version" "orders" {
              crypto_key = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/orders"
              state      = "ENABLED"
            }
            """,
            """
            resource "google_kms_crypto_key_version" "orders" {
              crypto_key = "projects/example/locations/europe-west1/keyRings/shop/cryptoKeys/orders"
              state      = "DISABLED"
            }
            """,
        ),
    },
    good={
        "keys that stay switched on": edited(
            """
            resource "aws_kms_external_key" "orders" {
              description = "orders"
              enabled     = true
            }

            resource "aws_kms_replica_external_key" "orders" {
              description     = "orders"
              primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-0123456789abcdef0123456789abcdef"
              enabled         = true
            }

            resource "aws_kms_replica_key" "orders" {
              description     = "orders"
              primary_key_arn = "arn:aws:kms:us-east-1:111122223333:key/mrk-00112233445566778899aabbccddeeff"
              enabled         = true
            }

            resource "aws_paymentcryptography_key" "orders" {
              exportable = true
              enabled    = true
              tags = {
                purpose = "orders"
              }
              key_attributes {
                key_algorithm = "TDES_3KEY"
                key_class     = "SYMMETRIC_KEY"
                key_usage     = "TR31_P0_PIN_ENCRYPTION_KEY"
              }
            }
            """,
            '"orders"\n',
            '"orders and returns"\n',
        ),
        "switched on": (_KEY.replace("enable_key_rotation     = true", "is_enabled              = false"), _KEY),
        "another description": (_KEY, _KEY.replace('"orders"\n', '"orders and returns"\n')),
        "made switched off": (
            """
            resource "aws_kms_key" "returns" {
              description = "returns"
            }
            """,
            """
            resource "aws_kms_key" "returns" {
              description = "returns"
            }

            resource "aws_kms_key" "orders" {
              description = "orders"
              is_enabled  = false
            }
            """,
        ),
    },
    undetermined={
        "not known yet": (
            _KEY,
            _KEY.replace("enable_key_rotation     = true", "is_enabled              = terraform_data.on.output")
            + """
            resource "terraform_data" "on" {
              input = true
            }
            """,
        ),
    },
)
def encryption_key_disabled(change: Change) -> Iterator[Violation]:
    """Encryption key is switched off.

    From the moment of the apply nobody can read what is encrypted with the key: volumes cannot be attached, objects
    cannot be opened, databases stop within minutes. Nothing is lost, but everything stands still.

    Look at the use of the key in the audit log first, and switch it off when there has been none for some weeks. To
    keep a key from being used for new data, give its users another one.
    """
    yield from reductions(change, _SWITCHES[change.type])
