"""Whether a pod reaches the processes of its node."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ..identity._kubernetes_pods import WORKLOADS
from ._kubernetes_host import shared

_LINKS = ["https://kubernetes.io/docs/concepts/security/pod-security-standards/"]


@rule(
    id="kubernetes-host-pid-shared",
    severity="high",
    domain="network",
    resources=WORKLOADS,
    aliases=["CKV_K8S_17", "AVD-KSV-0010"],
    controls={"nist-800-53r5": ["AC-6", "SC-39"], "cis-kubernetes-1.23": ["5.2.3"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "a pod": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_pid = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "a daemon set, by a text": """
resource "kubernetes_daemonset" "agent" {
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
        host_pid = "true"

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "the manifest of a cron job": """
resource "kubernetes_manifest" "report" {
  manifest = {
    apiVersion = "batch/v1"
    kind       = "CronJob"
    metadata   = { name = "report", namespace = "shop" }
    spec = {
      schedule = "0 3 * * *"
      jobTemplate = {
        spec = {
          template = {
            spec = {
              hostPID       = true
              restartPolicy = "Never"
              containers    = [{ name = "report", image = "registry.example.com/report:1.0.0" }]
            }
          }
        }
      }
    }
  }
}
""",
    },
    good={
        "nothing said": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "refused": """
resource "kubernetes_deployment_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    selector {
      match_labels = { app = "shop" }
    }

    template {
      metadata {
        labels = { app = "shop" }
      }

      spec {
        host_pid = false
        share_process_namespace = true

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "other namespaces": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_network = true
    host_ipc = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_pid = terraform_data.choice.output

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
)
def host_pid_shared(workload: Resource) -> Iterator[Violation]:
    """Pod sees the processes of its node.

    It reads the environment of other pods' processes, passwords included, and stops or takes over those that its user
    may.

    Remove `host_pid = true`; for the containers of one pod `share_process_namespace = true` is enough.
    """
    yield from shared(workload, "host_pid", "process")


@rule(
    id="kubernetes-host-ipc-shared",
    severity="high",
    domain="network",
    resources=WORKLOADS,
    aliases=["CKV_K8S_18", "AVD-KSV-0008"],
    controls={"nist-800-53r5": ["AC-6", "SC-39"], "cis-kubernetes-1.23": ["5.2.4"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "a pod": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_ipc = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "a daemon set, by a text": """
resource "kubernetes_daemonset" "agent" {
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
        host_ipc = "true"

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "the manifest of a cron job": """
resource "kubernetes_manifest" "report" {
  manifest = {
    apiVersion = "batch/v1"
    kind       = "CronJob"
    metadata   = { name = "report", namespace = "shop" }
    spec = {
      schedule = "0 3 * * *"
      jobTemplate = {
        spec = {
          template = {
            spec = {
              hostIPC       = true
              restartPolicy = "Never"
              containers    = [{ name = "report", image = "registry.example.com/report:1.0.0" }]
            }
          }
        }
      }
    }
  }
}
""",
    },
    good={
        "nothing said": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
        "refused": """
resource "kubernetes_deployment_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    selector {
      match_labels = { app = "shop" }
    }

    template {
      metadata {
        labels = { app = "shop" }
      }

      spec {
        host_ipc = false

        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"
        }
      }
    }
  }
}
""",
        "other namespaces": """
resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_network = true
    host_pid = true

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = true
}

resource "kubernetes_pod_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    host_ipc = terraform_data.choice.output

    container {
      name  = "debug"
      image = "registry.example.com/debug:0.3.0"
    }
  }
}
""",
    },
)
def host_ipc_shared(workload: Resource) -> Iterator[Violation]:
    """Pod shares the memory of processes of its node.

    It reads and changes what processes of the node, and of other pods that do the same, hand to each other in shared
    memory.

    Remove `host_ipc = true`; containers of one pod share theirs anyway.
    """
    yield from shared(workload, "host_ipc", "IPC")
