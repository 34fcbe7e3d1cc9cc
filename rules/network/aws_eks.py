"""Who reaches the API of an EKS cluster."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given
from ._aws_ports import worlds_in

# "publicAccessCidrs ... The default value is 0.0.0.0/0", which holds for an empty list, too: VpcConfigRequest in the
# EKS API reference
_DEFAULT = ["0.0.0.0/0"]


@rule(
    id="aws-eks-endpoint-open-to-world",
    severity="high",
    domain="network",
    resources=["aws_eks_cluster"],
    aliases=["CKV_AWS_38", "AVD-AWS-0041"],
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
        "empty list": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_public_access = true
                public_access_cidrs    = []
              }
            }
        """,
        "the internet in two halves": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                public_access_cidrs = ["0.0.0.0/1", "128.0.0.0/1"]
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
        "private, whatever the ranges": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_public_access = false
                public_access_cidrs    = ["0.0.0.0/0"]
              }
            }
        """,
    },
    undetermined={
        "for an address that is not known yet": """
            resource "aws_eip" "office" {
              domain = "vpc"
            }

            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids          = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                public_access_cidrs = ["${aws_eip.office.public_ip}/32"]
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
        if config["endpoint_public_access"]:
            ranges = given(cluster, "vpc_config.public_access_cidrs", _DEFAULT) or _DEFAULT
            for source in worlds_in(ranges):
                yield violation(f"{path}.public_access_cidrs", f"API open from {source}")


@rule(
    id="aws-eks-endpoint-public",
    severity="medium",
    domain="network",
    resources=["aws_eks_cluster"],
    aliases=["CKV_AWS_39", "AVD-AWS-0040"],
    controls={"nist-800-53r5": ["AC-4", "AC-17", "SC-7", "SC-7(5)"]},
    links=["https://docs.aws.amazon.com/eks/latest/userguide/cluster-endpoint.html"],
    since="0.2.0",
    wider=["aws-eks-endpoint-open-to-world"],
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
        "public for one's own networks": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids              = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_private_access = true
                endpoint_public_access  = true
                public_access_cidrs     = ["203.0.113.0/24"]
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
        "switched off, as text": """
            resource "aws_eks_cluster" "this" {
              name     = "shop"
              role_arn = "arn:aws:iam::111122223333:role/eks"
              vpc_config {
                subnet_ids             = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
                endpoint_public_access = "false"
              }
            }
        """,
    },
)
def endpoint_public(cluster: Resource) -> Iterator[Violation]:
    """EKS cluster's API has a public address.

    The log-in of the cluster answers outside your network, if only for some ranges: who gets into one of those, or
    shares an office address with you, may try credentials and flaws.

    Set `endpoint_private_access = true` and `endpoint_public_access = false` in `vpc_config`, and reach the API from
    the VPC: through a VPN, a peering connection, or a bastion with Session Manager.
    """
    for path, config in cluster.blocks("vpc_config"):
        if config["endpoint_public_access"]:
            yield violation(path, "API has a public address")
