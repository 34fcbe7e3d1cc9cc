"""Who holds everything, and who holds more than somebody else."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard.access.aws.methods import ARNS, POLICY
from planguard.access.aws.parties import Party
from planguard.access.aws.principals import GROUP, ROLE, USER
from planguard.access.aws.requests import about, earliest, may_request, takes_in
from planguard.access.boxes import clauses_of
from planguard.access.compare import difference
from planguard.access.model import ALLOW, EXACT, MAY, MUST, Access, Clause, Predicate, Terms, Witness
from planguard.access.pattern import STAR_IN_PART

FRESH = "Zq9x7"
"""A name that nobody has given to anything: what is allowed on it is allowed on all that nobody has named."""
FRESH_ACTION = "iam:zq9x7"
"""An action that no policy names: only patterns take it in, which take in what AWS will add as well."""
_EVERYTHING = (
    (FRESH_ACTION, ROLE),
    ("iam:createpolicyversion", POLICY),
    ("iam:putuserpolicy", USER),
    ("iam:putgrouppolicy", GROUP),
    ("iam:createaccesskey", USER),
    ("iam:updateassumerolepolicy", ROLE),
    ("iam:passrole", ROLE),
    ("iam:putrolepolicy", ROLE),
    ("iam:attachrolepolicy", ROLE),
)
"""What an administrator may do, whoever else is asked: with each of them one can give oneself anything."""
ADMINISTRATOR_POLICIES = ("AdministratorAccess", "IAMFullAccess")
CERTAIN, PERHAPS, NOT_MORE = "certain", "perhaps", ""
_MOST_SAMPLES = 64


def on(kind: str, party: Party, name: str, exclude: Iterable[str] = ()) -> Terms:
    """Something of a kind in the account of a principal, as the resource of a request.

    :param name: a name, or a pattern
    """
    arns = [
        ARNS[kind].format(partition=party.partition, account=account, region=STAR_IN_PART, name=name)
        for account in party.accounts
    ]
    nowhere = [f"{arn.partition(STAR_IN_PART)[0]}:*" for arn in arns if STAR_IN_PART in arn]
    return Terms(tuple(arns), tuple(dict.fromkeys((*nowhere, *exclude))))


def context_of(action: str, party: Party, boundary: str | None = None) -> tuple[Predicate, ...]:
    """What is known of the condition keys of a request of a principal.

    :param action: in lower case
    :param boundary: the permissions boundary of whom it is about, empty where there is none; None where nobody knows
    """
    found = [Predicate("StringLike", "aws:PrincipalArn", party.caller_arns)]
    if action in _ATTACHING:
        policies = tuple(f"arn:{party.partition}:iam::aws:policy/{name}" for name in ADMINISTRATOR_POLICIES)
        found.append(Predicate("StringEquals", "iam:PolicyARN", policies))
    if boundary == "":
        found.append(Predicate("Null", "iam:PermissionsBoundary", ("true",)))
    elif boundary is not None:
        found.append(Predicate("StringEquals", "iam:PermissionsBoundary", (boundary,)))
    return tuple(found)


_ATTACHING = frozenset({"iam:attachrolepolicy", "iam:attachuserpolicy", "iam:attachgrouppolicy"})


def administrator(party: Party, reading: str = MUST) -> Witness | None:
    """A request that shows that a principal holds everything, or None.

    It must be allowed every action of IAM with which one gives oneself anything, and those that AWS will add, on
    what nobody has named; conditions may ask for a session of some kind, and not for something of the resource.

    :raises TooComplex: exact comparison is above the bounds
    """
    witness = None
    for action, kind in _EVERYTHING:
        fresh = on(kind, party, FRESH)
        witness = may_request(party.access, action, fresh, context_of(action, party, ""), tags={}, reading=reading)
        if witness is None:
            return None
    return witness


class Surplus:
    """Compares principals with each other, each pair once."""

    def __init__(self) -> None:
        self._administrators: dict[tuple[int, str], Witness | None] = {}
        self._found: dict[tuple[int, int], str] = {}

    def administrator(self, party: Party, reading: str = MUST) -> Witness | None:
        """See :func:`administrator`."""
        key = (id(party), reading)
        if key not in self._administrators:
            self._administrators[key] = administrator(party, reading)
        return self._administrators[key]

    def of(self, other: Party, party: Party) -> str:
        """Whether somebody else holds what a principal does not: certain, perhaps, or not at all.

        :raises TooComplex: exact comparison is above the bounds
        """
        key = (id(other), id(party))
        if key not in self._found:
            self._found[key] = self._compare(other, party)
        return self._found[key]

    def _compare(self, other: Party, party: Party) -> str:
        if other is party:
            return NOT_MORE
        if self.administrator(other) is not None or _has_more(other.access, party.access):
            return CERTAIN
        if self.administrator(other, MAY) is not None:
            return PERHAPS
        found = difference(party.access, other.access, now=earliest())
        if found.new:
            return CERTAIN
        return PERHAPS if found.possible or found.too_complex else NOT_MORE

    @staticmethod
    def gains_by_itself(party: Party) -> bool:
        """Whether a principal gets at more when it writes its own policies: only what its limits leave."""
        if not party.access.limits:
            return True
        whole = Access((Clause(ALLOW, Terms()),), party.access.limits)
        if _has_more(whole, party.access):
            return True
        found = difference(party.access, whole, now=earliest())
        return bool(found.new or found.too_complex)


def _has_more(more: Access, less: Access) -> bool:
    """A quick test that finds most of what one access allows and another does not: actions that it has not at all."""
    return any(
        about(less, action) is None and may_request(more, action, Terms()) is not None
        for action in _samples(more)
        if "*" not in action
    )


def _samples(access: Access) -> Iterator[str]:
    """Some actions that the clauses of an access name."""
    seen: set[str] = set()
    for clause in clauses_of(access):
        if clause.effect != ALLOW or clause.bound != EXACT:
            continue
        for pattern in clause.actions.include:
            action = "iam:zq9x7" if pattern == "*" else pattern.replace("*", "zq9").replace("?", "z")
            if action not in seen and takes_in(clause.actions, action):
                seen.add(action)
                yield action
                if len(seen) >= _MOST_SAMPLES:
                    return
