"""The viscous Hamilton-Jacobi equation `u_t = -|grad u|^2 / 2 + lap u / (2 beta)`, its limits, and its relatives.

`relax` and `smooth` are exact transforms; `solve_hamilton_jacobi` takes finite differences where no transform exists.
"""

from pdeopt.hamilton_jacobi.finite_differences import (
    HAMILTONIANS,
    WENO5,
    BlowUpError,
    Dirichlet,
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

__all__ = [
    "HAMILTONIANS",
    "WENO5",
    "BlowUpError",
    "Dirichlet",
    "Godunov",
    "HamiltonJacobi",
    "HamiltonJacobiSolution",
    "Hamiltonian",
    "LaxFriedrichs",
    "controlled_descent",
    "eikonal",
    "load_frames",
    "quadratic",
    "relax",
    "shifted_quadratic",
    "smooth",
    "solve_hamilton_jacobi",
]
