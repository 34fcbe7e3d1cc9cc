"""With whose keys the boot disks of Google machines are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_BOOT = "boot_disk"
_LINKS = ["https://cloud.google.com/compute/docs/disks/customer-managed-encryption"]


@rule(
    id="google-compute-boot-disk-without-kms-key",
    severity="low",
    domain="encryption",
    resources=["google_compute_instance"],
    aliases=["AVD-GCP-0033"],
    controls={"nist-800-53r5": ["SC-12", "SC-28(1)"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
        "a key supplied by hand": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    disk_encryption_key_raw = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
    good={
        "a key of this plan": """
resource "google_kms_crypto_key" "disks" {
  name     = "disks"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    kms_key_self_link = google_kms_crypto_key.disks.id
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
        "a disk of this plan, which is judged itself": """
resource "google_compute_disk" "boot" {
  name  = "boot"
  zone  = "europe-west4-a"
  image = "debian-cloud/debian-12"
}

resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    source = google_compute_disk.boot.self_link
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
    undetermined={
        "a disk that is there already": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    source = "projects/acme-shop/zones/europe-west4-a/disks/boot"
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
)
def boot_disk_without_kms_key(instance: Resource) -> Iterator[Violation]:
    """Boot disk of a Compute instance is not encrypted with a key of one's own in KMS.

    Google encrypts every disk, but with keys that nobody else can refuse or see at work. With a key in KMS each use
    stands in the log, and taking the key away locks everybody out at once.

    Set `kms_key_self_link = google_kms_crypto_key.<name>.id` in `boot_disk`, and let the service agent of Compute
    Engine use the key.
    """
    if not _has_kms_key(instance):
        yield violation(f"{_BOOT}[0]", "no key of KMS")


@rule(
    id="google-compute-boot-disk-without-own-key",
    severity="low",
    domain="encryption",
    resources=["google_compute_instance"],
    aliases=["CKV_GCP_38"],
    controls={"nist-800-53r5": ["SC-12", "SC-28(1)"], "cis-gcp-2.0": ["4.7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-compute-boot-disk-without-kms-key"],
    bad={
        "nothing said": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
    good={
        "a key supplied by hand": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    disk_encryption_key_raw = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
        "a key by name": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    kms_key_self_link = "projects/acme-platform/locations/europe-west4/keyRings/main/cryptoKeys/disks"
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
)
def boot_disk_without_own_key(instance: Resource) -> Iterator[Violation]:
    """Boot disk of a Compute instance is not encrypted with a key of one's own.

    It is encrypted with keys that Google makes and keeps: nobody here can refuse their use, or see it.

    Set `kms_key_self_link = google_kms_crypto_key.<name>.id` in `boot_disk`.
    """
    if not instance.is_set(f"{_BOOT}.disk_encryption_key_raw") and not _has_kms_key(instance):
        yield violation(f"{_BOOT}[0]", "no key of one's own")


def _has_kms_key(instance: Resource) -> bool:
    """A disk that is there already has its own key; one of this plan is judged itself."""
    if instance.is_set(f"{_BOOT}.source"):
        if instance.references("google_compute_disk", via=f"{_BOOT}.source"):
            return True
        return bool(instance.get(f"{_BOOT}.kms_key_self_link"))
    return instance.is_set(f"{_BOOT}.kms_key_self_link")
