"""Detailed balance of jump processes: masses along a tree of jumps."""

import math

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel

__all__ = ["tree_masses"]


@kernel
def tree_masses(
    starts: IntArray,
    columns: IntArray,
    forth: FloatArray,
    back: FloatArray,
    queue: IntArray,
    exponents: IntArray,
    out: FloatArray,
) -> None:
    """Write masses with `m_i w_ij = m_j w_ji` on the jumps of a breadth-first tree, as `out * 2**exponents`.

    `starts`, shape (n + 1,), and `columns` are the compressed rows of a symmetric pattern, `forth` the rates `w_ij`
    there, `back` the rates `w_ji`, all positive. `queue`, shape (n,), is room. The first state of each connected set
    has the mass 1. Detailed balance holds if these masses keep it on the jumps that the tree leaves out.
    """
    n = out.size
    for i in range(n):
        out[i] = 0.0
    for root in range(n):
        if out[root] > 0.0:
            continue
        out[root], exponents[root], queue[0] = 0.5, 1, root
        first, last = 0, 1
        while first < last:
            i = queue[first]
            first += 1
            for p in range(starts[i], starts[i + 1]):
                j = columns[p]
                if out[j] == 0.0:
                    a, above = math.frexp(forth[p])
                    b, below = math.frexp(back[p])
                    out[j], exponent = math.frexp(out[i] * (a / b))
                    exponents[j] = exponents[i] + exponent + above - below
                    queue[last] = j
                    last += 1
