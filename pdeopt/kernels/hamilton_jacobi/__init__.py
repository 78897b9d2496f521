"""Finite differences for Hamilton-Jacobi equations: fields with ghost layers, slopes, numerical Hamiltonians, rows."""
