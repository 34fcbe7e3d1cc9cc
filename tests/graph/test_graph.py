"""Which instance refers to which, on real plans and on small ones."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.errors import PlanError
from planguard.graph.edge import Crowd, Links
from planguard.graph.graph import Graph
from planguard.graph.resource import AFTER, BEFORE
from planguard.plan.unknown import Undetermined
from tests.conftest import FIXTURES, change, graph_from, plan_document


def edges(graph: Graph, snapshot: str = AFTER) -> set[tuple[str, str, str, str]]:
    return {
        (edge.source.address, ".".join(edge.attribute), edge.target.address, edge.certainty.name.lower())
        for edge in graph.all_edges(snapshot)
    }


def stored(name: str) -> Graph:
    return graph_from((FIXTURES / name).read_bytes())


@pytest.fixture(scope="module")
def modules() -> set[tuple[str, str, str, str]]:
    return edges(stored("modules-for-each/plan.json"))


@pytest.mark.parametrize("key", ['"a.b"', '"x[0]"', '"say \\"hi\\""', '"é/ü"'])
class TestInstanceKeys:
    def test_each_value_is_the_instance_of_the_same_key(
        self, modules: set[tuple[str, str, str, str]], key: str
    ) -> None:
        block = f'module.store[{key}].aws_s3_bucket_public_access_block.this["data"]'
        assert (block, "bucket", f'module.store[{key}].aws_s3_bucket.this["data"]', "key") in modules

    def test_a_module_over_a_module_pairs_by_key(self, modules: set[tuple[str, str, str, str]], key: str) -> None:
        note = f"module.inbox[{key}].aws_s3_bucket_notification.this"
        targets = {(target, sure) for source, by, target, sure in modules if source == note and by == "bucket"}
        assert targets == {(f'module.store[{key}].aws_s3_bucket.this["data"]', "key")}

    def test_the_same_name_in_another_module_is_another_resource(
        self, modules: set[tuple[str, str, str, str]], key: str
    ) -> None:
        note = f"module.inbox[{key}].aws_s3_bucket_notification.this"
        queues = {target for source, by, target, _ in modules if source == note and by.startswith("queue")}
        assert queues == {f"module.inbox[{key}].aws_sqs_queue.this"}


def test_where_a_for_expression_takes_a_collection_each_is_possible(modules: set[tuple[str, str, str, str]]) -> None:
    source = 'module.store["a.b"].module.audit[0].aws_s3_bucket_server_side_encryption_configuration.this'
    found = {(target, sure) for one, by, target, sure in modules if one == source and by == "bucket"}
    assert found == {
        ('module.store["a.b"].aws_s3_bucket.this["data"]', "possible"),
        ('module.store["a.b"].aws_s3_bucket.this["logs"]', "possible"),
    }


def test_locals_are_followed_where_source_is_given() -> None:
    from planguard.graph.build import build_graph
    from planguard.plan.source import load_source
    from planguard.sources import PlanSource
    from tests.conftest import plan_from

    folder = FIXTURES / "modules-for-each"
    plan = plan_from((folder / "plan.json").read_bytes())
    without = {target for _, _, target, _ in edges(build_graph(plan))}
    given = edges(build_graph(plan, PlanSource(load_source(folder))))
    assert "aws_kms_key.main" not in without
    assert {target for source, _, target, _ in given if "encryption" in source} >= {"aws_kms_key.main"}


@pytest.fixture(scope="module")
def first() -> set[tuple[str, str, str, str]]:
    return edges(stored("stacks/aws-shop-prod/plan.json"))


@pytest.fixture(scope="module")
def later() -> set[tuple[str, str, str, str]]:
    return edges(stored("stacks/aws-shop-prod/plan-update.json"))


class TestShop:
    """The stack of a shop: everything unknown at first, everything known later."""

    @pytest.mark.parametrize(
        ("source", "by", "target"),
        [
            ("module.web.aws_lb_listener.http", "load_balancer_arn", "module.web.aws_lb.this"),
            (
                "module.database.aws_security_group_rule.db_in",
                "source_security_group_id",
                "module.web.aws_security_group.instance",
            ),
            ("module.web.aws_iam_role_policy.app", "policy", "module.web.data.aws_iam_policy_document.app"),
            ("module.web.aws_iam_instance_profile.app", "role", "module.web.aws_iam_role.app"),
            ("module.web.aws_lb.this", "access_logs.bucket", 'module.storage.aws_s3_bucket.this["logs"]'),
            ("module.database.aws_db_instance.primary", "kms_key_id", "aws_kms_key.main"),
            (
                'module.network.aws_route_table_association.this["private-a"]',
                "subnet_id",
                'module.network.aws_subnet.this["private-a"]',
            ),
        ],
    )
    def test_the_reference_is_there_before_and_after_ids_are_known(
        self,
        first: set[tuple[str, str, str, str]],
        later: set[tuple[str, str, str, str]],
        source: str,
        by: str,
        target: str,
    ) -> None:
        for found in (first, later):
            sure = {one[3] for one in found if one[:3] == (source, by, target)}
            assert sure in ({"exact"}, {"key"})

    def test_a_known_id_decides_what_was_only_possible(
        self, first: set[tuple[str, str, str, str]], later: set[tuple[str, str, str, str]]
    ) -> None:
        nat = ("module.network.aws_nat_gateway.this", "subnet_id")
        assert {one[3] for one in first if one[:2] == nat} == {"possible"}
        found = {one[2:] for one in later if one[:2] == nat}
        assert len(found) == 1
        assert next(iter(found))[1] == "exact"

    def test_a_region_is_no_reference(self, later: set[tuple[str, str, str, str]]) -> None:
        assert not [one for one in later if one[1] == "region"]


@pytest.mark.parametrize(
    "path", sorted(FIXTURES.glob("stacks/*/plan*.json")), ids=lambda p: f"{p.parent.name}-{p.stem}"
)
def test_the_graph_holds_what_the_plan_holds(path: Any) -> None:
    graph = graph_from(path.read_bytes())
    import json

    document = json.loads(path.read_bytes())
    changes = {(one["address"], one.get("deposed", "")) for one in document.get("resource_changes", [])}
    pending = [document.get("prior_state", {}).get("values", {}).get("root_module", {})]
    state = set()
    while pending:
        module = pending.pop()
        pending += module.get("child_modules", [])
        state |= {
            (one["address"], "")
            for one in module.get("resources", [])
            if one["mode"] == "data" or "resource_changes" not in document
        }
    assert {(node.address, node.deposed) for node in graph.nodes} == changes | state


def configured(address: str, expressions: dict[str, Any]) -> dict[str, Any]:
    type_, name = address.split(".")
    return {"address": address, "mode": "managed", "type": type_, "name": name, "expressions": expressions}


def two_buckets(block: dict[str, Any], expression: dict[str, Any]) -> Graph:
    return graph_from(
        plan_document(
            change("aws_s3_bucket.a", ["create"], None, {"bucket": "a-bucket"}, after_unknown={"id": True}),
            change("aws_s3_bucket.b", ["create"], None, {"bucket": "b-bucket"}, after_unknown={"id": True}),
            block,
            configuration={
                "root_module": {
                    "resources": [
                        configured("aws_s3_bucket.a", {}),
                        configured("aws_s3_bucket.b", {}),
                        configured("aws_s3_bucket_policy.p", {"bucket": expression}),
                    ]
                }
            },
        )
    )


EITHER = {"references": ["var.x", "aws_s3_bucket.a.id", "aws_s3_bucket.a", "aws_s3_bucket.b.id", "aws_s3_bucket.b"]}


def test_a_conditional_means_one_of_two_and_nobody_knows_which() -> None:
    graph = two_buckets(
        change("aws_s3_bucket_policy.p", ["create"], None, {}, after_unknown={"bucket": True}), EITHER
    )
    bucket = graph.view(graph.nodes[0], AFTER)
    with pytest.raises(Undetermined) as raised:
        bool(bucket.referrers("aws_s3_bucket_policy", via="bucket"))
    assert "which instance is meant" in raised.value.why


def test_a_conditional_whose_value_is_known_means_that_one() -> None:
    graph = two_buckets(change("aws_s3_bucket_policy.p", ["create"], None, {"bucket": "b-bucket"}), EITHER)
    a, b = (graph.view(node, AFTER) for node in graph.nodes[:2])
    assert list(a.referrers("aws_s3_bucket_policy", via="bucket")) == []
    assert [one.address for one in b.referrers("aws_s3_bucket_policy", via="bucket")] == ["aws_s3_bucket_policy.p"]


def test_references_can_be_narrowed_by_the_attribute_that_refers() -> None:
    graph = graph_from(
        plan_document(
            change(
                "aws_s3_bucket.logs",
                ["no-op"],
                {"id": "logs", "arn": "arn:aws:s3:::logs"},
                {"id": "logs", "arn": "arn:aws:s3:::logs"},
            ),
            change(
                "aws_s3_bucket_policy.other",
                ["no-op"],
                {"bucket": "other", "statement": [{"resource": "arn:aws:s3:::logs"}]},
                {"bucket": "other", "statement": [{"resource": "arn:aws:s3:::logs"}]},
            ),
        )
    )
    bucket = graph.view(graph.nodes[0], AFTER)
    assert [one.address for one in bucket.referrers("aws_s3_bucket_policy")] == ["aws_s3_bucket_policy.other"]
    assert list(bucket.referrers("aws_s3_bucket_policy", via="bucket")) == []


@pytest.mark.parametrize(
    ("attribute", "is_reference"),
    [("role", True), ("role_name", True), ("name", False), ("description", False), ("path", False)],
)
def test_a_bare_name_counts_only_where_it_says_what_it_names(attribute: str, is_reference: bool) -> None:
    role = {"id": "main", "name": "main"}
    user = {"id": "u", attribute: "main"}
    graph = graph_from(
        plan_document(
            change("aws_iam_role.r", ["no-op"], role, role), change("aws_iam_thing.t", ["no-op"], user, user)
        )
    )
    assert bool(edges(graph)) is is_reference


def test_what_was_tied_before_is_read_from_the_values_before() -> None:
    a, b = ({"id": name, "bucket": name} for name in ("one-bucket", "two-bucket"))
    graph = graph_from(
        plan_document(
            change("aws_s3_bucket.a", ["no-op"], a, a),
            change("aws_s3_bucket.b", ["no-op"], b, b),
            change("aws_s3_bucket_policy.p", ["update"], {"bucket": "one-bucket"}, {"bucket": "two-bucket"}),
            configuration={
                "root_module": {
                    "resources": [
                        configured("aws_s3_bucket.a", {}),
                        configured("aws_s3_bucket.b", {}),
                        configured(
                            "aws_s3_bucket_policy.p",
                            {"bucket": {"references": ["aws_s3_bucket.b.id", "aws_s3_bucket.b"]}},
                        ),
                    ]
                }
            },
        )
    )
    assert {one[2] for one in edges(graph, BEFORE)} == {"aws_s3_bucket.a"}
    assert {one[2] for one in edges(graph, AFTER)} == {"aws_s3_bucket.b"}


def test_references_in_a_circle_end() -> None:
    graph = graph_from(
        plan_document(
            change("aws_a.a", ["create"], None, {}, module_address="module.m", after_unknown={"x": True})
            | {"address": "module.m.aws_a.a"},
            configuration={
                "root_module": {
                    "module_calls": {
                        "m": {
                            "expressions": {"v": {"references": ["module.m.o", "module.m"]}},
                            "module": {
                                "resources": [configured("aws_a.a", {"x": {"references": ["var.v"]}})],
                                "outputs": {"o": {"expression": {"references": ["var.v"]}}},
                                "variables": {"v": {}},
                            },
                        }
                    }
                }
            },
        )
    )
    assert edges(graph) == set()


def test_an_object_that_stands_twice_is_refused() -> None:
    with pytest.raises(PlanError, match="stands twice in the plan"):
        graph_from(plan_document(change("aws_a.a", ["create"], None, {}), change("aws_a.a", ["create"], None, {})))


def test_a_deposed_object_is_another_object() -> None:
    graph = graph_from(
        plan_document(
            change("aws_a.a", ["no-op"], {}, {}), change("aws_a.a", ["delete"], {}, None, deposed="12345678")
        )
    )
    assert [(node.address, node.deposed) for node in graph.nodes] == [("aws_a.a", ""), ("aws_a.a", "12345678")]


@pytest.mark.parametrize("actions", [["Foo"], ["create", "update"], [], ["no-op", "no-op"]])
def test_an_action_that_nobody_knows_is_refused(actions: list[str]) -> None:
    with pytest.raises(PlanError, match="unknown action"):
        graph_from(plan_document(change("aws_a.a", actions, {}, {})))


def test_an_unknown_value_names_what_it_will_come_from() -> None:
    graph = stored("stacks/aws-shop-prod/plan.json")
    node = next(node for node in graph.nodes if node.address == "module.database.aws_db_instance.primary")
    assert graph.sources_of(node, ("kms_key_id",)) == ("aws_kms_key.main",)
    assert graph.sources_of(node, ("endpoint",)) == (node.address,)
    assert graph.sources_of(node, ("vpc_security_group_ids", 0)) == ("module.database.aws_security_group.db",)


class TestOthersWhere:
    def graph(self) -> Graph:
        def rule(name: str, group: str | None, **more: Any) -> dict[str, Any]:
            after = {"name": name, **({"group": group} if group else {})}
            return change(f"aws_rule.{name}", ["create"], None, after, **more)

        return graph_from(
            plan_document(
                rule("a", "One"), rule("b", "one"), rule("c", "two"), rule("d", None, after_unknown={"group": True})
            )
        )

    def test_texts_are_compared_without_case(self) -> None:
        graph = self.graph()
        found = graph.view(graph.nodes[0], AFTER).others("aws_rule", group="ONE")
        assert [one.address for one in list.__iter__(found)] == ["aws_rule.a", "aws_rule.b"]

    def test_one_that_may_be_meant_makes_the_rest_undetermined(self) -> None:
        graph = self.graph()
        seen = []
        with pytest.raises(Undetermined):
            for one in graph.view(graph.nodes[2], AFTER).others("aws_rule", group="two"):
                seen.append(one.address)
        assert seen == ["aws_rule.c"]

    def test_an_unknown_value_to_compare_with_is_undetermined(self) -> None:
        graph = self.graph()
        unsettled = graph.view(graph.nodes[3], AFTER)
        with pytest.raises(Undetermined):
            unsettled.others("aws_rule", group=unsettled.get("group"))


class TestCrowds:
    """A thousand that may refer to a thousand: nobody can say to which, and nobody needs a million edges for that."""

    def graph(self, bucket: Any, unknown: bool, kept: bool = False) -> Graph:
        count = 100
        named = [{"bucket": f"bucket-{i}"} for i in range(count)]
        buckets = [
            change(
                f"aws_s3_bucket.b[{i}]",
                ["no-op" if kept else "create"],
                named[i] if kept else None,
                named[i],
                index=i,
            )
            for i in range(count)
        ]
        blocks = [
            change(
                f"aws_s3_bucket_public_access_block.p[{i}]",
                ["create"],
                None,
                {} if unknown else {"bucket": bucket(i)},
                after_unknown={"bucket": True} if unknown else {},
                index=i,
            )
            for i in range(count)
        ]
        whole = {"bucket": {"references": ["aws_s3_bucket.b"]}}
        resources = [configured("aws_s3_bucket.b", {}), configured("aws_s3_bucket_public_access_block.p", whole)]
        return graph_from(plan_document(*buckets, *blocks, configuration={"root_module": {"resources": resources}}))

    def test_each_of_them_may_be_meant(self) -> None:
        graph = self.graph(None, unknown=True)
        for node in (graph.nodes[0], graph.nodes[99]):
            with pytest.raises(Undetermined) as raised:
                bool(graph.view(node, AFTER).referrers("aws_s3_bucket_public_access_block", via="bucket"))
            assert "which instance is meant" in raised.value.why
        with pytest.raises(Undetermined):
            bool(graph.view(graph.nodes[150], AFTER).references("aws_s3_bucket", via="bucket"))
        links = graph.links("aws_s3_bucket_public_access_block", "aws_s3_bucket", AFTER, "bucket")
        assert links.forward == {}

    def test_an_attribute_may_refer_to_one_of_many(self) -> None:
        graph = self.graph(None, unknown=True)
        block = graph.view(graph.nodes[150], AFTER)
        assert block.may_refer_to("aws_s3_bucket", via="bucket")
        assert not block.may_refer_to("aws_s3_bucket", via="tags")

    def test_what_does_not_change_is_touched_by_a_crowd_that_does(self) -> None:
        graph = self.graph(None, unknown=True, kept=True)
        bucket = graph.view(graph.nodes[7], AFTER)
        assert not bucket.node.changed
        assert not graph.touched_change
        bucket.referrers("aws_s3_bucket_public_access_block", via="bucket")
        assert graph.touched_change

    def test_the_same_crowd_is_found_through_each_attribute(self) -> None:
        graph = self.graph(None, unknown=True)
        crowd = frozenset({0})
        links = Links()
        for attribute in (("rule", "from"), ("rule", "to")):
            links.add_crowd(Crowd(graph.nodes[150], attribute, crowd))
        assert [one.attribute for one in links.crowds_with(graph.nodes[0])] == [("rule", "from"), ("rule", "to")]

    def test_a_known_value_decides(self) -> None:
        graph = self.graph(lambda i: f"bucket-{i}", unknown=False)
        bucket = graph.view(graph.nodes[7], AFTER)
        found = bucket.referrers("aws_s3_bucket_public_access_block", via="bucket")
        assert [one.address for one in found] == ["aws_s3_bucket_public_access_block.p[7]"]


class TestLeftToTheProvider:
    """An attribute that nobody sets, and one that a dynamic block sets: only source tells them apart."""

    SOURCE = b"""
resource "aws_launch_template" "t" {
  name = "t"

  dynamic "metadata_options" {
    for_each = var.options

    content {
      http_tokens = metadata_options.value
    }
  }

  placement {
    tenancy = "default"
  }
}
"""

    def left(self, attribute: str, source: bytes | None) -> bool:
        from planguard.graph.build import build_graph
        from planguard.plan.source import source_from_files
        from planguard.sources import PlanSource
        from tests.conftest import plan_from

        unknown = {attribute.split(".", maxsplit=1)[0]: True}
        block = change("aws_launch_template.t", ["create"], None, {"name": "t"}, after_unknown=unknown)
        written = configured("aws_launch_template.t", {"name": {"constant_value": "t"}})
        plan = plan_from(plan_document(block, configuration={"root_module": {"resources": [written]}}))
        given = PlanSource(source_from_files({"main.tf": source})) if source is not None else None
        graph = build_graph(plan, given)
        return graph.view(graph.nodes[0], AFTER).is_left_to_provider(attribute)

    @pytest.mark.parametrize("attribute", ["metadata_options", "metadata_options.http_tokens"])
    def test_a_dynamic_block_sets_it(self, attribute: str) -> None:
        assert self.left(attribute, None)
        assert not self.left(attribute, self.SOURCE)

    @pytest.mark.parametrize("attribute", ["monitoring", "monitoring.enabled", "arn"])
    def test_what_nobody_sets_is_left_to_the_provider(self, attribute: str) -> None:
        assert self.left(attribute, None)
        assert self.left(attribute, self.SOURCE)

    def test_what_the_configuration_sets_is_not(self) -> None:
        assert not self.left("name", None)


@pytest.mark.parametrize(
    "ask",
    [
        bool,
        len,
        list,
        sorted,
        lambda found: found == [],
        lambda found: found != [],
        lambda found: "x" in found,
        lambda found: not (found + []),  # noqa: RUF005 - the operators are what is tried
        lambda found: not ([] + found),  # noqa: RUF005
        lambda found: not found[:],
        lambda found: found[0],
        lambda found: [*found],
        lambda found: list(reversed(found)),
        lambda found: not found.copy(),
        [].extend,
        any,
    ],
)
def test_no_way_of_asking_takes_a_possible_neighbour_for_none(ask: Any) -> None:
    graph = two_buckets(
        change("aws_s3_bucket_policy.p", ["create"], None, {}, after_unknown={"bucket": True}), EITHER
    )
    found = graph.view(graph.nodes[0], AFTER).referrers("aws_s3_bucket_policy", via="bucket")
    with pytest.raises(Undetermined):
        ask(found)


class TestGet:
    """A block may be named without its index only where it is the only one."""

    def get(self, ports: list[int]) -> Any:
        values = {"ingress": [{"port": port} for port in ports]}
        graph = graph_from(plan_document(change("aws_thing.x", ["create"], None, values)))
        return graph.view(graph.nodes[0], AFTER).get("ingress.port", "the default")

    def test_none_gives_the_default(self) -> None:
        assert self.get([]) == "the default"

    def test_one_gives_its_value(self) -> None:
        assert self.get([22]) == 22

    def test_several_have_no_one_value(self) -> None:
        with pytest.raises(ValueError, match=r"`ingress.port` of aws_thing.x names one of 2 blocks"):
            self.get([22, 80])
