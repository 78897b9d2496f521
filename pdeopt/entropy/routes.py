"""Which way to local entropy is taken: closed forms first, then structure, quadrature, sampling."""

from collections.abc import Callable

from pdeopt.entropy import closed_form, quadrature, radial, reduction, sampling, separable
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem

__all__ = ["estimate"]


def _through_projection(problem: Problem) -> Estimate:
    return reduction.through_projection(problem, estimate)


ROUTES: dict[str, tuple[Callable[[Problem], str], Callable[[Problem], Estimate]]] = {
    "closed form": (closed_form.obstacle, closed_form.estimate),
    "separable": (separable.obstacle, separable.estimate),
    "radial": (radial.obstacle, radial.estimate),
    "ridge": (reduction.obstacle, _through_projection),
    "quadrature": (quadrature.obstacle, quadrature.estimate),
    "sampling": (sampling.obstacle, sampling.estimate),
}
"""For each method why it cannot serve a problem, empty if it can, and what does it; in order of preference."""


def estimate(problem: Problem) -> Estimate:
    """Return local entropy by the method asked for, or by the first that applies."""
    if (bowl := reduction.without_quadratic(problem)) is not None:
        return reduction.through_quadratic(problem, bowl, estimate)
    if problem.method is not None:
        obstacle, solve = ROUTES[problem.method]
        if reason := obstacle(problem):
            raise ValueError(f"method={problem.method!r}: {reason} Use method=None, which chooses.")
        return solve(problem)
    reasons = []
    for name, (obstacle, solve) in ROUTES.items():
        reason = obstacle(problem)
        if not reason:
            return solve(problem)
        reasons.append(f"{name}: {reason}")
    raise ValueError("no method applies. " + " ".join(reasons))
