"""Condition operators, one line against another, and against no key at all."""

from datetime import UTC, datetime

import pytest

from planguard.access.atoms import TooComplex, bits_of
from planguard.access.dimension import dimension_name, dimension_of
from planguard.access.model import Predicate
from planguard.access.pattern import symbol


def line(operator, key, *values):
    return Predicate(operator, key, values)


def made(*lines, now=None):
    (name,) = {dimension_name(each) for each in lines}
    return dimension_of(name, lines, now)


def is_absent_in(dimension, predicate):
    return bool(dimension.mask(predicate) & 1)


@pytest.mark.parametrize(
    ("operator", "value", "when_absent"),
    [
        ("StringEquals", "x", False),
        ("StringNotEquals", "x", True),
        ("StringEqualsIgnoreCase", "x", False),
        ("StringNotEqualsIgnoreCase", "x", True),
        ("StringLike", "x*", False),
        ("StringNotLike", "x*", True),
        ("StringEqualsIfExists", "x", True),
        ("StringNotEqualsIfExists", "x", True),
        ("ArnEquals", "arn:aws:s3:::b", False),
        ("ArnNotLike", "arn:aws:s3:::b", True),
        ("NumericLessThan", "5", False),
        ("NumericNotEquals", "5", True),
        ("DateGreaterThan", "2024-01-01T00:00:00Z", False),
        ("DateNotEquals", "2024-01-01T00:00:00Z", True),
        ("Bool", "true", False),
        ("BoolIfExists", "true", True),
        ("IpAddress", "10.0.0.0/8", False),
        ("NotIpAddress", "10.0.0.0/8", True),
        ("BinaryEquals", "QmluYXJ5", False),
        ("Null", "true", True),
        ("Null", "false", False),
        ("ForAllValues:StringEquals", "x", True),
        ("ForAnyValue:StringEquals", "x", False),
        ("ForAnyValue:StringNotEquals", "x", False),
        ("ForAllValues:StringNotEquals", "x", True),
        ("ForAnyValue:StringEqualsIfExists", "x", True),
    ],
)
def test_a_key_that_is_not_there(operator, value, when_absent):
    predicate = line(operator, "k", value)
    assert is_absent_in(made(predicate), predicate) == when_absent


def test_keys_are_compared_without_case():
    one, other = (
        line("StringEquals", "aws:PrincipalTag/Team", "a"),
        line("StringEquals", "AWS:principaltag/team", "a"),
    )
    dimension = made(one, other)
    assert dimension.mask(one) == dimension.mask(other)


def test_stars_are_literal_where_texts_are_compared_for_equality():
    equal, like = line("StringEquals", "k", "a*"), line("StringLike", "k", "a*")
    dimension = made(equal, like)
    assert dimension.mask(equal) & ~dimension.mask(like) == 0
    assert dimension.mask(like) & ~dimension.mask(equal)


def test_negation_is_the_complement_with_the_absent_key():
    is_, is_not = line("StringLike", "k", "a*", "b"), line("StringNotLike", "k", "a*", "b")
    dimension = made(is_, is_not)
    assert dimension.mask(is_) ^ dimension.mask(is_not) == dimension.full


def test_parts_of_an_arn_are_compared_one_by_one():
    like, text = line("ArnLike", "k", "arn:aws:s3:*:*:b"), line("StringLike", "k", "arn:aws:s3:*:*:b")
    dimension = made(like, text)
    assert dimension.mask(like) & ~dimension.mask(text) == 0
    assert dimension.mask(text) & ~dimension.mask(like)
    last = line("ArnEquals", "k", "arn:aws:sns:*:*:*"), line("ArnLike", "k", "arn:aws:sns:*:1:a:b")
    dimension = made(*last)
    assert dimension.mask(last[1]) & ~dimension.mask(last[0]) == 0


def test_a_lone_star_is_every_arn():
    star, absent = line("ArnLike", "k", "*"), line("Null", "k", "false")
    dimension = made(star, absent)
    assert dimension.mask(star) == dimension.mask(absent)


def test_operators_of_texts_share_one_dimension():
    arn = line("ArnLike", "k", "arn:aws:s3:::b*")
    equal = line("StringEqualsIgnoreCase", "k", "ARN:AWS:S3:::B1")
    like = line("StringLike", "k", "arn:*1")
    dimension = made(arn, equal, like)
    assert dimension.mask(arn) & dimension.mask(equal) & dimension.mask(like)


def test_numbers_are_divided_at_their_bounds():
    below, up_to = line("NumericLessThan", "k", "10"), line("NumericLessThanEquals", "k", "10.0")
    equal = line("NumericEquals", "k", "10")
    dimension = made(below, up_to, equal)
    assert dimension.mask(below) | dimension.mask(equal) == dimension.mask(up_to)
    assert dimension.mask(below) & dimension.mask(equal) == 0


def test_whole_numbers_have_nothing_between_two_that_follow_each_other():
    below, up_to = line("NumericLessThan", "s3:max-keys", "11"), line("NumericLessThanEquals", "s3:max-keys", "10")
    dimension = made(below, up_to)
    assert dimension.mask(below) == dimension.mask(up_to)
    below, up_to = line("NumericLessThan", "s3:TlsVersion", "2"), line("NumericLessThanEquals", "s3:TlsVersion", "1")
    dimension = made(below, up_to)
    assert dimension.mask(below) != dimension.mask(up_to)


def test_times_are_read_as_iso_and_as_epoch():
    iso = line("DateGreaterThan", "aws:CurrentTime", "2024-01-01T01:00:00+01:00")
    epoch = line("DateGreaterThan", "aws:CurrentTime", "1704067200")
    dimension = made(iso, epoch)
    assert dimension.mask(iso) == dimension.mask(epoch)
    assert not dimension.full & 1


def test_from_now_on_only_later_times_are_there():
    past, future = (
        line("DateLessThan", "aws:CurrentTime", "2020-01-01"),
        line("DateGreaterThan", "aws:CurrentTime", "2020-01-01"),
    )
    dimension = made(past, future, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert dimension.mask(past) == 0
    assert dimension.mask(future) == dimension.full


def test_a_session_is_at_most_a_day_and_a_half_old():
    now = datetime(2026, 1, 3, tzinfo=UTC)
    young = line("DateLessThan", "aws:TokenIssueTime", "2026-01-02T00:00:00Z")
    old = line("DateLessThan", "aws:TokenIssueTime", "2026-01-01T00:00:00Z")
    dimension = made(young, old, now=now)
    assert dimension.mask(young) and not dimension.mask(old)


def test_truth_values_have_two_values_and_no_case():
    yes, no = line("Bool", "aws:SecureTransport", "True"), line("Bool", "aws:SecureTransport", "false")
    text = line("StringNotEquals", "aws:SecureTransport", "true")
    dimension = made(yes, no, text)
    assert dimension.mask(yes) | dimension.mask(no) == dimension.full
    assert dimension.mask(text) == dimension.mask(no)


def test_addresses_of_both_families():
    v4, halves = (
        line("IpAddress", "aws:SourceIp", "0.0.0.0/0"),
        line("IpAddress", "aws:SourceIp", "0.0.0.0/1", "128.0.0.0/1"),
    )
    v6, mapped = line("IpAddress", "aws:SourceIp", "::/0"), line("IpAddress", "aws:SourceIp", "::ffff:10.0.0.0/104")
    ten = line("IpAddress", "aws:SourceIp", "10.0.0.0/8")
    dimension = made(v4, halves, v6, mapped, ten)
    assert dimension.mask(v4) == dimension.mask(halves)
    assert not dimension.mask(v4) & dimension.mask(v6)
    assert dimension.mask(mapped) == dimension.mask(ten)
    assert dimension.mask(v4) | dimension.mask(v6) | 1 == dimension.full


def test_an_address_without_a_prefix_is_one_address_and_host_bits_do_not_matter():
    one, net = line("IpAddress", "k", "10.1.2.3"), line("IpAddress", "k", "10.1.2.3/8")
    dimension = made(one, net)
    assert dimension.mask(one) & ~dimension.mask(net) == 0
    assert dimension.value_of(next(bits_of(dimension.mask(one)))) == "10.1.2.3"


def test_a_text_and_a_network_on_one_key():
    text, network = line("StringEquals", "aws:SourceIp", "10.0.0.1"), line("IpAddress", "aws:SourceIp", "10.0.0.0/8")
    dimension = made(text, network)
    assert dimension.mask(text) & ~dimension.mask(network) == 0
    with pytest.raises(TooComplex, match="sourceip"):
        made(line("StringLike", "aws:SourceIp", "10.*"), network)


def test_a_text_and_a_number_on_one_key():
    text, other = line("StringEquals", "k", "5"), line("StringEquals", "k", "five")
    number = line("NumericGreaterThan", "k", "4")
    dimension = made(text, other, number)
    assert dimension.mask(text) & ~dimension.mask(number) == 0
    assert not dimension.mask(other) & dimension.mask(number)


def test_several_values_are_sets():
    all_ = line("ForAllValues:StringEquals", "aws:TagKeys", "a", "b")
    any_ = line("ForAnyValue:StringEquals", "aws:TagKeys", "a", "b")
    dimension = made(all_, any_)
    both = dimension.mask(all_) & dimension.mask(any_)
    assert [dimension.value_of(place) for place in bits_of(both)] == [["a"]]
    only_any = dimension.mask(any_) & ~dimension.mask(all_)
    assert [sorted(dimension.value_of(place)) for place in bits_of(only_any)] == [["a", "x"]]
    assert dimension.mask(all_) & 1 and not dimension.mask(any_) & 1


def test_two_required_values_can_be_there_together():
    one = line("ForAnyValue:StringEquals", "aws:TagKeys", "a")
    other = line("ForAnyValue:StringEquals", "aws:TagKeys", "b")
    dimension = made(one, other)
    assert dimension.mask(one) & dimension.mask(other)
    single = line("ForAnyValue:StringEquals", "k", "a"), line("ForAnyValue:StringEquals", "k", "b")
    dimension = made(*single)
    assert not dimension.mask(single[0]) & dimension.mask(single[1])


def test_many_values_that_nothing_tells_apart_are_one():
    values = [f"tag{number}" for number in range(100)]
    all_ = line("ForAllValues:StringEquals", "aws:TagKeys", *values)
    dimension = made(all_)
    assert dimension.full == 0b1111
    with pytest.raises(TooComplex, match="TagKeys"):
        made(*(line("ForAnyValue:StringEquals", "aws:TagKeys", value) for value in values[:13]))


def test_a_network_that_is_not_known_is_equal_to_itself_only():
    unknown = line("IpAddress", "aws:SourceIp", symbol("aws_eip.e.public_ip") + "/32")
    dimension = made(unknown)
    assert dimension.is_opaque
    assert dimension.mask(unknown) not in {0, dimension.full}
