"""An ensemble is its runs, each alone: the same bits however they are shared out, and honest means."""

import os
import signal
import threading
from concurrent.futures import Executor, Future, ThreadPoolExecutor

import numpy as np
import pytest

from pdeopt.networks import MLP, Data, TrainingEnsemble, spirals, train, train_ensemble
from pdeopt.networks.ensemble_runs import EnsembleTask
from pdeopt.networks.ensembles import jobs_of
from pdeopt.networks.sharing import Workers, share_out
from pdeopt.optimizers import SGD, Adam, AdLaLa, Method
from tests.reference_networks import mean_loss, outputs

NET = MLP([2, 5, 1])
DATA = spirals(n_train=60, n_test=40, seed=3)
OPTIONS = {"n_runs": 5, "n_steps": 30, "batch_size": 10, "seed": 11, "initial": 0.5}


def fresh_spirals(seed):
    return spirals(n_train=60, n_test=40, seed=seed)


def same(a: TrainingEnsemble, b: TrainingEnsemble) -> bool:
    """Tell whether two ensembles are the same to the bit."""
    pairs = [(a.parameters, b.parameters), (a.final, b.final), (a.last, b.last), (a.finished, b.finished)]
    pairs += [(a.history.test_loss, b.history.test_loss), (a.history.train_accuracy, b.history.train_accuracy)]
    return a.blow_ups == b.blow_ups and all(x.tobytes() == y.tobytes() for x, y in pairs)


@pytest.mark.parametrize("method", [SGD(0.1), AdLaLa(), Adam(0.01)], ids=lambda method: method.name)
def test_a_run_of_an_ensemble_is_that_run_alone(method: Method):
    ensemble = train_ensemble(NET, fresh_spirals, method, record_every=10, **OPTIONS)
    for run in range(5):
        alone = train(
            NET, fresh_spirals(11 + run), method, n_steps=30, batch_size=10, initial=0.5, seed=11, run=run,
            record_every=10,
        )  # fmt: skip
        assert np.array_equal(alone.parameters, ensemble.parameters[run])
        assert np.array_equal(alone.history.test_loss, ensemble.history.test_loss[run])
        assert alone.test_accuracy == ensemble.test_accuracy[run]


def test_runs_differ_in_start_noise_and_batches():
    ensemble = train_ensemble(NET, DATA, AdLaLa(), **OPTIONS)
    assert len(np.unique(ensemble.parameters[:, 0])) == 5
    one_start = train_ensemble(NET, DATA, SGD(0.1), **{**OPTIONS, "initial": NET.initial(0)})
    assert len(np.unique(one_start.parameters[:, 0])) == 5


@pytest.mark.parametrize("sharing", [{"threads": 3}, {"threads": 2, "block_size": 2}, {"block_size": 5}], ids=str)
def test_no_bit_depends_on_threads_and_blocks(sharing):
    options = {**OPTIONS, "record_every": 7, "average_last": 3}
    alone = train_ensemble(NET, fresh_spirals, AdLaLa(), threads=1, **options)
    assert same(alone, train_ensemble(NET, fresh_spirals, AdLaLa(), **sharing, **options))


def test_an_executor_of_threads_gives_the_same_bits():
    alone = train_ensemble(NET, fresh_spirals, AdLaLa(), threads=1, **OPTIONS)
    with ThreadPoolExecutor(3) as executor:
        assert same(alone, train_ensemble(NET, fresh_spirals, AdLaLa(), executor=executor, block_size=2, **OPTIONS))


def test_recorded_losses_and_accuracies_are_those_of_a_slow_twin():
    ensemble = train_ensemble(NET, DATA, SGD(0.1), record_every=10, **OPTIONS)
    y_train, y_test = DATA.targets("logistic")
    assert ensemble.history.steps.tolist() == [0, 10, 20, 30]
    for run in range(5):
        point = ensemble.parameters[run]
        right = (outputs(point, NET.layout, DATA.x_test) > 0.0) == (y_test > 0.5)
        assert ensemble.test_accuracy[run] == pytest.approx(right.mean(), abs=1e-14)
        assert ensemble.train_loss[run] == pytest.approx(mean_loss(point, NET.layout, DATA.x_train, y_train), rel=1e-13)
        start = mean_loss(NET.initial(11 + run, 0.5), NET.layout, DATA.x_test, y_test)
        assert ensemble.history.test_loss[run, 0] == pytest.approx(start, rel=1e-13)


def test_mean_and_standard_error_are_those_of_the_runs():
    ensemble = train_ensemble(NET, DATA, SGD(0.1), record_every=30, **OPTIONS)
    values = ensemble.test_accuracy
    assert ensemble.mean("test_accuracy") == pytest.approx(sum(values) / 5)
    error = np.sqrt(sum((values - sum(values) / 5) ** 2) / 4 / 5)
    assert ensemble.standard_error("test_accuracy") == pytest.approx(error)
    assert ensemble.history.mean("test_accuracy")[-1] == pytest.approx(sum(values) / 5)
    assert f"{sum(values) / 5:.4f}{error:9.4f}" in str(ensemble)
    assert repr(ensemble) == f"<TrainingEnsemble of 5 runs, sgd: test accuracy {sum(values) / 5:.4f} +- {error:.4f}>"
    with pytest.raises(ValueError, match=r"name='loss' is not recorded. Use one of 'train_loss', 'test_loss'"):
        ensemble.mean("loss")


@pytest.mark.parametrize("loss", ["logistic", "softmax", "squared"])
def test_an_averaged_classifier_averages_the_answers_of_the_last_steps(loss):
    net = MLP([2, 4, 2], activation="tanh", loss=loss)
    options = {"n_steps": 12, "batch_size": 10, "record_every": 1}
    ensemble = train_ensemble(net, DATA, SGD(0.5), n_runs=2, seed=4, average_last=3, **options)
    total = 0.0
    for n_steps in (10, 11, 12):
        start = net.initial(5)
        fit = train(net, DATA, SGD(0.5), **{**options, "n_steps": n_steps}, initial=start, seed=4, run=1)
        z = outputs(fit.parameters, net.layout, DATA.x_test)
        powers = np.exp(z)
        parts = {"logistic": powers / (1.0 + powers), "softmax": powers / powers.sum(axis=1, keepdims=True)}
        total = total + parts.get(loss, z) / 3.0
    np.testing.assert_allclose(ensemble.answers(DATA.x_test, run=1), total, rtol=1e-12)
    truth = np.eye(2)[DATA.y_test]
    expected = {
        "logistic": (
            np.mean(-np.log(np.where(truth > 0.5, total, 1.0 - total)).sum(1)),
            (total > 0.5) == (truth > 0.5),
        ),
        "softmax": (np.mean(-np.log(total[truth > 0.5])), (total.argmax(axis=1) == DATA.y_test)[:, None]),
        "squared": (np.mean(0.5 * ((total - truth) ** 2).sum(axis=1)), abs(total - truth) < 0.5),
    }[loss]
    assert ensemble.test_loss[1] == pytest.approx(expected[0], rel=1e-12)
    assert ensemble.test_accuracy[1] == pytest.approx(expected[1].all(axis=1).mean())
    assert ensemble.history.test_loss[1, -1] != ensemble.test_loss[1]


def test_a_run_that_blows_up_is_named_and_spoils_no_mean():
    data = Data([[0.0], [1.0], [2.0]], [0.0, 1.0, 2.0], [[0.5], [1.5]], [0.5, 1.5], n_classes=0)
    net, start = MLP([1, 1], loss="squared"), np.array([[1.0, 0.0], [1e200, 0.0], [0.5, 0.5]])
    found = train_ensemble(net, data, SGD(0.1), n_runs=3, n_steps=50, initial=start, record_every=25)
    assert [(one.run, one.step, one.layer) for one in found.blow_ups] == []
    found = train_ensemble(net, data, SGD(100.0), n_runs=3, n_steps=50, initial=start, record_every=25)
    (bad,) = found.blow_ups
    assert (bad.run, bad.layer) == (1, "layer1")
    assert 0 < bad.step < 50
    assert np.isnan(found.parameters[1]).all()
    assert found.finished.all()
    assert np.isfinite(found.history.train_loss[:, 1]).tolist() == [True, False, True]
    others = found.train_loss[[0, 2]]
    assert found.mean("train_loss") == pytest.approx(others.mean())
    assert f"1 runs blew up and are left out: run 1 at step {bad.step} in layer1" in str(found)


def test_an_interrupt_keeps_the_runs_that_ended():
    def interrupting(seed):
        if seed == 11 + 8:
            raise KeyboardInterrupt
        return fresh_spirals(seed)

    options = {**OPTIONS, "n_runs": 12}
    part = train_ensemble(NET, interrupting, SGD(0.1), threads=1, **options)
    whole = train_ensemble(NET, fresh_spirals, SGD(0.1), **options)
    done = part.finished
    assert part.interrupted
    assert 5 <= done.sum() <= 8
    assert np.array_equal(part.parameters[done], whole.parameters[done])
    assert np.isnan(part.test_accuracy[~done]).all()
    assert f"interrupted: {done.sum()} of 12 runs ended" in str(part)


def test_jobs_that_are_done_when_the_user_interrupts_are_not_lost():
    class AtOnce(Executor):
        def submit(self, function, *args):
            done = Future()
            done.set_result(function(*args))
            return done

    task = EnsembleTask(NET, SGD(0.1), 6, 11, 3, 10, "epochs", 0.5, None, 0)
    taken = []

    def take(_ensemble, result):
        taken.append(result.run)
        if len(taken) == 1:
            raise KeyboardInterrupt

    workers = Workers(threads=3, executor=AtOnce())
    assert share_out(jobs_of(task, DATA, range(6), 1), take, workers, total=6, name="sgd")
    assert set(taken) == set(range(6))


@pytest.fixture
def _interruptible():
    """Ctrl-C interrupts, also where the tests were started in the background of a shell, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
def test_a_real_interrupt_stops_running_threads():
    timer = threading.Timer(0.5, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    with pytest.raises(KeyboardInterrupt):
        train_ensemble(NET, DATA, SGD(1e-6), **{**OPTIONS, "n_steps": 10**9})


def test_an_ensemble_comes_back_from_a_file(tmp_path):
    found = train_ensemble(NET, fresh_spirals, AdLaLa(), record_every=10, average_last=2, **OPTIONS)
    again = TrainingEnsemble.load(found.save(tmp_path / "runs"))
    assert same(found, again)
    assert str(found) == str(again)
    assert np.array_equal(found.answers(DATA.x_test, 2), again.answers(DATA.x_test, 2))
    DATA.save(tmp_path / "data")
    with pytest.raises(ValueError, match=r"is no training ensemble. Use a file that TrainingEnsemble.save wrote"):
        TrainingEnsemble.load(tmp_path / "data.npz")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_runs": 0}, "n_runs=0 must be a whole number of at least 1"),
        ({"seed": -1}, "seed=-1 must be a whole number of at least 0. Use seed=0"),
        ({"average_last": 31}, "average_last=31 is more than n_steps=30. Use average_last=30"),
        ({"initial": np.zeros(3)}, r"initial has shape \(3,\) and dtype float64"),
        ({"initial": np.zeros((4, 21))}, r"initial has shape \(4, 21\). Use shape \(21,\), or \(5, 21\) for each run"),
        ({"batch_size": 61}, "batch_size=61 is more than the 60 training points. Use batch_size=60"),
        ({"record_every": 0}, "record_every=0 must be a whole number of at least 1"),
        ({"threads": 0}, "threads=0"),
        ({"executor": 3}, "executor=3 is not a concurrent.futures.Executor"),
    ],
)
def test_what_does_not_fit_is_told_with_what_does(change, message):
    with pytest.raises((ValueError, TypeError), match=message):
        train_ensemble(NET, DATA, SGD(0.1), **{**OPTIONS, **change})


def test_a_function_that_makes_no_data_is_told():
    with pytest.raises(TypeError, match=r"data\(11\)=11 is no data set. Use a Data, or a function such as"):
        train_ensemble(NET, lambda seed: seed, SGD(0.1), **OPTIONS)
