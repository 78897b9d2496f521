"""Problems that become smaller ones: functions of a few projections, and landscapes with a quadratic added."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem
from pdeopt.landscapes import Landscape, ridge
from pdeopt.landscapes.structure import PlusQuadratic, Ridge

__all__ = ["obstacle", "through_projection", "through_quadratic", "without_quadratic"]

Solver = Callable[[Problem], Estimate]


def obstacle(problem: Problem) -> str:
    """Say why there is no smaller problem, or nothing."""
    if isinstance(problem.landscape.structure, Ridge):
        return ""
    return "the landscape is not known to depend on a few projections alone."


def through_projection(problem: Problem, solve: Solver) -> Estimate:
    """Solve f(x) = inner(A x) as a problem of as many coordinates as A has rank.

    With A A^T = L L^T the law of A y is that of L w, w standard, so that inner(L w) is relaxed at w = L^+ A x, for
    the same time. The rows of B = L^+ A are orthonormal: gradients are B^T g, Hessians B^T H B.
    """
    structure = problem.landscape.structure
    assert isinstance(structure, Ridge)
    spread, rows = _factors(structure.matrix)
    inner = _narrowed(structure.inner, spread)
    smaller = replace(problem, landscape=inner, points=problem.points @ rows.T, method=None)
    found = solve(smaller)
    rounding = 1e-15 * np.sqrt(problem.landscape.dim) * (np.abs(problem.points) @ np.abs(rows.T))
    # Rounding of the projection moves the point.
    moved = (rounding * np.abs(found.gradient)).sum(axis=1)
    return replace(
        found,
        gradient=found.gradient @ rows,
        hessian=_lifted(found.hessian, rows),
        error=found.error + moved,
        gradient_error=found.gradient_error @ np.abs(rows),
        hessian_error=found.hessian_error * _largest_entry(rows),
        method="ridge" if found.method != "sampling" else found.method,
    )


def _largest_entry(rows: FloatArray) -> float:
    return float(np.square(np.abs(rows).sum(axis=0)).max())


def _factors(matrix: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return L, as its diagonal where it is diagonal, and B of shape (rank, d)."""
    gram = matrix @ matrix.T
    lengths = np.sqrt(np.diagonal(gram))
    if (np.abs(gram - np.diag(np.diagonal(gram))) <= 1e-15 * np.outer(lengths, lengths)).all() and lengths.all():
        return lengths, matrix / lengths[:, None]
    # By singular values of A itself: squared ones would lose the small ones.
    left, sizes, right = np.linalg.svd(matrix, full_matrices=False)
    rank = max(1, int((sizes > 1e-14 * len(matrix) * sizes[0]).sum()))
    return left[:, :rank] * sizes[:rank], right[:rank]


def _narrowed(inner: Landscape, spread: FloatArray) -> Landscape:
    if spread.ndim == 1 or spread.shape[0] == spread.shape[1]:
        return inner.mapped(spread)
    # Its structure would lead back here.
    return replace(ridge(inner, spread), structure=None)


def _lifted(curvature: Curvature, rows: FloatArray) -> Curvature:
    """Return B^T (diag(a) + F^T C F) B."""
    n, rank = curvature.diagonal.shape
    m = curvature.core.shape[-1]
    factors = np.broadcast_to(rows, (n, *rows.shape))
    diagonal = np.zeros((n, rows.shape[1]))
    index = np.arange(rank)
    if not m or rank <= 3:
        core = np.swapaxes(curvature.factors, 1, 2) @ curvature.core @ curvature.factors
        core[:, index, index] += curvature.diagonal
        return Curvature(diagonal, factors, core)
    core = np.zeros((n, rank + m, rank + m))
    core[:, index, index] = curvature.diagonal
    core[:, rank:, rank:] = curvature.core
    return Curvature(diagonal, np.concatenate([factors, curvature.factors @ rows], axis=1), core)


def without_quadratic(problem: Problem) -> PlusQuadratic | None:
    """Return the structure, where a quadratic was added that the Gaussian kernel absorbs."""
    structure = problem.landscape.structure
    if not isinstance(structure, PlusQuadratic) or problem.time == 0:
        return None
    return structure if (1.0 + problem.time * structure.curvature > 0).all() else None


def through_quadratic(problem: Problem, structure: PlusQuadratic, solve: Solver) -> Estimate:
    """Solve inner(x) + level + sum a_i (x_i - m_i)^2 / 2 as a problem of inner alone.

    The product of the kernel with the quadratic's exponential is a Gaussian of variance s_i^2 t / beta, with s_i^2 =
    1 / (1 + a_i t), about s_i^2 (x_i + a_i t m_i): inner(s y) is relaxed at s (x + a t m), for the same time.
    """
    a, t = structure.curvature, problem.time
    shrink = 1.0 / np.sqrt(1.0 + a * t)
    smaller = replace(
        problem, landscape=structure.inner.mapped(shrink), points=shrink * (problem.points + t * a * structure.center)
    )
    found = solve(smaller)
    relaxed = a * shrink**2
    away = problem.points - structure.center
    bowl = structure.level + 0.5 * (relaxed * away**2).sum(axis=1) - np.log(shrink).sum() / problem.beta
    slope = relaxed * away
    rounding = 4e-16 * (np.abs(bowl) + np.abs(structure.level) + 1.0 / problem.beta)
    return replace(
        found,
        value=bowl + found.value,
        gradient=slope + shrink * found.gradient,
        hessian=Curvature(
            relaxed + shrink**2 * found.hessian.diagonal, shrink * found.hessian.factors, found.hessian.core
        ),
        error=found.error + rounding,
        gradient_error=shrink * found.gradient_error + 4e-16 * np.abs(slope),
        hessian_error=found.hessian_error * float((shrink**2).max()) + 4e-16 * float(np.abs(relaxed).max()),
    )
