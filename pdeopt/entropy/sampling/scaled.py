"""The local Gibbs law without units: displacement over sqrt(t / beta), energy times beta."""

from dataclasses import dataclass, field

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.landscapes import Landscape

__all__ = ["Scaled"]

Pair = tuple[FloatArray, FloatArray]


@dataclass(eq=False)
class Scaled:
    """Energy ``E(w) = beta f(x + sqrt(t / beta) w) + |w|^2 / 2`` about one point, whose law is exp(-E).

    Everything is drawn as displacement w, so that draws do not depend on where the point is. `evaluations` counts
    the calls of the landscape so far.

    Parameters
    ----------
    landscape : Landscape
    point : array, shape (d,)
        The x above.
    time, beta : float
        Both positive and finite.
    """

    landscape: Landscape
    point: FloatArray
    time: float
    beta: float
    evaluations: int = field(default=0, init=False)

    @property
    def dim(self) -> int:
        """Number of coordinates."""
        return self.point.size

    @property
    def unit(self) -> float:
        """Length of one unit of w, sqrt(t / beta)."""
        return float(np.sqrt(self.time / self.beta))

    @property
    def has_gradient(self) -> bool:
        """Whether the gradient is given, so that it can be trusted to be the derivative."""
        return self.landscape.gradient_kind == "given"

    def loss(self, w: FloatArray) -> FloatArray:
        """Return beta f at displacements of shape (n, d); ``inf`` behind walls."""
        self.evaluations += len(w)
        values = np.asarray(self.beta * self.landscape(self.point + self.unit * w), dtype=float)
        if not (values > -np.inf).all():
            at = self.point + self.unit * w[int(np.argmax(~(values > -np.inf)))]
            raise ValueError(
                f"landscape {self.landscape.name!r} is nan or -inf at x={at[:8].tolist()}. "
                "A loss must be a number or +inf (a wall) everywhere: return numpy.inf there."
            )
        return values

    def energy(self, w: FloatArray) -> FloatArray:
        """Return E at displacements of shape (n, d)."""
        total: FloatArray = self.loss(w) + 0.5 * np.einsum("ni,ni->n", w, w)
        return total

    def slope(self, w: FloatArray) -> FloatArray:
        """Return the gradient of E, shape (n, d); where it is no number, as behind walls, that of the Gaussian."""
        self.evaluations += len(w) * (1 if self.has_gradient else 2 * self.dim)
        with np.errstate(invalid="ignore", over="ignore"):
            push = self.beta * self.unit * self.landscape.gradient_at(self.point + self.unit * w)
        return w + np.where(np.isfinite(push), push, 0.0)

    def bend(self, w: FloatArray) -> FloatArray:
        """Return the Hessian of E at one displacement, shape (d, d)."""
        self.evaluations += 1 if self.landscape.hessian_kind == "given" else 2 * self.dim
        with np.errstate(invalid="ignore", over="ignore"):
            matrix = self.time * self.landscape.hessian_at(self.point + self.unit * w)
        return np.eye(self.dim) + np.where(np.isfinite(matrix), matrix, 0.0)

    def bend_times(self, w: FloatArray, vectors: FloatArray) -> FloatArray:
        """Multiply the Hessian of E at one displacement by vectors (m, d), from differences of the slope."""
        length = np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), np.finfo(float).tiny)
        step = np.finfo(float).eps ** (1 / 3) * max(1.0, float(np.linalg.norm(w))) / length
        difference: FloatArray = (self.slope(w + step * vectors) - self.slope(w - step * vectors)) / (2.0 * step)
        return difference
