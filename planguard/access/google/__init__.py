"""What the IAM bindings of Google Cloud let people and service accounts do."""
