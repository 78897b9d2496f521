"""The viscous Hamilton-Jacobi equation `u_t = -|grad u|^2 / 2 + lap u / (2 beta)` and its limits."""

from pdeopt.hamilton_jacobi.heat import smooth
from pdeopt.hamilton_jacobi.relaxation import relax

__all__ = ["relax", "smooth"]
