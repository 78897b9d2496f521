"""Streaming statistics: kernels that add rows of values to sums and counts, and merge such sums."""
