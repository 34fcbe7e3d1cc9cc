"""Tags and labels that everything has to carry."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, is_unknown, rule, violation

_OWN = ("labels", "tags")


@rule(
    id="required-tag-missing",
    severity="low",
    domain="environment",
    resources=["taggable"],
    controls={"nist-800-53r5": ["CM-8", "PM-5"]},
    links=["https://docs.aws.amazon.com/whitepapers/latest/tagging-best-practices/tagging-best-practices.html"],
    since="0.2.0",
    parameters={"keys": "the tags or labels that everything has to carry; with none, this rule asks nothing"},
    needs="keys",
    tried_with={"keys": ["owner", "cost-center"]},
    bad={
        "none of them": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "one of them": """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
              tags     = { owner = "team-shop" }
            }
        """,
        "empty": """
            resource "google_pubsub_topic" "jobs" {
              name   = "jobs"
              labels = { owner = "team-shop", cost-center = "" }
            }
        """,
        "in another case": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = { Owner = "team-shop", cost-center = "cc-4410" }
            }
        """,
    },
    good={
        "all of them": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = { owner = "team-shop", cost-center = "cc-4410" }
            }
        """,
        "by the provider": """
            provider "aws" {
              region = "eu-central-1"
              default_tags {
                tags = { owner = "team-shop" }
              }
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = { cost-center = "cc-4410" }
            }
        """,
        "labels": """
            resource "google_pubsub_topic" "jobs" {
              name   = "jobs"
              labels = { owner = "team-shop", cost-center = "cc-4410" }
            }
        """,
        "in another case, where case does not count": """
            resource "azurerm_resource_group" "shop" {
              name     = "shop"
              location = "westeurope"
              tags     = { Owner = "team-shop", Cost-Center = "cc-4410" }
            }
        """,
        "one whose value is not known yet": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = { owner = "team-shop", cost-center = aws_sns_topic.cost.name }
            }

            resource "aws_sns_topic" "cost" {
              name_prefix = "cost"
              tags        = { owner = "team-shop", cost-center = "cc-4410" }
            }
        """,
        "what takes no tags": """
            resource "aws_sqs_queue_policy" "jobs" {
              queue_url = "https://sqs.eu-central-1.amazonaws.com/111122223333/jobs"
              policy    = "{}"
            }
        """,
    },
    undetermined={
        "not known yet": """
            resource "terraform_data" "tags" {
              input = { owner = "team-shop", cost-center = "cc-4410" }
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
              tags = terraform_data.tags.output
            }
        """,
    },
)
def required_tag_missing(resource: Resource, *, keys: tuple[str, ...] = ()) -> Iterator[Violation]:
    """A required tag is missing.

    Nobody can tell whom the resource belongs to, who pays for it, or whether it may be switched off, when it is in
    the way or under attack.

    Set the tags on the resource (`tags = { owner = "team-shop" }`, `labels` on Google Cloud), or for everything at
    once: `default_tags` of the aws provider, `default_labels` of the google provider.
    """
    fold = str.lower if resource.type.startswith("azurerm_") else str  # Azure compares names of tags without case
    tags = {fold(name): value for name, value in resource.tags.items()}
    absent = [key for key in keys if _is_absent(tags, fold(key))]
    if not absent:
        return
    own = next((name for name in _OWN if name in resource.values), "")
    unset = not resource.values.get(own)  # asks, where they are not known yet
    yield violation(own, f"{'none at all, ' if unset else ''}without {', '.join(absent)}")


def _is_absent(tags: dict[str, object], key: str) -> bool:
    value = tags.get(key, "")
    return not is_unknown(value) and not value
