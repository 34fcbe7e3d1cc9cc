"""AWS: an EKS cluster with its nodes."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Values, assumed_by, const, uses
from stacks.iam import role
from stacks.place import Place

_ANYWHERE = "0.0.0.0/0"
_NAMED = {"name": uses("var.name")}


def _cluster(place: Place, _: str) -> Values:
    arn = place.arn("eks", f"cluster/{place.slug}")
    return {
        "access_config": [{"authentication_mode": "API", "bootstrap_cluster_creator_admin_permissions": False}],
        "arn": Own(arn),
        "bootstrap_self_managed_addons": True,
        "certificate_authority": Own([{"data": "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURS0tLS0t"}]),
        "created_at": Own("2025-01-15T09:30:00Z"),
        "enabled_cluster_log_types": [] if place.one_in(6, "cluster log") else ["api", "audit", "authenticator"],
        "encryption_config": [{"provider": [{"key_arn": Ref(place.kms)}], "resources": ["secrets"]}],
        "endpoint": Own(f"https://{place.hex('eks', 32).upper()}.gr7.{place.region}.eks.amazonaws.com"),
        "id": Own(place.slug),
        "name": place.slug,
        "platform_version": Own("eks.12"),
        "role_arn": Ref(place.arn("iam", f"role/{place.slug}-cluster")),
        "status": Own("ACTIVE"),
        "tags": None,
        "tags_all": place.tags,
        "timeouts": None,
        "version": "1.31",
        "vpc_config": [
            {
                "cluster_security_group_id": Own(place.id("sg", "cluster")),
                "endpoint_private_access": True,
                "endpoint_public_access": place.one_in(6, "cluster open"),
                "public_access_cidrs": [_ANYWHERE],
                "security_group_ids": [],
                "subnet_ids": place.subnets,
                "vpc_id": Own(place.vpc),
            }
        ],
    }


def _nodes(place: Place, _: str) -> Values:
    arn = place.arn("eks", f"nodegroup/{place.slug}/default/{place.uuid('nodes')}")
    return {
        "ami_type": "AL2023_x86_64_STANDARD",
        "arn": Own(arn),
        "capacity_type": "ON_DEMAND",
        "cluster_name": Ref(place.slug),
        "disk_size": 50,
        "force_update_version": None,
        "id": Own(f"{place.slug}:default"),
        "instance_types": ["m6i.xlarge"],
        "labels": {"pool": "default"},
        "node_group_name": "default",
        "node_role_arn": Ref(place.arn("iam", f"role/{place.slug}-nodes")),
        "remote_access": [],
        "scaling_config": [{"desired_size": 3, "max_size": 6, "min_size": 3}],
        "status": Own("ACTIVE"),
        "subnet_ids": place.subnets,
        "tags": None,
        "tags_all": place.tags,
        "taint": [],
        "timeouts": None,
        "update_config": [{"max_unavailable": 1, "max_unavailable_percentage": 0}],
        "version": "1.31",
    }


def _attached(place: Place, key: str) -> Values:
    role, policy = f"{place.slug}-nodes", f"arn:aws:iam::aws:policy/{key}"
    return {"id": Own(f"{role}/{policy}"), "policy_arn": policy, "role": Ref(role)}


_NODE_POLICIES = ("AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy", "AmazonEC2ContainerRegistryReadOnly")

CLUSTER = Kind(
    source="./modules/cluster",
    blocks=(
        Block(
            "aws_eks_cluster",
            "this",
            _cluster,
            {
                "encryption_config": [{"provider": [{"key_arn": uses("var.kms_key_arn")}]}],
                "role_arn": uses("aws_iam_role.cluster.arn"),
                "vpc_config": [{"endpoint_public_access": const(False), "subnet_ids": uses("var.subnet_ids")}],
                **_NAMED,
            },
            old={"version": "1.30"},
            schema_version=1,
        ),
        Block(
            "aws_eks_node_group",
            "default",
            _nodes,
            {"cluster_name": uses("aws_eks_cluster.this.name"), "node_role_arn": uses("aws_iam_role.nodes.arn")},
            old={"version": "1.30"},
            forces=("disk_size", 20),
        ),
        Block(
            "aws_iam_role",
            "cluster",
            lambda place, _: role(place, f"{place.slug}-cluster", "eks.amazonaws.com"),
            {"assume_role_policy": const(assumed_by("eks.amazonaws.com")), **_NAMED},
        ),
        Block(
            "aws_iam_role",
            "nodes",
            lambda place, _: role(place, f"{place.slug}-nodes", "ec2.amazonaws.com"),
            {"assume_role_policy": const(assumed_by("ec2.amazonaws.com")), **_NAMED},
        ),
        Block(
            "aws_iam_role_policy_attachment",
            "nodes",
            _attached,
            {"policy_arn": uses("each.value"), "role": uses("aws_iam_role.nodes.name")},
            _NODE_POLICIES,
            const(list(_NODE_POLICIES)),
        ),
    ),
    inputs=lambda platform: {
        "kms_key_arn": {"references": [platform, "each.key"]},
        "name": uses("var.project", "each.key"),
        "subnet_ids": uses("var.subnet_ids"),
    },
    needs_platform=True,
)
