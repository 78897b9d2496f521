"""The viscous term by itself: implicit steps and exact flows."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from scipy.sparse import csc_matrix, csr_matrix, diags_array, eye_array, kron
from scipy.sparse.linalg import expm_multiply, splu

from pdeopt._types import FloatArray
from pdeopt.hamilton_jacobi.finite_differences.eigenmodes import Eigenmodes
from pdeopt.hamilton_jacobi.finite_differences.mesh import Mesh
from pdeopt.hamilton_jacobi.finite_differences.problem import HamiltonJacobi

__all__ = ["Diffusion"]

SYMMETRIC = {"SymmetricMode": True}
"""The pattern is symmetric and the diagonal dominates: half the fill-in, and no pivots."""


@dataclass(eq=False)
class Diffusion:
    """The operator `nu lap` of a problem on a mesh, by the three-point Laplacian or that of sixth order.

    With one viscosity on uniform axes, trigonometric transforms along each axis diagonalise it. Else it is a sparse
    matrix, factored once for each length of a step.

    Parameters
    ----------
    problem : HamiltonJacobi
    mesh : Mesh
    threads : int
        For the transforms.
    wide : bool
        Whether the Laplacian of sixth order is taken where transforms are: for walls that are periodic or reflecting.

    Notes
    -----
    At a wall of extrapolation nothing diffuses across: this is what a ghost node on the straight line through the last
    two nodes means. Along the wall, values diffuse. Values given at walls are set at the time that is passed, and do
    not change.
    """

    problem: HamiltonJacobi
    mesh: Mesh
    threads: int = 1
    wide: bool = False
    factors: dict[float, Any] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self.nu = self.problem.viscosity_values
        # Along a wall, given values do not diffuse: then axes are not independent.
        separable = self.mesh.grid.dim == 1 or not self.mesh.given
        transforms = self.nu.ndim == 0 and all(self.mesh.grid.uniform) and separable
        self.modes = Eigenmodes(self.mesh.grid, self.mesh.walls, self.threads, self.wide) if transforms else None

    def solve(self, padded: FloatArray, weight: float, t: float) -> None:
        """Replace a field `v` by the solution `w` of `w - weight nu lap w = v`, with the wall values of a time."""
        values = self._prepared(padded, t)
        if self.modes:
            values[...] = self.modes.multiplied(values, lambda eigenvalue: 1.0 / (1.0 - weight * self.nu * eigenvalue))
        else:
            values[...] = self._factor(weight).solve(values.ravel()).reshape(values.shape)

    def flow(self, padded: FloatArray, dt: float, t: float) -> None:
        """Replace a field by the solution of `w' = nu lap w` after a time `dt`, with the wall values of a time `t`."""
        values = self._prepared(padded, t)
        if self.modes:
            values[...] = self.modes.multiplied(values, lambda eigenvalue: np.exp(dt * self.nu * eigenvalue))
        else:
            values[...] = expm_multiply(dt * self.matrix, values.ravel()).reshape(values.shape)

    def _prepared(self, padded: FloatArray, t: float) -> FloatArray:
        if self.mesh.given:
            self.mesh.fill(padded, t)
        return self.mesh.inside(padded)

    @cached_property
    def matrix(self) -> csr_matrix:
        """The operator as a matrix, nodes in C order."""
        total: Any = csr_matrix((self.mesh.grid.size, self.mesh.grid.size))
        for axis in range(self.mesh.grid.dim):
            before, after = int(np.prod(self.mesh.grid.shape[:axis])), int(np.prod(self.mesh.grid.shape[axis + 1 :]))
            total = total + kron(kron(eye_array(before), self._axis_matrix(axis)), eye_array(after))
        nu = np.broadcast_to(self.nu, self.mesh.grid.shape).ravel().copy()
        for wall in self.mesh.given:
            nu[wall.nodes] = 0.0
        return csr_matrix(diags_array(nu) @ total)

    def _axis_matrix(self, axis: int) -> Any:
        """Return the three-point second derivative along one axis."""
        gaps, (low, high) = self.mesh.layout.gaps[axis], self.mesh.walls[axis]
        before, after = gaps[:-1], gaps[1:]
        both = 2.0 * before * after / (before + after)
        down, up = both * before, both * after
        n = before.size
        bands: Any = [down[1:], -(down + up), up[:-1]]
        rows = diags_array(bands, offsets=[-1, 0, 1], shape=(n, n)).tolil()
        if low == "periodic":
            rows[0, n - 1] += down[0]
            rows[n - 1, 0] += up[-1]
            return rows
        for wall, inner, kind, lost in ((0, 1, low, down[0]), (n - 1, n - 2, high, up[-1])):
            if kind == "reflecting":
                rows[wall, inner] += lost
            else:
                rows[wall, :] = 0.0
        return rows

    def _factor(self, weight: float) -> Any:
        if weight not in self.factors:
            # A run uses few lengths of steps at a time: two for the last, shorter one.
            if len(self.factors) > 1:
                self.factors.pop(next(iter(self.factors)))
            matrix = csc_matrix(eye_array(self.mesh.grid.size) - weight * self.matrix)
            self.factors[weight] = splu(matrix, permc_spec="MMD_AT_PLUS_A", diag_pivot_thresh=0.0, options=SYMMETRIC)
        return self.factors[weight]
