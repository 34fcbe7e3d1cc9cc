"""Google Cloud: a bucket and who may read it, and firewalls."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Values, const, uses
from stacks.place import Place

_PORTS = {"admin": "22", "web": "443"}


def _project(place: Place) -> str:
    return f"acme-{place.service}-{place.environment}"


def _labels(place: Place) -> dict[str, str]:
    return {"environment": place.environment, "owner": place.team, "service": place.service}


def _bucket(place: Place, _: str) -> Values:
    name = f"{place.slug}-lake"
    return {
        "autoclass": [],
        "cors": [],
        "custom_placement_config": [],
        "default_event_based_hold": False,
        "effective_labels": {**_labels(place), "goog-terraform-provisioned": "true"},
        "enable_object_retention": False,
        "encryption": [],
        "force_destroy": False,
        "id": Own(name),
        "labels": _labels(place),
        "lifecycle_rule": [],
        "location": "EUROPE-WEST1",
        "logging": [],
        "name": name,
        "project": _project(place),
        "project_number": Own(412345678901),
        "public_access_prevention": "inherited" if place.one_in(6, "prevention") else "enforced",
        "requester_pays": None,
        "retention_policy": [],
        "self_link": Own(f"https://www.googleapis.com/storage/v1/b/{name}"),
        "soft_delete_policy": Own([{"retention_duration_seconds": 604800}]),
        "storage_class": "STANDARD",
        "terraform_labels": {**_labels(place), "goog-terraform-provisioned": "true"},
        "timeouts": None,
        "uniform_bucket_level_access": not place.one_in(6, "uniform"),
        "url": Own(f"gs://{name}"),
        "versioning": [{"enabled": True}],
        "website": [],
    }


def _firewall(place: Place, key: str) -> Values:
    name = f"{place.slug}-{key}"
    self_link = f"projects/{_project(place)}/global/firewalls/{name}"
    open_ = key == "web" or place.one_in(8, "firewall")
    return {
        "allow": [{"ports": [_PORTS[key]], "protocol": "tcp"}],
        "creation_timestamp": Own("2025-01-15T01:30:00.000-08:00"),
        "deny": [],
        "description": "",
        "destination_ranges": Own([]),
        "direction": Own("INGRESS"),
        "disabled": None,
        "id": Own(self_link),
        "log_config": [],
        "name": name,
        "network": f"projects/{_project(place)}/global/networks/main",
        "priority": 1000,
        "project": _project(place),
        "self_link": Own(f"https://www.googleapis.com/compute/v1/{self_link}"),
        "source_ranges": ["0.0.0.0/0"] if open_ else ["10.0.0.0/8"],
        "source_service_accounts": None,
        "source_tags": None,
        "target_service_accounts": None,
        "target_tags": [key],
        "timeouts": None,
    }


def _mail(place: Place) -> str:
    return f"{place.slug}@{_project(place)}.iam.gserviceaccount.com"


def _service_account(place: Place, _: str) -> Values:
    mail = _mail(place)
    name = f"projects/{_project(place)}/serviceAccounts/{mail}"
    return {
        "account_id": place.slug,
        "create_ignore_already_exists": None,
        "description": "",
        "disabled": False,
        "display_name": place.slug,
        "email": Own(mail),
        "id": Own(name),
        "member": Own(f"serviceAccount:{mail}"),
        "name": Own(name),
        "project": _project(place),
        "timeouts": None,
        "unique_id": Own(str(int(place.hex("unique", 16), 16))),
    }


def _reader(place: Place, _: str) -> Values:
    bucket = f"{place.slug}-lake"
    member = "allUsers" if place.one_in(10, "reader") else f"serviceAccount:{_mail(place)}"
    return {
        "bucket": f"b/{bucket}",
        "condition": [],
        "etag": Own("CAE="),
        "id": Own(f"b/{bucket}/roles/storage.objectViewer/{member}"),
        "member": Ref(member),
        "role": "roles/storage.objectViewer",
    }


LAKE = Kind(
    source="./modules/lake",
    blocks=(
        Block(
            "google_compute_firewall",
            "this",
            _firewall,
            {
                "allow": [{"ports": uses("each.value"), "protocol": const("tcp")}],
                "name": uses("var.name", "each.key"),
                "network": uses("var.network"),
                "source_ranges": uses("var.sources"),
            },
            tuple(_PORTS),
            const(_PORTS),
            old={"source_ranges": ["10.9.0.0/16"]},
            forces=("network", "default"),
            schema_version=1,
        ),
        Block("google_service_account", "this", _service_account, {"account_id": uses("var.name")}),
        Block(
            "google_storage_bucket",
            "lake",
            _bucket,
            {
                "labels": uses("var.labels"),
                "location": const("EUROPE-WEST1"),
                "name": uses("var.name"),
                "uniform_bucket_level_access": const(True),
            },
            old={"versioning": []},
            schema_version=3,
        ),
        Block(
            "google_storage_bucket_iam_member",
            "reader",
            _reader,
            {
                "bucket": uses("google_storage_bucket.lake.name"),
                "member": uses("google_service_account.this.email"),
                "role": const("roles/storage.objectViewer"),
            },
        ),
    ),
    inputs=lambda _: {"labels": uses("var.labels"), "name": uses("var.project", "each.key")},
)
