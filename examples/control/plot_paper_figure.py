"""
Where densities end: Figure 1 of the paper, exactly and by finite differences
=============================================================================

A density that starts in a high well stays there under gradient descent with noise; while the inviscid relaxation is
turned back it ends in a deep well, and with the viscous one mostly in the deepest. Both solvers say so.
"""

import numpy as np

import pdeopt
from pdeopt import plot
from pdeopt.control import paper_figure
from pdeopt.convergence import observed_order
from pdeopt.hamilton_jacobi import HamiltonJacobi, relax, solve_hamilton_jacobi

# %%
# The parameters are those of the authors' script. Densities keep their mass in every step, are nowhere negative, and
# need no stored slices of u.

figure = paper_figure()
print(figure)

# %%
# On finer grids, the landscape linear between its 500 samples, finite differences go to the exact solution.

f, spacings, gaps = figure.landscape, [], []
for factor in (1, 2, 4):
    grid = pdeopt.Grid(-3.0, 3.0, 500).refined(factor)
    exact = relax(f, grid, 0.2, 1.0, boundary="reflecting").values
    problem = HamiltonJacobi(f, grid, viscosity=0.5)
    found = solve_hamilton_jacobi(problem, 0.2, method="godunov", stepper="euler").values
    spacings.append(grid.spacing[0])
    gaps.append(float(np.abs(found - exact).max()))
order = observed_order(spacings, gaps)
print(f"viscous u: largest differences {', '.join(f'{gap:.4f}' for gap in gaps)}; {order}")

# %%
# The caption calls the viscous u convex. It is not, and would not be without noise and walls either.

bare = relax(pdeopt.landscapes.chaudhari_figure_1(), pdeopt.Grid(-3.0, 3.0, 601), 0.2, 1.0)
print(f"least curvature on [-2, 2] {figure.viscous.inner_curvature:.4f}, without noise {bare.hessian.min():.4f}")

plot.paper_figure(figure)

wells = [figure.wells(curve.density) for curve in figure.curves]
deepest = int(np.searchsorted(figure.walls, figure.grid.axes[0][np.argmin(figure.sgd.exact)]))
assert order.admits(1.0)
assert gaps[0] < 0.035
assert [int(np.argmax(masses)) - deepest for masses in wells] == [0, 1, 3]
assert wells[0][deepest] > 0.7
assert figure.viscous.inner_curvature < 0.0 > bare.hessian.min()
