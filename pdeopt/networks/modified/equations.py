"""Equations that a stochastic residual layer obeys to first and to second order in its step."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.kernels._specialise import interpreted
from pdeopt.kolmogorov.coefficients import sampled_covariance, sampled_drift
from pdeopt.networks.checks import checked_name
from pdeopt.networks.layer_checks import checked_layer
from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.modified.dictionary import Parts, Spread, parts_of
from pdeopt.networks.modified.forms import closed_rows, closed_vector
from pdeopt.networks.modified.roots import first_entry
from pdeopt.networks.modified.spreads import filled_diagonal, nothing
from pdeopt.systems import SDE
from pdeopt.systems.compilation import Function

__all__ = ["ModifiedEquations", "as_points", "modified_equation"]

PICTURES = ("ode", "first", "second")


@dataclass(frozen=True, eq=False, repr=False)
class ModifiedEquations:
    """The equations that `modified_equation` returns, of a layer ``X + h G(X, xi)``, m and C mean and covariance of G.

    Parameters
    ----------
    layer : ResidualLayer
        What they describe.
    parts : object
        Their compiled coefficients.
    """

    layer: ResidualLayer
    parts: Parts

    @cached_property
    def ode(self) -> SDE:
        """The equation ``dX = m dt``, of first order in h, as a system without noise."""
        return self._system(self.parts.mean.value, None, "ODE")

    @cached_property
    def first(self) -> SDE:
        """The equation ``dX = m dt + sqrt(h) C^(1/2) dW``, of first order in h as well."""
        return self._system(self.parts.mean.value, self.parts.spread, "SDE1")

    @cached_property
    def second(self) -> SDE:
        """The equation ``dX = [m - (h/2) (m_t + (m . grad) m)] dt + sqrt(h) C^(1/2) dW``, of second order in h.

        Raises
        ------
        ValueError
            Of `MultiplicativeNoise`: there is none.
        """
        if self.parts.second_drift is None:
            raise ValueError(
                f"noise={self.layer.noise!r} has no second modified equation: what would be of second order is a "
                "differential operator of third order, and that of an SDE has two. Use .first, or noise that is as "
                "small as the step, such as GaussianDropout."
            )
        return self._system(self.parts.second_drift, self.parts.second_spread, "SDE2")

    @property
    def rank(self) -> int:
        """Largest rank of C: with fewer than `dim` the diffusion is degenerate everywhere."""
        return self.parts.rank

    def drift(self, x: ArrayLike, time: float = 0.0, *, picture: str = "second") -> FloatArray:
        """Return the drift of one of the equations.

        Parameters
        ----------
        x : array_like, shape (..., d)
            Points; in one dimension also numbers.
        time : float
        picture : {"second", "first", "ode"}
            Which equation.

        Returns
        -------
        array, shape (..., d)
        """
        system = self._picture(picture)
        points = as_points(x, system.dim)
        if not system.uses_arrays:
            return sampled_drift(system, points, time)
        return _filled(system.drift, system, points, time, (system.dim,))

    def covariance(self, x: ArrayLike, time: float = 0.0, *, picture: str = "second") -> FloatArray:
        """Return the diffusion matrix of one of the equations, ``h C`` for noise that multiplies the branch.

        Parameters
        ----------
        x : array_like, shape (..., d)
            Points; in one dimension also numbers.
        time : float
        picture : {"second", "first", "ode"}
            Which equation.

        Returns
        -------
        array, shape (..., d, d)
        """
        system = self._picture(picture)
        points = as_points(x, system.dim)
        if not system.uses_arrays:
            return sampled_covariance(system, points, time)
        found = _filled(system.diffusion, system, points, time, system.diffusion_shape)
        if system.diffusion_form == "rows":
            return np.asarray(found @ np.swapaxes(found, -1, -2))
        return found[..., None] * (
            found[..., None, :] if system.diffusion_form == "scalar" else np.eye(system.dim) * found[..., None]
        )

    def _picture(self, picture: str) -> SDE:
        system: SDE = getattr(self, checked_name(picture, "picture", PICTURES))
        return system

    def _system(self, drift: Function, spread: Spread | None, name: str) -> SDE:
        parts = self.parts
        facts: dict[str, Any] = {"dim": parts.form.dim, "args": parts.args, "name": name}
        diffusion, noise, n_noise = _diffusion(parts, spread)
        return SDE(closed_vector(drift, parts.form), diffusion, noise=noise, n_noise=n_noise, **facts)

    def __repr__(self) -> str:
        return f"<ModifiedEquations of dim {self.layer.dim}, h = {self.layer.step:g}: {self.layer.noise!r}>"

    def __str__(self) -> str:
        mean, covariance = self.parts.words
        lines = [
            f"{self.layer.noise!r}, h = {self.layer.step:g}, {self.layer.n_blocks} blocks, dim {self.layer.dim}",
            f"  m = {mean}",
            f"  C = {covariance}, rank {self.rank}",
            "  .ode     order 1  dX = m dt",
            "  .first   order 1  dX = m dt + sqrt(h) C^(1/2) dW",
        ]
        return "\n".join([*lines, f"  .second  {self._second_words()}"])

    def _second_words(self) -> str:
        if self.parts.second_drift is None:
            return "none: its generator would be of third order"
        if self.parts.spread is self.parts.second_spread:
            return "order 2  dX = [m - (h/2) (m_t + (m . grad) m)] dt + sqrt(h) C^(1/2) dW"
        drift, spread = "m - (h/2) [m_t + (m . grad) m + (h/2) C : hess m]", "h C [I - (h/2) (Dm + Dm^T)]"
        return f"order 2  drift {drift}, covariance {spread}"


def as_points(x: ArrayLike, dim: int) -> FloatArray:
    """Return points as an array, shape (..., d); in one dimension numbers are points."""
    points = np.asarray(x, dtype=np.float64)
    if dim == 1 and points.shape[-1:] != (1,):
        points = points[..., None]
    if points.shape[-1:] != (dim,):
        raise ValueError(f"x has shape {points.shape}, but the layer has dim={dim}. Use shape (..., {dim}).")
    return points


def _filled(function: Function, system: SDE, points: FloatArray, time: float, shape: tuple[int, ...]) -> FloatArray:
    rows = np.ascontiguousarray(points.reshape(-1, system.dim))
    out, plain = np.empty((len(rows), *shape)), interpreted(function)
    for row, into in zip(rows, out, strict=True):
        plain(float(time), row, *system.args, into)
    return out.reshape(*points.shape[:-1], *shape)


def _diffusion(parts: Parts, spread: Spread | None) -> tuple[Function, str, int | None]:
    form = parts.form
    if spread is None:
        return closed_vector(nothing(form), form), "additive", None
    if spread.kind == "matrix" and (form.dim, spread.n_noise) == (1, 1):
        return closed_vector(first_entry(spread.function, form), form), "diagonal", None
    if spread.kind in ("diagonal", "matrix") and form.dim > 1:
        fill = filled_diagonal(spread.function) if spread.kind == "diagonal" else spread.function
        return closed_rows(fill, form, spread.n_noise), "general", spread.n_noise
    if spread.kind == "matrix":
        return closed_rows(spread.function, form, spread.n_noise), "general", spread.n_noise
    noise = {"along": "scalar", "additive": "additive"}.get(spread.kind, "diagonal")
    return closed_vector(spread.function, form), "diagonal" if noise == "scalar" and form.dim == 1 else noise, None


def modified_equation(layer: ResidualLayer, *, spread: ArrayLike | None = None) -> ModifiedEquations:
    """Return the ODE, the first and the second modified SDE of a stochastic residual layer.

    Parameters
    ----------
    layer : ResidualLayer
        A branch, its noise and the step h: layer k = 0, ..., N - 1 acts at time ``k h``, from ``k h`` to ``(k + 1) h``.
    spread : float or sequence of float, optional
        For `BatchNoise` alone: the standard deviation of the batch after a layer without its noise, for all layers or
        for each. The equations take it as given, as one network's batch has it.

    Returns
    -------
    ModifiedEquations
        With ``ode``, ``first`` and ``second``, systems for `pdeopt.simulate` and `pdeopt.Generator`.

    Raises
    ------
    ValueError
        If `spread` is missing or not for this noise, or there are too many masks of inputs.

    Notes
    -----
    Orders are those of smooth branches; kinks, as of ``"relu"``, may lower them. A network whose blocks differ has one
    equation per block, each for its own step of time.

    Derivatives of a `DenseBranch` are exact; those of callables are differences of fourth order, whose relative error
    is about 1e-12, of second derivatives 1e-10, from values at points and times up to 5e-3 away. A covariance with more
    columns than components, and than eight, has triangular roots in their place.

    With `AdditiveNoise` the covariance ``eps^2 [I - (h/2) (Df + Df^T)]`` of the second equation needs a step that
    keeps it positive; where it is not, the diffusion is NaN, which simulations and generators refuse.

    References
    ----------
    Q. Sun, Y. Tao, Q. Du, Stochastic training of residual networks: a differential equation viewpoint,
    arXiv 1812.00174. K. C. Zygalakis, On the existence and the applications of modified equations for stochastic
    differential equations, SIAM J. Sci. Comput. 33 (2011) 102-130.

    Examples
    --------
    >>> from pdeopt.networks import ResidualLayer, StochasticDepth
    >>> equations = modified_equation(ResidualLayer(lambda t, x: -x, StochasticDepth(0.5), step=0.1))
    >>> float(equations.drift(1.0)[0].round(9))
    -0.5125
    """
    return ModifiedEquations(checked_layer(layer), parts_of(layer, spread))
