"""Cell problems of a periodic medium, spectrally, with both variational bounds from one solve."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import takewhile
from typing import NamedTuple

import numpy as np
from scipy import fft
from scipy.sparse.linalg import LinearOperator, cg

from pdeopt._types import FloatArray

__all__ = ["Bounds", "Corrector", "Medium", "bounds", "corrector", "sizes"]

SIZES = (15, 27, 45, 75, 135, 225, 405, 675, 1215, 2025, 3645, 6075)
"""Odd, so that no mode is its own alias and derivatives have one meaning; products of 3 and 5, for fast transforms."""
LARGEST = 170_000
"""Nodes of the finest cell, above one dimension."""
SOLVED, PATIENCE = 1e-12, 1000
"""Residual of the conjugate gradients relative to the data, and their most steps."""


@dataclass(frozen=True, eq=False)
class Medium:
    """A periodic potential and mobility.

    Parameters
    ----------
    potential : callable
        v at points of shape (..., d).
    period : tuple of float
        One length per axis.
    beta : float
        Inverse temperature.
    mobility : callable, optional
        The positive mobility at points of shape (..., d); by default 1.
    lowest : float
        Subtracted from v, so that weights do not overflow.
    """

    potential: Callable[[FloatArray], FloatArray]
    period: tuple[float, ...]
    beta: float
    mobility: Callable[[FloatArray], FloatArray] | None = None
    lowest: float = 0.0

    @property
    def dim(self) -> int:
        """Number of axes."""
        return len(self.period)

    def points(self, n: int) -> FloatArray:
        """Return the nodes of a cell of n per axis, shape (n, ..., n, d)."""
        axes = [length * np.arange(n) / n for length in self.period]
        return np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1)

    def logarithms(self, n: int) -> tuple[FloatArray, FloatArray]:
        """Return the logarithms of the weight w = exp(-beta v) and of the conductivity, w times the mobility."""
        points = self.points(n)
        weight = self.logarithms_at(points)
        return weight, weight if self.mobility is None else weight + np.log(np.asarray(self.mobility(points)))

    def logarithms_at(self, points: FloatArray) -> FloatArray:
        """Return the logarithm of w at points of shape (..., d)."""
        return -self.beta * (np.asarray(self.potential(points)) - self.lowest)

    def waves(self, n: int) -> list[FloatArray]:
        """Return the wave numbers along each axis, each of a shape that broadcasts over a cell."""
        found = []
        for axis, length in enumerate(self.period):
            shape = [1] * self.dim
            shape[axis] = n
            found.append((2.0 * np.pi / length * np.rint(n * fft.fftfreq(n))).reshape(shape))
        return found


class Corrector(NamedTuple):
    """Correctors chi_k = exp(-s) phi_k, s half the logarithm of the conductivity, all at the nodes of one cell."""

    phi: FloatArray
    s: FloatArray
    iterations: int


class Bounds(NamedTuple):
    """Bounds of the effective mobility, and what quadrature may change of them."""

    lower: FloatArray
    upper: FloatArray
    quadrature: float


def sizes(dim: int) -> Iterator[int]:
    """Return the nodes per axis of successive cells."""
    return takewhile(lambda n: dim == 1 or n**dim <= LARGEST, SIZES)


def corrector(medium: Medium, n: int) -> Corrector:
    """Solve div(c (e_k + grad chi_k)) = 0 for every axis k.

    Notes
    -----
    With c = exp(2 s) and chi = exp(-s) phi it reads (-lap + U) phi = 2 d exp(s) / dx_k, U = ``|grad s|^2`` + lap s, a
    Schroedinger equation whose ground state is exp(s): the contrast of c enters U polynomially and no longer
    exponentially. Trigonometric collocation, and conjugate gradients preconditioned by a Laplacian plus a constant.
    """
    waves, s = medium.waves(n), 0.5 * medium.logarithms(n)[1]
    square = squared(waves)
    bend = np.sum(slopes(s, waves) ** 2, axis=0) - fft.ifftn(square * fft.fftn(s)).real
    inverse = 1.0 / (square + np.abs(bend).mean() + (2.0 * np.pi / max(medium.period)) ** 2)
    root = np.exp(s)
    ground = root / np.linalg.norm(root)

    def stiff(phi: FloatArray) -> FloatArray:
        field = phi.reshape(s.shape)
        image: FloatArray = fft.ifftn(square * fft.fftn(field)).real + bend * field
        return image.ravel()

    def smoothed(residual: FloatArray) -> FloatArray:
        smooth: FloatArray = fft.ifftn(inverse * fft.fftn(residual.reshape(s.shape))).real.ravel()
        return smooth

    operator, preconditioner = (LinearOperator((s.size,) * 2, matvec=f, dtype=float) for f in (stiff, smoothed))
    found, steps = [], [0]

    def count(_: FloatArray) -> None:
        steps[0] += 1

    for source in 2.0 * slopes(root, waves):
        data = _without(source, ground).ravel()
        phi, _ = cg(operator, data, rtol=SOLVED, maxiter=PATIENCE, M=preconditioner, callback=count)
        found.append(_without(phi.reshape(s.shape), ground))
    return Corrector(np.stack(found), s, steps[0])


def _without(field: FloatArray, ground: FloatArray) -> FloatArray:
    return field - ground * np.sum(ground * field)


def squared(waves: list[FloatArray]) -> FloatArray:
    """Return the squared length of the wave vectors."""
    found: FloatArray = np.sum(np.stack(np.broadcast_arrays(*waves)) ** 2, axis=0)
    return found


def slopes(field: FloatArray, waves: list[FloatArray]) -> FloatArray:
    """Return the gradient of a trigonometric polynomial at the nodes, the coordinates first."""
    spectrum = fft.fftn(field)
    return np.stack([fft.ifftn(1j * wave * spectrum).real for wave in waves])


def refined(field: FloatArray, n: int) -> FloatArray:
    """Evaluate the trigonometric polynomial through a field on a finer cell of n nodes per axis."""
    coarse, spectrum = field.shape[0], fft.fftshift(fft.fftn(field))
    before = n // 2 - coarse // 2
    padded = np.pad(spectrum, [(before, n - coarse - before)] * field.ndim)
    found: FloatArray = fft.ifftn(fft.ifftshift(padded)).real * (n / coarse) ** field.ndim
    return found


def divergence_free(flux: FloatArray, waves: list[FloatArray]) -> FloatArray:
    """Return the part without divergence of a flux, coordinates first, as a trigonometric polynomial."""
    parts = [fft.fftn(part) for part in flux]
    square = squared(waves)
    along = sum(wave * part for wave, part in zip(waves, parts, strict=True)) / np.where(square == 0.0, 1.0, square)
    return np.stack([fft.ifftn(part - wave * along).real for wave, part in zip(waves, parts, strict=True)])


def unit_gradients(phi: FloatArray, s: FloatArray, waves: list[FloatArray]) -> FloatArray:
    """Return exp(s) times the gradients e_k + grad chi_k, shape (d, d, n, ...), the axis k first."""
    slant = slopes(s, waves)
    found = np.stack([slopes(one, waves) - one * slant for one in phi])
    for k in range(len(phi)):
        found[k, k] += np.exp(s)
    return found


def bounds(medium: Medium, found: Corrector) -> Bounds:
    """Return both bounds of the effective mobility from one solution.

    Notes
    -----
    With w = exp(-beta v), c = w m and J = (J_1, ..., J_d) any periodic fluxes without divergence, in Loewner's order

        <J>^T <J^T J / c>^-1 <J> <= <w> A <= <c (I + grad chi)^T (I + grad chi)>

    for any periodic chi: the principles of Thomson and Dirichlet. J is the flux of chi less its gradient part. Both
    are integrals of known smooth functions, taken on two cells finer than that of the solution.
    """
    n = found.s.shape[0]
    waves = medium.waves(n)
    gradients = unit_gradients(found.phi, found.s, waves)
    fluxes = np.stack([divergence_free(np.exp(found.s) * one, waves) for one in gradients])
    coarse, fine = (_energies(medium, found, fluxes, m) for m in (2 * n + 1, 3 * n))
    change = max(float(np.abs(one - other).max()) for one, other in zip(coarse, fine, strict=True))
    return Bounds(*fine, change)


def _energies(medium: Medium, found: Corrector, fluxes: FloatArray, n: int) -> tuple[FloatArray, FloatArray]:
    """Return the lower and the upper bound with integrals by n nodes per axis."""
    dim = medium.dim
    weight, conductivity = (np.exp(one).ravel() for one in medium.logarithms(n))
    s = refined(found.s, n)
    phi = np.stack([refined(one, n) for one in found.phi])
    gradients = (unit_gradients(phi, s, medium.waves(n)) * np.exp(-s)).reshape(dim, dim, -1)
    upper = np.einsum("kin,lin,n->kl", gradients, gradients, conductivity) / weight.sum()
    flux = np.stack([[refined(part, n) for part in one] for one in fluxes]).reshape(dim, dim, -1)
    mean = flux.mean(axis=-1)
    energy = np.einsum("kin,lin,n->kl", flux, flux, 1.0 / conductivity) / weight.size
    return mean.T @ np.linalg.solve(energy, mean) / weight.mean(), upper
