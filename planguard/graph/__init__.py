"""What hangs together: resource instances before and after, and the references that tie them."""
