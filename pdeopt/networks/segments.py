"""The loss along a segment between two points of parameter space."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.checks import checked_vector
from pdeopt.networks.data import Data
from pdeopt.networks.network import Network

__all__ = ["Segment", "loss_along_segment"]


@dataclass(frozen=True, eq=False, repr=False)
class Segment:
    """Losses and accuracies along a segment.

    Parameters
    ----------
    positions : array, shape (n,)
        s, from 0 at the start to 1 at the end.
    train_loss, test_loss, train_accuracy, test_accuracy : array, shape (n,)
        NaN without a test set, or without classes.
    distance : float
        Between the ends, Euclidean.
    """

    positions: FloatArray
    train_loss: FloatArray
    test_loss: FloatArray
    train_accuracy: FloatArray
    test_accuracy: FloatArray
    distance: float

    @property
    def barrier(self) -> float:
        """How far the training loss rises above the higher of its two ends."""
        return float(self.train_loss.max() - max(self.train_loss[0], self.train_loss[-1]))

    @property
    def climb(self) -> float:
        """The largest rise of the training loss on the way from the start; 0 where it never rises."""
        return float((self.train_loss - np.minimum.accumulate(self.train_loss)).max())

    def __repr__(self) -> str:
        ends = f"{self.train_loss[0]:.4g} to {self.train_loss[-1]:.4g}"
        return f"<Segment of length {self.distance:.3g}: loss {ends}, barrier {self.barrier:.3g}>"


def loss_along_segment(net: Network, data: Data, start: FloatArray, end: FloatArray, *, n_points: int = 101) -> Segment:
    """Evaluate a network on the segment between two vectors of parameters.

    Parameters
    ----------
    net : MLP or ResNet
    data : Data
    start, end : array, shape (n_parameters,)
    n_points : int
        Number of points, the ends included.

    Returns
    -------
    Segment

    Raises
    ------
    ValueError
        If a vector does not fit the network, or there are fewer than two points.

    Notes
    -----
    ``theta(s) = (1 - s) theta_start + s theta_end``, Eq. (18) of [1]_, after [2]_. Hidden units can be permuted without
    any change of the function, so a barrier between two trained networks need not separate two functions.

    References
    ----------
    .. [1] B. Leimkuhler, C. Matthews, T. Vlaar, Found. Data Sci. 1(4), 2019, arXiv 1908.11843.
    .. [2] I. Goodfellow, O. Vinyals, A. Saxe, "Qualitatively characterizing neural network optimization problems", ICLR
       2015, arXiv 1412.6544.
    """
    a, b = (checked_vector(v, name, net.n_parameters) for v, name in ((start, "start"), (end, "end")))
    if n_points < 2:
        raise ValueError(f"n_points={n_points} must be at least 2, for the two ends. Use n_points=101.")
    positions = np.linspace(0.0, 1.0, n_points)
    sets = list(zip((data.x_train, data.x_test), data.targets(net.loss_name, net.sizes[-1]), strict=True))
    points = [(1.0 - s) * a + s * b for s in positions]
    found = np.array([[net.evaluate_rows(point, x, y) for x, y in sets] for point in points])
    (train_loss, train_accuracy), (test_loss, test_accuracy) = np.moveaxis(found, 0, -1)
    return Segment(positions, train_loss, test_loss, train_accuracy, test_accuracy, float(np.linalg.norm(b - a)))
