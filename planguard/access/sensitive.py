"""Data stores, secrets and keys: what is worth reaching, and with which requests one gets at what is in it."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from msgspec import Struct

from planguard.access.holdings import providers_of
from planguard.graph.snapshot import Snapshot


class Ask(Struct, frozen=True, order=True):
    """Requests of which any one that is allowed gets at the data of a resource.

    :ivar actions: as the cloud spells them; clauses of AWS and Azure hold them in lower case
    :ivar names: texts that all name the resource of the request; what a clause says of any of them it says of it
    :ivar is_below: whether it is anything that begins with such a text, not the text itself
    :ivar is_certain: whether such a request works at all, for all that is known
    :ivar is_free: whether a grant under a condition counts for nothing certain: the condition may allow other uses
    """

    actions: tuple[str, ...]
    names: tuple[str, ...]
    is_below: bool = False
    is_certain: bool = True
    is_free: bool = False


class Sensitive(Struct, frozen=True, order=True):
    """One resource that holds data, a secret or a key.

    :ivar provider: ``aws``, ``azure``, ``google`` or ``kubernetes``
    :ivar kind: its type without the cloud: ``s3_bucket``
    :ivar name: what a person calls it, the same before and after
    :ivar address: the resource in the plan; empty where it is outside of the plan
    """

    provider: str
    kind: str
    name: str
    address: str = ""


class Store(Struct, frozen=True):
    """A sensitive resource in one snapshot.

    :ivar account: the account that it is in, as far as the cloud has such; the symbol of one that nobody knows
    :ivar asks: any of them is enough
    :ivar is_guarded: whether nothing is allowed that its own policy does not allow as well, as with keys of AWS
    """

    sensitive: Sensitive
    asks: tuple[Ask, ...]
    account: str = ""
    is_guarded: bool = False


def identity_of(one: Sensitive) -> tuple[str, str, str]:
    """What tells a sensitive resource from others, the same in both snapshots."""
    return one.provider, one.kind, one.name


def stores_in(snapshot: Snapshot) -> list[Store]:
    """The sensitive resources of a snapshot, sorted, each once."""
    found: dict[Sensitive, Store] = {}
    for name in providers_of(snapshot.graph):
        stores: Iterable[Store] = import_module(f"planguard.access.{name}.sensitive").stores(snapshot)
        for one in stores:
            # What the plan holds and reads by a data source as well is one resource.
            found.setdefault(one.sensitive, one)
    named: dict[tuple[str, str, str], Store] = {}
    for one in sorted(found.values(), key=lambda store: (not store.sensitive.address, store.sensitive)):
        named.setdefault(identity_of(one.sensitive), one)
    return sorted(named.values(), key=lambda store: store.sensitive)
