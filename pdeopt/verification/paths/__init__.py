"""Paths that all step sizes share, and decisions on sampled errors."""
