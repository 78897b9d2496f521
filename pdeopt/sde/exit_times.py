"""What exits of an ensemble give: times, faces, places, and sums that need no memory for each path."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray

__all__ = ["ExitSums", "ExitTimes"]

BINS = 1000
"""Intervals of time in which exits are counted."""


class ExitSums:
    """Running sums over exit times, in the order in which paths are given.

    Parameters
    ----------
    start, end : float
        Times between which paths can leave.
    n_faces : int
    """

    def __init__(self, start: float, end: float, n_faces: int) -> None:
        self.edges = np.linspace(start, end, BINS + 1)
        self.counts = np.zeros(BINS, dtype=np.int64)
        self.faces = np.zeros(n_faces, dtype=np.int64)
        self.n_paths = self.n_exited = 0
        self.mean = self.squares = 0.0

    def add(self, times: FloatArray, faces: FloatArray) -> None:
        """Add paths: infinite times for those inside; those whose time is not a number have not begun."""
        self.n_paths += int(np.count_nonzero(~np.isnan(times)))
        out = np.isfinite(times)
        when = times[out]
        if not when.size:
            return
        self.counts += np.histogram(np.clip(when, self.edges[0], self.edges[-1]), self.edges)[0]
        self.faces += np.bincount(faces[out].astype(np.int64), minlength=self.faces.size)
        mean = float(when.mean())
        total, shift = self.n_exited + when.size, mean - self.mean
        self.squares += float(np.square(when - mean).sum()) + shift * shift * self.n_exited * when.size / total
        self.mean += shift * when.size / total
        self.n_exited = total

    def copy(self) -> "ExitSums":
        """Return sums that can be added to without touching these."""
        other = ExitSums(self.edges[0], self.edges[-1], self.faces.size)
        other.__dict__.update(self.__dict__, counts=self.counts.copy(), faces=self.faces.copy())
        return other


@dataclass(frozen=True, eq=False, repr=False)
class ExitTimes:
    """When, through which face and where paths left a region.

    Parameters
    ----------
    times : array, shape (n_paths,), optional
        Time of exit, on the same clock as the times of the ensemble; infinite for a path still inside, NaN for one not
        computed. None if the last states were not kept, as `faces` and `places`.
    faces : int array, shape (n_paths,), optional
        Of a box, ``2 k`` for the lower and ``2 k + 1`` for the upper face of coordinate k; 0 for a level; -1 inside.
    places : array, shape (n_paths, d), optional
        Where paths left; NaN for those inside.
    sums : ExitSums
        Counts and moments of all paths.
    """

    times: FloatArray | None
    faces: IntArray | None
    places: FloatArray | None
    sums: ExitSums

    @property
    def n_paths(self) -> int:
        """Number of paths that began."""
        return self.sums.n_paths

    @property
    def n_exited(self) -> int:
        """Number of paths that left."""
        return self.sums.n_exited

    @property
    def fraction(self) -> float:
        """Fraction of paths that left."""
        return self.n_exited / self.n_paths if self.n_paths else np.nan

    @property
    def mean_time(self) -> float:
        """Mean exit time of the paths that left; too small for the law as long as `fraction` is below 1."""
        return self.sums.mean if self.n_exited else np.nan

    @property
    def standard_error(self) -> float:
        """Standard error of `mean_time`."""
        n = self.n_exited
        return float(np.sqrt(self.sums.squares / (n * (n - 1)))) if n > 1 else np.nan

    @property
    def face_counts(self) -> IntArray:
        """Number of exits through each face."""
        return self.sums.faces.copy()

    @property
    def face_fractions(self) -> FloatArray:
        """Fraction of the exits through each face."""
        fractions: FloatArray = self.sums.faces / (self.n_exited or np.nan)
        return fractions

    def survival(self, t: ArrayLike) -> FloatArray:
        """Return the fraction of paths still inside at times `t`.

        Parameters
        ----------
        t : array_like
            Of any shape. Where the times of single paths were not kept, linear between the ends of a thousand
            intervals.

        Returns
        -------
        array
            In the shape of `t`.
        """
        when = np.asarray(t, dtype=np.float64)
        if self.times is not None:
            known = np.sort(self.times[~np.isnan(self.times)])
            left = np.searchsorted(known, when, side="right").astype(np.float64)
        else:
            left = np.interp(when, self.sums.edges, np.concatenate(([0], np.cumsum(self.sums.counts))))
        inside: FloatArray = 1.0 - left / (self.n_paths or np.nan)
        return inside

    def __repr__(self) -> str:
        if not self.n_exited:
            return f"<ExitTimes: none of {self.n_paths} paths left>"
        still = f", {self.n_paths - self.n_exited} still inside" if self.n_exited < self.n_paths else ""
        faces = ", ".join(f"{k}: {count}" for k, count in enumerate(self.sums.faces) if count)
        return (
            f"<ExitTimes: {self.n_exited} of {self.n_paths} paths left{still}; mean time {self.mean_time:.6g} +- "
            f"{self.standard_error:.2g}; exits by face {{{faces}}}>"
        )
