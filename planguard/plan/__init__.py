"""What Terraform says it will do: reading plans, values, unknowns, sensitivity, addresses, source."""
