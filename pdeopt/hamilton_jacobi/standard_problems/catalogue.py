"""The catalogue of standard problems."""

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences import Hamiltonian, quadratic, shifted_quadratic
from pdeopt.hamilton_jacobi.standard_problems import functions, solutions
from pdeopt.hamilton_jacobi.standard_problems.record import StandardProblem

__all__ = ["STANDARD_PROBLEMS", "standard_problem"]

PI = float(np.pi)
TIMES = (0.5 / PI**2, 1.5 / PI**2)
OSHER_SHU = "S. Osher, C.-W. Shu, SIAM J. Numer. Anal. 28 (1991) 907-922"
JIANG_PENG = "G.-S. Jiang, D. Peng, SIAM J. Sci. Comput. 21 (2000) 2126-2143"
LINE, SQUARE = ((-1.0,), (1.0,)), ((-2.0, -2.0), (2.0, 2.0))


def _wave(points: FloatArray) -> FloatArray:
    return solutions.wave(points[..., 0])


def _oblique_wave(points: FloatArray) -> FloatArray:
    return solutions.wave(0.5 * (points[..., 0] + points[..., 1]))


def _lens(points: FloatArray) -> FloatArray:
    x, y = points[..., 0], points[..., 1]
    return 0.25 * (np.cos(2.0 * PI * x) - 1.0) * (np.cos(2.0 * PI * y) - 1.0) - 1.0


def _saddle(points: FloatArray) -> FloatArray:
    return PI * (np.abs(points[..., 1]) - np.abs(points[..., 0]))


def _sine_of_shifted(p: FloatArray) -> FloatArray:
    return np.sin(p + 1.0)


def _cosine_of_shifted(p: FloatArray) -> FloatArray:
    return -np.cos(p + 1.0)


def _cosine(name: str, dim: int) -> StandardProblem:
    one = dim == 1
    h = Hamiltonian(
        functions.negative_cosine if one else functions.negative_cosine_of_sum,
        speeds=functions.cosine_speed if one else functions.sine_speeds,
        autonomous=True,
        name="-cos(p + 1)" if one else "-cos(p_1 + p_2 + 1)",
    )
    exact = solutions.characteristics_of_wave(_cosine_of_shifted, _sine_of_shifted, dim)
    ends = LINE if one else SQUARE
    words = f"{h.name}, not convex, from -cos(pi {'x' if one else '(x + y) / 2'})"
    start = _wave if one else _oblique_wave
    return StandardProblem(name, words, h, start, ends, TIMES, exact, exact_until=TIMES[0], reference=OSHER_SHU)


def _problems() -> list[StandardProblem]:
    oblique = Hamiltonian(functions.square_of_sum, convex=True, autonomous=True, name="(p_1 + p_2 + 1)^2 / 2")
    squares = {"b1": (shifted_quadratic(1.0), 1.0, 1), "b3": (oblique, 1.0, 2), "b5": (quadratic(), 0.0, 1)}
    waves = [_square(name, *facts) for name, facts in squares.items()]
    return [*waves, _cosine("b2", 1), _cosine("b4", 2), _profile(), _lenses(), _steering(), *_open_problems()]


def _square(name: str, h: Hamiltonian, shift: float, dim: int) -> StandardProblem:
    one = dim == 1
    exact = solutions.hopf_lax_of_wave(shift, dim)
    words = f"{h.name} from -cos(pi {'x' if one else '(x + y) / 2'})"
    start, ends = (_wave, LINE) if one else (_oblique_wave, SQUARE)
    return StandardProblem(name, words, h, start, ends, TIMES, exact, reference=OSHER_SHU if shift else "")


def _profile() -> StandardProblem:
    h = Hamiltonian(functions.transport, convex=True, autonomous=True, name="p")
    exact = solutions.travelling_profile
    words, times = "transport of a kinked profile", (2.0, 8.0, 16.0, 32.0)
    return StandardProblem("b7", words, h, lambda points: exact(0.0, points), LINE, times, exact, reference=JIANG_PENG)


def _lenses() -> StandardProblem:
    name = "sqrt(|p|^2 + 1)"
    vertex, speeds = functions.lens_vertex, functions.lens_speeds
    h = Hamiltonian(functions.lens, convex=True, vertex=vertex, speeds=speeds, autonomous=True, name=name)
    words, domain = f"{name} from (cos 2 pi x - 1)(cos 2 pi y - 1) / 4 - 1", ((0.0, 0.0), (1.0, 1.0))
    return StandardProblem("b8", words, h, _lens, domain, (0.6,), reference=JIANG_PENG)


def _steering() -> StandardProblem:
    name = "sin(y) p_1 + sin(x) p_2 + |p_2|"
    upwind, speeds = functions.steering_upwind, functions.steering_speeds
    h = Hamiltonian(functions.steering, convex=True, upwind=upwind, speeds=speeds, name=name)
    return StandardProblem(
        "b9",
        "steering at a cost, from 0",
        h,
        lambda points: np.zeros(points.shape[:-1]),
        ((-PI, -PI), (PI, PI)),
        (1.0,),
        source=functions.steering_cost,
        reference=OSHER_SHU,
    )


def _open_problems() -> list[StandardProblem]:
    wells = Hamiltonian(functions.two_wells, autonomous=True, name="(p^2 - 1)(p^2 - 4) / 4")
    sine = Hamiltonian(functions.sine_of_sum, speeds=functions.sine_speeds, autonomous=True, name="sin(p_1 + p_2)")
    return [
        StandardProblem(
            "b6",
            "(p^2 - 1)(p^2 - 4) / 4, not convex, from -2 |x|",
            wells,
            lambda points: -2.0 * np.abs(points[..., 0]),
            LINE,
            (1.0,),
            solutions.hopf_of_two_wells,
            periodic=False,
            reference=OSHER_SHU,
        ),
        StandardProblem(
            "b10",
            "sin(p_1 + p_2), not convex, from pi (|y| - |x|)",
            sine,
            _saddle,
            ((-1.0, -1.0), (1.0, 1.0)),
            (1.0,),
            periodic=False,
            reference=OSHER_SHU,
        ),
        StandardProblem(
            "b11",
            "|p|^2 / 2 from |x|, a kink that widens",
            quadratic(),
            lambda points: np.abs(points[..., 0]),
            LINE,
            (0.25,),
            solutions.widening_kink,
            periodic=False,
        ),
        StandardProblem(
            "b11-concave",
            "|p|^2 / 2 from -|x|, a kink that stays",
            quadratic(),
            lambda points: -np.abs(points[..., 0]),
            LINE,
            (0.25,),
            solutions.standing_kink,
            periodic=False,
        ),
        *(_riemann(*slopes) for slopes in (("b12", -0.5, 1.5), ("b12-concave", 1.5, -0.5))),
    ]


def _riemann(name: str, left: float, right: float) -> StandardProblem:
    words = f"|p|^2 / 2 from slopes {left:g} and {right:g}, {'a fan' if left < right else 'a moving kink'}"
    exact = solutions.riemann(left, right)
    return StandardProblem(
        name, words, quadratic(), lambda points: exact(0.0, points), LINE, (0.25,), exact, periodic=False
    )


STANDARD_PROBLEMS: Mapping[str, StandardProblem] = {
    problem.name: problem
    for problem in sorted(_problems(), key=lambda one: (len(one.name.partition("-")[0]), one.name))
}
"""By name: b1 to b12."""


def standard_problem(name: str) -> StandardProblem:
    """Return a problem of the catalogue.

    Parameters
    ----------
    name : str
        One of `STANDARD_PROBLEMS`.

    Returns
    -------
    StandardProblem

    Raises
    ------
    ValueError
        If there is none of this name.

    Examples
    --------
    >>> standard_problem("b5")
    <StandardProblem b5: |p|^2 / 2 from -cos(pi x)>
    >>> standard_problem("b5").on(80)
    <HamiltonJacobi u_t + |p|^2 / 2 = 0 on 80 nodes, periodic>
    """
    if not isinstance(name, str) or name not in STANDARD_PROBLEMS:
        close = get_close_matches(str(name), STANDARD_PROBLEMS, n=1) or sorted(STANDARD_PROBLEMS)
        raise ValueError(f"name={name!r} is no standard problem; use {' or '.join(map(repr, close))}.")
    return STANDARD_PROBLEMS[name]
