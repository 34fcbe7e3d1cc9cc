"""How rules are written, found and run."""
