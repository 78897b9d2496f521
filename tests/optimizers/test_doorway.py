"""The methods as scipy.optimize.minimize calls them."""

import warnings

import numpy as np
import pytest
from scipy.optimize import Bounds, minimize, rosen, rosen_der

from pdeopt.optimizers import minimize_entropy_sgd, minimize_hj_prox, minimize_local_entropy

METHODS = [minimize_local_entropy, minimize_hj_prox, minimize_entropy_sgd]
BOX = [(-5.0, 5.0)] * 2


def rastrigin(x, height=10.0):
    return height * x.size + float((x**2 - height * np.cos(2.0 * np.pi * x)).sum())


def rastrigin_gradient(x, height=10.0):
    return 2.0 * x + 2.0 * np.pi * height * np.sin(2.0 * np.pi * x)


def bowl(x):
    return float(((x - 0.5) ** 2).sum())


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("jac", [None, "2-point", rastrigin_gradient])
def test_scipy_calls_the_method_with_or_without_a_gradient(method, jac):
    options = {"rng": 1, "maxfev": 1500}
    found = minimize(rastrigin, [2.3, -1.4], args=(3.0,), method=method, jac=jac, bounds=BOX, options=options)
    assert found.fun < 1.1
    assert found.fun == rastrigin(found.x, 3.0)
    assert (found.njev > 0) == callable(jac)


@pytest.mark.parametrize("method", METHODS)
def test_value_and_gradient_may_come_from_one_function(method):
    found = minimize(lambda x: (rosen(x), rosen_der(x)), [-1.0, 2.0], jac=True, method=method, options={"rng": 0})
    assert np.allclose(found.x, 1.0, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("limit", [1, 7, 60])
def test_no_more_evaluations_are_used_than_asked_for(method, limit):
    calls = []
    found = method(lambda x: calls.append(1) or bowl(x), [3.0, 4.0], maxfev=limit, rng=0)
    assert found.nfev == len(calls) <= limit
    assert found.status == 1 or found.success
    assert str(limit) in found.message or found.success


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bounds", [Bounds([1.0, -2.0], [3.0, np.inf]), [(1.0, 3.0), (-2.0, None)]])
def test_bounds_are_never_left_and_a_minimum_on_one_is_found(method, bounds):
    points = []
    found = method(lambda x: points.append(x) or bowl(x), [2.0, -1.0], bounds=bounds, rng=0)
    low = np.min(points, axis=0)
    assert low[0] >= 1.0
    assert low[1] >= -2.0
    assert np.max(points, axis=0)[0] <= 3.0
    # The mean of a law lies off a bound: the chain stays there until its kernel is narrow.
    assert np.allclose(found.x, [1.0, 0.5], atol=0.05 if method is minimize_entropy_sgd else 1e-3)


@pytest.mark.parametrize("method", METHODS)
def test_axes_whose_bounds_meet_do_not_move(method):
    found = method(bowl, [1.0, 2.0], bounds=[(1.0, 1.0), (-4.0, 4.0)], rng=0, maxfev=1500)
    assert found.x[0] == 1.0
    assert found.x[1] == pytest.approx(0.5, abs=1e-3)
    assert method(bowl, [1.0, 2.0], bounds=[(1.0, 1.0), (2.0, 2.0)]).nfev == 1


@pytest.mark.parametrize("method", METHODS)
def test_walls_are_legal(method):
    def walled(x):
        return np.inf if x[0] < 0.2 else float(x[0] + x[1] ** 2)

    found = method(walled, [3.0, 1.0], rng=2, maxfev=1500)
    assert 0.2 <= found.x[0] < 0.3
    everywhere = method(lambda x: np.inf, [3.0, 1.0], rng=2, maxfev=40)
    assert everywhere.status == 4
    assert not everywhere.success


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("bad", [np.nan, -np.inf, "high"])
def test_what_is_not_a_value_ends_the_search_and_keeps_the_best(method, bad):
    calls = []

    def broken(x):
        calls.append(bowl(x))
        return bad if len(calls) > 30 else calls[-1]

    found = method(broken, [3.0, 4.0], rng=0)
    assert found.status == 3
    assert not found.success
    assert found.fun == min(calls[:30])
    with pytest.raises(ValueError, match="fun returned"):
        method(lambda x: bad, [3.0, 4.0])


@pytest.mark.parametrize("method", METHODS)
def test_an_interrupt_keeps_the_best(method):
    calls = []

    def interrupted(x):
        calls.append(bowl(x))
        if len(calls) > 30:
            raise KeyboardInterrupt
        return calls[-1]

    found = method(interrupted, [3.0, 4.0], rng=0)
    assert found.status == 2
    assert found.fun == min(calls[:30])


@pytest.mark.parametrize("method", METHODS)
def test_callbacks_of_both_kinds_see_the_best_point_and_may_stop(method):
    seen = []
    method(bowl, [3.0, 4.0], rng=0, maxfev=200, callback=lambda xk: seen.append(bowl(xk)))
    assert seen == sorted(seen, reverse=True)

    def stop(intermediate_result):
        assert intermediate_result.fun == bowl(intermediate_result.x)
        raise StopIteration

    found = minimize(bowl, [3.0, 4.0], method=method, callback=stop, options={"rng": 0})
    assert found.status == 99
    assert found.nit == 1


@pytest.mark.parametrize("method", METHODS)
def test_a_wrong_argument_is_named_and_the_advice_works(method):
    with pytest.raises(ValueError, match="bounds only"):
        method(bowl, [0.0, 0.0], constraints={"type": "eq", "fun": bowl})
    with pytest.raises(ValueError, match=r"numpy.clip"):
        method(bowl, [9.0, 0.0], bounds=BOX)
    with pytest.raises(ValueError, match="must not cross"):
        method(bowl, [0.0, 0.0], bounds=[(1.0, -1.0), (0.0, 1.0)])
    with pytest.raises(ValueError, match="2 pairs"):
        method(bowl, [0.0, 0.0], bounds=[(0.0, 1.0)])
    with pytest.raises(ValueError, match="maxfev=0"):
        method(bowl, [0.0, 0.0], maxfev=0)
    with pytest.raises(ValueError, match="scale"):
        method(bowl, [0.0, 0.0], scale=-1.0)
    with pytest.raises(ValueError, match="x0"):
        method(bowl, [np.nan, 0.0])
    with pytest.raises(TypeError, match="wrong_option"):
        minimize(bowl, [0.0, 0.0], method=method, options={"wrong_option": 1})
    with pytest.warns(RuntimeWarning, match="Hessian"):
        method(bowl, [0.0, 0.0], hess=rosen, maxfev=10)


@pytest.mark.parametrize("method", METHODS)
def test_the_same_seed_gives_the_same_search(method):
    one, same, other = (method(rastrigin, [2.0, 3.0], rng=seed, maxfev=300) for seed in (4, 4, 5))
    assert np.array_equal(one.x, same.x)
    assert not np.array_equal(one.x, other.x)


def test_the_error_of_a_smooth_minimum_covers_it():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = minimize_local_entropy(rastrigin, [2.3, -1.4], bounds=BOX, rng=1)
    assert found.success
    assert found.fun <= found.error + 1e-12 < 1e-6
    assert found.effective_sample_size > 5.0
