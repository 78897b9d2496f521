"""Sparse elimination of the states of a jump process without a subtraction, after Grassmann, Taksar and Heyman.

A process has `n` states, rates `w_ij >= 0` from `i` to `j` and losses `l_i >= 0` (killing, or absorption outside).
`M = diag(l + row sums of w) - w` is minus its generator. Leaving out a state `i` leaves a process on the others with

    w_jk + w_ji w_ik / s_i,    l_j + w_ji l_i / s_i,    s_i = l_i + sum_k w_ik,

which adds numbers of one sign only, if the pivots `s` are rebuilt from rates and losses. Then `M = (1 - lower) (s -
upper)` with factors that have every entry to a few roundings, however ill conditioned `M` is. States are left out in
the order of their numbers: the caller permutes. Patterns are those of a symmetric matrix.
"""

import math

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

__all__ = [
    "count_factors",
    "eliminate",
    "elimination_tree",
    "fill_patterns",
    "last_of_runs",
    "left_out_masses",
    "substitute",
    "substitute_transposed",
]


@kernel
def elimination_tree(starts: IntArray, columns: IntArray, roots: IntArray, out: IntArray) -> None:
    """Write the parent of each state in the elimination tree, or -1, from a symmetric pattern of rows.

    `starts`, shape (n + 1,), and `columns` are the compressed rows. The parent of `i` is the first state after `i`
    whose rates change when `i` is left out. `roots`, shape (n,), is room for shortcuts up the tree.
    """
    for i in range(out.size):
        out[i] = -1
        roots[i] = -1
        for p in range(starts[i], starts[i + 1]):
            j = columns[p]
            while j != -1 and j < i:
                above = roots[j]
                roots[j] = i
                if above == -1:
                    out[j] = i
                j = above


@kernel
def count_factors(starts: IntArray, columns: IntArray, parents: IntArray, seen: IntArray, out: IntArray) -> None:
    """Write how many entries each row of `upper` has, shape (n,); `seen`, shape (n,), is room for marks."""
    for i in range(out.size):
        out[i] = 0
        seen[i] = i
        for p in range(starts[i], starts[i + 1]):
            j = columns[p]
            while j < i and seen[j] != i:
                seen[j] = i
                out[j] += 1
                j = parents[j]


@kernel
def fill_patterns(
    starts: IntArray,
    columns: IntArray,
    parents: IntArray,
    seen: IntArray,
    upper_starts: IntArray,
    ends: IntArray,
    out: IntArray,
) -> None:
    """Write the columns of `upper` by rows, ascending, to `out`; `ends` and `seen`, shape (n,), are room.

    The same array holds the rows of `lower` by columns, as the pattern is symmetric.
    """
    for i in range(parents.size):
        ends[i] = upper_starts[i]
        seen[i] = i
        for p in range(starts[i], starts[i + 1]):
            j = columns[p]
            while j < i and seen[j] != i:
                seen[j] = i
                out[ends[j]] = i
                ends[j] += 1
                j = parents[j]


@kernel
def last_of_runs(upper_starts: IntArray, upper_columns: IntArray, out: IntArray) -> None:
    """Write the last state of the run of each, shape (n,).

    A run is a sequence of states of which each is the first column in the row of `upper` of the one before, and has
    the rest of that row as its own: what is done with one of its rows can be done with all at once.
    """
    n = out.size
    out[n - 1] = n - 1
    for i in range(n - 2, -1, -1):
        start, end = upper_starts[i], upper_starts[i + 1]
        goes_on = start < end and upper_columns[start] == i + 1 and upper_starts[i + 2] - end == end - start - 1
        out[i] = out[i + 1] if goes_on else i


@kernel
def eliminate(
    starts: IntArray,
    columns: IntArray,
    rates: FloatArray,
    lost: FloatArray,
    upper_starts: IntArray,
    upper_columns: IntArray,
    lower_starts: IntArray,
    lower_columns: IntArray,
    lower_places: IntArray,
    lasts: IntArray,
    row: FloatArray,
    sums: FloatArray,
    pivots: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> None:
    """Write the pivots and the entries of `lower` and `upper`, row after row.

    `lower[p]` lies in the order of `upper`: the entry of column `i` of `lower` beside that of row `i` of `upper`. Row
    `i` of `lower` has the columns `lower_columns`, ascending, whose entries are at `lower_places`. `lasts` are those of
    `last_of_runs`. `lost`, shape (n,), holds the losses, and what each state loses when all before it are left out on
    return. `row`, shape (n,), is room that holds zeros, `sums`, shape (n,), room. A pivot of 0 means a state without a
    way out. Losses may be negative or complex, a shift of eigenvalues; then so are the other arrays, and signs of
    pivots count the eigenvalues that are passed.
    """
    for i in range(pivots.size):
        for p in range(starts[i], starts[i + 1]):
            row[columns[p]] = rates[p]
        p = lower_starts[i]
        while p < lower_starts[i + 1]:
            first = lower_columns[p]
            last = min(lasts[first], i - 1)
            take_shares(first, last, upper_starts, pivots, upper, row)
            add_rows(first, last, upper_starts, upper_columns, upper, sums, row)
            for j in range(first, last + 1):
                lower[lower_places[p]] = row[j]
                lost[i] += row[j] * lost[j]
                row[j] = 0.0
                p += 1
        row[i] = 0.0
        total = lost[i]
        for q in range(upper_starts[i], upper_starts[i + 1]):
            k = upper_columns[q]
            upper[q] = row[k]
            total += row[k]
            row[k] = 0.0
        pivots[i] = total


@kernel
def take_shares(
    first: int, last: int, upper_starts: IntArray, pivots: FloatArray, upper: FloatArray, row: FloatArray
) -> None:
    """Replace the rates of a row to the states of a run by its shares of them, leaving out one after the other."""
    for j in range(first, last + 1):
        # Nothing of a state without a way out is nothing.
        if row[j] != 0.0:
            row[j] /= pivots[j]
        share, rest = row[j], row[j + 1 : last + 1]
        within = upper[upper_starts[j] : upper_starts[j] + last - j]
        for k in range(last - j):
            rest[k] += share * within[k]


@kernel
def add_rows(
    first: int,
    last: int,
    upper_starts: IntArray,
    upper_columns: IntArray,
    upper: FloatArray,
    sums: FloatArray,
    row: FloatArray,
) -> None:
    """Add to a row its shares of the rows of a run, beyond the run."""
    start = upper_starts[last]
    length = upper_starts[last + 1] - start
    # Views start at 0: offsets that might be negative keep loops from becoming vector instructions.
    beyond = sums[:length]
    beyond[:] = 0.0
    j = first
    while j + 3 <= last:
        a, b, c, d = row[j], row[j + 1], row[j + 2], row[j + 3]
        u, v = row_beyond(j, last, length, upper_starts, upper), row_beyond(j + 1, last, length, upper_starts, upper)
        w, x = (
            row_beyond(j + 2, last, length, upper_starts, upper),
            row_beyond(j + 3, last, length, upper_starts, upper),
        )
        for k in range(length):
            beyond[k] += (a * u[k] + b * v[k]) + (c * w[k] + d * x[k])
        j += 4
    while j <= last:
        a, u = row[j], row_beyond(j, last, length, upper_starts, upper)
        for k in range(length):
            beyond[k] += a * u[k]
        j += 1
    for k in range(length):
        row[upper_columns[start + k]] += beyond[k]


@kernel
def row_beyond(j: int, last: int, length: int, upper_starts: IntArray, upper: FloatArray) -> FloatArray:
    """Return the part of row `j` of `upper` beyond the last state of its run."""
    return upper[upper_starts[j] + last - j : upper_starts[j] + last - j + length]


@kernel
def substitute(
    starts: IntArray, columns: IntArray, lower: FloatArray, upper: FloatArray, pivots: FloatArray, out: FloatArray
) -> None:
    """Replace `f` in `out`, shape (n,), by the solution of `M x = f`, with the factors of `eliminate`."""
    n = out.size
    for i in range(n):
        for p in range(starts[i], starts[i + 1]):
            out[columns[p]] += lower[p] * out[i]
    for i in range(n - 1, -1, -1):
        total = out[i]
        for p in range(starts[i], starts[i + 1]):
            total += upper[p] * out[columns[p]]
        out[i] = total / pivots[i]


@kernel
def substitute_transposed(
    starts: IntArray, columns: IntArray, lower: FloatArray, upper: FloatArray, pivots: FloatArray, out: FloatArray
) -> None:
    """Replace `g` in `out`, shape (n,), by the solution of `y M = g`, with the factors of `eliminate`."""
    n = out.size
    for i in range(n):
        out[i] /= pivots[i]
        for p in range(starts[i], starts[i + 1]):
            out[columns[p]] += upper[p] * out[i]
    for i in range(n - 1, -1, -1):
        total = out[i]
        for p in range(starts[i], starts[i + 1]):
            total += lower[p] * out[columns[p]]
        out[i] = total


@kernel
def left_out_masses(
    starts: IntArray, columns: IntArray, lower: FloatArray, exponents: IntArray, out: FloatArray
) -> None:
    """Write masses `m` with `m M = 0` as `out * 2**exponents`, from the factors of a process without losses.

    `m_i = sum_k m_k lower_ki` backward. A state that no later one reaches gets the mass 1. Numbers in `out` lie in
    [1/2, 1) or are 0 (a state that is left for good); binary exponents of their own keep masses from underflow.
    """
    for i in range(out.size - 1, -1, -1):
        top = 0
        empty = True
        for p in range(starts[i], starts[i + 1]):
            _, exponent = math.frexp(lower[p])
            if lower[p] > 0.0 and out[columns[p]] > 0.0:
                height = exponents[columns[p]] + exponent
                top = height if empty else max(top, height)
                empty = False
        total = 0.0
        for p in range(starts[i], starts[i + 1]):
            part, exponent = math.frexp(lower[p])
            total += math.ldexp(out[columns[p]] * part, max(exponents[columns[p]] + exponent - top, -2000))
        out[i], exponent = math.frexp(total)
        exponents[i] = top + exponent
        if starts[i] == starts[i + 1]:
            out[i], exponents[i] = 0.5, 1
