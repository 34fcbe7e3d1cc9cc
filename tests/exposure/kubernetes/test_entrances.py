"""What gets into a Kubernetes cluster: services, ingresses, gateways, ports of nodes, network policies."""

from __future__ import annotations

import pytest

from planguard.exposure.kubernetes.network import network_of
from tests.exposure.drawn import network_from, ways

WEB = "kubernetes_deployment.web"
DEPLOYMENT = """
resource "kubernetes_deployment" "web" {
  metadata {
    name = "web"
  }
  spec {
    selector {
      match_labels = { app = "web" }
    }
    template {
      metadata {
        labels = { app = "web", tier = "front" }
      }
      spec {
        container {
          name = "web"
          image = "IMAGE"
          port {
            container_port = 8080
            name = "http"
          }
        }
      }
    }
  }
}
"""


def service(kind: str, more: str = "", annotations: str = "", selector: str = 'app = "web"') -> str:
    return f"""
resource "kubernetes_service" "s" {{
  metadata {{
    name = "s"
    annotations = {{ {annotations} }}
  }}
  spec {{
    type = "{kind}"
    selector = {{ {selector} }}
    port {{
      port = 80
      target_port = "http"
    }}
    {more}
  }}
}}
"""


def found(*texts: str) -> list[str]:
    return ways(network_from("".join(texts).replace("IMAGE", "acme/web:1"), network_of))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(service("ClusterIP"), [], id="inside the cluster only"),
        pytest.param(service("LoadBalancer"), [f"{WEB}: 80/tcp whole"], id="a balancer"),
        pytest.param(
            service("LoadBalancer", 'load_balancer_source_ranges = ["8.8.8.0/24"]'),
            [f"{WEB}: 80/tcp narrow"],
            id="a balancer for a few",
        ),
        pytest.param(
            service("LoadBalancer", annotations='"service.beta.kubernetes.io/azure-load-balancer-internal" = "true"'),
            [],
            id="an internal balancer on Azure",
        ),
        pytest.param(
            service("LoadBalancer", annotations='"networking.gke.io/load-balancer-type" = "Internal"'),
            [],
            id="an internal balancer on Google Cloud",
        ),
        pytest.param(
            service("LoadBalancer", annotations='"service.beta.kubernetes.io/aws-load-balancer-type" = "external"'),
            [],
            id="the controller on AWS makes internal ones unless told otherwise",
        ),
        pytest.param(
            service(
                "LoadBalancer",
                annotations='"service.beta.kubernetes.io/aws-load-balancer-type" = "external"\n'
                '"service.beta.kubernetes.io/aws-load-balancer-scheme" = "internet-facing"\n',
            ),
            [f"{WEB}: 80/tcp whole"],
            id="and it is told",
        ),
        pytest.param(
            service("NodePort"), [f"{WEB}: nothing, perhaps 30000-32767/tcp whole"], id="a port of the nodes"
        ),
        pytest.param(
            service("LoadBalancer", selector='app = "other"'),
            ["kubernetes_service.s: 80/tcp whole"],
            id="nothing of the plan stands behind it",
        ),
    ],
)
def test_services(text: str, expected: list[str]) -> None:
    assert found(DEPLOYMENT, text) == expected


def test_an_image_says_that_it_is_a_database() -> None:
    text = DEPLOYMENT.replace("IMAGE", "docker.io/library/postgres:16") + service("LoadBalancer")
    assert [way.endpoint.kind for way in network_from(text, network_of).ways] == ["database"]


POLICY = """
resource "kubernetes_network_policy" "p" {
  metadata {
    name = "p"
  }
  spec {
    pod_selector {
      match_labels = { app = "APP" }
    }
    policy_types = ["Ingress"]
    ingress {
      from {
        ip_block {
          cidr = "8.8.8.0/24"
        }
      }
      ports {
        port = "8080"
        protocol = "TCP"
      }
    }
  }
}
"""


def test_a_policy_makes_what_is_certain_possible() -> None:
    text = DEPLOYMENT + service("LoadBalancer")
    assert found(text, POLICY.replace("APP", "web")) == [
        f"{WEB}: 80/tcp narrow",
        f"{WEB}: nothing, perhaps 80/tcp whole",
    ]
    assert found(text, POLICY.replace("APP", "other")) == [f"{WEB}: 80/tcp whole"]


def test_policies_add_up() -> None:
    other = POLICY.replace('"p"', '"q"').replace("8.8.8.0/24", "0.0.0.0/0")
    text = DEPLOYMENT + service("LoadBalancer") + (POLICY + other).replace("APP", "web")
    # IPv6 is let in by neither.
    assert found(text) == [f"{WEB}: 80/tcp whole", f"{WEB}: nothing, perhaps 80/tcp whole"]


def test_ports_of_a_node_are_possible() -> None:
    text = DEPLOYMENT.replace('name = "http"', 'name = "http"\n            host_port = 9090')
    assert found(text) == [f"{WEB}: nothing, perhaps 9090/tcp whole"]
    on_host = DEPLOYMENT.replace("        container {", "        host_network = true\n        container {")
    assert found(on_host) == [f"{WEB}: nothing, perhaps 8080/tcp whole"]


def ingress(class_: str, annotations: str = "") -> str:
    return f"""
resource "kubernetes_ingress_v1" "i" {{
  metadata {{
    name = "i"
    annotations = {{ {annotations} }}
  }}
  spec {{
    ingress_class_name = "{class_}"
    rule {{
      http {{
        path {{
          path = "/"
          backend {{
            service {{
              name = kubernetes_service.s.metadata[0].name
              port {{
                number = 80
              }}
            }}
          }}
        }}
      }}
    }}
  }}
}}
"""


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(ingress("nginx"), ["80, 443/tcp whole"], id="a class whose controller is public"),
        pytest.param(ingress("alb"), [], id="on AWS balancers are internal unless told otherwise"),
        pytest.param(
            ingress("alb", '"alb.ingress.kubernetes.io/scheme" = "internet-facing"'), ["80, 443/tcp whole"], id="told"
        ),
        pytest.param(ingress("gce-internal"), [], id="an internal class on Google Cloud"),
        pytest.param(
            ingress("nginx", '"nginx.ingress.kubernetes.io/whitelist-source-range" = "8.8.8.0/24,10.0.0.0/8"'),
            ["80, 443/tcp narrow"],
            id="a list of sources",
        ),
    ],
)
def test_ingresses(text: str, expected: list[str]) -> None:
    assert found(DEPLOYMENT, service("ClusterIP"), text) == [f"{WEB}: {one}" for one in expected]


def test_manifests_count_like_typed_resources() -> None:
    text = """
resource "kubernetes_manifest" "pod" {
  manifest = {
    apiVersion = "v1"
    kind = "Pod"
    metadata = { name = "m", namespace = "shop", labels = { app = "m" } }
    spec = { containers = [{ name = "m", image = "redis:7", ports = [{ containerPort = 6379 }] }] }
  }
}
resource "kubernetes_manifest" "service" {
  manifest = {
    apiVersion = "v1"
    kind = "Service"
    metadata = { name = "m", namespace = "shop" }
    spec = { type = "LoadBalancer", selector = { app = "m" }, ports = [{ port = 6379 }] }
  }
}
"""
    network = network_from(text, network_of)
    assert ways(network) == ["kubernetes_manifest.pod: 6379/tcp whole"]
    assert network.endpoints[0].kind == "cache"


def test_gateways_lead_to_the_services_of_their_routes() -> None:
    text = """
resource "kubernetes_manifest" "gateway" {
  manifest = {
    apiVersion = "gateway.networking.k8s.io/v1"
    kind = "Gateway"
    metadata = { name = "g" }
    spec = { gatewayClassName = "nginx", listeners = [{ name = "https", port = 443, protocol = "HTTPS" }] }
  }
}
resource "kubernetes_manifest" "route" {
  manifest = {
    apiVersion = "gateway.networking.k8s.io/v1"
    kind = "HTTPRoute"
    metadata = { name = "r" }
    spec = { parentRefs = [{ name = "g" }], rules = [{ backendRefs = [{ name = "s", port = 80 }] }] }
  }
}
"""
    assert found(DEPLOYMENT, service("ClusterIP"), text) == [f"{WEB}: 443/tcp whole"]


def test_what_cannot_be_read_is_a_gap() -> None:
    text = """
resource "terraform_data" "later" {}
resource "kubectl_manifest" "k" {
  yaml_body = terraform_data.later.output
}
resource "helm_release" "h" {
  name = "h"
  chart = "h"
}
"""
    assert [gap.code for gap in network_from(text, network_of).gaps] == [
        "kubernetes-chart",
        "kubernetes-manifest-unreadable",
    ]


def test_the_name_of_a_port_that_is_not_known_yet_stops_nothing() -> None:
    later = 'resource "terraform_data" "later" {}\n'
    text = DEPLOYMENT.replace('name = "http"', "name = terraform_data.later.output")
    assert found(later, text, service("LoadBalancer")) == [f"{WEB}: 80/tcp whole"]
