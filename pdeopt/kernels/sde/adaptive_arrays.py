"""Adaptive Langevin dynamics in place, on arrays of positions, momenta, the friction and a gradient carried along."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels.sde.adaptive import adapt, friction_constants
from pdeopt.kernels.sde.hamiltonian import square
from pdeopt.kernels.sde.langevin import carries_gradient, plan
from pdeopt.kernels.sde.langevin_arrays import add, relax


def splitting(word: str, gradient: Callable[..., None], dim: int) -> Callable[..., None]:
    """Return the step of a word on arrays of (q, p, z) or (q, p, z, g); `gradient` is one of ``(q, out, args)``."""
    carries, twice = carries_gradient(word), 2 * dim
    codes = tuple("ABCDEOG".index(letter) for letter in plan(word, carries=carries))

    def adaptive_step(_t: float, state: FloatArray, _h: float, xi: FloatArray, k: Any, work: FloatArray) -> None:
        q, p, z, g, at = state[:dim], state[dim:twice], state[twice], state[twice + 1 :] if carries else work, 0
        for code in codes:
            if code == 0:
                add(q, k[0], p)
            elif code == 1:
                add(p, k[1], g)
            elif code == 2:
                add(p, np.expm1(-k[2] * z), p)
            elif code == 3:
                add(p, k[3], xi[at:])
                at += dim
            elif code == 4:
                z = adapt(z, square(p), k[4])
            elif code == 5:
                relax(p, xi[at:], friction_constants(k[5][0], z, k[5][1]))
                at += dim
            else:
                gradient(q, g, k[6])
        state[twice] = z

    return adaptive_step


def beginning(dim: int, gradient: Callable[..., None]) -> Callable[..., None]:
    """Return `begin(t, state, args, work)` for the state (q, p, z, g)."""

    def begin(_t: float, state: FloatArray, args: Arguments, _work: FloatArray) -> None:
        gradient(state[:dim], state[2 * dim + 1 : 3 * dim + 1], args[4:])

    return begin
