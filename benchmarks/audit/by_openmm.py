"""Stationary averages under OpenMM's LangevinMiddleIntegrator, sampled, in q^2/2 + sin q at temperature and mass 1."""

import numpy as np
import openmm

from benchmarks.peers_openmm import GAS_CONSTANT

WELL = "+".join(f"0.5*{axis}*{axis}+sin({axis})" for axis in "xyz")
N_PARTICLES, N_BATCHES, LOOKS, APART, WARM = 10_000, 80, 10, 5, 100


def sampled_square(h: float, friction: float) -> tuple[float, float]:
    """Return the average of q^2 with its standard error from batches of independent particles."""
    system, well = openmm.System(), openmm.CustomExternalForce(WELL)
    for i in range(N_PARTICLES):
        system.addParticle(1.0)
        well.addParticle(i, [])
    system.addForce(well)
    integrator = openmm.LangevinMiddleIntegrator(1.0 / GAS_CONSTANT, friction, h)
    integrator.setRandomNumberSeed(7)
    context = openmm.Context(system, integrator, openmm.Platform.getPlatformByName("CPU"), {"Threads": "2"})
    context.setPositions(np.random.default_rng(7).normal(-0.5, 1.0, (N_PARTICLES, 3)))
    context.setVelocities(np.random.default_rng(8).normal(0.0, 1.0, (N_PARTICLES, 3)))
    integrator.step(WARM)
    sums = np.zeros(N_PARTICLES)
    for _ in range(N_BATCHES * LOOKS):
        integrator.step(APART)
        positions = context.getState(positions=True).getPositions(asNumpy=True)._value
        sums += np.mean(positions**2, axis=1)
    averages = sums / (N_BATCHES * LOOKS)
    return float(averages.mean()), float(averages.std(ddof=1) / np.sqrt(N_PARTICLES))
