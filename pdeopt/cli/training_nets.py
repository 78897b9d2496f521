"""Networks in the words of the command line."""

from argparse import Namespace
from collections.abc import Sequence

from pdeopt.cli.inputs import check_choice
from pdeopt.cli.training_noise import read_noise
from pdeopt.networks import MLP, Data, ResNet

__all__ = ["read_net"]

HIDDEN = ("20",)


def read_net(options: Namespace, data: Data) -> MLP | ResNet:
    """Return the network that the options name, for some data."""
    if options.loss is not None:
        check_choice("--loss", options.loss, ("logistic", "softmax", "squared"))
    if options.blocks is None and (options.width or options.layer_noise):
        name = "--width" if options.width else "--layer-noise"
        raise ValueError(f"{name} is for residual networks; add the number of their blocks, e.g. --blocks 10.")
    return _layered(options, data) if options.blocks is None else _residual(options, data)


def _layered(options: Namespace, data: Data) -> MLP:
    activation = options.activation or "relu"
    check_choice("--activation", activation, ("relu", "tanh", "sigmoid", "softplus"))
    given = None if options.sizes is None else _given_sizes(options, data)
    loss = _loss(options, data, None if given is None else given[-1])
    sizes = [data.dim, *_hidden(options), _n_outputs(data, loss)] if given is None else given
    data.targets(loss, sizes[-1])
    return MLP(sizes, activation, loss)


def _residual(options: Namespace, data: Data) -> ResNet:
    activation = options.activation or "tanh"
    check_choice("--activation", activation, ("tanh", "relu", "sigmoid", "softplus", "identity"))
    given = None if options.sizes is None else _given_sizes(options, data)
    if given is not None and (len(given) != 3 or options.width):
        raise ValueError("--sizes of a residual network are inputs, width and outputs, e.g. --sizes 2,4,1; no --width.")
    loss = _loss(options, data, None if given is None else given[-1])
    width = _one(options.width or [str(data.dim)], "--width", "4")
    sizes = [data.dim, width, _n_outputs(data, loss)] if given is None else given
    hidden = _one(options.hidden or HIDDEN, "--hidden", "20")
    noise = None if options.layer_noise is None else read_noise(options.layer_noise)
    n_blocks = _one([options.blocks], "--blocks", "10")
    return ResNet(sizes, n_blocks=n_blocks, hidden=hidden, activation=activation, noise=noise, loss=loss)


def _loss(options: Namespace, data: Data, n_outputs: int | None) -> str:
    two = data.n_classes == 2 and n_outputs in (None, 1)
    chosen: str = options.loss or ("squared" if not data.n_classes else "logistic" if two else "softmax")
    return chosen


def _n_outputs(data: Data, loss: str) -> int:
    return data.n_classes if loss == "softmax" else int(data.targets(loss)[0].shape[1])


def _hidden(options: Namespace) -> list[int]:
    hidden = whole_numbers(options.hidden or HIDDEN, "--hidden", "20 or --hidden 30 30")
    return [] if hidden == [0] else hidden


def _one(words: Sequence[str], option: str, example: str) -> int:
    found = whole_numbers(words, option, example)
    if len(found) != 1 or found == [0]:
        raise ValueError(f"{option} {' '.join(words)} must be one positive whole number, e.g. {option} {example}.")
    return found[0]


def _given_sizes(options: Namespace, data: Data) -> list[int]:
    if options.hidden is not None and options.blocks is None:
        raise ValueError("--sizes says all layers; leave --hidden out.")
    sizes = whole_numbers(options.sizes, "--sizes", f"{data.dim},20,1")
    if len(sizes) < 2 or sizes[0] != data.dim:
        better = ",".join(map(str, [data.dim, *(sizes[1:] or [1])]))
        raise ValueError(
            f"--sizes begins with {sizes[0]}, but points of {data.name} have {data.dim} coordinates; use "
            f"--sizes {better}."
        )
    return sizes


def whole_numbers(words: Sequence[str], option: str, example: str) -> list[int]:
    """Return numbers that commas or spaces separate."""
    try:
        found = [int(part) for word in words for part in word.split(",") if part]
    except ValueError:
        found = []
    if not found or (min(found) < 1 and found != [0]):
        raise ValueError(f"{option} {' '.join(words)} must be positive whole numbers, e.g. {option} {example}.")
    return found
