"""What gets to machines on Google Cloud: firewall rules, policies, forwarding rules, nodes."""

from __future__ import annotations

import pytest

from planguard.exposure.google.network import network_of
from tests.exposure.drawn import links, network_from, ways

NETWORK = """
resource "google_compute_network" "n" {
  name = "n"
  auto_create_subnetworks = false
}
resource "google_compute_subnetwork" "s" {
  name = "s"
  network = google_compute_network.n.id
  ip_cidr_range = "10.0.0.0/20"
}
"""
MACHINE = "google_compute_instance.m"


def machine(name: str = "m", more: str = "", access: str = "access_config {}", network: str = "") -> str:
    return f"""
resource "google_compute_instance" "{name}" {{
  name = "{name}"
  machine_type = "e2-small"
  zone = "europe-west1-b"
  boot_disk {{}}
  network_interface {{
    {network or "subnetwork = google_compute_subnetwork.s.id"}
    {access}
  }}
{more}
}}
"""


def firewall(name: str, body: str, network: str = "google_compute_network.n.name") -> str:
    return f'resource "google_compute_firewall" "{name}" {{\n  name = "{name}"\n  network = {network}\n{body}\n}}\n'


def opened(action: str, ports: str, more: str = 'source_ranges = ["0.0.0.0/0"]') -> str:
    return f'{more}\n{action} {{\n  protocol = "tcp"\n  ports = [{ports}]\n}}'


def found(*texts: str) -> list[str]:
    return ways(network_from("".join(texts), network_of))


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        pytest.param("", [], id="the implied rule denies"),
        pytest.param(firewall("a", opened("allow", '"22"')), [f"{MACHINE}: 22/tcp whole"], id="open to all"),
        pytest.param(firewall("a", opened("allow", '"22"', "")), [f"{MACHINE}: 22/tcp whole"], id="without a source"),
        pytest.param(
            firewall("a", opened("allow", '"22"', 'source_tags = ["bastion"]')), [], id="from machines of the network"
        ),
        pytest.param(
            firewall("a", opened("allow", '"22"', 'source_ranges = ["35.235.240.0/20"]')),
            [],
            id="from Google's own proxy",
        ),
        pytest.param(firewall("a", opened("allow", '"22"') + "\ndisabled = true"), [], id="a rule that is off"),
        pytest.param(firewall("a", opened("allow", '"22"') + '\ndirection = "EGRESS"'), [], id="a rule outwards"),
        pytest.param(
            firewall("a", opened("allow", '"20-30"')) + firewall("b", opened("deny", '"22"')),
            [f"{MACHINE}: 20-21, 23-30/tcp whole"],
            id="of one priority the rule that denies wins",
        ),
        pytest.param(
            firewall("a", opened("allow", '"22"')) + firewall("b", opened("deny", '"22"') + "\npriority = 1001"),
            [f"{MACHINE}: 22/tcp whole"],
            id="a later rule that denies comes too late",
        ),
        pytest.param(
            firewall("a", opened("allow", '"22"') + '\ntarget_tags = ["other"]'), [], id="a rule for other machines"
        ),
        pytest.param(
            firewall("a", opened("allow", '"22"') + '\ntarget_tags = ["web"]'),
            [f"{MACHINE}: 22/tcp whole"],
            id="a rule for its tag",
        ),
        pytest.param(firewall("a", opened("allow", '"22"'), '"other"'), [], id="a rule of another network"),
    ],
)
def test_rules_of_a_network(rules: str, expected: list[str]) -> None:
    assert found(NETWORK, machine(more='tags = ["web"]'), rules) == expected


def test_a_machine_without_an_external_address_is_not_reached() -> None:
    assert found(NETWORK, machine(access=""), firewall("a", opened("allow", '"22"'))) == []


def test_service_accounts_choose_machines() -> None:
    text = NETWORK + 'resource "google_service_account" "sa" {\n  account_id = "sa"\n}\n'
    rule = firewall("a", opened("allow", '"22"') + "\ntarget_service_accounts = [google_service_account.sa.email]")
    account = 'service_account {\n  email = google_service_account.sa.email\n  scopes = ["cloud-platform"]\n}'
    assert found(text, rule, machine(more=account), machine("other")) == [f"{MACHINE}: 22/tcp whole"]


def test_the_default_network_has_its_preset_rules() -> None:
    network = network_from(machine(network='network = "default"'), network_of)
    assert ways(network) == [f"{MACHINE}: 22/tcp whole", f"{MACHINE}: 3389/tcp whole", f"{MACHINE}: all/icmp whole"]
    assert all("google-default-network-rules" in way.assumptions for way in network.ways)


def test_rules_of_a_network_outside_the_plan_are_not_all_known() -> None:
    text = machine(network='network = "shared"') + firewall("a", opened("allow", '"22"'), '"shared"')
    assert found(text) == [
        f"{MACHINE}: nothing, perhaps 22/tcp whole",
        f"{MACHINE}: nothing, perhaps all/all whole",
    ]


@pytest.mark.parametrize(
    ("action", "before", "expected"),
    [
        pytest.param("deny", "", ["22/tcp whole"], id="a network policy comes behind the network's own rules"),
        pytest.param("deny", "BEFORE_CLASSIC_FIREWALL", [], id="unless the network asks it first"),
        pytest.param("goto_next", "BEFORE_CLASSIC_FIREWALL", ["22/tcp whole"], id="and it hands on"),
    ],
)
def test_network_policies(action: str, before: str, expected: list[str]) -> None:
    order = f'network_firewall_policy_enforcement_order = "{before}"' if before else ""
    text = NETWORK.replace("auto_create_subnetworks = false", f"auto_create_subnetworks = false\n  {order}")
    text += f"""
resource "google_compute_network_firewall_policy" "p" {{
  name = "p"
}}
resource "google_compute_network_firewall_policy_association" "a" {{
  name = "a"
  attachment_target = google_compute_network.n.id
  firewall_policy = google_compute_network_firewall_policy.p.name
}}
resource "google_compute_network_firewall_policy_rule" "first" {{
  firewall_policy = google_compute_network_firewall_policy.p.name
  priority = 10
  action = "{action}"
  direction = "INGRESS"
  match {{
    src_ip_ranges = ["0.0.0.0/0"]
    layer4_configs {{
      ip_protocol = "all"
    }}
  }}
}}
resource "google_compute_network_firewall_policy_rule" "second" {{
  firewall_policy = google_compute_network_firewall_policy.p.name
  priority = 20
  action = "allow"
  direction = "INGRESS"
  match {{
    src_ip_ranges = ["0.0.0.0/0"]
    layer4_configs {{
      ip_protocol = "tcp"
      ports = ["9999"]
    }}
  }}
}}
"""
    assert found(text, machine(), firewall("a", opened("allow", '"22"'))) == [f"{MACHINE}: {one}" for one in expected]


GROUP = """
resource "google_compute_instance_template" "t" {
  machine_type = "e2-small"
  disk {}
  network_interface {
    network = google_compute_network.n.id
  }
}
resource "google_compute_instance_group_manager" "g" {
  name = "g"
  base_instance_name = "g"
  zone = "europe-west1-b"
  version {
    instance_template = google_compute_instance_template.t.id
  }
}
"""


def test_what_passes_packets_on_leaves_it_to_the_firewall() -> None:
    text = (
        NETWORK
        + GROUP
        + """
resource "google_compute_region_backend_service" "b" {
  name = "b"
  load_balancing_scheme = "EXTERNAL"
  backend {
    group = google_compute_instance_group_manager.g.instance_group
  }
}
resource "google_compute_forwarding_rule" "f" {
  name = "f"
  load_balancing_scheme = "EXTERNAL"
  ports = ["80", "443"]
  backend_service = google_compute_region_backend_service.b.id
}
"""
    )
    assert found(text) == []
    opening = firewall("a", opened("allow", '"80", "8080"'))
    assert found(text, opening) == ["google_compute_instance_group_manager.g: 80/tcp whole"]
    assert found(text.replace('"EXTERNAL"', '"INTERNAL"'), opening) == []


def test_what_answers_itself_is_an_endpoint_and_reaches_the_machines() -> None:
    text = (
        NETWORK
        + GROUP
        + """
resource "google_compute_backend_service" "b" {
  name = "b"
  backend {
    group = google_compute_instance_group_manager.g.instance_group
  }
}
resource "google_compute_url_map" "u" {
  name = "u"
  default_service = google_compute_backend_service.b.id
}
resource "google_compute_target_https_proxy" "p" {
  name = "p"
  url_map = google_compute_url_map.u.id
}
resource "google_compute_global_forwarding_rule" "f" {
  name = "f"
  target = google_compute_target_https_proxy.p.id
  port_range = "443"
  load_balancing_scheme = "EXTERNAL_MANAGED"
}
"""
    )
    probes = firewall("a", opened("allow", '"8080"', 'source_ranges = ["35.191.0.0/16", "130.211.0.0/22"]'))
    network = network_from(text + probes, network_of)
    assert ways(network) == [
        "google_compute_global_forwarding_rule.f: 443/tcp whole",
        "google_compute_instance_group_manager.g: 8080/tcp whole",
    ]
    assert links(network) == ["google_compute_global_forwarding_rule.f -> google_compute_instance_group_manager.g"]


@pytest.mark.parametrize("is_private", [True, False])
def test_nodes_of_a_cluster(is_private: bool) -> None:
    private = f"private_cluster_config {{\n  enable_private_nodes = {str(is_private).lower()}\n}}"
    text = (
        NETWORK
        + f"""
resource "google_container_cluster" "c" {{
  name = "c"
  location = "europe-west1"
  network = google_compute_network.n.name
  remove_default_node_pool = true
  initial_node_count = 1
  {private}
  master_authorized_networks_config {{}}
}}
resource "google_container_node_pool" "p" {{
  cluster = google_container_cluster.c.name
  node_config {{
    tags = ["web"]
  }}
}}
"""
    )
    opening = firewall("a", opened("allow", '"30000-32767"') + '\ntarget_tags = ["web"]')
    expected = [] if is_private else ["google_container_node_pool.p: 30000-32767/tcp whole"]
    assert found(text, opening) == expected
