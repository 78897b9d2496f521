"""The stated errors of the exact routes cover the true ones, on drawn landscapes, against forty digits."""

from itertools import pairwise

import mpmath as mp
import numpy as np
import pytest

import pdeopt
from pdeopt import landscapes

DRAWS = 40


def wells(rng):
    depth, tilt = rng.uniform(0.2, 3.0), rng.uniform(-1.0, 1.0)
    return landscapes.tilted_double_well(depth, tilt), lambda y: depth * (y * y - 1) ** 2 + tilt * y, []


def ripples(rng):
    bend, height, frequency = rng.uniform(0.5, 3.0), rng.uniform(0.1, 3.0), rng.uniform(1.0, 8.0)
    f = landscapes.rough_parabola(bend, height, frequency)
    return f, lambda y: bend * y * y / 2 + height * (1 - mp.cos(frequency * y)), []


def undeclared_kink(rng):
    place, steep = rng.uniform(-1.0, 1.0), rng.uniform(0.2, 3.0)
    f = pdeopt.Landscape(lambda x: steep * abs(x - place) + 0.3 * np.sin(x), kinks_complete=False)
    return f, lambda y: steep * abs(y - place) + 0.3 * mp.sin(y), [place]


def jump(rng):
    place, height = rng.uniform(-1.0, 1.0), rng.uniform(0.2, 3.0)
    f = pdeopt.Landscape(lambda x: height * float(x > place), lambda _: 0.0, kinks_complete=False)
    return f, lambda y: height if y > place else mp.mpf(0), [place]


def huber(rng):
    width = rng.uniform(0.1, 2.0)
    f = landscapes.huber(width)
    return f, lambda y: y * y / (2 * width) if abs(y) < width else abs(y) - mp.mpf(width) / 2, [-width, width]


def reference(value, cuts, x, time, beta):
    """Value, slope and bend by the moments of the local Gibbs law."""
    x, time, beta = (mp.mpf(float(number)) for number in (x, time, beta))
    shallow = min(value(y) + (y - x) ** 2 / (2 * time) for y in mp.linspace(x - 8, x + 8, 801))
    reach = mp.sqrt(2 * time * (mp.mpf(40) / beta + abs(shallow) + 8))
    edges = sorted({x - reach, x + reach, *(mp.mpf(float(cut)) for cut in cuts if abs(cut - x) < reach)})
    fine = [a + (b - a) * k / 60 for a, b in pairwise(edges) for k in range(60)] + [edges[-1]]

    def moment(power):
        return mp.quad(
            lambda y: (y - x) ** power * mp.exp(-beta * (value(y) + (y - x) ** 2 / (2 * time) - shallow)), fine
        )

    mass, first, second = (moment(power) for power in range(3))
    mean = first / mass
    u = shallow - mp.log(mass / mp.sqrt(2 * mp.pi * time / beta)) / beta
    return u, -mean / time, (1 - (second / mass - mean**2) * beta / time) / time


@pytest.mark.slow
@pytest.mark.parametrize("draw", [wells, ripples, undeclared_kink, jump, huber])
def test_stated_errors_cover_the_true_ones(draw):
    rng = np.random.default_rng(20261122)
    with mp.workdps(30):
        for _ in range(DRAWS // 5):
            f, value, cuts = draw(rng)
            x, time, beta = rng.uniform(-2, 2), 10 ** rng.uniform(-2, 0.5), 10 ** rng.uniform(-0.5, 2)
            e = pdeopt.local_entropy(f, x, time=time, beta=beta, method="quadrature")
            u, slope, bend = reference(value, cuts, x, time, beta)
            case = (f, x, time, beta)
            assert abs(e.value - u) <= e.error, case
            assert abs(e.gradient[0] - slope) <= e.gradient_error[0], case
            assert abs(e.hessian[0, 0] - bend) <= e.hessian_error, case
            assert e.error <= 1e-9


@pytest.mark.parametrize("beta", [1e-6, 1e-2, 1e4, 1e9])
@pytest.mark.parametrize("time", [1e-6, 1e-2, 1.0, 1e3])
@pytest.mark.parametrize("f", [landscapes.absolute_value(), landscapes.quadratic(2.0), landscapes.half_line()])
def test_errors_hold_at_extreme_times_and_temperatures(f, time, beta):
    """Closed forms beside the integral."""
    x = np.array([-0.3, 0.0, 0.7])
    e, q = (pdeopt.local_entropy(f, x, time=time, beta=beta, method=m) for m in (None, "quadrature"))
    assert (np.abs(e.value - q.value) <= e.error + q.error).all()
    assert (np.abs(e.gradient - q.gradient) <= e.gradient_error + q.gradient_error).all()
    assert (np.abs(e.hessian[:, 0, 0] - q.hessian[:, 0, 0]) <= e.hessian_error + q.hessian_error).all()


def test_derivatives_keep_their_digits_for_very_short_times():
    e = pdeopt.local_entropy(landscapes.double_well(), 0.3, time=1e-12, beta=1.0)
    assert e.gradient[0] == pytest.approx(0.3**3 - 0.3, abs=1e-11)
    assert e.hessian[0, 0] == pytest.approx(3 * 0.3**2 - 1, abs=1e-9)
