"""Limits that stand above every permission: boundaries, policies of the organisation, conditions of access."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Change, Resource, Violation, change_rule, violation

from ._before_after import dropped, edited
from ._neighbours import Guard, losses
from ._reduction import Amount, Given, Level, Members, Setting, reductions

_BOUNDARY = (Given("permissions_boundary", "the permissions boundary"),)
_ENFORCED = (Level("enforce", ((True, None),)),)
_POD_SECURITY = (Level('metadata.labels["pod-security.kubernetes.io/enforce"]', ("restricted", "baseline")),)
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

_SUBSCRIPTION = "/subscriptions/00000000-0000-0000-0000-000000000000"
_SCOPES = {
    "management_group": "/providers/Microsoft.Management/managementGroups/shops",
    "resource": f"{_SUBSCRIPTION}/resourceGroups/shop/providers/Microsoft.Web/sites/shop",
    "resource_group": f"{_SUBSCRIPTION}/resourceGroups/shop",
    "subscription": _SUBSCRIPTION,
}
_GROUP = """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
            }
"""
_ASSIGNED_TO = """
            resource "azurerm_{0}_policy_assignment" "regions" {{
              name                 = "regions"
              {0}_id = "{1}"
              policy_definition_id = "/providers/Microsoft.Authorization/policyDefinitions/regions"
              enforce              = true
            }}
"""
_EXEMPTED = """
            resource "azurerm_{0}_policy_exemption" "shop" {{
              name                 = "shop"
              {0}_id = "{1}"
              policy_assignment_id = "/subscriptions/0/providers/Microsoft.Authorization/policyAssignments/regions"
              exemption_category   = "Waiver"
            }}
"""
_CHECKED = """
            resource "kubernetes_{}_webhook_configuration{}" "images" {{
              metadata {{
                name = "images"
              }}
              webhook {{
                name                      = "images.example.com"
                admission_review_versions = ["v1"]
                side_effects              = "None"
                client_config {{
                  url = "https://images.example.com/check"
                }}
              }}
            }}
"""
_RULE = """
            resource "google_org_policy_policy" "keys" {{
              name   = "projects/example/policies/iam.disableServiceAccountKeyCreation"
              parent = "projects/example"
              spec {{
                rules {{
                  {}
                }}
              }}
            }}
"""

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
        **{
            f"an exemption from a policy, of a {kind.replace('_', ' ')}": (
                _GROUP,
                _GROUP + _EXEMPTED.format(kind, scope),
            )
            for kind, scope in _SCOPES.items()
        },
        **{
            f"an assignment taken from a {kind.replace('_', ' ')}": dropped(_ASSIGNED_TO.format(kind, scope), _GROUP)
            for kind, scope in _SCOPES.items()
        },
        "an assignment that had force, and now only tells": edited(
            _ASSIGNED_TO.format("subscription", _SUBSCRIPTION), "true", "false"
        ),
        "an assignment of which nothing more was said": dropped(
            _ASSIGNED_TO.format("subscription", _SUBSCRIPTION).replace("enforce              = true", ""), _GROUP
        ),
        "an assignment that gives way to that of another policy": (
            _ASSIGNED_TO.format("subscription", _SUBSCRIPTION),
            _ASSIGNED_TO.format("subscription", _SUBSCRIPTION).replace("regions", "tags"),
        ),
        **{
            f"a {kind} webhook that is deleted{version}": dropped(_CHECKED.format(kind, version))
            for kind in ("mutating", "validating")
            for version in ("", "_v1")
        },
        "an admission policy that is deleted": dropped(
            """
            resource "kubernetes_validating_admission_policy_v1" "replicas" {
              metadata = {
                name = "replicas"
              }
              spec = {
                failure_policy = "Fail"
                validations    = [{ expression = "object.spec.replicas <= 5" }]
              }
            }
            """
        ),
        "a user without its boundary": edited(
            """
            resource "aws_iam_user" "build" {
              name                 = "build"
              permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"
            }
            """,
            'permissions_boundary = "arn:aws:iam::111122223333:policy/boundary"',
            "",
        ),
        "an organisation without policies": edited(
            """
            resource "aws_organizations_organization" "this" {
              feature_set          = "ALL"
              enabled_policy_types = ["SERVICE_CONTROL_POLICY", "TAG_POLICY"]
            }
            """,
            '"SERVICE_CONTROL_POLICY", ',
            "",
        ),
        "images that nobody has attested": edited(
            """
            resource "google_binary_authorization_policy" "this" {
              default_admission_rule {
                evaluation_mode         = "REQUIRE_ATTESTATION"
                enforcement_mode        = "ENFORCED_BLOCK_AND_AUDIT_LOG"
                require_attestations_by = ["projects/example/attestors/build"]
              }
            }
            """,
            "REQUIRE_ATTESTATION",
            "ALWAYS_ALLOW",
        ),
        "a service perimeter that is deleted": dropped(
            """
            resource "google_access_context_manager_service_perimeter" "data" {
              parent = "accessPolicies/123456789012"
              name   = "accessPolicies/123456789012/servicePerimeters/data"
              title  = "data"
              status {
                restricted_services = ["storage.googleapis.com"]
              }
            }
            """
        ),
        "a constraint that is no longer enforced": edited(_RULE.format('enforce = "TRUE"'), "TRUE", "FALSE"),
        "a constraint that is no longer enforced, in another spelling": edited(
            _RULE.format("enforce = true"), "true", "false"
        ),
        "a constraint that refused everything": (
            _RULE.format('deny_all = "TRUE"'),
            _RULE.format('allow_all = "TRUE"'),
        ),
        "a constraint to a few values": (
            _RULE.format('values { allowed_values = ["in:eu-locations"] }'),
            _RULE.format('allow_all = "TRUE"'),
        ),
        "a constraint that gives way to another": (
            _RULE.format('enforce = "TRUE"'),
            _RULE.format('enforce = "TRUE"').replace("keys", "names").replace("KeyCreation", "Creation"),
        ),
        "a constraint of a folder": dropped(
            """
            resource "google_folder_organization_policy" "serial" {
              folder     = "folders/123456789012"
              constraint = "compute.disableSerialPortAccess"
              boolean_policy {
                enforced = true
              }
            }
            """
        ),
        "a constraint that refused a few values": edited(
            """
            resource "google_organization_policy" "services" {
              org_id     = "123456789012"
              constraint = "serviceuser.services"
              list_policy {
                deny {
                  values = ["doubleclicksearch.googleapis.com"]
                }
              }
            }
            """,
            """deny {
                  values = ["doubleclicksearch.googleapis.com"]
                }""",
            """allow {
                  all = true
                }""",
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
        "pods that may do everything": edited(
            """
            resource "kubernetes_namespace_v1" "shop" {
              metadata {
                name   = "shop"
                labels = { "pod-security.kubernetes.io/enforce" = "baseline" }
              }
            }
            """,
            "baseline",
            "privileged",
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
        "an assignment under another name": edited(
            _ASSIGNED_TO.format("subscription", _SUBSCRIPTION), '" "regions" {', '" "places" {'
        ),
        "an exemption that is explained": edited(
            _EXEMPTED.format("subscription", _SUBSCRIPTION),
            '"Waiver"',
            '"Waiver"\n              description          = "until the shop has moved"',
        ),
        "an exception from a constraint that is taken back": dropped(_RULE.format('enforce = "FALSE"')),
        "a constraint that is new": (_GROUP, _GROUP + _RULE.format('enforce = "TRUE"')),
        "a constraint to one value less": edited(
            _RULE.format('values { allowed_values = ["in:eu-locations", "in:us-locations"] }'),
            ', "in:us-locations"',
            "",
        ),
        "a constraint that stays, unmanaged": (
            _RULE.format('enforce = "TRUE"'),
            """
            removed {
              from = google_org_policy_policy.keys

              lifecycle {
                destroy = false
              }
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
    if change.type in _EXEMPTIONS and change.action == "create":
        policy = change.after.get("policy_assignment_id", "a policy") if change.after else ""
        yield violation("", f"exempts from {policy}")


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
        if any(str(rule.get(name)).upper() == "TRUE" for name in ("enforce", "deny_all")) or rule.get("values"):
            return True
    return False
