"""The instructions of a program as operations on tensors, for devices that the compiled loop does not reach."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs

__all__ = ["OPERATIONS", "run_on_tensors"]


@dataclass(frozen=True, eq=False)
class Operands:
    """What one instruction works on.

    Parameters
    ----------
    bank : tensor, shape (n_registers, n)
        The registers, at the coordinates of the instruction.
    z : tensor, shape (1,)
        The variable of its thermostat.
    row : list of int
        See `pdeopt.kernels.programs`.
    c : list of float
        Its numbers.
    key : tuple of int
        Seed, run and step.
    """

    bank: torch.Tensor
    z: torch.Tensor
    row: list[int]
    c: list[float]
    key: tuple[int, int, int]

    @property
    def target(self) -> torch.Tensor:
        """The register that changes."""
        return self.bank[self.row[programs.TARGET]]

    @property
    def first(self) -> torch.Tensor:
        """The first source."""
        return self.bank[self.row[programs.FIRST]]

    @property
    def second(self) -> torch.Tensor:
        """The second source."""
        return self.bank[self.row[programs.SECOND]]

    def normals(self, n_vectors: int) -> torch.Tensor:
        """Return the normals of the compiled loop, shape (n_vectors, n)."""
        out = np.empty((n_vectors, self.bank.shape[1]))
        programs.fill_row(*self.key, self.row[programs.BLOCK], out)
        return torch.from_numpy(out).to(self.bank)


def run_on_tensors(
    code: IntArray,
    constants: FloatArray,
    bank: torch.Tensor,
    frictions: torch.Tensor,
    key: tuple[int, int, int],
) -> bool:
    """Carry out instructions in turn, and tell whether the point is finite after them.

    Parameters
    ----------
    code : int array, shape (n_instructions, 8)
        None of them is GRADIENT, see `pdeopt.kernels.programs`.
    constants : array, shape (n_instructions, 6)
        Their numbers.
    bank : tensor, shape (n_registers, d)
        The registers, changed in place.
    frictions : tensor, shape (n_thermostats,)
        Variables of thermostats, changed in place.
    key : tuple of int
        Seed, run and step: the normals are those of the compiled loop, made by the processor.
    """
    for row, c in zip(code.tolist(), constants.tolist(), strict=True):
        part = bank[:, row[programs.START] : row[programs.STOP]]
        z = frictions[row[programs.THERMOSTAT] : row[programs.THERMOSTAT] + 1]
        OPERATIONS[row[programs.OPERATION]](Operands(part, z, row, c, key))
    return bool(torch.isfinite(bank[programs.POINT]).all())


def _linear(on: Operands) -> None:
    second = on.c[2] * on.second if on.c[2] else 0.0
    on.target.mul_(on.c[0]).add_(on.c[1] * on.first + second)


def _noise(on: Operands) -> None:
    drift = on.c[1] * on.first if on.c[1] else 0.0
    on.target.mul_(on.c[0]).add_(on.c[2] * on.normals(1)[0] + drift)


def _flight(on: Operands) -> None:
    r, w = on.normals(2)
    on.target.add_(on.c[0] * on.first + on.c[1] * r + on.c[2] * w)
    on.first.mul_(on.c[3]).add_(r, alpha=on.c[4])


def _brake(on: Operands) -> None:
    on.target.mul_(torch.exp(-on.c[0] * on.z))


def _relax(on: Operands) -> None:
    t, at_rest = on.c[0], on.z == 0.0
    z = torch.where(at_rest, torch.ones_like(on.z), on.z)
    time = torch.where(at_rest, torch.full_like(z, t), -torch.expm1(-2.0 * t * z) / (2.0 * z))
    on.target.mul_(torch.exp(-t * on.z)).add_(on.c[1] * torch.sqrt(time) * on.normals(1)[0])


def _adapt(on: Operands) -> None:
    on.z.add_(on.c[0] * (torch.dot(on.target, on.target) - on.target.numel() * on.c[1]))


def _scaled(on: Operands) -> None:
    point, g, v = on.bank[programs.POINT], on.bank[programs.SLOPE], on.target
    v.mul_(on.c[0]).addcmul_(g, g, value=1.0 - on.c[0])
    point.addcdiv_(g, torch.sqrt(v) + on.c[2], value=-on.c[1])


def _adam(on: Operands) -> None:
    point, g, m, v = on.bank[programs.POINT], on.bank[programs.SLOPE], on.target, on.first
    m.mul_(on.c[0]).add_(g, alpha=1.0 - on.c[0])
    v.mul_(on.c[1]).addcmul_(g, g, value=1.0 - on.c[1])
    point.addcdiv_(m, on.c[3] * torch.sqrt(v) + on.c[4], value=-on.c[2])


OPERATIONS: dict[int, Callable[[Operands], None]] = {
    programs.LINEAR: _linear,
    programs.NOISE: _noise,
    programs.FLIGHT: _flight,
    programs.BRAKE: _brake,
    programs.RELAX: _relax,
    programs.ADAPT: _adapt,
    programs.SCALED: _scaled,
    programs.ADAM: _adam,
}
"""What each operation does, in the order of their numbers."""
