"""Frames on disk: a folder that is readable at any moment, and that a later call goes on with.

The folder holds ``about.npz`` (grid, initial values, words), ``frames.npy`` and ``times.npy`` of full size from the
beginning, and ``state.npz``, from which the run goes on. A frame counts once its time is written, which is NaN before.
"""

import json
import os
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
from numpy.lib.format import open_memmap

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.solution import HamiltonJacobiSolution, read_solution
from pdeopt.results import write_atomically

__all__ = ["FINISHED", "FrameFolder", "load_frames"]

FINISHED = ("end", "steady")
"""Why runs end for ever; others can be gone on with."""

ABOUT, FRAMES, TIMES, STATE = "about.npz", "frames.npy", "times.npy", "state.npz"
STEPS = {"n_steps": "n_steps", "smallest_step": "shortest", "largest_step": "longest"}


@dataclass(frozen=True)
class FrameFolder:
    """A folder of frames.

    Parameters
    ----------
    path : Path
    """

    path: Path

    def begin(self, n: int, facts: dict[str, Any], mark: str) -> dict[str, Any] | None:
        """Make the folder for `n` frames, or return the state that an earlier run left in it.

        Parameters
        ----------
        n : int
        facts : dict
            What is known of the solution besides its values and times.
        mark : str
            Fingerprint of problem, method and times.

        Raises
        ------
        ValueError
            If the folder holds something else.
        """
        advice = f"Use another folder, such as store={str(self.path) + '_2'!r}, or remove this one."
        if not self.path.parent.is_dir():
            raise ValueError(
                f"store={str(self.path)!r} lies in a folder that does not exist; make {self.path.parent} first."
            )
        if (self.path / ABOUT).is_file():
            with np.load(self.path / ABOUT) as about:
                known = str(about["mark"])
            if known != mark:
                raise ValueError(
                    f"store={str(self.path)!r} holds another problem, method, step or other times. {advice}"
                )
            state = self.state()
            if state is None or str(state["stopped"]) not in FINISHED:
                self.forget_after(0 if state is None else int(state["n_frames"]))
            return state
        if self.path.exists() and (not self.path.is_dir() or any(self.path.iterdir())):
            raise ValueError(f"store={str(self.path)!r} exists and holds no frames of pdeopt. {advice}")
        self.path.mkdir(exist_ok=True)
        shape = facts["initial"].shape
        open_memmap(self.path / FRAMES, mode="w+", dtype=np.float64, shape=(n, *shape))
        np.save(self.path / TIMES, np.full(n, np.nan))
        # Last, for a folder counts as ours when this is there.
        write_atomically(self.path / ABOUT, facts | {"mark": np.asarray(mark)})
        return None

    def state(self) -> dict[str, Any] | None:
        """Return what `write_state` wrote, None if there is nothing yet."""
        if not (self.path / STATE).is_file():
            return None
        with np.load(self.path / STATE) as state:
            return {name: state[name] for name in state.files}

    def write_state(self, state: dict[str, Any]) -> None:
        """Replace the state."""
        write_atomically(self.path / STATE, state)

    def add(self, k: int, time: float, values: FloatArray) -> None:
        """Write frame `k`; it is on the disk when this returns."""
        _overwrite(self.path / FRAMES, k, values)
        _overwrite(self.path / TIMES, k, np.asarray(time))

    def forget_after(self, n: int) -> None:
        """Let only the first `n` frames count."""
        for k in range(n, np.load(self.path / TIMES).size):
            _overwrite(self.path / TIMES, k, np.asarray(np.nan))

    def read(self) -> tuple[FloatArray, FloatArray]:
        """Return the times and the frames so far; the frames are mapped from the disk."""
        times = np.load(self.path / TIMES)
        n = int(np.argmax(np.isnan(times))) if np.isnan(times).any() else times.size
        frames: FloatArray = np.load(self.path / FRAMES, mmap_mode="r")[:n]
        return times[:n], frames


def _overwrite(path: Path, k: int, values: FloatArray) -> None:
    """Overwrite entry `k` of an .npy file; not through a map, whose pages would count as memory in use."""
    whole = np.load(path, mmap_mode="r")
    begin = int(whole.offset) + k * values.nbytes
    with path.open("r+b") as file:
        file.seek(begin)
        file.write(np.ascontiguousarray(values, dtype=np.float64).data)
        file.flush()
        os.fsync(file.fileno())


def load_frames(path: str | Path) -> HamiltonJacobiSolution:
    """Read the frames that `solve_hamilton_jacobi` streams to a folder, also while it runs or after a crash.

    Parameters
    ----------
    path : str or Path
        What was passed as `store`.

    Returns
    -------
    HamiltonJacobiSolution
        With all frames that are complete. Values are mapped from the file: what is not looked at is not read.

    Raises
    ------
    TypeError, ValueError
        If `path` is no path, or the folder has none.
    """
    if not isinstance(path, str | PathLike):
        raise TypeError(f"path={path!r} is no path. Use one that was passed as store=.")
    folder = FrameFolder(Path(path))
    if not (folder.path / ABOUT).is_file():
        raise ValueError(f"path={str(path)!r} is no folder of frames. Use one that was passed as store=.")
    with np.load(folder.path / ABOUT) as about:
        content = {name: about[name] for name in about.files}
    times, frames = folder.read()
    if times.size == 0:
        raise ValueError(f"path={str(path)!r} has no frame yet; the first one is written at its time.")
    state = folder.state() or {}
    known = {name: entry for name, entry in state.items() if name in content}
    if not str(known.get("stopped", "")):
        known["stopped"] = np.asarray("unfinished")
    if state:
        march = json.loads(str(state["march"]))
        known |= {name: np.asarray(march[own]) for name, own in STEPS.items()}
    return read_solution(content | known | {"time": times, "values": frames})
