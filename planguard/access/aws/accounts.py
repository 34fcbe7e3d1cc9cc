"""Which accounts are one's own, and which a policy names.

Sources: Elastic Load Balancing User Guide, "Enable access logs for your Application Load Balancer" (the accounts that
write logs in regions that were there before August 2022).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.boxes import clauses_of
from planguard.access.holdings import holdings
from planguard.access.model import ALLOW, MAY, MUST, Access, Clause, Held, Predicate, Terms, Witness
from planguard.access.pattern import shown
from planguard.access.questions import find_witness
from planguard.graph.account import account_of
from planguard.graph.resource import AFTER, BEFORE, Resource
from planguard.plan.unknown import Undetermined, is_unknown

if TYPE_CHECKING:
    from planguard.graph.graph import Graph

LOAD_BALANCING = frozenset({
    "127311923021", "033677994240", "027434742980", "797873946194", "098369216593", "754344448648", "589379963580",
    "718504428378", "383597477331", "600734575887", "114774131450", "783225319266", "582318560864", "985666609251",
    "054676820928", "156460612806", "652711504416", "635631232127", "009996457667", "897822967062", "076674570225",
    "507241528517", "048591011584", "190560391635", "638102146993", "037604701340",
})  # fmt: skip
"""Accounts of AWS that write the logs of load balancers, one for each region."""
_SERVICES = (
    "data.aws_elb_service_account",
    "data.aws_redshift_service_account",
    "data.aws_cloudtrail_service_account",
    "data.aws_billing_service_account",
)
"""Data sources that tell the accounts of services of AWS."""
_PRINCIPAL = re.compile(r"AWS:(?:arn:[^:]+:(?:iam|sts)::)?(\d{12})(?::(.*))?", re.DOTALL)
_ACCOUNT = re.compile(r"(?:^|:)(\d{12})(?=:|$)")
_CALLER = frozenset({"aws:principalaccount", "aws:principalarn", "kms:calleraccount"})
"""Condition keys that tell the account of who asks."""
_EVERY_KEY_ACTION = {"*", "kms:*"}
_ANYTHING = Terms()
_TELLING = ("aws:PrincipalAccount", "kms:CallerAccount")


def accounts_named(clause: Clause) -> dict[str, str]:
    """The accounts that a statement lets in, each with a principal of it; by the condition where it is anybody."""
    found: dict[str, str] = {}
    for one in clause.principals.include:
        match = _PRINCIPAL.fullmatch(one)
        if match is not None:
            found.setdefault(match[1], one)
    if {"*", "AWS:*"} & set(clause.principals.include):
        for line in clause.predicates:
            if line.key.lower() in _CALLER and "not" not in line.operator.lower():
                for value in line.values:
                    found.update({one: f"AWS:arn:aws:iam::{one}:*" for one in _ACCOUNT.findall(shown(value))})
    return found


def is_whole(principal: str) -> bool:
    """Whether a principal is everybody in an account."""
    return principal.endswith(":*")


def own_accounts(resource: Resource) -> set[str]:
    """The accounts that this plan works in, as far as it tells: those of its resources and of its providers.

    Where it tells none, the one that administers the keys of the plan: a key that its own account has no access to
    could not be managed by anybody (AWS KMS Developer Guide, "Default key policy").
    """
    graph = resource.graph
    found: set[str] | None = graph.derived.get(("own accounts",))
    if found is None:
        found = graph.derived[("own accounts",)] = _gathered(graph) or _of_keys(graph)
    return found


def _gathered(graph: Graph) -> set[str]:
    found: set[str] = set()
    for kind, nodes in graph.kinds.items():
        if kind.startswith("aws_") or kind == "data.aws_caller_identity":
            views = (graph.view(node, side) for node in nodes for side in (AFTER, BEFORE) if graph.is_in(node, side))
            found.update(map(_account, views))
    return found - {""}


def _of_keys(graph: Graph) -> set[str]:
    """The one account that has all access to keys of the plan; nothing where there are several."""
    found = {
        account
        for held in holdings(graph, AFTER).all
        if held.subject.kind.startswith("kms_")
        for clause in held.access.clauses
        if clause.effect == ALLOW and _EVERY_KEY_ACTION & set(clause.actions.include)
        for account, principal in accounts_named(clause).items()
        if is_whole(principal)
    }
    return found if len(found) == 1 else set()


def _account(resource: Resource) -> str:
    if resource.is_data:
        return _text(resource.values.get("account_id"))
    try:
        return account_of(resource)[1]
    except Undetermined:
        return ""


def _text(value: Any) -> str:
    """A text, empty where there is none, or where it is not known."""
    return "" if is_unknown(value) or not isinstance(value, str) else str.__str__(value)


def is_known(resource: Resource, account: str, listed: tuple[str, ...] = ()) -> bool:
    """Whether an account is known although the plan does not work in it: by policy, or as one of AWS itself.

    :param listed: the accounts that policy lists
    """
    if account in listed or account in LOAD_BALANCING or resource.environments.of_account(account) is not None:
        return True
    return any(
        account in (_text(one.values.get("id")), *_text(one.values.get("arn")).split(":"))
        for kind in _SERVICES
        for one in resource.others(kind)
    )


class Foreign(Struct, frozen=True):
    """A statement that lets in an account which is neither one's own nor known.

    :ivar principal: a principal of that account, as the statement names it
    :ivar witness: a request from there that is allowed
    :ivar is_certain: whether it is allowed whatever the unknown turns out to be
    """

    clause: Clause
    account: str
    principal: str
    witness: Witness
    is_certain: bool


def foreign_grants(
    resource: Resource, held: Held, listed: tuple[str, ...] = (), *, actions: Terms = _ANYTHING
) -> Iterator[Foreign]:
    """What the statements of a resource grant to other accounts, after all that denies or limits it.

    Where the plan tells none of its own accounts, every account that it names may be another one: see
    :func:`own_accounts`.

    :param listed: the accounts that policy lists
    :param actions: the actions that are asked about
    :raises TooComplex: exact comparison is above the bounds
    """
    against = tuple(one for one in held.access.clauses if one.effect != ALLOW)
    for clause in held.access.clauses:
        if clause.effect != ALLOW or clause.origin.address != resource.address:
            continue
        for account, principal in sorted(accounts_named(clause).items()):
            if account in own_accounts(resource) or is_known(resource, account, listed):
                continue
            access = Access((clause, *against), held.access.limits)
            query = replace(_requests_of(account, principal, access), actions=actions)
            for reading in (MUST, MAY):
                witness = find_witness(access, query, reading=reading)
                if witness is not None:
                    yield Foreign(clause, account, principal, witness, reading == MUST)
                    break


def _requests_of(account: str, principal: str, access: Access) -> Clause:
    """The requests of one principal of an account, which the condition keys that tell its account agree with."""
    keys = {line.key.lower() for one in clauses_of(access) for line in one.predicates}
    lines = tuple(Predicate("StringEquals", key, (account,)) for key in _TELLING if key.lower() in keys)
    who = f"{principal[:-1]}user/x" if is_whole(principal) else principal
    return Clause(ALLOW, Terms(), Terms(), Terms((who,)), lines)
