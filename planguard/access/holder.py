"""What subjects hold, gathered grant by grant."""

from __future__ import annotations

from collections.abc import Iterable

from planguard.access.model import Access, Clause, Gap, Held, Subject


class Holder:
    """Gathers clauses and gaps by subject."""

    __slots__ = ("_clauses", "_gaps", "_touched")

    def __init__(self) -> None:
        self._clauses: dict[Subject, list[Clause]] = {}
        self._gaps: dict[Subject, set[Gap]] = {}
        self._touched: set[Subject] = set()

    def add(
        self, subject: Subject, clauses: Iterable[Clause], gaps: Iterable[Gap] = (), *, touched: bool = True
    ) -> None:
        """A subject holds these as well.

        :param touched: whether anything that they come from differs between the snapshots
        """
        self._clauses.setdefault(subject, []).extend(clauses)
        self._gaps.setdefault(subject, set()).update(gaps)
        if touched:
            self._touched.add(subject)

    def granted(self, subject: Subject) -> tuple[list[Clause], list[Gap], bool]:
        """What a subject holds so far, what is not known of that, and whether any of it differs."""
        clauses = list(self._clauses.get(subject, ()))
        return clauses, sorted(self._gaps.get(subject, ())), subject in self._touched

    def held(self) -> list[Held]:
        """What each subject holds, sorted."""
        return [
            Held(
                subject,
                Access(tuple(sorted(dict.fromkeys(clauses), key=_order))),
                tuple(sorted(self._gaps[subject])),
                subject in self._touched,
            )
            for subject, clauses in sorted(self._clauses.items())
        ]


def _order(clause: Clause) -> tuple[object, ...]:
    return clause.origin, clause.bound, clause.actions, clause.resources, clause.principals, clause.predicates
