"""Equations with noise for the slow variables: the next order of averaging, and diffusion limits."""

from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import CubicSpline

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.homogenization import inputs
from pdeopt.homogenization.clt import clt_covariance
from pdeopt.homogenization.coefficients import affine_sde, spline_sde
from pdeopt.homogenization.laws import FastLaw, fast_law
from pdeopt.homogenization.limits import averaged, checked_line
from pdeopt.systems import SDE, TwoScale, TwoScaleSystem

__all__ = ["DiffusionLimit", "diffusion_limit", "diffusion_limit_sde", "next_order"]

STEP = 1e-3
"""Step of the differences of cell solutions in x."""

STENCIL = ((-2, 1.0 / 12.0), (-1, -2.0 / 3.0), (1, 2.0 / 3.0), (2, -1.0 / 12.0))
"""Fourth-order first difference."""

CENTRED = 1e-6
"""Mean of a centred rate, in units of its root mean square, that is taken for zero."""


@dataclass(frozen=True, eq=False, repr=False)
class DiffusionLimit:
    """The limit dX = drift ds + noise of a system with a centred fast rate, at points.

    Parameters
    ----------
    x : array, shape (..., n_slow)
    drift : array, shape (..., n_slow)
        In the sense of Ito: the mean of the slow rate plus `correction`.
    correction : array, shape (..., n_slow)
        What the centred rate adds to the drift.
    covariance : array, shape (..., n_slow, n_slow)
        Of the noise per unit of time, with that of the slow variables.
    error : array, shape (..., n_slow)
        Estimate for `drift`.
    covariance_error : array, shape (..., n_slow, n_slow)
    """

    x: FloatArray
    drift: FloatArray
    correction: FloatArray
    covariance: FloatArray
    error: FloatArray
    covariance_error: FloatArray

    def __str__(self) -> str:
        rows = ["DiffusionLimit drift and covariance, Ito"]
        n = self.x.shape[-1]
        parts = (self.x.reshape(-1, n), self.drift.reshape(-1, n), self.covariance.reshape(-1, n, n))
        for x, drift, square in list(zip(*parts, strict=True))[:10]:
            rows.append(f"  at {x.round(6).tolist()}: drift {drift.round(9).tolist()}, {square.round(9).tolist()}")
        return "\n".join(rows)

    def __repr__(self) -> str:
        return f"<DiffusionLimit at {self.x.size // self.x.shape[-1]} points>"


def diffusion_limit(system: TwoScale, x: ArrayLike, *, grid: Grid | None = None) -> DiffusionLimit:
    """Return drift and covariance of the limit of dx = h ds + F/sqrt(epsilon) ds, <F> = 0, with fast y.

    Parameters
    ----------
    system : TwoScale
        With a rate `centred`, of one or two fast variables.
    x : array_like, shape (..., n_slow)
    grid : Grid, optional
        Of the fast variables; by default found by running copies at the first point.

    Returns
    -------
    DiffusionLimit

    Raises
    ------
    ValueError
        If there is no centred rate, its mean is not zero, or there are more than two fast variables.

    Notes
    -----
    With the cell problem -L Phi = F, the covariance is <Phi F^T> + <F Phi^T> and the drift <h> + <(F . grad_x) Phi>,
    the derivative by differences of fourth order. For F = f(x) y this is the noise of Stratonovich: the correction is
    f f'/2 times its intensity.

    References
    ----------
    G. Pavliotis, A. Stuart, *Multiscale Methods: Averaging and Homogenization* (2008), chapter 11.

    Examples
    --------
    >>> def still(x, y):
    ...     return 0.0
    >>> def decay(x, y):
    ...     return -y
    >>> def push(x, y):
    ...     return x * y
    >>> found = diffusion_limit(TwoScale(still, decay, 2.0**0.5, centred=push), 0.5)
    >>> found.drift.round(6).tolist(), found.covariance.round(6).tolist()
    ([0.5], [[0.5]])
    """
    inputs.checked_system(system)
    if system.centred is None:
        raise ValueError(
            f"{system!r} has no centred rate, and its limit has no noise of order 1. Use averaged(system), or "
            "TwoScale(..., centred=F)."
        )
    points, shape = inputs.checked_points(system, x)
    kick = replace(system, slow=system.centred, centred=None)
    nodes = fast_law(kick, points[0]).generator.grid if grid is None else grid
    found = [_at_point(system, kick, place, nodes) for place in points]
    n = system.n_slow
    shapes = [(*shape, n)] * 2 + [(*shape, n, n), (*shape, n), (*shape, n, n)]
    drift, correction, square, error, wrong = (
        np.array(part).reshape(form) for part, form in zip(zip(*found, strict=True), shapes, strict=True)
    )
    return DiffusionLimit(points.reshape(*shape, n), drift, correction, square, error, wrong)


def _at_point(system: TwoScale, kick: TwoScale, x: FloatArray, grid: Grid) -> tuple[FloatArray, ...]:
    law = fast_law(kick, x, grid)
    rate, mean = system.rates_at(law.states)[0], law.mean(law.slow)
    size = np.sqrt(law.mean(law.slow**2))
    if np.any(np.abs(mean) > CENTRED * size.max() + law.error):
        raise ValueError(
            f"the centred rate has the mean {mean.tolist()} at x={x.tolist()}, which is not zero: the slow variables "
            "would run away as epsilon goes to 0. Subtract it, or give the rate as slow."
        )
    square, wrong = law.correlation(law.slow)
    slopes = _slopes(kick, x, grid)
    correction = law.mean(np.einsum("...j,...ji->...i", law.slow, slopes))
    error = (law.error + CENTRED) * (np.abs(correction) + law.mean(np.abs(rate)))
    noise = system.slow_sigma**2 * np.eye(x.size)
    return law.mean(rate) + correction, correction, square + noise, error, wrong


def _slopes(kick: TwoScale, x: FloatArray, grid: Grid) -> FloatArray:
    """Return derivatives in x of the cell solutions, ``(*grid.shape, n_slow, n_slow)``, first the direction."""
    size = STEP * max(1.0, float(np.abs(x).max()))
    slopes = []
    for j in range(x.size):
        moved = [(weight, fast_law(kick, x + size * k * np.eye(x.size)[j], grid)) for k, weight in STENCIL]
        slopes.append(sum(weight * _cells(law) for weight, law in moved) / size)
    return np.stack(slopes, axis=-2)


def _cells(law: FastLaw) -> FloatArray:
    columns = [law.generator.poisson(law.slow[..., k]).values for k in range(law.slow.shape[-1])]
    return np.stack(columns, axis=-1)


def diffusion_limit_sde(system: TwoScale, grid: Grid) -> SDE:
    """Return the limit of a system of one slow variable with a centred rate as an equation for `pdeopt.simulate`.

    Parameters
    ----------
    system : TwoScale
        With a rate `centred` and one slow variable.
    grid : Grid
        Nodes of x at which `diffusion_limit` is called; cubic splines in between, tangents beyond.

    Returns
    -------
    SDE
        In the sense of Ito.

    Raises
    ------
    ValueError
        As `diffusion_limit`, and if there is more than one slow variable.
    """
    nodes = checked_line(inputs.checked_system(system), grid, "diffusion_limit_sde(system, pdeopt.Grid(-2.0, 2.0, 33))")
    found = diffusion_limit(system, nodes[:, None])
    drift, square = found.drift[:, 0], found.covariance[:, 0, 0]
    return _tabulated(nodes, drift, square, "diffusion limit")


def next_order(system: TwoScaleSystem, *, grid: Grid | None = None) -> SDE:
    """Return the averaged equation with the noise of next order, dX = averaged drift ds + sqrt(epsilon) Sigma dW.

    Parameters
    ----------
    system : TwoScaleSystem
        Its own `epsilon` is that of the noise.
    grid : Grid, optional
        Nodes of x at which the coefficients of a system of one slow variable are tabulated, where its rates are not
        affine; cubic splines in between, tangents beyond.

    Returns
    -------
    SDE
        In the sense of Ito.

    Raises
    ------
    ValueError
        If the rates are not affine and there is no grid, or more than one slow variable.

    Notes
    -----
    The fluctuations of x about the averaged path are right to leading order, sqrt(epsilon). The drift has a further
    correction of order epsilon, which is smaller and not included.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.systems.entropy_sgd(pdeopt.landscapes.quadratic(2.0), time=0.5, beta=2.0, epsilon=0.04)
    >>> next_order(system).args[2].round(12).tolist()
    [[0.1]]
    """
    limit = averaged(inputs.checked_system(system), grid=None)
    noise = system.slow_sigma**2
    if limit.affine is not None:
        values, vectors = np.linalg.eigh(system.epsilon * limit.affine.clt_covariance + noise * np.eye(system.n_slow))
        factor = (vectors * np.sqrt(np.maximum(values, 0.0))) @ vectors.T
        return affine_sde(*limit.affine.averaged, factor, "next order")
    nodes = checked_line(system, grid, "next_order(system, grid=pdeopt.Grid(-2.0, 2.0, 33))")
    square = system.epsilon * clt_covariance(system, nodes[:, None]).value[:, 0, 0] + noise
    return _tabulated(nodes, limit.drift(nodes[:, None])[:, 0], square, "next order")


def _tabulated(nodes: FloatArray, drift: FloatArray, square: FloatArray, name: str) -> SDE:
    spacing = float(nodes[1] - nodes[0])
    return spline_sde(float(nodes[0]), spacing, CubicSpline(nodes, drift).c, CubicSpline(nodes, square).c, name)
