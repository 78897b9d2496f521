"""Affine and quadratic landscapes, which stay so as they relax."""

from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.kernels.landscapes import linear, quadratics
from pdeopt.landscapes.bowls import Bowl
from pdeopt.landscapes.entries import cube, entry
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.validation import per_axis, square_matrix

__all__ = ["affine", "quadratic"]


def affine(slope: ArrayLike = 1.0, level: float = 0.0) -> Landscape:
    """Affine function, ``level + p . x``, which relaxes to itself less ``time |p|^2 / 2``.

    Parameters
    ----------
    slope : float or array_like, shape (d,)
        The p above; its length is the dimension.
    level : float
        The value at the origin.

    Returns
    -------
    Landscape
        Relaxes in closed form at every temperature.
    """
    line = np.array(np.atleast_1d(np.asarray(slope, dtype=float)))
    if len(line) <= LARGEST_TUPLE:
        return _affine(line, float(level))
    none = np.zeros(len(line))
    return _bowl(Bowl(line, none, none, float(level), *_no_factors(len(line))), "affine")


def _bowl(bowl: Bowl, name: str) -> Landscape:
    """Make a landscape of many coordinates."""
    flat = not bowl.diagonal.any() and not len(bowl.core)
    low, high = bowl.bounds
    return entry(
        quadratics,
        "low_rank_quadratic",
        name=name,
        dim=len(bowl.center),
        args=(bowl.slope, bowl.diagonal, bowl.factors, bowl.core, bowl.center, bowl.level),
        lipschitz=float(np.linalg.norm(bowl.slope)) if flat else None,
        curvature=(low, high),
        minima=[bowl.center] if low >= 0 and not bowl.slope.any() else (),
        domain=(bowl.center - 2.0, bowl.center + 2.0),
        structure=bowl,
        relaxation=partial(_relaxed_bowl, bowl, name),
    )


def _relaxed_bowl(bowl: Bowl, name: str, time: float, beta: float) -> Landscape:
    return _bowl(bowl.relaxed(time, beta), name)


def _no_factors(dim: int) -> tuple[FloatArray, FloatArray]:
    return np.zeros((0, dim)), np.zeros((0, 0))


def _affine(slope: FloatArray, level: float) -> Landscape:
    return entry(
        linear,
        "affine",
        dim=len(slope),
        args=(slope, level),
        lipschitz=float(np.linalg.norm(slope)),
        curvature=(0.0, 0.0),
        domain=cube(-2.0, 2.0, len(slope)),
        relaxation=partial(_relaxed_affine, slope, level),
    )


def _relaxed_affine(slope: FloatArray, level: float, time: float, _beta: float) -> Landscape:
    return _affine(slope, level - 0.5 * time * float(slope @ slope))


def quadratic(
    curvature: ArrayLike = 1.0,
    center: ArrayLike = 0.0,
    level: float = 0.0,
    *,
    dim: int | None = None,
    factors: ArrayLike | None = None,
) -> Landscape:
    """Quadratic, level + (x - m)^T Q (x - m) / 2.

    Parameters
    ----------
    curvature : float or array_like
        Q as a number, as its diagonal of shape (d,), or as a symmetric matrix of shape (d, d).
    center : float or array_like, shape (d,)
        The stationary point m.
    level : float
        The value there.
    dim : int, optional
        Number of coordinates; by default what the arrays say.
    factors : array_like, shape (k, d), optional
        A low rank F^T F added to Q.

    Returns
    -------
    Landscape
        Relaxes in closed form at every temperature. Q need not be positive. A number, a diagonal and `factors` stay
        so: a million coordinates are none too many.

    Raises
    ------
    ValueError
        If the shapes do not match or Q is not symmetric.
    """
    rows = None if factors is None else np.atleast_2d(np.asarray(factors, dtype=float))
    lengths = [np.atleast_1d(np.asarray(given)).shape[0] for given in (curvature, center)]
    size = dim or max(*lengths, 0 if rows is None else rows.shape[-1])
    if rows is not None and rows.shape[1:] != (size,):
        raise ValueError(f"factors has shape {rows.shape}, which does not fit dim={size}. Use shape (k, {size}).")
    middle = np.array(np.broadcast_to(np.asarray(center, dtype=float), (size,)))
    if size > LARGEST_TUPLE and np.ndim(curvature) < 2:
        diagonal = per_axis(curvature, size, "curvature")
        low_rank = _no_factors(size) if rows is None else (np.array(rows), np.eye(len(rows)))
        return _bowl(Bowl(np.zeros(size), diagonal, middle, float(level), *low_rank), "quadratic")
    matrix = square_matrix(curvature, size, "curvature")
    return _quadratic(matrix if rows is None else matrix + rows.T @ rows, middle, float(level))


def _quadratic(matrix: FloatArray, center: FloatArray, level: float) -> Landscape:
    bends = np.linalg.eigvalsh(matrix)
    return entry(
        quadratics,
        "quadratic",
        dim=len(center),
        args=(matrix, center, level),
        curvature=(bends[0], bends[-1]),
        minima=[center] if bends[0] >= 0 else (),
        domain=(center - 2.0, center + 2.0),
        relaxation=partial(_relaxed_quadratic, matrix, center, level),
    )


def _relaxed_quadratic(matrix: FloatArray, center: FloatArray, level: float, time: float, beta: float) -> Landscape:
    factor = np.eye(len(center)) + time * matrix
    growth = np.linalg.eigvalsh(factor)
    if growth[0] <= 0:
        limit = -1.0 / float(np.linalg.eigvalsh(matrix)[0])
        raise ValueError(
            f"time={time} is past the blow-up of this concave quadratic at {limit:.6g}. Use time={limit / 2:.6g}."
        )
    # Symmetric in exact arithmetic, as Q and I + t Q commute.
    relaxed = np.linalg.solve(factor, matrix)
    return _quadratic(0.5 * (relaxed + relaxed.T), center, level + float(np.log(growth).sum()) / (2 * beta))
