"""Where packets come into a cluster: services, ingresses, gateways, and ports of nodes.

Source: kubernetes.io/docs/concepts/services-networking/service (types, ``loadBalancerSourceRanges``, node ports),
kubernetes.io/docs/concepts/services-networking/ingress, gateway-api.sigs.k8s.io/api-types/gateway, and for the
annotations that make a balancer internal the documentation of each cloud's controller.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from planguard.exposure.kubernetes.assumption import (
    NODE_ADDRESSES,
    PUBLIC_BALANCER,
    PUBLIC_CONTROLLER,
    SELECTOR_UNKNOWN,
    UNKNOWN_VALUE,
    missing,
)
from planguard.exposure.kubernetes.manifest import Written, annotation, field, inner, inner_all
from planguard.exposure.kubernetes.policy import Policies
from planguard.exposure.kubernetes.workload import Workload, matches, number_at, port_number, protocol_at
from planguard.exposure.model import APPLICATION, KUBERNETES, Endpoint, Hop, Way
from planguard.exposure.packets import TCP, UDP, packets
from planguard.exposure.passage import OPEN, Passage, Span, Stage, certain, spanned, to_port, ways_to
from planguard.exposure.ranges import ANYWHERE, Ranges
from planguard.exposure.reading import listed, listing, network_span, shown, texts, told
from planguard.plan.unknown import is_unknown

_WEB: Ranges = ((80, 80), (443, 443))
_NODE_PORTS: Ranges = ((30000, 32767),)
_INTERNAL = {
    "service.beta.kubernetes.io/aws-load-balancer-internal": ("true", "0.0.0.0/0"),
    "service.beta.kubernetes.io/aws-load-balancer-scheme": ("internal",),
    "service.beta.kubernetes.io/azure-load-balancer-internal": ("true",),
    "networking.gke.io/load-balancer-type": ("internal",),
    "cloud.google.com/load-balancer-type": ("internal",),
    "service.beta.kubernetes.io/oci-load-balancer-internal": ("true",),
    "service.beta.kubernetes.io/openstack-internal-load-balancer": ("true",),
    "service.kubernetes.io/ibm-load-balancer-cloud-provider-ip-type": ("private",),
    "service.beta.kubernetes.io/alibaba-cloud-loadbalancer-address-type": ("intranet",),
}
_AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type"
_AWS_SCHEME = "service.beta.kubernetes.io/aws-load-balancer-scheme"
_RANGES = "service.beta.kubernetes.io/load-balancer-source-ranges"
_INGRESS_RANGES = (
    "nginx.ingress.kubernetes.io/whitelist-source-range",
    "nginx.ingress.kubernetes.io/allowlist-source-range",
    "alb.ingress.kubernetes.io/inbound-cidrs",
)


class Cluster(NamedTuple):
    """The objects of a snapshot, found by what others name them by."""

    workloads: dict[str | None, list[Workload]]
    services: list[Written]
    policies: Policies

    def of_namespace(self, one: Written) -> list[tuple[Workload, bool]]:
        """The workloads that may be in the namespace of an object, and whether they certainly are."""
        own = one.namespace
        if own is None:
            return [(each, False) for some in self.workloads.values() for each in some]
        found = [(each, True) for each in self.workloads.get(own, ())]
        return [*found, *((each, False) for each in self.workloads.get(None, ()))]


def selected_by(service: Written, cluster: Cluster) -> list[tuple[Workload, bool]]:
    """The workloads behind a service, and whether they certainly are."""
    selector = field(service.spec, "selector")
    if not is_unknown(selector) and not selector:
        return []
    found = []
    for workload, is_near in cluster.of_namespace(service):
        selected = matches(selector, workload.labels)
        if selected is not False:
            found.append((workload, bool(selected) and is_near))
    return found


def endpoint_of(one: Written) -> Endpoint:
    """An object that nothing of the plan stands behind, as an endpoint."""
    return Endpoint(one.address, APPLICATION, KUBERNETES)


# -- services --------------------------------------------------------------------------------------------------------


def service_ways(cluster: Cluster) -> Iterator[Way]:
    """The ways through services: of type LoadBalancer, and of type NodePort to the nodes."""
    for service in cluster.services:
        front = _front(service)
        if front is not None:
            for port in inner_all(service.spec, "port"):
                yield from _through(service, cluster, front, port)


class Front(NamedTuple):
    """How packets come to a service.

    :ivar at_node: whether they come to the nodes themselves
    """

    stage: Stage
    at_node: bool = False


def _front(service: Written) -> Front | None:
    kind = field(service.spec, "type")
    if is_unknown(kind):
        passage = Passage(certain(packets()), (Hop(service.address, f"{service.at}.type", "not known yet"),))
        return Front([passage.possibly(missing(UNKNOWN_VALUE, service.address, f"{service.at}.type"))])
    if kind == "LoadBalancer":
        stage = _balancer(service)
        return Front(stage) if stage else None
    hop = Hop(service.address, f"{service.at}.type", shown(kind, "ClusterIP"))
    if kind == "NodePort":
        passage = Passage(certain(packets()), (hop,), guards=(hop,))
        return Front([passage.possibly(missing(NODE_ADDRESSES, service.address, hop.attribute))], True)
    external = listing(field(service.spec, "external_ips"))
    if external.items:
        place = Hop(service.address, f"{service.at}.external_ips", "addresses outside the cluster")
        return Front([Passage(certain(packets()), (place,)).possibly(missing(NODE_ADDRESSES, *_place(place)))])
    return None


def _place(hop: Hop) -> tuple[str, str]:
    return hop.address, hop.attribute


def _balancer(service: Written) -> Stage:
    """The passage of a balancer that is not internal, from the addresses that it takes."""
    internal = _is_internal(service)
    if internal:
        return []
    said = listing(field(service.spec, "load_balancer_source_ranges"), annotation(service, _RANGES))
    names = [one.strip() for text in texts(said) for one in text.split(",")]
    place = Hop(service.address, f"{service.at}.type", "LoadBalancer")
    span = Span(ANYWHERE, ANYWHERE)
    if names or said.is_open:
        where = f"{service.at}.load_balancer_source_ranges"
        place = Hop(service.address, where, f"from {listed(said, 'what is not known yet')}")
        span = network_span(names, is_open=said.is_open)
    passage = Passage(spanned(span), (place,), (PUBLIC_BALANCER,), (), (place,))
    if internal is None or span.low != span.high:
        passage = passage._replace(missing=(missing(UNKNOWN_VALUE, *_place(place)),))
    return [passage.possibly() if internal is None else passage]


def _is_internal(service: Written) -> bool | None:
    """Whether an annotation makes a balancer internal; None where annotations are not known.

    The AWS Load Balancer Controller makes internal ones unless it is told otherwise.
    """
    is_known = True
    for name, words in _INTERNAL.items():
        value = annotation(service, name)
        is_known = is_known and not is_unknown(value)
        if not is_unknown(value) and value is not None and str(value).lower() in words:
            return True
    kind, scheme = annotation(service, _AWS_TYPE), annotation(service, _AWS_SCHEME)
    if is_unknown(kind) or is_unknown(scheme):
        return None
    chosen = field(service.spec, "load_balancer_class")
    by_controller = str(kind).lower() in {"external", "nlb-ip"} or (
        not is_unknown(chosen) and chosen == "service.k8s.aws/nlb"
    )
    if by_controller and scheme is None:
        return True
    return False if is_known else None


def _through(service: Written, cluster: Cluster, front: Front, port: dict[str, Any]) -> Iterator[Way]:
    number = number_at(port, "node_port" if front.at_node else "port")
    ports: Ranges = ((number, number),) if number else _NODE_PORTS if front.at_node else ((0, 65535),)
    protocols, name = protocol_at(port)
    hop = Hop(service.address, f"{service.at}.port", f"{number or 'a port'}/{name}")
    taken = Passage(certain(packets(ANYWHERE, protocols, ports)), (hop,))
    stage = [taken if number or front.at_node else taken.possibly(missing(UNKNOWN_VALUE, *_place(hop)))]
    yield from _to_workloads(service, cluster, (front.stage, stage), port, ports)


def _to_workloads(
    service: Written, cluster: Cluster, stages: tuple[Stage, ...], port: dict[str, Any], outside: Ranges
) -> Iterator[Way]:
    """The ways on to the pods behind a service; to itself, where none of the plan stands behind it."""
    behind = selected_by(service, cluster)
    for workload, is_certain in behind:
        number, is_known = port_number(workload, field(port, "target_port"), field(port, "port"))
        inside: Ranges = ((number, number),) if is_known and number is not None else ((0, 65535),)
        stage = to_port(cluster.policies.admitted(workload), inside, outside)
        if not is_certain:
            gap = missing(SELECTOR_UNKNOWN, service.address, f"{service.at}.selector")
            stage = [one.possibly(gap) for one in stage]
        yield from ways_to(workload.endpoint, *stages, stage)
    if not behind:
        yield from ways_to(endpoint_of(service), *stages)


# -- ingresses and gateways ------------------------------------------------------------------------------------------


def ingress_ways(ingresses: list[Written], cluster: Cluster) -> Iterator[Way]:
    """The ways through ingresses to the pods behind the services that they name."""
    for ingress in ingresses:
        stage = _ingress(ingress)
        named = list(_backends(ingress))
        if stage:
            yield from _to_named(ingress, named, cluster, stage, _WEB)


def _ingress(ingress: Written) -> Stage:
    class_ = _class(ingress)
    scheme = annotation(ingress, "alb.ingress.kubernetes.io/scheme")
    private = annotation(ingress, "appgw.ingress.kubernetes.io/use-private-ip")
    is_alb = class_ == "alb" or (not is_unknown(scheme) and scheme is not None)
    if class_ == "gce-internal" or (is_alb and not is_unknown(scheme) and scheme != "internet-facing"):
        return []
    if not is_unknown(private) and str(private).lower() == "true":
        return []
    values = [annotation(ingress, name) for name in _INGRESS_RANGES]
    said = listing(*values)
    names = sorted(part.strip() for text in texts(said) for part in text.split(",") if part.strip())
    span = network_span(names, is_open=said.is_open) if names or said.is_open else Span(ANYWHERE, ANYWHERE)
    where = Hop(ingress.address, ingress.at, f"ingress{' from ' + listed(said) if names else ''}")
    passage = Passage(spanned(span, Span(TCP, TCP), Span(_WEB, _WEB)), (where,), (PUBLIC_CONTROLLER,), (), (where,))
    if said.is_open or is_unknown(scheme) or is_unknown(private) or class_ is None:
        return [passage.possibly(missing(UNKNOWN_VALUE, ingress.address, "metadata.annotations"))]
    return [passage]


def _class(ingress: Written) -> str | None:
    """The class of an ingress; None where it is not known."""
    value = field(ingress.spec, "ingress_class_name")
    if is_unknown(value) and ingress.resource.is_left_to_provider("spec.ingress_class_name"):
        value = None
    if not is_unknown(value) and not value:
        value = annotation(ingress, "kubernetes.io/ingress.class")
    return None if is_unknown(value) else str(value or "").lower()


def _backends(ingress: Written) -> Iterator[tuple[Any, dict[str, Any]]]:
    """The services that an ingress names, with the port as a service writes it."""
    blocks = [inner(ingress.spec, "default_backend"), inner(ingress.spec, "backend")]
    for rule in inner_all(ingress.spec, "rule"):
        blocks += [inner(path, "backend") for path in inner_all(inner(rule, "http"), "path")]
    for block in blocks:
        service = inner(block, "service")
        if service:
            port = inner(service, "port")
            yield field(service, "name"), {"port": field(port, "number"), "name": field(port, "name")}
        elif block:
            yield field(block, "service_name"), {"port": field(block, "service_port")}


def _to_named(
    one: Written, named: list[tuple[Any, dict[str, Any]]], cluster: Cluster, stage: Stage, outside: Ranges
) -> Iterator[Way]:
    """The ways on to the services that an object names; to itself, where none of them is in the plan."""
    found = False
    seen: set[tuple[str, str]] = set()
    for name, port in named:
        for service in cluster.services:
            key = (service.address, shown(port.get("port")))
            if is_unknown(name) or service.name != str(name) or service.namespace != one.namespace or key in seen:
                continue
            seen.add(key)
            found = True
            hop: Stage = [OPEN[0]._replace(hops=(Hop(service.address, service.at, "service"),))]
            yield from _to_workloads(service, cluster, (stage, hop), _service_port(service, port), outside)
    if not found:
        yield from ways_to(endpoint_of(one), stage)


def _service_port(service: Written, wanted: dict[str, Any]) -> dict[str, Any]:
    """The port of a service that a backend means, by number or by name."""
    for port in inner_all(service.spec, "port"):
        for name in ("port", "name"):
            own, other = field(port, name), wanted.get(name)
            if not is_unknown(own) and not is_unknown(other) and other is not None and str(own) == str(other):
                return port
    return wanted


def gateway_ways(gateways: list[Written], routes: list[Written], cluster: Cluster) -> Iterator[Way]:
    """The ways through gateways: their listeners, and the services that routes name."""
    for gateway in gateways:
        if shown(field(gateway.spec, "gateway_class_name")) in {
            "gke-l7-rilb",
            "gke-l7-cross-regional-internal-managed-mc",
        }:
            continue
        named = [
            (field(backend, "name"), {"port": field(backend, "port")})
            for route in routes
            if _is_parent(route, gateway)
            for rule in inner_all(route.spec, "rule")
            for backend in inner_all(rule, "backend_refs")
        ]
        for listener in inner_all(gateway.spec, "listener"):
            number = number_at(listener, "port")
            if number is None:
                continue
            ports: Ranges = ((number, number),)
            hop = Hop(gateway.address, f"{gateway.at}.listeners", f"{number}/{shown(field(listener, 'protocol'))}")
            protocol = UDP if told(field(listener, "protocol")) == "udp" else TCP
            stage = [Passage(certain(packets(ANYWHERE, protocol, ports)), (hop,), (PUBLIC_CONTROLLER,), (), (hop,))]
            yield from _to_named(gateway, named, cluster, stage, ports)


def _is_parent(route: Written, gateway: Written) -> bool:
    return any(
        shown(field(parent, "name")) == gateway.name
        and (field(parent, "namespace") or route.namespace) == gateway.namespace
        for parent in inner_all(route.spec, "parent_refs")
        if not is_unknown(field(parent, "namespace"))
    )


# -- ports of nodes --------------------------------------------------------------------------------------------------


def node_ways(cluster: Cluster) -> Iterator[Way]:
    """The ways to pods that take a port of their node, or its whole network: possible, as nobody knows the nodes."""
    for workloads in cluster.workloads.values():
        for workload in workloads:
            is_host = field(workload.pod, "host_network")
            on_host = not is_unknown(is_host) and bool(is_host)
            stage = list(_host_ports(workload, on_host=on_host))
            if stage:
                # Network policies do not count for pods in their node's network.
                inside = OPEN if on_host else cluster.policies.admitted(workload)
                yield from ways_to(workload.endpoint, stage, inside)


def _host_ports(workload: Workload, *, on_host: bool) -> Iterator[Passage]:
    one = workload.written
    for container in inner_all(workload.pod, "container"):
        for port in inner_all(container, "port"):
            number = number_at(port, "container_port" if on_host else "host_port")
            if not number:
                continue
            protocols, _ = protocol_at(port)
            text = f"{number} of the node" + (", host network" if on_host else "")
            hop = Hop(one.address, f"{one.at}.container.port", text)
            passage = Passage(certain(packets(ANYWHERE, protocols, ((number, number),))), (hop,), guards=(hop,))
            yield passage.possibly(missing(NODE_ADDRESSES, one.address, hop.attribute))
