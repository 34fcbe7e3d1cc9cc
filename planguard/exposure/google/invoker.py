"""Who is let in to a service or a bucket without an account of the project: ``allUsers`` and any Google account.

Source: docs.cloud.google.com/run/docs/authenticating/public,
docs.cloud.google.com/storage/docs/access-control/making-data-public.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from planguard.access.google.member import ACCOUNT
from planguard.access.meant import resources_possible, resources_told
from planguard.exposure.google.assumption import UNKNOWN_VALUE, missing
from planguard.exposure.model import Hop
from planguard.exposure.packets import EVERYTHING
from planguard.exposure.passage import Passage, certain
from planguard.exposure.reading import Listing, blocks_of, listed, listing, near, shown, told
from planguard.graph.resource import Resource
from planguard.plan.unknown import Undetermined, Unknown, is_unknown

EVERYBODY = ("allusers", "allauthenticatedusers")
_POLICY_DATA = "data.google_iam_policy"


def public_grants(resource: Resource, types: Iterable[tuple[str, str]], roles: tuple[str, ...]) -> list[Passage]:
    """One passage for each grant by which everybody may use a resource.

    :param types: the types of IAM resources without their ending, with the attribute that names the resource
    :param roles: parts of the names of roles that let one use it; empty: any role does
    """
    found: list[Passage] = []
    for kind, via in types:
        for grant in near(resource.referrers(f"{kind}_member", via=via)).items:
            found += _grant(grant, "member", roles)
        for grant in near(resource.referrers(f"{kind}_binding", via=via)).items:
            found += _grant(grant, "members", roles)
        for policy in near(resource.referrers(f"{kind}_policy", via=via)).items:
            found += _of_policy(policy, roles)
    return found


def _grant(grant: Resource, attribute: str, roles: tuple[str, ...]) -> Iterator[Passage]:
    yield from _passages(grant, attribute, grant.get("role"), listing(grant.get(attribute)), roles)


def _passages(
    holder: Resource,
    attribute: str,
    role: Any,
    members: Listing,
    roles: tuple[str, ...],
) -> Iterator[Passage]:
    name = told(role)
    if not _lets_use(name, roles):
        return
    public = Listing(tuple(one for one in members.items if told(one) in EVERYBODY))
    hop = Hop(holder.address, attribute, f"{listed(public, 'members not known yet')}: {shown(role, 'some role')}")
    if public.items and name is not None:
        yield Passage(certain(EVERYTHING), (hop,), guards=(hop,))
    elif public.items or (members.is_open and not _are_accounts(holder, attribute)):
        yield Passage(certain(EVERYTHING), (hop,), guards=(hop,)).possibly(
            missing(UNKNOWN_VALUE, holder.address, "role" if public.items else attribute)
        )


def _are_accounts(holder: Resource, attribute: str) -> bool:
    """Whether the members that are not known yet are service accounts, whichever: nobody else gets in by them."""
    told = resources_told(holder, attribute, behind="serviceAccount:")
    found = told[0] if told is not None else resources_possible(holder, attribute)
    return found is not None and all(one.type == ACCOUNT for one in found)


def _lets_use(role: str | None, roles: tuple[str, ...]) -> bool:
    return role is None or not roles or "/roles/" in role or any(one in role for one in roles)


def _of_policy(policy: Resource, roles: tuple[str, ...]) -> Iterator[Passage]:
    """The bindings of a whole policy: of the data source that it is made by, or of its text."""
    if not is_unknown(policy.get("policy_data")):
        yield from _of_text(policy, roles)
        return
    data = near(policy.references(_POLICY_DATA, via="policy_data"))
    for one in data.items:
        for path, block in blocks_of(one, "binding").items:
            members = listing(block.get("members"))
            yield from _passages(one, f"{path}.members", block.get("role"), members, roles)
    if not data.items:
        yield from _passages(policy, "policy_data", Unknown(("policy_data",), policy), Listing(is_open=True), roles)


def _of_text(policy: Resource, roles: tuple[str, ...]) -> Iterator[Passage]:
    try:
        document = policy.json("policy_data")
    except (Undetermined, ValueError):
        yield from _passages(policy, "policy_data", Unknown(("policy_data",), policy), Listing(is_open=True), roles)
        return
    for index, binding in enumerate((document or {}).get("bindings", ())):
        members = listing(binding.get("members"))
        place = f"policy_data.bindings[{index}].members"
        yield from _passages(policy, place, binding.get("role"), members, roles)


def switched(resource: Resource, attribute: str, value: object, is_on: bool | None, text: str = "") -> list[Passage]:
    """One passage where a setting leaves a resource open; none where it closes it."""
    if is_on is False:
        return []
    hop = Hop(resource.address, attribute, text or shown(value))
    passage = Passage(certain(EVERYTHING), (hop,))
    return [passage if is_on else passage.possibly(missing(UNKNOWN_VALUE, resource.address, attribute))]
