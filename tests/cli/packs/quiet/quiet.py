"""A rule that is content with everything."""

from planguard import rule


@rule(id="test-nothing-is-wrong", severity="critical", domain="baseline", resources=["*"], aliases=["CKV_QUIET"])
def nothing_is_wrong(resource):
    """Nothing is wrong.

    So that a plan can pass.

    There is nothing to fix.
    """
    if resource.address == "":
        yield
