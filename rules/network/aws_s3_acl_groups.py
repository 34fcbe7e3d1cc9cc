"""Grants in access control lists of S3 buckets to groups that take in the whole world."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule

from ._aws_s3_grants import RESOURCES, openings

_LINKS = [
    "https://docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#specifying-grantee-predefined-groups"
]


@rule(
    id="aws-s3-acl-permissions-public",
    severity="high",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV_AWS_375"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-s3-bucket-acl-public"],
    bad={
        "beside a grant to the owner": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "FULL_CONTROL"

      grantee {
        type = "CanonicalUser"
        id   = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
      }
    }

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
        "full control": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

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
        "in the bucket itself": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"

  grant {
    type        = "Group"
    permissions = ["READ_ACP"]
    uri         = "http://acs.amazonaws.com/groups/global/AllUsers"
  }
}
""",
    },
    good={
        "owner only": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "FULL_CONTROL"

      grantee {
        type = "CanonicalUser"
        id   = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "another permission": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

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
        "service that writes logs": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "READ_ACP"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "all AWS accounts, which is another rule's": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "READ_ACP"

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
        "canned list": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"
  acl    = "private"
}
""",
    },
)
def permissions_public(resource: Resource) -> Iterator[Violation]:
    """Access control list of an S3 bucket can be read by everybody.

    The list tells strangers who the owner is and who may do what; with `FULL_CONTROL` they change it, and take the
    bucket over.

    Take the grant to the group out, and grant to accounts only, `type = "CanonicalUser"` with their `id`; or set
    `object_ownership = "BucketOwnerEnforced"` in `aws_s3_bucket_ownership_controls`, which ends ACLs altogether.
    """
    yield from openings(resource, lambda grant: grant.is_for_everyone and grant.gives("READ_ACP"))


@rule(
    id="aws-s3-acl-open-to-aws-accounts",
    severity="high",
    domain="network",
    resources=RESOURCES,
    aliases=["CKV2_AWS_43"],
    controls={"nist-800-53r5": ["AC-3", "SC-7"]},
    links=_LINKS,
    since="0.2.0",
    wider=["aws-s3-bucket-acl-public"],
    bad={
        "canned list": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"
  acl    = "authenticated-read"
}
""",
        "grant": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "READ"

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
        "in the bucket itself": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
  acl    = "authenticated-read"
}
""",
        "list that they may read": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "READ_ACP"

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
    },
    good={
        "private": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"
  acl    = "private"
}
""",
        "everyone, which is another rule's": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"
  acl    = "public-read"
}
""",
        "grant to the service that writes logs": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "WRITE"

      grantee {
        type = "Group"
        uri  = "http://acs.amazonaws.com/groups/s3/LogDelivery"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "owner only": """
resource "aws_s3_bucket_acl" "drop" {
  bucket = "acme-drop"

  access_control_policy {
    grant {
      permission = "FULL_CONTROL"

      grantee {
        type = "CanonicalUser"
        id   = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
      }
    }

    owner {
      id = "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"
    }
  }
}
""",
        "list that is ignored": """
resource "aws_s3_bucket" "site" {
  bucket = "acme-site"
}

resource "aws_s3_bucket_acl" "site" {
  bucket = aws_s3_bucket.site.id
  acl    = "authenticated-read"
}

resource "aws_s3_bucket_public_access_block" "site" {
  bucket             = aws_s3_bucket.site.id
  ignore_public_acls = true
}
""",
    },
)
def open_to_aws_accounts(resource: Resource) -> Iterator[Violation]:
    """Access control list of an S3 bucket lets everybody in who has an AWS account.

    The group `AuthenticatedUsers` is not your users: it is every account in the world, and one is free.

    Set `acl = "private"`, or take the grant to the group out. Grant to accounts of your own by a bucket policy with a
    condition on `aws:PrincipalOrgID`.
    """
    yield from openings(resource, lambda grant: not grant.is_for_everyone)
