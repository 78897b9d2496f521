"""What training methods refuse, with advice that works; and mistakes of other codes that must not come back."""

from dataclasses import fields

import numpy as np
import pytest
import reference_methods as twin
from driven_programs import driven
from training_methods import KINDS

from pdeopt.optimizers import (
    HJ,
    SGD,
    SGLD,
    AdLa,
    AdLaLa,
    ElasticSGD,
    EntropySGD,
    Heat,
    Langevin,
    Momentum,
    Partition,
    Structure,
)

STRUCTURE = Structure(twin.D, twin.SLICES)
CHOICES = {"word", "scope", "friction_form", "amplitude", "outer", "average_of"}
MAY_BE_NONE = {"other_temperature", "center_step_size", "average"}


@pytest.mark.parametrize("method", KINDS, ids=lambda method: method.name)
def test_every_wrong_setting_is_named_with_its_value(method):
    for one in fields(method):
        wrong = [np.nan, "much"] if one.name in CHOICES else [np.nan, -2.0, "much", True]
        if one.name in ("scaled", *MAY_BE_NONE) or not one.init:
            continue
        for value in wrong:
            if (one.name, value) == ("initial_friction", -2.0):
                continue
            with pytest.raises(ValueError, match=one.name):
                method(**{one.name: value})


@pytest.mark.parametrize(
    ("parts", "said"),
    [
        ({"layer3": SGD()}, "part='layer3' is not a part of these parameters. Use one of layer1, layer1.weight"),
        ({"layer1": SGD(), "weights": SGD(), "biases": SGD()}, "parts layer1, weights, biases overlap at parameter 0"),
        ({"layer1": SGD(), "layer1.bias": SGD(), "rest": SGD()}, "overlap at parameter 4"),
        ({"first": SGD(), "layer2.weight": SGD()}, r"no part takes parameter 8. Add 'rest': SGD\(0.1\)"),
    ],
)
def test_a_partition_that_does_not_fit_the_network_is_refused(parts, said):
    with pytest.raises(ValueError, match=said):
        Partition(parts).machine(STRUCTURE)


def test_the_advice_for_partitions_works():
    for parts in ({"layer1": SGD(), "rest": SGD(0.1)}, {"first": SGD(), "layer2.weight": SGD(), "rest": SGD(0.1)}):
        machine = Partition(parts).machine(STRUCTURE)
        moved = np.zeros(twin.D)
        for part in machine.parts:
            for piece in part.slices:
                moved[piece] += 1
        assert (moved == 1).all()
    for name in ("layer1", "layer1.weight", "all", "first", "last", "inner", "weights", "biases"):
        Partition({name: SGD(), "rest": SGD()}).machine(STRUCTURE)
    with pytest.raises(ValueError, match=r"methods=\{\} must name at least one part"):
        Partition({})
    with pytest.raises(TypeError, match=r"methods\['first'\]='sgd' must be a rule such as SGD\(0.1\)"):
        Partition({"first": "sgd"})
    with pytest.raises(TypeError, match="must be a rule"):
        Partition({"first": AdLaLa()})


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: Langevin(word="BAOAX"), "BAOAX"),
        (lambda: Langevin(word="BAB"), "word='BAB' has no friction. Use friction=0.0, or word='BAOAB'"),
        (lambda: AdLa(word="BAOAB"), "word='BAOAB' must consist of the letters A, B, C, D and E"),
        (lambda: AdLa(scope="neuron"), "scope='neuron' must be one of 'layer', 'tensor', 'all'"),
        (lambda: AdLaLa(friction_form="written"), "friction_form='written' must be one of 'xi', 'eps\\*xi'"),
        (lambda: SGLD(amplitude="h"), "amplitude='h'"),
        (lambda: HJ(outer="proximal"), "outer='proximal' must be one of 'displacement', 'gradient'"),
        (lambda: Heat(n_inner=2.5), "n_inner=2.5 must be a whole number from 1 on"),
        (lambda: ElasticSGD(n_replicas=0), "n_replicas=0"),
        (lambda: EntropySGD(scoping=-1.0), "scoping=-1.0 must be a number above -1"),
        (lambda: Momentum(momentum=1.0), "momentum=1.0 must be from 0 to below 1"),
        (lambda: AdLa(initial_friction=np.inf), "initial_friction=inf must be finite"),
    ],
)
def test_a_word_that_is_not_one_is_named(make, said):
    with pytest.raises(ValueError, match=said):
        make()


def test_a_word_without_friction_is_the_method_of_verlet():
    free = Langevin(0.1, 0.0, 0.3, "BAB")
    x, _ = free.step(twin.force_gradient, twin.START, free.init(twin.START), 0)
    expected = next(twin.langevin(twin.START, twin.force_gradient, None, 0.1, 0.0, 0.3, "BAB"))
    assert x == pytest.approx(expected, abs=1e-14)


def test_every_tensor_has_a_thermostat_of_its_own_and_so_has_every_run():
    method = AdLa(0.25, 0.3, 0.6, 0.2, initial_friction=0.7, scope="tensor")
    one, other = (method.init(twin.START, STRUCTURE) for _ in range(2))
    assert list(one.frictions.values()) == [0.7] * 4
    x, moved = method.step(twin.force_gradient, twin.START, one, 3)
    assert len(set(moved.frictions.values())) == 4
    assert list(one.frictions.values()) == list(other.frictions.values()) == [0.7] * 4
    assert np.array_equal(x, method.step(twin.force_gradient, twin.START, other, 3)[0])
    _, first, _, _ = driven(method, STRUCTURE, twin.START, 50)
    _, again, _, _ = driven(method, STRUCTURE, twin.START, 50)
    assert np.array_equal(first[1], again[1])


def test_two_methods_of_a_partition_do_not_share_a_thermostat():
    parts = {"first": AdLa(0.25, 0.3, 0.6, 0.2), "rest": AdLa(0.25, 0.05, 0.6, 0.4, initial_friction=0.4)}
    _, (start, end), _, _ = driven(Partition(parts), STRUCTURE, twin.START, 200)
    assert start.tolist() == [0.1, 0.4]
    assert end[0] != end[1]


def test_the_number_of_a_thermostat_is_that_of_its_parameters():
    state = AdLa(scope="tensor").init(twin.START, STRUCTURE)
    still = np.zeros(twin.D)
    _, state = AdLa(0.1, 2.0, 0.0, 0.5, 0.0, "tensor").step(lambda x: 0.0 * x, still, state, 0)
    frictions = np.array(list(state.frictions.values())) - 0.1
    assert frictions == pytest.approx(-0.1 * 0.5 * 2.0 * np.array([4, 2, 2, 1]), abs=1e-15)


def test_friction_at_rest_is_no_division_by_zero():
    """O of AdLa at xi = 0 adds sigma sqrt(h) R; around it the amplitude is smooth, for friction of any sign."""
    x = np.zeros(twin.D)
    kicks = []
    for xi in (-1e-9, 0.0, 1e-9):
        method = AdLa(0.3, 1e-30, 0.8, 1e-30, xi, "all", word="BAOEOAB")
        _, state = method.step(lambda y: 0.0 * y, x, method.init(x, STRUCTURE), np.random.default_rng(2))
        kicks.append(state.vectors["momentum"])
        registers, _, _, _ = driven(method, STRUCTURE, x, 1, nonlinear=False)
        assert np.isfinite(registers["momentum"]).all()
    r = np.random.default_rng(2).standard_normal((2, twin.D)).sum(axis=0)
    assert kicks[1] == pytest.approx(0.8 * np.sqrt(0.15) * r, abs=1e-14)
    assert np.abs(kicks[0] - kicks[2]).max() < 1e-8


def test_noise_is_scaled_with_the_step_size():
    """A gradient-free step of size h spreads by sqrt(2 h / beta), not by a number that h leaves alone."""
    x = np.zeros(40_000)
    for h in (0.01, 0.09):
        method = SGLD(h, 0.5)
        moved, _ = method.step(lambda y: 0.0 * y, x, method.init(x), np.random.default_rng(1))
        assert moved.std() == pytest.approx(0.5 * np.sqrt(2.0 * h), rel=4.0 / np.sqrt(2.0 * x.size))


def test_small_frictions_keep_all_digits_of_their_noise():
    """The amplitude of O is that of `expm1`: 1 - c^2 in plain numbers has no digit left at these settings."""
    x, h, gamma = np.zeros(1), 1e-4, 1e-13
    method = Langevin(h, gamma, 1.0, "OBA")
    _, state = method.step(lambda y: 0.0 * y, x, method.init(x), np.random.default_rng(1))
    r = np.random.default_rng(1).standard_normal((1, 1))[0, 0]
    assert state.vectors["momentum"][0] == pytest.approx(np.sqrt(2.0 * gamma * h) * r, rel=1e-12)
