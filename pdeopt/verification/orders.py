"""Decisions on the weak order of a method, and on the order of its stationary averages."""

from collections.abc import Sequence

from pdeopt.systems import SDE, Langevin
from pdeopt.systems.problems import Problem
from pdeopt.verification import affine, linear, on_circle, on_plane
from pdeopt.verification.equations import equation_for
from pdeopt.verification.evidence import Evidence, settled_errors
from pdeopt.verification.methods import Method, claimed_orders, name_of
from pdeopt.verification.verdict import Verdict, verdict_of

__all__ = ["invariant_bias", "weak_order"]


def weak_order(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
) -> Verdict:
    """Decide the weak order of a method without sampling.

    On a circle the error is that of the expectations of cos x, sin x and exp(sin x) at time 1, from all starting
    points; on a linear equation with additive noise that of mean and covariance, on an affine one with multiplicative
    noise of all first and second moments; for Langevin dynamics of the averages of q, q^2, p, p^2 and q p from a
    Gaussian start.

    Parameters
    ----------
    method : str, Scheme or callable
        A scheme of the package, or your own ``step(t, x, h, xi, args)``, compiled or not, which returns the next x.
    problem : Problem or SDE, optional
        One-dimensional, with coefficients of period 2 pi that do not depend on time; or with coefficients affine in x,
        in up to eight dimensions; or, for splitting words, Langevin dynamics of one position in any potential that
        confines it to (-10, 10). By default a problem on the circle with the noise `noise`, and for schemes of
        Langevin dynamics a harmonic well.
    noise : {"diagonal", "additive", "general"}, optional
        Of the default problem; by default diagonal where the scheme takes it.
    claimed : float, optional
        By default what the scheme claims, and for your own step the nearest multiple of a half.
    steps : sequence of float, optional
        In geometric sequence, the largest first; each divides the time 1. By default 1/16, 1/32, ... until the order is
        settled.
    draws : tuple of str
        The kinds of the draws `xi` of your own step: "increment", "time-integral", "normal", "two-point",
        "three-point", "coin". One is a float, several are a tuple.
    n_modes : int
        Fourier modes of the functions on the circle.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the problem is neither periodic nor affine, or the scheme does not take it.

    Notes
    -----
    Expectations over normal draws are Gauss-Hermite sums, over discrete draws finite sums; the reference is the
    exponential of the generator. On linear equations all is matrices.

    Examples
    --------
    >>> print(weak_order("baoab").summary)
    baoab, weak order: certified; claimed 2, order 2.0000 +- 0.0001
    """
    system = equation_for(method, problem, noise)
    if linear.is_linear(system):
        evidence = linear.weak_evidence(method, system, draws)
    elif isinstance(system, Langevin):
        evidence = on_plane.weak_evidence(method, system)
    elif affine.is_affine(system):
        evidence = affine.weak_evidence(method, system, draws)
    else:
        evidence = on_circle.weak_evidence(method, system, draws, n_modes)
    claim = claimed_orders(method, system.noise)[1] if claimed is None else claimed
    return _decision(f"{name_of(method)}, weak order", evidence, steps, claim)


def invariant_bias(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
    components: tuple[int, ...] | None = None,
) -> Verdict:
    """Decide the order of the error of stationary averages of a method without sampling.

    On a circle the error is that of the averages of cos x, sin x, cos 2x and sin 2x; on a linear equation with
    additive noise that of the covariance; for Langevin dynamics of the averages of q, q^2, p, p^2 and q p.

    Parameters
    ----------
    method, problem, noise, claimed, steps, draws, n_modes
        As for `weak_order`; steps need not divide 1.
    components : tuple of int, optional
        Of a linear equation or Langevin dynamics, those whose averages count; by default all. For Langevin dynamics
        of one position ``(0,)`` is the position.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        As for `weak_order`.

    Examples
    --------
    >>> invariant_bias("baoab", components=(0,)).order
    inf
    """
    system = equation_for(method, problem, noise)
    if linear.is_linear(system):
        evidence = linear.stationary_evidence(method, system, draws, components)
    elif isinstance(system, Langevin):
        evidence = on_plane.stationary_evidence(method, system, components)
    else:
        evidence = on_circle.stationary_evidence(method, system, draws, n_modes)
    claim = claimed_orders(method, system.noise)[2] if claimed is None else claimed
    return _decision(f"{name_of(method)}, order of stationary averages", evidence, steps, claim)


def _decision(name: str, evidence: Evidence, steps: Sequence[float] | None, claimed: float | None) -> Verdict:
    taken, errors = settled_errors(evidence) if steps is None else (list(steps), [evidence.error(h) for h in steps])
    rounding = [evidence.rounding(h) for h in taken]
    return verdict_of(
        name, taken, errors, claimed=claimed, tier=evidence.tier, evidence=evidence.words, rounding=rounding
    )
