"""One step of a scheme and of an affine equation in as many digits as wanted, where mpmath is installed.

It comes with SymPy: ``pip install 'pdeopt[symbolic]'``. Errors of a step are differences of numbers of size 1; after
very many small steps, double precision leaves few digits of them.
"""

from importlib import import_module
from itertools import product
from typing import Any

import numpy as np

from pdeopt.sde.scheme import COIN, INCREMENT, Stepper
from pdeopt.systems import SDE
from pdeopt.verification.algebra.formal import Elementary, formal, formal_step

__all__ = ["extended_step"]

FUNCTIONS = ("sqrt", "exp", "expm1", "log", "sin", "cos", "tan", "tanh", "sinh", "cosh")
Array = Any
"""A NumPy array of numbers of mpmath."""


def context_of(digits: int) -> Any:
    """Return arithmetic of mpmath with that many decimal digits, apart from the global one.

    Raises
    ------
    ImportError
        If it is not installed; the message names the extra.
    """
    try:
        context = import_module("mpmath").MPContext()
    except ImportError as error:
        raise ImportError("digits needs mpmath. Install it by pip install 'pdeopt[symbolic]'.") from error
    context.dps = digits
    return context


def normal_rule(n: int, context: Any) -> tuple[list[Any], list[Any]]:
    """Return nodes and weights of Gauss and Hermite for a standard normal number, by Newton's method."""
    nodes = [context.mpf(float(x)) for x in np.polynomial.hermite_e.hermegauss(n)[0]]
    for _ in range(int(np.log2(context.dps)) + 2):
        nodes = [x - _hermite(n, x) / (n * _hermite(n - 1, x)) for x in nodes]
    return nodes, [context.factorial(n) / (n * _hermite(n - 1, x)) ** 2 for x in nodes]


def _hermite(n: int, x: Any) -> Any:
    before, value = 0 * x, 0 * x + 1
    for k in range(n):
        before, value = value, x * value - k * before
    return value


def extended_step(
    stepper: Stepper, system: SDE, n_nodes: int, h: float, digits: int
) -> tuple[Array, Array, Array, Array]:
    """Return matrices of a step, of first states, of the exact flow, and probabilities of their draws.

    Parameters
    ----------
    stepper : Stepper
        Bound to `system`, affine in the state.
    system : SDE
        Affine, with matrices that commute.
    n_nodes : int
        Of a normal draw.
    h : float
    digits : int

    Returns
    -------
    steps : array, shape (m, n + 1, n + 1)
    begin : array, shape (n + 1, d + 1)
    flows : array, shape (m, d + 1, d + 1)
    weights : array, shape (m,)
        For states and points with a 1 in front; all of them are numbers of mpmath.
    """
    context = context_of(digits)
    elementary = Elementary({name: getattr(context, name) for name in FUNCTIONS})
    normal, coin = normal_rule(n_nodes, context), ([context.mpf(-1), context.mpf(1)], [context.mpf(1) / 2] * 2)
    rules = [coin if kind == COIN else normal for kind in stepper.draws]
    draws = [list(row) for row in product(*(rule[0] for rule in rules))]
    weights = np.array([context.fprod(row) for row in product(*(rule[1] for rule in rules))], dtype=object)
    step, begin = formal_step(stepper, elementary), formal(stepper.begin, elementary)
    n_points, size = system.dim, context.mpf(h)

    def after(point: list[Any], xi: list[Any]) -> list[Any]:
        return _numbers(step(0.0, point, size, xi, system.args))

    steps = np.array([_affine(lambda x, xi=xi: after(x, xi), n_points, context) for xi in draws], dtype=object)
    first = _affine(lambda x: _numbers(begin(0.0, _point(x), system.args)), n_points, context)
    leads = [k for k, kind in enumerate(stepper.draws) if kind == INCREMENT]
    flows = _flows(system, elementary, [[row[k] for k in leads] for row in draws], size, context)
    return steps, first, flows, weights


def _numbers(value: Any) -> list[Any]:
    return [number for part in value for number in _numbers(part)] if isinstance(value, tuple) else [value]


def _point(x: list[Any]) -> Any:
    return x[0] if len(x) == 1 else tuple(x)


def _affine(function: Any, dim: int, context: Any) -> Array:
    """Return the matrix of an affine function of lists, with a 1 in front."""
    zero, one = context.mpf(0), context.mpf(1)
    origin = function([zero] * dim)
    columns = [function([one if k == i else zero for k in range(dim)]) for i in range(dim)]
    rows = [[value, *(column[j] - value for column in columns)] for j, value in enumerate(origin)]
    return np.array([[one, *[zero] * dim], *rows], dtype=object)


def _flows(system: SDE, elementary: Elementary, increments: list[list[Any]], h: Any, context: Any) -> Array:
    """Return the exact flow for rows of increments, of an equation whose matrices commute."""
    ito = system.as_ito()
    drift, noises = _matrices(ito, elementary, context)
    corrected = h * (drift - sum(b.dot(b) for b in noises) / 2)
    known: dict[Any, Array] = {}

    def factor(k: int, w: Any) -> Array:
        if (k, w) not in known:
            known[k, w] = _exponential(context.sqrt(h) * w * noises[k], context)
        return known[k, w]

    base = _exponential(corrected, context)
    rows = []
    for row in increments:
        flow = base
        for k, w in enumerate(row):
            flow = flow.dot(factor(k, w))
        rows.append(flow)
    return np.array(rows, dtype=object)


def _matrices(ito: SDE, elementary: Elementary, context: Any) -> tuple[Array, list[Array]]:
    """Return the matrices of drift and noises, for points with a 1 in front."""
    drift, diffusion = formal(ito.drift, elementary), formal(ito.diffusion, elementary)
    d, m = ito.dim, ito.n_brownian

    def slopes(x: list[Any]) -> list[Any]:
        return _numbers(drift(0.0, _point(x), *ito.args))

    def column(x: list[Any], k: int) -> list[Any]:
        values = _numbers(diffusion(0.0, _point(x), *ito.args))
        if ito.diffusion_form == "vector":
            return [value if i == k else context.mpf(0) for i, value in enumerate(values)]
        return values if ito.diffusion_form == "scalar" else values[k::m]

    matrices = [_affine(slopes, d, context), *(_affine(lambda x, k=k: column(x, k), d, context) for k in range(m))]
    for matrix in matrices:
        matrix[0, 0] = context.mpf(0)
    return matrices[0], matrices[1:]


def _exponential(matrix: Array, context: Any) -> Array:
    return np.array(context.expm(context.matrix(matrix.tolist())).tolist(), dtype=object)
