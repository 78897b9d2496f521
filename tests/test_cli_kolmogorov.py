"""`pdeopt kolmogorov`: known answers, grids that choose themselves, files, and one line for whatever is wrong."""

import re

import numpy as np
import pytest
from PIL import Image
from scipy.integrate import cumulative_simpson, quad
from scipy.special import ndtr

import pdeopt
from pdeopt.cli import main
from pdeopt.cli.expressions import read_formula
from pdeopt.cli.kolmogorov_grid import box_of

EQUATIONS = """
import pdeopt

def drift(t, x, rate):
    return -rate * x

def noise(t, x, rate):
    return 2.0 ** 0.5

reverting = pdeopt.SDE(drift, noise, noise="additive", args=(1.0,), name="reverting")

def bowl(x):
    return 0.5 * x * x

number = 3
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.py").write_text(EQUATIONS)


def run(capsys, *words):
    """Run the command; return its status, what it printed and what it complained."""
    status = main(["kolmogorov", *map(str, words)])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def value_at(text, point):
    """Return the value and the error of the row of a point."""
    row = re.search(rf"^ +\({re.escape(point)}\) +(\S+) +(\S+)$", text, re.MULTILINE)
    return float(row[1]), float(row[2])


def test_a_mean_exit_time_is_the_published_one_within_its_error(capsys):
    status, text, _ = run(capsys, "double_well", "--beta", 4, "--question", "exit-time", "--inside", "x < 1")
    value, error = value_at(text, "-1")
    assert status == 0
    assert abs(value - 14.2777366365081) < max(error, 1e-8) < 1e-7


def test_limits_between_the_nodes_of_a_plain_grid_become_nodes(capsys):
    words = ("--question", "committor", "--from", "x < -1.037", "--to", "not x < 0.911", "--at", 0.123)
    _, text, _ = run(capsys, "double_well", "--beta", 3, *words)
    whole, part = (quad(lambda x: np.exp(0.75 * (x * x - 1.0) ** 2), -1.037, end)[0] for end in (0.911, 0.123))
    assert value_at(text, "0.123")[0] == pytest.approx(part / whole, rel=1e-9)


@pytest.mark.parametrize(("name", "beta"), [("double_well", 4.0), ("tilted_double_well", 0.5), ("himmelblau", 0.2)])
def test_a_grid_ends_where_the_density_has_vanished_and_not_much_before(name, beta):
    f = pdeopt.landscapes.get(name)
    lower, upper = box_of(f, beta)
    heights = beta * (f.on(pdeopt.Grid(lower, upper, 301)) - np.min(f(np.array(f.minima))))
    for axis in range(f.dim):
        lines = np.moveaxis(heights, axis, 0)
        assert lines[[0, -1]].min() >= -np.log(1e-14)
        assert max(lines[12].min(), lines[-13].min()) < -np.log(1e-14)


def test_two_temperatures_are_answered_in_turn_and_saved_one_file_each(capsys, tmp_path):
    words = ("--question", "invariant", "--save", "p.npz", "--plot", "p.png")
    status, text, _ = run(capsys, "mine.py:bowl", "--beta", 1, 4, "--lower", -9, "--upper", 9, *words)
    assert status == 0
    assert len(re.findall(r"^invariant density on ", text, re.MULTILINE)) == 2
    for beta in (1, 4):
        with np.load(tmp_path / f"p_beta_{beta}.npz") as kept:
            gauss = np.sqrt(beta / (2.0 * np.pi)) * np.exp(-0.5 * beta * kept["x"] ** 2)
            np.testing.assert_allclose(kept["values"], gauss, atol=1e-8)
        with Image.open(f"p_beta_{beta}.png") as picture:
            assert picture.width > 500


def test_a_mean_at_two_times_of_an_equation_of_ones_own(capsys):
    words = ("--lower", -8, "--upper", 8, "--shape", 201, "--question", "backward", "--terminal", "cos(x)")
    status, text, _ = run(capsys, "mine.py:reverting", *words, "--time", 0.5, 1, "--at", 1)
    assert status == 0
    rows = re.findall(r"^ +\(1\) +(\S+) +(\S+) +(\S+)$", text, re.MULTILINE)
    for time, value, _ in np.array(rows, dtype=float):
        decay = np.exp(-time)
        assert value == pytest.approx(np.cos(decay) * np.exp(-0.5 * (1.0 - decay**2)), abs=1e-8)


def test_a_condition_counts_one_or_zero_as_a_terminal_value(capsys):
    words = ("--lower", -8, "--upper", 8, "--shape", 201, "--question", "backward", "--terminal", "x > 0")
    _, text, _ = run(capsys, "mine.py:reverting", *words, "--time", 0.5, "--at", 1)
    value, error = np.array(re.search(r"^ +\(1\) +\S+ +(\S+) +(\S+)$", text, re.MULTILINE).groups(), dtype=float)
    exact = ndtr(np.exp(-0.5) / np.sqrt(1.0 - np.exp(-1.0)))
    assert abs(value - exact) <= error < 1e-2


def test_a_density_starts_at_a_point_or_from_a_function_in_any_units(capsys, tmp_path):
    words = ("--lower", -7, "--upper", 7, "--shape", 201, "--question", "forward", "--time", 0.5)
    for initial, variance in (("-1", 0.0), ("30 * exp(-5 * (x + 1)^2)", 0.1)):
        assert run(capsys, "mine.py:reverting", *words, "--initial", initial, "--save", "p.npz")[0] == 0
        with np.load(tmp_path / "p.npz") as kept:
            x, density = kept["x"], kept["values"]
        mean, width = -np.exp(-0.5), 1.0 - np.exp(-1.0) + variance * np.exp(-1.0)
        gauss = np.exp(-0.5 * (x - mean) ** 2 / width) / np.sqrt(2.0 * np.pi * width)
        np.testing.assert_allclose(density, gauss, atol=3e-3)


def test_a_grid_file_is_asked_in_its_own_box_about_its_trained_points(capsys, tmp_path):
    x, y = np.linspace(-3.0, 3.0, 61), np.linspace(-2.0, 2.0, 31)
    loss = (x[:, None] ** 2 - 1.0) ** 2 + y**2
    np.savez(tmp_path / "loss.npz", x=x, y=y, loss=loss, trained=np.array([[-1.0, 0.0], [1.0, 0.0]]))
    words = (
        "--beta",
        2,
        "--question",
        "committor",
        "--from",
        "x < -0.9",
        "--to",
        "x > 0.9",
        "--plot",
        "q.png",
        "--save",
        "q.npz",
    )
    status, text, _ = run(capsys, "loss.npz", *words)
    assert status == 0
    assert "loss.npz, beta 2: 61 x 31 nodes, x -3 ... 3, y -2 ... 2" in text
    assert (value_at(text, "-1, 0")[0], value_at(text, "1, 0")[0]) == pytest.approx((0.0, 1.0), abs=1e-6)
    assert (tmp_path / "q.png").stat().st_size > 10_000
    fine = np.linspace(-0.9, 0.9, 18_001)
    scale = cumulative_simpson(np.exp(2.0 * np.interp(fine, x, (x * x - 1.0) ** 2)), x=fine, initial=0.0)
    with np.load(tmp_path / "q.npz") as kept:
        expected = np.interp(x, fine, scale / scale[-1])
        np.testing.assert_allclose(kept["values"], expected[:, None] + np.zeros_like(y), atol=1e-6)


def test_a_landscape_that_is_steep_far_out_is_answered_and_coarse_grids_are_noted(capsys):
    words = ("--beta", 0.05, "--question", "exit-time", "--inside", "y > 0.5", "--at", -0.558, 1.442, "--shape", 41)
    status, text, notes = run(capsys, "mueller_brown", *words)
    value, error = value_at(text, "-0.558, 1.442")
    assert status == 0
    assert "scharfetter-gummel rates" in text
    assert abs(value - 0.4474) < error + 5e-4
    assert all(line.startswith("pdeopt: ") for line in notes.splitlines())


def test_the_help_teaches_by_examples(capsys):
    status, text, _ = run(capsys, "--help")
    assert status == 0
    assert text.count("\n  pdeopt kolmogorov ") >= 6


FORMULAS = {
    "x < 1": [True, True, False],
    "-1 < x <= 1": [False, True, True],
    "not (x < 0 or x > 0.5)": [False, True, False],
    "x^2 + 1 < 1.5 and y > -1": [False, True, False],
    "max(x, y) > 0.5": [False, False, True],
    "abs(x) > exp(-1)": [True, False, True],
}


@pytest.mark.parametrize("text", FORMULAS)
def test_conditions_mean_what_they_say(text):
    points = np.array([[-1.0, 0.0], [0.0, 0.0], [1.0, 0.0]])
    assert read_formula(text, "--inside", ("x", "y")).holds(points).tolist() == FORMULAS[text]


def test_edges_belong_to_a_set_or_not_under_any_negation():
    points = np.array([[0.0], [1.0], [2.0]])
    for text in ("0 < x <= 2", "not (x <= 0 or x > 2)", "x >= 0 and not x >= 2"):
        formula = read_formula(text, "--from", ("x",))
        assert formula.with_edges(False).holds(points).tolist() == [False, True, False]
        assert formula.with_edges(True).holds(points).tolist() == [True, True, True]


def test_a_power_binds_tighter_than_a_sum_and_a_sign():
    assert read_formula("-x^2 + 3*2^x", "--terminal", ("x",)).of((2.0,)) == 8.0


LIMITS = {
    "x < 0.3 and 2 * y - 1 >= 4": {"x": [0.3], "y": [2.5]},
    "max(x - 1, 0) + abs(x + 0.5)": {"x": [-0.5, 1.0], "y": []},
    "x^2 + y < 1 or x < y": {"x": [], "y": []},
    "-1 < x < pi / 2": {"x": [-1.0, np.pi / 2.0], "y": []},
    "min(x, 2, 3 - x)": {"x": [1.0, 1.5, 2.0], "y": []},
}


@pytest.mark.parametrize("text", LIMITS)
def test_limits_are_where_a_formula_bends_or_jumps_across_a_plane(text):
    assert read_formula(text, "--inside", ("x", "y")).limits() == LIMITS[text]


@pytest.mark.parametrize(
    "text",
    ["__import__('os')", "x.real < 1", "[x for x in y]", "lambda: 1", "open('a')", "x if x else 1", "'a' < x", "z < 1"],
)
def test_nothing_but_arithmetic_is_understood(text):
    with pytest.raises(ValueError, match=r"is not understood; use x, y, numbers, .* max, min|cannot be read"):
        read_formula(text, "--inside", ("x", "y"))


WELL = ["double_well", "--beta", "4"]
INSIDE = ["--question", "exit-time", "--inside"]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        (WELL, r"--question is missing; use one of exit-time, committor"),
        ([*WELL, "--question", "exit-times"], r"--question exit-times is unknown; use exit-time\."),
        ([*WELL, "--question", "exit-time"], r"--question exit-time needs e\.g\. --inside \"x < 1\"\."),
        (["double_wel", "--beta", "4", *INSIDE, "x<1"], r"INPUT='double_wel' is no file .* double_well"),
        (["double_well", *INSIDE, "x<1"], r"--beta is missing: .* --beta 4"),
        (["double_well", "--beta", "inf", *INSIDE, "x<1"], r"--beta inf must be positive and finite"),
        ([*WELL, *INSIDE, "x"], r"--inside 'x' is no condition; compare"),
        ([*WELL, *INSIDE, "x < "], r"--inside 'x < ' cannot be read; write"),
        ([*WELL, *INSIDE, "y < 1"], r"--inside 'y < 1': y is not understood; use x, numbers"),
        ([*WELL, *INSIDE, "x < 1 and x > 1"], r"--inside .* holds at no node of the grid"),
        ([*WELL, *INSIDE, "x < 9", "--upper", "3"], r"the process never leaves"),
        (
            [*WELL, "--question", "backward", "--terminal", "log(x)", "--time", "1"],
            r"--terminal .log\(x\). is not finite at \(-",
        ),
        ([*WELL, "--question", "forward", "--initial", "x", "--time", "1"], r"--initial 'x' is no density"),
        ([*WELL, "--question", "forward", "--initial", "9", "--time", "1"], r"outside the grid"),
        ([*WELL, *INSIDE, "x<1", "--boundary", "mirror"], r"boundary='mirror' is not known: use one of"),
        ([*WELL, *INSIDE, "x<1", "--plot", "a.txt"], r"--plot a.txt must end in \.png"),
        ([*WELL, *INSIDE, "x<1", "--save", "no/a.npz"], r"--save no/a.npz cannot be written: no is no folder"),
        (["mine.py:number", "--beta", "1", *INSIDE, "x<1"], r"is int; it must be"),
        (["mine.py:reverting", *INSIDE, "x<1"], r"say where, e\.g\. --lower -3 --upper 3"),
        (["mine.py:reverting", "--beta", "1", *INSIDE, "x<1"], r"--beta is for landscapes"),
        (["mine.py:bowl", "--beta", "1", *INSIDE, "x<1"], r"no domain of its own; add e\.g\. --lower -3"),
        ([*WELL, *INSIDE, "x<1", "--at", "7"], r"--at 7 lies outside the grid from"),
        ([*WELL, *INSIDE, "1/0 < x"], r"--inside '1/0 < x' holds at no node"),
        ([*WELL, *INSIDE, "x < 50", "--shape", "101"], r"only rates that round to zero, .* Use a smaller set"),
        ([*WELL, "--question", "spectrum", "--count", "0"], r"--count 0 must be at least 1"),
        ([*WELL, "--question", "backward", "--terminal", "x", "--time", "-1"], r"--time -1 must be finite"),
        ([*WELL, "--question", "committor", "--from", "x<0", "--to", "x<1"], r"--from and --to both hold at \d+ nodes"),
        (["half_line", "--beta", "1", *INSIDE, "x<1"], r"half_line is a wall at \(-?[\d.]+,\); end the grid"),
    ],
)
def test_whatever_is_wrong_is_one_line_and_status_2(capsys, words, answer):
    status, _, err = run(capsys, *words)
    assert status == 2
    assert len(err.splitlines()) == 1
    assert re.search(answer, err)
