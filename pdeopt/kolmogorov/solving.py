"""Linear systems of a generator: inside a set with values given outside, the invariant masses, slow modes."""

from dataclasses import replace

import numpy as np
from scipy.sparse.linalg import splu

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kolmogorov.hitting import factored
from pdeopt.kolmogorov.linear_systems import linear_system
from pdeopt.kolmogorov.masses import Masses
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.spectrum import Spectrum, spectrum

__all__ = ["invariant_masses", "modes_on", "solved_inside"]


def solved_inside(problem: Problem, inside: BoolArray, source: FloatArray, values: FloatArray) -> FloatArray:
    """Solve L u = -source inside, u = values elsewhere, shape ``grid.shape``."""
    return linear_system(problem, ~inside).solve(np.where(inside, source, values))


def invariant_masses(problem: Problem) -> FloatArray:
    """Return the stationary probabilities of the nodes, shape ``grid.shape``."""
    operator, shape = problem.operator, problem.grid.shape
    if operator.masses is not None:
        return operator.masses
    if not operator.is_monotone:
        start = int(np.argmax(problem.volumes))
        masses = _with_one_known(problem, start)
        return _with_one_known(problem, int(np.argmax(masses))).reshape(shape)
    system = factored(operator.stencil)
    masses_of: Masses = system.masses
    return masses_of.values.reshape(shape)


def _with_one_known(problem: Problem, known: int) -> FloatArray:
    transposed = problem.operator.matrix.T.tocsc()
    rest = np.arange(transposed.shape[0]) != known
    masses: FloatArray = np.ones(rest.size)
    column = np.asarray(transposed[:, [known]].todense()).ravel()
    masses[rest] = splu((-transposed[rest][:, rest]).tocsc()).solve(column[rest])
    return np.asarray(masses / masses.sum())


def modes_on(problem: Problem, k: int) -> Spectrum:
    """Return the slowest modes on one grid; functions are zero at absorbing nodes."""
    operator, inside = problem.operator, ~problem.absorbing
    if inside.all():
        known = None if operator.masses is None else operator.masses.ravel()
        found = spectrum(operator.whole, k, masses=known)
        return replace(
            found,
            eigenfunctions=found.eigenfunctions.reshape(-1, *problem.grid.shape),
            masses=found.masses.reshape(problem.grid.shape),
            grid=problem.grid,
        )
    kept = inside.ravel()
    found = spectrum(operator.matrix[kept][:, kept], k)
    functions = np.zeros((found.eigenvalues.size, *problem.grid.shape), dtype=found.eigenfunctions.dtype)
    functions[:, inside] = found.eigenfunctions
    masses = np.zeros(problem.grid.shape)
    masses[inside] = found.masses
    return replace(found, eigenfunctions=functions, masses=masses, grid=problem.grid)
