"""The law of Langevin dynamics after every letter of a splitting word, as a density on a grid of positions and momenta.

Fourier interpolation moves the density: A and B are shears, O a Gaussian kernel in the momentum, U both with a blur of
the position. Iterated to a fixed point this is the invariant law of the scheme itself, free of sampling.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
from scipy import fft

from pdeopt._types import FloatArray
from pdeopt.kernels.sde.langevin import word_constants
from pdeopt.systems import Langevin

__all__ = ["Plane", "gibbs_density", "invariant_density", "moves_of"]

ComplexArray = npt.NDArray[np.complex128]
Move = Callable[[FloatArray], FloatArray]
"""What one letter makes of a density."""

DEPTH = 10
"""Earlier densities that the search for a fixed point combines."""

FIXED = 1e-14
"""Change of a density, relative to its largest value, at which it counts as fixed."""

EMPTY = 1e-13
"""Density at the edge of the plane, relative to the largest, that counts as none."""

TURN = 0.5
"""Time between two combinations."""

MOST = 1000
"""Combinations after which the search ends."""


@dataclass(frozen=True)
class Plane:
    """A square of positions and momenta around zero, periodic.

    Parameters
    ----------
    n : int
        Nodes an axis.
    reach : float
        Half the side; beyond it nothing is left of a density.
    """

    n: int = 96
    reach: float = 9.5

    @cached_property
    def nodes(self) -> FloatArray:
        """Equidistant nodes of either axis, the first one ``-reach``."""
        return np.asarray(-self.reach + 2.0 * self.reach * np.arange(self.n) / self.n)

    @cached_property
    def frequencies(self) -> FloatArray:
        """Angular frequencies of the real Fourier transform of an axis."""
        return np.asarray(np.pi / self.reach * np.arange(self.n // 2 + 1))

    def averages(self, density: FloatArray) -> FloatArray:
        """Return the averages of q, q^2, p, p^2 and q p under a density."""
        x, total = self.nodes, density.sum()
        positions, momenta = density.sum(axis=1), density.sum(axis=0)
        sums = (positions @ x, positions @ x**2, momenta @ x, momenta @ x**2, x @ density @ x)
        return np.asarray(np.array(sums) / total)


def shifted(density: FloatArray, phases: ComplexArray, axis: int) -> FloatArray:
    """Return a density whose Fourier transform along an axis is multiplied by phases."""
    return np.asarray(fft.irfft(fft.rfft(density, axis=axis) * phases, n=density.shape[axis], axis=axis))


def moves_of(word: str, system: Langevin, h: float, plane: Plane) -> list[Move]:
    """Return what the letters of a word make of densities, in the order of time.

    Parameters
    ----------
    word : str
        Of letters A, B, O, U and V, see `sde.Splitting`.
    system : Langevin
        Of one position.
    h : float
    plane : Plane

    Returns
    -------
    list of callables
        Functions of densities of shape (n, n), positions first.
    """
    beta, friction, mass, *rest = system.args
    a, b, o, u, v, _ = word_constants(word)(h, (beta, friction, mass, *rest))
    slopes = np.array([system.gradient(q, *rest) for q in plane.nodes])
    moves: dict[str, Move] = {}
    if "A" in word:
        moves["A"] = _shear_of_positions(plane, a * plane.nodes)
    if "B" in word:
        moves["B"] = _shear_of_momenta(plane, b * slopes)
    if "O" in word:
        moves["O"] = _relaxation(plane, *o)
    if "U" in word:
        moves["U"] = _flight(plane, u)
    if "V" in word:
        moves["V"] = _after(_relaxation(plane, *v[:2]), _shear_of_momenta(plane, v[2] * slopes))
    return [moves[letter] for letter in word]


def _after(first: Move, second: Move) -> Move:
    return lambda density: second(first(density))


def _shear_of_positions(plane: Plane, distances: FloatArray, blur: float = 0.0) -> Move:
    k = plane.frequencies[:, None]
    phases = np.exp(-1j * k * distances - 0.5 * (k * blur) ** 2)
    return lambda density: shifted(density, phases, axis=0)


def _shear_of_momenta(plane: Plane, distances: FloatArray) -> Move:
    phases = np.exp(-1j * distances[:, None] * plane.frequencies)
    return lambda density: shifted(density, phases, axis=1)


def _relaxation(plane: Plane, c: float, s: float) -> Move:
    """Return the move of p <- c p + s R, by Fourier series: a Gaussian may be narrower than the spacing."""
    p, k = plane.nodes, np.pi / plane.reach * np.arange(1 - plane.n // 2, (plane.n + 1) // 2)
    series = np.exp(1j * np.outer(p, k) - 0.5 * (s * k) ** 2) @ np.exp(-1j * c * np.outer(k, p))
    kernel = np.real(series) / plane.n
    return lambda density: density @ kernel.T


def _flight(plane: Plane, constants: tuple[float, float, float, float, float]) -> Move:
    """Return the move of q <- q + a p + shared R + own W, p <- c p + s R.

    Given both momenta the position moves by a p + (shared / s) (p' - c p) + own W.
    """
    c, s, a, shared, own = constants
    before = _shear_of_positions(plane, (a - shared / s * c) * plane.nodes, blur=own)
    behind = _shear_of_positions(plane, shared / s * plane.nodes)
    return _after(_after(before, _relaxation(plane, c, s)), behind)


def gibbs_density(system: Langevin, plane: Plane) -> FloatArray:
    """Return the density of the invariant law of the equation, up to a factor.

    Raises
    ------
    ValueError
        If it does not fit on the plane.
    """
    beta, _, mass, *rest = system.args
    energy = np.array([system.value(q, *rest) for q in plane.nodes])
    positions = np.exp(-beta * (energy - energy.min()))
    momenta = np.exp(-0.5 * beta / mass * plane.nodes**2)
    if max(positions[0], positions[-1], momenta[0]) > EMPTY:
        raise ValueError(
            f"the invariant law of {system!r} reaches beyond +-{plane.reach:g} in position or momentum. Use a "
            "potential that confines it there, or a larger beta."
        )
    return np.asarray(positions[:, None] * momenta)


def invariant_density(word: str, system: Langevin, h: float, plane: Plane) -> FloatArray:
    """Return the density that one step of a splitting scheme leaves alone.

    Parameters
    ----------
    word, system, h, plane
        As for `moves_of`.

    Returns
    -------
    array, shape (n, n)
        With the sum 1.

    Raises
    ------
    RuntimeError
        If no density is found, as for an unstable step.
    """
    moves = moves_of(word, system, h, plane)

    def turn(density: FloatArray) -> FloatArray:
        for move in moves * max(1, round(TURN / h)):
            density = move(density)
        return np.asarray(density / density.sum())

    start = gibbs_density(system, plane)
    return _fixed_point(turn, start / start.sum())


def _fixed_point(turn: Move, density: FloatArray) -> FloatArray:
    """Return the fixed point of a map by Anderson's mixing of its last images."""
    points: list[FloatArray] = []
    gaps: list[FloatArray] = []
    for _ in range(MOST):
        image = turn(density)
        gap = image - density
        if np.abs(gap).max() <= FIXED * np.abs(image).max():
            return image
        points, gaps = [*points[-DEPTH:], image], [*gaps[-DEPTH:], gap]
        density = _mixed(points, gaps)
    raise RuntimeError(f"no invariant density was found in {MOST} turns. Use a smaller step, or a larger friction.")


def _mixed(points: list[FloatArray], gaps: list[FloatArray]) -> FloatArray:
    """Return the combination of images whose gaps nearly cancel."""
    if len(points) == 1:
        return points[0]
    differences = np.stack([(gaps[-1] - gap).ravel() for gap in gaps[:-1]], axis=1)
    shares = np.linalg.lstsq(differences, gaps[-1].ravel(), rcond=None)[0]
    moved = [share * (points[-1] - point) for share, point in zip(shares, points[:-1], strict=True)]
    return np.asarray(points[-1] - np.sum(moved, axis=0))
