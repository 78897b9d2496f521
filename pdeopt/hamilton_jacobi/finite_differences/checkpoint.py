"""The state of a march, to go on from to the bit, and the fingerprint of what is solved."""

import json
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.march import March
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.kernels._specialise import fingerprint
from pdeopt.landscapes import Landscape

__all__ = ["fingerprint_of", "restore", "state_of"]


def state_of(march: March) -> dict[str, Any]:
    """Return all that the next steps depend on, as arrays by name."""
    return {"field": march.values, "march": np.asarray(json.dumps(march.state))}


def restore(march: March, state: dict[str, Any]) -> None:
    """Put a march where it was when `state_of` was called."""
    march.restore(state["field"], json.loads(str(state["march"])))


def fingerprint_of(problem: HamiltonJacobi, *parts: Any) -> str:
    """Return a word that is the same for the same problem, solved in the same way, also in another process."""
    field_values: list[FloatArray] = [problem.initial_values, problem.viscosity_values]
    given = (problem.grid, problem.hamiltonian, problem.source, problem.walls, problem.args, *parts)
    return fingerprint(*field_values, *(_plain(one, problem.grid) for one in given))[0]


def _plain(value: Any, grid: Grid) -> Any:
    """Return a value as nested tuples of numbers, words, arrays and functions."""
    if isinstance(value, Grid):
        return (value.periodic, value.upper, *value.axes)
    if isinstance(value, Landscape):
        # Its words do not tell parameters.
        return np.asarray(value.on(grid))
    if is_dataclass(value) and not isinstance(value, type):
        return (type(value).__name__, *(_plain(getattr(value, entry.name), grid) for entry in fields(value)))
    if isinstance(value, dict):
        return tuple((name, _plain(entry, grid)) for name, entry in sorted(value.items()))
    if isinstance(value, tuple | list):
        return tuple(_plain(entry, grid) for entry in value)
    return value
