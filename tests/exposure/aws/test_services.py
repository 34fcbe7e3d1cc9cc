"""What gets to managed services on AWS, and through balancers to what stands behind them."""

from __future__ import annotations

import pytest

from tests.exposure.aws.stacks import ADDRESS, PRIVATE, PUBLIC, VPC, WORLD, group, held, instance
from tests.exposure.aws.test_machines import assumed, missing, read
from tests.exposure.drawn import links, ways

BALANCER = """
resource "aws_lb" "l" {
  subnets = aws_subnet.public[*].id
  SETTINGS
}
resource "aws_lb_target_group" "t" {
  port        = 8080
  protocol    = "PROTOCOL"
  target_type = "TARGETS"
  vpc_id      = aws_vpc.m.id
}
resource "aws_lb_listener" "s" {
  load_balancer_arn = aws_lb.l.arn
  port              = 443
  protocol          = "PROTOCOL"
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.t.arn
  }
}
"""


def balancer(settings: str, protocol: str = "HTTPS", targets: str = "instance") -> str:
    """A balancer with one listener and one target group."""
    return BALANCER.replace("SETTINGS", settings).replace("PROTOCOL", protocol).replace("TARGETS", targets)


ATTACHED = """
resource "aws_lb_target_group_attachment" "t" {
  target_group_arn = aws_lb_target_group.t.arn
  target_id        = aws_instance.i.id
}
"""
FRONT = group("front", 443, WORLD)
APPLICATION = group("app", 8080, "security_groups = [aws_security_group.front.id]")
SERVICE = """
resource "aws_ecs_service" "s" {
  name = "s"
  network_configuration {
    subnets         = aws_subnet.private[*].id
    security_groups = [aws_security_group.app.id]
  }
  load_balancer {
    target_group_arn = aws_lb_target_group.t.arn
    container_name   = "web"
    container_port   = 8080
  }
}
"""
STORE = (
    group("db", 5432, "security_groups = [aws_security_group.app.id]")
    + """
resource "aws_db_subnet_group" "d" { subnet_ids = aws_subnet.SUBNETS[*].id }
resource "aws_db_instance" "d" {
  engine                 = "postgres"
  db_subnet_group_name   = aws_db_subnet_group.d.name
  vpc_security_group_ids = [aws_security_group.db.id]
  publicly_accessible    = PUBLIC
}
"""
)
INTERNAL_STORE = STORE.replace("SUBNETS", "private").replace("PUBLIC", "false")


def test_through_an_application_balancer_to_containers_and_on_to_the_database() -> None:
    held_by = "security_groups = [aws_security_group.front.id]"
    network = read(VPC, FRONT, APPLICATION, balancer(held_by, targets="ip"), SERVICE, INTERNAL_STORE)
    assert ways(network) == ["aws_ecs_service.s: 8080/tcp whole", "aws_lb.l: 443/tcp whole"]
    assert links(network) == ["aws_ecs_service.s -> aws_db_instance.d", "aws_lb.l -> aws_ecs_service.s"]
    way = next(one for one in network.ways if one.endpoint.address == "aws_ecs_service.s")
    assert [hop.address for hop in way.hops] == [
        "internet", "aws_route_table.public", "aws_lb.l", "aws_security_group.front", "aws_lb_listener.s",
        "aws_lb_listener.s", "aws_lb_target_group.t", "aws_ecs_service.s", "aws_security_group.app",
        "aws_ecs_service.s",
    ]  # fmt: skip
    assert [one.address for one in way.guards] == ["aws_security_group.front", "aws_security_group.app"]


def test_an_internal_balancer_is_not_reached() -> None:
    held_by = "internal = true\n  security_groups = [aws_security_group.front.id]"
    network = read(VPC, FRONT, APPLICATION, balancer(held_by, targets="ip"), SERVICE)
    assert ways(network) == []


def test_targets_that_do_not_let_in_the_balancer_are_not_reached_through_it() -> None:
    closed = group("app", 8080, 'cidr_blocks = ["192.168.0.0/16"]')
    held_by = "security_groups = [aws_security_group.front.id]"
    assert ways(read(VPC, FRONT, closed, balancer(held_by, targets="ip"), SERVICE)) == ["aws_lb.l: 443/tcp whole"]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('cidr_blocks = ["8.8.0.0/16"]', ["aws_instance.i: 8080/tcp narrow", "aws_lb.l: 443/tcp whole"]),
        ('cidr_blocks = ["10.0.0.0/16"]', ["aws_lb.l: 443/tcp whole"]),
    ],
)
def test_behind_a_network_balancer_instances_see_the_clients(source: str, expected: list[str]) -> None:
    text = balancer('load_balancer_type = "network"', "TCP")
    network = read(VPC, group("app", 8080, source), text, ATTACHED, instance("i", PRIVATE, held("app")))
    assert ways(network) == expected


def test_behind_a_network_balancer_to_addresses_targets_see_the_balancer() -> None:
    text = balancer('load_balancer_type = "network"', "TCP", "ip")
    network = read(VPC, group("app", 8080, 'cidr_blocks = ["10.0.0.0/16"]'), text, SERVICE)
    assert ways(network) == ["aws_ecs_service.s: 8080/tcp whole", "aws_lb.l: 443/tcp whole"]


CLASSIC = """
resource "aws_elb" "e" {
  subnets         = aws_subnet.public[*].id
  security_groups = [aws_security_group.front.id]
  instances       = [aws_instance.i.id]
  listener {
    lb_port           = 443
    lb_protocol       = "tcp"
    instance_port     = 8080
    instance_protocol = "tcp"
  }
}
"""


def test_a_classic_balancer() -> None:
    network = read(VPC, FRONT, APPLICATION, CLASSIC, instance("i", PRIVATE, held("app")))
    assert ways(network) == ["aws_elb.e: 443/tcp whole", "aws_instance.i: 8080/tcp whole"]


ACCELERATOR = """
resource "aws_globalaccelerator_accelerator" "a" { name = "a" }
resource "aws_globalaccelerator_listener" "a" {
  accelerator_arn = aws_globalaccelerator_accelerator.a.id
  protocol        = "TCP"
  port_range {
    from_port = 443
    to_port   = 443
  }
}
resource "aws_globalaccelerator_endpoint_group" "a" {
  listener_arn = aws_globalaccelerator_listener.a.id
  endpoint_configuration { endpoint_id = aws_lb.l.arn }
}
"""


def test_an_accelerator_leads_to_an_internal_balancer() -> None:
    held_by = "internal = true\n  security_groups = [aws_security_group.front.id]"
    assert ways(read(VPC, FRONT, balancer(held_by), ACCELERATOR)) == ["aws_lb.l: 443/tcp whole"]


@pytest.mark.parametrize(
    ("subnets", "public", "expected"),
    [
        ("public", "true", ["aws_db_instance.d: 5432/tcp whole"]),
        ("private", "true", []),
        ("public", "false", []),
    ],
)
def test_a_public_database_needs_public_subnets_and_a_rule(subnets: str, public: str, expected: list[str]) -> None:
    store = STORE.replace("SUBNETS", subnets).replace("PUBLIC", public)
    store = store.replace(
        "security_groups = [aws_security_group.app.id]", 'cidr_blocks = ["0.0.0.0/1", "128.0.0.0/1"]'
    )
    assert ways(read(VPC, store)) == expected


def test_a_balancer_in_subnets_that_cannot_be_told_apart_is_taken_to_be_in_a_public_one() -> None:
    mixed = """
resource "aws_subnet" "this" {
  for_each   = { a = true, b = false }
  vpc_id     = aws_vpc.m.id
  cidr_block = "10.0.${each.value ? 3 : 4}.0/24"
}
resource "aws_route_table_association" "this" {
  subnet_id      = aws_subnet.this["a"].id
  route_table_id = aws_route_table.public.id
}
"""
    held_by = "security_groups = [aws_security_group.front.id]"
    text = balancer(held_by).replace(
        "aws_subnet.public[*].id", '[for key, one in aws_subnet.this : one.id if key == "a"]'
    )
    network = read(VPC, FRONT, mixed, text)
    assert ways(network) == ["aws_lb.l: 443/tcp whole"]
    assert assumed(network) <= {"internet-gateway-assumed"}


CLUSTER = """
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = "arn:aws:iam::111122223333:role/r"
  vpc_config {
    subnet_ids = ["subnet-1"]
    SETTINGS
  }
}
resource "terraform_data" "later" {}
"""


@pytest.mark.parametrize(
    ("settings", "expected"),
    [
        ("", "443/tcp whole"),
        ('public_access_cidrs = ["8.8.8.0/24"]', "443/tcp narrow"),
        ("public_access_cidrs = [terraform_data.later.id]", "nothing, perhaps 443/tcp whole"),
        ("endpoint_public_access = false", ""),
    ],
)
def test_control_planes(settings: str, expected: str) -> None:
    found = ways(read(CLUSTER.replace("SETTINGS", settings)))
    assert found == ([f"aws_eks_cluster.c: {expected}"] if expected else [])


FUNCTION = """
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/r"
}
resource "aws_lambda_function_url" "u" {
  function_name      = aws_lambda_function.f.function_name
  authorization_type = "AUTH"
}
"""


@pytest.mark.parametrize(("auth", "expected"), [("NONE", ["aws_lambda_function.f: 443/tcp whole"]), ("AWS_IAM", [])])
def test_function_urls(auth: str, expected: list[str]) -> None:
    assert ways(read(FUNCTION.replace("AUTH", auth))) == expected


DOMAIN = """
resource "aws_opensearch_domain" "d" {
  domain_name     = "d"
  access_policies = jsonencode({ Statement = [{ Effect = "Allow", Principal = PRINCIPAL, Action = "es:*",
    Resource = "*" CONDITION }] })
}
"""


@pytest.mark.parametrize(
    ("principal", "condition", "expected"),
    [
        ('"*"', "", ["aws_opensearch_domain.d: 80, 443/tcp whole"]),
        (
            '{ AWS = "*" }',
            ', Condition = { IpAddress = { "aws:SourceIp" = ["8.8.8.0/24"] } }',
            ["aws_opensearch_domain.d: 80, 443/tcp narrow"],
        ),
        (
            '"*"',
            ', Condition = { StringLike = { "aws:UserAgent" = "x" } }',
            ["aws_opensearch_domain.d: nothing, perhaps 80, 443/tcp whole"],
        ),
        ('{ AWS = "arn:aws:iam::111122223333:root" }', "", []),
    ],
)
def test_search_domains_answer_whom_their_policy_lets_in(principal: str, condition: str, expected: list[str]) -> None:
    assert ways(read(DOMAIN.replace("PRINCIPAL", principal).replace("CONDITION", condition))) == expected


BUCKET = """
resource "aws_s3_bucket" "b" { bucket = "bbb-1" }
resource "aws_s3_bucket_policy" "b" {
  bucket = aws_s3_bucket.b.id
  policy = jsonencode({ Statement = { Effect = "Allow", Principal = "*", Action = "s3:GetObject", Resource = "*" } })
}
"""
BLOCK = """
resource "aws_s3_bucket_public_access_block" "b" {
  bucket                  = aws_s3_bucket.b.id
  restrict_public_buckets = RESTRICT
}
"""


@pytest.mark.parametrize(
    ("block", "expected"),
    [
        ("", ["aws_s3_bucket.b: nothing, perhaps 80, 443/tcp whole"]),
        (BLOCK.replace("RESTRICT", "false"), ["aws_s3_bucket.b: 80, 443/tcp whole"]),
        (BLOCK.replace("RESTRICT", "true"), []),
    ],
)
def test_buckets(block: str, expected: list[str]) -> None:
    network = read(BUCKET, block)
    assert ways(network) == expected
    assert missing(network) <= {"public-access-block-outside-plan"}


REST = """
resource "aws_api_gateway_rest_api" "a" {
  name = "a"
  endpoint_configuration { types = ["TYPE"] }
}
"""


@pytest.mark.parametrize(
    ("kind", "expected"), [("REGIONAL", ["aws_api_gateway_rest_api.a: 443/tcp whole"]), ("PRIVATE", [])]
)
def test_apis(kind: str, expected: list[str]) -> None:
    assert ways(read(REST.replace("TYPE", kind))) == expected


def test_a_distribution_is_reached_and_links_to_its_origin() -> None:
    text = """
resource "aws_s3_bucket" "b" { bucket = "bbb-1" }
resource "aws_cloudfront_distribution" "d" {
  enabled = true
  origin {
    domain_name = aws_s3_bucket.b.bucket_regional_domain_name
    origin_id   = "s3"
  }
}
"""
    network = read(text)
    assert ways(network) == ["aws_cloudfront_distribution.d: 80, 443/tcp whole"]
    assert links(network) == ["aws_cloudfront_distribution.d -> aws_s3_bucket.b"]


def test_caches_are_never_reached_from_the_internet() -> None:
    text = """
resource "aws_elasticache_subnet_group" "c" {
  name       = "c"
  subnet_ids = aws_subnet.public[*].id
}
resource "aws_elasticache_cluster" "c" {
  engine             = "redis"
  port               = 6379
  subnet_group_name  = aws_elasticache_subnet_group.c.name
  security_group_ids = [aws_security_group.c.id]
}
"""
    network = read(VPC, group("c", 6379, WORLD), text, instance("i", PUBLIC, ADDRESS, held("c")))
    assert ways(network) == ["aws_instance.i: 6379/tcp whole"]
    assert links(network) == ["aws_instance.i -> aws_elasticache_cluster.c"]


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        pytest.param("RabbitMQ", ["aws_mq_broker.b: 443, 5671/tcp whole"], id="RabbitMQ stands in no subnet"),
        pytest.param("ActiveMQ", [], id="ActiveMQ stands behind the default group"),
    ],
)
def test_a_public_broker(engine: str, expected: list[str]) -> None:
    network = read(f'resource "aws_mq_broker" "b" {{\n  engine_type = "{engine}"\n  publicly_accessible = true\n}}')
    assert ways(network) == expected
