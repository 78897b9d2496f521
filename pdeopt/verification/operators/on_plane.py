"""Evidence from densities on the plane: splitting schemes for Langevin dynamics in a potential of one position."""

from itertools import pairwise

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import get
from pdeopt.sde.splitting import Splitting
from pdeopt.systems import Langevin
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method
from pdeopt.verification.operators.plane import Plane, gibbs_density, invariant_density, moves_of

__all__ = ["stationary_evidence", "weak_evidence"]

TIER = "densities on the plane"
ROUNDING = 2e-12
"""Of averages under a density, measured against a finer and wider plane."""

POSITIONS, MOMENTA = [0, 1], [2, 3]
"""Places of the averages of each component alone."""

REFERENCE_STEPS = (0.125, 0.0625, 0.03125, 0.015625)


def word_of(method: Method) -> str:
    """Return the word of a splitting scheme.

    Raises
    ------
    ValueError
        If the method is another one.
    """
    scheme = get(method) if isinstance(method, str | Scheme) else None
    if not isinstance(scheme, Splitting) or ("O" not in scheme.word and not {"U", "V"} & set(scheme.word)):
        raise ValueError(
            f"method={method!r} is no splitting word with friction, and the potential neither quadratic nor of "
            "period 2 pi. Use method='baoab', or the default problem."
        )
    return scheme.word


def stationary_evidence(method: Method, system: Langevin, components: tuple[int, ...] | None) -> Evidence:
    """Return the errors of averages under the invariant law of a word."""
    word, plane = word_of(method), Plane()
    kept = (
        [*POSITIONS, *MOMENTA, 4]
        if components is None
        else [(POSITIONS, MOMENTA)[c][i] for c in components for i in (0, 1)]
    )
    exact = plane.averages(gibbs_density(system, plane))[kept]

    def error(h: float) -> FloatArray:
        return np.asarray(plane.averages(invariant_density(word, system, h, plane))[kept] - exact)

    return Evidence(error, lambda _: ROUNDING, TIER, _words(system, plane), coarsest=0.8, fewest=6, most=7)


def weak_evidence(method: Method, system: Langevin) -> Evidence:
    """Return the errors of averages at time 1 for a start at a Gaussian density beside the well.

    The reference is another symmetric word, extrapolated: UBU, or BAOAB for words with U or V.
    """
    word, plane = word_of(method), Plane()
    start = _beginning(plane)
    exact = _reference("UBU" if "O" in word else "BAOAB", system, plane, start)

    def error(h: float) -> FloatArray:
        return np.asarray(plane.averages(_density_at_one(word, system, h, plane, start)) - exact)

    return Evidence(error, lambda _: ROUNDING, TIER, _words(system, plane), coarsest=0.25, fewest=6, most=7)


def _beginning(plane: Plane) -> FloatArray:
    q, p = plane.nodes[:, None], plane.nodes
    return np.asarray(np.exp(-2.0 * (q - 1.0) ** 2 - 2.0 * (p + 0.5) ** 2))


def _density_at_one(word: str, system: Langevin, h: float, plane: Plane, density: FloatArray) -> FloatArray:
    moves = moves_of(word, system, h, plane)
    for _ in range(steps_to_one(h)):
        for move in moves:
            density = move(density)
    return density


def _reference(word: str, system: Langevin, plane: Plane, start: FloatArray) -> FloatArray:
    """Return averages at time 1, extrapolated in even powers of the step."""
    averages = [plane.averages(_density_at_one(word, system, h, plane, start)) for h in REFERENCE_STEPS]
    for k in range(1, len(averages)):
        averages = [(4.0**k * fine - rough) / (4.0**k - 1.0) for rough, fine in pairwise(averages)]
    return np.asarray(averages[0])


def _words(system: Langevin, plane: Plane) -> str:
    friction = f"beta {system.beta:g}, friction {system.friction:g}"
    return f"{system.name or 'a potential'} at {friction}, {plane.n}^2 nodes"
