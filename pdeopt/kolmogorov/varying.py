"""What a generator is asked about other values of parameters and data."""

from typing import Any

from pdeopt.kolmogorov import sensitivities
from pdeopt.kolmogorov.problem import Problem

__all__ = ["Varying"]


class Varying:
    """Derivatives with respect to parameters and data, asked of a generator."""

    problem: Problem

    def expectation_sensitivity(
        self,
        terminal: Any,
        time: float,
        start: Any,
        *,
        parameters: Any = None,
        kinks: Any = None,
        levels: int | None = None,
        extrapolate: bool = True,
    ) -> sensitivities.Sensitivity:
        """Return E[terminal(X_time) | X_0 = start] and its derivatives, all from one solution and one adjoint.

        Parameters
        ----------
        terminal : callable, Landscape or array
            As for `backward`.
        time : float
            Above 0. Coefficients must not depend on it.
        start : float or sequence of float
            Where the process starts, inside the grid.
        parameters : int or sequence of int, optional
            Places in ``system.args``; by default those of all numbers. Killing that is a function of ``(t, x, *args)``
            varies with them.
        kinks : sequence, optional
            As for `backward`.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Sensitivity
            With `data`, the derivatives with respect to the terminal values at the nodes: the probabilities of ending
            there.

        Raises
        ------
        ValueError
            If a parameter is no number of ``system.args``, `start` is outside, or coefficients depend on time.

        Notes
        -----
        The integral over s of <p(s), L' u(time - s)>, p the masses from the start and L' the derivative of the rates.

        Examples
        --------
        >>> import numpy as np
        >>> import pdeopt
        >>> noise = pdeopt.SDE(lambda t, x, k: -k * x, lambda t, x, k: 1.0, args=(1.0,))
        >>> L = pdeopt.Generator(noise, pdeopt.Grid(-6.0, 6.0, 121))
        >>> mean = L.expectation_sensitivity(lambda x: x, 0.5, 1.0)
        >>> bool(abs(mean.derivatives[0] + 0.5 * np.exp(-0.5)) < 1e-8)
        True
        """
        return sensitivities.expectation_sensitivity(
            self.problem, terminal, time, start, parameters, kinks, levels, extrapolate
        )

    def exit_sensitivity(
        self,
        inside: Any,
        start: Any,
        values: Any = 0.0,
        *,
        source: Any = 1.0,
        rate: float = 0.0,
        parameters: Any = None,
        levels: int | None = None,
        extrapolate: bool = True,
    ) -> sensitivities.Sensitivity:
        """Return what is paid at, and earned until, the exit from a set, and its derivatives.

        By default the mean exit time.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set, as for `exit_value`.
        start : float or sequence of float
            Where the process starts, inside the grid.
        values, source, rate
            As for `exit_value`.
        parameters : int or sequence of int, optional
            Places in ``system.args``; by default those of all numbers.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Sensitivity
            With `data`, the derivatives with respect to the source at the nodes: the mean times spent there,
            discounted.

        Raises
        ------
        ValueError
            As for `exit_value`, or if a parameter is no number of ``system.args``.
        """
        return sensitivities.exit_sensitivity(
            self.problem, inside, start, values, source, rate, parameters, levels, extrapolate
        )

    def rate_sensitivity(
        self, a: Any, b: Any, *, parameters: Any = None, levels: int | None = None, extrapolate: bool = True
    ) -> sensitivities.Sensitivity:
        """Return the rate of transitions from one set to another, and its derivatives.

        Parameters
        ----------
        a, b : array of bool, shape ``grid.shape``
            Sets that do not overlap, as for `transition_paths`.
        parameters : int or sequence of int, optional
            Places in ``system.args``, of an overdamped system beta and the parameters of its landscape; by default
            those of all numbers.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Sensitivity

        Raises
        ------
        ValueError
            As for `transition_paths`, or if a parameter is no number of ``system.args``.
        """
        return sensitivities.rate_sensitivity(self.problem, a, b, parameters, levels, extrapolate)
