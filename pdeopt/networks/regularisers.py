"""What noise and the length of steps add to a loss at first order: an integral along the deterministic trajectory."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kolmogorov.data import at_points
from pdeopt.landscapes import Landscape
from pdeopt.networks.branch_terms import Branch, DenseTerm
from pdeopt.networks.control_steps import mean_of
from pdeopt.networks.differences import Smooth, jacobian, second_derivatives
from pdeopt.networks.layer_checks import checked_layers, checked_states
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.noise import AdditiveNoise, MultiplicativeNoise
from pdeopt.networks.outcomes import Outcomes, layer_outcomes, noise_of

__all__ = ["NoiseRegulariser", "expanded", "noise_regulariser"]

TOLERANCE = 1e-13


@dataclass(frozen=True, eq=False, repr=False)
class NoiseRegulariser:
    """The loss of a random network as that of its ordinary differential equation and what comes to it.

    Parameters
    ----------
    loss : array, shape (n,)
        Of each point at the end of its deterministic trajectory.
    spread : array, shape (n,)
        ``1/2 int C : hess u dt``, C the covariance of a layer: ``s^2 A`` for factors of variance ``s^2``.
    step : array, shape (n,)
        ``B = -1/2 int (m . grad m) . grad u dt``, an effect of time steps, not of noise.
    h : float
        The length of a step.
    """

    loss: FloatArray
    spread: FloatArray
    step: FloatArray
    h: float

    @property
    def change(self) -> FloatArray:
        """What noise and steps add to the loss at first order, ``h (spread + step)``."""
        return self.h * (self.spread + self.step)

    def __repr__(self) -> str:
        added = f"by noise {self.h * self.spread.mean():+.3g}, by steps {self.h * self.step.mean():+.3g}"
        return f"<NoiseRegulariser of {self.loss.size} points: mean loss {self.loss.mean():.6g}, {added}>"


def noise_regulariser(
    layers: ResidualLayer | Sequence[ResidualLayer],
    terminal: Callable[..., Any] | Landscape,
    points: ArrayLike,
    *,
    n_blocks: int | None = None,
) -> NoiseRegulariser:
    """Say how noise and steps change the loss at first order in the step.

    Parameters
    ----------
    layers : ResidualLayer or sequence of ResidualLayer
        From the input to the output; a single one stands for `n_blocks` alike.
    terminal : callable or Landscape
        The loss of a state: a function of a point (a float in one dimension, else a tuple of floats).
    points : array_like, shape (n, d)
        In one dimension also numbers and arrays of numbers.
    n_blocks : int, optional
        By default that of the layer.

    Returns
    -------
    NoiseRegulariser

    Raises
    ------
    TypeError, ValueError
        If the layers or the points do not fit, or the noise does not vanish with the step, as with numbers that are
        added.

    Notes
    -----
    ``E l(X_N) - l(X(T)) = h (1/2 int C : hess u dt - 1/2 int (m . grad m) . grad u dt) + O(h^2)``, with m and C the
    mean and covariance of a layer, X the solution of ``dX = m dt`` and u(x, t) the loss at the end of that solution
    from x at t. Noise adds the curvature of the value function along trajectories, which may have either sign. The
    derivatives of u along X obey the linear equations ``p' = -J^T p`` and ``H' = -J^T H - H J - p . hess m``, solved by
    Dormand and Prince's method of order 8. Derivatives of branches and losses given as functions are differences of
    order 8, with an error near 1e-12.
    """
    chosen = checked_layers(layers, n_blocks)
    starts = checked_states(points, "points", chosen[0].dim)
    return expanded(chosen, lambda x: at_points(terminal, "terminal", x), starts)


def expanded(layers: Sequence[ResidualLayer], last: Smooth, starts: FloatArray) -> NoiseRegulariser:
    """Return what noise and steps add to a loss, a function of all points at once, shapes (n, d) to (n,)."""
    segments, ends = [_Segment.of(layer, k) for k, layer in enumerate(layers)], [starts]
    for segment in segments:
        ends.append(segment.flow(ends[-1]))
    fields = (jacobian(last, ends[-1]), second_derivatives(last, ends[-1]), np.zeros((len(starts), 2)))
    for segment, end in zip(segments[::-1], ends[:0:-1], strict=True):
        fields = segment.back(end, *fields)
    return NoiseRegulariser(last(ends[-1]), fields[2][:, 0], fields[2][:, 1], layers[0].step)


@dataclass(frozen=True, eq=False)
class _Segment:
    """One layer's piece of the trajectory."""

    branches: tuple[Branch, ...]
    shares: FloatArray
    outcomes: Outcomes
    step: float

    @staticmethod
    def of(layer: ResidualLayer, block: int) -> "_Segment":
        noise = noise_of(layer, block)
        if isinstance(noise, AdditiveNoise | MultiplicativeNoise):
            raise ValueError(
                f"noise={noise!r} has an effect that does not vanish with the step, so no expansion about the "
                "deterministic trajectory. Use Dropout, StochasticDepth or another noise of the branch."
            )
        return _Segment(*mean_of(layer, noise, block), layer_outcomes(layer, block), layer.step)

    def mean(self, x: FloatArray) -> FloatArray:
        found: FloatArray = np.sum([a * f(x) for a, f in zip(self.shares, self.branches, strict=True)], axis=0)
        return found

    def covariance(self, x: FloatArray) -> FloatArray:
        weights, away = self.outcomes.weights, (self.outcomes.positions(x) - x) / self.step
        away -= np.tensordot(weights, away, axes=1)
        found: FloatArray = np.einsum("q,qni,qnj->nij", weights, away, away, optimize=True)
        return found

    def jacobian(self, x: FloatArray) -> FloatArray:
        pairs = zip(self.shares, self.branches, strict=True)
        parts = [a * (f.at(x).jacobian() if isinstance(f, DenseTerm) else jacobian(f, x)) for a, f in pairs]
        found: FloatArray = np.sum(parts, axis=0)
        return found

    def bend(self, x: FloatArray, p: FloatArray) -> FloatArray:
        total = np.zeros((*x.shape, x.shape[1]))
        for a, f in zip(self.shares, self.branches, strict=True):
            if isinstance(f, DenseTerm):
                total += a * f.at(x).bend(p)
            else:
                total += a * np.einsum("nk,nkij->nij", p, second_derivatives(f, x))
        return total

    def flow(self, x: FloatArray) -> FloatArray:
        return _integrated(lambda y: self.mean(y.reshape(x.shape)).ravel(), x.ravel(), self.step).reshape(x.shape)

    def back(
        self, x: FloatArray, p: FloatArray, hessian: FloatArray, sums: FloatArray
    ) -> tuple[FloatArray, FloatArray, FloatArray]:
        parts = (x, p, hessian, sums)
        cuts = np.cumsum([part.size for part in parts])[:-1]

        def rate(state: FloatArray) -> FloatArray:
            y, q, u, _ = (part.reshape(like.shape) for part, like in zip(np.split(state, cuts), parts, strict=True))
            m, j = self.mean(y), self.jacobian(y)
            back = np.swapaxes(j, 1, 2) @ u
            spread = 0.5 * np.einsum("nij,nij->n", self.covariance(y), u)
            late = -0.5 * np.einsum("nij,nj,ni->n", j, m, q)
            change = back + np.swapaxes(back, 1, 2) + self.bend(y, q)
            rates = (-m, np.einsum("nij,ni->nj", j, q), change, np.stack([spread, late], axis=1))
            return np.concatenate([part.ravel() for part in rates])

        found = _integrated(rate, np.concatenate([part.ravel() for part in parts]), self.step)
        _, p, hessian, sums = (
            part.reshape(like.shape) for part, like in zip(np.split(found, cuts), parts, strict=True)
        )
        return p, hessian, sums


def _integrated(rate: Callable[[FloatArray], FloatArray], start: FloatArray, duration: float) -> FloatArray:
    found = solve_ivp(lambda _, y: rate(y), (0.0, duration), start, "DOP853", rtol=TOLERANCE, atol=TOLERANCE)
    return np.asarray(found.y[:, -1])
