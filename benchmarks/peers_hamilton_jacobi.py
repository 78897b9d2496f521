"""What one would use instead of `solve_hamilton_jacobi`: py-pde, hj_reachability, and a plain Numba loop."""

from collections.abc import Callable

import numba
import numpy as np

SLOPES = 2.0 * np.pi
"""The largest |u_x| + |u_y| of the sum of two waves: it bounds the transport."""


def waves(*axes: np.ndarray) -> np.ndarray:
    """Return `-sum cos(pi x)` on a grid."""
    return sum(-np.cos(np.pi * x) for x in np.meshgrid(*axes, indexing="ij"))


def py_pde(n: int, viscosity: float, step: float, *, threads: int) -> Callable[[int], np.ndarray]:
    """Return a function that takes so many explicit steps of `u_t = -|grad u|^2 / 2 + nu lap u`, ready to run."""
    import pde
    from pde.solvers import EulerSolver

    grid = pde.CartesianGrid([[-1.0, 1.0], [-1.0, 1.0]], [n, n], periodic=True)
    field = pde.ScalarField(grid, waves(*grid.axes_coords))
    equation = pde.PDE({"u": f"-0.5 * gradient_squared(u) + {viscosity} * laplace(u)"})
    numba.set_num_threads(threads)
    advance = EulerSolver(equation, backend="numba").make_stepper(field, dt=step)
    state = field.copy()

    def run(n_steps: int) -> np.ndarray:
        numba.set_num_threads(threads)
        advance(state, 0.0, n_steps * step)
        return state.data

    run(1)
    return run


def reachability(n: int, end: float) -> Callable[[], np.ndarray]:
    """Return a function that solves `u_t + |grad u|^2 / 2 = 0` up to a time with hj_reachability's own defaults.

    They are WENO5, three Runge-Kutta stages of third order, global Lax-Friedrichs and 0.75 of the largest step.
    """
    import hj_reachability
    import jax
    import jax.numpy as jnp

    jax.config.update("jax_enable_x64", True)

    class Quadratic(hj_reachability.dynamics.Dynamics):
        def __init__(self) -> None:
            everything = hj_reachability.sets.Box(jnp.zeros(2), jnp.zeros(2))
            super().__init__("min", "max", everything, everything)

        def __call__(self, state, control, disturbance, time):
            return jnp.zeros(2)

        def optimal_control_and_disturbance(self, state, time, grad_value):
            return jnp.zeros(2), jnp.zeros(2)

        def hamiltonian(self, state, time, value, grad_value):
            return 0.5 * grad_value @ grad_value

        def partial_max_magnitudes(self, state, time, value, grad_value_box):
            return jnp.maximum(jnp.abs(grad_value_box.lo), jnp.abs(grad_value_box.hi))

    box = hj_reachability.sets.Box(np.array([-1.0, -1.0]), np.array([1.0, 1.0]))
    make = hj_reachability.Grid.from_lattice_parameters_and_boundary_conditions
    grid = make(box, (n, n), periodic_dims=(0, 1))
    settings = hj_reachability.SolverSettings()
    dynamics, initial = Quadratic(), jnp.asarray(waves(*(np.asarray(x) for x in grid.coordinate_vectors)))

    def run() -> np.ndarray:
        values = hj_reachability.step(settings, dynamics, grid, 0.0, initial, end, progress_bar=False)
        return np.asarray(values.block_until_ready())

    return run


loop = numba.njit(nogil=True, error_model="numpy", fastmath={"contract", "reassoc", "arcp", "nsz"})


@loop
def weno_slope(v1: float, v2: float, v3: float, v4: float, v5: float) -> float:
    """Return the combination of five first differences, the first one farthest upwind (Jiang and Peng)."""
    s1 = 13.0 / 12.0 * (v1 - 2.0 * v2 + v3) ** 2 + 0.25 * (v1 - 4.0 * v2 + 3.0 * v3) ** 2
    s2 = 13.0 / 12.0 * (v2 - 2.0 * v3 + v4) ** 2 + 0.25 * (v2 - v4) ** 2
    s3 = 13.0 / 12.0 * (v3 - 2.0 * v4 + v5) ** 2 + 0.25 * (3.0 * v3 - 4.0 * v4 + v5) ** 2
    w1, w2, w3 = 0.1 / (1e-6 + s1) ** 2, 0.6 / (1e-6 + s2) ** 2, 0.3 / (1e-6 + s3) ** 2
    one = v1 / 3.0 - 7.0 / 6.0 * v2 + 11.0 / 6.0 * v3
    two = -v2 / 6.0 + 5.0 / 6.0 * v3 + v4 / 3.0
    three = v3 / 3.0 + 5.0 / 6.0 * v4 - v5 / 6.0
    return (w1 * one + w2 * two + w3 * three) / (w1 + w2 + w3)


@loop
def weno_rate(a: float, b: float, c: float, d: float, e: float, f: float, g: float, r: float) -> float:
    """Return the Godunov flux of `p^2 / 2` along one axis at the node of value d."""
    v1, v2, v3, v4, v5, v6 = (b - a) * r, (c - b) * r, (d - c) * r, (e - d) * r, (f - e) * r, (g - f) * r
    minus, plus = weno_slope(v1, v2, v3, v4, v5), weno_slope(v6, v5, v4, v3, v2)
    fall, rise = max(minus, 0.0), min(plus, 0.0)
    return 0.5 * max(fall * fall, rise * rise)


@loop
def weno_stage(
    u: np.ndarray,
    old: np.ndarray,
    r: float,
    weights: tuple[float, float, float],
    first: int,
    last: int,
    out: np.ndarray,
) -> None:
    """Write a stage of rows from `first` to `last` of fields with three ghost nodes around them, node by node."""
    a, b, c = weights
    for i in range(first + 3, last + 3):
        for j in range(3, u.shape[1] - 3):
            across = weno_rate(u[i - 3, j], u[i - 2, j], u[i - 1, j], u[i, j], u[i + 1, j], u[i + 2, j], u[i + 3, j], r)
            along = weno_rate(u[i, j - 3], u[i, j - 2], u[i, j - 1], u[i, j], u[i, j + 1], u[i, j + 2], u[i, j + 3], r)
            out[i, j] = a * old[i, j] + b * u[i, j] - c * (across + along)


def wrap(u: np.ndarray) -> None:
    """Fill three periodic ghost layers."""
    u[:3], u[-3:] = u[-6:-3], u[3:6]
    u[:, :3], u[:, -3:] = u[:, -6:-3], u[:, 3:6]


def plain_weno(n: int, step: float) -> Callable[[int], np.ndarray]:
    """Return a function that takes so many steps of WENO5-Godunov with SSPRK(3,3), in one thread."""
    x = -1.0 + 2.0 / n * np.arange(n)
    u, one, two = (np.zeros((n + 6, n + 6)) for _ in range(3))
    u[3:-3, 3:-3] = waves(x, x)

    def stage(values: np.ndarray, weights: tuple[float, float, float], out: np.ndarray) -> None:
        wrap(values)
        weno_stage(values, u, 0.5 * n, weights, 0, n, out)

    def run(n_steps: int) -> np.ndarray:
        for _ in range(n_steps):
            stage(u, (0.0, 1.0, step), one)
            stage(one, (0.75, 0.25, 0.25 * step), two)
            stage(two, (1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0 * step), one)
            u[...] = one
        return u[3:-3, 3:-3]

    return run
