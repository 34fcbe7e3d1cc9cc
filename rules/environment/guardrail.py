"""Limits that stand above every permission: boundaries, policies of the organisation, conditions of access."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Resource, Violation, change_rule, violation

from ._neighbours import Guard, losses
from ._reduction import Amount, Given, Level, Members, Setting, reductions

_BOUNDARY = (Given("permissions_boundary", "the permissions boundary"),)
_ENFORCED = (Level("enforce", ((True, None),)),)
_POD_SECURITY = (
    Level('metadata.labels["pod-security.kubernetes.io/enforce"]', ("restricted", "baseline", "privileged")),
)
_SETTINGS: dict[str, tuple[Setting, ...]] = {
    "aws_iam_account_password_policy": (
        Amount("minimum_password_length", "characters", unset=6),
        Amount("password_reuse_prevention", "passwords"),
        Level("require_lowercase_characters"),
        Level("require_numbers"),
        Level("require_symbols"),
        Level("require_uppercase_characters"),
    ),
    "aws_iam_role": _BOUNDARY,
    "aws_iam_user": _BOUNDARY,
    "aws_organizations_organization": (Members("enabled_policy_types"),),
    "azuread_conditional_access_policy": (Level("state", ("enabled", "enabledForReportingButNotEnforced")),),
    "azurerm_management_group_policy_assignment": _ENFORCED,
    "azurerm_resource_group_policy_assignment": _ENFORCED,
    "azurerm_resource_policy_assignment": _ENFORCED,
    "azurerm_subscription_policy_assignment": _ENFORCED,
    "google_access_context_manager_service_perimeter": (Members("status.restricted_services"),),
    "google_binary_authorization_policy": (
        Level("default_admission_rule.evaluation_mode", ("ALWAYS_DENY", "REQUIRE_ATTESTATION")),
        Level("default_admission_rule.enforcement_mode", ("ENFORCED_BLOCK_AND_AUDIT_LOG",)),
    ),
    "kubernetes_namespace": _POD_SECURITY,
    "kubernetes_namespace_v1": _POD_SECURITY,
}
_ASSIGNMENT = "the policy assignment"
_ASSIGNED = ("enforce", (True, None))
_POLICY = ("policy_definition_id",)
_WEBHOOK = Guard("the admission webhook", "name")
_GUARDS = {
    "aws_iam_account_password_policy": Guard("the password policy", "name"),
    "aws_organizations_policy_attachment": Guard("the policy of the organisation", "target_id", same=("policy_id",)),
    "aws_ssoadmin_permissions_boundary_attachment": Guard("the permissions boundary", "permission_set_arn"),
    "azuread_conditional_access_policy": Guard(
        "the condition of access", "display_name", worth=("state", ("enabled",))
    ),
    "azurerm_management_group_policy_assignment": Guard(
        _ASSIGNMENT, "management_group_id", same=_POLICY, worth=_ASSIGNED
    ),
    "azurerm_resource_group_policy_assignment": Guard(
        _ASSIGNMENT, "resource_group_id", same=_POLICY, worth=_ASSIGNED
    ),
    "azurerm_resource_policy_assignment": Guard(_ASSIGNMENT, "resource_id", same=_POLICY, worth=_ASSIGNED),
    "azurerm_subscription_policy_assignment": Guard(_ASSIGNMENT, "subscription_id", same=_POLICY, worth=_ASSIGNED),
    "google_access_context_manager_service_perimeter": Guard("the service perimeter", "name"),
    "google_access_context_manager_service_perimeter_resource": Guard(
        "the place in the service perimeter", "resource"
    ),
    "kubernetes_mutating_webhook_configuration": _WEBHOOK,
    "kubernetes_mutating_webhook_configuration_v1": _WEBHOOK,
    "kubernetes_validating_admission_policy_v1": Guard("the admission policy", "name"),
    "kubernetes_validating_webhook_configuration": _WEBHOOK,
    "kubernetes_validating_webhook_configuration_v1": _WEBHOOK,
}
_CONSTRAINTS = {
    "google_folder_organization_policy": Guard("the constraint", "folder", same=("constraint",)),
    "google_org_policy_policy": Guard("the constraint", "parent", same=("name",)),
    "google_organization_policy": Guard("the constraint", "org_id", same=("constraint",)),
    "google_project_organization_policy": Guard("the constraint", "project", same=("constraint",)),
}
_EXEMPTIONS = (
    "azurerm_management_group_policy_exemption",
    "azurerm_resource_group_policy_exemption",
    "azurerm_resource_policy_exemption",
    "azurerm_subscription_policy_exemption",
)

_ORGANISATION = """
            resource "aws_organizations_policy" "limits" {
              name = "limits"
              content = jsonencode({
                Version   = "2012-10-17"
                Statement = [{ Effect = "Deny", Action = "cloudtrail:StopLogging", Resource = "*" }]
              })
            }
"""
_ATTACHED = """
            resource "aws_organizations_policy_attachment" "limits" {
              policy_id = aws_organizations_policy.limits.id
              target_id = "ou-ab12-cdefghij"
            }
"""


@change_rule(
    id="access-guardrail-removed",
    severity="high",
    domain="environment",
    resources=dict.fromkeys((*_SETTINGS, *_GUARDS, *_CONSTRAINTS, *_EXEMPTIONS)),
    controls={"nist-800-53r5": ["AC-3", "AC-6", "CM-3", "CM-5"]},
    links=["https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html"],
    since="0.2.0",
    bad={
        "a role without its boundary": (
            """
            resource "aws_iam_role" "build" {
              name                 = "build"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
              assume_role_policy   = "{}"
            }
            """,
            """
            resource "aws_iam_role" "build" {
              name               = "build"
              assume_role_policy = "{}"
            }
            """,
        ),
        "a policy of the organisation taken from a unit": (_ORGANISATION + _ATTACHED, _ORGANISATION),
        "passwords that may be shorter": (
            """
            resource "aws_iam_account_password_policy" "this" {
              minimum_password_length = 14
              require_symbols         = true
            }
            """,
            """
            resource "aws_iam_account_password_policy" "this" {
              minimum_password_length = 8
              require_symbols         = true
            }
            """,
        ),
        "an assignment that only tells": (
            """
            resource "azurerm_subscription_policy_assignment" "regions" {
              name                 = "regions"
              subscription_id      = "/subscriptions/00000000-0000-0000-0000-000000000000"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
            }
            """,
            """
            resource "azurerm_subscription_policy_assignment" "regions" {
              name                 = "regions"
              subscription_id      = "/subscriptions/00000000-0000-0000-0000-000000000000"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
              enforce              = false
            }
            """,
        ),
        "an exemption from a policy": (
            """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
            }
            """,
            """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
            }

            resource "azurerm_resource_group_policy_exemption" "shop" {
              name                 = "shop"
              resource_group_id    = azurerm_resource_group.shop.id
              policy_assignment_id = "/subscriptions/0/providers/Microsoft.Authorization/policyAssignments/regions"
              exemption_category   = "Waiver"
            }
            """,
        ),
        "a constraint that is no longer enforced": (
            """
            resource "google_org_policy_policy" "keys" {
              name   = "projects/example/policies/iam.disableServiceAccountKeyCreation"
              parent = "projects/example"
              spec {
                rules {
                  enforce = "TRUE"
                }
              }
            }
            """,
            """
            resource "google_org_policy_policy" "keys" {
              name   = "projects/example/policies/iam.disableServiceAccountKeyCreation"
              parent = "projects/example"
              spec {
                rules {
                  enforce = "FALSE"
                }
              }
            }
            """,
        ),
        "a constraint that is deleted": (
            """
            resource "google_project_organization_policy" "domains" {
              project    = "example"
              constraint = "iam.allowedPolicyMemberDomains"
              list_policy {
                allow {
                  values = ["C0abcdefg"]
                }
              }
            }

            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = "example"
            }
            """,
            """
            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = "example"
            }
            """,
        ),
        "pods that may do more": (
            """
            resource "kubernetes_namespace_v1" "shop" {
              metadata {
                name   = "shop"
                labels = { "pod-security.kubernetes.io/enforce" = "restricted" }
              }
            }
            """,
            """
            resource "kubernetes_namespace_v1" "shop" {
              metadata {
                name   = "shop"
                labels = { team = "shop" }
              }
            }
            """,
        ),
    },
    good={
        "a role that gets a boundary": (
            """
            resource "aws_iam_role" "build" {
              name               = "build"
              assume_role_policy = "{}"
            }
            """,
            """
            resource "aws_iam_role" "build" {
              name                 = "build"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
              assume_role_policy   = "{}"
            }
            """,
        ),
        "a role that goes with its boundary": (
            """
            resource "aws_iam_role" "build" {
              name                 = "build"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
              assume_role_policy   = "{}"
            }
            """,
            """
            resource "aws_iam_role" "release" {
              name                 = "release"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
              assume_role_policy   = "{}"
            }
            """,
        ),
        "passwords that must be longer": (
            """
            resource "aws_iam_account_password_policy" "this" {
              minimum_password_length = 8
            }
            """,
            """
            resource "aws_iam_account_password_policy" "this" {
              minimum_password_length = 14
              require_symbols         = true
            }
            """,
        ),
        "an assignment that had no force": (
            """
            resource "azurerm_subscription_policy_assignment" "regions" {
              name                 = "regions"
              subscription_id      = "/subscriptions/00000000-0000-0000-0000-000000000000"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
              enforce              = false
            }
            """,
            """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
            }
            """,
        ),
        "an exception from a constraint that is taken back": (
            """
            resource "google_org_policy_policy" "keys" {
              name   = "projects/example/policies/iam.disableServiceAccountKeyCreation"
              parent = "projects/example"
              spec {
                rules {
                  enforce = "FALSE"
                }
              }
            }
            """,
            """
            resource "google_pubsub_topic" "jobs" {
              name    = "jobs"
              project = "example"
            }
            """,
        ),
    },
    undetermined={
        "a boundary that is not known yet": (
            """
            resource "aws_iam_role" "build" {
              name                 = "build"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
              assume_role_policy   = "{}"
            }
            """,
            """
            resource "terraform_data" "boundary" {
              input = "arn:aws:iam::111122223333:policy/boundary"
            }

            resource "aws_iam_role" "build" {
              name                 = "build"
              permissions_boundary = terraform_data.boundary.output
              assume_role_policy   = "{}"
            }
            """,
        ),
    },
)
def access_guardrail_removed(change: Change) -> Iterator[Violation]:
    """A limit above every permission is taken away.

    Permissions boundaries, policies of the organisation and conditions of access hold where a permission was given
    by mistake, or taken by an intruder. Without the limit every such permission takes effect at once.

    Keep the limit. Where it stands in the way of one team, give that team an exception that is as narrow as its
    need and has an end, in a change of its own.
    """
    yield from reductions(change, _SETTINGS.get(change.type, ()))
    if change.type in _GUARDS:
        yield from losses(change, [_GUARDS[change.type]])
    if change.type in _CONSTRAINTS:
        yield from _constraint(change, _CONSTRAINTS[change.type])
    if change.type in _EXEMPTIONS and change.after and change.action == "create":
        yield violation("", f"exempts from {change.after.get('policy_assignment_id', 'a policy')}")


def _constraint(change: Change, guard: Guard) -> Iterator[Violation]:
    if not change.before or not _restricts(change.before):
        return
    if change.action == "delete":
        yield from losses(change, [guard])
    elif change.after and not _restricts(change.after):
        yield violation("", "the constraint no longer restricts anything")


def _restricts(policy: Resource) -> bool:
    """Whether a constraint forbids something. It may also be an exception, from one that is inherited."""
    if policy.get("boolean_policy.enforced") or policy.get("list_policy.deny"):
        return True
    if any(not allow.get("all") for _, allow in policy.blocks("list_policy.allow")):
        return True
    for _, rule in policy.blocks("spec.rules"):
        if any(str(rule.get(name) or "").upper() == "TRUE" for name in ("enforce", "deny_all")) or rule.get("values"):
            return True
    return False
