"""Steps, modes and components that no decision can be made of are refused, with others that work."""

import ast
import math
import re

import pytest

from pdeopt.verification import exit_order, invariant_bias, strong_order, weak_order

DECISIONS = {
    "weak": lambda steps: weak_order("euler-maruyama", steps=steps),
    "invariant": lambda steps: invariant_bias("baoab", steps=steps),
    "exit": lambda steps: exit_order("euler-maruyama", test="bridge", steps=steps),
    "strong": lambda steps: strong_order("euler-maruyama", noise="commutative", steps=steps),
}


@pytest.mark.parametrize("quantity", DECISIONS)
@pytest.mark.parametrize(
    "steps",
    [[], [0.1, -0.05], [math.nan, 0.1], [math.inf, 1.0], [0.5, 0.0], [0.05, 0.1], [0.1, 0.1], [0.4, 0.2, 0.15], 0.1],
    ids=str,
)
def test_steps_that_are_no_falling_geometric_sequence_are_refused(quantity, steps):
    with pytest.raises(ValueError, match=rf"^steps={re.escape(repr(steps))} must be .*positive.*geometric"):
        DECISIONS[quantity](steps)


def test_the_steps_that_a_refusal_names_settle_the_order():
    with pytest.raises(ValueError, match="such as steps=") as refusal:
        invariant_bias("euler-maruyama", steps=[])
    advised = ast.literal_eval(re.search(r"such as steps=(\[.*\])", str(refusal.value))[1])
    assert invariant_bias("euler-maruyama", steps=advised).verdict == "certified"


@pytest.mark.parametrize("decide", [weak_order, invariant_bias])
def test_a_number_of_modes_below_one_is_refused(decide):
    with pytest.raises(ValueError, match=r"n_modes=-3 must be at least 1. Use n_modes=24"):
        decide("euler-maruyama", n_modes=-3)


@pytest.mark.parametrize("components", [(7,), (-1,), (), (0, 2), 0])
def test_components_that_an_equation_does_not_have_are_refused(components):
    words = rf"^components={re.escape(repr(components))} must .* of the 2 components .* Use components=\(0, 1\)"
    with pytest.raises(ValueError, match=words):
        invariant_bias("baoab", components=components)


def test_all_components_are_the_default():
    every, default = invariant_bias("obabo", components=(0, 1)), invariant_bias("obabo")
    assert every.errors.tolist() == default.errors.tolist()
