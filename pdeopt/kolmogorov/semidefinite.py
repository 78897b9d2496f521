"""Whether a diffusion matrix is one."""

import numpy as np

from pdeopt._types import FloatArray

__all__ = ["checked_diffusion"]

ROUNDING = 1e-12
"""Part of the largest entry by which a smallest eigenvalue may be negative, or an entry differ from its mirror."""


def checked_diffusion(diffusion: FloatArray, points: FloatArray | None = None) -> FloatArray:
    """Return diffusion matrices, made symmetric to the last bit.

    Parameters
    ----------
    diffusion : array, shape ``(*shape, d, d)``
        a = sigma sigma^T.
    points : array, shape ``(*shape, d)``, optional
        Where, for the message; by default the number of the node is named.

    Returns
    -------
    array, shape ``(*shape, d, d)``

    Raises
    ------
    ValueError
        If a matrix is not finite, not symmetric or not positive semidefinite up to rounding; the message names the
        point, the matrix, its smallest eigenvalue and a near one that works.

    Examples
    --------
    >>> checked_diffusion(np.array([[1.0, 0.5], [0.5, 1.0]])).tolist()
    [[1.0, 0.5], [0.5, 1.0]]
    """
    a = np.asarray(diffusion, dtype=float)
    if a.ndim < 2 or a.shape[-1] != a.shape[-2]:
        raise ValueError(
            f"diffusion has shape {a.shape}. Use square matrices, shape (*shape, d, d), e.g. 0.5 * eye(2)."
        )
    matrices = a.reshape(-1, *a.shape[-2:])
    scales = np.abs(matrices).max(axis=(1, 2), initial=0.0)
    _refuse(~np.isfinite(scales), a, points, "is not finite", "Use a grid that leaves this point out.")
    mirrored = np.abs(matrices - np.swapaxes(matrices, 1, 2)).max(axis=(1, 2), initial=0.0)
    _refuse(mirrored > ROUNDING * scales, a, points, "is not symmetric", "Use a = sigma @ sigma.T.")
    symmetric: FloatArray = 0.5 * (matrices + np.swapaxes(matrices, 1, 2))
    lowest = np.linalg.eigvalsh(symmetric)[:, 0] if len(symmetric) else np.zeros(0)
    negative = lowest < -ROUNDING * scales
    if negative.any():
        first = int(np.argmin(lowest))
        advice = f"A near matrix that works is {_nearest(symmetric[first])}; a = sigma @ sigma.T always does."
        _refuse(np.arange(len(lowest)) == first, a, points, _words(lowest[first]), advice)
    return symmetric.reshape(a.shape)


def _words(lowest: float) -> str:
    return f"is not positive semidefinite: its smallest eigenvalue {lowest:.6g} is below the limit 0"


def _nearest(matrix: FloatArray) -> list[list[float]]:
    # A little above 0, which the rounding of the printed entries does not undo.
    values, vectors = np.linalg.eigh(matrix)
    lifted = (vectors * np.maximum(values, 1e-5 * np.abs(values).max())) @ vectors.T
    return [[float(f"{entry:.6g}") for entry in row] for row in lifted]


def _refuse(wrong: np.ndarray, a: FloatArray, points: FloatArray | None, fault: str, advice: str) -> None:
    if not wrong.any():
        return
    node = tuple(int(i) for i in np.unravel_index(int(np.argmax(wrong)), a.shape[:-2]))
    where = f"node {node}" if points is None else f"x={np.asarray(points)[node].tolist()}"
    raise ValueError(f"diffusion at {where} is {a[node].tolist()}, which {fault}. {advice}")
