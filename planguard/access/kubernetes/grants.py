"""What the bindings of a plan let users, groups and service accounts of Kubernetes do.

Sources: Kubernetes, "Using RBAC Authorization" and "Authenticating" (the group ``system:masters`` is allowed
everything before any role is asked); Amazon EKS User Guide, "Grant IAM users access to Kubernetes with EKS access
entries".
"""

from __future__ import annotations

from typing import Any

from planguard.access.holder import Holder
from planguard.access.kubernetes.eks import add_aws_principals
from planguard.access.kubernetes.manifest import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    ROLE_BINDING,
    SERVICE_ACCOUNT,
    Manifest,
    inner,
    is_not_known,
    manifests,
    namespace_of,
    unread,
)
from planguard.access.kubernetes.role import ROLE_UNKNOWN, RULE_UNKNOWN, Roles
from planguard.access.kubernetes.rule import anything
from planguard.access.model import IDENTITY, KUBERNETES, Clause, Gap, Held, Origin, Subject
from planguard.access.part import only_perhaps
from planguard.access.pattern import shown, symbol
from planguard.access.reading import blocks_of, is_untold, referred, settled, text_of
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown

PRINCIPAL_UNKNOWN = "principal-unknown"
_KIND = {"User": "user", "Group": "group", SERVICE_ACCOUNT: "service_account"}


def held_by(snapshot: Snapshot) -> list[Held]:
    """What each subject of Kubernetes holds in a snapshot, sorted by subject."""
    found = manifests(snapshot)
    lost = unread(snapshot)
    roles = Roles(found, is_open=bool(lost))
    accounts = {(one.namespace, one.name): one for one in found.get(SERVICE_ACCOUNT, [])}
    holder = Holder()
    for kind in (ROLE_BINDING, CLUSTER_ROLE_BINDING):
        for binding in found.get(kind, []):
            _bind(binding, roles, accounts, holder)
    for resource in lost:
        subject = Subject(KUBERNETES, IDENTITY, f"${{{resource.address}}}", resource.address, "manifest")
        why = "is not known yet" if is_not_known(resource) else "is not shown"
        gap = Gap(RULE_UNKNOWN, resource.address, "", f"the manifest {why}, and may be a role or a binding")
        holder.add(subject, (), (gap,), touched=resource.node.changed)
    add_aws_principals(snapshot, found, holder)
    return holder.held()


def _bind(binding: Manifest, roles: Roles, accounts: dict[tuple[str | None, str], Manifest], holder: Holder) -> None:
    namespace = binding.namespace if binding.kind == ROLE_BINDING else None
    clauses, gaps, parts = _role_clauses(binding, namespace, roles)
    if binding.kind == ROLE_BINDING and namespace is None:
        clauses = only_perhaps(clauses)
        text = "the namespace of the binding is not known yet"
        gaps.append(Gap("scope-unknown", binding.resource.address, binding.path("metadata"), text))
    touched = binding.resource.node.changed or any(one.resource.node.changed for one in parts)
    blocks, is_open = blocks_of(binding.body.get("subject"))
    bound = Origin(binding.resource.address, binding.path("subjects" if binding.top else "subject"))
    for index, block in blocks:
        subject = _subject(binding, block, accounts)
        if subject is None:
            holder.add(*_to_somebody(bound, f"[{index}]", clauses), touched=touched)
        else:
            holder.add(subject, clauses, gaps, touched=touched)
    if is_open:
        holder.add(*_to_somebody(bound, "", clauses), touched=touched)


def _role_clauses(
    binding: Manifest, namespace: str | None, roles: Roles
) -> tuple[list[Clause], list[Gap], list[Manifest]]:
    reference = inner(binding.body, "role_ref")
    kind = CLUSTER_ROLE if is_unknown(reference) else reference.get("kind")
    name = reference if is_unknown(reference) else reference.get("name")
    if is_untold(kind) or is_untold(name):
        role = _role_meant(binding)
        if role is None:
            origin = Origin(binding.resource.address, binding.path("role_ref"))
            gap = Gap(ROLE_UNKNOWN, origin.address, origin.attribute, "the role that is bound is not known yet")
            return anything(namespace, origin), [gap], []
        kind, name = role
    return roles.clauses(text_of(kind) or CLUSTER_ROLE, text_of(name), namespace, binding)


def _role_meant(binding: Manifest) -> tuple[str, str] | None:
    via = binding.top or "role_ref"
    for kind, stem in ((CLUSTER_ROLE, "kubernetes_cluster_role"), ("Role", "kubernetes_role")):
        found = referred(binding.resource, via, stem, f"{stem}_v1")
        if found is not None:
            metadata = inner(found.values, "metadata")
            name = metadata if is_unknown(metadata) else metadata.get("name")
            return kind, symbol(f"{found.address}.name") if is_untold(name) else text_of(name)
    return None


def _subject(
    binding: Manifest, block: dict[str, Any], accounts: dict[tuple[str | None, str], Manifest]
) -> Subject | None:
    kind: Any = block.get("kind")
    name: Any = block.get("name")
    if is_untold(kind):
        return None
    if kind != SERVICE_ACCOUNT:
        if is_untold(name):
            return None
        return Subject(KUBERNETES, IDENTITY, f"{kind}:{text_of(name)}", "", _KIND.get(kind, "user"))
    via = binding.top or "subject"
    found = referred(binding.resource, via, "kubernetes_service_account", "kubernetes_service_account_v1")
    if is_untold(name):
        account = next((one for one in accounts.values() if found is not None and one.resource == found), None)
        return None if account is None else account_subject(account)
    namespace = namespace_of(binding.resource, via, block.get("namespace"))
    account = accounts.get((namespace, text_of(name)))
    if account is not None:
        return account_subject(account)
    return None if namespace is None else _account(namespace, text_of(name), "")


def account_subject(account: Manifest) -> Subject:
    """The subject that a service account of the plan is, named alike in both snapshots."""
    last = settled(account.resource)
    metadata = inner(last.values, "metadata") if not account.top else {}
    name = account.name
    if not is_unknown(metadata) and text_of(metadata.get("name")):
        name = metadata["name"]
    return _account(account.namespace or "?", name, account.resource.address)


def _account(namespace: str, name: str, address: str) -> Subject:
    return Subject(
        KUBERNETES, IDENTITY, f"{SERVICE_ACCOUNT}:{shown(namespace)}/{shown(name)}", address, _KIND[SERVICE_ACCOUNT]
    )


def _to_somebody(bound: Origin, index: str, clauses: list[Clause]) -> tuple[Subject, list[Clause], list[Gap]]:
    """Grants to a subject that nobody can name yet: it may hold the same already."""
    path = bound.attribute + index
    gap = Gap(PRINCIPAL_UNKNOWN, bound.address, path, "who is bound is not known yet")
    return (
        Subject(KUBERNETES, IDENTITY, f"${{{bound.address}.{path}}}", bound.address, "unknown"),
        only_perhaps(clauses),
        [gap],
    )
