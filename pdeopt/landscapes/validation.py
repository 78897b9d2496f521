"""What a landscape accepts: its facts, points and samples, with messages that say the fix."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid

PointTuple = tuple[float, ...]


def checked_facts(dim: Any, facts: dict[str, Any]) -> dict[str, Any]:
    """Return the stated facts of a landscape in their normal form."""
    size = checked_dim(dim)
    return {
        "dim": size,
        "args": checked_args(facts["args"]),
        "kinks": checked_kinks(facts["kinks"], size),
        "lipschitz": checked_lipschitz(facts["lipschitz"]),
        "curvature": checked_curvature(facts["curvature"]),
        "minima": tuple(_point(minimum, size, "minima") for minimum in facts["minima"]),
        "domain": checked_domain(facts["domain"], size),
        "step": checked_step(facts["step"], size),
    }


def checked_functions(value: Any, gradient: Any, hessian: Any) -> None:
    """Refuse what cannot be called."""
    for name, function in {"value": value, "gradient": gradient, "hessian": hessian}.items():
        if not (callable(function) or (function is None and name != "value")):
            raise TypeError(
                f"{name} is of type {type(function).__name__}, which is not callable. Pass a function of "
                "(x, *args); for sampled values use Landscape.from_samples(values, grid)."
            )


def checked_args(args: Any) -> tuple[Any, ...]:
    """Return the parameters as a tuple."""
    if isinstance(args, str) or not isinstance(args, Iterable):
        raise TypeError(f"args={args!r} is no tuple of parameters. Use args=({args!r},).")
    return tuple(args)


def _is_real(value: Any) -> bool:
    return isinstance(value, int | float | np.integer | np.floating | np.ndarray) and np.ndim(value) == 0


def checked_dim(dim: Any) -> int:
    """Return the dimension as a whole number of at least one."""
    if isinstance(dim, bool) or not _is_real(dim) or not np.isfinite(dim) or int(dim) != dim or dim < 1:
        raise ValueError(f"dim={dim!r} must be a whole number of at least 1, e.g. dim=2.")
    return int(dim)


def checked_kinks(kinks: Sequence[Any], dim: int) -> tuple[Any, ...]:
    """Return kinks sorted: floats in one dimension, else one tuple per axis."""
    if not isinstance(kinks, Iterable):
        raise TypeError(f"kinks={kinks!r} is no sequence. Use kinks=({kinks!r},).")
    if dim == 1:
        return _sorted_kinks(kinks)
    if len(kinks) not in (0, dim) or any(np.ndim(planes) != 1 for planes in {id(row): row for row in kinks}.values()):
        raise ValueError(
            f"kinks={kinks!r} does not list one sequence per axis for dim={dim}. "
            f"Use kinks={tuple(() for _ in range(dim))} with the positions of the kink planes filled in."
        )
    # Axes mostly share their planes, and there may be a million of them.
    known: dict[tuple[float, ...], tuple[float, ...]] = {}
    rows = [planes if isinstance(planes, tuple) else tuple(planes) for planes in kinks]
    return tuple(known[row] if row in known else known.setdefault(row, _sorted_kinks(row)) for row in rows)


def _sorted_kinks(kinks: Sequence[float]) -> tuple[float, ...]:
    for kink in kinks:
        if not _is_real(kink) or not np.isfinite(kink):
            raise ValueError(f"kinks has the entry {kink!r}. A kink is a finite position, e.g. 0.0; remove the entry.")
    return tuple(sorted({float(kink) for kink in kinks}))


def checked_curvature(bounds: Sequence[float] | None) -> tuple[float, float] | None:
    """Return bounds of the Hessian in order."""
    if bounds is None:
        return None
    if np.shape(bounds) != (2,) or not all(_is_real(bound) for bound in bounds) or np.isnan(bounds).any():
        raise ValueError(f"curvature={bounds!r} must be two numbers (low, high), e.g. (-1.0, 2.0) or (0.0, inf).")
    low, high = (float(bound) for bound in bounds)
    if low > high:
        raise ValueError(f"curvature={(low, high)} has low above high. Use curvature={(high, low)}.")
    return low, high


def checked_lipschitz(bound: float | None) -> float | None:
    """Return the bound of the slope, non-negative."""
    if bound is not None and not (_is_real(bound) and bound >= 0):
        raise ValueError(f"lipschitz={bound!r} bounds a length and must be at least 0. Use lipschitz=None if unknown.")
    return None if bound is None else float(bound)


def checked_domain(domain: Any, dim: int) -> tuple[PointTuple, PointTuple] | None:
    """Return a box as two points, the lower corner below the upper one."""
    if domain is None:
        return None
    lower, upper = (_point(corner, dim, "domain") for corner in domain)
    if not all(low < high for low, high in zip(lower, upper, strict=True)):
        raise ValueError(
            f"domain={(lower, upper)} is not a box with lower < upper. Swap the ends of the axes at fault."
        )
    return lower, upper


def checked_step(step: Any, dim: int) -> tuple[float, ...] | None:
    """Return one positive difference step per axis."""
    if step is None:
        return None
    steps = np.broadcast_to(np.asarray(step, dtype=float), (dim,))
    if not (np.isfinite(steps).all() and (steps > 0).all()):
        raise ValueError(f"step={step!r} must be positive and finite, e.g. step=1e-5, or None to have it chosen.")
    return tuple(float(h) for h in steps)


def checked_positive(value: float, name: str) -> float:
    """Return a positive finite number."""
    if not (_is_real(value) and np.isfinite(value) and value > 0):
        raise ValueError(f"{name}={value!r} must be positive and finite, e.g. {name}=2.0.")
    return float(value)


def _floats(value: Any, name: str) -> FloatArray:
    try:
        return np.asarray(value, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={value!r} is no number and no array of numbers. Use e.g. {name}=1.0.") from None


def per_axis(value: ArrayLike, dim: int, name: str) -> FloatArray:
    """Return one number per axis."""
    entries = _floats(value, name)
    if entries.shape not in ((), (dim,)) or not np.isfinite(entries).all():
        raise ValueError(f"{name}={value!r} must be one finite number or {dim} of them, e.g. {name}={(1.0,) * dim}.")
    return np.array(np.broadcast_to(entries, (dim,)))


def square_matrix(value: ArrayLike, dim: int, name: str) -> FloatArray:
    """Return a symmetric matrix given as a number, a diagonal, or itself."""
    entries = np.asarray(value, dtype=float)
    if entries.shape not in ((), (dim,), (dim, dim)):
        raise ValueError(
            f"{name} has shape {entries.shape}, which does not fit dim={dim}. Use a number or shape {(dim, dim)}."
        )
    # A number or a diagonal spreads over the identity alike.
    matrix = entries * np.eye(dim) if entries.ndim < 2 else np.array(entries)
    if not np.array_equal(matrix, matrix.T):
        raise ValueError(f"{name}={matrix.tolist()} is not symmetric. Use {(0.5 * (matrix + matrix.T)).tolist()}.")
    return matrix


def parallel_arrays(given: dict[str, ArrayLike]) -> list[FloatArray]:
    """Return arrays of one length; the last one holds points, as (k, d) or (k,)."""
    arrays = {name: np.array(np.atleast_1d(np.asarray(value, dtype=float))) for name, value in given.items()}
    for name, array in arrays.items():
        if not np.isfinite(array).all():
            raise ValueError(f"{name}={array.tolist()} must be finite: replace the entry by a number, e.g. 1.0.")
    lengths = {name: len(array) for name, array in arrays.items()}
    if len(set(lengths.values())) > 1:
        raise ValueError(
            f"{', '.join(lengths)} have the lengths {list(lengths.values())}. Give them all {min(lengths.values())}."
        )
    *others, points = arrays.values()
    return [*others, points[:, None] if points.ndim == 1 else points]


def checked_rotation(rotation: ArrayLike, dim: int) -> FloatArray:
    """Return an orthogonal matrix, made from an angle in two dimensions."""
    matrix = _floats(rotation, "rotation")
    if not np.isfinite(matrix).all():
        raise ValueError(f"rotation={rotation!r} must be finite. Use an angle such as 0.5, or numpy.eye({dim}).")
    if matrix.ndim == 0 and dim == 2:
        cos, sin = np.cos(matrix), np.sin(matrix)
        return np.array([[cos, -sin], [sin, cos]])
    if matrix.shape != (dim, dim):
        raise ValueError(
            f"rotation has shape {matrix.shape}, but dim={dim}. Pass an orthogonal matrix of shape "
            f"{(dim, dim)}"
            f"{', or an angle' if dim == 2 else ''}, e.g. numpy.eye({dim})."
        )
    defect = float(np.abs(matrix @ matrix.T - np.eye(dim)).max())
    if not defect <= 1e-12 * dim:
        raise ValueError(
            f"rotation is not orthogonal: R R^T differs from the identity by {defect:.2g}, above the limit "
            f"{1e-12 * dim:.0e}. Use numpy.linalg.qr(rotation)[0]."
        )
    return matrix


def _point(point: Any, dim: int, name: str) -> PointTuple:
    entries = np.atleast_1d(np.asarray(point, dtype=float))
    if entries.shape != (dim,):
        example = (0.0,) * min(dim, 8)
        raise ValueError(f"{name} has the point {point!r}, but dim={dim}. A point is {dim} numbers, e.g. {example}.")
    return tuple(entries.tolist())


def checked_points(x: ArrayLike, dim: int, name: str) -> FloatArray:
    """Return points of shape (..., dim); in one dimension a trailing axis of length one may be left out."""
    points = _floats(x, "x")
    if dim == 1:
        return points if points.ndim and points.shape[-1] == 1 else points[..., None]
    if points.ndim == 0 or points.shape[-1] != dim:
        raise ValueError(
            f"x has shape {points.shape}, but landscape {name!r} has dim={dim}: the last axis must hold "
            f"the {dim} "
            f"coordinates, as in shape {(*points.shape[:-1], dim)}."
        )
    return points


def checked_axes(axes: Sequence[ArrayLike], dim: int, name: str) -> list[FloatArray]:
    """Return one array of positions per coordinate."""
    arrays = [np.asarray(axis, dtype=float) for axis in axes]
    if len(arrays) != dim or any(axis.ndim != 1 for axis in arrays):
        raise ValueError(
            f"axes has {len(arrays)} entries of shapes {[axis.shape for axis in arrays]}, but landscape "
            f"{name!r} has "
            f"dim={dim}. Pass {dim} one-dimensional arrays, such as the axes of a Grid with {dim} axes."
        )
    return arrays


def checked_samples(values: ArrayLike, grid: Grid) -> FloatArray:
    """Return sampled values as a read-only copy of the grid's shape."""
    if not isinstance(grid, Grid):
        raise TypeError(f"grid={grid!r} is not a Grid. Use pdeopt.Grid(lower, upper, shape).")
    samples = np.array(_floats(values, "values"))
    if samples.shape != grid.shape:
        raise ValueError(
            f"values has shape {samples.shape}, but the grid has shape {grid.shape}. {_shape_advice(samples, grid)}"
        )
    _refuse(
        np.isnan(samples),
        samples,
        "nan",
        lambda at: f"Replace it, e.g. by inf (a wall): values[{at}] = numpy.inf.",
    )
    _refuse(
        np.isneginf(samples),
        samples,
        "-inf",
        lambda at: f"A loss is bounded below: set values[{at}] to a finite number.",
    )
    if not np.isfinite(samples).any():
        raise ValueError("values is +inf everywhere: at least one node must be finite.")
    samples.flags.writeable = False
    return samples


def _refuse(bad: Any, samples: FloatArray, what: str, advice: Callable[[str], str]) -> None:
    if bad.any():
        where = np.unravel_index(int(np.argmax(bad)), samples.shape)
        at = ", ".join(str(int(i)) for i in where)
        raise ValueError(f"values[{at}] is {what} ({int(bad.sum())} of {samples.size} entries are). {advice(at)}")


def _shape_advice(samples: FloatArray, grid: Grid) -> str:
    if samples.shape == grid.shape[::-1]:
        return "Use values.T: the first index of values runs along the first axis of the grid."
    return f"Use a grid of shape {samples.shape}."
