"""What a member that is not known yet can be, by what it is made of."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Violation, is_unknown, violation

from ._google_iam import Grant

_INDEX = re.compile(r"\[[^]]*\]")


def made_of(grant: Grant) -> set[str]:
    """The types of the resources that an unknown member is made of; none where it is known, or nobody can tell."""
    if not is_unknown(grant.member):
        return set()
    return {_INDEX.sub("", address).split(".")[-2] for address in grant.holder.comes_from(grant.place)}


def public_members(grants: Iterator[Grant]) -> Iterator[Violation]:
    """A violation for each role that everyone gets; what is made of names of Google's resources is not everyone."""
    for grant in grants:
        kinds = made_of(grant)
        if kinds and all(kind.startswith("google_") for kind in kinds):
            continue
        if grant.public_name:
            yield violation(grant.path, f"{grant.role} for {grant.public_name}")
