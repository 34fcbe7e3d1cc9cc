"""Date and time functions.

Source: Terraform, "Date and Time Functions"; durations as Go's ``time.ParseDuration`` reads them.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

from planguard.plan.source.evaluation.functions.signature import Function
from planguard.plan.source.evaluation.value import NoValueError

_DURATION = re.compile(r"([-+]?)((?:\d+(?:\.\d*)?(?:ns|us|µs|ms|s|m|h))+)|0")
_PART = re.compile(r"(\d+(?:\.\d*)?)(ns|us|µs|ms|s|m|h)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def timeadd(time: str, duration: str) -> str:
    """``timeadd(time, duration)``: RFC 3339 in, RFC 3339 out.

    :raises NoValueError: either is not what it must be
    """
    found = _DURATION.fullmatch(duration)
    if found is None:
        raise NoValueError("no duration")
    seconds = sum(float(number) * _SECONDS[unit] for number, unit in _PART.findall(found[2] or ""))
    moment = _moment(time) + timedelta(seconds=-seconds if found[1] == "-" else seconds)
    text = moment.isoformat(timespec="seconds")
    return text.removesuffix("+00:00") + "Z" if moment.tzinfo == UTC else text


def timecmp(first: str, second: str) -> int:
    """``timecmp(a, b)``: -1, 0 or 1.

    :raises NoValueError: one of them is no time
    """
    one, other = _moment(first), _moment(second)
    return (one > other) - (one < other)


def _moment(text: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d\d-\d\d[Tt]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[-+]\d\d:\d\d)", text):
        raise NoValueError("no time as RFC 3339 writes it")
    try:
        return datetime.fromisoformat(text.upper())
    except ValueError:
        raise NoValueError("no such time") from None


TIME = {"timeadd": Function(timeadd, "ss"), "timecmp": Function(timecmp, "ss")}
