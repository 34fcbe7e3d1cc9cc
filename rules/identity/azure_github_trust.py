"""Whom an Azure application trusts among the workflows of GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_GITHUB = "token.actions.githubusercontent.com"
_REPOSITORY = re.compile(r"repo:[^/:*]+/[^:]+(:.+)?")


@rule(
    id="azure-github-trust-any-repository",
    severity="high",
    domain="identity",
    resources=["azuread_application_federated_identity_credential"],
    aliases=["CKV_AZURE_249"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "IA-9"]},
    links=["https://learn.microsoft.com/entra/workload-id/workload-identity-federation-create-trust"],
    since="0.2.0",
    bad={
        "every subject": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "*"
            }
        """,
        "every repository": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:*"
            }
        """,
        "an owner without a repository": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme:ref:refs/heads/main"
            }
        """,
        "the name of a workflow, which anyone may take": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "workflow:deploy:repo:acme/shop"
            }
        """,
        "empty subject": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com/"
              subject        = ""
            }
        """,
    },
    good={
        "one branch of one repository": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme/shop:ref:refs/heads/main"
            }
        """,
        "one environment of one repository": """
            resource "azuread_application_federated_identity_credential" "deploy" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "deploy"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://token.actions.githubusercontent.com"
              subject        = "repo:acme/shop:environment:production"
            }
        """,
        "another issuer": """
            resource "azuread_application_federated_identity_credential" "cluster" {
              application_id = "/applications/11111111-2222-4333-8444-555555555555"
              display_name   = "cluster"
              audiences      = ["api://AzureADTokenExchange"]
              issuer         = "https://westeurope.oic.prod-aks.azure.com/11111111-2222-4333-8444-555555555555/aks/"
              subject        = "system:serviceaccount:shop:deploy"
            }
        """,
    },
    undetermined={
        "a subject that is not known yet": """
            resource "terraform_data" "subject" {
              input = "repo:acme/shop:ref:refs/heads/main"
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
def any_repository(credential: Resource) -> Iterator[Violation]:
    """Trust in GitHub Actions does not name a repository.

    The same issuer signs the tokens of every repository on GitHub. A subject that names no owner and repository first
    fits workflows of strangers, or rests on a name that anybody may give to a workflow of their own.

    Begin with owner and repository, and end with the branch or environment:
    `subject = "repo:acme/shop:environment:production"`.
    """
    if _GITHUB not in credential.get("issuer", ""):
        return
    subject = credential.get("subject", "")
    if not _REPOSITORY.fullmatch(subject.strip()):
        yield violation("subject", f"trusts `{subject}`" if subject else "no subject")
