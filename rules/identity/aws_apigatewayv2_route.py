"""Routes of HTTP and WebSocket APIs that everybody may call."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_CONNECT = "$connect"


@rule(
    id="aws-apigatewayv2-route-open",
    severity="medium",
    domain="identity",
    resources=["aws_apigatewayv2_route"],
    aliases=["CKV_AWS_309"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-2", "CM-2(2)", "IA-2"]},
    links=["https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-access-control.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_apigatewayv2_route" "orders" {
              api_id    = "a1b2c3d4e5"
              route_key = "GET /orders"
            }
        """,
        "no authorization": """
            resource "aws_apigatewayv2_api" "shop" {
              name          = "shop"
              protocol_type = "HTTP"
            }

            resource "aws_apigatewayv2_route" "orders" {
              api_id             = aws_apigatewayv2_api.shop.id
              route_key          = "$default"
              authorization_type = "NONE"
            }
        """,
        "whoever wants opens a socket": """
            resource "aws_apigatewayv2_api" "chat" {
              name                       = "chat"
              protocol_type              = "WEBSOCKET"
              route_selection_expression = "$request.body.action"
            }

            resource "aws_apigatewayv2_route" "connect" {
              api_id    = aws_apigatewayv2_api.chat.id
              route_key = "$connect"
            }
        """,
        "socket whose opening is not guarded in this plan": """
            resource "aws_apigatewayv2_api" "chat" {
              name                       = "chat"
              protocol_type              = "WEBSOCKET"
              route_selection_expression = "$request.body.action"
            }

            resource "aws_apigatewayv2_route" "message" {
              api_id    = aws_apigatewayv2_api.chat.id
              route_key = "$default"
            }
        """,
        "authorization everywhere but where a connection is opened": """
            resource "aws_apigatewayv2_api" "chat" {
              name                       = "chat"
              protocol_type              = "WEBSOCKET"
              route_selection_expression = "$request.body.action"
            }

            resource "aws_apigatewayv2_route" "default" {
              api_id             = aws_apigatewayv2_api.chat.id
              route_key          = "$default"
              authorization_type = "AWS_IAM"
            }

            resource "aws_apigatewayv2_route" "send" {
              api_id    = aws_apigatewayv2_api.chat.id
              route_key = "send"
            }
        """,
    },
    good={
        "signed requests": """
            resource "aws_apigatewayv2_route" "orders" {
              api_id             = "a1b2c3d4e5"
              route_key          = "GET /orders"
              authorization_type = "AWS_IAM"
            }
        """,
        "tokens": """
            resource "aws_apigatewayv2_api" "shop" {
              name          = "shop"
              protocol_type = "HTTP"
            }

            resource "aws_apigatewayv2_authorizer" "shop" {
              api_id           = aws_apigatewayv2_api.shop.id
              authorizer_type  = "JWT"
              identity_sources = ["$request.header.Authorization"]
              name             = "shop"

              jwt_configuration {
                audience = ["shop"]
                issuer   = "https://login.example.com"
              }
            }

            resource "aws_apigatewayv2_route" "orders" {
              api_id             = aws_apigatewayv2_api.shop.id
              route_key          = "ANY /orders"
              authorization_type = "JWT"
              authorizer_id      = aws_apigatewayv2_authorizer.shop.id
            }
        """,
        "socket that is guarded where it is opened": """
            resource "aws_apigatewayv2_api" "chat" {
              name                       = "chat"
              protocol_type              = "WEBSOCKET"
              route_selection_expression = "$request.body.action"
            }

            resource "aws_apigatewayv2_route" "connect" {
              api_id             = aws_apigatewayv2_api.chat.id
              route_key          = "$connect"
              authorization_type = "AWS_IAM"
            }

            resource "aws_apigatewayv2_route" "message" {
              api_id    = aws_apigatewayv2_api.chat.id
              route_key = "$default"
            }
        """,
    },
    undetermined={
        "type from elsewhere": """
            resource "terraform_data" "type" {
              input = "AWS_IAM"
            }

            resource "aws_apigatewayv2_route" "orders" {
              api_id             = "a1b2c3d4e5"
              route_key          = "GET /orders"
              authorization_type = terraform_data.type.output
            }
        """,
    },
)
def route_open(route: Resource) -> Iterator[Violation]:
    """API route can be called without authorization.

    Anybody who finds the address of the API calls what is behind the route, as often as he likes. A WebSocket API
    asks only where a connection is opened: its other routes are as open as `$connect` is.

    Set `authorization_type = "AWS_IAM"`, or `"JWT"` (HTTP) or `"CUSTOM"` with an `authorizer_id`.
    """
    # "Defaults to `NONE`": authorization_type of aws_apigatewayv2_route in the AWS provider's documentation.
    if route.effective("authorization_type", "NONE") == "NONE" and not _is_guarded_on_opening(route):
        yield violation("authorization_type", f"everybody may call {route.get('route_key')}")


def _is_guarded_on_opening(route: Resource) -> bool:
    """Whether it is a route of a WebSocket API that lets nobody connect without authorization."""
    return any(
        other.get("route_key") == _CONNECT and other.effective("authorization_type", "NONE") != "NONE"
        for api in route.references("aws_apigatewayv2_api", via="api_id")
        for other in api.referrers("aws_apigatewayv2_route", via="api_id")
    )
