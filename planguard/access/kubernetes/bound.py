"""Which bindings make a subject of Kubernetes what it is, and which entries of EKS let principals of AWS in."""

from __future__ import annotations

from msgspec import Struct

from planguard.access.kubernetes.manifest import (
    CLUSTER_ROLE,
    CLUSTER_ROLE_BINDING,
    CONFIG_MAP,
    ROLE,
    ROLE_BINDING,
    SERVICE_ACCOUNT,
    Manifest,
    inner,
    manifests,
    namespace_of,
)
from planguard.access.pattern import shown
from planguard.access.reading import blocks_of, is_untold, referred, settled, text_of
from planguard.graph.resource import Resource
from planguard.graph.snapshot import Snapshot
from planguard.plan.unknown import is_unknown


class Bound(Struct, frozen=True):
    """One binding, for one of its subjects.

    :ivar address: the binding's address
    :ivar subject: the subject's name, as ``planguard.access.model.Subject`` has it
    :ivar grants: the addresses of what it grants: itself, and the roles of the plan that it names
    """

    address: str
    subject: str
    grants: frozenset[str]


def bound(snapshot: Snapshot) -> list[Bound]:
    """All bindings of a snapshot, each once for every subject whose name is known."""
    found = manifests(snapshot)
    roles: dict[tuple[str, str], set[str]] = {}
    for kind in (ROLE, CLUSTER_ROLE):
        for role in found.get(kind, []):
            roles.setdefault((kind, role.name), set()).add(role.resource.address)
    return [
        Bound(binding.resource.address, subject, frozenset({binding.resource.address, *_granted(binding, roles)}))
        for kind in (ROLE_BINDING, CLUSTER_ROLE_BINDING)
        for binding in found.get(kind, [])
        for subject in _subjects(binding)
    ]


def let_in(snapshot: Snapshot) -> dict[str, list[str]]:
    """What lets principals of AWS into groups of a cluster, by their names: the addresses of access entries, sorted.

    :returns: under the empty name those of config maps ``aws-auth``, which let in whomever they list
    """
    found: dict[str, list[str]] = {}
    for entry in snapshot.all("aws_eks_access_entry"):
        found.setdefault(f"AWS:{_arn(entry)}", []).append(entry.address)
    for one in manifests(snapshot).get(CONFIG_MAP, []):
        if one.name == "aws-auth" and one.namespace == "kube-system":
            found.setdefault("", []).append(one.resource.address)
    return {name: sorted(addresses) for name, addresses in found.items()}


def _arn(entry: Resource) -> str:
    """The principal of an access entry; called after whoever it refers to where its ARN is not known yet."""
    principal = referred(entry, "principal_arn", "aws_iam_role", "aws_iam_user")
    holder, attribute = (entry, "principal_arn") if principal is None else (settled(principal), "arn")
    value = holder.get(attribute)
    return f"${{{holder.address}.{attribute}}}" if is_untold(value) else text_of(value)


def _granted(binding: Manifest, roles: dict[tuple[str, str], set[str]]) -> set[str]:
    reference = inner(binding.body, "role_ref")
    if not is_unknown(reference):
        kind, name = reference.get("kind"), reference.get("name")
        if not is_untold(kind) and not is_untold(name):
            return roles.get((text_of(kind), text_of(name)), set())
    via = binding.top or "role_ref"
    named = list.__iter__(binding.resource.references(None, via=via))
    return {one.address for one in named} & set().union(*roles.values())


def _subjects(binding: Manifest) -> list[str]:
    found: list[str] = []
    for _, block in blocks_of(binding.body.get("subject"))[0]:
        kind, name = block.get("kind"), block.get("name")
        if is_untold(kind) or is_untold(name):
            continue
        if kind != SERVICE_ACCOUNT:
            found.append(f"{kind}:{text_of(name)}")
            continue
        namespace = namespace_of(binding.resource, binding.top or "subject", block.get("namespace"))
        if namespace is not None:
            found.append(f"{SERVICE_ACCOUNT}:{shown(namespace)}/{text_of(name)}")
    return found
