"""What a scan can vary: settings of a method, of the parts of a partition, of the network and of the training."""

from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass, replace
from itertools import product
from typing import Any

import numpy as np

from pdeopt.networks.ensemble_runs import EnsembleTask
from pdeopt.optimizers import Method, Partition

__all__ = ["cells", "checked_settings", "with_settings"]

OF_TRAINING = ("batch_size", "batches", "initial", "n_steps")


def checked_settings(settings: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """Return the values of settings as lists, at least one of each."""
    if not isinstance(settings, Mapping) or not settings:
        raise TypeError(f"settings={settings!r} must map names to values, e.g. settings={{'step_size': [0.1, 0.2]}}.")
    found: dict[str, list[Any]] = {}
    for name, values in settings.items():
        if isinstance(values, str) or not np.iterable(values) or len(list(values)) == 0:
            raise TypeError(f"settings[{name!r}]={values!r} must be a sequence of values, e.g. [{values!r}].")
        plain = getattr(values, "tolist", lambda values=values: list(values))
        found[name] = plain()
    return found


def cells(settings: Mapping[str, Sequence[Any]]) -> list[dict[str, Any]]:
    """Return every combination of values, the last setting varying fastest."""
    return [dict(zip(settings, values, strict=True)) for values in product(*settings.values())]


def with_settings(task: EnsembleTask, chosen: Mapping[str, Any]) -> EnsembleTask:
    """Return a task with some settings changed."""
    for name, value in chosen.items():
        task = _with_setting(task, name, value)
    return task


def _with_setting(task: EnsembleTask, name: str, value: Any) -> EnsembleTask:
    if name in OF_TRAINING:
        return replace(task, **{name: value})
    if name in task.net.settings:
        return replace(task, net=task.net.changed(**{name: value}))
    return replace(task, method=value if name == "method" else _method_with(task, task.method, name, value))


def _method_with(task: EnsembleTask, method: Method, name: str, value: Any) -> Method:
    """Return a method with a setting changed, ``part.setting`` for a part of a partition."""
    part, _, setting = name.rpartition(".")
    if part and isinstance(method, Partition) and part in method.methods:
        changed = _method_with(task, method.methods[part], setting, value)
        return replace(method, methods={**method.methods, part: changed})  # type: ignore[dict-item]
    if name not in _names(method):
        known = [*_names(method), "method", *OF_TRAINING, *task.net.settings]
        raise ValueError(f"setting {name!r} is not one of {method.name}. Use one of {', '.join(known)}.")
    return replace(method, **{name: value})  # type: ignore[type-var]


def _names(method: Method) -> list[str]:
    if isinstance(method, Partition):
        return [f"{part}.{name}" for part, one in method.methods.items() for name in _names(one)]
    return [one.name for one in fields(method) if one.init] if is_dataclass(method) else []
