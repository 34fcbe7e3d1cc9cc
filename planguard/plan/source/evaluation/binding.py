"""``google_iam_policy`` where some of it is not known: the policy that the provider makes of its bindings.

Source: Google provider, "google_iam_policy" (data source), and ``Policy`` of the Cloud Resource Manager API.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from planguard.plan.source.evaluation.symbol import Document, OpenList, Symbolic
from planguard.plan.source.evaluation.value import UNKNOWN

GOOGLE_PARTS = ("binding", "audit_config")
"""The blocks that a policy is made of."""

NO_GOOGLE_DOCUMENT: Mapping[str, Any] = {"policy_data": UNKNOWN}
"""What it gives where nothing can be told."""


def google_document(values: dict[str, Any]) -> Mapping[str, Any]:
    """``policy_data`` of a policy.

    :param values: its blocks, without marks; what nobody wrote is left out
    """
    tree = {"bindings": _each(values.get("binding"), _binding)}
    if values.get("audit_config"):
        tree["auditConfigs"] = _each(values["audit_config"], _audit)
    return {"policy_data": Symbolic((Document(tree),))}


def _each(blocks: Any, row: Any) -> Any:
    if blocks is None:
        return []
    if not isinstance(blocks, list | tuple):
        return UNKNOWN
    rows = [row(block) if isinstance(block, dict) else UNKNOWN for block in blocks]
    return OpenList(rows) if UNKNOWN in rows else rows


def _binding(block: dict[str, Any]) -> dict[str, Any]:
    found = {"role": block.get("role", UNKNOWN), "members": _texts(block.get("members", UNKNOWN))}
    condition = block.get("condition")
    if condition:
        first = condition[0] if isinstance(condition, list | tuple) and len(condition) == 1 else UNKNOWN
        found["condition"] = first
    return found


def _audit(block: dict[str, Any]) -> dict[str, Any]:
    return {"service": block.get("service", UNKNOWN), "auditLogConfigs": _each(block.get("audit_log_configs"), _log)}


def _log(block: dict[str, Any]) -> dict[str, Any]:
    return {"logType": block.get("log_type", UNKNOWN), "exemptedMembers": _texts(block.get("exempted_members") or [])}


def _texts(value: Any) -> Any:
    """The members of a set of texts."""
    if not isinstance(value, list | tuple):
        return UNKNOWN
    texts = [one.as_text() if type(one) is Symbolic else one for one in value]
    return OpenList(texts) if type(value) is OpenList else texts
