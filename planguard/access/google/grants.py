"""What the IAM bindings of a plan let the principals of Google Cloud do.

Sources: Google Cloud, "Allow policies" (additive, inherited downwards), "Overview of IAM Conditions"; the provider's
documentation of ``google_project_iam`` on what each of its resources takes away from others.
"""

from __future__ import annotations

from planguard.access.google.binding import BINDING, MEMBER, POLICY, UNKNOWN_CONDITION, Binding, bindings_of
from planguard.access.google.lists import listed_bindings
from planguard.access.google.member import ALL_USERS, PUBLIC, Directory
from planguard.access.google.place import Place, Places
from planguard.access.google.role import Roles
from planguard.access.holder import Holder
from planguard.access.model import GOOGLE, RESOURCE, TRUST, Clause, Gap, Held, Origin, Predicate, Subject, Terms
from planguard.access.part import UNDECIDED, Part, allowed, exactly, only_perhaps
from planguard.access.pattern import shown
from planguard.access.reading import is_untold, literal, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot

_IMPERSONATION = frozenset({"roles/iam.workloadIdentityUser", "roles/iam.serviceAccountTokenCreator"})
_GET_TOKEN = "iam.serviceAccounts.getAccessToken"  # noqa: S105 - a permission


def held_by(snapshot: Snapshot) -> list[Held]:
    """What each subject of Google Cloud holds in a snapshot, sorted by subject."""
    places = Places(snapshot)
    bindings = [*bindings_of(snapshot, places), *listed_bindings(snapshot, places)]
    buckets = {one.address: one for one in snapshot.all("google_storage_bucket")}
    gatherer = _Gatherer(Directory(snapshot), Roles(snapshot), _Authority(bindings), buckets)
    for binding in bindings:
        gatherer.take(binding)
    return gatherer.holder.held()


class _Authority:
    """Which bindings are overruled by others that claim the same."""

    def __init__(self, bindings: list[Binding]) -> None:
        self._roles: dict[tuple[str, str, str], list[Binding]] = {}
        self._policies: dict[str, list[Binding]] = {}
        for one in bindings:
            if one.authority == BINDING and not is_untold(one.role):
                self._roles.setdefault((one.place.name, text_of(one.role), one.condition), []).append(one)
            elif one.authority == POLICY:
                self._policies.setdefault(one.place.name, []).append(one)

    def over(self, binding: Binding) -> Binding | None:
        """A binding that takes away what another one grants, unless it grants the same itself."""
        if binding.authority == POLICY or not binding.place.is_known:
            return None
        rivals = list(self._policies.get(binding.place.name, ()))
        if not is_untold(binding.role):
            key = (binding.place.name, text_of(binding.role), binding.condition)
            rivals += [one for one in self._roles.get(key, ()) if one.grant != binding.grant]
        if not rivals or any(one.is_lost or one.members.is_open for one in rivals):
            return rivals[0] if rivals else None
        granted = {
            member
            for one in rivals
            if not is_untold(one.role) and one.role == text_of(binding.role) and one.condition == binding.condition
            for member, _ in one.members.known
        }
        return None if all(member in granted for member, _ in binding.members.known) else rivals[0]


class _Gatherer:
    def __init__(
        self, directory: Directory, roles: Roles, authority: _Authority, buckets: dict[str, Resource]
    ) -> None:
        self.holder = Holder()
        self._buckets = buckets
        self._directory = directory
        self._roles = roles
        self._authority = authority

    def take(self, binding: Binding) -> None:
        """Add what a binding grants to everyone whom it names."""
        touched = any(one.node.changed for one in binding.sources)
        self._claim(binding)
        if binding.is_lost:
            self._lost(binding)
            return
        via = "role" if binding.authority != POLICY else binding.origin.attribute
        actions, why, custom = self._roles.content(binding.sources[-1], binding.role, via)
        touched = touched or (custom is not None and custom.node.changed)
        gaps = [Gap("role-unknown", binding.origin.address, "role", why)] if why else []
        gaps += _place_gaps(binding)
        rival = self._authority.over(binding)
        if rival is not None:
            text = f"{rival.grant.address} claims the same and may take it away"
            gaps.append(Gap("authority-conflict", binding.grant.address, "", text))
        for member, element in binding.members.known:
            self._grant(binding, member, element, actions, gaps, is_certain=rival is None, touched=touched)
        if binding.members.perhaps and not binding.members.is_open:
            text = f"the member is one of {len(binding.members.perhaps)} accounts, and the plan does not say which"
            gaps.append(Gap("principal-unknown", binding.origin.address, binding.origin.attribute, text))
        for member in binding.members.perhaps:
            self._grant(binding, member, "", actions, gaps, is_certain=False, touched=touched)
        if binding.members.is_open:
            self._somebody(binding, actions, touched=touched)

    def _grant(
        self,
        binding: Binding,
        member: str,
        element: str,
        actions: Part,
        gaps: list[Gap],
        *,
        is_certain: bool,
        touched: bool,
    ) -> None:
        principals = Terms()
        subject = self._directory.subject(member)
        if member in PUBLIC:
            bucket = self._buckets.get(binding.place.address)
            if bucket is not None:
                touched = touched or bucket.node.changed
                if _prevents_public_access(bucket):
                    return
            principals = Terms(("*",)) if member == ALL_USERS else Terms((member,))
            subject = _place_subject(binding.place, RESOURCE)
        clauses = _clauses(binding, actions, principals, element)
        self.holder.add(subject, clauses if is_certain else only_perhaps(clauses), gaps, touched=touched)
        if binding.place.kind == "service_account" and text_of(binding.role) in _IMPERSONATION:
            principals = principals if member in PUBLIC else Terms((f"Federated:{_principal(member)}",))
            clauses = _clauses(binding, exactly((_GET_TOKEN,)), principals, element)
            trust = _place_subject(binding.place, TRUST)
            self.holder.add(trust, clauses if is_certain else only_perhaps(clauses), gaps, touched=touched)

    def _somebody(self, binding: Binding, actions: Part, *, touched: bool) -> None:
        """Grants to members that nobody can name yet: they may hold the same already."""
        path = binding.origin.attribute
        name = f"${{{binding.origin.address}.{path}}}"
        subject = self._directory.subject(name)
        gap = Gap("principal-unknown", binding.origin.address, path, "a member is not known yet, and may be anybody")
        self.holder.add(subject, only_perhaps(_clauses(binding, actions, Terms(), "")), [gap], touched=touched)

    def _lost(self, binding: Binding) -> None:
        gap = Gap("policy-unknown", binding.grant.address, "policy_data", "the policy is not known yet")
        clauses = only_perhaps(
            allowed(UNDECIDED, binding.place.covers, is_certain=False, origin=binding.origin, principals=Terms())
        )
        self.holder.add(_place_subject(binding.place, RESOURCE), clauses, [gap])

    def _claim(self, binding: Binding) -> None:
        """Say whose access a new authoritative resource takes away without the plan showing it."""
        place, grant = binding.place, binding.grant
        if binding.authority == MEMBER or place.is_created or not grant.is_created or grant.snapshot != "after":
            return
        if binding.authority == POLICY:
            code, what = "authoritative-policy", "everything"
        else:
            role = "its role" if is_untold(binding.role) else text_of(binding.role)
            code, what = "authoritative-binding", role
        text = (
            f"takes {what} on {shown(place.name)} from everyone whom it does not name, which the plan does not show"
        )
        self.holder.add(_place_subject(place, RESOURCE), (), [Gap(code, grant.address, "", text)])


def _prevents_public_access(bucket: Resource) -> bool:
    """Whether a bucket lets in nobody public, whatever its bindings and lists say.

    Source: Cloud Storage, "Public access prevention". What an organisation enforces is outside of a plan.
    """
    value = bucket.effective("public_access_prevention", "inherited")
    return not is_untold(value) and value == "enforced"


def _clauses(binding: Binding, actions: Part, principals: Terms, element: str) -> list[Clause]:
    predicates: tuple[Predicate, ...] = ()
    if binding.condition and binding.condition != UNKNOWN_CONDITION:
        predicates = (Predicate("Expression", "expression", (binding.condition,)),)
    said = binding.origin
    origin = Origin(said.address, said.attribute + element, said.statement)
    return allowed(
        actions,
        binding.place.covers,
        principals=principals,
        predicates=predicates,
        is_certain=binding.condition != UNKNOWN_CONDITION,
        origin=origin,
    )


def _place_gaps(binding: Binding) -> list[Gap]:
    found: list[Gap] = []
    if not binding.place.is_known:
        found.append(Gap("scope-unknown", binding.grant.address, "", "where the role is granted is not known yet"))
    if binding.condition == UNKNOWN_CONDITION:
        found.append(Gap("condition-unknown", binding.grant.address, "condition", "the condition is not known yet"))
    return found


def _place_subject(place: Place, plane: str) -> Subject:
    return Subject(GOOGLE, plane, shown(place.name), place.address, place.kind)


def _principal(member: str) -> str:
    """A member as a pattern: only the last ``/*`` of a set of principals is a wildcard."""
    if member.startswith("principalSet://") and member.endswith("/*"):
        return literal(member[:-1]) + "*"
    return literal(member)
