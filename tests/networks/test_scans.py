"""A scan is the ensembles of its cells, and finds the best of them."""

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from pdeopt.networks import MLP, Data, Scan, scan, spirals, train_ensemble
from pdeopt.optimizers import SGD, Adam, AdLa, AdLaLa, Langevin, Partition

NET = MLP([2, 5, 1])
DATA = spirals(n_train=60, n_test=40, seed=3)
OPTIONS = {"n_runs": 3, "n_steps": 30, "batch_size": 10, "seed": 11, "initial": 0.5}
TWO = {"temperature": [1e-4, 1e-2], "sigma": [0.0, 0.01, 0.1]}
LINE = Data([[0.0], [1.0], [2.0]], [0.0, 2.0, 4.0], [[3.0]], [6.0], n_classes=0)


def fresh_spirals(seed):
    return spirals(n_train=60, n_test=40, seed=seed)


def same(a: Scan, b: Scan) -> bool:
    """Tell whether two scans are the same to the bit."""
    return (
        a.final.tobytes() == b.final.tobytes() and np.array_equal(a.finished, b.finished) and a.blow_ups == b.blow_ups
    )


@pytest.mark.parametrize("data", [DATA, fresh_spirals], ids=["one data set", "data for each run"])
def test_a_cell_of_a_scan_is_the_ensemble_of_its_settings(data):
    found = scan(NET, data, AdLaLa(), TWO, **OPTIONS)
    assert found.mean().shape == (2, 3)
    for i, temperature in enumerate(TWO["temperature"]):
        for j, sigma in enumerate(TWO["sigma"]):
            alone = train_ensemble(NET, data, AdLaLa(temperature=temperature, sigma=sigma), **OPTIONS)
            assert np.array_equal(found.final[i, j], alone.final)
            assert found.standard_error("test_loss")[i, j] == alone.standard_error("test_loss")


def test_everything_that_matters_can_be_scanned():
    parts = Partition({"first": AdLa(), "layer2.weight": Langevin(), "rest": SGD(0.1)})

    def with_part(name, method):
        return {"method": Partition({**parts.methods, name: method})}

    cases = [
        ({"first.sigma": [0.3]}, {"method": Partition({**parts.methods, "first": AdLa(sigma=0.3)})}),
        (
            {"layer2.weight.friction": [7]},
            {"method": Partition({**parts.methods, "layer2.weight": Langevin(friction=7)})},
        ),
        ({"method": [Adam(0.02)]}, {"method": Adam(0.02)}),
        ({"width": [8]}, {"net": MLP([2, 8, 1])}),
        ({"sizes": [[2, 3, 3, 1]]}, {"net": MLP([2, 3, 3, 1])}),
        ({"activation": ["tanh"]}, {"net": MLP([2, 5, 1], activation="tanh")}),
        ({"batch_size": [20]}, {"batch_size": 20}),
        ({"batches": ["fresh"]}, {"batches": "fresh"}),
        ({"initial": ["uniform"]}, {"initial": "uniform"}),
        ({"n_steps": [20]}, {"n_steps": 20}),
    ]
    usual = scan(NET, DATA, parts, {"rest.step_size": [0.1]}, **OPTIONS).final
    for settings, meant in cases:
        found = scan(NET, DATA, parts, settings, **OPTIONS)
        options = {"net": NET, "data": DATA, "method": parts, **OPTIONS, **meant}
        assert np.array_equal(found.final[0], train_ensemble(**options).final), settings
        assert not np.array_equal(found.final, usual), settings


def test_no_bit_of_a_scan_depends_on_who_computes_it():
    alone = scan(NET, fresh_spirals, AdLaLa(), TWO, threads=1, **OPTIONS)
    assert same(alone, scan(NET, fresh_spirals, AdLaLa(), TWO, threads=3, block_size=2, **OPTIONS))
    with ThreadPoolExecutor(2) as executor:
        assert same(alone, scan(NET, fresh_spirals, AdLaLa(), TWO, executor=executor, **OPTIONS))


def test_the_best_step_size_of_a_quadratic_loss_is_found():
    # One weight, mean of x^2 over the rows is 5/3: the rate 1 / (5/3) lands on the minimum in one step.
    net, options = MLP([1, 1], loss="squared"), {"n_runs": 4, "n_steps": 1, "seed": 2}
    only_weight = Partition({"layer1.weight": SGD(), "rest": SGD(1e-12)})
    start = np.column_stack([np.linspace(-1.0, 4.0, 4), np.zeros(4)])
    rates = [0.2, 0.4, 0.6, 0.8]
    found = scan(net, LINE, only_weight, {"layer1.weight.step_size": rates}, initial=start, **options)
    assert found.best_for("train_loss") == {"layer1.weight.step_size": 0.6}
    expected = [np.mean(0.5 * (5 / 3) * ((1 - 5 / 3 * rate) * (start[:, 0] - 2.0)) ** 2) for rate in rates]
    np.testing.assert_allclose(found.mean("train_loss"), expected, atol=1e-9)


def test_a_cell_in_which_a_run_blew_up_is_never_the_best():
    # The run that is left starts at the minimum, and would flatter the mean.
    net, start = MLP([1, 1], loss="squared"), np.array([[2.0, 0.0], [3.0, 0.0]])
    options = {"n_runs": 2, "n_steps": 200, "initial": start}
    found = scan(net, LINE, SGD(), {"step_size": [0.01, 1e3]}, **options)
    assert found.n_blown_up.tolist() == [0, 1]
    assert found.mean("test_loss")[1] == 0.0 < found.mean("test_loss")[0]
    assert {cell for cell, _ in found.blow_ups} == {1}
    assert found.best_for("test_loss") == {"step_size": 0.01}
    with pytest.raises(ValueError, match=r"no cell of the scan has all its runs. Use smaller step sizes"):
        scan(net, LINE, SGD(), {"step_size": [1e3]}, **options).best_for("test_loss")


def test_a_scan_prints_its_cells_and_marks_the_best():
    found = scan(NET, DATA, AdLaLa(), TWO, **OPTIONS)
    (row,) = [row for row in str(found).splitlines() if row.endswith("best")]
    best = found.best
    assert row.split()[:2] == [f"{best['temperature']:g}", f"{best['sigma']:g}"]
    assert f"{found.mean().max():.4f}" in row
    assert repr(found) == "<Scan of temperature, sigma: 2 x 3 cells of 3 runs>"
    many = scan(NET, DATA, SGD(), {"step_size": np.linspace(0.1, 0.4, 25)}, **{**OPTIONS, "n_steps": 2})
    assert "the best 20 of 25 cells" in str(many)


def test_fixing_a_setting_leaves_a_smaller_scan():
    found = scan(NET, DATA, AdLaLa(), TWO, **OPTIONS)
    line = found.at({"sigma": 0.01})
    assert line.settings == {"temperature": [1e-4, 1e-2]}
    assert np.array_equal(line.final, found.final[:, 1])
    assert "at sigma=0.01" in str(line)
    settings = {"step_size": [0.1, 1e4], "batch_size": [1, 3]}
    wild = scan(MLP([1, 1], loss="squared"), LINE, SGD(), settings, n_runs=2, n_steps=200)
    assert wild.n_blown_up.tolist() == [[0, 0], [2, 2]]
    assert wild.at({"batch_size": 3}).n_blown_up.tolist() == [0, 2]
    with pytest.raises(ValueError, match=r"sigma=0.2 was not scanned. Use temperature in \[0.0001, 0.01\]; sigma in"):
        found.at({"sigma": 0.2})


def test_a_scan_comes_back_from_a_file(tmp_path):
    settings = {"step_size": [0.1, 1e4], "batch_size": [1, 3]}
    found = scan(MLP([1, 1], loss="squared"), LINE, SGD(), settings, n_runs=2, n_steps=200)
    again = Scan.load(found.save(tmp_path / "scan"))
    assert same(found, again)
    assert found.blow_ups
    assert (str(again), again.settings) == (str(found), settings)
    DATA.save(tmp_path / "data")
    with pytest.raises(ValueError, match=r"is no scan. Use a file that Scan.save wrote"):
        Scan.load(tmp_path / "data.npz")


def test_an_interrupted_scan_goes_on_from_its_file_to_the_same_bits(tmp_path):
    calls = []

    def interrupting(seed):
        calls.append(seed)
        if len(calls) == 9:
            raise KeyboardInterrupt
        return fresh_spirals(seed)

    file = str(tmp_path / "half")
    part = scan(NET, interrupting, AdLaLa(), TWO, threads=1, checkpoint=file, **OPTIONS)
    assert part.interrupted
    assert 4 <= part.finished.sum() <= 7
    assert same(part, Scan.load(tmp_path / "half.npz"))
    before = len(calls)
    rest = scan(NET, interrupting, AdLaLa(), TWO, checkpoint=file, **OPTIONS)
    whole = scan(NET, fresh_spirals, AdLaLa(), TWO, **OPTIONS)
    assert same(rest, whole)
    assert len(calls) - before == 1 + 18 - part.finished.sum()
    assert same(Scan.load(file + ".npz"), whole)


@pytest.mark.parametrize(
    ("change", "said"),
    [({"seed": 12}, "seed=11, not 12"), ({"method": AdLaLa(friction=3.0)}, "method='adlala"), ({"data": LINE}, "d")],
)
def test_the_file_of_another_scan_is_refused(tmp_path, change, said):
    given = {"net": NET, "data": DATA, "method": AdLaLa(), "settings": {"sigma": [0.01]}, **OPTIONS}
    given["checkpoint"] = str(tmp_path / "scan")
    scan(**given)
    changed = {**given, **change}
    if change.get("data") is LINE:
        changed["data"] = spirals(n_train=60, n_test=40, seed=4)
        said = "digest="
    with pytest.raises(ValueError, match=f"is of a scan with {said}"):
        scan(**changed)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({}, r"settings=\{\} must map names to values, e.g. settings="),
        ({"sigma": 0.1}, r"settings\['sigma'\]=0.1 must be a sequence of values, e.g. \[0.1\]"),
        ({"sigma": []}, r"settings\['sigma'\]=\[\] must be a sequence"),
        ({"speed": [1.0]}, "setting 'speed' is not one of adlala. Use one of step_size, temperature, sigma"),
        ({"sigma": [-1.0]}, "sigma=-1.0 must be 0 or more"),
        ({"width": [0]}, "must be at least two positive numbers"),
    ],
)
def test_settings_that_do_not_fit_are_told_with_what_does(settings, message):
    with pytest.raises((ValueError, TypeError), match=message):
        scan(NET, DATA, AdLaLa(), settings, **OPTIONS)


def test_settings_of_a_partition_are_listed_by_part():
    method = Partition({"first": SGD(0.1), "rest": Adam()})
    with pytest.raises(ValueError, match=r"setting 'sigma' is not one of partition. Use one of first.step_size, rest."):
        scan(NET, DATA, method, {"sigma": [1.0]}, **OPTIONS)
