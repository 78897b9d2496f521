"""The instructions of a program between two gradients, for loops that get their gradients from elsewhere."""

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.networks.training import is_finite
from pdeopt.kernels.programs import POINT, apply


@kernel
def run_stretch(
    code: IntArray,
    constants: FloatArray,
    bank: FloatArray,
    frictions: FloatArray,
    seed: int,
    run: int,
    step: int,
    scratch: FloatArray,
) -> bool:
    """Carry out instructions in turn, and tell whether the point is finite after them.

    Parameters
    ----------
    code : int array, shape (n_instructions, 8)
        None of them is GRADIENT, see `pdeopt.kernels.programs`.
    constants : array, shape (n_instructions, 6)
        Their numbers.
    bank : array, shape (n_registers, d)
        The registers, changed in place.
    frictions : array, shape (n_thermostats,)
        Variables of thermostats, changed in place.
    seed, run, step : int
        They determine the noise.
    scratch : array, shape (2 VECTOR_CHUNK + 3,)
    """
    for i in range(code.shape[0]):
        apply(bank, frictions, code[i], constants[i], seed, run, step, scratch)
    return is_finite(bank[POINT])
