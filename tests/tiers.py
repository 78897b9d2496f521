"""Tiers of evidence, each as a function of the name of a scheme and a kind of noise.

It returns what it finds, or None where it does not apply.
"""

import numpy as np
from balance import BALANCES, CLOSE
from drawn import largest_score

import pdeopt
from pdeopt import landscapes, sde
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import UNIFORM
from pdeopt.systems import SDE, problems
from pdeopt.verification import invariant_bias, weak_order
from pdeopt.verification.equations import FOR_LANDSCAPES
from pdeopt.verification.verdict import CERTIFIED, REFUTED


def metropolis(name):
    """Tell whether a scheme accepts or rejects: no operator, no matrix."""
    return name in BALANCES


def is_langevin(name):
    return isinstance(sde.get(name), LangevinScheme)


def on_the_circle(decide):
    """Return the tier of operators on the circle, in the default equation of a kind of noise."""

    def tier(name, noise):
        too_many = noise == "general" and "milstein" in name
        return None if is_langevin(name) or metropolis(name) or too_many else decide(name, noise=noise).verdict

    return tier


def drift(t, x):
    return -1.3 * x[0] + 0.4 * x[1], -0.7 * x[0] - 0.9 * x[1]


def levels(t, x):
    return 0.8, 0.5


PLANE = SDE(drift, levels, "additive", 2, name="linear_plane")
WELL = pdeopt.overdamped_langevin(landscapes.quadratic(1.3), 1.25)


def linear_equation(name):
    """Return a linear equation with additive noise that a scheme takes."""
    if is_langevin(name):
        return problems.harmonic_langevin(frequency=1.3, beta=1.0 / 0.9, friction=0.7).system
    return WELL if isinstance(sde.get(name), FOR_LANDSCAPES) else PLANE


def on_linear_equations(decide):
    """Return the tier of matrices."""

    def tier(name, noise):
        fits = "additive" in sde.get(name).orders and not metropolis(name) and noise in (None, "additive")
        try:
            return decide(name, linear_equation(name)).verdict if fits else None
        except np.linalg.LinAlgError:
            # Without a stationary law there is no order of its averages.
            return REFUTED

    return tier


def balance(name, noise):
    """Decide whether a scheme with a Metropolis test leaves the stationary law alone."""
    return (CERTIFIED if BALANCES[name]() < CLOSE else REFUTED) if metropolis(name) else None


def draws(name, noise):
    """Decide whether the draws of a scheme have the moments and correlations that the other tiers take for granted."""
    stepper = sde.get(name).stepper(linear_equation(name)) if "additive" in sde.get(name).orders else None
    if stepper is None or UNIFORM in stepper.draws:
        return None
    score, bound = largest_score(stepper.draws, stepper.splits)
    return CERTIFIED if score < bound else REFUTED


TIERS = {
    "weak order on the circle": on_the_circle(weak_order),
    "stationary averages on the circle": on_the_circle(invariant_bias),
    "weak order, linear": on_linear_equations(weak_order),
    "stationary covariance, linear": on_linear_equations(invariant_bias),
    "Metropolis balance": balance,
    "moments of draws": draws,
}
