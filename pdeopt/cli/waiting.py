"""A line that says how long something has been going on."""

import sys
from threading import Event, Thread
from types import TracebackType

__all__ = ["Waiting"]

PATIENCE = 2.0
PERIOD = 0.5


class Waiting:
    """While it lasts: after two seconds, on a terminal, what is being done and for how long.

    Parameters
    ----------
    words : str
        What is being done.
    """

    def __init__(self, words: str) -> None:
        self.words = words
        self._done = Event()
        self._thread = Thread(target=self._show, daemon=True)

    def __enter__(self) -> None:
        self._thread.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._done.set()
        self._thread.join()

    def _show(self) -> None:
        seconds = PATIENCE
        if self._done.wait(PATIENCE):
            return
        if not sys.stderr.isatty():
            sys.stderr.write(f"pdeopt: {self.words} ...\n")
            return
        while not self._done.wait(PERIOD):
            seconds += PERIOD
            sys.stderr.write(f"\r{self.words} ... {seconds:.0f} s ")
            sys.stderr.flush()
        sys.stderr.write("\r\033[K")
