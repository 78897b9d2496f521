"""Global minimisation by descent on the local entropy, as a method of `scipy.optimize.minimize`."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any

import numpy as np
from scipy.optimize import OptimizeResult

from pdeopt._types import ArrayLike
from pdeopt.optimizers import checks
from pdeopt.optimizers.doorway import Problem, concluded, polished, posed
from pdeopt.optimizers.local_entropy import LocalEntropyDescent
from pdeopt.optimizers.scoping import Scoping

__all__ = ["minimize_local_entropy"]


def minimize_local_entropy(
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
    n_samples: int | None = None,
    patience: int = 20,
    progress: bool | None = False,
) -> OptimizeResult:
    """Minimise a function globally by descents on its local entropy, from wide kernels to narrow ones.

    Parameters
    ----------
    fun : callable
        ``fun(x, *args) -> float``, x of shape (d,). ``+inf`` is a wall.
    x0 : array_like, shape (d,)
        Centre of the first kernel; evaluated first.
    args : tuple
        Passed on to `fun` and `jac`.
    jac : callable, bool or None
        Gradient, or True if `fun` returns value and gradient. It is used for the last steps in each basin. None, or
        the name of a difference scheme, means values only.
    hess, hessp : None
        Not used.
    bounds : sequence of pairs or scipy.optimize.Bounds, optional
        Never left: draws are reflected.
    constraints : ()
        None can be taken.
    callback : callable, optional
        ``callback(x)`` or ``callback(intermediate_result)`` after each step, the best point so far;
        ``StopIteration`` ends the search.
    tol : float, optional
        A descent ends when a step gains less than this share of the depth of its basin, by default 1e-8.
    maxfev : int, optional
        Largest number of calls of `fun`, never exceeded, by default ``5000 d``.
    rng : int or Generator, optional
        Seed.
    scale : float or array_like, shape (d,), optional
        Standard deviation of the widest kernel, by default half of the box, and 1 where there is no box.
    n_samples : int, optional
        Effective samples of a step, by default twice the coefficients of a quadratic (diagonal above 24
        coordinates).
    patience : int
        Descents without a better minimum after which the search ends.
    progress : bool or None
        Whether to show a bar after two seconds; None shows it on a terminal.

    Returns
    -------
    OptimizeResult
        ``x, fun, nfev, njev, nit, success, status, message``, and ``error``, an estimate of how far `fun` is above the
        minimum of its basin, ``effective_sample_size`` and ``scale`` of the last kernel, ``n_minima``.

    Raises
    ------
    ValueError
        If an argument is wrong, or `fun` returns NaN or -inf at the start. Later than that the search ends there, with
        ``status=3`` and what was found before; so it does after an interrupt from the keyboard (``status=2``).

    Notes
    -----
    See `LocalEntropyDescent`, and the page on optimizers for how descents follow each other. With one seed, the points
    relative to `x0` and their number depend on nothing but the values: shifting function, start and bounds changes
    them by rounding only, and so does a positive factor, or a constant added to the function.

    Examples
    --------
    >>> import numpy as np
    >>> from scipy.optimize import minimize
    >>> def rastrigin(x):
    ...     return 10.0 * x.size + float((x**2 - 10.0 * np.cos(2.0 * np.pi * x)).sum())
    >>> box, options = [(-5.0, 5.0)] * 2, {"rng": 1}
    >>> found = minimize(rastrigin, [3.3, -2.4], method=minimize_local_entropy, bounds=box, options=options)
    >>> bool(found.fun < 1e-8)
    True
    """
    problem = posed(fun, x0, "minimize_local_entropy", locals())
    tolerance = 1e-8 if tol is None else checks.checked_positive(tol, "tol", "1e-8")
    if n_samples is not None:
        n_samples = checks.checked_count(n_samples, "n_samples", 50)
    steps = _local_entropy_steps(problem, tolerance, n_samples, checks.checked_count(patience, "patience", 20))
    return concluded(problem, steps, f"No better minimum in {patience} descents.")


def _local_entropy_steps(
    problem: Problem, tolerance: float, n_samples: int | None, patience: int
) -> Iterator[Mapping[str, Any]]:
    """Yield what is known after every step of repeated descents."""
    if problem.widths.size == 0:
        problem.objective(problem.widths)
        return
    descent = LocalEntropyDescent(
        tuple(problem.widths), n_samples, lower=tuple(problem.lower), upper=tuple(problem.upper)
    )
    polish = partial(polished, problem, tolerance=1e-3 * tolerance) if problem.objective.jac else None
    scoping = Scoping(
        descent, problem.objective, problem.rng, problem.lower, problem.upper, problem.best, polish, tolerance
    )
    stale, value, spread = 0, np.inf, 0.0
    for ended in scoping.descents():
        yield scoping.report()
        spread = spread or scoping.report()["spread"]
        if not ended:
            continue
        stale = 0 if problem.objective.value < value - tolerance * spread else stale + 1
        value = problem.objective.value
        if stale >= patience:
            return
