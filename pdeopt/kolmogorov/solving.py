"""Linear systems of a generator: inside a set with values given outside, and the invariant masses."""

import numpy as np
from scipy.sparse.linalg import splu

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.assembly import Problem, potential
from pdeopt.systems import OverdampedLangevin

__all__ = ["invariant_masses", "solved_inside"]

BALANCED = ("gibbs", "scharfetter-gummel", "square-root")
"""Schemes that keep the detailed balance of a gradient system."""


def solved_inside(problem: Problem, inside: BoolArray, source: FloatArray, values: FloatArray) -> FloatArray:
    """Solve L u = -source inside, u = values elsewhere, shape ``grid.shape``."""
    rows = problem.operator.matrix[inside.ravel()]
    right = source[inside] + rows[:, ~inside.ravel()] @ values[~inside]
    out: FloatArray = values.astype(float)
    out[inside] = splu((-rows[:, inside.ravel()]).tocsc()).solve(right)
    return out


def invariant_masses(problem: Problem) -> FloatArray:
    """Return the stationary probabilities of the nodes, shape ``grid.shape``."""
    if isinstance(problem.system, OverdampedLangevin) and not set(problem.operator.rates) - {
        "gibbs",
        "scharfetter-gummel",
        "square-root",
    }:
        values = potential(problem, problem.points)
        masses = problem.volumes * np.exp(values.min() - values)
        return np.asarray(masses / masses.sum())
    start = int(np.argmax(problem.volumes))
    masses = _with_one_known(problem, start)
    return _with_one_known(problem, int(np.argmax(masses))).reshape(problem.grid.shape)


def _with_one_known(problem: Problem, known: int) -> FloatArray:
    transposed = problem.operator.matrix.T.tocsc()
    rest = np.arange(transposed.shape[0]) != known
    masses: FloatArray = np.ones(rest.size)
    column = np.asarray(transposed[:, [known]].todense()).ravel()
    masses[rest] = splu((-transposed[rest][:, rest]).tocsc()).solve(column[rest])
    return np.asarray(masses / masses.sum())
