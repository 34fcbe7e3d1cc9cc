"""What principals of AWS may do inside of a cluster of EKS.

Three ways lead in: access policies that EKS keeps itself, access entries that put a principal into groups, and the
``aws-auth`` config map, which does the same for clusters that still read it. Of which cluster a grant is does not
show in its resources, as it does not for anything else of Kubernetes.

Source: Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access entries", "Associate access
policies with access entries", "Grant IAM users access to Kubernetes with a ConfigMap".
"""

from __future__ import annotations

from typing import Any

from planguard.access.holder import Holder
from planguard.access.kubernetes.builtin import EKS_POLICIES, EVERYTHING
from planguard.access.kubernetes.manifest import CONFIG_MAP, Manifest
from planguard.access.kubernetes.role import ROLE_UNKNOWN, clauses_of_rules
from planguard.access.kubernetes.rule import anything, where
from planguard.access.model import IDENTITY, KUBERNETES, Clause, Gap, Held, Origin, Subject
from planguard.access.part import allowed, exactly, only_perhaps
from planguard.access.reading import Texts, first_block, is_untold, referred, settled, text_of, texts_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

MASTERS = "system:masters"
_ENTRY, _ASSOCIATION = "aws_eks_access_entry", "aws_eks_access_policy_association"
_ALWAYS = ("system:authenticated",)
"""Groups that everybody is in who has signed in."""


def add_aws_principals(snapshot: Snapshot, found: dict[str, list[Manifest]], holder: Holder) -> None:
    """Add what principals of AWS hold in clusters to what is gathered already."""
    groups = {one.subject.name: one for one in holder.held()}
    for association in snapshot.all(_ASSOCIATION):
        _associate(association, holder)
    for entry in snapshot.all(_ENTRY):
        member_of = texts_of(entry.effective("kubernetes_groups", []))
        user = text_of(entry.get("user_name"))
        _join(_principal(entry), member_of, user, Origin(entry.address), groups, holder, touched=entry.node.changed)
    for one in found.get(CONFIG_MAP, []):
        if one.name == "aws-auth" and one.namespace == "kube-system":
            _map(one, groups, holder)


def _associate(association: Resource, holder: Holder) -> None:
    origin = Origin(association.address, "policy_arn")
    scope = first_block(association, "access_scope")
    kind = scope if is_unknown(scope) else scope.get("type")
    namespaces = Texts((), True) if is_unknown(scope) else texts_of(scope.get("namespaces"))
    places: list[str | None] = [None] if kind_is(kind, "cluster") else list(namespaces.known)
    policy = association.get("policy_arn")
    clauses: list[Clause] = []
    gaps: list[Gap] = []
    for place in places:
        clauses += _policy_clauses(policy, place, origin, gaps)
    if is_untold(kind) or (namespaces.is_open and places != [None]):
        clauses += only_perhaps(_policy_clauses(policy, None, origin, gaps))
        gaps.append(
            Gap("scope-unknown", association.address, "access_scope", "where the policy holds is not known yet")
        )
    holder.add(_principal(association), clauses, gaps, touched=association.node.changed)


def kind_is(value: Any, wanted: str) -> bool:
    """Whether a text is known, and this one."""
    return not is_untold(value) and value == wanted


def _policy_clauses(policy: Any, place: str | None, origin: Origin, gaps: list[Gap]) -> list[Clause]:
    if is_untold(policy):
        gaps.append(Gap(ROLE_UNKNOWN, origin.address, origin.attribute, "the access policy is not known yet"))
        return anything(place, origin)
    name = text_of(policy).rsplit("/", 1)[-1]
    if name in EKS_POLICIES:
        return clauses_of_rules(EKS_POLICIES[name], place, origin)
    gaps.append(Gap(ROLE_UNKNOWN, origin.address, origin.attribute, f"what {name} allows is not known"))
    return allowed(exactly((f"role:{name}",)), where(place), origin=origin)


def _principal(resource: Resource) -> Subject:
    found = referred(resource, "principal_arn", "aws_iam_role", "aws_iam_user")
    if found is not None:
        arn = settled(found).get("arn")
        name = f"${{{found.address}.arn}}" if is_untold(arn) else text_of(arn)
        return Subject(KUBERNETES, IDENTITY, f"AWS:{name}", found.address, found.type.rsplit("_", 1)[-1])
    arn = resource.get("principal_arn")
    name = f"${{{resource.address}.principal_arn}}" if is_untold(arn) else text_of(arn)
    return Subject(KUBERNETES, IDENTITY, f"AWS:{name}", "", "role" if ":role/" in name else "user")


def _join(
    subject: Subject,
    groups: Texts,
    user: str,
    origin: Origin,
    known: dict[str, Held],
    holder: Holder,
    *,
    touched: bool,
) -> None:
    """Give a principal what the groups hold that it is in, and what its name in the cluster holds."""
    clauses: list[Clause] = []
    gaps: list[Gap] = []
    for name in (*(f"Group:{group}" for group in (*groups.known, *_ALWAYS)), f"User:{user}"):
        if name in known:
            clauses += known[name].access.clauses
            gaps += known[name].gaps
            touched = touched or known[name].touched
    if MASTERS in groups.known:
        clauses += clauses_of_rules(EVERYTHING, None, origin)
    if groups.is_open:
        clauses += anything(None, origin)
        gaps.append(Gap("policy-unknown", origin.address, origin.attribute, "the groups are not known yet"))
    holder.add(subject, clauses, gaps, touched=touched)


def _map(config_map: Manifest, known: dict[str, Held], holder: Holder) -> None:
    import yaml

    data = config_map.body.get("data")
    for field, key, kind in (("mapRoles", "rolearn", "role"), ("mapUsers", "userarn", "user")):
        origin = Origin(config_map.resource.address, config_map.path(f"data.{field}"))
        value = data if is_unknown(data) else (data or {}).get(field)
        if is_untold(value):
            subject = Subject(
                KUBERNETES, IDENTITY, f"${{{origin.address}.{origin.attribute}}}", origin.address, "unknown"
            )
            gap = Gap("principal-unknown", origin.address, origin.attribute, "who is let in is not known yet")
            holder.add(subject, anything(None, origin), [gap])
            continue
        try:
            entries = yaml.safe_load(text_of(value)) or []
        except yaml.YAMLError:
            continue
        for entry in entries if isinstance(entries, list) else []:
            if isinstance(entry, dict) and isinstance(entry.get(key), str):
                subject = Subject(KUBERNETES, IDENTITY, f"AWS:{entry[key]}", "", kind)
                groups = Texts(tuple(sorted(map(str, entry.get("groups") or []))))
                user = str(entry.get("username", ""))
                touched = config_map.resource.node.changed
                _join(subject, groups, user, origin, known, holder, touched=touched)
