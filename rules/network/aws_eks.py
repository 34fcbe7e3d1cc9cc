"""Who reaches the API of an EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

from .._satellite import given
from ._aws_world import world_of


@rule(
    id="aws-eks-endpoint-open-to-world",
    severity="high",
    domain="network",
    resources=["aws_eks_cluster"],
    aliases=["CKV_AWS_38", "CKV_AWS_39", "AVD-AWS-0040", "AVD-AWS-0041"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"],
    bad={
        "left to the defaults": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
              }
            }
        """,
        "one range is the internet": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_public_access = true
                public_access_cidrs    = ["203.0.113.0/24", "0.0.0.0/0"]
              }
            }
        """,
    },
    good={
        "private only": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids              = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_private_access = true
                endpoint_public_access  = false
              }
            }
        """,
        "public for one's own networks": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_public_access = true
                public_access_cidrs    = ["203.0.113.0/24"]
              }
            }
        """,
    },
)
def endpoint_open_to_world(cluster: Resource) -> Iterator[Violation]:
    """EKS cluster's API can be reached from the whole internet.

    Only credentials protect the API then: a token that leaked into a log works from everywhere, and a flaw in the
    API server can be tried by everybody. It is the default, so it has to be turned off.

    Set `endpoint_private_access = true` and `endpoint_public_access = false` in `vpc_config`, or list in
    `public_access_cidrs` the networks that deployments and administrators come from.
    """
    for path, config in cluster.blocks("vpc_config"):
        if config.get("endpoint_public_access", True):
            ranges = given(cluster, "vpc_config.public_access_cidrs", ["0.0.0.0/0"])
            certain = [] if is_unknown(ranges) else [one for one in list.__iter__(ranges) if not is_unknown(one)]
            for source in world_of(certain):
                yield violation(f"{path}.public_access_cidrs", f"API open from {source}")
            if not world_of(certain):
                world_of(ranges)
