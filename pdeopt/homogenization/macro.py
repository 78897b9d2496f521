"""The heterogeneous multiscale integrator: macro steps of the slow variables with drifts sampled as they are needed."""

from dataclasses import dataclass
from time import perf_counter

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.homogenization import inputs
from pdeopt.homogenization.micro import at_rest, held, micro_seed
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import TwoScaleSystem

__all__ = ["Multiscale", "multiscale"]

METHODS = {"euler": 1, "midpoint": 2}
"""Macro schemes and their evaluations of the drift."""

PATIENCE = 2.0


@dataclass(frozen=True, eq=False, repr=False)
class Multiscale:
    """Slow variables computed by macro steps.

    Parameters
    ----------
    times : array, shape (n_steps + 1,)
    x : array, shape (n_steps + 1, n_paths, n_slow)
    standard_error : array, same shape
        What sampling adds to x, the drifts of all macro steps added up as if errors did not decay.
    drift : array, shape (n_steps, n_paths, n_slow)
        Sampled drift of every macro step.
    drift_error : array, same shape
        Its standard error.
    micro_steps : int
        Steps of the fast variables, all copies together.
    direct_steps : float
        Steps that the system itself takes to the same time at its epsilon, with the same micro step, all paths
        together.
    method : str
    seconds : float
    interrupted : bool
        Whether the run was stopped before its end; the arrays hold what was done.
    """

    times: FloatArray
    x: FloatArray
    standard_error: FloatArray
    drift: FloatArray
    drift_error: FloatArray
    micro_steps: int
    direct_steps: float
    method: str
    seconds: float
    interrupted: bool = False

    @property
    def final(self) -> FloatArray:
        """The slow variables at the end, shape (n_paths, n_slow)."""
        return np.asarray(self.x[-1])

    def __str__(self) -> str:
        last, error = self.final[0][:4], self.standard_error[-1][0][:4]
        shown = ", ".join(f"{value:.6g} +- {bar:.1e}" for value, bar in zip(last, error, strict=True))
        rows = [
            f"Multiscale ({self.method}): {len(self.times) - 1} macro steps to time {self.times[-1]:g}, "
            f"{self.x.shape[1]} paths{', interrupted' if self.interrupted else ''}",
            f"  x at the end {shown}",
            f"  {self.micro_steps:.3g} micro steps; the system itself takes {self.direct_steps:.3g} at its epsilon; "
            f"{self.seconds:.2f} s",
        ]
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<Multiscale of {self.x.shape[1]} paths, {len(self.times) - 1} macro steps>"


@dataclass
class _Micro:
    """The copies, carried from one macro step to the next."""

    system: TwoScaleSystem
    states: FloatArray
    step: float
    n_micro: int
    n_burn: int
    seed: int
    scheme: str | Scheme
    calls: int = 0
    cost: int = 0

    def drift_at(self, x: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Return the sampled drift at the points x of the paths, and its standard error."""
        copies = len(self.states) // len(x)
        self.states[:, : self.system.n_slow] = np.repeat(x, copies, axis=0)
        for part, count in enumerate((self.n_burn, self.n_micro)):
            if count:
                seed = micro_seed(self.seed, 1 + self.calls, part)
                run = held(self.system, self.states, self.step, count, seed, self.scheme)
                self.states = run.states
        self.calls, self.cost = self.calls + 1, self.cost + len(self.states) * (self.n_burn + self.n_micro)
        each = run.average.reshape(len(x), copies, -1)
        return each.mean(axis=1), each.std(axis=1, ddof=1) / np.sqrt(copies)


def multiscale(
    system: TwoScaleSystem,
    x0: ArrayLike,
    *,
    macro_step: float,
    n_steps: int,
    micro_step: float | None = None,
    n_micro: int = 100,
    n_burn: int = 20,
    replicas: int = 64,
    method: str = "midpoint",
    scheme: str | Scheme = "sra1",
    seed: int = 0,
    progress: bool | None = None,
) -> Multiscale:
    """Integrate the averaged equation of a two-scale system, its drift sampled by short runs of the fast variables.

    Parameters
    ----------
    system : TwoScaleSystem
        Its epsilon plays no part but in the comparison of costs.
    x0 : array_like, shape (n_slow,) or (n_paths, n_slow)
        Slow variables at the start; for one of them also a number.
    macro_step : float
        Step of the slow variables, positive.
    n_steps : int
        Number of macro steps.
    micro_step : float, optional
        Step of the fast variables on their own clock; by default a tenth of their fastest time.
    n_micro, n_burn : int
        Steps whose average is the drift, and those before, in every evaluation; `n_burn` may be 0.
    replicas : int
        Copies of the fast variables of every path, at least 2.
    method : {"midpoint", "euler"}
        Macro scheme, of order 2 with two evaluations of the drift a step, or 1 with one.
    scheme : str or Scheme
        The scheme of the micro steps.
    seed : int
    progress : bool, optional
        Whether to show a progress bar; by default after two seconds, on a terminal.

    Returns
    -------
    Multiscale

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range.

    Notes
    -----
    Copies start where they ended before, so that `n_burn` need only cover what one macro step changes. Errors: of the
    macro scheme, O(macro_step^p); of the micro scheme in the law; of the law not yet reached, exponentially small in
    ``n_burn micro_step``; and of sampling, which falls like 1/sqrt(replicas n_micro micro_step), in the result.

    References
    ----------
    E. Vanden-Eijnden, Numerical techniques for multi-scale dynamical systems with stochastic effects, Comm. Math. Sci.
    1 (2003). W. E, D. Liu, E. Vanden-Eijnden, Comm. Pure Appl. Math. 58 (2005).

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0, epsilon=1e-4)
    >>> run = multiscale(system, 1.0, macro_step=0.1, n_steps=10)
    >>> bool(abs(run.final[0, 0] - 2.718281828**-1) < 4.0 * run.standard_error[-1, 0, 0] + 1e-3)
    True
    """
    inputs.checked_system(system)
    if method not in METHODS:
        raise ValueError(f"method={method!r} is not known. Use one of {', '.join(map(repr, METHODS))}.")
    began = perf_counter()
    x = inputs.checked_points(system, x0)[0].copy()
    big, count = (
        inputs.checked_positive(macro_step, "macro_step", example="0.1"),
        inputs.checked_count(n_steps, "n_steps"),
    )
    first, copies = inputs.checked_seed(seed), inputs.checked_copies(replicas)
    start = max(10 * _whole(n_burn), 1)
    states, step, cost = at_rest(system, x, micro_step, start, copies, micro_seed(first, 0), scheme)
    micro = _Micro(system, states, step, inputs.checked_count(n_micro, "n_micro"), _whole(n_burn), first, scheme)
    records, interrupted = _march(micro, x, big, count, method, progress)
    xs, drifts, errors = ([record[k] for record in records] for k in range(3))
    drift, error = (np.array(part).reshape(-1, *x.shape) for part in (drifts, errors))
    spread = np.sqrt(np.cumsum(np.concatenate([np.zeros((1, *x.shape)), (big * error) ** 2]), axis=0))
    times = np.arange(len(xs) + 1, dtype=np.float64) * big
    direct = times[-1] / (system.epsilon * step) * len(x)
    path = np.array([x, *xs])
    words = f"{method}, {replicas} copies"
    seconds = perf_counter() - began
    return Multiscale(times, path, spread, drift, error, cost + micro.cost, float(direct), words, seconds, interrupted)


def _whole(n_burn: int) -> int:
    return 0 if n_burn == 0 else inputs.checked_count(n_burn, "n_burn")


def _march(
    micro: _Micro, x: FloatArray, big: float, count: int, method: str, progress: bool | None
) -> tuple[list[tuple[FloatArray, ...]], bool]:
    """Take the macro steps; return x, drift and its error after each, and whether they were interrupted."""
    records: list[tuple[FloatArray, ...]] = []
    hidden = None if progress is None else not progress
    with tqdm(total=count, unit="step", delay=PATIENCE, disable=hidden, leave=False, desc="multiscale") as bar:
        try:
            for _ in range(count):
                drift, error = micro.drift_at(x)
                if method == "midpoint":
                    drift, error = micro.drift_at(x + 0.5 * big * drift)
                x = x + big * drift
                records.append((x, drift, error))
                bar.update()
        except KeyboardInterrupt:
            return records, True
    return records, False
