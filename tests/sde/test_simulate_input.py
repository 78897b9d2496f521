"""What `simulate` refuses: the message names argument, value and limit, and its advice works."""

import re

import numpy as np
import pytest

import pdeopt
from pdeopt import sde
from pdeopt.sde import memory
from pdeopt.sde.checks import checked_seed


def pull(t, x, rate, noise):
    return -rate * x


def spread(t, x, rate, noise):
    return noise


SYSTEM = pdeopt.SDE(pull, spread, noise="additive", args=(1.3, 0.7), name="reverting")
SIZES = {"step": 0.1, "n_steps": 10, "n_paths": 3}


def run(**changes):
    return pdeopt.simulate(SYSTEM, changes.pop("x0", 1.0), **{**SIZES, **changes})


NUMBERS = [
    ({"step": -0.1}, r"step=-0.1 must be positive"),
    ({"step": 0}, r"step=0 must be positive"),
    ({"step": np.nan}, r"step=nan must be positive and finite"),
    ({"step": np.inf}, r"step=inf must be positive and finite"),
    ({"step": "a"}, r"step='a' is not a number"),
    ({"step": None}, r"step=None is not a number"),
    ({"start": np.nan}, r"start=nan must be finite"),
    ({"start": "a"}, r"start='a' is not a number"),
    ({"noise_step": 0.0}, r"noise_step=0.0 must be positive"),
    ({"noise_step": 0.03}, r"noise_step=0.03 does not divide step=0.1"),
    ({"n_steps": 0}, r"n_steps=0 must be at least 1"),
    ({"n_steps": 2.0}, r"n_steps=2.0 is not an integer"),
    ({"n_paths": -1}, r"n_paths=-1 must be at least 1"),
    ({"threads": 0}, r"threads=0 must be at least 1"),
    ({"block_size": 0}, r"block_size=0 must be at least 1"),
    ({"save_every": 0}, r"save_every=0 must be at least 1"),
    ({"save_every": 11}, r"save_every=11 is more than n_steps=10"),
    ({"seed": 1.5}, r"seed=1.5 is not an integer"),
]


@pytest.mark.parametrize(("changes", "message"), NUMBERS)
def test_a_wrong_number_is_refused_and_the_advice_works(changes, message):
    with pytest.raises((ValueError, TypeError), match=message) as caught:
        run(**changes)
    name, value = re.search(r"Use (\w+)=([^ ]+)\.$", str(caught.value)).groups()
    assert np.isfinite(run(**{name: float(value) if "." in value else int(value)}).final).all()


def test_more_draws_than_can_be_told_apart_are_refused():
    def rest(t, x, out):
        out[:] = 0.0

    large = pdeopt.SDE(rest, rest, noise="additive", dim=70_000)
    with pytest.raises(ValueError, match=r"draws 70000 numbers a step for dim=70000; 65534 can be .* dim=65534"):
        pdeopt.simulate(large, np.zeros(70_000), **SIZES)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"n_steps": 10**19}, r"n_steps=10000000000000000000 is more than the 281474976710656"),
        ({"n_paths": 10**20}, r"n_paths=100000000000000000000 is more than the 9223372036854775807"),
        ({"statistics": "mean"}, r"statistics='mean' is neither Statistics nor a bool. Use sde.Statistics\(\)"),
        ({"executor": 3}, r"executor=3 is not a concurrent.futures.Executor. Use ProcessPoolExecutor\(\)"),
        ({"checkpoint": 3}, r"checkpoint=3 is not the name of a file"),
        ({"checkpoint": "/no/such/folder/run"}, r"folder that does not exist. Use checkpoint='run'"),
        ({"checkpoint_every": 0}, r"checkpoint_every=0 must be positive"),
        ({"method": "eulr"}, r"method='eulr' is not a scheme. Close ones: .*euler"),
        ({"x0": np.nan}, r"x0\[0\]=\[nan\] is not finite"),
        ({"x0": [0.0, np.inf, 1.0]}, r"x0\[1\]=\[inf\] is not finite"),
        ({"x0": "a"}, r"x0='a' is not an array of real numbers"),
        ({"x0": 1j}, r"x0=1j is not an array of real numbers"),
        ({"x0": [1.0, 2.0]}, r"x0 of shape \(2,\) does not fit a system of dim=1 and n_paths=3"),
        ({"x0": [[1.0, 2.0, 3.0]]}, r"x0 of shape \(1, 3\) .* or \(3, 1\)"),
        ({"observables": lambda t, x: x}, r"observables=.* failed: .*4 were given"),
        (
            {"observables": lambda t, x, a, b: [x]},
            r"observables=.* returned \[1.0\]. Use a function .* floats",
        ),
        ({"observables": lambda t, x, a, b: 1j}, r"returned 1j"),
    ],
)
def test_what_fits_nothing_is_refused_with_advice(changes, message):
    with pytest.raises((ValueError, TypeError), match=message):
        run(**changes)


def test_the_size_of_large_ensembles_is_said_before_they_are_allocated(monkeypatch, capsys):
    monkeypatch.setattr(memory, "WORTH_SAYING", 8 * 3 * (3 + 1))
    run(save_every=5, progress=True)
    assert "n_paths=3 with 3 saved states of 1 numbers take " in capsys.readouterr().err
    run(save_every=5, progress=False)
    assert capsys.readouterr().err == ""


def test_states_that_memory_cannot_hold_are_refused_before_they_are_allocated():
    per_path = memory.memory_limit() // (8 * 1000)
    with pytest.raises(MemoryError, match=r"n_paths=\d+ with 10001 saved states of 1 numbers take .* GiB") as caught:
        run(n_steps=10000, n_paths=per_path, save_every=1)
    every = int(re.search(r"Use save_every=(\d+);", str(caught.value)).group(1))
    saved = 10000 // every + 1
    assert 8 * per_path * (saved + 1) <= memory.memory_limit() < 8 * per_path * (saved + 500)


@pytest.mark.parametrize(
    ("drift", "diffusion", "more", "message"),
    [
        (lambda t, x: np.nan * x, lambda t, x: 1.0, {}, r"drift is nan at t=0.0, x=1.0, which is not finite"),
        (lambda t, x: -x, lambda t, x: np.log(x - 1.0), {}, r"diffusion is -inf at t=0.0, x=1.0"),
        (lambda t, x: (x,), lambda t, x: 1.0, {}, r"drift returns a tuple of 1 floats, but dim=1 .* needs a float"),
        (lambda t, x: x, lambda t, x: (1.0, 1.0, 1.0), {"dim": 2}, r"diffusion returns a tuple of 3 floats, but dim=2"),
        (
            lambda t, x: x,
            lambda t, x: (1.0, 1.0),
            {"dim": 2, "noise": "general", "n_noise": 3},
            r"noise='general' and n_noise=3 needs a tuple of 2 rows of 3 floats",
        ),
        (lambda t, x: {"a": [x]}["a"][0] * 1j, lambda t, x: 1.0, {}, r"drift returns complex"),
    ],
)
def test_wrong_results_of_the_functions_of_a_system_are_named_before_the_run(drift, diffusion, more, message):
    system = pdeopt.SDE(drift, diffusion, **more)
    with np.errstate(all="ignore"), pytest.raises((ValueError, TypeError), match=message):
        pdeopt.simulate(system, (1.0,) * system.dim, step=0.1, n_steps=2)


def plain(x):
    return x


def test_functions_that_cannot_be_compiled_are_named():
    system = pdeopt.SDE(lambda t, x: plain(x), lambda t, x: 1.0)
    with pytest.raises(TypeError, match=r"drift cannot be compiled by Numba .*'plain'"):
        pdeopt.simulate(system, 1.0, step=0.1, n_steps=2)
    with pytest.raises(TypeError, match=r"observables=.* cannot be compiled: .*'plain'"):
        run(observables=lambda t, x, a, b: plain(x))


def test_a_drift_that_turns_nan_on_the_way_stops_the_run_with_the_last_state():
    system = pdeopt.SDE(lambda t, x: np.nan if t > 0.55 else 0.0, lambda t, x: 0.0)
    with pytest.raises(sde.BlowUpError, match=r"path 0 left the finite numbers in step 6 \(t=0.6\)") as caught:
        pdeopt.simulate(system, 0.5, step=0.1, n_steps=100, n_paths=3)
    assert (caught.value.path, caught.value.step, caught.value.state) == (0, 6, [0.5])


@pytest.mark.parametrize("x0", [1, np.float32(1.0), [1.0], (1,), [[1.0]], [1, 1, 1], np.ones((3, 1), dtype=np.int8)])
def test_starts_of_every_form_are_the_same(x0):
    assert np.array_equal(run(x0=x0).final, run().final)


def test_seeds_of_any_size_and_sign_differ():
    seeds = [0, 1, -1, 2**63 - 1, 2**63, 2**64, -(2**64), 2**64 + 1, 2**200]
    used = [checked_seed(seed) for seed in seeds]
    assert len(set(used)) == len(seeds)
    assert all(0 <= seed < 2**63 for seed in used)
    assert checked_seed(np.uint64(2**64 - 1)) == checked_seed(2**64 - 1)


@pytest.mark.parametrize("n_paths", [1, 511, 512, 513, 4096, 4097])
def test_statistics_of_any_number_of_paths_are_those_of_the_states(n_paths):
    result = run(n_paths=n_paths, save_every=10)
    assert result.final.shape == (n_paths, 1)
    np.testing.assert_allclose(result.statistics.mean[:, 0], result.paths[..., 0].mean(axis=1), rtol=1e-13)
    if n_paths > 1:
        np.testing.assert_allclose(result.statistics.variance[1, 0], result.final.var(ddof=1), rtol=1e-12)


@pytest.mark.parametrize(
    ("options", "message"), [({"path": 3}, "path=3"), ({"path": 0, "save_every": 0}, "save_every=0")]
)
def test_a_replay_of_what_does_not_exist_is_refused(options, message):
    with pytest.raises(ValueError, match=message):
        run().replay(**options)


@pytest.mark.parametrize("method", ["baoab", "obabo", "gjf"])
def test_a_step_at_the_stability_limit_of_a_word_is_warned_of_and_the_advice_is_stable(method):
    well = pdeopt.langevin(pdeopt.landscapes.quadratic(4.0), beta=1.0)
    task = {**SIZES, "method": method, "n_steps": 1}
    with pytest.warns(
        sde.UnstableStepWarning, match=r"step=1 is .* limit 1 of .*curvature 4 of .* Use step="
    ) as caught:
        pdeopt.simulate(well, (0.0, 0.0), **{**task, "step": 1.0})
    advised = float(str(caught[0].message).split("Use step=")[1].rstrip("."))
    assert np.isfinite(pdeopt.simulate(well, (0.0, 0.0), **{**task, "step": advised, "n_steps": 200}).final).all()
    pdeopt.simulate(well, (0.0, 0.0), **{**task, "step": 0.999})
