"""The APIs of API Gateway: who gets to them, and through them to the functions behind without showing who they are.

An API answers everybody on its address, and most of its methods then ask for a token or a signature. So the API is
one endpoint, and a function behind it is another, which is reached where a method asks for nothing.

Source: "API endpoint types for REST APIs", "Disable the default endpoint", "Control access to HTTP APIs",
"Controlling and managing access to a REST API" in the API Gateway developer guide; ``AWS::ApiGatewayV2::Api`` in the
CloudFormation reference for the quick creation of an HTTP API.
"""

from __future__ import annotations

from planguard.exposure.aws.documents import anonymous
from planguard.exposure.aws.layout import Layout
from planguard.exposure.aws.switches import by_policy, switched, web
from planguard.exposure.meant import meant, referred
from planguard.exposure.model import APPLICATION, Hop, Missing
from planguard.exposure.passage import Passage, Stage
from planguard.exposure.reading import blocks_of, listing, shown, told, truth
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

FUNCTION_TYPE = "aws_lambda_function"
REST = ("aws_api_gateway_rest_api",)
HTTP = ("aws_apigatewayv2_api",)
_BEHIND = (FUNCTION_TYPE, "aws_lb_listener", "aws_lb", "aws_alb")
_METHOD, _REST_INTEGRATION = "aws_api_gateway_method", "aws_api_gateway_integration"
_ROUTE, _HTTP_INTEGRATION = "aws_apigatewayv2_route", "aws_apigatewayv2_integration"


def read_rest(layout: Layout, one: Resource) -> None:
    """A REST API: on the internet unless it is private or its default endpoint is off; a policy may narrow it."""
    types = [
        kind
        for _, block in blocks_of(one, "endpoint_configuration").items
        for kind in listing(block.get("types")).items
    ]
    methods = _parts(layout, one, _METHOD, "rest_api_id")
    stages: list[Stage] = []
    if not any(told(kind) == "private" for kind in types):
        off = truth(one.effective("disable_execute_api_endpoint", False))
        text = _authorized(methods, "authorization")
        passage = switched(one, "endpoint_configuration", None if off is None else not off, text, web())
        if passage is not None:
            stages = [(passage,), *_policies(layout, one)]
    endpoint = layout.endpoint(one, APPLICATION)
    if stages:
        layout.reach(endpoint, *stages)
    for integration in _parts(layout, one, _REST_INTEGRATION, "rest_api_id"):
        served = [method for method in methods if _serves(integration, method)]
        _behind(layout, one, integration, "uri", stages, _open_methods(served, "authorization"))


def read_http(layout: Layout, one: Resource) -> None:
    """An HTTP or WebSocket API."""
    off = truth(one.effective("disable_execute_api_endpoint", False))
    routes = _parts(layout, one, _ROUTE, "api_id")
    text = _authorized(routes, "authorization_type")
    passage = switched(one, "disable_execute_api_endpoint", None if off is None else not off, text, web())
    stages: list[Stage] = [(passage,)] if passage is not None else []
    endpoint = layout.endpoint(one, APPLICATION)
    if stages:
        layout.reach(endpoint, *stages)
    target = one.effective("target", None)
    if is_unknown(target) or target:
        # The quick creation makes one route for everything, which asks for nothing.
        hop = Hop(one.address, "target", "every route without authorization")
        _behind(layout, one, one, "target", stages, [Passage(web(), (hop,), (), (), (hop,))])
    for integration in _parts(layout, one, _HTTP_INTEGRATION, "api_id"):
        served = [route for route in routes if integration in meant(route, "target", (_HTTP_INTEGRATION,)).all]
        _behind(layout, one, integration, "integration_uri", stages, _open_methods(served, "authorization_type"))


def _policies(layout: Layout, one: Resource) -> list[Stage]:
    """The stage that the policies of an API are; none where there is no policy."""
    policies = [
        policy
        for policy in layout.snapshot.all("aws_api_gateway_rest_api_policy")
        if one in meant(policy, "rest_api_id", REST, single=True).all
    ]
    found = [
        by_policy(holder, "policy", span)
        for holder in (one, *policies)
        if (span := anonymous(holder, "policy", ("execute-api:invoke",))) is not None
    ]
    return [found] if found else []


def _authorized(methods: list[Resource], attribute: str) -> str:
    """What the methods of an API ask of their callers, in words."""
    asked = [told(other.effective(attribute, "NONE"), "none") for other in methods]
    if not asked:
        return "443/tcp from the internet"
    open_ = sum(1 for name in asked if name == "none")
    return f"443/tcp from the internet; {open_} of {len(asked)} methods without authorization"


def _parts(layout: Layout, one: Resource, kind: str, via: str) -> list[Resource]:
    return [
        other for other in layout.snapshot.all(kind) if one in meant(other, via, (one.type,), single=True).certain
    ]


def _serves(integration: Resource, method: Resource) -> bool:
    """Whether an integration of a REST API is the one of a method: the same path, and the same verb."""
    for attribute in ("resource_id", "http_method"):
        certain, _, _ = referred(integration, (attribute,), (_METHOD,))
        if certain:
            return method in certain
    verbs = told(integration.get("http_method")), told(method.get("http_method"))
    return None not in verbs and verbs[0] == verbs[1] and _place(integration) == _place(method)


def _place(part: Resource) -> tuple[str, ...]:
    """The path that a part of a REST API is for: the resource that says so, and the id where that is known."""
    named = meant(part, "resource_id", ("aws_api_gateway_resource", *REST), single=True)
    return tuple(one.address for one in named.certain) or named.outside


def _open_methods(methods: list[Resource], attribute: str) -> list[Passage]:
    """One passage for each method that asks its callers for nothing, or may."""
    found = []
    for one in methods:
        said = told(one.effective(attribute, "NONE"), "none")
        if said not in (None, "none") or truth(one.effective("api_key_required", False)):
            continue
        name = shown(one.get("http_method" if one.type == _METHOD else "route_key"), "a method")
        text = f"{name} without authorization"
        hop = Hop(one.address, attribute, text)
        passage = Passage(web(), (hop,), (), (), (hop,))
        found.append(passage if said else passage.possibly(Missing("setting-unknown", one.address, attribute)))
    return found


def _behind(
    layout: Layout, one: Resource, integration: Resource, attribute: str, stages: list[Stage], methods: Stage
) -> None:
    """An API calls the functions and balancers behind it; who asks without authorization gets to the functions."""
    certain, possible, _ = referred(integration, (attribute,), _BEHIND)
    for target in (*certain, *possible):
        found = target
        if target.type == "aws_lb_listener":
            owner = next(iter(meant(target, "load_balancer_arn", ("aws_lb", "aws_alb"), single=True).all), None)
            found = owner or target
        endpoint = layout.endpoints.get(found.address)
        if endpoint is None:
            continue
        path = Passage(web(), (Hop(integration.address, attribute),), ("gateway-passes-on",))
        layout.link(one.address, endpoint, path, is_certain=target in certain)
        if found.type == FUNCTION_TYPE and methods and stages:
            gap = Missing("setting-unknown", integration.address, attribute)
            last = path if target in certain else path.possibly(gap)
            layout.reach(endpoint, *stages, methods, (last,))
