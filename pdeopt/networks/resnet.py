"""Residual networks with noise in their layers, on one flat parameter vector."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.landscapes import Landscape
from pdeopt.networks import checks
from pdeopt.networks import resnet_checks as own_checks
from pdeopt.networks.layers import DenseBranch, ResidualLayer
from pdeopt.networks.loss_landscapes import loss_landscape
from pdeopt.networks.noise import Noise, ShakeShake
from pdeopt.networks.noise_words import noise_words
from pdeopt.networks.noisy_network import NoisyNetwork
from pdeopt.networks.residual_landscapes import mean_slope, mean_value
from pdeopt.networks.resnet_layout import (
    ACTIVATIONS,
    BRANCHES,
    LOSSES,
    block_shapes,
    factors_of,
    layout_of,
)

__all__ = ["ResNet"]


@dataclass(frozen=True, init=False, repr=False)
class ResNet(NoisyNetwork):
    """A residual network ``x + h f(x)``, block after block, whose parameters are one flat vector.

    Parameters
    ----------
    sizes : sequence of int
        Numbers of inputs, of components of the state, and of outputs: ``[2, 8, 1]``.
    n_blocks : int
        N, blocks of step ``h = horizon / N``.
    hidden : int, optional
        Hidden units of a two-layer branch; by default as many as the state has components.
    horizon : float
        T.
    branch : {"two-layer", "layer", "linear"}
        f: ``W2 s(W1 x + b1) + b2``, ``s(W x + b)``, or ``W x``.
    activation : {"tanh", "relu", "sigmoid", "softplus", "identity"}
        s.
    noise : Noise or sequence of Noise, optional
        Such as `Dropout`, the same in every block or one for each (None for a block without); by default none.
    shared : bool
        Whether all blocks have the same weights.
    lift : bool, optional
        Whether a linear map takes the inputs to the state; by default where their numbers differ.
    readout : bool
        Whether a linear map takes the state to the outputs. Without it the outputs are the state.
    members : int
        Networks of their own parameters and noise whose outputs are averaged, trained together, as in EnResNet.
    loss : {"logistic", "softmax", "squared"}, optional
        By default ``"logistic"`` for one output, else ``"softmax"``.

    Raises
    ------
    TypeError, ValueError
        If an argument does not fit; the message says what does.

    Notes
    -----
    Answers at test time are those of the mean network, with the mean of every random factor in its place; with
    ``n_samples`` they are averages over noisy passes. Tensors are named ``"lift.weight"``, ``"block1.inner.weight"``
    (hidden, width), ``"block1.inner.bias"``, ``"block1.outer.weight"`` (width, hidden), ``"block1.outer.bias"``,
    ``"readout.weight"`` and so on; the second branch of `ShakeShake` has ``"block1.inner2.weight"``, the first
    member ``"member1-lift.weight"``.

    References
    ----------
    Q. Sun, Y. Tao, Q. Du, Stochastic training of residual networks: a differential equation viewpoint,
    arXiv 1812.00174.

    Examples
    --------
    >>> from pdeopt.networks import Dropout, ResNet
    >>> net = ResNet([2, 4, 1], n_blocks=3, hidden=8, noise=Dropout(keep=0.8))
    >>> net.n_parameters, net.slices["block1"]
    (245, slice(12, 88, None))
    """

    settings = ("activation", "sizes", "width", "n_blocks", "hidden", "horizon", "branch", "noise", "shared", "members")

    sizes: tuple[int, ...]
    n_blocks: int
    hidden: int
    horizon: float
    branch: str
    activation: str
    noise: Noise | tuple[Noise | None, ...] | None
    shared: bool
    lift: bool
    readout: bool
    members: int
    loss_name: str

    def __init__(
        self,
        sizes: Sequence[int],
        *,
        n_blocks: int = 10,
        hidden: int | None = None,
        horizon: float = 1.0,
        branch: str = "two-layer",
        activation: str = "tanh",
        noise: Noise | Sequence[Noise | None] | None = None,
        shared: bool = False,
        lift: bool | None = None,
        readout: bool = True,
        members: int = 1,
        loss: str | None = None,
    ) -> None:
        n_in, width, n_out = own_checks.checked_three(sizes)
        given = {
            "sizes": (n_in, width, n_out),
            "n_blocks": checks.checked_count(n_blocks, "n_blocks", example=10),
            "hidden": width if hidden is None else checks.checked_count(hidden, "hidden", example=8),
            "horizon": checks.checked_number(horizon, "horizon", 1.0),
            "branch": checks.checked_name(branch, "branch", tuple(BRANCHES)),
            "activation": checks.checked_name(activation, "activation", tuple(ACTIVATIONS)),
            "noise": tuple(noise) if isinstance(noise, list | tuple) else noise,
            "shared": bool(shared),
            "lift": n_in != width if lift is None else bool(lift),
            "readout": bool(readout),
            "members": checks.checked_count(members, "members", example=2),
            "loss_name": checks.checked_name(loss or ("logistic" if n_out == 1 else "softmax"), "loss", tuple(LOSSES)),
        }
        for name, value in given.items():
            object.__setattr__(self, name, value)
        own_checks.check_ends(self)
        own_checks.check_noise(self)

    @property
    def step(self) -> float:
        """The step h of a block."""
        return self.horizon / self.n_blocks

    @cached_property
    def noises(self) -> tuple[Noise | None, ...]:
        """The noise of each block."""
        each = self.noise if isinstance(self.noise, tuple) else (self.noise,) * self.n_blocks
        return tuple(None if one is None else one.at(k, self.n_blocks) for k, one in enumerate(each))

    @cached_property
    def layout(self) -> IntArray:
        """What kernels take, see `pdeopt.kernels.networks.residual.layout`."""
        return layout_of(self)

    @cached_property
    def shapes(self) -> dict[str, tuple[int, ...]]:
        """Shape of every tensor, in the order of the vector."""
        n_in, width, n_out = self.sizes
        one = {"lift.weight": (width, n_in), "lift.bias": (width,)} if self.lift else {}
        for k in range(1 if self.shared else self.n_blocks):
            two = isinstance(self.noises[k], ShakeShake)
            block = block_shapes(self.branch, width, self.hidden, two=two)
            one |= {f"block{k + 1}.{name}": shape for name, shape in block.items()}
        one |= {"readout.weight": (n_out, width), "readout.bias": (n_out,)} if self.readout else {}
        return {prefix + name: shape for prefix in self.prefixes for name, shape in one.items()}

    @cached_property
    def factor_counts(self) -> tuple[int, ...]:
        """How many random factors a row has in each block."""
        return tuple(factors_of(one, self.step, self.sizes[1], self.hidden).count for one in self.noises)

    @property
    def prefixes(self) -> list[str]:
        """What the names of the tensors of each member begin with."""
        return [f"member{i + 1}-" for i in range(self.members)] if self.members > 1 else [""]

    @property
    def bounds(self) -> FloatArray:
        """``1 / sqrt(n_in)`` of each parameter's linear map."""
        found, n_in = [], 1
        for name, shape in self.shapes.items():
            n_in = shape[1] if name.endswith(".weight") else n_in
            found.append(np.full(int(np.prod(shape)), n_in**-0.5))
        return np.concatenate(found)

    @property
    def description(self) -> dict[str, Any]:
        """What makes the network, as plain numbers and words."""
        names = ("n_blocks", "hidden", "horizon", "branch", "activation", "shared", "lift", "readout", "members")
        settings = {name: getattr(self, name) for name in names}
        ends = {"kind": "ResNet", "sizes": list(self.sizes), "loss": self.loss_name, "noise": noise_words(self.noise)}
        return ends | settings

    def changed(self, **settings: Any) -> "ResNet":
        """Return the network with other settings, or another ``width`` of the state.

        Parameters
        ----------
        **settings
            Arguments of `ResNet`. What was left to its default follows: hidden units as many as the state has
            components, a lift where inputs and state differ.

        Returns
        -------
        ResNet
        """
        known = {name: value for name, value in self.description.items() if name != "kind"} | {"noise": self.noise}
        if "width" in settings:
            settings["sizes"] = [self.sizes[0], settings.pop("width"), self.sizes[-1]]
        if "sizes" in settings:
            known |= {"lift": self.lift or None, "hidden": None if self.hidden == self.sizes[1] else self.hidden}
        return ResNet(**(known | settings))

    def landscape(self, x: ArrayLike, y: ArrayLike) -> Landscape:
        """Return the mean loss of the mean network over points as a landscape of the parameters.

        Arguments and result as in `MLP.landscape`.
        """
        points = self._arguments(np.zeros(self.n_parameters), x, y)[1:]
        return loss_landscape(self.layout, self.n_parameters, *points, functions=(mean_value, mean_slope))

    def layer(self, parameters: FloatArray, k: int, *, member: int = 0) -> ResidualLayer:
        """Return a block as a layer by itself.

        Parameters
        ----------
        parameters : array, shape (n_parameters,)
        k : int
            0, ..., N - 1.
        member : int

        Returns
        -------
        ResidualLayer
            Of a `DenseBranch` whose weights are views of the vector, with the noise of this block.
        """
        prefix = self.prefixes[own_checks.checked_place(member, "member", self.members)]
        own_checks.checked_place(k, "k", self.n_blocks)
        return self._layer(self.views(self._vector(parameters)), prefix, k)

    def layers(self, parameters: FloatArray, *, member: int = 0) -> list[ResidualLayer]:
        """Return all blocks as layers."""
        prefix = self.prefixes[own_checks.checked_place(member, "member", self.members)]
        views = self.views(self._vector(parameters))
        return [self._layer(views, prefix, k) for k in range(self.n_blocks)]

    def _layer(self, views: dict[str, FloatArray], prefix: str, k: int) -> ResidualLayer:
        start, noise, width = f"{prefix}block{1 if self.shared else k + 1}.", self.noises[k], self.sizes[1]
        second = self._branch(views, start, "2") if isinstance(noise, ShakeShake) else None
        first = self._branch(views, start, "")
        return ResidualLayer(first, noise, self.step, width, second=second, n_blocks=self.n_blocks)

    def _branch(self, views: dict[str, FloatArray], start: str, ending: str) -> DenseBranch:
        inner, width = views[f"{start}inner{ending}.weight"], self.sizes[1]
        if self.branch == "linear":
            return DenseBranch(inner, np.zeros(width), activation="identity")
        bias = views[f"{start}inner{ending}.bias"]
        if self.branch == "layer":
            return DenseBranch(inner, bias, activation=self.activation)
        outer = (views[f"{start}outer{ending}.weight"], views[f"{start}outer{ending}.bias"])
        return DenseBranch(inner, bias, *outer, activation=self.activation)

    def __repr__(self) -> str:
        plain = ResNet(self.sizes, hidden=self.hidden if self.branch == "two-layer" else None).description
        words = {name: value for name, value in self.description.items() if name not in ("kind", "sizes", "noise")}
        shown = [f"{name}={value!r}" for name, value in words.items() if value != plain[name] or name == "n_blocks"]
        if self.branch == "two-layer" and self.hidden != self.sizes[1]:
            shown.append(f"hidden={self.hidden}")
        noise = [] if self.noise is None else [f"noise={self.noise!r}"]
        return f"ResNet({', '.join([str(list(self.sizes)), *shown, *noise])})"
