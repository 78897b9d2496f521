"""One run of the training loop, which can be stopped and looked at."""

from contextlib import nullcontext

import numpy as np

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels import programs
from pdeopt.kernels.networks.training import advance
from pdeopt.kernels.random import VECTOR_CHUNK
from pdeopt.networks.blas_threads import one_blas_thread
from pdeopt.networks.task import MODES, Task
from pdeopt.optimizers import MethodState

__all__ = ["Run"]

BLOCK = 4096
"""Steps whose numbers are held at once, where they change from step to step."""

FIRST_GRADIENT = np.zeros((1, programs.N_COLUMNS), dtype=np.int64)
NO_NUMBERS = np.zeros((1, 1, programs.N_CONSTANTS))


class Run:
    """Steps of a task, from its start or from a state.

    Parameters
    ----------
    task : Task
    point : array, shape (n_parameters,)
    state : MethodState, optional
        What the method carries; by default that of the start.
    """

    def __init__(self, task: Task, point: FloatArray, state: MethodState | None = None) -> None:
        machine = task.machine
        begun = state or task.method.init(point, task.structure)
        self.task = task
        self.step = begun.n_steps
        self.bank = machine.bank(point, begun.vectors)
        self.frictions = np.array([*begun.frictions.values(), 0.0])
        self._order = np.full(task.data.n_train + 1, -1, dtype=np.int64)
        self._work = np.empty(task.net.work_size(task.batch_size))
        self._scratch = np.empty(2 * VECTOR_CHUNK + 3)
        self._slope = task.net.slope(blas=task.by_products)
        if machine.carries and state is None:
            self._advance(FIRST_GRADIENT, NO_NUMBERS, 1, 0)

    @property
    def point(self) -> FloatArray:
        """The parameters, a view."""
        point: FloatArray = self.bank[programs.POINT]
        return point

    @property
    def state(self) -> MethodState:
        """What the method carries, a copy."""
        machine = self.task.machine
        vectors = dict(zip(machine.registers[1:], self.bank[1:].copy(), strict=True))
        frictions = dict(zip(machine.thermostats, self.frictions.tolist(), strict=False))
        return MethodState(self.step, vectors, frictions, self.task.structure)

    def advance(self, n_steps: int) -> int:
        """Do steps, and return the one that left the finite numbers, or -1."""
        end = self.step + n_steps
        while self.step < end:
            n = min(end - self.step, BLOCK)
            machine = self.task.machine
            number = self.step * machine.n_gradients + machine.carries
            constants = self.task.numbers(np.arange(self.step, self.step + n))
            failed = self._advance(machine.code, constants, n, number)
            if failed >= 0:
                return failed
            self.step += n
        return -1

    def compile(self) -> None:
        """Compile the loop, which the first steps would do otherwise."""
        self._advance(self.task.machine.code, NO_NUMBERS, 0, 0)

    def _advance(self, code: IntArray, constants: FloatArray, n: int, number: int) -> int:
        task = self.task
        batch = (task.batch_size, MODES[task.batches], number)
        place = (task.net.layout, task.data.x_train, task.targets[0], batch, self._order)
        registers, key = (self.bank, self.frictions), (task.seed, task.run)
        with one_blas_thread() if task.by_products else nullcontext():
            return advance(
                *place, code, constants, *registers, *key, self.step, n, self._work, self._scratch, self._slope
            )
