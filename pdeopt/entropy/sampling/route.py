"""Local entropy by sampling: the thin path from a problem to an estimate."""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._types import FloatArray
from pdeopt.entropy.curvature import Curvature
from pdeopt.entropy.estimate import Estimate
from pdeopt.entropy.problem import Problem
from pdeopt.entropy.sampling.draws import Draws
from pdeopt.entropy.sampling.moments import Moments, moments, pooled, pooled_mass
from pdeopt.entropy.sampling.plans import Plan, from_kernel, planned
from pdeopt.entropy.sampling.proximal import ROUNDING, proximal
from pdeopt.entropy.sampling.scaled import Scaled
from pdeopt.entropy.sampling.second import excess, poor, second_opinion, widened

__all__ = ["SamplingWarning", "estimate", "obstacle"]

LARGEST_WEIGHT = 0.05
"""Share of one draw, or batch, in the sum of weights above which errors cannot be trusted."""
LARGEST_R_HAT = 1.1
FEWEST = 100.0
"""Effective draws below which errors cannot be trusted."""


MOST_ROUNDS = 1000
"""Times that draws are repeated for the sake of a tolerance."""


class SamplingWarning(UserWarning):
    """Draws do not tell enough for their error bars to be trusted."""


@dataclass(frozen=True, eq=False)
class AtPoint:
    """What was found at one point."""

    value: float
    gradient: FloatArray
    hessian: Curvature
    errors: tuple[float, FloatArray, float]
    effective: float
    evaluations: int
    diagnostics: dict[str, float | str]


def obstacle(problem: Problem) -> str:
    """Say why sampling cannot serve, or nothing."""
    if problem.time == 0:
        return "sampling needs a positive time."
    return ""


def estimate(problem: Problem) -> Estimate:
    """Sample at each point, each with its own stream of random numbers."""
    seeds = problem.rng.integers(2**63, size=len(problem.points))
    solve = _inviscid_at_point if np.isinf(problem.beta) else _at_point
    bar = tqdm(total=len(seeds), unit="point", desc="local entropy", delay=2.0, leave=False, disable=None)
    found = []
    with bar:
        for x, seed in zip(problem.points, seeds, strict=True):
            found.append(solve(problem, x, np.random.default_rng(int(seed)), bar))
            bar.update()
    return Estimate(
        np.array([one.value for one in found]),
        np.array([one.gradient for one in found]),
        _stacked([one.hessian for one in found]),
        np.array([one.errors[0] for one in found]),
        np.array([one.errors[1] for one in found]),
        np.array([one.errors[2] for one in found]),
        "sampling",
        "estimate" if np.isinf(problem.beta) else "95 %",
        sum(one.evaluations for one in found),
        np.array([one.effective for one in found]),
        {name: np.array([one.diagnostics[name] for one in found]) for name in found[0].diagnostics},
    )


def _stacked(parts: list[Curvature]) -> Curvature:
    """Join matrices of different rank."""
    rank = max(part.factors.shape[1] for part in parts)

    def padded(array: FloatArray, *axes: int) -> FloatArray:
        return np.pad(array, [(0, rank - array.shape[k] if k in axes else 0) for k in range(3)])

    return Curvature(
        np.concatenate([part.diagonal for part in parts]),
        np.concatenate([padded(part.factors, 1) for part in parts]),
        np.concatenate([padded(part.core, 1, 2) for part in parts]),
    )


def _inviscid_at_point(problem: Problem, x: FloatArray, rng: np.random.Generator, _bar: "tqdm[Any]") -> AtPoint:
    target = Scaled(problem.landscape, x, problem.time, 1.0)
    found, t = proximal(target, rng), problem.time
    curvature = Curvature(found.curvature.diagonal / t, found.curvature.factors, found.curvature.core / t)
    slope_error = np.full(x.size, found.distance / target.unit)
    bend_error = float(np.abs(curvature.trace_entries).max()) * np.sqrt(ROUNDING) + np.sqrt(ROUNDING) / t
    return AtPoint(
        found.energy,
        -found.w / target.unit,
        curvature,
        (found.error, slope_error, bend_error),
        np.inf,
        target.evaluations,
        {"agreeing": found.agreeing},
    )


def _at_point(problem: Problem, x: FloatArray, rng: np.random.Generator, bar: "tqdm[Any]") -> AtPoint:
    target = Scaled(problem.landscape, x, problem.time, problem.beta)
    plan = planned(target, rng, problem.sampler)
    found, draws = _sampled(problem, target, plan, rng, bar)
    other = second_opinion(target, plan, rng, problem.n_samples or plan.default_draws)
    doubtful = excess(found, other) > 0 or poor(found, draws)
    if doubtful and not plan.from_kernel and problem.sampler in (None, "annealed"):
        # Wells were missed: the kernel, which misses none, takes over, and what it took over from is its check.
        other, plan = found, from_kernel(target, plan, rng)
        found, draws = _sampled(problem, target, plan, rng, bar)
    diagnostics = _diagnostics(plan, draws)
    missed = excess(found, other)
    _warn(x, diagnostics, found.effective, missed / problem.beta)
    return _in_units(target, widened(found, other), diagnostics)


def _sampled(
    problem: Problem, target: Scaled, plan: Plan, rng: np.random.Generator, bar: "tqdm[Any]"
) -> tuple[Moments, Draws]:
    """Draw until the tolerance is reached, if there is one; also return the last draws."""
    limit = np.inf if problem.tolerance is None else problem.beta * problem.tolerance
    parts: list[Moments] = []
    error = np.inf
    while not parts or (error > limit and len(parts) < MOST_ROUNDS):
        draws = plan.draws(target, rng, problem.n_samples or plan.default_draws)
        stein = target.has_gradient and bool(np.isfinite(draws.log_weight).all())
        parts.append(moments(draws, plan.leading, stein=stein))
        error = float(pooled_mass(parts).half_width[0])
        bar.set_postfix_str(f"error {error / problem.beta:.1e}", refresh=False)
        bar.update(0)
    if error > limit:
        warn_of_tolerance(problem, error / problem.beta)
    return pooled(parts), draws


def warn_of_tolerance(problem: Problem, error: float) -> None:
    """Say that the tolerance asked for was not reached."""
    warnings.warn(
        f"tolerance={problem.tolerance:g} was not reached in {MOST_ROUNDS} rounds of draws, but {error:.1e}. "
        f"Use a larger n_samples, or tolerance={1.5 * error:.1e}.",
        SamplingWarning,
        stacklevel=7,
    )


def _diagnostics(plan: Plan, draws: Draws) -> dict[str, float | str]:
    weights = np.exp(draws.log_weight - draws.log_weight.max())
    shares = weights if not draws.chains else weights.reshape(draws.batches, -1)[:, 0]
    return {
        "sampler": plan.sampler,
        "peaks": plan.n_peaks,
        "acceptance": draws.acceptance,
        "r_hat": r_hat(draws),
        "largest_weight": float(shares.max() / shares.sum()),
    }


def r_hat(draws: Draws) -> float:
    """Compare chains of the same peak: the largest ratio, over coordinates, of total to within-chain spread.

    Source: A. Gelman, D. B. Rubin, Inference from iterative simulation using multiple sequences, Statistical Science 7
    (1992).
    """
    if not draws.chains:
        return np.nan
    dim = min(draws.w.shape[1], 64)
    rows = draws.w[:, :dim].reshape(draws.batches, -1, draws.chains, dim)
    chains = np.swapaxes(rows, 1, 2).reshape(-1, rows.shape[1], dim)
    labels = np.swapaxes(draws.labels.reshape(rows.shape[:3]), 1, 2).reshape(-1, rows.shape[1])[:, 0]
    found = [_ratio(chains[labels == k]) for k in np.unique(labels) if (labels == k).sum() >= 8]
    return max(found, default=np.nan)


def _ratio(chains: FloatArray) -> float:
    n = chains.shape[1]
    within = chains.var(axis=1, ddof=1).mean(axis=0)
    between = chains.mean(axis=1).var(axis=0, ddof=1)
    # A chain that never moved has no spread.
    fine = np.where(within > 0, within, np.finfo(float).tiny)
    return float(np.sqrt((n - 1) / n + between / fine).max())


def _warn(x: FloatArray, diagnostics: dict[str, float | str], effective: float, missed: float) -> None:
    troubles = []
    if missed:
        troubles.append(f"a second estimate from another start is lower by {missed:.2g}, so that wells were missed")
    if float(diagnostics["largest_weight"]) > LARGEST_WEIGHT * (6.0 if diagnostics["sampler"] != "importance" else 1.0):
        troubles.append(f"one part of the draws holds {float(diagnostics['largest_weight']):.0%} of all weight")
    if effective < FEWEST:
        troubles.append(f"the draws are worth {effective:.0f} independent ones")
    if diagnostics["sampler"] in ("mala", "metropolised-obabo") and float(diagnostics["r_hat"]) > LARGEST_R_HAT:
        troubles.append(f"chains of the same peak disagree, r_hat={float(diagnostics['r_hat']):.2f}")
    if troubles:
        warnings.warn(
            f"at x={x[:4].tolist()}: {'; '.join(troubles)}. The errors are not to be trusted: "
            "use more n_samples, sampler='annealed', or a landscape with structure (separable, radial, ridge).",
            SamplingWarning,
            stacklevel=6,
        )


def _in_units(target: Scaled, found: Moments, diagnostics: dict[str, float | str]) -> AtPoint:
    d, t, beta, unit = target.dim, target.time, target.beta, target.unit
    inner = found.covariance
    hessian = Curvature((1.0 - inner.diagonal) / t, inner.factors, -inner.core / t)
    rounding = 16 * np.finfo(float).eps
    size = abs(float(found.log_mass.value[0])) + d
    reach = np.abs(found.mean.value).max()
    return AtPoint(
        (0.5 * d * np.log(2.0 * np.pi) - float(found.log_mass.value[0])) / beta,
        -unit * found.mean.value / t,
        hessian,
        (
            (float(found.log_mass.half_width[0]) + rounding * size) / beta,
            unit * (found.mean.half_width + rounding * (1.0 + reach)) / t,
            (found.covariance_error + rounding * (1.0 + reach**2)) / t,
        ),
        found.effective,
        target.evaluations,
        diagnostics,
    )
