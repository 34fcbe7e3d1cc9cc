"""AWS: servers, their disks, and what they may do."""

from __future__ import annotations

from stacks.block import Own, Ref, Values, document
from stacks.place import Place

NODES = ("a", "b")


def template(place: Place, _: str) -> Values:
    """A launch template."""
    disk = {"encrypted": "true", "kms_key_id": Ref(place.kms), "volume_size": 40, "volume_type": "gp3"}
    id_ = place.id("lt", "template")
    return {
        "arn": Own(place.arn("ec2", f"launch-template/{id_}")),
        "block_device_mappings": [{"device_name": "/dev/xvda", "ebs": [disk], "no_device": "", "virtual_name": ""}],
        "capacity_reservation_specification": [],
        "cpu_options": [],
        "credit_specification": [],
        "default_version": Own(1),
        "description": "",
        "disable_api_termination": False,
        "ebs_optimized": "true",
        "iam_instance_profile": [{"arn": "", "name": Ref(f"{place.slug}-app")}],
        "id": Own(id_),
        "image_id": place.id("ami", "image"),
        "instance_type": "m6i.large",
        "key_name": "",
        "latest_version": Own(1),
        "metadata_options": [
            {
                "http_endpoint": "enabled",
                "http_put_response_hop_limit": 1,
                "http_tokens": "optional" if place.one_in(8, "imds") else "required",
            }
        ],
        "monitoring": [{"enabled": True}],
        "name": f"{place.slug}-app",
        "name_prefix": Own(""),
        "network_interfaces": [],
        "placement": [],
        "tag_specifications": [{"resource_type": "instance", "tags": {"Name": place.slug}}],
        "tags": None,
        "tags_all": place.tags,
        "update_default_version": True,
        "user_data": "IyEvYmluL2Jhc2gKc3lzdGVtY3RsIGVuYWJsZSAtLW5vdyBzaG9wCg==",
        "vpc_security_group_ids": [Ref(place.id("sg", "instance"))],
    }


def instance(place: Place, key: str) -> Values:
    """One server."""
    id_ = place.id("i", key)
    return {
        "ami": place.id("ami", "image"),
        "arn": Own(place.arn("ec2", f"instance/{id_}")),
        "associate_public_ip_address": Own(False),
        "availability_zone": f"{place.region}{key}",
        "disable_api_termination": Own(False),
        "ebs_block_device": [],
        "ebs_optimized": True,
        "iam_instance_profile": Ref(f"{place.slug}-app"),
        "id": Own(id_),
        "instance_state": Own("running"),
        "instance_type": "m6i.large",
        "key_name": Own(""),
        "metadata_options": [
            {
                "http_endpoint": "enabled",
                "http_put_response_hop_limit": Own(1),
                "http_tokens": "optional" if place.one_in(8, "imds" + key) else "required",
                "instance_metadata_tags": Own("disabled"),
            }
        ],
        "monitoring": True,
        "private_dns": Own(f"ip-10-0-1-{place.group % 250}.{place.region}.compute.internal"),
        "private_ip": Own(f"10.0.1.{place.group % 250}"),
        "public_ip": Own(""),
        "root_block_device": [
            {
                "delete_on_termination": True,
                "device_name": Own("/dev/xvda"),
                "encrypted": not place.one_in(12, "root" + key),
                "kms_key_id": Ref(place.kms),
                "volume_id": Own(place.id("vol", "root" + key)),
                "volume_size": 40,
                "volume_type": "gp3",
            }
        ],
        "source_dest_check": True,
        "subnet_id": place.subnets[NODES.index(key)],
        "tags": {"Name": f"{place.slug}-{key}"},
        "tags_all": {**place.tags, "Name": f"{place.slug}-{key}"},
        "tenancy": Own("default"),
        "timeouts": None,
        "user_data": None,
        "user_data_replace_on_change": False,
        "vpc_security_group_ids": [Ref(place.id("sg", "instance"))],
    }


def volume(place: Place, key: str) -> Values:
    """The data volume of one server."""
    id_ = place.id("vol", key)
    return {
        "arn": Own(place.arn("ec2", f"volume/{id_}")),
        "availability_zone": f"{place.region}{key}",
        "encrypted": not place.one_in(10, "volume" + key),
        "final_snapshot": False,
        "id": Own(id_),
        "iops": Own(3000),
        "kms_key_id": Ref(place.kms),
        "multi_attach_enabled": None,
        "outpost_arn": "",
        "size": 200,
        "snapshot_id": Own(""),
        "tags": None,
        "tags_all": place.tags,
        "throughput": Own(125),
        "timeouts": None,
        "type": "gp3",
    }


def permissions(place: Place, _: str) -> Values:
    """What the application may do."""
    secrets = {
        "Action": "secretsmanager:*" if place.one_in(8, "secrets") else "secretsmanager:GetSecretValue",
        "Effect": "Allow",
        "Resource": "*" if place.one_in(8, "any secret") else place.arn("secretsmanager", f"secret:{place.slug}/*"),
        "Sid": "Secrets",
    }
    assets = {
        "Action": ["s3:GetObject", "s3:PutObject"],
        "Effect": "Allow",
        "Resource": f"arn:aws:s3:::{place.bucket('assets')}/*",
        "Sid": "Assets",
    }
    return {
        "id": Own(f"{place.slug}-app:app"),
        "name": "app",
        "name_prefix": Own(""),
        "policy": Ref(document(assets, secrets)),
        "role": Ref(f"{place.slug}-app"),
    }


def profile(place: Place, _: str) -> Values:
    """The instance profile."""
    name = f"{place.slug}-app"
    return {
        "arn": Own(place.arn("iam", f"instance-profile/{name}")),
        "create_date": Own("2025-01-15T09:30:00Z"),
        "id": Own(name),
        "name": name,
        "name_prefix": Own(""),
        "path": "/",
        "role": Ref(name),
        "tags": None,
        "tags_all": place.tags,
        "unique_id": Own("AIPA" + place.hex("profile", 17).upper()),
    }
