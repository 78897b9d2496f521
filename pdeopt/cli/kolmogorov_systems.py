"""From the words of `pdeopt kolmogorov` to equations on grids."""

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.expressions import read_formula
from pdeopt.cli.files import AXIS_NAMES, SUFFIXES
from pdeopt.cli.inputs import as_landscape, landscape_named, made, read_subject
from pdeopt.cli.kolmogorov_grid import Box, box_of, grid_between
from pdeopt.cli.modules import object_named
from pdeopt.grid import Grid
from pdeopt.kolmogorov import Generator
from pdeopt.landscapes import Landscape
from pdeopt.systems import SDE, langevin, overdamped_langevin

__all__ = ["Process", "read_processes"]

MOMENTA = 8.1
"""Standard deviations of momenta on a grid: beyond them exp(-p^2 beta / 2) is below 1e-14."""

STEEPEST = 500.0
"""Change of beta f from node to node up to which its exponential is a number."""


@dataclass(frozen=True, eq=False)
class Process:
    """An equation on a grid, and what is asked of it.

    Parameters
    ----------
    name : str
    system : SDE
    grid : Grid
    names : tuple of str
        Of the coordinates.
    asked : Asked
    settings : dict
        Boundary, killing and rates of the generator.
    beta : float
        NaN for an equation without.
    landscape : Landscape, optional
    trained : array, shape (n, d), optional
        Points of interest of a file.
    """

    name: str
    system: SDE
    grid: Grid
    names: tuple[str, ...]
    asked: Any
    settings: dict[str, Any]
    beta: float = np.nan
    landscape: Landscape | None = None
    trained: FloatArray | None = None

    @cached_property
    def generator(self) -> Generator:
        """The generator."""
        return Generator(self.system, self.grid, **self.settings)

    def points_of_interest(self, options: Namespace) -> FloatArray:
        """Return the points at which an answer is printed, shape (n, d)."""
        dim = self.grid.dim
        if options.at is not None:
            if len(options.at) % dim:
                raise ValueError(
                    f"--at has {len(options.at)} numbers for points of {dim} coordinates; give {dim} each."
                )
            return np.reshape(options.at, (-1, dim))
        known = self.trained
        if known is None:
            known = np.reshape(() if self.landscape is None else self.landscape.minima, (-1, dim))
        inside = ((known >= self.grid.lower) & (known <= self.grid.upper)).all(axis=1)
        return np.asarray(known[inside])


Asking = Callable[[Sequence[str]], Any]


def read_processes(options: Namespace, asking: Asking) -> list[Process]:
    """Return one process for each temperature.

    Parameters
    ----------
    options : Namespace
    asking : callable
        Gives the question, of the names of the coordinates.
    """
    word = options.input
    if Path(word).suffix.lower() in SUFFIXES or Path(word).is_file():
        subject = read_subject(Namespace(**vars(options) | {"boundary": ["free"]}))
        f = Landscape.from_samples(subject.values, subject.grid, name=subject.name)
        return [_of_landscape(f, beta, options, asking, subject.grid, subject.trained) for beta in _betas(options)]
    if ":" in word:
        found = made(object_named(word, "INPUT"))
        if isinstance(found, SDE):
            return [_of_equation(found, word, options, asking)]
        f = as_landscape(found, word, options.dim)
    else:
        f = landscape_named(word, options.dim)
    f = f if options.unit is None else f.scaled(options.unit)
    return [_of_landscape(f, beta, options, asking) for beta in _betas(options)]


def _betas(options: Namespace) -> list[float]:
    betas: list[float] = options.beta or []
    if not betas:
        raise ValueError("--beta is missing: the inverse temperature of the noise, e.g. --beta 4.")
    for beta in betas:
        if not 0.0 < beta < np.inf:
            raise ValueError(f"--beta {beta:g} must be positive and finite, e.g. --beta 4.")
    return betas


def _of_landscape(
    f: Landscape,
    beta: float,
    options: Namespace,
    asking: Asking,
    grid: Grid | None = None,
    trained: FloatArray | None = None,
) -> Process:
    momenta = options.friction is not None
    _check_dim(f.dim * (2 if momenta else 1), options)
    names = (*_numbered("q", f.dim), *_numbered("p", f.dim)) if momenta else AXIS_NAMES[: f.dim]
    asked = asking(names)
    system = langevin(f, beta, options.friction) if momenta else overdamped_langevin(f, beta)
    if grid is None or momenta:
        grid = grid_between(_box(f, beta, options, momenta), asked.limits, options)
    settings = _settings(options, names)
    if not momenta and options.rates is None and _steepest(f, beta, grid) > STEEPEST:
        # Gibbs rates would overflow far out, where nobody goes.
        settings["rates"] = "scharfetter-gummel"
    return Process(f.name or options.input, system, grid, names, asked, settings, beta, None if momenta else f, trained)


def _steepest(f: Landscape, beta: float, grid: Grid) -> float:
    """Return the largest change of beta f from node to node."""
    values = beta * f.on(grid)
    if not np.isfinite(values).all():
        where = tuple(grid.points()[~np.isfinite(values)][0].tolist())
        raise ValueError(f"{f.name} is a wall at {where}; end the grid where it is finite, by --lower and --upper.")
    return max(float(np.abs(np.diff(values, axis=axis)).max()) for axis in range(grid.dim))


def _numbered(letter: str, dim: int) -> tuple[str, ...]:
    return (letter,) if dim == 1 else tuple(f"{letter}{k + 1}" for k in range(dim))


def _box(f: Landscape, beta: float, options: Namespace, momenta: bool) -> Box:
    if options.lower is not None and options.upper is not None:
        return np.empty(0), np.empty(0)
    lower, upper = box_of(f, beta)
    wide = np.full(f.dim, MOMENTA / np.sqrt(beta))
    return (np.append(lower, -wide), np.append(upper, wide)) if momenta else (lower, upper)


def _of_equation(system: SDE, word: str, options: Namespace, asking: Asking) -> Process:
    for option in ("beta", "friction", "unit"):
        if getattr(options, option) is not None:
            raise ValueError(f"--{option} is for landscapes; {word} is an equation of its own: leave it out.")
    if options.lower is None or options.upper is None:
        raise ValueError(f"{word} is an equation; say where, e.g. --lower -3 --upper 3.")
    _check_dim(system.dim, options)
    names = AXIS_NAMES[: system.dim]
    asked = asking(names)
    grid = grid_between((np.empty(0), np.empty(0)), asked.limits, options)
    return Process(system.name or word, system, grid, names, asked, _settings(options, names))


def _check_dim(dim: int, options: Namespace) -> None:
    if dim > len(AXIS_NAMES):
        raise ValueError(f"{options.input} has {dim} coordinates, a grid at most 3; pdeopt.simulate has no such limit.")


def _settings(options: Namespace, names: Sequence[str]) -> dict[str, Any]:
    sides = [tuple(side.split("/")) if "/" in side else side for side in options.boundary]
    boundary = sides[0] if len(sides) == 1 and isinstance(sides[0], str) else sides
    settings: dict[str, Any] = {"boundary": boundary, "rates": options.rates}
    if options.killing is not None:
        settings["killing"] = read_formula(options.killing, "--killing", names).function()
    return settings
