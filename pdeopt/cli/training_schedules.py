"""Schedules in the words of the command line: ``cosine:0.1:10000`` or ``warmup(cosine(0.1,10000),500)``."""

import ast
import inspect
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Any

from pdeopt.optimizers import schedules
from pdeopt.optimizers.schedules import Schedule

__all__ = ["SCHEDULES", "describe_schedules", "is_schedule", "read_schedule"]

SCHEDULES: Mapping[str, type[Schedule]] = {
    {"PiecewiseConstant": "piecewise", "InverseTime": "inverse-time"}.get(name, name.lower()): vars(schedules)[name]
    for name in schedules.__all__
    if name != "Schedule"
}
"""Every schedule of the package, by name."""


def is_schedule(text: str) -> bool:
    """Tell whether a value is meant to be a schedule."""
    return text[:1].isalpha() and (":" in text or "(" in text)


def read_schedule(setting: str, text: str) -> Schedule:
    """Return the schedule of a setting.

    Raises
    ------
    ValueError
        If the name or the numbers do not fit; the message says what does.
    """
    name, *numbers = text.split(":")
    called = text if "(" in text else f"{name}({','.join(numbers)})"
    try:
        tree = ast.parse(called.replace("inverse-time", "inversetime"), mode="eval").body
        return _called(tree)
    except (SyntaxError, TypeError) as error:
        what = f"{setting}={text} cannot be read ({error})" if isinstance(error, TypeError) else f"{setting}={text}"
        raise ValueError(f"{what}; write e.g. {setting}=cosine:0.1:10000, or {setting}=warmup(0.1,500).") from None
    except ValueError as error:
        raise ValueError(f"{setting}={text}: {error}") from None


def _called(tree: ast.expr) -> Schedule:
    """Return what a call with numbers, lists, words and other calls makes; nothing else is evaluated."""
    if not isinstance(tree, ast.Call) or not isinstance(tree.func, ast.Name):
        raise TypeError("no schedule")
    kind = _kind(tree.func.id)
    named = {one.arg: _value(one.value) for one in tree.keywords if one.arg is not None}
    return kind(*map(_value, tree.args), **named)


def _kind(name: str) -> type[Schedule]:
    known = {one.replace("-", ""): kind for one, kind in SCHEDULES.items()}
    found = name.lower().replace("_", "")
    if found in known:
        return known[found]
    close = get_close_matches(found, known, n=1)
    raise ValueError(f"{name} is no schedule; use {' or '.join(close) or ', '.join(SCHEDULES)}.")


def _value(tree: ast.expr) -> Any:
    return _called(tree) if isinstance(tree, ast.Call) else _literal(tree)


def _literal(tree: ast.expr) -> Any:
    try:
        return tree.id if isinstance(tree, ast.Name) else ast.literal_eval(tree)
    except ValueError:
        raise TypeError(f"{ast.unparse(tree)} is no number") from None


def describe_schedules() -> str:
    """Return the schedules with their arguments."""
    rows = ["schedules, for numbers that change from step to step, written NAME:VALUE:VALUE"]
    for name, kind in SCHEDULES.items():
        values = ":".join(inspect.signature(kind).parameters)
        rows.append(f"  {name}:{values}".ljust(44) + (inspect.getdoc(kind) or "").partition("\n")[0].replace("``", ""))
    return "\n".join(rows)
