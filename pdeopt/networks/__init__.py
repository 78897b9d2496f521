"""Networks on one flat parameter vector, and their training."""

from pdeopt.networks.mlp import MLP

__all__ = ["MLP"]
