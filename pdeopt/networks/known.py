"""Networks from the plain words that files hold."""

from typing import Any

from pdeopt.networks.mlp import MLP
from pdeopt.networks.network import Network
from pdeopt.networks.noise_words import noise_of
from pdeopt.networks.resnet import ResNet

__all__ = ["network_of"]


def network_of(words: Any) -> Network:
    """Return the network of a description, or of a list of what a perceptron takes.

    Parameters
    ----------
    words : dict or list
        See `Network.description`.
    """
    if not isinstance(words, dict):
        return MLP(*words)
    settings = {name: value for name, value in words.items() if name != "kind"}
    if words.get("kind") == "ResNet":
        return ResNet(**(settings | {"noise": noise_of(words["noise"])}))
    return MLP(**settings)
