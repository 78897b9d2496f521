"""What a run looked like, step by step."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.results import write_atomically

__all__ = ["QUANTILES", "History"]

QUANTILES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Shares of the weights that lie below the recorded quantiles."""

N_SHOWN = 11


@dataclass(frozen=True, eq=False, repr=False)
class History:
    """Losses, accuracies, temperatures, thermostats and weights of a run, at some steps.

    Parameters
    ----------
    columns : mapping of str to array, shape (n,) or (n, 7)
        ``"step"``, ``"train_loss"``, ..., ``"kinetic.layer1"``, ..., ``"quantiles.layer1.weight"``, ...

    Notes
    -----
    Losses and accuracies are those of the whole sets, NaN where there is no test set, or no classes. With n numbers in
    a layer, momentum p and full training gradient g at theta, its temperatures are ``|p|^2 / n`` after the step
    (kinetic) and after the last friction or noise of the step, before the kick (kinetic_half), and ``theta.g / n``
    (configurational). What a thermostat has seen is the mean of ``|p|^2 / n`` over all steps since the record before,
    in the middle of its friction and noise: the change of its variable says it exactly.

    Examples
    --------
    >>> import numpy as np
    >>> history = History({"step": np.array([0, 10]), "train_loss": np.array([0.7, 0.5])})
    >>> len(history), history.train_loss[-1], history.test_loss[-1], history.kinetic
    (2, np.float64(0.5), np.float64(nan), {})
    """

    columns: Mapping[str, Any]

    @property
    def steps(self) -> IntArray:
        """Steps done at each record, shape (n,)."""
        return np.asarray(self.columns["step"], dtype=np.int64)

    @property
    def train_loss(self) -> FloatArray:
        """Mean loss over the training set, shape (n,)."""
        return self._column("train_loss")

    @property
    def test_loss(self) -> FloatArray:
        """Mean loss over the test set, shape (n,)."""
        return self._column("test_loss")

    @property
    def train_accuracy(self) -> FloatArray:
        """Share of right answers on the training set, shape (n,)."""
        return self._column("train_accuracy")

    @property
    def test_accuracy(self) -> FloatArray:
        """Share of right answers on the test set, shape (n,)."""
        return self._column("test_accuracy")

    @property
    def kinetic(self) -> dict[str, FloatArray]:
        """Kinetic temperature by layer, of layers with a momentum."""
        return self._group("kinetic")

    @property
    def kinetic_half(self) -> dict[str, FloatArray]:
        """Kinetic temperature between noise and kick by layer."""
        return self._group("kinetic_half")

    @property
    def configurational(self) -> dict[str, FloatArray]:
        """Configurational temperature by layer."""
        return self._group("configurational")

    @property
    def thermostat(self) -> dict[str, FloatArray]:
        """Mean temperature that a thermostat has seen since the record before, by name; NaN at the first."""
        return self._group("thermostat")

    @property
    def friction(self) -> dict[str, FloatArray]:
        """Variables of thermostats by name."""
        return self._group("friction")

    @property
    def quantiles(self) -> dict[str, FloatArray]:
        """Quantiles of weights and biases by tensor, shape (n, 7), at the shares `QUANTILES`."""
        return self._group("quantiles")

    def to_dict(self) -> dict[str, FloatArray | IntArray]:
        """Return all as columns of numbers, shape (n,): what `pandas.DataFrame` and CSV files take."""
        flat: dict[str, FloatArray | IntArray] = {}
        for name, column in self.columns.items():
            if column.ndim == 1:
                flat[name] = column
            else:
                flat |= {f"{name}.{share:g}": column[:, k] for k, share in enumerate(QUANTILES)}
        return flat

    def save(self, path: str | Path) -> Path:
        """Write the columns to a file.

        Parameters
        ----------
        path : str or Path
            ``.csv`` for a table with a row of names, else ``.npz`` for arrays by name.

        Returns
        -------
        Path
            Of the file.
        """
        target = Path(path)
        if target.suffix == ".csv":
            columns = self.to_dict()
            table, names = np.column_stack(list(columns.values())), ",".join(columns)
            np.savetxt(target, table, delimiter=",", header=names, comments="", fmt="%.17g")
            return target
        target = target.with_suffix(".npz") if target.suffix == "" else target
        write_atomically(target, dict(self.columns))
        return target

    def __len__(self) -> int:
        """Return the number of records."""
        return len(self.steps)

    def __repr__(self) -> str:
        last = f", steps {self.steps[0]} to {self.steps[-1]}" if len(self) else ""
        return f"<History of {len(self)} records{last}: {', '.join(self.columns)}>"

    def __str__(self) -> str:
        """Return a table of some records."""
        groups = {"T": self.kinetic_half, "T_conf": self.configurational, "friction": self.friction}
        shown: dict[str, FloatArray] = {
            name: self._column(name) for name in SCORES if np.isfinite(self._column(name)).any()
        }
        shown |= {f"{word} {part}": column for word, group in groups.items() for part, column in group.items()}
        chosen = np.unique(np.linspace(0, max(len(self) - 1, 0), min(N_SHOWN, len(self))).astype(int))
        return table(["step", *shown], [self.steps[chosen], *(column[chosen] for column in shown.values())])

    def _column(self, name: str) -> FloatArray:
        found = self.columns.get(name)
        return np.full(len(self), np.nan) if found is None else np.asarray(found, dtype=np.float64)

    def _group(self, prefix: str) -> dict[str, FloatArray]:
        start = prefix + "."
        return {name.removeprefix(start): column for name, column in self.columns.items() if name.startswith(start)}


SCORES = ("train_loss", "test_loss", "validation_loss", "train_accuracy", "test_accuracy", "validation_accuracy")
"""Columns that a table shows first."""


def table(names: Sequence[str], columns: Sequence[FloatArray | IntArray]) -> str:
    """Return columns of numbers under their names, in lines."""
    words = [[f"{number:.4g}" if column.dtype.kind == "f" else str(number) for number in column] for column in columns]
    widths = [max(map(len, [name, *column])) for name, column in zip(names, words, strict=True)]
    rows = [names, *zip(*words, strict=True)]
    return "\n".join("  ".join(word.rjust(n) for word, n in zip(row, widths, strict=True)) for row in rows)
