"""The record of local entropy at points."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.entropy.curvature import Curvature

__all__ = ["LocalEntropy"]


@dataclass(frozen=True, eq=False, repr=False)
class LocalEntropy:
    """Local entropy u(x, t) = -(1/beta) log E exp(-beta f(x + sqrt(t/beta) Z)) at points, Z standard normal.

    Parameters
    ----------
    value : array, shape (...)
        The solution u of the viscous Hamilton-Jacobi equation at the points, in units of loss.
    gradient : array, shape (..., d)
        Its gradient, (x - mean) / time.
    curvature : Curvature
        Its Hessian as a diagonal and a low-rank part, one per point.
    error : array, shape (...)
        What `value` may be wrong by; see `error_kind`.
    gradient_error : array, shape (..., d)
        The same of `gradient`.
    hessian_error : array, shape (...)
        The same of every entry of `hessian`.
    x : array, shape (..., d)
        The points.
    time : float
        PDE time, length^2 per loss.
    beta : float
        Inverse temperature; ``inf`` for the Hopf-Lax limit.
    method : str
        The route taken, such as ``"closed form"`` or ``"sampling"``.
    error_kind : {"rounding", "estimate", "95 %"}
        Size of rounding; change between two quadratures; half-width of a 95 % confidence interval.
    evaluations : int
        Calls of the landscape, counted per point.
    effective_sample_size : array, shape (...)
        Independent draws that would do as well; ``inf`` without sampling.
    diagnostics : mapping from str to array, shape (...)
        Of sampling: ``"sampler"``, ``"peaks"`` found, ``"acceptance"`` of moves and ``"r_hat"`` of chains (NaN where
        there are none), and ``"largest_weight"`` of one draw as a share of the sum.
    """

    value: FloatArray
    gradient: FloatArray
    curvature: Curvature
    error: FloatArray
    gradient_error: FloatArray
    hessian_error: FloatArray
    x: FloatArray
    time: float
    beta: float
    method: str
    error_kind: str
    evaluations: int
    effective_sample_size: FloatArray
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def hessian(self) -> FloatArray:
        """The Hessian, shape (..., d, d), (I - (beta/time) covariance) / time."""
        return self.curvature.dense.reshape(*self.x.shape, self.x.shape[-1])

    @cached_property
    def hessian_diagonal(self) -> FloatArray:
        """The diagonal of the Hessian, shape (..., d), in any dimension."""
        return self.curvature.trace_entries.reshape(self.x.shape)

    def hessian_times(self, vectors: ArrayLike) -> FloatArray:
        """Multiply the Hessian by vectors of shape (..., d), in any dimension."""
        given = np.broadcast_to(np.asarray(vectors, dtype=float), self.x.shape)
        return self.curvature.times(given.reshape(-1, self.x.shape[-1])).reshape(self.x.shape)

    @cached_property
    def laplacian(self) -> FloatArray:
        """The trace of the Hessian, shape (...)."""
        total: FloatArray = self.hessian_diagonal.sum(axis=-1)
        return total

    @property
    def mean(self) -> FloatArray:
        """Mean of the local Gibbs law, shape (..., d); at ``beta=inf`` the proximal point."""
        return self.x - self.time * self.gradient

    @property
    def covariance(self) -> FloatArray:
        """Covariance of the local Gibbs law, shape (..., d, d); zero at ``beta=inf``."""
        return self.time / self.beta * (np.eye(self.x.shape[-1]) - self.time * self.hessian)

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; `load` reads it."""
        target = Path(path).with_suffix(".npz")
        apart = ("curvature", "diagnostics")
        content = {item.name: getattr(self, item.name) for item in fields(self) if item.name not in apart}
        content |= {f"diagnostics_{name}": entry for name, entry in self.diagnostics.items()}
        content |= {f"curvature_{item.name}": getattr(self.curvature, item.name) for item in fields(Curvature)}
        with target.open("wb") as stream:
            np.savez(stream, **content)
        return target

    @classmethod
    def load(cls, path: str | Path) -> "LocalEntropy":
        """Read a record that `save` wrote."""
        with np.load(Path(path).with_suffix(".npz")) as file:
            content: dict[str, Any] = {name: file[name] for name in file.files}
        parts = {item.name: content.pop(f"curvature_{item.name}") for item in fields(Curvature)}
        single = {name: content[name].item() for name in ("time", "beta", "method", "error_kind", "evaluations")}
        marked = [name for name in content if name.startswith("diagnostics_")]
        diagnostics = {name.removeprefix("diagnostics_"): content.pop(name) for name in marked}
        return cls(curvature=Curvature(**parts), diagnostics=diagnostics, **(content | single))

    def __str__(self) -> str:
        count, dim = self.value.size, self.x.shape[-1]
        where = f"at {count} point{'s' * (count != 1)} in {dim} dimension{'s' * (dim != 1)}"
        spread = f"{float(self.value.min()):.10g}" + (f" to {float(self.value.max()):.10g}" if count > 1 else "")
        sampled = np.isfinite(self.effective_sample_size)
        size = f", effective sample size {float(self.effective_sample_size.min()):.0f}" if sampled.any() else ""
        return (
            f"local entropy {where}, time {self.time:g}, beta {self.beta:g}: {spread} +- "
            f"{float(self.error.max()):.1e} ({self.error_kind})\n{self.method}; {self.evaluations} evaluations{size}"
        )

    def __repr__(self) -> str:
        return f"<LocalEntropy: {self.value.size} points, dim {self.x.shape[-1]}, {self.method}>"
