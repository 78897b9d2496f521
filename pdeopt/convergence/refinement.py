"""A table of errors and orders from one call, for any solver."""

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence.extrapolation import observed_order_from_solutions, restricted
from pdeopt.convergence.norms import NORMS, error_norms
from pdeopt.convergence.orders import checked_spacings
from pdeopt.convergence.tables import EOCTable

__all__ = ["refinement_table"]


def refinement_table(
    solve: Callable[[Any], Any],
    levels: Sequence[float],
    *,
    exact: Callable[[Any], ArrayLike] | None = None,
    spacing: Callable[[Any], float] | None = None,
    unit: str = "",
) -> EOCTable:
    """Solve on several grids or with several steps, and return the table of errors with their orders.

    Parameters
    ----------
    solve : callable
        From a level to the solution: an array of values; or a pair (nodes, values), with nodes of any form that `exact`
        understands; or a record with ``values`` and ``grid`` such as solvers return.
    levels : sequence
        Such as numbers of cells, growing, or steps, falling. The coarsest comes first.
    exact : callable, optional
        The true values at nodes, where `solve` returns nodes; of a record these are the coordinates of its grid, of
        shape ``shape + (d,)``, in one dimension ``shape``. Otherwise the true values at a level. Without it each
        solution is compared with the next finer one, on the nodes of the coarser, and the table has a row less.
    spacing : callable, optional
        From a level to the spacing or step. By default the level itself where levels fall, and ``1 / level`` where
        they grow.
    unit : str
        Of the spacings, for labels.

    Returns
    -------
    EOCTable
        Its ``orders`` have error bars; ``print`` shows all.

    Raises
    ------
    ValueError
        If levels do not grow or fall, or solutions that are to be compared are not on nested grids.

    Notes
    -----
    Without `exact` a difference ``|u_h - u_k|`` is divided by ``1 - (k / h)**p`` with the order p that all differences
    show together: an estimate of the error of ``u_h``. Where they show none, and with less than four levels, p is taken
    to be large, and the table is that of the differences.

    Examples
    --------
    >>> def midpoint(n):
    ...     return np.exp((np.arange(n) + 0.5) / n).sum() / n
    >>> print(refinement_table(midpoint, [10, 20, 40, 80], exact=lambda n: np.e - 1.0))
         spacing          max order           l1 order           l2 order
             0.1   7.1574e-04         7.1574e-04         7.1574e-04
            0.05   1.7897e-04  2.00   1.7897e-04  2.00   1.7897e-04  2.00
           0.025   4.4746e-05  2.00   4.4746e-05  2.00   4.4746e-05  2.00
          0.0125   1.1187e-05  2.00   1.1187e-05  2.00   1.1187e-05  2.00
    max: order 2.000 +- 0.001
    l1: order 2.000 +- 0.001
    l2: order 2.000 +- 0.001
    """
    h = _spacings(levels, spacing)
    solutions = [_nodes_and_values(solve(level)) for level in levels]
    values = [found for _, found in solutions]
    if exact is None:
        return _by_differences(h, values, unit)
    places = [level if nodes is None else nodes for level, (nodes, _) in zip(levels, solutions, strict=True)]
    truth = [np.broadcast_to(exact(place), found.shape) for place, found in zip(places, values, strict=True)]
    return EOCTable.of(h, values, truth, unit=unit)


def _spacings(levels: Sequence[float], spacing: Callable[[Any], float] | None) -> FloatArray:
    if len(levels) < 2:
        raise ValueError(f"levels={list(levels)!r} are too few for an order; use three or more, such as [32, 64, 128].")
    if spacing is None:
        spacing = float if levels[1] < levels[0] else _reciprocal
    h = np.array([spacing(level) for level in levels])
    if np.all(np.diff(h) < 0.0):
        return checked_spacings(h)
    raise ValueError(
        f"levels={list(levels)!r} have the spacings {h.tolist()}, which must fall. Sort them, or give spacing, such as "
        "spacing=lambda n: 2.0 / n."
    )


def _reciprocal(level: float) -> float:
    return 1.0 / level


def _nodes_and_values(found: Any) -> tuple[Any, FloatArray]:
    if hasattr(found, "values") and hasattr(found, "grid"):
        nodes = found.grid.points()
        return (nodes[..., 0] if found.grid.dim == 1 else nodes), np.asarray(found.values, dtype=np.float64)
    nodes, values = found if isinstance(found, tuple) else (None, found)
    return nodes, np.asarray(values, dtype=np.float64)


def _by_differences(h: FloatArray, values: list[FloatArray], unit: str) -> EOCTable:
    pairs = pairwise(values)
    rows = [error_norms(coarse, restricted(fine, coarse.shape, k + 1)) for k, (coarse, fine) in enumerate(pairs)]
    errors = {name: np.array([row[name] for row in rows]) for name in NORMS}
    if h.size > 2:
        for name in NORMS:
            order = observed_order_from_solutions(h, values, norm=name).order
            errors[name] /= 1.0 if order is None or order <= 0.0 else 1.0 - (h[1:] / h[:-1]) ** order
    return EOCTable(h[:-1], errors, unit=unit)
