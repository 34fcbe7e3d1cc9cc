"""Who may do what: grants, what they allow together, and what of it a plan adds or takes away."""
