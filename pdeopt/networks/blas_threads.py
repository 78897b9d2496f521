"""One thread for products of matrices: BLAS gives other bits on two, and threads of our own share out what is large."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from threading import Lock
from typing import Any

import scipy.linalg.cython_blas  # noqa: F401 - the library that compiled loops call must be loaded to be found
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]

__all__ = ["one_blas_thread"]

_lock = Lock()
_inside: list[Any] = []


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """Keep BLAS to one thread; the last of several threads inside gives the old number back."""
    with _lock:
        # Limits that overlap must not take each other's for the one to give back.
        _inside.append(_inside[0] if _inside else _controller().limit(limits=1, user_api="blas"))
    try:
        yield
    finally:
        with _lock:
            limits = _inside.pop()
            if not _inside:
                limits.restore_original_limits()


@cache
def _controller() -> Any:
    return ThreadpoolController()
