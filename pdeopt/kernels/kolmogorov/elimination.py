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
    row: FloatArray,
    pivots: FloatArray,
    lower: FloatArray,
    upper: FloatArray,
) -> None:
    """Write the pivots and the entries of `lower` and `upper`, row after row.

    `lower[p]` lies in the order of `upper`: the entry of column `i` of `lower` beside that of row `i` of `upper`. Row
    `i` of `lower` has the columns `lower_columns`, ascending, whose entries are at `lower_places`. `lost`, shape (n,),
    holds the losses, and what each state loses when all before it are left out on return. `row`, shape (n,), is room
    that holds zeros. A pivot of 0 means a state without a way out. Losses may be negative or complex, a shift of
    eigenvalues; then so are the other arrays, and signs of pivots count the eigenvalues that are passed.
    """
    for i in range(pivots.size):
        for p in range(starts[i], starts[i + 1]):
            row[columns[p]] = rates[p]
        for p in range(lower_starts[i], lower_starts[i + 1]):
            j = lower_columns[p]
            share = row[j] / pivots[j] if row[j] != 0.0 else 0.0 * row[j]
            row[j] = 0.0
            lower[lower_places[p]] = share
            lost[i] += share * lost[j]
            for q in range(upper_starts[j], upper_starts[j + 1]):
                row[upper_columns[q]] += share * upper[q]
        row[i] = 0.0
        total = lost[i]
        for q in range(upper_starts[i], upper_starts[i + 1]):
            k = upper_columns[q]
            upper[q] = row[k]
            total += row[k]
            row[k] = 0.0
        pivots[i] = total


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
