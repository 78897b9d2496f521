"""What becomes of kinks and walls as they relax: closed forms with the normal distribution function."""

from functools import partial

import numpy as np

from pdeopt.kernels.landscapes import hinges
from pdeopt.landscapes.entries import cube, entry
from pdeopt.landscapes.landscape import Landscape
from pdeopt.landscapes.structure import repeated

__all__ = ["relaxed_hinge"]

Hinge = tuple[float, float, float]
"""Slopes below and above zero, and one where below zero is a wall, else zero."""


def relaxed_hinge(shape: Hinge, name: str, dim: int, time: float, beta: float) -> Landscape:
    """Return a sum of hinges relaxed for a positive time at an inverse temperature, perhaps infinite."""
    left, right, wall = shape
    steepest = None if wall else float(np.sqrt(dim)) * max(abs(left), abs(right))
    cold = np.isinf(beta)
    edges = (right * time,) if wall else (left * time, right * time)
    return entry(
        hinges,
        "hinge",
        name=f"relaxed {name}",
        dim=dim,
        args=(*shape, float(time), float(beta)),
        structure=repeated(partial(relaxed_hinge, shape, name, 1, time, beta), dim),
        vectorised=False,
        kinks=(edges if dim == 1 else (edges,) * dim) if cold else (),
        lipschitz=steepest,
        curvature=(0.0, 1.0 / time),
        minima=[(0.0,) * dim] if left == -right and not wall else (),
        domain=cube(-2.0, 2.0, dim),
        relaxation=partial(_relaxed_again, shape, name, dim, time, beta),
    )


def _relaxed_again(shape: Hinge, name: str, dim: int, before: float, own: float, time: float, beta: float) -> Landscape:
    if beta != own:
        raise ValueError(f"beta={beta}: this landscape relaxed at beta={own}, and goes on only there. Use beta={own}.")
    return relaxed_hinge(shape, name, dim, before + time, own)
