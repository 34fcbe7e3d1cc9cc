"""What the resources of a plan are called in policies, also where the provider will tell only after apply.

The ARN of a resource that is created is not known. Where it follows from attributes that are, it is composed: then a
bucket that is replaced keeps its name. Elsewhere one symbol stands for it, wherever the plan refers to it.

Sources: Service Authorization Reference (the ARN formats of each service's resource types); AWS provider's
documentation (what ``id`` of each type is).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from msgspec import Struct

from planguard.access.pattern import is_symbol, symbol, symbol_name
from planguard.graph.account import account_of
from planguard.graph.configuration import OPEN, UNSAID, all_references, is_expression
from planguard.graph.node import Node
from planguard.graph.reference import Resolver, Scope
from planguard.graph.resource import AFTER, BEFORE, Resource, steps_of
from planguard.graph.snapshot import Snapshot
from planguard.plan.address import Key, parse_reference
from planguard.plan.free_text import may_be_any_text
from planguard.plan.unknown import Path, Undetermined, has_unknown, is_unknown, render_path

_FORMATS = {
    "aws_s3_bucket": "arn:{partition}:s3:::{bucket}",
    "aws_iam_role": "arn:{partition}:iam::{account}:role{path}{name}",
    "aws_iam_user": "arn:{partition}:iam::{account}:user{path}{name}",
    "aws_iam_group": "arn:{partition}:iam::{account}:group{path}{name}",
    "aws_iam_policy": "arn:{partition}:iam::{account}:policy{path}{name}",
    "aws_iam_instance_profile": "arn:{partition}:iam::{account}:instance-profile{path}{name}",
    "aws_iam_saml_provider": "arn:{partition}:iam::{account}:saml-provider/{name}",
    "aws_iam_openid_connect_provider": "arn:{partition}:iam::{account}:oidc-provider/{url}",
    "aws_sqs_queue": "arn:{partition}:sqs:{region}:{account}:{name}",
    "aws_sns_topic": "arn:{partition}:sns:{region}:{account}:{name}",
    "aws_dynamodb_table": "arn:{partition}:dynamodb:{region}:{account}:table/{name}",
    "aws_lambda_function": "arn:{partition}:lambda:{region}:{account}:function:{function_name}",
    "aws_cloudwatch_log_group": "arn:{partition}:logs:{region}:{account}:log-group:{name}",
    "aws_cloudwatch_event_bus": "arn:{partition}:events:{region}:{account}:event-bus/{name}",
    "aws_ecr_repository": "arn:{partition}:ecr:{region}:{account}:repository/{name}",
    "aws_kinesis_stream": "arn:{partition}:kinesis:{region}:{account}:stream/{name}",
    "aws_kinesis_firehose_delivery_stream": "arn:{partition}:firehose:{region}:{account}:deliverystream/{name}",
    "aws_ssm_parameter": "arn:{partition}:ssm:{region}:{account}:parameter/{name}",
    "aws_ecs_cluster": "arn:{partition}:ecs:{region}:{account}:cluster/{name}",
    "aws_eks_cluster": "arn:{partition}:eks:{region}:{account}:cluster/{name}",
    "aws_sfn_state_machine": "arn:{partition}:states:{region}:{account}:stateMachine:{name}",
    "aws_codebuild_project": "arn:{partition}:codebuild:{region}:{account}:project/{name}",
    "aws_backup_vault": "arn:{partition}:backup:{region}:{account}:backup-vault:{name}",
}
_SAME_AS = {
    ("aws_s3_bucket", "id"): "bucket",
    ("aws_iam_role", "id"): "name",
    ("aws_iam_user", "id"): "name",
    ("aws_iam_group", "id"): "name",
    ("aws_iam_policy", "id"): "arn",
    ("aws_iam_instance_profile", "id"): "name",
    ("aws_iam_saml_provider", "id"): "arn",
    ("aws_iam_openid_connect_provider", "id"): "arn",
    ("aws_sns_topic", "id"): "arn",
    ("aws_dynamodb_table", "id"): "name",
    ("aws_lambda_function", "id"): "function_name",
    ("aws_cloudwatch_log_group", "id"): "name",
    ("aws_ecr_repository", "id"): "name",
    ("aws_ssm_parameter", "id"): "name",
    ("aws_eks_cluster", "id"): "name",
    ("aws_ecs_cluster", "id"): "arn",
    ("aws_secretsmanager_secret", "id"): "arn",
    ("aws_sfn_state_machine", "id"): "arn",
    ("aws_kms_key", "id"): "key_id",
    ("aws_backup_vault", "id"): "name",
}
"""Attributes that hold the same value by the provider's documentation."""
_OTHER_FORM = {("aws_iam_openid_connect_provider", "url"): "https://", ("aws_ssm_parameter", "name"): "/"}
"""What an attribute may begin with, and an ARN leaves out."""
_PLACES = {
    ("aws_caller_identity", "account_id"): "account",
    ("aws_caller_identity", "id"): "account",
    ("aws_partition", "partition"): "partition",
    ("aws_partition", "id"): "partition",
    ("aws_region", "name"): "region",
    ("aws_region", "region"): "region",
    ("aws_region", "id"): "region",
}
"""Data sources that say where one is."""
_MOST = 64
"""A value that may be taken from more instances says nothing."""
_ACCOUNTED = ("aws_iam_role", "aws_iam_policy", "aws_iam_user", "aws_iam_group")


class Named(Struct, frozen=True):
    """An attribute of an instance that a value in the configuration is taken from.

    :ivar text: what it is called, see :meth:`Names.text`
    :ivar is_arn: whether that is a whole ARN, which a longer value can only begin with
    :ivar is_new: whether the instance is not there before the apply, so that nothing can speak of it yet
    """

    node: Node
    path: str
    text: str
    is_arn: bool
    is_new: bool


class Names:
    """What the resources of one snapshot are called."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.snapshot = snapshot
        self._nodes = {node.address: node for node in snapshot.graph.nodes if not node.deposed}
        self._texts: dict[tuple[int, str, str], str] = {}
        self._accounts: dict[str, str] = {}
        self._resolver = Resolver()

    def text(self, resource: Resource, path: str) -> str:
        """The value at a path, composed from others where it is not known, else the symbol that stands for it."""
        key = (resource.node.index, resource.snapshot, path)
        found = self._texts.get(key)
        if found is None:
            found = self._texts[key] = _known(resource, path) or self._composed(resource, path)
        return found

    def arn(self, resource: Resource) -> str:
        """The ARN of a resource, see :meth:`text`."""
        return self.text(resource, "arn")

    def lasting(self, resource: Resource, kind: str, name: str = "name") -> str:
        """What a person calls a resource: the same before and after, unless it gets another name.

        Its ARN where that is wholly known, else its kind and name, else its address.

        :param name: the attribute that holds its name
        """
        sides = [one for one in (resource, resource.in_other_snapshot()) if one is not None]
        for path, begin in (("arn", ""), (name, f"{kind}/")):
            texts = [self.text(one, path) for one in sides]
            if not any(is_symbol(char) for text in texts for char in text):
                return begin + texts[0]
        return resource.address

    def _composed(self, resource: Resource, path: str) -> str:
        same = _SAME_AS.get((resource.type, path))
        if same is not None:
            return self.text(resource, same)
        if resource.is_data and (resource.type, path) in _PLACES:
            return self._part(resource, _PLACES[resource.type, path])
        template = _FORMATS.get(resource.type, "") if path == "arn" and not resource.is_data else ""
        if not template:
            return symbol(f"{resource.address}.{path}")
        return re.sub(r"\{(\w+)}", lambda found: self._part(resource, found[1]), template)

    def _part(self, resource: Resource, name: str) -> str:
        if name == "partition":
            return self.partition(resource)
        if name == "account":
            return self.account(resource)
        if name == "region":
            return self._region(resource) or symbol(_of_alias("region", resource.node))
        if name == "path":
            path = resource.effective("path", "/")
            return self.text(resource, name) if is_unknown(path) else str(path)
        return self.text(resource, name).removeprefix(_OTHER_FORM.get((resource.type, name), ""))

    def partition(self, resource: Resource) -> str:
        """The partition that a resource is in: by its region, ``aws`` where nothing tells."""
        region = self._region(resource)
        return "aws-cn" if region.startswith("cn-") else "aws-us-gov" if region.startswith("us-gov-") else "aws"

    @staticmethod
    def _region(resource: Resource) -> str:
        block = resource.node.block
        key = block.config.provider_config_key if block is not None else ""
        return _known(resource, "region") or resource.graph.provider_setting(key, ("region",))

    def account(self, resource: Resource) -> str:
        """The number of the account that a resource is in; one symbol for a provider where the plan does not tell."""
        return (
            _account(resource) or self._account_of_provider(resource) or symbol(_of_alias("account", resource.node))
        )

    def _account_of_provider(self, resource: Resource) -> str:
        """The one account that other resources of the same provider configuration are in."""
        key = _provider_key(resource.node)
        if key not in self._accounts:
            graph = self.snapshot.graph
            near = {
                _account(graph.view(node, side))
                for kind in _ACCOUNTED
                for node in graph.kinds.get(kind, ())
                if _provider_key(node) == key
                for side in (BEFORE, AFTER)
                if graph.is_in(node, side)
            } - {""}
            self._accounts[key] = near.pop() if len(near) == 1 else ""
        return self._accounts[key]

    def resolved(self, text: str) -> str:
        """A text with each symbol of a resource's attribute replaced by what that is called here."""
        if text.isascii():
            return text
        return "".join(self._of_symbol(char) if is_symbol(char) else char for char in text)

    def _of_symbol(self, char: str) -> str:
        name = symbol_name(char)
        at = len(name)
        while (at := name.rfind(".", 0, at)) > 0:
            node = self._nodes.get(name[:at])
            if node is not None and self.snapshot.graph.is_in(node, self.snapshot.name):
                return self.text(self.snapshot.graph.view(node, self.snapshot.name), name[at + 1 :])
        return char

    def value(self, resource: Resource, path: str) -> Any:
        """The value at a path: as the plan knows it, else as the source tells it, with the names of this snapshot."""
        value = resource.get(path)
        if not has_unknown(value) or self.snapshot.name == BEFORE:
            return value
        recovered = resource.recovered(path)
        return value if recovered is None or has_unknown(recovered) else self.resolved_in(recovered)

    def resolved_in(self, value: Any) -> Any:
        """Texts, lists and objects with each symbol of a resource's attribute replaced, see :meth:`resolved`."""
        if is_unknown(value):
            return value
        if isinstance(value, str):
            return self.resolved(str.__str__(value))
        if isinstance(value, dict):
            return {self.resolved(str.__str__(key)): self.resolved_in(below) for key, below in value.items()}
        if isinstance(value, list):
            return [self.resolved_in(below) for below in list.__iter__(value)]
        return value

    # -- by the configuration -----------------------------------------------------------------------------------

    def origins(self, resource: Resource, place: Path) -> list[Named]:
        """What the configuration takes the value at a path from; nothing where it may be something else as well.

        :param place: attribute names, with indexes where they name blocks
        """
        block = resource.node.block
        if block is None or self.snapshot.name == BEFORE:
            return []
        said = block.said_at(place, resource.values)
        if not said or any(one is OPEN or one is UNSAID or not is_expression(one) for one in said):
            return []
        scope = Scope(block.module, resource.node.module, resource.node.key, block.for_each)
        found: dict[tuple[int, str], Named] = {}
        for traversal in dict.fromkeys(text for one in said for text in all_references(one)):
            targets = self._resolver.targets([traversal], scope)
            if len(targets) > _MOST or (not targets and not _is_constant(traversal, scope)):
                return []
            for node, rest, _ in targets:
                path = _rendered(rest) or _meant(traversal)
                if not path or not self.snapshot.graph.is_in(node, self.snapshot.name) or _is_free(node, path):
                    return []
                other = self.snapshot.graph.view(node, self.snapshot.name)
                if not _known(other, path):  # what is known is not why the whole is unknown
                    found[node.index, path] = self._named(other, path)
        return list(found.values())

    def _named(self, resource: Resource, path: str) -> Named:
        node = resource.node
        same = _SAME_AS.get((node.type, path), path)
        is_new = not node.in_before and not resource.is_data
        return Named(node, path, self.text(resource, path), same.endswith("arn"), is_new)


def _is_free(node: Node, path: str) -> bool:
    """Whether an attribute may hold any text, a wildcard included."""
    return may_be_any_text(node.kind, [step for step in steps_of(path) if isinstance(step, str)])


def _known(resource: Resource, path: str) -> str:
    """The text at a path, empty where it is not known or none. Sensitive texts come out as they are."""
    try:
        value = resource.get(path)
    except ValueError:  # one of several blocks
        return ""
    if is_unknown(value) or not isinstance(value, str):
        return ""
    return str.__str__(value)


def _account(resource: Resource) -> str:
    for one in (resource, resource.in_other_snapshot()):
        try:
            found = account_of(one)[1] if one is not None else ""
        except Undetermined:
            found = ""
        if found:
            return found
    return ""


def _meant(traversal: str) -> str:
    """The attribute that a value which stands for whole resources is said to hold, by the name that it goes by."""
    name = re.sub(r"(\[[^]]*\])+$", "", traversal).rsplit(".", 1)[-1]
    if name.endswith(("arn", "arns")):
        return "arn"
    return "id" if name.endswith(("id", "ids", "name", "names", "bucket", "buckets")) else ""


def _rendered(rest: Iterable[str | tuple[Key]]) -> str:
    steps = (step[0] if isinstance(step, tuple) else step for step in rest)
    return render_path(tuple(step for step in steps if step is not None))


def _provider_key(node: Node) -> str:
    return node.block.config.provider_config_key if node.block is not None else node.provider


def _of_alias(what: str, node: Node) -> str:
    """The account or region of a provider that has no alias is just that."""
    alias = _provider_key(node).rsplit(":", 1)[-1].partition(".")[2] if node.block is not None else ""
    return f"{what} of aws.{alias}" if alias else what


def _is_constant(traversal: str, scope: Scope) -> bool:
    """Whether a reference that leads to no resource can only be to a value that is known."""
    kind = parse_reference(traversal).kind
    root = scope.module.parent is None
    return kind in ("path", "terraform", "count") or traversal == "each.key" or (kind == "var" and root)
