"""Dynamics in a rough potential on long scales: the landscape without its ripples, and a slower clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, Point
from pdeopt.homogenization.medium_checks import check_landscape
from pdeopt.homogenization.passage import PassageTime, first_passage_time
from pdeopt.homogenization.rough import EffectiveDiffusivity, effective_diffusivity
from pdeopt.kernels._points import as_point, coordinates, with_item
from pdeopt.landscapes import Landscape
from pdeopt.systems import SDE
from pdeopt.systems.compilation import Function, returning_floats
from pdeopt.systems.forces import point_gradient

__all__ = ["Homogenized", "homogenized"]


@dataclass(frozen=True, eq=False, repr=False)
class Homogenized:
    """The limit of overdamped Langevin dynamics in V(x) + v(x / eps) as eps goes to 0.

    Parameters
    ----------
    landscape : Landscape
        V.
    diffusivity : EffectiveDiffusivity
        Of the ripples v, between its bounds.

    Notes
    -----
    dX = -M grad V dt + sqrt(2 M / beta) dW, with M = beta D: drift and diffusion change by the same factor, and the
    law exp(-beta V) stays.
    """

    landscape: Landscape
    diffusivity: EffectiveDiffusivity

    @property
    def beta(self) -> float:
        """Inverse temperature."""
        return self.diffusivity.beta

    @property
    def mobility(self) -> FloatArray:
        """The matrix M, shape (d, d); without ripples the identity."""
        return self.diffusivity.mobility

    @cached_property
    def system(self) -> SDE:
        """The limit as an equation, for `pdeopt.simulate` and `pdeopt.Generator`."""
        f = self.landscape
        rows = tuple(tuple(float(entry) for entry in row) for row in self.mobility)
        root = np.linalg.cholesky(2.0 / self.beta * self.mobility)
        noise = tuple(tuple(float(entry) for entry in row) for row in root)
        return SDE(
            _drift(point_gradient(f), f.dim),
            _diffusion(f.dim),
            noise="additive",
            dim=f.dim,
            n_noise=None if f.dim == 1 else f.dim,
            args=(rows, noise, f.args),
            name=f"homogenized {f.name}",
        )

    def first_passage_time(self, start: float, end: float, *, wall: float | None = None) -> PassageTime:
        """Return the mean time from one point of a line to another; see `first_passage_time`."""
        mobility = float(self.mobility[0, 0])
        return first_passage_time(self.landscape, start, end, beta=self.beta, mobility=mobility, wall=wall)

    def __str__(self) -> str:
        rows = "; ".join(", ".join(f"{entry:.10g}" for entry in row) for row in self.mobility)
        return f"{self!r}\n  mobility {rows}, relative gap of its bounds {self.diffusivity.gap:.1e}"

    def __repr__(self) -> str:
        return f"<Homogenized {self.landscape.name!r}: dim {self.landscape.dim}, beta {self.beta:g}>"


def homogenized(
    landscape: Landscape,
    ripples: Landscape,
    period: float | Sequence[float],
    *,
    beta: float = 1.0,
    tolerance: float = 1e-12,
) -> Homogenized:
    """Return the dynamics in V(x) + v(x / eps) in the limit of small eps.

    Parameters
    ----------
    landscape, ripples : Landscape
        V and the periodic v, of one to three dimensions, the same for both.
    period : float or sequence of float
        Of v in its own variable, for all axes or one per axis.
    beta : float
        Inverse temperature, positive.
    tolerance : float
        Of the cell problem, as for `effective_diffusivity`.

    Returns
    -------
    Homogenized
        With its equation in ``system``.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, or v does not repeat.

    Notes
    -----
    The error in eps is of second order between points at one phase of the ripples, and of first order elsewhere.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> v = pdeopt.Landscape(lambda x: math.cos(2 * math.pi * x))
    >>> slow = homogenized(pdeopt.landscapes.quadratic(1.0), v, 1.0)
    >>> round(slow.first_passage_time(0.0, 1.0).value, 12)
    3.355569262693
    """
    check_landscape(landscape, "landscape")
    check_landscape(ripples, "ripples", (landscape.dim,))
    return Homogenized(landscape, effective_diffusivity(ripples, period, beta=beta, tolerance=tolerance))


@lru_cache(maxsize=64)
def _drift(gradient: Function, dim: int) -> Function:
    def drift(t: float, x: Point, mobility: Any, noise: Any, args: Any) -> Point:
        slopes = coordinates(gradient(x, *args))
        out = coordinates(x)
        for i in range(dim):
            force = 0.0
            for j in range(dim):
                force -= mobility[i][j] * slopes[j]
            out = with_item(out, i, force)
        return as_point(x, out)

    return returning_floats(drift)


@lru_cache(maxsize=8)
def _diffusion(dim: int) -> Function:
    def number(t: float, x: Point, mobility: Any, noise: Any, args: Any) -> Any:
        return noise[0][0]

    def rows(t: float, x: Point, mobility: Any, noise: Any, args: Any) -> Any:
        return noise

    return returning_floats(number if dim == 1 else rows)
