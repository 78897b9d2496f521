"""Interrupts (Ctrl-C) that end a run where it can be gone on with."""

import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import current_thread, main_thread
from typing import Any

__all__ = ["interrupts_noted"]


@contextmanager
def interrupts_noted(note: Callable[[], None]) -> Iterator[None]:
    """Call a function at the first interrupt instead of what it would do; the second one acts as ever.

    Parameters
    ----------
    note : callable
        Without arguments; called between two instructions of the main thread.

    Yields
    ------
    None

    Notes
    -----
    Interrupts reach the main thread alone, so in any other one nothing is done.
    """
    if current_thread() is not main_thread():
        yield
        return

    def first(_number: int, _frame: Any) -> None:
        signal.signal(signal.SIGINT, before)
        note()

    before = signal.signal(signal.SIGINT, first)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
