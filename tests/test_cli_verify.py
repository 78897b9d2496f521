"""`pdeopt verify`: verdicts, exit statuses and files, and one line for whatever is wrong."""

import re

import pytest
from PIL import Image

from pdeopt.cli import main
from pdeopt.verification import from_json

STEPS = """
import math
from pdeopt import SDE

def decay(t, x, rate):
    return -rate * x

def unit(t, x, rate):
    return 1.0

system = SDE(decay, unit, noise="additive", args=(1.0,), name="own")

def euler(t, x, h, xi, args):
    return x - args[0] * x * h + math.sqrt(h) * xi

def too_hot(t, x, h, xi, args):
    return x - args[0] * x * h + 1.1 * math.sqrt(h) * xi

number = 3
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(STEPS)


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["verify", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_scheme_is_certified_for_both_quantities_with_status_0(capsys):
    status, text, _ = run(capsys, "baoab")
    assert status == 0
    assert re.search(r"baoab, weak order: certified; claimed 2, order 2\.0000 \+- ", text)
    assert "baoab, order of stationary averages: certified" in text
    assert re.search(r"^ +step +error +slope$", text, re.MULTILINE)


def test_a_claim_that_is_too_high_is_refuted_with_status_1(capsys):
    status, text, _ = run(capsys, "bao", "--quantity", "weak", "--claimed", 2)
    assert status == 1
    assert "bao, weak order: refuted; claimed 2, order 1.0000" in text
    assert "stationary" not in text


def test_too_few_steps_decide_nothing_with_status_3(capsys):
    status, text, _ = run(capsys, "bao", "--quantity", "weak", "--steps", 0.5, 0.25)
    assert status == 3
    assert "inconclusive" in text


@pytest.mark.parametrize(("step", "status"), [("euler", 0), ("too_hot", 1)])
def test_a_step_and_a_system_of_ones_own_file_get_their_verdict(capsys, step, status):
    words = (f"mine.py:{step}", "--problem", "mine.py:system", "--claimed", 1, "--quantity", "weak")
    assert run(capsys, *words)[0] == status


def test_verdicts_are_saved_one_file_each_and_drawn_in_one_picture(capsys, tmp_path):
    status, text, _ = run(capsys, "baoab", "--save", "v.json", "--plot", "v.png")
    assert status == 0
    assert text.endswith("saved v_weak.json\nsaved v_invariant.json\ndrew v.png\n")
    assert from_json((tmp_path / "v_weak.json").read_text()).verdict == "certified"
    with Image.open("v.png") as picture:
        assert picture.width > 1.5 * picture.height


def test_the_list_has_every_claim_and_every_problem(capsys):
    status, text, _ = run(capsys, "--list")
    assert status == 0
    assert re.search(r"^sriw1 +diagonal +1\.5 +1\.5 +1\.5$", text, re.MULTILINE)
    assert re.search(r"^mala +additive +0\.75 +1 +exact$", text, re.MULTILINE)
    assert "torus_additive" in text


def test_the_help_teaches_by_examples(capsys):
    status, text, _ = run(capsys, "--help")
    assert status == 0
    assert text.count("\n  pdeopt verify ") >= 6
    assert "Exit status" in text


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (["mlistein"], r"SCHEME='mlistein' is unknown. Close ones: milstein.*pdeopt verify --list"),
        ([], r"SCHEME is missing; e.g. pdeopt verify milstein"),
        (["milstein", "--quantity", "weka"], r"--quantity weka is unknown; use weak\."),
        (["milstein", "--problem", "torsu"], r"--problem torsu is unknown; use torus\."),
        (["milstein", "--noise", "white"], r"--noise white is unknown; use additive or scalar or .* or general\."),
        (["mine.py:step"], r"mine.py has no 'step'; it has .*euler"),
        (["mine.py:number"], r"is int; use a function step\(t, x, h, xi, args\)"),
        (["no.py:step"], r"no.py does not exist"),
        (["mine.py:euler", "--problem", "mine.py:number"], r"--problem mine.py:number is int; it must be an SDE"),
        (["baoab", "--plot", "v.txt"], r"--plot v.txt must end in \.png"),
        (["baoab", "--save", "no/v.json"], r"--save no/v.json cannot be written: no is no folder"),
        (["euler-maruyama", "--problem", "gbm"], r"not of period 2 pi"),
        (["sra1", "--problem", "torus"], r"sra1"),
        (["--check", "no.md"], r"no.md does not exist"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_status_2(capsys, words, answer):
    status, _, err = run(capsys, *words)
    assert status == 2
    assert len(err.splitlines()) == 1
    assert re.search(answer, err)
