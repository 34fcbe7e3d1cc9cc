"""What runs in pods: which labels, which ports, and what kind of thing it is by its image."""

from __future__ import annotations

from typing import Any, NamedTuple

from planguard.exposure.kubernetes.manifest import Written, field, inner, inner_all
from planguard.exposure.model import APPLICATION, CACHE, DATABASE, KUBERNETES, MESSAGING, SEARCH, Endpoint
from planguard.exposure.packets import ALL_PROTOCOLS
from planguard.exposure.ranges import Ranges
from planguard.exposure.reading import protocol_span, shown
from planguard.plan.unknown import is_unknown

WORKLOADS = frozenset({"Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController", "Pod"})
_IMAGES = (
    (DATABASE, ("postgres", "postgresql", "mysql", "mariadb", "mongo", "mongodb", "cassandra", "cockroach",
      "clickhouse-server", "influxdb")),
    (CACHE, ("redis", "memcached", "valkey", "keydb")),
    (SEARCH, ("elasticsearch", "opensearch", "solr", "meilisearch")),
    (MESSAGING, ("rabbitmq", "kafka", "cp-kafka", "nats", "activemq", "pulsar")),
)  # fmt: skip


class Workload(NamedTuple):
    """Pods that are alike.

    :ivar labels: None where they are not known
    """

    written: Written
    endpoint: Endpoint
    labels: dict[str, Any] | None
    pod: dict[str, Any]


def workload_of(one: Written) -> Workload:
    """An object of one of the kinds that make pods."""
    if one.kind == "Pod":
        metadata, pod = one.metadata, one.spec
    else:
        template = inner(one.spec, "template")
        metadata, pod = inner(template, "metadata"), inner(template, "spec")
    labels = field(metadata, "labels")
    known = None if is_unknown(labels) else dict(labels or {})
    return Workload(one, Endpoint(one.address, _kind(pod), KUBERNETES), known, pod)


def _kind(pod: dict[str, Any]) -> str:
    for container in inner_all(pod, "container"):
        image = container.get("image")
        if is_unknown(image) or not isinstance(image, str):
            continue
        name = "".join(image).rsplit("/", 1)[-1].partition("@")[0].partition(":")[0].lower()
        for kind, names in _IMAGES:
            if name in names:
                return kind
    return APPLICATION


def matches(selector: Any, labels: dict[str, Any] | None) -> bool | None:
    """Whether labels are those that a selector asks for; None where nobody can say."""
    if is_unknown(selector) or labels is None:
        return None
    result: bool | None = True
    for name, wanted in (selector or {}).items():
        if name not in labels:
            return False
        own = labels[name]
        if is_unknown(wanted) or is_unknown(own):
            result = None
        elif str(wanted) != str(own):
            return False
    return result


def number_at(block: dict[str, Any], name: str) -> int | None:
    """A number in a block; None where it is not set, not known, or no number."""
    value = field(block, name)
    if is_unknown(value) or value is None or not str(value).isdigit():
        return None
    return int(value)


def protocol_at(port: dict[str, Any]) -> tuple[Ranges, str]:
    """The protocol of a port, by number and by name: TCP unless it says otherwise."""
    value = field(port, "protocol")
    if is_unknown(value):
        return ALL_PROTOCOLS, "some protocol"
    found = protocol_span(value or "TCP")
    return found.high, shown(value or "TCP").lower()


def port_number(workload: Workload | None, target: Any, port: Any) -> tuple[int | None, bool]:
    """The number of the container's port that a service sends to, and whether it is known."""
    wanted = port if not is_unknown(target) and target in (None, "", 0, "0") else target
    if is_unknown(wanted):
        return None, False
    text = str(wanted)
    if text.isdigit():
        return int(text), True
    for container in inner_all(workload.pod, "container") if workload is not None else ():
        for one in inner_all(container, "port"):
            number = field(one, "container_port")
            if not is_unknown(number) and number is not None and shown(field(one, "name")) == text:
                return int(number), True
    return None, False
