"""Up to which step a scheme is stable on a linear test equation, found from its own steps."""

from collections.abc import Mapping

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.landscapes import quadratic
from pdeopt.sde import linear
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import UNIFORM, Scheme, Stepper
from pdeopt.systems import SDE, overdamped_langevin
from pdeopt.systems.problems import mean_square_stability, ornstein_uhlenbeck
from pdeopt.verification.draws import RULES, Rule, draw_values, normal_rule
from pdeopt.verification.equations import FOR_LANDSCAPES
from pdeopt.verification.methods import fitting_system

__all__ = ["langevin_limits", "mean_limit", "mean_square_limit"]

FRICTIONS = (0.1, 1.0, 10.0)
"""In units of the frequency."""

NORMALS = ("increment", "time-integral", "normal")

FEW: Mapping[str, Rule] = {**RULES, **dict.fromkeys(NORMALS, normal_rule(8))}
"""Exact for the squares of steps that are polynomials of degree seven in their draws."""


def langevin_limits(scheme: LangevinScheme) -> FloatArray:
    """Return the largest stable step of a scheme in a harmonic well of frequency 1, at frictions 0.1, 1 and 10."""
    return np.array([scheme.stability_limit(1.0, friction) for friction in FRICTIONS])


def mean_limit(scheme: Scheme) -> float | None:
    """Return the largest stable step on ``dX = -X dt + dW``.

    Parameters
    ----------
    scheme : Scheme
        That takes additive noise.

    Returns
    -------
    float or None
        ``inf`` where every step is stable; None for a scheme that accepts or rejects, or whose step is not linear
        there.

    Examples
    --------
    >>> from pdeopt.sde import EulerMaruyama
    >>> round(mean_limit(EulerMaruyama()), 9)
    2.0
    """
    needs_landscape = isinstance(scheme, FOR_LANDSCAPES)
    system = overdamped_langevin(quadratic(), 1.0) if needs_landscape else ornstein_uhlenbeck().system
    stepper = scheme.stepper(system)
    if UNIFORM in stepper.draws or not _is_linear(stepper, system):
        return None
    return linear.largest_stable_step(lambda h: linear.state_matrices(stepper, h, system.args)[0], 1.0)


def mean_square_limit(scheme: Scheme) -> float | None:
    """Return the largest step for which the mean square of ``dX = -X dt + X dW`` (Ito) does not grow.

    Parameters
    ----------
    scheme : Scheme
        That takes diagonal noise.

    Returns
    -------
    float or None
        As for `mean_limit`.

    Examples
    --------
    >>> from pdeopt.sde import EulerMaruyama
    >>> round(mean_square_limit(EulerMaruyama()), 9)
    1.0
    """
    system = fitting_system(scheme, mean_square_stability(decay=-1.0, noise=1.0).system)
    stepper = scheme.stepper(system)
    if not _is_linear(stepper, system):
        return None
    draws, weights = draw_values(stepper.draws, FEW)

    def growth(h: float) -> FloatArray:
        return np.array([[weights @ _after_one_step(stepper, 1.0, draws, h, system.args) ** 2]])

    return linear.largest_stable_step(growth, 1.0)


def _is_linear(stepper: Stepper, system: SDE) -> bool:
    """Tell whether doubling the point and, for additive noise, the draws doubles the point after a step."""
    draws = draw_values(stepper.draws, FEW)[0][:1]
    factor = 2.0 if system.noise == "additive" else 1.0
    one = _after_one_step(stepper, 1.0, draws, 0.5, system.args)
    two = _after_one_step(stepper, 2.0, factor * draws, 0.5, system.args)
    return np.allclose(two, 2.0 * one, rtol=1e-6)


def _after_one_step(stepper: Stepper, x: float, draws: FloatArray, h: float, args: Arguments) -> FloatArray:
    """Return the points after one step from x, for every row of draws; not compiled, for it is little work."""
    constants, state = stepper.prepare(h, args), stepper.begin(0.0, x, args)
    drawn = [linear.nested(stepper.xi, row) if row else stepper.xi for row in draws.tolist()]
    return np.array([linear.flat(stepper.step(0.0, state, h, xi, constants))[0] for xi in drawn])
