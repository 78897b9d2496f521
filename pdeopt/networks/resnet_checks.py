"""What `ResNet` accepts, with messages that say the fix."""

import operator
from collections.abc import Sequence
from typing import Any

import numpy as np

from pdeopt.networks.checks import checked_sizes
from pdeopt.networks.noise import DropConnect, Dropout, Noise, ShakeShake

__all__ = ["check_ends", "check_noise", "checked_count", "checked_horizon", "checked_place", "checked_three"]


def checked_three(sizes: Sequence[int]) -> tuple[int, int, int]:
    """Return numbers of inputs, of components of the state and of outputs."""
    found = checked_sizes(sizes)
    if len(found) != 3:
        raise ValueError(
            f"sizes={sizes!r} must be numbers of inputs, components of the state and outputs. Use sizes=[2, 8, 1], and "
            "n_blocks=10 for the number of blocks."
        )
    return found[0], found[1], found[2]


def checked_count(value: Any, name: str, least: int = 1) -> int:
    """Return a whole number that is large enough."""
    try:
        found = operator.index(value)
    except TypeError:
        raise TypeError(f"{name}={value!r} must be a whole number, e.g. {name}={max(least, 10)}.") from None
    if found < least:
        raise ValueError(f"{name}={value!r} must be at least {least}, e.g. {name}={max(least, 10)}.")
    return found


def checked_place(value: Any, name: str, n: int) -> int:
    """Return a whole number from 0 to below n."""
    found = checked_count(value, name, least=0)
    if found >= n:
        raise IndexError(f"{name}={value!r} must be below {n}, the first being 0. Use {name}={n - 1} for the last.")
    return found


def checked_horizon(horizon: Any) -> float:
    """Return a positive number."""
    if not 0.0 < horizon < np.inf:
        raise ValueError(f"horizon={horizon!r} must be a positive number, e.g. horizon=1.0.")
    return float(horizon)


def check_ends(net: Any) -> None:
    """Raise unless inputs and outputs fit the state, and the loss the outputs."""
    n_in, width, n_out = net.sizes
    if not net.lift and n_in != width:
        raise ValueError(
            f"lift=False needs as many inputs as components of the state, not {n_in} and {width}. Use lift=True."
        )
    if not net.readout and n_out != width:
        raise ValueError(
            f"readout=False needs as many outputs as components of the state, not {n_out} and {width}. Use "
            "readout=True."
        )
    if net.loss_name == "softmax" and n_out == 1:
        raise ValueError('loss="softmax" needs two outputs or more, not sizes[-1]=1. Use loss="logistic".')


def check_noise(net: Any) -> None:
    """Raise unless the noise fits the blocks."""
    each = net.noise if isinstance(net.noise, tuple) else (net.noise,)
    for one in each:
        if not (one is None or isinstance(one, Noise)):
            raise TypeError(f"noise={one!r} is no Noise. Use e.g. noise=Dropout(keep=0.5).")
        on_units = isinstance(one, DropConnect) or (isinstance(one, Dropout) and one.where == "hidden")
        if on_units and net.branch != "two-layer":
            raise ValueError(
                f"noise={one!r} acts on hidden units, which branch={net.branch!r} lacks. Use branch='two-layer'."
            )
    if isinstance(net.noise, tuple) and len(each) != net.n_blocks:
        raise ValueError(
            f"noise holds {len(each)} records for n_blocks={net.n_blocks}. Use one for each, e.g. n_blocks={len(each)}."
        )
    if net.shared and len({isinstance(one, ShakeShake) for one in each}) > 1:
        raise ValueError("shared=True needs the same branches in all blocks: ShakeShake has two. Use shared=False.")
