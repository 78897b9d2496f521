"""The record of a data set: points to learn from, points to be tested on."""

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.networks.data_checks import (
    INFER,
    checked_class_count,
    checked_labels,
    checked_numbers,
    checked_pair,
    checked_points,
)
from pdeopt.results import write_atomically

__all__ = ["Data"]

ARRAYS = ("x_train", "y_train", "x_test", "y_test")
LOSSES = ("logistic", "softmax", "squared")


@dataclass(frozen=True, init=False, eq=False, repr=False)
class Data:
    """Points with labels, or with numbers to predict.

    Parameters
    ----------
    x_train : array_like, shape (n, d)
        Points to learn from, finite.
    y_train : array_like, shape (n,)
        Labels 0, ..., n_classes - 1, or numbers to predict; these may also have shape (n, k).
    x_test, y_test : array_like, optional
        Points to be tested on; left out, the record holds arrays of no rows.
    name : str
        Of the data set.
    n_classes : int
        Number of classes, 0 for numbers to predict. By default (-1) integers in `y_train` are labels, floats numbers.
    facts : dict
        How the data were made: plain numbers and words.

    Raises
    ------
    ValueError
        At NaN or infinity, wrong shapes, labels out of range and an empty training set; the message says what works.

    Notes
    -----
    After construction `x` are float64, labels int64 and numbers float64. Arrays that are so already are not copied.

    Examples
    --------
    >>> data = Data([[0.0], [1.0], [2.0]], [0, 1, 1])
    >>> data.n_classes, data.n_test
    (2, 0)
    >>> data.targets("logistic")[0].ravel()
    array([0., 1., 1.])
    """

    x_train: FloatArray
    y_train: FloatArray | IntArray
    x_test: FloatArray
    y_test: FloatArray | IntArray
    name: str
    n_classes: int
    facts: dict[str, Any] = field(default_factory=dict)

    def __init__(
        self,
        x_train: ArrayLike,
        y_train: ArrayLike,
        x_test: ArrayLike | None = None,
        y_test: ArrayLike | None = None,
        name: str = "data",
        n_classes: int = INFER,
        facts: dict[str, Any] | None = None,
    ) -> None:
        x = checked_points(x_train, "x_train")
        if len(x) == 0:
            raise ValueError("x_train has no rows. Use at least one point, e.g. x_train=numpy.zeros((1, 2)).")
        count = checked_class_count(n_classes, y_train)
        y = _checked_answers(y_train, "y_train", count)
        checked_pair(x, y, "train")
        if (x_test is None) != (y_test is None):
            missing, given = ("x_test", "y_test") if x_test is None else ("y_test", "x_test")
            raise ValueError(f"{missing}=None, but {given} is given. Use both, or neither for no test set.")
        x_other = x[:0] if x_test is None else checked_points(x_test, "x_test")
        y_other = y[:0] if y_test is None else _checked_answers(y_test, "y_test", count)
        checked_pair(x_other, y_other, "test")
        for train, test, letter in ((x, x_other, "x"), (y, y_other, "y")):
            if train.shape[1:] != test.shape[1:]:
                raise ValueError(
                    f"{letter}_test has shape {test.shape} and {letter}_train {train.shape}; all but the first number "
                    f"must be the same. Use {letter}_test of shape {(len(test), *train.shape[1:])}."
                )
        values = (x, y, x_other, y_other, str(name), count, dict(facts or {}))
        for key, value in zip((*ARRAYS, "name", "n_classes", "facts"), values, strict=True):
            object.__setattr__(self, key, value)

    @property
    def dim(self) -> int:
        """Number of coordinates of a point, d."""
        return int(self.x_train.shape[1])

    @property
    def n_train(self) -> int:
        """Number of points to learn from."""
        return len(self.x_train)

    @property
    def n_test(self) -> int:
        """Number of points to be tested on."""
        return len(self.x_test)

    def targets(self, loss: str, n_outputs: int | None = None) -> tuple[FloatArray, FloatArray]:
        """Return what a network is compared with, of the training set and of the test set.

        Parameters
        ----------
        loss : str
            ``"logistic"``, ``"softmax"`` or ``"squared"``.
        n_outputs : int, optional
            Outputs of the network. By default one for two classes (but two with ``"softmax"``), else one for each
            class or number.

        Returns
        -------
        train, test : array, shape (n, k)
            With ``"softmax"`` the label, k = 1. With the other losses k = n_outputs: 1 or 0 for each class (of two
            classes with one output, the label), or the numbers.

        Raises
        ------
        ValueError
            If the outputs or the loss do not fit the data.
        """
        if loss not in LOSSES:
            raise ValueError(f"loss={loss!r} is not known. Use one of {', '.join(map(repr, LOSSES))}.")
        fitting = self._fitting(loss)
        chosen = fitting[0] if n_outputs is None else n_outputs
        if chosen not in fitting:
            what = f"{self.n_classes} classes" if self.n_classes else f"{fitting[0]} numbers"
            raise ValueError(
                f"n_outputs={n_outputs} does not fit {self.name} with {what} and loss={loss!r}. Use "
                f"{' or '.join(map(str, fitting))} outputs."
            )
        columns = loss == "softmax" or self.n_classes == 0 or chosen == 1
        return _columns(self.y_train, columns, chosen), _columns(self.y_test, columns, chosen)

    def _fitting(self, loss: str) -> tuple[int, ...]:
        if self.n_classes == 0:
            if loss != "squared":
                raise ValueError(f"loss={loss!r} needs classes, {self.name} has numbers. Use loss='squared'.")
            return (self.y_train[0].size,)
        return (1, 2) if self.n_classes == 2 and loss != "softmax" else (self.n_classes,)

    def save(self, path: str | Path) -> Path:
        """Write the data set to an .npz file, which appears only when it is whole; `load` reads it."""
        target = Path(path).with_suffix(".npz") if Path(path).suffix == "" else Path(path)
        words = {"name": self.name, "n_classes": self.n_classes, "facts": self.facts}
        arrays = {name: getattr(self, name) for name in ARRAYS}
        write_atomically(target, arrays | {"data_set": np.asarray(json.dumps(words))})
        return target

    @classmethod
    def load(cls, path: str | Path) -> "Data":
        """Read a data set that `save` wrote.

        Raises
        ------
        ValueError
            If the file holds something else.
        """
        with np.load(Path(path), allow_pickle=False) as file:
            missing = [name for name in (*ARRAYS, "data_set") if name not in file.files]
            if missing:
                raise ValueError(f"{path} is no data set: it lacks {', '.join(missing)}. Use Data.save to write one.")
            return cls(*(file[name] for name in ARRAYS), **json.loads(str(file["data_set"])))

    def __repr__(self) -> str:
        kind = f"{self.n_classes} classes" if self.n_classes else "numbers"
        return f"<Data {self.name}: {self.n_train} + {self.n_test} points in {self.dim} dimensions, {kind}>"

    def __str__(self) -> str:
        rows = [f"{self.name}: points in {self.dim} dimension{'s' * (self.dim != 1)}"]
        for which, y in (("train", self.y_train), ("test", self.y_test)):
            rows.append(f"  {which:5} {len(y):8}   {self._share(y)}")
        if self.facts:
            rows.append("  " + ", ".join(f"{key} {value}" for key, value in self.facts.items()))
        return "\n".join(rows)

    def _share(self, y: FloatArray | IntArray) -> str:
        if len(y) == 0:
            return "none"
        if self.n_classes == 0:
            return f"numbers {y.min():.6g} to {y.max():.6g}"
        counts = np.bincount(np.asarray(y, dtype=np.int64), minlength=self.n_classes)
        return f"of class 0 to {self.n_classes - 1}: " + ", ".join(map(str, counts[:12])) + ", ..." * (len(counts) > 12)


def _checked_answers(y: ArrayLike, name: str, n_classes: int) -> FloatArray | IntArray:
    return checked_labels(y, name, n_classes) if n_classes else checked_numbers(y, name)


def _columns(y: FloatArray | IntArray, as_they_are: bool, n_outputs: int) -> FloatArray:
    if as_they_are:
        return np.asarray(y, dtype=np.float64).reshape(len(y), -1 if len(y) else n_outputs)
    return np.asarray(y[:, None] == np.arange(n_outputs), dtype=np.float64)
