"""Conditions, expansions and closed forms in exact numbers."""
