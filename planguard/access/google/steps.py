"""The steps with which one principal of Google Cloud gets at the access of others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

from planguard.access.additive import ANY, Asked, Comparison, Granted, is_matched, places_of, step, told
from planguard.access.google.account import Account
from planguard.access.google.binding import Binding
from planguard.access.google.member import ACCOUNT
from planguard.access.google.methods import (
    ACT_AS,
    BUILD,
    DELEGATE,
    DEPLOY,
    GET_TOKEN,
    MAKE_KEY,
    NEEDS_MACHINE,
    ON_ACCOUNT,
    RUN,
    UPDATE_ROLE,
    WITH_ACT_AS,
)
from planguard.access.google.place import account_name, email_of
from planguard.access.model import Clause, Held
from planguard.access.pattern import shown
from planguard.access.powers import OUTSIDE, Step
from planguard.access.reading import blocks_of, is_untold, referred, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

CONTAINER = re.compile(r"(?:projects|folders|organizations)/[^/*]+")
_ACCOUNT = re.compile(r"projects/[^/*]+/serviceAccounts/([^/*]+)")
_AGENT = "the Google APIs Service Agent of "
_MACHINES = ("google_compute_instance", "google_compute_instance_template", "google_compute_region_instance_template")


class Estate:
    """The service accounts of one snapshot.

    :param granted_to: what one of them is granted of what matters
    :param is_administrator: whether one of them may set policies
    :ivar known: the names of all that the plan tells of
    :ivar running: the emails or addresses of those that machines of the plan run as
    """

    __slots__ = ("_administrators", "_by_name", "accounts", "builders", "compared", "granted_to", "known", "running")

    def __init__(
        self,
        accounts: list[Account],
        snapshot: Snapshot,
        granted_to: Callable[[Held], Granted],
        is_administrator: Callable[[str], bool],
    ) -> None:
        self.accounts = accounts
        self.compared = Comparison()
        self.granted_to = granted_to
        self.builders = [one for one in accounts if one.is_builder]
        self._administrators = {one.held.subject.name for one in accounts if is_administrator(one.held.subject.name)}
        self._by_name = {name: one for one in accounts for name in one.names}
        self.known = {*self._by_name, *(shown(account_name(email_of(one))) for one in snapshot.all(ACCOUNT))}
        self.running = frozenset(name for machine in snapshot.all(*_MACHINES) for name in _running(machine))

    def is_administrator(self, name: str) -> bool:
        """Whether an account may set policies."""
        return name in self._administrators

    def named_in(self, clause: Clause) -> list[Account]:
        """The accounts that a clause may be about: those that it names, or all."""
        found: dict[str, Account] = {}
        for one in told(clause.resources).include:
            if one in self._by_name:
                found[one] = self._by_name[one]
            elif CONTAINER.fullmatch(one) or "*" in one.removesuffix("/*"):
                found.update((each.names[0], each) for each in self.accounts)
        return [found[name] for name in sorted(found)]


def _running(machine: Resource) -> Iterator[str]:
    account = referred(machine, "service_account", ACCOUNT)
    if account is not None:
        yield account.address
    for _, block in blocks_of(machine.get("service_account"))[0]:
        email = block.get("email")
        if not is_untold(email):
            yield text_of(email).lower()


class Finder:
    """Looks for the steps of one principal.

    :param granted: what it is granted of what matters
    """

    __slots__ = ("_estate", "_granted", "_held", "_named")

    def __init__(self, held: Held, granted: Granted, estate: Estate) -> None:
        self._held = held
        self._granted = granted
        self._estate = estate
        self._named: set[str] = set()

    def steps(self, custom_roles: dict[str, Binding]) -> tuple[Step, ...]:
        """All steps; a step that is certain hides the same one that may be.

        :param custom_roles: the custom roles that the principal holds on a project or above
        """
        found: dict[tuple[str, str], Step] = {}
        for one in (*self._all(is_certain=True), *self._role(custom_roles), *self._all(is_certain=False)):
            found.setdefault((one.method, one.target), one)
        return tuple(found.values())

    def _all(self, *, is_certain: bool) -> Iterator[Step]:
        for permission, text in ON_ACCOUNT.items():
            clauses = self._granted.clauses(permission, is_certain=is_certain)
            yield from self._on_accounts(permission, text, clauses, [], is_certain=is_certain)
        yield from self._acting(is_certain=is_certain)
        yield from self._delegated(is_certain=is_certain)
        yield from self._agents(is_certain=is_certain)

    def _on_accounts(
        self, method: str, text: str, clauses: list[Clause], more: list[Asked], *, is_certain: bool
    ) -> Iterator[Step]:
        """The accounts that one gets at with a permission: any of a project, those of the plan, one elsewhere."""
        permission, _, second = method.partition("+")
        for place, clause in places_of(clauses, CONTAINER):
            target = f"{ANY}service account of {place}"
            asked = [(self._held, permission, place, clause), *more]
            yield step(method, f"{text} {target}", (target, ""), asked, is_certain=is_certain)
        needs_machine = second in NEEDS_MACHINE
        for account, name, clause in self._reached(clauses, self._runs if needs_machine else None):
            subject = account.held.subject
            asked = [(self._held, permission, name, clause), *more]
            yield step(
                method, f"{text} {subject.name}", (subject.name, subject.address), asked, is_certain=is_certain
            )
        if not needs_machine:
            yield from self._elsewhere(method, text, clauses, more)

    def _reached(
        self, clauses: Iterable[Clause], only: Callable[[Account], bool] | None = None
    ) -> Iterator[tuple[Account, str, Clause]]:
        """The accounts of the plan that hold more, each with the name under which a clause reaches it.

        What a clause reaches with all of a project is named once, whatever the ways; an administrator with each.

        :param only: which of them count
        """
        seen = {self._held.subject.name}
        for clause in clauses:
            terms = told(clause.resources)
            for account in self._estate.named_in(clause):
                key = account.held.subject.name
                if key in seen or (key in self._named and not self._estate.is_administrator(key)):
                    continue
                name = next((one for one in account.names if is_matched(terms, one)), "")
                if name and (only is None or only(account)) and self._is_more(account):
                    seen.add(key)
                    if name not in terms.include:
                        self._named.add(key)
                    yield account, name, clause

    def _is_more(self, account: Account) -> bool:
        return self._estate.compared.holds_more(account.held, self._held)

    def _elsewhere(self, method: str, text: str, clauses: Iterable[Clause], more: Iterable[Asked]) -> Iterator[Step]:
        """Accounts outside of the plan, of which nobody knows what they hold."""
        for name, clause in places_of(clauses, _ACCOUNT):
            email = name.rpartition("/")[2]
            target = f"serviceAccount:{email}"
            if name not in self._estate.known and target != self._held.subject.name and "${" not in email:
                asked = [(self._held, method.partition("+")[0], name, clause), *more]
                yield step(method, f"{text} {target}", (target, ""), asked, is_certain=False, doubt=OUTSIDE)

    def _acting(self, *, is_certain: bool) -> Iterator[Step]:
        """Code that runs as an account: the right to attach it, and the right to run something."""
        sure, unsure = (self._granted.clauses(ACT_AS, is_certain=answer) for answer in (True, False))
        for permission in WITH_ACT_AS if sure or unsure else ():
            running = self._granted.clauses(permission)
            acting = sure if is_certain else unsure
            if not running and not is_certain:
                running, acting = self._granted.clauses(permission, is_certain=False), [*sure, *unsure]
            if running:
                place = min(told(running[0].resources).include)
                more = [(self._held, permission, place, running[0])]
                yield from self._on_accounts(f"{ACT_AS}+{permission}", RUN, acting, more, is_certain=is_certain)

    def _delegated(self, *, is_certain: bool) -> Iterator[Step]:
        """The tokens that an account can get which lets itself be asked on behalf of others."""
        clauses = self._granted.clauses(DELEGATE, is_certain=is_certain)
        for between in self._estate.accounts if clauses else ():
            theirs = self._estate.granted_to(between.held).clauses(GET_TOKEN)
            first = _granting(clauses, between) if theirs else None
            if first is None or self._granted.on(GET_TOKEN, first[0]) is not None:
                continue  # who gets its tokens gets at whatever it gets at
            for account, name, clause in self._reached(theirs):
                if self._granted.on(GET_TOKEN, name) is not None:
                    continue
                subject = account.held.subject
                asked = [(self._held, DELEGATE, *first), (between.held, GET_TOKEN, name, clause)]
                text = f"get tokens of {subject.name} by way of {between.held.subject.name}"
                yield step(DELEGATE, text, (subject.name, subject.address), asked, is_certain=is_certain)

    def _agents(self, *, is_certain: bool) -> Iterator[Step]:
        """What services do for whoever may use them, with accounts of their own."""
        for place, clause in places_of(self._granted.clauses(BUILD, is_certain=is_certain), CONTAINER):
            for account in self._estate.builders:
                is_there = any(name.startswith(f"{place}/") for name in account.names)
                if is_there and self._is_more(account):
                    name = account.held.subject.name
                    asked = [(self._held, BUILD, place, clause)]
                    yield step(BUILD, f"run builds as {name}", (name, ""), asked, is_certain=is_certain)
        # The agent is an Editor; who may make keys of every account of the project is no less.
        if not any(True for _ in places_of(self._granted.clauses(MAKE_KEY), CONTAINER)):
            for place, clause in places_of(self._granted.clauses(DEPLOY, is_certain=is_certain), CONTAINER):
                target = f"the Google APIs Service Agent of {place}"
                asked = [(self._held, DEPLOY, place, clause)]
                yield step(DEPLOY, f"deploy as {target}, an Editor", (target, ""), asked, is_certain=is_certain)

    def _role(self, custom_roles: dict[str, Binding]) -> Iterator[Step]:
        for place, clause in places_of(self._granted.clauses(UPDATE_ROLE), CONTAINER):
            for role in sorted(custom_roles):
                if role.startswith(f"{place}/roles/"):
                    text = f"add any permission to the role {role}, which it holds"
                    yield step(
                        UPDATE_ROLE, text, ("", ""), [(self._held, UPDATE_ROLE, role, clause)], is_certain=True
                    )
                    break

    def _runs(self, account: Account) -> bool:
        """Whether a machine of the plan runs as an account."""
        return account.held.subject.address in self._estate.running or account.email in self._estate.running


def _granting(clauses: Iterable[Clause], account: Account) -> tuple[str, Clause] | None:
    for clause in clauses:
        for name in account.names:
            if is_matched(told(clause.resources), name):
                return name, clause
    return None
