"""What a subject of Kubernetes can make of its access: everything, or the access of service accounts.

Everything is every verb on every resource of the cluster, or a group that is allowed everything before any role is
asked. Otherwise one gets at more by changing roles, by acting as others, or by pods that run as a service account.
The service accounts of ``kube-system`` belong to what keeps the cluster going, and some of them hold everything.

Sources: those of ``planguard.access.kubernetes.methods``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from planguard.access.additive import ANY, Asked, Comparison, Granted, Ways, is_matched, step, told
from planguard.access.holdings import holdings
from planguard.access.kubernetes.eks import MASTERS
from planguard.access.kubernetes.manifest import SERVICE_ACCOUNT
from planguard.access.kubernetes.methods import (
    ASKED,
    EVERYTHING,
    IN_NAMESPACE,
    IN_ROLES,
    ON_ACCOUNT,
    SOME,
    WHATEVER,
    Method,
)
from planguard.access.model import IDENTITY, KUBERNETES, Clause, Held, Origin, Subject, Terms, Witness
from planguard.access.powers import NO_POWERS, Powers, Step
from planguard.graph.snapshot import Snapshot

SYSTEM = "kube-system"
_NAME = "any-name"
_NAMESPACE = "any-namespace"
_PREFIX = f"{SERVICE_ACCOUNT}:"


def powers(subject: Subject, snapshot: Snapshot) -> Powers:
    """What a subject of Kubernetes can make of its access in a snapshot."""
    kept = snapshot.graph.derived
    key = ("kubernetes powers", snapshot.name)
    if key not in kept:
        kept[key] = _Book(snapshot)
    book: _Book = kept[key]
    held = book.held.get(subject.name)
    return NO_POWERS if held is None or subject.plane != IDENTITY else book.ways.powers(held)


class _Book:
    """The subjects of one snapshot, and what each is granted of what matters."""

    __slots__ = ("_accounts", "_compared", "_granted", "held", "ways")

    def __init__(self, snapshot: Snapshot) -> None:
        self.held = {
            one.subject.name: one
            for one in holdings(snapshot.graph, snapshot.name).all
            if one.subject.provider == KUBERNETES and one.subject.plane == IDENTITY
        }
        self._accounts = _by_namespace(self.held.values())
        self._compared = Comparison()
        self._granted: dict[str, Granted] = {}
        self.ways = Ways(self._administrator, self._steps)

    def _granted_to(self, name: str) -> Granted:
        if name not in self._granted:
            self._granted[name] = Granted(self.held[name].access, ASKED, _actions, _always)
        return self._granted[name]

    def _administrator(self, name: str, is_certain: bool) -> Witness | None:
        if name == f"Group:{MASTERS}":
            return Witness(name, WHATEVER, "*")
        if name not in self.held:
            return None
        found = self._granted_to(name).on(WHATEVER, f"{_NAMESPACE}/{_NAME}", is_certain=is_certain)
        return None if found is None else Witness(name, WHATEVER, "*")

    def _is_administrator(self, name: str) -> bool:
        return self._administrator(name, True) is not None

    def _steps(self, name: str) -> tuple[Step, ...]:
        held = self.held.get(name)
        if held is None or self._administrator(name, True) is not None:
            return ()
        granted = self._granted_to(name)
        found: dict[tuple[str, str], Step] = {}
        for is_certain in (True, False):
            if granted.sure if is_certain else granted.perhaps:
                finder = _Finder(
                    held, granted, self._accounts, self._is_administrator, self._compared, is_certain=is_certain
                )
                for one in finder.steps():
                    found.setdefault((one.method, one.target), one)
        return tuple(found.values())


def administered(held: Held, *, is_certain: bool = True) -> list[Origin]:
    """The statements that allow a subject everything, sorted.

    :param is_certain: False for what it may hold, for all that is known, and not for certain
    """
    granted = Granted(held.access, (WHATEVER,), _actions, _always)
    clauses = granted.clauses(WHATEVER, is_certain=is_certain)
    return sorted({one.origin for one in clauses if is_matched(told(one.resources), f"{_NAMESPACE}/{_NAME}")})


def _by_namespace(held: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for one in held:
        if one.subject.name.startswith(_PREFIX):
            found.setdefault(one.subject.name.removeprefix(_PREFIX).partition("/")[0], []).append(one)
    return found


def _actions(clause: Clause) -> Terms:
    return clause.actions


def _always(_clause: Clause, _action: str) -> bool:
    return True


class _Finder:
    """Looks for the steps of one subject, of those that are certain or of those that may be."""

    __slots__ = ("_accounts", "_compared", "_granted", "_held", "_is_administrator", "_is_certain", "_named")

    def __init__(
        self,
        held: Held,
        granted: Granted,
        accounts: dict[str, list[Held]],
        is_administrator: Callable[[str], bool],
        compared: Comparison,
        *,
        is_certain: bool,
    ) -> None:
        self._is_administrator = is_administrator
        self._compared = compared
        self._named: set[str] = set()
        self._held = held
        self._granted = granted
        self._accounts = accounts
        self._is_certain = is_certain

    def steps(self) -> Iterator[Step]:
        for method in EVERYTHING:
            names = method.objects or ("",) * len(method.takes)
            asked = self._asked(method, [f"/{name or _NAME}" for name in names])
            if asked:
                yield self._step(method, method.text, ("", ""), asked)
        for method in IN_ROLES:
            yield from self._in_roles(method)
        for method in (*IN_NAMESPACE, *ON_ACCOUNT):
            yield from self._of_accounts(method)

    def _in_roles(self, method: Method) -> Iterator[Step]:
        places = [_NAMESPACE, *sorted(self._namespaces(method))]
        for place in places:
            asked = self._asked(method, [f"{place}/{_NAME}"] * len(method.takes))
            if asked and not self._holds_all_of(place):
                where = "every namespace" if place == _NAMESPACE else f"namespace {place}"
                yield self._step(method, f"{method.text} {where}", (f"{ANY}right in {where}", ""), asked)
                if place == _NAMESPACE:
                    return

    def _of_accounts(self, method: Method) -> Iterator[Step]:
        """The service accounts that a method leads to: any of all namespaces or of ``kube-system``, and those here.

        What it reaches with all others is named once, whatever the ways; an administrator with each.
        """
        everywhere = self._asked(method, [f"{_NAMESPACE}/{_NAME}"] * len(method.takes))
        system = everywhere or self._asked(method, [f"{SYSTEM}/{_NAME}"] * len(method.takes))
        if system:
            target = f"{ANY}service account of {'every namespace' if everywhere else f'namespace {SYSTEM}'}"
            yield self._step(method, f"{method.text} {target}", (target, ""), system)
        for namespace in sorted(self._accounts if everywhere else self._namespaces(method)):
            for account in self._accounts.get(namespace, ()):
                name = account.subject.name
                if not everywhere or self._is_administrator(name):
                    yield from self._of_account(method, namespace, account)
                elif name not in self._named:
                    self._named.add(name)
                    yield from self._of_account(method, namespace, account)

    def _of_account(self, method: Method, namespace: str, account: Held) -> Iterator[Step]:
        subject = account.subject
        own = subject.name.partition("/")[2] if method in ON_ACCOUNT else _NAME
        asked = self._asked(method, [f"{namespace}/{own}"] * len(method.takes))
        if asked and account is not self._held and self._compared.holds_more(account, self._held):
            yield self._step(method, f"{method.text} {subject.name}", (subject.name, subject.address), asked)

    def _asked(self, method: Method, objects: list[str]) -> list[Asked]:
        """A request for each part of a method; none where one of them is not allowed."""
        found: list[Asked] = []
        for actions, name in zip(method.takes, objects, strict=True):
            one = self._allowed(actions, name)
            if one is None:
                return []
            found.append(one)
        return found

    def _allowed(self, actions: Iterable[str], name: str) -> Asked | None:
        for is_certain in (True,) if self._is_certain else (True, False):
            for action in actions:
                if name == f"/{SOME}":
                    clause = next(filter(_is_of_cluster, self._granted.clauses(action, is_certain=is_certain)), None)
                else:
                    clause = self._granted.on(action, name, is_certain=is_certain)
                if clause is not None:
                    return self._held, action, _shown_object(name), clause
        return None

    def _holds_all_of(self, namespace: str) -> bool:
        return self._granted.on(WHATEVER, f"{namespace}/{_NAME}") is not None

    def _namespaces(self, method: Method) -> set[str]:
        """The namespaces in which anything may be granted that a method takes."""
        clauses = [
            clause
            for action in method.takes[0]
            for clause in (*self._granted.clauses(action), *self._granted.clauses(action, is_certain=False))
        ]
        named = {one.partition("/")[0] for clause in clauses for one in told(clause.resources).include}
        return {*self._accounts, *(named - {"*"})} if "*" in named else named

    def _step(self, method: Method, text: str, target: tuple[str, str], asked: list[Asked]) -> Step:
        return step(method.name, text, target, asked, is_certain=self._is_certain)


def _is_of_cluster(clause: Clause) -> bool:
    """Whether a clause holds in the whole cluster, for some objects at least."""
    return any(one.startswith("*") for one in clause.resources.include)


def _shown_object(name: str) -> str:
    """An object as a witness names it: ``*`` for any."""
    namespace, _, own = name.partition("/")
    if own in (_NAME, SOME):
        return "*" if namespace in ("", _NAMESPACE) else f"{namespace}/*"
    return name if namespace != _NAMESPACE else f"*/{own}"
