"""The parameters of a PyTorch model as one vector, with the registers of a program."""

from collections.abc import Mapping, Sequence
from functools import cached_property, reduce
from itertools import pairwise
from typing import Any

import numpy as np
import torch

from pdeopt.kernels.networks.stretches import run_stretch
from pdeopt.kernels.programs import GRADIENT, OPERATION, POINT, SLOPE
from pdeopt.kernels.random import VECTOR_CHUNK
from pdeopt.networks.group_programs import Stretches, Tensor, blocks_of, put_together
from pdeopt.networks.torch_operations import run_on_tensors
from pdeopt.optimizers.machine import Machine

__all__ = ["FRESH", "READY", "WAITING", "Bank", "Chosen"]

FRESH, WAITING, READY = range(3)
"""A tensor has met no gradient, waits for the one that ends its step, or holds the one its next step starts with."""

MOST_PROGRAMS = 64

Chosen = tuple[bool, ...]
Rates = tuple[float, ...]


class Bank:
    """Registers of a method, one column for each parameter, and how far each tensor is.

    Parameters
    ----------
    groups : sequence of dict
        Groups of a `TorchOptimizer`.
    state : mapping of tensor to dict
        Registers of each tensor by name, where there are any.
    progress : mapping of tensor to tuple of int
        Steps that a tensor did, and its phase; by default it is new.
    frictions : mapping of str to float
        Variables of thermostats, where they are known.
    n_steps : int
        Steps done.
    compiled : bool
        Whether to use the compiled loop, in double precision, or operations on tensors.
    """

    def __init__(
        self,
        groups: Sequence[dict[str, Any]],
        state: Mapping[Any, dict[str, torch.Tensor]],
        progress: Mapping[Any, tuple[int, int]],
        frictions: Mapping[str, float],
        n_steps: int,
        *,
        compiled: bool,
    ) -> None:
        self.params: list[torch.Tensor] = [p for group in groups for p in group["params"]]
        self.names: list[str] = [name for group in groups for name in group["tensors"]]
        self._groups, self._compiled = groups, compiled
        self._edges = list(pairwise(np.cumsum([0, *(p.numel() for p in self.params)]).tolist()))
        done = [progress.get(p, (0, FRESH)) for p in self.params]
        self._late = [n_steps - steps for steps, _ in done]
        self.phases = [phase for _, phase in done]
        self._everyone: Chosen = (True,) * len(self.params)
        self.machine = self._machine(self._everyone, tuple(float(group["lr"]) for group in groups))
        self._set_up([state.get(p, {}) for p in self.params], frictions)

    def _set_up(self, kept: Sequence[dict[str, Any]], frictions: Mapping[str, float]) -> None:
        names, known = self.machine.registers, {**self.machine.thermostats, **frictions}
        dtype = torch.float64 if self._compiled else reduce(torch.promote_types, [p.dtype for p in self.params])
        kind: dict[str, Any] = {"dtype": dtype, "device": self.params[0].device}
        self._rows = torch.zeros(len(names), self._edges[-1][1], **kind)
        self._frictions = torch.tensor([*(known[name] for name in self.machine.thermostats), 0.0], **kind)
        self._arrays: Any = (self._rows.numpy(), self._frictions.numpy()) if self._compiled else ()
        self._scratch = np.empty(2 * VECTOR_CHUNK + 3)
        self._programs: dict[tuple[Chosen, Rates, tuple[int, ...]], Stretches] = {}
        self._views = [
            {name: row[a:b].view(p.shape) for name, row in zip(names, self._rows, strict=True)}
            for p, (a, b) in zip(self.params, self._edges, strict=True)
        ]
        self._points = [views[names[POINT]] for views in self._views]
        self._slopes = [views[names[SLOPE]] for views in self._views]
        for views, one in zip(self._views, kept, strict=True):
            for name in views.keys() & one.keys():
                views[name].copy_(one[name])

    @property
    def frictions(self) -> dict[str, float]:
        """Variables of thermostats, by name."""
        return dict(zip(self.machine.thermostats, self._frictions.tolist(), strict=False))

    @property
    def state(self) -> dict[torch.Tensor, dict[str, torch.Tensor]]:
        """Views of the registers of each tensor, by name."""
        kept = [{name: view for name, view in views.items() if name != "point"} for views in self._views]
        return dict(zip(self.params, kept, strict=True))

    def progress(self, n_steps: int) -> dict[torch.Tensor, tuple[int, int]]:
        """Return the steps that each tensor did, and its phase, after a number of steps."""
        done = [(n_steps - late, phase) for late, phase in zip(self._late, self.phases, strict=True)]
        return dict(zip(self.params, done, strict=True))

    def in_phase(self, phase: int, among: Chosen | None = None) -> Chosen:
        """Return which tensors are in a phase, of those given."""
        return tuple(one == phase and of for one, of in zip(self.phases, among or self._everyone, strict=True))

    def mark(self, chosen: Chosen, phase: int) -> None:
        """Set the phase of some tensors."""
        self.phases = [phase if one else old for one, old in zip(chosen, self.phases, strict=True)]

    @cached_property
    def needs_closure(self) -> bool:
        """Whether a step takes several gradients, or moves before it takes its only one."""
        starts_with_gradient = self.machine.code[:1, OPERATION] == GRADIENT
        return self.machine.n_gradients != 1 or not (self.machine.carries or starts_with_gradient.all())

    def read_gradients(self) -> Chosen:
        """Take the gradients from the parameters, and tell which have one."""
        for p, slope, name in zip(self.params, self._slopes, self.names, strict=True):
            if p.grad is not None:
                if p.grad.layout != torch.strided:
                    raise ValueError(
                        f"the gradient of {name} has layout {p.grad.layout}, which methods of vectors cannot take. "
                        "Use dense gradients, e.g. torch.nn.Embedding(..., sparse=False)."
                    )
                slope.copy_(p.grad)
        return tuple(p.grad is not None for p in self.params)

    def read_points(self, chosen: Chosen) -> None:
        """Take the point from the parameters."""
        for keep, p, point in zip(chosen, self.params, self._points, strict=True):
            if keep:
                point.copy_(p)

    def write_points(self, chosen: Chosen) -> None:
        """Set the parameters to the point."""
        for keep, p, point in zip(chosen, self.params, self._points, strict=True):
            if keep:
                p.copy_(point)

    def run(self, k: int, chosen: Chosen, rates: Rates, key: tuple[int, int, int]) -> None:
        """Carry out what follows gradient k of a step on some tensors; key is seed, run and step."""
        if not any(chosen):
            return
        program = (chosen, rates, tuple(self._late))
        if program not in self._programs:
            if len(self._programs) >= MOST_PROGRAMS:
                self._programs.clear()
            alike = len(set(rates)) == 1 and len(set(self._late)) == 1
            apart = chosen != self._everyone or not alike
            self._programs[program] = Stretches(self._machine(chosen, rates), apart=apart)
        code, constants = self._programs[program].of(k, key[2])
        if not len(code):
            return
        if self._compiled:
            bank, frictions = self._arrays
            finite = run_stretch(code, constants, bank, frictions, *key, self._scratch)
        else:
            finite = run_on_tensors(code, constants, self._rows, self._frictions, key)
        if not finite:
            raise FloatingPointError(self._blow_up(key[2]))

    def count(self, done: Chosen) -> None:
        """Note which tensors did the step that ends."""
        if done != self._everyone:
            self._late = [late + (not one) for late, one in zip(self._late, done, strict=True)]

    def _machine(self, chosen: Chosen, rates: Rates) -> Machine:
        found, first = [], 0
        for group, rate in zip(self._groups, rates, strict=True):
            end = first + len(group["params"])
            which = range(first, end)
            tensors = [Tensor(self.names[i], *self._edges[i], rate, self._late[i], chosen[i]) for i in which]
            found.append((group["method"], group["own"], tensors))
            first = end
        return put_together(blocks_of(found))

    def _blow_up(self, step: int) -> str:
        wrong = [name for name, point in zip(self.names, self._points, strict=True) if not point.isfinite().all()]
        return (
            f"step {step} made {', '.join(wrong)} infinite or not a number; parameters keep their last finite values. "
            "Use a smaller step size, or clip gradients with torch.nn.utils.clip_grad_norm_."
        )
