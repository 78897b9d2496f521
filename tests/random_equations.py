"""Stochastic equations for the tests of schemes, one for every form of noise."""

import numpy as np

import pdeopt
from pdeopt import SDE
from pdeopt.sde.schemes import LANGEVIN


def drift(t, x):
    return np.sin(x) + 0.5 * np.cos(2.0 * x)


def diffusion(t, x):
    return 0.8 + 0.4 * np.cos(x)


def constant(t, x):
    return 0.9


def two_columns(t, x):
    return 0.8 + 0.4 * np.cos(x), 0.5 * np.sin(x)


def plane_drift(t, x, a):
    return x[1] - x[0] ** 3, np.sin(x[0]) - a * x[1] + t


def plane_diagonal(t, x, a):
    return 0.8 + 0.4 * np.cos(x[0]), 0.3 * x[1] + t


def plane_vector(t, x, a):
    return 0.8 + 0.4 * np.cos(x[1]), a * x[0] + t


def plane_rows(t, x, a):
    return (0.5 + x[1] * x[0], 0.3), (a * x[1] + t, np.cos(x[0]))


def plane_rows_jacobian(t, x, a):
    return ((x[1], x[0]), (0.0, 0.0)), ((0.0, a), (-np.sin(x[0]), 0.0))


def many_value(x):
    total = 0.0
    for i in range(x.size):
        total += 0.5 * (i + 1.0) * x[i] * x[i]
    return total


def many_gradient(x):
    out = np.empty(x.size)
    for i in range(x.size):
        out[i] = (i + 1.0) * x[i]
    return out


def plane_constant_rows(t, x, a):
    return (0.5 + t, 0.3, a), (0.1, 0.7, 0.2 + t)


ON_A_LINE = {
    "additive": SDE(drift, constant, "additive"),
    "diagonal": SDE(drift, diffusion),
    "general": SDE(drift, two_columns, "general", n_noise=2),
    "landscape": pdeopt.overdamped_langevin(pdeopt.landscapes.get("double_well"), 2.0),
}
IN_THE_PLANE = {
    "diagonal": SDE(plane_drift, plane_diagonal, dim=2, args=(0.3,)),
    "scalar": SDE(plane_drift, plane_vector, "scalar", dim=2, args=(0.3,)),
    "general": SDE(plane_drift, plane_rows, "general", 2, 2, args=(0.3,), diffusion_jacobian=plane_rows_jacobian),
    "commutative": SDE(
        plane_drift, plane_rows, "commutative", 2, 2, args=(0.3,), diffusion_jacobian=plane_rows_jacobian
    ),
    "rows that are constant": SDE(plane_drift, plane_constant_rows, "additive", dim=2, n_noise=3, args=(0.3,)),
    "landscape": pdeopt.overdamped_langevin(pdeopt.landscapes.get("himmelblau"), 0.1),
}

MANY = pdeopt.overdamped_langevin(pdeopt.Landscape(many_value, many_gradient, dim=10), 2.0)


def for_scheme(scheme, system):
    """Return the system in the scheme's interpretation, or None where the scheme does not take it."""
    if system.noise not in scheme.orders or scheme in LANGEVIN:
        return None
    if scheme.name in ("mala", "leimkuhler-matthews") and not hasattr(system, "landscape"):
        return None
    if scheme.interpretation != "stratonovich" or system.noise == "additive":
        return system
    return SDE(*facts(system), "stratonovich", system.args, diffusion_jacobian=system.diffusion_jacobian)


def facts(system):
    """Return the first fields of a system, up to the interpretation."""
    return system.drift, system.diffusion, system.noise, system.dim, system.n_noise


def filled(layout, rng):
    """Return nested tuples of normals of the form of a layout."""
    return tuple(filled(part, rng) for part in layout) if isinstance(layout, tuple) else float(rng.normal())


def flat(value):
    return [item for part in value for item in flat(part)] if isinstance(value, tuple) else [value]
