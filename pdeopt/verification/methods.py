"""What a method to be verified is: a scheme of the package by name or as a record, or a user's own step."""

from collections.abc import Callable
from typing import Any, TypeAlias
from weakref import WeakKeyDictionary

import numpy as np
from numba.core.errors import NumbaError

from pdeopt._types import Arguments, FloatArray
from pdeopt.kernels._specialise import specialised
from pdeopt.kernels.images import images, paired_images
from pdeopt.kernels.lanes import PHASES
from pdeopt.kernels.random import CHUNK
from pdeopt.sde.linear import flat, nested
from pdeopt.sde.scheme import UNIFORM, Scheme, Stepper
from pdeopt.sde.schemes import get
from pdeopt.systems import SDE

__all__ = [
    "Method",
    "after_one_step",
    "after_paired_steps",
    "called_one_by_one",
    "check_memoryless",
    "checked_claim",
    "claim_of",
    "claimed_orders",
    "claims_strong_order",
    "first_states",
    "fitting_system",
    "is_affine_step",
    "name_of",
    "stepper_of",
]

STRAIGHT = 1e-9
"""What a step may deviate from an affine function by: Newton's method with differences leaves some rounding."""

Loop: TypeAlias = Callable[..., None]

_loops: WeakKeyDictionary[Stepper, dict[Loop, Loop | None]] = WeakKeyDictionary()
"""By stepper and template; None for a step that does not compile."""

Method: TypeAlias = str | Scheme | Callable[..., Any]
"""A key of `sde.SCHEMES`, a splitting word, a scheme, or a function ``step(t, x, h, xi, args)``, compiled or not."""


def name_of(method: Method) -> str:
    """Return what to call a method."""
    if isinstance(method, str | Scheme):
        return get(method).name
    return str(getattr(method, "__name__", "step"))


QUANTITIES = ("strong", "weak", "invariant")


def claim_of(method: Method, noise: str, quantity: str, claimed: float | None) -> float | None:
    """Return the order in question: that given, or what the method claims; None where it claims nothing.

    Parameters
    ----------
    method : str, Scheme or callable
    noise : str
        The kind of noise.
    quantity : {"strong", "weak", "invariant"}
    claimed : float or None

    Raises
    ------
    ValueError
        If the order given is no number, or negative.
    """
    return claimed_orders(method, noise)[QUANTITIES.index(quantity)] if claimed is None else checked_claim(claimed)


def checked_claim(claimed: float) -> float:
    """Return an order in question.

    Raises
    ------
    ValueError
        If it is no number, or negative.
    """
    try:
        order = float(claimed)
    except (TypeError, ValueError):
        order = float("nan")
    if not order >= 0.0:
        raise ValueError(f"claimed={claimed!r} must be a number from 0 on, or inf. Use an order such as claimed=1.0.")
    return order


def claimed_orders(method: Method, noise: str) -> tuple[float | None, float | None, float | None]:
    """Return the strong, weak and invariant order that a method claims for a kind of noise; None where it does not."""
    if not isinstance(method, str | Scheme) or noise not in get(method).orders:
        return None, None, None
    orders = get(method).orders[noise]
    return orders.strong, orders.weak, orders.invariant


def claims_strong_order(method: Method) -> bool:
    """Tell whether a scheme claims a strong order for any kind of noise; a user's step may have one."""
    return not isinstance(method, str | Scheme) or any(one.strong is not None for one in get(method).orders.values())


def fitting_system(method: Method, system: SDE) -> SDE:
    """Return the system in the interpretation that a scheme of the package solves; for a user's step as it is."""
    if not isinstance(method, str | Scheme) or system.noise == "additive":
        return system
    wanted = get(method).interpretation
    return system.as_stratonovich() if wanted == "stratonovich" else system


def stepper_of(method: Method, system: SDE, draws: tuple[str, ...] = ("increment",)) -> Stepper:
    """Bind a method to a system.

    Parameters
    ----------
    method : str, Scheme or callable
        A callable is ``step(t, x, h, xi, args)`` with the `args` of the system; it returns the next point.
    system : SDE
    draws : tuple of str
        The kinds of draws of a callable: "increment", "time-integral", "normal", "two-point", "three-point", "coin".
        A single draw is a float `xi`, several are a tuple.

    Returns
    -------
    Stepper

    Raises
    ------
    TypeError
        If the method is neither a scheme nor a callable.
    """
    if isinstance(method, str | Scheme):
        return get(method).stepper(system)
    if not callable(method):
        raise TypeError(f"method={method!r} is no scheme. Use a key of sde.SCHEMES or a function (t, x, h, xi, args).")
    point = 0.0 if system.dim == 1 else (0.0,) * system.dim
    xi = 0.0 if len(draws) < 2 else (0.0,) * len(draws)
    return Stepper(getattr(method, "py_func", method), point, point, xi, tuple(draws))


def after_one_step(stepper: Stepper, states: FloatArray, draws: FloatArray, h: float, args: Arguments) -> FloatArray:
    """Return the states after one step, for every state and every row of draws.

    Parameters
    ----------
    stepper : Stepper
    states : array, shape (n, n_state)
    draws : array, shape (m, n_draws)
    h : float
    args : tuple

    Returns
    -------
    array, shape (n, m, n_state)
    """
    out = np.empty((states.shape[0], draws.shape[0], states.shape[1]))
    if _stepped(images, stepper, states, draws, h, args, out):
        return out
    # A user's step may be Python that does not compile: it is called as it is.
    return called_one_by_one(stepper, states, draws, h, args)


def called_one_by_one(stepper: Stepper, states: FloatArray, draws: FloatArray, h: float, args: Arguments) -> FloatArray:
    """Return the same as `after_one_step` without compiling the loop: for few states and draws."""
    begun, drawn, constants = _nested_rows(stepper, states, draws, h, args)
    rows = [[flat(stepper.step(0.0, state, h, xi, constants)) for xi in drawn] for state in begun]
    return np.array(rows, dtype=np.float64)


def after_paired_steps(
    stepper: Stepper, states: FloatArray, draws: FloatArray, h: float, args: Arguments
) -> FloatArray:
    """Return the states after one step, shape (n, n_state), for every state and its own row of draws (n, n_draws)."""
    out = np.empty(states.shape)
    if _stepped(paired_images, stepper, states, draws, h, args, out):
        return out
    begun, drawn, constants = _nested_rows(stepper, states, draws, h, args)
    rows = [flat(stepper.step(0.0, state, h, xi, constants)) for state, xi in zip(begun, drawn, strict=True)]
    return np.array(rows, dtype=np.float64)


def _stepped(
    template: Loop,
    stepper: Stepper,
    states: FloatArray,
    draws: FloatArray,
    h: float,
    args: Arguments,
    out: FloatArray,
) -> bool:
    """Fill `out` by a compiled loop; False if the step does not compile."""
    loops = _loops.setdefault(stepper, {})
    if template not in loops:
        layout = {"STATE": stepper.state, "XI": stepper.xi}
        loops[template] = specialised(template, **layout, prepare=stepper.prepare, step=stepper.step)
    loop = loops[template]
    if loop is not None:
        noise = np.zeros(max(draws.shape[1], 1) * PHASES * CHUNK)
        try:
            loop(states, draws, h, args, np.zeros(states.shape[1] * CHUNK), noise, out)
        except NumbaError:
            loops[template] = None
    return loops[template] is not None


def _nested_rows(
    stepper: Stepper, states: FloatArray, draws: FloatArray, h: float, args: Arguments
) -> tuple[list[Any], list[Any], Any]:
    begun = [nested(stepper.state, row) for row in states.tolist()]
    drawn = [nested(stepper.xi, row) if row else stepper.xi for row in draws.tolist()]
    return begun, drawn, stepper.prepare(h, args)


def first_states(stepper: Stepper, points: FloatArray, args: Arguments) -> FloatArray:
    """Return the states that a scheme makes of points, shape (n,) or (n, d), as an array of shape (n, n_state)."""
    rows = points.reshape(points.shape[0], -1).tolist()
    return np.array([flat(stepper.begin(0.0, nested(stepper.point, row), args)) for row in rows])


def check_memoryless(stepper: Stepper, points: FloatArray, h: float, args: Arguments) -> None:
    """Raise if a step from the state that a scheme carries differs from one that begins afresh at its point.

    Parameters
    ----------
    stepper : Stepper
    points : array, shape (n, d)
    h : float
    args : tuple

    Raises
    ------
    ValueError
        If it does, so that the scheme is no operator on functions of its points.
    """
    d = points.shape[1]
    # Numbers that can be draws of every kind.
    draws = np.random.default_rng(0).random((4, len(stepper.draws)))
    begun = first_states(stepper, points, args)
    carried = after_one_step(stepper, begun, draws, h, args).reshape(-1, begun.shape[1])
    afresh = first_states(stepper, carried[:, :d], args)
    one, other = (after_one_step(stepper, states, draws, h, args)[..., :d] for states in (carried, afresh))
    if not np.allclose(one, other, rtol=1e-9, atol=1e-9):
        raise ValueError(
            "the scheme carries more than its point from step to step, such as noise, so that a step is no operator on "
            "functions of the point. Use a scheme whose state is the point, such as method='euler-maruyama'."
        )


def is_affine_step(stepper: Stepper, args: Arguments, *, in_draws: bool = False) -> bool:
    """Tell whether a step is an affine function of the state, or of state and draws together, at random ones."""
    if UNIFORM in stepper.draws:
        return False
    n, m, h = len(flat(stepper.state)), len(stepper.draws), 0.0625
    one, two = np.random.default_rng(0).normal(size=(2, n + m))
    two[n:] = two[n:] if in_draws else one[n:]
    rows = [one, two, 3.0 * one - 2.0 * two]
    values = [called_one_by_one(stepper, row[None, :n], row[None, n:], h, args)[0, 0] for row in rows]
    return bool(np.allclose(values[2], 3.0 * values[0] - 2.0 * values[1], rtol=STRAIGHT, atol=STRAIGHT))
