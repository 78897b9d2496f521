"""What a generator is asked about the course of time."""

from typing import Any

from pdeopt._types import ArrayLike
from pdeopt.kolmogorov import evolution
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.problem import Problem

__all__ = ["InTime"]


class InTime:
    """Questions about times after the start, asked of a generator."""

    problem: Problem

    def backward(
        self,
        terminal: Any,
        time: float | ArrayLike,
        *,
        kinks: Any = None,
        start: float = 0.0,
        source: Any = None,
        exit_value: Any = 0.0,
        method: Any = None,
        n_steps: int | None = None,
        tolerance: float | None = None,
        damping: int | None = None,
        levels: int | None = None,
        extrapolate: bool = True,
    ) -> Answer:
        """Solve u_t + L u - c u + f = 0 backward in time: u = E[terminal(X_T) | X_start = x] where c = f = 0.

        Parameters
        ----------
        terminal : callable, Landscape or array
            Values at the end: a function of a point (a float in one dimension, else a tuple), or values at the nodes.
            Finer grids continue smooth arrays by splines; of others the plain solution is returned.
        time : float or sequence of float
            From start to end, at least 0; of a sequence, so many times before the largest of them.
        kinks : sequence, optional
            Where a terminal function or its derivative jumps: floats in one dimension, else one sequence per axis, each
            the position of a plane across it. By default those that the function knows of as its ``kinks``, as those of
            landscapes and of `indicator` do. Values near them are replaced by projections, so that it does not matter
            how they lie between nodes.
        start : float
            Time of the process at the beginning, where coefficients depend on time.
        source : float, array or callable, optional
            f, what is earned per unit of time: a number, values at the nodes, or a function of ``(t, x, *args)``, whose
            ``kinks`` are used as those of `terminal`.
        exit_value : float, array or callable
            Values at absorbing walls: a number, values at the nodes, or a function of a point.
        method : str or scheme, optional
            ``"contour"``, ``"krylov"`` or ``"uniformisation"``, exact in time; or ``"crank-nicolson"``, ``"tr-bdf2"``,
            ``"douglas"``, ``"craig-sneyd"``, ``"modified-craig-sneyd"``, ``"hundsdorfer-verwer"``,
            ``"backward-euler"``. By default exact in time where coefficients do not depend on it and the grid is not
            large; else Crank-Nicolson in one dimension and modified Craig-Sneyd in more.
        n_steps : int, optional
            Steps on this grid; grids refined by 2 take twice as many.
        tolerance : float, optional
            Of the error in time, in place of `n_steps`.
        damping : int, optional
            Half-steps of backward Euler at the start (Rannacher); by default 4 where the data have kinks.
        levels : int, optional
            Grids to solve on, 1 to 3; by default 3, fewer where the finest would be large.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer

        Raises
        ------
        ValueError
            If data do not fit the grid or are not finite, or a method cannot do what is asked.

        Examples
        --------
        >>> import numpy as np
        >>> import pdeopt
        >>> noise = pdeopt.SDE(lambda t, x: -x, lambda t, x: 2.0**0.5)
        >>> u = pdeopt.Generator(noise, pdeopt.Grid(-8.0, 8.0, 161)).backward(np.cos, 0.5)
        >>> bool(abs(u.at(1.0) - np.cos(np.exp(-0.5)) * np.exp(-0.5 * (1.0 - np.exp(-1.0)))) < 1e-9)
        True
        """
        return evolution.backward(
            self.problem,
            terminal,
            time,
            kinks=kinks,
            start=start,
            source=source,
            exit_value=exit_value,
            method=method,
            n_steps=n_steps,
            tolerance=tolerance,
            damping=damping,
            levels=levels,
            extrapolate=extrapolate,
        )

    def forward(
        self,
        density: Any,
        time: float | ArrayLike,
        *,
        kinks: Any = None,
        start: float = 0.0,
        method: Any = None,
        n_steps: int | None = None,
        tolerance: float | None = None,
        damping: int | None = None,
        levels: int | None = None,
        extrapolate: bool = False,
    ) -> Answer:
        """Solve the Fokker-Planck equation p_t = L* p - c p by the transposed matrices of the backward equation.

        Parameters
        ----------
        density : array, callable or point
            At the start: values at the nodes, a function of a point, or the one point where all the mass is.
        time : float or sequence of float
            After the start, at least 0.
        kinks : sequence, optional
            Where a density given as a function jumps, as for `backward`.
        start : float
            Time of the process at the beginning, where coefficients depend on time.
        method, n_steps, tolerance, damping
            As for `backward`, whose steps are transposed. ``"uniformisation"`` keeps densities positive.
        levels : int, optional
            Grids to solve on for the error, 1 to 3.
        extrapolate : bool
            True extrapolates densities as well. They are then no longer those of a Markov chain, whose mass and
            positivity are exact, but closer to those of the equation.

        Returns
        -------
        Answer
            With `mass`, that of the process still alive, and `absorbed`, masses taken at absorbing nodes.

        Raises
        ------
        ValueError
            As for `backward`.

        Notes
        -----
        Masses of cells are propagated; a density is a mass over the volume of its cell.

        Examples
        --------
        >>> import pdeopt
        >>> noise = pdeopt.SDE(lambda t, x: -x, lambda t, x: 2.0**0.5)
        >>> L = pdeopt.Generator(noise, pdeopt.Grid(-6.0, 6.0, 121))
        >>> p = L.forward(1.0, 0.5)
        >>> bool(abs(p.mass - 1.0) < 1e-13)
        True
        """
        return evolution.forward(
            self.problem,
            density,
            time,
            kinks=kinks,
            start=start,
            method=method,
            n_steps=n_steps,
            tolerance=tolerance,
            damping=damping,
            levels=levels,
            extrapolate=extrapolate,
        )
