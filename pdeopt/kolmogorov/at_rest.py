"""What a generator is asked about all of time."""

from typing import Any

from pdeopt.kolmogorov import effective, stationary
from pdeopt.kolmogorov.answers import Answer
from pdeopt.kolmogorov.effective import EffectiveDynamics
from pdeopt.kolmogorov.problem import Problem
from pdeopt.kolmogorov.spectrum import Spectrum

__all__ = ["AtRest"]


class AtRest:
    """Questions without a time, asked of a generator."""

    problem: Problem

    def mean_exit_time(self, inside: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Solve L tau = -1 in a set, tau = 0 outside: the mean time until the process leaves it.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set. Absorbing walls count as outside. Between two nodes outside lies no node inside.
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
            If the set is empty, of another shape, or never left.
        """
        return stationary.mean_exit_time(self.problem, inside, levels=levels, extrapolate=extrapolate)

    def exit_time_moments(
        self, inside: Any, n: int = 2, *, levels: int | None = None, extrapolate: bool = True
    ) -> Answer:
        """Solve L tau_k = -k tau_(k-1): the moments E tau^k of the time until the process leaves a set.

        Parameters
        ----------
        inside : array of bool, shape ``grid.shape``
            The set, as for `mean_exit_time`.
        n : int
            The highest moment.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Answer
            Values of shape ``(n, *grid.shape)``, the mean first.

        Raises
        ------
        ValueError
            As for `mean_exit_time`, or if `n` is less than 1.
        """
        return stationary.exit_time_moments(self.problem, inside, n, levels=levels, extrapolate=extrapolate)

    def committor(self, a: Any, b: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Solve L q = 0 with q = 0 in one set and 1 in another: the probability to reach b before a.

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

        Raises
        ------
        ValueError
            If a set is empty, of another shape, or meets the other.
        """
        return stationary.committor(self.problem, a, b, levels=levels, extrapolate=extrapolate)

    def invariant_density(self, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Solve L* p = 0: the density that the process keeps, of mass 1.

        Parameters
        ----------
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
            If the process ends, by killing or at a wall.
        """
        return stationary.invariant_density(self.problem, levels=levels, extrapolate=extrapolate)

    def spectrum(self, k: int = 6, *, levels: int | None = None, extrapolate: bool = True) -> Spectrum:
        """Return the smallest eigenvalues of -L, ascending from 0, and their eigenfunctions.

        Parameters
        ----------
        k : int
            How many; one more where a pair of complex ones would be split.
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        Spectrum

        Raises
        ------
        ValueError
            If `k` is out of range.

        Notes
        -----
        In detailed balance the eigenvalues come from the factored form with the weighted incidence matrix, accurate
        where the smallest is 1e-18 of the rates. With absorbing walls or killing the smallest is the rate at which the
        process ends from its quasi-stationary law.
        """
        return stationary.spectrum_of(self.problem, k, levels=levels, extrapolate=extrapolate)

    def poisson(self, source: Any, *, levels: int | None = None, extrapolate: bool = True) -> Answer:
        """Solve L u = <f> - f with <u> = 0, the stationary mean being <.>: how far f still adds up from each place.

        Parameters
        ----------
        source : callable, Landscape or array
            f, a function of a point or values at the nodes.
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
            If the process ends, by killing or at a wall.

        Notes
        -----
        The asymptotic variance of time averages of f is 2 <u f>.
        """
        return effective.poisson(self.problem, source, levels=levels, extrapolate=extrapolate)

    def effective_dynamics(self, *, levels: int | None = None, extrapolate: bool = True) -> EffectiveDynamics:
        """Return the drift and diffusivity of a process in a periodic medium over long times, by cell problems.

        Parameters
        ----------
        levels : int, optional
            Grids to solve on, 1 to 3.
        extrapolate : bool
            False solves on the grid alone.

        Returns
        -------
        EffectiveDynamics

        Raises
        ------
        ValueError
            If an axis is not periodic, or the process ends.

        Notes
        -----
        With L chi = <b> - b for the drift b of each axis, the diffusivity is 1/2 <(grad (x + chi))^T a grad (x + chi)>,
        also without detailed balance. Bensoussan, Lions & Papanicolaou, *Asymptotic analysis for periodic structures*
        (1978), chapter 3.
        """
        return effective.effective_dynamics(self.problem, levels=levels, extrapolate=extrapolate)
