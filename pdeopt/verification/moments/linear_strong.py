"""Errors along one Brownian path, exact: schemes on linear equations with additive noise.

The numerical and the true solution are driven by the same motion, so that the pair (their difference, the true one) is
a linear recursion. Every draw of a step is an integral of a known function of time against the motion; the noise of the
difference is a difference of such functions, and no digits cancel.
"""

from typing import Any, NamedTuple

import numpy as np
from scipy.linalg import expm

from pdeopt._types import FloatArray
from pdeopt.sde import linear
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import COIN, FRICTION, INCREMENT, NORMAL, TIME_INTEGRAL, Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE, Langevin
from pdeopt.systems.problems import Problem
from pdeopt.verification.evidence import Evidence, steps_to_one
from pdeopt.verification.methods import Method, stepper_of
from pdeopt.verification.moments.linear import (
    coefficients,
    first_states_matrix,
    is_linear,
    linear_stepper,
    noise_matrix,
    steps_together,
)

__all__ = ["path_errors", "stationary_path_errors", "strong_evidence"]

TIER = "exact errors along a path of a linear equation"
LEADING = (INCREMENT, FRICTION)
"""Kinds of draws that belong to a piece of the path each."""

OF_THE_PATH = (*LEADING, TIME_INTEGRAL, NORMAL, COIN)

NODES, WEIGHTS = np.polynomial.legendre.leggauss(20)


class Pair(NamedTuple):
    """One step of the pair (difference of states, true point): `z -> mean z + noise` of covariance `noise`."""

    mean: FloatArray
    noise: FloatArray


def moving_columns(method: Method, system: SDE) -> list[int]:
    """Return the Brownian motions that a method draws; schemes of Langevin dynamics have none for positions."""
    own = not isinstance(method, str | Scheme) or isinstance(get(method), LangevinScheme)
    if isinstance(system, Langevin) and own:
        return list(range(system.dim // 2, system.dim))
    return list(range(system.n_brownian))


def is_coupled(stepper: Stepper, n_motions: int) -> bool:
    """Tell whether the draws of a step are functionals of the path, or independent of it."""
    n_leads, n_partners = (sum(kind in kinds for kind in stepper.draws) for kinds in (LEADING, (TIME_INTEGRAL,)))
    known = set(stepper.draws) <= set(OF_THE_PATH) and len(set(stepper.draws) & set(LEADING)) == 1
    return known and not n_leads % max(n_motions, 1) and n_partners in (0, n_leads)


def draw_functions(kinds: tuple[str, ...], n_motions: int, friction: float, h: float) -> Any:
    """Return what the draws of a step are integrals of.

    Parameters
    ----------
    kinds : tuple of str
        Of the draws, as in `Stepper.draws`: the k-th increment or friction draw belongs to motion ``k % n_motions`` and
        to the piece ``k // n_motions`` of the step, and the k-th time integral to the same.
    n_motions : int
    friction : float
        Rate at which the noise of friction draws decays.
    h : float

    Returns
    -------
    left, areas : arrays, shape (n,)
        At nodes in the step: the time to its end, and weights of their quadrature.
    functions : array, shape (n, n_draws, n_motions)
        Orthonormal; those of draws independent of the path are 0.
    """
    leads = [j for j, kind in enumerate(kinds) if kind in LEADING]
    partners = [j for j, kind in enumerate(kinds) if kind == TIME_INTEGRAL]
    n_pieces = len(leads) // n_motions
    tau = h / n_pieces
    inner, areas = 0.5 * tau * (1.0 - NODES), 0.5 * tau * WEIGHTS
    rate = friction if FRICTION in kinds else 0.0
    first, second = _orthonormal(inner, areas, rate)
    functions = np.zeros((n_pieces, NODES.size, len(kinds), n_motions))
    for k, j in enumerate(leads):
        functions[k // n_motions, :, j, k % n_motions] = first
    for k, j in enumerate(partners):
        functions[k // n_motions, :, j, k % n_motions] = second
    left = np.concatenate([inner + (n_pieces - 1 - k) * tau for k in range(n_pieces)])
    return left, np.tile(areas, n_pieces), functions.reshape(-1, len(kinds), n_motions)


def _orthonormal(left: FloatArray, areas: FloatArray, rate: float) -> tuple[FloatArray, FloatArray]:
    """Return the functions of the two normals of a piece: of a momentum, and of the rest of its position."""
    momentum = np.exp(-rate * left)
    position = -np.expm1(-rate * left) / rate if rate > 0.0 else left
    momentum = momentum / np.sqrt(areas @ momentum**2)
    rest = position - (areas @ (momentum * position)) * momentum
    return momentum, rest / np.sqrt(areas @ rest**2)


def pair_of(method: Method, system: SDE, draws: tuple[str, ...], h: float) -> Pair:
    """Return one step of a method and of the equation that it solves, on the same path."""
    stepper, columns = stepper_of(method, system, draws), moving_columns(method, system)
    drift, begin = coefficients(system)[0], first_states_matrix(stepper, system)
    step, noise = linear.state_matrices(stepper, h, system.args)
    friction = system.friction if isinstance(system, Langevin) else 0.0
    left, areas, functions = draw_functions(stepper.draws, len(columns), friction, h)
    true = expm(drift * left[:, None, None]) @ noise_matrix(system)[:, columns]
    both = np.concatenate([noise @ functions - begin @ true, true], axis=1)
    covariance = np.einsum("n,nik,njk->ij", areas, both, both)
    alone = noise[:, ~functions.any(axis=(0, 2))]
    covariance[: alone.shape[0], : alone.shape[0]] += alone @ alone.T
    flow = expm(drift * h)
    zero = np.zeros((system.dim, step.shape[0]))
    return Pair(np.block([[step, step @ begin - begin @ flow], [zero, flow]]), covariance)


def path_errors(
    method: Method, system: SDE, h: float, n_steps: int, *, draws: tuple[str, ...] = ("increment",), start: Any = None
) -> FloatArray:
    """Return root mean squares of numerical minus true solution after a number of steps along one Brownian path.

    Parameters
    ----------
    method : str, Scheme or callable
    system : SDE
        Linear, with additive noise.
    h : float
    n_steps : int
    draws : tuple of str
        Of your own step.
    start : array_like, shape (d,), optional
        By default a random one, standard normal.

    Returns
    -------
    array, shape (d,)
        For each component.

    Examples
    --------
    >>> from pdeopt.systems.problems import ornstein_uhlenbeck
    >>> system = ornstein_uhlenbeck(k=1.0, s=1.0).system
    >>> path_errors("euler-maruyama", system, h=0.01, n_steps=100, start=[0.0]).round(6).tolist()
    [0.003011]
    """
    pair, d = pair_of(method, system, draws, h), system.dim
    total, spread = steps_together(pair.mean, pair.noise, n_steps)
    second = np.eye(d) if start is None else np.outer(start, start)
    squares = np.diag(total[:, -d:] @ second @ total[:, -d:].T + spread)[:d]
    return np.asarray(np.sqrt(squares))


def stationary_path_errors(
    method: Method, problem: Problem | SDE, h: float, *, draws: tuple[str, ...] = ("increment",)
) -> FloatArray:
    """Return the stationary root mean squares of numerical minus true solution along one Brownian path.

    Parameters
    ----------
    method : str, Scheme or callable
        A scheme of the package, or your own ``step(t, x, h, xi, args)``.
    problem : Problem or SDE
        Linear, with additive noise and a stationary law.
    h : float
        The step size.
    draws : tuple of str
        The kinds of the draws of your own step.

    Returns
    -------
    array, shape (d,)
        For each component.

    Raises
    ------
    ValueError
        If the equation is not linear with additive noise, the draws of the method are not functionals of the path, or
        one of the two has no stationary law.

    Notes
    -----
    A friction draw stands for the Ornstein-Uhlenbeck integral over its own piece of the step, an increment for the
    increment over its piece. The sum over all past steps is taken by doubling their number.

    Examples
    --------
    >>> from pdeopt.systems.problems import harmonic_langevin
    >>> well = harmonic_langevin(frequency=1.3, beta=1 / 0.9, friction=0.7)
    >>> [f"{stationary_path_errors(word, well, 0.1)[0]:.8e}" for word in ("baoab", "ubu")]
    ['3.11524603e-02', '1.83300528e-03']
    """
    system = problem.system if isinstance(problem, Problem) else problem
    check_coupled(method, system, draws)
    pair = pair_of(method, system, draws, h)
    radius = float(np.abs(np.linalg.eigvals(pair.mean)).max())
    if not radius < 1.0:
        raise ValueError(
            f"h={h!r} gives {system!r} or the method a spectral radius of {radius:.4g}: there is no stationary law. "
            "Use a smaller step, and an equation that forgets its start."
        )
    forgotten = 2 ** int(np.ceil(np.log2(90.0 / -np.log(radius))))
    return np.asarray(np.sqrt(np.diag(steps_together(pair.mean, pair.noise, forgotten)[1])[: system.dim]))


def check_coupled(method: Method, system: SDE, draws: tuple[str, ...]) -> None:
    """Raise if an equation is not linear with additive noise, or the draws do not belong to its path."""
    if not is_linear(system):
        raise ValueError(
            f"{system!r} is not linear with additive noise. Use a problem such as problems.harmonic_langevin()."
        )
    stepper, n_motions = linear_stepper(method, system, draws), len(moving_columns(method, system))
    if not is_coupled(stepper, n_motions):
        raise ValueError(
            f"draws={stepper.draws} are not those of a path of {n_motions} Brownian motions. Use an increment for each "
            "of them, such as draws=('increment',) for one."
        )


def strong_evidence(method: Method, system: SDE, draws: tuple[str, ...]) -> Evidence:
    """Return the root mean square errors of each component at time 1, from a standard normal start."""
    check_coupled(method, system, draws)

    def error(h: float) -> FloatArray:
        return path_errors(method, system, h, steps_to_one(h), draws=draws)

    words = f"{system.name or system!r}, root mean squares at time 1 from a standard normal start"
    return Evidence(error, lambda h: 1e-15 + 3e-16 / h, TIER, words)
