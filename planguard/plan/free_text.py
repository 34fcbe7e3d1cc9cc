"""Attributes that may hold any text, and those that hold a name: what may stand for itself where it is not known yet.

A name (an ARN, an id, an address) has no wildcard in it, so that a policy with it in its place says what it will say.
What a script printed, a file holds or somebody handed on may be ``*`` itself.

Source: the documentation of ``terraform_data``, ``data.external``, ``data.http``, ``data.terraform_remote_state`` and
of other resources that only hand on what they are given.
"""

from __future__ import annotations

from collections.abc import Sequence

_HANDED_ON = frozenset(
    {
        "body", "content", "content_base64", "contents", "insecure_value", "input", "json", "keepers", "output",
        "outputs", "rendered", "response_body", "response_body_base64", "result", "secret_string", "stderr", "stdout",
        "text", "triggers", "triggers_replace", "value", "values", "yaml",
    }
)  # fmt: skip
_NAMES = ("arn", "arns", "id", "ids", "name", "names", "url", "email", "bucket")


def may_be_any_text(kind: str, names: Sequence[str]) -> bool:
    """Whether an attribute may hold any text at all, wildcards included.

    :param kind: the type of its resource, ``data.`` before that of a data source
    :param names: the attribute's names without indexes
    """
    if not names or kind.startswith("random_") or not _HANDED_ON.intersection(names):
        return False
    last = names[-1]
    return last in _HANDED_ON or (not last.endswith(tuple(f"_{one}" for one in _NAMES)) and last not in _NAMES)
