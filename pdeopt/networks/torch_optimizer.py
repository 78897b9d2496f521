"""Training methods as PyTorch optimizers; this module imports torch."""

from collections.abc import Callable, Iterable
from typing import Any

import torch

from pdeopt.networks.group_programs import rate_of
from pdeopt.networks.tensor_names import by_module, by_order, in_one_layer
from pdeopt.networks.torch_bank import FRESH, READY, WAITING, Bank, Chosen
from pdeopt.networks.torch_checks import check_group, check_state, described, needs_closure
from pdeopt.optimizers import Method

__all__ = ["TorchOptimizer"]


class TorchOptimizer(torch.optim.Optimizer):  # type: ignore[misc, unused-ignore]
    """A training method that moves the parameters of a PyTorch model.

    Parameters
    ----------
    params : iterable of tensor, of (str, tensor) or of dict
        What any PyTorch optimizer takes: ``model.parameters()``, ``model.named_parameters()``, or groups
        ``{"params": ..., "method": ..., "lr": ...}``. A group may have a method and a learning rate of its own.
    method : Method, optional
        The method of groups that have none of their own.
    seed, run : int
        With the number of a step they determine its noise.
    compiled : bool, optional
        Whether the compiled loop does the steps, in double precision whatever the parameters have; else they are
        operations on tensors, on any device. By default compiled where the parameters are in main memory.

    Raises
    ------
    TypeError, ValueError
        If a group has no method, or parameters of a kind that methods do not take, or a name is not found.

    Notes
    -----
    ``step()`` after ``loss.backward()`` runs the method from where it waits for a gradient to where it needs the next
    one. Methods that carry a gradient over, such as BAOAB and AdLaLa, end a step half a kick late: after n calls the
    parameters are those after n steps, the momenta those before the last kick. Methods that take several gradients
    in a step, or move before they take one, need ``step(closure)``.

    A group with a method of its own is a network by itself to it. The other groups are one network: its layers are
    the groups if there are several, else modules where the parameters have names, else what begins with a tensor of
    two axes or more. They are called ``layer1``, ``layer2``, ..., see ``optimizer.param_groups[k]["tensors"]``.

    ``lr`` of a group is the step size of its method if that is a number; if it is a schedule, or the method is a
    `Partition`, it is a factor on step sizes, 1 at the start. Parameters without a gradient sit out the step. Those of
    several kinds may be float32 and float64, but must be on one device.

    Examples
    --------
    >>> from pdeopt.optimizers import BAOAB
    >>> x = torch.nn.Parameter(torch.tensor([1.0, -2.0], dtype=torch.float64))
    >>> optimizer = TorchOptimizer([x], BAOAB(step_size=0.1, friction=0.0, temperature=0.0))
    >>> (x @ x).backward()
    >>> optimizer.step()
    >>> x.tolist()
    [0.99, -1.98]
    """

    def __init__(
        self,
        params: Iterable[Any],
        method: Method | None = None,
        *,
        seed: int = 0,
        run: int = 0,
        compiled: bool | None = None,
    ) -> None:
        given = params if isinstance(params, torch.Tensor) else list(params)
        shared = [one for one in given if isinstance(one, dict) and "method" not in one]
        self.seed, self.run, self.n_steps = seed, run, 0
        self._compiled, self._by_group = compiled, len(shared) > 1
        self._bank: Bank | None = None
        self._known: dict[str, float] = {}
        self._progress: dict[torch.Tensor, tuple[int, int]] = {}
        self._begun_with: tuple[float, ...] = ()
        super().__init__(given, {"method": method})

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add a group of parameters; one without a method of its own is a new layer, or layers, of the network.

        Parameters
        ----------
        param_group : dict
            ``params``, and if wanted ``method`` and ``lr``.
        """
        own = isinstance(param_group, dict) and "method" in param_group
        super().add_param_group(param_group)
        group = self.param_groups[-1]
        try:
            check_group(group, self.param_groups, compiled=self._compiled)
            group["own"], group["tensors"] = own, self._names(group, own=own)
            group.setdefault("lr", rate_of(group["method"]))
        except BaseException:
            self.param_groups.pop()
            raise
        self._store()
        self._bank = None

    def _names(self, group: dict[str, Any], *, own: bool) -> list[str]:
        others = [name.partition(".")[0] for one in self.param_groups[:-1] if not one["own"] for name in one["tensors"]]
        first = 1 if own else 1 + len(set(others))
        alone = own or not self._by_group
        begin = first if alone else 1
        named = "param_names" in group
        names = by_module(group["param_names"], begin) if named else by_order([p.ndim for p in group["params"]], begin)
        return names if alone else in_one_layer(names, first)

    @property
    def frictions(self) -> dict[str, float]:
        """Variables of thermostats, by the name of what shares one."""
        return self._ready().frictions

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Go on by one step.

        Parameters
        ----------
        closure : callable, optional
            Clears the gradients, computes the loss, calls its ``backward`` and returns it. It is called for every
            gradient that the step takes, and the step is then done to its end. Without it the gradients that the
            parameters hold are taken.

        Returns
        -------
        What the closure returned first, or None.

        Raises
        ------
        RuntimeError
            If the method needs a closure.
        FloatingPointError
            If a parameter becomes infinite or not a number; the message names it.
        """
        bank = self._ready()
        with torch.no_grad():
            return self._take(bank) if closure is None else self._ask(bank, closure)

    @property
    def _rates(self) -> tuple[float, ...]:
        return tuple(float(group["lr"]) for group in self.param_groups)

    @property
    def _key(self) -> tuple[int, int, int]:
        return self.seed, self.run, self.n_steps

    def _take(self, bank: Bank) -> None:
        if bank.needs_closure:
            raise RuntimeError(needs_closure(self.param_groups))
        rates, has = self._rates, bank.read_gradients()
        bank.read_points(has)
        if bank.machine.carries:
            self._finish(bank, has)
            bank.run(0, has, rates, self._key)
            bank.mark(has, WAITING)
            self._begun_with = rates
        else:
            bank.run(1, has, rates, self._key)
            self._count(bank, has)
        bank.write_points(has)

    def _finish(self, bank: Bank, has: Chosen) -> None:
        if WAITING in bank.phases:
            done = bank.in_phase(WAITING, has)
            bank.run(1, done, self._begun_with + self._rates[len(self._begun_with) :], self._key)
            self._count(bank, done)

    def _ask(self, bank: Bank, closure: Callable[[], Any]) -> Any:
        losses: list[Any] = []
        if WAITING not in bank.phases:
            self._begin(bank, closure, losses)
        bank.read_points(bank.in_phase(WAITING))
        for k in range(1, bank.machine.n_gradients + 1):
            has = evaluated(bank, closure, losses)
            chosen = bank.in_phase(WAITING, has)
            bank.run(k, chosen, self._begun_with, self._key)
            bank.write_points(chosen)
        self._count(bank, chosen)
        bank.mark(bank.in_phase(WAITING), FRESH)
        bank.mark(has, READY)
        return losses[0]

    def _begin(self, bank: Bank, closure: Callable[[], Any], losses: list[Any]) -> None:
        chosen = tuple(p.requires_grad for p in bank.params)
        if bank.machine.carries:
            if READY not in bank.phases:
                bank.mark(evaluated(bank, closure, losses), READY)
            chosen = bank.in_phase(READY)
        self._begun_with = self._rates
        bank.read_points(chosen)
        bank.run(0, chosen, self._begun_with, self._key)
        bank.write_points(chosen)
        bank.mark(chosen, WAITING)

    def _count(self, bank: Bank, done: Chosen) -> None:
        self.n_steps += 1
        bank.count(done)

    def _ready(self) -> Bank:
        if self._bank is None:
            kind = self.param_groups[0]["params"][0].device.type
            compiled = kind == "cpu" if self._compiled is None else self._compiled
            known = (self.state, self._progress, self._known, self.n_steps)
            self._bank = Bank(self.param_groups, *known, compiled=compiled)
            self.state.update(self._bank.state)
        return self._bank

    def _store(self) -> None:
        if self._bank is not None:
            self._known, self._progress = self._bank.frictions, self._bank.progress(self.n_steps)

    def state_dict(self) -> dict[str, Any]:
        """Return what `load_state_dict` needs to go on with the same bits: copies, numbers and words only."""
        self._ready()
        self._store()
        found: dict[str, Any] = super().state_dict()
        for kept in found["state"].values():
            kept.update({name: value.clone() for name, value in kept.items()})
        for group in found["param_groups"]:
            group["method"] = described(group["method"])
        progress = [list(self._progress[p]) for group in self.param_groups for p in group["params"]]
        numbers = {"seed": self.seed, "run": self.run, "n_steps": self.n_steps, "begun_with": list(self._begun_with)}
        found["pdeopt"] = {**numbers, "frictions": dict(self._known), "progress": progress}
        return found

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Go on from a state: seed, count of steps, registers and learning rates become those saved.

        Parameters
        ----------
        state_dict : dict
            From `state_dict` of an optimizer with the same methods and shapes.

        Raises
        ------
        ValueError
            If it is from another optimizer, from other methods, or for tensors of other shapes.
        """
        methods = [group["method"] for group in self.param_groups]
        groups = check_state(state_dict, self.param_groups)
        super().load_state_dict({**state_dict, "param_groups": groups})
        for group, method in zip(self.param_groups, methods, strict=True):
            group["method"] = method
        params = [p for group in self.param_groups for p in group["params"]]
        saved = state_dict["pdeopt"]
        self.seed, self.run, self.n_steps = saved["seed"], saved["run"], saved["n_steps"]
        self._begun_with, self._known = tuple(saved["begun_with"]), dict(saved["frictions"])
        self._progress = {p: (steps, phase) for p, (steps, phase) in zip(params, saved["progress"], strict=True)}
        # Those that PyTorch loads have lost digits where the parameters are float32.
        self.state.update({p: dict(state_dict["state"][k]) for k, p in enumerate(params)})
        self._bank = None

    def __getstate__(self) -> dict[str, Any]:
        """Return what a copy needs; its registers are laid out anew."""
        self._store()
        own = ("seed", "run", "n_steps", "_compiled", "_by_group", "_known", "_progress", "_begun_with")
        return {**super().__getstate__(), **{name: getattr(self, name) for name in own}, "_bank": None}


def evaluated(bank: Bank, closure: Callable[[], Any], losses: list[Any]) -> Chosen:
    """Call a closure, keep what it returns, and take the gradients."""
    with torch.enable_grad():
        losses.append(closure())
    return bank.read_gradients()
