"""Networks whose answers are random: those of their mean, averages over noise, single noisy passes."""

from collections.abc import Iterator

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.networks.residual import gradients as kernels
from pdeopt.kernels.networks.residual.factors import n_factor_blocks
from pdeopt.kernels.networks.residual.layout import LOSS, MEAN_NETWORK, work_size
from pdeopt.kernels.networks.slopes import slope_address
from pdeopt.networks import checks
from pdeopt.networks.averaging import score_answers
from pdeopt.networks.checks import checked_count
from pdeopt.networks.data_checks import checked_seed
from pdeopt.networks.network import Network

__all__ = ["NoisyNetwork"]

Key = tuple[int, int, int]

MEAN: Key = (0, 0, MEAN_NETWORK)
SAMPLES = -1
"""The run of noise that is drawn at test time: no run of a training has this number."""

MOST_BLOCKS = 2**32
"""Blocks of words of a minibatch."""

BAR_DELAY = 2.0
"""Seconds before a progress bar appears."""


class NoisyNetwork(Network):
    """A network of `pdeopt.kernels.networks.residual`: the base of `ResNet`.

    Without `n_samples` answers are those of the mean network, with the mean of every random factor in its place.
    """

    takes_blas = False

    def sample(self, parameters: FloatArray, x: ArrayLike, n_samples: int, *, seed: int = 0) -> FloatArray:
        """Return outputs with noise.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        n_samples : int
            Passes, each with noise of its own, drawn for every point by itself (but for noise that a minibatch has in
            common: all points are one).
        seed : int
            Pass i depends on ``(seed, i)`` alone, and shares nothing with the noise of a training.

        Returns
        -------
        array, shape (n_samples, n, n_out)
        """
        return np.array(list(self._passes(parameters, x, n_samples, seed)))

    def forward(
        self, parameters: FloatArray, x: ArrayLike, *, n_samples: int | None = None, seed: int = 0
    ) -> FloatArray:
        """Return the outputs, before any sigmoid: logits.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        n_samples : int, optional
            Noisy passes whose outputs are averaged, see `sample`; by default those of the mean network.
        seed : int

        Returns
        -------
        array, shape (n, n_out)
        """
        if n_samples is None:
            return super().forward(parameters, x)
        return np.asarray(sum(self._passes(parameters, x, n_samples, seed)) / n_samples)

    def probabilities(
        self, parameters: FloatArray, x: ArrayLike, *, n_samples: int | None = None, seed: int = 0
    ) -> FloatArray:
        """Return the probabilities of classes, shape (n, n_out); with one output that of class 1.

        Arguments as in `forward`, but averaged are probabilities: with many passes this is the solution of the backward
        Kolmogorov equation of the network at the points (formula of Feynman and Kac).
        """
        self._check_classes()
        if n_samples is None:
            return super().probabilities(parameters, x)
        passes = self._passes(parameters, x, n_samples, seed)
        return np.asarray(sum(self._probabilities(outputs) for outputs in passes) / n_samples)

    def predict(
        self, parameters: FloatArray, x: ArrayLike, *, n_samples: int | None = None, seed: int = 0
    ) -> FloatArray | IntArray:
        """Return the labels of points, shape (n,), or with squared loss the outputs, shape (n, n_out).

        Arguments as in `forward`: of averages over noisy passes, of probabilities where there are classes.
        """
        if n_samples is None:
            return super().predict(parameters, x)
        if self.loss_name == "squared":
            return self.forward(parameters, x, n_samples=n_samples, seed=seed)
        found = self.probabilities(parameters, x, n_samples=n_samples, seed=seed)
        labels = found[:, 0] > 0.5 if self.sizes[-1] == 1 else found.argmax(axis=1)
        return np.asarray(labels, dtype=np.int64)

    def loss(
        self, parameters: FloatArray, x: ArrayLike, y: ArrayLike, *, n_samples: int | None = None, seed: int = 0
    ) -> float:
        """Return the mean loss over points.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        y : array_like, shape (n,) or (n, n_out)
            Labels, or with squared loss numbers; with logistic loss and several outputs a 0 or 1 for each.
        n_samples : int, optional
            Noisy passes whose losses are averaged: an estimate of the expected loss, which training makes small. By
            default the loss is that of the mean network.
        seed : int
        """
        if n_samples is None:
            return super().loss(parameters, x, y)
        targets = self._arguments(parameters, x, y)[2]
        passes = self._passes(parameters, x, n_samples, seed)
        return float(np.mean([kernels.mean_score(self.layout[LOSS], outputs, targets)[0] for outputs in passes]))

    def accuracy(
        self, parameters: FloatArray, x: ArrayLike, y: ArrayLike, *, n_samples: int | None = None, seed: int = 0
    ) -> float:
        """Return the share of points with the right label, by `predict`; arguments as in `loss`."""
        theta, points, targets = self._arguments(parameters, x, y)
        if n_samples is None:
            return self.evaluate_rows(theta, points, targets)[1]
        average = self.forward if self.loss_name == "squared" else self.probabilities
        return score_answers(self, average(theta, points, n_samples=n_samples, seed=seed), targets)[1]

    def gradient(
        self,
        parameters: FloatArray,
        x: ArrayLike,
        y: ArrayLike,
        *,
        number: int | None = None,
        seed: int = 0,
        run: int = 0,
    ) -> FloatArray:
        """Return the gradient of the mean loss by the parameters.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        x : array_like, shape (n, n_in)
        y : array_like, shape (n,) or (n, n_out)
            As in `loss`.
        number : int, optional
            Of the minibatch whose noise is taken, from 0 on: that of the gradient with this number in a training of
            `seed` and `run`. By default the gradient is that of the mean network.
        seed, run : int

        Returns
        -------
        array, shape (n_parameters,)
        """
        theta, points, targets = self._arguments(parameters, x, y)
        key = MEAN
        if number is not None:
            key = (checked_seed(seed), checked_count(run, "run", least=0), checked_count(number, "number", least=0))
        return self._slope(theta, points, targets, np.arange(len(points)), key)

    def work_size(self, n_rows: int) -> int:
        """Return how many doubles of scratch gradients need for a minibatch of a number of rows.

        Raises
        ------
        ValueError
            If the minibatch needs more random words than one has.
        """
        size, layout = work_size(self.layout, n_rows), self.layout
        if n_factor_blocks(layout, n_rows) >= MOST_BLOCKS:
            rows = int(n_rows * MOST_BLOCKS / n_factor_blocks(layout, n_rows))
            raise ValueError(f"batch_size={n_rows} of {self} needs too many random words. Use batch_size={rows // 2}.")
        return int(size)

    def prefers_blas(self, n_rows: int) -> bool:  # noqa: ARG002 - never
        """Return False: gradients are loops."""
        return False

    def slope(self, *, blas: bool) -> tuple[int, bool]:  # noqa: ARG002
        """Return where the gradient lies that the training loop takes."""
        return slope_address(kernels.propagate, noisy=True)

    def forward_rows(self, parameters: FloatArray, x: FloatArray) -> FloatArray:
        """Return the outputs of the mean network for rows, arguments unchecked."""
        return self._pass(parameters, x, MEAN)

    def evaluate_rows(
        self,
        parameters: FloatArray,
        x: FloatArray,
        y: FloatArray,
        *,
        blas: bool = False,  # noqa: ARG002
    ) -> tuple[float, float]:
        """Return the mean loss and the share of right answers of the mean network for rows, arguments unchecked."""
        return kernels.mean_score(self.layout[LOSS], self._pass(parameters, x, MEAN), y)

    def gradient_rows(
        self,
        parameters: FloatArray,
        x: FloatArray,
        y: FloatArray,
        rows: IntArray,
        *,
        blas: bool = False,  # noqa: ARG002
    ) -> FloatArray:
        """Return the gradient of the mean loss of the mean network over some rows, arguments unchecked."""
        return self._slope(parameters, x, y, rows, MEAN)

    def _passes(self, parameters: FloatArray, x: ArrayLike, n_samples: int, seed: int) -> Iterator[FloatArray]:
        theta, points = self._vector(parameters), checks.checked_points(x, self.sizes[0])
        key, n = (checked_seed(seed), SAMPLES), checked_count(n_samples, "n_samples")
        for number in tqdm(range(n), desc="noisy passes", delay=BAR_DELAY, leave=False, disable=None):
            yield self._pass(theta, points, (*key, number))

    def _pass(self, parameters: FloatArray, x: FloatArray, key: Key) -> FloatArray:
        out, work = np.empty((len(x), self.sizes[-1])), np.empty(self.work_size(len(x)))
        kernels.propagate(parameters, self.layout, x, out, np.arange(len(x)), work, out, work[:0], *key)
        return out

    def _slope(self, parameters: FloatArray, x: FloatArray, y: FloatArray, rows: IntArray, key: Key) -> FloatArray:
        out, work = np.empty(self.n_parameters), np.empty(self.work_size(rows.size))
        kernels.propagate(parameters, self.layout, x, y, rows, work, y[:0], out, *key)
        return out
