"""Waivers: time-bound approvals of named violations in one plan."""
