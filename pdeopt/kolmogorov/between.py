"""What a generator is asked about the way from one set to another."""

from typing import Any

from pdeopt.kolmogorov import transitions
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.problem import Problem

__all__ = ["Between"]


class Between:
    """Questions about transitions in the stationary state, asked of a generator."""

    problem: Problem

    def backward_committor(self, a: Any, b: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Return the probability that the process, in its stationary state, was in a later than in b.

        Parameters
        ----------
        a, b : array of bool, shape ``grid.shape``
            Sets that do not overlap.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer
            The committor from b to a of the process reversed in time, whose rates are pi_j L_ji / pi_i; 1 minus the
            committor in detailed balance, and only then.

        Raises
        ------
        ValueError
            If a set is empty, of another shape, or meets the other, or the process ends.
        """
        return transitions.backward_committor(self.problem, a, b, levels, extrapolate)

    def transition_paths(
        self, a: Any, b: Any, *, levels: int | None = None, extrapolate: bool = True
    ) -> transitions.TransitionPaths:
        """Return committors, reactive density and current, and rates of transitions from a to b.

        Parameters
        ----------
        a, b : array of bool, shape ``grid.shape``
            Sets that do not overlap.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        TransitionPaths

        Raises
        ------
        ValueError
            As for `backward_committor`.

        Notes
        -----
        With or without detailed balance: Metzner, Schuette & Vanden-Eijnden, Multiscale Modeling & Simulation 7 (2009)
        1192. In one dimension ``1 / rate`` is the mean time from the edge of a to b.

        Examples
        --------
        >>> import pdeopt
        >>> system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
        >>> L = pdeopt.Generator(system, pdeopt.Grid(-3.0, 3.0, 241))
        >>> x = L.grid.axes[0]
        >>> paths = L.transition_paths(x < -0.99, x > 0.99)
        >>> tau = L.mean_exit_time(x < 0.99)
        >>> bool(abs(paths.rate * tau.at(-1.0) - 1.0) < 1e-8)
        True
        """
        return transitions.transition_paths(self.problem, a, b, levels, extrapolate)

    def stationary_current(self, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Return the current of the invariant density: zero in detailed balance, up to rounding, and only then.

        Parameters
        ----------
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer
            Values of shape ``(d, *grid.shape)``, per unit of time and area, and `edges`, the net flows from node to
            node on the grid itself.

        Raises
        ------
        ValueError
            If the process ends, by killing or at a wall.
        """
        return transitions.stationary_current(self.problem, levels, extrapolate)
