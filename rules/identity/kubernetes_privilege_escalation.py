"""Whether a container may gain privileges."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ._kubernetes_manifest import field, inner, spelt
from ._kubernetes_pods import WORKLOADS, containers, titled

_LINKS = ["https://kubernetes.io/docs/tasks/configure-pod-container/security-context/"]


@rule(
    id="kubernetes-privilege-escalation-not-refused",
    severity="medium",
    domain="identity",
    resources=WORKLOADS,
    aliases=["AVD-KSV-0001"],
    controls={"nist-800-53r5": ["AC-6", "CM-7"], "cis-kubernetes-1.23": ["5.2.6"]},
    links=_LINKS,
    since="0.2.0",
    bad={
        "nothing said, so that it is allowed": """
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
        container {
          name  = "shop"
          image = "registry.example.com/shop:3.1.0"
        }
      }
    }
  }
}
""",
        "allowed in so many words": """
resource "kubernetes_job_v1" "migrate" {
  metadata {
    name = "migrate"
  }

  spec {
    template {
      metadata {}

      spec {
        container {
          name  = "migrate"
          image = "registry.example.com/shop:3.1.0"

          security_context {
            allow_privilege_escalation = true
          }
        }
      }
    }
  }
}
""",
        "one of two containers": """
resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = false
      }
    }

    container {
      name  = "proxy"
      image = "registry.example.com/proxy:1.9.0"

      security_context {
        run_as_non_root = true
      }
    }
  }
}
""",
    },
    good={
        "refused": """
resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = false
      }
    }
  }
}
""",
        "refused in a manifest": """
resource "kubernetes_manifest" "shop" {
  manifest = {
    apiVersion = "apps/v1"
    kind       = "Deployment"
    metadata   = { name = "shop", namespace = "shop" }
    spec = {
      selector = { matchLabels = { app = "shop" } }
      template = {
        metadata = { labels = { app = "shop" } }
        spec = {
          containers = [{
            name            = "shop"
            image           = "registry.example.com/shop:3.1.0"
            securityContext = { allowPrivilegeEscalation = false }
          }]
        }
      }
    }
  }
}
""",
    },
)
def privilege_escalation_not_refused(workload: Resource) -> Iterator[Violation]:
    """Container may gain more privileges than it starts with.

    Unless it is refused, a process can become root through a setuid program in the image, even where the container
    runs as another user.

    Set `security_context { allow_privilege_escalation = false }` in every container.
    """
    for place, container in containers(workload):
        path, context = inner(place, container, "security_context")
        allowed = field(context, "allow_privilege_escalation")
        if allowed or allowed == None:  # noqa: E711 - an unknown value must be asked, not compared by identity
            verb = "allows" if allowed else "does not refuse"
            yield violation(path if context else place, f"{titled('container', container)} {verb} it")


@rule(
    id="kubernetes-privilege-escalation-allowed",
    severity="medium",
    domain="identity",
    resources=WORKLOADS,
    aliases=["CKV_K8S_20"],
    controls={"nist-800-53r5": ["AC-6", "CM-7"], "cis-kubernetes-1.23": ["5.2.6"]},
    links=_LINKS,
    wider=["kubernetes-privilege-escalation-not-refused"],
    bad={
        "a pod": """
resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = true
      }
    }
  }
}
""",
        "an init container beside one that refuses": """
resource "kubernetes_deployment" "shop" {
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
          name  = "migrate"
          image = "registry.example.com/shop:3.1.0"

          security_context {
            allow_privilege_escalation = true
          }
        }

        container {
          name  = "shop"
          image = "registry.example.com/shop:3.1.0"

          security_context {
            allow_privilege_escalation = false
          }
        }
      }
    }
  }
}
""",
        "in a manifest": """
resource "kubernetes_manifest" "shop" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "shop", namespace = "shop" }
    spec = {
      containers = [{
        name            = "shop"
        image           = "registry.example.com/shop:3.1.0"
        securityContext = { allowPrivilegeEscalation = true }
      }]
    }
  }
}
""",
    },
    good={
        "refused": """
resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = false
      }
    }
  }
}
""",
        "refused as a text": """
resource "kubernetes_pod" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = "false"
      }
    }
  }
}
""",
        "nothing said is another rule's": """
resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"
    }
  }
}
""",
        "nothing said in a manifest": """
resource "kubernetes_manifest" "shop" {
  manifest = {
    apiVersion = "v1"
    kind       = "Pod"
    metadata   = { name = "shop", namespace = "shop" }
    spec = {
      containers = [{
        name            = "shop"
        image           = "registry.example.com/shop:3.1.0"
        securityContext = { runAsNonRoot = true }
      }]
    }
  }
}
""",
    },
    undetermined={
        "a choice that is not known yet": """
resource "terraform_data" "choice" {
  input = false
}

resource "kubernetes_pod_v1" "shop" {
  metadata {
    name = "shop"
  }

  spec {
    container {
      name  = "shop"
      image = "registry.example.com/shop:3.1.0"

      security_context {
        allow_privilege_escalation = terraform_data.choice.output
      }
    }
  }
}
""",
    },
)
def privilege_escalation_allowed(workload: Resource) -> Iterator[Violation]:
    """Container is allowed to gain more privileges than it starts with.

    A process becomes root through a setuid program in the image, even where the container runs as another user.

    Set `allow_privilege_escalation = false` in the `security_context` of the container.
    """
    for place, container in containers(workload):
        path, context = inner(place, container, "security_context")
        if field(context, "allow_privilege_escalation"):
            name = spelt(context, "allow_privilege_escalation")
            yield violation(f"{path}.{name}", f"{titled('container', container)} allows it")
