"""Names of people: whether two of them are spellings of one."""

from __future__ import annotations

import re

_MAILBOX = re.compile(r".*<([^<>]+)>", re.DOTALL)


def plain_name(name: str) -> str:
    """A name without what its spellings may differ in: case, white space, forms of letters, words before ``<…>``."""
    from unicodedata import normalize

    text = normalize("NFKC", name).strip()
    match = _MAILBOX.fullmatch(text)
    return "".join((match[1] if match else text).casefold().split())
