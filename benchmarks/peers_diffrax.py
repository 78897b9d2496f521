"""Euler-Maruyama in the double well by diffrax with its unsafe Brownian path, compiled for one core."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import diffrax
import jax
import lineax
import numpy as np

from benchmarks.loads import Load


@contextmanager
def one_core() -> Iterator[None]:
    """Let threads that start inside stay on one core."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {min(cores)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


def solver(diffusion: Callable[..., Any], shape: tuple[int, ...], n_steps: int, h: float) -> Callable[..., Any]:
    """Return the function of a key that solves one equation with a state of this shape, from 1."""
    start = jax.numpy.ones(shape)

    def solve(key: Any) -> Any:
        noise = diffrax.UnsafeBrownianPath(jax.ShapeDtypeStruct(shape, start.dtype), key)
        drift = diffrax.ODETerm(lambda _t, y, _args: y - y * y * y)
        terms = diffrax.MultiTerm(drift, diffrax.ControlTerm(diffusion, noise))
        only_last, adjoint = diffrax.SaveAt(t1=True), diffrax.DirectAdjoint()
        # Half a step short: rounding of the time then adds no step.
        end, most = (n_steps - 0.5) * h, n_steps + 1
        found = diffrax.diffeqsolve(
            terms, diffrax.Euler(), 0.0, end, h, start, saveat=only_last, adjoint=adjoint, max_steps=most
        )
        return found.ys[0]

    return solve


def euler_loads(n_paths: int, n_steps: int, h: float, sigma: float) -> list[Load]:
    """Return Euler-Maruyama from 1: mapped over keys as its manual does, and with all paths as one state."""
    with one_core():
        jax.config.update("jax_enable_x64", True)
        jax.devices()
    one = solver(lambda *_: sigma, (), n_steps, h)
    mapped = jax.jit(lambda key: jax.vmap(one)(jax.random.split(key, n_paths)))
    diagonal = lineax.DiagonalLinearOperator(jax.numpy.full(n_paths, sigma))
    whole = jax.jit(solver(lambda *_: diagonal, (n_paths,), n_steps, h))
    return [
        _load("mapped over keys", mapped, n_paths, n_steps),
        _load("one state of all paths", whole, n_paths, n_steps),
    ]


def _load(form: str, solve: Callable[..., Any], n_paths: int, n_steps: int) -> Load:
    def task() -> np.ndarray:
        return np.asarray(solve(jax.random.key(0)).block_until_ready())

    return Load(f"diffrax, unsafe path, {form}, {n_paths} paths", task, n_paths * n_steps)
