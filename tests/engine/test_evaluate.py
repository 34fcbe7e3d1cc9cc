"""What a rule says of two snapshots, and what that makes of it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from planguard.engine.evaluate import evaluate
from planguard.engine.finding import Findings
from planguard.engine.ruleset import RuleSet
from tests.conftest import FIXTURES, change, graph_from, plan_document

PACK = '''
from planguard import rule, change_rule, violation

@rule(id="open-port", severity="high", domain="network", resources=["aws_thing"])
def open_port(thing):
    """A port is open.

    Why.

    Fix.
    """
    for path, block in thing.blocks("ingress"):
        if block.get("cidr") == "0.0.0.0/0":
            yield violation(path, f"{block['port']} from {block['cidr']}")

@rule(id="no-guard", severity="high", domain="network", resources=["aws_thing"])
def no_guard(thing):
    """There is no guard.

    Why.

    Fix.
    """
    if not thing.referrers("aws_guard", via="thing_id"):
        yield violation("", "no guard")

@change_rule(id="thing-goes", severity="high", domain="environment", resources=["aws_thing"])
def thing_goes(change):
    """A thing goes.

    Why.

    Fix.
    """
    if change.destroys or change.forgets:
        yield violation("", f"{change.action}: {change.reason or 'no reason'}")
'''

OPEN = {"id": "t-1", "ingress": [{"port": 22, "cidr": "0.0.0.0/0"}]}
WIDER = {"id": "t-1", "ingress": [{"port": 80, "cidr": "0.0.0.0/0"}]}
CLOSED: dict[str, Any] = {"id": "t-1", "ingress": []}
NOTHING: dict[str, Any] = {}


@pytest.fixture
def run(rule_pack: Callable[..., RuleSet]) -> Callable[..., Findings]:
    rules = rule_pack(python=PACK)
    return lambda *changes, **more: evaluate(graph_from(plan_document(*changes, **more)), rules)


def said(findings: Findings, rule: str = "open-port") -> list[tuple[str, str]]:
    return [(one.status, one.message) for one in findings.violations if one.rule.id == rule]


@pytest.mark.parametrize(
    ("actions", "before", "after", "expected"),
    [
        (["create"], None, OPEN, [("introduced", "22 from 0.0.0.0/0")]),
        (["update"], CLOSED, OPEN, [("introduced", "22 from 0.0.0.0/0")]),
        (["update"], OPEN, {**OPEN, "name": "x"}, [("inherited", "22 from 0.0.0.0/0")]),
        (["no-op"], OPEN, OPEN, [("inherited", "22 from 0.0.0.0/0")]),
        (["update"], OPEN, CLOSED, [("fixed", "22 from 0.0.0.0/0")]),
        (["update"], OPEN, WIDER, [("introduced", "80 from 0.0.0.0/0"), ("fixed", "22 from 0.0.0.0/0")]),
        (["delete"], OPEN, None, [("fixed", "22 from 0.0.0.0/0")]),
        (["delete", "create"], OPEN, OPEN, [("inherited", "22 from 0.0.0.0/0")]),
        (["create", "delete"], CLOSED, OPEN, [("introduced", "22 from 0.0.0.0/0")]),
        (["forget"], OPEN, None, []),
        (["create", "forget"], OPEN, CLOSED, []),
        (["forget", "create"], CLOSED, OPEN, [("introduced", "22 from 0.0.0.0/0")]),
    ],
    ids=lambda value: "+".join(value) if isinstance(value, list) and value and isinstance(value[0], str) else None,
)
def test_status(
    run: Callable[..., Findings], actions: list[str], before: Any, after: Any, expected: list[tuple[str, str]]
) -> None:
    findings = run(change("aws_thing.x", actions, before, after))
    assert sorted(said(findings)) == sorted(expected)


def test_a_place_in_a_set_does_not_matter(run: Callable[..., Findings]) -> None:
    other = {"port": 1, "cidr": "10.0.0.0/8"}
    before = {"ingress": [OPEN["ingress"][0], other]}
    after = {"ingress": [other, OPEN["ingress"][0]]}
    assert said(run(change("aws_thing.x", ["update"], before, after))) == [("inherited", "22 from 0.0.0.0/0")]


def test_the_same_twice_before_and_once_after_is_one_inherited_and_one_fixed(run: Callable[..., Findings]) -> None:
    before = {"ingress": OPEN["ingress"] * 2}
    found = said(run(change("aws_thing.x", ["update"], before, OPEN)))
    # One rule says one thing once of one path; two blocks are two paths.
    assert sorted(found) == [("fixed", "22 from 0.0.0.0/0"), ("inherited", "22 from 0.0.0.0/0")]


def test_a_moved_resource_takes_its_violations_with_it(run: Callable[..., Findings]) -> None:
    findings = run(change("aws_thing.new", ["no-op"], OPEN, OPEN, previous_address="aws_thing.old"))
    assert said(findings) == [("inherited", "22 from 0.0.0.0/0")]


def test_an_import_brings_what_was_there(run: Callable[..., Findings]) -> None:
    findings = run(change("aws_thing.x", ["no-op"], OPEN, OPEN, importing={"id": "t-1"}))
    assert said(findings) == [("inherited", "22 from 0.0.0.0/0")]


def test_change_rules_see_what_leaves(run: Callable[..., Findings]) -> None:
    gone = run(change("aws_thing.x", ["forget"], OPEN, None))
    assert said(gone, "thing-goes") == [("introduced", "forget: no reason")]
    gone = run(change("aws_thing.x", ["delete"], OPEN, None, action_reason="delete_because_no_resource_config"))
    assert said(gone, "thing-goes") == [("introduced", "delete: delete_because_no_resource_config")]


def test_deposed_objects_are_judged_for_themselves(run: Callable[..., Findings]) -> None:
    findings = run(
        change("aws_thing.x", ["no-op"], OPEN, OPEN), change("aws_thing.x", ["delete"], OPEN, None, deposed="ab12")
    )
    assert sorted(said(findings)) == [("fixed", "22 from 0.0.0.0/0"), ("inherited", "22 from 0.0.0.0/0")]


class TestUndetermined:
    def test_an_unknown_block_is_undetermined(self, run: Callable[..., Findings]) -> None:
        findings = run(change("aws_thing.x", ["create"], None, {}, after_unknown={"ingress": True}))
        assert said(findings) == []
        assert [(one.rule.id, one.path) for one in findings.undetermined] == [("open-port", "ingress")]

    def test_an_unknown_range_beside_an_open_one_is_a_violation(self, run: Callable[..., Findings]) -> None:
        after = {"ingress": [{"port": 22, "cidr": "0.0.0.0/0"}, {"port": 23}]}
        findings = run(
            change("aws_thing.x", ["create"], None, after, after_unknown={"ingress": [{}, {"cidr": True}]})
        )
        assert said(findings) == [("introduced", "22 from 0.0.0.0/0")]
        assert findings.undetermined == []

    def test_the_first_unknown_does_not_hide_a_later_violation(self, run: Callable[..., Findings]) -> None:
        after = {"ingress": [{"port": 1}, {"port": 2}, {"cidr": "0.0.0.0/0", "port": 22, "note": None}]}
        unknown = {"ingress": [{"cidr": True}, {"cidr": True}, {"note": True}]}
        findings = run(change("aws_thing.x", ["create"], None, after, after_unknown=unknown))
        assert said(findings) == [("introduced", "22 from 0.0.0.0/0")]

    def test_what_may_be_mended_is_not_called_fixed(self, run: Callable[..., Findings]) -> None:
        findings = run(
            change(
                "aws_thing.x",
                ["update"],
                OPEN,
                {"ingress": [{"port": 22}]},
                after_unknown={"ingress": [{"cidr": True}]},
            )
        )
        assert said(findings) == []
        assert [one.path for one in findings.undetermined] == ["ingress[0].cidr"]


class TestNeighbours:
    THING = change("aws_thing.x", ["no-op"], CLOSED, CLOSED)

    def guard(self, actions: list[str], before: Any, after: Any) -> dict[str, Any]:
        return change("aws_guard.g", actions, before, after)

    def test_a_neighbour_that_goes_makes_a_violation_of_an_unchanged_resource(
        self, run: Callable[..., Findings]
    ) -> None:
        findings = run(self.THING, self.guard(["delete"], {"thing_id": "t-1"}, None))
        assert said(findings, "no-guard") == [("introduced", "no guard")]

    def test_a_neighbour_that_comes_mends_it(self, run: Callable[..., Findings]) -> None:
        findings = run(self.THING, self.guard(["create"], None, {"thing_id": "t-1"}))
        assert said(findings, "no-guard") == [("fixed", "no guard")]

    def test_a_neighbour_that_turns_to_another_leaves(self, run: Callable[..., Findings]) -> None:
        findings = run(self.THING, self.guard(["update"], {"thing_id": "t-1"}, {"thing_id": "t-2"}))
        assert said(findings, "no-guard") == [("introduced", "no guard")]

    def test_a_forgotten_neighbour_still_stands_guard(self, run: Callable[..., Findings]) -> None:
        findings = run(self.THING, self.guard(["forget"], {"thing_id": "t-1"}, None))
        assert said(findings, "no-guard") == []

    def test_nobody_is_asked_twice_of_what_does_not_change(
        self, rule_pack: Callable[..., RuleSet], tmp_path: Any
    ) -> None:
        log = tmp_path / "log"
        rules = rule_pack(
            python=PACK.replace(
                "    if not thing.referrers",
                f"    with open({str(log)!r}, 'a') as log:\n        log.write('x')\n    if not thing.referrers",
            )
        )
        guard = self.guard(["no-op"], {"thing_id": "t-1"}, {"thing_id": "t-1"})
        evaluate(graph_from(plan_document(self.THING, guard)), rules)
        assert log.read_text() == "x"
        log.unlink()
        changed = self.guard(["update"], {"thing_id": "t-1"}, {"thing_id": "t-1", "more": 1})
        evaluate(graph_from(plan_document(self.THING, changed)), rules)
        assert log.read_text() == "xx"


class TestErrors:
    @pytest.mark.parametrize(
        ("body", "message"),
        [
            ("raise KeyError('x')", "KeyError: 'x' (line 11 of own.py)"),
            ("yield 3", "the rule yielded a value of type int, not a violation"),
            ("yield", "the rule yielded nothing, not a violation"),
            ("raise TypeError('Unknown protocol 7')", "TypeError: Unknown protocol 7 (line 11 of own.py)"),
            ("yield from [1 / 0]", "ZeroDivisionError: division by zero (line 11 of own.py)"),
        ],
    )
    def test_a_rule_that_crashes_is_an_error(
        self, rule_pack: Callable[..., RuleSet], body: str, message: str
    ) -> None:
        rules = rule_pack(
            python=f'''
from planguard import rule, violation
@rule(id="bad-rule", severity="low", domain="network", resources=["aws_*"])
def bad(thing):
    """Title.

    Why.

    Fix.
    """
    {body}
    yield from ()
'''
        )
        findings = evaluate(graph_from(plan_document(change("aws_thing.x", ["create"], None, {"a": 1}))), rules)
        assert [one.message for one in findings.errors] == [message]
        assert findings.violations == []

    def test_a_condition_that_is_neither_true_nor_false_is_an_error(self, rule_pack: Callable[..., RuleSet]) -> None:
        rules = rule_pack(
            yaml="""
id: neither-nor
title: A title
why: Why.
fix: Fix.
domain: network
severity: low
resources: [aws_thing]
condition: name
"""
        )
        findings = evaluate(graph_from(plan_document(change("aws_thing.x", ["create"], None, {"name": "x"}))), rules)
        assert len(findings.errors) == 1
        assert "neither" in findings.errors[0].message or "not true or false" in findings.errors[0].message

    def test_a_text_joined_of_an_unknown_is_undetermined(self, rule_pack: Callable[..., RuleSet]) -> None:
        rules = rule_pack(
            python='''
from planguard import rule, violation
@rule(id="joins-text", severity="low", domain="network", resources=["aws_thing"])
def joins(thing):
    """Title.

    Why.

    Fix.
    """
    yield violation("", ", ".join(["a", thing.values["arn"]]))
'''
        )
        document = plan_document(change("aws_thing.x", ["create"], None, {}, after_unknown={"arn": True}))
        findings = evaluate(graph_from(document), rules)
        assert (findings.errors, findings.violations) == ([], [])
        assert len(findings.undetermined) == 1


class TestSelectionOfResources:
    def pack(self, resources: str) -> str:
        return f'''
from planguard import rule, violation
@rule(id="sees-it", severity="low", domain="baseline", resources=[{resources}])
def sees(thing):
    """Title.

    Why.

    Fix.
    """
    yield violation("", "seen")
'''

    @pytest.mark.parametrize(
        ("resources", "seen"),
        [
            ('"aws_thing"', ["aws_thing.x"]),
            ('"aws_*"', ["aws_thing.x", "aws_other.y"]),
            ('"taggable"', ["aws_other.y"]),
            ('"*_thing"', ["aws_thing.x", "google_thing.z"]),
            ('"data.aws_*"', []),
        ],
    )
    def test_patterns(self, rule_pack: Callable[..., RuleSet], resources: str, seen: list[str]) -> None:
        document = plan_document(
            change("aws_thing.x", ["create"], None, {"a": 1}),
            change("aws_other.y", ["create"], None, {"tags": {"a": "b"}}),
            change("google_thing.z", ["create"], None, {}),
        )
        findings = evaluate(graph_from(document), rule_pack(python=self.pack(resources)))
        assert [one.node.address for one in findings.violations] == seen

    def test_modules_of_types_that_do_not_occur_are_not_imported(
        self, rule_pack: Callable[..., RuleSet], tmp_path: Any
    ) -> None:
        rules = rule_pack(python=self.pack('"aws_thing"') + "\nprint('imported')\n")
        import sys

        from planguard.engine.python_rules import package_of

        module = f"{package_of(tmp_path / 'pack')}.own"
        sys.modules.pop(module, None)
        evaluate(graph_from(plan_document(change("aws_other.y", ["create"], None, {}))), rules)
        assert module not in sys.modules
        evaluate(graph_from(plan_document(change("aws_thing.x", ["create"], None, {}))), rules)
        assert module in sys.modules


UNKNOWN_LEAVES = st.lists(st.sampled_from(["a", "b", "c"]), max_size=3)


@settings(max_examples=200)
@given(st.data())
def test_making_a_known_value_unknown_never_turns_a_violation_into_a_pass(data: st.DataObject) -> None:
    """The law of laws, on the rule above: blocks with known, partly known and unknown parts."""
    blocks = data.draw(
        st.lists(
            st.fixed_dictionaries(
                {"port": st.sampled_from([22, 80]), "cidr": st.sampled_from(["0.0.0.0/0", "10.0.0.0/8", None])}
            ),
            max_size=4,
        )
    )
    known = plan_document(change("aws_thing.x", ["create"], None, {"ingress": blocks}))
    after, mask = [], []
    for block in blocks:
        hidden = data.draw(st.sampled_from([{}, {"cidr": True}, {"port": True}, {"cidr": True, "port": True}, True]))
        mask.append(hidden)
        after.append(None if hidden is True else {key: value for key, value in block.items() if key not in hidden})
    partly = plan_document(
        change("aws_thing.x", ["create"], None, {"ingress": after}, after_unknown={"ingress": mask})
    )
    rules = _law_rules()
    certain = evaluate(graph_from(known), rules)
    open_ = evaluate(graph_from(partly), rules)
    if said(certain):
        assert said(open_) or open_.undetermined
    sure = {message for status, message in said(open_)}
    assert sure <= {message for status, message in said(certain)}


_LAW: list[RuleSet] = []


def _law_rules() -> RuleSet:
    if not _LAW:
        import tempfile
        from pathlib import Path

        from planguard.engine.pack import load_pack
        from planguard.engine.ruleset import select_rules

        root = Path(tempfile.mkdtemp())
        (root / "own.py").write_text(PACK, encoding="utf-8")
        _LAW.append(select_rules([load_pack(root)]))
    return _LAW[0]


def test_every_fixture_is_judged_without_an_error(findings_of: Callable[..., Findings]) -> None:
    from planguard.errors import PlanError

    judged = 0
    for path in sorted(FIXTURES.glob("*/*.json")) + sorted(FIXTURES.glob("stacks/*/plan*.json")):
        try:
            findings = findings_of(path)
        except PlanError:
            continue
        judged += 1
        assert [(one.rule.id, one.message) for one in findings.errors] == [], path
    assert judged > 40


def test_a_condition_looks_at_a_sensitive_value_and_does_not_print_it(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(
        yaml="""
id: weak-password
title: A title
why: Why.
fix: Fix.
domain: identity
severity: low
resources: [aws_thing]
condition: "!starts_with(password, 'admin') && length(password) > `3`"
path: password
message: "the password is {password}"
"""
    )
    after = {"password": "admin-x"}
    document = plan_document(
        change("aws_thing.x", ["create"], None, after, after_sensitive={"password": True}),
        change("aws_thing.y", ["create"], None, {"password": ""}, after_sensitive={"password": True}),
    )
    findings = evaluate(graph_from(document), rules)
    assert findings.errors == []
    assert [one.message for one in findings.violations] == ["the password is (sensitive)"] * 2


def block(kind: str, name: str) -> dict[str, str]:
    return {"address": f"{kind}.{name}", "mode": "managed", "type": kind, "name": name}


def test_a_rule_about_modules_is_asked_once_for_each(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(
        python='''
from planguard import rule, violation

@rule(id="module-seen", severity="low", domain="environment", resources=["module"])
def seen(resource):
    """Seen.

    Why.

    Fix.
    """
    yield violation("", resource.module or "root")
'''
    )
    addresses = [
        "aws_a.one",
        "aws_a.two",
        'module.m["x"].aws_a.one',
        'module.m["y"].aws_a.one',
        "module.m.module.n.aws_b.one",
    ]
    changes = [
        change(
            address,
            ["create"],
            None,
            {},
            type=address.rsplit(".", 2)[-2],
            name=address.rsplit(".", 1)[-1],
            **({"module_address": address.rsplit(".", 2)[0]} if address.startswith("module") else {}),
        )
        for address in addresses
    ]
    inner = {"resources": [block("aws_b", "one")]}
    middle = {"resources": [block("aws_a", "one")], "module_calls": {"n": {"source": "./n", "module": inner}}}
    root = {
        "resources": [block("aws_a", "one"), block("aws_a", "two")],
        "module_calls": {"m": {"source": "./m", "module": middle}},
    }
    found = evaluate(graph_from(plan_document(*changes, configuration={"root_module": root})), rules)
    assert [one.node.address for one in found.violations] == [addresses[0], addresses[2], addresses[4]]
    assert found.idle == []


SHARED = """
from planguard import rule, violation

CALLS = []

def ports(group):
    CALLS.append(group.address)
    for path, block in group.blocks("ingress"):
        yield path, block["port"]

@rule(id="port-one", severity="low", domain="network", resources=["aws_thing"])
def one(group):
    \'\'\'One.

    Why.

    Fix.
    \'\'\'
    for path, port in group.shared(ports):
        if port == 1:
            yield violation(path, f"port {port}")

@rule(id="port-two", severity="low", domain="network", resources=["aws_thing"])
def two(group):
    \'\'\'Two.

    Why.

    Fix.
    \'\'\'
    for path, port in group.shared(ports):
        if port == 2:
            yield violation(path, f"port {port}, found {len(CALLS)} times")
"""


def test_what_is_shared_is_worked_out_once(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(python=SHARED)
    after = {"ingress": [{"port": 1}, {"port": 2}]}
    found = evaluate(graph_from(plan_document(change("aws_thing.x", ["create"], None, after))), rules)
    assert [one.message for one in found.violations] == ["port 1", "port 2, found 1 times"]


def test_what_is_shared_and_stopped_hides_nothing(rule_pack: Callable[..., RuleSet]) -> None:
    rules = rule_pack(python=SHARED)
    after = {"ingress": [{"name": "a"}, {"port": 1}, {"port": 2}]}
    unknown = {"ingress": [{"port": True}, {}, {}]}
    document = plan_document(change("aws_thing.x", ["create"], None, after, after_unknown=unknown))
    found = evaluate(graph_from(document), rules)
    assert [one.path for one in found.violations] == ["ingress[1]", "ingress[2]"]
    lonely = {"ingress": [{"name": "a"}, {"port": 2}]}
    document = plan_document(
        change("aws_thing.x", ["create"], None, lonely, after_unknown={"ingress": [{"port": True}, {}]})
    )
    found = evaluate(graph_from(document), rules)
    assert [(one.rule.id, one.path) for one in found.violations] == [("port-two", "ingress[1]")]
    assert [(one.rule.id, one.path) for one in found.undetermined] == [("port-one", "ingress[0].port")]
