"""`pdeopt train --blocks`: residual networks and the noise of their layers on the command line."""

import matplotlib.pyplot as plt
import numpy as np
import pytest

from pdeopt.cli import main
from pdeopt.networks import ResNet, load, spirals, train
from pdeopt.networks.noise import AdditiveNoise, Dropout, ShakeShake, StochasticDepth
from pdeopt.optimizers import Adam

FEW = ("--n-train", 40, "--n-test", 20, "--steps", 30, "--batch", 10, "--method", "adam")


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


@pytest.mark.parametrize(
    ("word", "noise"),
    [
        ("dropout:keep=0.8,where=hidden", Dropout(0.8, "hidden")),
        ("stochastic-depth:keep=0.5,inverted=true,decay=linear", StochasticDepth(0.5, inverted=True, decay="linear")),
        ("shake-shake:law=bernoulli", ShakeShake("bernoulli")),
        ("additive:strength=0.2", AdditiveNoise(0.2)),
    ],
)
def test_a_residual_network_is_that_of_the_function_to_the_bit(capsys, word, noise):
    status, text, complaint = run(
        capsys, *FEW, "--blocks", 3, "--width", 4, "--hidden", 5, "--layer-noise", word, "--save", "fit.npz"
    )
    net = ResNet([2, 4, 1], n_blocks=3, hidden=5, noise=noise)
    fit = train(net, spirals(n_train=40, n_test=20, seed=0), Adam(), n_steps=30, batch_size=10, record_every=1)
    assert (status, complaint) == (0, "")
    assert f"3 residual blocks, noise {noise}" in text
    np.testing.assert_array_equal(load("fit.npz").parameters, fit.parameters)


def test_a_file_of_a_residual_network_is_enough_to_go_on(capsys):
    words = (*FEW, "--blocks", 2, "--layer-noise", "batch:coefficient=0.1")
    run(capsys, *words, "--save", "short.npz")
    run(capsys, "--resume", "short.npz", "--steps", 50, "--save", "longer.npz")
    run(capsys, *words, "--steps", 50, "--save", "long.npz", "--plot", "long.png")
    np.testing.assert_array_equal(load("longer.npz").parameters, load("long.npz").parameters)


def test_runs_and_scans_take_residual_networks(capsys):
    assert run(capsys, *FEW, "--blocks", 2, "--layer-noise", "dropout", "--runs", 2)[::2] == (0, "")
    assert run(capsys, *FEW, "--blocks", 2, "--scan", "hidden=3,5", "--runs", 2)[::2] == (0, "")


def test_kinds_of_noise_are_listed_with_their_defaults(capsys):
    text = run(capsys, "--methods")[1]
    assert "stochastic-depth  keep=0.5 inverted=false decay=none shared=false" in text
    assert "batch             coefficient=0.1" in text


@pytest.mark.parametrize(
    "words",
    [
        (("--layer-noise", "dropout"), "--layer-noise is for residual networks; add the number", "--blocks 10"),
        (("--width", "3"), "--width is for residual networks", "--blocks 10"),
        (("--blocks", "0"), "--blocks 0 must be one positive whole number", "--blocks 10"),
        (("--blocks", "2.5"), "--blocks 2.5 must be positive whole numbers", "--blocks 10"),
        (("--blocks", "2", "--hidden", "3", "4"), "--hidden 3 4 must be one positive whole number", "--hidden 20"),
        (("--blocks", "2", "--layer-noise", "drop"), "--layer-noise drop is unknown", "dropout"),
        (("--blocks", "2", "--layer-noise", "dropout:kep=1"), "dropout has no setting 'kep'", "keep"),
        (("--blocks", "2", "--layer-noise", "dropout:keep=x"), "keep=x must be a number", "keep=0.5"),
        (("--blocks", "2", "--layer-noise", "dropout:keep=2"), "keep=2.0 must be a probability", "keep=0.5"),
        (("--blocks", "2", "--layer-noise", "dropout:where=top"), "where='top' is unknown", "'branch'"),
        (("--blocks", "2", "--sizes", "2,1"), "--sizes of a residual network are inputs, width", "--sizes 2,4,1"),
        (("--blocks", "2", "--activation", "sine"), "--activation sine", "tanh"),
    ],
)
def test_a_bad_residual_network_is_one_line_that_says_what_would_do(capsys, words):
    status, text, line = run(capsys, *FEW, *words[0])
    assert (status, text) == (2, "")
    assert line.startswith("pdeopt: error: ")
    assert line.count("\n") == 1
    assert words[1] in line
    assert words[2] in line
