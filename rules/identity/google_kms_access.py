"""Who may use Cloud KMS keys."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Resource, Violation, rule

from ._google_iam import iam, public_grants, public_neighbours

_LINKS = ["https://cloud.google.com/kms/docs/iam"]
_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["AC-3", "SC-12"]}


@rule(
    id="google-kms-key-grant-to-everyone",
    severity="critical",
    domain="identity",
    resources=iam("kms_crypto_key"),
    aliases=["CKV_GCP_112"],
    controls=_CONTROLS,
    links=_LINKS,
    bad={
        "everyone decrypts": """
resource "google_kms_crypto_key_iam_member" "open" {
  crypto_key_id = "acme-shop/global/main/data"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "allUsers"
}
""",
        "every Google account, one of several": """
resource "google_kms_crypto_key_iam_binding" "open" {
  crypto_key_id = "acme-shop/global/main/data"
  role          = "roles/cloudkms.cryptoKeyEncrypter"
  members       = ["group:data@example.com", "allAuthenticatedUsers"]
}
""",
        "whole policy": """
data "google_iam_policy" "open" {
  binding {
    role    = "roles/cloudkms.cryptoKeyDecrypter"
    members = ["allUsers"]
  }
}

resource "google_kms_crypto_key_iam_policy" "open" {
  crypto_key_id = "acme-shop/global/main/data"
  policy_data   = data.google_iam_policy.open.policy_data
}
""",
    },
    good={
        "a group": """
resource "google_kms_crypto_key_iam_binding" "app" {
  crypto_key_id = "acme-shop/global/main/data"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  members       = ["group:data@example.com"]
}
""",
        "an account of this plan": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

resource "google_kms_crypto_key_iam_member" "app" {
  crypto_key_id = "acme-shop/global/main/data"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "serviceAccount:${google_service_account.app.email}"
}
""",
        "whole policy, an account of this plan among the members": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

data "google_iam_policy" "data" {
  binding {
    role    = "roles/cloudkms.cryptoKeyDecrypter"
    members = ["group:data@example.com", google_service_account.app.member]
  }
}

resource "google_kms_crypto_key_iam_policy" "data" {
  crypto_key_id = "acme-shop/global/main/data"
  policy_data   = data.google_iam_policy.data.policy_data
}
""",
        "whole policy, a group": """
resource "google_kms_crypto_key_iam_policy" "data" {
  crypto_key_id = "acme-shop/global/main/data"
  policy_data   = jsonencode({ bindings = [{ role = "roles/cloudkms.admin", members = ["group:kms@example.com"] }] })
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:data@example.com"
}

resource "google_kms_crypto_key_iam_member" "app" {
  crypto_key_id = "acme-shop/global/main/data"
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = terraform_data.member.output
}
""",
    },
)
def key_grant_to_everyone(access: Resource) -> Iterator[Violation]:
    """Role on a KMS key is granted to everyone.

    Whoever may use the key reads what it protects as soon as the ciphertext is in reach, or runs up its bill; with an
    administrator's role, anybody destroys it, and all that it encrypts is lost.

    Take `allUsers` and `allAuthenticatedUsers` out of `member`, `members` or the policy, and name the service
    accounts that use the key: `member = google_service_account.<name>.member`.
    """
    yield from public_grants(access)


@rule(
    id="google-kms-key-public",
    severity="critical",
    domain="identity",
    resources=["google_kms_crypto_key"],
    aliases=["CKV2_GCP_6"],
    controls=_CONTROLS,
    links=_LINKS,
    since="0.2.0",
    bad={
        "one member": """
resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_kms_crypto_key_iam_member" "open" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "allUsers"
}
""",
        "one of several members, beside a narrow grant": """
resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_kms_crypto_key_iam_member" "app" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "group:data@example.com"
}

resource "google_kms_crypto_key_iam_binding" "open" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyEncrypter"
  members       = ["group:data@example.com", "allAuthenticatedUsers"]
}
""",
        "by a policy": """
resource "google_kms_crypto_key" "orders" {
  name            = "orders"
  key_ring        = "projects/acme-shop/locations/europe/keyRings/shop"
  rotation_period = "7776000s"
}

resource "google_kms_crypto_key_iam_policy" "orders" {
  crypto_key_id = google_kms_crypto_key.orders.id

  policy_data = jsonencode({
    bindings = [{ role = "roles/cloudkms.cryptoKeyDecrypter", members = ["allUsers"] }]
  })
}
""",
    },
    good={
        "a group": """
resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_kms_crypto_key_iam_member" "data" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = "group:data@example.com"
}
""",
        "another key is public": """
resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_kms_crypto_key_iam_member" "open" {
  crypto_key_id = "acme-platform/europe-west4/main/published"
  role          = "roles/cloudkms.publicKeyViewer"
  member        = "allUsers"
}
""",
    },
    undetermined={
        "a member that is not known yet": """
resource "terraform_data" "member" {
  input = "group:data@example.com"
}

resource "google_kms_crypto_key" "data" {
  name     = "data"
  key_ring = "projects/acme-platform/locations/europe-west4/keyRings/main"
}

resource "google_kms_crypto_key_iam_member" "app" {
  crypto_key_id = google_kms_crypto_key.data.id
  role          = "roles/cloudkms.cryptoKeyDecrypter"
  member        = terraform_data.member.output
}
""",
    },
)
def key_public(key: Resource) -> Iterator[Violation]:
    """KMS key is open to everyone.

    An IAM resource of this plan lets anybody use or manage the key, so that it keeps nobody from what it encrypts.

    Take `allUsers` and `allAuthenticatedUsers` out of the IAM resources of the key, and name the service accounts
    that use it: `member = google_service_account.<name>.member`.
    """
    yield from public_neighbours(key, "kms_crypto_key", via="crypto_key_id")


@rule(
    id="google-kms-key-ring-public",
    severity="critical",
    domain="identity",
    resources=["google_kms_key_ring", *iam("kms_key_ring")],
    aliases=["CKV2_GCP_8"],
    controls=_CONTROLS,
    links=_LINKS,
    since="0.2.0",
    bad={
        "one member": """
resource "google_kms_key_ring" "main" {
  name     = "main"
  location = "europe-west4"
}

resource "google_kms_key_ring_iam_member" "open" {
  key_ring_id = google_kms_key_ring.main.id
  role        = "roles/cloudkms.cryptoKeyDecrypter"
  member      = "allUsers"
}
""",
        "one of several members, ring not in the plan": """
resource "google_kms_key_ring_iam_binding" "open" {
  key_ring_id = "acme-platform/europe-west4/main"
  role        = "roles/cloudkms.cryptoKeyEncrypter"
  members     = ["group:data@example.com", "allAuthenticatedUsers"]
}
""",
        "a grant that this plan forgets, and that goes on existing": (
            """
resource "google_kms_key_ring" "main" {
  name     = "main"
  location = "europe-west4"
}

resource "google_kms_key_ring_iam_member" "open" {
  key_ring_id = google_kms_key_ring.main.id
  role        = "roles/cloudkms.cryptoKeyDecrypter"
  member      = "allUsers"
}
""",
            """
resource "google_kms_key_ring" "main" {
  name     = "main"
  location = "europe-west4"
}

removed {
  from = google_kms_key_ring_iam_member.open
  lifecycle {
    destroy = false
  }
}
""",
        ),
    },
    good={
        "a group": """
resource "google_kms_key_ring" "main" {
  name     = "main"
  location = "europe-west4"
}

resource "google_kms_key_ring_iam_binding" "data" {
  key_ring_id = google_kms_key_ring.main.id
  role        = "roles/cloudkms.cryptoKeyDecrypter"
  members     = ["group:data@example.com"]
}
""",
        "nobody": """
resource "google_kms_key_ring" "main" {
  name     = "main"
  location = "europe-west4"
}
""",
    },
)
def key_ring_public(resource: Resource) -> Iterator[Violation]:
    """KMS key ring is open to everyone.

    A role on a ring counts for each of its keys, those of tomorrow included: anybody may use them.

    Take `allUsers` and `allAuthenticatedUsers` out of the IAM resources of the ring, and name groups or service
    accounts; better, grant on the single key with `google_kms_crypto_key_iam_member`.
    """
    if resource.type == "google_kms_key_ring":
        yield from public_neighbours(resource, "kms_key_ring", via="key_ring_id")
    else:
        yield from public_grants(resource)
