"""Products of matrices on one thread, whatever the machine is set to.

OpenBLAS splits a product among its threads and sums in another order for another number of them. And threads of its own
beside those of an ensemble outnumber the cores, where a product waits for all of them: a hundred times slower. The
extra `blas` can tell it so; without it only the environment can (OPENBLAS_NUM_THREADS=1).
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

import scipy.linalg  # noqa: F401  (loads the library that compiled code calls, so that it is found)

try:
    import threadpoolctl  # type: ignore[import-untyped]
except ImportError:
    threadpoolctl = None

__all__ = ["one_blas_thread"]

_lock = threading.Lock()
_limits: list[Any] = []


@cache
def _controller() -> Any:
    return threadpoolctl.ThreadpoolController()


def _free_owner() -> None:
    # From version 3.8 on only the thread that set a limit can lift it.
    free = getattr(threadpoolctl.OpenBLASController, "clear_controlling_thread", None)
    if free is not None:
        free(force=True)


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread inside the block, in the whole process: the same bits on any machine setting.

    Blocks may be nested and overlap in several threads: the last one to end restores what the first one found.

    Yields
    ------
    None
    """
    if threadpoolctl is None:
        yield
        return
    with _lock:
        # Each thread sets its own limit, which OpenMP needs; elsewhere all but the first change nothing.
        _limits.append(_controller().limit(limits=1, user_api="blas"))
        first = _limits[0]
    try:
        yield
    finally:
        with _lock:
            _limits.pop()
            if not _limits:
                _free_owner()
                first.restore_original_limits()
                _free_owner()
