"""Landscapes built of smaller ones: sums over coordinates, functions of a distance, of a few projections."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.landscapes.composition import (
    Functions,
    bowl_functions,
    radial_functions,
    ridge_functions,
    separable_functions,
)
from pdeopt.landscapes.entries import MOST_MINIMA, combinations
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.structure import PlusQuadratic, Radial, Ridge, Separable
from pdeopt.landscapes.validation import per_axis

__all__ = ["plus_quadratic", "radial", "ridge", "separable"]


def separable(parts: Landscape | Sequence[Landscape], dim: int | None = None) -> Landscape:
    """Sum of one-dimensional landscapes, one per coordinate.

    Parameters
    ----------
    parts : Landscape or sequence of Landscape
        One landscape of one coordinate, repeated `dim` times, or one per coordinate.
    dim : int, optional
        Number of coordinates where `parts` is one landscape.

    Returns
    -------
    Landscape
        Its local entropy is a sum of one-dimensional integrals, one for each different coordinate.

    Raises
    ------
    ValueError
        If a part has several coordinates, or their number does not fit `dim`.

    Examples
    --------
    >>> from pdeopt.landscapes import double_well
    >>> f = separable(double_well(), dim=1_000_000)
    >>> float(f(np.zeros(1_000_000)))
    250000.0
    """
    given = [parts] * (dim or 1) if isinstance(parts, Landscape) else list(parts)
    if dim not in (None, len(given)) or not given:
        raise ValueError(f"dim={dim} with {len(given)} parts: give one landscape, or as many as dim says.")
    for part in given:
        _require_line(part, "parts")
    if len(given) == 1:
        return given[0]
    different = list({id(part): part for part in given}.values())
    index = {id(part): k for k, part in enumerate(different)}
    which = np.array([index[id(part)] for part in given])
    return _assembled(
        separable_functions(
            tuple(part.value for part in different),
            tuple(part.gradient for part in different),
            tuple(part.hessian for part in different),
            len(given),
        ),
        dim=len(given),
        args=(which, tuple(part.args for part in different)),
        kinks=tuple(part.kinks for part in given) if any(part.kinks for part in different) else (),
        kinks_complete=all(part.kinks_complete for part in different),
        lipschitz=_root_sum([part.lipschitz for part in given]),
        curvature=_bounds(different),
        minima=_minima(given, different),
        domain=_box(given),
        structure=Separable(tuple(different), which),
        name="separable",
    )


def _assembled(functions: Functions, /, **facts: Any) -> Landscape:
    value, gradient, hessian = functions
    return Landscape(value, gradient, hessian, **facts)


def _require_line(part: Landscape, name: str) -> None:
    if not isinstance(part, Landscape) or part.dim != 1:
        what = f"a landscape of dim {part.dim}" if isinstance(part, Landscape) else repr(part)
        raise ValueError(f"{name} has {what}, but each must have one coordinate, e.g. landscapes.double_well().")


def _root_sum(bounds: list[float | None]) -> float | None:
    known = [bound for bound in bounds if bound is not None]
    return float(np.sqrt(np.square(known).sum())) if len(known) == len(bounds) else None


def _bounds(parts: list[Landscape]) -> tuple[float, float] | None:
    known = [part.curvature for part in parts if part.curvature is not None]
    if len(known) < len(parts):
        return None
    return min(low for low, _ in known), max(high for _, high in known)


def _minima(given: list[Landscape], different: list[Landscape]) -> Sequence[tuple[float, ...]]:
    if not all(part.minima for part in different):
        return ()
    if len(different) == 1:
        return combinations([x for (x,) in different[0].minima], len(given))
    lowest = {id(part): part.minima[int(np.argmin(part(np.array(part.minima))))][0] for part in different}
    return (tuple(lowest[id(part)] for part in given),)


def _box(given: list[Landscape]) -> tuple[FloatArray, FloatArray] | None:
    corners = [part.domain for part in given if part.domain is not None]
    if len(corners) < len(given):
        return None
    lower, upper = np.swapaxes(np.array(corners)[..., 0], 0, 1)
    return lower, upper


def radial(profile: Landscape, center: ArrayLike = (0.0, 0.0)) -> Landscape:
    """Make a function of the distance from a point, f(x) = ``profile(|x - center|)``.

    Parameters
    ----------
    profile : Landscape
        Of one coordinate, used where it is not negative. A slope at zero makes the tip of a cone.
    center : array_like, shape (d,)
        Its length is the dimension.

    Returns
    -------
    Landscape
        Its local entropy is a one-dimensional integral with a Bessel function.

    Raises
    ------
    ValueError
        If the profile has several coordinates.

    Examples
    --------
    >>> from pdeopt.landscapes import double_well
    >>> f = radial(double_well(), center=np.zeros(1000))
    >>> float(f(np.zeros(1000)))
    0.25
    """
    _require_line(profile, "profile")
    middle = np.array(np.atleast_1d(np.asarray(center, dtype=float)))
    dim = len(middle)
    low, high = profile.curvature or (-np.inf, np.inf)
    steep = profile.lipschitz
    smooth = float(profile.gradient_at(0.0)[0]) == 0.0
    return _assembled(
        radial_functions(profile.value, profile.gradient, profile.hessian, dim),
        dim=dim,
        args=(middle, profile.args),
        kinks=_shells(profile, float(middle[0]), smooth) if dim == 1 else (),
        kinks_complete=profile.kinks_complete and (dim == 1 or (smooth and not profile.kinks)),
        lipschitz=steep,
        # Around the axis the bend is slope / r, a mean of the profile's bends where it starts level.
        curvature=(low, high) if smooth and profile.curvature else None,
        minima=_bottoms(profile, middle),
        domain=_cube_around(profile, middle),
        structure=Radial(profile, middle) if dim > 1 else None,
        name="radial",
    )


def _shells(profile: Landscape, middle: float, smooth: bool) -> list[float]:
    distances = [kink for kink in profile.kinks if kink > 0] + ([] if smooth else [0.0])
    return sorted({middle + side * distance for distance in distances for side in (-1.0, 1.0)})


def _bottoms(profile: Landscape, middle: FloatArray) -> list[FloatArray]:
    """One point of each sphere of minima, and the centre where that is one."""
    first = np.zeros(len(middle))
    first[0] = 1.0
    distances = sorted({abs(x) for (x,) in profile.minima if x >= 0})
    return [middle + distance * first for distance in distances]


def _cube_around(profile: Landscape, middle: FloatArray) -> tuple[FloatArray, FloatArray] | None:
    if profile.domain is None:
        return None
    reach = max(abs(profile.domain[0][0]), abs(profile.domain[1][0]))
    return middle - reach, middle + reach


def ridge(inner: Landscape, matrix: ArrayLike) -> Landscape:
    """Make a function of a few linear combinations, f(x) = inner(A x).

    Parameters
    ----------
    inner : Landscape
        Of m coordinates.
    matrix : array_like, shape (m, d) or (d,)
        The A above; of one axis for m = 1.

    Returns
    -------
    Landscape
        Its local entropy is that of a landscape of as many coordinates as A has rank.

    Raises
    ------
    ValueError
        If the matrix has not as many rows as `inner` has coordinates.

    Examples
    --------
    >>> from pdeopt.landscapes import double_well
    >>> f = ridge(double_well(), [1.0, 2.0])
    >>> float(f([1.0, 1.0]))
    16.0
    """
    rows = np.array(np.atleast_2d(np.asarray(matrix, dtype=float)))
    if rows.ndim != 2 or len(rows) != inner.dim or not np.isfinite(rows).all():
        raise ValueError(
            f"matrix of shape {np.shape(matrix)} must be finite, with a row for each of the {inner.dim} coordinates "
            f"of inner, e.g. numpy.ones(({inner.dim}, 10))."
        )
    gram = np.linalg.eigvalsh(rows @ rows.T)
    longest, full = float(np.sqrt(gram[-1])), len(rows) == rows.shape[1] and gram[0] > 0
    return _assembled(
        ridge_functions(inner.value, inner.gradient, inner.hessian, inner.dim, rows.shape[1]),
        dim=rows.shape[1],
        args=(rows, inner.args),
        kinks_complete=inner.kinks_complete and not any(np.size(planes) for planes in inner.kinks),
        lipschitz=None if inner.lipschitz is None else longest * inner.lipschitz,
        curvature=_stretched_bounds(inner.curvature, float(gram[0]) if full else 0.0, float(gram[-1])),
        minima=[np.linalg.pinv(rows) @ np.array(point) for point in inner.minima][:MOST_MINIMA],
        structure=Ridge(inner, rows) if rows.shape[1] > 1 else None,
        name="ridge",
    )


def _stretched_bounds(bounds: tuple[float, float] | None, small: float, large: float) -> tuple[float, float] | None:
    if bounds is None:
        return None
    low, high = bounds
    # An infinite bound times no stretch is no bend.
    least = low * (large if low < 0 else small) if large > 0 else 0.0
    most = high * (large if high > 0 else small) if large > 0 else 0.0
    return least, most


def plus_quadratic(
    inner: Landscape, curvature: ArrayLike = 1.0, center: ArrayLike = 0.0, level: float = 0.0
) -> Landscape:
    """Landscape plus a quadratic, inner(x) + level + ``sum_i a_i (x_i - m_i)^2 / 2``.

    Parameters
    ----------
    inner : Landscape
        Of any dimension and structure.
    curvature : float or array_like, shape (d,)
        The a above; negative entries open the bowl downwards.
    center : float or array_like, shape (d,)
        The m above.
    level : float
        Added to all values.

    Returns
    -------
    Landscape
        Its local entropy is that of `inner` at another point and shorter times ``t / (1 + a_i t)``, as a product
        of Gaussians is Gaussian.

    Raises
    ------
    ValueError
        If the shapes do not match.

    Examples
    --------
    >>> from pdeopt.landscapes import double_well
    >>> f = plus_quadratic(ridge(double_well(), [1.0, 1.0]), curvature=[0.1, 0.2])
    >>> round(float(f([1.0, 0.0])), 3)
    0.05
    """
    a, m = per_axis(curvature, inner.dim, "curvature"), per_axis(center, inner.dim, "center")
    low, high = inner.curvature or (-np.inf, np.inf)
    return _assembled(
        bowl_functions(inner.value, inner.gradient, inner.hessian, inner.dim),
        dim=inner.dim,
        args=(a, m, float(level), inner.args),
        kinks=inner.kinks,
        kinks_complete=inner.kinks_complete,
        curvature=(low + float(a.min()), high + float(a.max())) if inner.curvature else None,
        domain=inner.domain,
        structure=PlusQuadratic(inner, a, m, float(level)),
        name="plus_quadratic",
    )
