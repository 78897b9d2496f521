"""A problem on every second node of its grid."""

from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi

__all__ = ["on_every_second_node"]


def on_every_second_node(problem: HamiltonJacobi) -> HamiltonJacobi:
    """Return the problem on every second node.

    Raises
    ------
    ValueError
        If that is no grid of the same box.
    """
    grid = problem.grid
    for axis, (n, wraps) in enumerate(zip(grid.shape, grid.periodic, strict=True)):
        if n % 2 == (1 if wraps else 0) or n < 4:
            kind, fitting = ("a periodic", n + n % 2) if wraps else ("an", n + 1 - n % 2)
            raise ValueError(
                f"error_estimate compares with the grid of every second node, which {kind} axis {axis} of {n} nodes "
                f"does not have. Use shape={max(fitting, 5 - wraps)} there."
            )
    coarse = Grid.from_axes(*(nodes[::2] for nodes in grid.axes), periodic=grid.periodic)
    if all(grid.uniform):
        coarse = Grid(grid.lower, grid.upper, coarse.shape, grid.periodic)
    return problem.on(coarse)
