"""Which way to local entropy is taken: closed forms first, then structure, quadrature, sampling."""

from collections.abc import Callable

from pdeopt.entropy import closed_form, quadrature, sampling
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem

__all__ = ["estimate"]

ROUTES: dict[str, tuple[Callable[[Problem], str], Callable[[Problem], Estimate]]] = {
    "closed form": (closed_form.obstacle, closed_form.estimate),
    "quadrature": (quadrature.obstacle, quadrature.estimate),
    "sampling": (sampling.obstacle, sampling.estimate),
}
"""For each method why it cannot serve a problem, empty if it can, and what does it; in order of preference."""


def estimate(problem: Problem) -> Estimate:
    """Return local entropy by the method asked for, or by the first that applies."""
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
