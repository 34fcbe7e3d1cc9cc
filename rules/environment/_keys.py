"""Keys that data is encrypted with, and what holds them."""

from __future__ import annotations

from planguard import Resource

KEYS: dict[str, str] = {
    "aws_cloudhsm_v2_cluster": "every key in the module",
    "aws_kms_custom_key_store": "every key in the store",
    "aws_kms_external_key": "the key",
    "aws_kms_key": "the key",
    "aws_kms_replica_external_key": "the key of this region",
    "aws_kms_replica_key": "the key of this region",
    "aws_paymentcryptography_key": "the key",
    "azurerm_dedicated_hardware_security_module": "every key in the module",
    "azurerm_key_vault": "every key, secret and certificate in the vault",
    "azurerm_key_vault_key": "every version of the key",
    "azurerm_key_vault_managed_hardware_security_module": "every key in the module",
    "azurerm_key_vault_managed_hardware_security_module_key": "every version of the key",
    "google_kms_crypto_key": "every version of the key",
    "google_kms_crypto_key_version": "this version of the key",
}
"""By resource type: what is lost with it. A Google key ring is not in it: it cannot be deleted."""


def time_to_undo(key: Resource) -> str:
    """How long the deletion can be taken back, where that is certain: ``, for good after 7 days``."""
    if key.type == "google_kms_crypto_key":
        duration = key.get("destroy_scheduled_duration")
        return f", for good after {duration}" if duration else ""
    if key.type.startswith("aws_kms_") and key.type != "aws_kms_custom_key_store":
        return f", for good after {key.get('deletion_window_in_days', 30)} days"
    return ""
