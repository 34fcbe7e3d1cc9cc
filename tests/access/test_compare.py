"""Differences against requests that are looked at one by one, and what is told of them."""

import itertools
import random
import re
from datetime import UTC, datetime

import pytest

from planguard.access.atoms import TooComplex
from planguard.access.compare import (
    allows_all,
    compare_documents,
    difference,
    is_empty,
    same,
    witness_of,
)
from planguard.access.globs import common_patterns
from planguard.access.model import (
    ALLOW,
    DENY,
    LOWER,
    NO_ACCESS,
    UPPER,
    Access,
    Clause,
    Difference,
    Origin,
    Predicate,
    Terms,
    Witness,
)
from planguard.access.pattern import symbol


def document(*statements):
    return {"Version": "2012-10-17", "Statement": list(statements)}


def statement(actions, resources="*", effect="Allow", condition=None, **more):
    found = {"Effect": effect, "Action": actions, "Resource": resources, **more}
    return found | ({"Condition": condition} if condition else {})


# -- against brute force -------------------------------------------------------------------------------------------


def _matches(pattern, text):
    expression = "".join({"*": ".*", "?": "."}.get(char) or re.escape(char) for char in pattern)
    return re.fullmatch(expression, text) is not None


def _in(terms, text):
    return any(_matches(each, text) for each in terms.include) and not any(
        _matches(each, text) for each in terms.exclude
    )


def _holds(line, context):
    value = context.get(line.key)
    operator = line.operator
    if operator == "Null":
        return (value is None) == (line.values[0] == "true")
    if operator.endswith("IfExists"):
        if value is None:
            return True
        operator = operator.removesuffix("IfExists")
    if "Not" in operator:
        return value is None or not any(_matches(each, value) for each in line.values)
    return value is not None and any(_matches(each, value) for each in line.values)


def _is_in(clause, request):
    action, resource, context = request
    return (
        _in(clause.actions, action)
        and _in(clause.resources, resource)
        and all(_holds(line, context) for line in clause.predicates)
    )


def _allows(clauses, request):
    met = [clause.effect for clause in clauses if _is_in(clause, request)]
    return ALLOW in met and DENY not in met


def _allowed(access, request):
    return _allows(access.clauses, request) and all(_allows(limit, request) for limit in access.limits)


def _random_access(chance):
    def pattern():
        return "".join(chance.choices("ab*?", weights=(4, 4, 3, 1), k=chance.randint(1, 3)))

    def terms():
        include = tuple(pattern() for _ in range(chance.randint(1, 2)))
        return Terms(include, (pattern(),) if chance.random() < 0.25 else ())

    def line():
        operator = chance.choice(
            ["StringLike", "StringNotLike", "StringLikeIfExists", "StringNotLikeIfExists", "Null"]
        )
        values = (chance.choice(["true", "false"]),) if operator == "Null" else (pattern(),)
        return Predicate(operator, chance.choice(["k1", "k2"]), values)

    def clauses(number):
        return tuple(
            Clause(
                DENY if chance.random() < 0.3 else ALLOW,
                terms(),
                terms(),
                predicates=tuple(line() for _ in range(chance.choice([0, 0, 1, 2]))),
            )
            for _ in range(number)
        )

    limits = (clauses(2),) if chance.random() < 0.2 else ()
    return Access(clauses(chance.randint(1, 3)), limits)


_TEXTS = ["".join(each) for length in (1, 2, 3) for each in itertools.product("abc", repeat=length)]
_VALUES = [None, "a", "b", "c", "ab", "ba", "abc"]


@pytest.mark.parametrize("block", range(10))
def test_differences_agree_with_requests_looked_at_one_by_one(block):
    for seed in range(block * 60, block * 60 + 60):
        chance = random.Random(seed)
        before, after = _random_access(chance), _random_access(chance)
        found = difference(before, after)
        for region in found.new:
            request = (region.witness.action, region.witness.resource, region.witness.context)
            assert _allowed(after, request) and not _allowed(before, request), seed
        for region in found.removed:
            request = (region.witness.action, region.witness.resource, region.witness.context)
            assert _allowed(before, request) and not _allowed(after, request), seed
        for _ in range(120):
            context = {"k1": chance.choice(_VALUES), "k2": chance.choice(_VALUES)}
            request = (chance.choice(_TEXTS), chance.choice(_TEXTS), context)
            was, is_ = _allowed(before, request), _allowed(after, request)
            assert not (is_ and not was) or found.new, (seed, request)
            assert not (was and not is_) or found.removed, (seed, request)
            told = any(_in(each.actions, request[0]) and _in(each.resources, request[1]) for each in found.new)
            assert told or not (is_ and not was), (seed, request)


@pytest.mark.parametrize("seed", range(60))
def test_questions_agree_with_requests_looked_at_one_by_one(seed):
    chance = random.Random(seed)
    access = _random_access(chance)
    action, resource = chance.choice(_TEXTS), chance.choice(_TEXTS)
    contexts = [{"k1": one, "k2": other} for one in _VALUES for other in _VALUES]
    answers = [_allowed(access, (action, resource, context)) for context in contexts]
    asked = Terms((action,)), Terms((resource,))
    witness = witness_of(access, *asked)
    if witness is None:
        assert not any(answers)
    else:
        assert _allowed(access, (witness.action, witness.resource, witness.context))
    assert not allows_all(access, *asked) or all(answers)
    assert (witness_of(access, *asked, regardless_of_conditions=True) is None) == (not allows_all(access, *asked))
    assert (witness_of(access, Terms()) is None) == is_empty(access)


# -- what is told --------------------------------------------------------------------------------------------------


def test_a_wider_action_is_told_in_the_words_of_the_policy():
    found = compare_documents(document(statement("s3:Get*")), document(statement("s3:*", Sid="Wide")))
    (region,) = found.new
    assert region.actions == Terms(("s3:*",), ("s3:get*",))
    assert region.resources == Terms()
    assert region.origins == (Origin("NEW", "", "Wide"),)
    assert region.witness == Witness("*", "s3:putobject", "arn:aws:s3:::x")
    assert not found.removed and not found.possible


def test_what_a_limit_leaves_is_told_as_what_both_have_in_common():
    clauses = (Clause(ALLOW, Terms(("s3:*",))),)
    boundary = (Clause(ALLOW, Terms(("*:get*",))),)
    (region,) = difference(NO_ACCESS, Access(clauses, (boundary,))).new
    assert region.actions == Terms(("s3:get*",))


def test_a_deny_is_told_as_an_exclusion_and_its_loss_as_new_access():
    everything, denied = statement("*"), statement("iam:*", effect="Deny")
    (removed,) = compare_documents(document(everything), document(everything, denied)).removed
    assert removed.actions == Terms(("iam:*",))
    (new,) = compare_documents(document(everything, denied), document(everything)).new
    assert new.actions == Terms(("iam:*",))
    assert new.witness.action.startswith("iam:")


def test_conditions_are_told_with_what_held_before():
    before = document(statement("s3:GetObject", condition={"IpAddress": {"aws:SourceIp": "10.0.0.0/8"}}))
    after = document(
        statement("s3:GetObject", condition={"IpAddress": {"aws:SourceIp": ["10.0.0.0/8", "192.168.0.0/16"]}})
    )
    (region,) = compare_documents(before, after).new
    assert region.predicates == (
        "aws:SourceIp IpAddress 10.0.0.0/8 or 192.168.0.0/16",
        "not (aws:SourceIp IpAddress 10.0.0.0/8)",
    )
    assert region.witness.context == {"aws:SourceIp": "192.168.0.1"}


def test_a_time_that_is_over_grants_nothing():
    past = document(statement("s3:*", condition={"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}))
    nothing = document(statement([]))
    assert compare_documents(nothing, past).new
    assert not compare_documents(nothing, past, now=datetime(2026, 1, 1, tzinfo=UTC)).new
    session = document(statement("s3:*", condition={"DateLessThan": {"aws:TokenIssueTime": "2020-01-01"}}))
    assert not compare_documents(nothing, session, now=datetime(2026, 1, 1, tzinfo=UTC)).new


def test_what_is_not_known_is_possible_only():
    lower = Clause(ALLOW, Terms(("s3:get*",)), bound=LOWER)
    upper = Clause(ALLOW, Terms(("s3:*",)), bound=UPPER)
    found = difference(NO_ACCESS, Access((lower, upper)))
    (new,), (possible,) = found.new, found.possible
    assert new.actions == Terms(("s3:get*",))
    assert possible.actions == Terms(("s3:*",), ("s3:get*",))
    assert new.is_certain and not possible.is_certain
    assert not difference(Access((upper,)), Access((lower,))).new


def test_a_deny_that_is_not_known_takes_away_what_is_certain():
    allow = Clause(ALLOW, Terms(("s3:*",)))
    deny = Clause(DENY, Terms(("s3:put*",)), bound=UPPER)
    found = difference(NO_ACCESS, Access((allow, deny)))
    assert found.new[0].actions == Terms(("s3:*",), ("s3:put*",))
    assert found.possible[0].actions == Terms(("s3:put*",))


def test_expressions_are_equal_to_themselves_and_to_no_other_for_certain():
    def granted(*texts):
        lines = tuple(Predicate("Expression", "", (text,)) for text in texts)
        return Access((Clause(ALLOW, Terms(("a",)), predicates=lines),))

    assert difference(granted("x"), granted("x")) == difference(NO_ACCESS, NO_ACCESS)
    assert difference(NO_ACCESS, granted("x")).new[0].predicates == ("x",)
    assert difference(granted("x"), granted()).new[0].predicates == ("not (x)",)
    other = difference(granted("x"), granted("y"))
    assert not other.new and other.possible
    assert not other.removed


def test_two_lines_about_one_key_of_which_one_is_not_known_may_never_hold_together():
    known = Predicate("IpAddress", "aws:SourceIp", ("10.0.0.0/8",))
    unknown = Predicate("IpAddress", "aws:SourceIp", (symbol("aws_eip.e.public_ip") + "/32",))
    found = difference(NO_ACCESS, Access((Clause(ALLOW, Terms(), predicates=(known, unknown)),)))
    assert not found.new and found.possible
    assert difference(NO_ACCESS, Access((Clause(ALLOW, Terms(), predicates=(unknown,)),))).new


def test_equal_accesses_need_no_algebra():
    one = Clause(ALLOW, Terms(("b", "a")), origin=Origin("x"))
    other = Clause(ALLOW, Terms(("a", "b")), origin=Origin("y"))
    assert same(Access((one,)), Access((other,)))
    assert not same(Access((one,)), NO_ACCESS)


def test_too_many_overlaps_are_told_and_never_guessed():
    many = [f"arn:*{char}{char}z*" for char in "abcdefghijklmnopqr"]
    found = compare_documents(document(statement("s3:*", many[:-1])), document(statement("s3:*", many[1:])))
    if found.too_complex:
        assert "resources" in found.too_complex
        assert not found.new
    with pytest.raises(TooComplex):
        clauses = tuple(Clause(ALLOW, Terms(), Terms((each,))) for each in many)
        witness_of(Access(clauses), Terms())


def test_many_pieces_of_one_statement_are_told_as_one_region():
    before = document(*(statement(f"svc{number}:*", f"arn:aws:svc{number}:::x") for number in range(20)))
    (region,) = compare_documents(before, document(statement("*"))).new
    assert region.actions == region.resources == Terms()
    assert region.predicates == ("but for what is denied, or was allowed before",)


def test_lists_that_are_not_told_apart_are_told_as_what_one_has_and_the_other_has_not():
    many = [f"arn:aws:s3:::*-{char}{char}-*" for char in "abcdefghijklmno"]
    before, after = document(statement("s3:*", many)), document(statement("s3:*", [*many, "arn:aws:s3:::*-new-*"]))
    found = compare_documents(before, after)
    assert not found.too_complex
    (region,) = found.new
    assert region.resources == Terms(("arn:aws:s3:::*-new-*",), tuple(many))


@pytest.mark.parametrize(
    ("one", "other", "common"),
    [
        ("s3:get*", "*:getobject", ("s3:get*:getobject", "s3:getobject")),
        ("a?c*", "ab*", ("abc*",)),
        ("arn:aws:s3:::*", "arn:aws:s3:::b/*", ("arn:aws:s3:::b/*",)),
        ("a*", "*b", ("a*b",)),
        ("a", "b", ()),
        ("a*b*c*d*e*", "*v*w*x*y*z", None),
    ],
)
def test_what_two_patterns_have_in_common(one, other, common):
    assert common_patterns(one, other) == common == common_patterns(other, one)


def test_policies_of_different_kinds_are_not_compared():
    with pytest.raises(ValueError, match="different kinds"):
        compare_documents(document(statement("s3:*")), document(statement("s3:*", Principal="*")))


def test_a_truth_value_that_a_variable_holds_may_be_either() -> None:
    def held(value: str) -> dict[str, object]:
        condition = {"Bool": {"aws:ViaAWSService": value}}
        row = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*", "Condition": condition}
        return {"Version": "2012-10-17", "Statement": [row]}

    variable = held("${aws:PrincipalTag/via}")
    for old, new in ((held("true"), variable), (variable, held("true"))):
        found = compare_documents(old, new)
        assert (bool(found.new), bool(found.possible)) == (False, True)
    assert compare_documents(variable, variable) == Difference()


def test_what_nobody_knows_of_a_role_that_stays_is_not_possible_again() -> None:
    rest = Clause("allow", Terms(("*",)), origin=Origin("binding.editor"), bound="upper")
    more = Clause("allow", Terms(("storage.objects.get",)), origin=Origin("binding.viewer"))
    other = Clause("allow", Terms(("*",)), origin=Origin("binding.unknown"), bound="upper")
    denied = Clause("deny", Terms(("storage.*",)), origin=Origin("denial"))
    [region] = difference(Access((rest,)), Access((rest, more))).possible  # the rest may hold it before, or may not
    assert region.actions == more.actions
    assert difference(Access((rest,)), Access((rest, other))).possible
    assert difference(Access((rest, denied)), Access((rest,))).possible
    assert difference(Access(), Access((rest,))).possible
