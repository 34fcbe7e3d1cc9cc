"""What a plan does to a store."""

from planguard import Change, change_rule, violation

STORE = 'resource "aws_db_instance" "x" {\n  engine = "postgres"\n}\n'
OTHER = 'resource "aws_db_instance" "x" {\n  engine = "mysql"\n}\n'
RENAMED = 'resource "aws_db_instance" "y" {\n  engine = "postgres"\n}\n'


@change_rule(
    id="own-store-destroyed",
    severity="high",
    domain="environment",
    resources=["aws_db_instance"],
    bad={
        "deleted": (STORE, ""),
        "replaced": (STORE, OTHER, {"aws_db_instance.x": "engine"}),
        "renamed": (STORE, RENAMED),
    },
    good={"created": ("", STORE), "changed": (STORE, OTHER), "kept": (STORE, STORE), "new": STORE},
)
def store_destroyed(change: Change):
    """Store is destroyed.

    What is in it is gone.

    Keep it.
    """
    if change.destroys:
        yield violation("", f"{change.action} {', '.join(change.replace_paths)}".strip())
