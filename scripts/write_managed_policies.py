"""Write the table of the policies that AWS manages: ``planguard/access/aws/managed.table``.

Usage: ``pip install moto && python scripts/write_managed_policies.py``

The package ``moto`` (Apache-2.0) carries the policies as the API of IAM gives them (``ListPolicies`` with scope
``AWS``, and ``GetPolicyVersion`` of each default version). Policies of service-linked roles are left out.
"""

from __future__ import annotations

import json
import lzma
from pathlib import Path

TABLE = Path(__file__).parent.parent / "planguard" / "access" / "aws" / "managed.table"


def write() -> None:
    """Write the table anew, the same bytes from the same policies."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data  # noqa: PLC0415 (nobody else needs it)

    policies = json.loads(aws_managed_policies_data)
    rows = {
        (one["Path"] + name).removeprefix("/"): one["Document"]
        for name, one in policies.items()
        if not one["Path"].startswith("/aws-service-role/")
    }
    date = max(one.get("UpdateDate") or one["CreateDate"] for one in policies.values())[:10]
    text = json.dumps({"date": date, "policies": rows}, sort_keys=True, separators=(",", ":"))
    TABLE.write_bytes(lzma.compress(text.encode(), preset=9 | lzma.PRESET_EXTREME))


if __name__ == "__main__":
    write()
