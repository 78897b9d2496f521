"""Activations by code, with their derivatives as functions of their value: loops over them become vector code."""

from pdeopt.kernels._bits import bits_of, float_of
from pdeopt.kernels._jit import kernel
from pdeopt.kernels.gaussian import LN2_HIGH, LN2_LOW, LOG2_E, ROUND_MAGIC, SMALLEST_EXPONENT, exponential, logarithm


@kernel
def exponential_less_one(x: float) -> float:
    """Return `exp(x) - 1` for `x <= 709`, to 3e-16 relative."""
    # Chosen by a comparison that NaN fails: it stays NaN.
    y = SMALLEST_EXPONENT if x < SMALLEST_EXPONENT else x
    shifted = y * LOG2_E + ROUND_MAGIC
    n = shifted - ROUND_MAGIC
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
    power = float_of((bits_of(shifted) + 1023) << 52)
    # exp(r) - 1 = r + r**2 p is small where x is: 1 is taken from the power of two, not from the exponential.
    return power * (r + r * r * p) + (power - 1.0)


@kernel
def exponential_or_nan(x: float) -> float:
    """Return `exp(x)` for `x <= 709`, and NaN for NaN, where `exponential` returns 0."""
    return exponential(x) if x == x else x


@kernel
def log_one_plus(x: float) -> float:
    """Return `log(1 + x)` for `0 <= x <= 1`, to 4e-16 relative."""
    u = 1.0 + x
    lost = x - (u - 1.0)
    return logarithm(u) + lost / u


@kernel
def relu(z: float) -> float:
    """Return `max(z, 0)`, and NaN for NaN."""
    # A maximum in place becomes a masked store, which is several times slower than a product.
    return z * relu_slope(z)


@kernel
def tanh(z: float) -> float:
    """Return the hyperbolic tangent."""
    e = exponential_less_one(-2.0 * abs(z))
    size = -e / (2.0 + e)
    return size if z >= 0.0 else -size


@kernel
def sigmoid(z: float) -> float:
    """Return `1 / (1 + exp(-z))`."""
    e = exponential(-abs(z))
    share = (1.0 if z >= 0.0 else e) / (1.0 + e)
    return share if z == z else z


@kernel
def softplus(z: float) -> float:
    """Return `log(1 + exp(z))`."""
    return relu(z) + log_one_plus(exponential(-abs(z)))


@kernel
def relu_slope(a: float) -> float:
    """Return the derivative where the value is `a`; 0 at the kink."""
    return 1.0 if a > 0.0 else 0.0


@kernel
def tanh_slope(a: float) -> float:
    """Return the derivative where the value is `a`."""
    return 1.0 - a * a


@kernel
def sigmoid_slope(a: float) -> float:
    """Return the derivative where the value is `a`."""
    return a * (1.0 - a)


@kernel
def softplus_slope(a: float) -> float:
    """Return the derivative where the value is `a`."""
    return -exponential_less_one(-a)
