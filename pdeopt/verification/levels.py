"""Differences between levels of steps on the same paths: weak orders where no exact tier reaches, in any dimension."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from time import thread_time
from typing import NamedTuple

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.sde import checks
from pdeopt.systems import SDE
from pdeopt.systems.problems import Problem
from pdeopt.verification.level_record import LevelCheck
from pdeopt.verification.methods import Method, claim_of, name_of
from pdeopt.verification.paths.coupled import Ladder
from pdeopt.verification.paths.decisions import decide_means
from pdeopt.verification.paths.path_equations import first_point, ladder_of, path_problem
from pdeopt.verification.paths.references import Comparison, compared, paired
from pdeopt.verification.paths.sampled_fits import SampledFit, fit_order
from pdeopt.verification.paths.sampling import sample
from pdeopt.verification.verdict import INCONCLUSIVE, REFUTED, Verdict

__all__ = ["level_check", "weak_order_sampled"]

TIER = "level differences"
STEPS = tuple(0.5**k for k in range(3, 8))
Observable = Callable[[FloatArray], FloatArray]


class Level(NamedTuple):
    """Values of an observable on one block of paths: rows of (at this step, at what it is compared with, seconds)."""

    values: FloatArray
    complete: bool

    @property
    def differences(self) -> FloatArray:
        """Of the two."""
        return np.asarray(self.values[:, 0] - self.values[:, 1])


def level_check(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    observable: Observable | None = None,
    noise: str | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    x0: ArrayLike | None = None,
    n_paths: int = 20_000,
    seed: int = 0,
    threads: int | None = None,
    progress: bool | None = None,
) -> LevelCheck:
    """Measure the rates of a multilevel estimator: mean, variance, kurtosis and cost of differences of levels.

    Parameters
    ----------
    method, problem
        As for `strong_order`.
    observable : callable, optional
        Of points of shape (n, d), with values of shape (n,); by default the first of the problem's moments, and of a
        system the mean square of the components.
    noise, steps, draws, x0
        As for `strong_order`; steps 1/8 to 1/128 by default.
    n_paths : int
        Of each level; levels have paths of their own.
    seed, threads, progress
        As for `strong_order`.

    Returns
    -------
    LevelCheck

    Raises
    ------
    ValueError
        As for `strong_order`.

    References
    ----------
    M. B. Giles, "Multilevel Monte Carlo methods", Acta Numerica 24, 2015, section 3.

    Examples
    --------
    >>> check = level_check("euler-maruyama", n_paths=2000, steps=[0.25, 0.125, 0.0625, 0.03125])
    >>> check.means.shape, bool(check.consistency.max() < 1.0)
    ((4,), True)
    """
    given = path_problem(method, problem, noise)
    ladder, point = ladder_of(STEPS if steps is None else steps), first_point(given, x0)
    paths, key = checks.checked_count(n_paths, "n_paths", 20_000), checks.checked_seed(seed)
    found: list[Level] = []
    for rung in rungs(ladder):
        comparison = paired(method, given, point, rung, draws)
        found.append(_values(comparison, observable_of(given, observable), len(found), paths, key, threads, progress))
        if not found[-1].complete:
            raise KeyboardInterrupt
    return _check(name_of(method), ladder.steps, found, _words(given, found))


def _words(given: Problem | SDE, found: Sequence[Level]) -> str:
    system = given.system if isinstance(given, Problem) else given
    return f"{system.name or system!r}, {len(found[0].values)} paths a level"


def rungs(ladder: Ladder) -> list[Ladder]:
    """Return a ladder of one step size for every one of a ladder."""
    return [Ladder(float(h), 1, ladder.n_steps << k) for k, h in enumerate(ladder.steps)]


def observable_of(given: Problem | SDE, observable: Observable | None) -> Observable:
    """Return the observable that is asked for, or the default."""
    if observable is not None:
        return observable
    if isinstance(given, Problem) and given.moments:
        return next(iter(given.moments.values())).observable
    return mean_square


def mean_square(x: FloatArray) -> FloatArray:
    """Return the means of the squares of the components of points."""
    return np.asarray(np.mean(x * x, axis=-1))


def _values(
    comparison: Comparison,
    observable: Observable,
    level: int,
    n_paths: int,
    key: int,
    threads: int | None,
    progress: bool | None,
) -> Level:
    """Return the observable on the paths of a level; levels have different paths."""
    comparison.compile()

    def of_paths(first: int, count: int) -> FloatArray:
        begun = thread_time()
        points, other = comparison.ends(key, first, count)
        seconds = np.full(count, (thread_time() - begun) / count)
        return np.stack([observable(points[0]), observable(other[0]), seconds], axis=1)

    name, workers = f"level {level}", checks.checked_threads(threads)
    return Level(*sample(of_paths, level * n_paths, n_paths, threads=workers, progress=progress, name=name))


def _check(name: str, steps: FloatArray, found: Sequence[Level], words: str) -> LevelCheck:
    y = np.array([level.differences for level in found])
    n, means, variances = y.shape[1], y.mean(axis=1), y.var(axis=1, ddof=1)
    away = y - means[:, None]
    kurtosis = np.mean(away**4, axis=1) / np.mean(away**2, axis=1) ** 2
    seconds = np.array([level.values[:, 2].mean() for level in found])
    # Half the logarithm of the variance is that of a size, as is the mean.
    beta = fit_order(steps, 0.5 * np.log(variances), np.diag(0.25 * (kurtosis - 1.0) / n))
    gamma, spread = np.polyfit(-np.log(steps), np.log(seconds), 1, cov=True)
    return LevelCheck(
        name,
        steps,
        means,
        np.sqrt(variances / n),
        variances,
        kurtosis,
        _consistency(found),
        _rate(fit_order(steps, np.log(np.abs(means)), np.diag(variances / n / means**2))),
        (2.0 * beta.order, 2.0 * beta.deviation),
        (float(gamma[0]), float(np.sqrt(spread[0, 0]))),
        n,
        words,
    )


def _rate(fit: SampledFit) -> tuple[float, float]:
    return fit.order, fit.deviation


def _consistency(found: Sequence[Level]) -> FloatArray:
    """Return the differences of two estimates of a mean in units of Giles, of each level and the next."""
    finer = [level.values[:, 1] for level in found[:-1]]
    coarser = [level.values[:, 0] for level in found[1:]]
    n = len(finer[0])
    apart = [abs(one.mean() - two.mean()) for one, two in zip(finer, coarser, strict=True)]
    widths = [(one.std() + two.std()) / np.sqrt(n) for one, two in zip(finer, coarser, strict=True)]
    return np.asarray(apart) / (3.0 * np.asarray(widths))


def weak_order_sampled(
    method: Method,
    problem: Problem | SDE | None = None,
    *,
    observable: Observable | None = None,
    noise: str | None = None,
    claimed: float | None = None,
    steps: Sequence[float] | None = None,
    draws: tuple[str, ...] = ("increment",),
    x0: ArrayLike | None = None,
    n_paths: int = 100_000,
    seed: int = 0,
    threads: int | None = None,
    progress: bool | None = None,
) -> Verdict:
    """Decide the weak order of a method by differences from a trusted scheme on the same paths, in any dimension.

    Where `weak_order` reaches, it needs no paths and is sharper.

    Parameters
    ----------
    method, problem
        As for `strong_order`.
    observable : callable, optional
        Of points of shape (n, d), with values of shape (n,); by default the first of the problem's moments, and of a
        system the mean square of the components.
    noise, claimed, steps, draws, x0
        As for `strong_order`; steps 1/8 to 1/128 by default.
    n_paths : int
        Of each step; steps have paths of their own.
    seed, threads, progress
        As for `strong_order`.

    Returns
    -------
    Verdict
        Inconclusive, with the number of paths needed, while at some step the standard deviation of the mean is
        more than 0.2 of it, or neither one-sided test decides at the level 0.001.

    Raises
    ------
    ValueError
        As for `strong_order`.

    Examples
    --------
    >>> weak_order_sampled("euler-maruyama", n_paths=500).verdict
    'inconclusive'
    """
    given = path_problem(method, problem, noise)
    system = given.system if isinstance(given, Problem) else given
    claim = claim_of(method, system.noise, "weak", claimed)
    ladder, point = ladder_of(STEPS if steps is None else steps), first_point(given, x0)
    paths, key = checks.checked_count(n_paths, "n_paths", 100_000), checks.checked_seed(seed)
    found: list[Level] = []
    for rung in rungs(ladder):
        comparison = compared(method, given, point, rung, draws, claim, weak=True)
        found.append(_values(comparison, observable_of(given, observable), len(found), paths, key, threads, progress))
    y = [level.differences for level in found]
    means, errors = np.array([one.mean() for one in y]), np.array([one.std(ddof=1) / np.sqrt(one.size) for one in y])
    words = f"{_words(given, found)}, {comparison.words}"
    name = f"{name_of(method)}, weak order"
    verdict = decide_means(name, ladder.steps, means, errors, paths, claimed=claim, tier=TIER, evidence=words)
    beyond = claim is not None and claim > comparison.limit and verdict.verdict == REFUTED
    complete = all(level.complete for level in found)
    return replace(verdict, verdict=INCONCLUSIVE) if beyond or not complete else verdict
