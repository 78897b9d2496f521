"""`pdeopt geometry`: what it prints and writes, and one line for whatever is wrong."""

import re

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from pdeopt.cli import main
from pdeopt.geometry import MergeTree, TrackedMinima

SMALL = ["--shape", "201"]


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def output(capsys, *words):
    """Run a command that must succeed, and return what it printed."""
    status = main(["geometry", *map(str, words)])
    printed = capsys.readouterr()
    assert status == 0, printed.err
    return printed.out


def complaint(capsys, *words):
    """Run a command that must fail, and return the one line it complains with."""
    status = main(["geometry", *map(str, words)])
    lines = capsys.readouterr().err.splitlines()
    assert status == 2
    assert len(lines) == 1
    return lines[0]


def test_minima_passes_basins_and_the_tree_are_printed(capsys):
    text = output(capsys, "himmelblau", "--shape", 101)
    head, minima, passes, basins, tree = text.strip().split("\n\n")
    assert head.startswith("himmelblau: 101 x 101 nodes")
    assert len(minima.splitlines()) == len(basins.splitlines()) == len(tree.splitlines()) == 6
    assert re.search(r"\(3\.38\d*, 0\.07\d*\) +13\.3", passes)
    assert passes.count("not in the tree") == 1


def test_a_temperature_adds_weights_and_rates(capsys):
    text = output(capsys, "double_well", "--beta", 20, *SMALL)
    rates = re.search(r"1 to 2 +(\S+) +2 to 1 +(\S+)", text)
    # sqrt(2 * 1) / (2 pi) exp(-20 / 4), from either side.
    assert [float(rate) for rate in rates.groups()] == pytest.approx(
        [np.sqrt(2) / (2 * np.pi) * np.exp(-5.0)] * 2, rel=0.01
    )
    assert re.search(r"basins, under exp\(-20 f\)", text)


def test_times_add_the_merges(capsys):
    text = output(capsys, "chaudhari_figure_1", "--time", 0.2, 1, "--beta", 10, *SMALL)
    assert "7 minima at time 0, 1 at time 1" in text
    assert len(re.findall(r"ends in the basin of", text)) == 6


def test_an_audit_adds_the_curvature_and_its_bounds(capsys):
    text = output(capsys, "double_well", "--time", 0.5, "--beta", 2, "--audit", *SMALL)
    assert "curvature at time 0.5\n" in text
    assert "violated" not in text


def test_the_tree_is_drawn_and_kept(capsys):
    output(capsys, "double_well", "--plot", "tree.png", "--save", "tree.npz", *SMALL)
    with Image.open("tree.png") as picture:
        assert picture.size[0] > 1000
    assert MergeTree.load("tree.npz").persistence == pytest.approx([np.inf, 0.25])


def test_tracked_minima_are_drawn_and_kept(capsys):
    output(capsys, "double_well", "--time", 1, "--beta", 5, "--plot", "paths.png", "--save", "paths.npz", *SMALL)
    with Image.open("paths.png") as picture:
        assert picture.size[0] > 500
    assert TrackedMinima.load("paths.npz").beta == 5.0


def test_shallow_minima_are_left_out_where_asked(capsys):
    assert "one basin only" in output(capsys, "double_well", "--shallowest", 0.3, *SMALL)


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["double_wel"], "double_well"),
        (["double_well", "--beta", "-1"], "--beta -1 must be positive, e.g. --beta 10"),
        (["double_well", "--beta", "inf"], "inf goes with --time only"),
        (["double_well", "--time", "1", "0.5"], "--time 1 0.5: times must be positive and increase"),
        (["double_well", "--shallowest", "-1"], "--shallowest -1 must be finite and not negative, e.g. 0.1"),
        (["double_well", "--audit"], "--audit compares the relaxation at a time; add e.g. --time 1"),
        (["double_well", "--plot", "tree.txt"], "--plot tree.txt must end in .png"),
        (["double_well", "--save", "nowhere/tree.npz"], "--save nowhere/tree.npz cannot be written"),
        (["rosenbrock", "--dim", "9"], "9"),
    ],
)
def test_a_wrong_command_is_one_line_that_says_what_works(capsys, words, message):
    assert message in complaint(capsys, *words)
