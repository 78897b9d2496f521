"""Kernels of finite differences for Hamilton-Jacobi equations: slopes, fluxes and steps."""
