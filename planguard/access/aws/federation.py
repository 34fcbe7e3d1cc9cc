"""Whose tokens of an OpenID Connect provider the trust policy of a role takes.

A token says in its claims for whom it was made out. Of an issuer that serves many organizations (GitHub Actions,
GitLab, HCP Terraform …) only the claims tell whose it is; of one that serves a single one (a cluster of EKS, say)
they tell which of its workloads has it. The audience tells neither: whoever may ask for a token names it.

Sources: IAM User Guide, "Create a role for OpenID Connect federation" and "Available keys for AWS web identity
federation"; OpenID Connect Core 1.0, section 2 (every ID token has a subject); see ``planguard.access.aws.issuers``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from fnmatch import translate

from msgspec import Struct

from planguard.access.atoms import literally
from planguard.access.aws.issuers import CLUSTER, OTHER, Issuer, issuer_of
from planguard.access.condition import split_operator
from planguard.access.model import ALLOW, ANYTHING, MAY, MUST, UPPER, Access, Clause, Predicate, Terms
from planguard.access.pattern import LITERAL_QUESTION, LITERAL_STAR, is_symbol, symbol_name
from planguard.access.questions import find_witness

ACTION = "sts:assumerolewithwebidentity"
_PROVIDER = ":oidc-provider/"
_COMMON_AUDIENCES = frozenset({"sts.amazonaws.com", "aws.workload.identity"})
"""Audiences that say nothing of who asks: they are those of AWS."""
_SERVICE_ACCOUNT = "system:serviceaccount:"
_SUBJECTS = (_SERVICE_ACCOUNT, "repo:", "project_path:", "organization:")
"""How subjects begin, and no audience."""
_WILD = re.compile(r"[*?]")
_EQUAL = {"stringequals": True, "stringequalsignorecase": True, "stringlike": False}
"""Operators that let only listed values through, and whether they take them literally."""


class Taken(Struct, frozen=True):
    """A statement that takes tokens of more than it should.

    :ivar subject: the subject of such a token; empty where it may have none
    :ivar values: what the statement compares the subject with, sorted; nothing where it does not
    :ivar is_certain: whether it takes them whatever the unknown turns out to be
    """

    clause: Clause
    issuer: Issuer
    subject: str
    values: tuple[str, ...]
    is_certain: bool = True


class _Question(Struct, frozen=True):
    """One provider in one statement.

    :ivar key: the condition key of the subject
    :ivar listed: the values that the subject is compared with, as patterns
    :ivar named: those, and the values that denials compare it with
    """

    clause: Clause
    access: Access
    principal: str
    issuer: Issuer
    prefix: str
    key: str
    listed: tuple[str, ...]
    named: tuple[str, ...]


def tokens_of_anybody(access: Access) -> Iterator[Taken]:
    """The statements of a trust policy that take tokens of other organizations, or all tokens of an issuer.

    :raises TooComplex: exact comparison is above the bounds
    """
    for one in access.clauses:
        if one.effect == ALLOW and one.bound == UPPER and one.principals.include == ANYTHING and _takes_tokens(one):
            yield Taken(one, OTHER, "", (), is_certain=False)
    for question in _questions(access):
        if not _is_told_otherwise(question):
            found = _asked(question, _is_owned, is_there=True)
            if found is not None:
                yield found


def tokens_of_several(access: Access) -> Iterator[Taken]:
    """The statements that take tokens of more than one workload on one branch, or in one environment.

    :raises TooComplex: exact comparison is above the bounds
    """
    for question in _questions(access):
        if question.listed:
            found = _asked(question, _is_of_one, is_there=True) or _asked(question, _is_of_one, is_there=False)
            if found is not None:
                yield found


def _questions(access: Access) -> Iterator[_Question]:
    against = tuple(one for one in access.clauses if one.effect != ALLOW)
    for clause in access.clauses:
        if clause.effect != ALLOW or not _takes_tokens(clause):
            continue
        for principal in clause.principals.include:
            prefix = _prefix_of(principal, clause)
            if prefix is not None:
                yield _question(clause, Access((clause, *against), access.limits), principal, prefix)


def _question(clause: Clause, access: Access, principal: str, prefix: str) -> _Question:
    key = _key_of_subject(clause, prefix)
    listed = {text for one in clause.predicates if one.key.lower() == key.lower() for text in _patterns(one)}
    named = {
        text
        for each in access.clauses
        for one in each.predicates
        if one.key.lower() == key.lower()
        for text in _patterns(one, with_negated=True)
    }
    is_cluster = any(one.startswith(_SERVICE_ACCOUNT) for one in listed)
    issuer = CLUSTER if is_cluster or _is_of_cluster(prefix) else issuer_of(prefix)
    return _Question(clause, access, principal, issuer, prefix, key, tuple(sorted(listed)), tuple(sorted(named)))


def _key_of_subject(clause: Clause, prefix: str) -> str:
    """The key of the subject; where a key is known after apply only, the one whose values are subjects."""
    for line in clause.predicates:
        is_later = len(line.key) == 1 and is_symbol(line.key)
        if is_later and any(one.startswith(_SUBJECTS) for one in line.values):
            return line.key
    return f"{prefix}:sub"


def _takes_tokens(clause: Clause) -> bool:
    def has(patterns: Iterable[str]) -> bool:
        return any(re.match(translate(one), ACTION) for one in patterns)

    return has(clause.actions.include) and not has(clause.actions.exclude)


def _prefix_of(principal: str, clause: Clause) -> str | None:
    """What the condition keys of a provider begin with; None for a principal that is no such provider."""
    kind, _, name = principal.partition(":")
    if kind != "Federated" or ":saml-provider/" in name:
        return None
    prefix = name.partition(_PROVIDER)[2].rstrip("/") if _PROVIDER in name else name
    if any(is_symbol(char) or char == "*" for char in prefix):
        named = {
            one.key.rpartition(":")[0] for one in clause.predicates if one.key.lower().endswith((":sub", ":aud"))
        }
        return named.pop() if len(named) == 1 else prefix
    return prefix


def _is_of_cluster(prefix: str) -> bool:
    return any(is_symbol(char) and "aws_eks_cluster." in symbol_name(char) for char in prefix)


def _patterns(line: Predicate, *, with_negated: bool = False) -> list[str]:
    """The values that a line lets through, as patterns; nothing for one that does not list any.

    :param with_negated: those that it stops as well
    """
    _, operator, _ = split_operator(line.operator)
    if with_negated:
        operator = operator.replace("not", "", 1)
    if operator not in _EQUAL:
        return []
    return [literally(one) if _EQUAL[operator] else one for one in line.values]


# -- whose a subject is ----------------------------------------------------------------------------------------------


def _is_owned(issuer: Issuer, value: str) -> bool:
    """Whether only one organization has subjects that match a value."""
    if issuer.owner:
        return bool(re.fullmatch(issuer.owner, _unescaped(value), re.DOTALL))
    return bool(_WILD.sub("", value))


def _is_of_one(issuer: Issuer, value: str) -> bool:
    """Whether a value is one workload, on one branch or in one environment."""
    return not _WILD.search(value) or bool(re.fullmatch(issuer.one, value, re.DOTALL))


def _unescaped(value: str) -> str:
    """A value whose literal stars are ordinary characters."""
    return value.replace(LITERAL_STAR, "+").replace(LITERAL_QUESTION, "+")


def _is_told_otherwise(question: _Question) -> bool:
    """Whether another claim tells whose a token is: the repository, or the audience where that is one's own."""
    issuer, prefix = question.issuer, question.prefix.lower()
    claims = issuer.claims or (("aud",) if issuer is OTHER else ())
    for line in question.clause.predicates:
        before, _, claim = line.key.lower().rpartition(":")
        values = _patterns(line)
        if before == prefix and claim in claims and values and not _is_for_all(line):
            common = {*_COMMON_AUDIENCES, prefix} if claim == "aud" and issuer is OTHER else set()
            if not any(_begins_wild(one) or one.removeprefix("https://").lower() in common for one in values):
                return True
    return False


def _is_for_all(line: Predicate) -> bool:
    quantifier, _, if_exists = split_operator(line.operator)
    return quantifier == "forallvalues" or if_exists


def _begins_wild(value: str) -> bool:
    """Whether a value does not even name the first part of what it is compared with."""
    return bool(_WILD.search(value.partition("/")[0]))


# -- which token shows it --------------------------------------------------------------------------------------------


def _asked(question: _Question, is_good: Callable[[Issuer, str], bool], *, is_there: bool) -> Taken | None:
    """A token that a statement takes although its subject is none of the good ones.

    A value that is known after apply only may be good, or may turn out to be a wildcard.

    :param is_there: whether the token has a subject
    """
    good = tuple(one for one in question.named if is_good(question.issuer, one))
    later = tuple(one for one in question.named if len(one) == 1 and is_symbol(one))
    tries = [(MUST, (*good, *later), True), (MAY, (*good, *later), False)]
    if later:
        tries.append((MUST, tuple(one for one in good if one not in later), False))
    for reading, left_out, is_certain in tries:
        lines = [Predicate("Null", question.key, ("false" if is_there else "true",))]
        if left_out and is_there:
            lines.append(Predicate("StringNotLike", question.key, left_out))
        witness = _witness(question, lines, reading)
        if witness is not None:
            subject = _told(question, lines, reading, good) or witness if is_there else ""
            return Taken(question.clause, question.issuer, subject, question.listed, is_certain)
    return None


def _witness(question: _Question, lines: list[Predicate], reading: str) -> str | None:
    query = Clause(ALLOW, Terms((ACTION,)), Terms(), Terms((question.principal,)), tuple(lines))
    found = find_witness(question.access, query, reading=reading)
    if found is None:
        return None
    keys = {key.lower(): value for key, value in found.context.items()}
    return str(keys.get(question.key.lower(), "x"))


def _told(question: _Question, lines: list[Predicate], reading: str, good: tuple[str, ...]) -> str:
    """A subject as the issuer writes them; empty where none is at hand."""
    for text in _candidates(question, good):
        if re.fullmatch(question.issuer.shape, text) and _witness(
            question, [*lines, Predicate("StringEquals", question.key, (text,))], reading
        ):
            return text
    return ""


def _candidates(question: _Question, good: tuple[str, ...]) -> Iterator[str]:
    bad = [one for one in question.listed if one not in good]
    for value in bad:
        begin = _WILD.split(value, maxsplit=1)[0]
        yield from (begin + ending for ending in question.issuer.endings)
        yield _WILD.sub("x", value)
    yield from question.issuer.strangers
