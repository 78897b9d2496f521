"""Trials of a user's functions at some places, values and slopes: what they return, and whether what is said holds."""

from collections.abc import Callable
from typing import Any

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.grid import Grid
from pdeopt.hamilton_jacobi.finite_differences.hamiltonian import Hamiltonian
from pdeopt.kernels._specialise import interpreted

__all__ = ["check_trial", "points", "tried"]

BESIDE = ("gradient", "vertex", "speeds", "upwind")
"""What may be given beside the value."""
N_TRIALS = 8
AGREEMENT = 1e-4
"""Of given derivatives with differences, against the size of both."""
ROUNDING = 1e-9
FORMS = {
    "hamiltonian": "(t, x, u, p, *args)",
    "gradient": "(t, x, u, p, *args)",
    "vertex": "(t, x, u, *args)",
    "speeds": "(t, x, u, low, high, *args)",
    "upwind": "(t, x, u, minus, plus, *args)",
}
"""Of functions; others take time and place."""


def check_trial(h: Hamiltonian, grid: Grid, values: FloatArray) -> None:
    """Try the functions of a Hamiltonian at some nodes and slopes, and what is said of them.

    Raises
    ------
    TypeError, ValueError
        If one does not take its arguments or returns no finite number, or if what is given beside the value is not
        what it should be: the message says what to leave out.
    """
    if h.dim not in (None, grid.dim):
        raise ValueError(
            f"hamiltonian={h.name} is one of {h.dim} axes, the grid has {grid.dim}; use one slope per axis."
        )
    rng = np.random.default_rng(0)
    size = float(np.ptp(values)) / max(min(grid.extent), 1e-300)
    places = points(grid)
    for x, y in zip(places, places[::-1], strict=True):
        slopes = rng.normal(size=(2, grid.dim)) * (1.0 + size)
        trial = _Trial(h, (0.0, x, float(values.flat[0])), slopes)
        trial.check_convexity()
        trial.check_dependence((0.7, y), float(values.flat[0]) + 0.5)
        for name in BESIDE:
            if getattr(h, name) is not None:
                getattr(trial, f"check_{name}")()


class _Trial:
    """Values of a Hamiltonian at a place and at two slopes."""

    def __init__(self, h: Hamiltonian, place: tuple[Any, ...], slopes: FloatArray) -> None:
        self.h, self.place, (self.p, self.q) = h, place, slopes
        self.found = [self.value(p) for p in (self.p, self.q, slopes.mean(axis=0))]
        self.size = 1.0 + float(np.abs(self.found).max())

    def value(self, p: FloatArray, place: tuple[Any, ...] | None = None) -> float:
        return tried(self.h.value, "hamiltonian", (*(place or self.place), _form(p)), self.h.args)

    def differences(self, p: FloatArray) -> FloatArray:
        """Return derivatives with respect to the slopes."""
        step = 1e-5 * (1.0 + np.abs(p))
        return np.array([self.value(p + e) - self.value(p - e) for e in np.diag(step)]) / (2.0 * step)

    def numbers(self, name: str, *given: Any) -> FloatArray:
        """Return what a function that is given beside the value returns, one number per axis."""
        found = called(getattr(self.h, name), name, given, self.h.args)
        try:
            return np.array(found, dtype=float).reshape(self.p.shape)
        except (TypeError, ValueError):
            raise TypeError(
                f"{name} of the Hamiltonian {self.h.name} returns {found!r}; it must return one number per axis, in "
                f"the form of p={_form(self.p)}."
            ) from None

    def check_convexity(self) -> None:
        one, other, middle = self.found
        if self.h.convex and middle > 0.5 * (one + other) + ROUNDING * self.size:
            p, q = _form(self.p), _form(self.q)
            raise ValueError(
                f"hamiltonian={self.h.name} is not convex: H={middle:g} at p={_form((self.p + self.q) / 2.0)} is above "
                f"the mean of {one:g} and {other:g} at p={p} and {q} (x={self.place[1]}). Use convex=False."
            )

    def check_dependence(self, elsewhere: tuple[Any, Any], other: float) -> None:
        """Refuse a Hamiltonian that depends on more than is said."""
        now, (t, x, u) = self.found[0], self.place
        if not self.h.depends_on_value and abs(self.value(self.p, (t, x, other)) - now) > ROUNDING * self.size:
            raise ValueError(f"hamiltonian={self.h.name} changes with the value u (x={x}). Use depends_on_value=True.")
        if self.h.autonomous and abs(self.value(self.p, (*elsewhere, u)) - now) > ROUNDING * self.size:
            raise ValueError(
                f"hamiltonian={self.h.name} is not the same at (t, x)={(t, x)} and {elsewhere}. Use autonomous=False."
            )

    def check_gradient(self) -> None:
        given, known = self.numbers("gradient", *self.place, _form(self.p)), self.differences(self.p)
        if np.abs(given - known).max() > AGREEMENT * (1.0 + np.abs(known).max()):
            raise self.refused("gradient", given, f"at p={_form(self.p)}", _by_differences(known))

    def check_vertex(self) -> None:
        vertex, value = self.numbers("vertex", *self.place), self.found[0]
        for k, lowest in enumerate(vertex):
            p = self.p.copy()
            p[k] = lowest
            if self.value(p) > value + ROUNDING * self.size:
                places = f"H is {value:g} at p={_form(self.p)} and {self.value(p):g} at p={_form(p)}"
                raise self.refused("vertex", vertex, "at t=0", places)

    def check_speeds(self) -> None:
        given = self.numbers("speeds", *self.place, _form(self.p), _form(self.q))
        known = np.max([np.abs(self.differences(p)) for p in (self.p, self.q, (self.p + self.q) / 2.0)], axis=0)
        if (given < known - AGREEMENT * (1.0 + known)).any():
            where = f"between p={_form(self.p)} and {_form(self.q)}"
            raise self.refused("speeds", given, where, _by_differences(known))

    def check_upwind(self) -> None:
        assert self.h.upwind is not None
        p, value = _form(self.p), self.found[0]
        given = tried(self.h.upwind, "upwind", (*self.place, p, p), self.h.args)
        if abs(given - value) > ROUNDING * self.size:
            raise self.refused("upwind", np.asarray(given), f"for slopes that are both p={p}", f"H is {value:g}")

    def refused(self, name: str, given: FloatArray, where: str, known: str) -> ValueError:
        """Return the error of a function that is given beside the value and does not fit it."""
        are, it = ("are", "them") if name == "speeds" else ("is", "it")
        return ValueError(
            f"{name} of the Hamiltonian {self.h.name} {are} {given.tolist()} {where}, x={self.place[1]}, where "
            f"{known}. Correct {it}, or leave {name} out."
        )


def _by_differences(known: FloatArray) -> str:
    return f"differences of its value give {known.round(6).tolist()}"


def points(grid: Grid) -> list[Any]:
    """Return some nodes, in the form that functions take."""
    places = np.random.default_rng(1).integers(0, grid.shape, size=(N_TRIALS, grid.dim))
    nodes = [np.array([axis[i] for axis, i in zip(grid.axes, place, strict=True)]) for place in places]
    return [_form(node) for node in nodes]


def _form(p: FloatArray) -> Any:
    return float(p[0]) if p.size == 1 else tuple(p.tolist())


def called(function: Callable[..., Any], name: str, given: tuple[Any, ...], args: Arguments) -> Any:
    """Return what a function returns as plain Python, or say why it cannot be called."""
    try:
        return interpreted(function)(*given, *args)
    except Exception as error:
        raise _not_callable(error, name, given, args) from error


def tried(function: Callable[..., Any], name: str, given: tuple[Any, ...], args: Arguments) -> float:
    """Return the value of a function as plain Python, or say why there is none."""
    try:
        with np.errstate(all="ignore"):
            found = float(interpreted(function)(*given, *args))
    except Exception as error:
        raise _not_callable(error, name, given, args) from error
    if not np.isfinite(found):
        raise ValueError(f"{name} is {found} at ({_words(given)}); it must be finite everywhere on the grid.")
    return found


def _words(given: tuple[Any, ...]) -> str:
    return ", ".join(f"{one:.3g}" if isinstance(one, float) else str(one) for one in given)


def _not_callable(error: Exception, name: str, given: tuple[Any, ...], args: Arguments) -> TypeError:
    many = name in ("gradient", "vertex", "speeds")
    return TypeError(
        f"{name} cannot be called as a function of {FORMS.get(name, '(t, x, *args)')} with "
        f"{'one number per axis' if many else 'a number'} as its result: at ({_words(given)}) and args={args} it "
        f"raised {type(error).__name__}: {error}."
    )
