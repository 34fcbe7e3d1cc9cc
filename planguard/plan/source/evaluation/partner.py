"""Which element of the source has made which of the plan: Terraform sorts sets, and knows their elements in part.

A wrong partner would put one policy under the name of another, so that nothing is said where it is open.
"""

from __future__ import annotations

from typing import Any

from planguard.plan.source.evaluation.symbol import OpenList, Symbolic
from planguard.plan.source.evaluation.value import UNKNOWN, NoValueError, to_string, unmarked
from planguard.plan.unknown import is_unknown

_AGAINST, _OPEN, _FOR = 0, 1, 2
"""How two values fit: they differ, they may be the same, what is known of both is the same."""


def partners_of(items: list[Any], found: Any, *, ordered: bool) -> list[Any]:
    """For each element of the plan the one of the source; unknown where it is open which, or whether there is one.

    :param items: elements with an ``Unknown`` for what the plan does not know
    :param found: the elements as the source has them
    :param ordered: whether the order is the source's
    """
    if not isinstance(found, list | tuple) or type(found) is OpenList:
        return [UNKNOWN] * len(items)
    if ordered:
        fits = len(items) == len(found) and all(_fit(item, one) for item, one in zip(items, found, strict=True))
        return list(found) if fits else [UNKNOWN] * len(items)
    left = dict(enumerate(found))
    partners: dict[int, Any] = {}
    for least in (_FOR, _OPEN):
        _pair(items, left, partners, least)
    open_ = [n for n in range(len(items)) if n not in partners]
    if len(open_) == len(left) and all(is_unknown(items[n]) for n in open_):
        partners.update(zip(open_, left.values(), strict=True))  # which is which makes no difference
    return [partners.get(n, UNKNOWN) for n in range(len(items))]


def _pair(items: list[Any], left: dict[int, Any], partners: dict[int, Any], least: int) -> None:
    """Pair what can be nothing else's partner, until there is no more of it."""
    more = True
    while more:
        more = False
        for n, item in enumerate(items):
            fitting = [at for at, one in left.items() if _fit(item, one) >= least] if n not in partners else []
            if len(fitting) == 1 and _claims(items, partners, left[fitting[0]], least) == 1:
                partners[n] = left.pop(fitting[0])
                more = True


def _claims(items: list[Any], partners: dict[int, Any], one: Any, least: int) -> int:
    """How many elements of the plan an element of the source may have made."""
    return sum(n not in partners and _fit(item, one) >= least for n, item in enumerate(items))


def _fit(planned: Any, found: Any) -> int:
    """How a value of the plan and one of the source fit."""
    found = unmarked(found)
    if is_unknown(planned) or planned is None or found is None or found is UNKNOWN or type(found) is Symbolic:
        return _OPEN
    if isinstance(planned, dict):
        if not isinstance(found, dict):
            return _AGAINST
        return _together([_fit(value, found[name]) for name, value in planned.items() if name in found])
    if isinstance(planned, list):
        return _OPEN if isinstance(found, list | tuple | dict) else _AGAINST
    try:
        same = not isinstance(found, dict | list | tuple) and str(to_string(found)) == _text(planned)
    except NoValueError:
        return _AGAINST
    return _FOR if same else _AGAINST


def _together(fits: list[int]) -> int:
    if _AGAINST in fits:
        return _AGAINST
    return _FOR if _FOR in fits else _OPEN


def _text(value: Any) -> Any:
    """A leaf of the plan as a text, also a sensitive one."""
    return str.__str__(value) if isinstance(value, str) else to_string(value)
