"""Affine and quadratic landscapes, which stay so as they relax."""

from functools import partial

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels.landscapes import linear, quadratics
from pdeopt.landscapes.entries import cube, entry
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.validation import square_matrix

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
    return _affine(np.array(np.atleast_1d(np.asarray(slope, dtype=float))), float(level))


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
    curvature: ArrayLike = 1.0, center: ArrayLike = 0.0, level: float = 0.0, *, dim: int | None = None
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

    Returns
    -------
    Landscape
        Relaxes in closed form at every temperature. Q need not be positive.

    Raises
    ------
    ValueError
        If the shapes do not match or Q is not symmetric.
    """
    size = dim or max(np.atleast_1d(np.asarray(given)).shape[0] for given in (curvature, center))
    middle = np.array(np.broadcast_to(np.asarray(center, dtype=float), (size,)))
    return _quadratic(square_matrix(curvature, size, "curvature"), middle, float(level))


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
