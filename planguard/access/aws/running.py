"""What runs with a role already: functions, machines, builds and the like of the plan.

Source: AWS provider documentation of each type (the attribute that names the role).
"""

from __future__ import annotations

from collections.abc import Iterator

from msgspec import Struct

from planguard.access.aws.methods import (
    ENDPOINT,
    FUNCTION,
    INSTANCE,
    INTERPRETER,
    NOTEBOOK,
    PROJECT,
    SERVICE,
    STACK,
    TASK,
    TEMPLATE,
)
from planguard.access.aws.parties import Parties, Party, variants
from planguard.access.pattern import symbol
from planguard.graph.resource import Resource
from planguard.plan.unknown import is_unknown

_ROLE = "aws_iam_role"
_PROFILE = "aws_iam_instance_profile"


class Kind(Struct, frozen=True):
    """A type of resource that runs with a role.

    :ivar via: the attribute that names the role, or an instance profile
    :ivar arn: the attribute that holds its ARN
    """

    type: str
    via: str
    arn: str = "arn"


KINDS = {
    FUNCTION: (Kind("aws_lambda_function", "role"),),
    STACK: (Kind("aws_cloudformation_stack", "iam_role_arn", "id"),),
    PROJECT: (Kind("aws_codebuild_project", "service_role"),),
    SERVICE: (Kind("aws_apprunner_service", "instance_configuration[0].instance_role_arn"),),
    ENDPOINT: (Kind("aws_glue_dev_endpoint", "role_arn"),),
    INSTANCE: (Kind("aws_instance", "iam_instance_profile"),),
    TEMPLATE: (
        Kind("aws_launch_template", "iam_instance_profile[0].name"),
        Kind("aws_launch_template", "iam_instance_profile[0].arn"),
    ),
    NOTEBOOK: (Kind("aws_sagemaker_notebook_instance", "role_arn"),),
    INTERPRETER: (Kind("aws_bedrockagentcore_code_interpreter", "execution_role_arn", "code_interpreter_arn"),),
}
"""The types of each kind; tasks are told by their service."""


class Runner(Struct, frozen=True):
    """One thing that runs with a role of the plan.

    :ivar arns: its ARN as patterns
    :ivar tags: as far as they are known
    """

    arns: tuple[str, ...]
    address: str
    role: Party
    tags: dict[str, str]


class Running:
    """What of the plan runs with a role of the plan, by kind."""

    def __init__(self, parties: Parties) -> None:
        self.parties = parties
        self._found: dict[str, list[Runner]] = {}

    def of(self, kind: str) -> list[Runner]:
        """All of a kind, in the order of the plan."""
        if kind not in self._found:
            self._found[kind] = list(self._tasks() if kind == TASK else self._of(kind))
        return self._found[kind]

    def arns(self, kind: str) -> list[str]:
        """The ARNs of all of a kind in the plan, whatever they run with, as patterns."""
        types = {one.type: one.arn for one in KINDS.get(kind, ())}
        names, snapshot = self.parties.names, self.parties.snapshot
        texts = [names.text(one, arn) for type_, arn in types.items() for one in snapshot.all(type_)]
        tasks = [arn for one in self.of(kind) for arn in one.arns] if kind == TASK else []
        return [*(arn for text in texts for arn in variants(text)), *tasks]

    def _of(self, kind: str) -> Iterator[Runner]:
        for one in KINDS[kind]:
            for resource in self.parties.snapshot.all(one.type):
                for role in self._roles(resource, one.via):
                    arns = variants(self.parties.names.text(resource, one.arn))
                    yield Runner(arns, resource.address, role, tags_of(resource))

    def _tasks(self) -> Iterator[Runner]:
        """Tasks of services: their ARN has the name of the cluster, and a number."""
        names = self.parties.names
        for service in self.parties.snapshot.all("aws_ecs_service"):
            for task in list.__iter__(service.references("aws_ecs_task_definition", via="task_definition")):
                for role in self._roles(task, "task_role_arn"):
                    cluster = service.get("cluster")
                    name = "*"
                    for one in list.__iter__(service.references("aws_ecs_cluster", via="cluster")):
                        name = names.text(one, "name")
                    if name == "*" and not is_unknown(cluster) and cluster:
                        name = str.__str__(cluster).rsplit("/", 1)[-1]
                    account = names.account(service)
                    arn = f"arn:{names.partition(task)}:ecs:{symbol('region')}:{account}:task/{name}/x"
                    yield Runner(variants(arn), service.address, role, tags_of(service))

    def _roles(self, resource: Resource, via: str) -> Iterator[Party]:
        """The roles of the plan that an attribute names, by way of an instance profile where it names one."""
        for role in list.__iter__(resource.references(_ROLE, via=via)):
            yield from self._at(role)
        for profile in list.__iter__(resource.references(_PROFILE, via=via)):
            for role in list.__iter__(profile.references(_ROLE, via="role")):
                yield from self._at(role)

    def _at(self, role: Resource) -> Iterator[Party]:
        party = self.parties.role_at.get(role.address)
        if party is not None:
            yield party


def tags_of(resource: Resource) -> dict[str, str]:
    """The tags of a resource that are known."""
    found: dict[str, str] = {}
    for attribute in ("tags", "tags_all"):
        tags = resource.get(attribute)
        if is_unknown(tags) or not isinstance(tags, dict):
            continue
        for name, value in tags.items():
            if not is_unknown(value) and isinstance(value, str):
                found[str.__str__(name)] = str.__str__(value)
    return found
