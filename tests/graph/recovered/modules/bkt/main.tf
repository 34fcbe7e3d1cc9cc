resource "aws_s3_bucket" "this" {
  count         = 1
  bucket_prefix = "m"
}
output "arn" { value = try(aws_s3_bucket.this[0].arn, "") }
