"""Bad statements of a problem: the message names the argument, its value and what works, and its advice works."""

import re

import numpy as np
import pytest

from pdeopt import Grid, HamiltonJacobi, Landscape, landscapes, solve_hamilton_jacobi
from pdeopt.hamilton_jacobi import (
    HAMILTONIANS,
    WENO5,
    Dirichlet,
    Filtered,
    Godunov,
    Hamiltonian,
    LaxFriedrichs,
    controlled_descent,
    eikonal,
    shifted_quadratic,
)

LINE, PLANE = Grid(-1.0, 1.0, 9), Grid((-1.0, -1.0), (1.0, 1.0), (5, 6))
VALUES = LINE.axes[0] ** 2
SMOOTH = landscapes.quadratic()


def square(t, x, u, p):
    return p * p


def stated(**changes):
    return HamiltonJacobi(**({"initial": VALUES, "grid": LINE} | changes))


def with_square(**more):
    return {"hamiltonian": Hamiltonian(square, **more)}


def spoilt(value):
    values = VALUES.copy()
    values[3] = value
    return values


BAD = [
    ({"initial": spoilt(np.nan)}, ("initial is nan at index (3,)", "numpy.clip")),
    ({"initial": spoilt(np.inf)}, ("initial is inf at index (3,)", "pdeopt.relax")),
    ({"initial": np.zeros(8)}, ("initial has shape (8,)", "(9,)", "one value per node")),
    ({"initial": VALUES * 1j}, ("initial is no array of real numbers", "numpy.asarray")),
    ({"initial": np.sin}, ("initial=", "bare function", "pdeopt.Landscape(f, dim=1)")),
    ({"initial": landscapes.double_well(), "grid": PLANE}, ("initial has dim=1", "2 axes")),
    ({"grid": 9}, ("grid=9", "pdeopt.Grid(lower, upper, shape)")),
    ({"grid": Grid((0.0,) * 4, (1.0,) * 4, (2,) * 4)}, ("4 axes", "the limit is 3")),
    ({"hamiltonian": "kinetic"}, ("hamiltonian='kinetic'", "'quadratic' or 'eikonal'")),
    ({"hamiltonian": 3.0}, ("hamiltonian=3.0", "Hamiltonian(function)")),
    ({"hamiltonian": lambda x, p: p}, ("(t, x, u, p, *args)", "takes 2 positional arguments")),
    ({"hamiltonian": lambda t, x, u, p: (p, p)}, ("a number as its result", "TypeError")),
    ({"hamiltonian": lambda t, x, u, p: 0.0 * p - np.inf}, ("hamiltonian is -inf", "finite everywhere")),
    ({"hamiltonian": lambda t, x, u, p: p + u}, ("changes with the value u", "depends_on_value=True")),
    ({"hamiltonian": Hamiltonian(lambda t, x, u, p: -p * p, convex=True)}, ("is not convex", "convex=False")),
    (
        {"hamiltonian": Hamiltonian(lambda t, x, u, p: p + x, autonomous=True)},
        ("is not the same at (t, x)", "autonomous=False"),
    ),
    (with_square(gradient=lambda t, x, u, p: p), ("gradient of the Hamiltonian square is", "leave gradient out")),
    (with_square(gradient=lambda p: p), ("gradient cannot be called as a function of (t, x, u, p, *args)",)),
    (
        with_square(gradient=lambda t, x, u, p: (p, p)),
        ("gradient of the Hamiltonian square returns", "one number per axis"),
    ),
    (with_square(vertex=lambda t, x, u: 5.0), ("vertex of the Hamiltonian square is [5.0]", "leave vertex out")),
    (with_square(speeds=lambda t, x, u, a, b: 0.1), ("speeds of the Hamiltonian square are [0.1]", "leave speeds out")),
    (with_square(upwind=lambda t, x, u, a, b: a + b), ("upwind of the Hamiltonian square is", "leave upwind out")),
    ({"hamiltonian": shifted_quadratic([1.0, 2.0])}, ("one of 2 axes", "the grid has 1")),
    ({"hamiltonian": controlled_descent(landscapes.quadratic(dim=2))}, ("one of 2 axes", "the grid has 1")),
    ({"viscosity": -1.0}, ("viscosity=-1", "0.5 / beta")),
    ({"viscosity": -VALUES}, ("viscosity=-1", "0.5 / beta")),
    ({"viscosity": np.nan}, ("viscosity=nan", "finite")),
    ({"viscosity": "thick"}, ("viscosity='thick'", "viscosity=0.05")),
    ({"viscosity": np.ones(8)}, ("viscosity has shape (8,)", "(9,)")),
    ({"source": 1.0}, ("source=1.0", "numba.njit")),
    ({"source": lambda x: x}, ("source cannot be called as a function of (t, x, *args)",)),
    ({"source": lambda t, x, a: a, "source_args": 3.0}, ("source_args=3.0", "source_args=(3.0,)")),
    ({"source_args": (1.0,)}, ("source_args=(1.0,) without a source", "leave source_args out")),
    ({"boundary": "open"}, ("boundary='open'", "'extrapolation'")),
    ({"boundary": "periodic"}, ("boundary='periodic'", "periodic=True")),
    ({"boundary": 3.0}, ("boundary=3.0", "boundary='reflecting'")),
    ({"boundary": [None]}, ("boundary=None", "'reflecting'")),
    ({"boundary": ("reflecting", "extrapolation")}, ("2 entries for 1 axes", "[('reflecting', 'extrapolation')]")),
    ({"boundary": [("reflecting",) * 3]}, ("an axis has two walls", "(lower, upper)")),
    ({"boundary": Dirichlet(np.zeros(5))}, ("value of Dirichlet has shape (5,)", "(9,)")),
    ({"boundary": Dirichlet(landscapes.quadratic(dim=2))}, ("value of Dirichlet has dim=2", "1 axes")),
    ({"boundary": Dirichlet(lambda x: x)}, ("value of Dirichlet cannot be called as a function of (t, x, *args)",)),
    ({"boundary": Dirichlet(lambda t, x: np.nan)}, ("value of Dirichlet is nan", "finite")),
]
RECORDS = [
    (lambda: Hamiltonian(None), ("value=None", "lambda t, x, u, p")),
    (lambda: Hamiltonian(square, vertex=1.0), ("vertex=1.0", "is no function")),
    (lambda: Hamiltonian(square, args=3.0), ("args=3.0", "args=(3.0,)")),
    (lambda: Hamiltonian(square, convex="no"), ("convex='no'", "neither True nor False", "convex=False")),
    (lambda: Hamiltonian(square, autonomous=None), ("autonomous=None", "autonomous=False")),
    (lambda: Hamiltonian(square, depends_on_value=1), ("depends_on_value=1", "depends_on_value=False")),
    (lambda: Hamiltonian(square, dim=0), ("dim=0", "whole number of at least 1", "dim=2")),
    (lambda: Hamiltonian(square, dim="a"), ("dim='a'", "whole number of at least 1", "dim=2")),
    (lambda: stated().on(9), ("grid=9", "pdeopt.Grid(lower, upper, shape)")),
    (lambda: stated().on(PLANE), ("grid has 2 axes", "the problem 1", "as in problem.grid")),
    (lambda: stated(initial=SMOOTH).on(PLANE), ("grid has 2 axes", "the problem 1", "as in problem.grid")),
    (lambda: Dirichlet(np.nan), ("value=nan", "Dirichlet(0.0)")),
    (lambda: Dirichlet("high"), ("value='high'", "Dirichlet(0.0)")),
    (lambda: Dirichlet(square, args=1.0), ("args=1.0", "args=(1.0,)")),
    (lambda: LaxFriedrichs("fast"), ("speed='fast'", "'local', 'global'")),
    (lambda: LaxFriedrichs(-1.0), ("speed=-1.0", "not negative", "speed=1.0")),
    (lambda: LaxFriedrichs([1.0, np.nan]), ("speed=[1.0, nan]", "finite", "one per axis")),
    (lambda: LaxFriedrichs(None), ("speed=None", "'local', 'global'", "speed=1.0")),
    (lambda: LaxFriedrichs([]), ("speed=[]", "one per axis", "speed=1.0")),
    (lambda: LaxFriedrichs([[1.0, 2.0]]), ("speed=[[1.0, 2.0]]", "one per axis", "speed=1.0")),
    (lambda: WENO5("roe"), ("numerical='roe'", "'godunov' or 'lax-friedrichs'")),
    (lambda: WENO5(np.ones(2)), ("numerical=array", "'godunov' or 'lax-friedrichs'")),
    (lambda: WENO5(diffusion="wide"), ("diffusion='wide'", "'sixth' or 'three-point'")),
    (lambda: WENO5("lax-friedrichs", speed="fast"), ("speed='fast'", "'local', 'global'", "speed=1.0")),
    (lambda: WENO5(epsilon=0.0), ("epsilon=0.0", "positive and finite", "epsilon=1e-6")),
    (lambda: WENO5(epsilon="a"), ("epsilon='a'", "one number", "epsilon=1e-6")),
    (lambda: WENO5(epsilon=np.inf), ("epsilon=inf", "positive and finite", "epsilon=1e-6")),
    (lambda: Filtered(0.0), ("constant=0.0", "positive and finite", "constant=0.2")),
    (lambda: Filtered("a"), ("constant='a'", "one number", "constant=0.2")),
    (lambda: Filtered(None), ("constant=None", "one number", "constant=0.2")),
    (lambda: Filtered(np.ones(2)), ("constant=array", "one number", "constant=0.2")),
    (lambda: Filtered(np.inf), ("constant=inf", "positive and finite", "constant=0.2")),
    (lambda: Filtered(filter="smooth"), ("filter='smooth'", "'cut' or 'continuous'")),
    (lambda: Filtered(monotone="godunov"), ("monotone='godunov'", "first order", "Godunov()")),
    (lambda: Filtered(monotone=WENO5()), ("monotone=WENO5(", "first order", "Godunov()")),
    (lambda: Filtered(accurate=WENO5), ("accurate=<class", "accurate=WENO5()")),
    (lambda: Filtered(accurate=Filtered()), ("accurate=Filtered(", "accurate=WENO5()")),
    (lambda: shifted_quadratic(np.nan), ("shift=nan", "finite", "shift=1.0")),
    (lambda: shifted_quadratic("q"), ("shift='q'", "one per axis", "shift=1.0")),
    (lambda: shifted_quadratic([1.0, "q"]), ("shift=[1.0, 'q']", "one per axis", "shift=[1.0, 0.0]")),
    (lambda: shifted_quadratic([]), ("shift=[]", "one per axis", "shift=1.0")),
    (lambda: shifted_quadratic(1j), ("shift=1j", "one per axis", "shift=1.0")),
    (lambda: shifted_quadratic([[1.0]]), ("shift=[[1.0]]", "one per axis", "shift=1.0")),
    (lambda: eikonal(np.inf), ("speed=inf", "finite", "speed=1.0")),
    (lambda: eikonal("a"), ("speed='a'", "one finite number", "speed=1.0")),
    (lambda: eikonal(None), ("speed=None", "one finite number", "speed=1.0")),
    (lambda: eikonal([1.0, 2.0]), ("speed=[1.0, 2.0]", "one finite number", "speed=1.0")),
    (lambda: controlled_descent(3), ("f=3", "Landscape", "pdeopt.landscapes.double_well()")),
    (lambda: controlled_descent("well"), ("f='well'", "Landscape", "pdeopt.landscapes.double_well()")),
    (lambda: HAMILTONIANS["eikonal"]("fast"), ("speed='fast'", "one finite number", "speed=1.0")),
]


@pytest.mark.parametrize(("changes", "words"), BAD, ids=[words[0] for _, words in BAD])
def test_a_bad_argument_of_a_problem_is_named_with_its_value_and_a_remedy(changes, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words[0])) as caught:
        stated(**changes)
    assert all(word in str(caught.value) for word in words), str(caught.value)


@pytest.mark.parametrize(("make", "words"), RECORDS, ids=[words[0] for _, words in RECORDS])
def test_a_bad_argument_of_a_record_is_named_with_its_value_and_a_remedy(make, words):
    with pytest.raises((TypeError, ValueError), match=re.escape(words[0])) as caught:
        make()
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_advice_of_the_messages_is_accepted():
    f = Landscape(lambda x: x * x, dim=1)
    accepted = [
        {"initial": np.clip(spoilt(np.inf), None, 1e3)},
        {"initial": np.asarray(VALUES, dtype=float)},
        {"initial": f},
        {"hamiltonian": "eikonal"},
        {"hamiltonian": Hamiltonian(lambda t, x, u, p: p + u, depends_on_value=True)},
        {"hamiltonian": Hamiltonian(lambda t, x, u, p: -p * p, convex=False)},
        {"hamiltonian": Hamiltonian(lambda t, x, u, p: p + x, autonomous=False)},
        with_square(gradient=lambda t, x, u, p: 2.0 * p, vertex=lambda t, x, u: 0.0),
        {"viscosity": 0.05},
        {"source": lambda t, x, a: a, "source_args": (3.0,)},
        {"boundary": [("reflecting", "extrapolation")]},
        {"boundary": Dirichlet(0.0)},
        {"boundary": Dirichlet(f)},
        {"boundary": Dirichlet(VALUES)},
        {"boundary": Dirichlet(lambda t, x, a: a * t, args=(1.0,))},
    ]
    assert all(stated(**one).grid is LINE for one in accepted)
    assert stated().on(stated().grid).grid == LINE
    assert stated(grid=PLANE, initial=np.zeros((5, 6)), hamiltonian=shifted_quadratic([1.0, 2.0])).hamiltonian.dim == 2
    assert Filtered(0.2, "continuous", Godunov(), WENO5("lax-friedrichs", 1.0, "three-point", 1e-6)).order == 5
    assert Hamiltonian(square, convex=np.True_, autonomous=False, depends_on_value=False, dim=2).dim == 2
    assert (eikonal(1.0).name, eikonal(np.float32(-2.0)).name) == ("|p|", "-2 |p|")
    assert (shifted_quadratic(1.0).dim, shifted_quadratic([1.0, 0.0]).dim) == (1, 2)
    assert controlled_descent(landscapes.double_well()).convex
    assert LaxFriedrichs(np.array([1.0, 2.0])) == LaxFriedrichs([1.0, 2.0])


def test_speeds_for_other_axes_than_there_are_are_refused():
    with pytest.raises(ValueError, match=r"speed=\[1\.0, 2\.0\] has 2 entries for 1 axes"):
        solve_hamilton_jacobi(stated(), 0.1, method=LaxFriedrichs([1.0, 2.0]))


def test_a_periodic_axis_overrides_the_walls_that_are_named():
    problem = stated(grid=Grid(-1.0, 1.0, 9, periodic=True), boundary="extrapolation")
    assert problem.walls == (("periodic", "periodic"),)
    assert repr(problem) == "<HamiltonJacobi u_t + |p|^2 / 2 = 0 on 9 nodes, periodic>"
