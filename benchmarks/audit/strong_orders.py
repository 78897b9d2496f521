"""Strong orders of Euler-Heun where noises commute, and of BAOAB in the harmonic well."""

from typing import Any

import numpy as np

from benchmarks.audit import coupled, others, strong
from benchmarks.audit.tables import Finding, write_errors
from pdeopt.systems import SDE, problems
from pdeopt.verification.fits import extrapolated_order
from pdeopt.verification.moments.on_paths import strong_evidence

STEPS = 0.5 ** np.arange(3.0, 11.0)
SAMPLED_STEPS = 0.5 ** np.arange(2.0, 7.0)


def drift(_t: float, x: Any) -> Any:
    return strong.GROWTH * x[0], strong.GROWTH * x[1]


def noise(_t: float, x: Any) -> Any:
    s, r = strong.SCALING, strong.TURNING
    return (s * x[0], -r * x[1]), (s * x[1], r * x[0])


def jacobian(_t: float, _x: Any) -> Any:
    s, r = strong.SCALING, strong.TURNING
    return ((s, 0.0), (0.0, -r)), ((0.0, s), (r, 0.0))


SCALED_AND_TURNED = SDE(drift, noise, "commutative", 2, 2, "stratonovich", diffusion_jacobian=jacobian)


def order_of(evidence: Any, steps: np.ndarray) -> tuple[np.ndarray, str]:
    """Return the sizes of exact errors, and their order with its bar."""
    errors = np.array([evidence.error(h) for h in steps])
    fit = extrapolated_order(steps, errors, [evidence.rounding(h) for h in steps])
    return np.sqrt(np.mean(errors**2, axis=1)), f"{fit.order:.4f} ± {max(fit.bar, 1e-4):.4f}"


def euler_heun() -> Finding:
    """Write the errors of Euler-Heun."""
    found, order = order_of(strong_evidence("euler-heun", SCALED_AND_TURNED), STEPS)
    codes = {"sums over normal numbers": strong.euler_heun} | others.matrix_steps()
    errors = {"moments of pdeopt": found}
    errors |= {name: [strong.root_mean_square_error(step, h) for h in STEPS] for name, step in codes.items()}
    note = "Two noises that commute, neither diagonal nor scalar; root mean square error of a component at time 1."
    write_errors("Euler-Heun, strong", note, STEPS, errors)
    return Finding("Euler-Heun, commuting noise", "strong", "0.5 or 1, see above", order, ", ".join(errors))


def baoab() -> Finding:
    """Write the errors of positions under BAOAB."""
    well = problems.harmonic_langevin(frequency=1.0, beta=1.0, friction=1.0)
    found, order = order_of(strong_evidence("baoab", well.system), SAMPLED_STEPS)
    sampled = [coupled.root_mean_square_error(h, seed) for seed, h in enumerate(SAMPLED_STEPS)]
    errors = {"covariances of pdeopt": found, "paths of NumPy": [error for error, _ in sampled]}
    worst = max(deviation / error for error, deviation in sampled)
    note = (
        "Harmonic well of frequency, friction and temperature 1. The first column is the root mean square over both "
        f"components, the second of positions, of {coupled.N_PATHS} paths with relative standard errors up to "
        f"{worst:.1%}."
    )
    write_errors("BAOAB, strong", note, SAMPLED_STEPS, errors)
    return Finding("BAOAB", "strong", "", order, ", ".join(errors))


def observed() -> list[Finding]:
    """Return all findings."""
    return [euler_heun(), baoab()]
