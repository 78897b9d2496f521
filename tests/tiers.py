"""Tiers of evidence, each as a function of the name of a scheme and a kind of noise.

It returns what it finds, or None where it does not apply.
"""

import math

import numpy as np
from balance import BALANCES, CLOSE
from drawn import LEVEL, passes
from scipy.special import ndtri

import pdeopt
from pdeopt import landscapes, sde, verification
from pdeopt.kernels.sde import langevin
from pdeopt.landscapes import Landscape
from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.scheme import UNIFORM
from pdeopt.systems import SDE, problems
from pdeopt.verification.algebra import order_conditions
from pdeopt.verification.equations import FOR_LANDSCAPES
from pdeopt.verification.evidence import settled_errors
from pdeopt.verification.methods import claimed_orders
from pdeopt.verification.moments.on_paths import has_exact_strong_errors, strong_evidence
from pdeopt.verification.operators import plane
from pdeopt.verification.verdict import CERTIFIED, INCONCLUSIVE, REFUTED, verdict_of

EXIT_TESTS = ("bridge", "shifted")
EXIT_RUN = {"step": 1 / 16, "n_steps": 480, "n_paths": 50_000, "statistics": False, "progress": False}


def metropolis(name):
    """Tell whether a scheme accepts or rejects: no operator, no matrix."""
    return name in BALANCES


def is_langevin(name):
    return isinstance(sde.get(name), LangevinScheme)


def on_the_circle(decide):
    """Return the tier of operators on the circle, in the default equation of a kind of noise."""

    def tier(name, noise):
        too_many = noise == "general" and "milstein" in name
        if is_langevin(name) or metropolis(name) or too_many:
            return None
        return getattr(verification, decide)(name, noise=noise).verdict

    return tier


def drift(t, x):
    return -1.3 * x[0] + 0.4 * x[1], -0.7 * x[0] - 0.9 * x[1]


def height(q):
    return 0.5 * q * q + math.sin(q)


def slope(q):
    return q + math.cos(q)


def levels(t, x):
    return 0.8, 0.5


PLANE = SDE(drift, levels, "additive", 2, name="linear_plane")
CIRCLE = problems.torus().system
BROWNIAN = problems.exit_brownian().system
POTENTIAL = pdeopt.langevin(Landscape(height, slope), beta=1.0, friction=1.0)
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
            return getattr(verification, decide)(name, linear_equation(name)).verdict if fits else None
        except np.linalg.LinAlgError:
            # Without a stationary law there is no order of its averages.
            return REFUTED
        except ValueError:
            # A mutant of a step that is linear in its draws may not be.
            return None

    return tier


def exact_strong(system_of):
    """Return the tier of exact errors along a path, in an equation that a scheme takes."""

    def tier(name, noise):
        system = system_of(name)
        if noise not in (None, system.noise) or not has_exact_strong_errors(name, system):
            return None
        evidence = strong_evidence(name, system)
        steps, errors = settled_errors(evidence)
        rounding = [evidence.rounding(h) for h in steps]
        claimed = claimed_orders(name, system.noise)[0]
        return verdict_of(name, steps, errors, claimed=claimed, tier="", evidence="", rounding=rounding).verdict

    return tier


def geometric(name):
    return problems.gbm().system


def coupled_paths(name, noise):
    """Decide the strong order by coupled paths, where it is not known for multiplicative noise without sampling."""
    claims = any(orders.strong for orders in sde.get(name).orders.values())
    fits = claims and noise is None and not is_langevin(name) and not metropolis(name)
    fits = fits and not has_exact_strong_errors(name, geometric(name))
    return verification.strong_order(name, progress=False).verdict if fits else None


def conditions(name, noise):
    """Decide the strong order by the order conditions of the tableau that a step amounts to."""
    if noise is not None or is_langevin(name):
        return None
    try:
        return order_conditions.order_conditions(name).verdict
    except (TypeError, ValueError):
        # Most schemes are of another form than Roessler's.
        return None


def nonlinear_potential(name, noise):
    """Decide the order of stationary averages of BAOAB on the plane, which takes the constants of its word alone."""
    if name != "baoab":
        return None
    word, args = sde.get(name).word, (1.0, 1.0, 1.0)
    changed = plane.word_constants is not langevin.word_constants
    if changed and plane.word_constants(word)(0.3, args) == langevin.word_constants(word)(0.3, args):
        return None
    return verification.invariant_bias(name, POTENTIAL, steps=(0.4, 0.2, 0.1, 0.05)).verdict


def exit_times(name, noise):
    """Decide the order of mean exit times, of the scheme whose exits all tests are made for."""
    if name != "euler-maruyama":
        return None
    try:
        return worst([verification.exit_order(name, test=test).verdict for test in EXIT_TESTS])
    except ValueError:
        # Exit times of a scheme that hardly moves are not resolved.
        return INCONCLUSIVE


def worst(verdicts):
    return next((one for one in (REFUTED, INCONCLUSIVE) if one in verdicts), CERTIFIED)


def simulated_exits(name, noise):
    """Decide whether simulated exits of a Brownian motion from (-1, 1) take the time 1 on average, as bridges do."""
    if name != "euler-maruyama":
        return None
    run = pdeopt.simulate(BROWNIAN, 0.0, exit=sde.Exit(-1.0, 1.0), **EXIT_RUN)
    times = run.exits.times
    score = (times.mean() - 1.0) / times.std() * np.sqrt(times.size)
    return CERTIFIED if abs(score) < -ndtri(0.5 * LEVEL) else REFUTED


def balance(name, noise):
    """Decide whether a scheme with a Metropolis test leaves the stationary law alone."""
    return (CERTIFIED if BALANCES[name]() < CLOSE else REFUTED) if metropolis(name) else None


def draws(name, noise):
    """Decide whether the draws of a scheme have the moments and correlations that the other tiers take for granted."""
    stepper = sde.get(name).stepper(linear_equation(name)) if "additive" in sde.get(name).orders else None
    if stepper is None or UNIFORM in stepper.draws:
        return None
    return CERTIFIED if passes(stepper.draws, stepper.splits) else REFUTED


OF_STEPS = (
    "weak order on the circle",
    "stationary averages on the circle",
    "weak order, linear",
    "stationary covariance, linear",
    "stationary averages on the plane",
    "strong order, linear",
    "strong order, geometric",
    "order conditions",
    "mean exit times",
    "Metropolis balance",
)
"""Tiers that run the step of a scheme and no generator of random numbers."""

TIERS = {
    "weak order on the circle": on_the_circle("weak_order"),
    "stationary averages on the circle": on_the_circle("invariant_bias"),
    "weak order, linear": on_linear_equations("weak_order"),
    "stationary covariance, linear": on_linear_equations("invariant_bias"),
    "stationary averages on the plane": nonlinear_potential,
    "strong order, linear": exact_strong(linear_equation),
    "strong order, geometric": exact_strong(geometric),
    "strong order, coupled paths": coupled_paths,
    "order conditions": conditions,
    "mean exit times": exit_times,
    "simulated exits": simulated_exits,
    "Metropolis balance": balance,
    "moments of draws": draws,
}
