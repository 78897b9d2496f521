"""How far a two-scale system is from its averaged limit: strong and weak errors, and their orders in epsilon."""

from collections.abc import Sequence
from dataclasses import dataclass
from time import perf_counter

import numpy as np
from tqdm import tqdm

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.convergence import ObservedOrder, local_slopes, observed_order
from pdeopt.convergence.slopes import fitted_order
from pdeopt.homogenization import inputs
from pdeopt.homogenization.affine import AffineSystem, affine_system, linear_moments
from pdeopt.homogenization.limits import averaged
from pdeopt.homogenization.micro import at_rest, micro_seed
from pdeopt.sde import simulate
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import TwoScaleSystem

__all__ = ["AveragingError", "averaging_error"]

PATIENCE = 2.0
WIDEST = 0.25
"""The widest bar with which an order is given."""

VISIBLE = 3.0
"""Errors are used where they exceed their standard errors by this factor."""


@dataclass(frozen=True, eq=False, repr=False)
class AveragingError:
    """Errors of the averaged limit at a time, by epsilon.

    Parameters
    ----------
    epsilons : array, shape (n,)
        Decreasing.
    strong : array, shape (n,)
        Root of the mean square distance of x from the limit.
    weak : array, shape (n,)
        Distance of the mean of x from the limit.
    strong_error, weak_error : array, shape (n,)
        Standard errors of the two; zero where they are exact.
    strong_order, weak_order : ObservedOrder
        In epsilon, with their bars.
    limit : array, shape (n_slow,)
        The averaged path at the time.
    time : float
    method : {"exact", "sampling"}
    seconds : float
    """

    epsilons: FloatArray
    strong: FloatArray
    weak: FloatArray
    strong_error: FloatArray
    weak_error: FloatArray
    strong_order: ObservedOrder
    weak_order: ObservedOrder
    limit: FloatArray
    time: float
    method: str
    seconds: float

    def __str__(self) -> str:
        rows = [f"Averaging error at time {self.time:g}, {self.method}", "  epsilon       strong                 weak"]
        parts = (self.epsilons, self.strong, self.strong_error, self.weak, self.weak_error)
        for epsilon, strong, bar, weak, other in zip(*parts, strict=True):
            rows.append(f"  {epsilon:<9.4g} {strong:.5e} +- {bar:.0e}  {weak:.5e} +- {other:.0e}")
        return "\n".join([*rows, f"  strong: {self.strong_order}", f"  weak: {self.weak_order}"])

    def __repr__(self) -> str:
        return f"<AveragingError of {self.epsilons.size} epsilons, {self.method}>"


def averaging_error(
    system: TwoScaleSystem,
    x0: ArrayLike,
    epsilons: Sequence[float],
    *,
    time: float = 1.0,
    method: str | None = None,
    micro_step: float | None = None,
    n_paths: int = 20_000,
    n_burn: int = 400,
    scheme: str | Scheme = "sra1",
    seed: int = 0,
    progress: bool | None = None,
) -> AveragingError:
    """Compare a two-scale system with its averaged limit at a time, the fast variables at rest at the start.

    Parameters
    ----------
    system : TwoScaleSystem
    x0 : array_like, shape (n_slow,)
        Slow variables at the start; for one of them also a number.
    epsilons : sequence of float
        Decreasing.
    time : float
        On the slow clock, positive.
    method : {None, "exact", "sampling"}
        ``"exact"``: moments of affine rates by the matrix exponential, no sampling. ``"sampling"``: by paths. By
        default the first where it applies.
    micro_step : float, optional
        Step of the paths in units of epsilon; by default a tenth of the fastest time.
    n_paths : int
    n_burn : int
        Micro steps before the start in which the fast variables come to rest.
    scheme : str or Scheme
        Of the paths; its own bias, which does not fall with epsilon, must be below the errors to be seen.
    seed : int
    progress : bool, optional
        Whether to show a progress bar; by default after two seconds, on a terminal.

    Returns
    -------
    AveragingError

    Raises
    ------
    ValueError
        If an argument is out of range, or ``method="exact"`` is asked of rates that are not affine.

    Notes
    -----
    The strong error is of order 1/2 in epsilon, that of the mean of order 1.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0)
    >>> found = averaging_error(system, 1.0, [0.01, 0.005, 0.0025, 0.00125, 0.000625])
    >>> found.strong_order.admits(0.5), found.weak_order.admits(1.0)
    (True, True)
    """
    began = perf_counter()
    start = inputs.checked_points(inputs.checked_system(system), x0)[0]
    if len(start) != 1:
        raise ValueError(f"x0 holds {len(start)} points: use one, of shape ({system.n_slow},).")
    values = _checked_epsilons(epsilons)
    end = inputs.checked_positive(time, "time", example="1.0")
    limit, parts = averaged(system).flow(start[0], [end])[0], _affine_for(system, method)
    if parts is not None:
        rows = [_exact(system.with_epsilon(e), parts, start[0], limit, end) for e in values]
    else:
        options = (micro_step, inputs.checked_copies(n_paths), n_burn, scheme, inputs.checked_seed(seed))
        hidden = None if progress is None else not progress
        bar = tqdm(values, unit="epsilon", delay=PATIENCE, disable=hidden, leave=False, desc="averaging error")
        rows = [_sampled(system.with_epsilon(e), start, limit, end, *options) for e in bar]
    strong, weak, strong_error, weak_error = np.array(rows).T
    orders = (_order(values, strong, strong_error), _order(values, weak, weak_error))
    kind, seconds = "sampling" if parts is None else "exact", perf_counter() - began
    bars = (strong_error, weak_error)
    return AveragingError(values, strong, weak, *bars, *orders, limit, end, kind, seconds)


def _checked_epsilons(epsilons: Sequence[float]) -> FloatArray:
    values = np.asarray(epsilons, dtype=np.float64)
    if values.ndim != 1 or values.size < 2 or not (np.isfinite(values).all() and values[-1] > 0.0):
        raise ValueError(f"epsilons={epsilons!r} must be two or more positive numbers, e.g. [0.1, 0.05, 0.025].")
    if np.any(np.diff(values) >= 0.0):
        raise ValueError(f"epsilons={epsilons!r} must decrease. Use {sorted(set(values.tolist()), reverse=True)}.")
    return values


def _affine_for(system: TwoScaleSystem, method: str | None) -> AffineSystem | None:
    if method not in (None, "exact", "sampling"):
        raise ValueError(f"method={method!r} is not known. Use 'exact', 'sampling' or None.")
    parts = affine_system(system) if method != "sampling" else None
    if parts is not None and parts.fast_is_stable:
        return parts
    if method == "exact":
        raise ValueError(
            f"method='exact' needs affine rates and fast variables that rest; {system!r} has none. Use None."
        )
    return None


def _order(epsilons: FloatArray, errors: FloatArray, bars: FloatArray) -> ObservedOrder:
    """Return the slope in epsilon: as `observed_order` does, with the standard errors of sampled ones in its bar."""
    if not bars.any():
        return observed_order(epsilons, errors)
    seen = errors > VISIBLE * bars
    n = errors.size if seen.all() else int(np.argmin(seen))
    if n < 3:
        words = f"no order: {n} errors exceed {VISIBLE:g} standard errors; use 3 or more, or more paths"
        return ObservedOrder(None, None, local_slopes(epsilons[:n], errors[:n]), n, words)
    order, bar = fitted_order(epsilons[:n], errors[:n], bars[:n] / errors[:n])
    if bar > WIDEST:
        words = f"order {order:.2f} with a bar of {bar:.2f}, above {WIDEST:g}; use more paths or smaller epsilons"
        return ObservedOrder(None, None, local_slopes(epsilons[:n], errors[:n]), n, words)
    return ObservedOrder(order, bar, local_slopes(epsilons[:n], errors[:n]), n, f"order {order:.3f} +- {bar:.3f}")


def _exact(
    system: TwoScaleSystem, parts: AffineSystem, x0: FloatArray, limit: FloatArray, end: float
) -> tuple[float, float, float, float]:
    n = parts.n_slow
    spread = np.zeros((system.dim, system.dim))
    spread[n:, n:] = parts.fast_covariance
    state = np.concatenate([x0, parts.fast_mean(x0)])
    found = linear_moments(system, state, times=[end], covariance=spread)
    bias = found.mean[0, :n] - limit
    square = float(bias @ bias + np.trace(found.covariance[0, :n, :n]))
    return float(np.sqrt(square)), float(np.linalg.norm(bias)), 0.0, 0.0


def _sampled(
    system: TwoScaleSystem,
    x0: FloatArray,
    limit: FloatArray,
    end: float,
    micro_step: float | None,
    n_paths: int,
    n_burn: int,
    scheme: str | Scheme,
    seed: int,
) -> tuple[float, float, float, float]:
    states, step, _ = at_rest(system, x0, micro_step, n_burn, n_paths, micro_seed(seed, 0), scheme)
    n_steps = int(np.ceil(end / (step * system.epsilon)))
    run = simulate(
        system,
        states,
        step=end / n_steps,
        n_steps=n_steps,
        n_paths=n_paths,
        method=scheme,
        seed=micro_seed(seed, 1),
        statistics=False,
        progress=False,
    )
    away = run.final[:, : system.n_slow] - limit
    squares = np.sum(away**2, axis=1)
    strong, bias = float(np.sqrt(squares.mean())), away.mean(axis=0)
    strong_error = float(squares.std(ddof=1) / (2.0 * strong * np.sqrt(n_paths)))
    weak_error = float(np.sqrt(away.var(axis=0, ddof=1).sum() / n_paths))
    return strong, float(np.linalg.norm(bias)), strong_error, weak_error
