variable "name" { type = string }
variable "policy_json" { type = string }
variable "arns" { type = map(string) }
resource "aws_iam_role" "this" {
  name               = var.name
  assume_role_policy = "{}"
}
resource "aws_iam_role_policy" "this" {
  role   = aws_iam_role.this.id
  policy = var.policy_json
}
module "inner" {
  source    = "./inner"
  resources = [for k, v in var.arns : "${v}/${k}" if k != "zzz"]
  role      = aws_iam_role.this.arn
}
output "role_arn" { value = try(aws_iam_role.this.arn, null) }
