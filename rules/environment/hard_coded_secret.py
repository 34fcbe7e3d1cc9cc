"""Secrets that stand in the configuration itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from planguard import Resource, Violation, is_unknown, rule, violation
from planguard.graph.configuration import Block
from planguard.plan.document import decode_value

from ..encryption._secrets import is_literal, secret_in_variable
from ._before_after import dropped
from ._secret_types import TYPES

_TELLING = re.compile(
    rb'"[a-z0-9_]*(?:passw|passphrase|secret|token|private_?key|access_key|account_key|api_key|shared_key|_sas"'
    rb"|connection_string|raw_key|authorization_key|service_principal_key)[a-z0-9_]*\":"
)
"""What the expressions of a block must hold to be worth a closer look."""
_MORE_NAMES = re.compile(r"(?:.*_)?(?:preshared_key|shared_key|authorization_key|service_principal_key|raw_key)")
_CONNECTION = re.compile(r"(?i)(?:password|pwd|accountkey|sharedaccesskey|sharedsecret)\s*=\s*[^;\s]{3,}")
_VARIABLE = re.compile(r"var\.([^.\[]+)")
_KUBERNETES = ("kubernetes_secret", "kubernetes_secret_v1")
_WHOLE = {
    "aws_kms_ciphertext": ("plaintext", "plaintext_wo"),
    "aws_secretsmanager_secret_version": ("secret_string", "secret_string_wo", "secret_binary"),
    "aws_ssm_parameter": ("value", "value_wo"),
    "azurerm_automation_variable_string": ("value",),
    "azurerm_container_app": ("secret.value",),
    "azurerm_key_vault_secret": ("value", "value_wo"),
    "github_actions_secret": ("plaintext_value",),
    "google_secret_manager_regional_secret_version": ("secret_data", "secret_data_wo"),
    "google_secret_manager_secret_version": ("secret_data", "secret_data_wo"),
    "helm_release": ("set_sensitive.value",),
    "vault_generic_secret": ("data_json",),
    "vault_kv_secret_v2": ("data_json", "data_json_wo"),
    **dict.fromkeys(_KUBERNETES, ("data", "data_wo", "binary_data")),
}
"""Attributes that hold a secret, whatever their name says."""

_HELD = """
            resource "kubernetes_secret_v1" "orders" {{
              metadata {{
                name = "orders"
              }}
              data = {{
                "{}" = {}
              }}
            }}
"""
_KEYS_BY_NAME = (
    *(
        "ACCESS",
        "ACCOUNT",
        "API",
        "APP",
        "APPLICATION",
        "AUTH",
        "CLIENT",
        "ENCRYPTION",
        "LICENSE",
        "MASTER",
        "PRIVATE",
    ),
    *("SECRET", "SERVICE", "SESSION", "SHARED", "SIGNING", "STORAGE"),
)
_BY_NAME = (
    *("db.password", "db.passwd", "keyPassphrase", "DB_PASS", "DB_PWD", "partner.token", "client-secret"),
    *("apikey", "accesskey", "authkey", "secretkey"),
    *(f"{word}_KEY" for word in _KEYS_BY_NAME),
)
_BY_LOOK = {
    "an access key id": "AKIA" + "NOTAREALKEY00000",
    "a private key": "-----BEGIN " + "PRIVATE KEY-----",
    "a token of GitHub": "ghp_" + "0" * 36,
    "a token of GitLab": "glpat-" + "not-a-real-token-000",
    "a token of Slack": "xoxb-" + "not-a-real-token",
    "a hook of Slack": "https://hooks.slack.com/services/" + "T000/B000/not_a_real_token",
    "a key of Stripe": "sk_live_" + "0" * 16,
    "a key of Google": "AIza" + "0" * 35,
    "a key of SendGrid": "SG." + "0" * 22 + "." + "0" * 43,
    "a token of npm": "npm_" + "0" * 36,
    "a token of Vault": "hvs." + "0" * 24,
    "a key of Azure": "AccountKey=not/" + "0" * 64,
    "a signature of Azure": "https://example.blob.core.windows.net/orders?sig=" + "0" * 43,
    "half of an access key": "niZruamDamCupdyaphoIYta6EokwsyPyadzgaSxz",
    "half of an access key, in small letters": "niZ8u0mdamcupdyaphoiyta6EokwsypyadzgaSxz",
    "half of an access key, in capitals": "NIZrUaMDaMCuPDYAPHOIYTA6EOkWSYPYaDZGaSXz",
    "half of an access key, with strokes": "niZruamD/mCupdya/hoIYta6Eo/wsyPyad/gaSxz",
}
_IN_TEXT = {
    "an assignment": "export AWS_SECRET_ACCESS_KEY=wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "a line of an image": "ENV AWS_SECRET_ACCESS_KEY wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY",
    "a password that is changed": "echo ops:not-a-real-Passw0rd | sudo chpasswd",
    "an option": "serve --api-key 0f1e2d3c",
    "an address": "mysql://shop:not-a-real-Passw0rd@db.internal/shop",
}
_NO_SECRETS = {
    "2026": "orders",
    "KEY": "0f1e2d3c4b5a",
    "CACHE_KEY": "0f1e2d3c4b5a",
    "API_VERSION": "2026-01-15-r1",
    "DB_PASS": "42",
    "API_TOKEN": "0f1e2d3",
    "AUTH_TOKEN": "production",
    "PWD": "/srv",
    "OLD_PWD": "/srv",
    "address": "mysql://shop:xxx@db.internal/shop",
    "release": "Release-2026-01-15-RC1-OfTheShop",
    "small": "k3z6uondhmcmadyappsiiytazEoawpy0y8dzgaSx",
    "two.digits": "niZru0mdamcupdyaphoiyta6EokwsypyadzgaSxz",
    "mixed.small": "niZruamDamCupdyaphoIYta6EokwsypyadzgaSxz",
    "mixed.capital": "NIZrUaMDaMCuPDYAPHOIYTA6EOkWSYPYaDZgASXZ",
    "title": "TheOrdersAndReturnsOfAllCustomersOfAShop",
    "path": "/opt/BuildAgents/Release2026/Orders01234",
    "place": "Build/Agents/Release2026/Orders/Ap/V1x23",
    "gaps": "DB_PASSWORD='xxx'; export API_KEY=\\\"REPLACE_ME\\\"",
    "change": "echo ops:xxx | sudo chpasswd",
    "program": "password = getpass(); db_password = secrets['orders']",
    "prompt": 'read -p \\"Password: \\" PW && echo \\"thanks\\"',
    "options": "mysql --user shop --password --host db1.internal",
    "rotation": "vault-tool rotate secret_key orders-2026-01",
}


@rule(
    id="secret-in-configuration",
    severity="high",
    domain="environment",
    resources=TYPES,
    controls={"nist-800-53r5": ["IA-5", "IA-5(7)", "SC-28"]},
    links=["https://developer.hashicorp.com/terraform/language/manage-sensitive-data"],
    since="0.2.0",
    bad={
        "password of a database": """
            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"
              password          = "not-a-real-Passw0rd"
            }
        """,
        "password that is written only": """
            resource "aws_rds_cluster" "orders" {
              cluster_identifier         = "orders"
              engine                     = "aurora-postgresql"
              master_username            = "orders"
              master_password_wo         = "not-a-real-Passw0rd"
              master_password_wo_version = 1
            }
        """,
        "default of a variable": """
            variable "password" {
              type    = string
              default = "not-a-real-Passw0rd"
            }

            resource "azurerm_mssql_server" "orders" {
              name                         = "orders"
              resource_group_name          = "shop"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "orders"
              administrator_login_password = var.password
            }
        """,
        "default of a variable that is written only": """
            variable "password" {
              type    = string
              default = "not-a-real-Passw0rd"
            }

            resource "aws_db_instance" "orders" {
              identifier          = "orders"
              engine              = "postgres"
              instance_class      = "db.m7g.large"
              allocated_storage   = 100
              username            = "orders"
              password_wo         = var.password
              password_wo_version = 1
            }
        """,
        "default of a variable, in a block": """
            variable "password" {
              type    = string
              default = "not-a-real-Passw0rd"
            }

            resource "aws_mq_broker" "jobs" {
              broker_name        = "jobs"
              engine_type        = "ActiveMQ"
              engine_version     = "5.18"
              host_instance_type = "mq.m5.large"
              user {
                username = "jobs"
                password = var.password
              }
            }
        """,
        "secret made of literals": """
            resource "aws_secretsmanager_secret_version" "orders" {
              secret_id     = "orders"
              secret_string = jsonencode({ user = "orders", password = "not-a-real-Passw0rd" })
            }
        """,
        "parameter": """
            resource "aws_ssm_parameter" "token" {
              name  = "token"
              type  = "SecureString"
              value = "not-a-real-t0ken"
            }
        """,
        "secret of a vault": """
            resource "azurerm_key_vault_secret" "orders" {
              name         = "orders"
              key_vault_id = "/subscriptions/0/resourceGroups/shop/providers/Microsoft.KeyVault/vaults/shop"
              value        = "not-a-real-Passw0rd"
            }
        """,
        "one of two users": """
            resource "aws_mq_broker" "jobs" {
              broker_name        = "jobs"
              engine_type        = "ActiveMQ"
              engine_version     = "5.18"
              host_instance_type = "mq.t3.micro"
              user {
                username = "worker"
                password = var.worker
              }
              user {
                username = "admin"
                password = "not-a-real-Passw0rd"
              }
            }

            variable "worker" {
              type      = string
              sensitive = true
              default   = null
            }
        """,
        "secret of a cluster": """
            resource "kubernetes_secret_v1" "orders" {
              metadata {
                name = "orders"
              }
              data = {
                user     = "orders"
                password = "not-a-real-Passw0rd"
              }
            }
        """,
        "key in a connection string": """
            resource "azurerm_data_factory_linked_service_azure_blob_storage" "orders" {
              name              = "orders"
              data_factory_id   = "/subscriptions/0/resourceGroups/s/providers/Microsoft.DataFactory/factories/s"
              connection_string = "DefaultEndpointsProtocol=https;AccountName=orders;AccountKey=bm90LWEtcmVhbC1rZXk="
            }
        """,
        **{f"by its name, {name}": _HELD.format(name, '"0f1e2d3c"') for name in _BY_NAME},
        **{f"by its look, {what}": _HELD.format("ci", f'"{value}"') for what, value in _BY_LOOK.items()},
        **{f"in a text, {what}": _HELD.format("init.sh", f'"{value}"') for what, value in _IN_TEXT.items()},
        "a password of three letters": _HELD.format("db.password", '"s3c"'),
        "passwords of a user": """
            resource "aws_elasticache_user" "orders" {
              user_id       = "orders"
              user_name     = "orders"
              access_string = "on ~* +@all"
              engine        = "redis"
              passwords     = ["not-a-real-Passw0rd"]
            }
        """,
        "password in a connection string": """
            resource "azurerm_data_factory_linked_service_sql_managed_instance" "orders" {
              name              = "orders"
              data_factory_id   = "/subscriptions/0/resourceGroups/s/providers/Microsoft.DataFactory/factories/s"
              connection_string = "Server=tcp:orders.example.com,1433;Uid=orders;Pwd=not-a-real-Passw0rd;"
            }
        """,
        "default of a variable, for one of two users": """
            variable "worker" {
              type    = string
              default = "not-a-real-Passw0rd"
            }

            resource "random_pet" "worker" {
              length = 2
            }

            resource "aws_mq_broker" "jobs" {
              broker_name        = "jobs"
              engine_type        = "ActiveMQ"
              engine_version     = "5.18"
              host_instance_type = "mq.t3.micro"
              user {
                groups   = [random_pet.worker.id]
                username = "worker"
                password = var.worker
              }
              user {
                username = "admin"
                password = random_pet.worker.id
              }
            }
        """,
        "all of a secret by default": """
            variable "orders" {
              type    = map(string)
              default = { password = "not-a-real-Passw0rd" }
            }

            resource "kubernetes_secret" "orders" {
              metadata {
                name = "orders"
              }
              data = var.orders
            }
        """,
        "a secret in one word": """
            resource "aws_secretsmanager_secret_version" "orders" {
              secret_id     = "orders"
              secret_string = "not-a-real-Passw0rd"
            }
        """,
        "a secret in figures": """
            resource "aws_secretsmanager_secret_version" "door" {
              secret_id     = "door"
              secret_string = "31415926"
            }
        """,
        "secret beside what is none": """
            resource "aws_secretsmanager_secret_version" "orders" {
              secret_id     = "orders"
              secret_string = jsonencode({ password = "not-a-real-Passw0rd", port = 5432 })
            }
        """,
        "variable of scripts": """
            resource "azurerm_automation_variable_string" "orders" {
              name                    = "orders"
              resource_group_name     = "shop"
              automation_account_name = "shop"
              value                   = "not-a-real-Passw0rd"
              encrypted               = true
            }
        """,
        "value of a chart": """
            resource "helm_release" "orders" {
              name  = "orders"
              chart = "orders"
              set_sensitive {
                name  = "database.password"
                value = "not-a-real-Passw0rd"
              }
            }
        """,
        "key of a tunnel": """
            resource "aws_vpn_connection" "office" {
              customer_gateway_id   = "cgw-0123456789abcdef0"
              type                  = "ipsec.1"
              tunnel1_preshared_key = "not_a_real_key_1"
            }
        """,
    },
    good={
        "password that AWS makes": """
            resource "aws_db_instance" "orders" {
              identifier                  = "orders"
              engine                      = "postgres"
              instance_class              = "db.t4g.medium"
              allocated_storage           = 20
              username                    = "orders"
              manage_master_user_password = true
            }
        """,
        "password that is made here": """
            resource "random_password" "orders" {
              length = 32
            }

            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"
              password          = random_password.orders.result
            }
        """,
        "variable without a default": """
            variable "password" {
              type    = string
              default = ""
            }

            resource "azurerm_mssql_server" "orders" {
              name                         = "orders"
              resource_group_name          = "shop"
              location                     = "westeurope"
              version                      = "12.0"
              administrator_login          = "orders"
              administrator_login_password = var.password
            }
        """,
        "a gap to fill": """
            resource "google_secret_manager_secret_version" "orders" {
              secret      = "projects/example/secrets/orders"
              secret_data = "REPLACE_ME"
            }
        """,
        "what only looks like a secret": "".join(
            _HELD.format(name, f'"{value}"').replace("orders", f"example_{at}", 2)
            for at, (name, value) in enumerate(_NO_SECRETS.items())
        ),
        "gaps to fill": """
            resource "aws_secretsmanager_secret_version" "orders" {
              secret_id     = "orders"
              secret_string = jsonencode({ password = "REPLACE_ME", port = 5432 })
            }

            resource "aws_vpn_connection" "office" {
              customer_gateway_id   = "cgw-0123456789abcdef0"
              type                  = "ipsec.1"
              tunnel1_preshared_key = "TBD"
            }
        """,
        "a new password each time": """
            resource "aws_elasticache_user" "orders" {
              user_id       = "orders"
              user_name     = "orders"
              access_string = "on ~* +@all"
              engine        = "redis"
              passwords     = [uuid()]
            }

            resource "aws_db_instance" "orders" {
              identifier        = "orders"
              engine            = "postgres"
              instance_class    = "db.t4g.medium"
              allocated_storage = 20
              username          = "orders"
              password          = uuid()
            }
        """,
        "the label of a password": """
            resource "aws_ssm_parameter" "orders" {
              name  = "orders"
              type  = "SecureString"
              value = random_password.orders.result
              tags  = { password = "until-2027" }
            }

            resource "random_password" "orders" {
              length = 32
            }
        """,
        "what a script of a machine does": """
            resource "random_password" "build" {
              length = 32
            }

            resource "azurerm_linux_virtual_machine" "build" {
              name                            = "build"
              resource_group_name             = "shop"
              location                        = "westeurope"
              size                            = "Standard_B2s"
              admin_username                  = "build"
              admin_password                  = random_password.build.result
              disable_password_authentication = false
              network_interface_ids           = []
              custom_data                     = "#!/bin/sh\\nexport DB_PASSWORD=not-a-real-Passw0rd\\n"
              os_disk {
                caching              = "ReadWrite"
                storage_account_type = "Premium_LRS"
              }
            }
        """,
        "a secret of a cluster that holds none": """
            resource "kubernetes_secret_v1" "orders" {
              metadata {
                name = "orders"
              }
              data = {
                user = "orders"
                port = 5432
              }
            }
        """,
        "a secret that is deleted": dropped(
            """
            resource "aws_secretsmanager_secret_version" "orders" {
              secret_id     = "orders"
              secret_string = "not-a-real-Passw0rd"
            }
            """
        ),
        "a connection with an identity": """
            resource "azurerm_data_factory_linked_service_sql_managed_instance" "orders" {
              name              = "orders"
              data_factory_id   = "/subscriptions/0/resourceGroups/s/providers/Microsoft.DataFactory/factories/s"
              connection_string = "Server=tcp:orders.example.com,1433;Authentication=Active Directory Managed Identity;"
            }
        """,
        "a parameter that is no secret": """
            resource "aws_ssm_parameter" "level" {
              name  = "level"
              type  = "String"
              value = "information"
            }
        """,
        "where to find a token": """
            resource "aws_codebuild_source_credential" "github" {
              auth_type   = "SECRETS_MANAGER"
              server_type = "GITHUB"
              token       = "arn:aws:secretsmanager:eu-central-1:111122223333:secret:github-abc123"
            }
        """,
        "secret of a cluster from elsewhere": """
            variable "password" {
              type      = string
              sensitive = true
              default   = null
            }

            resource "kubernetes_secret_v1" "orders" {
              metadata {
                name = "orders"
              }
              data = {
                user     = "orders"
                password = var.password
              }
            }
        """,
        "a connection without a key": """
            resource "azurerm_data_factory_linked_service_azure_blob_storage" "orders" {
              name                 = "orders"
              data_factory_id      = "/subscriptions/0/resourceGroups/s/providers/Microsoft.DataFactory/factories/s"
              use_managed_identity = true
              service_endpoint     = "https://orders.blob.core.windows.net"
            }
        """,
    },
)
def secret_in_configuration(resource: Resource) -> Iterator[Violation]:
    """A secret is written out in the configuration.

    Whoever can read the repository, its history or a copy of it has the secret, and it can hardly be changed in a
    hurry. That it is marked as sensitive, or never gets into the state, does not help: it stands in the source.

    Take it out, and change the secret: it counts as known. Let the provider make it
    (`manage_master_user_password = true`), make it with an `ephemeral "random_password"`, or read it from where
    secrets are kept, and hand it to the attribute that ends in `_wo`.
    """
    block = resource.node.block
    if not block:
        return
    whole = _WHOLE.get(resource.type, ())
    raw = block.config.expressions
    if not whole and not _TELLING.search(memoryview(raw)):
        return
    if resource.type == "aws_ssm_parameter" and resource.get("type") != "SecureString":
        return
    for path, expression in _leaves(decode_value(raw, place=block.place), ""):
        value = _literal(resource, block, path, expression)
        kind = _kind(_names(path), value, whole)
        if kind and _is_there(resource, path, value):
            yield violation(path, f"{kind} is written out")


def _leaves(value: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each attribute that an expression is given for, with its path."""
    if isinstance(value, list):
        for index, below in enumerate(value):
            yield from _leaves(below, f"{path}[{index}]")
    elif not value or "constant_value" in value or "references" in value:
        yield path, value
    else:
        for name, below in value.items():
            yield from _leaves(below, f"{path}.{name}" if path else name)


def _names(path: str) -> str:
    return re.sub(r"\[\d+\]", "", path)


def _literal(resource: Resource, block: Block, path: str, expression: dict[str, Any]) -> Any:
    """What the configuration itself gives an attribute; None for what comes from elsewhere."""
    if "constant_value" in expression:
        return expression["constant_value"]
    references = " ".join(expression.get("references", ()))
    if not references:
        return resource.bare_values.get(path)  # a call with nothing but literals in it
    found = _VARIABLE.fullmatch(references)
    if not found:
        return None
    default = decode_value(block.module.config.variables[found[1]].default, place=block.place)
    return default if _is_in_effect(resource, path, default, in_root=not block.module.parent) else None


def _is_in_effect(resource: Resource, path: str, default: Any, *, in_root: bool) -> bool:
    """Whether a variable has its default; of what is written only, the plan does not show the value."""
    if path.endswith("_wo"):
        return in_root
    return _holds(resource.bare_values.get(_top(path)), default)


def _is_there(resource: Resource, path: str, value: Any) -> bool:
    """Whether the literal is in effect: the configuration does not say what it was before."""
    if resource.snapshot == "after":
        return True
    return _holds(resource.bare_values.get(_top(path)), value)


def _top(path: str) -> str:
    return re.split(r"[.\[]", path)[0]


def _holds(value: Any, wanted: Any) -> bool:
    if is_unknown(value):
        return False
    if isinstance(value, dict):
        return value == wanted or any(_holds(below, wanted) for below in value.values())
    if isinstance(value, list):
        return any(_holds(below, wanted) for below in list.__iter__(value))  # an unknown one is none
    return bool(value == wanted)


def _kind(names: str, value: Any, whole: tuple[str, ...]) -> str:
    """What kind of secret a literal is, empty for one that is none."""
    if is_unknown(value):
        return ""
    if isinstance(value, dict):
        found = [_kind_of_entry(name, one) for name, one in value.items()] if names in whole else []
        return next(filter(None, found), "")
    if isinstance(value, list):
        kinds = (_kind(names.removesuffix("s"), one, whole) for one in list.__iter__(value))
        return next(filter(None, kinds), "")
    if not isinstance(value, str):
        return ""
    if names in whole:
        return "a secret" if _is_secret(value) else ""
    return _kind_of_attribute(names, value)


def _kind_of_attribute(names: str, value: str) -> str:
    name = names.rpartition(".")[2].removesuffix("_wo")
    if name.endswith("connection_string"):
        return "a key in a connection string" if _CONNECTION.search(value) else ""
    if _MORE_NAMES.fullmatch(name):
        return "a key" if is_literal(value, "password") else ""
    found = secret_in_variable(name, value) if _TELLING.search(f'"{name}":'.encode()) else None
    return f"a {found}".replace("a AWS", "an AWS") if found else ""


def _kind_of_entry(name: str, value: Any) -> str:
    found = secret_in_variable(name, value) if isinstance(value, str) else None
    return f"{found} in `{name}`" if found else ""


def _is_secret(text: str) -> bool:
    """Whether the text of a secret holds one, and not a gap to fill."""
    try:
        document = msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return is_literal(text, "password")
    if not isinstance(document, dict):
        return is_literal(text, "password")
    return any(isinstance(one, str) and is_literal(one, "password") for one in document.values())
