"""Local entropy at the points where it is known to forty digits."""

import pytest

import pdeopt

DOUBLE = pdeopt.landscapes.double_well()
VALUES = [
    (DOUBLE, 0.3, 0.5, 1.0, 0.1685643906374680292, 0.04721507787541257197, 0.2138047663929529882),
    (DOUBLE, 0.3, 0.5, 2.0, 0.1521945704724920279, -0.07280201790156175235, -0.1036535161286045325),
    (DOUBLE, 0.3, 0.5, 10.0, 0.1720881093061306573, -0.2801623975679780545, -0.4070441624565258171),
]


@pytest.mark.parametrize(("f", "x", "time", "beta", "value", "slope", "bend"), VALUES)
def test_value_and_derivatives_are_the_published_ones(f, x, time, beta, value, slope, bend):
    e = pdeopt.local_entropy(f, x, time=time, beta=beta)
    assert abs(e.value - value) <= 1e-12
    assert abs(e.gradient[0] - slope) <= 1e-12
    assert abs(e.hessian[0, 0] - bend) <= 1e-12
