"""One residual layer, apart from any network: a branch, its noise, its step."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.special import expit

from pdeopt._types import Arguments, FloatArray
from pdeopt.networks.checks import checked_count, checked_name, checked_number, checked_tensor
from pdeopt.networks.noise import DropConnect, Dropout, Noise, ShakeShake

__all__ = ["DenseBranch", "ResidualLayer"]

FUNCTIONS: dict[str, Callable[[Any], Any]] = {
    "relu": lambda z: np.maximum(z, 0.0),
    "tanh": np.tanh,
    "sigmoid": expit,
    "softplus": lambda z: np.logaddexp(0.0, z),
    "identity": lambda z: z,
}


@dataclass(frozen=True, eq=False, repr=False)
class DenseBranch:
    """A branch ``f(x) = W2 s(W1 x + b1) + b2``, or ``s(W1 x + b1)`` without outer weights.

    Parameters
    ----------
    inner_weight : array, shape (m, d)
        W1.
    inner_bias : array, shape (m,)
        b1.
    outer_weight : array, shape (d, m), optional
        W2.
    outer_bias : array, shape (d,), optional
        b2.
    activation : {"tanh", "relu", "sigmoid", "softplus", "identity"}
        s.

    Raises
    ------
    TypeError, ValueError
        If a weight is not finite, or its shape does not fit; the message says which does.
    """

    inner_weight: FloatArray
    inner_bias: FloatArray
    outer_weight: FloatArray | None = None
    outer_bias: FloatArray | None = None
    activation: str = "tanh"

    def __post_init__(self) -> None:
        checked_name(self.activation, "activation", tuple(FUNCTIONS))
        inner = checked_tensor(self.inner_weight, "inner_weight", (None, None))
        m, d = inner.shape
        found = {"inner_weight": inner, "inner_bias": checked_tensor(self.inner_bias, "inner_bias", (m,))}
        if self.outer_weight is not None:
            found["outer_weight"] = checked_tensor(self.outer_weight, "outer_weight", (d, m))
        elif m != d:
            raise ValueError(
                f"inner_weight has shape {inner.shape}: without outer_weight f has {m} components, and x has {d}. Use "
                f"e.g. outer_weight=numpy.zeros({(d, m)})."
            )
        if self.outer_bias is not None:
            found["outer_bias"] = self._checked_outer_bias(d)
        for name, array in found.items():
            object.__setattr__(self, name, array)

    def _checked_outer_bias(self, d: int) -> FloatArray:
        if self.outer_weight is None:
            raise ValueError("outer_bias needs outer_weight. Leave it out, or add it to inner_bias.")
        return checked_tensor(self.outer_bias, "outer_bias", (d,))

    @property
    def dim(self) -> int:
        """Number of components of x and of f."""
        return int(self.inner_weight.shape[1])

    def hidden(self, x: FloatArray) -> FloatArray:
        """Return ``s(W1 x + b1)`` of points, shape (..., d), as an array of shape (..., m)."""
        found: FloatArray = FUNCTIONS[self.activation](x @ self.inner_weight.T + self.inner_bias)
        return found

    def __call__(self, x: FloatArray) -> FloatArray:
        """Return f of points, shape (..., d)."""
        s = self.hidden(x)
        if self.outer_weight is None:
            return s
        found: FloatArray = s @ self.outer_weight.T
        return found if self.outer_bias is None else found + self.outer_bias

    def __repr__(self) -> str:
        layers = "one layer" if self.outer_weight is None else f"{len(self.inner_weight)} hidden units"
        return f"<DenseBranch of dim {self.dim}: {layers}, {self.activation}>"


@dataclass(frozen=True, eq=False)
class ResidualLayer:
    """A layer ``x + step f(x)`` and its noise, one of `n_blocks` alike.

    Parameters
    ----------
    branch : callable or DenseBranch
        f, a function of ``(t, x, *args)`` as the drift of `pdeopt.SDE`: floats for ``dim=1``, tuples for 2 to 8.
    noise : Noise, optional
        None for a layer without.
    step : float
        h.
    dim : int
        Number of components of x; that of a `DenseBranch` by itself.
    second : callable or DenseBranch, optional
        The other branch of `ShakeShake`.
    n_blocks : int, optional
        N, for what changes with depth: layer k = 0, ..., N - 1 acts at time ``k step``. By default ``1 / step``.
    args : tuple
        Parameters of callables.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what does.
    """

    branch: Any
    noise: Noise | None = None
    step: float = 0.1
    dim: int = 1
    second: Any = None
    n_blocks: int | None = None
    args: Arguments = ()

    def __post_init__(self) -> None:
        checked_number(self.step, "step", 0.1)
        dim = self.branch.dim if isinstance(self.branch, DenseBranch) else checked_count(self.dim, "dim", example=2)
        count = max(1, round(1.0 / self.step)) if self.n_blocks is None else self.n_blocks
        object.__setattr__(self, "dim", dim)
        object.__setattr__(self, "n_blocks", checked_count(count, "n_blocks", example=10))
        self._check_kinds()
        if isinstance(self.noise, ShakeShake) == (self.second is None):
            raise ValueError(
                f"second={self.second!r} does not fit noise={self.noise!r}: ShakeShake, and nothing else, has two "
                "branches. Use ResidualLayer(f, ShakeShake(), second=g)."
            )
        on_weights = isinstance(self.noise, DropConnect) or self.noise == Dropout(
            getattr(self.noise, "keep", 0.5), "hidden"
        )
        if on_weights and not (isinstance(self.branch, DenseBranch) and self.branch.outer_weight is not None):
            raise TypeError(
                f"branch={self.branch!r} has no hidden units for noise={self.noise!r}. Use DenseBranch(W1, b1, W2, b2)."
            )

    def _check_kinds(self) -> None:
        if not (self.noise is None or isinstance(self.noise, Noise)):
            raise TypeError(f"noise={self.noise!r} is no Noise. Use e.g. noise=Dropout(0.5).")
        for name, branch in (("branch", self.branch), ("second", self.second)):
            if not callable(branch) and (name == "branch" or branch is not None):
                raise TypeError(
                    f"{name}={branch!r} must be a function of a time and a point, or a DenseBranch. Use e.g. "
                    f"{name}=lambda t, x: -x."
                )
            if isinstance(branch, DenseBranch) and branch.dim != self.dim:
                raise ValueError(
                    f"{name} has dim={branch.dim}, but the layer has dim={self.dim}. Use branches of one dim."
                )
