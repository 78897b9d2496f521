"""Kernels around users' functions are found again by what they hold, and only then."""

import math
import os
import subprocess
import sys
from types import ModuleType

import numba
import numpy as np
import pytest
from numba.core import event

from pdeopt.kernels._specialise import compiled, fingerprint, interpreted, specialised


def inner(x):
    """Stand for a user's function."""
    return x


def template(x):
    """Double what a user's function returns."""
    return 2.0 * inner(x)


@pytest.fixture(autouse=True)
def disk(tmp_path, monkeypatch):
    """Begin with an empty disk cache."""
    monkeypatch.setattr(numba.config, "CACHE_DIR", str(tmp_path))


def made(text, **names):
    """Return the function f of a text, as a notebook cell makes it: of no file."""
    exec(compile(text, "<cell>", "exec"), names)
    return names["f"]


def compilations(function, *args):
    """Return what a call gives, and the functions that were compiled for it."""
    with event.install_recorder("numba:compile") as recorder:
        result = function(*args)
    return result, [each.data["dispatcher"].py_func.__name__ for _, each in recorder.buffer if each.is_start]


def test_the_same_content_is_found_on_disk_wherever_it_was_written():
    first = made("def f(x): return K * x", K=3.0)
    again = made("\n\nK = 3.0\ndef f(x):\n    return K * x  # moved")
    assert compilations(specialised(template, inner=first), 1.0) == (6.0, ["template", "f"])
    assert compilations(specialised(template, inner=again), 1.0) == (6.0, [])


def helper(factor):
    return numba.njit(made(f"def f(x): return {factor} * x"))


def constants(factor):
    module = ModuleType("own_constants")
    module.K = factor
    return module


def closed_over(factor):
    return made(f"def make(k):\n    def f(x): return k * x\n    return f\nf = make({factor})")


VARIANTS = {
    "literal": lambda k: made(f"def f(x): return {k} * x"),
    "global constant": lambda k: made("def f(x): return K * x", K=k),
    "entry of a global array": lambda k: made("def f(x): return K[1] * x", K=np.array([0.0, k])),
    "closure": closed_over,
    "default": lambda k: made(f"def f(x, k={k}): return k * x"),
    "constant of an own module": lambda k: made("def f(x): return own.K * x", own=constants(k)),
    "function that it calls": lambda k: made("def f(x): return h(x)", h=helper(k)),
    "function called by one that it calls": lambda k: made(
        "def f(x): return g(x)", g=numba.njit(made("def f(x): return h(x)", h=helper(k)))
    ),
}


@pytest.mark.parametrize("vary", VARIANTS.values(), ids=VARIANTS)
def test_a_change_of_anything_that_a_function_depends_on_is_seen(vary):
    assert specialised(template, inner=vary(2.0))(1.0) == 4.0
    assert specialised(template, inner=vary(5.0))(1.0) == 10.0
    assert compilations(specialised(template, inner=vary(2.0)), 1.0) == (4.0, [])


def test_which_of_two_functions_is_called_again_is_seen():
    one, two = helper(1.0), helper(2.0)
    text = "def f(x): return 100 * a(x) + 10 * b(x) + c(x)"
    first = specialised(template, inner=made(text, a=one, b=two, c=one))
    second = specialised(template, inner=made(text, a=one, b=two, c=two))
    assert (first(1.0), second(1.0)) == (242.0, 244.0)


@pytest.mark.parametrize(
    ("one", "other"), [("1", "1.0"), ("0.0", "-0.0"), ("1", "True"), ("math.sin(x)", "math.cos(x)")]
)
def test_texts_that_look_alike_are_told_apart(one, other):
    first, second = (made(f"def f(x): return {text}", math=math) for text in (one, other))
    assert fingerprint(first) != fingerprint(second)


def test_lambdas_of_one_line_do_not_collide():
    rise, fall = (lambda x: x + 1.0), (lambda x: x - 1.0)
    assert [specialised(template, inner=each)(1.0) for each in (rise, fall, rise)] == [4.0, 0.0, 4.0]


def test_options_of_a_decorator_count_and_stay():
    def product(x):
        return x * x

    strict, fused = (numba.njit(fastmath=flags)(product) for flags in (False, {"contract", "nsz"}))
    assert fingerprint(strict) != fingerprint(fused)
    assert compiled(fused).targetoptions["fastmath"] == {"contract", "nsz"}
    again = numba.njit(fastmath={"nsz", "contract"})(product)
    assert fingerprint(fused) == fingerprint(again)


def test_what_is_not_understood_is_compiled_every_time():
    from_elsewhere = made("def f(x): return x if thing is None else 2.0 * x", thing=None)
    unknown = made("def f(x): return 2.0 * x if 1 else thing", thing=object())
    assert fingerprint(from_elsewhere)[1]
    assert not fingerprint(unknown)[1]


FACTORIAL = numba.njit(made("def f(n): return 1.0 if n < 1.0 else n * f(n - 1.0)"))
FACTORIAL.py_func.__globals__["f"] = FACTORIAL


def test_functions_that_call_themselves_are_compiled_and_interpreted():
    assert compiled(FACTORIAL)(5.0) == interpreted(FACTORIAL)(5.0) == 120.0
    user = made("def f(x): return g(x)", g=FACTORIAL)
    assert specialised(template, inner=user)(5.0) == 240.0


def test_an_interpreted_function_calls_plain_python_all_the_way():
    seen = []
    user = made("def f(x): return h(x)", h=numba.njit(made("def f(x): return note(x)", note=seen.append)))
    interpreted(user)(3.0)
    assert seen == [3.0]


TEMPLATE = "def inner(x):\n    return x\n\n\ndef template(x):\n    return 2.0 * inner(x)\n"
OWN_KERNEL = """
from numba.core import event
with event.install_recorder("numba:compile") as recorder:
    import numba, own
    from pdeopt.kernels._specialise import specialised
    shift = {shift}
    helper = numba.njit(lambda x: x + shift)
    def user(x): return 3.0 * helper(x)
    result = specialised(own.template, inner=user)(1.0)
print(result, sum(each.is_start for _, each in recorder.buffer))
"""
ENSEMBLE = """
from numba.core import event
with event.install_recorder("numba:compile") as recorder:
    import pdeopt
    def pull(t, x, rate): return -rate * x + {shift}
    system = pdeopt.SDE(pull, lambda t, x, rate: 0.0, noise="additive", args=(1.5,))
    run = pdeopt.simulate(system, 1.0, step=0.5, n_steps=1, observables=lambda t, x, rate: x * x)
print(run.final[0, 0], sum(each.is_start for _, each in recorder.buffer))
"""


def in_a_process(text, folder):
    """Return the numbers that a script prints, given on the command line: its functions are of no file."""
    variables = {**os.environ, "NUMBA_CACHE_DIR": str(folder)}
    words = subprocess.run(
        [sys.executable, "-c", text], env=variables, cwd=folder, capture_output=True, check=True, text=True
    )
    return [float(word) for word in words.stdout.split()]


def test_a_second_process_compiles_nothing(tmp_path):
    (tmp_path / "own.py").write_text(TEMPLATE)
    first = in_a_process(OWN_KERNEL.format(shift=1.0), tmp_path)
    assert first[0] == 12.0
    assert first[1] > 0
    assert in_a_process(OWN_KERNEL.format(shift=1.0), tmp_path) == [12.0, 0.0]


@pytest.mark.slow
def test_a_second_process_with_the_same_equation_compiles_nothing_and_a_changed_one_is_seen(tmp_path):
    first = in_a_process(ENSEMBLE.format(shift=0.0), tmp_path)
    assert first[0] == 0.25
    assert first[1] > 0
    assert in_a_process(ENSEMBLE.format(shift=0.0), tmp_path) == [0.25, 0.0]
    changed = in_a_process(ENSEMBLE.format(shift=1.0), tmp_path)
    assert changed[0] == 0.75
    assert 0 < changed[1] < first[1]
