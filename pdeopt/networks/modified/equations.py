"""Equations that a stochastic residual layer obeys to first and to second order in its step."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pdeopt.networks.layers import ResidualLayer
from pdeopt.networks.modified.branches import called_branch
from pdeopt.networks.modified.forms import closed_rows, closed_vector, form_of
from pdeopt.networks.modified.laws import law_of
from pdeopt.networks.modified.means import scaled_mean, second_drift, shaken_mean
from pdeopt.networks.modified.spreads import Spread, branch_vector, filled_diagonal, nothing, shaken_vector
from pdeopt.networks.noise import ShakeShake, StochasticDepth
from pdeopt.systems import SDE

__all__ = ["ModifiedEquations", "modified_equation"]


@dataclass(frozen=True, eq=False, repr=False)
class ModifiedEquations:
    """The equations of a layer ``X + h G(X, xi)``, m the mean and C the covariance of G.

    Parameters
    ----------
    layer : ResidualLayer
    """

    layer: ResidualLayer

    @cached_property
    def ode(self) -> SDE:
        """The equation ``dX = m dt``: first order."""
        return self._system(self._parts[0].value, None, "ODE")

    @cached_property
    def first(self) -> SDE:
        """The equation ``dX = m dt + sqrt(h) C^(1/2) dW``: first order."""
        mean, spread = self._parts
        return self._system(mean.value, spread, "SDE1")

    @cached_property
    def second(self) -> SDE:
        """The equation ``dX = [m - (h/2) (m_t + (m . grad) m)] dt + sqrt(h) C^(1/2) dW``: second order."""
        mean, spread = self._parts
        return self._system(second_drift(mean, self._form), spread, "SDE2")

    @property
    def _form(self) -> Any:
        return form_of(self.layer.dim)

    @cached_property
    def _parts(self) -> Any:
        layer, form = self.layer, self._form
        law, _ = law_of(layer.noise, layer.step, layer.n_blocks or 1)
        branch = called_branch(layer.branch, form, len(layer.args))
        if isinstance(layer.noise, ShakeShake):
            second = called_branch(layer.second, form, len(layer.args))
            return shaken_mean(branch, second, form), Spread("along", shaken_vector(branch, second, law, form), 1)
        vector = branch_vector(branch, law, form)
        mean = scaled_mean(branch, law, form)
        if isinstance(layer.noise, StochasticDepth):
            return mean, Spread("along", vector, 1)
        return mean, Spread("diagonal", vector, form.dim)

    def _system(self, drift: Any, spread: Spread | None, name: str) -> SDE:
        layer, form = self.layer, self._form
        numbers = law_of(layer.noise, layer.step, layer.n_blocks or 1)[1]
        args = (layer.step, *numbers, *layer.args)
        facts: dict[str, Any] = {"dim": form.dim, "args": args, "name": name}
        closed = closed_vector(drift, form)
        if spread is None:
            return SDE(closed, closed_vector(nothing(form), form), noise="additive", **facts)
        if form.dim == 1 and spread.n_noise == 1:
            return SDE(closed, closed_vector(spread.function, form), **facts)
        if spread.kind == "along":
            return SDE(closed, closed_vector(spread.function, form), noise="scalar", **facts)
        fill = filled_diagonal(spread.function) if spread.kind == "diagonal" else spread.function
        rows = closed_rows(fill, form, spread.n_noise)
        return SDE(closed, rows, noise="general", n_noise=spread.n_noise, **facts)


def modified_equation(layer: ResidualLayer) -> ModifiedEquations:
    """Return the equations of a stochastic residual layer."""
    return ModifiedEquations(layer)
