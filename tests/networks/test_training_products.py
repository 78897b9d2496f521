"""Gradients and scores by loops and by products of matrices: the same to rounding, on any number of threads."""

from concurrent.futures import ThreadPoolExecutor

import numba
import numpy as np
import pytest
from threadpoolctl import threadpool_info, threadpool_limits

from pdeopt.kernels.networks.evaluation import evaluate
from pdeopt.kernels.networks.evaluation_blas import answer_score, evaluate_blas
from pdeopt.kernels.networks.layout import prefers_blas, work_size
from pdeopt.networks import MLP, Data, train
from pdeopt.networks.blas_threads import one_blas_thread
from pdeopt.networks.looks import score
from pdeopt.optimizers import BAOAB, Adam, AdLaLa
from tests.reference_networks import mean_loss, outputs, random_case

WIDE = MLP([64, 128, 10])
LAYOUTS = [[2, 0, 1, 6, 40, 5], [2, 1, 0, 6, 40, 1], [3, 2, 0, 6, 7, 8, 3], [2, 3, 2, 6, 40, 4], [1, 0, 2, 6, 1]]
METHODS = [Adam(0.003), BAOAB(0.1, 1.0, 1e-4), AdLaLa(step_size=0.1)]


def blobs(n=400, dim=64, seed=0):
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 10, n)
    return Data(rng.standard_normal((10, dim))[labels] + rng.standard_normal((n, dim)), labels)


@numba.njit
def called(parameters, layout, x, y, work):
    return evaluate_blas(parameters, layout, x, y, work), answer_score(0, np.zeros(1), np.ones(1))


@pytest.mark.parametrize("layout", LAYOUTS, ids=str)
def test_scores_by_products_are_those_of_the_loops_and_of_books(layout):
    parameters, x, y = random_case(layout, 37, 1)
    layout = np.array(layout)
    found, single = called(parameters, layout, x, y, np.empty(work_size(layout, 37)))
    loops = evaluate(parameters, layout, x, y, np.empty(work_size(layout, 1)))
    assert found[0] == pytest.approx(mean_loss(parameters, layout, x, y), rel=1e-12)
    assert found == pytest.approx(loops, rel=1e-12)
    assert single[0] == pytest.approx(np.log(2.0), rel=1e-15)


def test_answers_are_right_where_all_of_them_are():
    z, y = np.array([2.0, -1.0]), np.array([1.0, 0.0])
    assert answer_score(0, z, y)[1]
    assert not answer_score(0, z, 1.0 - y)[1]
    assert answer_score(1, z, np.zeros(1))[1]
    assert not answer_score(1, z, np.ones(1))[1]
    assert answer_score(2, z, np.array([1.6, -1.4]))[1]
    assert not answer_score(2, z, np.array([1.6, -1.6]))[1]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_training_by_loops_and_by_products_differs_by_rounding_alone(method):
    settings = {"n_steps": 25, "batch_size": 50, "record_every": 25, "seed": 2}
    loops, products = (train(WIDE, blobs(), method, blas=blas, **settings) for blas in (False, True))
    assert not np.array_equal(loops.parameters, products.parameters)
    np.testing.assert_allclose(loops.parameters, products.parameters, rtol=0.0, atol=1e-12)


def test_the_faster_of_the_two_is_chosen_and_a_run_is_resumed_the_same_way():
    settings = {"batch_size": 50, "record_every": 5, "seed": 2}
    assert prefers_blas(WIDE.layout, 50)
    whole = train(WIDE, blobs(), Adam(0.003), n_steps=20, **settings)
    assert whole.facts["blas"] is True
    same = train(WIDE, blobs(), Adam(0.003), n_steps=20, blas=True, **settings)
    assert np.array_equal(whole.parameters, same.parameters)
    part = train(WIDE, blobs(), Adam(0.003), n_steps=11, **settings)
    again = train(WIDE, blobs(), Adam(0.003), n_steps=20, resume=part, **settings)
    assert np.array_equal(again.parameters, whole.parameters)
    with pytest.raises(ValueError, match="blas=False differs from True"):
        train(WIDE, blobs(), Adam(0.003), n_steps=20, blas=False, resume=part, **settings)
    with pytest.raises(ValueError, match=r"blas=1 must be True, False or None"):
        train(WIDE, blobs(), Adam(0.003), n_steps=20, blas=1, **settings)


def test_large_sets_are_scored_by_products_with_the_same_bits_for_any_threads():
    data, point = blobs(5000), WIDE.initial(0)
    y = data.y_train[:, None].astype(float)
    one, two = (score(WIDE, point, data.x_train, y, threads) for threads in (1, 2))
    assert one == two
    assert one[0] == pytest.approx(mean_loss(point, WIDE.layout, data.x_train, y), rel=1e-12)
    right = np.mean(outputs(point, WIDE.layout, data.x_train).argmax(axis=1) == data.y_train)
    assert one[1] == pytest.approx(right, rel=1e-12)


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
def test_a_run_has_the_same_bits_for_any_number_of_threads_of_blas(method):
    found = []
    for n in (1, 2, 3):
        with threadpool_limits(n, user_api="blas"):
            fit = train(MLP([256, 200, 10]), blobs(600, 256), method, n_steps=5, batch_size=300, threads=n)
        found.append((fit.parameters.tobytes(), fit.history.train_loss.tobytes()))
    assert found[0] == found[1] == found[2]


def blas_threads():
    return [found["num_threads"] for found in threadpool_info() if found["user_api"] == "blas"]


def test_the_number_of_threads_of_blas_is_given_back_by_the_last_one_inside():
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        with one_blas_thread():
            with one_blas_thread():
                assert set(blas_threads()) == {1}
            assert set(blas_threads()) == {1}
        assert blas_threads() == before
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: train(WIDE, blobs(), Adam(0.003), n_steps=3, batch_size=50), range(8)))
        assert blas_threads() == before
