"""Who reads the secrets of a whole cluster, or those of ``kube-system``.

Source: Kubernetes, "Role Based Access Control Good Practices" ("Listing secrets": ``list`` and ``watch`` show what is
in them as ``get`` does).
"""

from __future__ import annotations

from planguard.access.additive import Granted
from planguard.access.kubernetes.escalation import SYSTEM
from planguard.access.model import Clause, Held, Origin, Terms, Witness

_ASKED = ("get:/secrets", "list:/secrets", "watch:/secrets")
_PLACES = {"*": "any-namespace/any-name", f"{SYSTEM}/*": f"{SYSTEM}/any-name"}


def secrets_read(held: Held, *, is_certain: bool = True) -> tuple[Witness, Origin] | None:
    """A request for every secret that a subject is allowed for certain, with its statement; None without one.

    :param is_certain: False for what it may be allowed, for all that is known, and is not for certain
    """
    granted = Granted(held.access, _ASKED, _actions, _always)
    for shown_as, place in _PLACES.items():
        for action in _ASKED:
            clause = granted.on(action, place, is_certain=is_certain)
            if clause is not None:
                return Witness(held.subject.name, action, shown_as), clause.origin
    return None


def _actions(clause: Clause) -> Terms:
    return clause.actions


def _always(_clause: Clause, _action: str) -> bool:
    return True
