"""How often Cloud KMS keys change."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given

_DAY = 86_400
_LONGEST = 90 * _DAY  # CIS 1.10


@rule(
    id="google-kms-key-rotation-missing",
    severity="high",
    domain="encryption",
    resources=["google_kms_crypto_key"],
    aliases=["CKV_GCP_43", "AVD-GCP-0065"],
    controls={"nist-800-53r5": ["SC-12"], "cis-gcp-2.0": ["1.10"]},
    links=["https://cloud.google.com/kms/docs/key-rotation"],
    bad={
        "no rotation": """
resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}
""",
        "once a year": """
resource "google_kms_crypto_key" "data" {
  name            = "data"
  key_ring        = "projects/acme-platform/locations/europe-west4/keyRings/main"
  purpose         = "ENCRYPT_DECRYPT"
  rotation_period = "31536000s"
}
""",
        "a second more than 90 days": """
resource "google_kms_crypto_key" "data" {
  name            = "data"
  key_ring        = "projects/acme-platform/locations/europe-west4/keyRings/main"
  rotation_period = "7776001s"
}
""",
    },
    good={
        "every 90 days": """
resource "google_kms_crypto_key" "data" {
  name            = "data"
  key_ring        = "projects/acme-platform/locations/europe-west4/keyRings/main"
  rotation_period = "7776000s"
}
""",
        "every 30 days and a half": """
resource "google_kms_crypto_key" "data" {
  name            = "data"
  key_ring        = "projects/acme-platform/locations/europe-west4/keyRings/main"
  rotation_period = "2635200.5s"
}
""",
        "a key that signs": """
resource "google_kms_crypto_key" "release" {
  name     = "release"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
  purpose  = "ASYMMETRIC_SIGN"

  version_template {
    algorithm = "EC_SIGN_P384_SHA384"
  }
}
""",
        "imported key material": """
resource "google_kms_crypto_key" "data" {
  name                          = "data"
  key_ring                      = "projects/acme-platform/locations/europe-west4/keyRings/main"
  import_only                   = true
  skip_initial_version_creation = true
}
""",
    },
)
def key_rotation_missing(key: Resource) -> Iterator[Violation]:
    """KMS key is not rotated, or too seldom.

    The longer one version of a key is in use, the more data is lost with it when it leaks, and nobody knows whether
    a change of keys would work when it is needed.

    Set `rotation_period` to "7776000s" (90 days) or less; what was encrypted before stays readable.
    """
    # Provider documentation: ENCRYPT_DECRYPT by default. KMS rotates no other keys by itself, and none whose
    # material comes from outside.
    if given(key, "purpose", "ENCRYPT_DECRYPT") != "ENCRYPT_DECRYPT" or given(key, "import_only", False):
        return
    period = key.get("rotation_period", "")
    if not period:
        yield violation("rotation_period", "no rotation_period: the key stays the same")
    elif float(period.removesuffix("s")) > _LONGEST:
        yield violation("rotation_period", f"rotated only every {float(period.removesuffix('s')) / _DAY:g} days")
