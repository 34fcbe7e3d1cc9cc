"""The words for exposure, the same in every format."""

from __future__ import annotations

from planguard.reports.exposure_model import ExposureDocument, ExposureEntry, PathHop
from planguard.reports.exposure_sources import class_shown, service_shown
from planguard.reports.lines import listed

HEADINGS = {"new": "New exposure", "possible": "Possible exposure", "closed": "Closed exposure"}
"""The lists of entries in the order of a report, with their titles."""
VERBS = {"new": "can now be reached", "possible": "can perhaps be reached", "closed": "can no longer be reached"}


def service_of(entry: ExposureEntry) -> str:
    """``443/tcp``."""
    return service_shown(entry.protocol, entry.ports)


def sources_said(entry: ExposureEntry, most: int) -> str:
    """``0.0.0.0/0, ::/0 (the whole internet)``."""
    said = listed(entry.sources, most)
    if entry.excluded_sources:
        said += f", but not {listed(entry.excluded_sources, most)}"
    return f"{said} ({class_shown(entry.source_class)})"


def hop_said(hop: PathHop) -> str:
    """``aws_security_group.db ingress[0].cidr_blocks: 5432/tcp from 0.0.0.0/0``."""
    said = f"{hop.address} {hop.attribute}".strip()
    return f"{said}: {hop.text}" if hop.text else said


def kind_said(kind: str) -> str:
    """A kind of endpoint in words: ``load balancer``."""
    return kind.replace("-", " ")


def ledger_of(document: ExposureDocument) -> str:
    """What was looked at and what came of it, in one line that adds up."""
    counts = document.summary
    endpoints = "1 endpoint" if counts["endpoints"] == 1 else f"{counts['endpoints']} endpoints"
    parts = [
        f"{endpoints}; reached from the internet: {counts['exposed_before']} before, {counts['exposed_after']} after"
    ]
    for name in ("new", "possible", "closed"):
        entries: list[ExposureEntry] = getattr(document, name)
        where = len({one.endpoint for one in entries})
        parts.append(f"{len(entries)} {name}" + (f" (to {where} of them)" if where else ""))
    return " · ".join([*parts, f"{len(document.undetermined)} undetermined"])
