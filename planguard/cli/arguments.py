"""The arguments of ``planguard check``, read without the machinery that help and errors need.

A gate runs in every pipeline, and a well-formed call needs no help. So a call in which every word is understood is
read here, in a millisecond; any other goes to the full command line, which knows how to explain. Both are made from
the one table below, and a test holds them together.
"""

from __future__ import annotations

from typing import Any, NamedTuple


class Option(NamedTuple):
    """One option of ``check``.

    :ivar field: the parameter that it fills
    :ivar names: how it is written
    :ivar kind: ``flag``, ``value`` or ``list`` (repeatable)
    """

    field: str
    names: tuple[str, ...]
    kind: str


CHECK_OPTIONS = (
    Option("rules", ("--rules",), "list"),
    Option("no_builtin", ("--no-builtin",), "flag"),
    Option("only", ("--only",), "list"),
    Option("skip", ("--skip",), "list"),
    Option("format_", ("--format",), "list"),
    Option("source", ("--source",), "value"),
    Option("env", ("--env",), "value"),
    Option("project", ("--project",), "value"),
    Option("workspace", ("--workspace",), "value"),
    Option("terraform_bin", ("--terraform-bin",), "value"),
    Option("jobs", ("--jobs",), "value"),
    Option("now", ("--now",), "value"),
    Option("force_now", ("--force-now",), "flag"),
    Option("policy", ("--policy",), "value"),
    Option("policy_ref", ("--policy-ref",), "value"),
    Option("promoted_from", ("--promoted-from",), "list"),
    Option("waivers", ("--waivers",), "value"),
    Option("verbose", ("--verbose", "-v"), "flag"),
)


def parse_check(words: list[str]) -> dict[str, Any] | None:
    """The arguments of a well-formed ``check`` call by parameter; None for a call that needs the full command line.

    :param words: the command line behind the program's name
    """
    if not words or words[0] != "check":
        return None
    by_name = {name: option for option in CHECK_OPTIONS for name in option.names}
    found: dict[str, Any] = {"plans": []}
    rest = iter(words[1:])
    for word in rest:
        if word == "-" or not word.startswith("-"):
            found["plans"].append(word)
            continue
        name, equals, value = word.partition("=")
        option = by_name.get(name)
        if option is None or (option.kind == "flag" and equals):
            return None
        if option.kind == "flag":
            found[option.field] = True
            continue
        given = value if equals else next(rest, None)
        if given is None or (not equals and given.startswith("-") and len(given) > 1):
            return None
        if option.kind == "list":
            found.setdefault(option.field, []).append(given)
        else:
            found[option.field] = given
    return found if found["plans"] else None
