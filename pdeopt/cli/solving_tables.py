"""The tables that `pdeopt solve` prints."""

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.cli.solving_problem import Question
from pdeopt.cli.tables import describe_input, first_rows, notable_minima
from pdeopt.hamilton_jacobi import HamiltonJacobiSolution
from pdeopt.hamilton_jacobi.finite_differences.solution import REASONS

__all__ = ["describe_question", "describe_solution"]

MOST_TIMES = 12
FLAT = 1e-12


def describe_question(question: Question) -> str:
    """Return what is solved, and the minima of the landscape."""
    about = repr(question.problem).removeprefix("<HamiltonJacobi ").removesuffix(">")
    if question.subject is None:
        return f"{question.name}\n{about}"
    return (
        f"{describe_input(question.subject)}\n{about}\n\nbefore, time 0\n{_minima(question.subject.values, question)}"
    )


def _minima(values: FloatArray, question: Question) -> str:
    if np.ptp(values) <= FLAT * (1.0 + np.abs(values).max()):
        return "  flat"
    return first_rows(notable_minima(values, question.problem.grid))


def describe_solution(question: Question, found: HamiltonJacobiSolution) -> str:
    """Return the minima at the last time, a row for each time, and how it was solved."""
    times = np.atleast_1d(found.time)
    frames = found.values if np.ndim(found.time) else found.values[None]
    rows = [f"{'time':>12} {'smallest u':>14} {'largest u':>14}"]
    shown = np.unique(np.linspace(0, times.size - 1, min(times.size, MOST_TIMES)).round().astype(int))
    rows += [f"{times[k]:>12.6g} {frames[k].min():>14.6g} {frames[k].max():>14.6g}" for k in shown]
    last = found.frame()
    steps = f"{found.n_steps} steps of {found.smallest_step:.3g}"
    steps += f" to {found.largest_step:.3g}" if found.largest_step > 1.001 * found.smallest_step else ""
    rows += [f"{found.method}, {found.stepper}: {steps}; {found.seconds:.2g} s", _error(question, last)]
    if REASONS[found.stopped]:
        rows.append(f"stopped {REASONS[found.stopped].format(times[-1])}")
    if np.isfinite(found.ergodic_constant):
        rows.append(f"u ~ w(x) - c t with c = {found.ergodic_constant:.8g}")
    if question.subject is not None:
        rows = [f"after, time {times[-1]:g}", _minima(last.values, question), "", *rows]
    return "\n".join(rows)


def _error(question: Question, last: HamiltonJacobiSolution) -> str:
    assert not isinstance(last.time, np.ndarray)
    if question.subject is None and question.exact is not None:
        error = np.abs(last.values - question.exact(last.time, last.grid))
        return f"error {error.max():.2g}, in the mean {error.mean():.2g}, against the exact solution"
    try:
        return f"error estimate {last.error_estimate.max():.2g}, from the solution on every second node"
    except ValueError as reason:
        return f"no error estimate: {reason}"
