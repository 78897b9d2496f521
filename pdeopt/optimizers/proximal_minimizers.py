"""Global minimisation by proximal steps from samples or a Langevin loop, as methods of `scipy.optimize.minimize`."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult

from pdeopt._types import ArrayLike
from pdeopt.optimizers import checks
from pdeopt.optimizers.doorway import Problem, concluded, polished, posed
from pdeopt.optimizers.hj_prox import HJProx
from pdeopt.optimizers.langevin_mean import GibbsChain

__all__ = ["minimize_entropy_sgd", "minimize_hj_prox"]

NARROWEST = 1e-7
"""Length of the last kernel of a scoping, in units of the first."""

WITH_GRADIENT = 1e-2
"""The same where a quasi-Newton method takes over."""


def _narrowest(tol: float | None, problem: Problem) -> float:
    """Return the length of the last kernel in units of the first: with a gradient another method does the rest."""
    if tol is None:
        return NARROWEST if problem.objective.jac is None else WITH_GRADIENT
    return checks.checked_positive(tol, "tol", "1e-7")


def minimize_hj_prox(
    fun: Callable[..., Any],
    x0: ArrayLike,
    *,
    args: Any = (),
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callable[..., Any] | None = None,
    tol: float | None = None,
    maxfev: int | None = None,
    rng: Any = None,
    scale: ArrayLike | None = None,
    n_samples: int = 50,
    n_scopings: int = 3,
    progress: bool | None = False,
) -> OptimizeResult:
    """Minimise a function globally by proximal steps from Gaussian samples.

    Parameters
    ----------
    fun, x0, args, jac, hess, hessp, bounds, constraints, callback
        As in `minimize_local_entropy`; `jac` is used for a last descent only.
    tol : float, optional
        Length of the last kernel in units of the first, by default 1e-7, and 1e-2 with `jac`.
    maxfev, rng, scale
        As there.
    n_samples : int
        Of one step.
    n_scopings : int
        Runs from the widest kernel to the narrowest, each from the best point so far.
    progress : bool or None
        As there.

    Returns
    -------
    OptimizeResult
        As of `minimize_local_entropy`.

    Raises
    ------
    ValueError
        As there.

    Notes
    -----
    `HJProx` with the temperature chosen in every step. The time is halved unless the way to the prox becomes shorter,
    as in HJ-MAD, and does not grow within a scoping.

    Examples
    --------
    >>> found = minimize_hj_prox(lambda x: float(abs(x).sum()), [3.0, -2.0], rng=0)
    >>> bool(found.fun < 1e-4)
    True
    """
    problem = posed(fun, x0, "minimize_hj_prox", locals())
    narrowest = _narrowest(tol, problem)
    count = checks.checked_count(n_samples, "n_samples", 50), checks.checked_count(n_scopings, "n_scopings", 3)
    return concluded(problem, _hj_prox_steps(problem, narrowest, *count), f"{n_scopings} scopings are done.")


def _hj_prox_steps(problem: Problem, narrowest: float, n_samples: int, n_scopings: int) -> Iterator[Mapping[str, Any]]:
    """Yield what is known after every step of repeated scopings."""
    objective, widths = problem.objective, problem.widths
    objective(np.zeros(widths.size))
    method = HJProx(n_samples=n_samples, shrink=0.5, grow=1.0, theta=0.7, longest=1e300)
    for _ in range(n_scopings if widths.size else 0):
        z = objective.best / widths
        state = method.init(z)
        while state.time * state.delta > narrowest**2:
            z, state = method.step(
                lambda y: objective(widths * y), z, state, problem.rng, lambda y: problem.inside(widths * y) / widths
            )
            yield {"effective_sample_size": state.effective_sample_size, "scale": np.sqrt(state.time * state.delta)}
        if objective.jac is not None:
            polished(problem, objective.best, 1e-15)


def minimize_entropy_sgd(
    fun: Callable[..., Any],
    x0: ArrayLike,
    *,
    args: Any = (),
    jac: Any = None,
    hess: Any = None,
    hessp: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    callback: Callable[..., Any] | None = None,
    tol: float | None = None,
    maxfev: int | None = None,
    rng: Any = None,
    scale: ArrayLike | None = None,
    n_inner: int = 20,
    n_scopings: int = 3,
    progress: bool | None = False,
) -> OptimizeResult:
    """Minimise a function globally by steps to the mean of its local Gibbs law, sampled by a Langevin loop.

    Parameters
    ----------
    fun, x0, args, jac, hess, hessp, bounds, constraints, callback
        As in `minimize_local_entropy`. With `jac` the proposals of the inner loop have a drift, and a quasi-Newton
        method ends each scoping; without, they are draws around the present point.
    tol : float, optional
        Length of the last kernel in units of the first, by default 1e-7, and 1e-2 with `jac`.
    maxfev, rng, scale
        As there.
    n_inner : int
        Steps of the inner loop.
    n_scopings : int
        Runs from the widest kernel to the narrowest, each from the best point so far.
    progress : bool or None
        As there.

    Returns
    -------
    OptimizeResult
        As of `minimize_local_entropy`.

    Raises
    ------
    ValueError
        As there.

    Notes
    -----
    The structure of `EntropySGD` (an inner loop that averages, scoping), for functions whose curvature nobody knows:
    the inner loop is accepted by Metropolis, so that no step size biases or explodes it, and the temperature is such
    that beta f has standard deviation 2 along it. The kernel shrinks by a factor of 0.7 from step to step, of 0.9 where
    the step is longer than the kernel.

    Examples
    --------
    >>> found = minimize_entropy_sgd(lambda x: float(x @ x), [3.0, -2.0], jac=lambda x: 2.0 * x, rng=0)
    >>> bool(found.fun < 1e-12)
    True
    """
    problem = posed(fun, x0, "minimize_entropy_sgd", locals())
    narrowest = _narrowest(tol, problem)
    count = checks.checked_count(n_inner, "n_inner", 20), checks.checked_count(n_scopings, "n_scopings", 3)
    return concluded(problem, _entropy_sgd_steps(problem, narrowest, *count), f"{n_scopings} scopings are done.")


def _entropy_sgd_steps(
    problem: Problem, narrowest: float, n_inner: int, n_scopings: int
) -> Iterator[Mapping[str, Any]]:
    """Yield what is known after every step of repeated scopings."""
    objective, widths = problem.objective, problem.widths
    objective(np.zeros(widths.size))
    chain = GibbsChain(objective, objective.gradient if objective.jac else None, problem.inside)
    for _ in range(n_scopings if widths.size else 0):
        x, scale, beta, step = objective.best, 1.0, 0.0, 1.0
        while scale > narrowest:
            new, values, accepted = chain.mean(x, scale * widths, beta, n_inner, step, problem.rng)
            moved = float(np.linalg.norm((new - x) / widths)) / scale
            finite = values[np.isfinite(values)]
            # Values that are all the same have a standard deviation of rounding: nothing was accepted, it is too cold.
            varied = finite.size > 0 and np.ptp(finite) > 0.0
            beta = 2.0 / float(np.std(finite)) if varied else 0.25 * beta
            step = float(np.clip(step * np.exp(accepted - 0.5), 1e-3, 2.0))
            x, scale = new, scale * (0.7 if moved < 1.0 else 0.9)
            yield {"beta": beta, "scale": scale, "accepted": accepted}
        if objective.jac is not None:
            polished(problem, objective.best, 1e-15)
