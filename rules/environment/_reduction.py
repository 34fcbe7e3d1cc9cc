"""Settings that a plan makes weaker, told from those that it makes stronger or leaves alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from planguard import Change, Violation, is_unknown, violation


@dataclass(frozen=True)
class Level:
    """An attribute whose values are ordered, the best first. What is not among them, or unset, is worst.

    :ivar best_first: the values; a tuple among them holds values that are as good as each other
    """

    path: str
    best_first: tuple[Any, ...] = ((True, "true"),)


@dataclass(frozen=True)
class Off(Level):
    """A switch that is better off than on, and off where nothing is set."""

    best_first: tuple[Any, ...] = ((False, None),)


@dataclass(frozen=True)
class Amount:
    """A number, or a duration in words (``604800s``, ``7d``, ``72h0m0s``, ``P30D``), of which more is better.

    :ivar unit: of a plain number
    :ivar unset: what holds where nothing is set
    :ivar forever: the value that means without end
    """

    path: str
    unit: str = "days"
    unset: float = 0
    forever: float = -1


@dataclass(frozen=True)
class Given:
    """An attribute or a block that is better there than not."""

    path: str
    what: str


@dataclass(frozen=True)
class Members:
    """A list of which each member counts.

    :ivar of: where the members are blocks, the attributes that name them
    :ivar everything: the member that stands for all others
    """

    path: str
    of: tuple[str, ...] = ()
    everything: str = ""


Setting = Level | Amount | Given | Members


def reductions(change: Change, settings: tuple[Setting, ...]) -> Iterator[Violation]:
    """What becomes weaker of an object that is there before and after. What is known is looked at first."""
    after = change.after
    if not change.before or not after:
        return
    for setting in sorted(settings, key=lambda one: is_unknown(after.get(one.path))):
        if isinstance(setting, Amount) and change.action == "replace" and after.is_left_to_provider(setting.path):
            continue  # a new object gets the provider's usual number
        message = _reduction(setting, change.before.get(setting.path), after.get(setting.path))
        if message:
            yield violation(setting.path, message)


def _reduction(setting: Setting, old: Any, new: Any) -> str:
    if isinstance(setting, Level):
        return _lower_level(setting, old, new)
    if isinstance(setting, Amount):
        return _lower_amount(setting, old, new)
    if isinstance(setting, Given):
        return f"{setting.what} is removed" if old and not new else ""
    return _lost_members(setting, old, new)


def _lower_level(setting: Level, old: Any, new: Any) -> str:
    last = len(setting.best_first)
    rank = _rank(setting, old)
    # What is worst already cannot become worse, whatever is not known of it.
    return f"from {_shown(old)} to {_shown(new)}" if rank < last and _rank(setting, new) > rank else ""


def _rank(setting: Level, value: Any) -> int:
    for rank, known in enumerate(setting.best_first):
        if any(value == one for one in (known if isinstance(known, tuple) else (known,))):
            return rank
    return len(setting.best_first)


def _lower_amount(setting: Amount, old: Any, new: Any) -> str:
    before = _measured(setting, old)
    if before <= 0:
        return ""
    after = _measured(setting, new)
    if after >= before:
        return ""
    are_plain = all(isinstance(value, (int, float)) and value != setting.forever for value in (old, new))
    return f"from {old if are_plain else _said(setting, old)} to {_said(setting, new)}"


def _lost_members(setting: Members, old: Any, new: Any) -> str:
    before = _members(setting, old)
    if not before:
        return ""
    after = _members(setting, new)
    gone = sorted(before - after)
    return f"no longer {', '.join(gone)}" if gone and setting.everything not in after else ""


def _members(setting: Members, value: Any) -> set[str]:
    members = value or ()
    return {one.get(name) for one in members for name in setting.of if one.get(name)} if setting.of else set(members)


_SECONDS = {"m": 60.0, "h": 3600.0, "d": 86400.0}
_PART = re.compile(r"(\d+(?:\.\d+)?)([smhd]?)")
_PARTS = re.compile(rf"(?:{_PART.pattern})+")
_ISO = re.compile(r"P(?:(\d+)Y)?(?:(\d+)M)?(?:(\d+)W)?(?:(\d+)D)?")
_ISO_DAYS = (365, 30, 7, 1)


def _measured(setting: Amount, value: Any) -> float:
    if value == None:  # noqa: E711 - an unknown value must be asked, not compared by identity
        number = setting.unset
    elif isinstance(value, (int, float)):
        number = value
    else:
        number = _duration(value)
    return float("inf") if number == setting.forever else float(number)


def _duration(text: str) -> float:
    if _PARTS.fullmatch(text):
        return sum(float(number) * _SECONDS.get(unit, 1.0) for number, unit in _PART.findall(text))
    if found := _ISO.fullmatch(text):
        return sum(float(found[part] or 0) * days * _SECONDS["d"] for part, days in enumerate(_ISO_DAYS, 1))
    return 0.0


def _said(setting: Amount, value: Any) -> str:
    if value == None:  # noqa: E711
        return f"unset ({setting.unset:g} {setting.unit})" if setting.unset else "unset"
    if value == setting.forever:
        return "without end"
    return f"{value} {setting.unit}" if isinstance(value, (int, float)) else f"{value}"


def _shown(value: Any) -> str:
    if value == None:  # noqa: E711
        return "unset"
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"{value}" if value != "" else "unset"
