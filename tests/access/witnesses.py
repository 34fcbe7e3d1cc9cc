"""From a witness, in which symbols still stand for values, to a concrete request that the reference can judge."""

from __future__ import annotations

from collections.abc import Iterable

from planguard.access.model import Witness
from planguard.access.pattern import is_symbol, symbol, symbol_name
from tests.access.reference import Request


def request_of(witness: Witness, variables: Iterable[str] = ("aws:username",)) -> Request:
    """The witness with a text of its own for every symbol; that of a policy variable goes into the context as well.

    A symbol differs from all else that is said, so its text is one that no policy of a test could hold.

    :param variables: policy variables that have a value even where the witness does not need it
    """
    named: dict[str, str] = {}

    def said(text: str) -> str:
        return "".join(_text_of(char, named) if is_symbol(char) else char for char in text)

    context: dict[str, str | list[str]] = {
        key: said(value) if isinstance(value, str) else [said(one) for one in value]
        for key, value in witness.context.items()
    }
    request = Request(said(witness.principal), said(witness.action), said(witness.resource), context)
    present = {key.lower() for key in context}
    for key in variables:
        said(symbol(key))
    context.update({key: text for key, text in named.items() if key.lower() not in present})
    return request


def _text_of(char: str, named: dict[str, str]) -> str:
    key = symbol_name(char).removeprefix("${").removesuffix("}").partition(",")[0].strip()
    return named.setdefault(key, f"zz{len(named)}zz")
