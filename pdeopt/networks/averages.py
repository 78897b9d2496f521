"""Exact averages of a random network over all its masks, by one sweep back through its layers."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.ndimage import maximum_filter
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.coefficients import as_numbers
from pdeopt.kolmogorov.data import at_points
from pdeopt.landscapes import Landscape
from pdeopt.networks.interpolation import SURE, Interpolation
from pdeopt.networks.layer_checks import checked_layers, checked_states
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.outcomes import Outcomes, layer_outcomes, reach, room_for

__all__ = ["MaskAverage", "mask_average"]

LEAVING = 1e-9
"""Expected number of layers that send a path beyond the grid, up to which an average counts as exact."""


@dataclass(frozen=True, eq=False, repr=False)
class MaskAverage:
    """The mean of a function of a random network's output, for every input.

    Parameters
    ----------
    values : array, shape ``grid.shape``
        ``E[terminal(X_N) | X_0 = x]`` at the nodes.
    error : array, shape ``grid.shape``
        Difference to the same sweep with an interpolation of two nodes less, the largest nearby: a safe estimate.
    leaving : array, shape ``grid.shape``
        Expected number of layers that send a path beyond the grid, to whose end it is moved; by linear interpolation.
    grid : Grid
    order : int
        Of the interpolation.
    n_blocks : int
    """

    values: FloatArray
    error: FloatArray
    leaving: FloatArray
    grid: Grid
    order: int
    n_blocks: int
    _stages: tuple[Outcomes, ...]
    _after: FloatArray

    def at(self, points: ArrayLike) -> FloatArray:
        """Return the mean at points of the grid's box, by the first layer's own outcomes there.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers and arrays of numbers.

        Returns
        -------
        array, shape (...)

        Raises
        ------
        ValueError
            If a point lies outside the grid, or paths from it leave the grid.
        """
        given, rows = np.shape(points), checked_states(points, "points", self.grid.dim)
        shape = given[:-1] if given and given[-1] == self.grid.dim else given
        self._check(rows)
        first, place = self._stages[0], Interpolation(self.grid, self.order)
        found: FloatArray = place.average(self._after[None], first.positions(rows), first.weights)[0].reshape(shape)
        return found

    def _check(self, rows: FloatArray) -> None:
        lower, upper = self.grid.lower, self.grid.upper
        inside = np.all((rows >= lower) & (rows <= upper), axis=1)
        if not inside.all():
            where = rows[int(np.argmin(inside))].tolist()
            raise ValueError(f"points holds {where}, outside the grid from {lower} to {upper}. Use points inside.")
        place = Interpolation(self.grid, self.order)
        low, high = reach(self._stages, rows, place.margin, place.box)
        gone = Interpolation(self.grid, 2).average(self.leaving[None], rows[None], SURE)[0]
        # Linear interpolation lets some of `leaving` through to paths that only come close to where it is not zero.
        if (np.any(low < place.box[0]) or np.any(high > place.box[1])) and not gone.max() <= LEAVING:
            low, high = (end.tolist() for end in room_for(self._stages, rows, self.grid.shape))
            raise ValueError(
                f"paths from points={rows[int(np.argmax(gone))].tolist()} leave the grid from {lower} to {upper} in "
                f"{gone.max():.3g} layers on average, or come too near its ends. Use Grid({low}, {high}, ...)."
            )

    def __repr__(self) -> str:
        sizes = " x ".join(map(str, self.grid.shape))
        return f"<MaskAverage over {self.n_blocks} layers on {sizes} nodes: error at most {self.error.max():.2g}>"


def mask_average(
    layers: ResidualLayer | Sequence[ResidualLayer],
    terminal: Callable[..., Any] | Landscape | ArrayLike,
    grid: Grid,
    *,
    n_blocks: int | None = None,
    order: int = 6,
    progress: bool = True,
) -> MaskAverage:
    """Average a function of the output of a random network over all its masks.

    Parameters
    ----------
    layers : ResidualLayer or sequence of ResidualLayer
        From the input to the output; a single one stands for `n_blocks` alike.
    terminal : callable, Landscape or array
        A function of a point (a float in one dimension, else a tuple of floats), or its values at the nodes.
    grid : Grid
        Uniform, with one or two axes, and so large that no path leaves it: an invariant box is enough.
    n_blocks : int, optional
        By default that of the layer.
    order : int
        Number of nodes along each axis that a value is interpolated from: 6, or 12 for reference values.
    progress : bool
        Whether a bar is shown where it takes longer than two seconds.

    Returns
    -------
    MaskAverage

    Raises
    ------
    TypeError, ValueError
        If the layers, the grid, the order or the values do not fit, or a layer has more than 4096 masks.

    Notes
    -----
    ``u_k(x) = sum_q w_q (I u_{k+1})(y_qk(x))`` from ``u_N = terminal`` back, y_qk(x) being where mask q of layer k
    sends x, and I local Lagrange interpolation: all ``Q^N`` paths at the price of ``Q N`` interpolations. Exact up to
    those, and for continuous factors (shake-shake, Gaussian noise) up to their Gauss rule of five points.

    Examples
    --------
    >>> from pdeopt import Grid
    >>> from pdeopt.networks.layers import ResidualLayer
    >>> from pdeopt.networks.noise import Dropout
    >>> layer = ResidualLayer(lambda t, x: -x, Dropout(0.5), step=0.1)
    >>> float(mask_average(layer, lambda x: x, Grid(-1.0, 1.0, 41), n_blocks=10).at(0.5).round(12))
    0.17433922005
    """
    stages = _stages(layers, n_blocks)
    places = [Interpolation(grid, order), Interpolation(grid, max(order - 2, 2)), Interpolation(grid, 2)]
    last = _terminal(terminal, grid)
    fields, after = [last, last, np.zeros(grid.shape)], last
    for stage in tqdm(
        reversed(stages), total=len(stages), unit="layer", delay=2.0, leave=False, disable=None if progress else True
    ):
        places[0].check_room(len(stage.weights))
        after, positions = fields[0], stage.positions(places[0].nodes)
        fields = [
            place.average(field[None], positions, stage.weights)[0].reshape(grid.shape)
            for place, field in zip(places, fields, strict=True)
        ]
        fields[2] += places[2].outside(positions, stage.weights).reshape(grid.shape)
    error = maximum_filter(np.abs(fields[0] - fields[1]), order)
    return MaskAverage(fields[0], error, fields[2], grid, order, len(stages), stages, after)


def _stages(layers: ResidualLayer | Sequence[ResidualLayer], n_blocks: int | None) -> tuple[Outcomes, ...]:
    return tuple(layer_outcomes(layer, k) for k, layer in enumerate(checked_layers(layers, n_blocks)))


def _terminal(terminal: Any, grid: Grid) -> FloatArray:
    if callable(terminal):
        return at_points(terminal, "terminal", grid.points())
    values = as_numbers(terminal, "terminal")
    if values.shape != grid.shape:
        raise ValueError(
            f"terminal has shape {values.shape}, but the grid has shape {grid.shape}. Use values at its nodes, or a "
            "function of a point."
        )
    if not np.isfinite(values).all():
        place = tuple(int(i) for i in np.argwhere(~np.isfinite(values))[0])
        raise ValueError(
            f"terminal{list(place)}={values[place]} must be finite. Use e.g. terminal=numpy.nan_to_num(terminal), or a "
            "function of a point."
        )
    return values
