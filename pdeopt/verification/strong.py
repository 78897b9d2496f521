"""Decisions on the strong order of a method, by paths that all step sizes share."""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.sde import checks
from pdeopt.systems import SDE
from pdeopt.systems.problems import Problem
from pdeopt.verification.evidence import decision
from pdeopt.verification.fits import VISIBLE
from pdeopt.verification.methods import Method, claim_of, name_of
from pdeopt.verification.moments.on_paths import has_exact_strong_errors, strong_evidence
from pdeopt.verification.paths.decisions import decide, needed_paths, together
from pdeopt.verification.paths.path_equations import first_point, ladder_of, path_problem
from pdeopt.verification.paths.references import Comparison, compared
from pdeopt.verification.paths.sampled_fits import FEWEST, fit_order, root_mean_squares
from pdeopt.verification.paths.sampling import sample
from pdeopt.verification.verdict import INCONCLUSIVE, REFUTED, Verdict, verdict_of

__all__ = ["certify_strong", "strong_order"]

TIER = "coupled paths"
STEPS = tuple(0.5**k for k in range(3, 11))
PILOT = 8192
"""Paths by which the number of paths is chosen."""

MOST = 1 << 20
"""Paths that are taken unasked."""

ROUNDING = 1e-12
"""Errors below this part of the state are not used."""


def strong_order(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    x0: ArrayLike | None = None,
    n_paths: int | None = None,
    seed: int = 0,
    threads: int | None = None,
    progress: bool | None = None,
) -> Verdict:
    """Decide the strong order of a method: that of its root mean square error at time 1 along Brownian paths.

    Parameters
    ----------
    method : str, Scheme or callable
        A scheme of the package, or your own ``step(t, x, h, xi, args)``, which Numba compiles.
    problem : Problem or SDE, optional
        On linear and affine equations the errors are known without sampling. Else with exact paths where it has them,
        or paths are compared with those of a trusted scheme at half the step. By default one by the kind of noise.
    noise : {"additive", "scalar", "diagonal", "commutative", "general"}, optional
        Of the default problem; by default the hardest that the scheme claims an order for.
    claimed : float, optional
        By default what the scheme claims, and for your own step the nearest multiple of a half.
    steps : sequence of float, optional
        Each half the one before, at least four; the first divides 1. By default 1/8 to 1/1024.
    draws : tuple of str
        The kinds of the draws `xi` of your own step: "increment", "time-integral", "friction", "normal", "uniform",
        "coin". One is a float, several are a tuple.
    x0 : array_like, shape (d,), optional
        Where sampled paths start; by default where the problem says, and 0.5 in every component of a system. Asks for
        sampling.
    n_paths : int, optional
        By default as many as the first 8192 ask for, up to a million. Asks for sampling.
    seed : int
        Equal seeds give equal verdicts, whatever the number of threads.
    threads : int, optional
        By default all cores.
    progress : bool, optional
        Whether to show a bar; by default on a terminal, after two seconds.

    Returns
    -------
    Verdict
        With standard errors; an inconclusive one says in `needed_paths` how many paths would settle it. After an
        interrupt it is inconclusive, of the paths that were done.

    Raises
    ------
    ValueError
        If the steps are not halved, a path leaves the finite numbers, or the method draws what approximates no path.

    Notes
    -----
    All steps of a path share it exactly: the noise of a step is that of its halves, merged. The errors of several steps
    are correlated, and known with their covariance; the fit allows for further powers of h. The order is tested
    against the claim less 0.05, and plus 0.05, at the level 0.001, if the 95 % interval is within 0.02.

    A verdict is on these steps and this problem: a term of lower order that is small at all of them stays hidden, as
    that of order 1/2 does where the noise is weak, and so do events too rare for the paths.

    Examples
    --------
    >>> found = strong_order("milstein", n_paths=200)
    >>> found.verdict, found.needed_paths > 10_000
    ('inconclusive', True)
    """
    given = path_problem(method, problem, noise)
    system = given.system if isinstance(given, Problem) else given
    claim = claim_of(method, system.noise, "strong", claimed)
    name = f"{name_of(method)}, strong order"
    if n_paths is None and x0 is None and has_exact_strong_errors(method, system, draws):
        return decision(name, strong_evidence(method, system, draws), steps, claim)
    ladder, point = ladder_of(STEPS if steps is None else steps), first_point(given, x0)
    comparison = compared(method, given, point, ladder, draws, claim)
    squares, complete = _squares(comparison, n_paths, seed, threads, progress)
    words = f"{system.name or system!r}, {comparison.words}"
    found = _verdict(name, comparison.steps, squares, claim, words)
    # A reference of lower order than the claim shows its own order.
    beyond = claim is not None and claim > comparison.limit and found.verdict == REFUTED
    return replace(found, verdict=INCONCLUSIVE) if beyond or not complete else found


def _squares(
    comparison: Comparison, n_paths: int | None, seed: int, threads: int | None, bar: bool | None
) -> tuple[FloatArray, bool]:
    """Return squared errors and in a last column squared sizes of paths, and whether all wanted paths are there."""
    key, n_workers = checks.checked_seed(seed), checks.checked_threads(threads)

    def of_paths(first: int, count: int) -> FloatArray:
        points, other = comparison.ends(key, first, count)
        both = np.concatenate([(points - other) ** 2, other[-1:] ** 2])
        return np.asarray(np.sum(both, axis=-1).T)

    comparison.compile()
    n = PILOT if n_paths is None else checks.checked_count(n_paths, "n_paths", 100_000)
    squares, complete = sample(of_paths, 0, n, threads=n_workers, progress=bar, name="strong order")
    more = _wanted(comparison.steps, squares) - n if n_paths is None and complete else 0
    if more > 0:
        rest, complete = sample(of_paths, n, more, threads=n_workers, progress=bar, name="strong order")
        squares = np.concatenate([squares, rest])
    return squares, complete


def _n_visible(squares: FloatArray) -> int:
    """Return how many of the first steps have errors beyond rounding."""
    means = squares.mean(axis=0)
    seen = means[:-1] > ROUNDING**2 * means[-1]
    return seen.size if seen.all() else int(np.argmin(seen))


def _wanted(steps: FloatArray, squares: FloatArray) -> int:
    """Return how many paths a pilot asks for."""
    n = _n_visible(squares)
    if n < FEWEST:
        return 0
    errors = root_mean_squares(squares[:, :n])
    fit = fit_order(steps[:n], errors.logs, errors.covariance)
    return min(needed_paths(steps[:n], errors, fit), MOST)


def _verdict(name: str, steps: FloatArray, squares: FloatArray, claim: float | None, words: str) -> Verdict:
    n = _n_visible(squares)
    if n >= FEWEST:
        errors = root_mean_squares(squares[:, :n])
        return decide(name, steps[:n], errors, claimed=claim, tier=TIER, evidence=words)
    # Too few errors for statistics: they are rounding, or all but a few are.
    sizes = np.sqrt(squares.mean(axis=0))
    rounding = ROUNDING / VISIBLE * sizes[-1]
    return verdict_of(name, steps, sizes[:-1], claimed=claim, tier=TIER, evidence=words, rounding=rounding)


def certify_strong(methods: Iterable[Method], **options: Any) -> tuple[Verdict, ...]:
    """Decide the strong orders of several methods, each at the level that keeps all decisions together at 0.001.

    Parameters
    ----------
    methods : iterable of str, Scheme or callable
    **options
        As for `strong_order`.

    Returns
    -------
    tuple of Verdict
        In the order of the methods; those that do not hold after Holm's correction are inconclusive.

    Examples
    --------
    >>> [found.n_paths for found in certify_strong(["milstein", "euler-maruyama"], n_paths=500)]
    [500, 500]
    """
    return together([strong_order(method, **options) for method in methods])
