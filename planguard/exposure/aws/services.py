"""Services with an endpoint of their own on the internet, in no subnet of the account.

Where a service answers everybody who signs a request (S3, OpenSearch, function URLs), only what it answers without
a signature counts as reached.

Source: "Amazon EKS cluster endpoint" (public access is on by default), "Identity and Access Management in
OpenSearch Service" (open domains), "Control access to Lambda function URLs", "API endpoint types for REST APIs",
"Enabling private endpoints for App Runner", the Amazon MQ (public brokers of RabbitMQ), CloudFront, Transfer Family,
Lightsail and AppSync guides.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard.exposure.aws.databases import is_rabbit
from planguard.exposure.aws.documents import anonymous
from planguard.exposure.aws.gateways import FUNCTION_TYPE, HTTP, REST, read_http, read_rest
from planguard.exposure.aws.layout import Layout
from planguard.exposure.aws.switches import HTTPS, WEB, by_policy, reach, switched, web
from planguard.exposure.meant import meant, referred
from planguard.exposure.model import (
    APPLICATION,
    COMPUTE,
    CONTROL_PLANE,
    DATABASE,
    FUNCTION,
    MESSAGING,
    SEARCH,
    STORAGE,
    Hop,
    Missing,
)
from planguard.exposure.packets import TCP, UDP, packets
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


def read_services(layout: Layout) -> None:
    """Find every endpoint that a managed service opens on the internet."""
    for read, types in (
        (_clusters, ("aws_eks_cluster",)),
        (_domains, ("aws_opensearch_domain", "aws_elasticsearch_domain")),
        (_function_urls, ("aws_lambda_function_url",)),
        (read_rest, REST),
        (read_http, HTTP),
        (_appsync, ("aws_appsync_graphql_api",)),
        (_distributions, ("aws_cloudfront_distribution",)),
        (_apps, ("aws_apprunner_service",)),
        (_transfer, ("aws_transfer_server",)),
        (_lightsail, ("aws_lightsail_instance",)),
        (_lightsail_databases, ("aws_lightsail_database",)),
        (_rabbits, ("aws_mq_broker",)),
    ):
        for one in layout.snapshot.all(*types):
            read(layout, one)


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
    reach(layout, one, CONTROL_PLANE, passage)


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
        passage = by_policy(holder, "access_policies", span, WEB)
        if unclear:
            passage = passage.possibly(Missing("setting-unknown", one.address, "vpc_options"))
        layout.reach(endpoint, (passage,))


def _function_urls(layout: Layout, one: Resource) -> None:
    functions = meant(one, "function_name", (FUNCTION_TYPE,), single=True)
    said = told(one.get("authorization_type"))
    given = None if said is None else said == "none"
    passage = switched(one, "authorization_type", given, "a function URL without authorization", web())
    if passage is not None:
        passage = passage._replace(assumptions=("function-url-permission",))
    for target in functions.all or (one,):
        unclear = target in functions.possible and passage is not None
        gap = Missing("setting-unknown", one.address, "function_name")
        reach(layout, target, FUNCTION, passage.possibly(gap) if unclear and passage else passage)


def _appsync(layout: Layout, one: Resource) -> None:
    said = told(one.effective("visibility", "GLOBAL"), "global")
    given = None if said is None else said != "private"
    reach(layout, one, APPLICATION, switched(one, "visibility", given, "443/tcp from the internet", web()))


def _distributions(layout: Layout, one: Resource) -> None:
    """A distribution and its origins."""
    given = truth(one.effective("enabled", True))
    reach(layout, one, APPLICATION, switched(one, "enabled", given, "80, 443/tcp from the internet", web(WEB)))
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
    reach(layout, one, APPLICATION, switched(one, attribute, truth(value), "443/tcp from the internet", web()))


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
    reach(layout, one, STORAGE, passage)


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
    reach(layout, one, DATABASE, switched(one, "publicly_accessible", given, "a public address", them))


def _rabbits(layout: Layout, one: Resource) -> None:
    if is_rabbit(one):
        given = truth(one.effective("publicly_accessible", False))
        them = web(port_span(("443", "5671")).low)
        reach(layout, one, MESSAGING, switched(one, "publicly_accessible", given, "a public address", them))
