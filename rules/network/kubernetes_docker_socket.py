"""Whether a pod reaches the runtime that it runs in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ..identity._kubernetes_manifest import field, inner
from ..identity._kubernetes_pods import WORKLOADS, titled, volumes

_SOCKETS = {
    "/var/run/docker.sock": "Docker",
    "/var/run/cri-dockerd.sock": "Docker",
    "/var/run/containerd/containerd.sock": "containerd",
    "/var/run/crio/crio.sock": "CRI-O",
}


@rule(
    id="kubernetes-docker-socket-mounted",
    severity="high",
    domain="network",
    resources=WORKLOADS,
    aliases=["CKV_K8S_27", "AVD-KSV-0006"],
    controls={"nist-800-53r5": ["AC-6", "CM-7", "SC-39"]},
    links=["https://docs.docker.com/engine/security/protect-access/"],
    bad={
        "the socket": """
resource "kubernetes_pod_v1" "builder" {
  metadata {
    name = "builder"
  }

  spec {
    container {
      name  = "builder"
      image = "registry.example.com/builder:2.2.0"

      volume_mount {
        name       = "docker"
        mount_path = "/var/run/docker.sock"
      }
    }

    volume {
      name = "docker"

      host_path {
        path = "/var/run/docker.sock"
      }
    }
  }
}
""",
        "the folder that holds it": """
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

          volume_mount {
            name       = "host"
            mount_path = "/host"
            read_only  = true
          }
        }

        volume {
          name = "host"

          host_path {
            path = "/"
          }
        }
      }
    }
  }
}
""",
        "the folder of sockets": """
resource "kubernetes_job_v1" "debug" {
  metadata {
    name = "debug"
  }

  spec {
    template {
      metadata {}

      spec {
        container {
          name  = "debug"
          image = "registry.example.com/debug:0.3.0"

          volume_mount {
            name       = "run"
            mount_path = "/run"
          }
        }

        volume {
          name = "run"

          host_path {
            path = "/run"
          }
        }
      }
    }
  }
}
""",
        "the socket of containerd in a manifest": """
resource "kubernetes_manifest" "builder" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "builder", namespace = "shop" }
    spec = {
      containers = [{ name = "builder", image = "registry.example.com/builder:2.2.0" }]
      volumes    = [{ name = "runtime", hostPath = { path = "/run/containerd/containerd.sock" } }]
    }
  }
}
""",
        "socket of CRI-O": """
resource "kubernetes_pod_v1" "builder" {
  metadata {
    name = "builder"
  }

  spec {
    container {
      name  = "builder"
      image = "registry.example.com/builder:2.1"
    }

    volume {
      name = "runtime"

      host_path {
        path = "/var/run/crio/crio.sock"
      }
    }
  }
}
""",
        "socket of Docker behind the CRI": """
resource "kubernetes_pod_v1" "builder" {
  metadata {
    name = "builder"
  }

  spec {
    container {
      name  = "builder"
      image = "registry.example.com/builder:2.1"
    }

    volume {
      name = "runtime"

      host_path {
        path = "/run/cri-dockerd.sock"
      }
    }
  }
}
""",
    },
    good={
        "another folder of the node": """
resource "kubernetes_pod_v1" "logs" {
  metadata {
    name = "logs"
  }

  spec {
    container {
      name  = "logs"
      image = "registry.example.com/logs:1.1.0"

      volume_mount {
        name       = "logs"
        mount_path = "/var/log/pods"
        read_only  = true
      }
    }

    volume {
      name = "logs"

      host_path {
        path = "/var/log/pods"
      }
    }
  }
}
""",
        "an empty volume": """
resource "kubernetes_pod_v1" "builder" {
  metadata {
    name = "builder"
  }

  spec {
    container {
      name  = "builder"
      image = "registry.example.com/builder:2.2.0"

      volume_mount {
        name       = "run"
        mount_path = "/var/run"
      }
    }

    volume {
      name = "run"
      empty_dir {}
    }
  }
}
""",
    },
)
def docker_socket_mounted(workload: Resource) -> Iterator[Violation]:
    """Pod mounts the socket of the container runtime.

    Whoever can write to it starts any container on the node, a privileged one included, and reads the secrets of
    all others. A read-only mount does not change that: a socket is not a file.

    Do not mount it. Build images with a tool that needs no daemon, and read metrics from the kubelet's API.
    """
    for place, volume in volumes(workload):
        path, host_path = inner(place, volume, "host_path")
        on_node = field(host_path, "path")
        if not on_node:
            continue
        runtimes = _runtimes_below(on_node)
        if runtimes:
            what = f"{titled('volume', volume)} is `{on_node}` of the node"
            yield violation(f"{path}.path", f"{what}, with the socket of {', '.join(runtimes)}")


def _runtimes_below(on_node: str) -> list[str]:
    """The runtimes whose socket is at or below a path of the node. ``/var/run`` is a link to ``/run``."""
    place = "/" + "/".join(part for part in on_node.split("/") if part)
    if place == "/run" or place.startswith("/run/"):
        place = f"/var{place}"
    above = place.rstrip("/") + "/"
    return list(dict.fromkeys(name for socket, name in _SOCKETS.items() if f"{socket}/".startswith(above)))
