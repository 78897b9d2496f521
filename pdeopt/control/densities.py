"""Densities that diffuse in a potential: the record."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
from scipy.special import logsumexp, xlogy

from pdeopt._types import FloatArray
from pdeopt.control.moments import Moments
from pdeopt.control.saving import load_record, save_record
from pdeopt.grid import Grid
from pdeopt.kolmogorov.potentials import gibbs_masses

__all__ = ["DensityEvolution"]


@dataclass(frozen=True, eq=False, repr=False)
class DensityEvolution(Moments):
    """Densities at several times of rho_t = div(rho grad V) + nu lap rho.

    Parameters
    ----------
    times : array, shape (n_times,)
        From 0 on.
    values : array, shape ``(n_times, *grid.shape)``
        Density at each time: nowhere negative, its mass 1 to rounding.
    potential : array, same shape
        V at each time, at the nodes.
    grid : Grid
        Whose ends reflect, or are periodic.
    volumes : array, shape ``grid.shape``
        Of the cells: ``(values * volumes).sum()`` over the grid is the mass.
    viscosity : float
        nu, in units of loss.
    fixed : bool
        Whether V is the same at all times.
    words : str
        What V is.
    method : str
        ``"exponential"`` or ``"backward-euler"``.
    n_steps : int
        Steps taken in all.
    error : array, shape (n_times,)
        Estimate of the mass that `values` have in the wrong place, half of their L1 distance from the exact densities:
        from a run on every other node with half as many steps. NaN where there is no such run: an axis of an even
        number of nodes (periodic: odd), or one step for each time.
    rounding : float
        Mass that rounding took or gave in all steps together; it has been put back in proportion.
    seconds : float
        Wall time.

    Notes
    -----
    With `mass`, `mean`, `covariance` and `expectation` at each time.
    """

    times: FloatArray
    values: FloatArray
    potential: FloatArray
    grid: Grid
    volumes: FloatArray
    viscosity: float
    fixed: bool
    words: str
    method: str
    n_steps: int
    error: FloatArray
    rounding: float
    seconds: float = 0.0

    @property
    def final(self) -> FloatArray:
        """Density at the last time, shape ``grid.shape``."""
        return np.asarray(self.values[-1])

    @cached_property
    def stationary(self) -> FloatArray:
        """Density exp(-V / nu) / Z of the last potential, shape ``grid.shape``."""
        return gibbs_masses(self.potential[-1], self.grid, self.viscosity) / self.volumes

    @cached_property
    def free_energy(self) -> FloatArray:
        """Energy int rho V + nu int rho log rho at each time, shape (n_times,); it falls where V is fixed."""
        return self._integrals(self.values * self.potential + self.viscosity * xlogy(self.values, self.values))

    @cached_property
    def relative_entropy(self) -> FloatArray:
        """Entropy int rho log(rho / rho_V) at each time, rho_V the Gibbs density of V then, shape (n_times,).

        It falls to 0 where V is fixed, in each step.
        """
        axes = tuple(range(1, self.values.ndim))
        scaled = self.potential / self.viscosity
        partition = logsumexp(np.log(self.volumes) - scaled, axis=axes, keepdims=True)
        return self._integrals(xlogy(self.values, self.values) + self.values * (scaled + partition))

    def save(self, path: str | Path) -> Path:
        """Write the record to an .npz file; nothing is left half-written."""
        return save_record(self, path)

    @classmethod
    def load(cls, path: str | Path) -> "DensityEvolution":
        """Read a record written by `save`."""
        return load_record(cls, path)

    def _integrals(self, fields: FloatArray) -> FloatArray:
        return np.asarray((fields * self.volumes).reshape(len(self.times), -1).sum(axis=1))

    @property
    def _nodes(self) -> Grid:
        return self.grid

    def __str__(self) -> str:
        nodes, gap = " x ".join(map(str, self.grid.shape)), float(np.abs(self.mass - 1.0).max())
        known = np.isfinite(self.error[-1])
        error = f"error at the end {self.error[-1]:.1e} of the mass" if known else "error not estimated"
        energy = f"free energy {self.free_energy[0]:.6g} to {self.free_energy[-1]:.6g}"
        return (
            f"Density in {self.words}, viscosity {self.viscosity:g}, on {nodes} nodes: {len(self.times)} times from "
            f"{self.times[0]:g} to {self.times[-1]:g}\n  mass off by {gap:.1e} ({self.rounding:.1e} of rounding put "
            f"back), lowest density {float(self.values.min()):.2g}; {energy}, relative entropy at the end "
            f"{self.relative_entropy[-1]:.3g}\n  {self.n_steps} steps, {self.method}; {error}; {self.seconds:.2f} s"
        )

    def __repr__(self) -> str:
        return f"<DensityEvolution in {self.words}: shape {self.values.shape}, viscosity {self.viscosity:g}>"
