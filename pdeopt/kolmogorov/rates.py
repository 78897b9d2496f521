"""Jump rates between neighbours along one axis."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.boundaries import PartiallyAbsorbing, Wall

__all__ = ["RATES", "Line", "axis_rates", "bernoulli", "line_of", "loss_at_walls"]

RATES = ("gibbs", "scharfetter-gummel", "square-root", "hybrid", "central", "upwind")
"""Names of the schemes. Hybrid: central where its rates are not negative, upwind elsewhere."""

FITTED = ("scharfetter-gummel", "square-root")


@dataclass(frozen=True, eq=False)
class Line:
    """Nodes of an axis, with the distances that rates are made of.

    Parameters
    ----------
    nodes : array, shape (n,)
    above, below : array, shape (n,)
        Distance to the next and to the last node; at a wall that of the only neighbour.
    volumes : array, shape (n,)
        Length of a node's cell; an end node on a wall owns half a cell.
    walls : pair
        What the ends are; ``"periodic"`` where the axis closes on itself.
    """

    nodes: FloatArray
    above: FloatArray
    below: FloatArray
    volumes: FloatArray
    walls: tuple[Wall, Wall]

    @property
    def periodic(self) -> bool:
        """Whether the axis closes on itself."""
        return self.walls[0] == "periodic"

    @property
    def middles(self) -> FloatArray:
        """Middles between a node and the next one, shape (n,); the last is inside the last cell unless periodic."""
        ends = 1.0 if self.periodic else np.append(np.ones(self.nodes.size - 1), 0.0)
        return np.asarray(self.nodes + 0.5 * self.above * ends)


def line_of(grid: Grid, axis: int, walls: tuple[Wall, Wall]) -> Line:
    """Return an axis of a grid as a line."""
    nodes = grid.axes[axis]
    if grid.periodic[axis]:
        gaps = np.full(nodes.size, grid.spacing[axis])
        return Line(nodes, gaps, gaps, gaps, walls)
    gaps = np.full(nodes.size - 1, grid.spacing[axis]) if grid.uniform[axis] else np.diff(nodes)
    above, below = np.append(gaps, gaps[-1]), np.append(gaps[0], gaps)
    volumes = 0.5 * (above + below)
    volumes[[0, -1]] *= 0.5
    return Line(nodes, above, below, volumes, walls)


def bernoulli(z: FloatArray) -> FloatArray:
    """Return z / (exp(z) - 1) of an array, to rounding for every z."""
    z = np.asarray(z, dtype=float)
    small = np.abs(z) < 1e-2
    safe = np.where(small, 1.0, z)
    square = np.where(small, z, 0.0) ** 2
    series = 1.0 - 0.5 * z + square / 12.0 * (1.0 - square / 60.0 * (1.0 - square / 42.0))
    size = np.abs(safe)
    # B(-z) = B(z) + z: only the exponential of a negative number is formed.
    positive = size * np.exp(-size) / -np.expm1(-size)
    return np.where(small, series, np.where(safe > 0.0, positive, positive + size))


def axis_rates(
    scheme: str, line: Line, diffusion: FloatArray, drift: FloatArray, peclet: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    """Return the rates to the previous and to the next node along the last axis.

    Parameters
    ----------
    scheme : str
        One of `RATES`.
    line : Line
    diffusion : array, shape (..., n)
        D = a / 2 at the nodes.
    drift : array, shape (..., n)
        In the sense of Ito, at the nodes.
    peclet : array, shape (..., n), optional
        For the fitted schemes, where it is known better than from the drift at nodes: the integral of drift over
        diffusion from a node to the next one.
    """
    up, down = _plain_rates(scheme, line, diffusion, drift, peclet)
    return _at_walls(line, diffusion, drift, down, up)


def _plain_rates(
    scheme: str, line: Line, diffusion: FloatArray, drift: FloatArray, peclet: FloatArray | None
) -> tuple[FloatArray, FloatArray]:
    up, down = diffusion / (line.volumes * line.above), diffusion / (line.volumes * line.below)
    if peclet is not None:
        weight = np.exp if scheme == "square-root" else lambda half: bernoulli(-2.0 * half)
        before = np.roll(peclet, 1, axis=-1)
        return up * weight(0.5 * peclet), down * weight(-0.5 * before)
    doubled = 0.5 * (line.above + line.below) / line.volumes
    if scheme in FITTED:
        fit = fitted if scheme == "scharfetter-gummel" else geometric
        return fit(up, doubled * drift / line.above), fit(down, -doubled * drift / line.below)
    ahead, behind = doubled * np.maximum(drift, 0.0) / line.above, doubled * np.maximum(-drift, 0.0) / line.below
    if scheme == "upwind":
        return up + ahead, down + behind
    total = line.above + line.below
    central = (
        up + doubled * drift * line.below / (line.above * total),
        down - doubled * drift * line.above / (line.below * total),
    )
    if scheme == "central":
        return central
    monotone = (central[0] >= 0.0) & (central[1] >= 0.0)
    return np.where(monotone, central[0], up + ahead), np.where(monotone, central[1], down + behind)


def fitted(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    """Return d B(-c / d) of a diffusive and a convective rate; the positive part of c where d is zero."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        rate = diffusive * bernoulli(-convective / diffusive)
    return np.where(diffusive > 0.0, np.where(np.isfinite(rate), rate, 0.0), np.maximum(convective, 0.0))


def geometric(diffusive: FloatArray, convective: FloatArray) -> FloatArray:
    """Return d exp(c / (2 d)) of a diffusive and a convective rate."""
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        return np.asarray(diffusive * np.exp(0.5 * convective / diffusive))


def _at_walls(
    line: Line, diffusion: FloatArray, drift: FloatArray, down: FloatArray, up: FloatArray
) -> tuple[FloatArray, FloatArray]:
    if line.periodic:
        return down, up
    down[..., 0], up[..., -1] = 0.0, 0.0
    for index, wall, inward, distance, sign in (
        (0, line.walls[0], up, line.above, 1.0),
        (-1, line.walls[1], down, line.below, -1.0),
    ):
        entering = sign * drift[..., index] / distance[index]
        if wall == "linear":
            inward[..., index] = entering
        else:
            # Where the diffusion across a wall vanishes the equation itself holds there, in a whole cell.
            degenerate = (diffusion[..., index] == 0.0) | (wall == "degenerate")
            inward[..., index] = np.where(degenerate, np.maximum(entering, 0.0), inward[..., index])
    return down, up


def loss_at_walls(line: Line) -> FloatArray:
    """Return the rate at which partially absorbing ends take walkers, shape (n,)."""
    loss = np.zeros(line.nodes.size)
    for index, wall in zip((0, -1), line.walls, strict=True):
        if isinstance(wall, PartiallyAbsorbing):
            loss[index] += wall.rate / line.volumes[index]
    return loss
