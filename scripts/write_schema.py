"""Write the JSON Schemas in docs/ from the models of the reports."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from planguard.reports.access_model import access_schema
from planguard.reports.exposure_model import exposure_schema
from planguard.reports.model import report_schema

DOCS = Path(__file__).parent.parent / "docs"
SCHEMAS: dict[str, Callable[[], dict[str, Any]]] = {
    "report": report_schema,
    "access": access_schema,
    "exposure": exposure_schema,
}


def written(name: str) -> str:
    """A schema as it stands in its file."""
    return json.dumps(SCHEMAS[name](), indent=2) + "\n"


if __name__ == "__main__":
    DOCS.mkdir(exist_ok=True)
    for each in SCHEMAS:
        (DOCS / f"{each}.schema.json").write_text(written(each), encoding="utf-8")
