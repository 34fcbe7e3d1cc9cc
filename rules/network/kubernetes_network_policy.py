"""What a network policy lets in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._kubernetes_policy import POLICIES, open_ways

_LINKS = ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"]


@rule(
    id="kubernetes-network-policy-ingress-open-to-world",
    severity="high",
    domain="network",
    resources=POLICIES,
    aliases=["AVD-KUBE-0001"],
    controls={"nist-800-53r5": ["AC-4", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "in from every IPv4 address": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "web" }
    }

    ingress {
      from {
        ip_block {
          cidr   = "0.0.0.0/0"
          except = ["169.254.169.254/32"]
        }
      }

      ports {
        port     = "8080"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "everything in to every pod": """
resource "kubernetes_network_policy" "open" {
  metadata {
    name      = "open"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    ingress {}
    policy_types = ["Ingress"]
  }
}
""",
        "one port of every pod": """
resource "kubernetes_network_policy_v1" "metrics" {
  metadata {
    name      = "metrics"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    ingress {
      ports {
        port     = "9090"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "web" {
  manifest = {
    apiVersion = "networking.k8s.io/v1"
    kind       = "NetworkPolicy"
    metadata   = { name = "web", namespace = "shop" }
    spec = {
      podSelector = { matchLabels = { app = "web" } }
      ingress     = [{ from = [{ ipBlock = { cidr = "0.0.0.0/0" } }] }]
    }
  }
}
""",
    },
    good={
        "nothing in, nothing out": """
resource "kubernetes_network_policy_v1" "default_deny" {
  metadata {
    name      = "default-deny"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    policy_types = ["Ingress", "Egress"]
  }
}
""",
        "a range and a namespace": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "web" }
    }

    ingress {
      from {
        ip_block {
          cidr = "10.20.0.0/16"
        }
      }

      from {
        namespace_selector {
          match_labels = { name = "edge" }
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "every pod from one namespace": """
resource "kubernetes_network_policy_v1" "edge" {
  metadata {
    name      = "edge"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    ingress {
      from {
        namespace_selector {
          match_labels = { name = "edge" }
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "one port of the pods that are there for it": """
resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_expressions {
        key      = "app"
        operator = "In"
        values   = ["web"]
      }
    }

    ingress {
      ports {
        port     = "8080"
        protocol = "TCP"
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "a direction that the policy does not govern": """
resource "kubernetes_network_policy_v1" "worker" {
  metadata {
    name      = "worker"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    ingress {
      from {
        ip_block {
          cidr = "0.0.0.0/0"
        }
      }
    }

    policy_types = ["Egress"]
  }
}
""",
        "out to everywhere": """
resource "kubernetes_network_policy_v1" "out" {
  metadata {
    name      = "out"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    egress {}

    policy_types = ["Ingress", "Egress"]
  }
}
""",
        "manifest of another kind": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "policy.example.com/v1"
    kind       = "ReviewPolicy"
    metadata   = { name = "app" }
    spec = {
      podSelector = { matchLabels = { app = "web" } }
      ingress     = [{ from = [{ ipBlock = { cidr = "0.0.0.0/0" } }] }]
    }
  }
}
""",
    },
    undetermined={
        "a range that is not known yet": """
resource "terraform_data" "range" {
  input = "10.20.0.0/16"
}

resource "kubernetes_network_policy_v1" "web" {
  metadata {
    name      = "web"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "web" }
    }

    ingress {
      from {
        ip_block {
          cidr = terraform_data.range.output
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
    },
)
def network_policy_ingress_open_to_world(policy: Resource) -> Iterator[Violation]:
    """Network policy lets in every address.

    Policies only ever add up: what one of them allows, no other takes back. Open to all of the Internet, it undoes
    the default deny beside it for the pods that it selects.

    Name the ranges, namespaces or pods that need the way, `ip_block { cidr = "<range>" }`. Let traffic of the
    Internet end at a load balancer, and allow that.
    """
    yield from open_ways(policy, "ingress", "Ingress", "from")
