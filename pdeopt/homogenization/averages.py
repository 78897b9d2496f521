"""`averaged_drift`: the slow rate averaged over the fast variables, with an error bar."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.homogenization import inputs
from pdeopt.homogenization.laws import averaged_exactly, averages_exactly
from pdeopt.homogenization.micro import Held, at_rest, held, micro_seed
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import TwoScaleSystem

__all__ = ["AveragedDrift", "averaged_drift"]

METHODS = ("quadrature", "sampling")


@dataclass(frozen=True, eq=False, repr=False)
class AveragedDrift:
    """The slow rate averaged over the fast variables at points.

    Parameters
    ----------
    x : array, shape (..., n_slow)
    value : array, shape (..., n_slow)
        The averaged drift, length per time of the slow clock.
    error : array, shape (..., n_slow)
        Of `value`: see `error_kind`.
    error_kind : {"estimate", "standard error"}
    method : str
        ``"sampling"``, or how the average was computed: ``"closed form"``, ``"quadrature"``, ``"generator"``.
    correlation_time : array, shape (..., n_slow), or None
        Integrated autocorrelation time of the slow rate on the fast clock, from sampling.
    micro_steps : int
        Steps of the fast variables, all copies together.
    """

    x: FloatArray
    value: FloatArray
    error: FloatArray
    error_kind: str
    method: str
    correlation_time: FloatArray | None = None
    micro_steps: int = 0

    def __str__(self) -> str:
        rows = [f"Averaged drift by {self.method}, error: {self.error_kind}"]
        flat = zip(*(array.reshape(-1, self.x.shape[-1]) for array in (self.x, self.value, self.error)), strict=True)
        for x, value, error in list(flat)[:10]:
            shown = ", ".join(f"{v:.10g} +- {e:.1e}" for v, e in zip(value[:4], error[:4], strict=True))
            rows.append(f"  at {x[:4].round(6).tolist()}: {shown}")
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<AveragedDrift at {self.x.reshape(-1, self.x.shape[-1]).shape[0]} points by {self.method}>"


def averaged_drift(
    system: TwoScaleSystem,
    x: ArrayLike,
    *,
    method: str | None = None,
    micro_step: float | None = None,
    n_micro: int = 4000,
    n_burn: int = 400,
    replicas: int = 64,
    scheme: str | Scheme = "sra1",
    seed: int = 0,
) -> AveragedDrift:
    """Average the slow rate h(x, y) over the law of the fast variables at held x.

    Parameters
    ----------
    system : TwoScaleSystem
    x : array_like, shape (..., n_slow)
        Slow variables; for one of them also numbers.
    method : {None, "quadrature", "sampling"}
        ``"quadrature"``: under the Gibbs law of the relaxing systems, or the density from the generator for one or two
        other fast variables. ``"sampling"``: time averages along copies. By default the first where it applies.
    micro_step : float, optional
        Step of the fast variables on their own clock; by default a tenth of their fastest time at the start.
    n_micro, n_burn : int
        Steps that are averaged over, and those before.
    replicas : int
        Independent copies at every x, at least 2.
    scheme : str or Scheme
        The scheme of the steps; its bias in the law is of the order of the scheme in `micro_step`.
    seed : int

    Returns
    -------
    AveragedDrift

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, or quadrature does not apply; the message offers what does.

    Notes
    -----
    Each copy gives one time average; the copies are independent, and their scatter is the standard error, whatever the
    correlation along each.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.double_well(), time=0.5, beta=1.0)
    >>> averaged_drift(system, 0.3).value.round(10).tolist()
    [-0.0472150779]
    """
    inputs.checked_system(system)
    points, shape = inputs.checked_points(system, x)
    if _chosen(system, method) == "quadrature":
        found = averaged_exactly(system, points)
        value, error = (array.reshape(*shape, -1) for array in (found.value, found.error))
        return AveragedDrift(points.reshape(*shape, -1), value, error, "estimate", found.method)
    count = inputs.checked_count(n_micro, "n_micro")
    first, second = (micro_seed(inputs.checked_seed(seed), k) for k in range(2))
    states, step, spent = at_rest(system, points, micro_step, n_burn, inputs.checked_copies(replicas), first, scheme)
    run = held(system, states, step, count, second, scheme)
    return _sampled(system, points, run, shape, step * count, spent + len(states) * count)


def _chosen(system: TwoScaleSystem, method: str | None) -> str:
    if method is not None and method not in METHODS:
        raise ValueError(f"method={method!r} is not known. Use one of {', '.join(map(repr, METHODS))}, or None.")
    if method is not None:
        return method
    return "quadrature" if averages_exactly(system) else "sampling"


def _sampled(
    system: TwoScaleSystem,
    points: FloatArray,
    run: Held,
    shape: tuple[int, ...],
    length: float,
    cost: int,
) -> AveragedDrift:
    each = run.average.reshape(len(points), -1, system.n_slow)
    now = system.rates_at(run.states)[0].reshape(each.shape)
    scatter = each.var(axis=1, ddof=1)
    spread = np.maximum(now.var(axis=1, ddof=1), np.finfo(float).tiny)
    full = (*shape, system.n_slow)
    return AveragedDrift(
        points.reshape(full),
        each.mean(axis=1).reshape(full),
        np.sqrt(scatter / each.shape[1]).reshape(full),
        "standard error",
        "sampling",
        (length * scatter / spread).reshape(full),
        cost,
    )
