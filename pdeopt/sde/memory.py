"""How much memory the states of an ensemble take, said before it is allocated."""

import os
import sys

from tqdm import tqdm

from pdeopt.sde.task import Task

__all__ = ["check_memory", "memory_limit", "say_memory", "states_bytes"]

WORTH_SAYING = 1 << 28


def states_bytes(task: Task) -> int:
    """Return the bytes of the states that an ensemble keeps: those of every look, and the last ones."""
    kept = task.saved.size * task.n_values * task.keep_paths
    return 8 * task.n_paths * (kept + task.system.dim * task.keep_final)


def check_memory(task: Task) -> None:
    """Raise, before anything is allocated, if the states to be kept do not fit into the memory of this machine."""
    size, limit = states_bytes(task), memory_limit()
    if size <= limit:
        return
    fits = task.n_paths * (task.n_values + task.system.dim) * 8 <= limit and task.keep_paths
    every = task.n_steps // max(int(limit / (8.0 * task.n_paths * task.n_values)) - 2, 1) + 1
    advice = f"save_every={every}" if fits and every <= task.n_steps else "keep_paths=False, keep_final=False"
    raise MemoryError(
        f"{_asked(task)} take {size / 2**30:.3g} GiB, and this machine has {limit / 2**30:.3g}. Use {advice}; "
        "statistics need no states."
    )


def say_memory(task: Task, progress: bool | None) -> None:
    """Tell, where progress is shown, what the states to be kept will take, from a quarter of a GiB on."""
    size = states_bytes(task)
    shown = sys.stderr.isatty() if progress is None else progress
    if shown and size >= WORTH_SAYING:
        tqdm.write(f"{_asked(task)} take {size / 2**30:.3g} GiB", file=sys.stderr)


def memory_limit() -> int:
    """Return the bytes of memory of this machine, or more than any has where it does not say."""
    names = ("SC_PAGE_SIZE", "SC_PHYS_PAGES")
    if not set(names) <= set(getattr(os, "sysconf_names", ())):
        return 1 << 62
    size, count = (os.sysconf(name) for name in names)
    return size * count


def _asked(task: Task) -> str:
    return f"n_paths={task.n_paths} with {task.saved.size} saved states of {task.n_values} numbers"
