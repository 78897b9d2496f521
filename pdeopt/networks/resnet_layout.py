"""A residual network as what kernels take, and as plain words."""

from dataclasses import dataclass
from typing import Any

import numpy as np

from pdeopt._types import IntArray
from pdeopt.kernels.networks.layout import LOGISTIC, RELU, SIGMOID, SOFTMAX, SOFTPLUS, SQUARED, TANH
from pdeopt.kernels.networks.residual import layout as codes
from pdeopt.kernels.networks.residual.factors import BERNOULLI, NORMAL, UNIFORM
from pdeopt.networks.noise import (
    AdditiveNoise,
    BatchNoise,
    DropConnect,
    Dropout,
    GaussianDropout,
    MultiplicativeNoise,
    Noise,
    ShakeShake,
    StochasticDepth,
)

__all__ = ["ACTIVATIONS", "BRANCHES", "LOSSES", "block_shapes", "factors_of", "layout_of"]

ACTIVATIONS = {"tanh": TANH, "relu": RELU, "sigmoid": SIGMOID, "softplus": SOFTPLUS, "identity": codes.IDENTITY}
BRANCHES = {"two-layer": codes.TWO_LAYERS, "layer": codes.ONE_LAYER, "linear": codes.LINEAR}
LOSSES = {"logistic": LOGISTIC, "softmax": SOFTMAX, "squared": SQUARED}
DROPPED = {"branch": codes.COMPONENTS, "hidden": codes.HIDDEN_UNITS, "input": codes.INPUTS}
SPREAD_LINES = 2
"""Where the standard deviation and the mean of a batch are kept."""


@dataclass(frozen=True)
class Factors:
    """The factors of a block, as a line of the table of a layout begins.

    Parameters
    ----------
    kind, law : int
    first, second, mean : float
    count : int
        Factors of a row.
    flag : int
        Whether one factor serves all rows, or the way back has its own.
    """

    kind: int = codes.NONE
    law: int = NORMAL
    first: float = 0.0
    second: float = 0.0
    mean: float = 0.0
    count: int = 0
    flag: int = 0


def factors_of(noise: Noise | None, step: float, width: int, hidden: int) -> Factors:
    """Return what the noise of a block is to a kernel."""
    match noise:
        case StochasticDepth():
            return _dropped(noise, codes.DEPTH, noise.keep, 1, int(noise.shared))
        case Dropout():
            return _dropped(noise, DROPPED[noise.where], noise.keep, hidden if noise.where == "hidden" else width)
        case DropConnect():
            return _dropped(noise, codes.CONNECTIONS, noise.keep, width * hidden)
        case GaussianDropout():
            return Factors(codes.COMPONENTS, NORMAL, 1.0, noise.factor.variance**0.5, 1.0, width)
        case ShakeShake():
            law, two = UNIFORM if noise.law == "uniform" else BERNOULLI, int(noise.backward == "independent")
            return Factors(codes.SHAKE, law, 0.5, 1.0, 0.5, 1 + two, two)
        case AdditiveNoise():
            return Factors(codes.ADDED, NORMAL, 0.0, noise.strength * step**0.5, 0.0, width)
        case MultiplicativeNoise():
            return Factors(codes.TIMES_STATE, NORMAL, 0.0, noise.strength * step**0.5, 0.0, width)
        case BatchNoise():
            return Factors(codes.BATCH, NORMAL, 0.0, noise.coefficient, 0.0, width)
        case None:
            return Factors()
    raise TypeError(f"noise={noise!r} is unknown to ResNet. Use e.g. noise=Dropout(keep=0.5).")


def _dropped(noise: Noise, kind: int, keep: float, count: int, flag: int = 0) -> Factors:
    law = noise.factor
    return Factors(kind, BERNOULLI, keep, float(law.values[1]), law.mean, count, flag)


def block_shapes(branch: str, width: int, hidden: int, *, two: bool) -> dict[str, tuple[int, ...]]:
    """Return the shapes of the tensors of a block, in the order of the vector."""
    found: dict[str, tuple[int, ...]] = {}
    for ending in ("", "2") if two else ("",):
        found[f"inner{ending}.weight"] = (hidden, width) if branch == "two-layer" else (width, width)
        if branch != "linear":
            found[f"inner{ending}.bias"] = (hidden,) if branch == "two-layer" else (width,)
        if branch == "two-layer":
            found |= {f"outer{ending}.weight": (width, hidden), f"outer{ending}.bias": (width,)}
    return found


def layout_of(net: Any) -> IntArray:
    """Return what kernels take for a `ResNet`, see `pdeopt.kernels.networks.residual.layout`."""
    width, first = net.sizes[1], "" if net.members == 1 else "member1-"
    kept = {"two-layer": net.hidden, "layer": width, "linear": 0}[net.branch]
    blocks = [factors_of(one, net.step, width, net.hidden) for one in net.noises]
    place, rows = 0, []
    for k, one in enumerate(blocks):
        start = net.slices[f"{first}block{1 if net.shared else k + 1}"].start
        numbers = [_bits(one.first), _bits(one.second), _bits(one.mean)]
        rows.append([one.kind, one.law, *numbers, one.count, one.flag, start, place])
        place += width + kept * (2 if one.kind == codes.SHAKE else 1) + one.count
        place += SPREAD_LINES if one.kind == codes.BATCH else 0
    numbers_of = {
        codes.MEMBERS: net.members,
        codes.BLOCKS: len(rows),
        codes.N_IN: net.sizes[0],
        codes.WIDTH: width,
        codes.HIDDEN: kept,
        codes.N_OUT: net.sizes[-1],
        codes.ACTIVATION: ACTIVATIONS[net.activation],
        codes.LOSS: LOSSES[net.loss_name],
        codes.BRANCH: BRANCHES[net.branch],
        codes.HAS_LIFT: net.lift,
        codes.HAS_READOUT: net.readout,
        codes.STEP: _bits(net.step),
        codes.MEMBER_SIZE: net.n_parameters // net.members,
        codes.READOUT: net.slices[f"{first}readout"].start if net.readout else 0,
        codes.UNITS: place + width,
        codes.MOST_FACTORS: max(one.count for one in blocks),
        codes.TOGETHER: any(one.kind == codes.BATCH for one in blocks),
    }
    head = [numbers_of[at] for at in range(codes.TABLE)]
    return np.array(sum(rows, head), dtype=np.int64)


def _bits(number: float) -> int:
    return int(np.float64(number).view(np.int64))
