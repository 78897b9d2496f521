"""What a run looked like, step by step."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray, IntArray

__all__ = ["History"]


@dataclass(frozen=True, eq=False)
class History:
    """Losses and accuracies on the whole sets, at some steps.

    Parameters
    ----------
    steps : int array, shape (n,)
    train_loss, test_loss, train_accuracy, test_accuracy : array, shape (n,)
        NaN where there is no test set, or no classes.
    """

    steps: IntArray
    train_loss: FloatArray
    test_loss: FloatArray
    train_accuracy: FloatArray
    test_accuracy: FloatArray

    def __len__(self) -> int:
        """Return the number of records."""
        return int(np.size(self.steps))
