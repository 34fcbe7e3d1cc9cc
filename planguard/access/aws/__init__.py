"""Who may do what in AWS, from the resources of a plan."""
