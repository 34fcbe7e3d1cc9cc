"""A value as plan JSON holds it: what is known, what is unknown, what is sensitive.

Source: Terraform's ``internal/command/jsonplan`` (``omitUnknowns``, ``unknownAsBool``) and ``SensitiveAsBool``.
"""

from __future__ import annotations

from typing import Any

from planguard.plan.source.evaluation.value import UNKNOWN, Marked


def known_part(value: Any) -> Any:
    """The value without what is unknown: keys are left out, elements are null."""
    if isinstance(value, dict):
        return {key: known_part(inner) for key, inner in value.items() if _is_known(inner)}
    if isinstance(value, list | tuple):
        return [known_part(inner) for inner in value]
    if value is UNKNOWN:
        return None
    return known_part(value.value) if type(value) is Marked else value


def _is_known(value: Any) -> bool:
    return value is not UNKNOWN and not (type(value) is Marked and value.value is UNKNOWN)


def unknown_mask(value: Any) -> Any:
    """``true`` where a value is unknown; containers keep their shape."""
    if value is UNKNOWN:
        return True
    if isinstance(value, dict):
        found = {}
        for key, inner in value.items():
            mask = unknown_mask(inner)
            if mask is not False:
                found[key] = mask
        return found
    if isinstance(value, list | tuple):
        return [unknown_mask(inner) for inner in value]
    return unknown_mask(value.value) if type(value) is Marked else False


def sensitive_mask(value: Any) -> Any:
    """``true`` where a value is sensitive; containers keep their shape."""
    if type(value) is Marked:
        return True
    if isinstance(value, dict):
        found = {}
        for key, inner in value.items():
            mask = sensitive_mask(inner)
            if mask is not False:
                found[key] = mask
        return found
    if isinstance(value, list | tuple):
        masks = [sensitive_mask(inner) for inner in value]
        return True if type(value) is tuple and any(mask is True for mask in masks) else masks
    return False
