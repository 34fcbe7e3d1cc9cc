"""``format`` and ``formatlist``.

Source: Terraform, "format Function"; ``cty/function/stdlib/format.go``.
"""

from __future__ import annotations

import re
from typing import Any

from planguard.plan.source.evaluation.functions.encoding import json_text
from planguard.plan.source.evaluation.value import NoValueError, to_bool, to_number, to_string

VERB = re.compile(
    r"%(?P<flags>[ +#0-]*)(?P<width>\d+)?(?:\.(?P<places>\d*))?(?:\[(?P<index>\d+)\])?(?P<verb>.)", re.DOTALL
)


_WIDEST = 10_000


def format_text(text: str, *arguments: Any) -> str:
    """``format(text, …)``.

    :raises NoValueError: a verb that there is not, or an argument missing, too many, or of a wrong type
    """
    used = highest = 0

    def one(match: re.Match[str]) -> str:
        nonlocal used, highest
        if match["verb"] == "%":
            return "%"
        used = int(match["index"]) if match["index"] else used + 1
        highest = max(highest, used)
        if not 0 < used <= len(arguments):
            raise NoValueError("not enough arguments")
        return _written(match, arguments[used - 1])

    result = VERB.sub(one, text)
    if highest < len(arguments):
        raise NoValueError("too many arguments")
    return result


def format_list(text: str, *arguments: Any) -> list[str]:
    """``formatlist(text, …)``: once for each element of the lists among the arguments.

    :raises NoValueError: as :func:`format_text`, and lists of different lengths
    """
    lists = [argument for argument in arguments if isinstance(argument, list | tuple)]
    lengths = {len(one) for one in lists}
    if len(lengths) > 1:
        raise NoValueError("lists of different lengths")
    rows = range(lengths.pop() if lengths else 1)
    return [format_text(text, *(one[row] if one in lists else one for one in arguments)) for row in rows]


def _written(match: re.Match[str], value: Any) -> str:
    verb, flags = match["verb"], match["flags"]
    places = int(match["places"] or 0) if match["places"] is not None else None
    if max(places or 0, int(match["width"] or 0)) > _WIDEST:
        raise NoValueError("wider than anybody needs")
    if verb == "v":
        text = json_text(value) if "#" in flags or value is None else _plainly(value)
    elif verb in "sq":
        text = _not_null(to_string(value))
        text = text if places is None else text[:places]
        text = json_text(text) if verb == "q" else text
    elif verb == "t":
        return "true" if _not_null(to_bool(value)) else "false"
    elif verb in "dbox" or verb in "XeEfgG":
        return _number(match, _not_null(to_number(value)), places)
    else:
        raise NoValueError("no such verb")
    return _padded(text, flags, match["width"])


def _plainly(value: Any) -> str:
    return json_text(value) if isinstance(value, dict | list | tuple) else str(to_string(value))


def _not_null(value: Any) -> Any:
    if value is None:
        raise NoValueError("an argument is null")
    return value


def _number(match: re.Match[str], value: float, places: int | None) -> str:
    verb, flags = match["verb"], match["flags"]
    if verb in "dboxX":
        if not isinstance(value, int):
            raise NoValueError("a whole number is needed")
        text = f"{value:{verb}}"
    else:
        text = f"{value:.{6 if places is None and verb in 'eEf' else places or 0}{verb}}"
        if verb in "gG" and places is None:
            text = f"{value:{verb}}"
    if not text.startswith("-"):
        text = ("+" if "+" in flags else " " if " " in flags else "") + text
    width = int(match["width"] or 0)
    if "0" in flags and "-" not in flags:
        return text.zfill(width)
    return _padded(text, flags, match["width"])


def _padded(text: str, flags: str, width: str | None) -> str:
    if width is None:
        return text
    if "-" in flags:
        return text.ljust(int(width))
    return text.rjust(int(width), "0" if "0" in flags else " ")
