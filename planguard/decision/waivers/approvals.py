"""Whether a waiver has the approvals that policy asks for."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import msgspec

from planguard.decision.person import plain_name
from planguard.decision.policy import Approval, Identity, Policy
from planguard.decision.time import show_time
from planguard.decision.waivers.sshsig import PublicKey, SignatureError, public_key, signature, verify
from planguard.decision.waivers.waiver import Approval as Given
from planguard.decision.waivers.waiver import Waiver

OWNER = "owner"
"""The role of those who answer for the team that a violation belongs to."""


class Signed(msgspec.Struct, frozen=True):
    """What became of one approval.

    :ivar identity: who it is of; None where it does not count at all
    :ivar is_signed: whether it carries a signature that counts
    :ivar why: why it does not count, or is not signed
    """

    given: Given
    identity: Identity | None
    is_signed: bool
    why: str = ""


def signed_approvals(waiver: Waiver, policy: Policy, now: datetime) -> list[Signed]:
    """What policy makes of each approval in a waiver, whatever it is to excuse."""
    return [_signed(waiver, one, policy, now) for one in waiver.approvals]


def _signed(waiver: Waiver, given: Given, policy: Policy, now: datetime) -> Signed:
    identity = policy.identity(given.by)
    if identity is None:
        return Signed(given, None, False, f"policy does not know `{given.by}`")
    if plain_name(given.by) == plain_name(waiver.requester):
        return Signed(given, None, False, f"`{given.by}` asked for it, and cannot approve it")
    if given.role not in identity.roles and not (given.role == OWNER and identity.teams):
        return Signed(given, None, False, f"`{given.by}` does not approve as `{given.role}`")
    if given.at > now:
        return Signed(given, None, False, f"`{given.by}` approves only at {show_time(given.at)}")
    if given.at < waiver.created:
        return Signed(given, None, False, f"`{given.by}` approved it before it was created")
    if given.signature is None:
        return Signed(given, identity, False, f"the approval by `{given.by}` is not signed")
    try:
        _verify(waiver, given, identity)
    except SignatureError as error:
        return Signed(given, None, False, f"the signature of `{given.by}` does not count: {error}")
    return Signed(given, identity, True)


def _verify(waiver: Waiver, given: Given, identity: Identity) -> None:
    assert given.signature is not None  # noqa: S101 - the caller has looked
    found = signature(given.signature)
    key = next((one for one in identity.keys if _parsed(one.text) == found.key), None)
    if key is None:
        raise SignatureError("policy does not name its key")
    # When it was signed decides, not today: an expired key does not undo what it has approved.
    at = given.at.timestamp()
    if key.valid_after is not None and at < key.valid_after:
        raise SignatureError("its key did not count yet when it was signed")
    if key.valid_before is not None and at >= key.valid_before:
        raise SignatureError("its key did not count any more when it was signed")
    verify(found, waiver.payload(given.by, given.role, given.at_text))


def _parsed(text: str) -> PublicKey | None:
    try:
        return public_key(text)
    except SignatureError:
        return None


def missing_approvals(signed: Iterable[Signed], needed: Approval, owner: str | None) -> tuple[str, str] | None:
    """What is missing for violations of one kind: the status, and why; None where nothing is.

    One person fills one place only: approvals are given out to the roles so that as many as can be are filled.

    :param owner: the team that the violations belong to
    """
    counted = [one for one in signed if one.identity is not None and (one.is_signed or not needed.signed)]
    places = [role for role, count in needed.roles for _ in range(count)]
    filled = _filled(counted, places, owner)
    if len(filled) == len(places):
        return None
    missing = sorted({role for index, role in enumerate(places) if index not in filled})
    texts = [_as_words(role, places.count(role), owner) for role in missing]
    unsigned = [one.why for one in signed if one.identity is not None and not one.is_signed]
    refused = [one.why for one in signed if one.identity is None]
    why = "; ".join([f"it needs {' and '.join(texts)}", *refused, *(unsigned if needed.signed else [])])
    only_unsigned = needed.signed and bool(unsigned) and not refused
    return ("unsigned" if only_unsigned else "unapproved"), why


def _as_words(role: str, count: int, owner: str | None) -> str:
    whom = f"the owner `{owner}`" if role == OWNER and owner else "an owner" if role == OWNER else f"`{role}`"
    return f"{count} approval{'' if count == 1 else 's'} of {whom}"


def _filled(counted: list[Signed], places: list[str], owner: str | None) -> dict[int, str]:
    """Which places are filled by whom: a matching of people and places, found by augmenting paths."""
    people: dict[str, list[int]] = {}
    for one in counted:
        assert one.identity is not None  # noqa: S101 - only those are counted
        fits = [index for index, role in enumerate(places) if _fills(one, role, owner)]
        people.setdefault(one.identity.name, []).extend(fits)
    taken: dict[int, str] = {}

    def place(name: str, tried: set[int]) -> bool:
        for index in people[name]:
            if index in tried:
                continue
            tried.add(index)
            if index not in taken or place(taken[index], tried):
                taken[index] = name
                return True
        return False

    for name in sorted(people):
        place(name, set())
    return taken


def _fills(one: Signed, role: str, owner: str | None) -> bool:
    if one.given.role != role:
        return False
    return role != OWNER or (owner is not None and one.identity is not None and owner in one.identity.teams)
