"""Data sets in the plane: spirals, a trigonometric curve, moons, circles and the exclusive or."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.checks import checked_count, checked_number
from pdeopt.networks.data import Data
from pdeopt.networks.data_checks import checked_seed

__all__ = ["circles", "moons", "spirals", "trigonometric", "xor"]

Sample = tuple[FloatArray, IntArray]
TWO_PI = 2.0 * np.pi


def spirals(
    turns: float = 2,
    n_train: int = 500,
    n_test: int = 500,
    noise: float = 0.02,
    exponent: float = 0.5,
    seed: int = 0,
    radius: float = 2.0,
) -> Data:
    r"""Return two interleaved spirals, one class on each.

    Parameters
    ----------
    turns : float
        Turns of each spiral, b.
    n_train, n_test : int
        Numbers of points, even: half of them of each class.
    noise : float
        Standard deviation of each coordinate, c.
    exponent : float
        p: larger ones put more points near the centre; 1/2 makes the squared radius uniform.
    seed : int
        Training and test points come from independent streams of it.
    radius : float
        Of the outer end, a.

    Returns
    -------
    Data
        Two classes, those of class 0 first.

    Raises
    ------
    ValueError
        If a number is out of range, or a number of points odd; the message says what works.

    Notes
    -----
    With t uniform in [0, 1), r = t**p and s = 2 b r pi, a point of class 0 is

    .. math:: (a r \cos s, \; a r \sin s) + c \, \mathcal N(0, I)

    and one of class 1 minus the same noise-free point, with noise of its own: Eq. (16) of [1]_. The noise-free curve is
    the Archimedean spiral of radius ``a s / (2 b pi)`` for every p. The stream of a set is a `numpy.random.PCG64` of
    one of the two children of ``numpy.random.SeedSequence(seed)``, the first for the training set. It gives n / 2
    uniforms t and then one block of n rows of two normals.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1 (2019) 477, arXiv:1908.11843.

    Examples
    --------
    >>> data = spirals(turns=4, n_train=1000)
    >>> data.x_train.shape, data.y_test.sum()
    ((1000, 2), np.int64(250))
    """
    a, b = checked_number(radius, "radius", 2.0), checked_number(turns, "turns", 2.0)
    c, p = checked_number(noise, "noise", 0.02, zero=True), checked_number(exponent, "exponent", 0.5)

    def sample(rng: np.random.Generator, n: int) -> Sample:
        r = rng.random(n // 2) ** p
        curve = a * r[:, None] * _on_circle(TWO_PI * b * r)
        points = np.concatenate([curve, -curve]) + c * rng.standard_normal((n, 2))
        return points, np.repeat([0, 1], n // 2)

    facts = {"turns": b, "noise": c, "exponent": p, "radius": a}
    return _data("spirals", sample, n_train, n_test, seed, facts, even=True)


def trigonometric(
    oscillations: float = 3,
    n_train: int = 1000,
    n_test: int = 1000,
    amplitude: float = 2.0,
    noise: float = 0.02,
    seed: int = 0,
) -> Data:
    r"""Return points on both sides of a sine: OUR STAND-IN for the planar trigonometric data of a paper.

    Parameters
    ----------
    oscillations : float
        Periods of the curve across the data, a: how complex the boundary is.
    n_train, n_test : int
        Numbers of points.
    amplitude : float
        Of the curve, b.
    noise : float
        Standard deviation of each coordinate, c, added after the classes are given.
    seed : int
        Training and test points come from independent streams of it.

    Returns
    -------
    Data
        Two classes, equally likely.

    Raises
    ------
    ValueError
        If a number is out of range; the message says what works.

    Notes
    -----
    x is uniform in [-1, 1], y in [-b, b], and the class is 1 where

    .. math:: y > b \sin(a \pi x).

    The formula of the data called trigonometric in [1]_ (its Eq. (17), with parameters a, b and c) is not known to us.
    This one has parameters of the same roles. Results on it can be compared with that paper in their ordering only.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1 (2019) 477, arXiv:1908.11843.
    """
    a, b = checked_number(oscillations, "oscillations", 3.0), checked_number(amplitude, "amplitude", 2.0)
    c = checked_number(noise, "noise", 0.02, zero=True)

    def sample(rng: np.random.Generator, n: int) -> Sample:
        points = rng.uniform((-1.0, -b), (1.0, b), size=(n, 2))
        labels = points[:, 1] > b * np.sin(a * np.pi * points[:, 0])
        return points + c * rng.standard_normal((n, 2)), labels.astype(np.int64)

    return _data("trigonometric", sample, n_train, n_test, seed, {"oscillations": a, "amplitude": b, "noise": c})


def moons(n_train: int = 500, n_test: int = 500, noise: float = 0.1, seed: int = 0) -> Data:
    r"""Return two interleaved half circles, one class on each.

    Parameters
    ----------
    n_train, n_test : int
        Numbers of points, even: half of them of each class.
    noise : float
        Standard deviation of each coordinate.
    seed : int
        Training and test points come from independent streams of it.

    Returns
    -------
    Data
        Two classes, those of class 0 first.

    Raises
    ------
    ValueError
        If a number is out of range, or a number of points odd; the message says what works.

    Notes
    -----
    With s uniform in [0, pi), class 0 lies at ``(cos s, sin s)`` and class 1 at ``(1 - cos s, 1/2 - sin s)``: a half
    turn of the first about the point (1/2, 1/4).
    """
    c = checked_number(noise, "noise", 0.1, zero=True)

    def sample(rng: np.random.Generator, n: int) -> Sample:
        points = _on_circle(np.pi * rng.random(n))
        points[n // 2 :] = (1.0, 0.5) - points[n // 2 :]
        return points + c * rng.standard_normal((n, 2)), np.repeat([0, 1], n // 2)

    return _data("moons", sample, n_train, n_test, seed, {"noise": c}, even=True)


def circles(n_train: int = 500, n_test: int = 500, noise: float = 0.05, seed: int = 0, ratio: float = 0.5) -> Data:
    """Return two circles about the origin, one class on each.

    Parameters
    ----------
    n_train, n_test : int
        Numbers of points, even: half of them of each class.
    noise : float
        Standard deviation of each coordinate.
    seed : int
        Training and test points come from independent streams of it.
    ratio : float
        Radius of the inner circle, class 1; that of the outer one is 1.

    Returns
    -------
    Data
        Two classes, those of class 0 first.

    Raises
    ------
    ValueError
        If a number is out of range, or a number of points odd; the message says what works.
    """
    c, inner = checked_number(noise, "noise", 0.05, zero=True), checked_number(ratio, "ratio", 0.5)
    if inner >= 1.0:
        raise ValueError(f"ratio={ratio!r} must be below 1, the radius of the outer circle. Use ratio=0.5.")

    def sample(rng: np.random.Generator, n: int) -> Sample:
        points = _on_circle(TWO_PI * rng.random(n))
        points[n // 2 :] *= inner
        return points + c * rng.standard_normal((n, 2)), np.repeat([0, 1], n // 2)

    return _data("circles", sample, n_train, n_test, seed, {"noise": c, "ratio": inner}, even=True)


def xor(n_train: int = 500, n_test: int = 500, noise: float = 0.0, seed: int = 0) -> Data:
    """Return points of a square, their class being the exclusive or of the signs of their coordinates.

    Parameters
    ----------
    n_train, n_test : int
        Numbers of points.
    noise : float
        Standard deviation of each coordinate, added after the classes are given.
    seed : int
        Training and test points come from independent streams of it.

    Returns
    -------
    Data
        Two classes, equally likely; class 1 where just one coordinate is positive. Before the noise the points are
        uniform in [-1, 1]^2.

    Raises
    ------
    ValueError
        If a number is out of range; the message says what works.
    """
    c = checked_number(noise, "noise", 0.0, zero=True)

    def sample(rng: np.random.Generator, n: int) -> Sample:
        points = rng.uniform(-1.0, 1.0, (n, 2))
        labels = (points[:, 0] > 0.0) != (points[:, 1] > 0.0)
        return points + c * rng.standard_normal((n, 2)), labels.astype(np.int64)

    return _data("xor", sample, n_train, n_test, seed, {"noise": c})


def _on_circle(angles: FloatArray) -> FloatArray:
    return np.column_stack([np.cos(angles), np.sin(angles)])


def _data(
    name: str,
    sample: Callable[[np.random.Generator, int], Sample],
    n_train: int,
    n_test: int,
    seed: int,
    facts: dict[str, Any],
    *,
    even: bool = False,
) -> Data:
    """Return a data set of two classes, both of its parts drawn from streams of their own."""
    counts = checked_count(n_train, "n_train", least=2, even=even), checked_count(n_test, "n_test", least=0, even=even)
    streams = np.random.SeedSequence(checked_seed(seed)).spawn(2)
    parts = [sample(np.random.Generator(np.random.PCG64(s)), n) for s, n in zip(streams, counts, strict=True)]
    return Data(*parts[0], *parts[1], name, 2, {**facts, "seed": int(seed)})
