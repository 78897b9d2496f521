"""Conditions and functions of the coordinates, as typed on the command line: read, never executed."""

import ast
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.landscapes import Landscape

__all__ = ["Formula", "read_formula"]

LONGEST = 400
COMPARISONS: Mapping[type, Callable[..., Any]] = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
}
ARITHMETIC: Mapping[type, Callable[..., Any]] = {
    ast.Add: np.add,
    ast.Sub: np.subtract,
    ast.Mult: np.multiply,
    ast.Div: np.divide,
    ast.Pow: np.power,
}
SIGNS: Mapping[type, Callable[..., Any]] = {ast.USub: np.negative, ast.UAdd: np.positive}
JOINTS: Mapping[type, Callable[..., Any]] = {ast.And: np.logical_and, ast.Or: np.logical_or}
FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    **{name: getattr(np, name) for name in ("exp", "log", "sqrt", "abs", "sin", "cos", "tan", "tanh")},
    "max": lambda *values: reduce(np.maximum, values),
    "min": lambda *values: reduce(np.minimum, values),
}
CONSTANTS: Mapping[str, float] = {"pi": np.pi, "e": np.e}


@dataclass(frozen=True, eq=False)
class Formula:
    """A condition or a function of the coordinates.

    Parameters
    ----------
    option : str
        Where it was typed, for messages.
    text : str
    tree : ast.expr
    names : tuple of str
        The coordinates, in order.
    """

    option: str
    text: str
    tree: ast.expr
    names: tuple[str, ...]

    def on(self, points: FloatArray) -> Any:
        """Return the value at points of shape (..., d), numbers or truth values."""
        found = self.of(tuple(points[..., axis] for axis in range(len(self.names))))
        return np.broadcast_to(found, points.shape[:-1])

    def of(self, coordinates: Sequence[Any]) -> Any:
        """Return the value for one number, or array of numbers, per coordinate."""
        with np.errstate(all="ignore"):
            return self._value(self.tree, dict(zip(self.names, coordinates, strict=True)))

    def holds(self, points: FloatArray) -> BoolArray:
        """Return where a condition is true."""
        found = np.asarray(self.on(points))
        if found.dtype != bool:
            raise ValueError(f"{self.option} {self.text!r} is no condition; compare with <, <=, > or >=: 'x < 1'.")
        return found

    def function(self) -> Landscape:
        """Return a function of points; conditions are 1 where they are true and 0 elsewhere."""
        if len(self.names) == 1:
            return Landscape(lambda x: 1.0 * self.of((x,)) + 0.0 * x, vectorised=True, name=self.text)
        return Landscape(
            lambda x: 1.0 * self.of(x) + 0.0 * sum(x), dim=len(self.names), vectorised=True, name=self.text
        )

    def limits(self) -> dict[str, list[float]]:
        """Return the numbers with which coordinates are compared, by coordinate."""
        found: dict[str, list[float]] = {name: [] for name in self.names}
        for node in ast.walk(self.tree):
            for pair in pairwise([node.left, *node.comparators]) if isinstance(node, ast.Compare) else ():
                for one, other in (pair, pair[::-1]):
                    if isinstance(one, ast.Name) and one.id in found and not _named(other) & set(self.names):
                        found[one.id].append(float(self._number(other)))
        return {name: sorted({value for value in values if np.isfinite(value)}) for name, values in found.items()}

    def _number(self, node: ast.AST) -> Any:
        with np.errstate(all="ignore"):
            return self._value(node, {})

    def _value(self, node: ast.AST, at: Mapping[str, Any]) -> Any:
        match node:
            case ast.Constant(value=int() | float() as number) if not isinstance(number, bool):
                return float(number)
            case ast.Name(id=name) if name in at or name in CONSTANTS:
                return at[name] if name in at else CONSTANTS[name]
            case ast.UnaryOp(op=ast.Not(), operand=inner):
                return np.logical_not(self._truth(inner, at))
            case ast.UnaryOp(op=sign, operand=inner) if type(sign) in SIGNS:
                return SIGNS[type(sign)](self._value(inner, at))
            case ast.BinOp(left=left, op=sign, right=right) if type(sign) in ARITHMETIC:
                return ARITHMETIC[type(sign)](self._value(left, at), self._value(right, at))
            case ast.BoolOp(op=joint, values=parts):
                return reduce(JOINTS[type(joint)], (self._truth(part, at) for part in parts))
            case ast.Compare(left=left, ops=signs, comparators=rest) if {type(s) for s in signs} <= set(COMPARISONS):
                values = [self._value(part, at) for part in (left, *rest)]
                steps = zip(signs, pairwise(values), strict=True)
                return reduce(np.logical_and, (COMPARISONS[type(sign)](*pair) for sign, pair in steps))
            case ast.Call(func=ast.Name(id=name), args=parts, keywords=[]) if name in FUNCTIONS:
                return self._called(name, [self._value(part, at) for part in parts])
        raise ValueError(self._complaint(node))

    def _called(self, name: str, values: list[Any]) -> Any:
        if not values or (name not in ("max", "min") and len(values) != 1):
            raise ValueError(f"{self.option} {self.text!r}: {name} takes one number, max and min several.")
        return FUNCTIONS[name](*values)

    def _truth(self, node: ast.AST, at: Mapping[str, Any]) -> Any:
        found = self._value(node, at)
        if np.asarray(found).dtype != bool:
            raise ValueError(f"{self.option} {self.text!r}: {ast.unparse(node)} is no condition; compare it, 'x < 1'.")
        return found

    def _complaint(self, node: ast.AST) -> str:
        words = f"{', '.join(self.names)}, numbers, + - * / ^, < <= > >=, and, or, not, {', '.join(FUNCTIONS)}"
        part = ast.unparse(node) if isinstance(node, ast.expr) else type(node).__name__
        return f"{self.option} {self.text!r}: {part} is not understood; use {words}."


def _named(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def read_formula(text: str, option: str, names: Sequence[str]) -> Formula:
    """Return what was typed, checked.

    Parameters
    ----------
    text : str
        Arithmetic, comparisons, ``and``, ``or``, ``not`` and some functions of the coordinates; ``^`` is a power.
    option : str
        Where it was typed, for messages.
    names : sequence of str
        The coordinates.

    Raises
    ------
    ValueError
        If it is anything else; the message says what is understood.
    """
    if len(text) > LONGEST:
        raise ValueError(f"{option} has {len(text)} characters, above the limit of {LONGEST}; put it in a module.")
    try:
        tree = ast.parse(text.strip().replace("^", "**"), mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        raise ValueError(f"{option} {text!r} cannot be read; write e.g. 'x < 1' or 'x > -1 and y^2 < 2'.") from None
    found = Formula(option, text, tree, tuple(names))
    # Whatever is not understood shows at any point.
    found.on(np.full((1, len(names)), 0.5))
    return found
