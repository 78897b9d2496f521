"""Records of training as control: one evaluation of the loss, and an optimum."""

from dataclasses import dataclass

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.grid import Grid

__all__ = ["ControlSolution", "ControlSweeps"]


@dataclass(frozen=True, eq=False, repr=False)
class ControlSweeps:
    """Loss and gradient of a random network, with the fields they come from.

    Parameters
    ----------
    loss : float
        Mean loss over points and noise.
    gradient : array, shape (n_parameters,)
        Of this loss as it is computed, exact up to rounding.
    values : array, shape (n_blocks + 1, n_functions, ``*grid.shape``)
        Value functions u_k(x), what a state x of block k earns in the mean: of the losses of each label, or for squared
        loss of half the square of the outputs and of each output with a minus sign.
    masses : array, shape (n_blocks + 1, n_functions, ``*grid.shape``)
        What each function counts at each node, the adjoint of `values`: their product sums to the loss in every block.
    density : array, shape (n_blocks + 1, ``*grid.shape``)
        Of the states of all points, adjoint density: sums to 1 with volumes of the grid's cells.
    gradient_density : array, shape (n_blocks, n_block_parameters)
        Derivative by the weights of a block, as long as it lasts, per unit of time: dJ/dw(t).
    leaving : float
        Probability with which states are moved back from beyond the grid, over all blocks.
    times : array, shape (n_blocks + 1,)
    grid : Grid
    picture : str
    constant : float
        Part of the loss that no network changes.
    error : float
        Difference of the loss to that by an interpolation of two nodes less: what the grid may be wrong by.
    """

    loss: float
    gradient: FloatArray
    values: FloatArray
    masses: FloatArray
    density: FloatArray
    gradient_density: FloatArray
    leaving: float
    times: FloatArray
    grid: Grid
    picture: str
    constant: float = 0.0
    error: float = np.nan

    @property
    def pairings(self) -> FloatArray:
        """The loss as values and masses of each block give it, shape (n_blocks + 1,): all the same."""
        n = len(self.values)
        products = self.values.reshape(n, -1) * self.masses.reshape(n, -1)
        found: FloatArray = products.sum(axis=1) + self.constant
        return found

    def __repr__(self) -> str:
        nodes = " x ".join(map(str, self.grid.shape))
        return f"<ControlSweeps, picture {self.picture!r} on {nodes} nodes: loss {self.loss:.6g} +- {self.error:.1g}>"


@dataclass(frozen=True, eq=False, repr=False)
class ControlSolution:
    """Parameters that minimise the mean loss of a random network in a picture of it.

    Parameters
    ----------
    parameters : array, shape (n_parameters,)
    loss : float
        Mean loss there, without weight decay.
    sweeps : ControlSweeps
        At these parameters.
    history : array, shape (n_iterations + 1,)
        What was minimised, from the start on. It changes without a step where a grid was found to be too small.
    slope : float
        Largest component of the gradient of what was minimised.
    converged : bool
        Whether the minimiser was content.
    message : str
        What it said.
    """

    parameters: FloatArray
    loss: float
    sweeps: ControlSweeps
    history: FloatArray
    slope: float
    converged: bool
    message: str

    @property
    def n_iterations(self) -> int:
        """Number of iterations."""
        return len(self.history) - 1

    def __repr__(self) -> str:
        done = "" if self.converged else ", not converged"
        return (
            f"<ControlSolution, picture {self.sweeps.picture!r}: loss {self.loss:.6g} after {self.n_iterations} "
            f"iterations, slope {self.slope:.2g}{done}>"
        )

    def __str__(self) -> str:
        rows = [
            ("picture", self.sweeps.picture),
            ("loss", f"{self.loss:.9g}, on this grid up to {self.sweeps.error:.1g}"),
            ("at the start", f"{self.history[0]:.9g}"),
            ("iterations", f"{self.n_iterations}, {'converged' if self.converged else self.message}"),
            ("slope", f"{self.slope:.2g}"),
            ("mass leaving the grid", f"{self.sweeps.leaving:.2g}"),
        ]
        return "\n".join(f"{name:<24}{value}" for name, value in rows)
