"""Tridiagonal systems on many lines at once: I - weight A, where A moves along the lines of a grid.

Arrays have shape (blocks, n, width): lines run along the middle axis, and neighbouring lines lie side by side in
memory. Values may come in several copies of the grid, one after the other; block b of values takes the factors of
block b modulo theirs. Systems of periodic lines are those of their first n - 1 nodes, bordered by the last.
"""

from pdeopt._types import FloatArray
from pdeopt.kernels._jit import kernel

__all__ = ["close_lines", "factor_lines", "solve_across", "solve_along"]


@kernel
def factor_lines(
    lower: FloatArray,
    upper: FloatArray,
    loss: FloatArray,
    weight: float,
    excess: FloatArray,
    multiplier: FloatArray,
    reciprocal: FloatArray,
    ratio: FloatArray,
) -> None:
    """Factor (1 + w (loss + lower + upper)) x_i - w lower x_{i-1} - w upper x_{i+1} on every line, w = weight.

    All have shape (blocks, n, width), but for `excess`, scratch of shape (width,). Pivots are sums, p_i = w upper_i +
    e_i with e_i = 1 + w loss_i + w lower_i e_{i-1} / p_{i-1}: nothing is subtracted where rates and loss are at least
    0, so that rows of large rates keep their sum. The caller owns lower = 0 at the first node of a line; upper at the
    last one counts in the pivot.
    """
    blocks, n, width = lower.shape
    for b in range(blocks):
        for i in range(n):
            for k in range(width):
                rise = weight * upper[b, i, k]
                fall = weight * lower[b, i, k]
                share = excess[k] * reciprocal[b, i - 1, k] if i > 0 else 1.0
                excess[k] = 1.0 + weight * loss[b, i, k] + fall * share
                inverse = 1.0 / (rise + excess[k])
                reciprocal[b, i, k] = inverse
                multiplier[b, i, k] = fall * inverse
                ratio[b, i, k] = rise * inverse


@kernel
def solve_across(
    multiplier: FloatArray, reciprocal: FloatArray, ratio: FloatArray, values: FloatArray, out: FloatArray
) -> None:
    """Solve y_i = r_i f_i + m_i y_{i-1}, then x_i = y_i + c_i x_{i+1}, over lines that lie side by side.

    Factors (blocks, n, width) of `factor_lines`; `values` f and `out` x (copies * blocks, at least n, width), and may
    be one array. Rows after the first n are left alone. The inner loop runs over the lines.
    """
    blocks, n, width = multiplier.shape
    for copy in range(values.shape[0]):
        b = copy % blocks
        for k in range(width):
            out[copy, 0, k] = reciprocal[b, 0, k] * values[copy, 0, k]
        for i in range(1, n):
            for k in range(width):
                out[copy, i, k] = reciprocal[b, i, k] * values[copy, i, k] + multiplier[b, i, k] * out[copy, i - 1, k]
        for i in range(n - 2, -1, -1):
            for k in range(width):
                out[copy, i, k] += ratio[b, i, k] * out[copy, i + 1, k]


@kernel
def _solve_line(
    multiplier: FloatArray, reciprocal: FloatArray, ratio: FloatArray, values: FloatArray, out: FloatArray
) -> None:
    y = 0.0
    n = multiplier.size
    for i in range(n):
        y = reciprocal[i] * values[i] + multiplier[i] * y
        out[i] = y
    for i in range(n - 2, -1, -1):
        y = out[i] + ratio[i] * y
        out[i] = y


@kernel
def solve_along(
    multiplier: FloatArray, reciprocal: FloatArray, ratio: FloatArray, values: FloatArray, out: FloatArray
) -> None:
    """Solve as `solve_across` does, over lines that are contiguous, four at a time to hide the waits between terms.

    Factors (lines, n); `values` and `out` (copies * lines, at least n), and may be one array.
    """
    lines, n = multiplier.shape
    count = values.shape[0]
    whole = count - count % 4
    for line in range(0, whole, 4):
        b0, b1, b2, b3 = line % lines, (line + 1) % lines, (line + 2) % lines, (line + 3) % lines
        y0, y1, y2, y3 = 0.0, 0.0, 0.0, 0.0
        for i in range(n):
            y0 = reciprocal[b0, i] * values[line, i] + multiplier[b0, i] * y0
            y1 = reciprocal[b1, i] * values[line + 1, i] + multiplier[b1, i] * y1
            y2 = reciprocal[b2, i] * values[line + 2, i] + multiplier[b2, i] * y2
            y3 = reciprocal[b3, i] * values[line + 3, i] + multiplier[b3, i] * y3
            out[line, i], out[line + 1, i], out[line + 2, i], out[line + 3, i] = y0, y1, y2, y3
        for i in range(n - 2, -1, -1):
            y0 = out[line, i] + ratio[b0, i] * y0
            y1 = out[line + 1, i] + ratio[b1, i] * y1
            y2 = out[line + 2, i] + ratio[b2, i] * y2
            y3 = out[line + 3, i] + ratio[b3, i] * y3
            out[line, i], out[line + 1, i], out[line + 2, i], out[line + 3, i] = y0, y1, y2, y3
    for line in range(whole, count):
        b = line % lines
        _solve_line(multiplier[b], reciprocal[b], ratio[b], values[line], out[line])


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
