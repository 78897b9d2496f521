"""`smooth`: the heat equation, the limit of relaxation as `beta` tends to zero at fixed `time / beta`."""

from dataclasses import dataclass, replace
from time import perf_counter

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.axes import CELLS, REACH, Axis
from pdeopt.hamilton_jacobi.bounds import EPSILON, ROUNDINGS
from pdeopt.hamilton_jacobi.coarsening import coarse_step, saturated, worthwhile
from pdeopt.hamilton_jacobi.passes import Softmin, softmin_along
from pdeopt.hamilton_jacobi.points import covering_grid, mirrored
from pdeopt.hamilton_jacobi.problem import (
    LARGEST,
    WIDEST,
    Boundary,
    Problem,
    check_variance,
    make_problem,
)
from pdeopt.hamilton_jacobi.prox import difference_derivatives
from pdeopt.hamilton_jacobi.sampling import heat_state
from pdeopt.hamilton_jacobi.solution import method_name
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["smooth"]

ROUGHNESS = 20.0
CHUNK = 64
"""Outputs that share a centre for the moments of the kernel: few enough to lose no digits."""


def _average(fields: FloatArray, k: int, axis: Axis, outputs: FloatArray, variance: float, threads: int) -> FloatArray:
    """Return Gaussian averages of fields of shape (n, ...) along axis `k`."""
    # The softmin weights of a flat landscape are the Gaussian kernel itself.
    flat = np.zeros(fields.shape[1:])
    _, averages = softmin_along(flat, k, axis, Softmin(outputs, variance, 1.0), fields, threads)
    return averages


def _coarsened(fields: FloatArray, k: int, axis: Axis, threads: int) -> tuple[FloatArray, Axis]:
    """Apply as much of the variance as coarsening pays for to all fields at once."""
    while worthwhile(axis):
        coarse, step = coarse_step(axis, 0.0, axis.variance)
        fields = _average(fields, k, axis, coarse.nodes, step, threads)
        axis = coarse
    return fields, axis


def _hermite(values: FloatArray, k: int, axis: Axis, outputs: FloatArray, order: int, threads: int) -> FloatArray:
    """Return the derivative of an order up to two of the average, by moments of the kernel."""
    if order == 0:
        average: FloatArray = _average(values[None], k, axis, outputs, axis.variance, threads)[0]
        return average
    parts = []
    along = [-1 if i == k else 1 for i in range(values.ndim)]
    for first in range(0, outputs.size, CHUNK):
        some = outputs[first : first + CHUNK]
        centre = 0.5 * (some[0] + some[-1])
        parts.append(_hermite_chunk(values, k, axis, some, centre, order, threads, along))
    return np.concatenate(parts, axis=k)


def _hermite_chunk(
    values: FloatArray,
    k: int,
    axis: Axis,
    outputs: FloatArray,
    centre: float,
    order: int,
    threads: int,
    along: list[int],
) -> FloatArray:
    """Return a derivative at outputs that lie close together, from moments about one centre."""
    variance = axis.variance
    reach = axis.reach(variance)
    extension = axis.extension(outputs[0] - reach, outputs[-1] + reach)
    inside = slice(*np.searchsorted(extension.nodes, [outputs[0] - reach, outputs[-1] + reach]).tolist())
    nodes, index = extension.nodes[inside], extension.index[inside]
    weights = None if axis.log_weights is None else axis.log_weights[index]
    cut = replace(axis, nodes=nodes, edge="wall", smooth=None, log_weights=weights)
    # Offsets from a near centre: powers of positions far from zero would cancel.
    local, offset = np.take(values, index, axis=k), (nodes - centre).reshape(along)
    moments = _average(np.array([local, local * offset, local * offset**2]), k, cut, outputs, variance, threads)
    shift = (outputs - centre).reshape(along)
    if order == 1:
        return np.asarray((moments[1] - shift * moments[0]) / variance)
    second = moments[2] - 2.0 * shift * moments[1] + shift**2 * moments[0]
    return np.asarray(second / variance**2 - moments[0] / variance)


@dataclass(frozen=True, eq=False)
class HeatSource:
    """Computes values, derivatives and errors of a smoothed landscape."""

    problem: Problem
    variance: float
    field: FloatArray
    axes: tuple[Axis, ...]
    roughness: FloatArray

    def derivative(self, orders: tuple[int, ...], outputs: list[FloatArray] | None = None) -> FloatArray:
        """Return a mixed derivative of the smoothed field on the grid."""
        places = [np.asarray(axis) for axis in self.problem.grid.axes] if outputs is None else outputs
        values = self.field
        for k, (axis, order) in enumerate(zip(self.axes, orders, strict=True)):
            values = _hermite(values, k, axis, places[k], order, self.problem.threads)
        return values

    def _unit(self, *axes: int) -> tuple[int, ...]:
        return tuple(axes.count(k) for k in range(self.problem.grid.dim))

    def _from_cells(self, fields: FloatArray) -> FloatArray:
        """Average difference derivatives of the field, for axes whose kernel the nodes do not resolve."""
        for k, axis in enumerate(self.axes):
            outputs = np.asarray(self.problem.grid.axes[k])
            fields = _average(fields, k, axis, outputs, axis.variance, self.problem.threads)
        return fields

    def _differences(self) -> tuple[FloatArray, FloatArray]:
        grid = Grid.from_axes(*[axis.nodes for axis in self.axes])
        if any(self.problem.grid.periodic):
            grid = Grid(self.problem.grid.lower, self.problem.grid.upper, self.field.shape, self.problem.grid.periodic)
        return difference_derivatives(self.field, grid)

    def _unresolved(self) -> bool:
        return any(axis.rule == CELLS for axis in self.axes)

    def gradient(self) -> FloatArray:
        """Return the gradient."""
        dim = self.problem.grid.dim
        if self._unresolved():
            return np.moveaxis(self._from_cells(np.moveaxis(self._differences()[0], -1, 0)), 0, -1)
        return np.stack([self.derivative(self._unit(a)) for a in range(dim)], axis=-1)

    def hessian(self) -> FloatArray:
        """Return the Hessian."""
        dim = self.problem.grid.dim
        if self._unresolved():
            flat = np.moveaxis(self._differences()[1].reshape(*self.field.shape, dim * dim), -1, 0)
            return np.moveaxis(self._from_cells(flat), 0, -1).reshape(*self.problem.grid.shape, dim, dim)
        rows = [[self.derivative(self._unit(a, b)) for b in range(dim)] for a in range(dim)]
        return np.stack([np.stack(row, axis=-1) for row in rows], axis=-2)

    def prox(self) -> FloatArray:
        """Raise: the heat equation has no proximal map."""
        raise ValueError("smooth() has no proximal map: that belongs to positive beta; use relax(..., beta=...).")

    def error_parts(self) -> dict[str, FloatArray]:
        """Return interpolation and quadrature (estimates) and rounding."""
        shape = self.problem.grid.shape
        if self.variance == 0.0:
            return {"quadrature": np.zeros(shape), "rounding": np.zeros(shape)}
        scale = float(np.abs(self.field[np.isfinite(self.field)]).max())
        rounding = np.full(shape, ROUNDINGS * EPSILON) * (np.abs(self.derivative(self._unit())) + 1e-3 * scale)
        return {"quadrature": self.roughness, "rounding": rounding}

    def at(self, points: FloatArray) -> FloatArray:
        """Return values at points of shape (n, d)."""
        points = mirrored(self.problem, points)
        landscape, wider = self.problem.landscape, covering_grid(self.problem, points)
        if landscape is not None and wider is not None:
            # A periodic axis is so by its grid, whatever else is said.
            sides = ["free" if name == "periodic" else name for name in self.problem.boundary]
            return smooth(landscape, wider, self.variance, boundary=sides, threads=self.problem.threads).at(points)
        found = [self.derivative(self._unit(), [np.array([c]) for c in point]).ravel()[0] for point in points]
        return np.asarray(found)


def _roughness(field: FloatArray, k: int, axis: Axis, outputs: FloatArray, threads: int) -> FloatArray:
    """Return what one pass may be off.

    The bends of the cells, or half the difference of even and odd nodes of a rough field.
    """
    moved = np.moveaxis(field, k, -1)
    if axis.rule == CELLS:
        bends = np.pad(np.abs(np.diff(moved, 2)), [(0, 0)] * (moved.ndim - 1) + [(1, 1)], mode="edge")
        widest = np.maximum(bends, np.maximum(np.roll(bends, 1, -1), np.roll(bends, -1, -1)))
        near = min(1.0, 4.0 * float(np.sqrt(axis.variance)) / axis.spacing)
        fields = np.moveaxis(0.5 * near * widest, -1, k)[None]
        average: FloatArray = _average(fields, k, axis, outputs, axis.variance, threads)[0]
        return average
    # Even and odd nodes alone are the rule at twice the spacing: where they agree the field is resolved.
    sign = np.where(np.arange(axis.nodes.size) % 2 == 0, 1.0, -1.0)
    fields = np.array([np.moveaxis(moved * sign, -1, k), np.abs(field)])
    parity, size = _average(fields, k, axis, outputs, axis.variance, threads)
    rate = np.pi**2 * axis.variance / axis.spacing**2
    rough = 2.0 * np.abs(parity) > (ROUGHNESS * np.exp(-0.5 * rate) + 1e-12) * size
    result: FloatArray = 4.0 * np.exp(-2.0 * rate) * size + np.where(rough, np.abs(parity), 0.0)
    return result


def _check_width(variance: float, grid: Grid) -> None:
    length = max(grid.extent)
    low, high = length**2 / LARGEST, (WIDEST * length) ** 2
    if not low <= variance <= high:
        raise ValueError(
            f"variance={variance} is out of range on a grid of length {length:g}: use {low:.3g} to {high:.3g}, or 0."
        )


def smooth(
    f: Landscape | ArrayLike,
    grid: Grid,
    variance: float,
    *,
    boundary: Boundary = "free",
    threads: int | None = None,
) -> Relaxation:
    """Smooth a landscape by the heat equation: average it over a Gaussian of given variance per axis.

    Parameters
    ----------
    f : Landscape or array_like of shape ``grid.shape``
        Finite everywhere.
    grid : Grid
        With one to three axes.
    variance : float
        In units of length^2, not negative: ``time / beta`` of the relaxation whose limit this is.
    boundary : {"free", "reflecting"} or one per axis
        As in `relax`.
    threads : int, optional
        By default all cores; the result does not depend on it.

    Returns
    -------
    Relaxation
        With ``beta=0`` and ``time=variance``; ``prox`` is not defined.

    Raises
    ------
    ValueError
        If an argument is out of range or `f` is not finite.

    Notes
    -----
    The trapezoid rule where the kernel spans the nodes (accurate to rounding), the exact average of the piecewise-
    linear interpolant elsewhere (second order). Every relaxation is at most ``smooth(f, grid, time / beta)``, by
    Jensen's inequality.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.double_well()
    >>> round(float(pdeopt.smooth(f, pdeopt.Grid(-3.0, 3.0, 301), variance=0.5).at(0.3)), 12)
    0.212025
    """
    start = perf_counter()
    variance = check_variance(variance)
    problem = make_problem(f, grid, 1.0, boundary, None, n_threads(threads))
    if variance > 0.0:
        _check_width(variance, grid)
    state = heat_state(problem, variance, REACH * 1.1 * float(np.sqrt(variance)))
    source, roughness = state.field, np.zeros(state.field.shape)
    name = f.name if isinstance(f, Landscape) else ""
    axes = list(state.axes)
    for k, axis in enumerate(state.axes):
        settled = axis.towards(saturated(axis, variance))
        rough = _roughness(source, k, settled, axis.nodes, threads=problem.threads) if variance > 0 else roughness
        fields, axes[k] = _coarsened(np.array([source, roughness + rough]), k, settled, problem.threads)
        source, roughness = fields
    outputs = [np.asarray(axis) for axis in grid.axes]
    if variance > 0:
        for k, axis in enumerate(axes):
            roughness = _average(roughness[None], k, axis, outputs[k], axis.variance, problem.threads)[0]
    heat = HeatSource(problem, variance, source, tuple(axes), roughness)
    values = heat.derivative((0,) * grid.dim) if variance > 0 else problem.initial.copy()
    method = method_name(replace(problem, beta=1.0), replace(state, axes=tuple(axes))).replace("cole-hopf", "trapezoid")
    return Relaxation(
        values,
        grid,
        variance,
        0.0,
        problem.boundary,
        method,
        problem.initial,
        "estimate",
        perf_counter() - start,
        name,
        heat,
    )
