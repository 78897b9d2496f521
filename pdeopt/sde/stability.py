"""Whether a step size is stable for the curvature that a landscape is known to have."""

import warnings

import numpy as np

from pdeopt.sde.scheme import Scheme
from pdeopt.systems import SDE, OverdampedLangevin

__all__ = ["UnstableStepWarning", "largest_curvature", "stability_limit", "warn_of_instability"]


class UnstableStepWarning(UserWarning):
    """A step size beyond the stability limit of a scheme."""


def warn_of_instability(scheme: Scheme, system: SDE, step: float) -> None:
    """Warn of a step beyond the stability limit at a minimum of the landscape, or at its largest curvature."""
    curvature = largest_curvature(system)
    limit = np.inf if curvature is None else stability_limit(scheme, system, curvature)
    if step >= limit:
        warnings.warn(
            f"step={step:g} is at or above the stability limit {limit:g} of method={scheme.name!r} for the curvature "
            f"{curvature:g} of the landscape. Use step={0.5 * limit:.2g}.",
            UnstableStepWarning,
            stacklevel=4,
        )


def stability_limit(scheme: Scheme, system: SDE, curvature: float) -> float:
    """Return the largest stable step of a scheme on the harmonic potential, `inf` if it knows none."""
    limit_at = getattr(scheme, "stability_limit", None)
    if limit_at is not None:
        mass, friction = getattr(system, "mass", 1.0), getattr(system, "friction", 0.0)
        return float(limit_at(float(np.sqrt(curvature / mass)), friction))
    if isinstance(system, OverdampedLangevin) and scheme.decay_limit is not None:
        return scheme.decay_limit / curvature
    return float(np.inf)


def largest_curvature(system: SDE) -> float | None:
    """Return the largest curvature that a landscape is known to have: its bound, or that at its minima."""
    landscape = getattr(system, "landscape", None)
    if landscape is None:
        return None
    if landscape.curvature is not None and 0.0 < landscape.curvature[1] < np.inf:
        return float(landscape.curvature[1])
    if not len(landscape.minima):
        return None
    hessians = landscape.hessian_at(np.reshape(landscape.minima, (-1, landscape.dim)))
    largest = float(np.linalg.eigvalsh(hessians).max())
    return largest if np.isfinite(largest) and largest > 0.0 else None
