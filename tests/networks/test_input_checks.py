"""What noise, layers, and the functions of layers refuse, with advice that works."""

import re

import numpy as np
import pytest

from pdeopt import Grid
from pdeopt.networks import (
    MLP,
    AdditiveNoise,
    BatchNoise,
    DenseBranch,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    ResidualLayer,
    ResNet,
    ShakeShake,
    StochasticDepth,
    TrainingControl,
    diffusion_check,
    jump_limit,
    mask_average,
    modified_equation,
    noise_regulariser,
)


def back(_t, x):
    return -x


LAYER, LINE = ResidualLayer(back, Dropout(0.5), step=0.25), Grid(-1.0, 1.0, 41)
DENSE = {
    "inner_weight": np.ones((3, 2)),
    "inner_bias": np.ones(3),
    "outer_weight": np.ones((2, 3)),
    "outer_bias": np.ones(2),
}
NAMES = {"numpy": np, "Dropout": Dropout, "ResidualLayer": ResidualLayer}


def advised(message, name):
    """Return the value of an argument that a message ends with."""
    advice = message.rpartition("Use ")[2].removeprefix("e.g. ").removesuffix(".")
    return eval(advice.removeprefix(f"{name}="), NAMES)


def refused(make, name, value, error=ValueError):
    """Return the message with which a value is refused, after the value that it names has been taken."""
    with pytest.raises(error, match=re.escape(name)) as found:
        make(**{name: value})
    make(**{name: advised(str(found.value), name)})
    return str(found.value)


@pytest.mark.parametrize("noise", [StochasticDepth, Dropout, DropConnect, GaussianDropout])
@pytest.mark.parametrize("value", ["0.5", None, True, 0.0, -0.1, 1.5, np.nan, 1j, [0.5]])
def test_a_keep_probability_is_a_number_above_0_and_at_most_1(noise, value):
    with pytest.raises(ValueError, match=re.escape(f"keep={value!r} must be a probability above 0 and at most 1")) as e:
        noise(value)
    assert noise(float(re.findall(r"e\.g\. keep=(.*)\.$", str(e.value))[0])).factor.mean > 0.0


@pytest.mark.parametrize("name", ["strength", "coefficient"])
@pytest.mark.parametrize("value", ["0.1", None, -0.1, np.inf, np.nan])
def test_the_size_of_noise_is_a_finite_number_from_0_on(name, value):
    for noise in (BatchNoise,) if name == "coefficient" else (AdditiveNoise, MultiplicativeNoise):
        assert f"{name}={value!r} must be a finite number at least 0" in refused(noise, name, value)
    assert BatchNoise(0.0).coefficient == 0.0


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("step", "a", ValueError, "step='a' must be a finite number above 0"),
        ("step", 0.0, ValueError, "step=0.0 must be a finite number above 0"),
        ("dim", 0, ValueError, "dim=0 must be a whole number of at least 1"),
        ("n_blocks", 0, ValueError, "n_blocks=0 must be a whole number of at least 1"),
        ("n_blocks", 2.5, ValueError, "n_blocks=2.5 must be a whole number of at least 1"),
        ("noise", "dropout", TypeError, "noise='dropout' is no Noise"),
        ("branch", 3.0, TypeError, "branch=3.0 must be a function of a time and a point, or a DenseBranch"),
    ],
)
def test_a_layer_names_what_is_wrong_and_what_works(name, value, error, words):
    def made(**changed):
        return ResidualLayer(**{"branch": back, **changed})

    assert words in refused(made, name, value, error)


def test_the_second_branch_of_a_layer_is_one_and_has_the_dim_of_the_first():
    with pytest.raises(TypeError, match=r"second=3\.0 must be a function.*Use e\.g\. second=lambda t, x: -x"):
        ResidualLayer(back, ShakeShake(), second=3.0)
    assert ResidualLayer(back, ShakeShake(), second=lambda _t, x: -x).dim == 1
    one, two = (DenseBranch(np.eye(d), np.zeros(d)) for d in (1, 2))
    with pytest.raises(ValueError, match=r"second has dim=2, but the layer has dim=1. Use branches of one dim"):
        ResidualLayer(one, ShakeShake(), second=two)
    assert ResidualLayer(two, ShakeShake(), second=two).dim == 2


@pytest.mark.parametrize(
    ("name", "value", "error", "words"),
    [
        ("inner_weight", np.ones(3), ValueError, "inner_weight has shape (3,), it must be (n, n)"),
        ("inner_weight", np.ones((0, 2)), ValueError, "inner_weight has shape (0, 2), it must be (n, n)"),
        ("inner_bias", np.ones(2), ValueError, "inner_bias has shape (2,), it must be (3,)"),
        ("outer_weight", np.ones((3, 3)), ValueError, "outer_weight has shape (3, 3), it must be (2, 3)"),
        ("outer_bias", np.ones(3), ValueError, "outer_bias has shape (3,), it must be (2,)"),
        ("inner_bias", [0.0, np.nan, 0.0], ValueError, "inner_bias[1]=nan must be finite"),
        ("outer_weight", np.full((2, 3), np.inf), ValueError, "outer_weight[0, 0]=inf must be finite"),
        ("inner_bias", "ones", TypeError, "inner_bias='ones' must be an array of shape (3,)"),
        ("outer_bias", [[1.0], [1.0, 2.0]], TypeError, "must be an array of shape (2,)"),
    ],
)
def test_weights_of_a_dense_branch_are_finite_and_fit_each_other(name, value, error, words):
    with pytest.raises(error, match=re.escape(words)) as found:
        DenseBranch(**{**DENSE, name: value})
    # Whoever takes the advice for the first weight has others that fit it.
    rest = {} if name != "inner_weight" else {"inner_bias": np.ones(8), "outer_weight": None, "outer_bias": None}
    DenseBranch(**{**DENSE, **rest, name: advised(str(found.value), name)})


def test_lists_are_weights_and_arrays_stay_what_they_are():
    lists = DenseBranch(**{name: value.tolist() for name, value in DENSE.items()})
    x = np.array([[0.3, -0.4], [0.1, 0.2]])
    assert np.array_equal(lists(x), DenseBranch(**DENSE)(x))
    assert DenseBranch(**DENSE).inner_weight is DENSE["inner_weight"]


def test_a_branch_without_outer_weight_has_as_many_components_as_its_points():
    with pytest.raises(ValueError, match=r"f has 3 components, and x has 2. Use e\.g\. outer_weight=") as found:
        DenseBranch(np.ones((3, 2)), np.ones(3))
    weight = advised(str(found.value), "outer_weight")
    assert DenseBranch(np.ones((3, 2)), np.ones(3), weight)(np.ones((1, 2))).shape == (1, 2)
    with pytest.raises(ValueError, match=r"outer_bias needs outer_weight\. Leave it out"):
        DenseBranch(np.eye(2), np.ones(2), outer_bias=np.ones(2))


@pytest.mark.parametrize(
    "function",
    [modified_equation, jump_limit, lambda layer: diffusion_check(layer, [1.0])],
    ids=["sde", "jumps", "check"],
)
@pytest.mark.parametrize("value", [3, None, Dropout(0.5), back])
def test_what_is_no_layer_is_named(function, value):
    refused(lambda layer: function(layer), "layer", value, TypeError)


AVERAGES = [lambda layers: mask_average(layers, np.cos, LINE), lambda layers: noise_regulariser(layers, np.cos, 0.1)]


@pytest.mark.parametrize("average", AVERAGES, ids=["masks", "regulariser"])
def test_averages_are_of_one_layer_or_several(average):
    refused(lambda layers: average(layers), "layers", 3, TypeError)
    refused(lambda layers: average(layers), "layers", [])
    with pytest.raises(TypeError, match=r"layers\[1\]=None must be a ResidualLayer.*Use e\.g\.") as found:
        average([LAYER, None])
    average([LAYER, advised(str(found.value), "layers[1]")])
    plane = ResidualLayer(back, Dropout(0.5), dim=2)
    with pytest.raises(ValueError, match=r"layers\[1\] has dim=2, but layers\[0\] has dim=1"):
        average([LAYER, plane])
    average([LAYER] * 2)


@pytest.mark.parametrize("average", [mask_average, noise_regulariser])
def test_several_layers_are_as_many_as_they_are(average):
    with pytest.raises(ValueError, match=r"n_blocks=3 differs from the 2 layers given\. Leave it out"):
        average([LAYER] * 2, np.cos, LINE if average is mask_average else 0.1, n_blocks=3)


def test_terminal_values_say_whether_their_shape_or_a_number_is_wrong():
    values = np.cos(LINE.points()[:, 0])
    values[7] = np.nan
    with pytest.raises(ValueError, match=r"terminal\[7\]=nan must be finite. Use e\.g\. terminal=numpy.nan_to_num"):
        mask_average(LAYER, values, LINE)
    assert np.isfinite(mask_average(LAYER, np.nan_to_num(values), LINE).values).all()
    with pytest.raises(ValueError, match=r"terminal has shape \(7,\), but the grid has shape \(41,\)"):
        mask_average(LAYER, values[:7], LINE)
    with pytest.raises(TypeError, match="terminal='cosine' is neither a number, nor an array of them, nor a function"):
        mask_average(LAYER, "cosine", LINE)


def test_points_of_an_average_are_finite_numbers():
    average = mask_average(LAYER, np.cos, LINE)
    for value, words in ((np.nan, r"points holds \[nan\]"), ([], r"points has shape \(0,\)")):
        assert re.search(words, refused(lambda points: average.at(points), "points", value))


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (np.nan, ValueError, r"points holds \[nan\], which is not finite"),
        ([0.1, np.inf], ValueError, r"points holds \[inf\], which is not finite"),
        ([], ValueError, r"points has shape \(0,\), but states have dim=1"),
        ("here", TypeError, "points='here' must be numbers"),
    ],
)
def test_points_of_a_regulariser_and_of_a_check_are_finite_numbers(value, error, words):
    rare = jump_limit(ResidualLayer(back, StochasticDepth(0.1, inverted=True), step=0.1))
    assert re.search(words, refused(lambda points: noise_regulariser(LAYER, np.cos, points), "points", value, error))
    assert re.search(words, refused(lambda points: diffusion_check(LAYER, points), "points", value, error))
    for ask in (rare.simulate, lambda x0, time: rare.average(np.cos, x0, time)):
        message = refused(lambda x0, ask=ask: ask(x0, 0.5), "x0", value, error)
        assert re.search(words.replace("points", "x0"), message)


@pytest.mark.parametrize("name", ["scale", "tolerance"])
@pytest.mark.parametrize("value", ["1", 0.0, np.nan])
def test_a_scale_and_a_tolerance_are_positive(name, value):
    refused(lambda **given: diffusion_check(LAYER, [1.0], **given), name, value)


@pytest.mark.parametrize("net", [MLP([2, 3, 1]), ResNet([2, 2, 1], n_blocks=2)], ids=["mlp", "resnet"])
def test_parameters_that_are_not_finite_are_refused_at_every_door(net):
    good, x, y = net.initial(0), np.ones((2, 2)), [0, 1]
    bad = good.copy()
    bad[3] = np.nan
    for use in (
        lambda theta: net.forward(theta, x),
        lambda theta: net.probabilities(theta, x),
        lambda theta: net.predict(theta, x),
        lambda theta: net.loss(theta, x, y),
        lambda theta: net.accuracy(theta, x, y),
        lambda theta: net.gradient(theta, x, y),
    ):
        with pytest.raises(ValueError, match=r"parameters\[3\]=nan must be finite. Use e\.g\. parameters=net\.initial"):
            use(bad)
        assert np.isfinite(use(net.initial(seed=0))).all()


def test_a_layer_of_parameters_that_are_not_finite_is_refused_and_views_are_not():
    net = ResNet([2, 2, 1], n_blocks=2)
    bad = np.full(net.n_parameters, np.nan)
    with pytest.raises(ValueError, match=r"parameters\[0\]=nan must be finite"):
        net.layer(bad, 0)
    for view in net.views(bad).values():
        view[...] = 0.0
    assert np.array_equal(net.layer(bad, 0).branch.inner_bias, np.zeros(2))


LINEAR = ResNet([1, 1, 1], n_blocks=4, branch="linear", noise=Dropout(0.8), readout=False, loss="squared", shared=True)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("tolerance", -1, "tolerance=-1 must be a finite number at least 0"),
        ("tolerance", "small", "tolerance='small' must be a finite number at least 0"),
        ("max_iterations", -1, "max_iterations=-1 must be a whole number of at least 1"),
        ("max_iterations", 2.5, "max_iterations=2.5 must be a whole number of at least 1"),
        ("weight_decay", np.nan, "weight_decay=nan must be a finite number at least 0"),
        ("weight_decay", -0.1, "weight_decay=-0.1 must be a finite number at least 0"),
    ],
)
def test_settings_of_a_minimisation_are_checked(name, value, words):
    control = TrainingControl(LINEAR, [[1.0]], [2.0], grid=Grid(-1.0, 9.0, 101))
    assert words in refused(lambda **given: control.solve(np.array([0.5]), **given), name, value)


@pytest.mark.parametrize("size", [1e200, 1e300])
def test_parameters_that_leave_the_finite_numbers_on_the_way_are_refused(size):
    control = TrainingControl(LINEAR, [[1.0]], [2.0])
    with np.errstate(all="ignore"), pytest.raises(ValueError, match=r"beyond the finite numbers. Use smaller ones"):
        control.evaluate(np.array([size]))
    assert np.isfinite(control.evaluate(LINEAR.initial(seed=0)).loss)


def test_a_chosen_grid_that_states_leave_is_no_reason_to_let_it_be_chosen():
    net = ResNet([1, 1, 1], n_blocks=4, branch="linear", noise=Dropout(0.8), readout=False, loss="squared")
    control = TrainingControl(net, [[1.0]], [2.0])
    with pytest.raises(ValueError, match=r"leave the grid .* Use smaller ones, e\.g\. net\.initial\(seed=0\)") as found:
        control.evaluate(np.full(net.n_parameters, 10.0))
    assert "grid=None" not in str(found.value)
    assert np.isfinite(control.evaluate(net.initial(seed=0)).loss)
