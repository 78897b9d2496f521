"""Steps by the solvers of diffrax, from increments and time integrals that are given, in one dimension."""

from collections.abc import Callable
from typing import Any

import diffrax
import jax
import numpy as np

jax.config.update("jax_enable_x64", True)

Function = Callable[[Any], Any]


class Given(diffrax.AbstractPath):
    """A Brownian motion over one step, whose increment and space-time Levy area are given."""

    W: Any
    H: Any
    t0: float
    t1: float

    def evaluate(self, t0: Any, t1: Any = None, left: bool = True, use_levy: bool = False) -> Any:  # noqa: ARG002
        """Return the increment, with the area if asked for."""
        return diffrax.SpaceTimeLevyArea(dt=t1 - t0, W=self.W, H=self.H) if use_levy else self.W


def step(solver: diffrax.AbstractSolver, drift: Function, noise: Function) -> Callable[..., np.ndarray]:
    """Return the step of (x, h, w, u): increments over sqrt(h) and their time integrals over h^1.5."""

    def one(x: Any, h: Any, W: Any, H: Any) -> Any:
        first = diffrax.ODETerm(lambda _t, y, _args: drift(y))
        second = diffrax.ControlTerm(lambda _t, y, _args: noise(y), Given(W, H, 0.0, h))
        terms = diffrax.MultiTerm(first, second)
        state = solver.init(terms, 0.0, h, x, None)
        return solver.step(terms, 0.0, h, x, None, state, False)[0]

    many = jax.jit(jax.vmap(one, in_axes=(0, None, 0, 0)))

    def steps(x: np.ndarray, h: float, w: np.ndarray, u: np.ndarray | float = 0.0) -> np.ndarray:
        shape = np.broadcast_shapes(np.shape(x), np.shape(w), np.shape(u))
        y, W, integral = (np.broadcast_to(value, shape).ravel() for value in (x, w * h**0.5, u * h**0.5))
        return np.asarray(many(y, h, W, integral - 0.5 * W)).reshape(shape)

    return steps


def matrix_step(solver: diffrax.AbstractSolver, drift: Function, noise: Function) -> Callable[..., np.ndarray]:
    """Return the step of (points, h, normals), shapes (n, d) and (n, m), of noise that is a matrix at a point."""

    def one(x: Any, h: Any, W: Any) -> Any:
        first = diffrax.ODETerm(lambda _t, y, _args: drift(y))
        second = diffrax.ControlTerm(lambda _t, y, _args: noise(y), Given(W, 0.0 * W, 0.0, h))
        terms = diffrax.MultiTerm(first, second)
        return solver.step(terms, 0.0, h, x, None, solver.init(terms, 0.0, h, x, None), False)[0]

    many = jax.jit(jax.vmap(one, in_axes=(0, None, 0)))
    return lambda x, h, xi: np.asarray(many(np.asarray(x), h, xi * h**0.5))
