"""What predefined roles of Google Cloud hold, as far as it matters here: ``predefined.table``.

A role's name stands at the margin, what it holds below it: permissions, ``a.{b,c}`` for several, ``*`` for any. ``~``
before a pattern: the role holds some of these, and the table does not say which; ``-``: none of these, where another
pattern is wider. A role that is not there is compared by its name alone. Left out is what comes along with a role
from services that only advise or count, such as ``recommender``. That Editors may read objects is left open: the
role does not say so, the policy that a bucket has at first does.

Source: Google Cloud, "IAM basic and predefined roles reference", as of July 2026. Roles that hold a whole service are
told by its prefix, as the reference does.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from planguard.access.part import Part, at_least, exactly

FILE = Path(__file__).parent / "predefined.table"


@cache
def predefined(role: str) -> Part | None:
    """What a predefined role holds; None for one that the table does not know.

    The name of the role stands beside what it may hold, so that the same unknown rest is the same in both snapshots.

    :param role: its name with ``roles/``
    """
    tokens = _table().get(role)
    if tokens is None:
        return None
    lower = [one for token in tokens if token[0] not in "~-" for one in _spread(token)]
    upper = [token[1:] for token in tokens if token[0] == "~"]
    never = [one for token in tokens if token[0] == "-" for one in _spread(token[1:])]
    return at_least(lower, [*upper, f"role:{role}"], never) if upper else exactly(lower, never)


@cache
def _table() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    tokens: list[str] = []
    for line in FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith(" "):
            tokens += line.split()
        elif not line.startswith("#"):
            tokens = found[line] = []
    return found


def _spread(token: str) -> list[str]:
    """``a.{b,c}`` as ``a.b`` and ``a.c``."""
    head, brace, rest = token.partition("{")
    if not brace:
        return [token]
    inner, _, tail = rest.partition("}")
    return [head + one + end for one in inner.split(",") for end in _spread(tail)]
