"""Where modules come from, and whether the same one comes the next time."""

from __future__ import annotations

import re
from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

_COMMIT = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?")
_TAG = re.compile(r"(?:.*[-/_])?v?\d+(?:\.\d+)+(?:[-+.]?[0-9A-Za-z.-]+)?")
_REGISTRY = re.compile(r"(?:[a-z0-9.-]+\.[a-z]+(?::\d+)?/)?[\w-]+/[\w-]+/[\w-]+(?://.*)?", re.IGNORECASE)
_HOSTS = ("github.com/", "gitlab.com/", "bitbucket.org/")
_EXACT = re.compile(r"=?\s*v?\d+(?:\.\d+){1,2}(?:-[0-9A-Za-z.-]+)?")


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
    if source.startswith(("./", "../", ".\\", "/")) or not source:
        return ""
    if version or (_REGISTRY.fullmatch(source) and not source.lower().startswith(_HOSTS)):
        return _of_registry(version, exact=exact)
    query = source.partition("?")[2]
    ref = next((part[4:] for part in query.split("&") if part.startswith("ref=")), "")
    if source.startswith(("git::", "git@", "hg::", *_HOSTS)):
        return _of_repository(ref, exact=exact)
    return "" if "checksum=" in query else "from an archive without a checksum"


def _of_registry(version: str, *, exact: bool) -> str:
    if not version:
        return "in its newest version"
    parts = [part.strip() for part in version.split(",")]
    if any(map(_EXACT.fullmatch, parts)):
        return ""
    if exact:
        return f"in any version that is `{version}`"
    is_bounded = any(part.startswith(("~>", "<")) for part in parts)
    return "" if is_bounded else f"in any version that is `{version}`"


def _of_repository(ref: str, *, exact: bool) -> str:
    if not ref:
        return "in the newest state of its main branch"
    if _COMMIT.fullmatch(ref):
        return ""
    if exact:
        return f"from `{ref}`, which can be moved"
    return "" if _TAG.fullmatch(ref) else f"in the newest state of `{ref}`"


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
