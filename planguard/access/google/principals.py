"""The principals of Google Cloud that a resource of a plan tells of, and what it tells of them.

A service account of the plan is told of at itself. Others are not in any plan: they are told of at the grant that
gives them what is told.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from planguard.access.additive import among
from planguard.access.google.account import is_of_google
from planguard.access.google.escalation import administered, permissions_of
from planguard.access.google.member import ACCOUNT
from planguard.access.google.methods import ASKED
from planguard.access.google.secrets import READING, secrets_read
from planguard.access.holdings import holdings
from planguard.access.model import GOOGLE, IDENTITY, UPPER, Held, Subject
from planguard.access.reading import referred
from planguard.access.telling import Principal, Told, other_side, powers_in, told_steps, undetermined
from planguard.graph.graph import Graph
from planguard.graph.resource import Resource
from planguard.plan.unknown import Undetermined

_DOCUMENT = "data.google_iam_policy"
_GRANT = re.compile(r"\bgoogle_(?:(?:project|folder|organization|service_account)_iam_\w+|iam_policy)\.")
_OF_PLACE = re.compile(r"\bgoogle_(?:project|folder|organization)_iam_")
"""Grants on a project or above: on what is below, nobody holds everything of its kind."""
_OPEN = frozenset({"condition-unknown", "principal-unknown", "role-unknown", "scope-unknown"})
_WHAT = {"projects": "project", "folders": "folder", "organizations": "organization"}


def told_administrators(resource: Resource) -> Iterator[Told]:
    """Each place of which a principal may set the policy.

    :raises Undetermined: at the end, where a principal may do so, and does not for certain
    """
    origins = _origins_of(resource)
    stopped: Undetermined | None = None
    for one in principals_of(resource):
        for witness, origin in administered(one.held):
            if _is_given(origins, origin.address):
                kind, _, name = witness.resource.partition("/")
                yield Told(
                    f"{witness.principal} may grant itself any role in {_WHAT[kind]} {name}:"
                    f" {witness.action} on {witness.resource}",
                    (witness.principal, witness.resource),
                    (origin.address,),
                )
        if one.powers.administrator is None and stopped is None:
            perhaps = administered(one.held, is_certain=False)
            if any(_is_given(origins, origin.address) for _, origin in perhaps):
                what = f"{one.subject.name} may become an administrator"
                stopped = undetermined(resource, one.held.gaps, what)
    if stopped is not None:
        raise stopped


def told_escalations(resource: Resource) -> Iterator[Told]:
    """Each way of a principal to more that is worth telling.

    :raises Undetermined: at the end, where there may be one
    """
    yield from told_steps(resource, _people(resource), _who)
    # Who gets at more for certain is told of that; another way changes nothing.
    _stop_where_open(resource, ASKED, "get at more", lambda one: any(step.is_certain for step in one.powers.steps))


def told_secrets(resource: Resource) -> Iterator[Told]:
    """Each place of which a principal reads all secrets; not of administrators, who grant themselves anything.

    :raises Undetermined: at the end, where there may be one
    """
    origins = _origins_of(resource)
    for one in _people(resource):
        if one.powers.administrator is not None:
            continue
        for witness, origin in secrets_read(one.held):
            if _is_given(origins, origin.address):
                what = READING[witness.action]
                yield Told(
                    f"{witness.principal} can {what} of {witness.resource}: {witness.action}",
                    (witness.principal, witness.action, witness.resource),
                    (origin.address,),
                )
    _stop_where_open(resource, tuple(READING), "read every secret", lambda one: bool(secrets_read(one.held)))


def _stop_where_open(
    resource: Resource, asked: tuple[str, ...], what: str, is_told: Callable[[Principal], bool]
) -> None:
    """Stop where a grant that a resource tells of may give what is asked for.

    :raises Undetermined: whom, where, what for or when one of them is, is not known yet
    """
    origins = _origins_of(resource)
    for one in _people(resource):
        if one.powers.administrator is not None or is_told(one):
            continue
        open_ = {gap.address for gap in one.held.gaps if gap.code in _OPEN and _OF_PLACE.search(gap.address)}
        for clause in one.held.access.clauses if open_ else ():
            address = clause.origin.address
            if (
                clause.bound == UPPER
                and address in open_
                and _is_given(origins, address)
                and among(permissions_of(clause), tuple(sorted(asked)))
            ):
                gaps = [gap for gap in one.held.gaps if gap.address == address and gap.code in _OPEN]
                raise undetermined(resource, gaps, f"{one.subject.name} may {what}")


def principals_of(resource: Resource) -> Iterator[Principal]:
    """The principals that a resource tells of, in order of their names."""
    origins = _origins_of(resource)
    graph = resource.graph
    here = _subjects(graph, resource.snapshot, resource, origins)
    if graph.changed_kinds and _subjects(graph, other_side(resource), resource, origins) != here:
        graph.touched_change = True
    for held in here:
        yield Principal(held, powers_in(resource, held.subject), _tells(origins))


def _people(resource: Resource) -> Iterator[Principal]:
    """The same without the agents that only services of Google use."""
    return (one for one in principals_of(resource) if not is_of_google(one.subject))


def _origins_of(resource: Resource) -> frozenset[str]:
    """The addresses of the statements that belong to a grant; none for a service account, which may have any."""
    if resource.type == ACCOUNT:
        return frozenset()
    document = referred(resource, "policy_data", _DOCUMENT)
    return frozenset({resource.address} if document is None else {resource.address, document.address})


def _is_given(origins: frozenset[str], address: str) -> bool:
    return not origins or address in origins


def _subjects(graph: Graph, snapshot: str, resource: Resource, origins: frozenset[str]) -> list[Held]:
    if not origins:
        found = holdings(graph, snapshot).by_address.get(resource.address, ())
        return [one for one in found if _is_principal(one.subject)]
    named = _by_origin(graph, snapshot)
    several = {one.subject.name: one for each in sorted(origins) for one in named.get(each, ())}
    return [several[name] for name in sorted(several)]


def _by_origin(graph: Graph, snapshot: str) -> dict[str, list[Held]]:
    """The principals outside of the plan by the addresses of what grants them anything."""
    kept: dict[str, list[Held]] | None = graph.derived.get(("google grants", snapshot))
    if kept is None:
        kept = graph.derived["google grants", snapshot] = {}
        for one in holdings(graph, snapshot).all:
            if _is_principal(one.subject) and not one.subject.address:
                for address in sorted({clause.origin.address for clause in one.access.clauses}):
                    kept.setdefault(address, []).append(one)
    return kept


def _is_principal(subject: Subject) -> bool:
    return subject.provider == GOOGLE and subject.plane == IDENTITY


def _tells(origins: frozenset[str]) -> Callable[[Iterable[str]], bool]:
    """Whether something is told at a resource: at the first grant that it comes from, of those where it could be."""

    def tells(addresses: Iterable[str]) -> bool:
        return not origins or min(filter(_GRANT.search, addresses), default="") in origins

    return tells


def _who(subject: Subject) -> str:
    return subject.name
