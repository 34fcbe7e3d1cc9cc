"""The rules that ask what the internet reaches: which types they ask, what they tell, and where others step back."""

from __future__ import annotations

import pytest

from planguard.engine.evaluate import evaluate
from planguard.engine.finding import Found
from planguard.engine.ruleset import RuleSet
from planguard.exposure.aws.databases import STORES
from planguard.exposure.azure.application import APPLICATIONS
from planguard.exposure.azure.interface import INTERFACE, MACHINE_TYPES, SET_TYPES
from planguard.exposure.azure.service import SERVICES
from planguard.exposure.google.forwarding import RULES
from planguard.exposure.google.machine import GROUPS, INSTANCE, POOL
from planguard.exposure.google.service import KINDS
from planguard.exposure.kubernetes.manifest import TYPED
from planguard.exposure.model import CACHE, DATABASE, MESSAGING, SEARCH
from tests.exposure.test_openings import MACHINE, graph_of, group
from tests.exposure.test_standing import AWS_GROUP, GOOGLE, PRIVATE, PUBLIC, ROUTE, changed
from tests.exposure.test_standing import DATABASE as DATABASES_TEXT

PORT = "administration-port-reachable-from-internet"
OTHER = "other-port-reachable-from-internet"
DATA = "database-reachable-from-internet"


def found(rules: RuleSet, graph: object, *ids: str) -> list[Found]:
    only = RuleSet(rules.packs, [rule for rule in rules.rules if rule.id in ids])
    return evaluate(graph, only).violations  # type: ignore[arg-type]


def told(rules: RuleSet, graph: object, *ids: str) -> list[tuple[str, str, str]]:
    return [(one.node.address, one.message.partition(" from")[0], one.status) for one in found(rules, graph, *ids)]


@pytest.fixture(scope="module")
def types(builtin_rules: RuleSet) -> dict[str, set[str]]:
    return {rule.id: set(rule.resources) for rule in builtin_rules.rules}


def test_every_store_of_the_analysis_is_asked(types: dict[str, set[str]]) -> None:
    """Stores without a public address need not be; Databricks' site and what IAM alone protects are left out."""
    public = {
        kind: {name for name, store in STORES.items() if store.kind == kind and store.public}
        for kind in (DATABASE, MESSAGING)
    }
    assert public[DATABASE] <= types[DATA]
    assert public[MESSAGING] <= types["message-broker-reachable-from-internet"]
    azure = {kind: {one.type for one in SERVICES if one.kind == kind} for kind in (DATABASE, CACHE, SEARCH)}
    assert azure[DATABASE] - types[DATA] == {"azurerm_databricks_workspace"}
    assert azure[CACHE] <= types["cache-reachable-from-internet"]
    assert azure[SEARCH] - types["search-reachable-from-internet"] == {"azurerm_cognitive_account"}
    google = {name for name, kind in KINDS.items() if kind == DATABASE}
    assert google - types[DATA] == {"google_spanner_instance", "google_bigtable_instance"}


def test_every_machine_and_workload_of_the_analysis_is_asked(types: dict[str, set[str]]) -> None:
    machines = {*MACHINE_TYPES, *SET_TYPES, INTERFACE, INSTANCE, POOL, *GROUPS}
    workloads = {name for name in TYPED if "network_policy" not in name}
    for rule in (PORT, DATA, "cache-reachable-from-internet", "search-reachable-from-internet", OTHER):
        assert machines | workloads <= types[rule]
    assert set(RULES) <= types[OTHER]
    assert {one for one in APPLICATIONS if "container" in one} <= types[PORT]


PUBLIC_MACHINE = MACHINE.replace("ami     ", "associate_public_ip_address = true\n      ami     ")


def test_a_range_that_grows_is_new_and_one_that_stays_is_inherited(builtin_rules: RuleSet) -> None:
    narrow, wide = (22, 22, "tcp", "0.0.0.0/0"), (20, 25, "tcp", "0.0.0.0/0")
    stays = (3389, 3389, "tcp", "64.0.0.0/4")
    graph = changed(PUBLIC_MACHINE + group(narrow, stays), PUBLIC_MACHINE + group(stays, wide))
    assert sorted(told(builtin_rules, graph, PORT)) == [
        ("aws_instance.app", "20-25/tcp", "introduced"),
        ("aws_instance.app", "22/tcp", "fixed"),
        ("aws_instance.app", "3389/tcp", "inherited"),
    ]


def test_more_of_the_internet_is_new(builtin_rules: RuleSet) -> None:
    before, after = (PUBLIC_MACHINE + group((22, 22, "tcp", source)) for source in ("64.0.0.0/4", "0.0.0.0/0"))
    assert sorted(told(builtin_rules, changed(before, after), PORT)) == [
        ("aws_instance.app", "22/tcp", "fixed"),
        ("aws_instance.app", "22/tcp", "introduced"),
    ]


def test_a_port_is_told_by_one_rule(builtin_rules: RuleSet) -> None:
    ids = (PORT, DATA, "cache-reachable-from-internet", "search-reachable-from-internet", OTHER)
    everything = graph_of(MACHINE + group((0, 0, "-1", "0.0.0.0/0")))
    assert [one.rule.id for one in found(builtin_rules, everything, *ids)] == [PORT]
    several = [(port, port, "tcp", "0.0.0.0/0") for port in (22, 5432, 6379, 9200, 8080, 443)]
    assert sorted(one.rule.id for one in found(builtin_rules, graph_of(MACHINE + group(*several)), *ids)) == sorted(
        ids
    )


def test_the_message_names_port_sources_and_what_lets_them_in(builtin_rules: RuleSet) -> None:
    (one,) = found(builtin_rules, graph_of(MACHINE + group((22, 22, "tcp", "0.0.0.0/0"))), PORT)
    by = "aws_security_group.app ingress[0].cidr_blocks"
    assert one.message == f"22/tcp from the whole internet, let in by {by}; assuming default-vpc"
    assert one.evidence == ("aws_security_group.app",)


@pytest.mark.parametrize(
    ("text", "rule_id", "is_mitigated"),
    [
        (AWS_GROUP, "aws-sg-ingress-open-to-world", False),
        (AWS_GROUP + PRIVATE, "aws-sg-ingress-ssh-open-to-world", True),
        (AWS_GROUP + PUBLIC, "aws-sg-ingress-open-to-world", False),
        (GOOGLE, "google-firewall-ssh-open-to-world", False),
        (DATABASES_TEXT, "aws-rds-publicly-accessible", True),
        (DATABASES_TEXT + ROUTE, "aws-rds-publicly-accessible", False),
    ],
)
def test_a_rule_steps_back(builtin_rules: RuleSet, text: str, rule_id: str, is_mitigated: bool) -> None:
    (one,) = found(builtin_rules, graph_of(text), rule_id)
    assert bool(one.mitigation) is is_mitigated


def test_what_steps_back_not_names_what_is_reached(builtin_rules: RuleSet) -> None:
    (one,) = found(builtin_rules, graph_of(AWS_GROUP + PUBLIC), "aws-sg-ingress-open-to-world")
    assert one.evidence == ("aws_instance.app",)


def test_one_fact_is_told_once(builtin_rules: RuleSet) -> None:
    both = found(builtin_rules, graph_of(DATABASES_TEXT + ROUTE), DATA, "aws-rds-publicly-accessible")
    assert {one.rule.id: one.part_of for one in both} == {DATA: "", "aws-rds-publicly-accessible": DATA}
    cluster = """
    resource "aws_eks_cluster" "shop" {
      name     = "shop"
      role_arn = "arn:aws:iam::111122223333:role/eks"
      vpc_config {
        subnet_ids = ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]
      }
    }
    """
    ids = ("control-plane-reachable-from-internet", "aws-eks-endpoint-open-to-world")
    assert {one.rule.id: one.part_of for one in found(builtin_rules, graph_of(cluster), *ids)} == {
        "control-plane-reachable-from-internet": "aws-eks-endpoint-open-to-world",
        "aws-eks-endpoint-open-to-world": "",
    }


def test_a_plan_without_an_open_rule_asks_for_no_network(builtin_rules: RuleSet) -> None:
    graph = graph_of(AWS_GROUP.replace("0.0.0.0/0", "10.0.0.0/8"))
    found(builtin_rules, graph, "aws-sg-ingress-open-to-world", PORT, DATA, OTHER)
    assert not [key for key in graph.derived if "exposure" in key]


CLOSED = """
resource "aws_security_group" "data" {
  ingress {
    from_port   = 0
    to_port     = 65535
    protocol    = "tcp"
    cidr_blocks = ["10.0.0.0/8"]
  }
}
"""
STORES_TEXT = {
    "aws-redshift-publicly-accessible": """
resource "aws_redshift_cluster" "it" {
  cluster_identifier     = "sales"
  master_username        = "awsuser"
  publicly_accessible    = true
  vpc_security_group_ids = [aws_security_group.data.id]
}
""",
    "aws-neptune-publicly-accessible": """
resource "aws_neptune_cluster" "it" {
  vpc_security_group_ids = [aws_security_group.data.id]
}
resource "aws_neptune_cluster_instance" "it" {
  cluster_identifier  = aws_neptune_cluster.it.id
  instance_class      = "db.r6g.large"
  publicly_accessible = true
}
""",
    "aws-dms-publicly-accessible": """
resource "aws_dms_replication_instance" "it" {
  replication_instance_id = "move"
  publicly_accessible     = true
  vpc_security_group_ids  = [aws_security_group.data.id]
}
""",
    "aws-mq-publicly-accessible": """
resource "aws_mq_broker" "it" {
  engine_type         = "ActiveMQ"
  publicly_accessible = true
  security_groups     = [aws_security_group.data.id]
}
""",
    "aws-msk-publicly-accessible": """
resource "aws_msk_cluster" "it" {
  broker_node_group_info {
    client_subnets  = ["subnet-0123456789abcdef0"]
    security_groups = [aws_security_group.data.id]
    connectivity_info {
      public_access {
        type = "SERVICE_PROVIDED_EIPS"
      }
    }
  }
}
""",
}
STORES_TEXT["aws-redshift-public-with-common-user"] = STORES_TEXT["aws-redshift-publicly-accessible"]


@pytest.mark.parametrize("rule_id", sorted(STORES_TEXT))
def test_a_rule_on_a_public_address_steps_back_where_groups_let_in_nobody(
    builtin_rules: RuleSet, rule_id: str
) -> None:
    for groups, mitigation in (
        (CLOSED, "its security groups let in nobody from the internet"),
        (CLOSED.replace("10.0.0.0/8", "0.0.0.0/0"), ""),
    ):
        (one,) = found(builtin_rules, graph_of(groups + STORES_TEXT[rule_id]), rule_id)
        assert one.mitigation == mitigation


def test_no_rule_is_part_of_itself(builtin_rules: RuleSet) -> None:
    """Of two rules that were each shown as a part of the other neither would decide."""
    wider = {rule.id: set(rule.wider) for rule in builtin_rules.rules}
    for rule_id, others in wider.items():
        seen, waiting = set(), set(others)
        while waiting:
            one = waiting.pop()
            seen.add(one)
            waiting |= wider.get(one, set()) - seen
        assert rule_id not in seen
