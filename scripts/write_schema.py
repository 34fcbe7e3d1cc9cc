"""Write docs/report.schema.json from the models of the report."""

from __future__ import annotations

import json
from pathlib import Path

from planguard.reports.model import report_schema

FILE = Path(__file__).parent.parent / "docs" / "report.schema.json"


def written() -> str:
    """The schema as it stands in the file."""
    return json.dumps(report_schema(), indent=2) + "\n"


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_text(written(), encoding="utf-8")
