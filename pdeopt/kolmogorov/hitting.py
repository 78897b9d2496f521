"""Hitting times, hitting laws and resolvents of a process on a grid, with all digits."""

import numpy as np

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.kolmogorov.chains import Chain
from pdeopt.kolmogorov.elimination import Elimination, eliminated
from pdeopt.kolmogorov.ordering import dissection
from pdeopt.kolmogorov.stencil import Stencil

__all__ = ["committor", "factored", "hitting_moments", "hitting_times", "resolvent"]


def factored(stencil: Stencil, *, stopped: BoolArray | None = None, rate: float = 0.0) -> Chain | Elimination:
    """Factor ``rate - L`` for a process that stops in some states, without a subtraction.

    Parameters
    ----------
    stencil : Stencil
        Rates of at least 0.
    stopped : array of bool, shape ``(*stencil.shape)``, optional
        States whose rows become ``x = source``: a source there is a value at the exit.
    rate : float, default 0
        Per unit of time, at least 0; added to the killing elsewhere.

    Returns
    -------
    Chain or Elimination
        A chain where jumps lead to neighbours on a line. Both have ``solve(source)`` and ``solve_transposed(source)``
        for arrays of the grid's shape; the latter gives at stopped states the masses that end there.

    Raises
    ------
    ValueError
        If a rate is negative, or nothing is stopped or lost, so that there is nothing to solve.

    Examples
    --------
    >>> rates = np.array([[1.0, 1.0, 1.0, 0.0], [0.0, 1.0, 1.0, 1.0]])
    >>> walk = Stencil(((1,), (-1,)), rates, np.zeros(4), (False,))
    >>> factored(walk, stopped=np.array([False, False, False, True])).solve([1.0, 1.0, 1.0, 0.0])
    array([6., 5., 3., 0.])
    """
    ends = np.zeros(stencil.shape, dtype=bool) if stopped is None else np.asarray(stopped, dtype=bool)
    kept = stencil.frozen(ends)
    losses = np.where(ends, 1.0, kept.killing + rate)
    if set(stencil.offsets) <= {(1,), (-1,)} and not stencil.periodic[0]:
        sides = {offset[0]: rates for offset, rates in zip(kept.offsets, kept.rates, strict=True)}
        still = np.zeros(stencil.shape)
        return Chain(sides.get(1, still), sides.get(-1, still), losses)
    width = np.abs(np.asarray(stencil.offsets)).max(axis=0)
    order = dissection(stencil.shape, width.tolist(), stencil.periodic)
    return eliminated(kept.matrix, losses.ravel(), order=order)


def hitting_times(stencil: Stencil, target: BoolArray, *, source: ArrayLike = 1.0) -> FloatArray:
    """Return mean times to a target, or the mean of what a source adds up to on the way.

    Parameters
    ----------
    stencil : Stencil
    target : array of bool, shape ``(*stencil.shape)``
    source : float or array, shape ``(*stencil.shape)``, default 1
        Per unit of time.

    Returns
    -------
    array, shape ``(*stencil.shape)``
        Solution of ``L u = -source`` off the target, 0 on it; in units of time for the source 1.
    """
    return np.asarray(hitting_moments(stencil, target, 1, source=source)[0])


def hitting_moments(stencil: Stencil, target: BoolArray, n: int, *, source: ArrayLike = 1.0) -> FloatArray:
    """Return the first `n` moments of the time to a target, shape ``(n, *stencil.shape)``.

    Parameters
    ----------
    stencil, target
        As for `hitting_times`.
    n : int
        Number of moments.
    source
        As for `hitting_times`.

    Notes
    -----
    ``L u_k = -k source u_{k-1}`` off the target, with ``u_0 = 1``.
    """
    system = factored(stencil, stopped=target)
    moments = [np.ones(stencil.shape)]
    for k in range(1, n + 1):
        moments.append(system.solve(np.where(target, 0.0, k * np.asarray(source) * moments[-1])))
    return np.stack(moments[1:])


def committor(stencil: Stencil, a: BoolArray, b: BoolArray) -> FloatArray:
    """Return the probability to reach `b` before `a`, shape ``(*stencil.shape)``; with killing, to reach it at all.

    Parameters
    ----------
    stencil : Stencil
    a, b : array of bool, shape ``(*stencil.shape)``
        Disjoint.
    """
    return factored(stencil, stopped=np.asarray(a) | np.asarray(b)).solve(np.where(b, 1.0, 0.0))


def resolvent(stencil: Stencil, rate: float, source: ArrayLike) -> FloatArray:
    """Return the solution of ``(rate - L) u = source``: what a source is worth, discounted at a rate.

    Parameters
    ----------
    stencil : Stencil
    rate : float
        Per unit of time, above 0.
    source : array, shape ``(*stencil.shape)``
    """
    return factored(stencil, rate=rate).solve(np.broadcast_to(np.asarray(source, dtype=np.float64), stencil.shape))
