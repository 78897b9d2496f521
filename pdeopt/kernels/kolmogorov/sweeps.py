"""Tridiagonal systems on many lines at once: I - weight A, where A moves along the lines of a grid.

Arrays have shape (blocks, n, width): lines run along the middle axis, and neighbouring lines lie side by side in
memory. Values may come in several copies of the grid, one after the other; block b of values takes the rates of
block b modulo theirs. Systems of periodic lines are those of their first n - 1 nodes, bordered by the last: there are
as many pivots in a line as nodes that are solved for.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

__all__ = ["close_lines", "factor_lines", "solve_across", "solve_along"]


@kernel
def factor_lines(
    lower: FloatArray, upper: FloatArray, loss: FloatArray, weight: float, excess: FloatArray, reciprocal: FloatArray
) -> None:
    """Write reciprocal pivots of (1 + w (loss + lower + upper)) x_i - w lower x_{i-1} - w upper x_{i+1}, w = weight.

    Rates and loss (blocks, n or more, width); `reciprocal` (blocks, n, width); `excess` (width,) is scratch. Pivots
    are sums, p_i = w upper_i + e_i with e_i = 1 + w loss_i + w lower_i e_{i-1} / p_{i-1}: nothing is subtracted where
    rates and loss are at least 0, so that rows of large rates keep their sum. The caller owns lower = 0 at the first
    node of a line; upper at the last one counts in the pivot.
    """
    blocks, n, width = reciprocal.shape
    for b in range(blocks):
        for k in range(width):
            excess[k] = 1.0 + weight * loss[b, 0, k]
            reciprocal[b, 0, k] = 1.0 / (weight * upper[b, 0, k] + excess[k])
        for i in range(1, n):
            for k in range(width):
                share = excess[k] * reciprocal[b, i - 1, k]
                excess[k] = 1.0 + weight * (loss[b, i, k] + lower[b, i, k] * share)
                reciprocal[b, i, k] = 1.0 / (weight * upper[b, i, k] + excess[k])


@kernel
def solve_across(
    lower: FloatArray,
    upper: FloatArray,
    weight: float,
    reciprocal: FloatArray,
    values: FloatArray,
    out: FloatArray,
) -> None:
    """Solve y_i = r_i (f_i + w lower_i y_{i-1}), then x_i = y_i + r_i w upper_i x_{i+1}, over lines side by side.

    Rates (blocks, n or more, width), pivots r of `factor_lines` (blocks, n, width); `values` f and `out` x (copies *
    blocks, n or more, width), which may be one array. Rows after the first n are left alone. The inner loop runs over
    the lines.
    """
    blocks, n, width = reciprocal.shape
    for copy in range(values.shape[0]):
        b = copy % blocks
        # Copied first, because in a loop that reads one name and writes another LLVM would fear that both are one.
        for k in range(width):
            out[copy, 0, k] = values[copy, 0, k]
        for k in range(width):
            out[copy, 0, k] *= reciprocal[b, 0, k]
        for i in range(1, n):
            for k in range(width):
                out[copy, i, k] = values[copy, i, k]
            for k in range(width):
                known = out[copy, i, k] + weight * lower[b, i, k] * out[copy, i - 1, k]
                out[copy, i, k] = reciprocal[b, i, k] * known
        for i in range(n - 2, -1, -1):
            for k in range(width):
                out[copy, i, k] += weight * upper[b, i, k] * reciprocal[b, i, k] * out[copy, i + 1, k]


@kernel
def _solve_line(
    lower: FloatArray,
    upper: FloatArray,
    weight: float,
    reciprocal: FloatArray,
    values: FloatArray,
    out: FloatArray,
) -> None:
    y = 0.0
    n = reciprocal.size
    for i in range(n):
        y = reciprocal[i] * values[i] + (weight * lower[i] * reciprocal[i]) * y
        out[i] = y
    for i in range(n - 2, -1, -1):
        y = out[i] + (weight * upper[i] * reciprocal[i]) * y
        out[i] = y


@kernel
def _solve_four(
    lower: FloatArray,
    upper: FloatArray,
    weight: float,
    reciprocal: FloatArray,
    rows: tuple[int, int, int, int],
    values: FloatArray,
    out: FloatArray,
) -> None:
    a, b, c, d = rows
    n = reciprocal.shape[1]
    y0, y1, y2, y3 = 0.0, 0.0, 0.0, 0.0
    for i in range(n):
        r0, r1, r2, r3 = reciprocal[a, i], reciprocal[b, i], reciprocal[c, i], reciprocal[d, i]
        y0 = r0 * values[0, i] + (weight * lower[a, i] * r0) * y0
        y1 = r1 * values[1, i] + (weight * lower[b, i] * r1) * y1
        y2 = r2 * values[2, i] + (weight * lower[c, i] * r2) * y2
        y3 = r3 * values[3, i] + (weight * lower[d, i] * r3) * y3
        out[0, i], out[1, i], out[2, i], out[3, i] = y0, y1, y2, y3
    for i in range(n - 2, -1, -1):
        y0 = out[0, i] + (weight * upper[a, i] * reciprocal[a, i]) * y0
        y1 = out[1, i] + (weight * upper[b, i] * reciprocal[b, i]) * y1
        y2 = out[2, i] + (weight * upper[c, i] * reciprocal[c, i]) * y2
        y3 = out[3, i] + (weight * upper[d, i] * reciprocal[d, i]) * y3
        out[0, i], out[1, i], out[2, i], out[3, i] = y0, y1, y2, y3


@kernel
def solve_along(
    lower: FloatArray,
    upper: FloatArray,
    weight: float,
    reciprocal: FloatArray,
    values: FloatArray,
    out: FloatArray,
) -> None:
    """Solve as `solve_across` does, over lines that are contiguous, four at a time to hide the waits between terms.

    Rates (lines, n or more), pivots (lines, n); `values` and `out` (copies * lines, n or more), maybe one array.
    """
    lines = reciprocal.shape[0]
    count = values.shape[0]
    whole = count - count % 4
    for line in range(0, whole, 4):
        rows = line % lines, (line + 1) % lines, (line + 2) % lines, (line + 3) % lines
        _solve_four(lower, upper, weight, reciprocal, rows, values[line : line + 4], out[line : line + 4])
    for line in range(whole, count):
        b = line % lines
        _solve_line(lower[b], upper[b], weight, reciprocal[b], values[line], out[line])


@kernel
def close_lines(
    column: FloatArray, before: FloatArray, after: FloatArray, reciprocal: FloatArray, values: FloatArray
) -> None:
    """Finish periodic lines in place: x_last = (f_last + before y_{n-2} + after y_0) r, x_i = y_i + column_i x_last.

    `values` (copies * blocks, n, width) holds the solutions y of the open lines of n - 1 nodes and f at the last one;
    `column` (blocks, n - 1, width) solves the open lines for what the last node gives them; the others (blocks, width)
    are the weighted rates from the last node to its neighbours and the reciprocal pivot.
    """
    blocks, n, width = column.shape
    for copy in range(values.shape[0]):
        b = copy % blocks
        for k in range(width):
            known = before[b, k] * values[copy, n - 1, k] + after[b, k] * values[copy, 0, k]
            values[copy, n, k] = (values[copy, n, k] + known) * reciprocal[b, k]
        for i in range(n):
            for k in range(width):
                values[copy, i, k] += column[b, i, k] * values[copy, n, k]
