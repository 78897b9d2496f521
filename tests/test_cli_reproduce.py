"""`pdeopt reproduce`: tables of published and own numbers, files, and one line for whatever is wrong."""

import json
import re
from dataclasses import replace

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

from pdeopt.cli import main
from pdeopt.networks import figures

TINY = ("--runs", 2, "--steps", 40)


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["reproduce", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def output(capsys, *words):
    """Run a command that must succeed without a word of complaint, and return what it printed."""
    status, text, complaint = run(capsys, *words)
    assert (status, complaint) == (0, "")
    return text


def write_digits(folder, n=120):
    """Write the four files of a set of images of two by two pixels in the format of MNIST."""
    folder.mkdir()
    rng = np.random.default_rng(0)
    for part in ("train", "t10k"):
        pixels, labels = rng.integers(0, 256, (n, 2, 2), np.uint8), (np.arange(n) % 10).astype(np.uint8)
        head = b"\0\0\x08\x03" + np.array([n, 2, 2], ">u4").tobytes()
        (folder / f"{part}-images-idx3-ubyte").write_bytes(head + pixels.tobytes())
        head = b"\0\0\x08\x01" + np.array([n], ">u4").tobytes()
        (folder / f"{part}-labels-idx1-ubyte").write_bytes(head + labels.tobytes())


@pytest.mark.parametrize("words", [[], ["--list"]])
def test_the_figures_are_listed_in_order_with_what_the_paper_prints_of_them(capsys, words):
    text = output(capsys, *words)
    keys = [line[:10].strip() for line in text.splitlines()[1:]]
    assert set(figures.FIGURES) <= set(keys)
    assert [key for key in keys if key.isdecimal()] == [
        "1",
        "3",
        "4",
        "5",
        "6",
        "7",
        "8",
        "9",
        "10",
        "13",
        "14",
        "15",
        "16",
    ]
    assert re.search(r"^8 +5 +5 +100 +10000 +two turns", text, re.MULTILINE)
    assert re.search(r"^5 .*\(needs --mnist FOLDER\)$", text, re.MULTILINE)


def test_the_table_has_the_means_of_the_function_and_says_what_is_published(capsys):
    text = output(capsys, "8", *TINY, "--seed", 3)
    expected = figures.reproduce(8, n_runs=2, n_steps=40, seed=3)
    assert "ours: 2 runs of each method, seed 3" in " ".join(text.split())
    for row in expected.rows:
        assert re.search(rf"^  {re.escape(row.label)} +40 +test +- +{row.ours:.1f} ", text, re.MULTILINE)
    assert "given by the paper: two turns" in text
    assert max(map(len, text.splitlines())) <= 140


@pytest.mark.slow
def test_printed_numbers_stand_beside_ours_with_a_verdict(capsys):
    text = output(capsys, "8", "--runs", 4)
    assert re.search(r"^  Adam +10000 +test +83\.7 +\d+\.\d +\d+\.\d .*(agrees|close|differs)$", text, re.MULTILINE)


@pytest.mark.parametrize("words", [["8", "forms"], ["8-forms"], ["Figure", "8", "forms"]])
def test_a_figure_is_named_in_one_word_or_several(capsys, words):
    assert "other readings of its caption" in output(capsys, *words, "--runs", 1, "--steps", 5)


def test_numbers_are_saved_and_the_figure_drawn(capsys, tmp_path):
    text = output(capsys, "8", *TINY, "--save", "eight.json", "--plot", "eight.png")
    assert text.endswith("saved eight.json\ndrew eight.png\n")
    kept = json.loads((tmp_path / "eight.json").read_text())
    assert [row["label"] for row in kept["rows"]][:2] == ["SGD", "Adam"]
    with Image.open("eight.png") as picture:
        assert min(picture.size) > 300


def test_a_table_for_a_page_is_markdown(capsys):
    text = output(capsys, "8", *TINY, "--markdown")
    assert "| --- |" in text
    assert re.search(r"^\| SGD \| 40 \|", text, re.MULTILINE)


def test_the_figures_of_mnist_are_computed_from_its_files(capsys, tmp_path):
    write_digits(tmp_path / "files")
    text = output(capsys, "5", "--steps", 3, "--mnist", "files")
    assert re.search(r"^  AdLaLa +3 +test", text, re.MULTILINE)


def test_the_help_teaches_by_examples(capsys):
    text = output(capsys, "--help")
    assert text.count("\n  pdeopt reproduce") >= 6
    assert "Exit status" in text


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("2",), "FIGURE '2' is not known. Use one of"),
        (("5",), "FIGURE '5' needs the four IDX files of MNIST. Use --mnist FOLDER"),
        (("5", "--mnist", "nowhere"), "--mnist 'nowhere' is no folder"),
        (("8", "--runs", "0"), "--runs 0 must be a whole number of at least 1"),
        (("8", "--steps", "0"), "--steps 0 must be at least 1"),
        (("8", "--seed", "-1"), "--seed -1 must be a whole number of at least 0"),
        (("8", "--threads", "0"), "--threads 0 must be at least 1"),
        (("8", "--runs", "x"), "invalid int value"),
        (("8", "--save", "eight.txt"), "--save eight.txt must end in .json"),
        (("8", "--plot", "no/eight.png"), "--plot no/eight.png cannot be written: no is no folder"),
    ],
)
def test_bad_input_is_one_line_with_status_2(capsys, words, message):
    status, text, complaint = run(capsys, *words)
    assert (status, text) == (2, "")
    assert message in complaint
    assert complaint.count("\n") == 1


def test_an_interrupt_leaves_a_table_of_what_was_done_and_exits_with_130(capsys, monkeypatch):
    whole = figures.reproduce(8, n_runs=1, n_steps=5)
    one = {"SGD": whole.ensembles["SGD"]}
    stopped = replace(whole, rows=whole.rows[:1], ensembles=one, interrupted=True)
    monkeypatch.setattr("pdeopt.cli.reproducing.reproduce", lambda *_, **__: stopped)
    status, text, _ = run(capsys, "8", "--save", "eight.json")
    assert status == 130
    assert "stopped by the user" in text
    assert text.endswith("saved eight.json\n")
