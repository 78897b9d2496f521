"""Linear complementarity, min(M u - b, u - g) = 0, for matrices I - a L: penalty, splitting, policies."""

from collections.abc import Callable
from typing import Any, Protocol

import numpy as np
from scipy import sparse
from scipy.linalg import solve_banded
from scipy.sparse.linalg import splu

from pdeopt._types import BoolArray, FloatArray

__all__ = ["Penalty", "Splitting", "Stages", "solved_by_policies"]

PENALTY = 1e8
"""Weight of the constraint beside the rows of M, whose diagonal is at least one."""

TOLERANCE = 1e-12
"""Change, relative to the largest value, at which an iteration has settled; ties would keep it busy for ever."""

ROUNDS = 100


class Solver:
    """Solves with I - a L plus a diagonal: by bands on a line, by sparse factors elsewhere."""

    def __init__(self, matrix: Any) -> None:
        self.rows = sparse.csr_array(matrix)
        self.bands = np.zeros((3, self.rows.shape[0]))
        for k, step in enumerate((1, 0, -1)):
            entries = self.rows.diagonal(step)
            self.bands[k, max(step, 0) : entries.size + max(step, 0)] = entries
        self.narrow = np.count_nonzero(self.bands) == self.rows.count_nonzero()
        self.identity = sparse.eye_array(self.rows.shape[0])

    def factored(self, a: float, extra: FloatArray | float = 0.0) -> Callable[[FloatArray], FloatArray]:
        """Return the solution for a right side."""
        if not self.narrow:
            whole = self.identity - a * self.rows + sparse.diags_array(np.broadcast_to(extra, self.bands.shape[1]))
            return splu(whole.tocsc(), permc_spec="MMD_AT_PLUS_A").solve
        bands = -a * self.bands
        bands[1] += 1.0 + extra
        return lambda right: np.asarray(solve_banded((1, 1), bands, right, check_finite=False))


class Stages(Protocol):
    """Implicit stages with a constraint, and what the last one found."""

    matrix: Any
    active: BoolArray
    n_solves: int

    def stage(self, a: float, weight: float, right: FloatArray, reward: FloatArray) -> FloatArray:
        """Solve min((I - a L) u - right, u - reward) = 0; `weight` is the time that the stage covers."""


class Penalty:
    """Implicit stages by penalty iteration, Forsyth & Vetzal, SIAM J. Sci. Comput. 23 (2002) 2095, algorithm 5.1."""

    def __init__(self, matrix: Any) -> None:
        self.matrix, self.solver = matrix, Solver(matrix)
        self.active: BoolArray = np.zeros(matrix.shape[0], dtype=bool)
        self.n_solves = 0

    def stage(self, a: float, weight: float, right: FloatArray, reward: FloatArray) -> FloatArray:
        """Solve min((I - a L) u - right, u - reward) = 0; `weight` is the time that the stage covers."""
        del weight
        scale, old = float(np.abs(right).max()) + float(np.abs(reward).max()), np.full_like(right, np.inf)
        for _ in range(ROUNDS):
            forced = np.where(self.active, PENALTY, 0.0)
            values = self.solver.factored(a, forced)(right + forced * reward)
            self.n_solves += 1
            active = values < reward
            settled = np.array_equal(active, self.active) or np.abs(values - old).max() <= TOLERANCE * scale
            self.active, old = active, values
            if settled:
                break
        return np.maximum(values, reward)


class Splitting:
    """Implicit stages by operator splitting, Ikonen & Toivanen, Applied Mathematics Letters 17 (2004) 809.

    The multiplier of the last stage stands in the linear system, and what it missed is put right by a projection: one
    solve per stage, factors shared by all stages of one length.
    """

    def __init__(self, matrix: Any) -> None:
        self.matrix, self.solver = matrix, Solver(matrix)
        self.multiplier = np.zeros(matrix.shape[0])
        self.active: BoolArray = np.zeros(matrix.shape[0], dtype=bool)
        self.n_solves = 0
        self._length = np.nan
        self._solve: Callable[[FloatArray], FloatArray] | None = None

    def stage(self, a: float, weight: float, right: FloatArray, reward: FloatArray) -> FloatArray:
        """Solve min((I - a L) u - right, u - reward) = 0 up to what the multiplier changed since the last stage."""
        if self._solve is None or not np.isclose(a, self._length, rtol=1e-12, atol=0.0):
            self._length, self._solve = a, self.solver.factored(a)
        values = self._solve(right + weight * self.multiplier)
        self.n_solves += 1
        free = values - weight * self.multiplier
        out = np.maximum(free, reward)
        self.multiplier = np.maximum(0.0, self.multiplier + (out - values) / weight)
        self.active = out <= reward
        return out


def solved_by_policies(matrix: Any, source: FloatArray, reward: FloatArray) -> tuple[FloatArray, BoolArray, int]:
    """Solve min(-L u - source, u - reward) = 0 by Howard's iteration.

    Parameters
    ----------
    matrix : sparse array
        L; states whose rows are zero are stopped in.
    source, reward : array, shape (n,)

    Returns
    -------
    tuple
        Values, where it stops, and the number of linear solves.

    Raises
    ------
    RuntimeError
        If it does not settle.
    """
    rows = sparse.csr_array(matrix)
    ends = np.asarray(abs(rows).sum(axis=1)).ravel() == 0.0
    # Stopping where the reward is largest keeps the first policy from never stopping.
    stops = ends.copy()
    stops[np.argmax(reward)] = True
    values = np.full_like(reward, np.inf)
    for count in range(1, 2 * reward.size + ROUNDS):
        kept = Solver(sparse.diags_array(np.where(stops, 0.0, 1.0)) @ rows)
        # A row of I - L plus minus one is one of - L.
        solve = kept.factored(1.0, np.where(stops, 0.0, -1.0))
        old, values = values, solve(np.where(stops, reward, source))
        scale = TOLERANCE * float(np.abs(values).max())
        waiting = rows @ values + source
        better = np.where(stops, waiting <= scale * np.abs(rows.diagonal()), values < reward - scale) | ends
        if np.array_equal(better, stops) or np.abs(values - old).max() <= scale:
            return np.maximum(values, reward), stops, count
        stops = better
    raise RuntimeError(f"policies did not settle in {count} rounds: the matrix has negative rates. Use positive ones.")
