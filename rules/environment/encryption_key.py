"""Keys that a plan destroys."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._destruction import cause, leftover
from ._keys import KEYS, time_to_undo


@change_rule(
    id="encryption-key-destroyed",
    severity="critical",
    domain="environment",
    resources=KEYS,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SC-12", "SC-28"]},
    links=["https://docs.aws.amazon.com/kms/latest/developerguide/deleting-keys.html"],
)
def encryption_key_destroyed(change: Change) -> Iterator[Violation]:
    """Encryption key is destroyed.

    Without the key, everything that is encrypted with it is lost: volumes, databases, objects, and the backups of
    all of them, in every account that uses it.

    Disable the key first and wait until nothing complains; look at its use in the audit log. Encrypt anew what is to
    be kept, then delete the key in a plan of its own.
    """
    key = change.before
    if not key or not change.destroys:
        return
    lost = f"{KEYS[change.type]}{leftover(change)}"
    if change.action == "replace":
        path, replacement = cause(change)
        yield violation(path, f"{replacement} destroys {lost}{time_to_undo(key)}")
    else:
        yield violation("", f"deletes {lost}{time_to_undo(key)}")
