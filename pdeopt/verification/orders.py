"""Decisions on the weak order of a method, and on the order of its stationary averages."""

from collections.abc import Sequence

from pdeopt.sde.checks import checked_count
from pdeopt.systems import SDE, Langevin
from pdeopt.systems.problems import Problem
from pdeopt.verification.equations import equation_for
from pdeopt.verification.evidence import decision
from pdeopt.verification.methods import Method, claim_of, name_of
from pdeopt.verification.moments import affine, linear
from pdeopt.verification.operators import on_circle, on_plane, on_sheet
from pdeopt.verification.verdict import Verdict

__all__ = ["invariant_bias", "weak_order"]


def weak_order(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    n_components: int = 1,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
) -> Verdict:
    """Decide the weak order of a method without sampling.

    On a circle the error is that of the expectations of cos x, sin x and exp(sin x) at time 1, from all starting
    points; with two components of cos and sin of both, and sin x sin y; on a linear equation with additive noise of
    mean and covariance, on an affine one with multiplicative noise of all first and second moments; for Langevin
    dynamics on a circle of cos q, sin q, p, p^2 and p sin q from all starting points with momenta of up to two standard
    deviations, and in a well of q, q^2, p, p^2 and q p from a Gaussian start.

    Parameters
    ----------
    method : str, Scheme or callable
        A scheme of the package, or your own ``step(t, x, h, xi, args)``, compiled or not, which returns the next x.
    problem : Problem or SDE, optional
        Of one or two components, with coefficients of period 2 pi that do not depend on time; or with coefficients
        affine in x, in up to eight dimensions; or Langevin dynamics of one position, in a potential of period 2 pi, or
        for splitting words in any that confines it to (-10, 10). By default a problem on the circle with the noise
        `noise`, and for schemes of Langevin dynamics a harmonic well.
    noise : {"diagonal", "additive", "commutative", "general"}, optional
        Of the default problem; by default diagonal where the scheme takes it. "commutative" of two components.
    n_components : {1, 2}
        Of the default problem.
    claimed : float, optional
        By default what the scheme claims, and for your own step the nearest multiple of a half.
    steps : sequence of float, optional
        In geometric sequence, the largest first; each divides the time 1. By default 1/16, 1/32, ... until the order is
        settled.
    draws : tuple of str
        The kinds of the draws `xi` of your own step: "increment", "time-integral", "normal", "two-point",
        "three-point", "coin", and "uniform" for a step that accepts or refuses, with a normal one first. One is a
        float, several are a tuple.
    n_modes : int
        Fourier modes of the functions on the circle, at least 1.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        If the problem is neither periodic nor affine, or the scheme does not take it, or carries noise from step to
        step where that cannot be followed; or if the steps are not positive, finite and in geometric sequence.

    Notes
    -----
    Expectations over normal draws are Gauss-Hermite sums, over discrete draws finite sums; the reference is the
    exponential of the generator. On linear equations all is matrices. Where a step accepts or refuses, the probability
    to accept is found by bisection, and quadrature is cut where it reaches 1. Levy areas of two motions enter by
    their first seven moments.

    Examples
    --------
    >>> print(weak_order("baoab").summary)
    baoab, weak order: certified; claimed 2, order 2.0000 +- 0.0001
    """
    system = equation_for(method, problem, noise, n_components)
    if linear.is_linear(system):
        evidence = linear.weak_evidence(method, system, draws)
    elif affine.is_affine(system):
        evidence = affine.weak_evidence(method, system, draws)
    elif _fits_sheet(system):
        evidence = on_sheet.weak_evidence(method, system, draws)
    elif isinstance(system, Langevin):
        evidence = on_plane.weak_evidence(method, system)
    else:
        evidence = on_circle.weak_evidence(method, system, draws, checked_count(n_modes, "n_modes", 24))
    claim = claim_of(method, system.noise, "weak", claimed)
    return decision(f"{name_of(method)}, weak order", evidence, steps, claim)


def invariant_bias(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    n_components: int = 1,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    n_modes: int = 24,
    components: tuple[int, ...] | None = None,
) -> Verdict:
    """Decide the order of the error of stationary averages of a method without sampling.

    On a circle the error is that of the averages of cos x, sin x, cos 2x and sin 2x; on a linear equation with
    additive noise that of the covariance; otherwise of the functions of `weak_order`.

    Parameters
    ----------
    method, problem, noise, n_components, claimed, steps, draws, n_modes
        As for `weak_order`; steps need not divide 1.
    components : tuple of int, optional
        Of a linear equation, two components or Langevin dynamics, those whose averages count; by default all. For
        Langevin dynamics of one position ``(0,)`` is the position.

    Returns
    -------
    Verdict

    Raises
    ------
    ValueError
        As for `weak_order`; or if the equation does not have these components.

    Examples
    --------
    >>> invariant_bias("baoab", components=(0,)).order
    inf
    """
    system = equation_for(method, problem, noise, n_components)
    components = None if components is None else _checked_components(components, system.dim)
    if linear.is_linear(system):
        evidence = linear.stationary_evidence(method, system, draws, components)
    elif _fits_sheet(system):
        evidence = on_sheet.stationary_evidence(method, system, draws, components)
    elif isinstance(system, Langevin):
        evidence = on_plane.stationary_evidence(method, system, components)
    else:
        evidence = on_circle.stationary_evidence(method, system, draws, checked_count(n_modes, "n_modes", 24))
    claim = claim_of(method, system.noise, "invariant", claimed)
    return decision(f"{name_of(method)}, order of stationary averages", evidence, steps, claim)


def _fits_sheet(system: SDE) -> bool:
    return on_sheet.is_periodic(system) if isinstance(system, Langevin) else system.dim == 2


def _checked_components(components: tuple[int, ...], dim: int) -> tuple[int, ...]:
    every = tuple(range(dim))
    if not (isinstance(components, Sequence) and components and all(one in every for one in components)):
        raise ValueError(
            f"components={components!r} must be one or more of the {dim} components of the equation, counted from 0. "
            f"Use components={every}."
        )
    return tuple(int(one) for one in components)
