"""`pdeopt solve`: tables, files, runs that go on, and one line with status 2 for whatever is wrong."""

import os
import re
import signal

import matplotlib.pyplot as plt
import numpy as np
import pytest
from PIL import Image

import pdeopt
from pdeopt.cli import main
from pdeopt.hamilton_jacobi import load_frames

SMALL = ["--shape", "65"]
GODUNOV = ["--method", "godunov"]
WELL = ["solve", "double_well", "--viscosity", "0.05", *GODUNOV]
OWN = """
import numba, pdeopt

@numba.njit
def drifting(t, x, u, p):
    return 0.5 * p * p - x * p

def problem():
    f = pdeopt.landscapes.double_well()
    return pdeopt.HamiltonJacobi(f, pdeopt.Grid(-2.0, 2.0, 65), viscosity=0.05)
"""


@pytest.fixture(autouse=True)
def _own_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    yield
    plt.close("all")


@pytest.fixture
def _interruptible():
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def output(capsys, *words, status=0):
    """Run a command that must end with a status, and return what it printed."""
    found = main([str(word) for word in words])
    printed = capsys.readouterr()
    assert found == status, printed.err
    return printed.out


def complaint(capsys, *words):
    """Run a command that must fail before it prints, and return the one line it complains with."""
    assert main([str(word) for word in words]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    (line,) = printed.err.splitlines()
    assert line.startswith("pdeopt: error: ")
    return line


def test_solve_prints_equation_minima_before_and_after_steps_and_error(capsys):
    text = output(capsys, *WELL, "--time", 0.5, *SMALL)
    before, after = text.split("after, time 0.5")
    assert "u_t + |p|^2 / 2 = 0.05 lap u on 65 nodes, reflecting" in before
    assert re.search(r"\(-?0\.998\) +\S+ +0\.25", before)
    assert re.search(r"minimum at +value +depth +curvature", after)
    assert re.search(r"godunov, euler: \d+ steps of \S+( to \S+)?; \S+ s", after)
    assert re.search(r"error estimate \S+, from the solution on every second node", after)


def test_the_solution_is_that_of_python(capsys):
    output(capsys, *WELL, "--time", 0.1, 0.5, *SMALL, "--save", "kept.npz")
    f = pdeopt.landscapes.double_well()
    problem = pdeopt.HamiltonJacobi(f, pdeopt.Grid(-2.0, 2.0, 65), viscosity=0.05)
    expected = pdeopt.solve_hamilton_jacobi(problem, [0.1, 0.5], method="godunov")
    assert np.array_equal(pdeopt.load("kept.npz").values, expected.values)


def test_beta_is_a_viscosity(capsys):
    one = output(capsys, *WELL, "--time", 0.5, *SMALL)
    other = output(capsys, "solve", "double_well", "--beta", 10, "--time", 0.5, *SMALL, *GODUNOV)
    assert re.sub(r"\S+ s\n", "", one) == re.sub(r"\S+ s\n", "", other)


def test_a_function_of_ones_own_is_the_hamiltonian(capsys, tmp_path):
    (tmp_path / "mine.py").write_text(OWN)
    words = ["solve", "quadratic", "--hamiltonian", "mine.py:drifting", "--convex", "--viscosity", 0.05, "--time", 1]
    text = output(capsys, *words, "--lower", -1, "--upper", 1, "--shape", 201, "--boundary", "extrapolation", *GODUNOV)
    assert "u_t + drifting = 0.05 lap u" in text
    # u = a x^2 / 2 + c with a' = 2 a - a^2, a(0) = 1: a = 2 e^2t / (1 + e^2t), c' = nu a.
    (curvature,) = re.findall(r"^ +\(\S+\) +\S+ +\S+ +(\S+)$", text.split("after")[1], re.MULTILINE)
    assert float(curvature) == pytest.approx(2.0 * np.e**2 / (1.0 + np.e**2), rel=0.02)


def test_a_problem_of_ones_own_is_solved_as_it_is(capsys, tmp_path):
    (tmp_path / "whole.py").write_text(OWN)
    text = output(capsys, "solve", "whole.py:problem", "--time", 0.5, "--save", "kept.npz", *GODUNOV)
    output(capsys, *WELL, "--time", 0.5, *SMALL, "--save", "named.npz")
    assert "0.05 lap u on 65 nodes, reflecting" in text
    assert np.array_equal(pdeopt.load("kept.npz").values, pdeopt.load("named.npz").values)


def test_a_standard_problem_brings_its_times_and_its_exact_solution(capsys):
    text = output(capsys, "solve", "b5", "--shape", 40, *GODUNOV)
    assert "b5: |p|^2 / 2 from -cos(pi x)" in text
    error = float(re.search(r"error (\S+), in the mean \S+, against the exact solution", text)[1])
    # Published for 40 cells and shorter steps: 2.36e-2.
    assert error == pytest.approx(2.36e-2, rel=0.3)


def test_orders_are_observed_against_relax_where_it_solves_the_same(capsys):
    text = output(capsys, *WELL, "--time", 0.5, "--eoc", 64, 128, 256, 512)
    assert "errors against the exact solution, at time 0.5; godunov, euler" in text
    order = float(re.search(r"^l1: order (\S+) \+-", text, re.MULTILINE)[1])
    assert order == pytest.approx(1.0, abs=0.1)


def test_orders_are_observed_between_grids_where_nothing_is_exact(capsys):
    words = ["--time", 0.1, "--boundary", "extrapolation", "--eoc", 64, 128, 256, 512]
    text = output(capsys, *WELL, *words)
    assert "estimated from the next finer one" in text
    assert len(re.findall(r"^ +0\.\d+ +\d\.", text, re.MULTILINE)) == 3


def test_pictures_and_films_are_written_complete(capsys, tmp_path):
    output(capsys, *WELL, "--time", 0.1, 0.5, *SMALL, "--plot", "u.png", "--animate", "u.gif", "--frames", 4)
    with Image.open("u.png") as still, Image.open("u.gif") as film:
        assert still.size > (300, 300)
        # The landscape, four even times, and those of the table that are none of these.
        assert film.n_frames == 6
    assert sorted(path.name for path in tmp_path.iterdir()) == ["u.gif", "u.png"]


@pytest.mark.usefixtures("_interruptible")
def test_an_interrupt_exits_with_130_and_the_same_command_goes_on(capsys, monkeypatch):
    words = [*WELL, "--time", 4, "--every", 0.5, *SMALL, "--store"]
    whole = output(capsys, *words, "whole")
    add = pdeopt.hamilton_jacobi.finite_differences.store.FrameFolder.add

    def interrupt(self, k, time, values):
        add(self, k, time, values)
        if k == 2:
            os.kill(os.getpid(), signal.SIGINT)

    with monkeypatch.context() as patched:
        patched.setattr("pdeopt.hamilton_jacobi.finite_differences.store.FrameFolder.add", interrupt)
        text = output(capsys, *words, "part", status=130)
    assert re.search(r"stopped by an interrupt at time \S+$", text, re.MULTILINE)
    assert "the same command goes on from part" in text
    again = output(capsys, *words[:-1], "--resume", "part", "--animate", "u.gif")
    assert "stopped" not in again
    assert np.array_equal(load_frames("part").values, load_frames("whole").values)
    assert re.findall(r"(\d+) steps", again) == re.findall(r"(\d+) steps", whole)
    with Image.open("u.gif") as film:
        assert film.n_frames == 9


def test_steady_solutions_stop_and_say_so(capsys):
    text = output(capsys, "solve", "quadratic", "--viscosity", 0.05, "--time", 1e4, *SMALL, *GODUNOV, "--steady", 1e-4)
    assert re.search(r"stopped where it became steady, at time \d", text)
    assert re.search(r"u ~ w\(x\) - c t with c = \S+", text)


WRONG = {
    "solve double_well": "--time is missing",
    "solve double_wel --time 1": "double_well",
    "solve double_well --time -1": "--time -1 must be finite and not negative",
    "solve double_well --time 1 --viscosity 0.1 --beta 2": "say the same",
    "solve double_well --time 1 --beta 0": "--beta 0 must be positive",
    "solve double_well --time 1 --viscosity -1": "viscosity",
    "solve double_well --time 1 --hamiltonian eikonl": "--hamiltonian eikonl is unknown; use eikonal",
    "solve double_well --time 1 --hamiltonian no.py:h": "no.py does not exist",
    "solve double_well --time 1 --source 3": "--source 3 must be module:function",
    "solve double_well --time 1 --boundary reflectng": "--boundary reflectng is unknown; use reflecting",
    "solve double_well --time 1 --boundary dirichlet=a": "must name a finite number, such as dirichlet=0",
    "solve double_well --time 1 --boundary free/free/free": "--boundary free is unknown",
    "solve double_well --time 1 --method weno": "method='weno' is unknown; use 'weno5'",
    "solve double_well --time 1 --step 1 --viscosity 0.05": "Use step=",
    "solve double_well --time 1 --step -0.1": "--step -0.1 must be positive and finite, e.g. 0.001",
    "solve double_well --time 1 --step nan --eoc": "--step nan must be positive and finite, e.g. 0.001",
    "solve double_well --time 1 --tolerance 0": "--tolerance 0 must be positive and finite, e.g. 1e-6",
    "solve double_well --time 1 --steady -1": "--steady -1 must be positive and finite, e.g. 1e-6",
    "solve double_well --time 1 --max-seconds inf": "--max-seconds inf must be positive and finite, e.g. 60",
    "solve double_well --time 1 --threads 0": "--threads 0 must be at least 1, e.g. 2",
    "solve double_well --time 1 --frames 0": "--frames 0 must be at least 1, e.g. 40",
    "solve double_well --time 1 --stepper euler": "stepper='euler' is unstable at any step",
    "solve double_well --time 1 --stepper heum": "stepper='heum' is unknown; use 'heun'",
    "solve double_well --time 1 --tolerance 1 --stepper ssprk104": "Use stepper='ssprk33'",
    "solve double_well --time 1 --store no/run": "--store no/run: no is no folder; make it first",
    "solve double_well --time 1 2 --every 0.1": "--every goes with one --time; add --time 2",
    "solve double_well --time 1 --store a --resume a": "name the same folder",
    "solve double_well --time 1 --resume a": "holds no run to go on with",
    "solve double_well --time 1 --eoc 64 32": "must be growing numbers",
    "solve double_well --time 1 --eoc --plot a.png": "--eoc prints a table alone",
    "solve double_well --time 1 --animate a.mp4": "--animate a.mp4 must end in .gif",
    "solve b5 --hamiltonian eikonal": "--hamiltonian does not go with b5",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_word_is_one_line_that_names_it(capsys, words):
    assert WRONG[words] in complaint(capsys, *words.split())


def test_help_teaches_by_examples(capsys):
    text = output(capsys, "solve", "--help")
    assert "pdeopt solve b5 --eoc 20 40 80 160" in text
    assert "u_t + H(t, x, u, grad u) = nu lap u + s(t, x)" in text
