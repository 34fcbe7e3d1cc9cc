"""Exposure on AWS: which endpoints there are, who gets to them from outside, and from where inside."""
