"""One Brownian path for schemes that draw different things of it, and for steps of all sizes.

On a piece of time of length l a path is known by its integrals with exp(-g u) and (1 - exp(-g u)) / g, where u is the
time to the end of the piece and g the friction: with 1 and u where there is none. Every Gaussian draw of a step is an
integral of that kind, and so are those over two pieces together: all are linear maps of the noise of pieces.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array, lil_array

from pdeopt._types import FloatArray
from pdeopt.sde.scheme import COIN, FRICTION, INCREMENT, NORMAL, THREE_POINT, TIME_INTEGRAL, TWO_POINT, UNIFORM, Stepper
from pdeopt.systems import SDE, AdaptiveLangevin, Langevin

__all__ = ["PathNoise", "motions_of", "shared_noise"]

GAUSSIAN = (INCREMENT, FRICTION, TIME_INTEGRAL)
INDEPENDENT = (UNIFORM, COIN, NORMAL)
NODES, WEIGHTS = np.polynomial.legendre.leggauss(40)


def motions_of(system: SDE) -> int:
    """Return the number of Brownian motions that drive a system."""
    return system.landscape.dim if isinstance(system, Langevin | AdaptiveLangevin) else system.n_brownian


@dataclass(frozen=True)
class PathNoise:
    """What is drawn of a path in a step, by which those of longer steps and the draws of schemes are known.

    Parameters
    ----------
    n_motions : int
        Brownian motions.
    n_pieces : int
        Equal pieces of a step.
    n_integrals : {1, 2}
        Integrals of a piece: the first alone, or both.
    friction : float
        The g above.
    others : tuple of str
        Kinds of further draws of a step, which have nothing to do with the path: a step of two takes those of its
        first half.
    """

    n_motions: int
    n_pieces: int = 1
    n_integrals: int = 1
    friction: float = 0.0
    others: tuple[str, ...] = ()

    @property
    def n_gaussian(self) -> int:
        """Normals of a step: of one piece after the other, of every motion in it, its integrals."""
        return self.n_pieces * self.n_motions * self.n_integrals

    @property
    def kinds(self) -> tuple[str, ...]:
        """Kinds of all draws of a step, the normals first."""
        return (NORMAL,) * self.n_gaussian + self.others

    def merged(self, step: float) -> csr_array:
        """Return the map from the draws of two steps to those of one of their length together.

        Parameters
        ----------
        step : float
            Length of one of the two.

        Returns
        -------
        sparse array, shape (n, 2 n)
        """
        n, m, k, length = len(self.kinds), self.n_motions, self.n_integrals, step / self.n_pieces
        found = lil_array((n, 2 * n))
        rows = self._integrals(length, 2)
        for piece in range(self.n_pieces):
            for motion in range(m):
                for i in range(k):
                    self._place(found, (piece * m + motion) * k + i, rows[i], 2 * piece, motion)
        for j in range(self.n_gaussian, n):
            found[j, j] = 1.0
        return found.tocsr()

    def _place(self, found: lil_array, row: int, entries: FloatArray, first_piece: int, motion: int) -> None:
        """Put the entries of pieces, shape (pieces, integrals), where two steps keep them."""
        k, n = self.n_integrals, len(self.kinds)
        for number, entry in enumerate(entries, first_piece):
            step, piece = divmod(number, self.n_pieces)
            at = step * n + (piece * self.n_motions + motion) * k
            for i in range(k):
                found[row, at + i] = entry[i]

    def viewed(self, draws: tuple[str, ...], step: float, first_other: int = 0) -> csr_array:
        """Return the map from the draws of a step to those of a scheme.

        Parameters
        ----------
        draws : tuple of str
            Kinds, as in `Stepper.draws`.
        step : float
        first_other : int
            The first one of `others` that belongs to the scheme.

        Returns
        -------
        sparse array, shape (len(draws), n)
        """
        found, seen = lil_array((len(draws), len(self.kinds))), dict.fromkeys(GAUSSIAN, 0)
        other, pieces = self.n_gaussian + first_other, self.n_pieces * self.n_motions
        covered = {kind: pieces // draws.count(kind) for kind in GAUSSIAN if kind in draws}
        entries = {kind: self._drawn(kind, step / self.n_pieces, n) for kind, n in covered.items()}
        for j, kind in enumerate(draws):
            if kind in GAUSSIAN:
                part, motion = divmod(seen[kind], self.n_motions)
                seen[kind] += 1
                self._place(found, j, entries[kind], part * covered[kind], motion)
            else:
                found[j, other] = 1.0
                other += 1
        return found.tocsr()

    def walked(self, step: float) -> csr_array:
        """Return the map from the draws of a step to the increments of the motions, shape (m, n).

        With friction and one integral of a piece there is none: zeros.
        """
        found = lil_array((self.n_motions, len(self.kinds)))
        if self.friction > 0.0 and self.n_integrals == 1:
            return found.tocsr()
        entries = math.sqrt(step) * self._drawn(INCREMENT, step / self.n_pieces, self.n_pieces)
        for motion in range(self.n_motions):
            self._place(found, motion, entries, 0, motion)
        return found.tocsr()

    def _drawn(self, kind: str, length: float, n_pieces: int) -> FloatArray:
        """Return a normal of `n_pieces` pieces together by theirs, shape (n_pieces, n_integrals)."""
        if kind == INCREMENT and self.friction > 0.0:
            whole = np.array([1.0, self.friction])
            return self._over_pieces(whole, length, n_pieces) / math.sqrt(length * n_pieces)
        return np.asarray(self._integrals(length, n_pieces)[1 if kind == TIME_INTEGRAL else 0])

    def _integrals(self, length: float, n_pieces: int) -> list[FloatArray]:
        """Return the normals of `n_pieces` pieces together, the second orthogonal to the first."""
        inverse = np.linalg.inv(self._root(length * n_pieces))
        return [self._over_pieces(row, length, n_pieces) for row in inverse[: self.n_integrals]]

    def _over_pieces(self, whole: FloatArray, length: float, n_pieces: int) -> FloatArray:
        """Return the integral with a sum of the two functions, of u to the end of the last piece, by normals."""
        ends: FloatArray = np.asarray(length * np.arange(n_pieces)[::-1], dtype=np.float64)
        first = whole[0] * np.exp(-self.friction * ends) + whole[1] * relaxed(ends, self.friction)
        of_functions = np.stack([first, np.full(n_pieces, whole[1])], axis=1)
        return np.asarray((of_functions @ self._root(length))[:, : self.n_integrals])

    def _root(self, length: float) -> FloatArray:
        """Return the lower triangular root of the covariance of both integrals of a piece."""
        u, weights = 0.5 * length * (1.0 + NODES), 0.5 * length * WEIGHTS
        functions = np.stack([np.exp(-self.friction * u), relaxed(u, self.friction)])
        return np.asarray(np.linalg.cholesky((functions * weights) @ functions.T))


def relaxed(u: FloatArray, friction: float) -> FloatArray:
    """Return (1 - exp(-g u)) / g, and u without friction."""
    return np.asarray(-np.expm1(-friction * u) / friction) if friction > 0.0 else np.asarray(u)


def shared_noise(system: SDE, steppers: Sequence[Stepper]) -> PathNoise:
    """Return the noise by which all draws of some schemes are known.

    Raises
    ------
    ValueError
        If a scheme draws something that approximates no path, or not for every motion.
    """
    m, together = motions_of(system), tuple(kind for stepper in steppers for kind in stepper.draws)
    for stepper in steppers:
        _check(stepper.draws, m)
    friction = float(getattr(system, "friction", 0.0)) if FRICTION in together else 0.0
    counts = [stepper.draws.count(kind) // m for stepper in steppers for kind in GAUSSIAN]
    both = TIME_INTEGRAL in together or (friction > 0.0 and INCREMENT in together)
    others = tuple(kind for kind in together if kind in INDEPENDENT)
    return PathNoise(m, math.lcm(1, *filter(None, counts)), 2 if both else 1, friction, others)


def _check(draws: tuple[str, ...], n_motions: int) -> None:
    unknown = [kind for kind in draws if kind not in (*GAUSSIAN, *INDEPENDENT)]
    if unknown:
        what = "approximate no path" if {TWO_POINT, THREE_POINT} & set(unknown) else "are not known"
        raise ValueError(f"draws of the kind {unknown[0]!r} {what}. Use 'increment', or weak_order for weak schemes.")
    for kind in GAUSSIAN:
        if draws.count(kind) % n_motions:
            raise ValueError(
                f"draws={draws!r} holds {draws.count(kind)} of the kind {kind!r}, for {n_motions} Brownian motions. "
                f"Use {n_motions}, or a multiple."
            )
    first = draws.count(FRICTION) or draws.count(INCREMENT)
    if draws.count(TIME_INTEGRAL) not in (0, first):
        raise ValueError(
            f"draws={draws!r} holds {draws.count(TIME_INTEGRAL)} time integrals for {first} increments. Use as many."
        )
