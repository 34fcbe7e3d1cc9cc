"""Version constraints of providers, spelled as a plan spells them.

Source: ``VersionConstraintsString`` of Terraform's ``internal/getproviders/providerreqs/version.go``: sorted by
version, each once, with the parts filled in that were left out.
"""

from __future__ import annotations

import re

_CONSTRAINT = re.compile(
    r"\s*(?P<operator>=|!=|>=|<=|>|<|~>)?\s*(?P<parts>\d+(?:\.\d+){0,2})(?P<rest>-[0-9A-Za-z.-]+)?"
    r"(?:\+[0-9A-Za-z.-]+)?\s*"
)
_ORDER = ("<", "=", ">", "~> minor", "~> patch", "!=", "<=", ">=")
"""In which order constraints of the same version stand."""


def plan_constraint(text: str) -> str:
    """``>= 5.0.0, < 7.0.0`` for ``< 7.0, >= 5``; the text as it is, where it is not a constraint.

    :param text: the ``version`` of an entry of ``required_providers``
    """
    found: dict[tuple[tuple[int, ...], bool, str, int], str] = {}
    for part in text.split(","):
        match = _CONSTRAINT.fullmatch(part)
        if match is None:
            return text
        operator = match["operator"] or "="
        given = [int(number) for number in match["parts"].split(".")]
        version = (*given, 0, 0)[:3]
        rest = match["rest"] or ""
        shown = version
        order = operator
        if operator == "~>":
            order = "~> patch" if len(given) > 2 else "~> minor"
            shown = version if len(given) > 2 else version[:2]
        sign = "" if operator == "=" else f"{operator} "
        found[version, not rest, rest, _ORDER.index(order)] = f"{sign}{'.'.join(map(str, shown))}{rest}"
    return ", ".join(found[key] for key in sorted(found))
