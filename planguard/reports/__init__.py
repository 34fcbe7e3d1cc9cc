"""What a decision looks like, to a person and to a machine."""
