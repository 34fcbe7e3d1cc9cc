"""A rule that breaks on whatever it sees."""

from planguard import rule


@rule(id="test-rule-that-crashes", severity="low", domain="baseline", resources=["*"])
def rule_that_crashes(resource):
    """Rule crashes.

    A rule that breaks has judged nothing.

    Mend the rule.
    """
    yield resource.values["there is no such attribute"]
