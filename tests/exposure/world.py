"""Small worlds of endpoints: the same rules as data for the reference, and as HCL for the analysis.

A world has several endpoints side by side, each with rules of its own, so that one plan answers for many.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.exposure.reference import Packet

Rule = dict[str, Any]
Reaches = Callable[[Packet], bool]

NETWORKS = (
    "0.0.0.0/0",
    "0.0.0.0/0",
    "3.0.0.0/8",
    "3.1.0.0/16",
    "3.1.2.3/32",
    "0.0.0.0/1",
    "128.0.0.0/1",
    "10.0.0.0/8",
)
V6_NETWORKS = ("::/0", "2a00::/16", "2a00:1::/32")
PORTS = ((0, 65535), (22, 22), (80, 443), (443, 443), (1024, 65535), (0, 0))
SOURCES = ("3.0.0.0", "3.1.2.3", "3.255.255.255", "4.0.0.1", "8.8.8.8", "126.255.255.255", "128.0.0.1", "203.0.112.1")
TO_PORTS = (0, 22, 80, 443, 1023, 1024)
PACKETS = tuple(
    Packet(source, protocol, port)
    for source in SOURCES
    for protocol in (6, 17)
    for port in (0, 22, 80, 443, 1023, 1024)
)


@dataclass(frozen=True)
class World:
    """Some endpoints and what lets packets through to them.

    :ivar hcl: the blocks of the configuration, by their address
    :ivar reaches: for each endpoint's address, whether a packet from the internet gets there
    """

    hcl: dict[str, str] = field(default_factory=dict)
    reaches: dict[str, Reaches] = field(default_factory=dict)

    def text(self) -> str:
        """The whole configuration."""
        return "\n".join(self.hcl.values())

    def add(self, kind: str, name: str, body: Mapping[str, Any]) -> str:
        """Write one resource down, and give its address."""
        self.hcl[f"{kind}.{name}"] = f'resource "{kind}" "{name}" {{\n{_lines(body)}}}\n'
        return f"{kind}.{name}"


class Ref(str):
    """An expression that stands in the configuration as it is."""

    __slots__ = ()


def _lines(body: Mapping[str, Any]) -> str:
    lines = []
    for key, value in body.items():
        if isinstance(value, dict):
            lines.append(f"{key} {{\n{_lines(value)}}}")
        elif isinstance(value, list) and value and isinstance(value[0], dict):
            lines += [f"{key} {{\n{_lines(one)}}}" for one in value]
        else:
            lines.append(f"{key} = {_said(value)}")
    return "".join(line + "\n" for line in lines)


def _said(value: Any) -> str:
    if isinstance(value, Ref):
        return str(value)
    if isinstance(value, Labels):
        return "{" + ", ".join(f"{key} = {json.dumps(one)}" for key, one in value.items) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_said, value)) + "]"
    return json.dumps(value)


@dataclass(frozen=True)
class Labels:
    """A map, where a dict stands for a block."""

    items: tuple[tuple[str, str], ...]
