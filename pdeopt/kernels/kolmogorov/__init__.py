"""Kernels of the Kolmogorov equations: jump rates, sweeps along lines, and chains on a line."""
