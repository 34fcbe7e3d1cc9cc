"""What a network policy lets out."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._kubernetes_policy import POLICIES, open_ways

_LINKS = ["https://kubernetes.io/docs/concepts/services-networking/network-policies/"]


@rule(
    id="kubernetes-network-policy-egress-open-to-world",
    severity="high",
    domain="network",
    resources=POLICIES,
    aliases=["AVD-KUBE-0002"],
    controls={"nist-800-53r5": ["AC-4", "SC-7(5)"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "out to every IPv6 address": """
resource "kubernetes_network_policy_v1" "worker" {
  metadata {
    name      = "worker"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "worker" }
    }

    egress {
      to {
        ip_block {
          cidr = "10.0.0.0/8"
        }
      }

      to {
        ip_block {
          cidr = "::/0"
        }
      }
    }

    policy_types = ["Egress"]
  }
}
""",
        "everything out of every pod": """
resource "kubernetes_network_policy_v1" "out" {
  metadata {
    name      = "out"
    namespace = "shop"
  }

  spec {
    pod_selector {}
    egress {}

    policy_types = ["Egress"]
  }
}
""",
        "in halves, in a manifest": """
resource "kubernetes_manifest" "worker" {
  manifest = {
    apiVersion = "networking.k8s.io/v1"
    kind       = "NetworkPolicy"
    metadata   = { name = "worker", namespace = "shop" }
    spec = {
      podSelector = { matchLabels = { app = "worker" } }
      policyTypes = ["Egress"]
      egress      = [{ to = [{ ipBlock = { cidr = "128.0.0.0/1" } }, { ipBlock = { cidr = "0.0.0.0/1" } }] }]
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
        "name resolution for every pod": """
resource "kubernetes_network_policy_v1" "dns" {
  metadata {
    name      = "dns"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    egress {
      ports {
        port     = "53"
        protocol = "UDP"
      }
    }

    policy_types = ["Egress"]
  }
}
""",
        "any peer of the pods that are there for it": """
resource "kubernetes_network_policy_v1" "proxy" {
  metadata {
    name      = "proxy"
    namespace = "shop"
  }

  spec {
    pod_selector {
      match_labels = { app = "proxy" }
    }

    egress {}

    policy_types = ["Egress"]
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
    pod_selector {
      match_labels = { app = "worker" }
    }

    egress {
      to {
        ip_block {
          cidr = "0.0.0.0/0"
        }
      }
    }

    policy_types = ["Ingress"]
  }
}
""",
        "a range": """
resource "kubernetes_network_policy" "worker" {
  metadata {
    name      = "worker"
    namespace = "shop"
  }

  spec {
    pod_selector {}

    egress {
      to {
        ip_block {
          cidr = "10.20.0.0/16"
        }
      }
    }

    policy_types = ["Egress"]
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

    egress {
      to {
        ip_block {
          cidr = terraform_data.range.output
        }
      }
    }

    policy_types = ["Egress"]
  }
}
""",
    },
)
def network_policy_egress_open_to_world(policy: Resource) -> Iterator[Violation]:
    """Network policy lets pods out to every address.

    Policies only ever add up: what one of them allows, no other takes back. Whoever gets into such a pod fetches
    tools, takes orders and carries data away.

    Name the ranges, namespaces or pods that are needed, `ip_block { cidr = "<range>" }`. Let traffic to the Internet
    pass an egress gateway, and allow that.
    """
    yield from open_ways(policy, "egress", "Egress", "to")
