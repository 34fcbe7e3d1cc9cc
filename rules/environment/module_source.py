"""Where modules come from, and whether the same one comes the next time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_LOCAL = re.compile(r"\.{0,2}[/\\]|$")
_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TAG = re.compile(r"(?:.*[-/_])?v?\d+(?:\.\d+)+(?:[-+.]?[0-9A-Za-z.-]+)?")
_REGISTRY = re.compile(r"(?:[\w.-]+(?::\d+)?/)?[\w-]+/[\w-]+/[\w-]+(?://.*)?")
_REPOSITORY = re.compile(r"(?:git|hg)::|git@|(?:github\.com|gitlab\.com|bitbucket\.org)/")
_EXACT = re.compile(r"=?\s*v?\d+(?:\.\d+){1,2}(?:-[0-9A-Za-z.-]+)?")
_ENDING = re.compile(rf"(?:~>|<).*|{_EXACT.pattern}")


@rule(
    id="module-version-unpinned",
    severity="medium",
    domain="environment",
    resources=["module"],
    controls={"nist-800-53r5": ["CM-2", "CM-3", "SA-10", "SR-3"]},
    links=["https://developer.hashicorp.com/terraform/language/modules/sources"],
    since="0.2.0",
    parameters={"exact": "ask for one version, or a whole commit hash: no ranges, and no tags, which can be moved"},
    bad={
        "newest of a branch": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source = "git::https://github.com/example/network.git?ref=main"
            }
        """,
        "an archive that anybody may exchange": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "alarms" {
              source = "https://example.com/alarms.zip"
            }
        """,
        "newest of a repository": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source = "github.com/example/network"
            }
        """,
        "newest of a registry": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source  = "example/network/aws"
              version = ">= 5.0"
            }
        """,
    },
    good={
        "a folder of this repository": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source = "./modules/network"
            }

            module "queues" {
              source = "../modules/queues"
            }
        """,
        "a version, and one of a range that ends": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source = "git::https://github.com/example/network.git?ref=v1.4.2"
            }

            module "queues" {
              source  = "example/queues/aws"
              version = "~> 5.1"
            }
        """,
        "one version of each kind of place": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }

            module "network" {
              source = "github.com/example/network?depth=1&ref=v1.4.2"
            }

            module "addresses" {
              source = "git::https://github.com/example/addresses.git?ref=3f786850e387550fdab836ed7e6dc881de23001b"
            }

            module "queues" {
              source  = "app.terraform.io/example/queues/aws//modules/one"
              version = "5.1.2"
            }

            module "alarms" {
              source = "https://example.com/alarms.zip?checksum=sha256:3f786850e387550fdab836ed7e6dc881de23001b"
            }
        """,
    },
)
def module_version_unpinned(resource: Resource, *, exact: bool = False) -> Iterator[Violation]:
    """A module comes from elsewhere, in whatever version is there.

    What was reviewed yesterday is not what is applied tomorrow: whoever may write to the place that the module comes
    from changes this infrastructure, without a change here. Told once for each call, at the first
    resource of the module that has it.

    For a registry, set `version = "5.1.2"` or a range that ends, such as `~> 5.1`; for git, end the `source` with
    `?ref=` and a tag of a version or, safer, the hash of a commit.
    """
    for module in resource.first_in:
        for name, call in module.config.module_calls.items():
            loose = _looseness(call.source, call.version_constraint, exact=exact)
            if loose:
                path = [*module.path, name]
                yield violation("", f"module `{'.'.join(path)}` comes {loose}", facts=[*path, loose])


def _looseness(source: str, version: str, *, exact: bool) -> str:
    """Why the next run may get another module, empty where it cannot."""
    if _LOCAL.match(source):
        return ""
    query = source.partition("?")[2]
    if _REPOSITORY.match(source):
        return _of_repository(query, exact=exact)
    if _REGISTRY.fullmatch(source):
        return _of_registry(version, exact=exact)
    return "" if "checksum=" in query else "from an archive without a checksum"


def _of_registry(version: str, *, exact: bool) -> str:
    pinned = _EXACT if exact else _ENDING
    if any(pinned.fullmatch(part.strip()) for part in version.split(",")):
        return ""
    return f"in {f'any version that is `{version}`' if version else 'its newest version'}"


def _of_repository(query: str, *, exact: bool) -> str:
    ref = next((part[4:] for part in query.split("&") if part.startswith("ref=")), "")
    if _COMMIT.fullmatch(ref):
        return ""
    if _TAG.fullmatch(ref):
        return f"from `{ref}`, which can be moved" if exact else ""
    return f"in the newest state of {f'`{ref}`' if ref else 'its main branch'}"


@rule(
    id="provider-version-unpinned",
    severity="low",
    domain="environment",
    resources=["module"],
    controls={"nist-800-53r5": ["CM-2", "CM-3", "SA-10", "SR-3"]},
    links=["https://developer.hashicorp.com/terraform/language/providers/requirements#version-constraints"],
    since="0.2.0",
    bad={
        "nothing said": """
            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "a range that does not end": """
            terraform {
              required_providers {
                aws = {
                  source  = "hashicorp/aws"
                  version = ">= 5.0"
                }
              }
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "one of two": """
            terraform {
              required_providers {
                aws = {
                  source  = "hashicorp/aws"
                  version = "~> 6.0"
                }
                google = {
                  source = "hashicorp/google"
                }
              }
            }

            provider "google" {
              project = "example-shop"
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
    },
    good={
        "a range that ends": """
            terraform {
              required_providers {
                aws = {
                  source  = "hashicorp/aws"
                  version = "~> 6.0"
                }
              }
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "two ends": """
            terraform {
              required_providers {
                aws = {
                  source  = "hashicorp/aws"
                  version = ">= 5.0, < 7.0"
                }
              }
            }

            provider "aws" {
              alias  = "replica"
              region = "eu-west-1"
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "a version of one of two configurations of a provider": """
            provider "aws" {
              version = "~> 6.0"
            }

            provider "aws" {
              alias  = "replica"
              region = "eu-west-1"
            }

            resource "aws_sqs_queue" "jobs" {
              name = "jobs"
            }
        """,
        "the provider that comes with Terraform": """
            resource "terraform_data" "jobs" {
              input = "jobs"
            }
        """,
    },
)
def provider_version_unpinned(resource: Resource) -> Iterator[Violation]:
    """A provider comes in whatever version is there.

    The next major version may take attributes away, or replace what it used to change in place. Where the lock file
    is not kept with the source, the next run gets it. Told once, at the first resource of the configuration.

    In `required_providers` set `version = "~> 6.0"`, or another range that ends, and keep `.terraform.lock.hcl` with
    the source.
    """
    found: dict[str, list[str]] = {}
    for module in resource.first_in:
        for provider in module.providers.values():
            found.setdefault(provider.full_name, []).append(provider.version_constraint)
    for name, versions in sorted(found.items()):
        loose = [_of_registry(one, exact=False) for one in versions]
        if all(loose) and not name.startswith("terraform.io/builtin/"):
            yield violation("", f"provider `{name.rsplit('/', 1)[-1]}` comes {loose[0]}", facts=[name])
