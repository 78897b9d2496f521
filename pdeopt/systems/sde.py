"""The record of a stochastic differential equation."""

from collections.abc import Callable
from dataclasses import KW_ONLY, dataclass, fields
from functools import cached_property, partial
from typing import Any, TypeAlias

import numpy as np

from pdeopt._types import Arguments
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.systems import compilation, conversion, jacobians, validation

__all__ = ["SDE"]

Callback: TypeAlias = Callable[..., Any]


@dataclass(frozen=True, eq=False, repr=False)
class SDE:
    """A stochastic differential equation, ``dX = drift(t, x, *args) dt + diffusion(t, x, *args) dW``.

    Parameters
    ----------
    drift : callable
        A function of ``(t, x, *args)``, plain Python or ``numba.njit``. For ``dim=1`` x is a float and so is
        the result; for 2 to 8 both are tuples of floats; above, a function ``(t, x, *args, out)`` that fills
        the array ``out`` of shape (dim,).
    diffusion : callable
        Likewise. Its result depends on `noise`, see there; above dimension 8 it fills ``out``, of shape
        (dim,) or (dim, n_noise).
    noise : {"diagonal", "additive", "scalar", "commutative", "general"}
        Which Brownian motions act. ``"diagonal"``: each component has its own, times its entry of the
        diffusion, a function of t and of that component; the result has the form of x. ``"additive"``: the
        same, with a diffusion that does not depend on x; with `n_noise` given, rows as in ``"general"``.
        ``"scalar"``: one for all components; the result has the form of x. ``"general"``: `n_noise` of
        them; the result is a tuple of `dim` rows, each a tuple of `n_noise` floats (for ``dim=1`` that row
        alone). ``"commutative"``: the same form, where the columns of the diffusion commute.
    dim : int
        Number of components.
    n_noise : int, optional
        Number of Brownian motions; needed for commutative and general noise.
    interpretation : {"ito", "stratonovich"}
        What the integral means.
    args : tuple
        Parameters, passed after x: numbers, tuples or arrays. One compilation serves all their values.
    diffusion_jacobian : callable, optional
        Derivative of the diffusion, for Milstein's schemes and the conversion between interpretations, a
        function of ``(t, x, *args)``: for ``dim=1`` a float, or a tuple of `n_noise` floats. For diagonal
        noise a tuple of d sigma_k / d x_k. For scalar noise rows ``J[i][k]`` = d sigma_i / d x_k. For rows of
        noise ``J[i][j][k]`` = d sigma_ij / d x_k. `with_jacobian` supplies a missing one numerically.
    name : str
        Used in messages and tables.

    Raises
    ------
    TypeError, ValueError
        If a function cannot be called with `args`, or the facts contradict each other, such as
        ``noise="scalar"`` with ``n_noise=2``.

    Examples
    --------
    >>> def drift(t, x, growth, volatility):
    ...     return growth * x
    >>> def diffusion(t, x, growth, volatility):
    ...     return volatility * x
    >>> SDE(drift, diffusion, args=(0.05, 0.2), name="stock")
    <SDE 'stock': dim 1, diagonal noise, Ito, args (0.05, 0.2)>
    """

    drift: Callback
    diffusion: Callback
    noise: str = "diagonal"
    dim: int = 1
    n_noise: int | None = None
    interpretation: str = "ito"
    args: Arguments = ()
    _: KW_ONLY
    diffusion_jacobian: Callback | None = None
    name: str = ""

    def __post_init__(self) -> None:
        for name, fact in validation.checked_facts(self).items():
            object.__setattr__(self, name, fact)

    @property
    def n_brownian(self) -> int:
        """Number of independent Brownian motions."""
        if self.n_noise is not None:
            return self.n_noise
        return 1 if self.noise == "scalar" else self.dim

    @property
    def uses_arrays(self) -> bool:
        """Whether callbacks work on arrays and fill ``out``: above eight components."""
        return self.dim > LARGEST_TUPLE

    @property
    def diffusion_form(self) -> str:
        """``"vector"``: a number per component and noise; ``"scalar"``: all times one noise; ``"rows"``: a matrix."""
        if self.noise in ("commutative", "general") or (self.noise == "additive" and self.n_noise is not None):
            return "rows"
        return "scalar" if self.noise == "scalar" else "vector"

    @property
    def point_shape(self) -> tuple[int, ...]:
        """Nesting of a point, and of the result of the drift: () for a float, (dim,) else."""
        return () if self.dim == 1 else (self.dim,)

    @property
    def diffusion_shape(self) -> tuple[int, ...]:
        """Nesting of the result of the diffusion: () for a float, (2,) for two floats, (2, 3) for rows."""
        return (*self.point_shape, self.n_brownian) if self.diffusion_form == "rows" else self.point_shape

    @property
    def jacobian_shape(self) -> tuple[int, ...]:
        """Nesting of the result of the diffusion's Jacobian."""
        if self.diffusion_form == "vector":
            return self.point_shape
        return self.diffusion_shape + self.point_shape

    @property
    def jacobian_kind(self) -> str:
        """Where the Jacobian of the diffusion comes from: ``"given"``, ``"numerical"`` or ``"none"``."""
        if self.diffusion_jacobian is None:
            return "none"
        return "numerical" if getattr(self.diffusion_jacobian, "numerical", False) else "given"

    @cached_property
    def compiled_drift(self) -> Callback:
        """The drift as a Numba dispatcher whose results are floats; compiled on its first call."""
        return self._compiled(self.drift)

    @cached_property
    def compiled_diffusion(self) -> Callback:
        """The diffusion as a Numba dispatcher whose results are floats; compiled on its first call."""
        return self._compiled(self.diffusion)

    @cached_property
    def compiled_jacobian(self) -> Callback:
        """The Jacobian of the diffusion as a dispatcher, given or else by central differences."""
        return self._compiled(self.with_jacobian().diffusion_jacobian)

    def _compiled(self, function: Any) -> Callback:
        dispatcher: Callback = (compilation.compiled if self.uses_arrays else compilation.with_floats)(function)
        return dispatcher

    def with_jacobian(self) -> "SDE":
        """Return a system with a Jacobian of the diffusion: this one, or one with central differences.

        Raises
        ------
        NotImplementedError
            If it is missing and the system has more than eight components.
        """
        if self.diffusion_jacobian is not None:
            return self
        if self.uses_arrays:
            raise NotImplementedError(
                f"diffusion_jacobian is missing, and is supplied numerically up to dim={LARGEST_TUPLE} only; this "
                f"system has dim={self.dim}. Use a scheme without derivatives, such as method='euler-maruyama'."
            )
        form = (self.diffusion_form, self.dim, self.n_brownian)
        return self.as_plain(diffusion_jacobian=jacobians.difference_jacobian(self.compiled_diffusion, *form))

    def as_ito(self) -> "SDE":
        """Return the same process as an Ito equation; this one if it is.

        Raises
        ------
        NotImplementedError
            If the system has more than eight components and noise that is not additive.
        """
        return self._interpreted("ito", 0.5)

    def as_stratonovich(self) -> "SDE":
        """Return the same process as a Stratonovich equation; this one if it is.

        Raises
        ------
        NotImplementedError
            If the system has more than eight components and noise that is not additive.
        """
        return self._interpreted("stratonovich", -0.5)

    def _interpreted(self, interpretation: str, factor: float) -> "SDE":
        if self.interpretation == interpretation:
            return self
        if self.noise == "additive":
            return self.as_plain(interpretation=interpretation)
        if self.uses_arrays:
            raise NotImplementedError(
                f"interpretation={self.interpretation!r} is converted up to dim={LARGEST_TUPLE} only; this system has "
                f"dim={self.dim}. Write its drift in the other form and state interpretation={interpretation!r}."
            )
        functions = (self.compiled_drift, self.compiled_diffusion, self.compiled_jacobian)
        drift = conversion.corrected_drift(functions, self.diffusion_form, self.dim, self.n_brownian, factor)
        return self.as_plain(drift=drift, interpretation=interpretation)

    def as_plain(self, **changes: Any) -> "SDE":
        """Return the equation alone, without the facts of a subclass, with some of its fields replaced."""
        return SDE(**{item.name: getattr(self, item.name) for item in fields(SDE)} | changes)

    def __repr__(self) -> str:
        facts = [f"dim {self.dim}", f"{self.noise} noise", "Ito" if self.interpretation == "ito" else "Stratonovich"]
        if self.diffusion_form == "rows":
            facts[1] = f"{self.noise} noise of {self.n_brownian} Brownian motions"
        if self.diffusion_jacobian is not None:
            facts.append(f"diffusion_jacobian {self.jacobian_kind}")
        if self.args:
            facts.append(f"args ({', '.join(map(_shown, self.args))}{',' * (len(self.args) == 1)})")
        name = f" {self.name!r}" if self.name else ""
        return f"<{type(self).__name__}{name}: {', '.join(facts)}>"

    def __reduce__(self) -> tuple[Any, ...]:
        state = {item.name: compilation.portable(getattr(self, item.name)) for item in fields(self) if item.init}
        if self.jacobian_kind == "numerical":
            # Made again where it is needed.
            state["diffusion_jacobian"] = None
        return partial(type(self), **state), ()


def _shown(argument: Any) -> str:
    return f"array of shape {argument.shape}" if isinstance(argument, np.ndarray) else repr(argument)
