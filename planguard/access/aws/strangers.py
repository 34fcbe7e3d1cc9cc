"""Whom the policy of a resource lets in that its owner has never named: anybody at all.

A *stranger* has an account of AWS, or has signed in with a web identity provider that is open to everybody, and is
named nowhere: no condition key that tells who asks, or from where, has one of the fixed values that a policy lists.
What a stranger chooses freely (tags, external ids, user agents) has any value.

Sources: Amazon S3 User Guide, "The meaning of public" ("Blocking public access to your Amazon S3 storage"); Amazon
EFS User Guide, "The meaning of public" ("Blocking public access to file systems"); IAM User Guide, "AWS global
condition context keys".
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Network, collapse_addresses, ip_network

from msgspec import Struct
from msgspec.structs import replace

from planguard.access.condition import PRESENCE, parse_predicate
from planguard.access.model import ALLOW, MAY, MUST, UPPER, Access, Clause, Predicate, Terms, Witness
from planguard.access.pattern import is_symbol, symbol_name
from planguard.access.questions import find_witness

OPEN_PROVIDERS = {
    "Federated:accounts.google.com": "Google",
    "Federated:cognito-identity.amazonaws.com": "Cognito",
    "Federated:graph.facebook.com": "Facebook",
    "Federated:www.amazon.com": "Amazon",
}
"""Identity providers at which anybody can sign up."""

TELLING = frozenset({
    "aws:principalaccount", "aws:principalarn", "aws:principalorgid", "aws:principalorgpaths", "aws:sourceaccount",
    "aws:sourcearn", "aws:sourceip", "aws:sourceorgid", "aws:sourceorgpaths", "aws:sourceowner", "aws:sourcevpc",
    "aws:sourcevpcarn", "aws:sourcevpce", "aws:userid", "aws:vpceaccount", "aws:vpceorgid", "aws:vpceorgpaths",
    "aws:vpcsourceip", "elasticfilesystem:accesspointarn", "kms:calleraccount", "s3:dataaccesspointaccount",
    "s3:dataaccesspointarn", "s3:x-amz-server-side-encryption-aws-kms-key-id",
})  # fmt: skip
"""Condition keys that say who asks, or from where, in values that a stranger cannot choose."""

_STRANGER = (
    Predicate("BoolIfExists", "aws:PrincipalIsAWSService", ("false",)),
    Predicate("Bool", "aws:ViaAWSService", ("false",)),
    Predicate("BoolIfExists", "elasticfilesystem:AccessedViaMountTarget", ("false",)),
    Predicate("Null", "aws:PrincipalServiceName", ("true",)),
    Predicate("Null", "aws:PrincipalServiceNamesList", ("true",)),
)
"""What is true of a request that a stranger makes: no service of AWS and no network of the owner makes it."""
_NAMING = ("arn", "arns", ".id", "_id")
"""How attributes end that hold the name of something, never a wildcard."""
_ACCOUNTS = tuple(str(digit) * 12 for digit in (9, 8, 7, 6))
_WIDEST = {4: 8, 6: 32}
_ROLE_SESSION = re.compile(r"A[A-Z0-9]{3,}:\*")
_ARN_OF_ACCOUNT = re.compile(r"arn:[^:]*:[^:]*:[^:]*:\d{12}:")
_ARN_OF_BUCKET = re.compile(r"arn:[^:]*:s3:[^:]*:[^:]*:[^*?/:]+(?:/.*)?")
_ORGANIZATION = re.compile(r"o-[a-z0-9]+/")


class LetIn(Struct, frozen=True):
    """A statement that lets strangers in.

    :ivar who: ``anybody``, or ``anybody at Facebook``
    :ivar witness: a request of a stranger that is allowed
    """

    clause: Clause
    who: str
    witness: Witness
    is_certain: bool


def strangers_let_in(access: Access) -> list[LetIn]:
    """The statements of a resource's policies that let strangers in, after all that denies or limits it.

    :returns: each statement with each kind of strangers
    :raises TooComplex: exact comparison is above the bounds
    """
    allowing = ((one, _perhaps_anybody(one)) for one in access.clauses if one.effect == ALLOW)
    candidates = [(one, seen) for one, seen in allowing if _strangers_named(seen)]
    if not candidates:
        return []
    against = [seen for one in access.clauses if one.effect != ALLOW and (seen := _as_stranger(one)) is not None]
    limits = tuple(tuple(seen for one in limit if (seen := _as_stranger(one)) is not None) for limit in access.limits)
    account = _account_of_nobody(access)
    found = []
    for clause, named in candidates:
        seen = _as_stranger(named)
        if seen is None:
            continue
        asked = Access((seen, *against), limits)
        found += [one for who in _strangers_named(named) if (one := _asked(clause, who, asked, account)) is not None]
    return found


def _perhaps_anybody(clause: Clause) -> Clause:
    """The same statement; for anybody, perhaps, where a principal is a value that may turn out to be ``*``."""
    if "*" in clause.principals.include or not any(map(_may_be_a_star, clause.principals.include)):
        return clause
    return replace(clause, principals=Terms(), bound=UPPER)


def _may_be_a_star(principal: str) -> bool:
    kind, _, name = principal.partition(":")
    return kind == "AWS" and len(name) == 1 and is_symbol(name) and not symbol_name(name).endswith(_NAMING)


def _asked(clause: Clause, who: str, access: Access, account: str) -> LetIn | None:
    principal = who or f"AWS:arn:aws:iam::{account}:user/x"
    told = f"anybody at {OPEN_PROVIDERS[who]}" if who else "anybody"
    keys = {line.key.lower() for one in _all_clauses(access) for line in one.predicates}
    lines = tuple(line for line in _STRANGER if line.key.lower() in keys)
    query = Clause(ALLOW, Terms(), Terms(), Terms((principal,)), lines)
    for reading in (MUST, MAY):
        witness = find_witness(access, query, reading=reading)
        if witness is not None:
            return LetIn(clause, told, witness, reading == MUST)
    return None


def _all_clauses(access: Access) -> Iterable[Clause]:
    yield from access.clauses
    for limit in access.limits:
        yield from limit


def _strangers_named(clause: Clause) -> list[str]:
    """Which strangers a statement speaks of: the empty text for anybody with an account."""
    if any(one in {"*", "AWS:*"} for one in clause.principals.include):
        return [""]
    return sorted({one for one in clause.principals.include if one in OPEN_PROVIDERS})


def _account_of_nobody(access: Access) -> str:
    named = {text for one in _all_clauses(access) for text in (*one.principals.include, *one.principals.exclude)}
    return next((one for one in _ACCOUNTS if not any(one in text for text in named)), _ACCOUNTS[0])


# -- conditions, as they are for strangers ---------------------------------------------------------------------------


def _as_stranger(clause: Clause) -> Clause | None:
    """A statement as it holds for strangers; None where its condition never does."""
    kept = []
    for line in clause.predicates:
        seen = _line_of_stranger(line)
        if seen is False:
            return None
        if seen is not True:
            kept.append(seen)
    return replace(clause, predicates=tuple(kept))


def _line_of_stranger(line: Predicate) -> Predicate | bool:
    """A line of a condition for a stranger: true, false, or the line with the values that a stranger may have."""
    if line.key.lower() not in TELLING:
        return line
    operator = line.operator.lower()
    name = operator.rpartition(":")[2].removesuffix("ifexists")
    if name == "null" or parse_predicate(line).kind == PRESENCE:
        return line
    left = free_values(line)
    if len(left) == len(line.values) and left:
        return line
    if left:
        return replace(line, values=left)
    if "not" in name:
        return True
    return name != operator.rpartition(":")[2] or operator.startswith("forallvalues:")


def is_limiting(line: Predicate) -> bool:
    """Whether a line of a condition lets only callers, networks or sources through that it lists."""
    return _line_of_stranger(line) is False


def free_values(line: Predicate) -> tuple[str, ...]:
    """The values of a line that a stranger may have: those that are not fixed."""
    key = line.key.lower()
    if "ipaddress" in line.operator.lower():
        return _wide(line.values)
    exact = "equals" in line.operator.lower() and "arn" not in line.operator.lower()
    return tuple(one for one in line.values if not _is_fixed(key, one, exact=exact))


def _is_fixed(key: str, value: str, *, exact: bool) -> bool:
    if any(is_symbol(char) and _is_variable(char) for char in value):
        return False
    if exact or not ("*" in value or "?" in value):
        return True
    if key == "aws:userid":
        return bool(_ROLE_SESSION.fullmatch(value))
    if key.endswith("orgpaths"):
        return bool(_ORGANIZATION.match(value))
    if any(map(is_symbol, re.split(r"[*?]", value, maxsplit=1)[0])):
        return True  # what comes after the name of something in the plan
    return bool(_ARN_OF_ACCOUNT.match(value) or (key == "aws:sourcearn" and _ARN_OF_BUCKET.fullmatch(value)))


def _is_variable(char: str) -> bool:
    """Whether a symbol is a policy variable, ``aws:PrincipalAccount``, and no attribute of a resource."""
    return ":" in symbol_name(char).split(".")[0].split("[")[0]


def _wide(values: tuple[str, ...]) -> tuple[str, ...]:
    """The ranges that are too wide to be somebody's, those that lie beside each other taken together.

    Addresses that are known after apply only are those of something in the plan.
    """
    v4: list[IPv4Network] = []
    v6: list[IPv6Network] = []
    for value in values:
        try:
            network = ip_network(value.strip(), strict=False)
        except ValueError:
            continue
        if isinstance(network, IPv4Network):
            v4.append(network)
        else:
            v6.append(network)
    found: list[IPv4Network | IPv6Network] = [*collapse_addresses(v4), *collapse_addresses(v6)]
    return tuple(str(one) for one in found if not one.is_private and one.prefixlen < _WIDEST[one.version])
