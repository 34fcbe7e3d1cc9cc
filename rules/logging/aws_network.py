"""What is written down of networks, of the edge and of clusters."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import missing, satellites

_FLOW_LOG = "aws_flow_log"
_DELIVERY = "aws_cloudwatch_log_delivery_source"
# docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
_CLUSTER_LOGS = ("api", "audit", "authenticator", "controllerManager", "scheduler")


@rule(
    id="aws-vpc-without-flow-log",
    severity="medium",
    domain="logging",
    resources=["aws_vpc"],
    aliases=["CKV2_AWS_11", "AVD-AWS-0178"],
    controls={"nist-800-53r5": ["AU-2", "AU-12", "SI-4"], "cis-aws": ["1.2:2.9", "1.4:3.9"]},
    links=["https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_vpc" "main" {
              cidr_block = "10.20.0.0/16"
            }
        """,
        "the log of another network": """
            resource "aws_vpc" "main" {
              cidr_block = "10.20.0.0/16"
            }

            resource "aws_vpc" "lab" {
              cidr_block = "10.30.0.0/16"
            }

            resource "aws_flow_log" "lab" {
              vpc_id          = aws_vpc.lab.id
              traffic_type    = "ALL"
              log_destination = "arn:aws:s3:::example-flows"
            }
        """,
        "the log of one subnet": """
            resource "aws_vpc" "main" {
              cidr_block = "10.20.0.0/16"
            }

            resource "aws_subnet" "web" {
              vpc_id     = aws_vpc.main.id
              cidr_block = "10.20.1.0/24"
            }

            resource "aws_flow_log" "web" {
              subnet_id       = aws_subnet.web.id
              traffic_type    = "ALL"
              log_destination = "arn:aws:s3:::example-flows"
            }
        """,
    },
    good={
        "log": """
            resource "aws_vpc" "main" {
              cidr_block = "10.20.0.0/16"
            }

            resource "aws_flow_log" "main" {
              vpc_id               = aws_vpc.main.id
              traffic_type         = "ALL"
              log_destination      = "arn:aws:s3:::example-flows"
              log_destination_type = "s3"
            }
        """,
        "logs of networks by key": """
            resource "aws_vpc" "area" {
              for_each   = { main = "10.20.0.0/16", lab = "10.30.0.0/16" }
              cidr_block = each.value
            }

            resource "aws_flow_log" "area" {
              for_each        = aws_vpc.area
              vpc_id          = each.value.id
              traffic_type    = "REJECT"
              log_destination = "arn:aws:s3:::example-flows"
            }
        """,
    },
    undetermined={
        "a log of one of two networks": """
            resource "aws_vpc" "area" {
              count      = 2
              cidr_block = "10.${count.index}.0.0/16"
            }

            resource "terraform_data" "which" {
              input = 1
            }

            resource "aws_flow_log" "area" {
              vpc_id          = aws_vpc.area[terraform_data.which.output].id
              traffic_type    = "ALL"
              log_destination = "arn:aws:s3:::example-flows"
            }
        """,
    },
)
def vpc_without_flow_log(vpc: Resource) -> Iterator[Violation]:
    """VPC keeps no flow log.

    Which machine spoke with which address, and which attempts were refused, stands nowhere. After a break-in nobody
    can say how far it went, or whether data has left.

    Add `resource "aws_flow_log" "<name>" { vpc_id = aws_vpc.<name>.id, traffic_type = "ALL", log_destination_type =
    "s3", log_destination = aws_s3_bucket.<name>.arn }`.
    """
    if not satellites(vpc, _FLOW_LOG, via="vpc_id"):
        yield violation("", "no flow log", evidence=missing(vpc, _FLOW_LOG, via="vpc_id"))


_DISTRIBUTION = """
            resource "aws_cloudfront_distribution" "site" {{
              enabled = true
              origin {{
                domain_name = "origin.example.com"
                origin_id   = "site"
              }}
              default_cache_behavior {{
                allowed_methods        = ["GET", "HEAD"]
                cached_methods         = ["GET", "HEAD"]
                target_origin_id       = "site"
                viewer_protocol_policy = "https-only"
              }}
              restrictions {{
                geo_restriction {{
                  restriction_type = "none"
                }}
              }}
              viewer_certificate {{
                cloudfront_default_certificate = true
              }}
              {}
            }}
"""


@rule(
    id="aws-cloudfront-access-log-off",
    severity="medium",
    domain="logging",
    resources=["aws_cloudfront_distribution"],
    aliases=["CKV_AWS_86", "AVD-AWS-0010"],
    controls={"nist-800-53r5": ["AU-2", "AU-12"]},
    links=["https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/AccessLogs.html"],
    since="0.2.0",
    bad={
        "nothing said": _DISTRIBUTION.format(""),
        "nowhere to write to": _DISTRIBUTION.format('logging_config {\n                bucket = ""\n              }'),
        "the log of another one": _DISTRIBUTION.format("")
        + """
            resource "aws_cloudwatch_log_delivery_source" "shop" {
              name         = "shop"
              log_type     = "ACCESS_LOGS"
              resource_arn = "arn:aws:cloudfront::111122223333:distribution/E1SHOP"
            }
        """,
    },
    good={
        "bucket by name": _DISTRIBUTION.format(
            'logging_config {\n                bucket = "example-logs.s3.amazonaws.com"\n              }'
        ),
        "bucket of this plan": _DISTRIBUTION.format(
            "logging_config {\n                bucket = aws_s3_bucket.logs.bucket_domain_name\n              }"
        )
        + """
            resource "aws_s3_bucket" "logs" {
              bucket_prefix = "logs-"
            }
        """,
        "log in a resource of its own": _DISTRIBUTION.format("")
        + """
            resource "aws_cloudwatch_log_delivery_source" "site" {
              name         = "site"
              log_type     = "ACCESS_LOGS"
              resource_arn = aws_cloudfront_distribution.site.arn
            }
        """,
    },
    undetermined={
        "a block over something that is not known yet": _DISTRIBUTION.format(
            'dynamic "logging_config" {\n                for_each = terraform_data.buckets.output\n'
            "                content {\n                  bucket = logging_config.value\n                }\n"
            "              }"
        )
        + """
            resource "terraform_data" "buckets" {
              input = ["example-logs.s3.amazonaws.com"]
            }
        """,
    },
)
def distribution_without_access_log(distribution: Resource) -> Iterator[Violation]:
    """CloudFront distribution keeps no access log.

    What is served from the cache never reaches the origin. Only the log of the distribution shows who has asked for
    what, and how an attack began.

    Add `logging_config { bucket = aws_s3_bucket.<name>.bucket_domain_name }`, or an
    `aws_cloudwatch_log_delivery_source` with `log_type = "ACCESS_LOGS"` and the distribution's `resource_arn`.
    """
    if any(distribution.is_set(f"{path}.bucket") for path, _ in distribution.blocks("logging_config")):
        return
    if not satellites(distribution, _DELIVERY, via="resource_arn"):
        yield violation("logging_config", "no access log")


@rule(
    id="aws-eks-control-plane-log-incomplete",
    severity="medium",
    domain="logging",
    resources=["aws_eks_cluster"],
    aliases=["CKV_AWS_37", "AVD-AWS-0038"],
    controls={"nist-800-53r5": ["AU-2", "AU-12", "SI-4"]},
    links=["https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_eks_cluster" "main" {
              name     = "main"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "none": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = []
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "without the scheduler": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "without the log of its API": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["audit", "authenticator", "controllerManager", "scheduler"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "without the log of who is let in": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["api", "audit", "controllerManager", "scheduler"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "without the log of its controllers": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["api", "audit", "authenticator", "scheduler"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "without the audit log": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["api", "authenticator", "controllerManager", "scheduler"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
    },
    good={
        "all five": """
            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "all five, in another order, by a variable": """
            variable "logs" {
              default = ["scheduler", "controllerManager", "authenticator", "audit", "api"]
            }

            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = var.logs
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "logs" {
              input = ["audit"]
            }

            resource "aws_eks_cluster" "main" {
              name                      = "main"
              role_arn                  = "arn:aws:iam::111122223333:role/eks"
              enabled_cluster_log_types = terraform_data.logs.output
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
    },
)
def control_plane_log_incomplete(cluster: Resource) -> Iterator[Violation]:
    """Control plane of an EKS cluster does not write all of its logs.

    Who has called the API of the cluster, who was let in as whom, and what was scheduled where, stands only in these
    logs. They are all off by default, and nothing is kept of the time before they are switched on.

    Set `enabled_cluster_log_types = ["api", "audit", "authenticator", "controllerManager", "scheduler"]`.
    """
    enabled = cluster.get("enabled_cluster_log_types", [])
    absent = [kind for kind in _CLUSTER_LOGS if kind not in enabled]
    if absent:
        yield violation("enabled_cluster_log_types", f"not written: {', '.join(absent)}")
