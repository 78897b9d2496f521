"""Training: the scores of the whole sets, early stop, and what is said of arguments that do not fit."""

import re

import numpy as np
import pytest

from pdeopt.networks import MLP, Data, EarlyStop, Fit, TrainingBlowUpError, hold_out, spirals, train
from pdeopt.networks.blow_up import blown_layer
from pdeopt.networks.looks import BLOCK_ROWS, WORTH_THREADS, full_gradient, score
from pdeopt.networks.task import Task
from pdeopt.optimizers import BAOAB, SGD, Adam, AdLa, EntropySGD, Partition
from tests.reference_networks import complex_step_gradient, mean_loss, outputs

NET, DATA = MLP([2, 5, 1]), spirals(n_train=60, n_test=40)
SHORT = {"n_steps": 40, "batch_size": 10}
HALF_STEPS = Partition({"first": BAOAB(step_size=0.1), "rest": SGD(0.2)})


def numbers(n=50, dim=1, seed=0):
    x = np.random.default_rng(seed).standard_normal((n, dim))
    return Data(x, x.sum(axis=1), n_classes=0)


def test_recorded_scores_are_those_of_the_whole_sets_by_the_formulas_of_books():
    fit = train(NET, DATA, SGD(0.5), record_every=20, initial=0.5, save_every=20, **SHORT)
    assert fit.snapshot_steps.tolist() == [20, 40]
    for parameters, row in zip(fit.snapshots, (1, 2), strict=True):
        for which in ("train", "test"):
            x, y = getattr(DATA, f"x_{which}"), getattr(DATA, f"y_{which}")[:, None].astype(float)
            right = np.mean((outputs(parameters, NET.layout, x) > 0.0) == (y > 0.5))
            loss = mean_loss(parameters, NET.layout, x, y)
            assert getattr(fit.history, f"{which}_accuracy")[row] == pytest.approx(right, rel=1e-14)
            assert getattr(fit.history, f"{which}_loss")[row] == pytest.approx(loss, rel=1e-12)
    assert fit.test_accuracy == fit.history.test_accuracy[-1]
    assert fit.train_loss == fit.history.train_loss[-1]


def test_scores_and_gradients_in_blocks_are_those_of_the_whole_and_the_same_to_the_bit_for_any_threads():
    net = MLP([20, 200, 1])
    rng = np.random.default_rng(1)
    x = rng.standard_normal((16 * BLOCK_ROWS + 5, 20))
    data, point = Data(x, (x[:, 0] > 0.1 * x[:, 1]).astype(int)), net.initial(3)
    assert len(x) * net.n_parameters > WORTH_THREADS
    y = data.y_train[:, None].astype(float)
    one, three = (score(net, point, x, y, threads) for threads in (1, 3))
    assert one == three
    assert one[0] == pytest.approx(mean_loss(point, net.layout, x, y), rel=1e-12)
    assert one[1] == pytest.approx(np.mean((outputs(point, net.layout, x) > 0.0) == (y > 0.5)), rel=1e-12)
    task = Task(net, data, SGD(0.1), 1, 10, "epochs", "uniform", 0, 0, 1)
    slopes = [full_gradient(task, point, threads) for threads in (1, 2)]
    assert np.array_equal(*slopes)
    few = task.structure.layers["layer2"]
    z = np.tanh(0.0) + outputs(point, net.layout, x)
    delta = (1.0 / (1.0 + np.exp(-z)) - y) / len(x)
    hidden = np.maximum(x @ point[:4000].reshape(200, 20).T + point[4000:4200], 0.0)
    np.testing.assert_allclose(slopes[0][few], np.append(delta.T @ hidden, delta.sum()), rtol=1e-9, atol=1e-15)


def test_the_full_gradient_of_a_small_set_is_the_complex_step_gradient():
    task = Task(NET, DATA, SGD(0.1), 1, 10, "epochs", "uniform", 0, 0, 1)
    point = NET.initial(3, 0.5)
    twin = complex_step_gradient(point, NET.layout, DATA.x_train, DATA.y_train[:, None].astype(float))
    np.testing.assert_allclose(full_gradient(task, point), twin, rtol=1e-12, atol=1e-15)


def test_the_seed_and_the_run_change_the_result_and_nothing_else_does():
    first = train(NET, DATA, Adam(0.01), seed=3, run=2, **SHORT)
    again = train(NET, DATA, Adam(0.01), seed=3, run=2, record_every=7, observe="scores", threads=2, **SHORT)
    assert np.array_equal(first.parameters, again.parameters)
    for other in ({"seed": 4, "run": 2}, {"seed": 3, "run": 3}, {"seed": 4, "run": 1}):
        assert not np.array_equal(first.parameters, train(NET, DATA, Adam(0.01), **other, **SHORT).parameters)


def test_a_run_of_a_seed_starts_where_run_0_of_the_next_seed_does():
    starts = [train(NET, DATA, SGD(1e-300), n_steps=1, seed=s, run=r).parameters for s, r in ((5, 1), (6, 0))]
    assert np.array_equal(*starts)
    assert np.array_equal(starts[0], NET.initial(6))


def test_without_a_test_set_its_scores_are_unknown_and_nothing_else_is():
    fit = train(NET, Data(DATA.x_train, DATA.y_train), Adam(0.01), **SHORT)
    assert np.isnan(fit.test_accuracy)
    assert np.isnan(fit.test_loss)
    assert np.isfinite([fit.train_loss, fit.train_accuracy]).all()
    assert np.array_equal(fit.parameters, train(NET, DATA, Adam(0.01), **SHORT).parameters)
    assert "test" not in repr(fit)


def test_numbers_to_predict_have_a_loss_and_no_accuracy():
    fit = train(MLP([1, 1], loss="squared"), numbers(), SGD(0.5), n_steps=200)
    assert np.isnan(fit.train_accuracy)
    assert fit.train_loss < 1e-12
    np.testing.assert_allclose(fit.parameters, [1.0, 0.0], atol=1e-6)


def test_an_early_stop_returns_the_best_parameters_and_says_when_it_was():
    stop = EarlyStop(patience=300, quantity="test_loss")
    fit = train(NET, DATA, SGD(2.0), n_steps=5000, batch_size=10, record_every=50, early_stop=stop, seed=1)
    losses = fit.history.test_loss
    best = int(np.argmin(losses))
    assert fit.stopped == "early"
    assert fit.n_steps == fit.step + 300 == fit.history.steps[-1]
    assert fit.step == fit.history.steps[best]
    assert fit.test_loss == losses[best]
    until = train(NET, DATA, SGD(2.0), n_steps=fit.step, batch_size=10, record_every=50, seed=1)
    assert np.array_equal(fit.parameters, until.parameters)
    assert f"early, parameters of step {fit.step}" in str(fit)


def test_accuracy_is_better_where_it_is_higher_and_a_loss_where_it_is_lower():
    accuracy, loss = EarlyStop(5, "test_accuracy", least_change=0.01), EarlyStop(5, "test_loss", least_change=0.01)
    assert [accuracy.is_better(value, 0.5) for value in (0.52, 0.505, 0.4, np.nan)] == [True, False, False, False]
    assert [loss.is_better(value, 0.5) for value in (0.52, 0.495, 0.4, np.nan)] == [False, False, True, False]
    assert loss.is_better(0.5, np.nan)


def test_rows_held_out_are_not_trained_on_and_are_what_validation_looks_at():
    kept, held = hold_out(DATA, 0.25, seed=7)
    assert (kept.n_train, held.n_train) == (45, 15)
    together = np.concatenate([kept.x_train, held.x_train])
    assert np.array_equal(np.unique(together, axis=0), np.unique(DATA.x_train, axis=0))
    stop = EarlyStop(patience=10_000, share=0.25)
    fit = train(NET, DATA, SGD(0.5), early_stop=stop, seed=7, **SHORT)
    same = train(NET, kept, SGD(0.5), seed=7, **SHORT)
    assert np.array_equal(fit.last, same.parameters)
    y = held.y_train[:, None].astype(float)
    loss = mean_loss(fit.last, NET.layout, held.x_train, y)
    assert fit.history.columns["validation_loss"][-1] == pytest.approx(loss, rel=1e-12)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        ({"net": MLP([3, 5, 1])}, ValueError, r"takes 3 inputs, but points of spirals have 2.*Use MLP\(\[2, 5, 1\]\)"),
        ({"net": MLP([2, 5, 3])}, ValueError, r"net=MLP.*does not fit the data.*2 outputs"),
        ({"net": MLP}, TypeError, r"net=MLP is a class.*MLP\(\[2, 20, 1\]\)"),
        ({"net": [2, 20, 1]}, TypeError, r"net of type list is no MLP"),
        ({"data": (1, 2)}, TypeError, r"data of type tuple is no Data.*spirals\(\)"),
        ({"method": "adam"}, TypeError, r"method of type str is no Method.*Adam\(step_size=0.005\)"),
        ({"method": Adam}, TypeError, r"method=Adam is a class.*Adam\(\.\.\.\)"),
        ({"method": Partition({"layer3": SGD(0.1)})}, ValueError, r"part='layer3' is not a part.*layer1"),
        ({"n_steps": 0}, ValueError, r"n_steps=0 must be a whole number of at least 1. Use n_steps=\d+"),
        ({"n_steps": 10.5}, ValueError, r"n_steps=10.5"),
        ({"batch_size": 61}, ValueError, r"batch_size=61 is more than the 60 training points. Use batch_size=60"),
        ({"batch_size": 0}, ValueError, r"batch_size=0 must be a whole number of at least 1"),
        ({"batches": "random"}, ValueError, r"batches='random' must be one of 'epochs', 'whole epochs', 'fresh'"),
        ({"initial": np.zeros(3)}, ValueError, r"initial has shape \(3,\).*\(21,\).*net.initial"),
        ({"initial": np.full(21, np.nan)}, ValueError, r"initial\[0\]=nan is not finite"),
        ({"initial": -0.5}, ValueError, r"initial=-0.5 must be 'uniform', a standard deviation.*initial=0.5"),
        ({"initial": "normal"}, ValueError, r"initial='normal'"),
        ({"seed": -1}, ValueError, r"seed=-1.*Use seed=0"),
        ({"run": 0.5}, ValueError, r"run=0.5"),
        ({"record_every": 0}, ValueError, r"record_every=0"),
        ({"save_every": -3}, ValueError, r"save_every=-3"),
        ({"threads": 0}, ValueError, r"threads=0"),
        ({"observe": ("scores", "heat")}, ValueError, r"'heat'. Use some of 'scores', 'kinetic'"),
        ({"checkpoint_every": 0.0}, ValueError, r"checkpoint_every=0.0"),
        ({"checkpoint": "no/such/folder/run.npz"}, FileNotFoundError, r"checkpoint='no/such.*checkpoint='run.npz'"),
        ({"resume": 3}, TypeError, r"resume of type int"),
        ({"early_stop": 0}, ValueError, r"patience=0"),
        ({"early_stop": EarlyStop(5, "test_loss"), "observe": "kinetic"}, ValueError, r"observe=\('scores',\)"),
    ],
)
def test_what_does_not_fit_is_said_with_what_does(change, error, words):
    given = {"net": NET, "data": DATA, "method": SGD(0.1), **SHORT} | change
    with pytest.raises(error, match=words):
        train(**given)


@pytest.mark.parametrize("method", [EntropySGD, Adam(0.1).machine])
def test_what_is_no_method_is_refused(method):
    with pytest.raises(TypeError, match="method"):
        train(NET, DATA, method)


def test_an_early_stop_that_the_data_cannot_decide_is_refused():
    with pytest.raises(ValueError, match=r"needs a test set. Use quantity='validation_loss'"):
        train(NET, Data(DATA.x_train, DATA.y_train), SGD(0.1), early_stop=EarlyStop(5, "test_loss"))
    with pytest.raises(ValueError, match=r"needs classes.*quantity='validation_loss'"):
        train(MLP([1, 1], loss="squared"), numbers(), SGD(0.1), early_stop=EarlyStop(5, "validation_accuracy"))
    with pytest.raises(ValueError, match=r"leaves none to train on"):
        train(NET, Data([[0.0, 1.0]], [0]), SGD(0.1), early_stop=5)
    for setting in ({"quantity": "loss"}, {"share": 1.0}, {"least_change": -1.0}):
        with pytest.raises(ValueError, match=next(iter(setting))):
            EarlyStop(5, **setting)


def test_a_blow_up_is_reported_with_the_step_that_floating_point_numbers_take():
    data = Data([[1.0], [-1.0]], [0.0, 0.0], n_classes=0)
    net = MLP([1, 1], loss="squared")
    # The loss is |theta|^2 / 2: every step multiplies theta by 1 - h = -2.
    theta, step = 0.75, 0
    while np.isfinite(theta - 3.0 * theta):
        theta, step = theta - 3.0 * theta, step + 1
    with pytest.raises(TrainingBlowUpError) as caught:
        train(net, data, SGD(3.0), n_steps=5000, initial=np.array([0.75, 0.25]), record_every=100)
    error = caught.value
    assert (error.step, error.layer) == (step, "layer1")
    assert f"at step {step}, in layer1: sgd(step_size=3), batch_size=2" in str(error)
    assert isinstance(error.partial, Fit)
    assert error.partial.stopped == "blown up"
    assert error.partial.n_steps == 100 * (step // 100) == error.partial.history.steps[-1]
    assert np.array_equal(error.partial.parameters, (-2.0) ** error.partial.n_steps * np.array([0.75, 0.25]))
    advised = float(re.search(r"Use step_size=(.*)\.$", str(error))[1])
    assert advised == 1.5
    assert train(net, data, SGD(advised), n_steps=5000, initial=np.array([0.75, 0.25])).train_loss < 1e-12


def test_the_first_layer_with_a_number_that_is_none_is_named():
    task = Task(NET, DATA, SGD(0.1), 1, 10, "epochs", "uniform", 0, 0, 1)
    point = np.zeros(NET.n_parameters)
    point[-2:] = -np.inf, np.nan
    assert blown_layer(task, point) == "layer2"
    point[-2:], point[3] = 1e308, -1.5e308
    assert blown_layer(task, point) == "layer1"


def test_every_part_gets_a_step_size_that_works():
    net, data = MLP([1, 4, 1], "tanh", loss="squared"), numbers()
    with pytest.raises(TrainingBlowUpError) as caught:
        train(net, data, Partition({"layer1": SGD(0.5), "layer2": BAOAB(50.0)}), n_steps=200)
    sizes = [float(size) for size in re.findall(r": step_size=([0-9.e-]+[0-9])", str(caught.value))[-2:]]
    assert sizes[0] / sizes[1] == pytest.approx(0.01)
    train(net, data, Partition({"layer1": SGD(sizes[0]), "layer2": BAOAB(sizes[1])}), n_steps=200)
    with pytest.raises(TrainingBlowUpError, match="smaller values of its step size schedule"):
        train(MLP([1, 1], loss="squared"), numbers(), SGD(lambda n: 1e9 + 0.0 * n), n_steps=500)


def test_an_adaptive_thermostat_reports_its_variable():
    fit = train(NET, DATA, AdLa(step_size=0.1, initial_friction=0.3), record_every=10, **SHORT)
    friction = fit.history.friction
    assert list(friction) == ["layer1", "layer2"]
    assert friction["layer1"][0] == 0.3
    assert friction["layer2"][-1] == fit.state.frictions["layer2"]
