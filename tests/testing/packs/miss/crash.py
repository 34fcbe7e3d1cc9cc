"""A rule that crashes."""

from planguard import Resource, rule


@rule(
    id="own-crash",
    severity="low",
    domain="baseline",
    resources=["aws_ebs_volume"],
    bad={"any": 'resource "aws_ebs_volume" "data" {\n}'},
    good={"another": 'resource "aws_s3_bucket" "data" {\n}'},
)
def crash(one: Resource):
    """It crashes.

    It reads what is not there.

    Read what is there.
    """
    yield one.values["size"]
