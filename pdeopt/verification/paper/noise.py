"""Errata of noise and temperature: which law a noise has, and how two noises add."""

import math

import numpy as np
from scipy.linalg import solve_continuous_lyapunov

from pdeopt.entropy import local_entropy
from pdeopt.grid import Grid
from pdeopt.landscapes import double_well
from pdeopt.systems import SDE, entropy_sgd_2, heat
from pdeopt.verification.paper import oracles
from pdeopt.verification.paper.comparison import STANDARD_ERRORS, Comparison
from pdeopt.verification.paper.erratum import Evidence
from pdeopt.verification.paper.laws import ROUNDING, Law, fast_law, inner_law, stationary_law

__all__ = [
    "added_noises",
    "extrinsic_temperature",
    "heat_noise",
    "heat_variance",
    "inner_noise_without_beta",
    "law_of_noise",
]

X, TIME = 0.3, 0.5
WELL = f"double well, x={X:g}, time={TIME:g}"


def law_of_noise(seed: int) -> Evidence:
    """E1: the law of dy = -grad H ds + beta^(-1/2) dW, by simulation; the noise of exp(-beta H), by its law."""
    beta = 1.0
    claimed, true = (float(local_entropy(double_well(), X, time=TIME, beta=b).gradient[0]) for b in (beta, 2.0 * beta))
    sampled, bar = oracles.stationary_mean_on_paths(
        lambda z: -z / TIME + (X - z) * ((X - z) ** 2 - 1.0), beta**-0.5, 0.0, seed=seed
    )
    target, bar_of_target = oracles.derivative(_entropy(beta), X)
    weak, strong = (inner_law(X, TIME, math.sqrt(c / beta)).average for c in (1.0, 2.0))
    return (
        Comparison(
            f"(x - <y>)/time under noise beta^(-1/2), {WELL}, beta=1",
            claimed,
            true,
            sampled / TIME,
            bar / TIME,
            "simulated paths",
        ),
        Comparison(
            f"u_x sampled to estimate, {WELL}, beta=1",
            weak[0] / TIME,
            strong[0] / TIME,
            target,
            bar_of_target + (weak[1] + strong[1]) / TIME,
            "differences of the definition of u",
        ),
    )


def _entropy(beta: float) -> oracles.Function:
    return lambda x: oracles.entropy_by_quadrature(oracles.double_well, x, TIME, beta)


def inner_noise_without_beta(_seed: int) -> Evidence:
    """E5: the averaged force <f'(x - z)> under either noise of Entropy-SGD-2, against differences of u."""
    beta = 10.0
    printed = _force(inner_law(X, TIME, 1.0))
    corrected = _force(fast_law(entropy_sgd_2(double_well(), TIME, beta), X))
    oracle, bar = oracles.derivative(_entropy(beta), X)
    quantity, source = f"averaged f'(x - z), {WELL}, beta=10", "differences of the definition of u"
    return (Comparison(quantity, printed[0], corrected[0], oracle, bar + printed[1] + corrected[1], source),)


def _force(law: Law) -> tuple[float, float]:
    y = X - law.nodes
    return law.mean(y * (y * y - 1.0))


def heat_noise(_seed: int) -> Evidence:
    """E12: the variance of the inner Gaussian by Lyapunov's equation, and the force averaged over it."""
    beta, epsilon = 2.0, 0.01
    rate, noise = 1.0 / (epsilon * TIME), 1.0 / math.sqrt(epsilon * beta)
    variance = float(solve_continuous_lyapunov(np.array([[-rate]]), np.array([[-(noise**2)]]))[0, 0])
    printed = _gaussian_force(1.0 / math.sqrt(beta))
    corrected = _force(fast_law(heat(double_well(), TIME, beta, epsilon), X))
    oracle, bar = oracles.derivative(lambda x: oracles.smoothed(oracles.double_well, x, TIME / beta), X)
    return (
        Comparison(
            "variance of z under noise (eps beta)^(-1/2), time=0.5, beta=2",
            TIME / beta,
            TIME / (2.0 * beta),
            variance,
            ROUNDING,
            "Lyapunov's equation",
        ),
        Comparison(
            f"averaged f'(x - z) for the heat equation, {WELL}, beta=2",
            printed[0],
            corrected[0],
            oracle,
            bar + printed[1] + corrected[1],
            "differences of G * f",
        ),
    )


def heat_variance(_seed: int) -> Evidence:
    """E13: the averaged force over perturbations of either variance, against differences of G * f."""
    beta = 10.0
    printed, corrected = (_gaussian_force(math.sqrt(2.0 * c)) for c in (1.0, 1.0 / beta))
    oracle, bar = oracles.derivative(lambda x: oracles.smoothed(oracles.double_well, x, TIME / beta), X)
    return (
        Comparison(
            f"averaged f'(x + eps_i), {WELL}, beta=10",
            printed[0],
            corrected[0],
            oracle,
            bar + printed[1] + corrected[1],
            "differences of G * f",
        ),
    )


def _gaussian_force(noise: float) -> tuple[float, float]:
    """Return the force averaged over the Gaussian that dz = -(z / time) ds + noise dW leaves alone."""
    return _force(inner_law(X, TIME, noise, (0.0, 0.0)))


def added_noises(seed: int) -> Evidence:
    """E14: the stationary variance of dx = -x ds under two independent noises."""
    one, other = 4.0, 9.0
    drift_noise = SDE(_decay, _two_noises, noise="additive", n_noise=2, args=(one**-0.5, other**-0.5))
    law = stationary_law(drift_noise, Grid(-5.0, 5.0, 201))
    draws = np.random.default_rng(seed).standard_normal((2, 1_000_000))
    # The stationary solution is the integral of exp(-s) dW(s), a Gaussian of variance 1/2 for each noise.
    squares = 0.5 * (one**-0.5 * draws[0] + other**-0.5 * draws[1]) ** 2
    bar = STANDARD_ERRORS * float(squares.std()) / math.sqrt(squares.size)
    printed = 0.5 * (one**-0.5 + other**-0.5) ** 2
    quantity = "variance of dx = -x ds with noises of beta_mb=4 and beta_ex=9"
    return (Comparison(quantity, printed, law.variance[0], float(squares.mean()), bar, "two independent samples"),)


def _decay(_t: float, x: float, _one: float, _other: float) -> float:
    return -x


def _two_noises(_t: float, _x: float, one: float, other: float) -> tuple[float, float]:
    return (one, other)


def extrinsic_temperature(seed: int) -> Evidence:
    """E15: how far the inner loop spreads in L steps of the published code, whose noise is 1e-4."""
    step, n_steps, stiffness, amplitude = 0.1, 20, 1.0, 1e-4
    rng, y = np.random.default_rng(seed), np.zeros(200_000)
    for _ in range(n_steps):
        y += -step * stiffness * y + math.sqrt(2.0 * step) * amplitude * rng.standard_normal(y.size)
    spread = float(y.std())
    keep = (1.0 - step * stiffness) ** 2
    unit = math.sqrt(2.0 * step * (1.0 - keep**n_steps) / (1.0 - keep))
    bar = STANDARD_ERRORS * spread / math.sqrt(2.0 * y.size)
    quantity = "spread of y after 20 steps of 0.1, curvature 1"
    return (Comparison(quantity, 1e4 * unit, 1e-4 * unit, spread, bar, "the loop with the noise of the code, 1e-4"),)
