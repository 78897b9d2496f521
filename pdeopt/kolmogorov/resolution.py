"""Whether a grid resolves the rates asked of it."""

import warnings

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["check_finite", "warn_of_steps"]

STEEPEST = 6.0
"""Thermal energies between neighbouring nodes above which rates are said not to be resolved."""

POPULATED = 8.0
"""Thermal energies above the lowest value up to which a place counts as visited."""


def check_finite(grid: Grid, stencil: Stencil, schemes: tuple[str, ...]) -> None:
    """Raise if a rate has overflowed; the message says where."""
    finite = np.isfinite(stencil.rates).all(axis=0)
    if not finite.all():
        where = grid.points()[tuple(int(i) for i in np.argwhere(~finite)[0])]
        raise ValueError(
            f"rates={', '.join(dict.fromkeys(schemes))!r} overflow at x={where}, where the drift over one cell is "
            f"hundreds of times the noise. Use rates='scharfetter-gummel', a smaller domain, or more nodes than "
            f"shape={grid.shape}."
        )


def warn_of_steps(grid: Grid, energies: FloatArray) -> None:
    """Warn where beta V rises by several units from node to node at places that are visited."""
    visited = energies < energies.min() + POPULATED
    for axis in range(grid.dim):
        lines, seen = np.moveaxis(energies, axis, -1), np.moveaxis(visited, axis, -1)
        steps = np.where(seen[..., 1:] | seen[..., :-1], np.abs(np.diff(lines)), 0.0)
        steepest = float(steps.max(initial=0.0))
        if steepest > STEEPEST:
            enough = int(np.ceil(1.5 * grid.shape[axis] * steepest / STEEPEST))
            warnings.warn(
                f"grid has {grid.shape[axis]} nodes on axis {axis}, between which beta V changes by up to "
                f"{steepest:.3g}, above the limit {STEEPEST:g}: rates are not resolved. Use {enough} nodes or more "
                "there, or a smaller beta.",
                UserWarning,
                stacklevel=2,
            )
