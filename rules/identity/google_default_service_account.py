"""Whose rights Google machines carry."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._google_machines import MACHINES, is_of_gke

_DEFAULT = "-compute@developer.gserviceaccount.com"
_FULL = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")


@rule(
    id="google-compute-default-service-account",
    severity="critical",
    domain="identity",
    resources=MACHINES,
    aliases=["CKV_GCP_30", "AVD-GCP-0044"],
    controls={"nist-800-53r5": ["AC-6"], "cis-gcp-2.0": ["4.1"]},
    links=["https://cloud.google.com/compute/docs/access/service-accounts#default_service_account"],
    bad={
        "account not named": """
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

  service_account {
    scopes = ["cloud-platform"]
  }
}
""",
        "narrow scopes": """
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

  service_account {
    scopes = ["logging-write", "monitoring-write"]
  }
}
""",
        "default account by name, in a template": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["https://www.googleapis.com/auth/devstorage.read_only"]
  }
}
""",
        "default account instead of that of the template": """
resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }
}
""",
        "default account by its data source": """
data "google_compute_default_service_account" "this" {}

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

  service_account {
    email  = data.google_compute_default_service_account.this.email
    scopes = ["cloud-platform"]
  }
}
""",
        "an account of this plan that was not chosen": """
variable "own_account" {
  type    = bool
  default = false
}

resource "google_service_account" "app" {
  account_id = "app-runner"
}

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

  service_account {
    email  = var.own_account ? google_service_account.app.email : ""
    scopes = ["logging-write"]
  }
}
""",
    },
    good={
        "an account of its own": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

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

  service_account {
    email  = google_service_account.app.email
    scopes = ["cloud-platform"]
  }
}
""",
        "an account of its own, in a template": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = "app-runner@acme-shop.iam.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }
}
""",
        "no account": """
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
        "the account of a template that is not in the plan": """
resource "google_compute_instance_from_template" "app" {
  name                     = "app"
  zone                     = "europe-west4-a"
  source_instance_template = "projects/acme-shop/global/instanceTemplates/app"
}
""",
        "a node of GKE": """
resource "google_compute_instance" "app" {
  name         = "gke-app-pool-1"
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

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }
}
""",
    },
    undetermined={
        "an account that is not known yet": """
resource "terraform_data" "account" {
  input = "app@acme-shop.iam.gserviceaccount.com"
}

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

  service_account {
    email  = terraform_data.account.output
    scopes = ["cloud-platform"]
  }
}
""",
    },
)
def default_service_account(instance: Resource) -> Iterator[Violation]:
    """Compute instance runs as the default service account.

    That account is Editor of the whole project unless someone took the role away, and every process on the machine
    can ask for its token: a flaw in one application is then the project. Scopes narrow it only for what asks with
    that token. Nodes of GKE (`gke-…`) are a matter of their pool.

    Create a `google_service_account` with the roles that the machine needs, and set
    `email = google_service_account.<name>.email` in `service_account`.
    """
    for path, _ in instance.blocks("service_account"):
        if not is_of_gke(instance) and _is_default(instance):
            yield violation(f"{path}.email", "runs as the default service account")


@rule(
    id="google-compute-default-service-account-full-scope",
    severity="critical",
    domain="identity",
    resources=MACHINES,
    aliases=["CKV_GCP_31"],
    controls={"nist-800-53r5": ["AC-6"], "cis-gcp-2.0": ["4.2"]},
    links=["https://cloud.google.com/compute/docs/access/service-accounts#default_service_account"],
    since="0.2.0",
    wider=["google-compute-default-service-account"],
    bad={
        "account not named": """
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

  service_account {
    scopes = ["cloud-platform"]
  }
}
""",
        "default account by name, in a template": """
resource "google_compute_instance_template" "app" {
  name_prefix  = "app-"
  machine_type = "e2-small"
  region       = "europe-west4"

  disk {
    source_image = "debian-cloud/debian-12"
    boot         = true
  }

  network_interface {
    subnetwork = "main"
  }

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["https://www.googleapis.com/auth/devstorage.read_only", "https://www.googleapis.com/auth/cloud-platform"]
  }
}
""",
    },
    good={
        "narrow scopes": """
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

  service_account {
    scopes = ["logging-write", "monitoring-write"]
  }
}
""",
        "an account of its own": """
resource "google_service_account" "app" {
  account_id = "app-runner"
}

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

  service_account {
    email  = google_service_account.app.email
    scopes = ["cloud-platform"]
  }
}
""",
        "an account that was there before": """
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

  service_account {
    email  = "app-runner@acme-shop.iam.gserviceaccount.com"
    scopes = ["https://www.googleapis.com/auth/cloud-platform"]
  }
}
""",
        "a node of GKE": """
resource "google_compute_instance" "app" {
  name         = "gke-app-pool-1"
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

  service_account {
    email  = "123456789012-compute@developer.gserviceaccount.com"
    scopes = ["cloud-platform"]
  }
}
""",
    },
    undetermined={
        "an account that is not known yet": """
resource "terraform_data" "account" {
  input = "app@acme-shop.iam.gserviceaccount.com"
}

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

  service_account {
    email  = terraform_data.account.output
    scopes = ["cloud-platform"]
  }
}
""",
    },
)
def default_service_account_full_scope(instance: Resource) -> Iterator[Violation]:
    """Compute instance runs as the default service account with full scope.

    With the scope `cloud-platform` the token of the machine holds all rights of the account, which is Editor of the
    whole project unless someone took the role away.

    Set `email = google_service_account.<name>.email` in `service_account`. Where the default account must stay, name
    the scopes that are used: `scopes = ["logging-write", "monitoring-write"]`.
    """
    for path, block in instance.blocks("service_account"):
        if any(scope in _FULL for scope in block["scopes"]) and not is_of_gke(instance) and _is_default(instance):
            yield violation(path, "the default service account with scope cloud-platform")


def _is_default(instance: Resource) -> bool:
    """Provider documentation: without an address, the machine takes the default account."""
    email = instance.effective("service_account.email", "")
    # What the address comes from says enough, before it is known.
    if instance.references("data.google_compute_default_service_account", via="service_account.email"):
        return True
    if is_unknown(email) and instance.references("google_service_account", via="service_account.email"):
        return False
    return not email or bool(email.endswith(_DEFAULT))
