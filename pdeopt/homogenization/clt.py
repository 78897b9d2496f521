"""The next order of averaging: the covariance of the noise that the fast variables leave behind."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.homogenization import inputs
from pdeopt.homogenization.affine import affine_system
from pdeopt.homogenization.laws import fast_law
from pdeopt.homogenization.micro import at_rest, held, micro_seed
from pdeopt.sde.scheme import Scheme
from pdeopt.systems import Elastic, EntropySGD, TwoScaleSystem

__all__ = ["CLTCovariance", "clt_covariance"]

METHODS = ("gaussian", "generator", "sampling")


@dataclass(frozen=True, eq=False, repr=False)
class CLTCovariance:
    """Sigma Sigma^T = 2 int_0^inf Cov(h(x, y_0), h(x, y_s)) ds on the fast clock, at points.

    Parameters
    ----------
    x : array, shape (..., n_slow)
    value : array, shape (..., n_slow, n_slow)
        Symmetric, length^2 per time of the slow clock and per epsilon.
    error : array, same shape
        See `error_kind`.
    error_kind : {"rounding", "estimate", "standard error"}
    method : str
    """

    x: FloatArray
    value: FloatArray
    error: FloatArray
    error_kind: str
    method: str

    @property
    def factor(self) -> FloatArray:
        """A symmetric Sigma whose square is `value`, shape (..., n_slow, n_slow)."""
        values, vectors = np.linalg.eigh(self.value)
        scaled = vectors * np.sqrt(np.maximum(values, 0.0))[..., None, :]
        return np.asarray(scaled @ np.swapaxes(vectors, -1, -2))

    def __str__(self) -> str:
        rows = [f"Covariance of the next order by {self.method}, error: {self.error_kind}"]
        n = self.x.shape[-1]
        flat = zip(self.x.reshape(-1, n), self.value.reshape(-1, n, n), self.error.reshape(-1, n, n), strict=True)
        for x, value, error in list(flat)[:10]:
            shown = ", ".join(
                f"{v:.10g} +- {e:.1e}" for v, e in zip(np.diag(value)[:4], np.diag(error)[:4], strict=True)
            )
            rows.append(f"  at {x[:4].round(6).tolist()}: diagonal {shown}")
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<CLTCovariance at {self.x.size // self.x.shape[-1]} points by {self.method}>"


def clt_covariance(
    system: TwoScaleSystem,
    x: ArrayLike,
    *,
    method: str | None = None,
    grid: Grid | None = None,
    micro_step: float | None = None,
    n_micro: int = 2000,
    n_burn: int = 400,
    replicas: int = 4096,
    scheme: str | Scheme = "sra1",
    seed: int = 0,
) -> CLTCovariance:
    """Return the covariance of the noise of next order, dX = averaged drift ds + sqrt(epsilon) Sigma dW.

    Parameters
    ----------
    system : TwoScaleSystem
    x : array_like, shape (..., n_slow)
        Slow variables; for one of them also numbers.
    method : {None, "gaussian", "generator", "sampling"}
        ``"gaussian"``: closed form for affine rates. ``"generator"``: by the Poisson equation of the generator, for one
        or two fast variables (elastic replicas tied to x: of one of them). ``"sampling"``: from the variance of time
        integrals. By default the first that applies.
    grid : Grid, optional
        Of the fast variables, for the generator; by default found by running copies.
    micro_step : float, optional
        Step of the fast variables on their own clock, for sampling; by default a tenth of their fastest time.
    n_micro, n_burn : int
        Steps of each of the two stretches that integrals are taken over, and those before.
    replicas : int
        Independent copies, at least 2.
    scheme : str or Scheme
        The scheme of the steps.
    seed : int

    Returns
    -------
    CLTCovariance

    Raises
    ------
    ValueError, TypeError
        If an argument is out of range, or the method does not apply; the message offers one that does.

    Notes
    -----
    With L u = <h> - h, the solution of the Poisson equation, the covariance is <u h^T> + <h u^T>. Sampled, it is the
    growth of the variance of the integral of h from one stretch of time to two, so that what the ends contribute drops
    out up to an exponentially small rest.

    References
    ----------
    G. Pavliotis, A. Stuart, *Multiscale Methods: Averaging and Homogenization* (2008), chapter 11 and remark 11.6.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0)
    >>> clt_covariance(system, 0.3).value.round(12).tolist()
    [[0.25]]
    """
    inputs.checked_system(system)
    points, shape = inputs.checked_points(system, x)
    chosen = _chosen(system, method)
    if chosen == "gaussian":
        value, error, kind = *_gaussian(system, len(points)), "rounding"
    elif chosen == "generator":
        value, error, kind = *_by_generator(system, points, grid), "estimate"
    else:
        options = (micro_step, n_burn, inputs.checked_copies(replicas), inputs.checked_seed(seed), scheme)
        value, error = _by_sampling(system, points, inputs.checked_count(n_micro, "n_micro"), *options)
        kind = "standard error"
    full = (*shape, system.n_slow, system.n_slow)
    return CLTCovariance(points.reshape(*shape, -1), value.reshape(full), error.reshape(full), kind, chosen)


def single_replica(system: TwoScaleSystem) -> tuple[TwoScaleSystem, int]:
    """Return one replica and their number where they are independent given x, else the system and 1."""
    if isinstance(system, Elastic) and system.coupling == "centre":
        f, form = system.landscape, system.noise_form
        return EntropySGD(f, system.time, system.beta, system.epsilon, form), system.n_replicas
    return system, 1


def _chosen(system: TwoScaleSystem, method: str | None) -> str:
    if method is not None and method not in METHODS:
        raise ValueError(f"method={method!r} is not known. Use one of {', '.join(map(repr, METHODS))}, or None.")
    parts = affine_system(system) if method in (None, "gaussian") else None
    if method == "gaussian" and (parts is None or not parts.fast_is_stable):
        raise ValueError(
            f"method='gaussian' needs affine rates under which the fast variables come to rest, and those of "
            f"{system!r} are not so. Use method='sampling'."
        )
    if method is not None:
        return method
    if parts is not None and parts.fast_is_stable:
        return "gaussian"
    one = single_replica(system)[0]
    return "generator" if one.n_fast <= 2 and not one.uses_arrays else "sampling"


def _gaussian(system: TwoScaleSystem, n: int) -> tuple[FloatArray, FloatArray]:
    parts = affine_system(system)
    assert parts is not None
    value = np.broadcast_to(parts.clt_covariance, (n, system.n_slow, system.n_slow)).copy()
    return value, 1e-14 * np.abs(value)


def _by_generator(system: TwoScaleSystem, points: FloatArray, grid: Grid | None) -> tuple[FloatArray, FloatArray]:
    one, count = single_replica(system)
    laws = [fast_law(one, x, grid) for x in points]
    found = [law.correlation(law.slow) for law in laws]
    value, error = (np.array([pair[k] for pair in found]) / count for k in range(2))
    return value, error


def _by_sampling(
    system: TwoScaleSystem,
    points: FloatArray,
    count: int,
    micro_step: float | None,
    n_burn: int,
    copies: int,
    seed: int,
    scheme: str | Scheme,
) -> tuple[FloatArray, FloatArray]:
    states, step, _ = at_rest(system, points, micro_step, n_burn, copies, micro_seed(seed, 0), scheme)
    integrals, length = [], step * count
    for k in range(2):
        run = held(system, states, step, count, micro_seed(seed, 1 + k), scheme)
        integrals.append(length * run.average.reshape(len(points), copies, system.n_slow))
        states = run.states
    one, both = (part - part.mean(axis=1, keepdims=True) for part in (integrals[0], integrals[0] + integrals[1]))
    # One sample of the growth per copy: its scatter is the error.
    growth = (both[..., :, None] * both[..., None, :] - one[..., :, None] * one[..., None, :]) / length
    mean = growth.sum(axis=1) / (copies - 1)
    return mean, growth.std(axis=1, ddof=1) / np.sqrt(copies)
