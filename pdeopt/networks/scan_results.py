"""The record of a scan over settings."""

import json
import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from textwrap import wrap
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.ensemble_results import blow_ups_of, checked_score, mean_and_error
from pdeopt.networks.ensemble_runs import SCORES, BlowUp
from pdeopt.networks.scan_settings import cells
from pdeopt.results import write_atomically

__all__ = ["Scan", "words"]

LISTED = 20
"""Cells in a table; of more only the best."""


@dataclass(frozen=True, eq=False, repr=False)
class Scan:
    """Ensembles of runs on a grid of settings.

    Parameters
    ----------
    settings : dict of str to list
        Names and values of the settings, one axis of the grid each.
    final : array, shape ``(*grid, n_runs, 4)``
        Train and test loss, train and test accuracy of each run; NaN where it blew up or did not end.
    finished : bool array, shape ``(*grid, n_runs)``
        Which runs ended; all unless the user interrupted.
    blow_ups : tuple of (int, BlowUp)
        Runs that left the finite numbers, with the number of their cell, the last setting varying fastest.
    facts : dict
        What was trained, and how: plain numbers and words.
    """

    settings: dict[str, list[Any]]
    final: FloatArray
    finished: FloatArray
    blow_ups: tuple[tuple[int, BlowUp], ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def shape(self) -> tuple[int, ...]:
        """Shape of the grid."""
        return tuple(len(values) for values in self.settings.values())

    @property
    def n_runs(self) -> int:
        """Runs of each cell."""
        return int(self.final.shape[-2])

    @property
    def interrupted(self) -> bool:
        """Whether some runs did not end."""
        return not self.finished.all()

    def runs(self, name: str = "test_accuracy") -> FloatArray:
        """Return a quantity of every run, shape ``(*grid, n_runs)``."""
        return self.final[..., SCORES.index(checked_score(name))]

    def mean(self, name: str = "test_accuracy") -> FloatArray:
        """Return means over runs, shape grid; NaN where no run is left."""
        return mean_and_error(np.moveaxis(self.runs(name), -1, 0))[0]

    def standard_error(self, name: str = "test_accuracy") -> FloatArray:
        """Return standard errors of the means, shape grid."""
        return mean_and_error(np.moveaxis(self.runs(name), -1, 0))[1]

    @property
    def n_blown_up(self) -> IntArray:
        """How many runs of each cell blew up, shape grid."""
        counts = np.bincount([cell for cell, _ in self.blow_ups], minlength=int(np.prod(self.shape)))
        return np.asarray(counts, dtype=np.int64).reshape(self.shape)

    @property
    def best(self) -> dict[str, Any]:
        """Settings of the largest mean test accuracy, see `best_for`."""
        return self.best_for("test_accuracy")

    def best_for(self, name: str) -> dict[str, Any]:
        """Return the settings of the largest mean accuracy or the smallest mean loss.

        Parameters
        ----------
        name : str
            ``"test_accuracy"``, ``"train_accuracy"``, ``"test_loss"`` or ``"train_loss"``.

        Raises
        ------
        ValueError
            If in every cell a run blew up or did not end: such cells are left out, the mean of the rest would flatter.
        """
        order = self._ranked(name)
        if not order:
            raise ValueError("no cell of the scan has all its runs. Use smaller step sizes, or go on with the scan.")
        return cells(self.settings)[order[0]]

    def _ranked(self, name: str) -> list[int]:
        """Return the cells that have all their runs, best first."""
        means = self.mean(name).ravel()
        whole = np.isfinite(self.runs(name)).all(axis=-1).ravel()
        order = np.argsort(-means if name.endswith("accuracy") else means, kind="stable")
        return [int(cell) for cell in order if whole[cell]]

    def at(self, chosen: Mapping[str, Any]) -> "Scan":
        """Return the part of the scan with some settings fixed.

        Parameters
        ----------
        chosen : mapping of str to value
            Names of settings, and one of their values each.

        Raises
        ------
        ValueError
            If the scan has no such setting or value.
        """
        index: list[Any] = [slice(None)] * len(self.shape)
        for name, value in chosen.items():
            if name not in self.settings or value not in self.settings[name]:
                known = "; ".join(f"{one} in {values}" for one, values in self.settings.items())
                raise ValueError(f"{name}={value!r} was not scanned. Use {known}.")
            index[list(self.settings).index(name)] = self.settings[name].index(value)
        places = np.arange(int(np.prod(self.shape))).reshape(self.shape)[tuple(index)].ravel().tolist()
        left = {name: values for name, values in self.settings.items() if name not in chosen}
        bad = tuple((places.index(cell), one) for cell, one in self.blow_ups if cell in places)
        part = tuple(index)
        return Scan(left, self.final[part], self.finished[part], bad, {**self.facts, "fixed": described(chosen)})

    def save(self, path: str | Path) -> Path:
        """Write the scan to an .npz file, which appears only when it is whole; `load` reads it."""
        target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
        bad = [[cell, asdict(one)] for cell, one in self.blow_ups]
        words = {"settings": described(self.settings), "facts": self.facts, "blow_ups": bad}
        arrays = {"final": self.final, "finished": self.finished, "scan": np.asarray(json.dumps(words))}
        write_atomically(target, arrays)
        return target

    @classmethod
    def load(cls, path: str | Path) -> "Scan":
        """Read a scan that `save` wrote, or `scan` at an interrupt.

        Raises
        ------
        ValueError
            If the file holds something else.
        """
        try:
            with np.load(Path(path), allow_pickle=False) as file:
                words, final, finished = json.loads(str(file["scan"])), file["final"], file["finished"]
        except (KeyError, ValueError, EOFError, zipfile.BadZipFile) as error:
            raise ValueError(f"path={str(path)!r} is no scan. Use a file that Scan.save wrote.") from error
        found = blow_ups_of([one for _, one in words["blow_ups"]])
        bad = tuple(zip((cell for cell, _ in words["blow_ups"]), found, strict=True))
        return cls(words["settings"], final, finished, bad, words["facts"])

    def __repr__(self) -> str:
        shape = " x ".join(map(str, self.shape))
        state = f", interrupted after {int(self.finished.sum())} runs" if self.interrupted else ""
        return f"<Scan of {', '.join(self.settings)}: {shape} cells of {self.n_runs} runs{state}>"

    def __str__(self) -> str:
        facts, n_cells = self.facts, int(np.prod(self.shape))
        rows = [f"Scan: {n_cells} cells of {self.n_runs} runs, n_steps {facts['n_steps']}, seed {facts['seed']}"]
        rows += wrap(facts["method"], 100, initial_indent="  ", subsequent_indent="    ")
        if facts.get("fixed"):
            rows.append("  at " + ", ".join(f"{name}={value}" for name, value in facts["fixed"].items()))
        ranked = self._ranked("test_accuracy")
        order = [*ranked, *(cell for cell in range(n_cells) if cell not in ranked)]
        rows += self._table(sorted(order) if n_cells <= LISTED else order[:LISTED], set(ranked[:1]))
        if n_cells > LISTED:
            rows.append(f"  the best {LISTED} of {n_cells} cells")
        if self.interrupted:
            rows.append(f"  interrupted: {int(self.finished.sum())} of {self.finished.size} runs ended")
        return "\n".join([*rows, f"  {facts['seconds']:.3g} s"])

    def _table(self, order: Sequence[int], best: set[int]) -> list[str]:
        every, names = cells({name: words(values) for name, values in self.settings.items()}), list(self.settings)
        means, errors, bad = self.mean().ravel(), self.standard_error().ravel(), self.n_blown_up.ravel()
        rows = [[*names, "test accuracy", "+-", "blew up", ""]]
        for cell in order:
            marks = [str(bad[cell]) if bad[cell] else "", "best" if cell in best else ""]
            rows.append([*every[cell].values(), f"{means[cell]:.4f}", f"{errors[cell]:.4f}", *marks])
        widths = [max(len(row[k]) for row in rows) for k in range(len(rows[0]))]
        joined = ["  ".join(word.rjust(width) for word, width in zip(row, widths, strict=True)) for row in rows]
        return [f"  {row}".rstrip() for row in joined]


def described(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Return settings whose values are plain numbers and words."""
    return {
        name: [plain(one) for one in value] if isinstance(value, list) else plain(value)
        for name, value in settings.items()
    }


def words(values: Sequence[Any]) -> list[str]:
    """Return values as they stand in a table or beside an axis: methods by name, where that tells them apart."""
    whole = [f"{value:g}" if isinstance(value, float) else str(value) for value in values]
    short = [word.split("(")[0] for word in whole]
    return short if len(set(short)) == len(short) else whole


def plain(value: Any) -> Any:
    """Return a value as a number or words."""
    if isinstance(value, np.generic):
        return value.item()
    return value if value is None or isinstance(value, bool | int | float | str) else str(value)
