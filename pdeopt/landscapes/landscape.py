"""The landscape record: a function with its derivatives and what is known about it."""

from collections.abc import Callable, Sequence
from dataclasses import KW_ONLY, dataclass, fields, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from pdeopt._types import Arguments, ArrayLike, FloatArray, ScalarFunction
from pdeopt.grid import Grid
from pdeopt.kernels._points import LARGEST_TUPLE
from pdeopt.kernels.landscapes.samples import multilinear
from pdeopt.landscapes import evaluation, numerical, transforms, validation
from pdeopt.landscapes.checks import CheckReport, check, drawn_points
from pdeopt.landscapes.evaluators import AffineEvaluator, DirectEvaluator, Evaluator, StructuredEvaluator
from pdeopt.landscapes.sampled import sampled_facts
from pdeopt.landscapes.structure import HessianParts, Structure
from pdeopt.landscapes.transforms import Affine
from pdeopt.landscapes.validation import PointTuple

__all__ = ["Landscape"]


@dataclass(frozen=True, eq=False, repr=False)
class Landscape:
    """A function to be relaxed, with derivatives, parameters and known facts.

    Parameters
    ----------
    value : callable
        The loss, a function of ``(x, *args)``, x a float for ``dim=1``, a tuple for 2 to 8, an array above.
        Compile it with ``numba.njit``: a plain Python function works, one call per point, and is several
        hundred times slower. ``+inf`` is a legal value (a wall).
    gradient, hessian : callable, optional
        Derivatives, functions of ``(x, *args)``: a float for ``dim=1``, else a tuple of d floats and a tuple
        of d such rows (arrays above 8). A missing one is supplied by central differences and named as
        numerical. At a kink either one-sided limit, or a value between them, will do.
    dim : int
        Number of coordinates.
    args : tuple
        Parameters, passed after ``x``: numbers, tuples or arrays. One compilation serves all their values.
    kinks : sequence
        Where the function or a derivative jumps: floats for ``dim=1``, else one sequence of floats per axis,
        each the position of a plane across that axis.
    lipschitz : float, optional
        A bound of the length of the gradient, everywhere.
    curvature : (low, high), optional
        Bounds of all eigenvalues of the Hessian, everywhere; ``inf`` where there is none. A convex kink makes
        ``high`` infinite, a concave one makes ``low`` minus infinity.
    name : str
        Used in messages and tables.
    minima : sequence of points
        Known minima, the global ones among them.
    domain : (lower, upper), optional
        A box worth looking at: ``Grid(*f.domain, shape)``.
    kinks_complete, vectorised : bool
        False where there are kinks that `kinks` does not list, such as slanted ones; true if the Python body
        of all functions also works where coordinates are broadcast arrays.
    step : float or sequence of float, optional
        Step of numerical derivatives, by default 6e-6 (first) and 1e-4 (second) times max(1, abs(x)).
    relaxation, structure, samples, grid, source, affine : optional
        Filled in by the catalogue (closed form, how it is built of smaller ones), `from_samples` and transforms
        (what is inside, and the map).

    Raises
    ------
    TypeError, ValueError
        If a function is not callable, or the facts contradict each other, such as ``curvature=(2.0, 1.0)``.

    Examples
    --------
    >>> import numba
    >>> @numba.njit
    ... def bowl(x, stiffness):
    ...     return 0.5 * stiffness * x * x
    >>> f = Landscape(bowl, args=(3.0,), name="bowl")
    >>> float(f(2.0)), f.gradient_kind
    (6.0, 'numerical')
    """

    value: ScalarFunction
    gradient: ScalarFunction = None  # type: ignore[assignment]
    hessian: ScalarFunction = None  # type: ignore[assignment]
    dim: int = 1
    args: Arguments = ()
    kinks: tuple[Any, ...] = ()
    lipschitz: float | None = None
    curvature: tuple[float, float] | None = None
    _: KW_ONLY
    name: str = ""
    minima: tuple[PointTuple, ...] = ()
    domain: tuple[PointTuple, PointTuple] | None = None
    kinks_complete: bool = True
    vectorised: bool = False
    step: tuple[float, ...] | None = None
    relaxation: "Callable[[float, float], Landscape] | None" = None
    structure: Structure | None = None
    samples: FloatArray | None = None
    grid: Grid | None = None
    source: "Landscape | None" = None
    affine: Affine | None = None

    def __post_init__(self) -> None:
        validation.checked_functions(self.value, self.gradient, self.hessian)
        facts = validation.checked_facts(self.dim, {item.name: getattr(self, item.name) for item in fields(self)})
        facts |= numerical.supplied(self.value, self.gradient, self.hessian, facts["dim"], facts["step"])
        for name, fact in facts.items():
            object.__setattr__(self, name, fact)

    @classmethod
    def from_samples(cls, values: ArrayLike, grid: Grid, *, name: str = "samples") -> "Landscape":
        """Make a landscape of values on a grid, by multilinear interpolation.

        Parameters
        ----------
        values : array_like, shape ``grid.shape``
            The loss at each node, NaN and ``-inf`` excluded. ``+inf`` is a wall.
        grid : Grid
            The nodes. Beyond them the values go on as constants, or repeat on a periodic axis.
        name : str
            Used in messages and tables.

        Returns
        -------
        Landscape
            With ``is_sampled`` set. Its derivatives are differences over one grid spacing.

        Examples
        --------
        >>> f = Landscape.from_samples([0.0, 1.0, 4.0], Grid(0.0, 2.0, 3))
        >>> float(f(1.5))
        2.5
        """
        samples = validation.checked_samples(values, grid)
        return cls(multilinear, name=name, **sampled_facts(samples, grid))

    @property
    def is_compiled(self) -> bool:
        """Whether compiled code can call `value`; False for a plain Python function, which is slow."""
        return evaluation.is_compiled(self.value)

    @property
    def is_sampled(self) -> bool:
        """Whether the values come from samples on `grid`, with nothing known between the nodes."""
        return self.samples is not None

    @property
    def gradient_kind(self) -> str:
        """Where the gradient comes from: ``"given"`` or ``"numerical"``."""
        return numerical.kind((self.source or self).gradient)

    @property
    def hessian_kind(self) -> str:
        """Where the Hessian comes from: ``"given"`` or ``"numerical"``."""
        return numerical.kind((self.source or self).hessian)

    def __call__(self, x: ArrayLike) -> FloatArray:
        """Evaluate at points of shape (..., d); in one dimension also at numbers and arrays of numbers."""
        return self._evaluator.values(self._points(x))[()]

    def gradient_at(self, x: ArrayLike) -> FloatArray:
        """Return the gradient at points, of shape (..., d)."""
        return self._evaluator.gradients(self._points(x))

    def hessian_at(self, x: ArrayLike) -> FloatArray:
        """Return the Hessian at points, of shape (..., d, d)."""
        return self._evaluator.hessians(self._points(x))

    def hessian_parts_at(self, x: ArrayLike) -> HessianParts:
        """Return the Hessian at points as diag(a) + F^T C F: a (..., d), F (..., m, d), C (..., m, m)."""
        return self._evaluator.hessian_parts(self._points(x))

    def mapped(self, matrix: ArrayLike) -> "Landscape":
        """Return the landscape behind an invertible linear map: x -> f(matrix x), shape (d, d) or the diagonal."""
        return self._mapped(np.asarray(matrix, dtype=float), np.zeros(self.dim), 1.0)

    def on(self, grid: Grid) -> FloatArray:
        """Evaluate at the nodes of a grid."""
        return self.on_axes(grid.axes)

    def on_axes(self, axes: Sequence[ArrayLike]) -> FloatArray:
        """Evaluate on the product of one-dimensional arrays, in slabs of bounded memory."""
        return self._evaluator.on_axes(validation.checked_axes(axes, self.dim, self.name))

    @cached_property
    def _evaluator(self) -> Evaluator:
        if self.source is not None and self.affine is not None:
            return AffineEvaluator(self.source._evaluator, self.affine)
        if self.structure is not None and (self.dim > LARGEST_TUPLE or not self.vectorised):
            return StructuredEvaluator(self.structure)
        return DirectEvaluator(self.value, self.gradient, self.hessian, self.args, self.vectorised, self.step)

    def _points(self, x: ArrayLike) -> FloatArray:
        return validation.checked_points(x, self.dim, self.name)

    def check(self, points: ArrayLike | None = None) -> CheckReport:
        """Compare given derivatives with finite differences, and look at the stated minima.

        Parameters
        ----------
        points : array_like, shape (n, d), optional
            Where to compare; by default 200 points drawn in `domain`, away from kinks.

        Returns
        -------
        CheckReport
            Prints as a table; its ``ok`` says whether all passed.
        """
        at = drawn_points(self.dim, self.domain, self.kinks) if points is None else self._points(points)
        given = (self.gradient_kind == "given", self.hessian_kind == "given")
        return check(self.name, self._evaluator, given, at.reshape(-1, self.dim), self.minima)

    def scaled(self, unit: float) -> "Landscape":
        """Return the loss counted in another unit: x -> f(x) / unit."""
        return self._mapped(np.ones(self.dim), np.zeros(self.dim), 1.0 / validation.checked_positive(unit, "unit"))

    def shifted(self, by: ArrayLike) -> "Landscape":
        """Return the landscape moved by a vector, or a number for every axis: x -> f(x - by)."""
        return self._mapped(np.ones(self.dim), -validation.per_axis(by, self.dim, "by"), 1.0)

    def stretched(self, factor: ArrayLike) -> "Landscape":
        """Return the landscape made wider, by one positive factor or one per axis: x -> f(x / factor)."""
        factors = validation.per_axis(factor, self.dim, "factor")
        validation.checked_positive(float(factors.min()), "factor")
        return self._mapped(1.0 / factors, np.zeros(self.dim), 1.0)

    def rotated(self, rotation: ArrayLike) -> "Landscape":
        """Return the landscape rotated about the origin: x -> f(R^T x).

        Parameters
        ----------
        rotation : float or array_like, shape (d, d)
            An orthogonal matrix R, or, in two dimensions, an angle in radians, counter-clockwise.

        Returns
        -------
        Landscape
            Kink planes that are no longer across an axis are dropped, and ``kinks_complete`` is then False.
        """
        return self._mapped(validation.checked_rotation(rotation, self.dim).T, np.zeros(self.dim), 1.0)

    def _mapped(self, matrix: FloatArray, offset: FloatArray, factor: float) -> "Landscape":
        inner = self.affine or Affine(np.ones(self.dim), np.zeros(self.dim), 1.0)
        return _transformed(self.source or self, inner.after(matrix, offset, factor))

    def relaxed(self, time: float, beta: float) -> "Landscape":
        """Return the exact relaxation as a landscape, where there is a closed form.

        Parameters
        ----------
        time, beta : float
            PDE time, not negative, and inverse temperature, positive; ``inf`` for the Hopf-Lax formula.

        Raises
        ------
        ValueError
            If the landscape has no closed form, or none for this `beta`.
        """
        if not (time >= 0 and beta > 0):
            raise ValueError(f"time={time}, beta={beta}: use time >= 0 and beta > 0, such as 0.5 and 1.0.")
        if time == 0:
            return self
        if self.source is not None and self.affine is not None:
            # c f(x / s) relaxes as f does at time c t / s^2 and inverse temperature c beta.
            unit = self.affine.factor
            inner = self.source.relaxed(time * unit * self.affine.common_stretch() ** 2, beta * unit)
            return _transformed(inner, self.affine)
        if self.relaxation is None:
            raise ValueError(f"landscape {self.name!r} has no closed-form relaxation. {transforms.CLOSED_FORMS}")
        return self.relaxation(time, beta)

    def __repr__(self) -> str:
        speed = "compiled" if self.is_compiled else "plain Python, slow: one call per point"
        kinds = f"gradient {self.gradient_kind}, hessian {self.hessian_kind}"
        origin = "sampled, " if self.is_sampled else "transformed, " if self.source is not None else ""
        return f"<Landscape {self.name!r}: dim {self.dim}, {origin}{kinds}, {speed}>"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.source is not None:
            return _transformed, (self.source, self.affine)
        # Made derivatives are closures: they are left out and made again.
        state = {item.name: getattr(self, item.name) for item in fields(self)}
        state |= {name: None for name in ("gradient", "hessian") if numerical.is_numerical(state[name])}
        return partial(Landscape, **state), ()


def _transformed(source: Landscape, affine: Affine) -> Landscape:
    # Moved samples stay samples, so that what is unknown between the nodes stays known as unknown.
    if source.samples is not None and source.grid is not None and affine.keeps_order:
        axes = affine.outward_axes(source.grid.axes)
        grid = Grid.from_axes(*axes, periodic=source.grid.periodic)
        return Landscape.from_samples(affine.factor * source.samples, grid, name=source.name)
    return replace(
        source,
        **transforms.functions(source, affine),
        source=source,
        affine=affine,
        **affine.facts(source),
    )
