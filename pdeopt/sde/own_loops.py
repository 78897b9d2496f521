"""Steps of a scheme for a system, to be called from your own compiled loops."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._specialise import compiled
from pdeopt.kernels._unowned import unowned
from pdeopt.kernels.noise import keyed_draws
from pdeopt.sde.compilation import Loops, loops_of
from pdeopt.sde.scheme import Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE

__all__ = ["StepFunctions", "step_functions"]


@dataclass(frozen=True, eq=False)
class StepFunctions:
    """Compiled functions of one scheme and one system, for use inside ``numba.njit`` functions.

    Parameters
    ----------
    begin : callable
        ``begin(t, x, args)`` returns the state of the scheme at a point x, a float or a tuple.
    step : callable
        ``step(t, state, h, xi, args)`` returns the next state: a pure map of its standard draws `xi`.
    draws : callable
        ``draws(seed, path, n)`` returns the draws of step n of a path.
    keyed_step : callable
        ``keyed_step(seed, path, n, t, state, h, args)`` draws and steps; the numbers are those of `pdeopt.simulate`.
    advance : callable
        ``advance(memory, noise, lanes, (seed, 1, 0.0), first_path, first_step, n_steps, start, h, args)`` moves up to
        512 paths side by side, the loop of `pdeopt.simulate` itself.
    stepper : Stepper
        The same as plain Python, with examples of state and draws.
    loops : Loops
        Sizes of `memory` and `noise`, see `buffers`.
    """

    begin: Callable[..., Any]
    step: Callable[..., Any]
    draws: Callable[..., Any]
    keyed_step: Callable[..., Any]
    advance: Callable[..., None]
    stepper: Stepper
    loops: Loops

    def buffers(self) -> tuple[FloatArray, FloatArray]:
        """Return `memory` and `noise` for `advance`; `memory` has a row of 512 columns for each number of a state."""
        return np.zeros((self.loops.n_state, 512)).reshape(-1), np.zeros(self.loops.noise_size)


def step_functions(system: SDE, method: str | Scheme = "euler-maruyama") -> StepFunctions:
    """Return the compiled step of a scheme for a system, for loops of your own.

    Parameters
    ----------
    system : SDE
        Of at most eight components.
    method : str or Scheme

    Raises
    ------
    ValueError
        If the system has more components, or the scheme does not fit it.

    Examples
    --------
    >>> import numba, pdeopt
    >>> from pdeopt import sde
    >>> well = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
    >>> keyed_step = sde.step_functions(well, "euler-maruyama").keyed_step
    >>> @numba.njit
    ... def time_to_cross(seed, path, h, args):
    ...     x, n = -1.0, 0
    ...     while x < 0.5:
    ...         x = keyed_step(seed, path, n, n * h, x, h, args)
    ...         n += 1
    ...     return n * h
    >>> time_to_cross(0, 1, 0.01, well.args) > 0.0
    True
    """
    scheme = get(method)
    if system.uses_arrays:
        raise ValueError(
            f"system has dim={system.dim}; functions for your own loops exist up to dim=8. Use pdeopt.simulate."
        )
    stepper = scheme.stepper(system)
    draws = keyed_draws(stepper.xi, stepper.draws) if stepper.draws else no_draws
    step, prepare = stepper.step, stepper.prepare

    def whole_step(t: float, state: Any, h: float, xi: Any, args: Any) -> Any:
        return step(t, state, h, xi, prepare(h, unowned(args)))

    def keyed_step(seed: int, path: int, n: int, t: float, state: Any, h: float, args: Any) -> Any:
        return step(t, state, h, draws(seed, path, n), prepare(h, unowned(args)))

    loops = loops_of(stepper)
    begin, pure, drawn, keyed = (compiled(one) for one in (stepper.begin, whole_step, draws, keyed_step))
    return StepFunctions(begin, pure, drawn, keyed, loops.advance, stepper, loops)


def no_draws(seed: int, path: int, step: int) -> float:  # noqa: ARG001
    """Return nothing random: for schemes that draw nothing."""
    return 0.0
