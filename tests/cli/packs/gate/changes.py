"""Rules on what a plan does, and on values that come late."""

from planguard import change_rule, rule, violation


@change_rule(
    id="test-object-destroyed",
    severity="medium",
    domain="environment",
    resources=["*"],
    aliases=["CKV_TEST_3"],
)
def object_destroyed(change):
    """Object is destroyed.

    What is in it is gone.

    Keep it, or say that it may go.
    """
    if change.destroys:
        yield violation("", f"{change.action} by this plan")


@rule(
    id="test-queue-key-missing",
    severity="high",
    domain="encryption",
    resources=["aws_sqs_queue", "aws_sns_topic"],
    aliases=["CKV_TEST_4"],
    controls={"nist-800-53r5": ["SC-28"], "pci-dss-4.0": ["3.5"]},
)
def queue_key_missing(queue):
    """Queue has no key of its own.

    Whoever may read the queue reads its messages.

    Name a key.
    """
    if queue.get("kms_master_key_id") == None:  # noqa: E711 - as rules are told to write it
        yield violation("kms_master_key_id", "no key")
