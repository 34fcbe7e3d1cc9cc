"""Values in their one canonical form: what digests and signatures are taken over.

RFC 8785 (JSON Canonicalization Scheme): no white space, keys in the order of their UTF-16 code units, numbers as
ECMAScript writes them. What RFC 8785 leaves out is defined here: a number that no double holds exactly is written as
an object with one key that begins with ``$``, and keys of a plan that begin so get one ``$`` more. A text that is a
JSON object or array is taken for what it says: policies differ by white space and by the order of keys between two
runs, and mean the same.
"""

from __future__ import annotations

import json
import re
from decimal import Decimal
from typing import Any

import msgspec
from msgspec import Raw

LARGEST = 2**53
"""The least whole number that doubles do not tell from its neighbour."""
_MOST_DIGITS = 1000
_encode = msgspec.json.Encoder(order="deterministic").encode
_NOTABLE = re.compile(rb'"(?:[$\[{ ]|\\[ntr])')
"""Without these no text begins with ``$`` or could be JSON."""
_LONG = b"0" * 16
_DIGITS = bytes.maketrans(b"123456789", b"0" * 9)
"""Without sixteen digits in a row there is no number from 2**53 on."""
_ASTRAL = re.compile(rb"[\xf0-\xf4]")
_JSON_BEGINS = re.compile(r"[ \t\r\n]*[{\[]")


class NotCanonicalError(ValueError):
    """A value has no canonical form: it is not JSON, or a number in it has no end."""


def canonical(value: Any) -> bytes:
    """The canonical form of plain values: dicts, lists, texts, true, false, None, numbers, and ``Raw`` as it is.

    :raises NotCanonicalError: for what JSON does not hold
    """
    return _written(exact(value))


def _written(value: Any) -> bytes:
    try:
        found = _encode(value)
    except (TypeError, ValueError, OverflowError, RecursionError) as error:
        raise NotCanonicalError(str(error)) from None
    # Only beyond the basic plane does the order of UTF-8 differ from that of UTF-16.
    return found if found.isascii() or not _ASTRAL.search(found) else _slowly(value).encode()


def _slowly(value: Any) -> str:
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_slowly(value[key])}" for key in keys) + "}"
    if isinstance(value, list | tuple):
        return "[" + ",".join(map(_slowly, value)) + "]"
    if isinstance(value, Raw):
        return bytes(value).decode()
    return json.dumps(value, ensure_ascii=False)


def exact(value: Any) -> Any:
    """Plain values with every number in the one form that :func:`canonical` writes, keys with ``$`` escaped."""
    if type(value) is dict:
        return {f"${key}" if key.startswith("$") else key: exact(below) for key, below in value.items()}
    if type(value) is list or type(value) is tuple:
        return [exact(below) for below in value]
    if type(value) is int and not -LARGEST < value < LARGEST:
        return _whole(value)
    if type(value) is float:
        return _number(repr(value))
    return value


def _whole(value: int) -> Raw:
    return Raw(b'{"$integer":"%d"}' % value)


def _number(text: str) -> Any:
    """One form for each number, however it is written."""
    value = Decimal(text)
    if not value.is_finite() or abs(value.adjusted()) > _MOST_DIGITS or len(text) > _MOST_DIGITS:
        raise NotCanonicalError("a number is out of range")
    if value == value.to_integral_value():
        whole = int(value)
        return whole if -LARGEST < whole < LARGEST else _whole(whole)
    double = float(text)
    if Decimal(repr(double)) != value:
        return Raw(b'{"$decimal":"%s"}' % format(value, "f").rstrip("0").encode())
    return Raw(_as_ecmascript(double).encode())


def _as_ecmascript(value: float) -> str:
    """ECMA-262, Number::toString: decimals from 1e-7 up to 1e21, else with an exponent."""
    sign, digits, exponent = Decimal(repr(value)).as_tuple()
    assert isinstance(exponent, int)  # noqa: S101 - for the type checker: a finite number
    text = "".join(map(str, digits)).rstrip("0")
    point = len(digits) + exponent
    if 0 < point <= 21:
        shown = f"{text[:point]}.{text[point:]}"
    elif -6 < point <= 0:
        shown = f"0.{'0' * -point}{text}"
    else:
        mantissa = f"{text[0]}.{text[1:]}" if len(text) > 1 else text
        shown = f"{mantissa}e{'+' if point > 0 else '-'}{abs(point - 1)}"
    return f"-{shown}" if sign else shown


_decode = msgspec.json.Decoder(float_hook=_number).decode


def decode_exact(data: bytes | memoryview | Raw) -> Any:
    """Decode JSON so that :func:`written` gives its canonical form: JSON in texts taken apart, numbers exact.

    :raises NotCanonicalError: when it is not JSON
    """
    try:
        value = _decode(data)
    except NotCanonicalError:
        raise
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError, ArithmeticError):
        raise NotCanonicalError("a value cannot be decoded") from None
    text = bytes(data)
    return _unfolded(value) if _NOTABLE.search(text) or _LONG in text.translate(_DIGITS) else value


def written(value: Any) -> bytes:
    """The canonical form of what :func:`decode_exact` gave, and of values made of such.

    :raises NotCanonicalError: for what JSON does not hold
    """
    return _written(value)


def _unfolded(value: Any) -> Any:
    if type(value) is dict:
        return {f"${key}" if key.startswith("$") else key: _unfolded(below) for key, below in value.items()}
    if type(value) is list:
        return [_unfolded(below) for below in value]
    if type(value) is str and _JSON_BEGINS.match(value):
        return _json_in(value)
    if type(value) is int and not -LARGEST < value < LARGEST:
        return _whole(value)
    return value


def _json_in(text: str) -> Any:
    """What a text says, if it is a JSON object or array; a key that stands twice says nothing for certain."""
    try:
        json.loads(text, object_pairs_hook=_once)
        value = _decode(text.encode())
    except (msgspec.DecodeError, ValueError, OverflowError, RecursionError, ArithmeticError):
        return text
    return {"$json": _unfolded(value)}


def _once(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise ValueError
