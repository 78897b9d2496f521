"""What `ResNet` accepts, with messages that say the fix."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from pdeopt.networks.checks import checked_sizes
from pdeopt.networks.noise import DropConnect, Dropout, Noise, ShakeShake

__all__ = ["check_ends", "check_noise", "checked_place", "checked_three"]


def checked_three(sizes: Sequence[int]) -> tuple[int, int, int]:
    """Return numbers of inputs, of components of the state and of outputs."""
    found = checked_sizes(sizes)
    if len(found) != 3:
        raise ValueError(
            f"sizes={sizes!r} must be numbers of inputs, components of the state and outputs. Use sizes=[2, 8, 1], and "
            "n_blocks=10 for the number of blocks."
        )
    return found[0], found[1], found[2]


def checked_place(value: Any, name: str, n: int) -> int:
    """Return a whole number from 0 to below n."""
    if isinstance(value, bool) or not isinstance(value, int | np.integer):
        raise TypeError(f"{name}={value!r} must be a whole number, the first being 0. Use {name}=0.")
    if value < 0:
        raise IndexError(f"{name}={value!r} must be at least 0, the first. Use {name}={n - 1} for the last.")
    if value >= n:
        raise IndexError(f"{name}={value!r} must be below {n}, the first being 0. Use {name}={n - 1} for the last.")
    return int(value)


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
