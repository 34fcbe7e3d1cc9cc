"""Whether a principal may read any secret: the value of a secret or parameter, or what any key encrypts.

Sources: Service Authorization Reference (actions of Secrets Manager, Systems Manager and KMS, and the ARNs of their
resources); AWS Secrets Manager User Guide, "Permissions policy examples" (a secret's ARN ends in six random signs).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache

from msgspec import Struct

from planguard.access.aws.catalogue import spelled
from planguard.access.model import ALLOW, LOWER, MAY, MUST, UPPER, Access, Clause, Origin, Terms, Witness
from planguard.access.questions import find_witness


class Reading(Struct, frozen=True):
    """A way to read secrets.

    :ivar actions: the actions, any of which does it
    :ivar what: what is read
    :ivar resource: the ARN of one that nobody has named, for a region and an account
    """

    actions: tuple[str, ...]
    what: str
    resource: str


READINGS = (
    Reading(
        ("secretsmanager:getsecretvalue", "secretsmanager:batchgetsecretvalue"),
        "secret",
        "arn:{}:secretsmanager:{}:{}:secret:any-secret-x1y2z3",
    ),
    Reading(
        ("ssm:getparameter", "ssm:getparameters", "ssm:getparametersbypath", "ssm:getparameterhistory"),
        "parameter",
        "arn:{}:ssm:{}:{}:parameter/any/parameter",
    ),
    Reading(("kms:decrypt",), "key", "arn:{}:kms:{}:{}:key/0a0a0a0a-0b0b-0c0c-0d0d-0e0e0e0e0e0e"),
)
_DEFAULT = ("aws", "us-east-1", "111122223333")
_NARROWING = (
    "aws:resourcetag/", "secretsmanager:resourcetag/", "ssm:resourcetag/", "kms:encryptioncontext", "kms:viaservice",
    "kms:resourcealiases", "kms:requestalias", "secretsmanager:name", "secretsmanager:secretid",
)  # fmt: skip
"""Keys of conditions that say which secrets, or what for."""
_ANY_OF_IAM = "iam:anynewaction"
_WILD = re.compile(r"[*?]")


class Readable(Struct, frozen=True):
    """Secrets of a kind that a principal may read, whatever they are called.

    :ivar spelled: the action, as AWS writes it
    :ivar clause: the first statement that allows it
    :ivar origins: all statements that do
    """

    spelled: str
    what: str
    witness: Witness
    clause: Clause
    origins: tuple[Origin, ...]
    is_certain: bool


@lru_cache(maxsize=1024)
def secrets_readable(access: Access) -> tuple[Readable, ...]:
    """Which kinds of secrets may be read under any name; each kind once, with the first action that does it.

    :raises TooComplex: exact comparison is above the bounds
    """
    kinds = [(kind, clauses) for kind in READINGS if (clauses := _allowing(access, kind))]
    found = (_readable(access, kind, clauses) for kind, clauses in kinds)
    return tuple(one for one in found if one is not None)


def may_hold_everything(access: Access) -> bool:
    """Whether a principal may be an administrator: some statement takes in all of IAM, whatever comes to it."""
    return any(one.effect == ALLOW and _takes_in(one.actions, _ANY_OF_IAM) for one in access.clauses)


def _allowing(access: Access, kind: Reading) -> list[tuple[Clause, str, str]]:
    """The statements that allow it on names that nobody gave, each with an action and the resource."""
    found = []
    for clause in access.clauses:
        if clause.effect != ALLOW or _is_narrowed(clause):
            continue
        action = next((one for one in kind.actions if _takes_in(clause.actions, one)), None)
        resource = _resource_of(clause.resources, kind) if action is not None else None
        if action is not None and resource is not None:
            found.append((clause, action, resource))
    return found


def _readable(access: Access, kind: Reading, clauses: list[tuple[Clause, str, str]]) -> Readable | None:
    left = tuple(one for one in access.clauses if one.effect != ALLOW or not _is_narrowed(one))
    asked = Access(left, access.limits)
    for reading, bound in ((MUST, UPPER), (MAY, LOWER)):
        for clause, action, resource in clauses:
            if clause.bound == bound:
                continue
            witness = find_witness(asked, Clause(ALLOW, Terms((action,)), Terms((resource,))), reading=reading)
            if witness is not None:
                origins = tuple(sorted({one.origin for one, _, _ in clauses}))
                return Readable(spelled(action), kind.what, witness, clause, origins, reading == MUST)
    return None


def _is_narrowed(clause: Clause) -> bool:
    return any(
        line.key.lower().startswith(_NARROWING) and "not" not in line.operator.lower() for line in clause.predicates
    )


def _takes_in(terms: Terms, text: str) -> bool:
    return _any(terms.include, text) and not _any(terms.exclude, text)


def _any(patterns: Iterable[str], text: str) -> bool:
    return any(_regex(one).match(text) for one in patterns)


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(translate(pattern.replace("[", "[[]")))


def _resource_of(terms: Terms, kind: Reading) -> str | None:
    """A resource of a kind with a name that nobody gave and that some terms take in; None where there is none."""
    for pattern in terms.include:
        place = [
            default if not part or _WILD.search(part) else part
            for part, default in zip(_place_in(pattern), _DEFAULT, strict=True)
        ]
        resource = kind.resource.format(*place)
        if _takes_in(terms, resource):
            return resource
    return None


def _place_in(pattern: str) -> tuple[str, str, str]:
    """Partition, region and account of a pattern; empty where it has none."""
    parts = pattern.split(":", 5)
    return (parts[1], parts[3], parts[4]) if len(parts) == 6 else ("", "", "")
