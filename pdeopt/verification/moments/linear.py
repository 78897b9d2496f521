"""Evidence from matrices: schemes on linear equations with additive noise, whose laws are Gaussian.

A step is `s -> M s + N xi` for states `s`; mean and covariance after n steps follow by squaring, the stationary
covariance from a discrete Lyapunov equation. The equation is `dX = A X dt + B dW`.
"""

import numpy as np
from scipy.linalg import expm, solve_continuous_lyapunov

from pdeopt._types import FloatArray
from pdeopt.sde import linear
from pdeopt.sde.linear import flat, nested
from pdeopt.sde.scheme import Stepper
from pdeopt.systems import SDE
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method, is_affine_step, name_of, stepper_of

__all__ = [
    "coefficients",
    "first_states_matrix",
    "gaussian_flow",
    "is_linear",
    "linear_stepper",
    "noise_matrix",
    "stationary_evidence",
    "steps_together",
    "weak_evidence",
]

TIER = "exact moments of a linear equation"


def coefficients(system: SDE) -> tuple[FloatArray, FloatArray]:
    """Return A and B B' of a linear equation, both of shape (d, d)."""
    shape = (0.0,) * system.dim if system.dim > 1 else 0.0
    units = [nested(shape, row) for row in np.eye(system.dim)]
    drift = np.array([np.atleast_1d(system.drift(0.0, unit, *system.args)) for unit in units]).T
    sigma = noise_matrix(system)
    return drift, sigma @ sigma.T


def noise_matrix(system: SDE) -> FloatArray:
    """Return the B of additive noise, shape (d, number of Brownian motions)."""
    point = (0.0,) * system.dim if system.dim > 1 else 0.0
    sigma = np.array(system.diffusion(0.0, point, *system.args), dtype=np.float64)
    return sigma.reshape(system.dim, -1) if system.diffusion_form == "rows" else np.diag(np.atleast_1d(sigma))


def is_linear(system: SDE) -> bool:
    """Tell whether the drift is linear in x, at a few points, and the noise additive; up to eight components."""
    if system.uses_arrays or system.noise != "additive":
        return False
    shape = (0.0,) * system.dim if system.dim > 1 else 0.0
    matrix = coefficients(system)[0]
    points = np.random.default_rng(0).normal(size=(4, system.dim))
    values = [np.atleast_1d(system.drift(0.0, nested(shape, x), *system.args)) for x in points]
    return np.allclose(values, points @ matrix.T, rtol=1e-12, atol=1e-12)


def gaussian_flow(drift: FloatArray, noise: FloatArray, time: float) -> tuple[FloatArray, FloatArray]:
    """Return exp(A t) and the covariance at time t from a known point, by Van Loan's block exponential."""
    d = drift.shape[0]
    block = expm(time * np.block([[-drift, noise], [np.zeros((d, d)), drift.T]]))
    mean = block[d:, d:].T
    return mean, mean @ block[:d, d:]


def steps_together(mean: FloatArray, noise: FloatArray, n_steps: int) -> tuple[FloatArray, FloatArray]:
    """Return the matrices `M**n` and covariance of n steps `s -> M s + noise`, by repeated squaring."""
    total, spread = np.eye(mean.shape[0]), np.zeros_like(mean)
    while n_steps:
        if n_steps % 2:
            total, spread = mean @ total, mean @ spread @ mean.T + noise
        mean, noise = mean @ mean, mean @ noise @ mean.T + noise
        n_steps //= 2
    return total, spread


def linear_stepper(method: Method, system: SDE, draws: tuple[str, ...]) -> Stepper:
    """Bind a method to a linear equation.

    Raises
    ------
    ValueError
        If a step is not linear in state and draws, so that matrices say nothing about it.
    """
    stepper = stepper_of(method, system, draws)
    if not is_affine_step(stepper, system.args, in_draws=True):
        raise ValueError(
            f"method={name_of(method)!r} is not linear in the state and its draws on {system!r}. Use a problem on the "
            "circle, such as problems.torus_additive(), or a method such as 'euler-maruyama'."
        )
    return stepper


def weak_evidence(method: Method, system: SDE, draws: tuple[str, ...]) -> Evidence:
    """Return the errors at time 1 of the mean and of the covariance, from any starting point."""
    stepper, d = linear_stepper(method, system, draws), system.dim
    exact = np.stack(gaussian_flow(*coefficients(system), 1.0))

    def error(h: float) -> FloatArray:
        mean, noise = linear.state_matrices(stepper, h, system.args)
        power, spread = steps_together(mean, noise @ noise.T, steps_to_one(h))
        found = np.stack([(power @ first_states_matrix(stepper, system))[:d], spread[:d, :d]])
        return np.asarray(found - exact).reshape(-1)

    return Evidence(error, lambda h: 1e-14 + 1e-16 / h, TIER, _words(system))


def first_states_matrix(stepper: Stepper, system: SDE) -> FloatArray:
    """Return the matrix that makes a state of a point."""
    units = [nested(stepper.point, row) for row in np.eye(system.dim)]
    return np.array([flat(stepper.begin(0.0, unit, system.args)) for unit in units]).T


def stationary_evidence(
    method: Method, system: SDE, draws: tuple[str, ...], components: tuple[int, ...] | None = None
) -> Evidence:
    """Return the errors of the stationary covariance of all components, or of some."""
    stepper = linear_stepper(method, system, draws)
    kept = np.ix_(*(components or tuple(range(system.dim)),) * 2)
    drift, noise = coefficients(system)
    exact = solve_continuous_lyapunov(drift, -noise)[kept]

    def error(h: float) -> FloatArray:
        return np.asarray(linear.stationary_state(stepper, h, system.args)[kept] - exact).reshape(-1)

    # The Lyapunov equation loses the digits of 1 / (1 - spectral radius).
    return Evidence(error, lambda h: 1e-14 + 1e-15 / h, TIER, _words(system))


def _words(system: SDE) -> str:
    return f"{system.name or system!r}, {system.dim} component{'s' if system.dim > 1 else ''}"
