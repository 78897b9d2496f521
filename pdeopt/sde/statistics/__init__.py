"""Stub."""
class Statistics:
    pass
