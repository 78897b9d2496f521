"""Runs that stop and go on, to the bit: by a record, a file, a checkpoint, an interrupt."""

import os
import pickle
import signal
from concurrent.futures import ThreadPoolExecutor
from time import sleep

import numpy as np
import pytest

from pdeopt.networks import MLP, EarlyStop, TrainingBlowUpError, load, spirals, train
from pdeopt.optimizers import BAOAB, LOL, SGD, Adam, AdLaLa, Langevin, Partition

NET, DATA = MLP([2, 5, 1]), spirals(n_train=60, n_test=40)
SETTINGS = {"batch_size": 7, "record_every": 10, "save_every": 25, "seed": 3}
METHODS = [
    Adam(0.01),
    AdLaLa(),
    LOL(),
    Langevin(0.1, 1.0, 1e-3, "OBABO"),
    SGD(lambda n: 0.5 / (1.0 + 0.01 * n)),
    Partition({"first": AdLaLa().first, "rest": Adam(0.01)}),
]


def assert_same(one, other):
    for name in ("parameters", "last", "snapshots", "snapshot_steps"):
        assert np.array_equal(getattr(one, name), getattr(other, name)), name
    assert one.history.columns.keys() == other.history.columns.keys()
    for name, column in one.history.columns.items():
        assert np.array_equal(column, other.history.columns[name], equal_nan=True), name
    for name, vector in one.state.vectors.items():
        assert np.array_equal(vector, other.state.vectors[name]), name
    assert one.state.frictions == other.state.frictions
    assert (one.n_steps, one.step, one.stopped) == (other.n_steps, other.step, other.stopped)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("batches", ["epochs", "fresh"])
def test_a_resumed_run_has_the_bits_of_one_that_never_stopped(method, batches, tmp_path):
    whole = train(NET, DATA, method, n_steps=100, batches=batches, **SETTINGS)
    part = train(NET, DATA, method, n_steps=33, batches=batches, **SETTINGS)
    assert_same(train(NET, DATA, method, n_steps=100, batches=batches, resume=part, **SETTINGS), whole)
    path = part.save(tmp_path / "part")
    assert_same(train(NET, DATA, method, n_steps=100, batches=batches, resume=path, **SETTINGS), whole)


def test_a_fit_comes_back_from_its_file(tmp_path):
    fit = train(NET, DATA, AdLaLa(), n_steps=40, **SETTINGS)
    again = load(fit.save(tmp_path / "fit.npz"))
    assert_same(again, fit)
    assert str(again) == str(fit)
    assert repr(again) == repr(fit)
    assert repr(again.net) == repr(NET)


def test_a_fit_says_what_was_done():
    fit = train(NET, DATA, Adam(0.01), n_steps=40, **SETTINGS)
    assert repr(fit).startswith("<Fit of MLP([2, 5, 1], activation='relu', loss='logistic') by adam(step_size=0.01")
    lines = str(fit).splitlines()
    assert lines[2] == "  40 steps of 7 of 60 points (spirals), seed 3, initial uniform"
    assert lines[3].split() == ["loss", "accuracy"]
    assert lines[4].split()[0] == "train"
    assert lines[-1].startswith("  finished; ")


def test_what_is_no_file_of_a_fit_is_refused(tmp_path):
    (tmp_path / "text.npz").write_text("no")
    np.savez(tmp_path / "other.npz", x=np.zeros(3))
    for name in ("text.npz", "other.npz"):
        with pytest.raises(ValueError, match=r"is not a trained network. Use a file that Fit.save wrote"):
            load(tmp_path / name)
    with pytest.raises(FileNotFoundError):
        load(tmp_path / "none.npz")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"net": MLP([2, 6, 1])}, r"net=.*6.*differs.*5"),
        ({"data": spirals(n_train=60, n_test=40, seed=1)}, r"data=.*are other points"),
        ({"method": Adam(0.02)}, r"method=adam\(step_size=0.02.*differs from adam\(step_size=0.01"),
        ({"batch_size": 6}, r"batch_size=6 differs from 7"),
        ({"batches": "fresh"}, r"batches=fresh differs from epochs"),
        ({"seed": 4}, r"seed=4 differs from 3.*initial=fit.parameters"),
        ({"n_steps": 20}, r"n_steps=20 is the total.*has done 40. Use n_steps=80"),
    ],
)
def test_a_run_is_resumed_only_as_what_it_was(change, words):
    part = train(NET, DATA, Adam(0.01), n_steps=40, **SETTINGS)
    with pytest.raises(ValueError, match=words):
        train(**({"net": NET, "data": DATA, "method": Adam(0.01), "n_steps": 80} | SETTINGS | change), resume=part)


def test_a_schedule_that_has_not_changed_yet_may_be_another_one_later():
    def falling(h):
        return SGD(lambda n: np.where(n < 50, 0.5, h))

    part = train(NET, DATA, falling(0.1), n_steps=40, **SETTINGS)
    whole = train(NET, DATA, falling(0.2), n_steps=80, **SETTINGS)
    assert_same(train(NET, DATA, falling(0.2), n_steps=80, resume=part, **SETTINGS), whole)
    with pytest.raises(ValueError, match="method="):
        train(NET, DATA, SGD(0.4), n_steps=80, resume=part, **SETTINGS)


@pytest.mark.parametrize("step", [0, 20])
def test_an_interrupt_returns_what_was_done_and_nothing_is_lost(step, tmp_path):
    def interrupt(row):
        if row["step"] == step:
            os.kill(os.getpid(), signal.SIGINT)

    handler = signal.getsignal(signal.SIGINT)
    file = tmp_path / "run.npz"
    cut = train(NET, DATA, AdLaLa(), n_steps=80, on_record=interrupt, checkpoint=file, **SETTINGS)
    assert signal.getsignal(signal.SIGINT) is handler
    assert (cut.stopped, cut.n_steps) == ("interrupted", step)
    assert "(interrupted)" in repr(cut)
    assert_same(load(file), cut)
    whole = train(NET, DATA, AdLaLa(), n_steps=80, **SETTINGS)
    assert_same(train(NET, DATA, AdLaLa(), n_steps=80, checkpoint=file, **SETTINGS), whole)
    assert load(file).stopped == "finished"


def test_a_second_interrupt_acts_as_ever():
    def interrupt(_row):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)
        sleep(0.1)

    # A process that was started in the background ignores interrupts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            train(NET, DATA, Adam(0.01), n_steps=80, on_record=interrupt, **SETTINGS)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_checkpoint_is_written_on_the_way_and_leaves_no_other_file(tmp_path):
    file, states = tmp_path / "run.npz", []

    def look(_row):
        if file.exists():
            states.append(load(file).stopped)

    fit = train(NET, DATA, Adam(0.01), n_steps=60, checkpoint=file, checkpoint_every=1e-9, on_record=look, **SETTINGS)
    assert set(states) == {"under way"}
    assert_same(load(file), fit)
    assert [path.name for path in tmp_path.iterdir()] == ["run.npz"]


def test_a_finished_checkpoint_is_returned_and_its_total_can_be_raised(tmp_path):
    file = tmp_path / "run"
    fit = train(NET, DATA, Adam(0.01), n_steps=60, checkpoint=file, **SETTINGS)
    assert_same(train(NET, DATA, Adam(0.01), n_steps=60, checkpoint=file, **SETTINGS), fit)
    longer = train(NET, DATA, Adam(0.01), n_steps=120, checkpoint=file, **SETTINGS)
    assert_same(longer, train(NET, DATA, Adam(0.01), n_steps=120, **SETTINGS))
    with pytest.raises(ValueError, match="seed=9"):
        train(NET, DATA, Adam(0.01), n_steps=120, checkpoint=file, **(SETTINGS | {"seed": 9}))


def test_an_early_stop_survives_an_interrupt():
    settings = {"n_steps": 5000, "batch_size": 10, "record_every": 50, "early_stop": EarlyStop(300), "seed": 1}
    whole = train(NET, DATA, SGD(2.0), **settings)

    def interrupt(row):
        if row["step"] == whole.n_steps - 100:
            os.kill(os.getpid(), signal.SIGINT)

    cut = train(NET, DATA, SGD(2.0), on_record=interrupt, **settings)
    assert cut.stopped == "interrupted"
    assert_same(train(NET, DATA, SGD(2.0), resume=cut, **settings), whole)


def test_the_run_before_a_blow_up_can_be_gone_on_with(tmp_path):
    file = tmp_path / "run.npz"
    method = BAOAB(lambda n: np.where(n < 55, 0.1, 1e200))
    with pytest.raises(TrainingBlowUpError) as caught:
        train(NET, DATA, method, n_steps=100, checkpoint=file, **SETTINGS)
    assert caught.value.partial.n_steps == load(file).n_steps == 50
    calm = train(NET, DATA, BAOAB(0.1), n_steps=100, resume=file, **SETTINGS)
    assert np.array_equal(calm.parameters, train(NET, DATA, BAOAB(0.1), n_steps=100, **SETTINGS).parameters)
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.step, again.layer) == (str(caught.value), caught.value.step, caught.value.layer)
    assert np.array_equal(again.partial.parameters, caught.value.partial.parameters)


def test_a_run_in_a_thread_of_its_own_is_the_same():
    with ThreadPoolExecutor(2) as pool:
        jobs = [pool.submit(train, NET, DATA, Adam(0.01), n_steps=60, **SETTINGS) for _ in range(2)]
    for job in jobs:
        assert_same(job.result(), train(NET, DATA, Adam(0.01), n_steps=60, **SETTINGS))


def test_a_progress_bar_is_shown_where_it_is_asked_for(capsys, monkeypatch):
    monkeypatch.setattr("pdeopt.networks.session.BAR_DELAY", 0.0)
    train(NET, DATA, Adam(0.01), n_steps=60, progress=True, on_record=lambda _: sleep(0.06), **SETTINGS)
    shown = capsys.readouterr().err
    assert "adam" in shown
    assert "loss=" in shown
    train(NET, DATA, Adam(0.01), n_steps=60, progress=False, **SETTINGS)
    assert capsys.readouterr().err == ""
