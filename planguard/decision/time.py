"""Points in time, as RFC 3339 texts. Nothing here reads a clock."""

from __future__ import annotations

import re
from datetime import UTC, datetime

_RFC3339 = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}Z"
)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def parse_time(text: str) -> datetime:
    """A point in time, in UTC.

    A date alone is the beginning of that day, so that what expires on a day does not count on it any more.

    :raises ValueError: when it is none, or says no zone
    """
    if _DAY.fullmatch(text):
        text += "T00:00:00Z"
    if not _RFC3339.fullmatch(text):
        raise ValueError(f"`{text}` is not a time; write it as 2026-01-31T12:00:00Z")
    try:
        return datetime.fromisoformat(text.upper().replace(" ", "T")).astimezone(UTC)
    except (ValueError, OverflowError):
        raise ValueError(f"`{text}` is not a time; write it as 2026-01-31T12:00:00Z") from None


def show_time(time: datetime) -> str:
    """RFC 3339 in UTC, to the second."""
    return time.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def show_days(seconds: float) -> str:
    """A length of time for people: ``3 days``, ``5 hours``."""
    days, rest = divmod(max(seconds, 0), 86400)
    if days >= 1:
        return f"{int(days)} day{'' if int(days) == 1 else 's'}"
    hours = int(rest // 3600)
    return f"{hours} hour{'' if hours == 1 else 's'}"
