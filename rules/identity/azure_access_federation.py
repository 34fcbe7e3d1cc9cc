"""Which workloads outside of Azure may become an identity of it, and how many fit besides the one that is meant."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_GITHUB = "token.actions.githubusercontent.com"
_MANAGED = "azurerm_federated_identity_credential"
_APPLICATION = "azuread_application_federated_identity_credential"
_FLEXIBLE = "azuread_application_flexible_federated_identity_credential"
_OWNED = re.compile(
    r"(repo|project_path|job_workflow_ref):[^/:*?]+/.+"
    r"|organization:[^:*?]+:.+"
    r"|repository(_id|_owner|_owner_id)?:[^:*?]+(:.*)?"
    r"|system:serviceaccount:.+"
)
"""Subjects that end the name of an owner, so that no stranger has a token with one of them: GitHub's, GitLab's, HCP
Terraform's; those of a cluster are its own."""
_ONE_REPOSITORY = re.compile(r"repo:[^/:]+/[^:]+(:pull_request)?")
_DEFAULT_ACCOUNT = re.compile(r"system:serviceaccount:[^:]+:default")
_CLAIM = re.compile(r"claims\['(\w+)'\]\s+(eq|matches)\s+'([^']*)'")
_WORKFLOW = re.compile(r"[^/*?]+/[^/*?]+/[^@*?]+@[^*?]+")


@rule(
    id="azure-federated-credential-any-owner",
    severity="high",
    domain="identity",
    resources=[_MANAGED, _FLEXIBLE],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-9"]},
    links=[
        "https://learn.microsoft.com/entra/workload-id/workload-identities-flexible-federated-identity-credentials"
    ],
    since="0.2.0",
    bad={
        "a managed identity, every repository": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repo:*"
            }
        """,
        "a managed identity, the name of a workflow": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "workflow:deploy:repo:acme/shop"
            }
        """,
        "the beginning of an owner": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] matches 'repo:acme*'"
            }
        """,
        "any project of GitLab": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://gitlab.com"
              claims_matching_expression = "claims['sub'] matches 'project_path:*:ref_type:branch:ref:main'"
            }
        """,
        "any organization of HCP Terraform": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://app.terraform.io"
              claims_matching_expression = join("", [
                "claims['sub'] ",
                "matches 'organization:*:project:shop:workspace:prod:run_phase:apply'",
              ])
            }
        """,
        "no subject, and a workflow that others may call": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = join("", [
                "claims['job_workflow_ref'] ",
                "eq 'acme/ci/.github/workflows/deploy.yml@refs/heads/main'",
              ])
            }
        """,
    },
    good={
        "one environment": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repo:acme/shop:environment:production"
            }
        """,
        "a subject with another claim first": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repository_owner:acme:environment:production"
            }
        """,
        "any repository of one owner, which is told as broad": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] matches 'repo:acme/*:ref:refs/heads/main'"
            }
        """,
        "one workspace": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://app.terraform.io"
              claims_matching_expression = join("", [
                "claims['sub'] ",
                "matches 'organization:acme:project:shop:workspace:prod:run_phase:*'",
              ])
            }
        """,
        "a service account of a cluster of the plan": """
            resource "azurerm_kubernetes_cluster" "shop" {
              name                = "aks-shop"
              resource_group_name = "rg-shop"
              location            = "westeurope"
              oidc_issuer_enabled = true

              default_node_pool {
                name    = "system"
                vm_size = "Standard_D2s_v5"
              }
            }

            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = azurerm_kubernetes_cluster.shop.oidc_issuer_url
              subject             = "system:serviceaccount:shop:api"
            }
        """,
        "an issuer of one's own": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://idp.example.com"
              subject             = "batch"
            }
        """,
    },
    undetermined={
        "a subject that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:acme/shop:environment:production"
            }

            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = terraform_data.subject.output
            }
        """,
        "an expression that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:acme/shop:environment:production"
            }

            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] eq '${terraform_data.subject.output}'"
            }
        """,
    },
)
def any_owner(credential: Resource) -> Iterator[Violation]:
    """Federated credential does not name an owner.

    The issuer signs the tokens of everybody who uses it. A subject that does not end the name of an owner, or stands
    for any, fits repositories that a stranger may create.

    Name owner and repository, and end with the branch or environment:
    `claims['sub'] eq 'repo:acme/shop:environment:production'`.
    """
    for attribute, subject, _ in _subjects(credential):
        if _OWNED.fullmatch(subject.strip()):
            continue
        if attribute == "claims_matching_expression":
            yield violation(attribute, f"trusts every token with a subject like `{subject}`")
        # Other issuers have subjects of other forms, each of one thing; the workflows of GitHub choose theirs.
        elif _GITHUB in credential.get("issuer", ""):
            yield violation(attribute, f"trusts `{subject}`, which names no repository")


@rule(
    id="azure-federated-credential-broad",
    severity="medium",
    domain="identity",
    resources=[_MANAGED, _APPLICATION, _FLEXIBLE],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-9"]},
    links=["https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust"],
    since="0.2.0",
    wider=["azure-federated-credential-any-owner", "azure-github-trust-any-repository"],
    bad={
        "any pull request": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repo:acme/shop:pull_request"
            }
        """,
        "any pull request, of an application": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme/shop:pull_request"
            }
        """,
        "no branch": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repo:acme/shop"
            }
        """,
        "any branch": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] matches 'repo:acme/shop:ref:refs/heads/*'"
            }
        """,
        "a character of a branch": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] matches 'repo:acme/shop:ref:refs/heads/v?'"
            }
        """,
        "any pull request, by an expression": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] eq 'repo:acme/shop:pull_request'"
            }
        """,
        "any branch, and any workflow in a folder": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = join(" and ", [
                "claims['sub'] matches 'repo:acme/*'",
                "claims['job_workflow_ref'] matches 'acme/ci/.github/workflows/*'",
              ])
            }
        """,
        "any repository, and a claim that each may set": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = join(" and ", [
                "claims['sub'] matches 'repo:acme/*'",
                "claims['workflow'] eq 'acme/ci/deploy@main'",
              ])
            }
        """,
        "any repository that uses a workflow in a folder": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['job_workflow_ref'] matches 'acme/ci/.github/workflows/*'"
            }
        """,
        "the account of every pod": """
            resource "azurerm_kubernetes_cluster" "shop" {
              name                = "aks-shop"
              resource_group_name = "rg-shop"
              location            = "westeurope"
              oidc_issuer_enabled = true

              default_node_pool {
                name    = "system"
                vm_size = "Standard_D2s_v5"
              }
            }

            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = azurerm_kubernetes_cluster.shop.oidc_issuer_url
              subject             = "system:serviceaccount:shop:default"
            }
        """,
    },
    good={
        "one branch, by an expression that could hold wildcards": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] matches 'repo:acme/shop:ref:refs/heads/main'"
            }
        """,
        "one environment, and any workflow in a folder": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = join(" and ", [
                "claims['sub'] eq 'repo:acme/shop:environment:production'",
                "claims['job_workflow_ref'] matches 'acme/ci/.github/workflows/*@refs/heads/main'",
              ])
            }
        """,
        "one branch": """
            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = "https://token.actions.githubusercontent.com"
              subject             = "repo:acme/shop:ref:refs/heads/main"
            }
        """,
        "one environment": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme/shop:environment:production"
            }
        """,
        "a star that is no wildcard": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme/shop:ref:refs/heads/*"
            }
        """,
        "a star that is compared": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = "claims['sub'] eq 'repo:acme/shop:ref:refs/heads/*'"
            }
        """,
        "any branch, and one workflow of main": """
            resource "azuread_application_flexible_federated_identity_credential" "deploy" {
              application_id             = "/applications/11111111-2222-4333-8444-555555555555"
              display_name               = "deploy"
              audience                   = "api://AzureADTokenExchange"
              issuer                     = "https://token.actions.githubusercontent.com"
              claims_matching_expression = join(" and ", [
                "claims['sub'] matches 'repo:acme/*'",
                "claims['job_workflow_ref'] eq 'acme/ci/.github/workflows/deploy.yml@refs/heads/main'",
              ])
            }
        """,
        "a service account of its own": """
            resource "azurerm_kubernetes_cluster" "shop" {
              name                = "aks-shop"
              resource_group_name = "rg-shop"
              location            = "westeurope"
              oidc_issuer_enabled = true

              default_node_pool {
                name    = "system"
                vm_size = "Standard_D2s_v5"
              }
            }

            resource "azurerm_federated_identity_credential" "deploy" {
              name                = "deploy"
              resource_group_name = "rg-deploy"
              parent_id           = "/subscriptions/x/resourceGroups/rg-deploy/providers/Microsoft.ManagedIdentity/y"
              audience            = ["api://AzureADTokenExchange"]
              issuer              = azurerm_kubernetes_cluster.shop.oidc_issuer_url
              subject             = "system:serviceaccount:shop:api"
            }
        """,
    },
    undetermined={
        "a subject that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:acme/shop:environment:production"
            }

            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = terraform_data.subject.output
            }
        """,
    },
)
def broad(credential: Resource) -> Iterator[Violation]:
    """Federated credential trusts more than one branch, environment or service account.

    Whoever may push any branch or open a pull request can change the workflow that runs there, and with it what the
    identity does, before anybody has looked at it. The account `default` of a namespace is that of every pod that
    names no other.

    Name one branch or environment: `subject = "repo:acme/shop:environment:production"`; for a cluster, a service
    account of the workload's own.
    """
    for attribute, subject, is_pattern in _subjects(credential):
        if _DEFAULT_ACCOUNT.fullmatch(subject):
            yield violation(attribute, f"`{subject}` is the account of every pod that names no other")
        elif is_pattern and ("*" in subject or "?" in subject):
            if not _is_one_workflow(credential):
                other = subject.replace("*", "other").replace("?", "x")
                yield violation(attribute, f"`{subject}` fits `{other}` as well")
        elif _ONE_REPOSITORY.fullmatch(subject):
            what = "any pull request" if subject.endswith(":pull_request") else "any branch and any pull request"
            yield violation(attribute, f"`{subject}` is {what} of the repository")


def _subjects(credential: Resource) -> Iterator[tuple[str, str, bool]]:
    """The subjects that a credential trusts: the attribute, the subject, and whether wildcards count in it."""
    if credential.type != _FLEXIBLE:
        yield "subject", credential.get("subject", ""), False
        return
    claims = _CLAIM.findall(credential.get("claims_matching_expression", ""))
    found = [(text, operator == "matches") for claim, operator, text in claims if claim == "sub"]
    for text, is_pattern in found or [("*", True)]:
        yield "claims_matching_expression", text, is_pattern


def _is_one_workflow(credential: Resource) -> bool:
    """Whether an expression names one workflow at one ref besides the subject, which nobody changes on a branch."""
    claims = _CLAIM.findall(credential.get("claims_matching_expression", ""))
    return any(claim == "job_workflow_ref" and _WORKFLOW.fullmatch(text) for claim, _, text in claims)
