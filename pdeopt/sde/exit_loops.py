"""Compiled loops that stop paths where they leave a region."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from pdeopt.kernels import array_ensembles, array_exits, exits
from pdeopt.kernels._specialise import fingerprint, specialised
from pdeopt.kernels.lanes import n_numbers
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.compilation import Loops, drawing, loops_of, path_drawing
from pdeopt.sde.exits import Boundary
from pdeopt.sde.scheme import Stepper

__all__ = ["exit_loops_of"]

N_EXTRA = 2
"""Numbers of a path behind the state of its scheme: the time and the face of its exit."""

_known: dict[str, Loops] = {}


def exit_loops_of(
    stepper: Stepper,
    observe: Callable[..., Any] | None,
    n_observables: int,
    boundary: Boundary,
    *,
    refined: bool = False,
) -> Loops:
    """Return the loops, compiled at most once in a process."""
    functions = {"margin": boundary.margin, "crossing": boundary.crossing, "landed": boundary.landed}
    scheme = (stepper.begin, stepper.prepare, stepper.step, stepper.draws)
    key, stable = fingerprint(*scheme, observe, refined, *functions.values())
    if key not in _known or not stable:
        loops = loops_of(stepper, observe, n_observables)
        if stepper.in_place:
            _known[key] = _arrays(loops, stepper, observe, functions, boundary.n_work, refined=refined)
        else:
            _known[key] = _lanes(loops, stepper, functions, refined=refined)
    return _known[key]


def _lanes(loops: Loops, stepper: Stepper, functions: dict[str, Any], *, refined: bool) -> Loops:
    """Compile the loops of paths side by side."""
    n_state, n_noise = n_numbers(stepper.state), loops.noise_size
    begin = specialised(exits.begin_exits, N_STATE=n_state, POINT=stepper.point, begin=stepper.begin)
    advance = specialised(
        exits.advance_exits,
        **functions,
        N_STATE=n_state,
        N_NOISE=n_noise,
        POINT=stepper.point,
        STATE=stepper.state,
        XI=stepper.xi,
        prepare=stepper.prepare,
        step=stepper.step,
        draw=drawing(stepper, refined=refined),
    )
    size = n_noise + (n_state + 1) * CHUNK
    return replace(loops, begin=begin, advance=advance, n_state=n_state + N_EXTRA, noise_size=size)


def _arrays(
    loops: Loops,
    stepper: Stepper,
    observe: Callable[..., Any] | None,
    functions: dict[str, Any],
    n_work: int,
    *,
    refined: bool,
) -> Loops:
    """Compile the loops of one path after another."""
    n_state, n_point, n_noise = stepper.state, loops.n_point, loops.noise_size
    numbers = {"N_STATE": n_state, "N_DRAWS": len(stepper.draws)}
    begin = specialised(array_exits.begin_array_exits, **numbers, begin=stepper.begin)
    advance = specialised(
        array_exits.advance_array_exits,
        **functions,
        **numbers,
        N_POINT=n_point,
        N_NOISE=n_noise,
        prepare=stepper.prepare,
        step=stepper.step,
        draw=path_drawing(stepper, refined=refined),
    )
    look = None
    if observe is not None:
        stride = n_state + N_EXTRA
        look = specialised(array_ensembles.observe_arrays, N_STATE=stride, N_POINT=n_point, observe=observe)
    size = n_noise + n_point + n_work
    return replace(loops, begin=begin, advance=advance, observe=look, n_state=n_state + N_EXTRA, noise_size=size)
