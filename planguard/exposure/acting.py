"""As whom something acts that the internet reaches: the roles, identities and service accounts that it is given.

Sources: "Using an IAM role to grant permissions to applications running on Amazon EC2" and "Amazon ECS task IAM role"
in AWS's guides; learn.microsoft.com, "What are managed identities for Azure resources?"; cloud.google.com/compute,
"Service accounts" (access scopes narrow what a machine may do with its account); kubernetes.io, "Service Accounts".
"""

from __future__ import annotations

from collections.abc import Iterator

from planguard.access.additive import ANY
from planguard.access.holdings import access_of, holdings
from planguard.access.model import IDENTITY, Gap
from planguard.access.powers import OUTSIDE, Step, powers, powers_of
from planguard.exposure.reading import blocks_of, listing, near, texts
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

_PROFILE, _ROLE = "aws_iam_instance_profile", "aws_iam_role"
_TEMPLATES = ("aws_launch_template", "aws_launch_configuration")
_GOOGLE_TEMPLATES = ("google_compute_instance_template", "google_compute_region_instance_template")
_ACCOUNT = "google_service_account"
_POD = "spec.template.spec.service_account_name"
_KUBERNETES_ACCOUNTS = ("kubernetes_service_account", "kubernetes_service_account_v1")
_BROAD_SCOPES = ("cloud-platform", "https://www.googleapis.com/auth/cloud-platform")

_OPEN_IN_PLAN = frozenset({
    "boundary-unknown", "condition-unknown", "policy-unknown", "principal-unknown", "role-unknown", "scope-unknown",
    "too-complex", "trust-unknown",
})  # fmt: skip
"""What this plan leaves open of somebody's access; what is outside of it is nothing that the apply would tell."""

_DIRECTLY = {
    "aws_lambda_function": (_ROLE, "role"),
    "aws_apprunner_service": (_ROLE, "instance_configuration.instance_role_arn"),
    "aws_eks_node_group": (_ROLE, "node_role_arn"),
    "google_cloud_run_service": (_ACCOUNT, "template.spec.service_account_name"),
    "google_cloud_run_v2_service": (_ACCOUNT, "template.service_account"),
    "google_cloudfunctions_function": (_ACCOUNT, "service_account_email"),
    "google_cloudfunctions2_function": (_ACCOUNT, "service_config.service_account_email"),
}
"""Type, the type of those that it acts as, and the attribute that names them."""


def acting_as(endpoint: Resource) -> list[Resource]:
    """The resources that stand for those as whom something acts for certain, as far as they are in the plan."""
    return list(dict.fromkeys(_acting_as(endpoint)))


def unknown_identity(endpoint: Resource) -> str:
    """The attribute that says as whom something acts, where it is not known yet and leads to nobody in the plan."""
    if endpoint.type in _DIRECTLY:
        path = _DIRECTLY[endpoint.type][1]
    elif endpoint.type == "aws_instance":
        path = "iam_instance_profile"
    else:
        return ""
    is_open = is_unknown(endpoint.get(path)) and not endpoint.is_left_to_provider(path)
    return path if is_open and not acting_as(endpoint) else ""


def _acting_as(endpoint: Resource) -> Iterator[Resource]:
    kind = endpoint.type
    if kind in _DIRECTLY:
        yield from near(endpoint.references(_DIRECTLY[kind][0], via=_DIRECTLY[kind][1])).items
    elif kind.startswith("aws_"):
        yield from _roles(endpoint)
    elif kind.startswith("azurerm_"):
        yield endpoint
        yield from near(endpoint.references("azurerm_user_assigned_identity", via="identity.identity_ids")).items
    elif kind.startswith("google_"):
        for holder in (endpoint, *_referred(endpoint, *_GOOGLE_TEMPLATES)):
            if _is_wide(holder):
                yield from near(holder.references(_ACCOUNT, via="service_account.email")).items
    else:
        via = _POD.removeprefix("spec.template.") if kind.startswith("kubernetes_pod") else _POD
        for account in _KUBERNETES_ACCOUNTS:
            yield from near(endpoint.references(account, via=via)).items


def _roles(endpoint: Resource) -> Iterator[Resource]:
    if endpoint.type == "aws_ecs_service":
        for task in near(endpoint.references("aws_ecs_task_definition", via="task_definition")).items:
            yield from near(task.references(_ROLE, via="task_role_arn")).items
    via = "ec2_attributes.instance_profile" if endpoint.type == "aws_emr_cluster" else "iam_instance_profile"
    for holder in (endpoint, *_referred(endpoint, *_TEMPLATES)):
        for profile in near(holder.references(_PROFILE, via=via)).items:
            yield from near(profile.references(_ROLE, via="role")).items


def _referred(endpoint: Resource, *kinds: str) -> Iterator[Resource]:
    for kind in kinds:
        yield from near(endpoint.references(kind)).items


def _is_wide(machine: Resource) -> bool:
    """Whether the scopes of a machine certainly leave its account all that it may do."""
    scopes = listing(*(block.get("scopes") for _, block in blocks_of(machine, "service_account").items))
    return any(one in _BROAD_SCOPES for one in texts(scopes))


def privilege_of(principal: Resource) -> str:
    """What somebody is that holds everything, or gets at it for certain; empty where nobody can say so."""
    found = powers_of(principal)
    return "is an administrator" if found.administrator else _end_of(principal, found.chain)


def possible_privilege_of(principal: Resource) -> tuple[str, tuple[Gap, ...]]:
    """What somebody may be, for all that is known, and what this plan leaves open that decides it."""
    found = powers_of(principal)
    gaps = tuple(gap for gap in found.gaps if gap.code in _OPEN_IN_PLAN)
    if not gaps:
        return "", ()
    if any(gap.code == "too-complex" for gap in gaps):
        return "holds access that is too complex to compare exactly", gaps
    if found.perhaps_administrator:
        return "may be an administrator", gaps
    if any(step.doubt == OUTSIDE for step in found.perhaps_chain):
        return "", ()
    said = _end_of(principal, found.perhaps_chain)
    return (f"perhaps {said}", gaps) if said else ("", ())


def _end_of(principal: Resource, chain: tuple[Step, ...]) -> str:
    """What the first step of a way is, where the way ends in everything; empty where it does not."""
    if not chain:
        return ""
    last = chain[-1]
    if last.target and not last.target.startswith(ANY) and not _is_administrator(principal, last.target):
        return ""
    return f"can {chain[0].text}"


def _is_administrator(principal: Resource, name: str) -> bool:
    graph, snapshot = principal.graph, principal.snapshot
    provider = access_of(principal).subject.provider
    held = holdings(graph, snapshot).by_key.get((provider, IDENTITY, name))
    return bool(held and powers(graph, snapshot, held.subject).administrator)
