terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" { region = "eu-west-1" }
variable "env" { default = "dev" }
variable "names" { default = ["a", "b"] }
variable "extra" {
  type    = list(object({ sid = string, actions = list(string), resources = optional(list(string), ["*"]) }))
  default = [{ sid = "X1", actions = ["sqs:*"] }]
}
variable "secret" {
  default   = "not-a-real-secret"
  sensitive = true
}
data "aws_caller_identity" "me" {}
data "aws_region" "r" {}
locals {
  base        = { Version = "2012-10-17" }
  is_dev      = var.env == "dev"
  bucket_arns = [for b in aws_s3_bucket.each : b.arn]
  by_name     = { for k, b in aws_s3_bucket.each : k => b.arn }
  stmts = concat([{ Effect = "Allow", Action = ["kms:Decrypt"], Resource = aws_kms_key.k.arn }],
  local.is_dev ? [{ Effect = "Deny", Action = ["kms:Encrypt"], Resource = [aws_kms_key.k.arn] }] : [])
}
resource "aws_kms_key" "k" {}
resource "aws_s3_bucket" "each" {
  for_each      = toset(var.names)
  bucket_prefix = "x-${each.key}"
}
resource "aws_s3_bucket" "cnt" {
  count         = 2
  bucket_prefix = "c${count.index}"
}
resource "aws_iam_policy" "json" {
  name   = "json"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Action = "s3:*", Effect = "Allow", Resource = "${aws_s3_bucket.cnt[0].arn}/*" }] })
}
resource "aws_iam_policy" "merge" {
  name   = "merge"
  policy = jsonencode(merge(local.base, { Statement = local.stmts }))
}
resource "aws_iam_policy" "heredoc" {
  for_each = local.by_name
  name     = "h-${each.key}"
  policy   = <<-EOT
    {
      "Version": "2012-10-17",
      "Statement": [
        {"Effect": "Allow", "Action": ["s3:Get*", "s3:List*"], "Resource": ["${each.value}", "${each.value}/${each.key}/*"]},
        {"Effect": "Deny", "Action": "s3:*", "Resource": ${jsonencode(local.bucket_arns)}, "Condition": {"StringNotEquals": {"aws:PrincipalAccount": "${data.aws_caller_identity.me.account_id}"}}}
      ]
    }
  EOT
}
resource "aws_iam_policy" "tpl" {
  name   = "tpl"
  policy = templatefile("${path.module}/p.json.tpl", { arns = aws_s3_bucket.cnt[*].arn, region = data.aws_region.r.name, key = aws_kms_key.k.arn })
}
data "aws_iam_policy_document" "base" {
  statement {
    sid       = "One"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = formatlist("%s/*", local.bucket_arns)
    condition {
      test     = "StringEquals"
      variable = "${aws_iam_openid_connect_provider.o.url}:sub"
      values   = ["system:serviceaccount:x:${var.env}"]
    }
  }
  statement {
    sid       = "Two"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = ["arn:aws:s3:::nobody/*"]
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.r.arn, "arn:aws:iam::111122223333:root"]
    }
  }
  dynamic "statement" {
    for_each = var.extra
    content {
      sid       = statement.value.sid
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
  dynamic "statement" {
    for_each = local.by_name
    iterator = it
    content {
      sid       = "B${it.key}"
      actions   = ["s3:DeleteObject"]
      resources = [it.value, join("/", [it.value, it.key])]
    }
  }
}
resource "aws_iam_openid_connect_provider" "o" {
  url             = "https://oidc.example.com/x"
  client_id_list  = ["sts.amazonaws.com"]
  thumbprint_list = ["9e99a48a9960b14926bb7f3b02e22da2b0ab7280"]
}
data "aws_iam_policy_document" "over" {
  source_policy_documents   = [data.aws_iam_policy_document.base.json]
  override_policy_documents = [jsonencode({ Statement = [{ Sid = "Four", Effect = "Deny", Action = "s3:DeleteBucket", Resource = aws_s3_bucket.cnt[1].arn }] })]
  statement {
    sid       = "Three"
    actions   = ["sts:AssumeRole"]
    resources = [aws_iam_role.r.arn]
  }
}
resource "aws_iam_role" "r" {
  name_prefix        = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRoleWithWebIdentity", Principal = { Federated = aws_iam_openid_connect_provider.o.arn }, Condition = { StringEquals = { (format("%s:aud", aws_iam_openid_connect_provider.o.url)) = "sts", "${aws_iam_openid_connect_provider.o.arn}:sub" = "x" } } }] })
  inline_policy {
    name   = "in"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "kms:*", Resource = aws_kms_key.k.arn }] })
  }
  inline_policy {
    name   = "also"
    policy = data.aws_iam_policy_document.small.json
  }
}
data "aws_iam_policy_document" "small" {
  statement {
    actions   = ["ec2:*"]
    resources = ["*"]
  }
}
resource "aws_iam_role_policy" "over" {
  role   = aws_iam_role.r.name
  policy = data.aws_iam_policy_document.over.json
}
resource "aws_iam_policy" "cond" {
  name   = "cond"
  policy = local.is_dev ? data.aws_iam_policy_document.base.json : "{}"
}
resource "aws_iam_policy" "try" {
  name   = "try"
  policy = jsonencode({ Statement = compact([try(aws_s3_bucket.cnt[0].arn, ""), try(aws_s3_bucket.cnt[7].arn, ""), coalesce(null, aws_kms_key.k.arn)]), N = length(local.bucket_arns) })
}
resource "aws_iam_policy" "secret" {
  name   = "secret"
  policy = jsonencode({ S = var.secret, R = aws_kms_key.k.arn })
}
module "m" {
  source      = "./modules/role"
  for_each    = toset(["p", "q"])
  name        = each.key
  policy_json = data.aws_iam_policy_document.over.json
  arns        = { k = aws_kms_key.k.arn, b = module.b.arn }
}
module "b" {
  source = "./modules/bkt"
}
resource "aws_sqs_queue" "q" {
  name   = "q"
  policy = jsonencode({ Statement = [{ Effect = "Allow", Principal = "*", Action = "sqs:SendMessage", Resource = "*", Condition = { ArnEquals = { "aws:SourceArn" = values(module.m)[*].role_arn } } }] })
}
