"""Access that a plan opens by taking something away: a condition, a denial, a permission boundary.

These rules look at what is held after the apply next to what was held before, so that a resource is told of that
does not change itself: a role whose policy does. Before the apply they have nothing to say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from planguard import Resource, Undetermined, Violation, rule, violation
from planguard.access.aws.locations import ATTACHING, BESIDE, INLINE, OWN
from planguard.access.aws.openings import CONTEXT, DENIAL, LIMIT, UNCOMPARED, WHOSE, Opening, openings_at
from planguard.access.model import Origin
from planguard.access.pattern import shown

from ._aws_access import TOO_COMPLEX, place_of, request, some, terms

_PRINCIPALS = ("aws_iam_group", "aws_iam_role", "aws_iam_user", "aws_ssoadmin_permission_set")
_HOLDERS = tuple(
    sorted({*_PRINCIPALS, *INLINE, *ATTACHING, *OWN, *BESIDE, "aws_iam_policy", "aws_lambda_permission"})
)
_LINK = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html"


def _role(policy: str, *, more: str = "", name: str = "app") -> str:
    """An example: a role with a policy beside it."""
    return f"""
        resource "aws_iam_role" "app" {{
          name               = "{name}"
          assume_role_policy = "{{}}"
          {more}
        }}

        resource "aws_iam_role_policy" "app" {{
          role   = aws_iam_role.app.name
          name   = "app"
          policy = {policy}
        }}
    """


def _policy(*statements: str) -> str:
    """An example: a document with these statements."""
    inside = ",\n".join(f"{{ {one} }}" for one in statements)
    return f"""jsonencode({{
            Version   = "2012-10-17"
            Statement = [
              {inside}
            ]
          }})"""


_DELETE = 'Effect = "Allow", Action = "s3:DeleteObject", Resource = "arn:aws:s3:::reports/*"'
_READ = 'Effect = "Allow", Action = "s3:GetObject", Resource = "arn:aws:s3:::reports/*"'
_WITH_MFA = 'Condition = { Bool = { "aws:MultiFactorAuthPresent" = "true" } }'
_NO_DELETE = 'Sid = "Keep", Effect = "Deny", Action = "s3:Delete*", Resource = "*"'


def _from(*ranges: str) -> str:
    """An example: a condition on where a request comes from."""
    return f'Condition = {{ IpAddress = {{ "aws:SourceIp" = {json.dumps(ranges)} }} }}'


_EVERYTHING = 'Effect = "Allow", Action = "*", Resource = "*"'
_BOUND = "permissions_boundary = aws_iam_policy.limits.arn"


def _boundary(statement: str) -> str:
    """An example: a policy that serves as a boundary."""
    return f"""
        resource "aws_iam_policy" "limits" {{
          name   = "limits"
          policy = {_policy(statement)}
        }}
    """


_LATER = """
        resource "terraform_data" "policy" {
          input = "x"
        }
"""


@rule(
    id="aws-access-condition-widened",
    severity="medium",
    domain="identity",
    resources=_HOLDERS,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-3"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition.html"],
    since="0.2.0",
    bad={
        "without a second factor": (_role(_policy(f"{_DELETE}, {_WITH_MFA}")), _role(_policy(_DELETE))),
        "from more addresses": (
            _role(_policy(f"{_DELETE}, {_from('10.0.0.0/8')}")),
            _role(_policy(f"{_DELETE}, {_from('10.0.0.0/8', '192.168.0.0/16')}")),
        ),
        "by another statement": (
            _role(_policy(f"{_DELETE}, {_WITH_MFA}")),
            _role(_policy(f"{_DELETE}, {_WITH_MFA}", 'Effect = "Allow", Action = "s3:D*", Resource = "*"')),
        ),
        "of a role": (
            _role(_policy(_READ)).replace(
                '"{}"',
                _policy(
                    'Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "444455556666" }, '
                    'Condition = { StringEquals = { "sts:ExternalId" = "shop" } }'
                ),
            ),
            _role(_policy(_READ)).replace(
                '"{}"', _policy('Effect = "Allow", Action = "sts:AssumeRole", Principal = { AWS = "444455556666" }')
            ),
        ),
    },
    good={
        "a condition more": (_role(_policy(_DELETE)), _role(_policy(f"{_DELETE}, {_WITH_MFA}"))),
        "another action without it": (
            _role(_policy(f"{_DELETE}, {_WITH_MFA}")),
            _role(_policy(f"{_DELETE}, {_WITH_MFA}", _READ)),
        ),
        "the same in other words": (
            _role(_policy(f"{_DELETE}, {_from('10.0.0.0/8')}")),
            _role(_policy(f"{_DELETE}, {_from('10.0.0.0/9', '10.128.0.0/9')}")),
        ),
        "all of it is new": ("", _role(_policy(_DELETE))),
        "a denial, of which another rule tells": (
            _role(_policy(_NO_DELETE, _DELETE)),
            _role(_policy(_DELETE)),
        ),
    },
    undetermined={
        "a policy that is known after apply only": (
            _role(_policy(f"{_DELETE}, {_WITH_MFA}")),
            _LATER + _role("terraform_data.policy.output"),
        ),
    },
)
def condition_widened(resource: Resource) -> Iterator[Violation]:
    """Access no longer depends on a condition, or on a wider one.

    What was allowed with a second factor, from the office or under an external id only is allowed without. Who holds
    it, and on what, is the same; so this is easily missed where a change is read line by line. Compared is what all
    policies allow together: a condition that another statement makes up for is none.

    Put the condition back, or name its values more narrowly.
    """
    found = _openings(resource, CONTEXT)
    for one, names in _alike(found):
        yield violation(
            _place(one.opened.origins, resource),
            f"{some(names)} may {request(one.opened.witness)}, before only where {_all(one.opened.conditions)}",
            facts=[names, terms(one.opened.actions), terms(one.opened.resources), list(one.opened.conditions)],
        )


@rule(
    id="aws-access-deny-removed",
    severity="high",
    domain="identity",
    resources=_HOLDERS,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-3"]},
    links=[_LINK],
    since="0.2.0",
    wider=["policy-deny-removed"],
    bad={
        "a denial taken out": (
            _role(_policy(_NO_DELETE, 'Effect = "Allow", Action = "s3:*", Resource = "*"')),
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"')),
        ),
        "a policy detached": (
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"'))
            + f"""
            resource "aws_iam_policy" "limits" {{
              name   = "limits"
              policy = {_policy(_NO_DELETE)}
            }}

            resource "aws_iam_role_policy_attachment" "limits" {{
              role       = aws_iam_role.app.name
              policy_arn = aws_iam_policy.limits.arn
            }}
            """,
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"'))
            + f"""
            resource "aws_iam_policy" "limits" {{
              name   = "limits"
              policy = {_policy(_NO_DELETE)}
            }}
            """,
        ),
        "a policy deleted": (
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"'))
            + f"""
            resource "aws_iam_role_policy" "limits" {{
              role   = aws_iam_role.app.name
              name   = "limits"
              policy = {_policy(_NO_DELETE)}
            }}
            """,
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"')),
        ),
    },
    good={
        "nothing that it took away was held": (
            _role(_policy(_NO_DELETE, _READ)),
            _role(_policy(_READ)),
        ),
        "a condition, of which another rule tells": (
            _role(_policy(f"{_DELETE}, {_WITH_MFA}")),
            _role(_policy(_DELETE)),
        ),
        "a denial more": (
            _role(_policy('Effect = "Allow", Action = "s3:*", Resource = "*"')),
            _role(_policy(_NO_DELETE, 'Effect = "Allow", Action = "s3:*", Resource = "*"')),
        ),
        "denied elsewhere": (
            _role(_policy(_NO_DELETE, 'Effect = "Allow", Action = "s3:*", Resource = "*"')),
            _role(
                _policy('Effect = "Allow", Action = "s3:*", Resource = "*"'),
                more=f'inline_policy {{\n name = "keep"\n policy = {_policy(_NO_DELETE)}\n }}',
            ),
        ),
    },
    undetermined={
        "a policy that is known after apply only": (
            _role(_policy(_NO_DELETE, 'Effect = "Allow", Action = "s3:*", Resource = "*"')),
            _LATER + _role("terraform_data.policy.output"),
        ),
    },
)
def deny_removed(resource: Resource) -> Iterator[Violation]:
    """Access is allowed that a denial took away.

    A denial stands above whatever else is allowed, now and later. Here it is gone, or says less, and something that
    is held becomes allowed at once: also where the denial was in a policy that is no longer attached.

    Put the denial back, or take the access out of what is allowed.
    """
    for one, names in _alike(_openings(resource, DENIAL)):
        yield violation(
            _place(one.opened.because, resource),
            f"{some(names)} may {request(one.opened.witness)}, which {_denial(one.opened.because)} denied",
            facts=[names, terms(one.opened.actions), terms(one.opened.resources)],
        )


@rule(
    id="aws-permission-boundary-removed",
    severity="high",
    domain="identity",
    resources=_PRINCIPALS,
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-3"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    since="0.2.0",
    wider=["access-guardrail-removed"],
    bad={
        "taken off": (
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_READ),
            _role(_policy(_EVERYTHING)) + _boundary(_READ),
        ),
        "replaced by a policy of AWS": (
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_READ),
            _role(_policy(_EVERYTHING), more='permissions_boundary = "arn:aws:iam::aws:policy/PowerUserAccess"')
            + _boundary(_READ),
        ),
        "a policy that allows more": (
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_READ),
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_DELETE),
        ),
    },
    good={
        "nothing is held beyond it": (
            _role(_policy(_READ), more=_BOUND) + _boundary(_READ),
            _role(_policy(_READ)) + _boundary(_READ),
        ),
        "a denial, of which another rule tells": (
            _role(_policy(_EVERYTHING, _NO_DELETE)),
            _role(_policy(_EVERYTHING)),
        ),
        "put on": (
            _role(_policy(_EVERYTHING)) + _boundary(_READ),
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_READ),
        ),
        "more is held within it": (
            _role(_policy(_READ), more=_BOUND) + _boundary(_EVERYTHING),
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_EVERYTHING),
        ),
    },
    undetermined={
        "a boundary that is known after apply only": (
            _role(_policy(_EVERYTHING), more=_BOUND) + _boundary(_READ),
            _LATER
            + _role(_policy(_EVERYTHING), more="permissions_boundary = terraform_data.policy.output")
            + _boundary(_READ),
        ),
    },
)
def boundary_removed(principal: Resource) -> Iterator[Violation]:
    """Principal may do more, because its permissions boundary is gone or allows more.

    A boundary is what a principal can have at the most, whoever gives it policies. Here it is taken off, or replaced
    by one that allows more, and what the principal holds beyond it comes into force at once.

    Keep the boundary, or take out of the principal's policies what it is not to have.
    """
    for one in _openings(principal, LIMIT):
        yield violation(
            "permissions_boundary",
            f"may {request(one.opened.witness)}, which its permissions boundary did not allow",
            facts=[terms(one.opened.actions), terms(one.opened.resources)],
        )


def _openings(resource: Resource, kind: str) -> list[Opening]:
    """What is to be told at a resource, for certain; nothing before the apply.

    :raises Undetermined: there is nothing certain, but something that may be
    """
    found = [one for one in openings_at(resource) if one.kind in {kind, UNCOMPARED, WHOSE}]
    certain = [one for one in found if one.is_certain]
    if found and not certain:
        first = next(iter(found))
        why = {UNCOMPARED: TOO_COMPLEX, WHOSE: "who has it is known after apply only"}.get(
            first.kind, f"what {shown(first.subject.name)} may do is known after apply only"
        )
        raise Undetermined((), resource, (), why)
    return certain


def _alike(found: list[Opening]) -> list[tuple[Opening, list[str]]]:
    """Each opening once, with the names of all subjects that have it."""
    named: dict[object, tuple[Opening, list[str]]] = {}
    for one in found:
        key = (one.opened.actions, one.opened.resources, one.opened.because, one.opened.origins)
        named.setdefault(key, (one, []))[1].append(shown(one.subject.name))
    return [(one, sorted(names)) for one, names in named.values()]


def _place(origins: tuple[Origin, ...], resource: Resource) -> str:
    here = [one for one in origins if one.address == resource.address]
    return place_of(here[0], resource=resource) if here else ""


def _denial(origins: tuple[Origin, ...]) -> str:
    return some(f"{one.statement} of {one.address}" for one in origins)


def _all(conditions: tuple[str, ...]) -> str:
    return " and ".join(conditions)
