"""The errata of the paper: every printed formula fails, every corrected one passes, and a change in either is seen."""

from dataclasses import replace
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

from pdeopt.verification import PaperCheck, paper_check
from pdeopt.verification.pages import PAPER, block_of
from pdeopt.verification.paper import ERRATA, Comparison, Reason, algorithms, dynamics, noise, relaxations, signs
from pdeopt.verification.paper.markdown import page_differences

PAGE = Path(__file__).parents[2] / "docs" / "paper.md"
IDS = [f"E{k}" for k in range(1, 24)]
BY_REASON = ["E22"]


@pytest.fixture(scope="module")
def check():
    return paper_check()


def test_there_is_a_line_for_each_of_the_23_errata_in_their_order(check):
    assert [line.id for line in check.lines] == [erratum.id for erratum in ERRATA] == IDS


@pytest.mark.parametrize("name", IDS)
def test_an_erratum_is_confirmed(check, name):
    assert check[name].verdict == "confirmed", str(check[name])


def test_all_but_one_are_decided_by_numbers(check):
    assert [line.id for line in check.lines if not line.is_numeric] == BY_REASON
    assert check.n_numeric == 22
    assert check.passed


@pytest.mark.parametrize("name", [name for name in IDS if name not in BY_REASON])
def test_exchanging_printed_and_corrected_makes_each_number_of_a_line_fail(check, name):
    for one in check[name].comparisons:
        swapped = replace(one, printed=one.corrected, corrected=one.printed)
        assert swapped.verdict == "correction fails"
        assert not replace(check[name], comparisons=(swapped,)).passed


@pytest.mark.parametrize("name", [name for name in IDS if name not in BY_REASON])
def test_a_printed_formula_that_is_right_is_not_refuted(check, name):
    for one in check[name].comparisons:
        assert replace(one, printed=one.corrected).verdict == "not refuted"


# Forty-digit quadratures and closed forms.
V1, V1B, V2, V4 = 0.04721507787541257197, -0.07280201790156175235, -0.2801623975679780545, 0.3189819178746638556
KNOWN = [
    ("E1", 0, "printed", V1, 1e-12),
    ("E1", 0, "corrected", V1B, 1e-12),
    ("E1", 1, "printed", V1B, 1e-8),
    ("E1", 1, "corrected", V1, 1e-8),
    ("E1", 1, "oracle", V1, 1e-9),
    ("E2", 0, "oracle", 1.0 / 3.0, 1e-12),
    ("E3", 1, "corrected", V4, 1e-12),
    ("E3", 1, "oracle", V4, 1e-8),
    ("E5", 0, "corrected", V2, 1e-8),
    ("E5", 0, "oracle", V2, 1e-8),
    ("E4", 0, "oracle", 2.167568885545612997, 1e-10),
    ("E9", 0, "printed", 1.8929158134, 1e-10),
    ("E9", 0, "corrected", 2.167568885545612997, 1e-13),
    ("E9", 0, "oracle", 2.167568885545612997, 1e-12),
    ("E9", 1, "corrected", 15.0 / 11.0, 1e-13),
    ("E10", 0, "corrected", 99.99990000009999, 1e-9),
    ("E10", 0, "oracle", 99.99990000009999, 1e-9),
    ("E13", 0, "printed", 0.177, 1e-8),
    ("E21", 0, "corrected", -0.1121, 5e-5),
]


@pytest.mark.parametrize(("name", "k", "which", "value", "tolerance"), KNOWN)
def test_numbers_that_are_published_or_known_to_many_digits(check, name, k, which, value, tolerance):
    assert getattr(check[name].comparisons[k], which) == pytest.approx(value, rel=0, abs=tolerance)


def test_simulated_paths_tell_the_two_laws_apart_by_more_than_20_standard_errors(check):
    one = check["E1"].comparisons[0]
    assert np.sign(one.printed) == -np.sign(one.oracle)
    assert 4.0 * one.separation > 20.0


# Each change is in what the corrected number is made of: a sign, a factor of two, a missing term.
MUTANTS = {
    "E3": (signs, "local_entropy", lambda f: lambda *a, **k: replace(f(*a, **k), gradient=-f(*a, **k).gradient)),
    "E4": (relaxations, "local_entropy", lambda f: lambda g, x, *, time, beta: f(g, x, time=time, beta=2.0 * beta)),
    "E2": (signs, "entropy_sgd_2", lambda f: lambda g, time, beta: f(g, 2.0 * time, beta)),
    "E5": (noise, "entropy_sgd_2", lambda f: lambda *a: f(*a, noise="printed")),
    "E7": (signs, "entropy_sgd", lambda f: lambda *a: f(*a, noise="printed")),
    "E8": (signs, "elastic", lambda f: lambda *a, **k: f(*a, **k, coupling="mean")),
    "E9": (relaxations, "quadratic", lambda f: lambda c: f(0.5 * c)),
    "E11": (dynamics, "_control", lambda f: lambda: other_control()),
    "E12": (noise, "heat", lambda f: lambda *a: f(*a, noise="printed")),
    "E13": (noise, "inner_law", lambda f: lambda x, time, noise, slope: f(x, 2.0 * time, noise, slope)),
    "E14": (noise, "stationary_law", lambda f: lambda system, grid: f(replace(system, args=(1.0, 1.0)), grid)),
    "E23": (algorithms, "mean_limit", lambda f: lambda scheme: 0.5 * f(scheme)),
}


RIGHT_CONTROL = dynamics._control


def other_control():
    """Return the control at half the temperature."""
    return dynamics.optimal_control(replace(RIGHT_CONTROL().problem, beta=4.0))


@pytest.mark.parametrize("name", MUTANTS)
def test_a_wrong_formula_in_the_package_fails_its_line(monkeypatch, name):
    module, function, change = MUTANTS[name]
    monkeypatch.setattr(module, function, change(getattr(module, function)))
    assert paper_check([name])[name].verdict != "confirmed"


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 9))
def test_the_lines_that_sample_are_confirmed_for_other_seeds_too(seed):
    assert paper_check(["E1", "E11", "E14", "E15", "E19"], seed=seed).passed


def test_the_same_seed_gives_the_same_numbers_and_another_one_others():
    first, again, other = (paper_check(["E14"], seed=seed)["E14"].comparisons[0] for seed in (0, 0, 1))
    assert first == again
    assert first.oracle != other.oracle


@pytest.mark.parametrize("erratum", [one for one in ERRATA if one.function], ids=lambda one: one.id)
def test_the_function_that_has_the_corrected_formula_exists(erratum):
    parts = erratum.function.split(".")
    found = import_module(parts[0])
    for k, part in enumerate(parts[1:], start=2):
        found = getattr(found, part) if hasattr(found, part) else import_module(".".join(parts[:k]))
    assert callable(found)


def test_the_page_has_the_same_tables(check):
    assert page_differences(block_of(PAGE.read_text(), PAPER), check.to_markdown()) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("| 2.1675689 |", "| 2.1675690 |", []),
        ("| 2.1675689 |", "| 2.1675789 |", ["E9 | `u, f"]),
        ("v_t = (1/(2 beta)) lap v", "v_t = (1/beta) lap v", ["E4 | proof of Lemma 1"]),
        ("| <= |", "| = |", ["E16"]),
    ],
)
def test_a_page_that_says_anything_else_is_found_out(check, old, new, said):
    fresh = check.to_markdown()
    assert old in fresh
    found = page_differences(fresh.replace(old, new), fresh)
    assert all(any(word in line for line in found) for word in said)
    assert bool(found) == bool(said)


def test_a_page_that_lacks_a_row_is_found_out(check):
    fresh = check.to_markdown()
    assert page_differences(fresh.rpartition("\n")[0], fresh) == ["the page has 63 lines in its tables; there are 64"]


def test_a_record_comes_back_from_its_file_with_all_digits(check, tmp_path):
    assert PaperCheck.load(check.save(tmp_path / "paper")) == check


def test_numbers_that_are_not_finite_come_back_too():
    one = Comparison("a", np.inf, 1.0, 1.0, 0.1, "b")
    line = replace(paper_check(["E22"])["E22"], comparisons=(one,))
    assert PaperCheck.from_json(PaperCheck((line,)).to_json()).lines[0].comparisons == (one,)


@pytest.mark.parametrize("text", ["nothing", "[]", "{}", '{"kind": "pdeopt paper check"}', '{"kind": "verdict"}'])
def test_what_is_no_record_is_refused_in_words(text):
    with pytest.raises(ValueError, match=r"no paper check .* PaperCheck\.save"):
        PaperCheck.from_json(text)


def test_the_text_has_a_row_for_each_number_and_fits_a_terminal(check):
    rows = str(check).splitlines()
    assert len(rows) == 34 + 1 + 3
    assert max(map(len, rows)) <= 118
    assert rows[-1].startswith("23 of 23 errata confirmed, 22 of them by 34 numbers")


def test_a_line_prints_statements_numbers_and_sources(check):
    text = str(check["E9"])
    assert "log(t + 1/c)" in text
    assert "log(1 + c t)" in text
    assert "printed 1.8929158, corrected 2.1675689, oracle 2.1675689 +- 1.0e-11 (quadrature): confirmed" in text


@pytest.mark.parametrize(
    ("printed", "corrected", "relation", "verdict"),
    [
        (2.1, 1.05, "=", "confirmed"),
        (1.9, 1.0, "=", "not refuted"),
        (2.1, 1.2, "=", "correction fails"),
        (2.1, 0.0, "=", "correction fails"),
        (2.1, 0.0, "<=", "confirmed"),
        (0.0, 0.0, "<=", "not refuted"),
        (np.nan, 1.0, "=", "confirmed"),
        (2.1, np.nan, "=", "correction fails"),
        (2.1, np.inf, "<=", "correction fails"),
    ],
)
def test_a_number_is_decided_by_its_error_bar(printed, corrected, relation, verdict):
    assert Comparison("q", printed, corrected, 1.0, 0.1, "s", relation).verdict == verdict


@pytest.mark.parametrize("error", [0.0, -1.0, np.nan, np.inf])
def test_an_error_bar_must_be_positive_and_finite(error):
    with pytest.raises(ValueError, match=r"must be positive and finite, e\.g\. 1e-12"):
        Comparison("q", 1.0, 1.0, 1.0, error, "s")


def test_an_unknown_relation_is_refused():
    with pytest.raises(ValueError, match="relation='>' is not known"):
        Comparison("q", 1.0, 1.0, 1.0, 0.1, "s", ">")


def test_a_reason_that_does_not_hold_fails_its_line():
    line = replace(paper_check(["E22"])["E22"], reasons=(Reason("a", False, "b"),))
    assert line.verdict == "does not hold"
    assert not PaperCheck((line,)).passed


def test_an_erratum_that_does_not_exist_is_refused_with_one_that_does():
    with pytest.raises(ValueError, match=r"only='E91' is not an erratum; they are E1 to E23, e\.g\. 'E9'"):
        paper_check(["E91"])
    with pytest.raises(ValueError, match="names no erratum"):
        paper_check([])
    with pytest.raises(ValueError, match="seed=-1 must be a whole number"):
        paper_check(seed=-1)
    with pytest.raises(KeyError, match="'E1' is not among E22"):
        paper_check(["E22"])["E1"]
