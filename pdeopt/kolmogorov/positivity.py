"""Whether rates are those of a Markov chain, and where they are not."""

from dataclasses import dataclass

import numpy as np

from pdeopt.kolmogorov.stencil import Offset, Stencil

__all__ = ["Positivity", "positivity"]


@dataclass(frozen=True)
class Positivity:
    """What a stencil is as a matrix of rates.

    Parameters
    ----------
    lowest : float
        The smallest rate, per unit of time; 0 where there are no jumps.
    node, offset : tuple of int
        Where it is: the node, and the jump in steps of the grid.
    n_negative : int
        Negative rates.
    row_sum : float
        Largest deviation of a row's sum from minus its killing rate, per unit of time.
    width : int
        Most steps along an axis that a jump with a rate makes.
    """

    lowest: float
    node: tuple[int, ...]
    offset: Offset
    n_negative: int
    row_sum: float
    width: int

    @property
    def is_monotone(self) -> bool:
        """Whether no rate is negative, so that the maximum principle holds."""
        return self.n_negative == 0

    def __str__(self) -> str:
        head = f"{self.n_negative or 'no'} negative rate{'s' if self.n_negative > 1 else ''}"
        return (
            f"{head}; the smallest is {self.lowest:.6g}, of the jump {self.offset} at node {self.node}; rows sum to "
            f"zero within {self.row_sum:.1e}; jumps span at most {self.width} step{'s' if self.width != 1 else ''}"
        )


def positivity(stencil: Stencil) -> Positivity:
    """Report the smallest rate of a stencil, its row sums and its width.

    Parameters
    ----------
    stencil : Stencil

    Returns
    -------
    Positivity

    Notes
    -----
    A matrix of rates that are not negative, with rows that do not sum to more than zero, has non-negative solutions
    and the maximum principle for every implicit Euler step.

    Examples
    --------
    >>> rates = np.array([[1.0, 0.0], [0.0, -0.5]])
    >>> print(positivity(Stencil(((1,), (-1,)), rates, np.zeros(2), (False,))))  # doctest: +NORMALIZE_WHITESPACE
    1 negative rate; the smallest is -0.5, of the jump (-1,) at node (1,); rows sum to zero within 0.0e+00; jumps
    span at most 1 step
    """
    rates = stencil.rates
    used = [np.abs(offset).max() for offset, part in zip(stencil.offsets, rates, strict=True) if part.any()]
    sums = np.asarray(stencil.matrix.sum(axis=1)).ravel() + stencil.killing.ravel()
    # Zeros of jumps that leave the grid are no rates.
    found = np.where(rates == 0.0, np.inf, rates)
    if not used:
        return Positivity(
            0.0, (0,) * stencil.killing.ndim, (0,) * stencil.killing.ndim, 0, float(np.abs(sums).max()), 0
        )
    k, *node = (int(i) for i in np.unravel_index(int(np.argmin(found)), rates.shape))
    lowest, n_negative = float(found.min()), int((rates < 0.0).sum())
    return Positivity(lowest, tuple(node), stencil.offsets[k], n_negative, float(np.abs(sums).max()), int(max(used)))
