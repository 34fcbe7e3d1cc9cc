"""What a container may do to the node that it runs on."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import field, inner
from ._kubernetes_pods import WORKLOADS, containers, titled


@rule(
    id="kubernetes-container-privileged",
    severity="high",
    domain="identity",
    resources=WORKLOADS,
    aliases=["CKV_K8S_16", "AVD-KSV-0017"],
    controls={"nist-800-53r5": ["AC-6", "CM-7", "SC-39"], "cis-kubernetes-1.23": ["5.2.2"]},
    links=["https://kubernetes.io/docs/concepts/security/pod-security-standards/"],
    bad={
        "a privileged pod": """
resource "kubernetes_pod_v1" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    container {
      name  = "agent"
      image = "registry.example.com/agent:1.4.2"

      security_context {
        privileged = true
      }
    }
  }
}
""",
        "a privileged init container of a deployment": """
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
        init_container {
          name  = "sysctl"
          image = "registry.example.com/sysctl:2.0.0"

          security_context {
            privileged = true
          }
        }

        container {
          name  = "shop"
          image = "registry.example.com/shop:3.1.0"
        }
      }
    }
  }
}
""",
        "a privileged cron job": """
resource "kubernetes_cron_job_v1" "backup" {
  metadata {
    name = "backup"
  }

  spec {
    schedule = "0 3 * * *"

    job_template {
      metadata {}

      spec {
        template {
          metadata {}

          spec {
            container {
              name  = "backup"
              image = "registry.example.com/backup:1.0.0"

              security_context {
                privileged = true
              }
            }
          }
        }
      }
    }
  }
}
""",
        "a privileged daemon set in a manifest": """
resource "kubernetes_manifest" "agent" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "DaemonSet"
    metadata   = { name = "agent", namespace = "shop" }
    spec = {
      selector = { matchLabels = { app = "agent" } }
      template = {
        metadata = { labels = { app = "agent" } }
        spec = {
          containers = [{
            name            = "agent"
            image           = "registry.example.com/agent:1.4.2"
            securityContext = { privileged = true }
          }]
        }
      }
    }
  }
}
""",
        "manifest, before the others start": """
resource "kubernetes_manifest" "this" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "app" }
    spec = {
      containers     = [{ name = "app", image = "registry.example.com/app:3.0" }]
      initContainers = [{ name = "tune", image = "tune:1.0", securityContext = { privileged = true } }]
    }
  }
}
""",
    },
    good={
        "a pod that says nothing of privileges": """
resource "kubernetes_pod_v1" "agent" {
  metadata {
    name = "agent"
  }

  spec {
    container {
      name  = "agent"
      image = "registry.example.com/agent:1.4.2"
    }
  }
}
""",
        "a stateful set without privileges": """
resource "kubernetes_stateful_set_v1" "queue" {
  metadata {
    name = "queue"
  }

  spec {
    service_name = "queue"

    selector {
      match_labels = { app = "queue" }
    }

    template {
      metadata {
        labels = { app = "queue" }
      }

      spec {
        container {
          name  = "queue"
          image = "registry.example.com/queue:5.0.1"

          security_context {
            privileged                = false
            run_as_non_root           = true
            read_only_root_filesystem = true
          }
        }
      }
    }
  }
}
""",
        "a manifest of another kind": """
resource "kubernetes_manifest" "quota" {
  manifest = {
    apiVersion = "v1"
    kind       = "ResourceQuota"
    metadata   = { name = "quota", namespace = "shop" }
    spec       = { hard = { pods = "20" } }
  }
}
""",
    },
)
def privileged_container(workload: Resource) -> Iterator[Violation]:
    """Container runs privileged.

    A privileged container has every capability and sees every device of its node. Whoever gets into it owns the
    node, and with it the secrets of every other pod there.

    Remove `privileged`. If it needs one thing of the node, add that capability or mount that device instead.
    """
    for place, container in containers(workload):
        path, context = inner(place, container, "security_context")
        if field(context, "privileged"):
            yield violation(f"{path}.privileged", f"{titled('container', container)} is privileged")
