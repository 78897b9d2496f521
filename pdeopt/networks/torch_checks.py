"""What a PyTorch optimizer is handed, checked, with messages that say the fix."""

from collections.abc import Mapping, Sequence
from dataclasses import fields
from typing import Any

import torch

from pdeopt.networks.group_programs import with_rate
from pdeopt.optimizers import Method, Schedule

__all__ = ["check_group", "check_state", "described", "needs_closure"]

DTYPES = (torch.float32, torch.float64)


def check_group(group: Mapping[str, Any], groups: Sequence[Mapping[str, Any]], *, compiled: bool | None) -> None:
    """Raise unless a group, the last of some, has a method and parameters that it can move."""
    number, method = len(groups) - 1, group["method"]
    if not isinstance(method, Method):
        raise TypeError(
            f"method={method!r} of group {number} is no training method. Use e.g. "
            "TorchOptimizer(params, pdeopt.optimizers.AdLaLa()), or {'params': ..., 'method': AdLa()}."
        )
    if "lr" in group:
        with_rate(method, float(group["lr"]))
    first = groups[0]["params"][0]
    for k, p in enumerate(group["params"]):
        name = group["param_names"][k] if "param_names" in group else f"parameter {k} of group {number}"
        if p.dtype not in DTYPES or p.layout != torch.strided:
            raise TypeError(f"{name} is {p.dtype}, {p.layout}; use dense float32 or float64, e.g. model.double().")
        if p.device != first.device:
            raise ValueError(f"{name} is on {p.device}, another one on {first.device}. Use one optimizer for each.")
        if compiled and p.device.type != "cpu":
            raise ValueError(f"compiled=True, but {name} is on {p.device}. Use compiled=None.")


def needs_closure(groups: Sequence[Mapping[str, Any]]) -> str:
    """Return what to say when a step without a closure is asked for."""
    methods = ", ".join(dict.fromkeys(str(group["method"]) for group in groups))
    return (
        f"step() has one gradient, at the parameters as they are, but {methods} takes several, or moves first. "
        "Use step(closure), with a function that calls zero_grad and backward and returns the loss."
    )


def check_state(state_dict: Mapping[str, Any], groups: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the saved groups without their methods, if they fit the groups there are."""
    if "pdeopt" not in state_dict:
        raise ValueError("state_dict is not from a TorchOptimizer. Use one that its state_dict() returned.")
    saved = state_dict["param_groups"]
    if [len(one["params"]) for one in saved] != [len(one["params"]) for one in groups]:
        raise ValueError("state_dict has other groups of parameters. Use an optimizer with groups of the same sizes.")
    for k, (one, group) in enumerate(zip(saved, groups, strict=True)):
        if one["method"] != described(group["method"]):
            raise ValueError(
                f"state_dict is from {one['method']} in group {k}, this optimizer has {described(group['method'])}. "
                "Use the same method."
            )
        for number, p in zip(one["params"], group["params"], strict=True):
            shapes = {tuple(value.shape) for value in state_dict["state"][number].values()}
            if shapes != {tuple(p.shape)}:
                raise ValueError(
                    f"state_dict has shape {shapes.pop()} for parameter {number}, which has shape {tuple(p.shape)}. "
                    "Use a model of the same shapes."
                )
    return [{name: value for name, value in one.items() if name != "method"} for one in saved]


def described(value: Any) -> str:
    """Return a method in words that are the same in every process: what a function is, they do not say."""
    if isinstance(value, Method):
        settings = [f"{one.name}={described(getattr(value, one.name))}" for one in fields(value)]  # type: ignore[arg-type]
        return f"{type(value).__name__}({', '.join(settings)})"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{key}: {described(one)}" for key, one in value.items()) + "}"
    return "schedule" if callable(value) and not isinstance(value, Schedule) else repr(value)
