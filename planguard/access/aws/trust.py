"""Who may become each role."""

from __future__ import annotations

from planguard.access.aws.names import Names
from planguard.access.aws.policies import policy_at
from planguard.access.aws.principals import ROLE, Draft
from planguard.access.model import AWS, TRUST, Subject, Terms


def trusted_by(names: Names) -> list[Draft]:
    """The trust policy of each role of a snapshot; the resource of its clauses is the role."""
    found = []
    for role in names.snapshot.all("aws_iam_role"):
        on = Terms((names.arn(role),))
        subject = Subject(AWS, TRUST, names.lasting(role, ROLE), role.address, ROLE)
        draft = Draft(subject, role, names.account(role), touched=role.node.changed)
        draft.add(policy_at(role, "assume_role_policy", names, plane=TRUST, on=on).about(on))
        found.append(draft)
    return found
