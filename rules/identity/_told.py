"""What the analysis of access tells of a principal, as violations."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from planguard import Violation, violation
from planguard.access.telling import Told


def tell(found: Iterable[Told]) -> Iterator[Violation]:
    """A violation of the whole resource for each."""
    for one in found:
        yield violation("", one.message, facts=one.facts, evidence=one.evidence)
