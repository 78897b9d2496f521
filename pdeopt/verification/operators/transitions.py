"""Where one step leads from many points, with probabilities: the law of a step as a finite sum."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from pdeopt._types import Arguments, BoolArray, FloatArray, IntArray
from pdeopt.sde.scheme import UNIFORM, Stepper
from pdeopt.verification.draws import RULES, Rule, draw_values
from pdeopt.verification.methods import after_one_step, after_paired_steps, first_states
from pdeopt.verification.operators.levy import step_draws
from pdeopt.verification.operators.pieces import bisected, normal_pieces, piecewise_rule

__all__ = ["Ends", "transitions"]

End = Callable[..., FloatArray]
"""Of numbers of starting points, first normal numbers, uniform numbers and the number of a row of the other draws."""

SURE, NEVER = np.nextafter(1.0, 0.0), 1e-300
"""Uniform numbers that only certain proposals pass, and that every possible one does."""

N_PIECES, N_EACH = 8, 9


@dataclass(frozen=True)
class Ends:
    """Ends of one step from several points.

    Parameters
    ----------
    rows : int array, shape (m,)
        The point that a step begins at.
    points : array, shape (m, d)
        Where it ends.
    weights : array, shape (m,)
        Probabilities, with the sum 1 over each row.
    """

    rows: IntArray
    points: FloatArray
    weights: FloatArray


def transitions(
    stepper: Stepper, args: Arguments, h: float, starts: FloatArray, rules: Mapping[str, Rule] = RULES
) -> Ends:
    """Return the ends of one step from points of shape (n, d).

    Normal numbers are Gauss-Hermite sums, discrete ones finite sums. A uniform number, which accepts or refuses, is
    integrated exactly: the probability to accept by bisection, and the first normal number in pieces that end where
    it reaches 1.
    """
    n, d = starts.shape
    begun = first_states(stepper, starts, args)
    if UNIFORM in stepper.draws:
        return _with_refusals(stepper, args, h, begun, d, rules)
    draws, weights = step_draws(stepper.draws, rules)
    points = after_one_step(stepper, begun, draws, h, args)[..., :d].reshape(-1, d)
    return Ends(np.repeat(np.arange(n), weights.size), points, np.tile(weights, n))


def _with_refusals(
    stepper: Stepper, args: Arguments, h: float, begun: FloatArray, d: int, rules: Mapping[str, Rule]
) -> Ends:
    place = stepper.draws.index(UNIFORM)
    others, shares = draw_values(tuple(kind for kind in stepper.draws[1:] if kind != UNIFORM), rules)

    def end(which: IntArray, xi: FloatArray, uniform: FloatArray | float, k: int = 0) -> FloatArray:
        rest = np.broadcast_to(others[k], (which.size, others.shape[1]))
        draws = np.insert(np.column_stack([xi, rest]), place, uniform, axis=1)
        return after_paired_steps(stepper, begun[which], draws, h, args)[:, :d]

    def refusable(which: IntArray, xi: FloatArray) -> BoolArray:
        return np.asarray(np.any(end(which, xi, SURE) != end(which, xi, NEVER), axis=1))

    each, xi, weights = piecewise_rule(normal_pieces([refusable], begun.shape[0], N_PIECES), N_EACH)
    chance = _chances(end, each, xi)
    _check_chances(end, each, xi, chance, shares.size - 1)
    parts = [(end(each, xi, u, k), c * share) for k, share in enumerate(shares) for u, c in _outcomes(chance, weights)]
    points, masses = zip(*parts, strict=True)
    kept = np.concatenate(masses) > 0.0
    return Ends(np.tile(each, len(parts))[kept], np.concatenate(points)[kept], np.concatenate(masses)[kept])


def _outcomes(chance: FloatArray, weights: FloatArray) -> list[tuple[float, FloatArray]]:
    """Return a uniform number for each outcome of a proposal, and its probabilities."""
    return [(NEVER, weights * chance), (SURE, weights * (1.0 - chance))]


def _chances(end: End, which: IntArray, xi: FloatArray) -> FloatArray:
    """Return the probabilities of proposals to be accepted."""
    passed = end(which, xi, NEVER)
    unsure = np.nonzero(np.any(end(which, xi, SURE) != passed, axis=1))[0]
    chance = np.ones(which.size)

    def passes(uniform: FloatArray) -> BoolArray:
        return np.asarray(np.all(end(which[unsure], xi[unsure], uniform) == passed[unsure], axis=1))

    chance[unsure] = bisected(passes, np.full(unsure.size, NEVER), np.full(unsure.size, SURE))
    return chance


def _check_chances(end: End, which: IntArray, xi: FloatArray, chance: FloatArray, k: int) -> None:
    """Raise if a proposal has another chance with other values of the later draws, at a few proposals."""
    few = np.nonzero(chance < 1.0)[0][:: max(1, which.size // 100)]
    for part, u in ((0.5, NEVER), (1.5, SURE)):
        at = np.minimum(part * chance[few], SURE)
        if k and not np.array_equal(end(which[few], xi[few], at, k), end(which[few], xi[few], u, k)):
            raise ValueError(
                "whether the scheme accepts depends on more normal numbers than the first. Use one whose proposal is "
                "made of one, such as method='mala' in one dimension."
            )
