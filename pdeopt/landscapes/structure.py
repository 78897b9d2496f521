"""How a landscape is built of smaller ones: what is exact in any dimension follows from it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pdeopt._types import FloatArray, IntArray

if TYPE_CHECKING:
    from pdeopt.landscapes.landscape import Landscape

__all__ = ["Radial", "Ridge", "Separable", "Structure"]


@dataclass(frozen=True, eq=False)
class Separable:
    """A sum over coordinates, f(x) = sum_k ``parts[which[k]](x_k)``.

    Parameters
    ----------
    parts : tuple of Landscape
        The different functions of one coordinate.
    which : array of int, shape (d,)
        The part of each coordinate.
    """

    parts: "tuple[Landscape, ...]"
    which: IntArray


@dataclass(frozen=True, eq=False)
class Radial:
    """A function of the distance from a point, f(x) = ``profile(|x - center|)``.

    Parameters
    ----------
    profile : Landscape
        Of one coordinate, the distance; used where it is not negative.
    center : array, shape (d,)
    """

    profile: "Landscape"
    center: FloatArray


@dataclass(frozen=True, eq=False)
class Ridge:
    """A function of a few linear combinations, f(x) = inner(A x).

    Parameters
    ----------
    inner : Landscape
        Of m coordinates.
    matrix : array, shape (m, d)
        The A above, m at most d.
    """

    inner: "Landscape"
    matrix: FloatArray


Structure: TypeAlias = Separable | Radial | Ridge
