"""What expressions, blocks and modules come to: Terraform's evaluation, as far as source alone allows it."""
