"""One condition key as a dimension: whether it is there, and which of its values the conditions at hand tell apart.

A key's dimension has an atom for requests without the key, and atoms for its values: texts divided by all patterns of
the key, numbers and times divided at all bounds, addresses at the ends of all networks. A key with several values at
once has an atom for every set of those. Values that no condition tells apart are one atom.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from fractions import Fraction
from itertools import pairwise

from planguard.access.atoms import TooComplex, enumerate_atoms, is_literal, mask_of, matches
from planguard.access.condition import (
    ADDRESS,
    ANY_VALUE,
    LAST_ADDRESS,
    NUMBER,
    OPAQUE,
    PRESENCE,
    TEXT,
    TRUTH,
    Test,
    address_text,
    parse_network,
    parse_predicate,
    parse_time,
    plain,
    seconds_of,
)
from planguard.access.keys import is_integer, is_multi_valued, is_never_absent, is_time, is_truth, oldest_time
from planguard.access.model import Predicate

MOST_VALUES = 12
"""Of how many kinds of values all sets are looked at, for a key that may have several at once."""

Value = str | list[str] | None
"""What a key has in a witness: one value, several, or None where it is absent."""


class Dimension:
    """The atoms of one condition key.

    :ivar key: as it is written first
    :ivar full: the mask of all atoms
    :ivar is_opaque: whether it is one condition that is only equal to itself, and not the values of a key
    """

    def __init__(
        self, key: str, full: int, masks: dict[Predicate, int], values: list[Value], is_opaque: bool
    ) -> None:
        self.key = key
        self.full = full
        self.is_opaque = is_opaque
        self._masks = masks
        self._values = values

    def mask(self, predicate: Predicate) -> int:
        """The atoms in which a line holds; it must be one of those that the dimension was made of."""
        return self._masks[predicate]

    def value_of(self, place: int) -> Value:
        """An example of the values in an atom."""
        return self._values[place]


def dimension_name(predicate: Predicate) -> str:
    """Which dimension a line of a condition is about: its key in lower case, or the whole line where it is opaque."""
    if parse_predicate(predicate).kind == OPAQUE:
        return "\n".join((predicate.operator.lower(), predicate.key.lower(), *predicate.values))
    return predicate.key.lower()


def dimension_of(name: str, predicates: Iterable[Predicate], now: datetime | None = None) -> Dimension:
    """The dimension of all lines that are about one key.

    :param now: with it, keys that tell the time have only times from then on
    :raises TooComplex: the values cannot be divided exactly within the bounds
    """
    tests = {predicate: parse_predicate(predicate) for predicate in sorted(set(predicates))}
    key = min(predicate.key for predicate in tests)
    if any(test.kind == OPAQUE for test in tests.values()):
        text = " ".join(next(iter(tests)).values)
        return Dimension(key or text, 0b11, dict.fromkeys(tests, 0b10), [None, "true"], is_opaque=True)
    kinds = {test.kind for test in tests.values()} - {PRESENCE}
    examples, masks = _divide(name, kinds, [test for test in tests.values() if test.kind != PRESENCE], now)
    examples, masks = _joined(examples, masks)
    if is_multi_valued(name):
        return _of_sets(key, tests, examples, masks)
    return _of_single_values(key, name, tests, examples, masks)


def _of_single_values(
    key: str, name: str, tests: dict[Predicate, Test], examples: list[str], masks: dict[Test, int]
) -> Dimension:
    """Bit 0 is the absent key, bit n + 1 the n-th kind of value."""
    present = ((1 << len(examples)) - 1) << 1
    may_be_absent = not is_never_absent(name)
    found = {}
    for predicate, test in tests.items():
        there = (present if test.is_negated else 0) if test.kind == PRESENCE else masks[test] << 1
        found[predicate] = there | (may_be_absent and test.when_absent)
    return Dimension(key, present | may_be_absent, found, [None, *examples], is_opaque=False)


def _of_sets(key: str, tests: dict[Predicate, Test], examples: list[str], masks: dict[Test, int]) -> Dimension:
    """Bit s is the set of values whose bits are those of the number s; the empty set is the absent key."""
    if len(examples) > MOST_VALUES:
        raise TooComplex(f"{key}: its values are divided into more than {MOST_VALUES} kinds, and it may have several")
    size = 1 << len(examples)
    everything = size - 1
    found = {}
    for predicate, test in tests.items():
        if test.kind == PRESENCE:
            holds: Callable[[int], bool] = (lambda _: True) if test.is_negated else (lambda _: False)
        else:
            holds = _holds_for_sets(test, masks[test], everything)
        found[predicate] = mask_of((number for number in range(1, size) if holds(number)), size) | test.when_absent
    values: list[Value] = [None]
    values += ([each for place, each in enumerate(examples) if number >> place & 1] for number in range(1, size))
    return Dimension(key, (1 << size) - 1, found, values, is_opaque=False)


def _holds_for_sets(test: Test, mask: int, everything: int) -> Callable[[int], bool]:
    """Without a set operator, a positive line asks for any value that matches, a negated one for none that does."""
    if test.quantifier == ANY_VALUE or (not test.quantifier and not test.is_negated):
        return lambda number: bool(number & mask)
    return lambda number: not number & ~mask & everything


def _joined(examples: list[str], masks: dict[Test, int]) -> tuple[list[str], dict[Test, int]]:
    """The same with kinds of values made one that no test tells apart."""
    places: dict[tuple[bool, ...], int] = {}
    kept: list[str] = []
    tests = list(masks)
    found = dict.fromkeys(tests, 0)
    for index, example in enumerate(examples):
        answers = tuple(bool(masks[test] >> index & 1) for test in tests)
        if answers in places:
            continue
        places[answers] = len(kept)
        for test, answer in zip(tests, answers, strict=True):
            found[test] |= answer << len(kept)
        kept.append(example)
    return kept, found


# -- kinds of values -----------------------------------------------------------------------------------------------


def _divide(name: str, kinds: set[str], tests: list[Test], now: datetime | None) -> tuple[list[str], dict[Test, int]]:
    """Examples of all kinds of values, and the mask of each test over them."""
    if TRUTH in kinds or is_truth(name):
        examples = ["true", "false"]
        return examples, {test: _mask_on(examples, test) for test in tests}
    if NUMBER in kinds and ADDRESS in kinds:
        raise TooComplex(f"{name}: numbers and addresses are compared on one key")
    if TEXT in kinds and len(kinds) > 1:
        return _divide_mixed(name, kinds, tests, now)
    if ADDRESS in kinds:
        return _divide_addresses(tests)
    is_number = NUMBER in kinds or (is_time(name) and not kinds)
    return _divide_numbers(name, tests, now) if is_number else _divide_texts(name, tests)


def _divide_texts(name: str, tests: list[Test]) -> tuple[list[str], dict[Test, int]]:
    atoms = enumerate_atoms((test.globs for test in tests), name)
    masks = {}
    for test in tests:
        mask = atoms.mask(*test.globs)
        masks[test] = atoms.full & ~mask if test.is_negated else mask
    return list(atoms.witnesses), masks


def _divide_numbers(name: str, tests: list[Test], now: datetime | None) -> tuple[list[str], dict[Test, int]]:
    """Every bound is a kind of its own, and so is what lies between two of them."""
    first = oldest_time(name, seconds_of(now)) if now is not None and is_time(name) else None
    cuts = {bound for test in tests for interval in test.intervals for bound in interval[:2] if bound is not None}
    if first is not None:
        cuts = {cut for cut in cuts if cut >= first} | {first}
    numbers = _between(sorted(cuts), first, only_whole=is_integer(name))
    masks = {test: _mask_of_numbers(numbers, test) for test in tests}
    show = _time_text if is_time(name) and name != "aws:epochtime" else _number_text
    return [show(number) for number in numbers], masks


def _between(cuts: list[Fraction], first: Fraction | None, *, only_whole: bool) -> list[Fraction]:
    """The bounds, and one number of each gap between them that has one."""
    if not cuts:
        return [Fraction(0)]
    found = [] if first is not None else [_whole_below(cuts[0])]
    for cut, following in zip(cuts, [*cuts[1:], None], strict=True):
        if not only_whole or cut.denominator == 1:
            found.append(cut)
        if following is None or _whole_above(cut) < following:
            found.append(_whole_above(cut))
        elif not only_whole:
            found.append((cut + following) / 2)
    return found


def _whole_above(number: Fraction) -> Fraction:
    return Fraction(number.__floor__() + 1)


def _whole_below(number: Fraction) -> Fraction:
    return Fraction(number.__ceil__() - 1)


def _divide_addresses(tests: list[Test]) -> tuple[list[str], dict[Test, int]]:
    cuts = {0, LAST_ADDRESS + 1}
    for test in tests:
        for low, high, _, _ in test.intervals:
            cuts |= {int(low or 0), int(high or 0) + 1}
    places = sorted(cuts)
    examples = [Fraction(_readable_address(low, above - 1)) for low, above in pairwise(places)]
    masks = {test: _mask_of_numbers(examples, test) for test in tests}
    return [address_text(int(number)) for number in examples], masks


_READABLE = tuple(
    network[0] for text in ("203.0.113.7", "198.51.100.7", "10.0.0.1") if (network := parse_network(text)) is not None
)


def _readable_address(low: int, high: int) -> int:
    """An address of documentation (RFC 5737) or a private one where it is in between, else the first but one."""
    for number in _READABLE:
        if low <= number <= high:
            return number
    return min(low + 1, high)


def _divide_mixed(
    name: str, kinds: set[str], tests: list[Test], now: datetime | None
) -> tuple[list[str], dict[Test, int]]:
    """Texts and numbers (or addresses) on one key: the texts are told one by one, the others by their number.

    A number that is written as a listed text is that text, so that nothing hangs on other ways to write it.
    """
    globs = [glob for test in tests for glob in test.globs]
    if any(not is_literal(pattern) or ignores_case for pattern, ignores_case in globs):
        raise TooComplex(f"{name}: patterns and {'addresses' if ADDRESS in kinds else 'numbers'} on one key")
    examples = sorted({plain(pattern) for pattern, _ in globs})
    apart = [test for text in examples if (test := _only(text, ADDRESS if ADDRESS in kinds else NUMBER)) is not None]
    others = [test for test in tests if test.kind != TEXT] + apart
    numbers, divided = _divide_addresses(others) if ADDRESS in kinds else _divide_numbers(name, others, now)
    kept = [place for place, number in enumerate(numbers) if number not in examples]
    masks = {test: _mask_on(examples, test) for test in tests}
    for test in tests:
        mask = divided.get(test, (1 << len(numbers)) - 1 if test.is_negated else 0)
        masks[test] |= mask_of((at for at, place in enumerate(kept) if mask >> place & 1), len(kept)) << len(examples)
    examples += [numbers[place] for place in kept]
    if ADDRESS not in kinds:
        for test in tests:
            masks[test] |= test.is_negated << len(examples)
        examples.append("other")
    return examples, masks


def _only(text: str, kind: str) -> Test | None:
    """What asks for the one number (or address) that a text is; None where it is none."""
    network = parse_network(text) if kind == ADDRESS and "/" not in text else None
    number = parse_time(text) if kind == NUMBER else Fraction(network[0]) if network is not None else None
    return None if number is None else Test(kind, intervals=((number, number, True, True),))


def _mask_on(examples: list[str], test: Test) -> int:
    """Which of some texts a test matches, each looked at on its own."""
    found = 0
    for place, example in enumerate(examples):
        found |= (_is_listed(test, example) != test.is_negated) << place
    return found


def _is_listed(test: Test, text: str) -> bool:
    if test.globs or test.kind in {TEXT, TRUTH}:
        return any(matches(glob, text) for glob in test.globs)
    if test.kind == ADDRESS:
        network = parse_network(text) if "/" not in text else None
        return network is not None and _is_in(Fraction(network[0]), test)
    number = parse_time(text)
    return number is not None and _is_in(number, test)


def _mask_of_numbers(numbers: list[Fraction], test: Test) -> int:
    listed = mask_of((place for place, number in enumerate(numbers) if _is_in(number, test)), len(numbers))
    return listed ^ ((1 << len(numbers)) - 1) if test.is_negated else listed


def _is_in(number: Fraction, test: Test) -> bool:
    return any(
        (low is None or low < number or (with_low and low == number))
        and (high is None or number < high or (with_high and number == high))
        for low, high, with_low, with_high in test.intervals
    )


def _number_text(number: Fraction) -> str:
    return str(number.numerator) if number.denominator == 1 else f"{float(number):g}"


def _time_text(number: Fraction) -> str:
    try:
        time = datetime.fromtimestamp(float(number), tz=UTC)
    except (ValueError, OverflowError, OSError):
        return _number_text(number)
    return time.isoformat().replace("+00:00", "Z")
