"""What is known of access: terms, clauses, what they allow together, and whose that is.

A *clause* is one statement of a policy, one role assignment, one binding or one rule of RBAC, for one set of
principals, actions and resources under its conditions. Clauses that belong together make an :class:`Access`: a
function from requests to yes or no. A *subject* is whose access that is, the same before and after a plan.

What is not known yet makes two clauses of one: a lower one, of what is granted for certain, and an upper one, of what
may be granted. So every :class:`Access` has two readings, *must* and *may*.
"""

from __future__ import annotations

from msgspec import Struct

ANYTHING = ("*",)

EXACT, LOWER, UPPER = "exact", "lower", "upper"
ALLOW, DENY = "allow", "deny"
MUST, MAY = "must", "may"

AWS, AZURE, GOOGLE, KUBERNETES = "aws", "azure", "google", "kubernetes"
IDENTITY, RESOURCE, TRUST = "identity", "resource", "trust"


class Origin(Struct, frozen=True, order=True):
    """The statement that something comes from.

    :ivar address: the resource in the plan, or the file of a policy document
    :ivar attribute: the attribute that holds the statement, such as ``policy`` or ``inline_policy[0].policy``
    :ivar statement: its ``Sid``, else its place, such as ``Statement[2]``; empty where the resource is one grant
    """

    address: str
    attribute: str = ""
    statement: str = ""


class Terms(Struct, frozen=True, order=True):
    """A set of texts in one dimension: all that match a pattern of ``include`` and none of ``exclude``.

    Patterns are those of ``planguard.access.pattern``: ``*`` any text, ``?`` any character, and the private
    characters that stand for symbols. The empty ``include`` is the empty set.
    """

    include: tuple[str, ...] = ANYTHING
    exclude: tuple[str, ...] = ()


class Predicate(Struct, frozen=True, order=True):
    """One line of a condition: an operator, a key and its values.

    :ivar operator: as the cloud writes it, with its prefix and suffix: ``ForAnyValue:StringLikeIfExists``. For
        Azure's and Google's conditions, which are expressions, ``Expression`` with the whole text as the one value.
    :ivar key: the key as it is written; keys are compared without case
    """

    operator: str
    key: str
    values: tuple[str, ...] = ()


class Clause(Struct, frozen=True):
    """One grant, or one denial: a set of requests as a product of its dimensions.

    :ivar effect: ``allow`` or ``deny``
    :ivar actions: in lower case for AWS and Azure; data actions of Azure begin with ``data:``; for Google
        permissions, or ``role:roles/x`` where nobody says what a role holds; for Kubernetes
        ``verb:apigroup/resource[/sub]`` and ``verb:url:/path``
    :ivar resources: ARNs; Azure scopes in lower case, each with its own ``scope/*``; Google's resource names
        (``//cloudresourcemanager.googleapis.com/projects/x`` as ``projects/x``); ``namespace/name`` of Kubernetes
    :ivar principals: with their kind before them: ``AWS:arn:…``, ``Service:…``, ``Federated:…``, ``CanonicalUser:…``;
        ``*`` for anybody
    :ivar predicates: conditions that must all hold
    :ivar bound: ``exact``; ``lower`` or ``upper`` where it is only that reading of what is not known yet
    """

    effect: str
    actions: Terms
    resources: Terms = Terms()
    principals: Terms = Terms()
    predicates: tuple[Predicate, ...] = ()
    origin: Origin = Origin("")
    bound: str = EXACT


class Access(Struct, frozen=True):
    """What some clauses allow together: some allow, no deny, and every limit allows it as well.

    :ivar limits: permission boundaries and the policies of an organisation, each a set of clauses
    """

    clauses: tuple[Clause, ...] = ()
    limits: tuple[tuple[Clause, ...], ...] = ()


NO_ACCESS = Access()


class Gap(Struct, frozen=True, order=True):
    """Something that nobody can say yet, and that may grant access or take it away.

    :ivar code: one of the codes that docs/access.md explains, such as ``policy-unknown``
    :ivar address: the resource whose value it is
    :ivar path: the attribute that is not known, rendered
    :ivar text: one sentence for a person
    """

    code: str
    address: str
    path: str = ""
    text: str = ""


class Subject(Struct, frozen=True, order=True):
    """Whose access it is.

    :ivar provider: ``aws``, ``azure``, ``google`` or ``kubernetes``
    :ivar plane: ``identity`` (what a principal may do), ``resource`` (what a resource's own policy lets others do)
        or ``trust`` (who may become a principal)
    :ivar name: what a person calls it: the name or ARN of the principal, or of the resource; the same before and
        after
    :ivar address: the resource in the plan that stands for it; empty where it is outside of the plan
    :ivar kind: ``role``, ``user``, ``group``, ``service_account``, ``bucket`` … in the cloud's words
    """

    provider: str
    plane: str
    name: str
    address: str = ""
    kind: str = ""


class Held(Struct, frozen=True):
    """The access of one subject in one snapshot.

    :ivar touched: whether anything that it is made of differs between the snapshots
    """

    subject: Subject
    access: Access
    gaps: tuple[Gap, ...] = ()
    touched: bool = True


class Witness(Struct, frozen=True):
    """One concrete request that shows it, as short as possible; symbols are still private characters.

    :ivar context: the condition keys of the request with their values; a key that is not there is absent
    """

    principal: str
    action: str
    resource: str
    context: dict[str, str | list[str]] = {}


class Region(Struct, frozen=True):
    """A set of requests, as it is told: one box, with one witness in it.

    :ivar predicates: the conditions under which it holds, in words that a person can check
    :ivar origins: the statements that it comes from, sorted
    :ivar is_certain: whether it holds whatever the unknown turns out to be
    """

    principals: Terms
    actions: Terms
    resources: Terms
    predicates: tuple[str, ...]
    witness: Witness
    origins: tuple[Origin, ...]
    is_certain: bool = True


class Difference(Struct, frozen=True):
    """What one subject may do after and could not before, and the other way round.

    :ivar new: requests that must be allowed after, and could not be before
    :ivar possible: requests that may be allowed after, and were not for certain before; without those in ``new``
    :ivar removed: requests that were allowed before for certain, and cannot be after
    :ivar too_complex: what was above the bounds of exact comparison; then nothing else can be relied on
    """

    new: tuple[Region, ...] = ()
    possible: tuple[Region, ...] = ()
    removed: tuple[Region, ...] = ()
    too_complex: str = ""
