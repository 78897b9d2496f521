"""
Reversing momenta
=================

Running Langevin dynamics backward in time is the same as reversing its momenta. The generator on a grid keeps this to
rounding, while friction turns its spectrum from rotations in the wells into slow, real rates.
"""

import matplotlib.pyplot as plt
import numpy as np

import pdeopt
from pdeopt.kolmogorov.kinetic import kinetic_parts

f = pdeopt.landscapes.double_well().scaled(0.25)  # (q^2 - 1)^2
beta, frictions = 1.0, (0.2, 1.0, 10.0)
grid = pdeopt.Grid((-2.4, -5.5), (2.4, 5.5), (41, 41))
systems = [pdeopt.langevin(f, beta, friction=friction) for friction in frictions]

# %%
# With the masses of the invariant law as weights, the generator with flipped momenta is its own transpose:
# the flow from state i to j equals that from j to i with the momenta of both reversed.


def asymmetry(system):
    """Return the largest difference between a flow and the flow back with momenta reversed, over the largest flow."""
    parts = kinetic_parts(system, grid)
    flows = parts.masses.ravel()[:, None] * parts.matrix.toarray()
    flipped = parts.flipped(np.arange(grid.size).reshape(grid.shape)).ravel()
    return np.abs(flows[np.ix_(flipped, flipped)] - flows.T).max() / np.abs(flows).max()


differences = [asymmetry(system) for system in systems]
spectra = [pdeopt.Generator(system, grid).spectrum(10, levels=1).eigenvalues for system in systems]

# %%
# Without momenta and in the limit of strong friction there is one real rate per mode, over the friction.

overdamped = pdeopt.Generator(pdeopt.overdamped_langevin(f, beta), pdeopt.Grid(-3.0, 3.0, 201)).spectrum(2).gap

figure, (plane, gaps) = plt.subplots(1, 2, figsize=(10.0, 4.0), layout="constrained")
for friction, values, marker in zip(frictions, spectra, "os^", strict=True):
    plane.plot(values.real, values.imag, marker, ms=5, mfc="none", label=f"friction {friction:g}")
plane.axhline(0.0, color="0.8", lw=0.8, zorder=0)
plane.set(xlabel=r"Re $\lambda$ (1 / time)", ylabel=r"Im $\lambda$ (1 / time)", title=r"$-L \varphi = \lambda \varphi$")
plane.legend()
slowest = np.array([values[1].real for values in spectra])
gaps.loglog(frictions, slowest, "o-", label="rate of crossing, with momenta")
gaps.loglog(frictions, overdamped / np.array(frictions), "k--", lw=0.9, label="without momenta, over the friction")
gaps.set(xlabel="friction (1 / time)", ylabel=r"slowest $\lambda$ (1 / time)")
gaps.legend()

for friction, rate, difference in zip(frictions, slowest, differences, strict=True):
    print(f"friction {friction:<4g} slowest rate {rate:.5f}, asymmetry {difference:.1e}")

assert max(differences) < 1e-14
assert abs(slowest[1] / 0.30063108539695 - 1.0) < 0.02
assert np.abs(np.imag(spectra[0])).max() > 2.0 > np.abs(np.imag(spectra[2])).max()
