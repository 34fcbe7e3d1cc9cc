"""Who gets to Google's managed services."""

from __future__ import annotations

import pytest

from planguard.exposure.google.network import network_of
from tests.exposure.drawn import links, network_from, ways


def found(*texts: str) -> list[str]:
    return ways(network_from("".join(texts), network_of))


def block(kind: str, body: str, name: str = "x") -> str:
    return f'resource "{kind}" "{name}" {{\n{body}\n}}\n'


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("", [], id="a public address without authorized networks"),
        pytest.param(
            'authorized_networks {\n  value = "0.0.0.0/0"\n}', ["5432/tcp whole"], id="everybody is authorized"
        ),
        pytest.param(
            'authorized_networks {\n  value = "0.0.0.0/1"\n}\nauthorized_networks {\n  value = "128.0.0.0/1"\n}',
            ["5432/tcp broad", "5432/tcp broad"],
            id="everybody in two halves",
        ),
        pytest.param(
            'ipv4_enabled = false\nauthorized_networks {\n  value = "0.0.0.0/0"\n}', [], id="no public address"
        ),
    ],
)
def test_cloud_sql(body: str, expected: list[str]) -> None:
    text = block(
        "google_sql_database_instance",
        f'database_version = "POSTGRES_15"\nsettings {{\n  tier = "x"\n  ip_configuration {{\n{body}\n  }}\n}}',
    )
    assert found(text) == [f"google_sql_database_instance.x: {one}" for one in expected]


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param("", ["443/tcp whole"], id="no authorized networks are all networks"),
        pytest.param("master_authorized_networks_config {}", [], id="an empty list is nobody"),
        pytest.param(
            'master_authorized_networks_config {\n  cidr_blocks {\n    cidr_block = "8.8.8.0/24"\n  }\n}',
            ["443/tcp narrow"],
            id="a list",
        ),
        pytest.param(
            "private_cluster_config {\n  enable_private_nodes = true\n  enable_private_endpoint = true\n}",
            [],
            id="private",
        ),
    ],
)
def test_control_plane(body: str, expected: list[str]) -> None:
    text = block(
        "google_container_cluster",
        f'name = "c"\nlocation = "europe-west1"\nremove_default_node_pool = true\ninitial_node_count = 1\n{body}',
    )
    assert found(text) == [f"google_container_cluster.x: {one}" for one in expected]


RUN = "google_cloud_run_v2_service"


@pytest.mark.parametrize(
    ("ingress", "member", "role", "expected"),
    [
        pytest.param("INGRESS_TRAFFIC_ALL", "allUsers", "roles/run.invoker", True, id="open"),
        pytest.param("INGRESS_TRAFFIC_ALL", "user:a@acme.example", "roles/run.invoker", False, id="for one person"),
        pytest.param("INGRESS_TRAFFIC_ALL", "allUsers", "roles/run.viewer", False, id="to look at only"),
        pytest.param("INGRESS_TRAFFIC_INTERNAL_ONLY", "allUsers", "roles/run.invoker", False, id="inside only"),
    ],
)
def test_cloud_run(ingress: str, member: str, role: str, expected: bool) -> None:
    service = f'name = "r"\nlocation = "europe-west1"\ningress = "{ingress}"\ntemplate {{}}'
    grant = f'name = {RUN}.x.name\nrole = "{role}"\nmember = "{member}"'
    lines = found(block(RUN, service), block(f"{RUN}_iam_member", grant))
    assert lines == ([f"{RUN}.x: 80, 443/tcp whole"] if expected else [])


def test_a_policy_made_by_a_data_source_counts() -> None:
    service = block(RUN, 'name = "r"\nlocation = "europe-west1"\ntemplate {}')
    text = (
        service
        + """
data "google_iam_policy" "p" {
  binding {
    role = "roles/run.invoker"
    members = ["allUsers"]
  }
}
resource "google_cloud_run_v2_service_iam_policy" "p" {
  name = google_cloud_run_v2_service.x.name
  policy_data = data.google_iam_policy.p.policy_data
}
"""
    )
    assert found(text) == [f"{RUN}.x: 80, 443/tcp whole"]


def test_a_function_of_the_second_generation_is_let_in_to_by_its_service() -> None:
    text = block("google_cloudfunctions2_function", 'name = "f"\nlocation = "europe-west1"') + block(
        "google_cloud_run_service_iam_member",
        'service = google_cloudfunctions2_function.x.name\nrole = "roles/run.invoker"\nmember = "allUsers"',
    )
    assert found(text) == ["google_cloudfunctions2_function.x: 443/tcp whole"]


@pytest.mark.parametrize(
    ("prevention", "member", "expected"),
    [
        pytest.param("inherited", "allUsers", True, id="open"),
        pytest.param("inherited", "allAuthenticatedUsers", True, id="to any Google account"),
        pytest.param("enforced", "allUsers", False, id="prevented"),
        pytest.param("inherited", "group:a@acme.example", False, id="for a group"),
    ],
)
def test_buckets(prevention: str, member: str, expected: bool) -> None:
    bucket = f'name = "b"\nlocation = "EU"\npublic_access_prevention = "{prevention}"'
    grant = f'bucket = google_storage_bucket.x.name\nrole = "roles/storage.objectViewer"\nmember = "{member}"'
    lines = found(block("google_storage_bucket", bucket), block("google_storage_bucket_iam_member", grant))
    assert lines == (["google_storage_bucket.x: 443/tcp whole"] if expected else [])


@pytest.mark.parametrize("uniform", [True, False])
def test_access_lists_count_without_uniform_access_only(uniform: bool) -> None:
    bucket = f'name = "b"\nlocation = "EU"\nuniform_bucket_level_access = {str(uniform).lower()}'
    entry = 'bucket = google_storage_bucket.x.name\nrole_entity = ["READER:allUsers"]'
    lines = found(block("google_storage_bucket", bucket), block("google_storage_bucket_acl", entry))
    assert lines == ([] if uniform else ["google_storage_bucket.x: 443/tcp whole"])


def test_a_private_database_is_reached_from_its_network() -> None:
    text = """
resource "google_compute_network" "n" {
  name = "n"
}
resource "google_compute_instance" "m" {
  name = "m"
  machine_type = "e2-small"
  boot_disk {}
  network_interface {
    network = google_compute_network.n.id
  }
}
resource "google_sql_database_instance" "d" {
  database_version = "MYSQL_8_0"
  settings {
    tier = "x"
    ip_configuration {
      ipv4_enabled = false
      private_network = google_compute_network.n.id
    }
  }
}
"""
    network = network_from(text, network_of)
    assert ways(network) == []
    assert links(network) == ["google_compute_instance.m -> google_sql_database_instance.d"]
