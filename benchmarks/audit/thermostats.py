"""Stationary averages and weak order of BAOAB in the potential q^2/2 + sin q."""

import math
from importlib.util import find_spec

import numpy as np

import pdeopt
from benchmarks.audit import galerkin
from benchmarks.audit.tables import Finding, write, write_errors
from pdeopt.landscapes import Landscape
from pdeopt.verification import weak_order
from pdeopt.verification.operators.plane import Plane, invariant_density

STRONGEST = 1e9
"""A friction without momentum from step to step."""

STEPS = {1.0: (0.8, 0.4, 0.2, 0.1, 0.05), STRONGEST: (0.8, 0.4, 0.2)}
FINITE = 0.5 ** np.arange(2.0, 7.0)


def height(q: float) -> float:
    return 0.5 * q * q + math.sin(q)


def slope(q: float) -> float:
    return q + math.cos(q)


def dynamics(friction: float) -> pdeopt.systems.Langevin:
    """Return the equation at temperature and mass 1."""
    return pdeopt.langevin(Landscape(height, slope), beta=1.0, friction=friction)


def by_densities(h: float, friction: float) -> float:
    """Return the stationary average of q^2 from the density that a step leaves alone."""
    plane = Plane(112, 10.0)
    return float(plane.averages(invariant_density("BAOAB", dynamics(friction), h, plane))[1])


def stationary(friction: float) -> Finding:
    """Write the errors of the stationary average of q^2."""
    exact, steps = galerkin.exact_square(), STEPS[friction]
    own, other = ([code(h, friction) for h in steps] for code in (by_densities, galerkin.stationary_square))
    errors = {"densities": np.abs(np.array(own) - exact), "Hermite polynomials": np.abs(np.array(other) - exact)}
    name = "friction 1" if friction == 1.0 else "friction without limit"
    apart = float(np.abs(np.subtract(own, other)).max())
    note = f"Error of the average of q^2, exactly {exact:.13f}; the codes differ by {apart:.0e} at most."
    write_errors(f"BAOAB, stationary average of q^2, {name}", note, steps, errors)
    last = np.log2(errors["densities"][-2] / errors["densities"][-1])
    documented = "2" if friction == 1.0 else "4"
    return Finding(
        f"BAOAB, {name}", "stationary average of q^2", documented, f"last slope {last:.3f}", ", ".join(errors)
    )


def weak() -> Finding:
    """Write the errors of q^2 at time 1."""
    verdict = weak_order("baoab", dynamics(1.0), claimed=2.0)
    values = np.array([galerkin.square_at_one(h, 1.0) for h in FINITE])
    gaps = np.abs(np.diff(values))
    note = f"`{verdict.summary}`. Below, differences of the average of q^2 at time 1 between a step and its half."
    write_errors("BAOAB, weak", note, FINITE[:-1], {"Hermite polynomials": gaps})
    bar = max(verdict.interval[1] - verdict.order, 1e-4)
    codes = "densities, Hermite polynomials"
    return Finding("BAOAB, friction 1", "weak", "2", f"{verdict.order:.4f} ± {bar:.4f}", codes)


def write_sampled() -> None:
    """Write what OpenMM samples, beside what the scheme does without sampling."""
    from benchmarks.audit.by_openmm import sampled_square  # an optional extra

    h = 0.8
    mean, deviation = sampled_square(h, 1.0)
    scheme, exact = galerkin.stationary_square(h, 1.0), galerkin.exact_square()
    apart = [abs(mean - value) / deviation for value in (scheme, exact)]
    write(
        f"\nOpenMM's LangevinMiddleIntegrator at step {h:g} and friction 1 samples q^2 on average {mean:.5f} with "
        f"standard error {deviation:.5f}: {apart[0]:.1f} of these from BAOAB's {scheme:.5f}, {apart[1]:.1f} from the "
        f"exact {exact:.5f}."
    )


def observed() -> list[Finding]:
    """Return all findings."""
    found = [weak(), *map(stationary, STEPS)]
    if find_spec("openmm") is not None:
        write_sampled()
    return found
