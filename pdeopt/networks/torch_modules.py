"""Networks and their parameters to PyTorch and back; this module imports torch."""

from itertools import pairwise
from typing import Any

import numpy as np
import torch
from torch import nn

from pdeopt._types import FloatArray
from pdeopt.networks.checks import checked_vector
from pdeopt.networks.mlp import MLP

__all__ = ["from_torch", "to_torch"]

ACTIVATIONS = {"relu": nn.ReLU, "tanh": nn.Tanh, "sigmoid": nn.Sigmoid, "softplus": nn.Softplus}
SETTINGS: dict[str, dict[str, float]] = {"softplus": {"threshold": 40.0}}
"""PyTorch's own threshold is 20, where softplus(x) - x is 2e-9."""


def to_torch(net: MLP, parameters: FloatArray, *, dtype: Any = torch.float64) -> Any:
    """Return a network as a `torch.nn.Sequential` of linear layers and activations.

    Parameters
    ----------
    net : MLP
    parameters : array, shape (n_parameters,)
        Copied.
    dtype : torch.dtype
        Of the module, float64 by default.

    Returns
    -------
    torch.nn.Sequential
        Its outputs are logits, for ``torch.nn.BCEWithLogitsLoss`` or ``torch.nn.CrossEntropyLoss``; its parameters, in
        their order, are those of the vector.

    Raises
    ------
    ValueError
        If the vector has not the network's number of parameters.

    Examples
    --------
    >>> net = MLP([2, 20, 1], activation="tanh")
    >>> to_torch(net, net.initial(seed=0))[1]
    Tanh()
    """
    vector = checked_vector(parameters, "parameters", net.n_parameters)
    layers: list[Any] = []
    settings = SETTINGS.get(net.activation, {})
    for n_in, n_out in pairwise(net.sizes):
        layers += [nn.Linear(n_in, n_out, dtype=dtype), ACTIVATIONS[net.activation](**settings)]
    module = nn.Sequential(*layers[:-1])
    with torch.no_grad():
        for p, values in zip(module.parameters(), net.views(vector).values(), strict=True):
            p.copy_(torch.from_numpy(values))
    return module


def from_torch(module: Any, *, loss: str | None = None) -> tuple[MLP, FloatArray]:
    """Return a network and its parameters from a `torch.nn.Sequential`.

    Parameters
    ----------
    module : torch.nn.Sequential
        Linear layers with biases, and one kind of activation between them: ReLU, Tanh, Sigmoid or Softplus. A Flatten
        in front is left out.
    loss : str, optional
        Of the network, see `MLP`.

    Returns
    -------
    net : MLP
    parameters : array, shape (n_parameters,)
        A copy in double precision.

    Raises
    ------
    TypeError, ValueError
        If the module is of another form; the message says what does not fit.

    Examples
    --------
    >>> from_torch(nn.Sequential(nn.Linear(2, 20), nn.ReLU(), nn.Linear(20, 1)))[0]
    MLP([2, 20, 1], activation='relu', loss='logistic')
    """
    if not isinstance(module, nn.Sequential):
        raise TypeError(f"module of type {type(module).__name__} must be a torch.nn.Sequential.")
    parts: list[Any] = list(module)
    found = parts[1:] if parts and isinstance(parts[0], nn.Flatten) else parts
    linear, between = found[::2], found[1::2]
    _check_form(linear, between)
    sizes = [linear[0].in_features, *(one.out_features for one in linear)]
    names = [name for name, kind in ACTIVATIONS.items() if between and type(between[0]) is kind] or ["relu"]
    values = [p.detach().cpu().numpy().astype(np.float64).ravel() for p in module.parameters()]
    return MLP(sizes, activation=names[0], loss=loss), np.concatenate(values)


def _check_form(linear: list[Any], between: list[Any]) -> None:
    for part in linear:
        if type(part) is not nn.Linear or part.bias is None:
            raise ValueError(f"{part} stands where a linear layer with biases should. Use torch.nn.Linear(3, 2).")
    if len(linear) != len(between) + 1:
        raise ValueError("the module must end with a linear layer: outputs are logits. Use BCEWithLogitsLoss on them.")
    for a, b in pairwise(linear):
        if a.out_features != b.in_features:
            raise ValueError(f"{a} is followed by {b}. Use in_features={a.out_features}.")
    odd = [part for part in between if type(part) not in ACTIVATIONS.values() or getattr(part, "beta", 1.0) != 1.0]
    if odd or len({type(part) for part in between}) > 1:
        raise ValueError(
            f"{(odd or between)[-1]} does not fit: activations are all ReLU(), all Tanh(), all Sigmoid() or all "
            "Softplus(), with beta 1. Use torch.nn.ReLU()."
        )
