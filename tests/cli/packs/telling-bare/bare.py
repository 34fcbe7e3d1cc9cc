"""A rule that yields a value itself where a text belongs."""

from planguard import rule, violation


@rule(id="test-tells-bare-values", severity="high", domain="baseline", resources=["*"])
def tells_bare_values(resource):
    """Rule tells bare values.

    Values do not belong there.

    Do not tell them.
    """
    value = resource.values["password"]
    yield violation("message", value)
    yield violation(value, "path")
    yield violation("facts", "facts", facts=value)
    yield violation("evidence", "evidence", evidence=[value])
