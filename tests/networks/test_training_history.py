"""What is recorded on the way: temperatures, thermostats, weights; tables and files of it."""

import numpy as np
import pytest
from scipy.linalg import hadamard

from pdeopt.networks import MLP, Data, History, spirals, train
from pdeopt.networks.history import QUANTILES
from pdeopt.networks.training_checks import default_record_every
from pdeopt.networks.watching import OBSERVABLES, default_observables
from pdeopt.optimizers import BAOAB, LOL, OBABO, SGD, Adam, AdLa, Langevin, Momentum, Partition
from tests.reference_networks import complex_step_gradient

NET, DATA = MLP([2, 5, 1]), spirals(n_train=60, n_test=40)
WORDS = ("BAOAB", "OBABO", "ABOBA", "OABAO", "BOAOB")
SHORT = {"n_steps": 40, "batch_size": 10}
TAU, H = 0.5, 1.0


def quadratic(n=8):
    """Return a network and data whose loss is |theta|^2 / 2, n + 1 numbers in each of n outputs, and points to be 0."""
    rows = hadamard(2 * n)[:, 1 : n + 1].astype(float)
    return MLP([n, n], loss="squared"), Data(rows, np.zeros((2 * n, n)), n_classes=0)


def test_temperatures_on_a_harmonic_well_are_those_of_the_theory_of_baoab():
    net, data = quadratic()
    method = BAOAB(step_size=H, friction=1.0, temperature=TAU)
    fit = train(net, data, method, n_steps=3000, record_every=1, initial=TAU**0.5, seed=1, observe=OBSERVABLES)
    names = ("kinetic", "kinetic_half", "configurational")
    found = {name: getattr(fit.history, name)["layer1"][101:] for name in names}
    # On the step the momentum is too cold by h^2 / 4; positions and the momentum after the noise are exact.
    for name, exact in zip(names, (TAU * (1.0 - H**2 / 4.0), TAU, TAU), strict=True):
        blocks = found[name].reshape(29, -1).mean(axis=1)
        error = blocks.std(ddof=1) / np.sqrt(blocks.size)
        assert error < 0.01 * exact
        assert abs(blocks.mean() - exact) < 4.0 * error


@pytest.mark.parametrize("word", WORDS)
def test_the_half_step_momentum_is_the_one_that_noise_leaves(word):
    """At zero temperature and infinite friction noise leaves a momentum of 0: only later kicks would be left."""
    fit = train(NET, DATA, Langevin(0.3, np.inf, 0.0, word), record_every=10, **SHORT)
    half, whole = (np.array(list(group.values())) for group in (fit.history.kinetic_half, fit.history.kinetic))
    assert half.max() < 1e-25
    assert (whole[:, 1:].min() > 1e-8) == (not word.endswith(("O", "OA")))


def test_the_half_step_momentum_is_unknown_where_an_older_gradient_has_kicked_it():
    fit = train(NET, DATA, Langevin(0.3, 1.0, 0.0, "OBAB"), record_every=10, **SHORT)
    assert np.isnan(fit.history.kinetic_half["layer1"][1:]).all()
    assert np.isfinite(fit.history.kinetic["layer1"]).all()


def test_kinetic_temperatures_are_means_of_squares_of_layers_with_a_momentum():
    method = Partition({"layer1": OBABO(0.2, 1.0, 1e-3), "layer2": SGD(0.1)})
    fit = train(NET, DATA, method, **SHORT)
    p = fit.state.vectors["momentum"][NET.slices["layer1"]]
    assert list(fit.history.kinetic) == ["layer1"]
    assert fit.history.kinetic["layer1"][-1] == pytest.approx(p @ p / p.size, rel=1e-13)
    assert fit.history.kinetic_half["layer1"][-1] == fit.history.kinetic["layer1"][-1]


@pytest.mark.parametrize("method", [SGD(0.1), Adam(0.01), Momentum(0.1)])
def test_methods_without_temperature_have_no_kinetic_one(method):
    history = train(NET, DATA, method, **SHORT).history
    assert history.kinetic == history.kinetic_half == history.friction == {}


def adaptive_twin(theta, n_steps, h, tau, eps, xi):
    """Return the mean of p^2 at E over steps of B A C E C A B on the loss |theta|^2 / 2, and the last xi."""
    p, seen = np.zeros_like(theta), []
    for _ in range(n_steps):
        p = p - h / 2 * theta
        theta = theta + h / 2 * p
        p = np.exp(-h / 2 * xi) * p
        seen.append(np.mean(p**2))
        xi += h * eps * (p @ p - p.size * tau)
        p = np.exp(-h / 2 * xi) * p
        theta = theta + h / 2 * p
        p = p - h / 2 * theta
    return np.array(seen), xi


def test_what_a_thermostat_has_seen_is_the_mean_over_all_steps_between_two_records():
    net, data = quadratic()
    method = AdLa(step_size=0.1, temperature=0.2, sigma=0.0, coupling=0.01, initial_friction=0.3)
    start = net.initial(5, 0.7)
    fit = train(net, data, method, n_steps=45, record_every=20, initial=start)
    seen, xi = adaptive_twin(start, 45, 0.1, 0.2, 0.01, 0.3)
    found = fit.history.thermostat["layer1"]
    assert np.isnan(found[0])
    np.testing.assert_allclose(found[1:], [seen[:20].mean(), seen[20:40].mean(), seen[40:].mean()], rtol=1e-11)
    assert fit.history.friction["layer1"][-1] == pytest.approx(xi, rel=1e-12)


def test_a_thermostat_with_a_schedule_has_seen_the_mean_weighted_by_its_rates():
    net, data = quadratic()
    method = AdLa(0.1, 0.2, 0.0, coupling=lambda n: np.where(n < 10, 0.01, 0.03), initial_friction=0.3)
    start = net.initial(5, 0.7)
    fit = train(net, data, method, n_steps=20, record_every=20, initial=start)
    early = adaptive_twin(start, 10, 0.1, 0.2, 0.01, 0.3)[0]
    one_by_one = train(net, data, method, n_steps=20, record_every=1, initial=start).history.thermostat["layer1"][1:]
    np.testing.assert_allclose(one_by_one[:10], early, rtol=1e-10)
    weighted = (one_by_one[:10].mean() + 3.0 * one_by_one[10:].mean()) / 4.0
    assert fit.history.thermostat["layer1"][-1] == pytest.approx(weighted, rel=1e-11)


def test_the_layer_without_friction_of_its_own_is_in_no_thermostat():
    history = train(NET, DATA, LOL(), **SHORT).history
    assert history.friction == {}
    assert list(history.kinetic_half) == ["layer1", "layer2"]


def test_the_configurational_temperature_is_the_mean_of_theta_times_the_full_gradient():
    fit = train(NET, DATA, SGD(0.5), initial=0.5, **SHORT)
    slope = complex_step_gradient(fit.parameters, NET.layout, DATA.x_train, DATA.y_train[:, None].astype(float))
    for layer in ("layer1", "layer2"):
        part = NET.slices[layer]
        exact = np.mean(fit.parameters[part] * slope[part])
        assert fit.history.configurational[layer][-1] == pytest.approx(exact, rel=1e-9)


def test_quantiles_of_weights_are_those_of_numpy():
    fit = train(NET, DATA, SGD(0.5), initial=0.5, **SHORT)
    assert list(fit.history.quantiles) == ["layer1.weight", "layer1.bias", "layer2.weight", "layer2.bias"]
    for tensor, found in fit.history.quantiles.items():
        assert found.shape == (len(fit.history), len(QUANTILES))
        np.testing.assert_allclose(found[-1], np.quantile(fit.parameters[NET.slices[tensor]], QUANTILES), rtol=1e-13)


def test_only_what_is_asked_for_is_recorded():
    fit = train(NET, DATA, BAOAB(0.1), observe="kinetic", **SHORT)
    assert {name.split(".")[0] for name in fit.history.columns} == {"step", "kinetic", "kinetic_half"}
    assert np.isnan(fit.test_accuracy)
    assert len(fit.history) == 41


def test_what_costs_much_on_large_data_is_not_recorded_by_default():
    class Large:
        net = MLP([784, 250, 10])
        data = type("Size", (), {"n_train": 60_000, "n_test": 10_000})

    assert default_observables(Large) == ("scores", "kinetic", "friction", "quantiles")
    assert default_record_every(Large.net, Large.data, 12_000, 100) == 700
    assert default_record_every(NET, DATA, 12_000, 10) == 120
    assert default_record_every(Large.net, Large.data, 50, 100) == 50


def test_each_record_is_handed_over_as_soon_as_it_is_made():
    seen = []
    fit = train(NET, DATA, SGD(0.5), record_every=15, on_record=seen.append, **SHORT)
    assert [row["step"] for row in seen] == [0, 15, 30, 40] == fit.history.steps.tolist()
    assert seen[-1]["test_loss"] == fit.test_loss


def test_a_history_comes_back_from_a_csv_file_and_from_an_npz_file(tmp_path):
    history = train(NET, DATA, BAOAB(0.1), record_every=10, **SHORT).history
    path = history.save(tmp_path / "history.csv")
    header = path.read_text().splitlines()[0].split(",")
    assert header == list(history.to_dict())
    assert "quantiles.layer1.weight.0.25" in header
    table = np.genfromtxt(path, delimiter=",", skip_header=1)
    np.testing.assert_array_equal(table, np.column_stack(list(history.to_dict().values())))
    with np.load(history.save(tmp_path / "history")) as file:
        assert all(np.array_equal(file[name], column) for name, column in history.columns.items())


def test_a_history_prints_a_few_of_its_records_in_columns_of_equal_width():
    lines = str(train(NET, DATA, BAOAB(0.1), record_every=1, **SHORT).history).splitlines()
    assert len(lines) == 12
    assert len({len(line) for line in lines}) == 1
    assert lines[0].split()[:5] == ["step", "train_loss", "test_loss", "train_accuracy", "test_accuracy"]
    assert [line.split()[0] for line in lines[1::5]] == ["0", "20", "40"]


def test_an_empty_history_prints_itself():
    empty = History({"step": np.array([], dtype=np.int64)})
    assert str(empty) == "step"
    assert repr(empty) == "<History of 0 records: step>"
