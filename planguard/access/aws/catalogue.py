"""Which actions AWS has, to tell how much a wildcard takes in; what is allowed is worked out without it.

The table is a dated list of the actions of the Service Authorization Reference with their access levels;
``scripts/write_action_table.py`` makes it. New actions appear every week, so a count is what was known then.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Iterable
from fnmatch import translate
from functools import lru_cache
from pathlib import Path
from re import Pattern, compile

from planguard.access.pattern import is_symbol

FILE = Path(__file__).with_name("actions.table")
LEVELS = {
    "L": "list",
    "R": "read",
    "T": "tagging",
    "W": "write",
    "P": "permissions management",
}
"""Access levels as the Service Authorization Reference has them, by their letter in the table."""


@lru_cache(maxsize=1)
def _table() -> tuple[str, dict[str, dict[str, str]]]:
    """When the table was made, and by service the level of each action in lower case."""
    date, _, packed = FILE.read_bytes().partition(b"\n")
    services: dict[str, dict[str, str]] = {}
    for line in zlib.decompress(packed).decode().splitlines():
        service, *words = line.split(" ")
        actions = services.setdefault(service, {})
        level = ""
        for word in words:
            if len(word) == 1:
                level = LEVELS[word]
            else:
                actions[word.lower()] = level
                _SPELLED[f"{service}:{word.lower()}"] = f"{service}:{word}"
    return date.decode(), services


_SPELLED: dict[str, str] = {}
"""Each action in lower case with how AWS writes it; filled with the table."""


def table_date() -> str:
    """When the table was made, and from what."""
    return _table()[0]


def levels_of(actions: Iterable[str], exclude: Iterable[str] = ()) -> dict[str, int]:
    """How many actions of each level some patterns take in.

    :param actions: patterns such as ``s3:get*``, compared without case
    :param exclude: patterns of actions that are left out
    :returns: counts by level, in the order of :data:`LEVELS`; nothing for a service that the table does not know
    """
    left_out = [_regex(one) for one in exclude]
    found: Counter[str] = Counter()
    seen: set[str] = set()
    for pattern in actions:
        regex = _regex(pattern)
        for service, known in _services(pattern).items():
            for name, level in known.items():
                action = f"{service}:{name}"
                if action not in seen and regex.match(action) and not any(one.match(action) for one in left_out):
                    seen.add(action)
                    found[level] += 1
    return {level: found[level] for level in LEVELS.values() if found[level]}


def is_action(name: str) -> bool:
    """Whether the table holds an action, ``s3:GetObject``, compared without case."""
    service, _, action = name.lower().partition(":")
    return action in _table()[1].get(service, {})


_TELLING = ("permissions management", "write", "read", "list", "tagging")


@lru_cache(maxsize=256)
def actions_of(service: str) -> tuple[str, ...]:
    """The actions of a service in lower case, those that change most first; none for a service that is not known."""
    known = _table()[1].get(service.lower(), {})
    return tuple(f"{service}:{name}" for name in sorted(known, key=lambda name: (_TELLING.index(known[name]), name)))


@lru_cache(maxsize=4096)
def spelled(pattern: str) -> str:
    """An action, or a pattern of actions, as AWS writes it: ``s3:GetObject``, ``s3:Get*``.

    :param pattern: compared without case
    :returns: the pattern as it came where the table holds nothing that begins like it, or several that differ in case
    """
    lower = pattern.lower()
    _table()
    if lower in _SPELLED:
        return _SPELLED[lower]
    begin = min((place for place in map(lower.find, "*?") if place >= 0), default=len(lower))
    if ":" not in lower[:begin]:
        return pattern
    # A wildcard hides letters in the middle as well, so that only what stands before it can be looked up.
    written = {
        _SPELLED[f"{service}:{name}"][:begin]
        for service, names in _services(lower).items()
        for name in names
        if f"{service}:{name}".startswith(lower[:begin])
    }
    return written.pop() + pattern[begin:] if len(written) == 1 else pattern


def _services(pattern: str) -> dict[str, dict[str, str]]:
    services = _table()[1]
    service = pattern.lower().partition(":")[0]
    if not any(char in "*?" or is_symbol(char) for char in service):
        return {service: services.get(service, {})}
    return services


@lru_cache(maxsize=4096)
def _regex(pattern: str) -> Pattern[str]:
    return compile(translate(pattern.lower().replace("[", "[[]")))
