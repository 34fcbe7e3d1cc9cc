"""A plan of one HCL text: what an example of a rule looks like to the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from planguard.plan.source.evaluation.slot import AttributeTable
from planguard.plan.source.planned.document import plan_document
from planguard.plan.source.tree import source_from_files

_ACCOUNT = "111122223333"
EXAMPLE_DATA: Mapping[str, Mapping[str, Any]] = {
    "aws_caller_identity": {
        "account_id": _ACCOUNT,
        "arn": f"arn:aws:sts::{_ACCOUNT}:assumed-role/ci/terraform",
        "user_id": "AROAEXAMPLE:terraform",
        "id": _ACCOUNT,
    },
    "aws_partition": {"partition": "aws", "dns_suffix": "amazonaws.com", "id": "aws"},
    "aws_region": {"name": "us-east-1", "region": "us-east-1", "id": "us-east-1"},
}
"""What examples find in data sources that say who and where one is."""


def example_plan(
    text: str, name: str = "main.tf", *, table: AttributeTable | None = None, cache: Path | None = None
) -> bytes:
    """The plan of one HCL text, as JSON.

    :param name: the file that it is said to stand in; it may end in ``.tf.json``
    :param table: what resource types have
    :param cache: a folder for what was parsed
    :raises SourceError: it cannot be parsed
    """
    source = source_from_files({name: text.encode()}, cache=cache)
    return msgspec.json.encode(plan_document(source, table=table, data=EXAMPLE_DATA))
