"""The accounts, subscriptions and projects that a resource names, and where it does.

What a resource says of itself counts for nothing, nor does what is written for people (tags, descriptions, names), nor
what a policy refuses or leaves out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from planguard import Resource, is_unknown

from ..identity._aws_policy import Statement, listed, parse_statements

_PROJECT = "([a-z0-9][a-z0-9-]*)"
_FORMS = tuple(
    re.compile(form)
    for form in (
        r"arn:[\w-]+:[\w-]*:[\w-]*:(\d{12}):",
        r"(?<!\d)(\d{12})(?:\.dkr\.ecr\.|/sg-)",
        r"sqs\.[\w-]+\.amazonaws\.com[.cn]*/(\d{12})/",
        r"/(?i:subscriptions)/([0-9A-Fa-f-]{36})(?=/|$)",
        rf"(?:^|[/:])projects/{_PROJECT}(?=/|$)",
        rf"@{_PROJECT}\.iam\.gserviceaccount\.com",
        rf"(?:^|:){_PROJECT}(?:@appspot\.gserviceaccount|-compute@developer\.gserviceaccount|\.svc\.id\.goog\[)",
        rf"^project(?:Owner|Editor|Viewer):{_PROJECT}$",
        rf"(?:\.pkg\.dev|gcr\.io)/{_PROJECT}/",
    )
)
_BARE = re.compile(r"\d{12}|[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}")
_PROJECT_KEY = re.compile(r"(?:.*_)?projects?(?:_ids?)?")
_FOR_PEOPLE = re.compile(
    r"(?:.*_)?(?:tags|labels|annotations|description)|tags_all|comments?|(?:display_)?name|name_prefix|sid"
)


class Text(NamedTuple):
    """One text of a resource.

    :ivar name: the top-level attribute that it stands in
    :ivar key: the attribute that it stands in
    :ivar secret: whether it must not be shown
    """

    name: str
    key: str
    text: Any
    secret: bool = False


def accounts_in(text: Text) -> Iterator[tuple[str, str]]:
    """The accounts that a text names, each with what to show for it: the text, unless that is long or secret."""
    found = [account for form in _FORMS for account in form.findall(text.text)]
    if _BARE.fullmatch(text.text) or _PROJECT_KEY.fullmatch(text.key):
        found.append(text.text)
    for account in found:
        yield account, account if text.secret or len(text.text.split()) > 1 else text.text


def is_for_people(name: str) -> bool:
    """Whether an attribute holds what is written for people, and ties nothing."""
    return bool(_FOR_PEOPLE.fullmatch(name.lower()))


def texts_of(resource: Resource) -> Iterator[Text]:
    """Every text that a resource says of others; what is not known yet comes last."""
    found = [
        text
        for name, value in resource.values.items()
        if name != "id" and not is_for_people(name)
        for text in _texts(name, name, value)
    ]
    yield from sorted(found, key=lambda one: is_unknown(one.text))


def asked_by(data: Resource) -> Iterator[Text]:
    """Every text by which a data source says what it reads; what is not known yet comes last."""
    block = data.node.block
    found = [
        text
        for name, value in data.values.items()
        if block and block.sets((name,))
        for text in _texts(name, name, value)
    ]
    yield from sorted(found, key=lambda one: is_unknown(one.text))


def _texts(name: str, key: str, value: Any) -> Iterator[Text]:
    if is_unknown(value):
        yield Text(name, key, value)
    elif isinstance(value, str):
        yield from _read(Text(name, key, value, secret=f"{value}" != value))
    elif isinstance(value, dict):
        for below, inner in value.items():
            if not is_for_people(below):
                yield from _texts(name, below, inner)
    elif isinstance(value, list):
        for inner in list.__iter__(value):
            yield from _texts(name, key, inner)


def _read(text: Text) -> Iterator[Text]:
    """A text as it is, or, of a document, the texts in it."""
    document = _document(text.text)
    if not document:
        yield text
        return
    statements = parse_statements(document, "")
    found = [Text("", text.key, one) for one in allowed_texts(statements)] if statements else _texts("", "", document)
    for one in found:
        yield text._replace(key=one.key, text=one.text)


def _document(text: str) -> Any:
    if not text.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def allowed_texts(statements: Iterable[Statement]) -> Iterator[str]:
    """What statements allow, to whom and when: not what they refuse or leave out."""
    for statement in statements:
        if statement.allows:
            for block in statement.principals:
                yield from listed(block.get("identifiers"))
            yield from statement.resources
            for condition in statement.conditions:
                if "not" not in condition.get("test").lower():
                    yield from listed(condition.get("values"))
