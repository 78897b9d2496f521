"""How far points lie from a decision boundary, and how often answers survive perturbations of the inputs."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import binomtest

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.networks.checks import checked_count, checked_number
from pdeopt.networks.data_checks import checked_points, checked_seed

__all__ = ["Robustness", "margins", "robustness"]

Probability = Callable[[FloatArray], Any]

HALVINGS = 50
"""Of a bracket, down to rounding."""

SMALLEST_TURN = 1e-6
"""Radians, at which a search for the nearest direction ends; its distance is then wrong by the square of it."""

GAIN = 1e-2
"""Least part of a squared turn by which it must bring the boundary nearer: less is rounding."""

TURNS = 500
"""Most turns of a search."""


@dataclass(frozen=True, eq=False, repr=False)
class Robustness:
    """Shares of right answers at perturbed points.

    Parameters
    ----------
    sizes : array, shape (n_sizes,)
        Lengths of the perturbations.
    accuracy, lower, upper : array, shape (n_sizes,)
        Shares, and the ends of Wilson's 95 % intervals.
    n_points : int
    """

    sizes: FloatArray
    accuracy: FloatArray
    lower: FloatArray
    upper: FloatArray
    n_points: int

    def __repr__(self) -> str:
        return f"<Robustness of {self.n_points} points: {self.accuracy[0]:.1%} at {self.sizes[0]:g} to {self._end}>"

    @property
    def _end(self) -> str:
        return f"{self.accuracy[-1]:.1%} at {self.sizes[-1]:g}"

    def __str__(self) -> str:
        lines = [f"{'perturbation':>12}{'right':>9}   95% of {self.n_points} points"]
        for size, share, low, high in zip(self.sizes, self.accuracy, self.lower, self.upper, strict=True):
            lines.append(f"{size:>12g}{share:>9.1%}   {low:.1%} to {high:.1%}")
        return "\n".join(lines)


def robustness(probability: Probability, x: ArrayLike, y: ArrayLike, sizes: ArrayLike, *, seed: int = 0) -> Robustness:
    """Return how often points are still on the right side when they are moved in random directions.

    Parameters
    ----------
    probability : callable
        Of class 1, an array of n points, shape (n, d), to shape (n,) or (n, 1).
    x : array_like, shape (n, d)
    y : array_like, shape (n,)
        Labels 0 and 1.
    sizes : array_like, shape (n_sizes,)
        Lengths of the perturbations, 0 or more.
    seed : int
        The direction of each point's perturbation, the same for all sizes and all functions.

    Returns
    -------
    Robustness

    Raises
    ------
    ValueError
        If an argument does not fit.

    Notes
    -----
    Each point is moved once, so that answers are independent where points are, as Wilson's interval wants it.

    References
    ----------
    E. B. Wilson, J. Am. Stat. Assoc. 22 (1927) 209-212.

    Examples
    --------
    >>> x, y = np.array([[-2.0, 0.0], [0.5, 0.0], [2.0, 1.0]]), [0, 1, 1]
    >>> robustness(lambda points: 1.0 * (points[:, 0] > 0.0), x, y, [0.0, 0.4]).accuracy
    array([1., 1.])
    """
    points, labels = _checked(x, y)
    lengths = np.atleast_1d(np.asarray(sizes, dtype=float))
    if lengths.ndim != 1 or lengths.size == 0 or not (np.isfinite(lengths).all() and lengths.min() >= 0.0):
        raise ValueError(f"sizes={sizes!r} must be lengths from 0 on, e.g. sizes=[0.0, 0.1].")
    away = np.random.default_rng(checked_seed(seed)).standard_normal(points.shape)
    away /= np.linalg.norm(away, axis=1, keepdims=True)
    right = [int(((_level(probability, points + s * away, 0.5) > 0.0) == labels).sum()) for s in lengths]
    ends = [binomtest(k, len(points)).proportion_ci(0.95, "wilson") for k in right]
    low, high = np.array([end.low for end in ends]), np.array([end.high for end in ends])
    return Robustness(lengths, np.array(right) / len(points), low, high, len(points))


def margins(
    probability: Probability,
    x: ArrayLike,
    y: ArrayLike,
    *,
    level: float = 0.5,
    reach: float | None = None,
    n_directions: int = 48,
    n_radii: int = 48,
) -> FloatArray:
    """Return the distances of points from a decision boundary, negative where a point is on the wrong side.

    Parameters
    ----------
    probability : callable
        Of class 1, continuous, an array of n points, shape (n, d), to shape (n,) or (n, 1).
    x : array_like, shape (n, d)
    y : array_like, shape (n,)
        Labels 0 and 1.
    level : float
        Of the probability on the boundary.
    reach : float, optional
        Largest distance that is looked at; by default the diagonal of the points' box.
    n_directions : int
        Rays from each point: in the plane a fan, in more dimensions the axes and random ones.
    n_radii : int
        Places on each ray where the side is looked up; what is thinner than ``reach / n_radii`` may be missed.

    Returns
    -------
    array, shape (n,)
        Infinite where no boundary is within reach.

    Raises
    ------
    ValueError
        If an argument does not fit.

    Notes
    -----
    The first change of side along each ray is bracketed and halved down to rounding. The nearest one is then improved
    by turning its ray as long as a boundary lies nearer, by ever smaller angles: it ends up normal to the boundary.

    Examples
    --------
    >>> disc = lambda points: 1.0 / (1.0 + np.exp(5.0 * (np.hypot(*points.T) - 1.0)))
    >>> margins(disc, [[0.25, 0.0], [0.0, 3.0], [1.5, 0.0]], [1, 0, 1]).round(9)
    array([ 0.75,  2.  , -0.5 ])
    """
    points, labels = _checked(x, y)
    checked_count(n_directions, "n_directions")
    checked_count(n_radii, "n_radii")
    diagonal = float(np.linalg.norm(np.ptp(points, axis=0))) or 1.0
    far = diagonal if reach is None else checked_number(reach, "reach", 1.0)

    def value(places: FloatArray) -> FloatArray:
        return _level(probability, places, level)

    here = value(points)
    side = np.where(here > 0.0, 1.0, -1.0)
    ways, distance = _first_crossings(value, points, side, _directions(points.shape[1], n_directions), far, n_radii)
    near = np.isfinite(distance)
    if near.any() and points.shape[1] > 1:
        turn = 2.0 * np.pi / n_directions
        distance[near] = _turned(value, points[near], side[near], ways[near], distance[near], turn)
    distance[here == 0.0] = 0.0
    return np.where((side > 0.0) == labels, distance, -distance)


def _checked(x: ArrayLike, y: ArrayLike) -> tuple[FloatArray, Any]:
    points, labels = checked_points(x, "x"), np.asarray(y)
    if labels.shape != (len(points),) or not np.isin(labels, (0, 1)).all():
        raise ValueError(
            f"y of shape {labels.shape} must be labels 0 and 1 of {len(points)} points, e.g. y=data.y_test."
        )
    return points, labels == 1


def _level(probability: Probability, places: FloatArray, level: float) -> FloatArray:
    found = np.asarray(probability(places), dtype=float)
    if found.size != len(places):
        raise ValueError(
            f"probability returns shape {found.shape} for {len(places)} points, not one number for each. Use "
            "lambda points: net.probabilities(parameters, points), of a network with one output."
        )
    if not np.isfinite(found).all():
        where = places[int(np.argmin(np.isfinite(found.ravel())))]
        raise ValueError(
            f"probability is not finite at {where.tolist()}. Use a smaller reach, or a function for all x."
        )
    return found.ravel() - level


def _directions(d: int, n: int) -> FloatArray:
    if d == 1:
        return np.array([[1.0], [-1.0]])
    if d == 2:
        angles = 2.0 * np.pi * np.arange(n) / n
        return np.stack([np.cos(angles), np.sin(angles)], axis=1)
    drawn = np.random.default_rng(0).standard_normal((n, d))
    return np.concatenate([np.eye(d), -np.eye(d), drawn / np.linalg.norm(drawn, axis=1, keepdims=True)])


def _first_crossings(
    value: Probability, points: FloatArray, side: FloatArray, directions: FloatArray, far: float, n_radii: int
) -> tuple[FloatArray, FloatArray]:
    """Return the direction in which each point first meets the boundary, and how far away."""
    ways, nearest = np.tile(directions[:1], (len(points), 1)), np.full(len(points), np.inf)
    radii = far * np.arange(1, n_radii + 1) / n_radii
    for way in directions:
        places = points[:, None] + radii[:, None] * way
        other = value(places.reshape(-1, points.shape[1])).reshape(len(points), -1) * side[:, None] < 0.0
        first = np.argmax(other, axis=1)
        # A ray whose first change of side lies beyond the nearest one that is known cannot improve on it.
        use = np.flatnonzero(other.any(axis=1) & (radii[first] - far / n_radii < nearest))
        high = radii[first[use]]
        found = _halved(value, points[use], side[use], np.tile(way, (use.size, 1)), high - far / n_radii, high)
        better = found < nearest[use]
        nearest[use[better]], ways[use[better]] = found[better], way
    return ways, nearest


def _halved(
    value: Probability, points: FloatArray, side: FloatArray, ways: FloatArray, low: FloatArray, high: FloatArray
) -> FloatArray:
    """Return where rays change their side, between brackets, on the far side by rounding."""
    for _ in range(HALVINGS if len(points) else 0):
        middle = 0.5 * (low + high)
        beyond = value(points + middle[:, None] * ways) * side < 0.0
        low, high = np.where(beyond, low, middle), np.where(beyond, middle, high)
    return high


def _turned(
    value: Probability, points: FloatArray, side: FloatArray, ways: FloatArray, distance: FloatArray, turn: float
) -> FloatArray:
    """Return distances after turning rays towards the nearest boundary, by compass search."""
    angle = np.full(len(points), turn)
    for _ in range(TURNS):
        if (angle < SMALLEST_TURN).all():
            break
        # Columns of a complete QR factorisation of the direction, but the first, are orthogonal to it.
        across = np.linalg.qr(ways[:, :, None], mode="complete")[0][:, :, 1:]
        improved = np.zeros(len(points), dtype=bool)
        for tangent in np.concatenate([across, -across], axis=2).transpose(2, 0, 1):
            tried = np.cos(angle)[:, None] * ways + np.sin(angle)[:, None] * tangent
            nearer = distance * (1.0 - GAIN * angle**2)
            beyond = value(points + nearer[:, None] * tried) * side < 0.0
            use = np.flatnonzero(beyond & ~improved)
            zero = np.zeros(use.size)
            distance[use] = _halved(value, points[use], side[use], tried[use], zero, nearer[use])
            ways[use], improved[use] = tried[use], True
        angle = np.where(improved, angle, 0.5 * angle)
    return distance
