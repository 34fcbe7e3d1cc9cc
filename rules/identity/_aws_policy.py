"""IAM policy documents as statements, from JSON or from the blocks of a document that is rendered at apply only.

Sources: the grammar of the IAM JSON policy language (IAM User Guide, "Grammar of the IAM JSON policy language");
``aws_iam_policy_document`` in the AWS provider's documentation. Actions are compared without case, resources with.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import lru_cache
from typing import Any

from planguard import Resource, Undetermined, is_unknown
from planguard.plan.unknown import has_unknown

DOCUMENT = "data.aws_iam_policy_document"
LATER = "(known after apply)"
"""Stands for a value that is not known yet but comes from a resource's name: no wildcard, equal to itself only."""
LATER_OF_ACCOUNT = "(known after apply, with the number of an account)"
"""Like LATER, for one that an account's number is part of: it may stand for the account as a whole."""

_EVERY_ACTION = re.compile(r"\*[*:]*")
_EVERY_RESOURCE = re.compile(r"(?:\*|arn:\*|arn:aws[a-z-]*:\*)[*:/]*")
_NAMING = ("arn", "arns", "_id", ".id")
_OF_ACCOUNT = re.compile(r".*account_id|(?:data\.aws_caller_identity|aws_organizations_account)\..*\.id")


@dataclass(frozen=True, slots=True)
class Statement:
    """One statement. Lists may hold values that are not known yet; reading those raises Undetermined.

    :ivar path: where it stands in the resource
    :ivar principals: ``{"type": …, "identifiers": […]}`` each
    :ivar conditions: ``{"test": …, "variable": …, "values": […]}`` each
    :ivar document: the address of the data source that it stands in; empty for one that is known as JSON
    """

    path: str
    effect: Any
    actions: Any
    not_actions: Any
    resources: Any
    not_resources: Any
    principals: Any = field(default_factory=list)
    not_principals: Any = field(default_factory=list)
    conditions: Any = field(default_factory=list)
    document: str = ""

    @property
    def evidence(self) -> list[str]:
        """The document that it stands in, where that is a data source."""
        return [self.document] if self.document else []

    @property
    def allows(self) -> bool:
        """Whether it is an Allow; anything else is a Deny."""
        return bool(self.effect == "Allow")

    @property
    def names_principals(self) -> bool:
        """Whether it is part of a policy that stands at a resource, not at an identity."""
        return bool(self.principals) or bool(self.not_principals)

    @property
    def is_for_anyone(self) -> bool:
        """Whether it speaks of everybody, in or outside the account; an Allow for all but some does."""
        for block in self.principals:
            if block.get("type") in {"*", "AWS"} and any(one == "*" for one in listed(block.get("identifiers"))):
                return True
        return bool(self.not_principals)

    @property
    def is_on_everything(self) -> bool:
        """Whether no resource, or next to none, is left out."""
        return bool(self.not_resources) or any(is_every_resource(one) for one in self.resources)


def listed(value: Any) -> Any:
    """A string or a list as a list; what is not known yet stays so."""
    if is_unknown(value):
        return value
    if isinstance(value, list):
        return value
    return [value] if value else []


def is_every_action(action: str) -> bool:
    """``*``, ``*:*`` and other spellings of it."""
    return bool(_EVERY_ACTION.fullmatch(action))


def is_every_resource(resource: str) -> bool:
    """``*``, ``arn:aws:*`` and other spellings of it."""
    return bool(_EVERY_RESOURCE.fullmatch(resource))


def covers(patterns: Iterable[str], wanted: str, *, case: bool) -> bool:
    """Whether one of the patterns takes in whatever the wanted pattern does."""
    return any(_glob(pattern, case).fullmatch(wanted) for pattern in patterns)


@lru_cache(maxsize=4096)
def _glob(pattern: str, case: bool) -> re.Pattern[str]:
    parts = (".*" if char == "*" else "[^*]" if char == "?" else re.escape(char) for char in pattern)
    return re.compile("".join(parts), re.DOTALL | (0 if case else re.IGNORECASE))


# -- documents -----------------------------------------------------------------------------------------------------


def statements(resource: Resource, path: str = "policy") -> list[Statement]:
    """The statements of the policy at a path, also where it is a document that is rendered at apply only.

    :raises Undetermined: when the policy is not known, and the plan does not say what it will be made of
    """
    document = deferred_document(resource, path)
    if not document:
        return parse_statements(resource.json(path), path)
    return [
        replace(one, path=f"{path}.Statement[{index}]", document=document.address)
        for index, one in enumerate(document_statements(document))
    ]


def deferred_document(resource: Resource, path: str) -> Resource | None:
    """The one document, rendered at apply only, that a policy is; None where the plan does not say that it is one."""
    if not is_unknown(resource.get(path)):
        return None
    via = re.sub(r"\[\d+\]", "", path)
    found = resource.references(DOCUMENT, via=via)
    if len(_traversals(resource, via)) != 1 or list.__len__(found) != 1 or getattr(found, "why", None):
        return None
    return next(filter(is_deferred, list.__iter__(found)), None)


def is_deferred(document: Resource) -> bool:
    """Whether a document is rendered at apply only."""
    return is_unknown(document.get("json"))


TAKEN_IN = ("source_policy_documents", "override_policy_documents")


def document_statements(document: Resource) -> list[Statement]:
    """The statements of a document that is rendered at apply only: those that it takes in, and its blocks."""
    found: list[Statement] = []
    for attribute in TAKEN_IN:
        found += _taken_in(document, attribute)
    for attribute in ("source_json", "override_json"):
        found += parse_statements(document.json(attribute), attribute)
    blocks = {int(path[len("statement[") : -1]): (path, block) for path, block in document.blocks("statement")}
    return found + [_from_block(document, *blocks[index]) for index in sorted(blocks)]


def _taken_in(document: Resource, attribute: str) -> Iterator[Statement]:
    texts = document.get(attribute)
    if not texts:
        return
    later = 0
    for index, text in enumerate(list.__iter__(texts)):
        if is_unknown(text):
            later += 1
        else:
            yield from parse_statements(document.json(f"{attribute}[{index}]"), f"{attribute}[{index}]")
    others = [one for one in document.references(DOCUMENT, via=attribute) if is_deferred(one)] if later else []
    if len(others) != later:
        raise Undetermined((attribute,), document)
    for one in others:
        yield from document_statements(one)


def parse_statements(document: Any, path: str) -> list[Statement]:
    """The statements of a decoded JSON document."""
    if not isinstance(document, dict):
        return []
    rows = _lower(document).get("statement")
    return [
        _from_json(_lower(row), f"{path}.Statement[{index}]")
        for index, row in enumerate(rows if isinstance(rows, list) else [rows])
        if isinstance(row, dict)
    ]


def _lower(mapping: dict[str, Any]) -> dict[str, Any]:
    return {key.lower(): value for key, value in mapping.items()}


def _from_json(row: dict[str, Any], path: str) -> Statement:
    conditions = row.get("condition")
    return Statement(
        path=path,
        effect=row.get("effect"),
        actions=listed(row.get("action")),
        not_actions=listed(row.get("notaction")),
        resources=listed(row.get("resource")),
        not_resources=listed(row.get("notresource")),
        principals=_principals(row.get("principal")),
        not_principals=_principals(row.get("notprincipal")),
        conditions=[
            {"test": test, "variable": variable, "values": [str(one) for one in _scalars(values)]}
            for test, variables in (conditions if isinstance(conditions, dict) else {}).items()
            for variable, values in (variables if isinstance(variables, dict) else {}).items()
        ],
    )


def _scalars(values: Any) -> list[Any]:
    return values if isinstance(values, list) else [values]


def _principals(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, dict):
        return [{"type": kind, "identifiers": listed(names)} for kind, names in value.items()]
    return [{"type": "*", "identifiers": listed(value)}] if value else []


# -- blocks of a document that is rendered at apply ----------------------------------------------------------------


def _from_block(document: Resource, path: str, block: dict[str, Any]) -> Statement:
    def values(name: str, of: dict[str, Any] = block, *, inside: str = "") -> Any:
        return _with_names(document, f"statement.{inside}{name}", listed(of.get(name)))

    def filled(name: str, leaf: str) -> Any:
        blocks = block.get(name)
        if is_unknown(blocks):
            return blocks
        found = [
            one if is_unknown(one) else {**one, leaf: values(leaf, one, inside=f"{name}.")}
            for one in list.__iter__(blocks or [])
        ]
        return sorted(found, key=has_unknown)

    effect = block.get("effect")
    return Statement(
        path=path,
        effect=effect if is_unknown(effect) else effect or "Allow",
        actions=values("actions"),
        not_actions=values("not_actions"),
        resources=values("resources"),
        not_resources=values("not_resources"),
        principals=filled("principals", "identifiers"),
        not_principals=filled("not_principals", "identifiers"),
        conditions=filled("condition", "values"),
    )


def _with_names(document: Resource, attribute: str, values: Any) -> Any:
    """Values with a stand-in for each that is not known yet but can only be the name of a resource."""
    traversals = _traversals(document, attribute)
    if not traversals or not all(_is_a_name(document, one) for one in traversals):
        return values
    later = LATER_OF_ACCOUNT if any(map(_OF_ACCOUNT.fullmatch, traversals)) else LATER
    if is_unknown(values):
        return [later]
    return [later if is_unknown(one) else one for one in list.__iter__(values)]


def _traversals(document: Resource, attribute: str) -> list[str]:
    block = document.node.block
    return [
        re.sub(r"\[[^]]*\]$", "", traversal)
        for written, found in (block.attributes if block else ())
        if ".".join(written) == attribute
        for traversal in found
    ]


def _is_a_name(document: Resource, traversal: str) -> bool:
    """Whether a value comes from a resource's name; what a root variable will hold, nobody has said."""
    return traversal.endswith(_NAMING) and (bool(document.node.module) or not traversal.startswith("var."))
