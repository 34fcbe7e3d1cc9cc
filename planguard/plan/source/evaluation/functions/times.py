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


_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July",
    "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_PIECES = re.compile(r"'((?:[^']|'')*)'|([A-Za-z])\2*|[^A-Za-z']")


def formatdate(spec: str, time: str) -> str:
    """``formatdate(spec, time)``.

    :raises NoValueError: the time is none, or the specification has something that there is not
    """
    moment = _moment(time)
    parts: list[str] = []
    at = 0
    for match in _PIECES.finditer(spec):
        if match.start() != at:
            break
        at = match.end()
        if match[1] is not None:
            parts.append(match[1].replace("''", "'"))
        else:
            parts.append(_dated(match.group(), moment) if match[2] else match.group())
    if at != len(spec):
        raise NoValueError("a quote is not closed")
    return "".join(parts)


def _dated(word: str, at: datetime) -> str:
    hour = at.hour % 12 or 12
    zone = at.strftime("%z")
    offset = f"{zone[:3]}:{zone[3:5]}"
    utc = at.utcoffset() == timedelta(0)
    words = {
        "YYYY": f"{at.year:04}", "YY": f"{at.year % 100:02}",
        "MMMM": _MONTHS[at.month - 1], "MMM": _MONTHS[at.month - 1][:3], "MM": f"{at.month:02}", "M": f"{at.month}",
        "DD": f"{at.day:02}", "D": f"{at.day}",
        "EEEE": _DAYS[at.weekday()], "EEE": _DAYS[at.weekday()][:3],
        "hh": f"{at.hour:02}", "h": f"{at.hour}", "HH": f"{hour:02}", "H": f"{hour}",
        "AA": "AM" if at.hour < 12 else "PM", "aa": "am" if at.hour < 12 else "pm",
        "mm": f"{at.minute:02}", "m": f"{at.minute}", "ss": f"{at.second:02}", "s": f"{at.second}",
        "Z": "Z" if utc else offset, "ZZZ": "UTC" if utc else zone, "ZZZZ": zone, "ZZZZZ": offset,
    }  # fmt: skip
    if word not in words:
        raise NoValueError("no such part of a date")
    return words[word]


TIME = {
    "formatdate": Function(formatdate, "ss"),
    "timeadd": Function(timeadd, "ss"),
    "timecmp": Function(timecmp, "ss"),
}
