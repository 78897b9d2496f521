"""Langevin dynamics with momenta on a grid, with the symmetry under reversal of time kept to rounding."""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.gibbs import GibbsCells, gibbs_cells
from pdeopt.kolmogorov.parts import split_of, sum_of
from pdeopt.kolmogorov.reflections import folded, mean_over_reflections, odd_decay
from pdeopt.kolmogorov.sawtooth import POWER, second_difference, subtracted_power
from pdeopt.kolmogorov.stencil import Matrix, Offset, Split, Stencil
from pdeopt.systems import Langevin

__all__ = ["Kinetic", "kinetic_parts"]

RATES = ("central", "upwind")
WALLS = ("specular", "thermal")

DAMPING = 4.0
"""Default damping of sawteeth, in frequencies of the motion."""


@dataclass(frozen=True, eq=False, repr=False)
class Kinetic:
    """The generator of Langevin dynamics with momenta on a grid; see `kinetic_parts`.

    Parameters
    ----------
    masses : array, shape of the grid
        Invariant law: masses of the nodes' cells, which add up to 1.
    transport : Stencil
        Hamiltonian part, antisymmetric with the weights `masses`; rates of either sign.
    friction : Stencil
        Fokker-Planck part of the momenta, symmetric.
    upwinding : Stencil, optional
        Symmetric part that upwinding adds.
    differences : tuple of Stencil
        Second differences over 4 along the positions, symmetric.
    damping : float
        Rate at which their fourth powers are subtracted.
    reflections : tuple of int
        Axes of positions on whose walls p and -p are one state.
    """

    masses: FloatArray
    transport: Stencil
    friction: Stencil
    upwinding: Stencil | None
    differences: tuple[Stencil, ...]
    damping: float
    reflections: tuple[int, ...]

    @cached_property
    def stencil(self) -> Stencil:
        """All rates, as if walls were thermal."""
        parts = [part for part in (self.transport, self.friction, self.upwinding) if part is not None]
        if self.damping > 0.0:
            parts += [subtracted_power(difference, self.damping) for difference in self.differences]
        return sum_of(parts)

    @cached_property
    def matrix(self) -> Matrix:
        """The generator on the nodes in C order; rows sum to zero."""
        return sparse.csr_array(self.antisymmetric_part + self.reversible_part)

    @cached_property
    def antisymmetric_part(self) -> Matrix:
        """Hamiltonian part: ``masses[:, None] * matrix`` is antisymmetric."""
        return self._folded(self.transport)

    @cached_property
    def reversible_part(self) -> Matrix:
        """The rest: ``masses[:, None] * matrix`` is symmetric and negative semidefinite."""
        total = self._folded(self.friction if self.upwinding is None else sum_of([self.friction, self.upwinding]))
        for difference in self.differences if self.damping > 0.0 else ():
            # Folded before its power is taken: the wall is then no end to what crosses it.
            total = total - self.damping * sparse.linalg.matrix_power(self._folded(difference), POWER)
        if self.reflector is not None:
            total = total + odd_decay(np.abs(self.stencil.rates).sum(axis=0), self.reflector)
        return sparse.csr_array(total)

    @property
    def split(self) -> Split:
        """The generator by axes; jumps over more than one node are its mixed part.

        The transport along each axis is antisymmetric by itself, so that no part can grow; the diagonals that would
        make its row sums zero cancel between the axes.

        Raises
        ------
        ValueError
            If there are walls that reflect: they join nodes far apart.
        """
        if self.reflections:
            raise ValueError(
                f"walls='specular' on axes {list(self.reflections)} joins p and -p: no sum of lines. Use "
                "walls='thermal', which differs at the walls only, or a periodic axis, or `matrix`."
            )
        whole, transport = split_of(self.stencil), split_of(self.transport)
        axes = zip(whole.axes, transport.axes, strict=True)
        return replace(whole, axes=tuple(replace(part, diagonal=part.diagonal - one.diagonal) for part, one in axes))

    @cached_property
    def reflector(self) -> "Matrix | None":
        """Mean over p and -p on the walls, a projection; None if no wall reflects."""
        return mean_over_reflections(self.masses.shape, self.reflections) if self.reflections else None

    def flipped(self, values: FloatArray) -> FloatArray:
        """Return a field on the grid with all momenta reversed."""
        d = self.masses.ndim // 2
        return np.flip(values, axis=tuple(range(-d, 0)))

    def _folded(self, stencil: Stencil) -> Matrix:
        return stencil.matrix if self.reflector is None else folded(stencil.matrix, self.reflector)

    def __repr__(self) -> str:
        return f"<Kinetic on {' x '.join(map(str, self.masses.shape))} nodes>"


def kinetic_parts(
    system: Langevin, grid: Grid, *, rates: str = "central", walls: str = "specular", damping: float | None = None
) -> Kinetic:
    """Return L = (p/m) d_q - V' d_p + friction (-p d_p + (m/beta) d_pp) on a grid of positions and momenta.

    Parameters
    ----------
    system : Langevin
        With finite `beta`.
    grid : Grid
        Axes of the d positions, then of the d momenta, which are symmetric about 0; uniform or stretched, positions
        also periodic. The law should be negligible at the ends of the momenta: six thermal momenta do.
    rates : {"central", "upwind"}
        Transport of second order, which is antisymmetric but not monotone; or of first order and monotone, the matrix
        then being that of a Markov chain.
    walls : {"specular", "thermal"}
        What the ends of positions do: return -p for p; or return momenta as from a heat bath, by local rates.
    damping : float, optional
        Rate, per unit of time, at which functions that alternate between neighbouring positions are damped; it costs
        an error of eighth order. By default four frequencies of the motion; ignored by ``rates="upwind"``.

    Returns
    -------
    Kinetic

    Raises
    ------
    TypeError, ValueError
        If the grid does not fit the system, momenta are not symmetric about 0, or an argument is out of range.

    Notes
    -----
    With the adjoints D* in L2(exp(-beta H)), the Hamiltonian part is (D_p* D_q - D_q* D_p) / beta. Its discrete form
    is a flow with the stream function exp(-beta H) / beta at the centres of the boxes between nodes: antisymmetric with
    the weights `masses`, which it leaves invariant, on any grid. Flipping the momenta gives the adjoint. Upwinding adds
    half the absolute fluxes as a symmetric part, and keeps all of this.

    Any antisymmetric scheme on nodes carries alternating functions backwards, as if the potential were upside down; its
    spectrum has those of both. `damping` takes the second one away.

    Examples
    --------
    >>> import pdeopt
    >>> system = pdeopt.langevin(pdeopt.landscapes.double_well(), beta=4.0)
    >>> parts = kinetic_parts(system, pdeopt.Grid((-3.0, -3.0), (3.0, 3.0), (41, 41)))
    >>> bool(np.abs(parts.masses.ravel() @ parts.matrix).max() < 1e-15)
    True
    """
    _check(system, grid, rates, walls)
    cells = gibbs_cells(system, grid)
    transport, friction = _transport(cells, system, grid), _friction(cells, system, grid)
    positions, monotone = range(grid.dim // 2), rates == "upwind"
    upwinding = Stencil(transport.offsets, np.abs(transport.rates), transport.killing, grid.periodic)
    return Kinetic(
        cells.masses,
        transport,
        friction,
        upwinding if monotone else None,
        tuple(second_difference(cells.densities, grid, axis) for axis in positions),
        0.0 if monotone else _checked_damping(damping, cells, system, grid),
        tuple(axis for axis in positions if not grid.periodic[axis]) if walls == "specular" else (),
    )


def _transport(cells: GibbsCells, system: Langevin, grid: Grid) -> Stencil:
    d = grid.dim // 2
    table: dict[Offset, FloatArray] = {}
    for k in range(d):
        position, momentum = cells.faces[k], cells.faces[d + k]
        # Half the fluxes of the stream function: the velocity p / m and the force.
        velocity, force = -0.5 * momentum.slope / system.beta, 0.5 * position.slope / system.beta
        table[_step(k, 1, grid)], table[_step(k, -1, grid)] = velocity * position.up, -velocity * position.down
        table[_step(d + k, 1, grid)], table[_step(d + k, -1, grid)] = force * momentum.up, -force * momentum.down
    return _stencil(table, grid)


def _friction(cells: GibbsCells, system: Langevin, grid: Grid) -> Stencil:
    d = grid.dim // 2
    table: dict[Offset, FloatArray] = {}
    for axis in range(d, 2 * d):
        faces, diffusion = cells.faces[axis], system.friction * system.mass / system.beta
        table[_step(axis, 1, grid)] = diffusion * faces.up / faces.above
        table[_step(axis, -1, grid)] = diffusion * faces.down / faces.below
    return _stencil(table, grid)


def _step(axis: int, sign: int, grid: Grid) -> Offset:
    return tuple(sign if k == axis else 0 for k in range(grid.dim))


def _stencil(table: dict[Offset, FloatArray], grid: Grid) -> Stencil:
    rates = np.stack([np.broadcast_to(rate, grid.shape) for rate in table.values()])
    return Stencil(tuple(table), rates, np.zeros(grid.shape), grid.periodic)


def natural_frequency(cells: GibbsCells, system: Langevin, grid: Grid) -> float:
    """Return the root mean square force over the thermal momentum, not below the thermal crossing of the grid."""
    d = grid.dim // 2
    mean = sum(float(np.sum(cells.masses * _inner_slope(cells, k) ** 2)) for k in range(d)) / d
    longest = 2.0 * np.pi / max(grid.extent[:d])
    return float(np.sqrt((mean + longest**2) / (system.beta * system.mass)))


def _inner_slope(cells: GibbsCells, k: int) -> FloatArray:
    # On a wall the slope is that of the wall.
    faces = cells.faces[k]
    return np.where((faces.up > 0.0) & (faces.down > 0.0), faces.slope, 0.0)


def _checked_damping(damping: float | None, cells: GibbsCells, system: Langevin, grid: Grid) -> float:
    if damping is None:
        return DAMPING * natural_frequency(cells, system, grid)
    if not 0.0 <= float(damping) < np.inf:
        raise ValueError(
            f"damping={damping!r} must be at least 0 and finite, a rate per unit of time, e.g. damping=4.0."
        )
    return float(damping)


def _check(system: Langevin, grid: Grid, rates: str, walls: str) -> None:
    if not isinstance(system, Langevin):
        raise TypeError(f"system={system!r} has no momenta. Make one that has: pdeopt.langevin(f, beta, friction).")
    if grid.dim != system.dim:
        raise ValueError(
            f"grid has {grid.dim} axes, but the system has {system.dim} components: {system.dim // 2} positions, then "
            f"as many momenta. Use Grid({(-3.0,) * system.dim}, {(3.0,) * system.dim}, {(65,) * system.dim})."
        )
    if not np.isfinite(system.beta):
        raise ValueError(
            "the system has beta=inf, and no Gibbs law with a density. Use a finite beta, e.g. beta=100.0."
        )
    for name, value, known in (("rates", rates, RATES), ("walls", walls, WALLS)):
        if value not in known:
            raise ValueError(f"{name}={value!r} is not known: use one of {', '.join(map(repr, known))}.")
    if min(grid.shape) < 3:
        raise ValueError(f"grid has shape={grid.shape}, but an axis here needs at least 3 nodes. Use shape=65.")
    for axis in range(grid.dim // 2, grid.dim):
        _check_momenta(grid, axis)


def _check_momenta(grid: Grid, axis: int) -> None:
    nodes = grid.axes[axis]
    reach = float(np.abs(nodes).max())
    if grid.periodic[axis] or not np.allclose(nodes, -nodes[::-1], rtol=0.0, atol=1e-12 * reach):
        raise ValueError(
            f"axis {axis} of the grid holds momenta and runs from {nodes[0]:g} to {nodes[-1]:g}"
            f"{', periodic' if grid.periodic[axis] else ''}: it must be symmetric about 0, and not periodic. Use "
            f"lower={-reach:g}, upper={reach:g}, periodic=False on it."
        )
