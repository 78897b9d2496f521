"""One step of a scheme as a matrix on periodic functions, and the equation itself as another: no sampling.

Functions of period 2 pi are known by their values at equidistant nodes. Quadrature over the draws of a step gives the
expectation of every Fourier mode after a step from every node.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from scipy.linalg import expm

from pdeopt._types import Arguments, FloatArray
from pdeopt.sde.scheme import UNIFORM, Stepper
from pdeopt.systems import SDE
from pdeopt.verification.draws import RULES, Rule, draw_values, normal_rule
from pdeopt.verification.methods import after_one_step, check_memoryless, first_states
from pdeopt.verification.operators.levy import step_draws
from pdeopt.verification.operators.transitions import transitions

__all__ = ["Chain", "Circle", "averages_after", "chain_of", "exact_expectations", "generator", "law_of", "rounding_of"]

MEMORY_RULES: Mapping[str, Rule] = {**RULES, "increment": normal_rule(12)}
"""For schemes that carry draws from step to step, whose matrices grow with the number of their values."""

PERIOD = 2.0 * np.pi


@dataclass(frozen=True)
class Circle:
    """Functions of period 2 pi with Fourier modes up to `n_modes`.

    Parameters
    ----------
    n_modes : int
        The highest mode; there are ``2 n_modes + 1`` nodes.
    """

    n_modes: int = 24

    @cached_property
    def nodes(self) -> FloatArray:
        """Equidistant nodes, the first one 0."""
        n = 2 * self.n_modes + 1
        return PERIOD * np.arange(n) / n

    @cached_property
    def frequencies(self) -> FloatArray:
        """The modes, from ``-n_modes`` to ``n_modes``."""
        return np.arange(-self.n_modes, self.n_modes + 1).astype(np.float64)

    def values(self, points: FloatArray) -> FloatArray:
        """Return the functions that are 1 at one node and 0 at the others at points, shape points.shape + (n,)."""
        return self.from_modes(np.exp(1j * points[..., None] * self.frequencies[self.n_modes :]))

    def from_modes(self, modes: np.ndarray) -> FloatArray:
        """Return the same, given the modes 0 to `n_modes` at points or their expectations, in the last axis."""
        angles = np.outer(self.frequencies[self.n_modes :], self.nodes)
        # Mode 0 counts once, every other one with its conjugate.
        shares = np.where(np.arange(self.n_modes + 1) > 0, 2.0, 1.0)[:, None] / self.nodes.size
        return np.asarray(modes.real @ (shares * np.cos(angles)) + modes.imag @ (shares * np.sin(angles)))

    def derivative(self, order: int) -> FloatArray:
        """Return the matrix of the derivative of an order, on values at the nodes."""
        waves = np.exp(1j * np.outer(self.nodes, self.frequencies))
        return np.asarray(np.real(waves * (1j * self.frequencies) ** order @ np.conj(waves.T)) / self.nodes.size)


@dataclass(frozen=True)
class Chain:
    """A scheme as a Markov chain on nodes, and on what it carries from step to step.

    Parameters
    ----------
    first : array, shape (n, m)
        The first step: from a node, where the scheme begins, to the states of the chain.
    step : array, shape (m, m)
        Any later step.
    lift : array, shape (m, n)
        Makes a function of states of a function of the nodes.
    """

    first: FloatArray
    step: FloatArray
    lift: FloatArray

    def expectations(self, observables: FloatArray, n_steps: int) -> FloatArray:
        """Return expectations after a number of steps from every node, of columns of values at the nodes."""
        later = np.linalg.matrix_power(self.step, n_steps - 1) @ (self.lift @ observables)
        return np.asarray(self.first @ later)

    def law(self) -> FloatArray:
        """Return the stationary probabilities of the nodes."""
        return np.asarray(law_of(self.step - np.eye(self.step.shape[0])) @ self.lift)


def generator(system: SDE, circle: Circle) -> FloatArray:
    """Return the generator of an equation on the circle, a matrix on values at the nodes.

    Parameters
    ----------
    system : SDE
        One-dimensional, with coefficients of period 2 pi that do not depend on time.
    circle : Circle

    Returns
    -------
    array, shape (n, n)

    Raises
    ------
    ValueError
        If the coefficients are not periodic, or depend on time, or there is more than one component.
    """
    ito = system.as_ito()
    drift, diffusion = _coefficients(ito, circle.nodes)
    shifted = _coefficients(ito, circle.nodes + PERIOD), _coefficients(ito, circle.nodes, 1.0)
    for other in shifted:
        _check_same((drift, diffusion), other, system)
    variance = np.sum(diffusion**2, axis=1)
    return np.asarray(drift[:, None] * circle.derivative(1) + 0.5 * variance[:, None] * circle.derivative(2))


def _coefficients(system: SDE, points: FloatArray, t: float = 0.0) -> tuple[FloatArray, FloatArray]:
    if system.dim != 1:
        raise ValueError(f"system has dim={system.dim}; operators on the circle need dim=1.")
    drift = np.array([system.compiled_drift(t, x, *system.args) for x in points])
    diffusion = np.array([np.atleast_1d(system.compiled_diffusion(t, x, *system.args)) for x in points])
    return drift, diffusion


def _check_same(given: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray], system: SDE) -> None:
    for name, one, two in zip(("drift", "diffusion"), given, other, strict=True):
        if not np.allclose(one, two, rtol=1e-9, atol=1e-9):
            raise ValueError(
                f"the {name} of {system!r} is not of period 2 pi in x, or depends on t. "
                "Use coefficients of sin(x) and cos(x), such as those of systems.problems.torus()."
            )


def law_of(matrix: FloatArray) -> FloatArray:
    """Return the probabilities with law @ matrix = 0, of a generator or of a one-step matrix less 1."""
    n, ones = matrix.shape[0], np.ones(matrix.shape)
    # With law @ ones = 1 added, the equations have one solution; scaled so that both count.
    whole = matrix / float(np.abs(matrix).max()) + ones / n
    return np.asarray(np.linalg.solve(whole.T, ones[0] / n))


def rounding_of(n_steps: float) -> float:
    """Return the size of rounding in expectations of functions of size 1 after a number of steps."""
    return 1e-14 + 3e-16 * n_steps


def chain_of(stepper: Stepper, args: Arguments, h: float, circle: Circle) -> Chain:
    """Return the one-step operator of a scheme in one dimension.

    Parameters
    ----------
    stepper : Stepper
        Whose state is the point, or the point and numbers that a step makes of its draws alone.
    args : tuple
    h : float
    circle : Circle

    Returns
    -------
    Chain

    Raises
    ------
    ValueError
        If what the scheme carries from step to step depends on more than the draws of the last step.
    """
    if UNIFORM in stepper.draws:
        step = averages_after(stepper, args, h, circle, circle.nodes)
        return Chain(step, step, np.eye(step.shape[0]))
    begun = first_states(stepper, circle.nodes, args)
    if begun.shape[1] == 1:
        step = _point_operator(stepper, args, h, circle)
        return Chain(step, step, np.eye(step.shape[0]))
    return _chain_with_memory(stepper, args, h, circle, begun)


def _point_operator(stepper: Stepper, args: Arguments, h: float, circle: Circle) -> FloatArray:
    draws, weights = step_draws(stepper.draws)
    after = after_one_step(stepper, circle.nodes[:, None], draws, h, args)[..., 0]
    turn = np.exp(1j * after)
    modes, wave = [], np.ones_like(turn)
    for _ in range(circle.n_modes + 1):
        modes.append(wave @ weights)
        wave = wave * turn
    return circle.from_modes(np.stack(modes, axis=-1))


def averages_after(stepper: Stepper, args: Arguments, h: float, circle: Circle, starts: FloatArray) -> FloatArray:
    """Return the operator of a step from points, shape (k,), to the nodes, of a scheme that may accept or refuse."""
    check_memoryless(stepper, starts[:4, None], h, args)
    ends = transitions(stepper, args, h, starts[:, None])
    order = np.argsort(ends.rows, kind="stable")
    values = circle.values(ends.points[order, 0]) * ends.weights[order, None]
    return np.asarray(np.add.reduceat(values, np.searchsorted(ends.rows[order], np.arange(starts.size)), axis=0))


def _chain_with_memory(stepper: Stepper, args: Arguments, h: float, circle: Circle, begun: FloatArray) -> Chain:
    draws, weights = draw_values(stepper.draws, MEMORY_RULES)
    after = after_one_step(stepper, begun, draws, h, args)
    memory = after[0, :, 1:]
    if not np.array_equal(after[..., 1:], np.broadcast_to(memory, after[..., 1:].shape)):
        raise ValueError(
            "the scheme carries more than the draws of its last step, so that a step is no operator on functions of "
            "one variable. Use a scheme whose state is the point."
        )
    n, m = circle.nodes.size, weights.size
    states = np.column_stack([np.repeat(circle.nodes, m), np.tile(memory, (n, 1))])
    later = after_one_step(stepper, states, draws, h, args)
    rows = [_weighted(circle, points[..., 0], weights) for points in (after, later)]
    return Chain(rows[0], rows[1], np.repeat(np.eye(n), m, axis=0))


def _weighted(circle: Circle, points: FloatArray, weights: FloatArray) -> FloatArray:
    """Return the operator from states to (node, draws of the step), of points (state, draws)."""
    shares = weights[:, None] * circle.values(points)
    return np.asarray(np.swapaxes(shares, 1, 2).reshape(points.shape[0], -1))


def exact_expectations(matrix: FloatArray, observables: FloatArray, time: float) -> FloatArray:
    """Return expectations at a time from every node, by the exponential of the generator."""
    return np.asarray(expm(time * matrix) @ observables)
