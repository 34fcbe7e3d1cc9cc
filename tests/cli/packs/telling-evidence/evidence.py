"""A rule that names values as its evidence."""

from planguard import rule, violation


@rule(id="test-tells-in-its-evidence", severity="high", domain="baseline", resources=["*"])
def tells_in_its_evidence(resource):
    """Rule tells values in its evidence.

    Values do not belong there.

    Do not tell them.
    """
    for value in [
        resource.get("password"),
        resource.get("value"),
        resource.get("user_data"),
        *resource.tags.values(),
    ]:
        if isinstance(value, str):
            told = "".join([value, ""])
            yield violation("here", "found", facts=told, evidence=[told, f'aws_x.y["{told}"]'])
