"""`pdeopt train`: what it trains and prints, its exit statuses and files, and one line for whatever is wrong."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt.cli import main
from pdeopt.networks import MLP, TrainingEnsemble, circles, spirals, train, train_ensemble
from pdeopt.optimizers import LOL, SGD, AdLa, AdLaLa, Adam, Langevin, Partition

FEW = ("--n-train", 40, "--n-test", 20, "--steps", 30, "--batch", 10)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["train", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def output(capsys, *words):
    """Run a command that must succeed without a word of complaint, and return what it printed."""
    status, text, complaint = run(capsys, *words)
    assert (status, complaint) == (0, "")
    return text


def complaint(capsys, *words):
    """Run a command that must fail, and return the one line it complains with."""
    status, text, line = run(capsys, *words)
    assert status == 2
    assert line.startswith("pdeopt: error: ")
    assert line.count("\n") == 1
    return line


def test_the_list_has_every_method_with_its_defaults(capsys):
    text = output(capsys, "--methods")
    assert re.search(r"^sgd +step_size=0\.1$", text, re.MULTILINE)
    assert re.search(r"^adlala +step_size=0\.25 temperature=0\.0001 sigma=0\.01 coupling=0\.1", text, re.MULTILINE)
    assert "partition" not in text


def test_a_method_is_explained_by_its_settings_and_notes(capsys):
    text = output(capsys, "--methods", "adlala")
    assert "  friction=0.5\n      gamma_2, of the other layers" in text
    assert "half a kick" in text
    assert ">>>" not in text


def test_the_help_teaches_by_examples(capsys):
    text = output(capsys, "--help")
    assert text.count("\n  pdeopt train") >= 8
    assert "Exit status" in text


def test_runs_of_many_seeds_are_those_of_the_function_with_means_and_standard_errors(capsys):
    text = output(capsys, *FEW, "--runs", 3, "--seed", 5, "--method", "adam:step_size=0.01", "--save", "many.npz")
    data = lambda seed: spirals(n_train=40, n_test=20, seed=seed)  # noqa: E731
    expected = train_ensemble(MLP([2, 20, 1]), data, Adam(0.01), n_runs=3, seed=5, n_steps=30, batch_size=10, threads=1)
    kept = TrainingEnsemble.load("many.npz")
    assert np.array_equal(kept.parameters, expected.parameters)
    assert re.search(rf"test accuracy +{expected.mean():.4f} +{expected.standard_error():.4f}", text)
    assert text.endswith("saved many.npz\n")


def test_a_seed_of_the_data_gives_all_runs_the_same_set(capsys):
    output(capsys, *FEW, "--runs", 2, "--data-seed", 7, "--method", "sgd", "--save", "many.npz")
    data = spirals(n_train=40, n_test=20, seed=7)
    expected = train_ensemble(MLP([2, 20, 1]), data, SGD(), n_runs=2, n_steps=30, batch_size=10, threads=1)
    assert np.array_equal(TrainingEnsemble.load("many.npz").parameters, expected.parameters)
