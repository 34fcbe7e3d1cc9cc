"""Policies that the plan shows as blocks: ``aws_iam_policy_document`` where it is rendered at apply only.

Its actions are mostly known. What is not, the configuration mostly takes from the ARN of a resource of the same plan,
alone or with something behind it (``${aws_s3_bucket.b.arn}/*``); the plan does not say which. So one statement makes
two readings: a lower one, of what it speaks of for certain, and an upper one, of all that it may speak of.

Source: AWS provider documentation, "Data Source: aws_iam_policy_document" (``&{}`` for policy variables; statements
of the same ``sid`` replace those of the documents that are taken in).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from msgspec import Struct

from planguard.access.aws.names import Named, Names
from planguard.access.pattern import symbol
from planguard.graph.resource import Resource
from planguard.plan.unknown import Path, Unknown, has_unknown, is_unknown, render_path

DOCUMENT = "data.aws_iam_policy_document"
VERSION = "2012-10-17"
REST, VALUE = "rest of ", "value of "
"""How the names of symbols begin that stand for what an unknown text has behind an ARN, or for all of it."""
_GLOBS = ("stringlike", "arnlike", "arnequals")
_WITHOUT_PARTS = ("aws_iam_role", "aws_iam_user", "aws_iam_group", "aws_iam_policy")
"""Types with nothing below their ARNs: behind one in a statement stands nothing, or a ``*`` that takes it in too."""


class Statement(Struct, frozen=True):
    """One statement as JSON would have it, in both readings; the same object in both where nothing is open.

    :ivar lower: None where it may speak of nothing
    """

    sid: str
    lower: dict[str, Any] | None
    upper: dict[str, Any]


class Reading:
    """Some values of a statement in both readings."""

    __slots__ = ("lower", "upper")

    def __init__(self, lower: Any, upper: Any) -> None:
        self.lower = lower
        self.upper = upper

    @property
    def is_nothing(self) -> bool:
        """Whether nothing is certain to be named."""
        return type(self.lower) is list and not list.__len__(self.lower)


def unknown_statement() -> dict[str, Any]:
    """A statement that grants an unknown action to nobody knows whom."""
    return {"Effect": "Allow", "Action": Unknown(), "Resource": Unknown()}


def is_deferred(document: Resource) -> bool:
    """Whether a document is rendered at apply only."""
    return is_unknown(document.values) or is_unknown(document.get("json"))


def statements_of(document: Resource, names: Names, parse: Any, depth: int = 0) -> list[Statement]:
    """The statements of a document, in both readings, those that it takes in included.

    :param parse: decodes the text of a document; raises ValueError
    """
    found: list[Statement] = []
    for attribute in ("source_json", "source_policy_documents"):
        found += _taken_in(document, attribute, names, parse, depth)
    found = _merged(found, list(_own(document, names)))
    for attribute in ("override_policy_documents", "override_json"):
        found = _merged(found, _taken_in(document, attribute, names, parse, depth))
    return found


def _merged(under: list[Statement], over: list[Statement]) -> list[Statement]:
    """Statements with those of the same ``sid`` replaced."""
    found = list(under)
    for one in over:
        at = next((n for n, other in enumerate(found) if one.sid and other.sid == one.sid), -1)
        if at < 0:
            found.append(one)
        else:
            found[at] = one
    return found


def _taken_in(document: Resource, attribute: str, names: Names, parse: Any, depth: int) -> list[Statement]:
    texts = document.get(attribute)
    if texts is None:
        return []
    later = False
    found: list[Statement] = []
    for text in [texts] if is_unknown(texts) or isinstance(texts, str) else list.__iter__(texts):
        if is_unknown(text):
            later = True
        elif text:
            found += [_exact(one) for one in _rows(parse(text))]
    if not later:
        return found
    near = document.references(DOCUMENT, via=attribute)
    others = [one for one in list.__iter__(near) if is_deferred(one)]
    if depth > 16 or not others or getattr(near, "why", None) is not None:
        return [*found, Statement("", None, unknown_statement())]
    # In the order of their addresses, not of the list: it matters only where several have the same sid.
    for one in others:
        found += statements_of(one, names, parse, depth + 1)
    return found


def _rows(decoded: Any) -> list[dict[str, Any]]:
    if not isinstance(decoded, dict):
        raise TypeError("the document is no JSON object")
    rows: Any = next((value for key, value in decoded.items() if key.lower() == "statement"), [])
    return [row for row in (rows if isinstance(rows, list) else [rows]) if isinstance(row, dict)]


def _exact(row: dict[str, Any]) -> Statement:
    sid = next((value for key, value in row.items() if key.lower() == "sid"), "")
    return Statement(str(sid or ""), row, row)


# -- blocks --------------------------------------------------------------------------------------------------------


def _own(document: Resource, names: Names) -> Iterator[Statement]:
    blocks = document.get("statement")
    if blocks is None:
        return
    if is_unknown(blocks):
        yield Statement("", None, unknown_statement())
        return
    for index, block in enumerate(list.__iter__(blocks)):
        if is_unknown(block):
            yield Statement("", None, unknown_statement())
        else:
            yield _of_block(document, index, block, names)


def _of_block(document: Resource, index: int, block: dict[str, Any], names: Names) -> Statement:
    at: Path = ("statement", index)
    effect, sid = block.get("effect"), block.get("sid")
    sid = "" if is_unknown(sid) or not sid else sid
    start = {"Sid": sid, "Effect": effect if is_unknown(effect) else effect or "Allow"}
    pieces: list[tuple[str, Reading]] = []
    for name, key in (("actions", "Action"), ("resources", "Resource")):
        if _is_there(block.get(name)):
            of_names = name == "resources"
            read = read_texts(document, (*at, name), block.get(name), names, exact=False, of_names=of_names)
            pieces.append((key, read))
        if _is_there(block.get(f"not_{name}")):
            of_names, left_out = name == "resources", f"not_{name}"
            read = read_texts(document, (*at, left_out), block.get(left_out), names, exact=False, of_names=of_names)
            pieces.append(("Not" + key, Reading(read.upper, read.lower)))
    if _is_there(block.get("principals")):
        pieces.append(("Principal", _principals(document, (*at, "principals"), block["principals"], names)))
    if _is_there(block.get("not_principals")):
        read = _principals(document, (*at, "not_principals"), block["not_principals"], names)
        pieces.append(("NotPrincipal", Reading(read.upper, read.lower)))
    allows = not is_unknown(start["Effect"]) and start["Effect"] == "Allow"
    condition = _conditions(document, (*at, "condition"), block.get("condition"), names, allows=allows)
    if condition is not None:
        pieces.append(("Condition", condition))
    upper = {**start, **{key: read.upper for key, read in pieces if _is_there(read.upper)}}
    if all(read.lower is read.upper for _, read in pieces):
        return Statement(sid, upper, upper)
    if any(read.is_nothing and not key.startswith("Not") for key, read in pieces):
        return Statement(sid, None, upper)
    return Statement(sid, {**start, **{key: read.lower for key, read in pieces}}, upper)


def _is_there(value: Any) -> bool:
    if is_unknown(value):
        return True
    return list.__len__(value) > 0 if isinstance(value, list) else value is not None and value != {}


def read_texts(
    document: Resource, path: Path, values: Any, names: Names, *, exact: bool, of_names: bool = True
) -> Reading:
    """A list of texts in both readings.

    :param path: where it stands in the resource
    :param exact: whether a value that comes from a resource's attribute is that attribute, with nothing around it
    :param of_names: whether they are names of resources: an action has none of their names in it
    """
    if not has_unknown(values):
        texts = [_with_variables(one) for one in ([values] if isinstance(values, str) else values)]
        return Reading(texts, texts)
    told = names.value(document, render_path(path))
    if not has_unknown(told):
        texts = [_with_variables(one) for one in ([told] if isinstance(told, str) else told or [])]
        return Reading(texts, texts)
    named = names.origins(document, path) if of_names else []
    if not named:
        rest = values if is_unknown(values) else [_with_variables(one) for one in list.__iter__(values)]
        return Reading(rest, rest)
    lower: list[Any] = []
    upper: list[Any] = []
    for index, one in enumerate([values] if is_unknown(values) else list.__iter__(values)):
        if is_unknown(one):
            place = path if is_unknown(values) else (*path, index)
            below, above = _open(named, f"{document.address}.{render_path(place)}", exact=exact)
            lower += below
            upper += above
        else:
            lower.append(_with_variables(one))
            upper.append(_with_variables(one))
    if lower == upper:
        return Reading(upper, upper)
    return Reading(list(dict.fromkeys(lower)), list(dict.fromkeys(upper)))


def _open(named: list[Named], place: str, *, exact: bool) -> tuple[list[str], list[str]]:
    """What one unknown text is for certain, and all that it may be."""
    texts = [one.text for one in named]
    if exact and len(named) == 1:
        return texts, texts
    upper = texts if exact else [f"{one.text}*" if one.is_arn else f"*{one.text}*" for one in named]
    # Of what exists already another policy may speak by its name, which would not be seen to be the same.
    if not all(one.is_new for one in named):
        return [], upper
    if len(named) == 1 and named[0].is_arn:
        if named[0].node.kind in _WITHOUT_PARTS:
            return texts, upper
        return [texts[0] + symbol(f"{REST}{place}")], upper
    return [symbol(f"{VALUE}{place}")], upper


def _with_variables(text: Any) -> Any:
    return text if is_unknown(text) or not isinstance(text, str) else str.__str__(text).replace("&{", "${")


def _principals(document: Resource, path: Path, blocks: Any, names: Names) -> Reading:
    if is_unknown(blocks):
        return Reading(blocks, blocks)
    lower: dict[str, Any] = {}
    upper: dict[str, Any] = {}
    differ = False
    for index, block in enumerate(list.__iter__(blocks)):
        kind: Any = Unknown() if is_unknown(block) else block.get("type")
        if is_unknown(kind):
            return Reading([], Unknown())
        kind = "AWS" if kind == "*" else kind  # of both, `*` is everybody
        read = read_texts(document, (*path, index, "identifiers"), block.get("identifiers"), names, exact=True)
        differ = differ or read.lower is not read.upper
        for kept, values in ((lower, read.lower), (upper, read.upper)):
            there = kept.get(kind, [])
            kept[kind] = Unknown() if is_unknown(values) or is_unknown(there) else [*there, *values]
    if not differ:
        return Reading(upper, upper)
    certain = {kind: values for kind, values in lower.items() if _is_there(values)}
    return Reading(certain or [], upper)


def _conditions(document: Resource, path: Path, blocks: Any, names: Names, *, allows: bool) -> Reading | None:
    """Conditions in both readings.

    What an Allow grants at most has a key that is not known as a symbol: some condition it is. What a Deny takes away
    at most must not.
    """
    if not _is_there(blocks):
        return None
    if is_unknown(blocks):
        return Reading([], None)
    lower: dict[str, dict[str, Any]] = {}
    upper: dict[str, dict[str, Any]] = {}
    differ = never = False
    for index, block in enumerate(list.__iter__(blocks)):
        key: Any = Unknown() if is_unknown(block) else _key(document, (*path, index), block, names)
        if is_unknown(key) or is_unknown(block.get("test")):
            never = differ = True
            if not allows or is_unknown(block) or is_unknown(block.get("test")):
                continue
            key = symbol(f"{document.address}.{render_path((*path, index, 'variable'))}")
        read = _values(document, (*path, index, "values"), block, names)
        differ = differ or read.lower is not read.upper
        never = never or read.is_nothing
        for kept, values in ((lower, read.lower), (upper, read.upper)):
            of_test = kept.setdefault(block["test"], {})
            there = of_test.get(key, [])
            of_test[key] = Unknown() if is_unknown(values) or is_unknown(there) else [*there, *values]
    if not differ:
        return Reading(upper, upper)
    return Reading([] if never else lower, upper or None)


def _key(document: Resource, path: Path, block: dict[str, Any], names: Names) -> Any:
    """The key of a condition; a symbol where it can only be one that nothing before the apply speaks of."""
    key = block.get("variable")
    if not is_unknown(key):
        return key
    named = names.origins(document, (*path, "variable"))
    if named and all(one.is_new for one in named):
        return symbol(f"{document.address}.{render_path((*path, 'variable'))}")
    return key


def _values(document: Resource, path: Path, block: dict[str, Any], names: Names) -> Reading:
    test = block["test"].lower().removeprefix("forallvalues:").removeprefix("foranyvalue:").removesuffix("ifexists")
    read = read_texts(document, path, block.get("values"), names, exact=test.replace("not", "") not in _GLOBS)
    return Reading(read.upper, read.lower) if "not" in test else read
