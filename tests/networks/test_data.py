"""The record of a data set: what it takes, what it gives to a network, and how it is kept."""

import pickle
from dataclasses import FrozenInstanceError, replace

import numpy as np
import pytest

from pdeopt.networks import Data

X = np.array([[0.0, 1.0], [2.0, 3.0], [4.0, 5.0], [6.0, 7.0]])
BAD = np.where(X == 3.0, np.nan, X)


def test_lists_become_arrays_of_the_kernels():
    data = Data([[0, 1], [2, 3]], [1, 0], [[4, 5]], [1])
    assert data.x_train.dtype == data.x_test.dtype == np.float64
    assert data.y_train.dtype == data.y_test.dtype == np.int64
    assert data.x_train.flags.c_contiguous
    assert (data.dim, data.n_train, data.n_test, data.n_classes) == (2, 2, 1, 2)


def test_arrays_that_fit_are_not_copied():
    assert Data(X, np.arange(4)).x_train is X


def test_read_only_and_strided_arrays_are_copied():
    locked = X.copy()
    locked.flags.writeable = False
    for given in (locked, np.asfortranarray(X), X[::-1]):
        data = Data(given, given, given, given)
        for kept in (data.x_train, data.y_train, data.x_test, data.y_test):
            assert kept.flags.carray
            np.testing.assert_array_equal(kept, given)


def test_integers_are_labels_and_floats_are_numbers():
    assert Data(X, [0, 1, 2, 1]).n_classes == 3
    assert Data(X, [False, True, True, False]).n_classes == 2
    assert Data(X, [0.0, 1.0, 2.0, 1.0]).n_classes == 0
    assert Data(X, [0.0, 1.0, 2.0, 1.0], n_classes=4).y_train.dtype == np.int64
    assert Data(X, [0, 1, 2, 1], n_classes=0).y_train.dtype == np.float64


def test_without_a_test_set_the_record_holds_no_rows():
    data = Data(X, [0, 1, 2, 1])
    assert data.x_test.shape == (0, 2)
    assert data.y_test.shape == (0,)
    assert data.y_test.dtype == np.int64
    assert replace(data, name="other").n_test == 0


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"x_train": BAD}, r"x_train\[1, 1\]=nan is not finite.*isfinite"),
        ({"x_train": np.where(X == 4.0, -np.inf, X)}, r"x_train\[2, 0\]=-inf is not finite"),
        ({"x_train": X[:, 0]}, r"x_train has shape \(4,\), it must be \(n, d\). Use e.g. x_train.reshape"),
        ({"x_train": X[:0], "y_train": []}, r"x_train has no rows. Use"),
        ({"x_train": X[:3]}, r"x_train has 3 rows and y_train 4.*Use y_train of length 3"),
        ({"y_train": [1, 2, 3, 4], "n_classes": 4}, r"y_train holds 4, labels of n_classes=4 are 0 to 3.*numpy.unique"),
        ({"y_train": [-1, 1, 1, -1]}, r"y_train holds -1, labels of n_classes=2 are 0 to 1.*numpy.unique"),
        ({"y_train": [0.5, 1, 0, 1], "n_classes": 2}, r"y_train holds float64 that are no whole numbers.*numpy.unique"),
        ({"y_train": [0, np.nan, 0, 1], "n_classes": 2}, r"y_train holds float64 that are no whole"),
        ({"y_train": list("abba"), "n_classes": 2}, r"y_train holds <U1.*numpy.unique"),
        ({"y_train": np.eye(4, dtype=int)}, r"y_train has shape \(4, 4\), labels have shape \(n,\).*argmax"),
        ({"y_train": [0.5, np.inf, 0, 1]}, r"y_train\[1\]=inf is not finite"),
        ({"y_train": np.zeros((4, 1, 1))}, r"y_train has shape \(4, 1, 1\), it must be \(n,\) or \(n, k\)"),
        ({"x_test": X}, r"y_test=None, but x_test is given"),
        ({"y_test": [0, 1]}, r"x_test=None, but y_test is given"),
        ({"x_test": X, "y_test": [0, 1]}, r"x_test has 4 rows and y_test 2.*length 4"),
        ({"x_test": BAD, "y_test": [0, 1, 0, 1]}, r"x_test\[1, 1\]=nan"),
        ({"x_test": X, "y_test": [0, 1, 0, 2]}, r"y_test holds 2, labels of n_classes=2 are 0 to 1"),
        ({"x_test": X[:, :1], "y_test": [0, 1, 0, 1]}, r"x_test has shape \(4, 1\).*Use x_test of shape \(4, 2\)"),
        ({"n_classes": 1, "y_train": [0, 0, 0, 0]}, r"n_classes=1 .*Use n_classes=2"),
        ({"n_classes": -2}, r"n_classes=-2 must be 0"),
        ({"n_classes": 2.0}, r"n_classes=2.0 must be 0"),
    ],
)
def test_bad_data_is_refused_with_a_cure(arguments, message):
    with pytest.raises(ValueError, match=message):
        Data(**({"x_train": X, "y_train": [0, 1, 1, 0]} | arguments))


def test_what_is_no_array_of_numbers_is_refused():
    with pytest.raises(TypeError, match="x_train of type list is no array of numbers"):
        Data([["a", "b"]], [0])
    with pytest.raises(TypeError, match=r"y_train holds <U1, not numbers.*numpy.unique"):
        Data(X, list("abba"))


def test_the_cures_work():
    names = np.array(list("abca"))
    assert Data(X, np.unique(names, return_inverse=True)[1]).n_classes == 3
    kept = np.isfinite(BAD).all(axis=1)
    assert Data(BAD[kept], np.array([0, 1, 1, 0])[kept]).n_train == 3
    assert Data(X[:, 0].reshape(4, -1), [0, 1, 1, 0]).dim == 1


@pytest.mark.parametrize(
    ("labels", "loss", "n_outputs", "expected"),
    [
        ([0, 1, 1, 0], "logistic", None, [[0], [1], [1], [0]]),
        ([0, 1, 1, 0], "logistic", 2, [[1, 0], [0, 1], [0, 1], [1, 0]]),
        ([0, 1, 1, 0], "squared", None, [[0], [1], [1], [0]]),
        ([0, 1, 1, 0], "softmax", None, [[0], [1], [1], [0]]),
        ([0, 1, 2, 0], "softmax", 3, [[0], [1], [2], [0]]),
        ([0, 1, 2, 0], "logistic", None, [[1, 0, 0], [0, 1, 0], [0, 0, 1], [1, 0, 0]]),
        ([0.5, 1, 2, -1], "squared", None, [[0.5], [1], [2], [-1]]),
        (X, "squared", 2, X),
    ],
)
def test_targets_are_the_columns_that_a_loss_takes(labels, loss, n_outputs, expected):
    data = Data(X, labels, X[:2], labels[:2])
    train, test = data.targets(loss, n_outputs)
    assert train.dtype == test.dtype == np.float64
    np.testing.assert_array_equal(train, expected)
    np.testing.assert_array_equal(test, expected[:2])


def test_targets_of_no_rows_have_as_many_columns():
    for data in (Data(X, [0, 1, 2, 0]), Data(X, X), Data(X, X[:, 0])):
        train, test = data.targets("squared")
        assert test.shape == (0, train.shape[1])


@pytest.mark.parametrize(
    ("labels", "loss", "n_outputs", "message"),
    [
        ([0, 1, 2, 0], "softmax", 2, "n_outputs=2 does not fit iris with 3 classes and loss='softmax'. Use 3 outputs"),
        ([0, 1, 1, 0], "softmax", 1, "with 2 classes and loss='softmax'. Use 2 outputs"),
        ([0, 1, 1, 0], "logistic", 3, "Use 1 or 2 outputs"),
        (X, "squared", 1, "n_outputs=1 does not fit iris with 2 numbers.*Use 2 outputs"),
        (X, "logistic", None, "loss='logistic' needs classes, iris has numbers. Use loss='squared'"),
        (X, "hinge", None, "loss='hinge' is not known. Use one of 'logistic', 'softmax', 'squared'"),
    ],
)
def test_a_network_that_does_not_fit_is_refused(labels, loss, n_outputs, message):
    with pytest.raises(ValueError, match=message):
        Data(X, labels, name="iris").targets(loss, n_outputs)


@pytest.mark.parametrize("labels", [[0, 1, 2, 0], X])
def test_a_saved_record_comes_back(tmp_path, labels):
    data = Data(X, labels, X[:1], labels[:1], "four", facts={"turns": 2.0, "kind": "grid"})
    path = data.save(tmp_path / "four")
    assert path.name == "four.npz"
    for back in (Data.load(path), pickle.loads(pickle.dumps(data))):
        assert (str(back), repr(back), back.facts) == (str(data), repr(data), data.facts)
        for name in ("x_train", "y_train", "x_test", "y_test"):
            np.testing.assert_array_equal(getattr(back, name), getattr(data, name), strict=True)


def test_another_file_is_refused(tmp_path):
    np.savez(tmp_path / "other.npz", x_train=X)
    with pytest.raises(ValueError, match=r"other.npz is no data set: it lacks y_train, x_test.*Use Data.save"):
        Data.load(tmp_path / "other.npz")


def test_a_record_prints_what_it_holds():
    data = Data(X, [0, 1, 2, 0], X[:1], [2], "four", facts={"seed": 3})
    assert str(data).splitlines() == [
        "four: points in 2 dimensions",
        "  train        4   of class 0 to 2: 2, 1, 1",
        "  test         1   of class 0 to 2: 0, 0, 1",
        "  seed 3",
    ]
    assert repr(data) == "<Data four: 4 + 1 points in 2 dimensions, 3 classes>"
    assert str(Data(X[:, :1], X[:, 0])).splitlines() == [
        "data: points in 1 dimension",
        "  train        4   numbers 0 to 6",
        "  test         0   none",
    ]


def test_a_record_does_not_change():
    with pytest.raises(FrozenInstanceError):
        Data(X, [0, 1, 1, 0]).name = "other"
