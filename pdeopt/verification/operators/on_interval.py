"""Mean exit times of a scheme from an interval, as the solution of its integral equation: no sampling.

With u(x) the mean time from x, `u = credit + K u`, where K is the law of one step among those that do not leave, and
the credit the mean time of the step that counts. Functions are polynomials on panels that are graded towards the ends,
where u has layers of the width of a step's noise. Integrals over the first draw of a step are cut where the step ends
on a boundary, so that every integrand is smooth.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.polynomial.legendre import leggauss, legvander

from pdeopt._types import Arguments, FloatArray, IntArray
from pdeopt.sde.scheme import Stepper
from pdeopt.verification.draws import draw_values
from pdeopt.verification.methods import after_paired_steps, first_states
from pdeopt.verification.operators.pieces import normal_pieces, piecewise_rule
from pdeopt.verification.operators.transitions import Ends

__all__ = ["Panels", "Test", "exit_times", "step_ends"]

WIDEST = 8
"""Panels an interval has at least."""


@dataclass(frozen=True)
class Panels:
    """Polynomials on the panels of an interval.

    Parameters
    ----------
    lower, upper : float
    finest : float
        Width of the outermost panels; the others grow twofold inwards.
    n : int
        Nodes a panel, those of Gauss and Legendre.
    """

    lower: float
    upper: float
    finest: float
    n: int = 16

    @cached_property
    def edges(self) -> FloatArray:
        """Ends of the panels."""
        half, widest = 0.5 * (self.upper - self.lower), (self.upper - self.lower) / WIDEST
        distances, width = [0.0], self.finest
        while distances[-1] + 1.5 * width < half:
            distances.append(distances[-1] + width)
            width = min(2.0 * width, widest)
        left = np.array(distances)
        return np.concatenate([self.lower + left, [self.lower + half], self.upper - left[::-1]])

    @cached_property
    def nodes(self) -> FloatArray:
        """Nodes of all panels, ascending."""
        starts, widths = self.edges[:-1, None], np.diff(self.edges)[:, None]
        return np.asarray(starts + 0.5 * widths * (1.0 + leggauss(self.n)[0])).ravel()

    @cached_property
    def _to_coefficients(self) -> FloatArray:
        nodes, weights = leggauss(self.n)
        return np.asarray((np.arange(self.n) + 0.5)[:, None] * (legvander(nodes, self.n - 1) * weights[:, None]).T)

    def values(self, points: FloatArray) -> tuple[IntArray, FloatArray]:
        """Return the first node of the panel of every point, and the panel's Lagrange polynomials there."""
        panel = np.clip(np.searchsorted(self.edges, points, side="right") - 1, 0, self.edges.size - 2)
        place = 2.0 * (points - self.edges[panel]) / np.diff(self.edges)[panel] - 1.0
        return self.n * panel, legvander(place, self.n - 1) @ self._to_coefficients


Test = Callable[[FloatArray, FloatArray], tuple[FloatArray, FloatArray]]
"""Of places before and after a step: the probability to have stayed inside, and the mean share of the step that counts
for the time."""


def step_ends(
    stepper: Stepper, args: Arguments, h: float, starts: FloatArray, boundaries: tuple[float, ...], n: int
) -> Ends:
    """Return the ends of one step, in a quadrature that is cut where they lie on a boundary.

    Parameters
    ----------
    stepper : Stepper
        Whose first draw is normal.
    args, h
    starts : array, shape (k,)
    boundaries : tuple of float
    n : int
        Nodes of Gauss and Legendre in each smooth piece.
    """
    others, shares = draw_values(stepper.draws[1:])
    rows = np.repeat(np.arange(starts.size), shares.size)
    states = first_states(stepper, starts, args)[rows]
    rest = np.tile(others, (starts.size, 1))

    def end(which: IntArray, xi: FloatArray) -> FloatArray:
        draws = np.column_stack([xi, rest[which]])
        return after_paired_steps(stepper, states[which], draws, h, args)[:, 0]

    sides = [lambda which, xi, wall=wall: end(which, xi) > wall for wall in boundaries]
    each, xi, weights = piecewise_rule(normal_pieces(sides, rows.size), n)
    return Ends(rows[each], end(each, xi)[:, None], weights * np.tile(shares, starts.size)[each])


def exit_times(
    stepper: Stepper, args: Arguments, h: float, panels: Panels, test: Test, starts: FloatArray
) -> FloatArray:
    """Return the mean exit times of a scheme from several points.

    Parameters
    ----------
    stepper : Stepper
    args, h
    panels : Panels
    test : callable
        What counts as having left, and when.
    starts : array, shape (k,)

    Returns
    -------
    array, shape (k,)
    """
    n = panels.nodes.size
    points = np.concatenate([panels.nodes, starts])
    stay, credit = _equation(
        step_ends(stepper, args, h, points, (panels.lower, panels.upper), panels.n), points, panels, test
    )
    times = np.linalg.solve(np.eye(n) - stay[:n], h * credit[:n])
    return np.asarray(stay[n:] @ times + h * credit[n:])


def _equation(ends: Ends, points: FloatArray, panels: Panels, test: Test) -> tuple[FloatArray, FloatArray]:
    """Return the matrix of a step that stays inside, from points to nodes, and the shares of it that count."""
    inside, share = test(points[ends.rows], ends.points[:, 0])
    credit = np.bincount(ends.rows, ends.weights * share, minlength=points.size)
    kept = inside > 0.0
    first, values = panels.values(ends.points[kept, 0])
    rows, weights = ends.rows[kept], (ends.weights * inside)[kept]
    matrix = np.zeros((points.size, panels.nodes.size))
    for j in range(panels.n):
        flat = np.bincount(rows * panels.nodes.size + first + j, weights * values[:, j], minlength=matrix.size)
        matrix += flat.reshape(matrix.shape)
    return matrix, np.asarray(credit, dtype=np.float64)
