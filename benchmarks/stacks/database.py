"""AWS: a database with its network and its password."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Secret, Values, const, uses
from stacks.place import Place


def _database(place: Place, _: str) -> Values:
    name = f"{place.slug}-db"
    host = f"{name}.{place.hex('db', 12)}.{place.region}.rds.amazonaws.com"
    return {
        "address": Own(host),
        "allocated_storage": 100,
        "allow_major_version_upgrade": None,
        "apply_immediately": False,
        "arn": Own(place.arn("rds", f"db:{name}")),
        "auto_minor_version_upgrade": True,
        "availability_zone": Own(f"{place.region}a"),
        "backup_retention_period": 0 if place.one_in(8, "backup") else 14,
        "blue_green_update": [],
        "ca_cert_identifier": Own("rds-ca-rsa2048-g1"),
        "copy_tags_to_snapshot": True,
        "db_name": "app",
        "db_subnet_group_name": Ref(place.slug),
        "deletion_protection": not place.one_in(8, "deletion"),
        "enabled_cloudwatch_logs_exports": ["postgresql"],
        "endpoint": Own(f"{host}:5432"),
        "engine": "postgres",
        "engine_version": "16.4",
        "engine_version_actual": Own("16.4"),
        "iam_database_authentication_enabled": True,
        "id": Own("db-" + place.hex("dbid", 26).upper()),
        "identifier": name,
        "instance_class": "db.r6g.large",
        "iops": Own(3000),
        "kms_key_id": Ref(place.kms),
        "listener_endpoint": Own([]),
        "manage_master_user_password": None,
        "master_user_secret": Own([]),
        "max_allocated_storage": 500,
        "monitoring_interval": 0 if place.one_in(8, "monitoring") else 60,
        "multi_az": place.environment == "prod",
        "parameter_group_name": Own("default.postgres16"),
        "password": Secret(f"not-a-real-password-{place.group}"),
        "password_wo": None,
        "performance_insights_enabled": True,
        "performance_insights_kms_key_id": Ref(place.kms),
        "port": Own(5432),
        "publicly_accessible": place.one_in(20, "public"),
        "replicas": Own([]),
        "replicate_source_db": None,
        "resource_id": Own("db-" + place.hex("resource", 26).upper()),
        "restore_to_point_in_time": [],
        "s3_import": [],
        "skip_final_snapshot": place.environment != "prod",
        "storage_encrypted": not place.one_in(12, "storage"),
        "storage_type": "gp3",
        "tags": None,
        "tags_all": place.tags,
        "timeouts": None,
        "username": "app",
        "vpc_security_group_ids": [Ref(place.id("sg", "db"))],
    }


def _group(place: Place, _: str) -> Values:
    id_ = place.id("sg", "db")
    return {
        "arn": Own(place.arn("ec2", f"security-group/{id_}")),
        "description": "PostgreSQL",
        "egress": Own([]),
        "id": Own(id_),
        "ingress": Own([]),
        "name": f"{place.slug}-db",
        "name_prefix": Own(""),
        "owner_id": Own(place.account),
        "revoke_rules_on_delete": False,
        "tags": None,
        "tags_all": place.tags,
        "timeouts": None,
        "vpc_id": place.vpc,
    }


def _rule(place: Place, _: str) -> Values:
    id_ = place.id("sgr", "db")
    return {
        "cidr_blocks": ["0.0.0.0/0"] if place.one_in(25, "db open") else ["10.0.0.0/8"],
        "description": None,
        "from_port": 5432,
        "id": Own(id_),
        "ipv6_cidr_blocks": None,
        "prefix_list_ids": None,
        "protocol": "tcp",
        "security_group_id": Ref(place.id("sg", "db")),
        "security_group_rule_id": Own(id_),
        "self": False,
        "source_security_group_id": None,
        "timeouts": None,
        "to_port": 5432,
        "type": "ingress",
    }


def _subnets(place: Place, _: str) -> Values:
    return {
        "arn": Own(place.arn("rds", f"subgrp:{place.slug}")),
        "description": "Managed by Terraform",
        "id": Own(place.slug),
        "name": place.slug,
        "name_prefix": Own(""),
        "subnet_ids": place.subnets,
        "supported_network_types": Own(["IPV4"]),
        "tags": None,
        "tags_all": place.tags,
        "vpc_id": Own(place.vpc),
    }


def _secret(place: Place, _: str) -> Values:
    arn = place.arn("secretsmanager", f"secret:{place.slug}/db-{place.hex('secret', 6)}")
    return {
        "arn": Own(arn),
        "description": "",
        "force_overwrite_replica_secret": False,
        "id": Own(arn),
        "kms_key_id": Ref(place.kms),
        "name": f"{place.slug}/db",
        "name_prefix": Own(""),
        "policy": Own(""),
        "recovery_window_in_days": 30,
        "replica": Own([]),
        "tags": None,
        "tags_all": place.tags,
    }


def _version(place: Place, _: str) -> Values:
    arn = place.arn("secretsmanager", f"secret:{place.slug}/db-{place.hex('secret', 6)}")
    return {
        "arn": Own(arn),
        "id": Own(f"{arn}|terraform"),
        "secret_binary": Secret(""),
        "secret_id": Ref(arn),
        "secret_string": Secret(f'{{"password":"not-a-real-password-{place.group}"}}'),
        "version_id": Own(place.uuid("version")),
        "version_stages": Own(["AWSCURRENT"]),
    }


DATABASE = Kind(
    source="./modules/database",
    blocks=(
        Block(
            "aws_db_instance",
            "this",
            _database,
            {
                "db_subnet_group_name": uses("aws_db_subnet_group.this.name"),
                "deletion_protection": const(True),
                "engine": const("postgres"),
                "identifier": uses("var.name"),
                "kms_key_id": uses("var.kms_key_arn"),
                "password": uses("var.password"),
                "storage_encrypted": const(True),
                "vpc_security_group_ids": uses("aws_security_group.db.id"),
            },
            old={"instance_class": "db.r5.large", "backup_retention_period": 1},
            forces=("username", "root"),
            schema_version=2,
        ),
        Block(
            "aws_db_subnet_group",
            "this",
            _subnets,
            {"name": uses("var.name"), "subnet_ids": uses("var.subnet_ids")},
        ),
        Block(
            "aws_secretsmanager_secret",
            "db",
            _secret,
            {"kms_key_id": uses("var.kms_key_arn"), "name": uses("var.name")},
            old={"recovery_window_in_days": 7},
        ),
        Block(
            "aws_secretsmanager_secret_version",
            "db",
            _version,
            {"secret_id": uses("aws_secretsmanager_secret.db.id"), "secret_string": uses("var.password")},
            old={"secret_string": Secret('{"password":"an-older-password"}')},
        ),
        Block(
            "aws_security_group",
            "db",
            _group,
            {"description": const("PostgreSQL"), "name": uses("var.name"), "vpc_id": uses("var.vpc_id")},
            schema_version=1,
        ),
        Block(
            "aws_security_group_rule",
            "db_in",
            _rule,
            {
                "cidr_blocks": uses("var.clients"),
                "from_port": const(5432),
                "protocol": const("tcp"),
                "security_group_id": uses("aws_security_group.db.id"),
                "to_port": const(5432),
                "type": const("ingress"),
            },
            old={"cidr_blocks": ["10.1.0.0/16"]},
            schema_version=2,
        ),
    ),
    inputs=lambda platform: {
        "clients": uses("each.value.clients"),
        "kms_key_arn": {"references": [platform, "each.key"]},
        "name": uses("var.project", "each.key"),
        "password": uses("var.db_password"),
        "subnet_ids": uses("var.subnet_ids"),
        "vpc_id": uses("var.vpc_id"),
    },
    outputs={"endpoint": {"expression": uses("aws_db_instance.this.endpoint")}},
    sensitive=("password",),
    needs_platform=True,
)
