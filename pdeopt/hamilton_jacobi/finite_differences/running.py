"""Going from output time to output time: frames, stops, interrupts, checkpoints."""

from collections.abc import Callable
from dataclasses import dataclass, field
from time import perf_counter
from typing import Any

import numpy as np
from tqdm import tqdm

from pdeopt._interrupts import interrupts_noted
from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.checkpoint import restore, state_of
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.operator import Operator
from pdeopt.hamilton_jacobi.finite_differences.store import FINISHED, FrameFolder

__all__ = ["Run"]

Watcher = Callable[[float, FloatArray], Any]

LOOK = 16
"""Steps between two looks at whether a solution is steady."""
PATIENCE = 2.0
BAR = "{desc} {percentage:3.0f}%|{bar}| time {n:.4g} of {total:.4g} [{elapsed}<{remaining}]"


@dataclass(eq=False)
class Run:
    """A march through output times.

    Parameters
    ----------
    march : March
    times : array, shape (n,)
        Increasing.
    folder : FrameFolder, optional
        Where frames go; by default they are kept in memory.
    keep : bool
        Whether all frames are kept in memory, or the last alone.
    on_frame : callable, optional
        Called with time and values of every frame.
    max_seconds : float, optional
        Wall time after which to stop.
    steady : float, optional
        Stop when the range of u_t is below.
    checkpoint_every : float
        Seconds.
    progress : bool, optional
    """

    march: March
    times: FloatArray
    folder: FrameFolder | None = None
    keep: bool = True
    on_frame: Watcher | None = None
    max_seconds: float | None = None
    steady: float | None = None
    checkpoint_every: float = 60.0
    progress: bool | None = None
    n_frames: int = field(default=0, init=False)
    stopped: str = field(default="", init=False)
    ergodic_constant: float = field(default=np.nan, init=False)
    seconds: float = field(default=0.0, init=False)
    kept: list[tuple[float, FloatArray]] = field(default_factory=list, init=False)
    _interrupted: bool = field(default=False, init=False)
    _last: float = field(default=-1.0, init=False)
    _whole: Operator | None = field(default=None, init=False)

    def restore(self, state: dict[str, Any]) -> None:
        """Go on from where an earlier run stopped."""
        restore(self.march, state)
        self.n_frames, self.seconds = int(state["n_frames"]), float(state["seconds"])
        self.ergodic_constant = float(state["ergodic_constant"])
        self.stopped = str(state["stopped"]) if str(state["stopped"]) in FINISHED else ""

    def go(self) -> None:
        """March to the last time, or until there is a reason to stop."""
        if self.stopped:
            return
        self._saved = self._began = perf_counter()
        self._before = self.seconds
        with interrupts_noted(self._note), self._bar() as bar:
            while self.n_frames < self.times.size and not self.stopped:
                self._to(float(self.times[self.n_frames]), bar)
        self.stopped = self.stopped or "end"
        self._save()
        # The solution where it stopped is a frame as well, which going on forgets.
        if self.march.t != self._last:
            self._add()

    def _to(self, end: float, bar: "tqdm[Any]") -> None:
        at = self.march.t
        for n in self.march.to(end):
            bar.update(self.march.t - at)
            at = self.march.t
            self.seconds = self._before + perf_counter() - self._began
            self.stopped = self._reason(n)
            if self.stopped and at < end:
                return
            if perf_counter() - self._saved > self.checkpoint_every:
                self._save()
        self._add()
        self.n_frames += 1
        if self.n_frames == self.times.size and self.stopped != "steady":
            self.stopped = ""

    def _note(self) -> None:
        self._interrupted = True

    def _reason(self, n: int) -> str:
        if self._interrupted:
            return "interrupted"
        if self.steady is not None and self.march.n_steps // LOOK > (self.march.n_steps - n) // LOOK:
            change = self._change()
            if np.ptp(change) < self.steady:
                self.ergodic_constant = -float(change.mean())
                return "steady"
        late = self.max_seconds is not None and perf_counter() - self._began > self.max_seconds
        return "max_seconds" if late else ""

    def _change(self) -> FloatArray:
        """Return u_t at the nodes."""
        march = self.march
        if self._whole is None:
            # That of the march may leave viscosity to implicit steps.
            self._whole = Operator(march.problem, march.scheme, march.mesh, march.pool, march.threads)
            self._scratch = march.mesh.empty()
        u = march.fields[0]
        self._whole.limits(u, march.t)
        self._whole.stage(u, u, self._scratch, march.t, (0.0, 0.0, 1.0))
        return march.mesh.inside(self._scratch)

    def _add(self) -> None:
        """Take the solution as it is for a frame."""
        if self.stopped or self.n_frames + 1 >= self.times.size:
            self.march.forget_registers()
        time, values = float(self.march.t), self.march.values
        self._last = time
        if self.folder is not None:
            self.folder.add(self.n_frames, time, values)
        else:
            self.kept[0 if not self.keep else self.n_frames :] = [(time, values.copy())]
        if self.on_frame is not None:
            self.on_frame(time, values.copy())

    def _save(self) -> None:
        if self.folder is None:
            return
        state = state_of(self.march)
        for name in ("n_frames", "seconds", "ergodic_constant", "stopped"):
            state[name] = np.asarray(getattr(self, name))
        self.folder.write_state(state)
        self._saved = perf_counter()

    def _bar(self) -> "tqdm[Any]":
        hidden = None if self.progress is None else not self.progress
        name = f"{self.march.scheme.name}, {self.march.stepper.name}"
        total, done = float(self.times[-1]), float(self.march.t)
        style: dict[str, Any] = {"delay": PATIENCE, "leave": False, "bar_format": BAR}
        return tqdm(total=total, initial=done, desc=name, disable=hidden, **style)
