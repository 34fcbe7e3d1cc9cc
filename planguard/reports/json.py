"""The report for machines (contract, section ``--format json``)."""

from __future__ import annotations

import msgspec

from planguard.reports.model import Report


def render_json(report: Report) -> bytes:
    """One JSON document, keys in the order of the models, indented, with a line feed at its end."""
    return msgspec.json.format(msgspec.json.encode(report), indent=2) + b"\n"
