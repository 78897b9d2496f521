"""The limit of layers that are kept as rarely as the step is short: a compound Poisson process."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.stats import poisson
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.networks.layer_checks import checked_layer, checked_states
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.modified.equations import as_points
from pdeopt.networks.modified.moves import amplitudes, branch_values
from pdeopt.networks.noise import DropConnect, Dropout, StochasticDepth

__all__ = ["JumpAverage", "JumpLimit", "jump_limit"]

SMALL = 1e-17
"""Part of a sum below which its terms are left out, two in a row."""

ROUNDING = 1e-15
"""Relative error of a sum of so many terms."""

MOST_JUMPS = 100_000
"""Jumps of one path that are followed."""


@dataclass(frozen=True)
class JumpAverage:
    """An expectation.

    Parameters
    ----------
    value : float
    error : float
        What the terms that were left out may be, or the standard error of `n_paths`.
    n_paths : int
        0 where all paths were summed.
    """

    value: float
    error: float
    n_paths: int

    def __str__(self) -> str:
        way = f"{self.n_paths} paths" if self.n_paths else "sum over the number of jumps"
        return f"{self.value:.12g} +- {self.error:.1e} ({way})"


@dataclass(frozen=True, eq=False, repr=False)
class JumpLimit:
    """The process that `jump_limit` returns: jumps by ``a_j(x) / rate``, each at the same rate, and nothing between.

    Its generator is ``b . grad phi + rate sum_j [phi(x + a_j / rate) - phi(x)]``, a_j the part of the branch that the
    factor j carries, b the outer bias where hidden units are dropped.

    Parameters
    ----------
    layer : ResidualLayer
    rate : float
        ``keep / step`` of each kind of jump.
    """

    layer: ResidualLayer
    rate: float

    def jumps(self, points: ArrayLike) -> FloatArray:
        """Return all jumps from points.

        Parameters
        ----------
        points : array_like, shape (..., d)
            In one dimension also numbers.

        Returns
        -------
        array, shape (..., d, jumps)
        """
        places = as_points(points, self.layer.dim)
        found = amplitudes(self.layer, places.reshape(-1, self.layer.dim)) / self.rate
        return found.reshape(*places.shape, -1)

    def generator(self, function: Callable[[Any], Any], points: ArrayLike) -> FloatArray:
        """Return the generator applied to a function, ``rate sum_j [phi(x + jump_j) - phi(x)]``.

        Parameters
        ----------
        function : callable
            phi, of an array of points (n, d); in one dimension of an array of numbers.
        points : array_like, shape (n, d)
            In one dimension also numbers.

        Returns
        -------
        array, shape (n,)

        Raises
        ------
        ValueError
            If there is a drift as well, whose derivative is not known.
        """
        self._without_drift("generator")
        places = as_points(points, self.layer.dim)
        moved = places[..., None] + self.jumps(places)
        here = self._of(function, places)
        each = [self._of(function, moved[..., j]) - here for j in range(moved.shape[-1])]
        return np.asarray(self.rate * np.sum(each, axis=0))

    def simulate(
        self, x0: ArrayLike, time: float, *, n_paths: int = 10_000, seed: int = 0, progress: bool = True
    ) -> FloatArray:
        """Return ends of independent paths, exact in law.

        Parameters
        ----------
        x0 : array_like, shape (d,)
            Where all start.
        time : float
            Until when, from 0.
        n_paths : int
        seed : int
        progress : bool
            Whether to show a bar where it takes over two seconds.

        Returns
        -------
        array, shape (n_paths, d)

        Raises
        ------
        ValueError
            If the branch depends on time.
        """
        rng, d = np.random.default_rng(seed), self.layer.dim
        x = np.tile(checked_states(x0, "x0", d)[0], (n_paths, 1))
        self._check_time(x[:1], time)
        left = np.full(n_paths, float(time))
        with tqdm(total=n_paths, desc="jumps", unit="path", disable=not progress, delay=2.0, leave=False) as bar:
            while (moving := np.flatnonzero(left > 0.0)).size:
                bar.update(self._jump_once(x, left, moving, rng))
        return x

    def _jump_once(self, x: FloatArray, left: FloatArray, moving: IntArray, rng: np.random.Generator) -> int:
        """Move some paths to after their next jump, or to the end; return how many came to the end."""
        n_kinds = self.jumps(x[:1]).shape[-1]
        waits = rng.exponential(1.0 / (self.rate * n_kinds), moving.size)
        kinds, jump = rng.integers(n_kinds, size=moving.size), waits < left[moving]
        x[moving] += self._drift * np.minimum(waits, left[moving])[:, None]
        chosen = np.take_along_axis(self.jumps(x[moving]), kinds[:, None, None], axis=-1)[..., 0]
        x[moving] += np.where(jump[:, None], chosen, 0.0)
        left[moving] -= waits
        return int(moving.size - jump.sum())

    def average(
        self, function: Callable[[Any], Any], x0: ArrayLike, time: float, *, n_paths: int = 100_000, seed: int = 0
    ) -> JumpAverage:
        """Return the expectation of a function of the end of a path.

        Parameters
        ----------
        function : callable
            Of an array of points (n, d); in one dimension of an array of numbers.
        x0 : array_like, shape (d,)
            Where paths start.
        time : float
            Until when, from 0.
        n_paths : int
            Paths that are simulated where there is more than one kind of jump, or a drift.
        seed : int

        Returns
        -------
        JumpAverage
            Of one kind of jump the sum over their number, ``sum_n Poisson(n; rate time) function(x_n)``.

        Raises
        ------
        ValueError
            If the branch depends on time, or the sum does not converge.
        """
        d = self.layer.dim
        x = checked_states(x0, "x0", d)[:1]
        self._check_time(x, time)
        if self.jumps(x).shape[-1] == 1 and not self._drift.any():
            return self._summed(function, x, self.rate * time)
        values = self._of(function, self.simulate(x, time, n_paths=n_paths, seed=seed))
        return JumpAverage(float(values.mean()), float(values.std(ddof=1) / n_paths**0.5), n_paths)

    def _summed(self, function: Callable[[Any], Any], x: FloatArray, expected: float) -> JumpAverage:
        total, last = 0.0, np.inf
        for n in range(MOST_JUMPS):
            with np.errstate(over="ignore", invalid="ignore"):
                term = float(poisson.pmf(n, expected) * self._of(function, x)[0])
            total += term
            if not np.isfinite(total):
                break
            if n > expected and max(abs(term), last) <= SMALL * abs(total):
                return JumpAverage(total, ROUNDING * abs(total), 0)
            last, x = abs(term), x + self.jumps(x)[..., 0]
        raise ValueError(
            f"function grows faster along the jumps than their probabilities fall: after {n} the sum is {total}. Use "
            "a bounded function, or simulate(x0, time)."
        )

    @property
    def _drift(self) -> FloatArray:
        """The outer bias, where it is added whatever is dropped."""
        noise, bias = self.layer.noise, getattr(self.layer.branch, "outer_bias", None)
        on_weights = isinstance(noise, DropConnect) or (isinstance(noise, Dropout) and noise.where == "hidden")
        return np.asarray(bias, dtype=np.float64) if on_weights and bias is not None else np.zeros(self.layer.dim)

    def _of(self, function: Callable[[Any], Any], places: FloatArray) -> FloatArray:
        values = np.asarray(function(places[..., 0] if self.layer.dim == 1 else places), dtype=np.float64)
        if values.shape != places.shape[:-1]:
            raise ValueError(
                f"function returns shape {values.shape} for points of shape {places.shape}: use one number each, such "
                "as function=lambda x: numpy.cos(x) in one dimension and lambda x: x[:, 0] in more."
            )
        return values

    def _check_time(self, x: FloatArray, time: float) -> None:
        if not 0.0 <= time < np.inf:
            raise ValueError(f"time={time!r} must be a number from 0 on, e.g. time=1.0.")
        values = [branch_values(self.layer, x, t) for t in (0.0, 0.37 * time, time)]
        if not all(np.array_equal(values[0], other) for other in values):
            raise ValueError("layer has a branch that depends on time, and jumps must not. Use ResNet and its samples.")

    def _without_drift(self, name: str) -> None:
        if self._drift.any():
            raise ValueError(f"{name} needs a layer without outer bias, whose drift is {self._drift}. Use simulate.")

    def __repr__(self) -> str:
        return f"<JumpLimit of dim {self.layer.dim}: rate {self.rate:g}, {self.layer.noise!r}>"

    def __str__(self) -> str:
        return (
            f"{self.layer.noise!r}, h = {self.layer.step:g}: keep = rate h with rate {self.rate:g}\n"
            f"  generator  rate sum_j [phi(x + a_j / rate) - phi(x)]"
        )


def jump_limit(layer: ResidualLayer) -> JumpLimit:
    """Return the compound Poisson process that layers tend to whose keep probability is proportional to their step.

    Parameters
    ----------
    layer : ResidualLayer
        With ``StochasticDepth(p, inverted=True)``, `Dropout` of the branch or of hidden units, or `DropConnect`. The
        limit is h to 0 at the rate ``p / h`` of this layer.

    Returns
    -------
    JumpLimit

    Raises
    ------
    TypeError
        If the noise has no such limit.

    Notes
    -----
    One layer is ``p phi(x + h f / p) + (1 - p) phi(x)``, with ``p = rate h`` exactly ``phi + h L phi``, L the generator
    ``rate [phi(x + f / rate) - phi(x)]``. All cumulants of the sum stay, not only the second: no diffusion. Of the
    network with N layers the error is of first order in h.

    Examples
    --------
    >>> from pdeopt.networks import ResidualLayer, StochasticDepth
    >>> limit = jump_limit(ResidualLayer(lambda t, x: x, StochasticDepth(0.002, inverted=True), step=0.001))
    >>> print(limit.average(lambda x: x**3, 1.0, 1.0))
    115.584284527 +- 1.2e-13 (sum over the number of jumps)
    """
    noise = checked_layer(layer).noise
    if isinstance(noise, StochasticDepth):
        has_limit = noise.inverted and noise.decay is None
    else:
        has_limit = isinstance(noise, DropConnect) or (isinstance(noise, Dropout) and noise.where != "input")
    if not has_limit:
        raise TypeError(
            f"noise={noise!r} has no limit of jumps: kept branches must be divided by one keep probability. Use "
            "StochasticDepth(p, inverted=True), Dropout(p), Dropout(p, 'hidden') or DropConnect(p)."
        )
    return JumpLimit(layer, float(getattr(noise, "keep", 1.0)) / layer.step)
