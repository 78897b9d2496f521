"""The record of a stochastic differential equation: what it accepts, how it is called, how it travels."""

import pickle
import subprocess
import sys
from dataclasses import replace

import numba
import numpy as np
import pytest

from pdeopt import SDE

COMPILED_ONLY = pytest.mark.skipif(numba.config.DISABLE_JIT, reason="nothing is compiled")


def reversion(t, x, rate, level):
    return rate * (level - x)


def noise(t, x, rate, level):
    return 0.5 * x


def rotation(t, x):
    return (x[1], -x[0])


def mixed(t, x):
    return ((1, x[0], 0), (0, 1, 2.0))


def fill(t, x, out):
    for i in range(len(x)):
        out[i] = -x[i]


@numba.njit
def compiled_reversion(t, x, rate, level):
    return rate * (level - x)


@numba.njit
def by_own_loop(drift, x, args):
    total = 0.0
    for _ in range(3):
        total += drift(0.0, x, *args)
    return total


LINE = SDE(reversion, noise, args=(2.0, 1.0), name="line")
PLANE = SDE(rotation, mixed, "general", 2, 3)


@pytest.mark.parametrize(
    ("facts", "form", "diffusion", "jacobian", "n_brownian"),
    [
        ({}, "vector", (), (), 1),
        ({"noise": "additive"}, "vector", (), (), 1),
        ({"noise": "scalar"}, "scalar", (), (), 1),
        ({"noise": "general", "n_noise": 3}, "rows", (3,), (3,), 3),
        ({"noise": "additive", "n_noise": 3}, "rows", (3,), (3,), 3),
        ({"dim": 2}, "vector", (2,), (2,), 2),
        ({"dim": 2, "noise": "scalar"}, "scalar", (2,), (2, 2), 1),
        ({"dim": 2, "noise": "commutative", "n_noise": 3}, "rows", (2, 3), (2, 3, 2), 3),
    ],
)
def test_noise_fixes_the_shape_of_diffusion_and_jacobian(facts, form, diffusion, jacobian, n_brownian):
    system = SDE(rotation, rotation, **facts)
    assert (system.diffusion_form, system.n_brownian) == (form, n_brownian)
    assert (system.diffusion_shape, system.jacobian_shape) == (diffusion, jacobian)
    assert replace(system, name="again").diffusion_shape == diffusion


def test_a_record_prints_what_it_is():
    assert repr(LINE) == "<SDE 'line': dim 1, diagonal noise, Ito, args (2.0, 1.0)>"
    assert repr(PLANE) == "<SDE: dim 2, general noise of 3 Brownian motions, Ito>"
    assert "diffusion_jacobian numerical" in repr(LINE.with_jacobian())
    assert "array of shape (3,)" in repr(SDE(lambda t, x, a: x, lambda t, x, a: x, args=(np.ones(3),)))


@pytest.mark.parametrize("drift", [reversion, compiled_reversion], ids=["plain", "compiled"])
def test_users_functions_work_inside_compiled_loops(drift):
    system = SDE(drift, noise, args=(2.0, 1.0))
    assert by_own_loop(system.compiled_drift, 0.25, system.args) == 3 * 2.0 * 0.75
    assert system.drift is drift


def test_integers_among_the_results_become_floats():
    rows = PLANE.compiled_diffusion(0.0, (0.25, 0.5))
    assert rows == ((1.0, 0.25, 0.0), (0.0, 1.0, 2.0))
    assert all(type(item) is float for row in rows for item in row)


def test_above_eight_components_the_functions_fill_arrays():
    system = SDE(fill, fill, dim=9)
    out = np.empty(9)
    system.compiled_drift(0.0, np.arange(9.0), out)
    np.testing.assert_array_equal(out, -np.arange(9.0))


@COMPILED_ONLY
def test_all_parameters_share_one_compilation():
    def drift(t, x, rate):
        return -rate * x

    first, second = (SDE(drift, lambda t, x, rate: 1.0, args=(rate,)) for rate in (1.0, 2.0))
    assert first.compiled_drift(0.0, 3.0, *first.args) == -3.0
    assert second.compiled_drift(0.0, 3.0, *second.args) == -6.0
    assert first.compiled_drift is second.compiled_drift
    assert len(first.compiled_drift.signatures) == 1


@COMPILED_ONLY
def test_nothing_is_compiled_when_a_record_is_made():
    system = SDE(lambda t, x: -x, lambda t, x: 1.0)
    assert system.compiled_drift.signatures == []


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"noise": "colored"}, "noise='colored' is not known. Use one of 'additive', 'diagonal'"),
        ({"interpretation": "Ito"}, "interpretation='Ito' is not known. Use one of 'ito'"),
        ({"dim": 0}, "dim=0 must be a whole number of at least 1"),
        ({"dim": 1.5}, r"dim=1\.5 must be a whole number"),
        ({"noise": "general"}, "needs the number of Brownian motions.*give n_noise, e.g. n_noise=1"),
        ({"n_noise": 0}, "n_noise=0 must be a whole number"),
        ({"n_noise": 2}, "n_noise=2 does not fit noise='diagonal' with dim=1.*Use n_noise=1, or noise='general'"),
        ({"noise": "scalar", "n_noise": 2}, "n_noise=2 does not fit noise='scalar'.*Use n_noise=1"),
    ],
)
def test_facts_that_contradict_each_other_are_refused(change, says):
    with pytest.raises(ValueError, match=says):
        SDE(lambda t, x: -x, lambda t, x: 1.0, **change)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"args": (1.0, {"k": 2.0})}, r"args\[1\]={'k': 2.0} is of type dict, which compiled code does not take"),
        ({"args": 2.0}, r"args=2.0 is not a tuple of parameters. Use args=\(2.0,\)"),
        (
            {"args": (2.0,)},
            r"drift takes \(t, x\), but args has 1 entries, so it is called as drift\(t, x, args\[0\]\)",
        ),
        ({"drift": np.sin}, "drift=<ufunc 'sin'> is of type ufunc, which compiled code cannot call"),
        ({"diffusion": 1.0}, "diffusion=1.0 is of type float"),
        ({"diffusion_jacobian": 0.0}, "diffusion_jacobian=0.0 is of type float"),
        ({"dim": 9}, r"drift takes \(t, x\).*called as drift\(t, x, out\)"),
    ],
)
def test_functions_that_cannot_be_called_are_refused(change, says):
    given = {"drift": lambda t, x: -x, "diffusion": lambda t, x: 1.0}
    with pytest.raises(TypeError, match=says):
        SDE(**(given | change))


def test_records_survive_pickling_with_lambdas_and_closures():
    rate = 3.0
    system = SDE(lambda t, x: -rate * x, numba.njit(lambda t, x: 2.0), name="made here")
    back = pickle.loads(pickle.dumps(system))
    assert repr(back) == repr(system)
    assert (back.compiled_drift(0.0, 2.0), back.compiled_diffusion(0.0, 2.0)) == (-6.0, 2.0)
    assert pickle.loads(pickle.dumps(LINE)).drift is reversion


def test_supplied_jacobians_and_converted_systems_survive_pickling():
    back = pickle.loads(pickle.dumps(LINE.with_jacobian()))
    assert back.compiled_jacobian(0.0, 2.0, 2.0, 1.0) == pytest.approx(0.5, rel=1e-9)
    converted = pickle.loads(pickle.dumps(LINE.as_stratonovich()))
    assert converted.compiled_drift(0.0, 2.0, 2.0, 1.0) == pytest.approx(-2.25, rel=1e-9)


MAKE = """
import pickle, sys, numba, pdeopt
def drift(t, x, a):
    return -a * x
@numba.njit
def diffusion(t, x, a):
    return a
sys.stdout.buffer.write(pickle.dumps(pdeopt.SDE(drift, diffusion, args=(3.0,))))
"""
USE = """
import pickle, sys
system = pickle.loads(sys.stdin.buffer.read())
print(system.compiled_drift(0.0, 2.0, *system.args), system.compiled_diffusion(0.0, 2.0, *system.args))
"""


def test_functions_of_a_script_reach_another_process():
    made = subprocess.run([sys.executable, "-c", MAKE], capture_output=True, check=True).stdout
    used = subprocess.run([sys.executable, "-c", USE], input=made, capture_output=True, check=True).stdout
    assert used.split() == [b"-6.0", b"3.0"]
