"""What is said when parameters leave the finite numbers."""

from typing import Any

import numpy as np

from pdeopt._types import FloatArray
from pdeopt.networks.fit import Fit
from pdeopt.networks.task import Task
from pdeopt.optimizers import Method, Partition

__all__ = ["TrainingBlowUpError", "blow_up_message", "blown_layer"]


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
    """Return where it happened, with which settings, and what works."""
    where = f"Training left the finite numbers at step {step}, in {layer}"
    return f"{where}: {task.method}, batch_size={task.batch_size}. {_advice(task.method)}"


def _advice(method: Method) -> str:
    if isinstance(method, Partition):
        return "Use half the step sizes: " + ", ".join(
            f"{name!r}: step_size={half}" for name, one in method.methods.items() if (half := _half(one)) is not None
        )
    half = _half(method)
    return "Use a schedule of smaller steps." if half is None else f"Use half the step size, step_size={half}."


def _half(method: Method) -> float | None:
    size = getattr(method, "step_size", None)
    return None if size is None or callable(size) else float(f"{0.5 * size:.6g}")
