"""What reaches from production into something else, or from there into production."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planguard import Resource, Violation, is_unknown, rule, violation

from ._boundary import Side, accounts_in, texts_of

_CONTROLS: dict[str, Iterable[str]] = {"nist-800-53r5": ["AC-4", "CM-4(1)", "SC-3", "SC-7"]}
_LINK = "https://docs.aws.amazon.com/whitepapers/latest/organizing-your-aws-environment/production-and-non-production-workload-environments.html"
_TRIED: dict[str, Any] = {
    "environments": {
        "prod": {
            "production": True,
            "account": ["111111111111", "shop-prod", "11111111-1111-1111-1111-111111111111"],
            "tag": {"Environment": "prod"},
            "network": "10.10.0.0/16",
            "name": ["*-prod", "*-prod-*", "prod", "prod/*"],
        },
        "dev": {
            "account": ["222222222222", "shop-dev", "22222222-2222-2222-2222-222222222222"],
            "tag": {"Environment": "dev"},
            "network": ["10.20.0.0/16", "fd00:20::/32"],
            "name": ["*-dev", "*-dev-*", "dev", "dev/*"],
        },
    },
    "plan_environment": "prod",
}


@rule(
    id="environment-boundary-crossed",
    severity="high",
    domain="environment",
    resources=["aws_*", "azurerm_*", "google_*", "data.aws_*", "data.azurerm_*", "data.google_*"],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a role that another side may take": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::222222222222:root" }
                }]
              })
            }
        """,
        "a key that another side may use, by the account alone": """
            resource "aws_kms_grant" "reports" {
              name              = "reports"
              key_id            = "alias/reports"
              grantee_principal = "222222222222"
              operations        = ["Decrypt"]
            }
        """,
        "backups written to the other side": """
            resource "aws_s3_bucket_replication_configuration" "orders" {
              bucket = "orders"
              role   = "arn:aws:iam::111111111111:role/replication"
              rule {
                status = "Enabled"
                destination {
                  bucket  = "arn:aws:s3:::orders-copy"
                  account = "222222222222"
                }
              }
            }
        """,
        "an identity of the other side, in a list": """
            resource "google_storage_bucket_iam_binding" "readers" {
              bucket  = "orders"
              role    = "roles/storage.objectViewer"
              members = ["user:ann@example.com", "serviceAccount:ci@shop-dev.iam.gserviceaccount.com"]
            }
        """,
        "a project of the other side": """
            resource "google_pubsub_subscription" "orders" {
              name  = "orders"
              topic = "projects/shop-dev/topics/orders"
            }
        """,
        "a subscription of the other side": """
            resource "azurerm_monitor_diagnostic_setting" "vault" {
              name                       = "vault"
              target_resource_id         = "/subscriptions/11111111-1111-1111-1111-111111111111/vault"
              log_analytics_workspace_id = "/subscriptions/22222222-2222-2222-2222-222222222222/logs"
            }
        """,
        "a resource of the same plan that belongs to the other side": """
            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_ebs_volume" "orders" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = aws_kms_key.dev.arn
            }
        """,
        "read by name": """
            data "aws_s3_bucket" "reports" {
              bucket = "reports-dev"
            }
        """,
        "development that reaches into production": """
            resource "aws_sqs_queue" "orders" {
              name                    = "orders"
              sqs_managed_sse_enabled = true
              tags                    = { Environment = "dev" }
              policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sqs:SendMessage"
                  Resource  = "*"
                  Principal = { AWS = ["arn:aws:iam::222222222222:root", "arn:aws:iam::111111111111:role/orders"] }
                }]
              })
            }
        """,
    },
    good={
        "the same side": """
            resource "aws_iam_role" "deploy" {
              name = "deploy"
              assume_role_policy = jsonencode({
                Statement = [{
                  Effect    = "Allow"
                  Action    = "sts:AssumeRole"
                  Principal = { AWS = "arn:aws:iam::111111111111:role/ci" }
                }]
              })
            }

            data "aws_s3_bucket" "reports" {
              bucket = "reports-prod"
            }
        """,
        "an account of neither": """
            resource "aws_ebs_snapshot_copy" "golden" {
              source_region      = "eu-central-1"
              source_snapshot_id = "snap-0123456789abcdef0"
              kms_key_id         = "arn:aws:kms:eu-central-1:333333333333:key/golden"
            }
        """,
        "development among itself, in one plan with production": """
            resource "aws_kms_key" "dev" {
              description = "dev"
              tags        = { Environment = "dev" }
            }

            resource "aws_ebs_volume" "scratch" {
              availability_zone = "eu-central-1a"
              size              = 100
              encrypted         = true
              kms_key_id        = aws_kms_key.dev.arn
              tags              = { Environment = "dev" }
            }
        """,
        "digits that are no account": """
            resource "aws_sqs_queue" "orders" {
              name                       = "orders"
              visibility_timeout_seconds = 30
              policy                     = "x222222222222y"
            }
        """,
    },
)
def environment_boundary_crossed(resource: Resource) -> Iterator[Violation]:
    """Something of production is tied to another environment, or the other way round.

    What is outside of production is watched and patched less, and more people can change it. A trust, a key, a copy
    or a source of data across the boundary lets a mistake there, or an intruder, reach production. Which environment
    an account, a name or a resource belongs to, policy says.

    Give each environment its own, and name the account, the key or the resource of the same environment. Where
    something has to cross, let it do so in one place that is watched, and ask for a waiver.
    """
    side = Side(resource)
    seen: set[tuple[str, str]] = set()
    for name, text in texts_of(resource):
        for account in accounts_in(text):
            other = side.of_account(account)
            if other and (name, account) not in seen:
                seen.add((name, account))
                yield violation(name, f"`{account}` belongs to `{other}`", facts=[name, account])
    for neighbour in resource.references():
        other = side.of_resource(neighbour)
        if other and neighbour.type not in _CONNECTED:
            yield violation(
                "",
                f"refers to {neighbour.address}, which belongs to `{other}`",
                facts=neighbour.address,
                evidence=[neighbour.address],
            )
    if resource.is_data:
        for name, text in texts_of(resource):
            other = side.of_name(text)
            if other:
                yield violation(name, f"`{text}` belongs to `{other}` by its name", facts=[name, text])


_CONNECTED = frozenset({"aws_vpc", "azurerm_virtual_network", "google_compute_network", "aws_ec2_transit_gateway"})
"""Networks that are tied together: `environment-networks-connected` says so."""
_PEERINGS = {
    "aws_vpc_peering_connection": ("vpc_id", "peer_vpc_id", "peer_owner_id"),
    "azurerm_virtual_network_peering": ("virtual_network_name", "remote_virtual_network_id", ""),
    "google_compute_network_peering": ("network", "peer_network", ""),
    "aws_ec2_transit_gateway_vpc_attachment": ("vpc_id", "transit_gateway_id", ""),
}
_RANGES = {
    "aws_security_group": ("ingress.cidr_blocks", "ingress.ipv6_cidr_blocks"),
    "aws_security_group_rule": ("cidr_blocks", "ipv6_cidr_blocks"),
    "aws_vpc_security_group_ingress_rule": ("cidr_ipv4", "cidr_ipv6"),
    "azurerm_network_security_group": (
        "security_rule.source_address_prefix",
        "security_rule.source_address_prefixes",
    ),
    "azurerm_network_security_rule": ("source_address_prefix", "source_address_prefixes"),
    "google_compute_firewall": ("source_ranges",),
}


@rule(
    id="environment-networks-connected",
    severity="high",
    domain="environment",
    resources=[*_PEERINGS, *_RANGES],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a peering with an account of the other side": """
            resource "aws_vpc_peering_connection" "dev" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = "vpc-0fedcba9876543210"
              peer_owner_id = "222222222222"
            }
        """,
        "a peering with a network of the same plan": """
            resource "aws_vpc" "dev" {
              cidr_block = "10.20.0.0/16"
              tags       = { Environment = "dev" }
            }

            resource "aws_vpc_peering_connection" "dev" {
              vpc_id      = "vpc-0123456789abcdef0"
              peer_vpc_id = aws_vpc.dev.id
            }
        """,
        "a peering in Azure": """
            resource "azurerm_virtual_network_peering" "dev" {
              name                      = "dev"
              resource_group_name       = "shop"
              virtual_network_name      = "shop"
              remote_virtual_network_id = "/subscriptions/22222222-2222-2222-2222-222222222222/networks/shop"
            }
        """,
        "a peering in Google Cloud": """
            resource "google_compute_network_peering" "dev" {
              name         = "dev"
              network      = "projects/shop-prod/global/networks/shop"
              peer_network = "projects/shop-dev/global/networks/shop"
            }
        """,
        "a port for the other side": """
            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = "10.20.4.0/24"
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
            }
        """,
        "a port for the other side, in a block and by IPv6": """
            resource "aws_security_group" "database" {
              name = "database"
              ingress {
                from_port        = 5432
                to_port          = 5432
                protocol         = "tcp"
                cidr_blocks      = ["10.10.4.0/24"]
                ipv6_cidr_blocks = ["fd00:20:1::/48"]
              }
            }
        """,
        "a firewall of Google Cloud": """
            resource "google_compute_firewall" "database" {
              name          = "database"
              network       = "shop"
              source_ranges = ["10.10.0.0/16", "10.20.0.0/16"]
              allow {
                protocol = "tcp"
                ports    = ["5432"]
              }
            }
        """,
        "a rule of Azure": """
            resource "azurerm_network_security_rule" "database" {
              name                        = "database"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Allow"
              protocol                    = "Tcp"
              source_port_range           = "*"
              source_address_prefix       = "10.20.0.0/16"
              destination_port_range      = "5432"
              destination_address_prefix  = "*"
            }
        """,
    },
    good={
        "a peering on the same side": """
            resource "aws_vpc_peering_connection" "shared" {
              vpc_id        = "vpc-0123456789abcdef0"
              peer_vpc_id   = "vpc-0fedcba9876543210"
              peer_owner_id = "111111111111"
            }
        """,
        "a port for the same side, and for everybody": """
            resource "aws_security_group" "edge" {
              name = "edge"
              ingress {
                from_port   = 443
                to_port     = 443
                protocol    = "tcp"
                cidr_blocks = ["10.10.4.0/24", "0.0.0.0/0"]
              }
            }
        """,
        "traffic that goes out": """
            resource "aws_security_group_rule" "out" {
              security_group_id = "sg-0123456789abcdef0"
              type              = "egress"
              from_port         = 443
              to_port           = 443
              protocol          = "tcp"
              cidr_blocks       = ["10.20.0.0/16"]
            }
        """,
        "traffic that is refused": """
            resource "azurerm_network_security_rule" "no" {
              name                        = "no"
              resource_group_name         = "shop"
              network_security_group_name = "database"
              priority                    = 100
              direction                   = "Inbound"
              access                      = "Deny"
              protocol                    = "*"
              source_port_range           = "*"
              source_address_prefix       = "10.20.0.0/16"
              destination_port_range      = "*"
              destination_address_prefix  = "*"
            }

            resource "google_compute_firewall" "no" {
              name          = "no"
              network       = "shop"
              source_ranges = ["10.20.0.0/16"]
              deny {
                protocol = "all"
              }
            }
        """,
    },
    undetermined={
        "a range that is known after apply": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_vpc_security_group_ingress_rule" "database" {
              security_group_id = "sg-0123456789abcdef0"
              cidr_ipv4         = "${aws_eip.office.public_ip}/32"
              ip_protocol       = "tcp"
              from_port         = 5432
              to_port           = 5432
            }
        """,
    },
)
def environment_networks_connected(resource: Resource) -> Iterator[Violation]:
    """Networks of production and of another environment are joined, or let each other in.

    Whoever gets a foothold in development, where passwords are shared and patches wait, then stands in front of
    production's databases. Which ranges and accounts belong to an environment, policy says.

    Take the peering or the range away. Where data has to flow, publish one endpoint for it (PrivateLink, Private
    Service Connect, Private Link), and let production connect outwards.
    """
    side = Side(resource)
    if resource.type in _PEERINGS:
        yield from _peered(resource, side)
        return
    for path in _RANGES[resource.type]:
        for at, value in _values(resource, path):
            for cidr in value if isinstance(value, list) else [value]:
                other = side.of_range(cidr) if cidr else ""
                if other:
                    yield violation(at, f"{cidr} belongs to `{other}`", facts=[path, cidr])


def _peered(resource: Resource, side: Side) -> Iterator[Violation]:
    _, peer, owner = _PEERINGS[resource.type]
    for neighbour in resource.references(via=peer):
        other = side.of_resource(neighbour)
        if other:
            message = f"joins {neighbour.address}, which belongs to `{other}`"
            yield violation(peer, message, facts=[peer, other], evidence=[neighbour.address])
            return
    for name in (peer, owner) if owner else (peer,):
        value = resource.values.get(name)
        if isinstance(value, str) and not is_unknown(value):
            for account in accounts_in(value):
                other = side.of_account(account)
                if other:
                    yield violation(name, f"joins a network of `{account}`, which belongs to `{other}`")
                    return


def _values(resource: Resource, path: str) -> Iterator[tuple[str, Any]]:
    """What lets traffic in, with the attribute that says it."""
    block, _, name = path.rpartition(".")
    if block:
        for at, one in resource.blocks(block):
            if _lets_in(one):
                yield f"{at}.{name}", one.get(name)
    elif resource.type == "google_compute_firewall":
        if resource.effective("direction", "INGRESS") == "INGRESS" and resource.get("allow"):
            yield name, resource.get(name)
    elif _lets_in(resource.values):
        yield name, resource.get(name)


def _lets_in(values: dict[str, Any]) -> bool:
    direction = values.get("direction", values.get("type"))
    return values.get("access") != "Deny" and direction not in ("egress", "Outbound", "EGRESS")


@rule(
    id="environment-state-shared",
    severity="medium",
    domain="environment",
    resources=["data.terraform_remote_state"],
    controls=_CONTROLS,
    links=["https://developer.hashicorp.com/terraform/language/state/remote-state-data"],
    since="0.2.0",
    needs="environments",
    tried_with=_TRIED,
    bad={
        "a file of the other side": """
            resource "terraform_data" "first" {
              input = "read when this is there"
            }

            data "terraform_remote_state" "network" {
              backend    = "local"
              depends_on = [terraform_data.first]
              config = {
                path = "../dev/terraform.tfstate"
              }
            }
        """,
        "a key of the other side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket = "shop-state"
                key    = "dev/network.tfstate"
                region = "eu-central-1"
              }
            }
        """,
        "a workspace of the other side": """
            data "terraform_remote_state" "network" {
              backend   = "gcs"
              workspace = "dev"
              config = {
                bucket = "shop-state"
              }
            }
        """,
        "a role in an account of the other side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket   = "shop-state"
                key      = "network.tfstate"
                role_arn = "arn:aws:iam::222222222222:role/state"
              }
            }
        """,
        "a path with the other side in it": """
            data "terraform_remote_state" "network" {
              backend = "azurerm"
              config = {
                storage_account_name = "shopstate"
                container_name       = "network-dev"
                key                  = "terraform.tfstate"
              }
            }
        """,
    },
    good={
        "a file of the same side": """
            resource "terraform_data" "first" {
              input = "read when this is there"
            }

            data "terraform_remote_state" "network" {
              backend    = "local"
              depends_on = [terraform_data.first]
              config = {
                path = "../prod/terraform.tfstate"
              }
            }
        """,
        "the same side": """
            data "terraform_remote_state" "network" {
              backend = "s3"
              config = {
                bucket = "shop-state"
                key    = "prod/network.tfstate"
                region = "eu-central-1"
              }
            }
        """,
        "nobody's": """
            data "terraform_remote_state" "organization" {
              backend = "s3"
              config = {
                bucket = "state"
                key    = "organization.tfstate"
                region = "eu-central-1"
              }
            }
        """,
    },
)
def environment_state_shared(resource: Resource) -> Iterator[Violation]:
    """The state of another environment is read.

    A state holds every secret of what it describes, and whoever can write it decides what is read from it: production
    then takes its networks, keys and addresses from where more people can change them.

    Read the state of the same environment, or hand over the few values that are needed by a parameter store that
    production owns.
    """
    side = Side(resource)
    told: set[str] = set()
    for name, text in texts_of(resource):
        others = [side.of_account(account) for account in accounts_in(text)]
        others += [side.of_name(part) for part in (text, *text.strip("/").split("/"))]
        other = next(filter(None, others), "")
        if other and name not in told:
            told.add(name)
            yield violation(name, f"`{text}` belongs to `{other}`", facts=[name, text])


@rule(
    id="environment-account-mismatch",
    severity="critical",
    domain="environment",
    resources=["aws_*", "azurerm_*", "google_*"],
    controls=_CONTROLS,
    links=[_LINK],
    since="0.2.0",
    needs="environments",
    tried_with={**_TRIED, "plan_environment": "dev"},
    bad={
        "a project of production": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-prod"
              location = "EU"
            }
        """,
        "a subscription of production": """
            resource "azurerm_management_lock" "orders" {
              name       = "orders"
              scope      = "/subscriptions/11111111-1111-1111-1111-111111111111/resourceGroups/orders"
              lock_level = "CanNotDelete"
            }
        """,
        "a provider that signs in to production": """
            provider "aws" {
              region = "eu-central-1"
              assume_role {
                role_arn = "arn:aws:iam::111111111111:role/deploy"
              }
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
        "a provider that is held to production, by a variable": """
            variable "account" {
              default = "111111111111"
            }

            provider "aws" {
              region              = "eu-central-1"
              allowed_account_ids = [var.account]
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
    },
    good={
        "its own": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-dev"
              location = "EU"
            }
        """,
        "nobody's, and one that is not told": """
            resource "google_storage_bucket" "orders" {
              name     = "orders"
              project  = "shop-tools"
              location = "EU"
            }

            resource "aws_sqs_queue" "orders" {
              name = "orders"
            }
        """,
    },
)
def environment_account_mismatch(resource: Resource) -> Iterator[Violation]:
    """A plan for one side of the boundary changes an account of the other.

    Most likely the wrong credentials or variables are set: what was tried in development is then applied to
    production, under the gates of development. Told for each resource in such an account.

    Look at the credentials, the provider's `assume_role` and the variables of this run. Set `allowed_account_ids`
    (`subscription_id`, `project`) in the provider, so that a run with others stops.
    """
    environment = resource.plan_environment
    account = resource.account if environment else ""
    there = resource.environments.of_account(account) if account else None
    if environment and there and there.production != environment.production:
        message = f"it is in `{account}`, which belongs to `{there.name}`, and the plan is for `{environment.name}`"
        yield violation("", message, facts=[account])
