"""A plan as ``terraform show -json`` would write it, from evaluated source."""
