"""AWS: web servers behind a load balancer."""

from __future__ import annotations

from stacks.block import Block, Kind, Own, Ref, Values, assumed_by, const, document, uses
from stacks.iam import role
from stacks.machine import NODES, instance, permissions, profile, template, volume
from stacks.place import Place

_ANYWHERE = "0.0.0.0/0"
_PORTS = {"http": 80, "https": 443, "metrics": 9100}


def _inline(port: int, source: str, description: str, protocol: str = "tcp") -> Values:
    return {
        "cidr_blocks": [source],
        "description": description,
        "from_port": port,
        "ipv6_cidr_blocks": [],
        "prefix_list_ids": [],
        "protocol": protocol,
        "security_groups": [],
        "self": False,
        "to_port": port,
    }


def _group(place: Place, what: str, ingress: list[Values]) -> Values:
    id_ = place.id("sg", what)
    return {
        "arn": Own(place.arn("ec2", f"security-group/{id_}")),
        "description": f"{what} of {place.slug}",
        "egress": [_inline(0, "10.0.0.0/8", "", "-1")],
        "id": Own(id_),
        "ingress": ingress,
        "name": f"{place.slug}-{what}",
        "name_prefix": Own(""),
        "owner_id": Own(place.account),
        "revoke_rules_on_delete": False,
        "tags": {"Name": f"{place.slug}-{what}"},
        "tags_all": {**place.tags, "Name": f"{place.slug}-{what}"},
        "timeouts": None,
        "vpc_id": place.vpc,
    }


def _instance_group(place: Place, _: str) -> Values:
    source = _ANYWHERE if place.one_in(12, "ssh") else f"10.{place.group % 250}.0.0/16"
    return _group(place, "instance", [_inline(22, source, "SSH"), _inline(8080, "10.0.0.0/8", "application")])


def _ingress(place: Place, key: str) -> Values:
    id_ = place.id("sgr", key)
    open_ = key != "metrics" or place.one_in(15, "metrics")
    return {
        "arn": Own(place.arn("ec2", f"security-group-rule/{id_}")),
        "cidr_ipv4": _ANYWHERE if open_ else "10.0.0.0/8",
        "cidr_ipv6": None,
        "description": key,
        "from_port": _PORTS[key],
        "id": Own(id_),
        "ip_protocol": "tcp",
        "prefix_list_id": None,
        "referenced_security_group_id": None,
        "security_group_id": Ref(place.id("sg", "balancer")),
        "security_group_rule_id": Own(id_),
        "tags": None,
        "tags_all": place.tags,
        "to_port": _PORTS[key],
    }


def _egress(place: Place, _: str) -> Values:
    id_ = place.id("sgr", "egress")
    return {
        "cidr_blocks": None,
        "description": "to the instances",
        "from_port": 8080,
        "id": Own(id_),
        "ipv6_cidr_blocks": None,
        "prefix_list_ids": None,
        "protocol": "tcp",
        "security_group_id": Ref(place.id("sg", "balancer")),
        "security_group_rule_id": Own(id_),
        "self": False,
        "source_security_group_id": Ref(place.id("sg", "instance")),
        "timeouts": None,
        "to_port": 8080,
        "type": "egress",
    }


def _balancer_arn(place: Place) -> str:
    return place.arn("elasticloadbalancing", f"loadbalancer/app/{place.slug}/{place.hex('lb', 16)}")


def _target_arn(place: Place) -> str:
    return place.arn("elasticloadbalancing", f"targetgroup/{place.slug}/{place.hex('tg', 16)}")


def _balancer(place: Place, _: str) -> Values:
    arn = _balancer_arn(place)
    return {
        "access_logs": [
            {"bucket": Ref(place.bucket("logs")), "enabled": not place.one_in(9, "log"), "prefix": "alb"}
        ],
        "arn": Own(arn),
        "arn_suffix": Own(arn.split("loadbalancer/")[1]),
        "client_keep_alive": 3600,
        "connection_logs": [],
        "customer_owned_ipv4_pool": "",
        "desync_mitigation_mode": "defensive",
        "dns_name": Own(f"{place.slug}-1.{place.region}.elb.amazonaws.com"),
        "drop_invalid_header_fields": not place.one_in(9, "headers"),
        "enable_cross_zone_load_balancing": True,
        "enable_deletion_protection": not place.one_in(9, "protection"),
        "enable_http2": True,
        "enable_waf_fail_open": False,
        "id": Own(arn),
        "idle_timeout": 60,
        "internal": False,
        "ip_address_type": Own("ipv4"),
        "load_balancer_type": "application",
        "name": place.slug,
        "name_prefix": Own(""),
        "preserve_host_header": False,
        "security_groups": [Ref(place.id("sg", "balancer"))],
        "subnet_mapping": Own([{"subnet_id": subnet} for subnet in place.subnets]),
        "subnets": place.subnets,
        "tags": None,
        "tags_all": place.tags,
        "timeouts": None,
        "vpc_id": Own(place.vpc),
        "zone_id": Own("Z" + place.hex("lbzone", 13).upper()),
    }


def _listener(place: Place, key: str) -> Values:
    arn = f"{_balancer_arn(place).replace('loadbalancer', 'listener', 1)}/{place.hex(key, 16)}"
    action: Values = {"forward": [], "order": Own(1), "redirect": []}
    if key == "http":
        redirect = {
            "host": "#{host}",
            "path": "/#{path}",
            "port": "443",
            "protocol": "HTTPS",
            "status_code": "HTTP_301",
        }
        action |= {"redirect": [redirect], "target_group_arn": "", "type": "redirect"}
    else:
        action |= {"target_group_arn": Ref(_target_arn(place)), "type": "forward"}
    certificate = place.arn("acm", "certificate/" + place.uuid("certificate"))
    policy = "ELBSecurityPolicy-2016-08" if place.one_in(9, "tls") else "ELBSecurityPolicy-TLS13-1-2-2021-06"
    return {
        "alpn_policy": None,
        "arn": Own(arn),
        "certificate_arn": certificate if key == "https" else None,
        "default_action": [action],
        "id": Own(arn),
        "load_balancer_arn": Ref(_balancer_arn(place)),
        "mutual_authentication": [],
        "port": _PORTS[key],
        "protocol": key.upper(),
        "ssl_policy": policy if key == "https" else Own(""),
        "tags": None,
        "tags_all": place.tags,
        "tcp_idle_timeout_seconds": None,
        "timeouts": None,
    }


def _targets(place: Place, _: str) -> Values:
    check = {
        "enabled": True,
        "healthy_threshold": 3,
        "interval": 30,
        "matcher": "200",
        "path": "/healthz",
        "port": "traffic-port",
        "protocol": "HTTP",
        "timeout": 5,
        "unhealthy_threshold": 3,
    }
    return {
        "arn": Own(_target_arn(place)),
        "deregistration_delay": "300",
        "health_check": [check],
        "id": Own(_target_arn(place)),
        "load_balancing_algorithm_type": Own("round_robin"),
        "name": place.slug,
        "name_prefix": Own(""),
        "port": 8080,
        "protocol": "HTTP",
        "protocol_version": Own("HTTP1"),
        "slow_start": 0,
        "stickiness": [],
        "tags": None,
        "tags_all": place.tags,
        "target_type": "instance",
        "vpc_id": place.vpc,
    }


_NAMED = {"name": uses("var.name")}
_OVER_NODES = const(list(NODES))

WEB = Kind(
    source="./modules/web",
    blocks=(
        Block(
            "aws_ebs_volume",
            "data",
            volume,
            {
                "availability_zone": {"references": ["aws_instance.this", "each.key"]},
                "encrypted": const(True),
                "kms_key_id": uses("var.kms_key_arn"),
                "size": const(200),
            },
            NODES,
            _OVER_NODES,
            old={"size": 100},
            forces=("snapshot_id", "snap-0123456789abcdef0"),
        ),
        Block("aws_iam_instance_profile", "app", profile, {**_NAMED, "role": uses("aws_iam_role.app.name")}),
        Block(
            "aws_iam_role",
            "app",
            lambda place, _: role(place, f"{place.slug}-app", "ec2.amazonaws.com"),
            {"assume_role_policy": const(assumed_by("ec2.amazonaws.com")), **_NAMED},
            old={"description": "the application"},
        ),
        Block(
            "aws_iam_role_policy",
            "app",
            permissions,
            {"name": const("app"), "policy": uses("var.assets_arn"), "role": uses("aws_iam_role.app.id")},
            old={"policy": document()},
        ),
        Block(
            "aws_instance",
            "this",
            instance,
            {
                "ami": uses("var.image_id"),
                "iam_instance_profile": uses("aws_iam_instance_profile.app.name"),
                "instance_type": uses("var.instance_type"),
                "metadata_options": [{"http_tokens": uses("var.http_tokens")}],
                "root_block_device": [{"encrypted": const(True), "kms_key_id": uses("var.kms_key_arn")}],
                "subnet_id": uses("var.subnet_ids"),
                "vpc_security_group_ids": uses("aws_security_group.instance.id"),
            },
            NODES,
            _OVER_NODES,
            old={"instance_type": "m5.large"},
            forces=("ami", "ami-0a1b2c3d4e5f60718"),
            schema_version=1,
        ),
        Block(
            "aws_launch_template",
            "app",
            template,
            {
                "block_device_mappings": [
                    {"ebs": [{"encrypted": const("true"), "kms_key_id": uses("var.kms_key_arn")}]}
                ],
                "iam_instance_profile": [{"name": uses("aws_iam_instance_profile.app.name")}],
                "image_id": uses("var.image_id"),
                "vpc_security_group_ids": uses("aws_security_group.instance.id"),
                **_NAMED,
            },
            old={"instance_type": "m5.large"},
        ),
        Block(
            "aws_lb",
            "this",
            _balancer,
            {
                "access_logs": [{"bucket": uses("var.log_bucket"), "enabled": const(True)}],
                "drop_invalid_header_fields": const(True),
                "security_groups": uses("aws_security_group.balancer.id"),
                "subnets": uses("var.subnet_ids"),
                **_NAMED,
            },
            old={"idle_timeout": 30},
        ),
        Block(
            "aws_lb_listener",
            "this",
            _listener,
            {
                "certificate_arn": uses("var.certificate_arn"),
                "default_action": [{"target_group_arn": uses("aws_lb_target_group.app.arn")}],
                "load_balancer_arn": uses("aws_lb.this.arn"),
                "port": uses("each.value.port"),
                "protocol": uses("each.value.protocol"),
            },
            ("http", "https"),
            uses("var.listeners"),
            old={"ssl_policy": "ELBSecurityPolicy-2016-08"},
        ),
        Block("aws_lb_target_group", "app", _targets, {**_NAMED, "port": const(8080), "vpc_id": uses("var.vpc_id")}),
        Block(
            "aws_security_group",
            "balancer",
            lambda place, _: _group(place, "balancer", []),
            {**_NAMED, "vpc_id": uses("var.vpc_id")},
            schema_version=1,
        ),
        Block(
            "aws_security_group",
            "instance",
            _instance_group,
            {**_NAMED, "ingress": uses("var.admin_range"), "vpc_id": uses("var.vpc_id")},
            old={"ingress": []},
            schema_version=1,
        ),
        Block(
            "aws_security_group_rule",
            "balancer_out",
            _egress,
            {
                "from_port": const(8080),
                "protocol": const("tcp"),
                "security_group_id": uses("aws_security_group.balancer.id"),
                "source_security_group_id": uses("aws_security_group.instance.id"),
                "to_port": const(8080),
                "type": const("egress"),
            },
            schema_version=2,
        ),
        Block(
            "aws_vpc_security_group_ingress_rule",
            "balancer",
            _ingress,
            {
                "cidr_ipv4": uses("each.value.range"),
                "from_port": uses("each.value.port"),
                "ip_protocol": const("tcp"),
                "security_group_id": uses("aws_security_group.balancer.id"),
                "to_port": uses("each.value.port"),
            },
            tuple(_PORTS),
            uses("var.listeners"),
            old={"cidr_ipv4": "10.0.0.0/8"},
        ),
    ),
    inputs=lambda platform: {
        "admin_range": uses("var.admin_range"),
        "http_tokens": const("required"),
        "kms_key_arn": {"references": [platform, "each.key"]},
        "log_bucket": {"references": [platform, "each.key"]},
        "name": uses("var.project", "each.key"),
        "subnet_ids": uses("var.subnet_ids"),
        "vpc_id": uses("var.vpc_id"),
    },
    outputs={"dns_name": {"expression": uses("aws_lb.this.dns_name")}},
    needs_platform=True,
)
