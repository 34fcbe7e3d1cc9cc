"""Access control lists of S3 buckets that let everybody read, or write."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_s3_grants import RESOURCES, Grant, openings_of_bucket

_LINKS = ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"]


@rule(
    id="aws-s3-bucket-acl-public-read",
    severity="high",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_20"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-s3-bucket-acl-public"],
    bad={
        "in the bucket itself": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
        "in a list of its own": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read"
}
""",
        "reading and writing": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read-write"
}
""",
        "grant of full control": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["FULL_CONTROL"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
        "grant to read": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["READ"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
    },
    good={
        "private": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "private"
}
""",
        "grant to write only": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["WRITE"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
        "list of its own that grants to write only": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id

  access_control_policy {
    grant {
      permission = "WRITE"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "list of its own that itself may be read": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id

  access_control_policy {
    grant {
      permission = "READ_ACP"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "all AWS accounts, which is another rule's": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "authenticated-read"
}
""",
        "list that is ignored": """
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
        "writing logs": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "log-delivery-write"
}
""",
    },
)
def bucket_readable_by_acl(resource: Resource) -> Iterator[Violation]:
    """Access control list of an S3 bucket lets everybody read it.

    Whoever guesses the name of the bucket lists its objects, and fetches those that are readable.

    Set `acl = "private"`, or take it out. Publish files through CloudFront with origin access control. To switch
    every public ACL off, set `ignore_public_acls = true` in an `aws_s3_bucket_public_access_block`.
    """

    def is_open(grant: Grant) -> bool:
        return grant.is_for_everyone and grant.gives("READ")

    yield from openings_of_bucket(resource, is_open)


@rule(
    id="aws-s3-bucket-acl-public-write",
    severity="high",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_57"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-s3-bucket-acl-public"],
    bad={
        "in the bucket itself": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read-write"
}
""",
        "in a list of its own": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read-write"
}
""",
        "grant of full control": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["FULL_CONTROL"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
        "grant to write": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["WRITE"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
    },
    good={
        "reading only, which is another rule's": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
        "grant to read only": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["READ"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
        "grant to write for all AWS accounts, which is another rule's": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["WRITE"]
    uri         = "http://acs.amazonaws.com/groups/global/AuthenticatedUsers"
  }
}
""",
        "private": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "private"
}
""",
        "list that is ignored": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "public-read-write"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = aws_s3_bucket.site.id
  ignore_public_acls = true
}
""",
    },
)
def bucket_writable_by_acl(resource: Resource) -> Iterator[Violation]:
    """Access control list of an S3 bucket lets everybody write to it.

    Strangers replace and delete objects, put their own among them under your name, and fill the bucket at your
    expense.

    Set `acl = "private"`, or take it out; let uploads in by signed URLs, or by a bucket policy that names who may.
    `ignore_public_acls = true` in an `aws_s3_bucket_public_access_block` switches every public ACL off.
    """

    def is_open(grant: Grant) -> bool:
        return grant.is_for_everyone and grant.gives("WRITE")

    yield from openings_of_bucket(resource, is_open)
