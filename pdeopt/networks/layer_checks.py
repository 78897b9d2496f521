"""What functions of residual layers accept, with messages that say the fix."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.networks.checks import checked_count
from pdeopt.networks.layers import ResidualLayer

__all__ = ["checked_layer", "checked_layers", "checked_states"]

EXAMPLE = "ResidualLayer(lambda t, x: -x, Dropout(0.5))"


def checked_layer(layer: Any, name: str = "layer") -> ResidualLayer:
    """Return a residual layer."""
    if not isinstance(layer, ResidualLayer):
        raise TypeError(f"{name}={layer!r} must be a ResidualLayer. Use e.g. {name}={EXAMPLE}.")
    return layer


def checked_layers(layers: Any, n_blocks: int | None) -> list[ResidualLayer]:
    """Return the layers of a network, given them all or one that stands for a number of blocks alike."""
    if isinstance(layers, ResidualLayer):
        return [layers] * checked_count(layers.n_blocks if n_blocks is None else n_blocks, "n_blocks", example=10)
    if not isinstance(layers, Sequence):
        raise TypeError(f"layers={layers!r} must be one ResidualLayer or several. Use e.g. layers={EXAMPLE}.")
    found = [checked_layer(layer, f"layers[{k}]") for k, layer in enumerate(layers)]
    if not found:
        raise ValueError(f"layers={layers!r} holds no layer. Use e.g. layers=[{EXAMPLE}].")
    for k, layer in enumerate(found):
        if layer.dim != found[0].dim:
            raise ValueError(
                f"layers[{k}] has dim={layer.dim}, but layers[0] has dim={found[0].dim}. Use layers of one dim, e.g. "
                f"layers=[layers[0]] * {len(found)}."
            )
    if n_blocks not in (None, len(found)):
        raise ValueError(f"n_blocks={n_blocks} differs from the {len(found)} layers given. Leave it out.")
    return found


def checked_states(points: ArrayLike, name: str, dim: int) -> FloatArray:
    """Return finite points as an array, shape (n, d); in one dimension arrays of numbers are points."""
    example = f"{name}=numpy.zeros((1, {dim}))"
    try:
        found = np.asarray(points, dtype=np.float64)
    except (TypeError, ValueError):
        raise TypeError(f"{name}={points!r} must be numbers. Use e.g. {example}.") from None
    if found.size == 0 or (dim > 1 and found.shape[-1:] != (dim,)):
        raise ValueError(f"{name} has shape {found.shape}, but states have dim={dim}. Use e.g. {example}.")
    rows = found.reshape(-1, dim)
    wrong = np.flatnonzero(~np.isfinite(rows).all(axis=1))
    if wrong.size:
        raise ValueError(f"{name} holds {rows[wrong[0]].tolist()}, which is not finite. Use e.g. {example}.")
    return rows
