"""The tables that `pdeopt relax` prints."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.cli.inputs import Subject
from pdeopt.geometry import Minima, merge_tree, minima
from pdeopt.grid import Grid
from pdeopt.plot.frames import times_of
from pdeopt.results import Relaxation

MOST_ROWS = 10
MOST_WELLS = 6
SHALLOW = 1e-3
FLAT = 1e-9
LARGEST_DERIVED = 1 << 22
UNITS = "loss as given; length as on the axes; time in length^2 / loss; curvature in loss / length^2"


@dataclass(frozen=True, eq=False)
class Wells:
    """Points whose wells are followed, and what to call them."""

    points: FloatArray
    noun: str


def least_depth(values: FloatArray, grid: Grid) -> float:
    """Return what counts as a mere ripple: a thousandth of the deepest minimum with a depth."""
    depths = merge_tree(values, grid).persistence
    spread = float(np.ptp(values[np.isfinite(values)]))
    return max(SHALLOW * float(depths[np.isfinite(depths)].max(initial=0.0)), FLAT * spread)


def notable_minima(
    values: FloatArray, grid: Grid, gradient: FloatArray | None = None, hessian: FloatArray | None = None
) -> Minima:
    """Return the minima that are no mere ripples."""
    return minima(values, grid, gradient=gradient, hessian=hessian, shallowest=least_depth(values, grid))


def relaxed_minima(result: Relaxation, k: int) -> Minima:
    """Return the minima of a result at its k-th time."""
    values = _moment(result, result.values, k)
    if result.grid.size > LARGEST_DERIVED or result.grid.dim > 2 or times_of(result)[k] == 0:
        return notable_minima(values, result.grid)
    gradient, hessian = _moment(result, result.gradient, k), _moment(result, result.hessian, k)
    return notable_minima(values, result.grid, gradient, hessian)


def _moment(result: Relaxation, field: FloatArray, k: int) -> FloatArray:
    part: FloatArray = field[k] if np.ndim(result.time) else field
    return part


def describe_subject(subject: Subject, found: Minima) -> str:
    """Return what was read, and its minima."""
    return "\n".join([describe_input(subject), "", "before, time 0", first_rows(found)])


def describe_input(subject: Subject) -> str:
    """Return what was read, and its units."""
    values, grid = subject.values, subject.grid
    finite = values[np.isfinite(values)]
    sides = (f"{name} {low:.4g} ... {high:.4g}" for name, low, high in zip("xyz", grid.lower, grid.upper, strict=False))
    closed = [name for name, wraps in zip("xyz", grid.periodic, strict=False) if wraps]
    head = f"{subject.name}: {' x '.join(map(str, grid.shape))} nodes, {', '.join(sides)}, "
    head += f"loss {finite.min():.4g} ... {finite.max():.4g}" + (f", periodic in {', '.join(closed)}" if closed else "")
    return f"{head}\nunits: {UNITS}"


def describe_result(result: Relaxation, k: int) -> str:
    """Return the minima at one time, and how far they can be wrong."""
    found = relaxed_minima(result, k)
    head = f"after, time {times_of(result)[k]:g}, beta {result.beta:g}"
    where = tuple(found.nodes.T)
    errors = _moment(result, result.error_bound, k)
    error = f"{errors[where].max(initial=0.0):.1e} at the minima, {errors.max():.1e} anywhere"
    foot = f"  error {result.error_kind} {error}; {result.method}; {result.seconds:.2g} s"
    return "\n".join([head, first_rows(found), foot])


def first_rows(found: Minima) -> str:
    """Return the lowest minima as a table."""
    shown = min(len(found), MOST_ROWS)
    first = slice(0, shown)
    part = replace(
        found,
        points=found.points[first],
        values=found.values[first],
        curvature=found.curvature[first],
        depth=found.depth[first],
        nodes=found.nodes[first],
        at_edge=found.at_edge[first],
    )
    left = len(found) - shown
    return str(part) if not left else f"{part}\n{'...':>24}  and {left} higher"


def wells_of(subject: Subject, found: Minima) -> Wells:
    """Return the trained points of a file, or else the lowest minima."""
    if subject.trained is not None:
        return Wells(subject.trained, "trained point")
    return Wells(found.points[:MOST_WELLS], "minimum")


def describe_wells(results: Sequence[Relaxation], wells: Wells) -> str:
    """Return the order of the wells at each time and temperature, and a sentence for each temperature."""
    if len(wells.points) < 2:
        return "one well only: nothing to prefer"
    places = [
        f"  {k}  ({', '.join(f'{entry + 0.0:.4g}' for entry in place)})" for k, place in enumerate(wells.points, 1)
    ]
    names = "".join(f"{f'u in {k}':>10}" for k in range(1, len(wells.points) + 1))
    width = 2 * len(wells.points) + 2
    lines = [f"which {wells.noun} relaxation prefers: the one in the lowest well", *places, ""]
    lines.append(f"{'beta':>8}{'time':>10}  {'order':<{width}}{names}")
    answers = []
    for result in results:
        rows = [_preference(result, k, wells, width) for k in range(times_of(result).size)]
        lines += [row for row, _ in rows]
        answers.append(_sentence(result, [order for _, order in rows]))
    return "\n".join([*lines, "  (lowest first; ? a difference within the error; = one common well)", "", *answers])


def _preference(result: Relaxation, k: int, wells: Wells, width: int) -> tuple[str, str]:
    """Return a row of the table, and the order of the wells."""
    values, errors = _moment(result, result.values, k), _moment(result, result.error_bound, k)
    found = minima(values, result.grid)
    held = found.containing(wells.points)
    order = _order(found, held, errors)
    columns = "".join(f"{height:>10.4g}" for height in found.values[held])
    return f"{result.beta:>8g}{times_of(result)[k]:>10g}  {order:<{width}}{columns}", order


def _order(found: Minima, held: IntArray, errors: FloatArray) -> str:
    """Order points by the height of their wells, such as `1<3?2`: see the legend of the table."""
    doubts = errors[tuple(found.nodes[held].T)]
    ranked = np.argsort(found.values[held], kind="stable").tolist()
    text = str(ranked[0] + 1)
    for low, high in pairwise(ranked):
        lead = found.values[held[high]] - found.values[held[low]]
        mark = "=" if held[low] == held[high] else "<" if lead > doubts[low] + doubts[high] else "?"
        text += f"{mark}{high + 1}"
    return text


def _sentence(result: Relaxation, choices: list[str]) -> str:
    times = [f"{time:g}" for time in times_of(result)]
    spans: list[list[str]] = []
    for time, choice in zip(times, choices, strict=True):
        if spans and spans[-1][0] == choice:
            spans[-1][2] = time
        else:
            spans.append([choice, time, time])
    parts = [f"{choice} at time {first}" + (f" to {last}" if last != first else "") for choice, first, last in spans]
    return f"beta {result.beta:g}: {', '.join(parts)}"
