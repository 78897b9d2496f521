"""Finite differences for Hamilton-Jacobi equations that no transform solves."""

from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian, quadratic
from pdeopt.hamilton_jacobi.finite_differences.march import BlowUp
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.solution import HamiltonJacobiSolution
from pdeopt.hamilton_jacobi.finite_differences.solving import solve_hamilton_jacobi
from pdeopt.hamilton_jacobi.finite_differences.store import load_frames

__all__ = [
    "BlowUp",
    "Godunov",
    "HamiltonJacobi",
    "HamiltonJacobiSolution",
    "Hamiltonian",
    "LaxFriedrichs",
    "load_frames",
    "quadratic",
    "solve_hamilton_jacobi",
]
