"""Random policies on roles and buckets of a plan: what the plan is read to grant is what the documents say.

Each plan has several roles with an inline policy, an attached one and a boundary, or several buckets with a policy.
The slow evaluator judges the documents; the analysis sees the plan only.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Any, NamedTuple

import pytest

from planguard.access.holdings import Holdings, holdings
from planguard.access.model import IDENTITY, NO_ACCESS, RESOURCE, Access, Witness
from planguard.access.pattern import symbol
from planguard.plan.source.example import example_plan
from planguard.schema import resource_schema
from tests.access.random_policies import Document, leaves, random_document, random_request, replaced, settled
from tests.access.reference import Request, allowed
from tests.access.reference_clauses import access_allows
from tests.conftest import graph_from

TOGETHER = 10
TRUST = {
    "Version": "2012-10-17",
    "Statement": {"Effect": "Allow", "Principal": {"Service": "ec2.amazonaws.com"}, "Action": "sts:AssumeRole"},
}
LATER = "\ue100"
"""Stands in a document where the configuration takes a value that is known after apply only."""
VALUE = "zzlaterzz"
"""What that value comes out as: nothing that a pattern of these tests would match by chance."""


class Role(NamedTuple):
    """What a role has: the documents, and how they stand in the configuration."""

    inline: Document
    attached: Document | None
    boundary: Document | None

    def allows(self, request: Request) -> bool:
        """Whether the policies of the role and its boundary allow a request."""
        policies = [one["Statement"] for one in (self.inline, self.attached) if one]
        together = {"Version": "2012-10-17", "Statement": [one for statements in policies for one in statements]}
        return allowed(together, request) and (self.boundary is None or allowed(self.boundary, request))


def some(random: Random, plane: str = "identity") -> Document:
    """A policy without variables."""
    document: Document = settled(random_document(random, plane=plane), has_variables=False)
    return document


def some_role(random: Random) -> Role:
    """A role with random policies."""
    attached = some(random) if random.random() < 0.5 else None
    return Role(some(random), attached, some(random) if random.random() < 0.4 else None)


def hcl_of(role: Role, name: str) -> str:
    """The resources of a role."""
    boundary = f"permissions_boundary = aws_iam_policy.{name}_boundary.arn" if role.boundary else ""
    blocks = [
        f'resource "aws_iam_role" "{name}" {{\nname = "{name}"\n'
        f"assume_role_policy = {written(TRUST)}\n{boundary}\n}}",
        f'resource "aws_iam_role_policy" "{name}" {{\nrole = aws_iam_role.{name}.name\n'
        f"policy = {written(role.inline)}\n}}",
    ]
    if role.attached:
        blocks.append(policy(f"{name}_attached", role.attached))
        blocks.append(
            f'resource "aws_iam_role_policy_attachment" "{name}" {{\nrole = aws_iam_role.{name}.name\n'
            f"policy_arn = aws_iam_policy.{name}_attached.arn\n}}"
        )
    if role.boundary:
        blocks.append(policy(f"{name}_boundary", role.boundary))
    return "\n".join(blocks)


def policy(name: str, document: Document) -> str:
    """A managed policy."""
    return f'resource "aws_iam_policy" "{name}" {{\nname = "{name}"\npolicy = {written(document)}\n}}'


def written(document: Any) -> str:
    """A document as an expression; what is not known yet becomes a reference."""
    text = json.dumps(document).replace("${", "$${")
    known = json.dumps(LATER)
    return f"jsonencode({text.replace(known, 'terraform_data.later.id')})"


def read(*blocks: str) -> Holdings:
    """What a configuration grants once it is applied."""
    text = "\n".join(('resource "terraform_data" "later" {}', *blocks))
    return holdings(graph_from(example_plan(text, table=resource_schema)), "after")


def held(found: Holdings, address: str, plane: str) -> Access:
    """The access of the one subject that a resource stands for."""
    access = [one.access for one in found.by_address.get(address, []) if one.subject.plane == plane]
    assert len(access) <= 1
    return access[0] if access else NO_ACCESS


def as_witness(request: Request) -> Witness:
    """A concrete request in the shape of a witness, its action in lower case as clauses have it."""
    return Witness(request.principal, request.action.lower(), request.resource, dict(request.context))


@pytest.mark.parametrize("seed", range(10))
def test_roles_hold_what_their_documents_allow(seed: int) -> None:
    random = Random(f"roles-{seed}")
    roles = {f"r{index}": some_role(random) for index in range(TOGETHER)}
    found = read(*(hcl_of(role, name) for name, role in roles.items()))
    for name, role in roles.items():
        access = held(found, f"aws_iam_role.{name}", IDENTITY)
        for _ in range(40):
            request = random_request(random, *filter(None, role))
            for reading in ("must", "may"):
                assert access_allows(access, as_witness(request), reading) is role.allows(request), (role, request)


@pytest.mark.parametrize("seed", range(10))
def test_buckets_let_others_do_what_their_documents_allow(seed: int) -> None:
    random = Random(f"buckets-{seed}")
    documents = {f"b{index}": some(random, "resource") for index in range(TOGETHER)}
    blocks = [
        f'resource "aws_s3_bucket" "{name}" {{\nbucket = "{name}"\n}}\n'
        f'resource "aws_s3_bucket_policy" "{name}" {{\nbucket = aws_s3_bucket.{name}.id\n'
        f"policy = {written(document)}\n}}"
        for name, document in documents.items()
    ]
    found = read(*blocks)
    for name, document in documents.items():
        access = held(found, f"aws_s3_bucket.{name}", RESOURCE)
        for _ in range(40):
            request = random_request(random, document)
            assert access_allows(access, as_witness(request), "may") is allowed(document, request), (
                document,
                request,
            )


@pytest.mark.parametrize("seed", range(10))
def test_what_an_unknown_part_may_allow_is_at_least_what_it_comes_to(seed: int) -> None:
    for role, opened, access, request in with_parts_unknown(seed):
        may = access_allows(access, with_symbol(as_witness(request)), "may")
        assert may or not role.allows(request), (role, opened, request)


def test_what_is_certain_beside_an_unknown_part_holds_whatever_it_comes_to() -> None:
    for seed in range(10):
        for role, opened, access, request in with_parts_unknown(seed):
            must = access_allows(access, with_symbol(as_witness(request)), "must")
            assert role.allows(request) or not must, (role, opened, request)


def with_parts_unknown(seed: int) -> Iterator[tuple[Role, Role, Access, Request]]:
    """Roles as they will be and as they stand in the plan, what the plan is read to grant, and requests."""
    random = Random(f"unknown-{seed}")
    pairs = {f"r{index}": with_unknown(random, some_role(random)) for index in range(TOGETHER)}
    found = read(*(hcl_of(opened, name) for name, (_, opened) in pairs.items()))
    for name, (role, opened) in pairs.items():
        access = held(found, f"aws_iam_role.{name}", IDENTITY)
        for _ in range(40):
            yield role, opened, access, random_request(random, *filter(None, role))


def with_unknown(random: Random, role: Role) -> tuple[Role, Role]:
    """The role with another value at one place of its documents: as it will be, and not known yet.

    Where texts are compared it is a text of its own, such as names and ARNs are; else it is what stands there.
    """
    index = random.choice([index for index, one in enumerate(role) if one])
    document = role[index]
    assert document is not None
    path = random.choice([path for path in leaves(document["Statement"], ("Statement",)) if path[-1] != "Effect"])
    is_text = "Condition" not in path or any(word in str(path) for word in ("String", "Arn"))
    known = replaced(document, path, VALUE) if is_text else document
    field = role._fields[index]
    return role._replace(**{field: known}), role._replace(**{field: replaced(document, path, LATER)})


def with_symbol(witness: Witness) -> Witness:
    """The witness with the symbol for the value that is not known yet in its place."""
    char = symbol("terraform_data.later.id")

    def said(text: str) -> str:
        return text.replace(VALUE, char)

    context = {
        key: said(one) if isinstance(one, str) else list(map(said, one)) for key, one in witness.context.items()
    }
    return Witness(witness.principal, said(witness.action), said(witness.resource), context)
