"""Services with an endpoint of their own on the internet, in no subnet of the account.

Where a service answers everybody who signs a request (S3, OpenSearch, function URLs), only what it answers without
a signature counts as reached.

Source: "Amazon EKS cluster endpoint" (public access is on by default), "Identity and Access Management in
OpenSearch Service" (open domains), "Control access to Lambda function URLs", "API endpoint types for REST APIs",
"Enabling private endpoints for App Runner", the CloudFront, Transfer Family, Lightsail and AppSync guides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.exposure.aws.documents import anonymous
from planguard.exposure.aws.layout import Layout
from planguard.exposure.aws.meant import meant, referred
from planguard.exposure.model import (
    APPLICATION,
    COMPUTE,
    CONTROL_PLANE,
    DATABASE,
    FUNCTION,
    SEARCH,
    STORAGE,
    Hop,
    Missing,
)
from planguard.exposure.packets import NOTHING, TCP, UDP, packets
from planguard.exposure.passage import Bounds, Passage, Span
from planguard.exposure.ranges import ANYWHERE, EMPTY, V4_ALL, V6_ALL, Ranges, union
from planguard.exposure.reading import (
    block_of,
    blocks_of,
    listing,
    network_span,
    port_span,
    setting,
    texts,
    told,
    truth,
)
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

HTTPS: Ranges = ((443, 443),)
WEB: Ranges = ((80, 80), (443, 443))
_FUNCTION = "aws_lambda_function"
_REST = "aws_api_gateway_rest_api"


def read_services(layout: Layout) -> None:
    """Find every endpoint that a managed service opens on the internet."""
    for read, types in (
        (_clusters, ("aws_eks_cluster",)),
        (_domains, ("aws_opensearch_domain", "aws_elasticsearch_domain")),
        (_function_urls, ("aws_lambda_function_url",)),
        (_rest, (_REST,)),
        (_http, ("aws_apigatewayv2_api",)),
        (_appsync, ("aws_appsync_graphql_api",)),
        (_distributions, ("aws_cloudfront_distribution",)),
        (_apps, ("aws_apprunner_service",)),
        (_transfer, ("aws_transfer_server",)),
        (_lightsail, ("aws_lightsail_instance",)),
        (_lightsail_databases, ("aws_lightsail_database",)),
    ):
        for one in layout.snapshot.all(*types):
            read(layout, one)


def switched(one: Resource, attribute: str, given: bool | None, text: str, them: Bounds) -> Passage | None:
    """Packets that a setting lets in; None where it does not.

    :param given: the setting; None where it is not known
    """
    if given is False:
        return None
    hop = Hop(one.address, attribute, text)
    if given is None:
        return Passage(
            Bounds(NOTHING, them.may), (hop,), (), (Missing("setting-unknown", one.address, attribute),), (hop,)
        )
    return Passage(them, (hop,), (), (), (hop,))


def web(ports: Ranges = HTTPS, sources: Ranges = ANYWHERE) -> Bounds:
    """Packets to some TCP ports."""
    found = packets(sources, TCP, ports)
    return Bounds(found, found)


def _reach(layout: Layout, one: Resource, kind: str, *passages: Passage | None) -> None:
    endpoint = layout.endpoint(one, kind)
    for passage in passages:
        if passage is not None:
            layout.reach(endpoint, (passage,))


def _clusters(layout: Layout, one: Resource) -> None:
    """The API server of a Kubernetes cluster."""
    block = block_of(one, "vpc_config") or {}
    path = "vpc_config[0]"
    given = truth(setting(one, block, "endpoint_public_access", True))
    said = setting(one, block, "public_access_cidrs")
    ranges = listing(said)
    span = (
        network_span(texts(ranges), is_open=ranges.is_open)
        if ranges.items or ranges.is_open
        else Span(ANYWHERE, ANYWHERE)
    )
    them = Bounds(packets(span.low, TCP, HTTPS), packets(span.high, TCP, HTTPS))
    named = ", ".join(str(item) for item in ranges.items[:4]) or (
        "ranges that are not known yet" if ranges.is_open else "0.0.0.0/0"
    )
    attribute = "endpoint_public_access" if said is None else "public_access_cidrs"
    passage = switched(one, f"{path}.{attribute}", given, f"443/tcp from {named}", them)
    if passage is not None and span.low != span.high:
        gap = Missing("range-unknown", one.address, f"{path}.public_access_cidrs")
        passage = passage._replace(missing=(*passage.missing, gap))
    _reach(layout, one, CONTROL_PLANE, passage)


def _domains(layout: Layout, one: Resource) -> None:
    """A search domain without a VPC: its access policy says who is answered without a signature."""
    options = one.get("vpc_options")
    unclear = is_unknown(options) and not (one.is_unset(("vpc_options",)) or one.is_left_to_provider("vpc_options"))
    if options and not is_unknown(options):
        return
    endpoint = layout.endpoint(one, SEARCH)
    policies = [
        policy
        for policy in layout.snapshot.all(f"{one.type}_policy")
        if one in meant(policy, "domain_name", (one.type,), single=True).all
    ]
    for holder in (one, *policies):
        span = anonymous(holder, "access_policies", ("es:eshttpget",))
        if span is None:
            continue
        passage = _by_policy(holder, "access_policies", span, WEB)
        if unclear:
            passage = passage.possibly(Missing("setting-unknown", one.address, "vpc_options"))
        layout.reach(endpoint, (passage,))


def _by_policy(holder: Resource, attribute: str, span: Span, ports: Ranges = HTTPS) -> Passage:
    """What a resource policy lets in."""
    hop = Hop(holder.address, attribute, "lets everybody in" if span.low == ANYWHERE else "lets some addresses in")
    gaps = (Missing("policy-unknown", holder.address, attribute),) if span.low != span.high else ()
    bounds = Bounds(packets(span.low, TCP, ports), packets(span.high, TCP, ports))
    return Passage(bounds, (hop,), (), gaps, (hop,))


def _function_urls(layout: Layout, one: Resource) -> None:
    functions = meant(one, "function_name", (_FUNCTION,), single=True)
    said = told(one.get("authorization_type"))
    given = None if said is None else said == "none"
    passage = switched(one, "authorization_type", given, "a function URL without authorization", web())
    if passage is not None:
        passage = passage._replace(assumptions=("function-url-permission",))
    for target in functions.all or (one,):
        unclear = target in functions.possible and passage is not None
        gap = Missing("setting-unknown", one.address, "function_name")
        _reach(layout, target, FUNCTION, passage.possibly(gap) if unclear and passage else passage)


def _rest(layout: Layout, one: Resource) -> None:
    """A REST API: on the internet unless it is private or its default endpoint is off; a policy may narrow it."""
    types = [
        kind
        for _, block in blocks_of(one, "endpoint_configuration").items
        for kind in listing(block.get("types")).items
    ]
    if any(told(kind) == "private" for kind in types):
        layout.endpoint(one, APPLICATION)
        return
    off = truth(one.effective("disable_execute_api_endpoint", False))
    text = _authorized(layout, one, "aws_api_gateway_method", "rest_api_id", "authorization")
    passage = switched(one, "endpoint_configuration", None if off is None else not off, text, web())
    policies = [
        policy
        for policy in layout.snapshot.all("aws_api_gateway_rest_api_policy")
        if one in meant(policy, "rest_api_id", (_REST,), single=True).all
    ]
    spans = [
        (holder, span)
        for holder in (one, *policies)
        if (span := anonymous(holder, "policy", ("execute-api:invoke",))) is not None
    ]
    endpoint = layout.endpoint(one, APPLICATION)
    if passage is not None:
        stages = [[_by_policy(holder, "policy", span) for holder, span in spans]] if spans else []
        layout.reach(endpoint, (passage,), *stages)
    _integrations(layout, one, "aws_api_gateway_integration", "rest_api_id", "uri")


def _http(layout: Layout, one: Resource) -> None:
    off = truth(one.effective("disable_execute_api_endpoint", False))
    text = _authorized(layout, one, "aws_apigatewayv2_route", "api_id", "authorization_type")
    attribute = "disable_execute_api_endpoint"
    _reach(layout, one, APPLICATION, switched(one, attribute, None if off is None else not off, text, web()))
    _integrations(layout, one, "aws_apigatewayv2_integration", "api_id", "integration_uri")


def _authorized(layout: Layout, one: Resource, kind: str, via: str, attribute: str) -> str:
    """What the methods of an API ask of their callers, in words."""
    asked = [told(other.effective(attribute, "NONE"), "none") for other in _parts(layout, one, kind, via)]
    if not asked:
        return "443/tcp from the internet"
    open_ = sum(1 for name in asked if name == "none")
    return f"443/tcp from the internet; {open_} of {len(asked)} methods without authorization"


def _parts(layout: Layout, one: Resource, kind: str, via: str) -> list[Resource]:
    return [
        other for other in layout.snapshot.all(kind) if one in meant(other, via, (one.type,), single=True).certain
    ]


def _integrations(layout: Layout, one: Resource, kind: str, via: str, attribute: str) -> None:
    """An API calls the functions and balancers behind it."""
    kinds = (_FUNCTION, "aws_lb_listener", "aws_lb", "aws_alb")
    for other in _parts(layout, one, kind, via):
        certain, possible, _ = referred(other, (attribute,), kinds)
        for target in (*certain, *possible):
            found = target
            if target.type == "aws_lb_listener":
                owner = next(iter(meant(target, "load_balancer_arn", ("aws_lb", "aws_alb"), single=True).all), None)
                found = owner or target
            endpoint = layout.endpoints.get(found.address)
            if endpoint is not None:
                path = Passage(web(), (Hop(other.address, attribute),))
                layout.link(one.address, endpoint, path, is_certain=target in certain)


def _appsync(layout: Layout, one: Resource) -> None:
    said = told(one.effective("visibility", "GLOBAL"), "global")
    given = None if said is None else said != "private"
    _reach(layout, one, APPLICATION, switched(one, "visibility", given, "443/tcp from the internet", web()))


def _distributions(layout: Layout, one: Resource) -> None:
    """A distribution and its origins."""
    given = truth(one.effective("enabled", True))
    _reach(layout, one, APPLICATION, switched(one, "enabled", given, "80, 443/tcp from the internet", web(WEB)))
    certain, possible, _ = referred(one, ("origin",), (*_ORIGINS,))
    for target in (*certain, *possible):
        endpoint = layout.endpoints.get(target.address)
        if endpoint is None and target.type in ("aws_s3_bucket",):
            endpoint = layout.endpoint(target, STORAGE)
        if endpoint is not None:
            path = Passage(web(WEB), (Hop(one.address, "origin"),))
            layout.link(one.address, endpoint, path, is_certain=target in certain)


_ORIGINS = (
    "aws_lb", "aws_alb", "aws_elb", "aws_s3_bucket", "aws_api_gateway_rest_api", "aws_apigatewayv2_api",
    "aws_lambda_function_url", "aws_instance",
)  # fmt: skip


def _apps(layout: Layout, one: Resource) -> None:
    value: Any = True
    for _, block in blocks_of(one, "network_configuration.ingress_configuration").items:
        value = setting(one, block, "is_publicly_accessible", True)
    attribute = "network_configuration[0].ingress_configuration[0].is_publicly_accessible"
    _reach(layout, one, APPLICATION, switched(one, attribute, truth(value), "443/tcp from the internet", web()))


def _transfer(layout: Layout, one: Resource) -> None:
    """A file transfer server; one in a VPC with elastic addresses stands in its subnets."""
    said = told(one.effective("endpoint_type", "PUBLIC"), "public")
    protocols = [told(name) for name in listing(one.effective("protocols", ["SFTP"])).items]
    ports: Ranges = ((22, 22),) if "sftp" in protocols or not protocols else EMPTY
    if "ftps" in protocols:
        ports = union(ports, ((21, 21), (8192, 8200)))
    if "as2" in protocols:
        ports = union(ports, ((5080, 5080),))
    given = None if said is None else said == "public"
    passage = switched(one, "endpoint_type", given, "file transfer from the internet", web(ports))
    _reach(layout, one, STORAGE, passage)


def _lightsail(layout: Layout, one: Resource) -> None:
    """A Lightsail instance: it has a public address, and a firewall of its own."""
    rules = [
        (holder, path, block)
        for holder in layout.snapshot.all("aws_lightsail_instance_public_ports")
        if one in meant(holder, "instance_name", (one.type,), single=True).all
        for path, block in blocks_of(holder, "port_info").items
    ]
    endpoint = layout.endpoint(one, COMPUTE)
    if not rules:
        hop = Hop(one.address, "", "22, 80, 3389/tcp from the internet")
        them = web(((22, 22), (80, 80), (3389, 3389)))
        layout.reach(endpoint, (Passage(them, (hop,), ("lightsail-default-ports",), (), (hop,)),))
    for holder, path, block in rules:
        layout.reach(endpoint, tuple(_port_info(holder, path, block)))


def _port_info(holder: Resource, path: str, block: dict[str, Any]) -> Iterator[Passage]:
    ends = (setting(holder, block, "from_port"), setting(holder, block, "to_port"))
    unclear = any(map(is_unknown, ends))
    ports = port_span([] if unclear else [f"{ends[0]}-{ends[1]}"], is_open=unclear)
    ranges = listing(setting(holder, block, "cidrs"), setting(holder, block, "ipv6_cidrs"))
    sources = network_span(texts(ranges), is_open=ranges.is_open)
    if not ranges.items and not ranges.is_open:
        sources = Span(union(V4_ALL, V6_ALL), union(V4_ALL, V6_ALL))
    name = told(block.get("protocol"), "tcp")
    protocols: Ranges = UDP if name == "udp" else TCP if name == "tcp" else ((0, 255),)
    hop = Hop(holder.address, path, f"{ends[0]}-{ends[1]}/{name}" if not unclear else "")
    bounds = Bounds(packets(sources.low, protocols, ports.low), packets(sources.high, protocols, ports.high))
    gaps = (Missing("range-unknown", holder.address, path),) if bounds.must != bounds.may else ()
    yield Passage(bounds, (hop,), (), gaps, (hop,))


def _lightsail_databases(layout: Layout, one: Resource) -> None:
    given = truth(one.effective("publicly_accessible", False))
    them = web(((3306, 3306), (5432, 5432)))
    _reach(layout, one, DATABASE, switched(one, "publicly_accessible", given, "a public address", them))
