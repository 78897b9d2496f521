"""Whole steps by alternating directions in a plane, in one call: calls would cost small grids more than their nodes."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.kolmogorov.jumps import apply_jumps
from pdeopt.kernels.kolmogorov.sweeps import solve_across, solve_along

__all__ = ["step_plane"]


@kernel
def _sweep(
    lower: FloatArray,
    upper: FloatArray,
    pivots: FloatArray,
    low: FloatArray,
    high: FloatArray,
    others: FloatArray,
    weight: float,
    values: FloatArray,
    out: FloatArray,
) -> None:
    n, width = others.shape
    copies = values.shape[0]
    across, along = out.reshape(copies, n, width), out.reshape(copies * n, width)
    solve_across(lower, upper, weight, pivots, values.reshape(copies, n, width), across)
    solve_along(low, high, weight, others, along, along)


@kernel
def _subtract(values: FloatArray, out: FloatArray) -> None:
    for i in range(out.size):
        out[i] -= values[i]


@kernel
def _add(values: FloatArray, out: FloatArray) -> None:
    for i in range(out.size):
        out[i] += values[i]


@kernel
def step_plane(
    weights: FloatArray,
    rows: IntArray,
    shifts: IntArray,
    first: FloatArray,
    second: FloatArray,
    loss: FloatArray,
    decay: float,
    decay_again: float,
    lower: FloatArray,
    upper: FloatArray,
    pivots: FloatArray,
    low: FloatArray,
    high: FloatArray,
    others: FloatArray,
    weight: float,
    restart: bool,
    values: FloatArray,
    start: FloatArray,
    correction: FloatArray,
    out: FloatArray,
) -> None:
    """Write u + P (s + B c) with s = A u and c = P s, or u + c + P (s + B c - c) if `restart`.

    A and B are the jumps of `apply_jumps` with the scales `first` and `second` and the losses times `decay` and
    `decay_again`; P solves along the first axis with `lower`, `upper`, `pivots` (1, n, width), then along the second
    with `low`, `high`, `others` (n, width). `values` u, `out` and the scratch `start` and `correction` have shape
    (copies, n * width) and are four arrays.
    """
    apply_jumps(weights, rows, shifts, first, loss, decay, 1.0, values, 0.0, values, start)
    _sweep(lower, upper, pivots, low, high, others, weight, start, correction)
    apply_jumps(weights, rows, shifts, second, loss, decay_again, 1.0, correction, 1.0, start, start)
    if restart:
        for copy in range(values.shape[0]):
            _subtract(correction[copy], start[copy])
    _sweep(lower, upper, pivots, low, high, others, weight, start, out)
    for copy in range(values.shape[0]):
        _add(values[copy], out[copy])
        if restart:
            _add(correction[copy], out[copy])
