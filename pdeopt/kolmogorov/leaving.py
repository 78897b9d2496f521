"""What a generator is asked about leaving a set."""

from collections.abc import Mapping
from typing import Any, Self

from pdeopt._types import ArrayLike
from pdeopt.kolmogorov import exits
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.problem import Problem

__all__ = ["Leaving"]


class Leaving:
    """Questions about where and when the process leaves a set, asked of a generator."""

    problem: Problem

    def stopped(self, inside: Any) -> Self:
        """Return the generator of the process that ends where it leaves a set.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set. Between two nodes outside lies no node inside. Kinks of data within ten nodes of its edge cost
            accuracy; at walls of the grid they do not.

        Returns
        -------
        Generator
            Its `backward` is that of the process killed at the exit, as for options with barriers; ``exit_value`` of
            that is paid there.

        Raises
        ------
        ValueError
            If the set is empty or of another shape.

        Examples
        --------
        >>> import pdeopt
        >>> L = pdeopt.Generator(pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0), pdeopt.Grid(-1.0, 2.0, 61))
        >>> x = L.grid.axes[0]
        >>> alive = L.stopped((x > 1e-9) & (x < 1.0 - 1e-9)).backward(lambda x: 1.0, 0.1)
        >>> bool(abs(alive.at(0.3) - 0.630401071139851) < 1e-8)
        True
        """
        other = object.__new__(type(self))
        other.problem = exits.stopped(self.problem, inside)
        return other

    def exit_value(
        self,
        inside: Any = None,
        values: Any = 0.0,
        *,
        source: Any = 0.0,
        rate: float = 0.0,
        kinks: Any = None,
        levels: int | None = None,
        extrapolate: bool = True,
    ) -> Answer:
        """Solve (rate - L) u = source in a set, u = values outside.

        That is u(x) = E[exp(-rate tau) values(X_tau) + integral from 0 to tau of exp(-rate t) source(X_t) dt], tau the
        time of the exit; where the process is killed, what comes later is lost.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``, optional
            The set; by default all nodes but those on absorbing walls.
        values : float, callable, Landscape or array
            What is paid at the exit: a number, a function of a point, or values at the nodes.
        source : float, callable, Landscape or array
            What is earned per unit of time.
        rate : float
            Discount per unit of time, at least 0.
        kinks : sequence, optional
            Where `source` jumps, as for `backward`; the solution is less accurate within five nodes of these.
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
            If data do not fit the grid, `rate` is negative, or the process never ends and `rate` is 0.

        Examples
        --------
        >>> import pdeopt
        >>> drifting = pdeopt.SDE(lambda t, x: 0.7, lambda t, x: 1.0)
        >>> L = pdeopt.Generator(drifting, pdeopt.Grid(-1.0, 2.0, 61), "absorbing")
        >>> right = L.exit_value(values=lambda x: 1.0 if x > 0.0 else 0.0)
        >>> bool(abs(right.at(0.25) - 0.838804412555385) < 1e-9)
        True
        """
        return exits.exit_value(self.problem, inside, values, source, rate, kinks, levels, extrapolate)

    def discounted_exit(
        self, inside: Any, rate: float, *, levels: int | None = None, extrapolate: bool = True
    ) -> Answer:
        """Return E exp(-rate tau), the Laplace transform of the time until the process leaves a set.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set. Absorbing walls count as outside.
        rate : float
            Per unit of time, at least 0.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer

        Raises
        ------
        ValueError
            As for `exit_value`.
        """
        return exits.exit_value(self.problem, inside, 1.0, 0.0, rate, None, levels, extrapolate)

    def resolvent(
        self, source: Any, rate: float, *, kinks: Any = None, levels: int | None = None, extrapolate: bool = True
    ) -> Answer:
        """Solve (rate - L) u = source: what a source is worth over all time, discounted.

        Parameters
        ----------
        source : float, callable, Landscape or array
            What is earned per unit of time: a number, a function of a point, or values at the nodes.
        rate : float
            Discount per unit of time, at least 0; above 0 unless the process ends.
        kinks : sequence, optional
            Where `source` jumps, as for `backward`.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer

        Raises
        ------
        ValueError
            As for `exit_value`.
        """
        return exits.resolvent(self.problem, source, rate, kinks, levels, extrapolate)

    def exit_probabilities(
        self, inside: Any, parts: Mapping[str, Any], *, levels: int | None = None, extrapolate: bool = True
    ) -> dict[str, Answer]:
        """Solve L u = 0 in a set, u = 1 on one part of what is outside: the probability to leave through that part.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set. Absorbing walls count as outside.
        parts : mapping of names to arrays of bool, shape ``grid.shape``
            Nodes outside, without overlap. Between nodes of two parts the border lies half way.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        dict of Answer
            By the names of the parts. They add up to 1 where the parts are all that is outside and nothing kills.

        Raises
        ------
        TypeError, ValueError
            If a set is empty, of another shape, or where the process goes on, or parts overlap.
        """
        return exits.exit_probabilities(self.problem, inside, parts, levels, extrapolate)

    def hitting_law(
        self,
        inside: Any,
        times: ArrayLike,
        *,
        method: Any = None,
        levels: int | None = None,
        extrapolate: bool = True,
    ) -> exits.HittingLaw:
        """Solve S_t = L S in a set, S = 0 outside: the law of the time until the process leaves.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``, or None
            The set. Absorbing walls count as outside; None for all but these.
        times : float or sequence of float
            At least 0.
        method : str or scheme, optional
            In time, as for `backward`.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        HittingLaw
            Probabilities not to have left by each time, with `density` and `quantile`.

        Raises
        ------
        ValueError
            If the set is empty, of another shape or never left, or coefficients depend on time.

        Examples
        --------
        >>> import pdeopt
        >>> brownian = pdeopt.SDE(lambda t, x: 0.0, lambda t, x: 1.0)
        >>> L = pdeopt.Generator(brownian, pdeopt.Grid(0.0, 1.0, 41), "absorbing")
        >>> law = L.hitting_law(None, [0.05, 0.1, 0.2])
        >>> float(law.at(0.3).round(6)[1]), round(law.quantile(0.5, 0.3), 2)
        (0.630401, 0.15)
        """
        return exits.hitting_law(self.problem, inside, times, method, levels, extrapolate)
