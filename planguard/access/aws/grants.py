"""Who may do what in AWS, as far as one snapshot of a plan tells."""

from __future__ import annotations

from planguard.access.aws.attached import Attached
from planguard.access.aws.identities import gather_identities
from planguard.access.aws.limits import RESOURCE_CONTROL, SERVICE, limit_by_organisation
from planguard.access.aws.names import Names
from planguard.access.aws.owners import Owners
from planguard.access.aws.principals import Principals
from planguard.access.aws.resources import gather_resources
from planguard.access.aws.trust import trusted_by
from planguard.access.model import Held
from planguard.graph.snapshot import Snapshot


def held_by(snapshot: Snapshot) -> list[Held]:
    """What each principal, each resource with a policy of its own and each role's trust policy allow.

    :returns: sorted by subject; nothing is told of subjects that the plan neither holds nor names
    """
    names = Names(snapshot)
    principals = Principals(names)
    gather_identities(principals, Attached(names))
    owners = Owners(names)
    gather_resources(owners)
    trusted = trusted_by(names)
    limit_by_organisation(principals.drafts, names, SERVICE)
    limit_by_organisation([*owners.drafts, *trusted], names, RESOURCE_CONTROL)
    kept = [one for one in owners.drafts if one.clauses or one.gaps]
    return sorted((one.held() for one in (*principals.drafts, *kept, *trusted)), key=lambda one: one.subject)
