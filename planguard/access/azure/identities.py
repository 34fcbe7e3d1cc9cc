"""The ways of a principal of Azure to the access of managed identities, and to what key vaults hold."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from msgspec.structs import replace

from planguard.access.azure.delegation import fits, is_among
from planguard.access.azure.estate import Carrier, Estate
from planguard.access.azure.methods import (
    METHODS,
    READ_SECRETS,
    SOMEWHERE,
    WRITE_VAULT_POLICIES,
    WRITE_VAULTS,
    Method,
)
from planguard.access.azure.reach import GROUP, SUBSCRIPTION, Grant, Reach, step, told
from planguard.access.compare import difference
from planguard.access.model import UPPER, Access, Clause, Gap, Terms
from planguard.access.powers import Step

Asked = list[tuple[str, Grant, str]]


def identity_steps(reach: Reach, estate: Estate) -> Iterator[Step]:
    """The ways to the access of managed identities: of any in a subscription or more, and of those of the plan."""
    for method in METHODS:
        if not all(reach.of(action) for action, _ in method.actions):
            continue
        wide = _anywhere(method, reach)
        if wide:
            yield _to_any(method, reach, wide)
        for carrier in _candidates(method, reach, estate):
            yield from _through(method, reach, carrier)


def gaps_of_carriers(reach: Reach, estate: Estate) -> set[Gap]:
    """What is not known of the identities of what the principal may change."""
    return {
        gap
        for method in METHODS
        for carrier in _candidates(method, reach, estate)
        if carrier.gaps and _on(method, reach, carrier)
        for gap in carrier.gaps
    }


def vault_steps(reach: Reach, estate: Estate) -> Iterator[Step]:
    """The ways to secrets that are kept by access policies, for who may write those."""
    for action in (WRITE_VAULT_POLICIES, WRITE_VAULTS):
        grants = reach.of(action)
        if not grants or (action == WRITE_VAULTS and reach.of(WRITE_VAULT_POLICIES)):
            continue
        text = "give itself access to secrets"
        widest = grants[0]
        if widest.level >= SUBSCRIPTION:
            target = f"any key vault with access policies in {told(widest.scope)}"
            yield step(reach, action, text, [(action, widest, widest.scope)], target)
        for vault in estate.vaults:
            grant = reach.on(action, vault.scope)
            if grant is not None and not any(reach.on(read, vault.scope) for read in READ_SECRETS):
                yield step(reach, action, text, [(action, grant, vault.scope)], vault.address, vault.address)


def _candidates(method: Method, reach: Reach, estate: Estate) -> list[Carrier]:
    """The things on which the first action of a method is allowed."""
    return estate.within(method.host, {one.scope for one in reach.of(method.actions[0][0])})


def _anywhere(method: Method, reach: Reach) -> Asked:
    """The grants with which a method works in a whole subscription or more; empty where it does not."""
    place, asked = "", []
    for action, where in method.actions:
        grant = _somewhere(action, reach) if where == SOMEWHERE else (
            reach.on(action, place) if place else reach.of(action)[0]
        )  # fmt: skip
        if grant is None or (where != SOMEWHERE and grant.level < SUBSCRIPTION):
            return []
        place = place or grant.scope
        asked.append((action, grant, grant.scope))
    return asked


def _somewhere(action: str, reach: Reach) -> Grant | None:
    """A grant of an action on a scope in which there may be something, or something of its kind."""
    kind = "/".join(action.lower().split("/")[:2])
    return next((one for one in reach.of(action) if one.level >= GROUP or kind in one.scope), None)


def _to_any(method: Method, reach: Reach, asked: Asked) -> Step:
    where = told(asked[0][1].scope)
    what = f"any {method.host}" if method.host else "any managed identity"
    target = f"any managed identity of {_several(method.host)} in {where}" if method.host else (
        f"any managed identity in {where}"
    )  # fmt: skip
    return step(reach, method.name, method.text.format(what), asked, target)


def _several(kind: str) -> str:
    return f"{kind.removesuffix('y')}ies" if kind.endswith("y") else f"{kind}s"


def _through(method: Method, reach: Reach, carrier: Carrier) -> Iterator[Step]:
    asked = _on(method, reach, carrier)
    for held in carrier.identities if asked else ():
        subject = held.subject
        more = subject.name != reach.held.subject.name and gets_more(held.access, reach.held.access)
        if more is not False:
            found = step(
                reach, method.name, method.text.format(carrier.address), asked, subject.name, subject.address
            )
            yield found if more else replace(found, is_certain=False)


def _on(method: Method, reach: Reach, carrier: Carrier) -> Asked:
    """The grants with which a method works on one thing; empty where it does not."""
    asked: Asked = []
    for action, where in method.actions:
        grant = _somewhere(action, reach) if where == SOMEWHERE else reach.on(action, carrier.scope)
        if grant is None:
            return []
        asked.append((action, grant, grant.scope if where == SOMEWHERE else carrier.scope))
    return asked


def gets_more(target: Access, own: Access) -> bool | None:
    """Whether somebody gets at something by a target that it does not hold; None where that is too complex to say.

    What the target may hold counts as nothing, and what somebody may hold as held.
    """
    certain = tuple(one for one in target.clauses if one.bound != UPPER)
    if any(_is_beyond(one, own.clauses) for one in certain):
        return True
    left = tuple(one for one in certain if not any(_covers(wide, one) for wide in own.clauses))
    return _is_more(Access(left), own) if left else False


@lru_cache(maxsize=4096)
def _is_more(target: Access, own: Access) -> bool | None:
    found = difference(own, target)
    return None if found.too_complex else bool(found.new)


def _is_beyond(clause: Clause, clauses: tuple[Clause, ...]) -> bool:
    """Whether one request that a clause allows is seen at once to be allowed by none of others."""
    if clause.predicates or clause.actions.exclude:
        return False
    action = clause.actions.include[0].replace("*", "x")
    scope = clause.resources.include[0]
    return not any(is_among(action, one.actions) and is_among(scope, one.resources) for one in clauses)


def _covers(wide: Clause, clause: Clause) -> bool:
    """Whether one clause is seen at once to allow all that another does."""
    return (
        set(wide.predicates) <= set(clause.predicates)
        and _takes_in(wide.actions, clause.actions)
        and _takes_in(wide.resources, clause.resources)
    )


def _takes_in(wide: Terms, terms: Terms) -> bool:
    if not all(any(fits(more, one) for more in wide.include) for one in terms.include):
        return False
    return all(
        never in terms.exclude or not any("*" in one or fits(never, one) for one in terms.include)
        for never in wide.exclude
    )
