"""Rules that put every value that they see into everything that they say. No author should; a report must bear it."""

import json

from planguard import change_rule, is_unknown, rule, violation


def leaves(value, keys=False):
    """Every known leaf of a value; with ``keys`` also the keys on the way."""
    if is_unknown(value):
        return
    if isinstance(value, dict):
        for key, below in value.items():
            if keys:
                yield key
            yield from leaves(below, keys)
    elif isinstance(value, list):
        for below in list.__iter__(value):
            yield from leaves(below, keys)
    elif value or value == 0:
        yield value


def ways(value):
    """One value in every form that a message takes it in."""
    yield f"{value}"
    yield f"{value!r}"
    yield f"{value!s:>40}"
    yield "%s" % value  # noqa: UP031
    yield "%r" % (value,)  # noqa: UP031
    yield "{}".format(value)  # noqa: UP032
    yield repr([value])
    yield str({"key": value})
    if isinstance(value, str):
        yield "+" + value
        yield ", ".join([value, value])
        yield json.dumps({"key": value})
        yield value.strip()
        yield json.dumps(value, ensure_ascii=False)


@rule(id="test-tells-in-its-message", severity="high", domain="baseline", resources=["*"])
def tells_in_its_message(resource):
    """Rule tells values in its message.

    Values do not belong there.

    Do not tell them.
    """
    for value in leaves(resource.values):
        for told in ways(value):
            yield violation("here", told)


@rule(id="test-tells-in-its-path", severity="high", domain="baseline", resources=["*"])
def tells_in_its_path(resource):
    """Rule tells values in its path and its facts.

    Values do not belong there.

    Do not tell them.
    """
    for value in leaves(resource.values):
        yield violation(f"tags[{value}]", "found", facts=value)
        if isinstance(value, str):
            yield violation(value + "", "found", facts=[value])
            yield violation("tags." + value, "found", facts={"is": value})


@change_rule(id="test-tells-of-changes", severity="medium", domain="baseline", resources=["*"])
def tells_of_changes(change):
    """Rule tells values of changes.

    Values do not belong there.

    Do not tell them.
    """
    for side in (change.before, change.after):
        for value in leaves(side.values if side else {}):
            yield violation("", f"is {value}, or " + (value if isinstance(value, str) else ""))


@rule(id="test-crashes-with-values", severity="low", domain="baseline", resources=["*"])
def crashes_with_values(resource):
    """Rule crashes with values in its exception.

    Values do not belong there.

    Do not tell them.
    """
    found = list(leaves(resource.values))
    raise RuntimeError(found, "\n".join(value for value in found if isinstance(value, str)))
    yield


@rule(id="test-crashes-with-a-key", severity="low", domain="baseline", resources=["*"])
def crashes_with_a_key(resource):
    """Rule crashes on a key that is a value.

    Values do not belong there.

    Do not tell them.
    """
    for value in sorted(leaves(resource.values), key=str):
        {}[value if not isinstance(value, str) else value[:] + ""]
    yield from ()
