"""A key that stands twice in one JSON object is refused: two readers could take different values for it.

No fast decoder reports one, and looking at every key in Python would cost more than the rest of the work. So the
decoded value is written out again: as long as the text it came from, or with as many keys, it has lost none. Only
where both differ (escapes, white space, or a key that really stands twice) the text is walked key by key.
"""

from __future__ import annotations

from typing import Any

import msgspec

from planguard.errors import PlanError

Text = bytes | memoryview | msgspec.Raw
_KEY_END = b'":'
_encode = msgspec.json.Encoder().encode


class _RepeatedKeyError(Exception):
    pass


def _refuse(pairs: list[tuple[str, Any]]) -> None:
    if len({key for key, _ in pairs}) != len(pairs):
        raise _RepeatedKeyError


def walk(text: Text, *, place: str) -> None:
    """Look at every key of a JSON text.

    :raises PlanError: when one stands twice in its object
    """
    import json

    try:
        json.loads(bytes(text), object_pairs_hook=_refuse)
    except _RepeatedKeyError:
        raise PlanError(
            "a key stands twice in one JSON object",
            "terraform never writes that: the file was changed on its way here; write it again with "
            "`terraform show -json PLANFILE`",
            place=place,
        ) from None
    except (ValueError, RecursionError):
        raise PlanError("a value cannot be decoded", place=place) from None


def refuse_duplicate_keys(text: Text, value: object, *, place: str) -> None:
    """Refuse a decoded value that has fewer keys than the text that it was decoded from.

    :raises PlanError: when a key stands twice in one object
    """
    written = _encode(value)
    raw = memoryview(text)
    if len(written) != len(raw) and written.count(_KEY_END) != bytes(raw).count(_KEY_END):
        walk(text, place=place)


def refuse_repeated_members(text: Text, parts: list[Any], *, place: str) -> None:
    """The same for a list of structs, whose raw members are written out as they are.

    :raises PlanError: when a key stands twice in one object
    """
    raw = memoryview(text)
    encode = _encode
    length = sum(len(encode(part)) for part in parts) + max(len(parts) - 1, 0) + 2
    if length == len(raw):
        return
    keys = sum(encode(part).count(_KEY_END) for part in parts)
    if keys != bytes(raw).count(_KEY_END):
        walk(text, place=place)
