"""Bad input to landscapes: functions that do not compile or return no number, and facts of the wrong kind."""

import numba
import numpy as np
import pytest

from pdeopt import Landscape


@numba.njit
def without_attribute(x):
    return x.missing


def test_a_function_that_does_not_compile_is_refused_in_one_line():
    with pytest.raises(TypeError, match=r"without_attribute.*does not compile.*missing") as caught:
        Landscape(without_attribute)(1.0)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("result", [None, "a", 1j, (1.0, 2.0)])
def test_a_function_that_returns_no_real_number_is_refused(result):
    with pytest.raises(TypeError, match="must return a real number"):
        Landscape(lambda _: result)(1.0)


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"args": 3.0}, r"args=3.0.*\(3.0,\)"),
        ({"kinks": 3.0}, r"kinks=3.0.*\(3.0,\)"),
        ({"kinks": ("a",)}, "kinks has the entry 'a'"),
        ({"dim": None}, "dim=None"),
        ({"dim": np.nan}, "dim=nan"),
        ({"lipschitz": "a"}, "lipschitz='a'"),
        ({"curvature": 2.0}, "curvature=2.0"),
    ],
)
def test_a_fact_of_the_wrong_kind_is_named(facts, words):
    with pytest.raises((TypeError, ValueError), match=words):
        Landscape(lambda x: x, **facts)
