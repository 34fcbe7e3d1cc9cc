variable "resources" { type = list(string) }
variable "role" { type = string }
resource "aws_iam_policy" "p" {
  count  = 1
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "*", Resource = concat(var.resources, [var.role]) }] })
}
