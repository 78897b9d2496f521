"""The viscous Hamilton-Jacobi equation `u_t = -|grad u|^2 / 2 + lap u / (2 beta)`, its limits, and its relatives.

`relax` and `smooth` are exact transforms; `solve_hamilton_jacobi` takes finite differences where no transform exists.
"""

from pdeopt.hamilton_jacobi.finite_differences import (
    HAMILTONIANS,
    WENO5,
    BlowUpError,
    Dirichlet,
    Filtered,
    Godunov,
    Hamiltonian,
    HamiltonJacobi,
    HamiltonJacobiSolution,
    LaxFriedrichs,
    controlled_descent,
    eikonal,
    load_frames,
    quadratic,
    shifted_quadratic,
    solve_hamilton_jacobi,
)
from pdeopt.hamilton_jacobi.heat import smooth
from pdeopt.hamilton_jacobi.relaxation import relax
from pdeopt.hamilton_jacobi.standard_problems import STANDARD_PROBLEMS, StandardProblem, standard_problem

__all__ = [
    "HAMILTONIANS",
    "STANDARD_PROBLEMS",
    "WENO5",
    "BlowUpError",
    "Dirichlet",
    "Filtered",
    "Godunov",
    "HamiltonJacobi",
    "HamiltonJacobiSolution",
    "Hamiltonian",
    "LaxFriedrichs",
    "StandardProblem",
    "controlled_descent",
    "eikonal",
    "load_frames",
    "quadratic",
    "relax",
    "shifted_quadratic",
    "smooth",
    "solve_hamilton_jacobi",
    "standard_problem",
]
