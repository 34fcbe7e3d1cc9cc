"""Whom bucket policies let in."""

from __future__ import annotations

from collections.abc import Iterator

from planguard import Resource, Violation, rule, violation

from ..network._aws_public_access_block import is_any_on
from ._aws_public import open_statements, shown_grant


@rule(
    id="aws-s3-bucket-policy-public",
    severity="critical",
    domain="identity",
    resources=["aws_s3_bucket_policy", "aws_s3_bucket"],
    aliases=["CKV_AWS_70"],
    controls={"nist-800-53r5": ["AC-3", "AC-6", "AC-21", "SC-7"]},
    links=["https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html"],
    bad={
        "everybody may read": """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect = "Allow", Action = "s3:GetObject", Principal = "*", Resource = "arn:aws:s3:::example-site/*"
                }]
              })
            }
        """,
        "whole internet as a source": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = {
                  Effect    = "Allow"
                  Action    = ["s3:GetObject", "s3:ListBucket"]
                  Principal = { AWS = ["*"] }
                  Resource  = ["arn:aws:s3:::example-site", "arn:aws:s3:::example-site/*"]
                  Condition = { IpAddress = { "aws:SourceIp" = ["192.0.2.0/24", "0.0.0.0/1"] } }
                }
              })
            }
        """,
        "condition that anybody can fulfil": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Principal = "*"
                  Resource  = "arn:aws:s3:::example-site/*"
                  Condition = {
                    StringLike = { "aws:Referer" = "https://example.com/*" }
                    Bool       = { "aws:SecureTransport" = "true" }
                  }
                }]
              })
            }
        """,
        "everybody but one": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect       = "Allow"
                  Action       = "s3:PutObject"
                  NotPrincipal = { AWS = "arn:aws:iam::111122223333:role/intern" }
                  Resource     = "arn:aws:s3:::example-site/*"
                }]
              })
            }
        """,
        "only access control lists are blocked": """
            resource "aws_s3_bucket" "site" {
              bucket_prefix = "site-"
            }

            resource "aws_s3_bucket_public_access_block" "site" {
              bucket             = aws_s3_bucket.site.id
              block_public_acls  = true
              ignore_public_acls = true
            }

            data "aws_iam_policy_document" "site" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.site.arn}/*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = data.aws_iam_policy_document.site.json
            }
        """,
        "in the bucket itself": """
            resource "aws_s3_bucket" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:*"
                  Principal = { AWS = "*" }
                  Resource  = "arn:aws:s3:::example-site/*"
                }]
              })
            }
        """,
        "any bucket as a source": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:s3:::*" } }
                  },
                ]
              })
            }
        """,
        "any account as a source": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:sns:eu-central-1:*:orders" } }
                  },
                ]
              })
            }
        """,
        "condition with a policy variable": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { StringLike = { "aws:userid" = "$${aws:userid}" } }
                  },
                ]
              })
            }
        """,
        "condition on all values of a key that may be absent": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { "ForAllValues:StringEquals" = { "aws:PrincipalOrgID" = "o-abcdefghij" } }
                  },
                ]
              })
            }
        """,
        "whole IPv6 internet as a source": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { IpAddress = { "aws:SourceIp" = "2000::/3" } }
                  },
                ]
              })
            }
        """,
        "anybody who signs up at an identity provider": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = { Federated = "graph.facebook.com" }
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }
        """,
        "all actions but one": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    NotAction = "s3:DeleteBucket"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }
        """,
        "another action is denied": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:Put*"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }
        """,
        "another resource is denied": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/private/*"
                  },
                ]
              })
            }
        """,
        "denied to one account": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = { AWS = "arn:aws:iam::111122223333:root" }
                    Resource  = "*"
                  },
                ]
              })
            }
        """,
        "denied without encryption only": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = { Bool = { "aws:SecureTransport" = "false" } }
                  },
                ]
              })
            }
        """,
        "denial that spares every endpoint": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = { StringNotLike = { "aws:SourceVpce" = "vpce-*" } }
                  },
                ]
              })
            }
        """,
        "denial that spares whoever has a tag": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = {
                      StringNotEquals = {
                        "aws:SourceVpce"        = "vpce-0123456789abcdef0"
                        "aws:PrincipalTag/team" = "site"
                      }
                    }
                  },
                ]
              })
            }
        """,
        "block of another bucket": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }

            resource "aws_s3_bucket_public_access_block" "other" {
              bucket                  = "example-reports"
              restrict_public_buckets = true
            }
        """,
    },
    good={
        "denial that spares a network and an account": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = {
                      StringNotEquals = {
                        "aws:SourceVpce"       = "vpce-0123456789abcdef0"
                        "aws:PrincipalAccount" = "111122223333"
                      }
                    }
                  },
                ]
              })
            }
        """,
        "another account": """
            resource "aws_s3_bucket_policy" "reports" {
              bucket = "example-reports"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Principal = { AWS = "arn:aws:iam::444455556666:root" }
                  Resource  = "arn:aws:s3:::example-reports/*"
                }]
              })
            }
        """,
        "one's own organization": """
            resource "aws_s3_bucket_policy" "reports" {
              bucket = "example-reports"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Allow"
                  Action    = "s3:GetObject"
                  Principal = "*"
                  Resource  = "arn:aws:s3:::example-reports/*"
                  Condition = { StringEquals = { "AWS:PrincipalOrgID" = ["o-abcdefghij"] } }
                }]
              })
            }
        """,
        "only encrypted transport, as a denial": """
            resource "aws_s3_bucket_policy" "reports" {
              bucket = "example-reports"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [{
                  Effect    = "Deny"
                  Action    = "s3:*"
                  Principal = "*"
                  Resource  = "arn:aws:s3:::example-reports/*"
                  Condition = { Bool = { "aws:SecureTransport" = "false" } }
                }]
              })
            }
        """,
        "denied from outside the network": """
            resource "aws_s3_bucket_policy" "reports" {
              bucket = "example-reports"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Deny"
                    Action    = "s3:*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = { StringNotEquals = { "aws:SourceVpce" = "vpce-0123456789abcdef0" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-reports/*"
                  },
                ]
              })
            }
        """,
        "public access is cut off": """
            resource "aws_s3_bucket" "site" {
              bucket_prefix = "site-"
            }

            resource "aws_s3_bucket_public_access_block" "site" {
              bucket                  = aws_s3_bucket.site.id
              restrict_public_buckets = true
            }

            data "aws_iam_policy_document" "site" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.site.arn}/*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
              }
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = data.aws_iam_policy_document.site.json
            }
        """,
        "one distribution of this plan": """
            resource "aws_s3_bucket" "site" {
              bucket_prefix = "site-"
            }

            resource "aws_cloudfront_distribution" "site" {
              enabled = true
              origin {
                domain_name = aws_s3_bucket.site.bucket_regional_domain_name
                origin_id   = "site"
              }
              default_cache_behavior {
                allowed_methods        = ["GET", "HEAD"]
                cached_methods         = ["GET", "HEAD"]
                target_origin_id       = "site"
                viewer_protocol_policy = "redirect-to-https"
              }
              restrictions {
                geo_restriction {
                  restriction_type = "none"
                }
              }
              viewer_certificate {
                cloudfront_default_certificate = true
              }
            }

            data "aws_iam_policy_document" "site" {
              statement {
                actions   = ["s3:GetObject"]
                resources = ["${aws_s3_bucket.site.arn}/*"]
                principals {
                  type        = "*"
                  identifiers = ["*"]
                }
                condition {
                  test     = "StringEquals"
                  variable = "AWS:SourceArn"
                  values   = [aws_cloudfront_distribution.site.arn]
                }
              }
            }

            resource "aws_s3_bucket_policy" "site" {
              bucket = aws_s3_bucket.site.id
              policy = data.aws_iam_policy_document.site.json
            }
        """,
        "limited in many ways": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { ArnLike = { "aws:SourceArn" = "arn:aws:sns:eu-central-1:111122223333:*" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { ArnEquals = { "aws:SourceArn" = "arn:aws:s3:::example-reports" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { StringLike = { "aws:userid" = "AROAEXAMPLEID1234567:*" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { "ForAnyValue:StringLike" = { "aws:PrincipalOrgPaths" = "o-abcdefghij/r-abcd/*" } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                    Condition = { IpAddress = { "aws:SourceIp" = ["10.0.0.0/8", "2001:db8::/32"] } }
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = { Service = "cloudfront.amazonaws.com" }
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = { Federated = "arn:aws:iam::111122223333:saml-provider/staff" }
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }
        """,
        "denied to everybody but one role": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                  {
                    Effect    = "Deny"
                    Action    = "*"
                    Principal = "*"
                    Resource  = "*"
                    Condition = { ArnNotLike = { "aws:PrincipalArn" = "arn:aws:iam::111122223333:role/app" } }
                  },
                ]
              })
            }
        """,
        "block by name": """
            resource "aws_s3_bucket_policy" "site" {
              bucket = "example-site"
              policy = jsonencode({
                Version   = "2012-10-17"
                Statement = [
                  {
                    Effect    = "Allow"
                    Action    = "s3:GetObject"
                    Principal = "*"
                    Resource  = "arn:aws:s3:::example-site/*"
                  },
                ]
              })
            }

            resource "aws_s3_bucket_public_access_block" "site" {
              bucket              = "example-site"
              block_public_policy = true
            }
        """,
        "bucket without a policy": """
            resource "aws_s3_bucket" "reports" {
              bucket_prefix = "reports-"
            }
        """,
    },
)
def bucket_policy_public(policy: Resource) -> Iterator[Violation]:
    """S3 bucket policy lets everybody in.

    Anybody on the internet can do what the policy allows: read every object, or overwrite and delete it. A condition
    helps only where it names fixed accounts, organizations, networks or resources; a referrer, a user agent, or a
    source range as wide as the internet does not. A public access block with `restrict_public_buckets` or
    `block_public_policy` on the bucket makes such a policy harmless, and is taken into account.

    Name the accounts or roles in `Principal`, or add a condition on `aws:PrincipalOrgID`, `aws:SourceVpce` or
    `aws:SourceArn`. Publish a site through CloudFront with origin access control, and set `restrict_public_buckets`
    in an `aws_s3_bucket_public_access_block`.
    """
    for statement, who in open_statements(policy, "policy"):
        if not is_any_on(policy, "restrict_public_buckets", "block_public_policy"):
            yield violation(statement.path, f"{shown_grant(statement)} for {who}", evidence=statement.evidence)
