"""When to stop training before its last step."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.networks.checks import checked_count
from pdeopt.networks.data import Data

__all__ = ["EarlyStop", "hold_out"]

QUANTITIES = ("validation_loss", "validation_accuracy", "test_loss", "test_accuracy", "train_loss", "train_accuracy")
STREAM = 0x5EED
"""Of the rows held out: it shares nothing with other draws of the same seed."""


@dataclass(frozen=True)
class EarlyStop:
    """Stop where a quantity has not become better for some steps, and return the best parameters.

    Parameters
    ----------
    patience : int
        Steps without a better record.
    quantity : str
        ``"validation_loss"``, ``"validation_accuracy"``, or one of ``"test_..."`` and ``"train_..."``. A test set
        that chose the parameters no longer tests them: hence the default.
    share : float
        Of the training set, held out at random for validation; only where the quantity is a validation one.
    least_change : float
        What counts as better.

    Raises
    ------
    ValueError
        If a setting is out of range.

    Examples
    --------
    >>> EarlyStop(patience=1000).share
    0.1
    """

    patience: int
    quantity: str = "validation_loss"
    share: float = 0.1
    least_change: float = 0.0

    def __post_init__(self) -> None:
        object.__setattr__(self, "patience", checked_count(self.patience, "patience"))
        if self.quantity not in QUANTITIES:
            raise ValueError(f"quantity={self.quantity!r} must be one of {', '.join(map(repr, QUANTITIES))}.")
        if not 0.0 < self.share < 1.0:
            raise ValueError(f"share={self.share!r} must be between 0 and 1, e.g. share=0.1.")
        if not (np.isfinite(self.least_change) and self.least_change >= 0.0):
            raise ValueError(f"least_change={self.least_change!r} must be 0 or more, e.g. least_change=0.0.")

    @property
    def validates(self) -> bool:
        """Whether rows are to be held out."""
        return self.quantity.startswith("validation")

    def is_better(self, value: float, best: float) -> bool:
        """Tell whether a value is better than the best so far; NaN never is, and anything is better than NaN."""
        gain = value - best if self.quantity.endswith("accuracy") else best - value
        return bool(gain > self.least_change or (np.isnan(best) and not np.isnan(value)))


def hold_out(data: Data, share: float, seed: int = 0) -> tuple[Data, Data]:
    """Split the training set at random.

    Parameters
    ----------
    data : Data
    share : float
        Of the training rows that are held out, at least one row.
    seed : int

    Returns
    -------
    kept, held : Data
        With the rest of the rows and the same test set; and with the held-out rows as both sets.

    Raises
    ------
    ValueError
        If nothing would be left to train on.
    """
    n = max(round(share * data.n_train), 1)
    if n >= data.n_train:
        raise ValueError(f"share={share!r} of {data.n_train} rows leaves none to train on. Use a smaller share.")
    order = np.random.default_rng([seed, STREAM]).permutation(data.n_train)
    kept, held = np.sort(order[n:]), np.sort(order[:n])
    return _with_rows(data, kept, (data.x_test, data.y_test)), _with_rows(data, held, None)


def _with_rows(data: Data, rows: IntArray, test: tuple[FloatArray, FloatArray | IntArray] | None) -> Data:
    x, y = data.x_train[rows], data.y_train[rows]
    others = test or (x, y)
    return Data(x, y, *others, data.name, data.n_classes, dict(data.facts))
