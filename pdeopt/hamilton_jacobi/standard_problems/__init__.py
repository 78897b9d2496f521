"""The problems on which Hamilton-Jacobi solvers are compared, with their exact solutions where there are any."""

from pdeopt.hamilton_jacobi.standard_problems.catalogue import STANDARD_PROBLEMS, standard_problem
from pdeopt.hamilton_jacobi.standard_problems.record import StandardProblem

__all__ = ["STANDARD_PROBLEMS", "StandardProblem", "standard_problem"]
