"""Exact samples of a local Gibbs law in finite time: the scoped equation with noise, and its weights."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple

import numpy as np
from scipy.special import logsumexp
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.control import checks
from pdeopt.control.relaxed_fields import RelaxedField, field_of, starting_points
from pdeopt.control.saving import load_record, save_record
from pdeopt.grid import Grid
from pdeopt.landscapes import Landscape
from pdeopt.results import Relaxation

__all__ = ["Estimate", "ScopedSamples", "scoped_samples"]

METHODS = ("gaussian", "euler")
FULL = 10
"""Largest dimension in which the Gaussian step is the default."""
ENTRIES = 4_000_000
"""Numbers of the Hessians that are held at once."""
LEAST = 1e-6
WAIT = 2.0


class Estimate(NamedTuple):
    """A number or an array, and its standard error."""

    value: FloatArray
    error: FloatArray


@dataclass(frozen=True, eq=False, repr=False)
class ScopedSamples:
    """Ends of the scoped paths dx = -grad u(x, T - s) ds + beta^(-1/2) dW, and their weights.

    Parameters
    ----------
    points : array, shape (n, d)
        Ends of the paths.
    log_weights : array, shape (n,)
        Of the law of Brownian paths under exp(-beta f) at the end against that of the steps taken; their mean weight is
        exp(-beta u(x0, T)).
    losses, efforts : array, shape (n,)
        f at the end, and half the integral of ``|grad u|^2`` along each path.
    x0 : array, shape (d,)
    time, beta : float
    n_steps : int
    method : str
    evaluations : int
        Gradients of u, per path.
    seconds : float
    name : str
    """

    points: FloatArray
    log_weights: FloatArray
    losses: FloatArray
    efforts: FloatArray
    x0: FloatArray
    time: float
    beta: float
    n_steps: int
    method: str
    evaluations: int
    seconds: float
    name: str = ""

    @cached_property
    def weights(self) -> FloatArray:
        """Weights of sum 1, with which expectations over `points` have no error of the step."""
        return np.asarray(np.exp(self.log_weights - logsumexp(self.log_weights)))

    @property
    def effective_sample_size(self) -> float:
        """Number of unweighted samples that would do as well."""
        return float(1.0 / np.sum(self.weights**2))

    def expectation(self, function: Callable[[FloatArray], ArrayLike], *, weighted: bool = True) -> Estimate:
        """Return the mean of a function over the local Gibbs law.

        Parameters
        ----------
        function : callable
            Of points of shape (n, d); its result has n as its first axis.
        weighted : bool
            Without weights the mean has the error of the steps, of the order of the method.
        """
        values = np.asarray(function(self.points), dtype=float)
        weights = self.weights if weighted else np.full(len(self.points), 1.0 / len(self.points))
        mean = np.tensordot(weights, values, axes=1)
        error = np.sqrt(np.tensordot(weights**2, (values - mean) ** 2, axes=1))
        return Estimate(mean, error)

    @property
    def mean(self) -> Estimate:
        """Mean of the local Gibbs law, x0 - T grad u(x0, T)."""
        return self.expectation(lambda x: x)

    @property
    def covariance(self) -> Estimate:
        """Covariance of the local Gibbs law, (T / beta) (I - T hess u(x0, T))."""
        center = self.mean.value
        return self.expectation(lambda x: (x - center)[:, :, None] * (x - center)[:, None, :])

    @property
    def value(self) -> Estimate:
        """Local entropy u(x0, T) from the mean weight, whatever the step."""
        n = len(self.points)
        found = -(logsumexp(self.log_weights) - np.log(n)) / self.beta
        spread = np.sqrt(max(n * float(np.sum(self.weights**2)) - 1.0, 0.0) / n)
        return Estimate(np.asarray(found), np.asarray(spread / self.beta))

    @property
    def cost(self) -> Estimate:
        """Mean of f at the end plus the effort: u(x0, T) up to the error of the steps."""
        total = self.losses + self.efforts
        return Estimate(np.asarray(total.mean()), np.asarray(total.std() / np.sqrt(len(total))))

    def resampled(self, n: int | None = None, *, seed: int = 0) -> FloatArray:
        """Return points of equal weight, shape (n, d), drawn with replacement by systematic resampling."""
        count = len(self.points) if n is None else checks.checked_count(n, "n", 1)
        combs = (np.arange(count) + np.random.default_rng(seed).uniform()) / count
        chosen = np.searchsorted(np.cumsum(self.weights), combs)
        return self.points[np.minimum(chosen, len(self.points) - 1)]

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        return save_record(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "ScopedSamples":
        """Read a record written by `save`."""
        return load_record(cls, path)

    def __str__(self) -> str:
        n, dim = self.points.shape
        rows = [f"Scoped samples in {self.name or 'a landscape'}: time {self.time:g}, beta {self.beta:g}, dim {dim}"]
        rows.append(
            f"  {n} paths of {self.n_steps} steps ({self.method}), effective sample size "
            f"{self.effective_sample_size:.0f}, {self.seconds:.2f} s"
        )
        for name in ("value", "cost"):
            found = getattr(self, name)
            rows.append(f"  {name:>8} {float(found.value):.6g} +- {float(found.error):.1g}")
        mean = self.mean
        rows += [f"  mean[{k}] {mean.value[k]:.6g} +- {mean.error[k]:.1g}" for k in range(min(dim, 3))]
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<ScopedSamples {self.name!r}: {len(self.points)} points of dim {self.x0.size}>"


def scoped_samples(
    f: Landscape | Relaxation,
    x0: ArrayLike,
    time: float,
    beta: float,
    *,
    n_paths: int = 10_000,
    n_steps: int = 32,
    method: str | None = None,
    grid: Grid | None = None,
    seed: int = 0,
    progress: bool = True,
) -> ScopedSamples:
    """Sample the local Gibbs law exp(-beta (f(y) + ``|x0 - y|^2`` / (2 T))) by the scoped equation with noise.

    Parameters
    ----------
    f : Landscape or Relaxation
        The landscape; of a record its grid, initial values, boundary and beta are used.
    x0 : array_like, shape (d,)
        Where all paths start; a number in one dimension.
    time : float
        The T at which they end, length^2 per loss, positive.
    beta : float
        Inverse temperature, positive and finite.
    n_paths, n_steps : int
    method : {None, "gaussian", "euler"}
        ``"gaussian"``: the covariance of a step from the Hessian of u, of weak order 2, and exact for quadratic
        landscapes; ``"euler"``: weak order 1. By default Gaussian up to ten dimensions.
    grid : Grid, optional
        Take u from relaxations on this grid, with splines between its nodes, instead of at the points: much faster in
        one and two dimensions where there is no closed form, and as right, since the weights correct it.
    seed : int
    progress : bool
        Whether to show a bar, on a terminal and after two seconds.

    Returns
    -------
    ScopedSamples

    Raises
    ------
    TypeError, ValueError
        If an argument is out of range.

    Notes
    -----
    The law at the end is exactly the local Gibbs law (Doob's transform of Brownian motion; Follmer's drift). Under
    steps of size h with gradient g and Hessian H at time to go t, the transition of u quadratic is Gaussian with mean
    x - h g and covariance h (I - h H) / beta, which is positive definite since ``I - t H = beta Cov / t``; Euler's step
    drops H. The weight of a path is the density of Brownian steps times exp(-beta f) at the end over that of the steps
    taken: weighted means have no error of the step at all, whatever g and H.

    References
    ----------
    H. Follmer, *An entropy approach to the time reversal of diffusion processes*, Lecture Notes in Control and
    Information Sciences 69 (1985).
    P. Chaudhari, A. Oberman, S. Osher, S. Soatto, G. Carlier, arXiv:1704.04932, section 5.

    Examples
    --------
    >>> import pdeopt
    >>> from pdeopt.control import scoped_samples
    >>> drawn = scoped_samples(pdeopt.landscapes.quadratic(3.0), 1.7, time=0.4, beta=2.0, n_steps=1)
    >>> bool(drawn.effective_sample_size > 9999.9), round(float(drawn.value.value), 9)
    (True, 2.167568886)
    """
    horizon = checks.checked_time(time)
    counts = checks.checked_count(n_paths, "n_paths", 2), checks.checked_count(n_steps, "n_steps", 1)
    field = field_of(f, checks.checked_noise(beta), grid, seed)
    rows, _ = starting_points(x0, field.dim)
    if len(rows) != 1:
        raise ValueError(f"x0 holds {len(rows)} points; all paths start at one, e.g. x0={rows[0].tolist()}.")
    chosen = method or ("gaussian" if field.dim <= FULL else "euler")
    if chosen not in METHODS:
        raise ValueError(f"method={method!r} is not known: use one of {', '.join(map(repr, METHODS))}.")
    began = perf_counter()
    size = max(ENTRIES // (field.dim ** (2 if chosen == "gaussian" else 1)), 1)
    starts = range(0, counts[0], size)
    parts = []
    with tqdm(
        total=len(starts) * counts[1],
        desc="scoped paths",
        unit="step",
        delay=WAIT,
        leave=False,
        disable=None if progress else True,
    ) as bar:
        for block, first in enumerate(starts):
            task = _Task(field, rows[0], horizon, counts[1], chosen, np.random.default_rng([seed, block]))
            parts.append(_paths(task, min(size, counts[0] - first), bar))
    arrays = [np.concatenate(one) for one in zip(*parts, strict=True)]
    facts = (rows[0], horizon, field.beta, counts[1], chosen, counts[1], perf_counter() - began, field.name)
    return ScopedSamples(arrays[0], arrays[1], arrays[2], arrays[3], *facts)


class _Task(NamedTuple):
    field: RelaxedField
    x0: FloatArray
    time: float
    n_steps: int
    method: str
    rng: np.random.Generator


def _paths(task: _Task, n: int, bar: "tqdm[Any]") -> tuple[FloatArray, FloatArray, FloatArray, FloatArray]:
    """Return ends, log-weights, losses and efforts of n paths."""
    h, beta = task.time / task.n_steps, task.field.beta
    x, log_weights, efforts = np.tile(task.x0, (n, 1)), np.zeros(n), np.zeros(n)
    for k in range(task.n_steps):
        to_go, noise = task.time - k * h, task.rng.standard_normal(x.shape)
        found = task.field.at(to_go, x, curved=task.method == "gaussian")
        root, log_ratio = _root(found.hessian, h)
        step = (
            np.sqrt(h / beta) * (noise if root is None else np.einsum("nij,nj->ni", root, noise)) - h * found.gradient
        )
        # Densities of a free step and of this one; what both share cancels.
        log_weights += 0.5 * np.sum(noise**2 - beta / h * step**2, axis=1) + log_ratio
        efforts += 0.5 * h * np.sum(found.gradient**2, axis=1)
        x = x + step
        bar.update()
    losses = task.field.initial(x)
    return x, log_weights - beta * losses, losses, efforts


def _root(hessian: FloatArray | None, h: float) -> tuple[FloatArray | None, FloatArray | float]:
    """Return a root of I - h H, and the logarithm of its determinant."""
    if hessian is None:
        return None, 0.0
    eigenvalues, vectors = np.linalg.eigh(np.eye(hessian.shape[-1]) - h * hessian)
    # Positive but for what quadrature or splines get wrong of H, which the weights make up for.
    lengths = np.sqrt(np.maximum(eigenvalues, LEAST))
    return vectors * lengths[:, None, :], np.sum(np.log(lengths), axis=1)
