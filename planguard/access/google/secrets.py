"""Who reads every secret of a project, or of all below a folder or an organisation.

Sources: Secret Manager, "Access control with IAM"; Cloud KMS, "Permissions and roles".
"""

from __future__ import annotations

from planguard.access.additive import Granted, places_of
from planguard.access.google.condition import grants
from planguard.access.google.escalation import permissions_of
from planguard.access.google.steps import CONTAINER
from planguard.access.model import Held, Origin, Witness

READING = {
    "secretmanager.versions.access": "read every secret",
    "cloudkms.cryptoKeyVersions.useToDecrypt": "decrypt with every key",
}
_ASKED = tuple(sorted(READING))


def secrets_read(held: Held) -> list[tuple[Witness, Origin]]:
    """The requests for everything secret that a principal is allowed for certain, each with its statement.

    :returns: one for each of ``READING`` and each project, folder or organisation
    """
    granted = Granted(held.access, _ASKED, permissions_of, grants)
    return [
        (Witness(held.subject.name, permission, place), clause.origin)
        for permission in _ASKED
        for place, clause in places_of(granted.clauses(permission), CONTAINER)
    ]
