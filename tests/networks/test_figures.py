"""Figures of the paper: settings and numbers as printed, comparison by hand, runs as `train` does them."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from pdeopt.networks import MLP, reproduce, spirals, train
from pdeopt.networks.figures import FIGURES, Claim, Published, Row
from pdeopt.networks.figures.__main__ import main
from pdeopt.networks.figures.comparing import claim_of
from pdeopt.networks.figures.page import markers, write_block
from pdeopt.networks.figures.reproduction import Finding
from pdeopt.optimizers import AdLaLa

PAGE = Path(__file__).parents[2] / "docs" / "reproductions.md"
SETTINGS_8 = {
    "SGD": {"step_size": 0.1},
    "Adam": {"step_size": 0.005, "decay": 0.9, "square_decay": 0.999, "floor": 1e-8},
    "SGLD": {"step_size": 0.1, "sigma": 0.1},
    "AdLaLa, gamma 0.5": {"step_size": 0.25, "temperature": 1e-4, "sigma": 0.01, "coupling": 0.1, "friction": 0.5},
    "AdLaLa, gamma 10": {"step_size": 0.25, "temperature": 1e-4, "sigma": 0.01, "coupling": 0.1, "friction": 10.0},
}
PRINTED_8 = {"SGD": 79.0, "Adam": 83.7, "SGLD": 78.0, "AdLaLa, gamma 0.5": 93.4, "AdLaLa, gamma 10": 85.5}
PRINTED_6 = {"SGD": (66, 66, 96), "Adam": (65, 89, 99), "SGLD": (61, 68, 74), "AdLaLa": (62, 82, 99)}
PRINTED_7 = {"SGD": (50, 56, 58), "Adam": (58, 55, 67), "SGLD": (52, 50, 54), "AdLaLa": (45, 62, 80)}


@pytest.fixture(scope="module")
def short():
    return reproduce("8", n_runs=6, n_steps=120, progress=False)


def row(ours, deviation, n_runs, printed=None):
    return Row("SGD", "", "test_accuracy", 10, ours, deviation / np.sqrt(n_runs), deviation, n_runs, printed)


def test_figure_8_has_the_settings_and_the_numbers_of_its_caption():
    for arm in FIGURES["8"].arms:
        assert {name: getattr(arm.method, name) for name in SETTINGS_8[arm.label]} == SETTINGS_8[arm.label]
        assert [(one.value, one.step, one.n_runs) for one in arm.published] == [(PRINTED_8[arm.label], 10_000, 100)]


@pytest.mark.parametrize(("key", "printed"), [("6", PRINTED_6), ("7", PRINTED_7)])
def test_figures_of_single_runs_have_the_numbers_of_their_captions(key, printed):
    found = {arm.label: {one.step: one.value for one in arm.published} for arm in FIGURES[key].arms}
    assert found == {label: dict(zip((50, 1000, 10_000), values, strict=True)) for label, values in printed.items()}


def test_a_printed_mean_has_our_spread_over_the_root_of_its_runs_and_a_rounding():
    found = row(80.0, 6.0, 36, Published(79.0, 10, n_runs=100, rounding=1.0))
    assert found.difference_error == pytest.approx(np.sqrt(1.0 + 0.36 + 1.0 / 12.0))
    assert found.z == pytest.approx(1.0 / np.sqrt(1.0 + 0.36 + 1.0 / 12.0))


def test_a_printed_single_run_is_compared_with_the_spread_of_ours():
    assert row(70.0, 4.0, 10**6, Published(80.0, 10, rounding=0.0)).z == pytest.approx(-2.5, rel=1e-5)


@pytest.mark.parametrize(
    ("ours", "deviation", "verdict"),
    [(80.0, 5.0, "agrees"), (80.0, 2.95, "agrees"), (80.0, 2.7, "close"), (81.4, 1.0, "close"), (81.6, 1.0, "differs")],
)
def test_a_verdict_asks_for_standard_errors_and_for_points(ours, deviation, verdict):
    assert row(ours, deviation, 100, Published(79.0, 10, n_runs=100, rounding=0.1)).verdict == verdict


def test_one_run_alone_can_be_close_but_never_agrees():
    assert row(80.0, np.nan, 1, Published(79.9, 10)).verdict == "close"
    assert row(80.0, np.nan, 1, Published(75.0, 10)).verdict == "differs"


def test_without_a_printed_number_there_is_no_verdict_and_an_empty_cell_for_each_unknown():
    assert row(80.0, 5.0, 9).verdict == ""
    assert row(80.0, np.nan, 1).cells() == ["SGD", "10", "test", "-", "80.0", "", "", "", "", ""]


def test_orderings_are_differences_run_by_run_from_the_best_of_the_others():
    accuracies = {
        "a": np.array([90.0, 92.0, 97.0]),
        "b": np.array([80.0, 85.0, 81.0]),
        "c": np.array([10.0, 99.0, 12.0]),
    }
    found = claim_of(Claim("a", ("b", "c"), "a is the best", "caption"), accuracies)
    assert found.value == pytest.approx((10.0 + 7.0 + 16.0) / 3)
    assert found.standard_error == pytest.approx(np.std([10.0, 7.0, 16.0], ddof=1) / np.sqrt(3))


@pytest.mark.parametrize(("value", "verdict"), [(2.1, "holds"), (1.9, "undecided"), (-2.1, "does not hold")])
def test_an_ordering_holds_beyond_two_standard_errors(value, verdict):
    assert Finding("", value, 1.0, "points", "").verdict == verdict


def test_runs_are_those_of_train_with_data_and_parameters_of_their_seed(short):
    figure = FIGURES["8"]
    for k, arm in enumerate(figure.arms[:4]):
        net = MLP([2, 20, 1])
        single = [
            train(
                net,
                spirals(2, 500, 500, 0.02, 0.5, 2026 + r),
                arm.method,
                n_steps=120,
                batch_size=10,
                initial=net.initial(2026 + r, 0.5),
                seed=2026,
                run=r,
                record_every=120,
            ).test_accuracy
            for r in range(6)
        ]
        assert short.ensembles[arm.label].test_accuracy.tolist() == single
        assert short.means[k] == pytest.approx(100.0 * np.mean(single), abs=1e-10)


def test_threads_change_nothing(short):
    again = reproduce(8, n_runs=6, n_steps=120, threads=1, progress=False)
    for label, ensemble in short.ensembles.items():
        assert np.array_equal(ensemble.parameters, again.ensembles[label].parameters)


def test_other_seeds_are_other_runs(short):
    assert not np.array_equal(reproduce(8, n_runs=6, n_steps=120, seed=5, progress=False).means, short.means)


def test_fewer_steps_leave_out_printed_numbers_of_later_ones():
    found = reproduce("6", n_runs=2, n_steps=60, progress=False)
    assert {(one.label, one.step, one.published.value) for one in found.rows} == {
        (label, 50, values[0]) for label, values in PRINTED_6.items()
    }


def test_values_at_earlier_steps_are_those_of_runs_that_end_there():
    longer = reproduce("6", n_runs=2, n_steps=100, progress=False)
    shorter = reproduce("6", n_runs=2, n_steps=50, progress=False)
    for label in PRINTED_6:
        assert longer.row(label, step=50).ours == shorter.row(label).ours


def test_the_row_of_a_method_is_that_of_the_last_step():
    found = reproduce("6", n_runs=1, n_steps=1000, progress=False)
    assert (found.row("Adam").step, found.row("Adam", step=50).step) == (1000, 50)


def test_text_tells_printed_from_ours_and_given_from_chosen(short):
    text = str(short)
    assert all(words in text for words in ("published", "ours", "given by the paper", "chosen by us", "seed 2026"))
    assert max(map(len, text.splitlines())) <= 120
    assert repr(short).startswith("<Reproduction of figure 8: ")


def test_every_figure_says_what_is_given_and_what_is_chosen():
    for figure in FIGURES.values():
        assert figure.given
        assert figure.chosen
        labels = [arm.label for arm in figure.arms]
        assert len(set(labels)) == len(labels)
        assert {label for claim in figure.claims for label in (claim.higher, *claim.lower)} <= set(labels)


def test_the_stand_in_data_are_named_as_such():
    assert "stand-in" in FIGURES["1"].title
    assert FIGURES["1"].data(0).name == "trigonometric"


def test_numbers_are_saved_whole_with_their_verdicts(short, tmp_path):
    content = json.loads(short.save(tmp_path / "eight").read_text())
    assert [one["ours"] for one in content["rows"]] == [one.ours for one in short.rows]
    assert [one["verdict"] for one in content["findings"]] == [one.verdict for one in short.findings]


def test_a_block_of_a_page_is_replaced_and_nothing_else(short, tmp_path):
    page, (begin, end) = tmp_path / "page.md", markers("8")
    page.write_text(f"head\n{begin}\nold\n{end}\ntail\n")
    write_block(page, short)
    assert page.read_text() == f"head\n{begin}\n{short.markdown()}\n{end}\ntail\n"


def test_a_page_without_a_place_is_told_the_lines_that_it_needs(short, tmp_path):
    page = tmp_path / "page.md"
    page.write_text("nothing\n")
    with pytest.raises(ValueError, match=r"<!-- figure 8: begin -->"):
        write_block(page, short)


def test_the_page_of_the_documentation_has_every_figure():
    text = PAGE.read_text()
    assert [key for key in FIGURES if text.count(markers(key)[0]) != 1] == []
    for figure in FIGURES.values():
        block = text.partition(markers(figure.key)[0])[2].partition(markers(figure.key)[1])[0]
        assert [arm.label for arm in figure.arms if f"| {arm.label} |" not in block] == []


def test_the_module_prints_a_figure_and_puts_it_on_a_page(tmp_path, capsys):
    page, (begin, end) = tmp_path / "page.md", markers("3")
    page.write_text(f"{begin}\n{end}\n")
    assert main(["3", "--runs", "1", "--steps", "10", "--page", str(page)]) == 0
    assert capsys.readouterr().out.startswith("arXiv 1908.11843, Figure 3")
    assert "| start to AdLaLa |" in page.read_text()


def test_the_module_names_errors(capsys):
    with pytest.raises(SystemExit):
        main(["99"])
    assert "figure='99' is not known" in capsys.readouterr().err


@pytest.mark.parametrize("figure", ["99", 2, "", "eight"])
def test_an_unknown_figure_is_answered_with_those_known(figure):
    with pytest.raises(ValueError, match=r"is not known\. Use one of '8', '8 forms', '14'"):
        reproduce(figure)


@pytest.mark.parametrize("words", [8, "8", " Figure 8 ", "figure 8"])
def test_a_figure_has_several_names(words):
    assert reproduce(words, n_runs=1, n_steps=1, progress=False).figure == "8"


@pytest.mark.parametrize("key", [5, "3 mnist"])
def test_figures_of_mnist_ask_for_its_files(key):
    with pytest.raises(ValueError, match=r"needs the four IDX files of MNIST\. Use mnist=FOLDER"):
        reproduce(key)


@pytest.mark.parametrize(("name", "value"), [("n_steps", 0), ("n_runs", 0)])
def test_numbers_from_zero_down_are_errors(name, value):
    with pytest.raises(ValueError, match=f"{name}=0"):
        reproduce(8, **{name: value})


def test_an_unknown_row_is_answered_with_those_known(short):
    with pytest.raises(ValueError, match=r"label='sgd' has no such row\. Use one of 'AdLaLa, gamma 0.5'"):
        short.row("sgd")


def test_runs_that_blow_up_are_counted_and_left_out(monkeypatch):
    figure = FIGURES["8"]
    hot = replace(figure.arms[3], method=AdLaLa(1e3, 1e-4, 0.01, 0.1, 0.5))
    monkeypatch.setitem(FIGURES, "8", replace(figure, arms=(figure.arms[0], hot), claims=()))
    found = reproduce(8, n_runs=2, n_steps=300, progress=False)
    assert found.row(hot.label).n_runs == 0
    assert f"{hot.label}: 2 runs blew up" in str(found)
