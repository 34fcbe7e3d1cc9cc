"""Access control lists of S3 buckets that let everybody in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_s3_grants import RESOURCES, openings_of_bucket

_LINKS = ["https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl"]


@rule(
    id="aws-s3-bucket-acl-public",
    severity="high",
    domain="network",
    resources=RESOURCES,
    aliases=["AVD-AWS-0092"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=_LINKS,
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
        "a grant to everyone": """
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
        uri  = "http://acs.amazonaws.com/groups/global/AllUsers"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "a list of a bucket that is not in the plan": """
resource "aws_s3_bucket_acl" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
        "everyone with an AWS account, in the bucket itself": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"
  acl    = "authenticated-read"
}
""",
        "a grant in the bucket itself": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"

  grant {
    type        = "Group"
    permissions = ["READ_ACP", "WRITE"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
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
        "a list that everyone may read, and nothing else": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"
}

resource "aws_s3_bucket_acl" "drop" {
  bucket = aws_s3_bucket.drop.id

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
        "a list for all AWS accounts": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"
}

resource "aws_s3_bucket_acl" "drop" {
  bucket = aws_s3_bucket.drop.id
  acl    = "authenticated-read"
}
""",
        "full control for everyone, in a list beside the bucket": """
resource "aws_s3_bucket" "drop" {
  bucket = "acme-drop"
}

resource "aws_s3_bucket_acl" "drop" {
  bucket = aws_s3_bucket.drop.id

  access_control_policy {
    grant {
      permission = "FULL_CONTROL"

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
        "a bucket that is named after another": """
resource "aws_s3_bucket" "shop" {
  bucket = "acme-shop"
}

resource "aws_s3_bucket" "site" {
  bucket = "${aws_s3_bucket.shop.bucket}-site"
  acl    = "public-read"
}
""",
        "a block that comes too late to refuse the ACL": (
            """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
            """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket            = aws_s3_bucket.site.id
  block_public_acls = true
}
""",
        ),
        "opened in the plan that forgets the bucket": (
            """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = "acme-site"
  acl    = "private"
}
""",
            """
removed {
  from = aws_s3_bucket.site
  lifecycle {
    destroy = false
  }
}

resource "aws_s3_bucket_acl" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
        ),
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
        "a grant to the service that writes logs": """
resource "aws_s3_bucket" "logs" {
  bucket = "acme-logs"

  grant {
    type        = "Group"
    permissions = ["WRITE"]
    uri         = "http://acs.amazonaws.com/groups/s3/LogDelivery"
  }
}
""",
        "nothing said": """
resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
}
""",
        "a public ACL that is refused": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket            = aws_s3_bucket.site.id
  block_public_acls = true
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
        "a private ACL, whatever a block will be": """
resource "terraform_data" "ignored" {
  input = true
}

resource "aws_s3_bucket" "data" {
  bucket = "acme-data"
  acl    = "private"
}

resource "aws_s3_bucket_public_access_block" "data" {
  bucket             = aws_s3_bucket.data.id
  ignore_public_acls = terraform_data.ignored.output
}
""",
        "a public bucket that is deleted, in an account with a block": (
            """
resource "aws_s3_account_public_access_block" "this" {
  block_public_acls = true
}

resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}
""",
            """
resource "aws_s3_account_public_access_block" "this" {
  block_public_acls = true
}
""",
        ),
        "public ACLs that are ignored, beside a block of a bucket that is named by the year": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = aws_s3_bucket.site.id
  ignore_public_acls = true
}

resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "drop" {
  bucket             = "acme-drop"
  ignore_public_acls = true
}

resource "aws_s3_bucket_public_access_block" "archive" {
  bucket             = "acme-archive-${formatdate("YYYY", timestamp())}"
  ignore_public_acls = true
}
""",
    },
    undetermined={
        "a block of a bucket that is named by the year": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = "acme-site-${formatdate("YYYY", timestamp())}"
  ignore_public_acls = true
}
""",
        "a list by name, and a block of a bucket that is named by the year": """
resource "aws_s3_bucket_acl" "site" {
  bucket = "acme-site"
  acl    = "public-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = "acme-site-${formatdate("YYYY", timestamp())}"
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
    yield from openings_of_bucket(resource, lambda _: True)
