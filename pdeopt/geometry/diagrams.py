"""The record of a phase diagram."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.geometry.coexistence import CoexistenceCurve, wide_versus_sharp_curve
from pdeopt.geometry.fields import as_text
from pdeopt.results import write_atomically

__all__ = ["Boundary", "PhaseDiagram", "load_phase_diagram"]

FIELDS = ("betas", "times", "winner", "levels", "wells", "bottoms", "curvature")


@dataclass(frozen=True)
class Boundary:
    """A time at which another well takes the lead.

    Parameters
    ----------
    beta, time, error : float
        Inverse temperature, PDE time, and an estimate of its error.
    before, after : int
        The wells that win before and after.
    """

    beta: float
    time: float
    error: float
    before: int
    after: int


@dataclass(frozen=True, eq=False, repr=False)
class PhaseDiagram:
    """Which well holds the global minimum, over time and temperature; its text is a map.

    Parameters
    ----------
    betas : array, shape (n_betas,)
        Inverse temperatures, ascending.
    times : array, shape (n_times,)
        PDE times, ascending.
    winner : array of int, shape (n_betas, n_times)
        Row of the lowest well.
    levels : array, shape (n_betas, n_times, n_wells)
        Bottoms of the wells in units of loss; ``inf`` where one has merged into another.
    wells : array, shape (n_wells, d)
        Where they start, the lowest first unless they were named.
    bottoms : array, shape (n_wells,)
        How high they start.
    curvature : array, shape (n_wells, d)
        Eigenvalues of the Hessian there, ascending.
    boundaries : tuple of Boundary
        By temperature, then time.
    seconds : float
    name : str
    """

    betas: FloatArray
    times: FloatArray
    winner: IntArray
    levels: FloatArray
    wells: FloatArray
    bottoms: FloatArray
    curvature: FloatArray
    boundaries: tuple[Boundary, ...]
    seconds: float = 0.0
    name: str = ""

    def curve(self, sharp: int, wide: int) -> CoexistenceCurve:
        """Return where two of the wells change places by Laplace's approximation, from their start alone."""
        return wide_versus_sharp_curve(self.bottoms[[sharp, wide]], self.curvature[[sharp, wide]])

    def boundary(self, before: int, after: int) -> FloatArray:
        """Return inverse temperatures, times and errors of the boundary between two wells, shape (m, 3)."""
        rows = [(b.beta, b.time, b.error) for b in self.boundaries if (b.before, b.after) == (before, after)]
        return np.array(rows, dtype=float).reshape(-1, 3)

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file."""
        target = Path(path).with_suffix(".npz")
        content = {name: getattr(self, name) for name in FIELDS}
        rows = [(b.beta, b.time, b.error, b.before, b.after) for b in self.boundaries]
        content |= {"boundaries": np.array(rows, dtype=float).reshape(-1, 5), "name": np.asarray(self.name)}
        write_atomically(target, content | {"seconds": np.asarray(self.seconds)})
        return target

    def __str__(self) -> str:
        lines = [
            f"phase diagram of {self.name or 'values'}: the lowest of {len(self.wells)} wells; {self.seconds:.3g} s"
        ]
        lines.append(f"  {'well':>4}  {'at':>20}{'bottom':>12}  curvature")
        for k, (place, level, bends) in enumerate(zip(self.wells, self.bottoms, self.curvature, strict=True)):
            curvature = ", ".join(f"{c:.4g}" for c in bends)
            lines.append(f"  {k:>4}  {as_text(place.tolist()):>20}{level:>12.6g}  {curvature}")
        lines.append(f"  {'beta':>10}  time {self.times[0]:.4g} to {self.times[-1]:.4g}   boundaries")
        for beta, row in zip(self.betas, self.winner, strict=True):
            told = [
                f"{b.before}->{b.after} at {b.time:.9g} +- {b.error:.1e}" for b in self.boundaries if b.beta == beta
            ]
            lines.append(f"  {beta:>10.5g}  {''.join(_letter(k) for k in row)}  {', '.join(told)}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return f"<PhaseDiagram: {len(self.wells)} wells, {len(self.boundaries)} boundaries>"


def _letter(well: int) -> str:
    return "0123456789ab"[well]


def load_phase_diagram(path: str | Path) -> PhaseDiagram:
    """Read a record written by `PhaseDiagram.save`.

    Raises
    ------
    ValueError
        If the file lacks an entry.
    """
    with np.load(Path(path), allow_pickle=False) as file:
        missing = [name for name in (*FIELDS, "boundaries", "name", "seconds") if name not in file.files]
        if missing:
            raise ValueError(f"{path} lacks {', '.join(missing)}; use PhaseDiagram.save to write such a file.")
        content = {name: file[name] for name in (*FIELDS, "boundaries", "name", "seconds")}
    rows = tuple(Boundary(b, t, e, int(old), int(new)) for b, t, e, old, new in content["boundaries"].tolist())
    fields = {name: content[name] for name in FIELDS}
    return PhaseDiagram(**fields, boundaries=rows, seconds=float(content["seconds"]), name=str(content["name"]))
