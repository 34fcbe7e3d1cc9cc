"""APIs: who gets to the functions behind them without showing who they are."""

from __future__ import annotations

import pytest

from tests.exposure.aws.test_machines import assumed, missing, read
from tests.exposure.drawn import links, ways

FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
}
"""
REST = """
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  endpoint_configuration { types = ["REGIONAL"] }
}
resource "aws_api_gateway_resource" "r" {
  rest_api_id = aws_api_gateway_rest_api.a.id
  parent_id   = aws_api_gateway_rest_api.a.root_resource_id
  path_part   = "orders"
}
resource "aws_api_gateway_method" "get" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_resource.r.id
  http_method   = "GET"
  authorization = "AUTHORIZATION"
}
resource "aws_api_gateway_method" "post" {
  rest_api_id   = aws_api_gateway_rest_api.a.id
  resource_id   = aws_api_gateway_resource.r.id
  http_method   = "POST"
  authorization = "NONE"
}
resource "aws_api_gateway_integration" "get" {
  rest_api_id             = aws_api_gateway_rest_api.a.id
  resource_id             = aws_api_gateway_resource.r.id
  http_method             = VERB
  type                    = "AWS_PROXY"
  integration_http_method = "POST"
  uri                     = aws_lambda_function.f.invoke_arn
}
"""
API = "aws_api_gateway_rest_api.a: 443/tcp whole"
REACHED = "aws_lambda_function.f: 443/tcp whole"


@pytest.mark.parametrize("verb", ["aws_api_gateway_method.get.http_method", '"GET"'])
@pytest.mark.parametrize(("authorization", "expected"), [("NONE", [API, REACHED]), ("AWS_IAM", [API])])
def test_a_method_without_authorization_leads_to_its_function(
    verb: str, authorization: str, expected: list[str]
) -> None:
    network = read(FUNCTION, REST.replace("VERB", verb).replace("AUTHORIZATION", authorization))
    assert ways(network) == expected
    # The other method asks for nothing, but leads nowhere.
    assert links(network) == ["aws_api_gateway_rest_api.a -> aws_lambda_function.f"]
    assert ("gateway-passes-on" in assumed(network)) is (len(expected) == 2)


def test_a_method_that_asks_for_a_key_does_not() -> None:
    text = REST.replace("VERB", '"GET"').replace('"AUTHORIZATION"', '"NONE"\n  api_key_required = true')
    assert ways(read(FUNCTION, text)) == [API]


def test_an_api_that_is_private_does_not() -> None:
    text = REST.replace("VERB", '"GET"').replace("AUTHORIZATION", "NONE").replace("REGIONAL", "PRIVATE")
    assert ways(read(FUNCTION, text)) == []


HTTP = """
resource "aws_apigatewayv2_api" "a" {
  name          = "a"
  protocol_type = "HTTP"
  TARGET
}
"""
ROUTE = """
resource "random_pet" "p" {}
resource "aws_apigatewayv2_integration" "i" {
  api_id           = aws_apigatewayv2_api.a.id
  integration_type = "AWS_PROXY"
  integration_uri  = aws_lambda_function.f.invoke_arn
}
resource "aws_apigatewayv2_route" "r" {
  api_id             = aws_apigatewayv2_api.a.id
  route_key          = "$default"
  target             = "integrations/${aws_apigatewayv2_integration.i.id}"
  authorization_type = AUTHORIZATION
}
"""
HTTP_API = "aws_apigatewayv2_api.a: 443/tcp whole"


@pytest.mark.parametrize(
    ("authorization", "expected"),
    [
        ('"NONE"', [HTTP_API, REACHED]),
        ("null", [HTTP_API, REACHED]),
        ('"JWT"', [HTTP_API]),
        ("random_pet.p.id", [HTTP_API, "aws_lambda_function.f: nothing, perhaps 443/tcp whole"]),
    ],
)
def test_a_route(authorization: str, expected: list[str]) -> None:
    network = read(FUNCTION, HTTP.replace("TARGET", ""), ROUTE.replace("AUTHORIZATION", authorization))
    assert ways(network) == expected
    assert missing(network) <= {"setting-unknown"}


def test_the_quick_creation_asks_for_nothing() -> None:
    network = read(FUNCTION, HTTP.replace("TARGET", "target = aws_lambda_function.f.arn"))
    assert ways(network) == [HTTP_API, REACHED]
