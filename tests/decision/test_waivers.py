"""Waivers under attack: each way around one is tried here, on a plan, and the decision stays *block*."""

from __future__ import annotations

import copy
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from planguard.decision.policy import Approval, Identity, When
from planguard.decision.policy_file import parse_policy
from planguard.decision.policy_model import duration
from planguard.decision.time import parse_time
from planguard.decision.waivers.approvals import Signed, missing_approvals
from planguard.decision.waivers.waiver import Approval as Given
from planguard.errors import CallError, PolicyFileError
from planguard.reports.model import DecisionEntry
from tests.conftest import FIXTURES, change
from tests.decision.signing import armored, signer
from tests.decision.waiving import (
    ADDRESS,
    ALICE,
    BOB,
    CAROL,
    CREATED,
    DEV,
    EXPIRES,
    KEYS,
    NOW,
    POLICY,
    QUEUE,
    QUEUE_RULE,
    RULE,
    SIGNED,
    For,
    approval,
    body_of,
    decided,
    digest,
    open_queue,
    open_rule,
    plan,
    policy_text,
    signed,
    unsigned,
    verdict,
    written,
)

ONE = "waivers/one.yaml"


def refused(found: DecisionEntry, status: str, why: str, identity: str = "one") -> None:
    """The plan is blocked, and the waiver says why it does not count."""
    assert found.outcome == "block"
    one = verdict(found, identity)
    assert (one.status, why in " | ".join(one.reasons)) == (status, True), one
    assert found.ledger.waived == 0
    assert found.valid_until is None


def identities(**changes: Any) -> dict[str, Any]:
    """The people of the policy, some of them otherwise."""
    return {**copy.deepcopy(POLICY["identities"]), **changes}


def approvals(**fields: Any) -> list[dict[str, Any]]:
    return [{"name": "grave", "roles": {"security": 1}, "longest": "7d", **fields}]


# --- the way through -----------------------------------------------------------------------------------------------


def test_what_is_approved_is_let_through_and_shown() -> None:
    found = decided(plan(), {ONE: signed()})
    assert found.outcome == "allow"
    assert (verdict(found).status, found.valid_until, found.ledger.waived) == ("used", EXPIRES, 1)
    [violation] = found.violations
    assert violation.effect == "block"
    assert violation.waiver is not None
    assert (violation.waiver.id, violation.waiver.owner, violation.waiver.expires) == ("one", "platform", EXPIRES)
    assert found.reasons == ["1 finding excused by waiver `one`"]


def test_without_a_waiver_it_is_blocked() -> None:
    assert decided(plan()).outcome == "block"


def test_a_waiver_names_a_rule_by_its_name_in_another_tool() -> None:
    assert decided(plan(), {ONE: signed(rules=["CKV_TEST_2"])}).outcome == "allow"
    refused(decided(plan(), {ONE: signed(rules=["CKV_TEST_1"])}), "unused", "")


@pytest.mark.parametrize(
    "fields",
    [{"rules": [QUEUE_RULE]}, {"addresses": ["aws_security_group_rule.other"]}, {"rules": ["no-such-rule"]}],
    ids=["another rule", "another address", "a rule that there is not"],
)
def test_what_is_not_named_is_not_excused(fields: dict[str, Any]) -> None:
    found = decided(plan(), {ONE: signed(**fields)})
    assert (found.outcome, verdict(found).status) == ("block", "unused")


# --- replay --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("purpose", "why"),
    [
        (For(workspace="prod-2", env="prod"), "it is for workspace `prod`, this plan for workspace `prod-2`"),
        (For(workspace=None, env="prod"), "it is for workspace `prod`, this plan for no workspace"),
        (For(workspace="prod", env="staging"), "it is for environment `prod`, this plan for environment `staging`"),
        (For(workspace="dev"), "it is for environment `prod`, this plan for environment `dev`"),
        (For(project="other"), "it is for no project, this plan for project `other`"),
    ],
    ids=["another workspace", "no workspace", "another environment", "an environment by its workspace", "a project"],
)
def test_a_waiver_is_for_one_place(purpose: For, why: str) -> None:
    found = decided(plan(), {ONE: signed()}, purpose=purpose)
    refused(found, "wrong-plan", why)
    # What it is for is in the digest as well.
    assert any("it was approved for plan pg1:" in reason for reason in verdict(found).reasons)


@pytest.mark.parametrize("binding", ["changes", "fingerprints"])
def test_a_waiver_that_is_bound_to_less_is_for_one_place_too(binding: str) -> None:
    policy = policy_text(approvals=approvals(binding="fingerprint"))
    [violation] = decided(plan()).violations
    bound = violation.change_digest if binding == "changes" else violation.fingerprint
    files = {ONE: signed(binding={binding: [bound]})}
    assert decided(plan(), files, policy).outcome == "allow"
    for purpose in (For(workspace="other", env="prod"), For(env="staging"), For(project="shop"), For(workspace=None)):
        refused(decided(plan(), files, policy, purpose=purpose), "wrong-plan", "it is for")


def test_saying_that_it_is_for_another_place_takes_the_signature_along() -> None:
    body = body_of()
    given_ = approval(body)
    moved = {**body, "workspace": "prod-2", "binding": {"plan": digest(plan())}}
    found = decided(plan(), {ONE: written(moved, given_)}, purpose=For(workspace="prod-2", env="prod"))
    refused(found, "wrong-plan", "the signature of `alice@example.com` does not count")


CHANGED_PLANS = {
    "another variable": plan(variables={"size": {"value": 2}}),
    "another port": plan(open_rule(port=3389)),
    "one more change": plan(open_rule(), open_queue()),
    "incomplete": plan(complete=False),
    "another output": plan(output_changes={"x": {"actions": ["create"], "before": None, "after": 1}}),
    "a delete": plan(open_rule(), change("aws_sqs_queue.old", ["delete"], before={"name": "old"})),
    "deferred": plan(deferred_changes=[{"reason": "unknown", "resource_change": open_queue()}]),
    "an action": plan(action_invocations=[{"address": "action.x.y", "type": "x"}]),
    "another provider": plan(
        configuration={
            "provider_config": {"aws": {"name": "aws", "expressions": {"region": {"constant_value": "x"}}}}
        }
    ),
}


@pytest.mark.parametrize("changed", CHANGED_PLANS.values(), ids=CHANGED_PLANS.keys())
def test_a_plan_that_has_changed_since_is_another_one(changed: dict[str, Any]) -> None:
    files = {ONE: signed(plan(variables={"size": {"value": 1}}))}
    assert decided(plan(variables={"size": {"value": 1}}), files).outcome == "allow"
    refused(decided(changed, files), "wrong-plan", "the changes, their values, the variables")


def test_a_secret_counts_where_there_is_a_key_for_digests() -> None:
    def with_secret(value: str) -> dict[str, Any]:
        declared = {"root_module": {"variables": {"password": {"sensitive": True}}}}
        return plan(variables={"password": {"value": value}}, configuration=declared)

    first = decided(with_secret("not-a-real-password"), digest_key=b"k").plan.digest
    files = {ONE: signed(binding={"plan": first})}
    assert decided(with_secret("not-a-real-password"), files, digest_key=b"k").outcome == "allow"
    refused(decided(with_secret("not-a-real-other"), files, digest_key=b"k"), "wrong-plan", "was approved for plan")
    refused(decided(with_secret("not-a-real-password"), files, digest_key=b"l"), "wrong-plan", "was approved for")


# --- editing -------------------------------------------------------------------------------------------------------


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The path of every leaf, of every mapping and of every list."""
    yield path
    if isinstance(value, dict):
        for key, below in value.items():
            yield from leaves(below, (*path, key))
    elif isinstance(value, list):
        for index, below in enumerate(value):
            yield from leaves(below, (*path, index))


def at(value: Any, path: tuple[Any, ...]) -> Any:
    for step in path:
        value = value[step]
    return value


def edited(document: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    found = copy.deepcopy(document)
    at(found, path[:-1])[path[-1]] = value
    return found


def others(value: Any) -> list[Any]:
    """Values that are not that one, near and far."""
    if isinstance(value, str):
        return [value + "x", value[:-1], value.upper(), value.replace("0", "1"), value.replace("5", "6"), "", None, 7]
    if value is None:
        return ["x", "", False, 0, {}, [], {"at": NOW, "by": ALICE, "reason": "x"}]
    if isinstance(value, list):
        return [[], [*value, *value], [*value, "x"], value[::-1], None, {}, "x"]
    return [{}, None, [], {**value, "note": "x"}, {**value, "alg": "none"}]


COMPLETE = body_of(
    environment="prod",
    project="shop",
    renews=None,
    addresses=[ADDRESS, QUEUE],
    rules=[RULE, QUEUE_RULE],
    compensating_controls=["patched daily", "one address at a time"],
    binding={"plan": digest(plan(open_rule(), open_queue()))},
)


def _complete() -> tuple[dict[str, Any], dict[str, Any]]:
    """A plan with two violations and a waiver for both, with each field filled in."""
    document = plan(open_rule(), open_queue())
    bound = decided(document, purpose=For(project="shop")).plan.digest
    body = {**COMPLETE, "binding": {"plan": bound}}
    return document, {**body, "approvals": [approval(body)]}


PLAN, WAIVER = _complete()
PATHS = [path for path in leaves(WAIVER) if path]


def _outcome(document: dict[str, Any] | str) -> DecisionEntry:
    text = document if isinstance(document, str) else yaml.safe_dump(document, sort_keys=False, width=1000)
    return decided(PLAN, {ONE: text}, purpose=For(project="shop"))


def test_the_waiver_that_is_edited_here_counts_as_it_is() -> None:
    found = _outcome(WAIVER)
    assert (found.outcome, found.ledger.waived) == ("allow", 2)
    assert {path[0] for path in PATHS} == set(WAIVER)


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_no_part_of_a_signed_waiver_can_be_another_one(path: tuple[Any, ...]) -> None:
    value = at(WAIVER, path)
    # Two signatures of one person are no more than one, and what ends a line is no part of a signature.
    same = [value, *([value * 2, value[::-1]] if path == ("approvals",) else [])]
    tried = [one for one in others(value) if one not in same or isinstance(one, bool)]
    if path[-1] == "signature":
        tried.remove(value.rstrip("\n"))
    assert len(tried) >= 4
    for other in tried:
        found = _outcome(edited(WAIVER, path, other))
        assert found.outcome == "block", other
        assert found.ledger.waived == 0
        assert {one.status for one in found.waivers} <= {
            "invalid",
            "unapproved",
            "unsigned",
            "wrong-plan",
            "unused",
            "revoked",
        }


@pytest.mark.parametrize("path", PATHS, ids=lambda path: ".".join(map(str, path)))
def test_no_part_of_a_signed_waiver_can_be_missing(path: tuple[Any, ...]) -> None:
    shorter = copy.deepcopy(WAIVER)
    del at(shorter, path[:-1])[path[-1]]
    found = _outcome(shorter)
    assert (found.outcome, found.ledger.waived) == ("block", 0)


@pytest.mark.parametrize(
    "path",
    [path for path in ((), *PATHS) if isinstance(at(WAIVER, path), dict)],
    ids=lambda path: ".".join(map(str, path)) or "top",
)
@pytest.mark.parametrize("key", ["note", "alg", "max_uses", "Reason", "$json", "", "plan ", "changes"])
def test_no_key_can_be_added_to_a_signed_waiver(path: tuple[Any, ...], key: str) -> None:
    longer = copy.deepcopy(WAIVER)
    at(longer, path)[key] = None
    assert _outcome(longer).outcome == "block"


@given(st.data())
def test_no_text_of_a_signed_waiver_can_be_another_text(data: st.DataObject) -> None:
    texts = [path for path in PATHS if isinstance(at(WAIVER, path), str) and path[-1] != "signature"]
    path = data.draw(st.sampled_from(texts))
    value: str = at(WAIVER, path)
    other = data.draw(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=80) | _near(value))
    if other != value:
        assert _outcome(edited(WAIVER, path, other)).outcome == "block"


def _near(text: str) -> st.SearchStrategy[str]:
    """The same text with one character put in, taken out or exchanged."""
    places = st.integers(0, len(text) - 1)
    characters = st.characters(min_codepoint=32, max_codepoint=126)
    return st.one_of(
        st.builds(lambda at, one: text[:at] + one + text[at:], places, characters),
        st.builds(lambda at: text[:at] + text[at + 1 :], places),
        st.builds(lambda at, one: text[:at] + one + text[at + 1 :], places, characters),
    )


def test_what_only_looks_otherwise_still_counts() -> None:
    """White space, comments, the order of keys and the way of quoting are no part of what is signed."""
    shuffled = dict(reversed(WAIVER.items()))
    for text in (
        json.dumps(WAIVER),
        json.dumps(shuffled, indent=8),
        "# a comment\n" + yaml.safe_dump(shuffled, default_flow_style=False, indent=6),
        yaml.safe_dump(WAIVER, allow_unicode=True, width=20),
        "\ufeff" + yaml.safe_dump(WAIVER),
        yaml.safe_dump(WAIVER).replace("\n", "\r\n"),
    ):
        assert _outcome(text).outcome == "allow", text


def test_a_key_that_stands_twice_is_refused_whichever_is_meant() -> None:
    text = yaml.safe_dump(WAIVER, sort_keys=False, width=1000)
    for line in ("expires: '2026-03-06T08:00:00Z'", "expires: '2027-03-06T08:00:00Z'", "reason: short"):
        for twice in (text + line + "\n", line + "\n" + text):
            found = _outcome(twice)
            assert found.outcome == "block"
            [one] = found.waivers
            assert one.status == "invalid"
            assert "stands twice" in one.why


def test_yaml_cannot_say_one_thing_and_mean_another() -> None:
    text = yaml.safe_dump(WAIVER, sort_keys=False, width=1000)
    for changed in (
        text + "<<: {reason: 'another reason that is long enough'}\n",
        text + "---\n" + text,
        text.replace("ticket: OPS-17", "ticket: !!python/object/apply:os.system [id]"),
        text.replace("ticket: OPS-17", "ticket: 0x11"),
        text.replace("renews: null", "renews: no"),
        text.replace("revoked: null", "revoked: false"),
    ):
        assert changed != text
        assert _outcome(changed).outcome == "block"


def test_a_missing_digest_is_no_wider_binding() -> None:
    for binding in (
        {},
        {"plan": None},
        {"plan": ""},
        {"plan": "*"},
        {"plan": "pg1:"},
        {"changes": []},
        {"fingerprints": []},
    ):
        found = decided(plan(), {ONE: signed(binding=binding)})
        refused(found, "invalid", "")


def test_a_digest_of_another_algorithm_is_none() -> None:
    bound = digest(plan())
    for other in (
        bound.upper(),
        bound.replace("pg1:", "pg2:"),
        bound.replace("pg1:", "sha256:"),
        bound[:-1],
        bound + "0",
    ):
        refused(decided(plan(), {ONE: signed(binding={"plan": other})}), "invalid", "is no plan digest")


def test_two_bindings_are_not_one_of_them() -> None:
    binding = {"plan": digest(plan()), "changes": ["pg1c:" + "0" * 64]}
    refused(
        decided(plan(), {ONE: signed(binding=binding)}), "invalid", "exactly one of plan, changes and fingerprints"
    )


def test_two_waivers_with_one_id_are_both_invalid() -> None:
    found = decided(plan(), {ONE: signed(), "waivers/two.yaml": signed(reason="Another reason that is long enough")})
    assert found.outcome == "block"
    assert sorted((one.file, one.status, one.why) for one in found.waivers) == [
        ("waivers/one.yaml", "invalid", "`waivers/two.yaml` has the same id"),
        ("waivers/two.yaml", "invalid", "`waivers/one.yaml` has the same id"),
    ]


def test_a_third_waiver_with_the_id_of_two_counts_no_more() -> None:
    files = {f"waivers/{name}.yaml": signed() for name in ("a", "b", "c")}
    found = decided(plan(), files)
    assert (found.outcome, [one.status for one in found.waivers].count("used")) == ("block", 0)
    assert {one.file for one in found.waivers} == set(files)


# --- who approves --------------------------------------------------------------------------------------------------


SELF = {
    "the same": DEV,
    "in capitals": "DEV@EXAMPLE.COM",
    "in other letters": "Dev@Example.com",
    "with space in front": "  dev@example.com",
    "with space behind": "dev@example.com ",
    "with a name in front": "A Developer <dev@example.com>",
    "in wide letters": "ｄｅｖ@example.com",
    "with a tab": "dev@example.com\t",
}


@pytest.mark.parametrize("requester", SELF.values(), ids=SELF.keys())
def test_nobody_approves_what_they_have_asked_for(requester: str) -> None:
    body = body_of(requester=requester)
    found = decided(plan(), {ONE: written(body, approval(body, by=DEV))})
    refused(found, "unapproved", "`dev@example.com` asked for it, and cannot approve it")


@pytest.mark.parametrize(
    "by", ["DEV@example.com", "dev@example.com ", "Dev <dev@example.com>", "*", "", "?ev@example.com"]
)
def test_an_approver_is_somebody_whom_policy_names(by: str) -> None:
    body = body_of(requester=CAROL)
    found = decided(plan(), {ONE: written(body, approval(body, by=by, key=KEYS[DEV]))})
    assert (found.outcome, verdict(found).status if by else "") in (("block", "unapproved"), ("block", ""))


def test_a_name_in_two_spellings_is_not_two_people() -> None:
    for other in ("Alice@Example.com", "alice@example.com ", "ａlice@example.com"):
        text = policy_text(
            identities=identities(**{other: {"roles": ["security"], "keys": [signer("nistp256").line]}})
        )
        with pytest.raises(PolicyFileError, match="is spelled like"):
            parse_policy(text, "planguard.yaml", "")


TWO = approvals(roles={"security": 1, "lead": 1})


def test_one_person_fills_one_place_only() -> None:
    body = body_of()
    both = (approval(body, ALICE, "security"), approval(body, ALICE, "lead"))
    refused(
        decided(plan(), {ONE: written(body, *both)}, policy_text(approvals=TWO)), "unapproved", "it needs 1 approval"
    )
    with_bob = (*both, approval(body, BOB, "lead"))
    assert decided(plan(), {ONE: written(body, *with_bob)}, policy_text(approvals=TWO)).outcome == "allow"


def test_people_are_given_out_so_that_all_places_are_filled() -> None:
    """Alice can be either; only as the one that Carol is not does it come out."""
    body = body_of()
    for given_ in (
        (approval(body, ALICE, "security"), approval(body, ALICE, "lead"), approval(body, CAROL, "security")),
        (approval(body, CAROL, "security"), approval(body, ALICE, "lead"), approval(body, ALICE, "security")),
    ):
        assert decided(plan(), {ONE: written(body, *given_)}, policy_text(approvals=TWO)).outcome == "allow"


def test_the_same_person_twice_is_not_two() -> None:
    body = body_of()
    two = policy_text(approvals=approvals(roles={"security": 2}))
    twice = (approval(body), approval(body, at="2026-03-01T10:00:00Z"))
    refused(decided(plan(), {ONE: written(body, *twice)}, two), "unapproved", "it needs 2 approvals of `security`")
    other = (*twice, approval(body, CAROL))
    assert decided(plan(), {ONE: written(body, *other)}, two).outcome == "allow"


def test_one_person_with_two_keys_is_not_two() -> None:
    second = signer("nistp256", 5)
    alice = {"roles": ["security"], "keys": [KEYS[ALICE].line, second.line]}
    text = policy_text(identities=identities(**{ALICE: alice}), approvals=approvals(roles={"security": 2}))
    body = body_of()
    both = (approval(body), approval(body, at="2026-03-01T10:00:00Z", key=second))
    refused(decided(plan(), {ONE: written(body, *both)}, text), "unapproved", "it needs 2 approvals of `security`")
    one = policy_text(identities=identities(**{ALICE: alice}))
    for which in both:
        assert decided(plan(), {ONE: written(body, which)}, one).outcome == "allow"


def test_a_key_is_that_of_one_person() -> None:
    for line in (KEYS[ALICE].line, " ".join(KEYS[ALICE].line.split()[:2]), KEYS[ALICE].line + " of Mallory"):
        people = identities(**{"mallory@example.com": {"roles": ["lead"], "keys": [line]}})
        with pytest.raises(PolicyFileError, match=r"the key is that of `alice@example\.com` already"):
            parse_policy(policy_text(identities=people), "planguard.yaml", "")


@pytest.mark.parametrize("name", ["*", "*@example.com", "?lice@example.com", "!alice@example.com", "alice,bob"])
def test_a_name_is_that_of_one_person(name: str) -> None:
    people = identities(**{name: {"roles": ["lead"], "keys": [signer("nistp256").line]}})
    with pytest.raises(PolicyFileError, match="stands for several people"):
        parse_policy(policy_text(identities=people), "planguard.yaml", "")


def test_a_signature_by_the_key_of_another_one_does_not_count() -> None:
    body = body_of()
    for by, key in ((ALICE, KEYS[CAROL]), (CAROL, KEYS[ALICE]), (ALICE, signer("ed25519", 99))):
        found = decided(plan(), {ONE: written(body, approval(body, by=by, key=key))})
        refused(found, "unapproved", f"the signature of `{by}` does not count: policy does not name its key")


@pytest.mark.parametrize("role", ["lead", "owner", "Security", "", "security ", "*"])
def test_an_approval_is_given_as_what_policy_asks_for(role: str) -> None:
    body = body_of()
    found = decided(plan(), {ONE: written(body, approval(body, role=role))})
    assert (found.outcome, found.ledger.waived) == ("block", 0)


def test_a_role_that_was_not_signed_for_does_not_count() -> None:
    body = body_of()
    as_lead = {**approval(body, role="lead"), "role": "security"}
    refused(
        decided(plan(), {ONE: written(body, as_lead)}), "unapproved", "it is not over this waiver, as it stands now"
    )


def test_a_signature_for_another_waiver_does_not_count() -> None:
    other = body_of(id="two", ticket="OPS-18")
    refused(decided(plan(), {ONE: written(body_of(), approval(other))}), "unapproved", "it is not over this waiver")


def test_a_signature_for_another_purpose_does_not_count() -> None:
    body = body_of()
    one = approval(body)
    from planguard.decision.waivers.waiver import payload_of

    one["signature"] = KEYS[ALICE].sign(payload_of(body, ALICE, "security", SIGNED), "git")
    refused(decided(plan(), {ONE: written(body, one)}), "unapproved", "it was made for `git`")


def test_no_byte_of_a_signature_may_differ() -> None:
    body = body_of()
    one = approval(body)
    from planguard.decision.waivers.waiver import payload_of

    blob = KEYS[ALICE].bytes(payload_of(body, ALICE, "security", SIGNED))
    assert armored(blob) == one["signature"]
    for place in range(0, len(blob), 7):
        wrong = blob[:place] + bytes([blob[place] ^ 1]) + blob[place + 1 :]
        found = decided(plan(), {ONE: written(body, {**one, "signature": armored(wrong)})})
        assert (found.outcome, verdict(found).status) == ("block", "unapproved")


def test_an_approval_without_signature_is_told_and_does_not_count() -> None:
    refused(
        decided(plan(), {ONE: written(body_of(), unsigned())}), "unsigned", "the approval by `alice@example.com` is"
    )


def test_where_policy_says_so_a_name_is_enough() -> None:
    loose = policy_text(approvals=approvals(signature="optional"))
    assert decided(plan(), {ONE: written(body_of(), unsigned())}, loose).outcome == "allow"
    # A signature that is there has to count even so.
    body = body_of()
    wrong = approval(body, key=KEYS[CAROL])
    refused(decided(plan(), {ONE: written(body, wrong)}, loose), "unapproved", "policy does not name its key")
    refused(
        decided(plan(), {ONE: written(body_of(requester=ALICE), unsigned())}, loose), "unapproved", "asked for it"
    )


def test_nobody_approves_where_policy_names_nobody() -> None:
    nobody = policy_text(approvals=[])
    refused(decided(plan(), {ONE: signed()}, nobody), "unapproved", "policy names nobody who may approve")
    lesser = policy_text(approvals=approvals(severity=["medium", "low"]))
    refused(decided(plan(), {ONE: signed()}, lesser), "unapproved", "policy names nobody who may approve")


def test_the_first_approval_that_fits_counts() -> None:
    strict_first = [
        {"name": "grave", "severity": "critical", "roles": {"security": 2}, "longest": "7d"},
        {"name": "rest", "roles": {"security": 1}, "longest": "30d"},
    ]
    refused(decided(plan(), {ONE: signed()}, policy_text(approvals=strict_first)), "unapproved", "needs 2 approvals")
    assert decided(plan(), {ONE: signed()}, policy_text(approvals=strict_first[::-1])).outcome == "allow"


OWNER = approvals(roles={"owner": 1})


def test_the_owner_is_somebody_of_the_team_that_the_finding_belongs_to() -> None:
    body = body_of()
    policy = policy_text(approvals=OWNER)
    assert decided(plan(), {ONE: written(body, approval(body, CAROL, "owner"))}, policy).outcome == "allow"
    of_payments = written(body, approval(body, BOB, "owner"))
    refused(decided(plan(), {ONE: of_payments}, policy), "unapproved", "1 approval of the owner `platform`")
    without_team = written(body, approval(body, ALICE, "owner"))
    refused(
        decided(plan(), {ONE: without_team}, policy), "unapproved", "`alice@example.com` does not approve as `owner`"
    )


def test_the_owner_is_by_policy_and_not_by_what_the_waiver_says() -> None:
    body = body_of(owner="payments")
    found = decided(plan(), {ONE: written(body, approval(body, BOB, "owner"))}, policy_text(approvals=OWNER))
    refused(found, "unapproved", "1 approval of the owner `platform`")


def test_what_belongs_to_nobody_no_owner_approves() -> None:
    body = body_of()
    policy = policy_text(
        approvals=OWNER, owners=[{"team": "payments", "address": "x"}, {"team": "platform", "address": "y"}]
    )
    refused(decided(plan(), {ONE: written(body, approval(body, CAROL, "owner"))}, policy), "unapproved", "an owner")


def test_two_owners_excuse_each_their_own() -> None:
    document = plan(open_rule(), open_queue())
    body = body_of(document, rules=[RULE, QUEUE_RULE], addresses=[ADDRESS, QUEUE])
    policy = policy_text(approvals=OWNER)
    found = decided(document, {ONE: written(body, approval(body, BOB, "owner"))}, policy)
    assert (found.outcome, found.ledger.waived) == ("block", 1)
    assert [one.address for one in found.violations if one.waiver is None] == [ADDRESS]
    assert "and not others" in verdict(found).why
    both = written(body, approval(body, BOB, "owner"), approval(body, CAROL, "owner"))
    assert decided(document, {ONE: both}, policy).outcome == "allow"


# --- when ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "status"),
    [
        ("2026-03-01T08:59:59Z", "unapproved"),
        (SIGNED, "used"),
        ("2026-03-06T07:59:59Z", "used"),
        (EXPIRES, "expired"),
        ("2026-03-06T09:00:00+01:00", "expired"),
        ("2026-03-06T08:59:59+01:00", "used"),
        ("2030-01-01T00:00:00Z", "expired"),
    ],
)
def test_a_waiver_counts_until_it_ends_and_not_at_its_end(now: str, status: str) -> None:
    found = decided(plan(), {ONE: signed()}, now=now)
    assert verdict(found).status == status
    assert found.outcome == ("allow" if status == "used" else "block")


def test_a_waiver_counts_from_its_beginning_on() -> None:
    files = {ONE: signed(not_before="2026-03-03T00:00:00Z")}
    refused(decided(plan(), files), "not-yet", "it counts from 2026-03-03T00:00:00Z")
    assert decided(plan(), files, now="2026-03-03T00:00:00Z").outcome == "allow"


def test_what_ends_on_a_day_does_not_count_on_that_day() -> None:
    files = {ONE: signed(expires="2026-03-03")}
    assert decided(plan(), files, now="2026-03-02T23:59:59Z").outcome == "allow"
    refused(decided(plan(), files, now="2026-03-03T00:00:00Z"), "expired", "it expired on 2026-03-03T00:00:00Z")


def test_a_clock_that_is_set_back_is_refused() -> None:
    late = plan(timestamp="2026-03-07T00:00:00Z")
    refused(decided(late, {ONE: signed(late)}, now="2026-03-07T00:00:01Z"), "expired", "it expired on")
    with pytest.raises(CallError, match="--now is 2026-03-02T12:00:00Z, before the plan was made"):
        decided(late, {ONE: signed(late)})


def test_a_time_without_its_zone_is_none() -> None:
    for field in ("created", "not_before", "expires"):
        for text in ("2026-03-05T08:00:00", "05.03.2026", "tomorrow", "2026-03-05T25:00:00Z", "2026-02-30", "never"):
            refused(decided(plan(), {ONE: signed(**{field: text})}), "invalid", "is not a time")


def test_a_waiver_is_not_for_longer_than_policy_allows() -> None:
    files = {ONE: signed(expires="2026-03-08T08:00:01Z")}
    refused(decided(plan(), files), "unapproved", "it is for 7 days, and approval `grave` allows 7 days")
    assert decided(plan(), {ONE: signed(expires="2026-03-08T08:00:00Z")}).outcome == "allow"
    # Beginning late does not make it longer.
    later = {ONE: signed(not_before="2026-03-02T08:00:00Z", expires="2026-03-09T08:00:00Z")}
    refused(decided(plan(), later), "unapproved", "it is for 8 days")


def test_a_waiver_does_not_come_from_the_future() -> None:
    body = body_of(created="2026-03-04T08:00:00Z", not_before="2026-03-04T08:00:00Z", expires="2026-03-11T08:00:00Z")
    refused(decided(plan(), {ONE: written(body, approval(body))}), "not-yet", "approved it before it was created")
    refused(
        decided(plan(), {ONE: written(body, approval(body, at="2026-03-04T09:00:00Z"))}),
        "not-yet",
        "`alice@example.com` approves only at 2026-03-04T09:00:00Z",
    )


@pytest.mark.parametrize("signature", ["required", "optional"])
def test_an_approval_is_given_between_creation_and_now(signature: str) -> None:
    policy = policy_text(approvals=approvals(signature=signature))
    body = body_of()
    for when, why in (
        ("2026-03-02T12:00:01Z", "`alice@example.com` approves only at 2026-03-02T12:00:01Z"),
        ("2026-03-01T07:59:59Z", "`alice@example.com` approved it before it was created"),
    ):
        refused(decided(plan(), {ONE: written(body, approval(body, at=when))}, policy), "unapproved", why)
        refused(decided(plan(), {ONE: written(body, unsigned(at=when))}, policy), "unapproved", why)
    for when in (CREATED, NOW):
        assert decided(plan(), {ONE: written(body, approval(body, at=when))}, policy).outcome == "allow"


def test_a_key_counts_in_its_time() -> None:
    def with_key(**times: str) -> str:
        alice = {"roles": ["security"], "keys": [{"key": KEYS[ALICE].line, **times}]}
        return policy_text(identities=identities(**{ALICE: alice}))

    body = body_of()
    files = {ONE: written(body, approval(body))}
    # A key that has expired since does not undo what it has approved.
    assert decided(plan(), files, with_key(valid_before="2026-03-01T10:00:00Z")).outcome == "allow"
    assert decided(plan(), files, with_key(valid_after=SIGNED)).outcome == "allow"
    refused(decided(plan(), files, with_key(valid_before=SIGNED)), "unapproved", "its key did not count any more")
    refused(decided(plan(), files, with_key(valid_after="2026-03-01T09:00:01Z")), "unapproved", "did not count yet")


def test_a_stolen_key_that_has_expired_cannot_approve_what_still_counts() -> None:
    """Dated back to when the key counted, the waiver has to be as old, and has ended by now."""
    alice = {"roles": ["security"], "keys": [{"key": KEYS[ALICE].line, "valid_before": "2026-02-01T00:00:00Z"}]}
    policy = policy_text(identities=identities(**{ALICE: alice}))
    dated_back = {"created": "2026-01-31T00:00:00Z", "not_before": "2026-01-31T00:00:00Z"}
    when = "2026-01-31T12:00:00Z"
    body = body_of()
    refused(decided(plan(), {ONE: written(body, approval(body))}, policy), "unapproved", "did not count any more")
    refused(
        decided(plan(), {ONE: written(body, approval(body, at=when))}, policy), "unapproved", "before it was created"
    )
    body = body_of(**dated_back)
    refused(decided(plan(), {ONE: written(body, approval(body, at=when))}, policy), "unapproved", "it is for 34 days")
    body = body_of(**dated_back, expires="2026-02-07T00:00:00Z")
    refused(decided(plan(), {ONE: written(body, approval(body, at=when))}, policy), "expired", "2026-02-07")


# --- what nothing excuses ------------------------------------------------------------------------------------------


def test_policy_can_name_what_nothing_excuses() -> None:
    for sections in (
        {"not_waivable": [{"rule": RULE}]},
        {"not_waivable": [{"rule": "CKV_TEST_2"}]},
        {"not_waivable": [{"severity": "critical", "environment": "prod"}]},
        {"not_waivable": [{"owner": "platform"}]},
        {"gates": [{"name": "never", "rule": RULE, "effect": "block", "waivable": False}]},
    ):
        refused(decided(plan(), {ONE: signed()}, policy_text(**sections)), "unapproved", "policy lets nothing excuse")


def test_what_is_not_meant_by_it_can_still_be_excused() -> None:
    for sections in (
        {"not_waivable": [{"rule": QUEUE_RULE}]},
        {"not_waivable": [{"severity": "critical", "environment": "staging"}]},
        {"gates": [{"name": "never", "rule": QUEUE_RULE, "effect": "block", "waivable": False}]},
        {"gates": [{"name": "own", "rule": RULE, "effect": "block"}]},
    ):
        assert decided(plan(), {ONE: signed()}, policy_text(**sections)).outcome == "allow"


def test_no_pattern_stands_for_addresses_in_production() -> None:
    for pattern in ("*", "aws_security_group_rule.*", "aws_security_group_rule.ss?"):
        found = decided(plan(), {ONE: signed(addresses=[pattern])})
        refused(found, "invalid", "it excuses addresses by a pattern, which does not count in `prod`")
    refused(decided(plan(), {ONE: signed(addresses=[ADDRESS, "module.x.*"])}), "invalid", "by a pattern")


def test_a_pattern_stands_for_addresses_elsewhere() -> None:
    bound = decided(plan(), purpose=For("dev")).plan.digest
    fields = {"environment": "dev", "workspace": "dev", "binding": {"plan": bound}}
    assert decided(plan(), {ONE: signed(addresses=["aws_*.ssh"], **fields)}, purpose=For("dev")).outcome == "allow"


def test_where_policy_knows_no_environment_no_pattern_counts() -> None:
    policy = policy_text(environments={})
    bound = decided(plan(), policy=policy).plan.digest
    fields = {"environment": None, "binding": {"plan": bound}}
    assert decided(plan(), {ONE: signed(**fields)}, policy).outcome == "allow"
    refused(decided(plan(), {ONE: signed(addresses=["*"], **fields)}, policy), "invalid", "does not count here")


@pytest.mark.parametrize("rule", ["*", "test-*", "CKV_TEST_?"])
def test_no_pattern_stands_for_rules_anywhere(rule: str) -> None:
    refused(decided(plan(), {ONE: signed(rules=[rule])}), "invalid", "stands for several rules")


def test_an_evaluation_error_cannot_be_excused() -> None:
    document = plan(open_queue())
    files = {ONE: signed(document, rules=["test-rule-that-crashes", "CKV_TEST_9"], addresses=[QUEUE])}
    found = decided(document, files, pack="crashing")
    assert (found.outcome, len(found.errors), verdict(found).status) == ("block", 1, "unused")


def test_an_undetermined_finding_that_blocks_needs_a_waiver_too() -> None:
    later = change(ADDRESS, ["create"], after={"type": "ingress", "from_port": 22, "protocol": "tcp"},
                   after_unknown={"cidr_blocks": True})  # fmt: skip
    policy = policy_text(gates=[{"name": "open", "status": "undetermined", "effect": "block"}])
    assert decided(plan(later), policy=policy).outcome == "block"
    found = decided(plan(later), {ONE: signed(plan(later))}, policy)
    assert (found.outcome, found.undetermined[0].waiver is not None) == ("allow", True)
    # Once the value is known it is another plan.
    refused(decided(plan(), {ONE: signed(plan(later))}, policy), "wrong-plan", "it was approved for plan")


def test_an_invalid_waiver_cannot_be_excused_by_another() -> None:
    broken = signed(id="two").replace("ticket:", "tickets:")
    other = body_of(id="three", rules=["invalid", "waiver-invalid"], addresses=["two", "waivers/two.yaml"])
    found = decided(plan(), {"waivers/two.yaml": broken, "waivers/three.yaml": written(other, approval(other))})
    assert found.outcome == "block"
    assert {one.id: one.status for one in found.waivers} == {"two": "invalid", "three": "unused"}


def test_a_waiver_in_the_working_tree_only_is_a_proposal() -> None:
    found = decided(plan(), proposed={ONE: signed()})
    refused(found, "unapproved", "it stands only in the working tree, and not in `main`: a proposal")


def test_an_edited_waiver_in_the_working_tree_does_not_replace_the_one_that_counts() -> None:
    found = decided(plan(), {ONE: signed()}, now="2026-03-06T09:00:00Z", proposed={ONE: signed(expires="2026-03-08")})
    assert found.outcome == "block"
    assert sorted(one.status for one in found.waivers) == ["expired", "unapproved"]


# --- bound to less than the plan -----------------------------------------------------------------------------------


def test_a_narrower_binding_may_always_be_had_and_a_wider_one_only_by_policy() -> None:
    [violation] = decided(plan()).violations
    bindings = {
        "plan": {"plan": digest(plan())},
        "change": {"changes": [violation.change_digest]},
        "fingerprint": {"fingerprints": [violation.fingerprint]},
    }
    order = list(bindings)
    for allowed in order:
        policy = policy_text(approvals=approvals(binding=allowed))
        for kind, binding in bindings.items():
            found = decided(plan(), {ONE: signed(binding=binding)}, policy)
            if order.index(kind) <= order.index(allowed):
                assert found.outcome == "allow"
            else:
                refused(
                    found,
                    "unapproved",
                    f"it is bound to a {kind}, and approval `grave` wants it bound to the {allowed}",
                )


@pytest.mark.parametrize("binding", ["changes", "fingerprints"])
def test_what_is_new_beside_it_is_not_excused(binding: str) -> None:
    policy = policy_text(approvals=approvals(binding="fingerprint"))
    [violation] = decided(plan()).violations
    bound = violation.change_digest if binding == "changes" else violation.fingerprint
    files = {ONE: signed(binding={binding: [bound]}, addresses=[ADDRESS, QUEUE], rules=[RULE, QUEUE_RULE])}
    found = decided(plan(open_rule(), open_queue()), files, policy)
    assert (found.outcome, found.ledger.waived) == ("block", 1)
    [left] = [one for one in found.violations if one.waiver is None]
    assert left.address == QUEUE
    assert "the one that was approved" in verdict(found).why
    # What is harmless beside it does not matter: that is what such a binding is for.
    with_harmless = plan(
        open_rule(), change("aws_iam_user.x", ["create"], after={"name": "x", "tags": {"owner": "x"}})
    )
    assert decided(with_harmless, files, policy).outcome == "allow"


@pytest.mark.parametrize("binding", ["changes", "fingerprints"])
def test_the_same_address_with_another_violation_is_not_excused(binding: str) -> None:
    policy = policy_text(approvals=approvals(binding="fingerprint"))
    [violation] = decided(plan()).violations
    bound = violation.change_digest if binding == "changes" else violation.fingerprint
    files = {ONE: signed(binding={binding: [bound]})}
    refused(decided(plan(open_rule(port=3389)), files, policy), "wrong-plan", "is not the one that was approved")


def test_a_waiver_that_is_bound_to_a_fingerprint_covers_each_violation_or_says_which_not() -> None:
    policy = policy_text(approvals=approvals(binding="fingerprint"))
    group = change(
        "aws_security_group.web", ["create"],
        after={"ingress": [{"from_port": port, "protocol": "tcp", "cidr_blocks": ["0.0.0.0/0"]} for port in (22, 80)],
               "tags": {"owner": "x"}},
    )  # fmt: skip
    found = decided(plan(group), policy=policy)
    prints = [one.fingerprint for one in found.violations]
    assert len(set(prints)) == 2
    fields = {"rules": ["test-group-open-to-world"], "addresses": ["aws_security_group.web"]}
    half = decided(plan(group), {ONE: signed(binding={"fingerprints": prints[:1]}, **fields)}, policy)
    assert (half.outcome, half.ledger.waived) == ("block", 1)
    whole = decided(plan(group), {ONE: signed(binding={"fingerprints": prints}, **fields)}, policy)
    assert (whole.outcome, whole.ledger.waived) == ("allow", 2)


# --- permutations --------------------------------------------------------------------------------------------------


def shuffled(value: Any, source: random.Random) -> Any:
    """The same document with its keys in another order, and the order of resource changes another one."""
    if isinstance(value, dict):
        keys = list(value)
        source.shuffle(keys)
        found = {key: shuffled(value[key], source) for key in keys}
        for name in ("resource_changes", "relevant_attributes"):
            if isinstance(found.get(name), list):
                source.shuffle(found[name])
        return found
    return [shuffled(one, source) for one in value] if isinstance(value, list) else value


@pytest.mark.parametrize(
    "name",
    [
        "noop/plan.json",
        "outputs-only/plan.json",
        "stateful-deletes/plan-update.json",
        "stacks/aws-shop-prod/plan-update.json",
    ],
)
def test_what_only_reads_otherwise_is_the_same_plan(name: str) -> None:
    data = (FIXTURES / name).read_bytes()
    document = json.loads(data)
    policy = policy_text(
        environments={}, owners=[{"team": "platform", "address": "*"}, {"team": "payments", "address": "x"}]
    )
    purpose = For(workspace=None)
    expected = decided(data, policy=policy, now_was_given=False, purpose=purpose)
    blocked = [one for one in expected.violations if one.effect == "block"]
    files = {}
    if blocked:
        fields = {
            "rules": sorted({one.rule for one in blocked}),
            "addresses": sorted({one.address for one in blocked}),
            "binding": {"plan": expected.plan.digest},
            "environment": None,
            "workspace": None,
        }
        files = {ONE: signed(**fields)}
        expected = decided(data, files, policy, now_was_given=False, purpose=purpose)
        assert expected.outcome in ("allow", "warn")
        assert expected.ledger.waived == len(blocked)
    for seed in range(3):
        source = random.Random(seed)
        other = shuffled(document, source)
        other["timestamp"] = "2026-03-01T07:30:00Z"
        for text in (
            json.dumps(other, indent=seed, ensure_ascii=False),
            json.dumps(other, separators=(",", ":")),
        ):
            found = decided(text.encode(), files, policy, now=NOW, now_was_given=False, purpose=purpose)
            assert found.plan.digest == expected.plan.digest
            assert (found.outcome, found.reasons) == (expected.outcome, expected.reasons)
            assert found.violations == expected.violations
            assert found.undetermined == expected.undetermined
            assert found.waivers == expected.waivers


@given(st.permutations(["a", "b", "c"]), st.permutations([0, 1, 2]))
def test_neither_the_order_of_waivers_nor_that_of_approvals_matters(names: list[str], order: list[int]) -> None:
    body = body_of(id="a")
    given_ = [approval(body, ALICE, "security"), approval(body, CAROL, "security"), approval(body, BOB, "lead")]
    texts = {
        "a": written(body, *(given_[index] for index in order)),
        "b": signed(id="b"),
        "c": signed(id="c", expires="2026-03-02"),
    }
    policy = policy_text(approvals=approvals(roles={"security": 2, "lead": 1}))
    found = decided(plan(), {f"{name}.yaml": texts[name] for name in names}, policy)
    assert found.outcome == "allow"
    assert [(one.id, one.status) for one in found.waivers] == [("a", "used"), ("b", "unapproved"), ("c", "expired")]


# --- people and places ---------------------------------------------------------------------------------------------

PEOPLE = ("a", "b", "c", "d", "e")
ROLES = ("security", "lead", "owner", "risk")


def most_filled(fits: list[set[int]], places: int) -> int:
    """How many places can be filled at most, by trying everything."""
    if not fits:
        return 0
    first, rest = fits[0], fits[1:]
    best = most_filled(rest, places)
    for place in first:
        best = max(best, 1 + most_filled([one - {place} for one in rest], places))
    return best


@given(
    st.lists(st.tuples(st.sampled_from(PEOPLE), st.sampled_from(ROLES)), max_size=9),
    st.dictionaries(st.sampled_from(ROLES), st.integers(1, 2), min_size=1, max_size=3),
    st.sets(st.sampled_from(PEOPLE)),
)
def test_people_fill_as_many_places_as_can_be(
    offered: list[tuple[str, str]], wanted: dict[str, int], of_team: set[str]
) -> None:
    everyone = {name: Identity(name, ROLES, ("payments",) if name in of_team else ("other",)) for name in PEOPLE}
    time = parse_time(SIGNED)
    counted = [Signed(Given(name, role, time, SIGNED, "x"), everyone[name], True) for name, role in offered]
    needed = Approval("grave", When(), tuple(sorted(wanted.items())), duration("7d"))
    places = [role for role, count in needed.roles for _ in range(count)]
    fits = [
        {
            index
            for index, role in enumerate(places)
            if (name, role) in offered and (role != "owner" or name in of_team)
        }
        for name in PEOPLE
    ]
    missing = missing_approvals(counted, needed, "payments")
    assert (missing is None) is (most_filled(fits, len(places)) == len(places))
    if missing is not None:
        told = Counter(
            role for role in places if f"`{role}`" in missing[1] or (role == "owner" and "owner" in missing[1])
        )
        assert told
