"""Schedules: their values, that methods and resumed runs see them, and what is said about those that are wrong."""

from dataclasses import fields, replace
from itertools import islice

import numpy as np
import pytest
import reference_methods as twin

from pdeopt.optimizers import (
    FP,
    HJ,
    LOL,
    SGD,
    SGLD,
    Adam,
    AdLa,
    AdLaLa,
    Annealing,
    Constant,
    Cosine,
    ElasticSGD,
    EntropySGD,
    Exponential,
    Heat,
    InverseTime,
    Langevin,
    Momentum,
    Nesterov,
    Parle,
    PiecewiseConstant,
    RMSProp,
    Structure,
    Warmup,
)

STRUCTURE = Structure(twin.D, twin.SLICES)
NOT_SCHEDULED = {"initial_friction", "scoping", "shortest", "shortest_elastic", "n_inner", "n_replicas", "scaled"}
METHODS = [
    *(SGD(), Momentum(), Nesterov(), RMSProp(), Adam(), SGLD(), Langevin(), Langevin(word="UBU"), Langevin(word="VAV")),
    *(AdLa(), AdLa(word="BAOEOAB"), AdLaLa(other_temperature=0.1), LOL(other_temperature=0.1)),
    *(EntropySGD(momentum=0.3), HJ(momentum=0.3), FP(momentum=0.3), Heat(momentum=0.3)),
    *(ElasticSGD(center_step_size=0.1, beta=2.0), Parle()),
]


def settings(method):
    """Return the names of numeric settings that may be schedules."""
    numbers = [one.name for one in fields(method) if isinstance(getattr(method, one.name), float)]
    return [name for name in numbers if name not in NOT_SCHEDULED]


@pytest.mark.parametrize(
    ("schedule", "expected"),
    [
        (Constant(0.3), [0.3, 0.3, 0.3, 0.3]),
        (PiecewiseConstant([1.0, 0.5, 0.1], [5, 10]), [1.0, 0.5, 0.1, 0.1]),
        (Exponential(2.0, 0.5, 5), [2.0, 1.0, 0.5, 0.125]),
        (InverseTime(1.0, 5.0), [1.0, 0.5, 1.0 / 3.0, 0.2]),
        (InverseTime(1.0, 5.0, 0.5), [1.0, 0.5**0.5, 3.0**-0.5, 0.2**0.5]),
        (Cosine(1.0, 10, 0.2), [1.0, 0.6, 0.2, 0.2]),
        (Warmup(0.5, 10), [0.05, 0.3, 0.5, 0.5]),
        (Warmup(Exponential(2.0, 0.5, 5), 10), [0.2, 0.6, 0.5, 0.125]),
        (Annealing(1.0, 0.01, 10), [1.0, 0.1, 0.01, 0.01]),
        (Annealing(1.0, 0.0, 10, "linear"), [1.0, 0.5, 0.0, 0.0]),
    ],
    ids=str,
)
def test_schedules_have_the_values_that_they_state(schedule, expected):
    assert schedule(np.array([0, 5, 10, 20])) == pytest.approx(expected, abs=1e-15)
    assert len(str(schedule)) < 60
    assert eval(repr(schedule)) == schedule


@pytest.mark.parametrize("method", METHODS, ids=str)
def test_every_numeric_setting_of_every_method_may_be_a_schedule(method):
    steps = np.arange(7)
    for name in settings(method):
        value = getattr(method, name)
        still = replace(method, **{name: Constant(value)})
        fixed, given = (one.machine(STRUCTURE).constants(steps) for one in (method, still))
        assert len(given) == len(steps)
        assert np.allclose(given, np.broadcast_to(fixed, given.shape), rtol=1e-14, atol=0.0)
        moving = replace(method, **{name: Exponential(value, 0.5)}).machine(STRUCTURE).constants(steps)
        halved = replace(method, **{name: value / 8.0}).machine(STRUCTURE).constants(steps)
        if not (isinstance(method, Adam) and "decay" in name):  # Its corrections depend on all decays so far.
            assert np.allclose(moving[3], halved[min(3, len(halved) - 1)], rtol=1e-13, atol=0.0)
            assert not np.allclose(moving[3], given[3], rtol=1e-6, atol=0.0)


@pytest.mark.parametrize("method", [SGD(Cosine(0.3, 20)), Adam(decay=lambda n: 0.5 + 0.01 * n), AdLaLa(Warmup(0.3, 9))])
def test_a_resumed_run_sees_the_numbers_it_would_have_seen(method):
    machine = method.machine(STRUCTURE)
    assert np.array_equal(machine.constants(np.arange(30))[11:], machine.constants(np.arange(11, 30)))
    x, state = twin.START, method.init(twin.START, STRUCTURE)
    for _ in range(10):
        x, state = method.step(twin.force_gradient, x, state, 3)
    again, resumed = x, type(state)(10, dict(state.vectors), dict(state.frictions), STRUCTURE)
    for _ in range(10):
        x, state = method.step(twin.force_gradient, x, state, 3)
        again, resumed = method.step(twin.force_gradient, again, resumed, 3)
    assert np.array_equal(x, again)


def test_a_step_size_that_falls_is_the_one_of_its_step():
    method, x, state = SGD(InverseTime(0.2, 3.0)), twin.START, None
    state = method.init(x)
    expected = x
    for n in range(10):
        x, state = method.step(twin.force_gradient, x, state, 0)
        expected = expected - 0.2 / (1.0 + n / 3.0) * twin.force_gradient(expected)
        assert np.abs(x - expected).max() < 1e-14


def test_adam_forgets_its_start_by_the_product_of_its_decays():
    decays, squares = np.linspace(0.5, 0.9, 40), np.linspace(0.99, 0.8, 40)
    method = Adam(0.02, lambda n: decays[n], lambda n: squares[n], 1e-7)
    x, state = twin.START, method.init(twin.START)
    y, m, v = x, 0.0, 0.0
    for n in range(40):
        x, state = method.step(twin.force_gradient, x, state, 0)
        g = twin.force_gradient(y)
        m, v = decays[n] * m + (1.0 - decays[n]) * g, squares[n] * v + (1.0 - squares[n]) * g * g
        mean, square = m / (1.0 - np.prod(decays[: n + 1])), v / (1.0 - np.prod(squares[: n + 1]))
        y = y - 0.02 * mean / (np.sqrt(square) + 1e-7)
        assert np.abs(x - y).max() < 1e-12
    fixed = twin.adam(twin.START, twin.force_gradient, None, 0.02, 0.7, 0.9, 1e-7)
    same = Adam(0.02, Constant(0.7), Constant(0.9), 1e-7)
    x, state = same.init(twin.START), None
    x, state = twin.START, same.init(twin.START)
    for expected in islice(fixed, 20):
        x, state = same.step(twin.force_gradient, x, state, 0)
        assert np.abs(x - expected).max() < 1e-12


def test_a_step_size_may_fall_to_zero_even_at_infinite_friction():
    for method in (LOL(Cosine(0.2, 3)), AdLa(Cosine(0.2, 3), word="BAOEOAB"), Langevin(Cosine(0.2, 3), word="UBU")):
        x, state = twin.START, method.init(twin.START, STRUCTURE)
        for _ in range(5):
            before = x
            x, state = method.step(twin.force_gradient, x, state, 3)
        assert np.array_equal(x, before)


@pytest.mark.parametrize(
    ("schedule", "said"),
    [
        (lambda steps: 0.1, r"step_size=.* returned shape \(\) for steps of shape \(1,\)"),
        (lambda steps: np.ones((len(steps), 2)), r"shape \(1, 2\)"),
        (lambda steps: 0.1 - 0.2 * (steps == 0), "step_size is -0.1 at step 0, and must be 0 or more"),
    ],
)
def test_a_schedule_that_is_wrong_at_once_is_refused_at_once(schedule, said):
    for method in (SGD, Langevin, AdLa, Heat):
        with pytest.raises(ValueError, match=said):
            method(step_size=schedule)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_a_schedule_that_goes_wrong_later_is_refused_with_the_step(bad):
    def schedule(steps):
        return np.where(steps == 7, bad, 0.1)

    for method in (SGD(schedule), Langevin(temperature=schedule), Adam(decay=schedule), Heat(time=schedule)):
        with pytest.raises(ValueError, match=r"is (-1|nan) at step 7, and must be"):
            method.machine(STRUCTURE).constants(np.arange(5, 10))
    with pytest.raises(ValueError, match="momentum is 1 at step 3, and must be from 0 to below 1"):
        Momentum(momentum=lambda n: n / 3.0).machine(STRUCTURE).constants(np.arange(9))
    with pytest.raises(ValueError, match="time is 0 at step 4, and must be positive"):
        HJ(time=Annealing(1.0, 0.0, 4, "linear")).machine(STRUCTURE).constants(np.arange(9))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: PiecewiseConstant([0.1, 0.2], [5, 9]), r"changes=\(5, 9\) must be steps above 0 in order, one fewer"),
        (lambda: PiecewiseConstant([0.1, 0.2, 0.3], [9, 5]), "changes"),
        (lambda: Annealing(1.0, 0.0, 10), r"end=0.0 must be a positive number"),
        (lambda: Annealing(1.0, 0.5, 10, "cubic"), "form='cubic' must be 'geometric' or 'linear'"),
        (lambda: Exponential(1.0, -0.5), "factor=-0.5"),
        (lambda: Cosine(np.nan, 5), "start=nan"),
        (lambda: Cosine(0.1, 0), "n_steps=0"),
        (lambda: Cosine(0.2, 0.02, 2000), "n_steps=0.02 must be a whole number"),
        (lambda: Warmup("fast", 5), "after='fast'"),
        (lambda: InverseTime(1.0, 0.0), "scale=0.0"),
        (lambda: Constant(True), "value=True"),
    ],
)
def test_a_wrong_number_of_a_schedule_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_the_advice_of_the_messages_works():
    assert PiecewiseConstant([0.1, 0.02], [1000])(np.array([999, 1000])).tolist() == [0.1, 0.02]
    assert SGD(step_size=lambda steps: 0.1 / (1 + steps)).machine(STRUCTURE).constants(np.arange(3)).shape[0] == 3


def test_methods_print_what_was_chosen():
    assert str(SGD()) == "sgd"
    assert str(AdLaLa(friction=10.0)) == "adlala(friction=10)"
    assert str(SGD(Cosine(0.1, 500))) == "sgd(step_size=0.1 -> 0 by a cosine in 500 steps)"
    assert str(Langevin(word="UBU")) == "langevin(word=UBU)"
