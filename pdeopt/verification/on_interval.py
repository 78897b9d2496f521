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

__all__ = ["Ends", "Panels", "Test", "exit_times", "step_ends"]

REACH = 8.5
"""Normal numbers beyond it have less than rounding of the probability."""

N_PIECES, N_LOOKS = 16, 8
"""Pieces of the range of a normal number, and looks for an end of the interval in each."""

N_HALVINGS = 60
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


@dataclass(frozen=True)
class Ends:
    """Ends of one step from several points: all that its quadrature needs.

    Parameters
    ----------
    rows : int array, shape (m,)
        The point that a step begins at.
    points : array, shape (m,)
        Where it ends.
    weights : array, shape (m,)
        Probabilities, with the sum 1 over each row.
    """

    rows: IntArray
    points: FloatArray
    weights: FloatArray


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

    which, left, right = _pieces(end, rows.size, boundaries)
    x, w = leggauss(n)
    xi = left[:, None] + 0.5 * (right - left)[:, None] * (1.0 + x)
    weights = 0.5 * (right - left)[:, None] * w * np.exp(-0.5 * xi**2) / np.sqrt(2.0 * np.pi)
    each = np.repeat(which, n)
    return Ends(rows[each], end(each, xi.ravel()), weights.ravel() * np.tile(shares, starts.size)[each])


def _pieces(
    end: Callable[[IntArray, FloatArray], FloatArray], count: int, boundaries: tuple[float, ...]
) -> tuple[IntArray, FloatArray, FloatArray]:
    """Return pieces of the range of a normal number in which no step ends on a boundary: whose, from, to."""
    base = np.linspace(-REACH, REACH, N_PIECES + 1)
    looks = np.linspace(-REACH, REACH, N_PIECES * N_LOOKS + 1)
    ends = end(np.repeat(np.arange(count), looks.size), np.tile(looks, count)).reshape(count, -1)
    owners, cuts = [np.repeat(np.arange(count), base.size)], [np.tile(base, count)]
    for boundary in boundaries:
        side = ends > boundary
        which, at = np.nonzero(side[:, 1:] != side[:, :-1])
        owners.append(which)
        cuts.append(_bisected(end, which, boundary, looks[at], looks[at + 1]))
    owner, cut = np.concatenate(owners), np.concatenate(cuts)
    order = np.lexsort((cut, owner))
    owner, cut = owner[order], cut[order]
    inner = (owner[1:] == owner[:-1]) & (cut[1:] > cut[:-1])
    return owner[:-1][inner], cut[:-1][inner], cut[1:][inner]


def _bisected(
    end: Callable[[IntArray, FloatArray], FloatArray],
    which: IntArray,
    boundary: float,
    left: FloatArray,
    right: FloatArray,
) -> FloatArray:
    """Return where ends pass a boundary, between draws on either side."""
    side = end(which, left) > boundary
    for _ in range(N_HALVINGS if which.size else 0):
        middle = 0.5 * (left + right)
        same = (end(which, middle) > boundary) == side
        left, right = np.where(same, middle, left), np.where(same, right, middle)
    return 0.5 * (left + right)


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
    inside, share = test(points[ends.rows], ends.points)
    credit = np.bincount(ends.rows, ends.weights * share, minlength=points.size)
    kept = inside > 0.0
    first, values = panels.values(ends.points[kept])
    rows, weights = ends.rows[kept], (ends.weights * inside)[kept]
    matrix = np.zeros((points.size, panels.nodes.size))
    for j in range(panels.n):
        flat = np.bincount(rows * panels.nodes.size + first + j, weights * values[:, j], minlength=matrix.size)
        matrix += flat.reshape(matrix.shape)
    return matrix, np.asarray(credit, dtype=np.float64)
