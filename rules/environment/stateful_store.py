"""Data that a plan destroys, or lets go of."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Violation, change_rule, violation

from ._destruction import cause, leftover, order, unhindered
from ._keys import KEYS
from ._stateful import STORES, has_own_data, kept_by


@change_rule(
    id="stateful-store-deleted",
    severity="high",
    domain="environment",
    resources=STORES,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SI-12"]},
    links=["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
)
def stateful_store_deleted(change: Change) -> Iterator[Violation]:
    """Data is deleted.

    What others have put into this resource goes with it, and no later apply brings it back.

    Make sure that nobody needs the data or that a backup has been restored once. If the resource only has another
    address now, write a `moved` block; if it should live on without Terraform, a `removed` block with
    `destroy = false`; if it should stay, `prevent_destroy`.
    """
    store = change.before
    if store and change.action == "delete" and has_own_data(store) and not kept_by(store):
        yield violation("", f"deletes {STORES[change.type]}{leftover(change)}{unhindered(store)}")


@change_rule(
    id="stateful-store-replaced",
    severity="high",
    domain="environment",
    resources=STORES,
    controls={"nist-800-53r5": ["CM-3", "CP-9", "SI-12"]},
    links=["https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy"],
)
def stateful_store_replaced(change: Change) -> Iterator[Violation]:
    """Data is lost in a replacement.

    Some attributes cannot be changed in place. Terraform makes a new, empty object and destroys the old one with
    what is in it, in whichever order: data does not move by itself.

    Take the change back, or ignore it with `ignore_changes`, if it was not meant. If it was, make the new store
    beside the old one, move the data, and delete the old one in a plan of its own.
    """
    store = change.before
    if store and change.action == "replace" and has_own_data(store) and not kept_by(store):
        path, replacement = cause(change)
        yield violation(path, f"{replacement} destroys {STORES[change.type]}{order(change)}")


@change_rule(
    id="stateful-store-forgotten",
    severity="medium",
    domain="environment",
    resources=[*STORES, *KEYS],
    controls={"nist-800-53r5": ["CM-3", "CM-8"]},
    links=["https://developer.hashicorp.com/terraform/language/resources/syntax#removing-resources"],
)
def stateful_store_forgotten(change: Change) -> Iterator[Violation]:
    """Data leaves management.

    The resource goes on existing with its data, but no plan and no rule looks at it any more: whatever is changed
    about its access or its encryption from now on, nobody is told.

    Say in the pull request who looks after it from now on: another configuration that imports it, or a team. Delete
    it in the right way, if nobody does.
    """
    store = change.before
    if not store:
        return
    if change.forgets:
        old = "the object that it replaces" if change.after else "it"
        yield violation("", f"Terraform lets go of {old}; it stays, with its data")
    elif change.destroys and change.type in STORES and (kept := kept_by(store)):
        yield violation(kept, f"`{kept}` keeps it and its data, and nothing manages it")
