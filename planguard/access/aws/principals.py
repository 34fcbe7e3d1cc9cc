"""The roles, users, groups and permission sets of a snapshot, and what is gathered of each."""

from __future__ import annotations

from collections.abc import Iterable

from planguard.access.aws.attached import named_later
from planguard.access.aws.certain import certain
from planguard.access.aws.names import Names
from planguard.access.aws.policies import Policy
from planguard.access.model import AWS, IDENTITY, Access, Clause, Gap, Held, Subject
from planguard.access.pattern import is_symbol, shown
from planguard.graph.resource import Resource, steps_of
from planguard.plan.unknown import is_unknown

ROLE, USER, GROUP, PERMISSION_SET = "role", "user", "group", "permission_set"
TYPES = {
    ROLE: "aws_iam_role",
    USER: "aws_iam_user",
    GROUP: "aws_iam_group",
    PERMISSION_SET: "aws_ssoadmin_permission_set",
}
OUTSIDE = "principal-outside-plan"
UNKNOWN = "principal-unknown"


class Draft:
    """What is known so far of the access of one subject.

    :ivar account: the number of the account that it is in; empty where it is in none, or in several
    """

    __slots__ = ("account", "clauses", "gaps", "limits", "resource", "subject", "touched")

    def __init__(self, subject: Subject, resource: Resource | None, account: str = "", *, touched: bool) -> None:
        self.subject = subject
        self.resource = resource
        self.account = account
        self.clauses: list[Clause] = []
        self.limits: list[tuple[Clause, ...]] = []
        self.gaps: list[Gap] = []
        self.touched = touched

    def add(self, policy: Policy, *, touched: bool = False) -> None:
        """The subject holds what a policy says."""
        self.clauses += policy.clauses
        self.gaps += policy.gaps
        self.touched = self.touched or policy.touched or touched

    def limit(self, policy: Policy) -> None:
        """The subject holds nothing that a policy does not allow."""
        self.limits.append(policy.clauses)
        self.gaps += policy.gaps
        self.touched = self.touched or policy.touched

    def held(self) -> Held:
        """What the subject holds, the same whatever the order in which it was gathered."""
        access = Access(
            _sorted(certain(self.clauses, self.limits)),
            tuple(sorted({_sorted(one) for one in self.limits}, key=_limit_order)),
        )
        return Held(self.subject, access, tuple(sorted(set(self.gaps))), self.touched)


def _sorted(clauses: Iterable[Clause]) -> tuple[Clause, ...]:
    return tuple(sorted(dict.fromkeys(clauses), key=_order))


def _order(clause: Clause) -> tuple[object, ...]:
    # By what is shown: which character stands for a symbol depends on what was read before.
    return clause.origin, clause.bound, clause.effect, shown(_text_of(clause))


def _limit_order(limit: tuple[Clause, ...]) -> tuple[object, ...]:
    return tuple(map(_order, limit))


def _text_of(clause: Clause) -> str:
    """All terms of a clause as one text."""
    terms = (clause.actions, clause.resources, clause.principals)
    texts = [text for one in terms for text in (*one.include, "-", *one.exclude, "|")]
    return " ".join(texts + [f"{one.operator} {one.key} {' '.join(one.values)}" for one in clause.predicates])


class Principals:
    """Every principal of a snapshot that the plan holds, or names."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._drafts: dict[tuple[str, str], Draft] = {}
        self._by_name: dict[tuple[str, str], list[Resource]] = {}
        for kind, type_ in TYPES.items():
            for one in names.snapshot.all(type_):
                self._take(kind, one)

    def _take(self, kind: str, resource: Resource) -> None:
        # The ARN of a permission set is a number that nobody knows it by.
        name = resource.get("name") if kind == PERMISSION_SET else None
        told = f"{kind}/{name}" if name is not None and not is_unknown(name) else self.names.lasting(resource, kind)
        subject = Subject(AWS, IDENTITY, told, resource.address, kind)
        account = "" if kind == PERMISSION_SET else self.names.account(resource)
        self._drafts[kind, resource.address] = Draft(subject, resource, account, touched=resource.node.changed)
        key = "arn" if kind == PERMISSION_SET else "name"
        self._by_name.setdefault((kind, self.names.text(resource, key)), []).append(resource)

    def all(self, kind: str) -> list[Draft]:
        """The principals of a kind that the plan holds, and those that it names so far."""
        return [draft for (of, _), draft in self._drafts.items() if of == kind]

    @property
    def drafts(self) -> list[Draft]:
        """All of them, in order of their subjects."""
        return sorted(self._drafts.values(), key=lambda one: one.subject)

    def of(self, kind: str, resource: Resource) -> Draft:
        """The principal that a resource of the plan is."""
        return self._drafts[kind, resource.address]

    def named(self, kind: str, resource: Resource, path: str) -> list[tuple[Draft, bool]]:
        """The principals that an attribute names, each with whether that is certain.

        Where nobody can say whom it names, there is one that stands for that principal.
        """
        value = self.names.value(resource, path)
        if value is None:
            return []
        found: dict[int, tuple[Draft, bool]] = {}
        later = False
        for one in [value] if is_unknown(value) or not isinstance(value, list) else list.__iter__(value):
            if is_unknown(one):
                later = True
                continue
            if one:
                draft = self._called(kind, str.__str__(one), resource, path)
                found[id(draft)] = (draft, True)
        if later:
            for draft, certain in self._later(kind, resource, path):
                found.setdefault(id(draft), (draft, certain))
        return list(found.values())

    def _later(self, kind: str, resource: Resource, path: str) -> list[tuple[Draft, bool]]:
        certain, possible, is_open = named_later(resource, path, (TYPES[kind],), self.names)
        found = [(self.of(kind, one), True) for one in certain]
        found += [(self.of(kind, one), False) for one in possible]
        if not found and not is_open:
            origins = self.names.origins(resource, steps_of(path))
            found += [(self._called(kind, one.text, resource, path), len(origins) == 1) for one in origins]
        if is_open or not found:
            found.append((self._unknown(kind, resource, path), False))
        return found

    def _called(self, kind: str, name: str, resource: Resource, path: str) -> Draft:
        # A name with the path before it, as an ARN ends, means the same.
        plain = name if kind == PERMISSION_SET else name.rsplit("/", 1)[-1]
        there = self._by_name.get((kind, plain), [])
        if len(there) > 1:
            near = resource.references(TYPES[kind], via=path)
            there = [one for one in list.__iter__(near) if one in there] or there
        if there:
            return self.of(kind, there[0])
        draft = self._drafts.get((kind, plain))
        if draft is None:
            account = self.names.account(resource)
            begin = f"arn:{self.names.partition(resource)}:iam::{account}:{kind}/"
            arn = name if kind == PERMISSION_SET else begin + plain
            told = f"{kind}/{shown(plain)}" if any(map(is_symbol, arn)) else arn
            subject = Subject(AWS, IDENTITY, told, "", kind)
            draft = self._drafts[kind, plain] = Draft(subject, None, account, touched=False)
            text = f"of {kind} {shown(plain)} only those policies are seen that the plan attaches, and no boundary"
            draft.gaps.append(Gap(OUTSIDE, resource.address, path, text))
        return draft

    def _unknown(self, kind: str, resource: Resource, path: str) -> Draft:
        key = (kind, f"{resource.address}.{path}")
        if key not in self._drafts:
            subject = Subject(AWS, IDENTITY, f"{kind} of {resource.address}", resource.address, kind)
            draft = self._drafts[key] = Draft(subject, None, self.names.account(resource), touched=True)
            text = f"which {kind.replace('_', ' ')} it is, is known after apply only"
            draft.gaps.append(Gap(UNKNOWN, resource.address, path, text))
        return self._drafts[key]
