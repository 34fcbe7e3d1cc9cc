"""The subjects of Kubernetes that a resource of a plan tells of, and what it tells of them.

A service account of the plan is told of at itself. Users, groups and other service accounts are told of at the
binding that gives them what is told; principals of AWS at the access policy of EKS, else at what lets them in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from planguard.access.holdings import holdings
from planguard.access.kubernetes.bound import Bound, bound, let_in
from planguard.access.kubernetes.eks import MASTERS
from planguard.access.kubernetes.escalation import administered
from planguard.access.kubernetes.manifest import SERVICE_ACCOUNT
from planguard.access.kubernetes.secrets import secrets_read
from planguard.access.model import IDENTITY, KUBERNETES, Held, Subject
from planguard.access.telling import Principal, Told, other_side, powers_in, told_steps, undetermined
from planguard.graph.graph import Graph
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import Undetermined

_AWS = "AWS:"
_OPEN = frozenset({"principal-unknown", "role-unknown", "scope-unknown"})
_ASSOCIATION = "aws_eks_access_policy_association."


def told_administrators(resource: Resource) -> Iterator[Told]:
    """Each subject that may do everything in the cluster.

    :raises Undetermined: at the end, where a subject may do so, and does not for certain
    """
    stopped: Undetermined | None = None
    for one in principals_of(resource):
        sure = [origin.address for origin in administered(one.held)]
        if _gives(resource, one.subject, sure):
            message = f"{who(one.subject)} may use every verb on every resource of the cluster"
            yield Told(message, (one.subject.name,), tuple(sorted(set(sure))))
        if not sure and stopped is None:
            perhaps = [origin.address for origin in administered(one.held, is_certain=False)]
            if _gives(resource, one.subject, perhaps):
                what = f"{who(one.subject)} may become an administrator of the cluster"
                stopped = undetermined(resource, one.held.gaps, what)
    if stopped is not None:
        raise stopped


def told_escalations(resource: Resource) -> Iterator[Told]:
    """Each way of a subject to more that is worth telling.

    :raises Undetermined: at the end, where there may be one
    """
    return told_steps(resource, principals_of(resource), who)


def told_secrets(resource: Resource) -> Iterator[Told]:
    """Each subject that reads all secrets of the cluster or of ``kube-system``; not administrators.

    :raises Undetermined: at the end, where a subject may do so, and does not for certain
    """
    stopped: Undetermined | None = None
    for one in principals_of(resource):
        found = secrets_read(one.held)
        if found is None and stopped is None and one.powers.administrator is None:
            stopped = _may_read(resource, one)
        if found is None or one.powers.administrator is not None or not one.tells([found[1].address]):
            continue
        witness, origin = found
        where = "the cluster" if witness.resource == "*" else "namespace kube-system"
        message = f"{who(one.subject)} can read every secret of {where}: {witness.action} on {witness.resource}"
        yield Told(message, (one.subject.name, where), (origin.address,))
    if stopped is not None:
        raise stopped


def _may_read(resource: Resource, one: Principal) -> Undetermined | None:
    """What keeps anybody from knowing whether a subject reads all secrets; None where it is known."""
    gaps = [gap for gap in one.held.gaps if gap.code in _OPEN]
    perhaps = secrets_read(one.held, is_certain=False) if gaps else None
    if perhaps is None or not one.tells([perhaps[1].address]):
        return None
    return undetermined(resource, gaps, f"{who(one.subject)} may read every secret")


def principals_of(resource: Resource) -> Iterator[Principal]:
    """The subjects that a resource tells of, in order of their names."""
    graph = resource.graph
    here = _register(graph, resource.snapshot).by_place.get(resource.address, {})
    if graph.changed_kinds and _register(graph, other_side(resource)).by_place.get(resource.address, {}) != here:
        graph.touched_change = True
    for name in sorted(here):
        subject = here[name].subject
        yield Principal(here[name], powers_in(resource, subject), _tells(resource, subject))


class _Register:
    """Where the subjects of one snapshot are told of.

    :ivar bindings: the bindings by the names of their subjects, each in order of address
    :ivar by_place: the subjects by the addresses where they may be told of, each by its name
    """

    __slots__ = ("_let_in", "bindings", "by_place")

    def __init__(self, graph: Graph, snapshot: str) -> None:
        self._let_in = let_in(Snapshot(graph, snapshot))
        self.bindings: dict[str, list[Bound]] = {}
        for one in sorted(bound(Snapshot(graph, snapshot)), key=lambda one: one.address):
            self.bindings.setdefault(one.subject, []).append(one)
        self.by_place: dict[str, dict[str, Held]] = {}
        for held in holdings(graph, snapshot).all:
            subject = held.subject
            if subject.provider == KUBERNETES and subject.plane == IDENTITY and subject.name != f"Group:{MASTERS}":
                origins = {clause.origin.address for clause in held.access.clauses}
                for address in self.places(subject, origins, is_any=True):
                    self.by_place.setdefault(address, {})[subject.name] = held

    def places(self, subject: Subject, origins: set[str], *, is_any: bool = False) -> list[str]:
        """The resources that give a subject what comes from some statements, and at which that is told; sorted.

        Of a role that gathers others, a binding does not show that it grants what they hold: then it may be any.

        :param is_any: all that may give it anything
        """
        if subject.name.startswith(_AWS):
            by_policy = sorted(one for one in origins if _ASSOCIATION in one)
            others = self._let_in.get(subject.name) or self._let_in.get("", [])
            return [*by_policy, *others] if is_any else by_policy or others
        if subject.address:
            return [subject.address]
        bindings = self.bindings.get(subject.name, [])
        able = [one.address for one in bindings if one.grants & origins]
        return [one.address for one in bindings] if is_any or not able else able


def _register(graph: Graph, snapshot: str) -> _Register:
    kept: _Register | None = graph.derived.get(("kubernetes register", snapshot))
    if kept is None:
        kept = graph.derived["kubernetes register", snapshot] = _Register(graph, snapshot)
    return kept


def _giving(resource: Resource, subject: Subject, addresses: Iterable[str]) -> list[str]:
    origins = set(addresses)
    return _register(resource.graph, resource.snapshot).places(subject, origins) if origins else []


def _gives(resource: Resource, subject: Subject, addresses: Iterable[str]) -> bool:
    return resource.address in _giving(resource, subject, addresses)


def _tells(resource: Resource, subject: Subject) -> Callable[[Iterable[str]], bool]:
    """Whether something is told at a resource: at the first that it comes from."""
    return lambda addresses: _giving(resource, subject, addresses)[:1] == [resource.address]


def who(subject: Subject) -> str:
    """A subject as a message calls it."""
    kind, _, name = subject.name.partition(":")
    if not name or subject.name.startswith(_AWS):
        return name or kind
    return f"{'service account' if kind == SERVICE_ACCOUNT else kind.lower()} {name}"
