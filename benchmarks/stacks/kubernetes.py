"""Kubernetes: a deployment with its namespace and its service."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Secret, Values, const, uses
from stacks.place import Place


def _metadata(place: Place, name: str, namespace: str | None) -> list[Values]:
    found: Values = {
        "annotations": None,
        "generate_name": "",
        "generation": Own(1),
        "labels": {"app": place.service, "owner": place.team},
        "name": name,
        "resource_version": Own(place.hex("version" + name, 8)),
        "uid": Own(place.uuid(name)),
    }
    if namespace is not None:
        found["namespace"] = Ref(namespace)
    return [found]


def _namespace(place: Place, _: str) -> Values:
    return {
        "id": Own(place.slug),
        "metadata": _metadata(place, place.slug, None),
        "timeouts": None,
        "wait_for_default_service_account": False,
    }


def _container(place: Place, name: str) -> Values:
    return {
        "args": None,
        "command": None,
        "env": [{"name": "STAGE", "value": place.environment, "value_from": []}],
        "image": f"registry.example.com/{place.service}/{name}:2.{place.group % 40}.1",
        "image_pull_policy": Own("IfNotPresent"),
        "lifecycle": [],
        "liveness_probe": [{"http_get": [{"path": "/healthz", "port": "8080", "scheme": "HTTP"}]}],
        "name": name,
        "port": [{"container_port": 8080, "host_ip": "", "host_port": 0, "name": "http", "protocol": "TCP"}],
        "resources": [{"limits": {"cpu": "500m", "memory": "512Mi"}, "requests": {"cpu": "250m", "memory": "256Mi"}}],
        "security_context": [
            {
                "allow_privilege_escalation": place.one_in(8, "escalation" + name),
                "capabilities": [{"add": None, "drop": ["ALL"]}],
                "privileged": place.one_in(30, "privileged" + name),
                "read_only_root_filesystem": True,
                "run_as_non_root": not place.one_in(8, "root" + name),
                "run_as_user": "10001",
                "seccomp_profile": [{"localhost_profile": "", "type": "RuntimeDefault"}],
            }
        ],
        "volume_mount": [],
    }


def _deployment(place: Place, key: str) -> Values:
    labels = {"app": place.service, "part": key}
    pod = {
        "automount_service_account_token": False,
        "container": [_container(place, key)],
        "dns_policy": "ClusterFirst",
        "host_ipc": False,
        "host_network": place.one_in(30, "host" + key),
        "host_pid": False,
        "init_container": [],
        "restart_policy": "Always",
        "security_context": [],
        "service_account_name": Own("default"),
        "volume": [],
    }
    spec = {
        "min_ready_seconds": 0,
        "paused": False,
        "progress_deadline_seconds": 600,
        "replicas": "3",
        "selector": [{"match_expressions": [], "match_labels": labels}],
        "strategy": Own([{"type": "RollingUpdate"}]),
        "template": [{"metadata": [{"labels": labels, "name": ""}], "spec": [pod]}],
    }
    return {
        "id": Own(f"{place.slug}/{key}"),
        "metadata": _metadata(place, key, place.slug),
        "spec": [spec],
        "timeouts": None,
        "wait_for_rollout": True,
    }


def _service(place: Place, key: str) -> Values:
    port = {"app_protocol": "", "name": "http", "node_port": Own(0), "port": 80, "protocol": "TCP"}
    spec = {
        "cluster_ip": Own(f"172.20.{place.group % 250}.10"),
        "external_ips": None,
        "internal_traffic_policy": Own("Cluster"),
        "load_balancer_source_ranges": None,
        "port": [{**port, "target_port": "8080"}],
        "selector": {"app": place.service, "part": key},
        "session_affinity": "None",
        "type": "ClusterIP",
    }
    return {
        "id": Own(f"{place.slug}/{key}"),
        "metadata": _metadata(place, key, place.slug),
        "spec": [spec],
        "status": Own([{"load_balancer": [{"ingress": []}]}]),
        "timeouts": None,
        "wait_for_load_balancer": True,
    }


def _secret(place: Place, _: str) -> Values:
    return {
        "binary_data": Secret(None),
        "data": Secret({"token": f"not-a-real-token-{place.group}"}),
        "id": Own(f"{place.slug}/token"),
        "immutable": False,
        "metadata": _metadata(place, "token", place.slug),
        "timeouts": None,
        "type": "Opaque",
        "wait_for_service_account_token": True,
    }


_PARTS = ("api",)
_IN_NAMESPACE = uses("kubernetes_namespace.this.metadata")

WORKLOAD = Kind(
    source="./modules/workload",
    blocks=(
        Block(
            "kubernetes_deployment",
            "this",
            _deployment,
            {
                "metadata": [{"name": uses("each.key"), "namespace": _IN_NAMESPACE}],
                "spec": [
                    {
                        "replicas": const("3"),
                        "template": [
                            {"spec": [{"container": [{"image": uses("var.image"), "name": uses("each.key")}]}]}
                        ],
                    }
                ],
            },
            _PARTS,
            const(list(_PARTS)),
            old={"wait_for_rollout": False},
            schema_version=1,
        ),
        Block("kubernetes_namespace", "this", _namespace, {"metadata": [{"name": uses("var.name")}]}),
        Block(
            "kubernetes_secret",
            "token",
            _secret,
            {"data": uses("var.token"), "metadata": [{"name": const("token"), "namespace": _IN_NAMESPACE}]},
        ),
        Block(
            "kubernetes_service",
            "this",
            _service,
            {
                "metadata": [{"name": uses("each.key"), "namespace": _IN_NAMESPACE}],
                "spec": [{"port": [{"port": const(80)}], "selector": uses("each.key")}],
            },
            _PARTS,
            const(list(_PARTS)),
            schema_version=1,
        ),
    ),
    inputs=lambda _: {"image": uses("var.image"), "name": uses("each.key"), "token": uses("var.token")},
    sensitive=("token",),
)
