"""The resources whose own policies a snapshot shows, and which of them a policy that stands beside belongs to."""

from __future__ import annotations

from planguard.access.aws.attached import named_later
from planguard.access.aws.names import Names
from planguard.access.aws.principals import Draft
from planguard.access.model import AWS, RESOURCE, Subject, Terms
from planguard.access.pattern import is_symbol, shown
from planguard.graph.resource import Resource, steps_of
from planguard.plan.unknown import is_unknown

_NAMES = {
    "aws_s3_bucket": "bucket",
    "aws_lambda_function": "function_name",
    "aws_opensearch_domain": "domain_name",
    "aws_elasticsearch_domain": "domain_name",
    "aws_codeartifact_domain": "domain",
    "aws_codeartifact_repository": "repository",
    "aws_msk_cluster": "cluster_name",
    "aws_msk_serverless_cluster": "cluster_name",
    "aws_efs_file_system": "creation_token",
}
"""The attribute that holds the name of a resource, where it is not ``name``."""


class Owners:
    """Every resource of a snapshot that has a policy of its own."""

    def __init__(self, names: Names) -> None:
        self.names = names
        self._drafts: dict[str, Draft] = {}
        self._by_text: dict[tuple[str, ...], dict[str, Resource]] = {}

    @property
    def drafts(self) -> list[Draft]:
        """All of them, in order of their subjects."""
        return sorted(self._drafts.values(), key=lambda one: one.subject)

    def of(self, resource: Resource) -> Draft:
        """The subject that a resource of the plan is."""
        draft = self._drafts.get(resource.address)
        if draft is None:
            kind = kind_of(resource.type)
            name = self.names.lasting(resource, kind, _NAMES.get(resource.type, "name"))
            subject = Subject(AWS, RESOURCE, name, resource.address, kind)
            draft = self._drafts[resource.address] = Draft(
                subject, resource, self.names.account(resource), touched=resource.node.changed
            )
        return draft

    def terms(self, draft: Draft) -> Terms:
        """A subject, and what is in it, as the resource of a request."""
        if draft.resource is None:
            return Terms()
        arn = self.names.arn(draft.resource)
        return Terms((arn, f"{arn}/*", f"{arn}:*"))

    def named(self, resource: Resource, path: str, types: tuple[str, ...], by: tuple[str, ...]) -> list[Draft]:
        """The subjects that an attribute names; where nobody knows whom, one that stands for it.

        :param by: the attributes that a resource of these types may be named by
        """
        value = self.names.value(resource, path)
        if not is_unknown(value):
            return [self._called(str.__str__(value or ""), resource, types, by)]
        certain, possible, is_open = named_later(resource, path, types, self.names)
        if certain or possible:
            return [self.of(one) for one in certain or possible]
        origins = [] if is_open else self.names.origins(resource, steps_of(path))
        if len(origins) == 1:
            return [self._called(origins[0].text, resource, types, by)]
        return [self._alone(resource)]

    def _called(self, text: str, resource: Resource, types: tuple[str, ...], by: tuple[str, ...]) -> Draft:
        key = (*types, *by)
        index = self._by_text.get(key)
        if index is None:
            index = self._by_text[key] = {}
            for one in reversed(self.names.snapshot.all(*types)):
                index.update({self.names.text(one, name): one for name in by})
        there = index.get(text)
        if there is not None:
            return self.of(there)
        if not text or any(map(is_symbol, text)):
            return self._alone(resource)
        kind = kind_of(types[0])
        place = f"{kind}/{text}"
        draft = self._drafts.get(place)
        if draft is None:
            told = text if text.startswith("arn:") else f"arn:aws:s3:::{text}" if kind == "s3_bucket" else place
            draft = self._drafts[place] = Draft(Subject(AWS, RESOURCE, told, "", kind), None, touched=False)
        return draft

    def _alone(self, resource: Resource) -> Draft:
        """A subject that is known by the policy that stands beside it, and by nothing else."""
        draft = self._drafts.get(resource.address)
        if draft is None:
            told = f"{kind_of(resource.type)} of {shown(resource.address)}"
            subject = Subject(AWS, RESOURCE, told, resource.address, kind_of(resource.type))
            draft = self._drafts[resource.address] = Draft(subject, None, touched=resource.node.changed)
        return draft


def kind_of(type_: str) -> str:
    """A resource type without its cloud: ``s3_bucket``."""
    return type_.removeprefix("data.").removeprefix("aws_")
