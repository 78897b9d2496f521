"""`solve_hamilton_jacobi`: from a problem to its solution at given times."""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np

from pdeopt._cores import n_threads
from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences import asked
from pdeopt.hamilton_jacobi.finite_differences.checkpoint import fingerprint_of
from pdeopt.hamilton_jacobi.finite_differences.coarser import on_every_second_node
from pdeopt.hamilton_jacobi.finite_differences.march import BlowUpError, March
from pdeopt.hamilton_jacobi.finite_differences.methods import choose
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi
from pdeopt.hamilton_jacobi.finite_differences.running import Run
from pdeopt.hamilton_jacobi.finite_differences.solution import HamiltonJacobiSolution
from pdeopt.hamilton_jacobi.finite_differences.store import FrameFolder
from pdeopt.landscapes import Landscape

__all__ = ["solve_hamilton_jacobi"]

NUMBERS = ("step", "tolerance")
FEW = 4
"""Steps from one output time to the next."""


def solve_hamilton_jacobi(
    problem: HamiltonJacobi,
    time: float | Sequence[float] | FloatArray,
    *,
    method: Any = None,
    stepper: Any = None,
    step: float | None = None,
    safety: float = 0.9,
    tolerance: float | None = None,
    threads: int | None = None,
    every: float | None = None,
    steady: float | None = None,
    max_seconds: float | None = None,
    store: str | Path | None = None,
    checkpoint_every: float = 60.0,
    keep_frames: bool = True,
    on_frame: Callable[[float, FloatArray], Any] | None = None,
    progress: bool | None = None,
) -> HamiltonJacobiSolution:
    """Solve `u_t + H(t, x, u, grad u) = nu(x) lap u + s(t, x)` by finite differences.

    Parameters
    ----------
    problem : HamiltonJacobi
    time : float or sequence of float
        When the solution is wanted, in units of PDE time; steps land on these times exactly. Several must increase.
    method : str or scheme, optional
        In space: ``"weno5"``, fifth order where u is smooth, the default where the Hamiltonian is convex;
        ``"filtered"``, the same with a guard that makes it converge for any Hamiltonian, the default for the others;
        ``"godunov"``, first order and monotone, the default on stretched axes; ``"lax-friedrichs"``, which needs no
        search for extrema and has more viscosity of its own; ``"weno5-lax-friedrichs"``.
    stepper : str or stepper, optional
        In time: ``"ssprk33"``, the default with fifth order, ``"ssprk104"``; ``"euler"``, the default with first order,
        ``"heun"``; ``"ars111"``, ``"ars222"``, ``"ars443"``, ``"lie"`` and ``"strang"`` treat viscosity implicitly, so
        that it does not bound steps: ``"ars443"`` and ``"ars111"`` are the default where viscosity would make steps six
        times shorter. The result says which was taken.
    step : float, optional
        The largest time step. By default `safety` times the largest one at which the theory of the stepper holds.
    safety : float
        Between 0 and 1.
    tolerance : float, optional
        Error that steps may make per unit of time, in units of u: steps are then as long as that and the bound allow.
        Needs a stepper with an estimate: ``"heun"`` or ``"ssprk33"``.
    threads : int, optional
        By default all cores. Results do not depend on it.
    every : float, optional
        Frames at every multiple of this time, and at `time`, which is then a single one.
    steady : float, optional
        Stop when max - min of u_t over the nodes falls below. The solution then travels, `u ~ w(x) - c t`, with the
        ``ergodic_constant`` c of the result.
    max_seconds : float, optional
        Stop after this wall time.
    store : str or Path, optional
        A folder to which frames are written as they come, instead of keeping them: memory does not grow with their
        number, and `load_frames` reads it at any moment. A call with the same arguments goes on with what the
        folder holds; the result is that of a single run, to the bit.
    checkpoint_every : float
        Seconds between writings of the state that a later call goes on with.
    keep_frames : bool
        Whether all frames are kept in memory, or the last alone: then the result is that of a single time.
    on_frame : callable, optional
        Called with time and values of every frame that is computed, such as a `pdeopt.plot.film`.
    progress : bool, optional
        Whether to show a progress bar; by default after two seconds, on a terminal.

    Returns
    -------
    HamiltonJacobiSolution
        With ``values``, ``gradient``, ``at``, ``error_estimate``. An interrupt (Ctrl-C) ends the run early, and nothing
        is lost: ``stopped`` is then ``"interrupted"``, the last frame is where it stopped, and a call with the same
        `store` goes on from there.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what does.
    BlowUpError
        If values are no longer finite. Its ``solution`` holds the frames that were reached, or is None.

    Notes
    -----
    Monotone schemes, such as ``"godunov"`` with ``"euler"``, converge to the viscosity solution [1]_, at least with
    order 1/2 in the maximum norm [2]_.

    References
    ----------
    .. [1] G. Barles, P. E. Souganidis, *Convergence of approximation schemes for fully nonlinear second order
       equations*, Asymptotic Analysis 4 (1991) 271-283.
    .. [2] M. G. Crandall, P.-L. Lions, *Two approximations of solutions of Hamilton-Jacobi equations*, Mathematics of
       Computation 43 (1984) 1-19.

    Examples
    --------
    >>> import pdeopt
    >>> f = pdeopt.landscapes.quadratic()
    >>> problem = pdeopt.HamiltonJacobi(f, pdeopt.Grid(-1.0, 1.0, 201))
    >>> u = pdeopt.solve_hamilton_jacobi(problem, time=1.0)
    >>> bool(abs(u.at(0.5) - 0.5**2 / 4.0) < 0.01)
    True
    """
    asked.check_problem(problem)
    times, single = asked.frame_times(time, every)
    asked.check_numbers(step=step, tolerance=tolerance, steady=steady, max_seconds=max_seconds)
    asked.check_rest(safety, checkpoint_every, threads, on_frame, store)
    scheme, stepping = choose(problem, method, stepper, tolerance)
    workers = n_threads(threads)
    settings = {"method": scheme, "stepper": stepping, "step": step, "safety": safety, "tolerance": tolerance}
    with ThreadPoolExecutor(workers) as pool:
        march = March(problem, scheme, stepping, step, safety, pool, workers, tolerance)
        folder = None if store is None else FrameFolder(Path(store))
        run = Run(march, times, folder, keep_frames, on_frame, max_seconds, steady, checkpoint_every, progress)
        again = _Again(settings | {"threads": threads, "progress": False})
        if folder is not None:
            mark = fingerprint_of(problem, settings, steady, times)
            state = folder.begin(times.size, _record(run, again).facts(), mark)
            if state is not None:
                run.restore(state)
        try:
            run.go()
        except BlowUpError as error:
            reached = run.n_frames > 0
            error.solution = _finished(run, again, single) if reached else None
            raise
    return _finished(run, again, single)


class _Again:
    """Solves again on every second node."""

    def __init__(self, settings: dict[str, Any]) -> None:
        self.settings = settings

    def __call__(self, found: HamiltonJacobiSolution) -> HamiltonJacobiSolution:
        assert found.problem is not None
        wider = {name: None if self.settings[name] is None else 2.0 * self.settings[name] for name in NUMBERS}
        if 0 < found.n_steps < FEW * np.size(found.time):
            # Steps that end at output times are no longer on a coarser grid: shorter ones tell their error.
            wider["step"] = 0.5 * found.largest_step
        return solve_hamilton_jacobi(on_every_second_node(found.problem), found.time, **(self.settings | wider))


def _record(run: Run, again: _Again) -> HamiltonJacobiSolution:
    """Return the record, without values and times."""
    march, problem = run.march, run.march.problem
    viscosity = problem.viscosity_values
    return HamiltonJacobiSolution(
        values=np.empty(0),
        grid=problem.grid,
        time=np.empty(0),
        initial=problem.initial_values,
        viscosity=viscosity if viscosity.ndim else float(viscosity),
        boundary=tuple((_word(low), _word(high)) for low, high in problem.walls),
        method=march.scheme.name,
        stepper=march.stepper.name,
        order=march.scheme.order,
        n_steps=march.n_steps,
        smallest_step=march.shortest if march.shortest < inf else 0.0,
        largest_step=march.longest,
        seconds=run.seconds,
        stopped=run.stopped or "end",
        ergodic_constant=run.ergodic_constant,
        name=problem.initial.name if isinstance(problem.initial, Landscape) else "",
        hamiltonian=problem.hamiltonian.name,
        problem=problem,
        coarser=again,
    )


def _word(wall: Any) -> str:
    return wall if isinstance(wall, str) else "dirichlet"


def _finished(run: Run, again: _Again, single: bool) -> HamiltonJacobiSolution:
    record = _record(run, again)
    if run.folder is not None:
        times, frames = run.folder.read()
    else:
        times = np.array([time for time, _ in run.kept])
        frames = np.stack([values for _, values in run.kept]) if len(run.kept) > 1 else run.kept[0][1][None]
    if single or not run.keep:
        return replace(record, values=frames[-1], time=float(times[-1]))
    return replace(record, values=frames, time=times)
