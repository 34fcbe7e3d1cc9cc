"""Renewals: how a waiver may go on, and the ways in which it may not go on for ever."""

from __future__ import annotations

from typing import Any

import pytest

from planguard.reports.model import DecisionEntry
from tests.decision.signing import signer
from tests.decision.waiving import (
    ADDRESS,
    ALICE,
    CAROL,
    POLICY,
    QUEUE,
    QUEUE_RULE,
    RULE,
    approval,
    body_of,
    decided,
    open_queue,
    open_rule,
    plan,
    policy_text,
    verdict,
    written,
)

DAYS = ("2026-03-01", "2026-03-08", "2026-03-15", "2026-03-22")
NOW = "2026-03-10T12:00:00Z"


def link(number: int, **fields: Any) -> dict[str, Any]:
    """One waiver of a chain, each of a week, the first being number 0."""
    begins = f"{DAYS[number]}T08:00:00Z"
    return body_of(
        **{
            "id": "one" if number == 0 else f"one-r{number}",
            "reason": f"The VPN is late by {number} weeks and more",
            "created": begins,
            "not_before": begins,
            "expires": f"{DAYS[number + 1]}T08:00:00Z",
            "renews": None if number == 0 else "one" if number == 1 else f"one-r{number - 1}",
            **fields,
        }
    )


def sign(body: dict[str, Any], by: str = ALICE) -> str:
    """Approved an hour after it was made."""
    return written(body, approval(body, by=by, at=body["created"].replace("08:", "09:")))


def chain(*bodies: dict[str, Any]) -> dict[str, str]:
    return {f"waivers/{body['id']}.yaml": sign(body) for body in bodies}


def renewals(count: int, **fields: Any) -> str:
    return policy_text(
        approvals=[{"name": "grave", "roles": {"security": 1}, "longest": "7d", "renewals": count, **fields}]
    )


def refused(found: DecisionEntry, identity: str, status: str, why: str) -> None:
    assert found.outcome == "block"
    one = verdict(found, identity)
    assert (one.status, why in " | ".join(one.reasons)) == (status, True), one


def test_a_renewal_counts_where_the_first_has_ended() -> None:
    found = decided(plan(), chain(link(0), link(1)), now=NOW)
    assert found.outcome == "allow"
    assert (verdict(found, "one").status, verdict(found, "one-r1").status) == ("expired", "used")


def test_there_are_as_many_renewals_as_policy_allows() -> None:
    bodies = [link(0), link(1), link(2)]
    later = "2026-03-17T12:00:00Z"
    refused(
        decided(plan(), chain(*bodies), now=later),
        "one-r2",
        "unapproved",
        "it is renewal 2, and approval `grave` allows 1",
    )
    assert decided(plan(), chain(*bodies), renewals(2), now=later).outcome == "allow"
    refused(decided(plan(), chain(link(0), link(1)), renewals(0), now=NOW), "one-r1", "unapproved", "it is renewal 1")


def test_a_renewal_of_what_is_not_there_does_not_count() -> None:
    refused(decided(plan(), chain(link(1)), now=NOW), "one-r1", "invalid", "it renews `one`, which is not there")


def test_an_invalid_waiver_is_not_there_to_be_renewed() -> None:
    files = chain(link(0), link(1))
    files["waivers/one.yaml"] = files["waivers/one.yaml"].replace("ticket:", "tickets:")
    refused(decided(plan(), files, now=NOW), "one-r1", "invalid", "it renews `one`, which is not there")


def test_what_was_renewed_cannot_be_edited_to_make_the_chain_shorter() -> None:
    bodies = [link(0), link(1), link(2)]
    files = chain(*bodies)
    cut = {**bodies[1], "renews": None}
    files["waivers/one-r1.yaml"] = written(cut, approval(bodies[1], at=f"{DAYS[1]}T09:00:00Z"))
    found = decided(plan(), files, now="2026-03-17T12:00:00Z")
    refused(found, "one-r2", "unapproved", "it renews `one-r1`, whose approvals do not count")
    # Taken out and written anew it would have to be approved anew.
    files["waivers/one-r1.yaml"] = written(cut)
    refused(
        decided(plan(), files, now="2026-03-17T12:00:00Z"), "one-r2", "unapproved", "whose approvals do not count"
    )


def test_a_key_that_has_expired_since_does_not_undo_the_chain() -> None:
    people = {
        **POLICY["identities"],
        CAROL: {
            "roles": ["security"],
            "keys": [{"key": signer("nistp256").line, "valid_before": "2026-03-02T00:00:00Z"}],
        },
    }
    first = link(0)
    files = chain(first, link(1))
    by_carol = approval(first, by=CAROL, at="2026-03-01T09:00:00Z", key=signer("nistp256"))
    files["waivers/one.yaml"] = written(first, by_carol)
    assert decided(plan(), files, policy_text(identities=people), now=NOW).outcome == "allow"


@pytest.mark.parametrize("reason", ["The VPN is late by 0 weeks and more", "  The VPN is late by 0 weeks and more\n"])
def test_a_renewal_needs_a_reason_of_its_own(reason: str) -> None:
    found = decided(plan(), chain(link(0), link(1, reason=reason)), now=NOW)
    refused(found, "one-r1", "invalid", "a renewal needs a new one")


def test_the_approvals_of_the_first_are_none_of_its_renewal() -> None:
    first, second = link(0), link(1)
    files = chain(first, second)
    old = approval(first, at="2026-03-01T09:00:00Z")
    files["waivers/one-r1.yaml"] = written(second, old)
    refused(decided(plan(), files, now=NOW), "one-r1", "unapproved", "approved it before it was created")
    files["waivers/one-r1.yaml"] = written(second)
    refused(decided(plan(), files, now=NOW), "one-r1", "unapproved", "it needs 1 approval")


def test_a_renewal_excuses_no_more_than_what_it_renews() -> None:
    document = plan(open_rule(), open_queue())
    binding = {"binding": body_of(document)["binding"]}
    for more in ({"addresses": [ADDRESS, QUEUE]}, {"rules": [RULE, QUEUE_RULE]}, {"rules": ["CKV_TEST_2"]}):
        found = decided(document, chain(link(0, **binding), link(1, **binding, **more)), now=NOW)
        refused(found, "one-r1", "invalid", "it excuses more than `one`, which it renews")


def test_a_renewal_may_excuse_less() -> None:
    document = plan(open_rule())
    both = {"addresses": [ADDRESS, QUEUE], "rules": [RULE, QUEUE_RULE]}
    assert decided(document, chain(link(0, **both), link(1)), now=NOW).outcome == "allow"


@pytest.mark.parametrize("fields", [{"environment": "staging"}, {"project": "shop"}, {"environment": None}])
def test_a_renewal_is_for_the_same_place(fields: dict[str, Any]) -> None:
    found = decided(plan(), chain(link(0, **fields), link(1)), now=NOW)
    refused(found, "one-r1", "invalid", "it is for another place than `one`, which it renews")


def test_a_renewal_is_not_older_than_what_it_renews() -> None:
    first = link(0, created="2026-03-09T08:00:00Z", not_before="2026-03-09T08:00:00Z", expires="2026-03-11T08:00:00Z")
    found = decided(plan(), chain(first, link(1)), now=NOW)
    assert verdict(found, "one-r1").status == "invalid"
    assert verdict(found, "one-r1").why == "it was created before `one`, which it renews"


def test_a_renewal_of_what_was_revoked_does_not_count() -> None:
    revoked = link(0, revoked={"at": "2026-03-02T08:00:00Z", "by": ALICE, "reason": "no longer needed"})
    refused(
        decided(plan(), chain(revoked, link(1)), now=NOW), "one-r1", "invalid", "it renews `one`, which was revoked"
    )


def test_what_was_revoked_does_not_count_even_if_it_is_signed_again() -> None:
    body = link(1, renews=None, revoked={"at": NOW, "by": ALICE, "reason": "no longer needed"})
    found = decided(plan(), chain(body), now=NOW)
    refused(found, "one-r1", "revoked", f"revoked by {ALICE} on {NOW}: no longer needed")


def test_renewals_that_go_round_in_a_circle_come_to_an_end() -> None:
    found = decided(plan(), chain(link(0, renews="one-r1"), link(1)), now=NOW)
    refused(found, "one-r1", "invalid", "its renewals come back to `one-r1`")
    found = decided(plan(), chain(link(1, renews="one-r1")), now=NOW)
    refused(found, "one-r1", "invalid", "it renews itself")


def test_each_renewal_is_for_as_long_as_policy_allows_and_no_longer() -> None:
    found = decided(plan(), chain(link(0), link(1, expires="2026-03-29T08:00:00Z")), now=NOW)
    refused(found, "one-r1", "unapproved", "it is for 21 days, and approval `grave` allows 7 days")


def test_a_renewal_is_bound_to_a_plan_as_well() -> None:
    refused(
        decided(plan(open_rule(port=80)), chain(link(0), link(1)), now=NOW),
        "one-r1",
        "wrong-plan",
        "was approved for",
    )
