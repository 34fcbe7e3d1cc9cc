"""What a shell made of the text: UTF-8 with or without a byte order mark, UTF-16 as PowerShell's ``>`` writes it.

JSON that travels is UTF-8 (RFC 8259, section 8.1), and so Terraform writes it. Windows PowerShell writes whatever
goes through ``>`` as UTF-16 with a byte order mark. Without the mark the pattern of NUL bytes tells the encoding,
because the first two characters of JSON are ASCII (RFC 4627, section 3).
"""

from __future__ import annotations

from planguard.errors import PlanError

_UTF8_MARK = b"\xef\xbb\xbf"
# The marks of UTF-32 come first: that of UTF-32 LE begins with that of UTF-16 LE.
_MARKS = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
# Which of the first four bytes are not NUL.
_PATTERNS: dict[tuple[bool, ...], str] = {
    (True, False, True, False): "utf-16-le",
    (False, True, False, True): "utf-16-be",
    (True, False, False, False): "utf-32-le",
    (False, False, False, True): "utf-32-be",
}
_TEXT = frozenset(b"\t\n\r" + bytes(range(0x20, 0x7F)))
_HINT = (
    "write the file again as UTF-8; in PowerShell: `terraform show -json tfplan | Out-File -Encoding utf8 plan.json`"
)


def _wide_encoding(head: bytes) -> tuple[str, int] | None:
    """The UTF-16 or UTF-32 that bytes are written in, and how many of them are its mark; None for all else."""
    for mark, name in _MARKS:
        if head.startswith(mark):
            return name, len(mark)
    guess = _PATTERNS.get(tuple(byte != 0 for byte in head[:4]))
    if guess is not None and all(byte in _TEXT for byte in head[:4] if byte):
        return guess, 0
    return None


def to_utf8(data: bytes, *, place: str) -> bytes | memoryview:
    """The same text as UTF-8 without a byte order mark.

    UTF-8 is passed on as it is, without a copy: the object itself, or a view of it behind the mark. Whether it is
    *valid* UTF-8 is not looked at here (see :func:`planguard.plan.kind.recognise`). UTF-16 and UTF-32, of either
    byte order, with a mark or without, are written anew. Bytes that are none of these are passed on.

    :raises PlanError: UTF-16 or UTF-32 that ends inside a character or has half a surrogate pair
    """
    if data.startswith(_UTF8_MARK):
        start = len(_UTF8_MARK)
        while data.startswith(_UTF8_MARK, start):  # a file with a mark, written again by a tool that adds one
            start += len(_UTF8_MARK)
        return memoryview(data)[start:]
    found = _wide_encoding(data[:4])
    if found is None:
        return data
    encoding, mark = found
    name = encoding[:6].upper()
    try:
        text = str(memoryview(data)[mark:], encoding)
    except UnicodeDecodeError as error:
        if "truncated" in error.reason or "unexpected end" in error.reason:
            message = f"{name} text that ends in the middle of a character"
        else:
            message = f"{name} text with a character that does not exist"
        raise PlanError(message, _HINT, place=place) from None
    return text.lstrip("\ufeff").encode()
