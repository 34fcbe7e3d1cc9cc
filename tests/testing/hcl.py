"""A stand-in for the way from HCL to a plan: blocks, literals in JSON, and anything else unknown until apply."""

from __future__ import annotations

import json
import re
from typing import Any

from planguard.errors import SourceError

_HEAD = re.compile(r'resource "(\w+)" "(\w+)" \{$')


def small_plan(text: str, name: str) -> bytes:
    """The plan that creates the resources of a text, in which each attribute and each brace has its own line.

    :raises SourceError: for a line that it does not understand
    """
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    changes, blocks = [], []
    while lines:
        head = _HEAD.match(lines.pop(0))
        if head is None:
            raise SourceError("not HCL", place=name)
        kind, label = head.groups()
        after, unknown, expressions = _body(lines)
        unknown |= {"id": True, "arn": True}
        address = f"{kind}.{label}"
        shared = {"address": address, "mode": "managed", "type": kind, "name": label}
        change = {"actions": ["create"], "before": None, "after": after, "after_unknown": unknown}
        changes.append({**shared, "provider_name": "registry.terraform.io/hashicorp/aws", "change": change})
        blocks.append({**shared, "expressions": expressions})
    document = {
        "format_version": "1.2",
        "terraform_version": "1.11.4",
        "resource_changes": changes,
        "configuration": {"root_module": {"resources": blocks}},
    }
    return json.dumps(document).encode()


def _body(lines: list[str]) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    after: dict[str, Any] = {}
    unknown: dict[str, Any] = {}
    expressions: dict[str, Any] = {}
    while (line := lines.pop(0)) != "}":
        name, _, value = (part.strip() for part in line.partition("="))
        if line.endswith(" {"):
            name = line.removesuffix(" {")
            below = _body(lines)
            for whole, part in zip((after, unknown, expressions), below, strict=True):
                whole.setdefault(name, []).append(part)
            continue
        try:
            after[name] = json.loads(value)
            expressions[name] = {"constant_value": after[name]}
        except ValueError:
            unknown[name] = True
            expressions[name] = {"references": [value, value.rsplit(".", 1)[0]]}
    return after, unknown, expressions
