"""What is said when parameters leave the finite numbers."""

from dataclasses import replace
from time import perf_counter
from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.fit import Fit
from pdeopt.networks.run import Run
from pdeopt.networks.task import Task
from pdeopt.optimizers import Method, Partition

__all__ = ["TrainingBlowUpError", "blow_up_message", "blown_layer"]

HALVINGS = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 128, 256, 512, 1024)
"""By how many powers of two smaller the step sizes are that are tried."""
STEPS_A_CALL = 64
MOST_SECONDS = 1.0
"""How long smaller steps are tried at most, before the error is raised."""


class TrainingBlowUpError(FloatingPointError):
    """A parameter became infinite or not a number.

    Attributes
    ----------
    step : int
        The step that did it, counted from 0.
    layer : str
        The first layer with such a parameter.
    partial : Fit
        What was done until the record before.
    """

    def __init__(self, message: str, step: int, layer: str, partial: Fit) -> None:
        super().__init__(message)
        self.step, self.layer, self.partial = step, layer, partial

    def __reduce__(self) -> tuple[Any, ...]:
        """Return how to make it again, in another process too."""
        return type(self), (str(self), self.step, self.layer, self.partial)


def blown_layer(task: Task, point: FloatArray) -> str:
    """Return the first layer with a parameter that is no number; of none, that with the largest."""
    layers = task.structure.layers
    wrong = [name for name, part in layers.items() if not np.isfinite(point[part]).all()]
    return wrong[0] if wrong else max(layers, key=lambda name: float(np.abs(point[layers[name]]).max()))


def blow_up_message(task: Task, step: int, layer: str) -> str:
    """Return where it happened, with which settings, and what works: that has been tried."""
    where = f"Training left the finite numbers at step {step}, in {layer}"
    return f"{where}: {task.method}, batch_size={task.batch_size}. {_advice(task)}"


def _advice(task: Task) -> str:
    deadline, smaller = perf_counter() + MOST_SECONDS, task.method
    for power in HALVINGS:
        found = _scaled(task.method, 0.5**power)
        if found is None:
            return "Use smaller values of its step size schedule."
        smaller = found
        if _survives(replace(task, method=smaller), deadline):
            return f"Use {_sizes(smaller)}."
    return f"Use a smaller step size, e.g. {_sizes(smaller)}."


def _survives(task: Task, deadline: float) -> bool:
    """Tell whether all steps keep the finite numbers, or as many as there is time for."""
    run = Run(task, task.start)
    while run.step < task.n_steps and perf_counter() < deadline:
        if run.advance(min(STEPS_A_CALL, task.n_steps - run.step)) >= 0:
            return False
    return True


def _scaled(method: Method, factor: float) -> Method | None:
    """Return a method with other step sizes, None if they are no numbers."""
    if isinstance(method, Partition):
        parts = {name: _scaled(one, factor) for name, one in method.methods.items()}
        return None if None in parts.values() else replace(method, methods=parts)  # type: ignore[arg-type]
    size = getattr(method, "step_size", None)
    return None if size is None or callable(size) else replace(method, step_size=float(f"{factor * size:.6g}"))  # type: ignore[type-var]


def _sizes(method: Method) -> str:
    if isinstance(method, Partition):
        return ", ".join(f"{name!r}: {_sizes(one)}" for name, one in method.methods.items())
    return f"step_size={getattr(method, 'step_size', None):g}"
