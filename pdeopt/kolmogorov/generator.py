"""The generator of a diffusion on a grid, from which everything else is solved."""

from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any, Self

import numpy as np

from pdeopt._types import Arguments, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.at_rest import AtRest
from pdeopt.kolmogorov.between import Between
from pdeopt.kolmogorov.in_time import InTime
from pdeopt.kolmogorov.leaving import Leaving
from pdeopt.kolmogorov.options import checked_problem
from pdeopt.kolmogorov.positivity import Positivity, positivity
from pdeopt.kolmogorov.problem import Operator
from pdeopt.kolmogorov.stencil import Matrix
from pdeopt.kolmogorov.varying import Varying
from pdeopt.systems import SDE, sde_of_covariance
from pdeopt.systems.compilation import compiled

__all__ = ["Generator"]


class Generator(InTime, AtRest, Leaving, Between, Varying):
    """The generator L = b . grad + 1/2 a : hess of dX = b dt + sigma dW, a = sigma sigma^T, as rates on a grid.

    Parameters
    ----------
    system : SDE
        The equation; its drift and diffusion are sampled at the nodes. `overdamped_langevin` uses the landscape itself.
    grid : Grid
        As many axes as the system has components, uniform or stretched.
    boundary : str, PartiallyAbsorbing, or sequence
        For all walls, or one entry per axis, each a name or a pair (lower, upper). ``"reflecting"``: no flux, a node on
        the wall owns half a cell. ``"absorbing"``: the process ends there. ``"degenerate"``: no data, the equation
        itself holds on the wall; chosen by itself where the diffusion across a wall vanishes. ``"linear"``: second
        normal derivatives vanish, for backward equations cut far out. A periodic axis overrides it.
    rates : {"gibbs", "scharfetter-gummel", "square-root", "hybrid", "central", "upwind"}, optional
        The scheme along the axes. By default Gibbs weights of the midpoints for a gradient system;
        Scharfetter-Gummel else; where the diffusion of an axis vanishes, central differences that turn upwind where
        they would not be monotone.
    cross : {"seven-point", "selling", "central", "semi-lagrangian"}, optional
        The scheme of mixed derivatives. By default jumps to six neighbours where their rates are not negative, else
        Selling's decomposition, whose rates never are and whose jumps are longer; central differences of four corners
        where both fail. ``"semi-lagrangian"`` is monotone also for noise of rank one, and of first order.
    killing : float, callable, Landscape or array
        Rate c at which the process ends: a number, a function of ``(t, x, *args)``, or values at the nodes.
    interpretation : {"ito", "stratonovich", "fick"}, optional
        What the drift means; by default what the system says. ``"fick"``: L = b . grad + 1/2 div (a grad).

    Raises
    ------
    TypeError, ValueError
        If the grid does not fit the system, a name is not known, or the coefficients are not finite on the grid.

    Notes
    -----
    Every scheme writes L as rates of jumps between nodes. Where all are non-negative, ``matrix`` is that of a Markov
    chain: maximum principle and positive densities follow. Each answer is computed on the grid and on finer ones and
    extrapolated in the spacing; `Answer.plain` is that of the grid itself.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.overdamped_langevin(pdeopt.landscapes.double_well(), beta=4.0)
    >>> L = Generator(system, pdeopt.Grid(-3.0, 2.0, 201))
    >>> inside = L.grid.axes[0] < 1.0
    >>> bool(abs(L.mean_exit_time(inside).at(-1.0) / 14.2777366365081 - 1) < 1e-8)
    True
    """

    def __init__(
        self,
        system: SDE,
        grid: Grid,
        boundary: Any = "reflecting",
        *,
        rates: str | None = None,
        cross: str | None = None,
        killing: Any = 0.0,
        interpretation: str | None = None,
    ) -> None:
        self.problem = checked_problem(system, grid, boundary, rates, cross, killing, interpretation)

    @classmethod
    def from_covariance(
        cls,
        drift: Callable[..., Any],
        covariance: Callable[..., Any],
        grid: Grid,
        boundary: Any = "reflecting",
        *,
        args: Arguments = (),
        rates: str | None = None,
        cross: str | None = None,
        killing: Any = 0.0,
    ) -> Self:
        """Return the generator of a drift and a diffusion matrix.

        Parameters
        ----------
        drift : callable
            As for `SDE`, in the sense of Ito.
        covariance : callable
            a, a function of ``(t, x, *args)``: a float in one dimension, else a tuple of rows.
        grid : Grid
            Of one to three axes.
        boundary
            As for `Generator`.
        args : tuple
            Parameters of both functions.
        rates, cross, killing
            As for `Generator`.

        Raises
        ------
        ValueError
            If a matrix is not symmetric and positive semidefinite; the message names the point and a near matrix.

        Examples
        --------
        >>> import pdeopt
        >>> grid = pdeopt.Grid((0.0, 0.0), (1.0, 1.0), 9)
        >>> a = ((1.0, 0.5), (0.5, 1.0))
        >>> L = pdeopt.Generator.from_covariance(lambda t, x: (0.0, 0.0), lambda t, x: a, grid)
        >>> bool(L.report().is_monotone)
        True
        """
        system = sde_of_covariance(drift, covariance, grid.dim, args)
        made = cls(system, grid, boundary, rates=rates, cross=cross, killing=killing)
        made.problem = replace(made.problem, covariance=compiled(covariance))
        return made

    @property
    def system(self) -> SDE:
        """The equation."""
        return self.problem.system

    @property
    def grid(self) -> Grid:
        """The grid."""
        return self.problem.grid

    @property
    def volumes(self) -> FloatArray:
        """Volumes of the cells that nodes own, shape ``grid.shape``; they add up to the volume of the grid."""
        return self.problem.volumes

    @property
    def operator(self) -> Operator:
        """The rates at time 0."""
        return self.problem.operator

    @cached_property
    def matrix(self) -> Matrix:
        """The generator at time 0 on the nodes in C order; rows sum to minus the rate of killing and absorption.

        Rows and columns of absorbing nodes are zero.
        """
        whole = self.operator.matrix
        kept = np.where(self.problem.absorbing.ravel(), 0.0, 1.0)
        return whole.multiply(kept[None, :]).tocsr()

    @property
    def killing(self) -> FloatArray:
        """Rate of killing at time 0 and of loss through partially absorbing walls, shape ``grid.shape``."""
        return self.operator.stencil.killing

    def report(self) -> Positivity:
        """Return what the matrix is as one of jump rates: the smallest rate and where, row sums, length of jumps."""
        return positivity(self.operator.stencil)

    def finer(self, factor: int) -> "Generator":
        """Return the generator of the same equation on the grid with every cell cut into `factor` parts."""
        finer = object.__new__(Generator)
        finer.problem = self.problem.finer(factor)
        return finer

    def __repr__(self) -> str:
        operator = self.operator
        return (
            f"<Generator of {self.system!r} on {' x '.join(map(str, self.grid.shape))} nodes: rates "
            f"{', '.join(dict.fromkeys(operator.rates))}, mixed derivatives {operator.cross}>"
        )
