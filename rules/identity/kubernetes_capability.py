"""What of the kernel a container may use."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import field, inner
from ._kubernetes_pods import WORKLOADS, containers, titled

_ALL_POWERS = {"SYS_ADMIN", "CAP_SYS_ADMIN", "ALL", "CAP_ALL"}


@rule(
    id="kubernetes-capability-sys-admin",
    severity="high",
    domain="identity",
    resources=WORKLOADS,
    aliases=["CKV_K8S_39", "AVD-KSV-0005"],
    controls={"nist-800-53r5": ["AC-6", "CM-7", "SC-39"]},
    links=["https://man7.org/linux/man-pages/man7/capabilities.7.html"],
    bad={
        "SYS_ADMIN added": """
resource "kubernetes_daemon_set_v1" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    selector {
      match_labels = { app = "agent" }
    }

    template {
      metadata {
        labels = { app = "agent" }
      }

      spec {
        container {
          name  = "agent"
          image = "registry.example.com/agent:1.4.2"

          security_context {
            capabilities {
              add  = ["NET_ADMIN", "SYS_ADMIN"]
              drop = ["ALL"]
            }
          }
        }
      }
    }
  }
}
""",
        "all capabilities added": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"

      security_context {
        capabilities {
          add = ["ALL"]
        }
      }
    }
  }
}
""",
        "CAP_SYS_ADMIN in a manifest": """
resource "kubernetes_manifest" "debug" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "debug", namespace = "shop" }
    spec = {
      containers = [{
        name            = "debug"
        image           = "registry.example.com/debug:0.3.0"
        securityContext = { capabilities = { add = ["CAP_SYS_ADMIN"] } }
      }]
    }
  }
}
""",
        "in lower case": """
resource "kubernetes_pod_v1" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    container {
      name  = "agent"
      image = "registry.example.com/agent:1.4"

      security_context {
        capabilities {
          add = ["sys_admin"]
        }
      }
    }
  }
}
""",
        "all capabilities, with the prefix": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"

      security_context {
        capabilities {
          add = ["CAP_ALL"]
        }
      }
    }
  }
}
""",
    },
    good={
        "another capability": """
resource "kubernetes_pod_v1" "web" {
  metadata {
    name = "web"
  }

  spec {
    container {
      name  = "web"
      image = "registry.example.com/web:8.2.0"

      security_context {
        capabilities {
          add  = ["NET_BIND_SERVICE"]
          drop = ["ALL"]
        }
      }
    }
  }
}
""",
        "SYS_ADMIN dropped": """
resource "kubernetes_replication_controller_v1" "web" {
  metadata {
    name = "web"
  }

  spec {
    selector = { app = "web" }

    template {
      metadata {
        labels = { app = "web" }
      }

      spec {
        container {
          name  = "web"
          image = "registry.example.com/web:8.2.0"

          security_context {
            capabilities {
              drop = ["SYS_ADMIN"]
            }
          }
        }
      }
    }
  }
}
""",
    },
)
def capability_sys_admin(workload: Resource) -> Iterator[Violation]:
    """Container has the capability SYS_ADMIN.

    It allows mounting, namespaces, kernel tracing and much else: with it a container gets out to its node, so that
    it is as good as privileged.

    Take it out of `capabilities.add`, drop `ALL`, and add back what the container is known to need.
    """
    for place, container in containers(workload):
        path, capabilities = inner(*inner(place, container, "security_context"), "capabilities")
        for capability in field(capabilities, "add") or ():
            if capability.upper() in _ALL_POWERS:
                yield violation(f"{path}.add", f"{titled('container', container)} adds {capability}")
