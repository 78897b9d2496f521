"""The methods as `scipy.optimize.minimize` calls them."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, OptimizeResult, minimize
from tqdm import tqdm

from pdeopt._types import ArrayLike, BoolArray, FloatArray
from pdeopt.optimizers import checks
from pdeopt.optimizers.local_entropy import reflected
from pdeopt.optimizers.objective import BadValue, Objective, Spent, informing, record

__all__ = ["Problem", "concluded", "polished", "posed"]

PER_DIMENSION = 5000
"""Evaluations per coordinate where `maxfev` is not given."""


@dataclass(frozen=True, eq=False, repr=False)
class Problem:
    """What a search works on: offsets from the start along the free axes.

    Parameters
    ----------
    objective : Objective
    lower, upper : array, shape (k,)
        Bounds of the offsets, infinite where there are none.
    widths : array, shape (k,)
        Standard deviation of the widest kernel along each axis.
    rng : Generator
    bar : tqdm
    callback : callable
    """

    objective: Objective
    lower: FloatArray
    upper: FloatArray
    widths: FloatArray
    rng: np.random.Generator
    bar: "tqdm[Any]"
    callback: Callable[[Mapping[str, Any]], Any]

    def inside(self, offsets: FloatArray) -> FloatArray:
        """Return offsets reflected into the bounds."""
        return reflected(offsets, self.lower, self.upper)

    def best(self) -> tuple[FloatArray, float]:
        """Return the best offset so far and its value."""
        return self.objective.best, self.objective.value


def posed(fun: Callable[..., Any], x0: ArrayLike, method: str, asked: Mapping[str, Any]) -> Problem:
    """Check what the caller gave, and return the problem."""
    checks.refused(asked["constraints"], asked["hess"], asked["hessp"], method)
    start = checks.checked_start(x0)
    lower, upper = checks.checked_bounds(asked["bounds"], start)
    value, slope, args = checks.checked_functions(fun, asked["jac"], asked["args"])
    free = lower < upper
    maxfev = asked["maxfev"]
    limit = PER_DIMENSION * start.size if maxfev is None else checks.checked_count(maxfev, "maxfev", 2000)
    hidden = None if asked["progress"] is None else not asked["progress"]
    bar = tqdm(total=limit, unit="evaluation", delay=2.0, disable=hidden, leave=False, desc=method)
    return Problem(
        Objective(value, start, args=args, jac=slope, lower=lower, upper=upper, maxfev=limit, tick=bar.update),
        (lower - start)[free],
        (upper - start)[free],
        _widths(asked["scale"], (upper - lower)[free], free),
        np.random.default_rng(asked["rng"]),
        bar,
        informing(asked["callback"]),
    )


def _widths(scale: ArrayLike | None, sides: FloatArray, free: BoolArray) -> FloatArray:
    """Return the widths of the widest kernel: as given, else half of the box, else 1."""
    if scale is None:
        return np.where(np.isfinite(sides), 0.5 * sides, 1.0)
    widths = np.asarray(scale, dtype=float)
    if widths.shape not in ((), free.shape) or not (np.isfinite(widths).all() and (widths > 0.0).all()):
        raise ValueError(f"scale={scale!r} must be a positive length, or one per coordinate, e.g. scale=1.0.")
    return np.broadcast_to(widths, free.shape)[free].copy()


def polished(problem: Problem, offset: FloatArray, tolerance: float) -> FloatArray:
    """Return where a quasi-Newton method ends, which uses the gradient; L-BFGS-B of SciPy."""
    found = minimize(
        problem.objective,
        offset,
        jac=problem.objective.gradient,
        method="L-BFGS-B",
        bounds=Bounds(problem.lower, problem.upper),
        options={"ftol": tolerance, "gtol": 1e-12},
    )
    return np.asarray(found.x)


def concluded(problem: Problem, steps: Iterator[Mapping[str, Any]], ended: str) -> OptimizeResult:
    """Go through the steps of a search, and say how it ended; nothing found is lost."""
    objective, nit = problem.objective, 0
    last: Mapping[str, Any] = {}
    status, message = 0, ended
    try:
        for last in steps:
            nit += 1
            problem.callback({"x": objective.x, "fun": objective.value, "nit": nit, "nfev": objective.nfev, **last})
    except Spent:
        status, message = 1, f"maxfev={objective.maxfev} evaluations are used."
    except StopIteration:
        status, message = 99, "`callback` raised `StopIteration`."
    except KeyboardInterrupt:
        status, message = 2, "Interrupted: this is the best point so far."
    except BadValue as bad:
        status, message = 3, f"{bad}. This is the best point before."
    finally:
        problem.bar.close()
    if objective.nfev == 0 or (status == 3 and objective.value == np.inf):
        raise ValueError(message)
    if objective.value == np.inf:
        status, message = 4, f"fun is +inf at all {objective.nfev} points. Start from an x0 where it is finite."
    found = {"x": objective.x, "fun": objective.value, "nfev": objective.nfev, "njev": objective.njev, "nit": nit}
    return record(found | {"success": status == 0, "status": status, "message": message} | dict(last))
