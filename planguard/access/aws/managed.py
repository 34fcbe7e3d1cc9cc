"""The text of policies that AWS manages, by the end of their ARN, as they were on the day of the table.

``managed.table`` is made by ``scripts/write_managed_policies.py``. Those of service-linked roles are left out: nobody
can attach them. A policy that is not in it is not known: AWS changes and adds policies at any time.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

_BEGIN = ("arn:aws:iam::aws:policy/", "arn:aws-cn:iam::aws:policy/", "arn:aws-us-gov:iam::aws:policy/")


@lru_cache(maxsize=1)
def _table() -> dict[str, Any]:
    try:
        import lzma
    except ImportError:
        return {"date": "", "policies": {}}
    packed = files("planguard.access.aws").joinpath("managed.table").read_bytes()
    found: dict[str, Any] = msgspec.json.decode(lzma.decompress(packed))
    return found


def is_managed_by_aws(arn: str) -> bool:
    """Whether an ARN names a policy that AWS manages."""
    return arn.startswith(_BEGIN)


def managed_policy(arn: str) -> dict[str, Any] | None:
    """The document of a policy that AWS manages; None where it is not in the table, or is none of AWS's.

    In China and in GovCloud a policy of the same name may have another text: of those only ``AdministratorAccess`` is
    known. A Python that was built without ``lzma`` knows none.
    """
    if not arn.startswith(_BEGIN[0]) and not arn.endswith("::aws:policy/AdministratorAccess"):
        return None
    found: dict[str, Any] | None = _table()["policies"].get(arn.partition(":policy/")[2])
    return found


def table_date() -> str:
    """The day on which the last of the policies was changed, such as ``2026-09-30``."""
    return str(_table()["date"])
