"""Trained weights lie where exact averages put them, and equations of the second order within their error."""

import numpy as np
import pytest
from scipy.optimize import minimize_scalar
from scipy.stats import ttest_1samp

from pdeopt.networks import Data, Dropout, PredictionCheck, ResNet, compare_prediction
from pdeopt.optimizers import SGD, InverseTime

POINT = Data([[1.0]], [2.0])


def network(n_blocks: int, branch: str = "linear", **options) -> ResNet:
    """Return a network of one unit with shared weights, half of whose branches are dropped."""
    return ResNet(
        [1, 1, 1],
        n_blocks=n_blocks,
        branch=branch,
        noise=Dropout(0.5),
        **{"shared": True, "readout": False, "loss": "squared", **options},
    )


def optimum(loss) -> float:
    """Return the minimiser of a function of one weight."""
    return float(minimize_scalar(loss, bracket=(0.4, 0.6), tol=1e-12).x)


def exact_losses(n: int):
    """Return the mean squared loss of a linear network over its masks, x = 1, y = 2, and of its two equations."""
    h = 1.0 / n
    network_loss = lambda w: ((1 + h * w) ** 2 + (h * w) ** 2) ** n - 4 * (1 + h * w) ** n + 4  # noqa: E731
    first = lambda w: np.exp(2 * w + h * w * w) - 4 * np.exp(w) + 4  # noqa: E731
    second = lambda w: np.exp(2 * w) - 4 * np.exp(w - 0.5 * h * w * w) + 4  # noqa: E731
    return {"masks": network_loss, "first": first, "second": second}


@pytest.fixture(scope="module")
def small() -> PredictionCheck:
    options = {"copies": 50, "n_runs": 12, "n_steps": 200, "initial": np.array([0.5]), "substeps": 8}
    return compare_prediction(network(5), POINT, SGD(InverseTime(0.2, 20)), **options)


def test_predictions_are_the_minimisers_of_closed_forms(small):
    losses = exact_losses(5)
    for k, picture in enumerate(small.pictures):
        best = optimum(losses[picture])
        # The scheme of the equations is wrong by h^3 / substeps.
        error = 1e-6 if picture == "masks" else 0.2**3 / 8
        assert small.predicted[k, 0] == pytest.approx(best, abs=error)
        assert small.losses[k] == pytest.approx(0.5 * losses[picture](best), abs=error)
        assert small.network_losses[k] == pytest.approx(0.5 * losses["masks"](small.predicted[k, 0]), abs=1e-9)


def test_intervals_are_those_of_students_test(small):
    interval = ttest_1samp(small.trained[:, 0], 0.0).confidence_interval(0.95)
    assert small.mean[0] - small.half_width[0] == pytest.approx(interval.low, rel=1e-12)
    assert small.mean[0] + small.half_width[0] == pytest.approx(interval.high, rel=1e-12)
    assert small.inside == {"masks": True, "first": False, "second": False}


def test_intervals_of_several_quantities_hold_together():
    drawn = np.random.default_rng(0).standard_normal((20000, 6, 8))
    width = PredictionCheck(
        ("masks",), tuple("abcdefgh"), np.zeros((1, 8)), drawn[0], np.zeros((1, 8)), drawn[0], *np.zeros((3, 1))
    ).half_width / (drawn[0].std(axis=0, ddof=1) / 6**0.5)
    held = (np.abs(drawn.mean(axis=1)) <= width * drawn.std(axis=1, ddof=1) / 6**0.5).all(axis=1).mean()
    assert 0.95 - 4 * (0.05 * 0.95 / 20000) ** 0.5 <= held < 0.957


def test_exact_losses_of_trained_weights_are_above_the_optimum(small):
    loss = exact_losses(5)["masks"]
    assert (small.trained_losses >= small.network_losses[0]).all()
    assert small.trained_losses == pytest.approx(0.5 * loss(small.trained[:, 0]), abs=1e-9)


def test_a_check_prints_a_line_for_each_quantity_and_its_verdicts(small):
    lines = str(small).splitlines()
    assert lines[1].startswith("block1.inner.weight")
    assert f"{small.predicted[2, 0]:.6f}" in lines[1]
    assert lines[-1].split()[-3:] == ["inside", "outside", "outside"]
    assert "first outside" in repr(small)


def test_outputs_and_own_functions_are_compared_where_weights_are_not():
    options = {"n_runs": 3, "n_steps": 20, "initial": np.array([0.5]), "pictures": ("ode",)}
    net = network(4)
    found = compare_prediction(net, POINT, SGD(0.05), compare="outputs", **options)
    assert found.pictures == ("masks", "ode")
    assert found.names == ("output 0 at point 0",)
    assert found.predicted[1, 0] == pytest.approx((1 + found.parameters[1, 0] / 4) ** 4, rel=1e-12)
    own = compare_prediction(net, POINT, SGD(0.05), compare=lambda theta: theta**2, **options)
    assert np.array_equal(own.trained, found.trained_parameters**2)


def test_runs_do_not_depend_on_threads():
    options = {"n_runs": 4, "n_steps": 10, "initial": np.array([0.5]), "pictures": ()}
    found = [compare_prediction(network(4), POINT, SGD(0.05), threads=n, **options).trained for n in (1, 3)]
    assert np.array_equal(*found)


def test_unfit_arguments_are_named():
    with pytest.raises(ValueError, match=r"pictures='third' is unknown. Use one of 'masks', 'ode'"):
        compare_prediction(network(4), POINT, SGD(0.05), pictures=("third",))
    with pytest.raises(ValueError, match=r"n_runs=1 must be a whole number of at least 2"):
        compare_prediction(network(4), POINT, SGD(0.05), n_runs=1)
    with pytest.raises(ValueError, match=r"compare='loss' is unknown. Use one of 'parameters', 'outputs'"):
        compare_prediction(network(4), POINT, SGD(0.05), compare="loss")
    with pytest.raises(RuntimeError, match=r"0 of 2 runs stayed finite, too few. Use smaller steps"):
        compare_prediction(network(4), POINT, SGD(50.0), n_runs=2, n_steps=100, initial=np.array([0.5]), pictures=())


@pytest.mark.slow
@pytest.mark.parametrize("schedule", [InverseTime(0.2, 50), InverseTime(0.2, 20, 0.7)], ids=str)
def test_trained_weights_hold_the_second_order_prediction_and_not_the_first(schedule):
    few = {"n_runs": 16, "n_steps": 1000, "initial": np.array([0.5])}
    found = compare_prediction(network(40), POINT, SGD(schedule), **few)
    assert found.predicted[0, 0] == pytest.approx(0.67170816756495, abs=1e-7)
    assert found.half_width[0] <= 0.003
    assert found.inside == {"masks": True, "first": False, "second": True}
    many = compare_prediction(network(40), POINT, SGD(schedule), **(few | {"n_runs": 300, "pictures": ()}))
    assert abs(many.difference[0, 0]) + many.half_width[0] <= 0.003


@pytest.mark.slow
def test_a_tanh_layer_is_trained_to_its_second_order_prediction():
    x = np.linspace(-1.0, 1.0, 5)
    data, start = Data(x[:, None], 2.0 * x + 0.5), np.array([0.8, 0.1])
    found = compare_prediction(
        network(20, "layer"), data, SGD(InverseTime(0.5, 100)), copies=4, n_steps=400, initial=start
    )
    assert found.half_width.max() <= 0.003
    assert found.inside == {"masks": True, "first": False, "second": True}


@pytest.mark.slow
def test_more_runs_resolve_the_error_of_the_second_order():
    options = {"copies": 100, "n_runs": 40, "n_steps": 1000, "initial": np.array([0.5])}
    found = compare_prediction(network(40), POINT, SGD(InverseTime(0.2, 50)), **options)
    losses = exact_losses(40)
    away = optimum(losses["second"]) - optimum(losses["masks"])
    assert found.inside == {"masks": True, "first": False, "second": False}
    assert abs(found.difference[2, 0] - away) <= 1.5 * found.half_width[0] < 3e-4
