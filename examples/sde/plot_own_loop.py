"""
Annealing in a loop of one's own
================================

A step of the package, called from an own compiled loop, cools noisy gradient descent on an own schedule: the slower
the cooling, the more paths end in the lower of two wells, as the forward equation says.
"""

import matplotlib.pyplot as plt
import numba
import numpy as np
from scipy.linalg import solve_banded

import pdeopt
from pdeopt import sde

f = pdeopt.landscapes.tilted_double_well(depth=1.0, tilt=0.2)
system = pdeopt.overdamped_langevin(f, beta=1.0)
keyed_step = sde.step_functions(system, "euler-maruyama").keyed_step
hot, cold, step, n_paths = 0.5, 8.0, 0.005, 4000
durations = [0.5, 2.0, 8.0, 32.0]

# %%
# The first parameter of the system is beta, so a schedule is an argument of the step and compiles nothing.
# All randomness is a function of (seed, path, step): the loop keeps no generator.


@numba.njit(nogil=True)
def anneal(seed, starts, n_steps, h, hot, cold, parameters, out):
    """Descend from `starts` while beta grows linearly from `hot` to `cold`."""
    for path in range(starts.size):
        x = starts[path]
        for n in range(n_steps):
            beta = hot + (cold - hot) * n / n_steps
            x = keyed_step(seed, path, n, n * h, x, h, (beta, *parameters))
        out[path] = x


def fraction_lower(duration):
    """Return the fraction of paths that end left of the barrier, where the lower well is."""
    ends, starts = np.empty(n_paths), np.full(n_paths, 1.0)
    anneal(0, starts, round(duration / step), step, hot, cold, f.args, ends)
    return np.mean(ends < barrier)


# %%
# From outside: the forward equation on cells, with rates that keep ``exp(-beta f)``, by implicit steps.

x = np.linspace(-2.5, 2.5, 1001)
barrier = x[400:601][np.argmax(f(x)[400:601])]


def fraction_by_forward_equation(duration, n=2000):
    """Return the same of the density."""
    density, spacing, dt = (np.abs(x - 1.0) < 1e-9).astype(float), x[1] - x[0], duration / n
    for k in range(n):
        beta = hot + (cold - hot) * (k + 0.5) / n
        up = np.exp(-0.5 * beta * np.diff(f(x))) / (beta * spacing**2)
        down = np.exp(0.5 * beta * np.diff(f(x))) / (beta * spacing**2)
        leaving = np.append(up, 0.0) + np.append(0.0, down)
        bands = [np.append(0.0, -dt * down), 1.0 + dt * leaving, np.append(-dt * up, 0.0)]
        density = solve_banded((1, 1), bands, density)
    return density[x < barrier].sum()


sampled = np.array([fraction_lower(duration) for duration in durations])
exact = np.array([fraction_by_forward_equation(duration) for duration in durations])
bars = np.sqrt(exact * (1.0 - exact) / n_paths)
figure, ax = plt.subplots(figsize=(6.4, 4.2), layout="constrained")
ax.semilogx(durations, exact, "0.4", marker="x", label="forward equation")
ax.errorbar(durations, sampled, 2.0 * bars, fmt="C0o", capsize=3, label=f"own loop, {n_paths} paths")
ax.set(xlabel="duration of the cooling (time)", ylabel="fraction that ends in the lower well")
ax.legend(title="bars: two standard errors")
print(sampled, exact, (sampled - exact) / bars)
assert (np.abs(sampled - exact) < 3.5 * bars + step).all()
assert (np.diff(sampled) > 0.0).all()
