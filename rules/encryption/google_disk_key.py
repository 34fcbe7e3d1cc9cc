"""With whose keys the disks of Google machines are encrypted."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_DISKS = ["google_compute_disk", "google_compute_region_disk"]
_KEY = "disk_encryption_key"
_SUPPLIED = ("raw_key", "rsa_encrypted_key")
_LINKS = ["https://cloud.google.com/compute/docs/disks/customer-managed-encryption"]


@rule(
    id="google-compute-disk-without-kms-key",
    severity="low",
    domain="encryption",
    resources=_DISKS,
    aliases=["AVD-GCP-0034"],
    controls={"nist-800-53r5": ["SC-12", "SC-28(1)"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"
  size = 100
}
""",
        "a key supplied by hand": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    raw_key = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }
}
""",
        "an empty name, in a region": """
resource "google_compute_region_disk" "data" {
  name          = "data"
  region        = "europe-west4"
  replica_zones = ["europe-west4-a", "europe-west4-b"]

  disk_encryption_key {
    kms_key_name = ""
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

resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    kms_key_self_link = google_kms_crypto_key.disks.id
  }
}
""",
        "a key by name, in a region": """
resource "google_compute_region_disk" "data" {
  name          = "data"
  region        = "europe-west4"
  replica_zones = ["europe-west4-a", "europe-west4-b"]

  disk_encryption_key {
    kms_key_name = "projects/acme-platform/locations/europe-west4/keyRings/main/cryptoKeys/disks"
  }
}
""",
    },
    undetermined={
        "a block over something that is not known yet": """
resource "terraform_data" "keys" {
  input = ["projects/acme-platform/locations/europe-west4/keyRings/main/cryptoKeys/disks"]
}

resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  dynamic "disk_encryption_key" {
    for_each = terraform_data.keys.output

    content {
      kms_key_self_link = disk_encryption_key.value
    }
  }
}
""",
        "a key that is not known yet, or none": """
resource "terraform_data" "key" {
  input = ""
}

resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    kms_key_self_link = terraform_data.key.output
  }
}
""",
    },
)
def disk_without_kms_key(disk: Resource) -> Iterator[Violation]:
    """Disk is not encrypted with a key of one's own in KMS.

    Google encrypts every disk, but with keys that nobody else can refuse or see at work. With a key in KMS each use
    stands in the log, and taking the key away locks everybody out at once.

    Set `disk_encryption_key { kms_key_self_link = google_kms_crypto_key.<name>.id }`, and let the service agent of
    Compute Engine use the key.
    """
    if not _has_kms_key(disk):
        yield violation(_KEY, "no key of KMS")


@rule(
    id="google-compute-disk-without-own-key",
    severity="low",
    domain="encryption",
    resources=_DISKS,
    aliases=["CKV_GCP_37"],
    controls={"nist-800-53r5": ["SC-12", "SC-28(1)"], "cis-gcp-2.0": ["4.7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["google-compute-disk-without-kms-key"],
    bad={
        "nothing said": """
resource "google_compute_disk" "data" {
  name  = "data"
  type  = "pd-ssd"
  zone  = "europe-west4-a"
  image = "debian-12"
}
""",
    },
    good={
        "a key of this plan": """
resource "google_kms_crypto_key" "disks" {
  name     = "disks"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    kms_key_self_link = google_kms_crypto_key.disks.id
  }
}
""",
        "a key supplied by hand": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    raw_key = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }
}
""",
        "a wrapped key supplied by hand": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    rsa_encrypted_key = "ieCx/NcW06PcT7Ep1X6LUTc/hLvUDYyzSZPPVCVPTV="
  }
}
""",
    },
)
def disk_without_own_key(disk: Resource) -> Iterator[Violation]:
    """Disk is not encrypted with a key of one's own.

    It is encrypted with keys that Google makes and keeps: nobody here can refuse their use, or see it.

    Set `disk_encryption_key { kms_key_self_link = google_kms_crypto_key.<name>.id }`.
    """
    if not _has_kms_key(disk) and not _has_one_of(disk, *_SUPPLIED):
        yield violation(_KEY, "no key of one's own")


def _has_kms_key(disk: Resource) -> bool:
    name = "kms_key_self_link" if disk.type == "google_compute_disk" else "kms_key_name"
    return _has_one_of(disk, name)


def _has_one_of(disk: Resource, *names: str) -> bool:
    return any(disk.is_set(f"{path}.{name}") for path, _ in disk.blocks(_KEY) for name in names)


@rule(
    id="google-compute-disk-key-in-plain-text",
    severity="critical",
    domain="encryption",
    resources=[*_DISKS, "google_compute_instance"],
    aliases=["AVD-GCP-0037"],
    controls={"nist-800-53r5": ["IA-5(7)", "SC-12"]},
    links=["https://cloud.google.com/compute/docs/disks/customer-supplied-encryption"],
    since="0.2.0",
    bad={
        "of a disk": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    raw_key = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }
}
""",
        "of a boot disk": """
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
        "of the second attached disk": """
resource "google_compute_instance" "app" {
  name         = "app"
  machine_type = "e2-small"
  zone         = "europe-west4-a"

  boot_disk {
    initialize_params {
      image = "debian-cloud/debian-12"
    }
  }

  attached_disk {
    source = "logs"
  }

  attached_disk {
    source                  = "data"
    disk_encryption_key_raw = "c29tZXRoaW5nIHRoYXQgaXMgMzIgYnl0ZXMgbG9uZy4="
  }

  network_interface {
    subnetwork = "main"
  }
}
""",
    },
    good={
        "a key in KMS": """
resource "google_compute_disk" "data" {
  name = "data"
  zone = "europe-west4-a"

  disk_encryption_key {
    kms_key_self_link = "projects/acme-platform/locations/europe-west4/keyRings/main/cryptoKeys/disks"
  }
}
""",
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
)
def disk_key_in_plain_text(resource: Resource) -> Iterator[Violation]:
    """Key of a disk stands in plain text.

    Whoever reads the code, the plan or the state has the key, and with a copy of the disk all that is on it.

    Take the raw key away, and name one in KMS: `kms_key_self_link = google_kms_crypto_key.<name>.id`.
    """
    if resource.type != "google_compute_instance":
        if resource.get(f"{_KEY}.raw_key"):
            yield violation(f"{_KEY}[0].raw_key", "the key itself")
        return
    for kind in ("boot_disk", "attached_disk"):
        for path, block in resource.blocks(kind):
            if block.get("disk_encryption_key_raw"):
                yield violation(f"{path}.disk_encryption_key_raw", "the key itself")
