"""Finite differences for Hamilton-Jacobi equations that no transform solves."""

from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian, quadratic
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.solving import HamiltonJacobiSolution, solve_hamilton_jacobi

__all__ = [
    "Godunov",
    "HamiltonJacobi",
    "HamiltonJacobiSolution",
    "Hamiltonian",
    "LaxFriedrichs",
    "quadratic",
    "solve_hamilton_jacobi",
]
