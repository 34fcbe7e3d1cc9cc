"""Secrets in the environment of functions and containers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from planguard import Resource, Violation, rule, violation

from ._secrets import secrets_in, secrets_in_variables

_CONTROLS = ["IA-5(7)", "SC-12", "SC-28"]


@rule(
    id="aws-lambda-environment-secret",
    severity="critical",
    domain="encryption",
    resources=["aws_lambda_function"],
    aliases=["CKV_AWS_45"],
    controls={"nist-800-53r5": _CONTROLS},
    links=["https://docs.aws.amazon.com/lambda/latest/dg/with-secrets-manager.html"],
    since="0.2.0",
    bad={
        "access key": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  AWS_REGION_NAME = "eu-west-1"
                  UPLOADER        = "AKIAIOSFODNN7EXAMPLE"
                }
              }
            }
        """,
        "only the secret half of an access key": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  UPLOADER = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
                }
              }
            }
        """,
        "password": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  dbPassword = "hunter-two"
                }
              }
            }
        """,
        "token, beside a value that is not known yet": """
            resource "aws_dynamodb_table" "orders" {
              name         = "orders"
              hash_key     = "id"
              billing_mode = "PAY_PER_REQUEST"
              attribute {
                name = "id"
                type = "S"
              }
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  ORDERS_TABLE = aws_dynamodb_table.orders.arn
                  PARTNER      = "ghp_0123456789abcdefghijABCDEFGHIJ012345"
                }
              }
            }
        """,
        "password from a sensitive variable": """
            variable "password" {
              type      = string
              sensitive = true
              default   = "hunter-two"
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  DB_PASSWORD = var.password
                }
              }
            }
        """,
        "password in an address": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  DATABASE = "mysql://shop:s3cr3t-one@db.internal/shop"
                }
              }
            }
        """,
    },
    good={
        "no variables": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
            }
        """,
        "names of secrets": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  AWS_REGION_NAME    = "eu-west-1"
                  DB_SECRET_ARN      = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3"
                  DB_SECRET          = "orders/database"
                  DB_PASSWORD        = "/orders/database/password"
                  API_TOKEN          = ""
                  TOKEN_ENDPOINT     = "https://login.example.com/token"
                  REVISION           = "3f786850e387550fdab836ed7e6dc881de23001b"
                  PASSWORD_MIN_CHARS = "12"
                }
              }
            }
        """,
        "name of another resource": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  QUEUE_URL = aws_sqs_queue.orders.url
                }
              }
            }
        """,
        "environment without variables": """
            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {}
            }
        """,
    },
    undetermined={
        "a password that is not known yet": """
            resource "random_password" "database" {
              length = 32
            }

            resource "aws_lambda_function" "orders" {
              function_name = "orders"
              role          = "arn:aws:iam::111122223333:role/orders"
              environment {
                variables = {
                  DB_PASSWORD = random_password.database.result
                }
              }
            }
        """,
    },
)
def lambda_environment_secret(function: Resource) -> Iterator[Violation]:
    """Lambda function has a secret in its environment.

    Everybody who may read the function's configuration reads it in the clear, and so does whoever sees the state, the
    plan or the repository. Programs that fail like to print their environment into the log.

    Keep it in Secrets Manager or as a SecureString, put its name into the variable, and read it when the function
    starts (the AWS Parameters and Secrets extension does that). For access to AWS use the function's `role` instead
    of keys. Treat the secret as known: change it.
    """
    for path, environment in function.blocks("environment"):
        variables = environment.get("variables") or {}
        for name, kind in secrets_in_variables(variables):
            yield violation(f"{path}.variables", f"{kind} in {name}")


@rule(
    id="aws-ecs-container-secret",
    severity="critical",
    domain="encryption",
    resources=["aws_ecs_task_definition"],
    aliases=["AVD-AWS-0036"],
    controls={"nist-800-53r5": _CONTROLS},
    links=["https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specifying-sensitive-data.html"],
    since="0.2.0",
    bad={
        "password": """
            resource "aws_ecs_task_definition" "orders" {
              family                = "orders"
              container_definitions = <<EOF
            [
              {
                "name": "orders",
                "image": "example/orders:1",
                "memory": 256,
                "environment": [
                  { "name": "STAGE", "value": "development" },
                  { "name": "DATABASE_PASSWORD", "value": "P@55w0rd" }
                ]
              }
            ]
            EOF
            }
        """,
        "access key, second container": """
            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([
                { name = "orders", image = "example/orders:1", memory = 256 },
                {
                  name        = "uploader"
                  image       = "example/uploader:1"
                  memory      = 256
                  environment = [{ name = "UPLOADER", value = "AKIAIOSFODNN7EXAMPLE" }]
                }
              ])
            }
        """,
        "in the command": """
            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([{
                name    = "orders"
                image   = "example/orders:1"
                memory  = 256
                command = ["serve", "--api-key=0f1e2d3c4b5a69788796a5b4c3d2e1f0"]
              }])
            }
        """,
        "in the entry point": """
            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([{
                name       = "orders"
                image      = "example/orders:1"
                memory     = 256
                entryPoint = ["serve", "--api-key=0f1e2d3c4b5a69788796a5b4c3d2e1f0"]
              }])
            }
        """,
    },
    good={
        "no environment": """
            resource "aws_ecs_task_definition" "orders" {
              family                = "orders"
              container_definitions = jsonencode([{ name = "orders", image = "example/orders:1", memory = 256 }])
            }
        """,
        "from Secrets Manager": """
            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([{
                name        = "orders"
                image       = "example/orders:1"
                memory      = 256
                command     = ["serve", "--port", "8080"]
                environment = [
                  { name = "STAGE", value = "production" },
                  { name = "DB_SECRET", value = "orders/db" },
                  { name = "PORT", value = 8080 },
                ]
                secrets = [{
                  name      = "DATABASE_PASSWORD"
                  valueFrom = "arn:aws:secretsmanager:eu-west-1:111122223333:secret:orders-a1b2c3"
                }]
              }])
            }
        """,
        "environment that ECS would not understand": """
            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([{
                name        = "orders"
                image       = "example/orders:1"
                memory      = 256
                environment = ["STAGE=production"]
              }])
            }
        """,
    },
    undetermined={
        "definitions that are not known yet": """
            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }

            resource "aws_ecs_task_definition" "orders" {
              family = "orders"
              container_definitions = jsonencode([{
                name        = "orders"
                image       = "example/orders:1"
                memory      = 256
                environment = [{ name = "QUEUE", value = aws_sqs_queue.orders.url }]
              }])
            }
        """,
    },
)
def container_secret(task: Resource) -> Iterator[Violation]:
    """Container definition of an ECS task has a secret in it.

    Everybody who may describe task definitions reads it in the clear, in every revision that ever was, and so does
    whoever sees the state, the plan or the repository.

    Move it to Secrets Manager or a SecureString, and name it under `secrets` with `valueFrom` instead of
    `environment`; the execution role must be allowed to read it. Treat the secret as known: change it.
    """
    for container in _objects(task.json("container_definitions")):
        for message in _secrets_of(container):
            yield violation("container_definitions", f"{container.get('name')}: {message}")


def _secrets_of(container: dict[str, Any]) -> Iterator[str]:
    pairs = {str(one.get("name")): one.get("value") for one in _objects(container.get("environment"))}
    for name, kind in secrets_in_variables(pairs):
        yield f"{kind} in {name}"
    for part in ("command", "entryPoint"):
        words = container.get(part)
        if isinstance(words, list):
            yield from secrets_in(" ".join(map(str, words)))


def _objects(value: Any) -> list[dict[str, Any]]:
    return [one for one in value if isinstance(one, dict)] if isinstance(value, list) else []
