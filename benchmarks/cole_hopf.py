"""A relaxation of 1024^2 values against a dense logsumexp and an explicit finite-difference solver."""

from collections.abc import Callable

import numpy as np
import pde
from pde.solvers import EulerSolver
from scipy.special import logsumexp

from benchmarks.measure import Row, faster, interleaved
from pdeopt import Grid, relax

BETA, TIME, N_SIDE = 50.0, 1.0, 1024
CASE = "relax, 1024^2, beta = 50, t = 1"
N_LINES = 6
N_STEPS = 10
N_SMALL = 192
REFERENCE_NODES = 8192


def wave(x: np.ndarray) -> np.ndarray:
    return -np.cos(np.pi * x)


def plane(n: int) -> tuple[np.ndarray, Grid]:
    """Return the sum of two waves on [-1, 1)^2 and its grid."""
    grid = Grid((-1.0, -1.0), (1.0, 1.0), (n, n), periodic=True)
    x = np.asarray(grid.axes[0])
    return wave(x)[:, None] + wave(x), grid


def log_weights(nodes: np.ndarray, outputs: np.ndarray) -> np.ndarray:
    """Return the logarithms of the periodic Gaussian weights, shape (outputs, nodes)."""
    distance = outputs[:, None] - nodes + 2.0 * np.arange(-3, 4)[:, None, None]
    norm = np.log(2.0 / nodes.size) - 0.5 * np.log(2.0 * np.pi * TIME / BETA)
    return logsumexp(-0.5 * BETA / TIME * distance**2, axis=0) + norm


def dense(lines: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Relax lines, shape (k, n), by one logsumexp over all nodes for every output."""
    return np.array([-logsumexp(weights - BETA * line, axis=1) / BETA for line in lines])


def reference(outputs: np.ndarray) -> np.ndarray:
    """Return the solution for one wave; that of the sum of two is the sum."""
    fine = -1.0 + 2.0 / REFERENCE_NODES * np.arange(REFERENCE_NODES)
    parts = np.array_split(outputs, 16)
    return np.concatenate([dense(wave(fine)[None], log_weights(fine, part))[0] for part in parts])


def steps_needed(n: int) -> int:
    """Return the steps of forward Euler at its monotone limit, `2 dt (L/h + 1/(beta h^2)) <= 1`."""
    h = 2.0 / n
    return int(np.ceil(TIME * 2.0 * (np.pi / h + 1.0 / (BETA * h * h))))


def explicit(n: int) -> tuple[np.ndarray, Callable[[int], np.ndarray]]:
    """Return cell centres and a function that takes steps of py-pde's solver, `steps_needed(n)` in all."""
    grid = pde.CartesianGrid([[-1.0, 1.0], [-1.0, 1.0]], [n, n], periodic=True)
    x = np.asarray(grid.axes_coords[0])
    field = pde.ScalarField(grid, wave(x)[:, None] + wave(x))
    equation = pde.PDE({"u": f"-0.5 * gradient_squared(u) + {0.5 / BETA} * laplace(u)"})
    dt = TIME / steps_needed(n)
    advance = EulerSolver(equation, backend="numba").make_stepper(field, dt=dt)

    def run(n_steps: int) -> np.ndarray:
        state = field.copy()
        advance(state, 0.0, n_steps * dt)
        return state.data

    return x, run


def error(values: np.ndarray, x: np.ndarray) -> float:
    exact = reference(x)
    return float(np.abs(values - exact[:, None] - exact).max())


def against_logsumexp() -> list[Row]:
    f, grid = plane(N_SIDE)
    x = np.asarray(grid.axes[0])
    weights = log_weights(x, x)
    result = relax(f, grid, TIME, BETA)
    accuracy = Row(f"{CASE}: error", "", "fine 1-D sum", error(result.values, x), "<= 1e-10")
    found = [accuracy]
    for threads, limit, unit in ((2, 300.0, "two threads"), (1, None, "one thread, processor time")):
        ours, peer = interleaved(
            lambda n=threads: relax(f, grid, TIME, BETA, threads=n),
            lambda: dense(f[:N_LINES], weights),
            busy=threads == 1,
        )
        name = f"dense logsumexp ({N_LINES} of {2 * N_SIDE} lines, scaled)"
        found.append(faster(f"{CASE}, {unit}", ours, peer * (2 * N_SIDE / N_LINES), name, limit))
    return found


def against_py_pde() -> list[Row]:
    """Scale some steps on the full grid to all of them, and a whole solution on a small grid to the full one."""
    f, grid = plane(N_SIDE)
    x, small = explicit(N_SMALL)
    _, full = explicit(N_SIDE)
    ours, part, whole = interleaved(
        lambda: relax(f, grid, TIME, BETA), lambda: full(N_STEPS), lambda: small(steps_needed(N_SMALL))
    )
    part *= steps_needed(N_SIDE) / N_STEPS
    inaccuracy = error(small(steps_needed(N_SMALL)), x)
    growth = (N_SIDE / N_SMALL) ** 2 * steps_needed(N_SIDE) / steps_needed(N_SMALL)
    by_steps = f"py-pde explicit, numba ({N_STEPS} of {steps_needed(N_SIDE)} steps, scaled)"
    by_size = f"py-pde explicit, numba ({N_SMALL}^2 with error {inaccuracy:.1g}, times cells and steps)"
    return [faster(CASE, ours, part, by_steps, 1000.0), faster(CASE, ours, whole * growth, by_size, 1000.0)]
