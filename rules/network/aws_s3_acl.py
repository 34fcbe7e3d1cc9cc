"""Access control lists of S3 buckets that let everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from .._satellite import given, is_left_to_provider
from ._aws_public_access_block import is_any_on

_CANNED = {
    "public-read": "everyone reads",
    "public-read-write": "everyone reads and writes",
    "authenticated-read": "everyone with an AWS account reads",
}
# docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html, "Amazon S3 predefined groups"
_GROUPS = {
    "http://acs.amazonaws.com/groups/global/AllUsers": "everyone",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers": "everyone with an AWS account",
}


@rule(
    id="aws-s3-bucket-acl-public",
    severity="high",
    domain="network",
    resources=["aws_s3_bucket", "aws_s3_bucket_acl"],
    aliases=["CKV_AWS_20", "CKV_AWS_57", "CKV_AWS_375", "CKV2_AWS_43", "AVD-AWS-0092"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"],
    bad={
        "a canned ACL for everyone": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"
}
""",
        "a grant to all AWS users": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"
}

resource "aws_s3_bucket_acl" "drop" {
  bucket = aws_s3_bucket.drop.id

  access_control_policy {
    grant {
      permission = "WRITE"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "the ACL in the bucket itself, and a block that does not ignore it": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read-write"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket                  = aws_s3_bucket.site.id
  restrict_public_buckets = true
}
""",
    },
    good={
        "a private ACL": """
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}

resource "aws_s3_bucket_acl" "data" {
  bucket = aws_s3_bucket.data.id
  acl    = "private"
}
""",
        "a public ACL that is ignored": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = aws_s3_bucket.site.id
  ignore_public_acls = true
}
""",
    },
)
def bucket_open_by_acl(resource: Resource) -> Iterator[Violation]:
    """Access control list of an S3 bucket lets everybody in.

    Whoever guesses the name of the bucket lists its objects, and with a writing grant leaves some there.

    Take the `acl` out, or set it to `private`; grant access by a bucket policy that names who may. To switch every
    public ACL off, set `ignore_public_acls = true` in an `aws_s3_bucket_public_access_block`.
    """
    found = list(_openings(resource))
    if found and not is_any_on(resource, "ignore_public_acls"):
        for path, who in found:
            yield violation(path, who)


def _openings(resource: Resource) -> Iterator[tuple[str, str]]:
    canned = given(resource, "acl", "")
    if canned in _CANNED:
        yield "acl", f"{canned}: {_CANNED[canned]}"
    blocks = "grant" if resource.type == "aws_s3_bucket" else "access_control_policy.grant"
    if not is_left_to_provider(resource, blocks.split(".", maxsplit=1)[0]):
        for path, grant in resource.blocks(blocks):
            yield from _of_grant(resource, path, grant)


def _of_grant(resource: Resource, path: str, grant: dict[str, object]) -> Iterator[tuple[str, str]]:
    if resource.type == "aws_s3_bucket":
        permissions = ", ".join(sorted(grant.get("permissions") or []))  # type: ignore[call-overload]
        uris = [grant.get("uri")]
    else:
        permissions = str(grant.get("permission"))
        uris = [one.get("uri") for one in grant.get("grantee") or []]  # type: ignore[attr-defined]
    for uri in uris:
        if uri in _GROUPS:
            yield path, f"{permissions} for {_GROUPS[str(uri)]}"
