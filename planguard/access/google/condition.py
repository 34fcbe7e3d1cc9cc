"""What a condition of a binding leaves of what it grants, as far as that can be told without a request.

Source: Google Cloud, "Overview of IAM Conditions", "Attribute reference for IAM Conditions", "Set limits on granting
roles" (``api.getAttribute('iam.googleapis.com/modifiedGrantsByRole', []).hasOnly([…])``).
"""

from __future__ import annotations

import re

from planguard.access.google.methods import ADMINISTRATION
from planguard.access.google.predefined import predefined
from planguard.access.model import Clause

_ATTRIBUTE = re.compile(r"\b(resource|request|origin|destination|api|principal)\b\.(\w+)")
_LIMIT = re.compile(
    r"""^\s*api\.getAttribute\(\s*(['"])iam\.googleapis\.com/modifiedGrantsByRole\1\s*,\s*\[\s*\]\s*\)\s*
    \.hasOnly\(\s*\[([^\]]*)\]\s*\)\s*$""",
    re.VERBOSE,
)
_TEXT = re.compile(r"""(['"])(.*?)\1""")
_POLICY = ".setIamPolicy"


def grants(clause: Clause, permission: str) -> bool | None:
    """Whether a clause grants a permission under its conditions: yes, no, or None where nobody can say here.

    A condition on the time alone holds at some time. One that limits which roles may be granted leaves the right to
    set policies where a role among them holds that right itself.
    """
    for predicate in clause.predicates:
        for expression in predicate.values:
            answer = _holds(expression, permission)
            if answer is not True:
                return answer
    return True


def lets_grant_none_of(expression: str, roles: frozenset[str]) -> bool:
    """Whether a condition limits which roles may be granted, and some are not among those."""
    granted = _roles_to_grant(expression)
    return granted is not None and not roles.intersection(granted)


def _roles_to_grant(expression: str) -> list[str] | None:
    limit = _LIMIT.match(expression)
    return None if limit is None else [text for _, text in _TEXT.findall(limit[2])]


def _holds(expression: str, permission: str) -> bool | None:
    roles = _roles_to_grant(expression)
    if roles is not None:
        return not permission.endswith(_POLICY) or any(map(_is_administrator, roles))
    named = {".".join(one) for one in _ATTRIBUTE.findall(expression)}
    return True if named == {"request.time"} else None


def _is_administrator(role: str) -> bool:
    held = predefined(role)
    return held is not None and any(one == "*" or one in ADMINISTRATION.values() for one in held.lower.include)
