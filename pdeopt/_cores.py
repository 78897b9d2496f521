"""How many threads to use."""

import os

__all__ = ["n_threads"]


def n_threads(threads: int | None) -> int:
    """Return the number of threads to use: by default one for every core that the process may use."""
    if threads is not None:
        return threads
    # Linux knows which cores a process is confined to; macOS and Windows do not say.
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
