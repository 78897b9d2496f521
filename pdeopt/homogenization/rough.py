"""Effective diffusivity in a periodic potential, between two bounds."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.homogenization import cell_problems, lines
from pdeopt.homogenization.cell_problems import Bounds, Medium
from pdeopt.homogenization.medium_checks import (
    check_landscape,
    check_period,
    checked_period,
    checked_positive,
    fields_of,
)
from pdeopt.landscapes import Landscape

__all__ = ["EffectiveDiffusivity", "effective_diffusivity", "solved_medium"]

CONTRAST = 50.0
"""Largest beta times the range of a potential in more than one dimension: beyond, fluxes drown in rounding."""
ROUNDING = 2e-15
WAIT = 2.0


@dataclass(frozen=True, eq=False, repr=False)
class EffectiveDiffusivity:
    """Diffusivity on long scales of dX = -m grad v dt + div m / beta dt + sqrt(2 m / beta) dW, v and m periodic.

    Parameters
    ----------
    value : array, shape (d, d)
        The mean of both bounds, length^2 per time; on a line the formula of Lifson and Jackson.
    lower, upper : array, shape (d, d)
        Bounds in Loewner's order, of Thomson and Dirichlet; quadrature and rounding are taken off and added.
    quadrature : float
        What the integrals in the bounds may be wrong by: the change between two cells.
    beta : float
        Inverse temperature.
    period : tuple of float
    n : int
        Nodes per axis of the cell on which the problem was solved.
    iterations : int
        Of conjugate gradients, for all axes together.
    seconds : float
    name : str
    """

    value: FloatArray
    lower: FloatArray
    upper: FloatArray
    quadrature: float
    beta: float
    period: tuple[float, ...]
    n: int
    iterations: int
    seconds: float
    name: str = ""

    @property
    def mobility(self) -> FloatArray:
        """Effective mobility beta times `value`, shape (d, d); the force on long scales is multiplied by it."""
        return self.beta * self.value

    @property
    def gap(self) -> float:
        """Largest eigenvalue of the difference of the bounds, over that of `value`."""
        return float(np.linalg.eigvalsh(self.upper - self.lower)[-1] / np.linalg.eigvalsh(self.value)[-1])

    def along(self, direction: ArrayLike) -> tuple[float, float, float]:
        """Return value, lower and upper bound of the diffusivity along a direction.

        Parameters
        ----------
        direction : array_like, shape (d,)
            Of any length but zero.
        """
        unit = np.atleast_1d(np.asarray(direction, dtype=float))
        length = float(np.linalg.norm(unit))
        if unit.shape != (len(self.period),) or not 0.0 < length < np.inf:
            example = (1.0,) + (0.0,) * (len(self.period) - 1)
            raise ValueError(f"direction={direction!r} must be {len(self.period)} numbers, e.g. {example}.")
        unit = unit / length
        value, lower, upper = (float(unit @ matrix @ unit) for matrix in (self.value, self.lower, self.upper))
        return value, lower, upper

    def __str__(self) -> str:
        rows = [f"Effective diffusivity in {self.name or 'a potential'}, beta {self.beta:g}, free 1 / beta"]
        rows.append(f"  {'':>8}{'value':>22}{'lower':>22}{'upper':>22}")
        for i in range(len(self.period)):
            for j in range(i + 1):
                entries = (one[i, j] for one in (self.value, self.lower, self.upper))
                label = f"D[{i}, {j}]"
                rows.append(f"  {label:>8}" + "".join(f"{entry:22.15g}" for entry in entries))
        rows.append(
            f"  relative gap {self.gap:.1e}, quadrature {self.quadrature:.1e}; {self.n} nodes per axis, "
            f"{self.iterations} iterations, {self.seconds:.2f} s"
        )
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<EffectiveDiffusivity {self.name!r}: dim {len(self.period)}, beta {self.beta:g}, gap {self.gap:.1e}>"


def effective_diffusivity(
    potential: Landscape,
    period: float | Sequence[float],
    *,
    beta: float = 1.0,
    mobility: Landscape | None = None,
    tolerance: float = 1e-12,
) -> EffectiveDiffusivity:
    """Return the diffusivity on long scales in a periodic potential, with bounds on both sides.

    Parameters
    ----------
    potential : Landscape
        The periodic v, in one to three dimensions.
    period : float or sequence of float
        Length of the cell, for all axes or one per axis.
    beta : float
        Inverse temperature, positive.
    mobility : Landscape, optional
        A positive mobility m of the same periods, by default 1: dX = (-m grad v + grad m / beta) dt +
        sqrt(2 m / beta) dW, whose invariant law is that of m = 1.
    tolerance : float
        Relative gap between the bounds at which cells are refined no further.

    Returns
    -------
    EffectiveDiffusivity
        Where no cell reached the tolerance, the one with the smallest gap: the bounds hold all the same.

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range, v does not repeat, or beta times its range is above 50 in two dimensions.

    Notes
    -----
    D = <w m (I + grad chi)^T (I + grad chi)> / (beta <w>), w = exp(-beta v), with div(w m (e_k + grad chi_k)) = 0. Any
    periodic chi gives an upper bound (Dirichlet), and any periodic flux without divergence a lower one (Thomson). Both
    come from one spectral solution: its gradient, and its flux less the gradient part. Their gap is of second order in
    its error. Potentials with kinks converge slowly in two and three dimensions; the gap says how far.

    References
    ----------
    S. Lifson, J. L. Jackson, J. Chem. Phys. 36 (1962) 2410.
    G. A. Pavliotis, A. M. Stuart, *Multiscale Methods*, Springer (2008), chapter 13.

    Examples
    --------
    >>> import math
    >>> import pdeopt
    >>> from pdeopt.homogenization import effective_diffusivity
    >>> v = pdeopt.landscapes.Landscape(lambda x: math.cos(x))
    >>> round(float(effective_diffusivity(v, 2 * math.pi).value[0, 0]), 12)
    0.623860360432
    """
    check_landscape(potential, "potential")
    lengths = checked_period(period, potential.dim)
    check_period(potential, lengths, "potential")
    if mobility is not None:
        check_landscape(mobility, "mobility", (potential.dim,))
        check_period(mobility, lengths, "mobility")
    beta, tolerance = checked_positive(beta, "beta"), checked_positive(tolerance, "tolerance", "1e-12")
    medium = Medium(potential, lengths, beta, fields_of(mobility, potential.dim))
    kinks = potential.kinks if mobility is None else (*potential.kinks, *mobility.kinks)
    return solved_medium(medium, kinks, tolerance, potential.name)


def solved_medium(medium: Medium, kinks: Any = (), tolerance: float = 1e-12, name: str = "") -> EffectiveDiffusivity:
    """Return the effective diffusivity of a medium whose facts have been checked."""
    began = perf_counter()
    if medium.dim == 1:
        value, change, n = lines.effective_mobility(medium, kinks)
        exact = np.array([[value]])
        found, steps = Bounds(exact, exact, change), 0
    else:
        found, n, steps = _refined(_lowered(medium), tolerance)
        exact = 0.5 * (found.lower + found.upper)
    margin = (found.quadrature + ROUNDING * np.linalg.norm(exact, 2)) * np.eye(medium.dim)
    return EffectiveDiffusivity(
        exact / medium.beta,
        (found.lower - margin) / medium.beta,
        (found.upper + margin) / medium.beta,
        found.quadrature / medium.beta,
        medium.beta,
        medium.period,
        n,
        steps,
        perf_counter() - began,
        name,
    )


def _lowered(medium: Medium) -> Medium:
    """Return the medium with its lowest value near zero."""
    values = np.asarray(medium.potential(medium.points(27)))
    contrast = medium.beta * float(np.ptp(values))
    if contrast > CONTRAST:
        raise ValueError(
            f"beta={medium.beta:g} times the range {np.ptp(values):g} of the potential is {contrast:.0f}, above the "
            f"limit {CONTRAST:g} of what double precision resolves. Use beta <= {CONTRAST / float(np.ptp(values)):.3g}."
        )
    return Medium(medium.potential, medium.period, medium.beta, medium.mobility, float(values.min()))


def _refined(medium: Medium, tolerance: float) -> tuple[Bounds, int, int]:
    """Solve on finer cells until the bounds are close, or come no closer."""
    best, best_gap, best_n, steps = None, np.inf, 0, 0
    candidates = list(cell_problems.sizes(medium.dim))
    for n in tqdm(candidates, desc="cell problem", unit="cell", delay=WAIT, leave=False, disable=None):
        solution = cell_problems.corrector(medium, n)
        found, steps = cell_problems.bounds(medium, solution), steps + solution.iterations
        gap = float(np.abs(found.upper - found.lower).max() + found.quadrature) / float(np.abs(found.upper).max())
        stuck = 0.5 * best_gap < gap < 0.05
        if best is None or gap < best_gap:
            best, best_gap, best_n = found, gap, n
        if gap <= tolerance or stuck:
            break
    assert best is not None
    return best, best_n, steps
