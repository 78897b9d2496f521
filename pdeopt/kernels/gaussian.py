"""Gaussian building blocks: exponential, scaled complementary error function, mass of one cell.

Everything here works on numbers, so that it can be called from any compiled loop. `exponential` is written with
bit arithmetic and a polynomial: a loop over it becomes vector instructions, which a call of the C library does not.
"""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.kernels._bits import bits_of, float_of
from pdeopt.kernels._jit import kernel

LOG2_E = 1.4426950408889634
LN2_HIGH = 0.693147180369123816490
LN2_LOW = 1.90821492927058770002e-10
ROUND_MAGIC = 6755399441055744.0  # 1.5 * 2**52: adding it rounds a double to the nearest integer
SMALLEST_EXPONENT = -708.0
SQRT_HALF = 0.7071067811865476
SQRT_HALF_BITS = 0x3FE6A09E667F3BCD
MANTISSA = (1 << 52) - 1

# Chebyshev coefficients of (1 + 2 x) erfcx(x) in (x - 3.75) / (x + 3.75), the variable of Shepherd and Laframboise
# (1981); computed to 40 digits by collocation at 64 Chebyshev points, cut at 1e-17.
ERFCX_SERIES = np.array(
    [
        1.177578934567401747,
        -0.004590054580646490108,
        -0.0842491333665179258,
        0.05920993999819188418,
        -0.02665866843530575388,
        0.009074997670705268409,
        -0.002413163540417600403,
        0.0004907758365258198624,
        -0.0000691697330249988703,
        4.139027986086434409e-6,
        7.740383066317471332e-7,
        -2.188640104835224209e-7,
        1.07649994702756937e-8,
        4.521959811024945544e-9,
        -7.754400258226679216e-10,
        -6.318089241879521024e-11,
        2.868793823680537502e-11,
        1.945455284303879848e-13,
        -9.654823782238091586e-13,
        3.251489966506794007e-14,
        3.347103684055639484e-14,
        -1.867239625698605461e-15,
        -1.248747378150762021e-15,
        8.064602960564105326e-17,
        6.067044042421811577e-17,
    ]
)

GAUSS_NODES, GAUSS_WEIGHTS = np.polynomial.legendre.leggauss(8)
PANEL_NODES, PANEL_WEIGHTS = np.polynomial.legendre.leggauss(48)


@kernel
def exponential(x: float) -> float:
    """Return `exp(x)` for `x <= 709`, to 3e-16 relative; zero below -708 (and for `-inf`)."""
    # Clamped rather than branched on, so that a loop over it has no jumps.
    y = max(x, SMALLEST_EXPONENT)
    shifted = y * LOG2_E + ROUND_MAGIC
    n = shifted - ROUND_MAGIC
    # log 2 in two parts: the first product is exact, and the remainder keeps all its digits.
    r = (y - n * LN2_HIGH) - n * LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    # The low bits of `shifted` hold n: moved to the exponent field they make 2**n.
    power = float_of((bits_of(shifted) + 1023) << 52)
    return float(p * power) if x > SMALLEST_EXPONENT else 0.0


@kernel
def logarithm(x: float) -> float:
    """Return `log(x)` of a positive normal number, to 3e-16 relative; below them some number near -709."""
    # x = 2**n (1 + f) with 1 + f between sqrt(1/2) and sqrt(2), then the series of atanh in f / (2 + f) (fdlibm).
    bits = _bits_of(x) - SQRT_HALF_BITS
    n = float(bits >> 52)
    f = _float_of((bits & MANTISSA) + SQRT_HALF_BITS) - 1.0
    s = f / (2.0 + f)
    z = s * s
    p = 1.479819860511658591e-1
    p = p * z + 1.531383769920937332e-1
    p = p * z + 1.818357216161805012e-1
    p = p * z + 2.222219843214978396e-1
    p = p * z + 2.857142874366239149e-1
    p = p * z + 3.999999999940941908e-1
    p = p * z + 6.666666666666735130e-1
    half_square = 0.5 * f * f
    return float(n * LN2_HIGH - ((half_square - (s * (half_square + p * z) + n * LN2_LOW)) - f))


@kernel
def scaled_erfc(x: float) -> float:
    """Return `exp(x**2) erfc(x)` for `x >= 0`, to 4e-16 relative (Shepherd and Laframboise, Math. Comp. 36, 1981)."""
    # Clenshaw's recurrence.
    z = 2.0 * (x - 3.75) / (x + 3.75)
    ahead = 0.0
    last = 0.0
    for k in range(ERFCX_SERIES.size - 1, 0, -1):
        ahead, last = z * ahead - last + ERFCX_SERIES[k], ahead
    result: float = (0.5 * z * ahead - last + ERFCX_SERIES[0]) / (1.0 + 2.0 * x)
    return result


@kernel
def _short_mass(start: float, width: float) -> float:
    """Integrate `exp(-start z - z**2 / 2) / sqrt(2 pi)` over `0 <= z <= width` by eight Gauss points."""
    total = 0.0
    for k in range(GAUSS_NODES.size):
        z = 0.5 * width * (1.0 + GAUSS_NODES[k])
        total += GAUSS_WEIGHTS[k] * exponential(-z * (start + 0.5 * z))
    return total * 0.5 * width * 0.3989422804014327


@kernel
def _tail_mass(start: float, width: float) -> float:
    """Return the same integral for `start >= 0`, through the scaled complementary error function."""
    # On a short cell the difference of two tails would cancel.
    if width * (start + width) < 0.5:
        return _short_mass(start, width)
    near = scaled_erfc(start * SQRT_HALF)
    far = scaled_erfc((start + width) * SQRT_HALF)
    return 0.5 * (near - exponential(-width * (start + 0.5 * width)) * far)


@kernel
def cell_mass(left: float, width: float) -> float:
    """Return the normal mass of `[left, left + width]` times `exp(z**2 / 2)` at its point `z` nearest to 0.

    It neither under- nor overflows; relative error 1e-13 for any cell, however far in the tail or short.
    """
    right = left + width
    # A cell on one side of the mean is a tail, mirrored where needed; one around it is what two tails leave.
    if left >= 0.0:
        return _tail_mass(left, width)
    if right <= 0.0:
        return _tail_mass(-right, width)
    if width < 0.5:
        return _short_mass(0.0, right) + _short_mass(0.0, -left)
    upper = scaled_erfc(right * SQRT_HALF) * exponential(-0.5 * right * right)
    lower = scaled_erfc(-left * SQRT_HALF) * exponential(-0.5 * left * left)
    return 1.0 - 0.5 * (upper + lower)


@kernel
def cell_moments(left: float, width: float) -> tuple[float, float, float]:
    """Return `(mass, first, second)`: moments of `z` about the point of `[left, left + width]` nearest to 0.

    By 48 Gauss points on the part of the cell that holds all of its mass to 1e-17; scaled as in `cell_mass`.
    """
    # Beyond `reach` from the nearest point the weight is below exp(-40), the solution of z nearest + z**2 / 2 = 40.
    nearest = min(max(0.0, left), left + width)
    reach = 80.0 / (abs(nearest) + np.sqrt(nearest * nearest + 80.0))
    low = -min(reach, width if left + width <= 0.0 else max(-left, 0.0))
    high = min(reach, width if left >= 0.0 else max(left + width, 0.0))
    mass = 0.0
    first = 0.0
    second = 0.0
    for k in range(PANEL_NODES.size):
        z = 0.5 * (low + high) + 0.5 * (high - low) * PANEL_NODES[k]
        weight = PANEL_WEIGHTS[k] * exponential(-z * (nearest + 0.5 * z))
        mass += weight
        first += weight * z
        second += weight * z * z
    scale = 0.5 * (high - low) * 0.3989422804014327
    return mass * scale, first * scale, second * scale


@kernel
def exponentials(x: FloatArray, out: FloatArray) -> None:
    """Write `exponential(x[i])` to `out[i]`: four values an instruction where the processor has AVX2."""
    for i in range(x.size):
        out[i] = exponential(x[i])
