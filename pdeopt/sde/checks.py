"""The arguments of `simulate`, checked once."""

import operator
import os
from collections.abc import Callable
from pathlib import Path
from secrets import randbits
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels._specialise import interpreted
from pdeopt.sde.blocks import BlowUp
from pdeopt.sde.exits import Exit, checked_exit
from pdeopt.sde.memory import check_memory
from pdeopt.sde.observables import count_observables
from pdeopt.sde.scheme import FRICTION, NORMAL, THREE_POINT, TIME_INTEGRAL, TWO_POINT, Scheme
from pdeopt.sde.schemes import get
from pdeopt.sde.stability import warn_of_instability
from pdeopt.sde.statistics import Statistics
from pdeopt.sde.task import Task
from pdeopt.systems import SDE, check_system

__all__ = ["TASK_ARGUMENTS", "blow_up_message", "checked_block_size", "checked_seconds", "checked_threads", "make_task"]

TASK_ARGUMENTS = (
    "system", "x0", "step", "n_steps", "n_paths", "method", "seed", "save_every", "noise_step", "start",
    "observables", "statistics", "keep_paths", "keep_final", "exit",
)  # fmt: skip
LARGEST_SEED = 1 << 64
LARGEST_COUNT = (1 << 63) - 1
LARGEST_STEP = 1 << 48
LARGEST_DRAWS = (1 << 16) - 2


def make_task(
    system: SDE,
    x0: ArrayLike,
    step: float,
    n_steps: int,
    n_paths: int,
    method: str | Scheme,
    seed: int | None,
    save_every: int | None,
    noise_step: float | None,
    start: float,
    observables: Callable[..., Any] | None,
    statistics: Statistics | bool,
    keep_paths: bool | None,
    keep_final: bool,
    exit: Exit | None,  # noqa: A002 - the name of the argument of `simulate`
) -> Task:
    """Return the task of checked arguments."""
    if not isinstance(system, SDE):
        raise TypeError(f"system={system!r} is not an SDE. Make one: pdeopt.SDE(drift, diffusion).")
    paths = checked_count(n_paths, "n_paths", 1000)
    steps = checked_count(n_steps, "n_steps", 100, LARGEST_STEP)
    size = checked_step(step)
    begin = checked_finite(start, "start")
    points = checked_points(x0, system.dim, paths)
    check_functions(system, points, begin)
    scheme = get(method)
    warn_of_instability(scheme, system, size)
    check_draws(scheme, system)
    n_substeps = substeps(size, noise_step)
    if n_substeps > 1:
        check_refinable(scheme, system)
    task = Task(
        system,
        scheme,
        points,
        begin,
        size,
        steps,
        paths,
        checked_seed(seed),
        saved_steps(steps, save_every),
        n_substeps,
        observables,
        count_observables(observables, system, points[0], begin),
        keep_paths=save_every is not None if keep_paths is None else keep_paths,
        keep_final=keep_final,
        exit=checked_exit(exit, system, points, begin),
        statistics=checked_statistics(statistics),
    )
    check_memory(task)
    return task


def check_functions(system: SDE, points: FloatArray, start: float) -> None:
    """Evaluate a user's functions once, as plain Python: nothing is compiled that the disk holds already."""
    if hasattr(system, "landscape"):
        return
    drift, diffusion = interpreted(system.drift), interpreted(system.diffusion)
    plain = system.as_plain(drift=drift, diffusion=diffusion, diffusion_jacobian=None)
    check_system(plain, points, time=start, compiled=False)


def checked_count(value: int, name: str, example: int, limit: int = LARGEST_COUNT) -> int:
    """Return a positive integer of at most `limit`."""
    try:
        count = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}={value!r} is not an integer. Use {name}={example}.") from None
    if count < 1:
        raise ValueError(f"{name}={count} must be at least 1. Use {name}={example}.")
    if count > limit:
        raise ValueError(f"{name}={count} is more than the {limit} that random numbers are made for.")
    return count


def checked_finite(value: float, name: str) -> float:
    """Return a finite float."""
    number = number_of(value, name, 0.0)
    if not np.isfinite(number):
        raise ValueError(f"{name}={value!r} must be finite. Use {name}=0.0.")
    return number


def number_of(value: Any, name: str, example: float) -> float:
    """Return a float of anything that is one number."""
    if isinstance(value, str) or np.ndim(value) > 0 or not hasattr(value, "__float__"):
        raise TypeError(f"{name}={value!r} is not a number. Use {name}={example}.")
    return float(value)


def checked_step(step: float, name: str = "step") -> float:
    """Return a positive step size."""
    size = number_of(step, name, 0.01)
    if not (np.isfinite(size) and size > 0.0):
        advice = abs(size) if np.isfinite(size) and size else 0.01
        raise ValueError(f"{name}={step!r} must be positive and finite. Use {name}={advice:g}.")
    return size


def checked_statistics(statistics: Statistics | bool | None) -> Statistics | None:
    """Return what to sum up, or None."""
    if statistics is None or isinstance(statistics, Statistics):
        return statistics
    if not isinstance(statistics, bool):
        raise TypeError(f"statistics={statistics!r} is neither Statistics nor a bool. Use sde.Statistics() or True.")
    return Statistics() if statistics else None


def checked_executor(executor: Any) -> Any:
    """Return what jobs can be submitted to, or None."""
    if executor is not None and not callable(getattr(executor, "submit", None)):
        raise TypeError(
            f"executor={executor!r} is not a concurrent.futures.Executor. Use ProcessPoolExecutor(), or leave it out."
        )
    return executor


def checked_file(path: Any) -> str | None:
    """Return the name of a checkpoint in a folder that exists, or None."""
    if path is None:
        return None
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"checkpoint={path!r} is not the name of a file. Use checkpoint='run.checkpoint'.")
    if not Path(path).absolute().parent.is_dir():
        raise ValueError(
            f"checkpoint={str(path)!r} is in a folder that does not exist. Use checkpoint={Path(path).name!r}."
        )
    return str(path)


def checked_points(x0: ArrayLike, dim: int, n_paths: int) -> FloatArray:
    """Return initial points of shape (1, d) or (n_paths, d)."""
    try:
        points = np.asarray(x0, dtype=np.float64)
    except (TypeError, ValueError) as error:
        raise TypeError(f"x0={x0!r} is not an array of real numbers. Use x0={[0.0] * min(dim, 9)}.") from error
    if dim == 1 and points.ndim < 2 and points.shape != (1,):
        points = points.reshape(-1, 1)
    points = np.atleast_2d(points)
    if points.ndim != 2 or points.shape[1] != dim or points.shape[0] not in (1, n_paths):
        raise ValueError(
            f"x0 of shape {np.shape(x0)} does not fit a system of dim={dim} and n_paths={n_paths}. Use shape ({dim},) "
            f"for one state of all paths, or ({n_paths}, {dim})."
        )
    if not np.isfinite(points).all():
        bad = int(np.flatnonzero(~np.isfinite(points).all(axis=1))[0])
        raise ValueError(f"x0[{bad}]={points[bad]} is not finite. Use finite states, such as x0={np.zeros(dim)}.")
    return np.array(points)


def checked_seed(seed: int | None) -> int:
    """Return a seed of 64 bits; larger and negative integers are mixed into one."""
    if seed is None:
        return randbits(63)
    try:
        number = operator.index(seed)
    except TypeError:
        raise TypeError(f"seed={seed!r} is not an integer or None. Use seed=0.") from None
    if 0 <= number < LARGEST_SEED // 2:
        return number
    words = np.random.SeedSequence([abs(number), int(number < 0)]).generate_state(1, np.uint64)
    return int(words[0]) >> 1


def checked_threads(threads: int | None) -> int | None:
    """Return a number of threads, or None for all cores."""
    return None if threads is None else checked_count(threads, "threads", 2)


def checked_block_size(block_size: int | None) -> int | None:
    """Return a number of paths, or None."""
    return None if block_size is None else checked_count(block_size, "block_size", 65536)


def checked_seconds(seconds: float) -> float:
    """Return a positive number of seconds."""
    number = number_of(seconds, "checkpoint_every", 60.0)
    if not number > 0.0:
        raise ValueError(f"checkpoint_every={seconds!r} must be positive. Use checkpoint_every=60.0.")
    return number


def saved_steps(n_steps: int, save_every: int | None) -> IntArray:
    """Return the steps at which states are looked at."""
    if save_every is None:
        return np.array([n_steps])
    every = checked_count(save_every, "save_every", max(n_steps // 100, 1))
    if every > n_steps:
        raise ValueError(f"save_every={every} is more than n_steps={n_steps}. Use save_every={max(n_steps // 10, 1)}.")
    return np.arange(0, n_steps + 1, every)


def substeps(step: float, noise_step: float | None) -> int:
    """Return how many steps of the noise make one step."""
    if noise_step is None:
        return 1
    ratio = step / checked_step(noise_step, "noise_step")
    count = round(ratio)
    if count < 1 or abs(ratio - count) > 1e-9 * count:
        raise ValueError(
            f"noise_step={noise_step!r} does not divide step={step!r}. Use noise_step={step / max(count, 1)!r}."
        )
    return checked_count(count, "step / noise_step", 2, LARGEST_STEP)


def check_draws(scheme: Scheme, system: SDE) -> None:
    """Raise if a step draws more numbers than can be told apart."""
    n_draws = len(scheme.stepper(system).draws)
    if n_draws > LARGEST_DRAWS:
        raise ValueError(
            f"method={scheme.name!r} draws {n_draws} numbers a step for dim={system.dim}; {LARGEST_DRAWS} can be told "
            f"apart. Use at most dim={system.dim * LARGEST_DRAWS // n_draws}."
        )


def check_refinable(scheme: Scheme, system: SDE) -> None:
    """Raise if steps of several noise steps cannot be made for a scheme."""
    stepper = scheme.stepper(system)
    kinds = set(stepper.draws)
    unmerged, jointly = kinds & {TWO_POINT, THREE_POINT, NORMAL}, kinds >= {FRICTION, TIME_INTEGRAL}
    if unmerged or jointly or (stepper.in_place and TIME_INTEGRAL in kinds):
        raise ValueError(
            f"noise_step needs Gaussian increments, and above dim=8 no time integrals; method={scheme.name!r} with "
            f"dim={system.dim} draws {', '.join(sorted(kinds))}. Use method='euler-maruyama' or 'baoab', or leave "
            "noise_step out."
        )


def blow_up_message(task: Task, blow_up: BlowUp) -> str:
    """Say where a path left the finite numbers, and what may help."""
    t = task.start + blow_up.step * task.step
    return (
        f"path {blow_up.path} left the finite numbers in step {blow_up.step} (t={t:g}), from the state "
        f"{blow_up.state}, with step={task.step:g} and method={task.scheme.name!r}. Use a smaller step, such as "
        f"step={task.step / 4:g}, or a tamed or implicit method."
    )
