"""What is looked at while a network is trained."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import BoolArray, FloatArray
from pdeopt.kernels import programs
from pdeopt.networks.history import QUANTILES
from pdeopt.networks.looks import full_gradient, look, score
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task

__all__ = ["OBSERVABLES", "Watch", "default_observables"]

OBSERVABLES = ("scores", "kinetic", "configurational", "friction", "quantiles")
"""What can be recorded."""

CHEAP_GRADIENT = 10**7
CHEAP_SORT = 10**6
MOMENTUM = "momentum"


def default_observables(task: Task) -> tuple[str, ...]:
    """Return what is recorded unless the caller says otherwise: all that costs little on this network and data."""
    costly = {
        "configurational": task.data.n_train * task.net.n_parameters > CHEAP_GRADIENT,
        "quantiles": task.net.n_parameters > CHEAP_SORT,
    }
    return tuple(name for name in OBSERVABLES if not costly.get(name, False))


@dataclass(frozen=True, eq=False)
class Watch:
    """Looks at runs of a task.

    Parameters
    ----------
    task : Task
    observe : sequence of str
        Of `OBSERVABLES`.
    validation : pair of arrays, optional
        Inputs and targets of a third set of data.
    threads : int, optional
    """

    task: Task
    observe: Sequence[str]
    validation: tuple[FloatArray, FloatArray] | None = None
    threads: int | None = None

    def record(self, run: Run, before: Mapping[str, Any] | None = None) -> dict[str, Any]:
        """Return everything to be recorded, by name: numbers, and seven quantiles for a tensor.

        `before` is the record before this one, since which thermostats are averaged.
        """
        found: dict[str, Any] = {"step": run.step}
        if "scores" in self.observe:
            names = ("train_loss", "test_loss", "train_accuracy", "test_accuracy")
            found |= dict(zip(names, look(self.task, run.point, self.threads), strict=True))
        if self.validation is not None:
            loss, accuracy = score(self.task.net, run.point, *self.validation, self.threads)
            known = 1.0 if self.task.data.n_classes else np.nan
            found |= {"validation_loss": loss, "validation_accuracy": known * accuracy}
        if "kinetic" in self.observe:
            found |= self._temperatures("kinetic", self._momentum(run))
            found |= self._temperatures("kinetic_half", self._half_step_momentum(run))
        if "configurational" in self.observe:
            gradient = full_gradient(self.task, run.point, self.threads)
            layers = self.task.structure.layers.items()
            found |= {f"configurational.{name}": float(np.mean(run.point[k] * gradient[k])) for name, k in layers}
        if "friction" in self.observe:
            z = dict(zip(self.task.machine.thermostats, run.frictions.tolist(), strict=False))
            found |= {f"friction.{name}": value for name, value in z.items()}
            found |= {f"thermostat.{name}": self._seen(name, k, found, before) for k, name in enumerate(z)}
        if "quantiles" in self.observe:
            tensors = self.task.structure.tensors.items()
            found |= {f"quantiles.{name}": quantiles(run.point[part]) for name, part in tensors}
        return found

    def _seen(self, name: str, k: int, now: Mapping[str, Any], before: Mapping[str, Any] | None) -> float:
        """Return the mean temperature that a thermostat has seen, from the change of its variable: exact for any run.

        The variable changes by ``c0 (sum p^2 - n c1)`` at every one of its instructions, which says what the sum of
        ``c0 sum p^2`` was.
        """
        column = f"friction.{name}"
        if before is None or before["step"] == now["step"]:
            return np.nan
        code, steps = self.task.machine.code, np.arange(before["step"], now["step"])
        acts = (code[:, programs.OPERATION] == programs.ADAPT) & (code[:, programs.THERMOSTAT] == k)
        sizes = (code[:, programs.STOP] - code[:, programs.START])[acts]
        numbers = self.task.numbers(steps)[:, acts]
        repeats = steps.size / len(numbers)
        rates = repeats * (numbers[..., 0] * sizes).sum()
        targets = repeats * (numbers[..., 0] * sizes * numbers[..., 1]).sum()
        return float((now[column] - before[column] + targets) / rates)

    @cached_property
    def _row(self) -> int | None:
        """The register of the momentum."""
        names = self.task.machine.registers
        return names.index(MOMENTUM) if MOMENTUM in names else None

    @cached_property
    def _moved(self) -> dict[str, slice]:
        """Layers that have a momentum."""
        code = self.task.machine.code
        touched = np.zeros(self.task.net.n_parameters, dtype=bool)
        for row in code[code[:, programs.TARGET] == (-1 if self._row is None else self._row)]:
            touched[row[programs.START] : row[programs.STOP]] = True
        return {name: part for name, part in self.task.structure.layers.items() if touched[part].all()}

    @cached_property
    def _kicks(self) -> tuple[list[int], BoolArray]:
        """Rows of the program that kick after the last friction or noise of their coordinates, last first.

        And which coordinates it can be undone for: not those that an older gradient has kicked since.
        """
        code, found, older = self.task.machine.code, [], False
        before, known = np.ones((2, self.task.net.n_parameters), dtype=bool)
        for i in range(len(code) - 1, -1, -1):
            operation, part = code[i, programs.OPERATION], slice(code[i, programs.START], code[i, programs.STOP])
            older = older or operation == programs.GRADIENT
            if code[i, programs.TARGET] != self._row or not before[part].all():
                continue
            is_kick = operation == programs.LINEAR and code[i, programs.FIRST] == programs.SLOPE
            if is_kick and not older:
                found.append(i)
            elif is_kick:
                known[part] = False
            else:
                before[part] = False
        return found, known

    def _momentum(self, run: Run) -> FloatArray | None:
        return None if self._row is None else run.bank[self._row]

    def _half_step_momentum(self, run: Run) -> FloatArray | None:
        """Return the momentum with the kicks taken back that came after the last friction or noise."""
        momentum = self._momentum(run)
        if momentum is None or run.step == 0:
            return momentum
        p, machine = momentum.copy(), self.task.machine
        numbers = self.task.numbers(np.array([run.step - 1]))[0]
        for i in self._kicks[0]:
            part = slice(machine.code[i, programs.START], machine.code[i, programs.STOP])
            p[part] -= numbers[i, 1] * run.bank[programs.SLOPE, part]
        return np.where(self._kicks[1], p, np.nan)

    def _temperatures(self, name: str, p: FloatArray | None) -> dict[str, float]:
        if p is None:
            return {}
        return {f"{name}.{layer}": float(np.mean(p[part] ** 2)) for layer, part in self._moved.items()}


def quantiles(values: FloatArray) -> FloatArray:
    """Return the quantiles at the shares `QUANTILES`, linear between values: `numpy.quantile`, faster on few."""
    ranks = np.multiply(QUANTILES, values.size - 1)
    return np.interp(ranks, np.arange(values.size), np.sort(values))
