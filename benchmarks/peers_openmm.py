"""BAOAB in the double well by OpenMM's LangevinMiddleIntegrator, on one thread of its CPU platform."""

import numpy as np
import openmm

from benchmarks.loads import Load

GAS_CONSTANT = 8.31446261815324e-3
"""In kJ/mol/K: with masses of 1 Da and times in ps, energies are in kJ/mol and lengths in nm."""
WELL = "0.25*({0}*{0}-1)^2"


def middle_load(
    n_particles: int, n_steps: int, h: float, beta: float, friction: float, *, coordinates: str = "x"
) -> Load:
    """Return particles of unit mass, a path in each of the `coordinates`; OpenMM always moves all three."""
    system, well = openmm.System(), openmm.CustomExternalForce("+".join(map(WELL.format, coordinates)))
    for i in range(n_particles):
        system.addParticle(1.0)
        well.addParticle(i, [])
    system.addForce(well)
    integrator = openmm.LangevinMiddleIntegrator(1.0 / (beta * GAS_CONSTANT), friction, h)
    integrator.setRandomNumberSeed(1)
    platform = openmm.Platform.getPlatformByName("CPU")
    context = openmm.Context(system, integrator, platform, {"Threads": "1"})
    start, rest = np.ones((n_particles, 3)), np.zeros((n_particles, 3))

    def task() -> np.ndarray:
        context.setPositions(start)
        context.setVelocities(rest)
        integrator.step(n_steps)
        found = context.getState(positions=True).getPositions(asNumpy=True)._value
        return found[:, : len(coordinates)].reshape(-1)

    paths = f"{len(coordinates)} path{'s' * (len(coordinates) > 1)} a particle"
    return Load(f"OpenMM LangevinMiddle, {paths}", task, n_particles * len(coordinates) * n_steps)
