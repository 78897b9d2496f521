"""The training loop: programs of instructions on the parameters of a network, with gradients on minibatches."""

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import fast_kernel, kernel
from pdeopt.kernels.batches import next_rows
from pdeopt.kernels.networks.slopes import take_slope
from pdeopt.kernels.programs import GRADIENT, OPERATION, POINT, SLOPE, apply


@fast_kernel
def is_finite(x: FloatArray) -> bool:
    """Tell whether all numbers of a vector are finite, and its sum too."""
    total = 0.0
    for i in range(x.size):
        total += x[i]
    return bool(np.isfinite(total))


@kernel
def advance(
    layout: IntArray,
    x: FloatArray,
    y: FloatArray,
    batch: tuple[int, int, int],
    order: IntArray,
    code: IntArray,
    constants: FloatArray,
    bank: FloatArray,
    frictions: FloatArray,
    seed: int,
    run: int,
    first_step: int,
    n_steps: int,
    work: FloatArray,
    scratch: FloatArray,
    slope: tuple[int, bool],
) -> int:
    """Do steps of a program, and return the first that made a parameter infinite or not a number, -1 if none did.

    Parameters
    ----------
    layout : int array
        The network.
    x, y : array, shape (n, d) and (n, k)
        The data.
    batch : tuple of int
        Size and mode of minibatches, and the number of the first one.
    order : int array, shape (n + 1,)
        A place for each row of the data, then the epoch whose order they hold, -1 for none; kept between calls.
    code : int array, shape (n_instructions, 8)
        The program, see `pdeopt.kernels.programs`.
    constants : array, shape (n_steps or 1, n_instructions, 6)
        Its numbers at each step; one row serves all steps.
    bank : array, shape (n_registers, n_parameters)
        The registers, changed in place.
    frictions : array, shape (n_thermostats,)
        Variables of thermostats, changed in place.
    seed, run : int
        With the number of a step they determine its noise and its minibatches.
    first_step, n_steps : int
    work : array
        As large as the gradient needs.
    scratch : array, shape (2 VECTOR_CHUNK + 3,)
    slope : tuple of int and bool
        Address of the gradient and whether it takes noise, by `pdeopt.kernels.networks.slopes.slope_address`.
    """
    size, mode, number = batch
    rows, held = order[:-1], order[-1:]
    for step in range(first_step, first_step + n_steps):
        numbers = constants[min(step - first_step, constants.shape[0] - 1)]
        for i in range(code.shape[0]):
            if code[i, OPERATION] == GRADIENT:
                start, stop, held[0] = next_rows(seed, run, number, size, mode, held[0], rows)
                key = (seed, run, number)
                take_slope(slope, bank[POINT], layout, (x, y), rows[start:stop], work, bank[SLOPE], key)
                number += 1
            else:
                apply(bank, frictions, code[i], numbers[i], seed, run, step, scratch)
        if not is_finite(bank[POINT]):
            return step
    return -1
