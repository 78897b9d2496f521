"""Finite differences for Hamilton-Jacobi equations that no transform solves."""

from pdeopt.hamilton_jacobi.finite_differences.built_in import (
    HAMILTONIANS,
    controlled_descent,
    eikonal,
    quadratic,
    shifted_quadratic,
)
from pdeopt.hamilton_jacobi.finite_differences.filtered import Filtered
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.hamilton_jacobi.finite_differences.march import BlowUpError
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.schemes import Godunov, LaxFriedrichs
from pdeopt.hamilton_jacobi.finite_differences.solution import HamiltonJacobiSolution
from pdeopt.hamilton_jacobi.finite_differences.solving import solve_hamilton_jacobi
from pdeopt.hamilton_jacobi.finite_differences.store import load_frames
from pdeopt.hamilton_jacobi.finite_differences.walls import Dirichlet
from pdeopt.hamilton_jacobi.finite_differences.weno import WENO5

__all__ = [
    "HAMILTONIANS",
    "WENO5",
    "BlowUpError",
    "Dirichlet",
    "Filtered",
    "Godunov",
    "HamiltonJacobi",
    "HamiltonJacobiSolution",
    "Hamiltonian",
    "LaxFriedrichs",
    "controlled_descent",
    "eikonal",
    "load_frames",
    "quadratic",
    "shifted_quadratic",
    "solve_hamilton_jacobi",
]
