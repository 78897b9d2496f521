"""From the words the user typed to a Hamilton-Jacobi problem."""

from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.inputs import DEFAULT_SHAPES, Subject, check_choice, each_axis, made, read_subject
from pdeopt.cli.modules import object_named
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi import HAMILTONIANS, Dirichlet, Hamiltonian, HamiltonJacobi, controlled_descent, relax
from pdeopt.hamilton_jacobi.standard_problems import STANDARD_PROBLEMS, StandardProblem
from pdeopt.landscapes import Landscape

__all__ = ["Question", "read_question"]

WALLS = ("reflecting", "extrapolation", "periodic", "dirichlet=0")
STANDARD_CELLS = {1: 400, 2: 200, 3: 50}
FINER = 4
"""How much finer the grid is on which an exact solution is computed."""
GIVEN_BY_PROBLEM = ("hamiltonian", "source", "boundary", "beta", "lower", "upper", "dim", "unit", "periodic")

Exact = Callable[[float, Grid], FloatArray]


@dataclass(frozen=True, eq=False)
class Question:
    """A problem, how to state it on other grids, and what is known of it.

    Parameters
    ----------
    name : str
    problem : HamiltonJacobi
    on : callable, optional
        From a grid to the problem there; None where values are known on one grid alone.
    times : tuple of float
        Its own, if it has any.
    exact : callable, optional
        From a time and a grid to the solution.
    subject : Subject, optional
        The landscape, for tables of minima.
    """

    name: str
    problem: HamiltonJacobi
    on: Callable[[Grid], HamiltonJacobi] | None
    times: tuple[float, ...] = ()
    exact: Exact | None = None
    subject: Subject | None = None


def read_question(options: Namespace) -> Question:
    """Return what the options ask for, checked."""
    if options.viscosity is not None and options.beta is not None:
        raise ValueError("--viscosity and --beta say the same, viscosity = 1 / (2 beta); leave one out.")
    if options.beta is not None and not options.beta > 0.0:
        raise ValueError(f"--beta {options.beta:g} must be positive, e.g. 10, or inf for no viscosity.")
    if options.input in STANDARD_PROBLEMS:
        return _standard(STANDARD_PROBLEMS[options.input], options)
    found = made(object_named(options.input, "INPUT")) if ":" in options.input else None
    if isinstance(found, HamiltonJacobi):
        _refuse(options, (*GIVEN_BY_PROBLEM, "viscosity", "shape"), "a problem of its own")
        return Question(options.input, found, found.on)
    return _of_landscape(options)


def _refuse(options: Namespace, names: tuple[str, ...], what: str) -> None:
    for name in names:
        if getattr(options, name) is not None:
            raise ValueError(f"--{name} does not go with {options.input}, which is {what}; leave it out.")


def _standard(problem: StandardProblem, options: Namespace) -> Question:
    _refuse(options, GIVEN_BY_PROBLEM, "a standard problem with its own")
    nu = options.viscosity or 0.0
    cells = each_axis(options.shape or STANDARD_CELLS[problem.dim], problem.dim, "--shape")
    own = problem.grid(3)
    shape = [n if options.shape or wraps else n + 1 for n, wraps in zip(cells, own.periodic, strict=True)]
    grid = Grid(own.lower, own.upper, shape, own.periodic)
    known = problem.exact is not None and nu == 0.0
    times = tuple(time for time in problem.times if not known or time <= problem.exact_until)
    exact = (lambda time, where: problem.solution(time, where)) if known else None
    if exact and options.time and max(options.time) > problem.exact_until:
        exact = None
    return Question(
        f"{problem.name}: {problem.words}", problem.on(grid, nu), lambda where: problem.on(where, nu), times, exact
    )


def _of_landscape(options: Namespace) -> Question:
    typed = list(options.boundary or ["reflecting"])
    # What `relax` knows of boundaries is which axes close on themselves.
    plain = ["periodic" if word == "periodic" else "reflecting" for word in typed]
    subject = read_subject(Namespace(**(vars(options) | {"boundary": plain})))
    if isinstance(subject.data, Landscape) and options.shape is None and any(subject.grid.periodic):
        # An even number of nodes around a period has every second node for a coarser grid.
        shape = [DEFAULT_SHAPES[subject.grid.dim] - wraps for wraps in subject.grid.periodic]
        subject = read_subject(Namespace(**(vars(options) | {"boundary": plain, "shape": shape})))
    dim = subject.grid.dim
    walls = tuple(_wall(word) for word in each_axis(typed, dim, "--boundary"))
    h, source = _hamiltonian(options, subject), _function(options.source, "--source")
    nu = options.viscosity or 0.0 if options.beta is None else 0.5 / options.beta

    def on(grid: Grid) -> HamiltonJacobi:
        return HamiltonJacobi(subject.data, grid, h, nu, source, walls)

    data = subject.data
    simple = options.hamiltonian in (None, "quadratic") and source is None and isinstance(data, Landscape)
    exact = _by_transform(data, nu) if simple and set(typed) <= {"reflecting", "periodic"} else None
    moving = on if isinstance(data, Landscape) else None
    return Question(subject.name, on(subject.grid), moving, exact=exact, subject=subject)


def _by_transform(f: Any, nu: float) -> Exact:
    beta = 0.5 / nu if nu > 0.0 else np.inf

    def exact(time: float, grid: Grid) -> FloatArray:
        finer = relax(f, grid.refined(FINER), time, beta, boundary="reflecting")
        return np.asarray(finer.values[(slice(None, None, FINER),) * grid.dim])

    return exact


def _hamiltonian(options: Namespace, subject: Subject) -> Hamiltonian:
    word = options.hamiltonian or "quadratic"
    if ":" in word:
        found = object_named(word, "--hamiltonian")
        if isinstance(found, Hamiltonian):
            return found
        if not callable(found):
            raise ValueError(f"--hamiltonian {word} is {type(found).__name__}; it must be a function of (t, x, u, p).")
        return Hamiltonian(found, convex=options.convex)
    check_choice("--hamiltonian", word, ("quadratic", "eikonal", "controlled-descent"))
    if word != "controlled-descent":
        return HAMILTONIANS[word]()
    if not isinstance(subject.data, Landscape):
        raise ValueError("--hamiltonian controlled-descent needs the gradient of a landscape; a file has none.")
    return controlled_descent(subject.data)


def _function(word: str | None, option: str) -> Any:
    if word is None:
        return None
    if ":" not in word:
        raise ValueError(f"{option} {word} must be module:function or file.py:function, a function of (t, x).")
    return object_named(word, option)


def _wall(word: str) -> Any:
    """Return a boundary, such as ``extrapolation``, ``dirichlet=1`` or ``dirichlet=1/reflecting``."""
    parts = [_one_wall(part) for part in word.split("/")]
    if len(parts) > 2:
        raise ValueError(f"--boundary {word} has {len(parts)} walls; an axis has two, such as reflecting/dirichlet=0.")
    return parts[0] if len(parts) == 1 else tuple(parts)


def _one_wall(word: str) -> Any:
    kind, given, value = word.partition("=")
    if kind == "dirichlet" and given:
        try:
            return Dirichlet(float(value))
        except ValueError:
            raise ValueError(f"--boundary {word} must name a finite number, such as dirichlet=0.") from None
    check_choice("--boundary", word, WALLS)
    return "reflecting" if word == "periodic" else word
