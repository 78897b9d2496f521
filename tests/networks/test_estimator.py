"""Networks as estimators: scikit-learn's own checks, and what they leave out."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("sklearn", reason="scikit-learn is not installed")

from sklearn.base import clone
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.metrics import log_loss, r2_score
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.estimator_checks import parametrize_with_checks

from pdeopt.kernels.networks.evaluation import evaluate, forward
from pdeopt.kernels.networks.gradients import gradient
from pdeopt.networks import MLP, Data, moons, train
from pdeopt.networks.estimator import NetworkClassifier, NetworkRegressor
from pdeopt.optimizers import SGD, Adam, AdLaLa

ROOT = Path(__file__).parents[2]
MOONS = moons(n_train=300, n_test=300, noise=0.15, seed=1)
X, Y = MOONS.x_train, MOONS.y_train
QUICK = {"n_steps": 500, "random_state": 0}


def blobs(n_classes, n=60):
    rng = np.random.default_rng(0)
    labels = np.repeat(np.arange(n_classes), n)
    angles = 2.0 * np.pi * labels / n_classes
    return 2.0 * np.column_stack([np.cos(angles), np.sin(angles)]) + 0.3 * rng.standard_normal((len(labels), 2)), labels


@parametrize_with_checks([NetworkClassifier(n_steps=200), NetworkRegressor(n_steps=200)])
def test_scikit_learn_finds_nothing_to_complain_about(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks([NetworkClassifier(), NetworkRegressor()])
def test_nor_does_it_with_the_defaults(estimator, check):
    check(estimator)


def test_the_classifier_is_training_by_hand():
    model = NetworkClassifier((7, 5), activation="tanh", method=Adam(), batch_size=20, initial=0.5, **QUICK).fit(X, Y)
    seed = int(np.random.RandomState(0).randint(2**31 - 1))
    net = MLP([2, 7, 5, 1], activation="tanh")
    fit = train(net, Data(X, Y), Adam(), n_steps=500, batch_size=20, initial=0.5, seed=seed)
    np.testing.assert_array_equal(model.parameters_, fit.parameters)
    assert model.net_ == net
    assert model.n_iter_ == 500


def test_the_default_method_is_adlala():
    ours, same, other = (NetworkClassifier(method=method, **QUICK).fit(X, Y) for method in (None, AdLaLa(), SGD()))
    np.testing.assert_array_equal(ours.parameters_, same.parameters_)
    assert not np.array_equal(ours.parameters_, other.parameters_)


@pytest.mark.parametrize("n_classes", [2, 5])
def test_the_last_loss_is_the_log_loss_of_the_probabilities(n_classes):
    x, y = blobs(n_classes)
    model = NetworkClassifier(**QUICK).fit(x, y)
    assert model.loss_ == pytest.approx(log_loss(y, model.predict_proba(x)), rel=1e-9)


@pytest.mark.parametrize("n_classes", [2, 5])
def test_classes_may_have_any_names(n_classes):
    x, y = blobs(n_classes)
    names = np.array(["zebra", "ant", "fox", "bee", "cat"])[y]
    model = NetworkClassifier(**QUICK).fit(x, names)
    assert model.classes_.tolist() == sorted(set(names))
    assert (model.predict(x) == names).mean() > 0.98
    chosen = model.classes_[model.predict_proba(x).argmax(axis=1)]
    np.testing.assert_array_equal(model.predict(x), chosen)


def test_without_hidden_layers_it_is_logistic_regression():
    model = NetworkClassifier((), method=SGD(0.5), n_steps=6000, batch_size=300, random_state=0).fit(X, Y)
    known = LogisticRegression(C=np.inf, tol=1e-10).fit(X, Y)
    np.testing.assert_allclose(model.parameters_[:2], known.coef_[0], rtol=1e-4)
    np.testing.assert_allclose(model.decision_function(X), known.decision_function(X), rtol=1e-3, atol=1e-3)


def test_a_random_state_repeats_itself_and_none_does_not():
    first, again = (NetworkClassifier(**QUICK).fit(X, Y).parameters_ for _ in range(2))
    np.testing.assert_array_equal(first, again)
    free = [NetworkClassifier(n_steps=10).fit(X, Y).parameters_ for _ in range(2)]
    assert not np.array_equal(*free)


def test_it_works_in_pipelines_searches_and_cross_validation():
    model = make_pipeline(StandardScaler(), NetworkClassifier(n_steps=1000, random_state=0))
    assert cross_val_score(model, 1000.0 * X, Y, cv=3).mean() > 0.93
    choices = {"networkclassifier__method": [SGD(1e-6), Adam(0.01)]}
    search = GridSearchCV(model, choices, cv=3).fit(1000.0 * X, Y)
    assert search.best_params_ == {"networkclassifier__method": Adam(0.01)}
    assert search.score(1000.0 * MOONS.x_test, MOONS.y_test) > 0.93


def test_a_batch_is_never_larger_than_the_data_and_one_layer_may_be_a_number():
    large = NetworkClassifier(8, batch_size=10_000, **QUICK).fit(X, Y)
    all_rows = NetworkClassifier((8,), batch_size=300, **QUICK).fit(X, Y)
    np.testing.assert_array_equal(large.parameters_, all_rows.parameters_)


def test_it_stops_early_with_the_best_parameters():
    model = NetworkClassifier(method=Adam(0.05), n_steps=20_000, early_stop=500, random_state=0).fit(X, Y)
    assert 500 <= model.n_iter_ < 20_000
    assert model.score(MOONS.x_test, MOONS.y_test) > 0.9


def test_an_interrupt_is_not_taken_for_a_fit(monkeypatch):
    stopped = replace(train(MLP([2, 1]), Data(X, Y), SGD(), n_steps=1), stopped="interrupted")
    monkeypatch.setattr("pdeopt.networks.estimator.train", lambda *_, **__: stopped)
    with pytest.raises(KeyboardInterrupt):
        NetworkClassifier().fit(X, Y)


def test_read_only_rows_compile_no_kernel_again():
    model = NetworkClassifier(**QUICK).fit(X, Y)
    locked = np.asfortranarray(X)
    locked.flags.writeable = False
    model.parameters_.flags.writeable = False
    counts = [len(kernel.signatures) for kernel in (forward, evaluate, gradient)]
    np.testing.assert_array_equal(model.predict(locked), model.predict(X))
    np.testing.assert_array_equal(NetworkClassifier(**QUICK).fit(locked, Y).predict(locked), model.predict(X))
    assert [len(kernel.signatures) for kernel in (forward, evaluate, gradient)] == counts


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"n_steps": 0}, "n_steps=0"),
        ({"batch_size": 0}, "batch_size=0"),
        ({"hidden": (3, 0)}, r"sizes=\[2, 3, 0, 1\]"),
        ({"activation": "rely"}, "activation='rely'"),
        ({"initial": -1.0}, "initial=-1.0"),
        ({"method": Adam}, "method=Adam is a class"),
        ({"batches": "some"}, "batches='some'"),
    ],
)
def test_bad_settings_are_found_by_fit(options, message):
    model = NetworkClassifier(**options)
    with pytest.raises((ValueError, TypeError), match=message):
        model.fit(X, Y)


@pytest.mark.slow
def test_the_code_of_the_page_runs():
    names = {"__name__": "page"}
    for code in re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "sklearn.md").read_text(), re.DOTALL):
        exec(compile(code, "sklearn.md", "exec"), names)
    adlala, adam = names["search"].cv_results_["mean_test_score"][[2, 1]]
    assert adlala > adam + 0.03
    assert names["regressor"].score(names["x"], names["y"]) > 0.999


def test_one_class_is_refused():
    with pytest.raises(ValueError, match=r"y holds 1 class, .*; there must be at least 2"):
        NetworkClassifier().fit(X, np.zeros(len(X), dtype=int))


def test_the_regressor_learns_a_curve_better_than_a_line_can():
    x = np.linspace(-2.0, 2.0, 200)[:, None]
    y = 100.0 * np.sin(3.0 * x[:, 0]) + 1000.0
    model = NetworkRegressor((40,), activation="tanh", method=Adam(0.01), n_steps=4000, random_state=0).fit(x, y)
    assert LinearRegression().fit(x, y).score(x, y) < 0.5
    assert model.score(x, y) > 0.99
    # Half the mean square of what is left, in units of the variance.
    assert model.loss_ == pytest.approx(0.5 * (1.0 - model.score(x, y)), rel=1e-9)


def test_predictions_change_as_the_numbers_do():
    y = np.sin(X[:, 0]) + X[:, 1]
    base = NetworkRegressor(**QUICK).fit(X, y).predict(X)
    moved = NetworkRegressor(**QUICK).fit(X, 8.0 * y - 64.0).predict(X)
    np.testing.assert_allclose(moved, 8.0 * base - 64.0, rtol=1e-6)


def test_several_numbers_are_predicted_at_once():
    y = np.column_stack([X[:, 0] + 3.0, -50.0 * X[:, 1], np.full(len(X), 7.0)])
    model = NetworkRegressor(method=Adam(0.01), n_steps=3000, random_state=0).fit(X, y)
    assert model.predict(X).shape == y.shape
    assert r2_score(y[:, :2], model.predict(X)[:, :2]) > 0.98
    np.testing.assert_allclose(model.predict(X)[:, 2], 7.0, atol=0.2)


def test_a_copy_has_the_settings_and_nothing_learnt():
    model = NetworkClassifier((3,), method=Adam(0.02), **QUICK).fit(X, Y)
    copy = clone(model)
    assert copy.get_params() == model.get_params()
    assert not hasattr(copy, "parameters_")
