"""Random policies over small alphabets, so that they overlap, and random requests that are drawn from them.

A policy variable stands for one value that is not known; whether a ``?`` matches it, nobody can say. What is compared
with the reference therefore has variables, or question marks where they could stand, and never both (``settled``).

Everything takes a :class:`random.Random`. Hypothesis makes such ones that it can shrink (``DOCUMENTS``); a plain one
with a seed is fast enough for tens of thousands of pairs.
"""

from __future__ import annotations

import copy
import re
from collections.abc import Iterator
from random import Random
from typing import Any

from hypothesis import strategies as st

from tests.access.reference import Request

Document = dict[str, Any]
Statement = dict[str, Any]

ACCOUNTS = ("111122223333", "444455556666")
PRINCIPALS = (
    *(f"arn:aws:iam::{account}:role/{name}" for account in ACCOUNTS for name in ("a", "b")),
    f"arn:aws:sts::{ACCOUNTS[0]}:assumed-role/a/s",
    f"arn:aws:iam::{ACCOUNTS[0]}:user/a",
)
SERVICES = ("ec2.amazonaws.com", "lambda.amazonaws.com")
PROVIDERS = ("accounts.google.com", f"arn:aws:iam::{ACCOUNTS[0]}:saml-provider/a")

USERNAME = "zz-user-zz"
"""What ``aws:username`` is: long, as no pattern of ours has so many question marks."""
STRINGS = {
    "s3:prefix": ("a", "b", "A", "ab", "a*", "*b", "?", "a?b", "*", "${aws:username}", "${aws:username}/*", "${*}a"),
    "aws:PrincipalTag/Team": ("a", "b", "B", "a*", "??", "*a*", "${aws:PrincipalTag/o, 'none'}"),
}
ARNS = {
    "aws:SourceArn": (
        "arn:aws:sns:*:*:a", "arn:aws:sns:eu:1:a", "arn:aws:s3:::*", "arn:*:s?s:*:1:*", "*", "arn:aws:sns:eu:1:a:b",
        "arn:aws:sns:eu:1:a*", "arn:aws:*:*:*:?",
    ),
}  # fmt: skip
ADDRESSES = {
    "aws:SourceIp": ("10.0.0.0/8", "10.1.0.0/16", "10.1.2.3", "0.0.0.0/0", "203.0.113.0/24", "2001:db8::/32", "::/0"),
}
NUMBERS = {"s3:max-keys": ("1", "5", "10", 5), "x:Size": ("1", "2", 1.5, "-3")}
DATES = {"aws:CurrentTime": ("2020-01-01T00:00:00Z", "2024-06-01", "2030-01-01T00:00:00Z", "1700000000")}
TRUTHS = {"aws:MultiFactorAuthPresent": ("true", "false", True), "aws:SecureTransport": ("true", "false", False)}
BINARIES = {"x:Digest": ("YQ==", "YmM=")}
SETS = {"aws:TagKeys": ("a", "b", "a*", "*b", "c")}
_SAMPLES: dict[str, tuple[str, ...]] = {
    "s3:prefix": ("a", "b", "A", "ab", "acb", "*a", "c", USERNAME, f"{USERNAME}/x"),
    "aws:principaltag/team": ("a", "b", "B", "ab", "none", "ccc"),
    "aws:sourcearn": (
        "arn:aws:sns:eu:1:a", "arn:aws:sns:us:2:a", "arn:aws:s3:::b", "arn:aws:s3:::b:c", "arn:aws:sqs:eu:1:a:b",
        "arn:aws:sns:eu:1:a:b", "arn:cn:sns:eu:1:b", "a",
    ),
    "aws:sourceip": ("10.0.0.1", "10.1.0.1", "10.1.2.3", "203.0.113.9", "8.8.8.8", "2001:db8::1", "2a00::1"),
    "s3:max-keys": ("0", "1", "3", "5", "6", "9", "10", "11"),
    "x:size": ("-4", "-3", "0", "1", "1.25", "1.5", "1.50", "2", "3"),
    "aws:currenttime": (
        "2019-05-05T00:00:00Z", "2020-01-01T00:00:00Z", "2023-11-14T22:13:20Z", "2025-01-01T00:00:00Z",
        "2024-06-01T00:00:00Z", "2031-01-01T00:00:00Z",
    ),
    "aws:multifactorauthpresent": ("true", "false"),
    "aws:securetransport": ("true", "false"),
    "x:digest": ("YQ==", "YmM=", "Yw=="),
}  # fmt: skip
_NEVER_ABSENT = ("aws:currenttime", "aws:securetransport")

_ORDERS = ("Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan", "GreaterThanEquals")
_STRING_OPERATORS = (
    "StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "StringLike",
    "StringNotLike",
)  # fmt: skip
_KINDS: tuple[tuple[tuple[str, ...], dict[str, tuple[Any, ...]]], ...] = (
    (_STRING_OPERATORS, STRINGS),
    (_STRING_OPERATORS, STRINGS),
    (("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringNotEquals"), ARNS),
    (("IpAddress", "NotIpAddress"), ADDRESSES),
    (tuple(f"Numeric{order}" for order in _ORDERS), NUMBERS),
    (tuple(f"Date{order}" for order in _ORDERS), DATES),
    (("Bool",), TRUTHS),
    (("BinaryEquals",), BINARIES),
)


# -- policies ------------------------------------------------------------------------------------------------------


def random_document(random: Random, *, plane: str = "identity") -> Document:
    """A policy of one to three statements.

    :param plane: ``identity`` (no principals) or ``resource``
    """
    some = random.choice((1, 1, 2, 2, 3))
    statements = [random_statement(random, plane=plane) for _ in range(some)]
    return {"Version": "2012-10-17", "Statement": statements}


def random_statement(random: Random, *, effect: str | None = None, plane: str = "identity") -> Statement:
    """One statement; two in three allow."""
    statement: Statement = {"Effect": effect or random.choice(("Allow", "Allow", "Deny"))}
    if plane == "resource":
        statement[random.choice(("Principal",) * 5 + ("NotPrincipal",))] = random_principals(random)
    action = "NotAction" if random.random() < 0.15 else "Action"
    statement[action] = _one_or_more(random, [random_action(random) for _ in range(random.choice((1, 1, 2, 3)))])
    resource = "NotResource" if random.random() < 0.15 else "Resource"
    statement[resource] = _one_or_more(random, [random_resource(random) for _ in range(random.choice((1, 1, 2)))])
    if random.random() < 0.6:
        statement["Condition"] = random_condition(random)
    return statement


def _one_or_more(random: Random, values: list[Any]) -> Any:
    return values[0] if len(values) == 1 and random.random() < 0.5 else values


def random_glob(random: Random, letters: str = "ab", longest: int = 4) -> str:
    """A short text of few letters, stars and question marks."""
    return "".join(random.choice(letters * 2 + "*?") for _ in range(random.randint(1, longest)))


def random_action(random: Random) -> str:
    """An action, often with wildcards, now and then of another case."""
    if random.random() < 0.12:
        return "*"
    service = random.choice(("s3", "s3", "s3", "ec2", "s?", "S3"))
    return f"{service}:{random_glob(random, 'aB')}"


def random_resource(random: Random) -> str:
    """A resource, often with wildcards, now and then with a policy variable."""
    chance = random.random()
    if chance < 0.15:
        return "*"
    if chance < 0.25:
        return random.choice(
            ("arn:aws:s3:::a/${aws:username}", "arn:aws:s3:::${aws:username}*", "arn:aws:s3:::a${*}")
        )
    return "arn:aws:s3:::" + random_glob(random, "ab/")


def random_principals(random: Random) -> Any:
    """The value of a ``Principal`` element."""
    chance = random.random()
    if chance < 0.15:
        return "*"
    if chance < 0.25:
        return {"AWS": "*"}
    if chance < 0.4:
        return {"Service": random.sample(SERVICES, random.choice((1, 2)))}
    if chance < 0.5:
        return {"Federated": random.choice(PROVIDERS)}
    names = (*PRINCIPALS, *ACCOUNTS, *(f"arn:aws:iam::{account}:root" for account in ACCOUNTS))
    found: dict[str, Any] = {"AWS": random.sample(names, random.choice((1, 1, 2)))}
    if random.random() < 0.2:
        found["Service"] = random.choice(SERVICES)
    return found


def random_condition(random: Random) -> dict[str, dict[str, Any]]:
    """One or two lines of a condition."""
    found: dict[str, dict[str, Any]] = {}
    for _ in range(random.choice((1, 1, 2))):
        operator, key, values = _random_line(random)
        found.setdefault(operator, {})[key] = values
    return found


def _random_line(random: Random) -> tuple[str, str, Any]:
    chance = random.random()
    if chance < 0.1:
        keys = [key for _, table in _KINDS for key in table if key.lower() not in _NEVER_ABSENT]
        return "Null", random.choice([*keys, *SETS]), random.choice(("true", "false", True))
    if chance < 0.22:
        key, texts = random.choice(list(SETS.items()))
        operator = f"{random.choice(('ForAllValues', 'ForAnyValue'))}:{random.choice(_STRING_OPERATORS)}"
        return operator, key, random.sample(texts, random.choice((1, 2)))
    operators, table = random.choice(_KINDS)
    key, values = random.choice(list(table.items()))
    operator = random.choice(operators)
    if random.random() < 0.2:
        operator += "IfExists"
    elif random.random() < 0.08:
        operator = f"{random.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
    if random.random() < 0.1:
        key = key.lower()
    return operator, key, _one_or_more(random, random.sample(values, min(random.choice((1, 1, 2)), len(values))))


def changed(random: Random, document: Document, *, plane: str = "identity") -> Document:
    """A policy like another one: a statement more, less, or with one element drawn anew."""
    after = copy.deepcopy(document)
    statements = after["Statement"]
    what = random.choice(("more", "less", "element", "element", "element", "effect"))
    if what == "more" or not statements:
        statements.append(random_statement(random, plane=plane))
    elif what == "less":
        statements.pop(random.randrange(len(statements)))
    else:
        one = random.choice(statements)
        if what == "effect":
            one["Effect"] = "Deny" if one["Effect"] == "Allow" else "Allow"
        else:
            fresh = random_statement(random, effect=one["Effect"], plane=plane)
            part = random.choice(("Action", "Resource", "Condition", "Principal"))
            for key in (part, f"Not{part}"):
                one.pop(key, None)
                if key in fresh:
                    one[key] = fresh[key]
    return after


# -- requests ------------------------------------------------------------------------------------------------------


def random_request(random: Random, *documents: Document) -> Request:
    """A request that has a good chance of being meant by some statement of the documents."""
    statements = [one for document in documents for one in document["Statement"]]
    if not statements:
        return Request("AWS:" + PRINCIPALS[0], "s3:a", "arn:aws:s3:::a")
    one = random.choice(statements)
    action = instance(random, random.choice(_values(one, "Action")), "abc")
    resource = instance(random, random.choice(_values(one, "Resource")), "abc/:")
    return Request(_random_principal(random), action, resource, _random_context(random, statements))


def instance(random: Random, pattern: str, letters: str) -> str:
    """A text that a pattern means, or nearly."""
    text = pattern.replace("${aws:username}", USERNAME).replace("${*}", random.choice("*a"))
    found = []
    for char in text:
        if char == "*":
            found.append("".join(random.choice(letters) for _ in range(random.choice((0, 1, 1, 2)))))
        else:
            found.append(random.choice(letters) if char == "?" else char)
    if random.random() < 0.1 and found:
        found[random.randrange(len(found))] = random.choice(letters)
    text = "".join(found)
    return text.swapcase() if random.random() < 0.03 else text


def _values(statement: Statement, element: str) -> list[str]:
    found = statement.get(element, statement.get(f"Not{element}"))
    return found if isinstance(found, list) else [found]


def _random_principal(random: Random) -> str:
    kind, names = random.choice((*[("AWS", PRINCIPALS)] * 3, ("Service", SERVICES), ("Federated", PROVIDERS)))
    return f"{kind}:{random.choice(names)}"


def _random_context(random: Random, statements: list[Statement]) -> dict[str, str | list[str]]:
    keys = sorted({
        key.lower() for one in statements for line in one.get("Condition", {}).values() for key in line
    })  # fmt: skip
    found: dict[str, str | list[str]] = {"aws:username": USERNAME}
    for key in keys:
        if key not in _NEVER_ABSENT and random.random() < 0.25:
            continue
        if key == "aws:tagkeys":
            found[key] = random.sample(("a", "b", "ab", "c", "d", "A"), random.choice((1, 1, 2, 3)))
        else:
            found[key] = random.choice(_SAMPLES[key])
    return found


# -- rewritings ----------------------------------------------------------------------------------------------------


def settled(document: Document, *, has_variables: bool) -> Document:
    """The policy without question marks beside its variables, or without variables."""
    return {
        **document,
        "Statement": [
            {element: _settled(value, has_variables) if element in _WITH_VARIABLES else value
             for element, value in one.items()}
            for one in document["Statement"]
        ],
    }  # fmt: skip


_WITH_VARIABLES = ("Resource", "NotResource", "Condition")


def _settled(value: Any, has_variables: bool) -> Any:
    if isinstance(value, dict):
        return {key: _settled(one, has_variables) for key, one in value.items()}
    if isinstance(value, list):
        return [_settled(one, has_variables) for one in value]
    if not isinstance(value, str):
        return value
    return value.replace("?", "a") if has_variables else re.sub(r"\$\{aws:[^}]*\}", "a", value)


def shuffled(random: Random, value: Any) -> Any:
    """The same policy with its statements, its lists and its keys in another order."""
    if isinstance(value, dict):
        keys = list(value)
        random.shuffle(keys)
        return {key: shuffled(random, value[key]) for key in keys}
    if isinstance(value, list):
        items = [shuffled(random, item) for item in value]
        random.shuffle(items)
        return items
    return value


def split(document: Document) -> Document:
    """The same policy with one statement for each action of an ``Action`` list."""
    statements = []
    for one in document["Statement"]:
        if "Action" in one and isinstance(one["Action"], list):
            statements += [{**one, "Action": action} for action in one["Action"]]
        else:
            statements.append(one)
    return {**document, "Statement": statements}


def leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """The places of all leaves of a policy's statements."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from leaves(item, (*path, index))
    else:
        yield path


def replaced(document: Document, path: tuple[Any, ...], new: Any) -> Document:
    """The policy with another value at one place."""
    after = copy.deepcopy(document)
    place: Any = after
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = new
    return after


RANDOMS = st.randoms(use_true_random=False)
"""Sources of chance that Hypothesis can shrink."""
