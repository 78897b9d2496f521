"""Spectra on nested grids, extrapolated to spacing zero."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import numpy as np
from scipy.optimize import linear_sum_assignment

from pdeopt._types import IntArray
from pdeopt.kolmogorov.spectrum import Spectrum

__all__ = ["extrapolated_spectrum"]

CLOSE = 1e-6
"""Relative distance of eigenvalues whose functions may turn into each other, and of a value from its conjugate."""


def extrapolated_spectrum(spectra: Sequence[Spectrum], k: int | None = None) -> Spectrum:
    """Return what spectra on nested grids tend to as the spacing goes to zero.

    Parameters
    ----------
    spectra : sequence of Spectrum
        Two or more, the coarsest first, each on the grid of the one before with all cells halved. A few modes more
        than are wanted let modes change places from grid to grid.
    k : int, optional
        Number of modes to return, one more where a conjugate pair would be split; by default as many as all grids
        have.

    Returns
    -------
    Spectrum
        On the coarsest grid, with `error` the last change by a further grid.

    Raises
    ------
    ValueError
        If there are fewer than two, or `k` is more than they have.

    Notes
    -----
    Modes are matched by their overlaps, and errors taken as a series in even powers of the spacing (Richardson,
    Romberg).
    """
    sizes = [one.residuals.size for one in spectra]
    if len(spectra) < 2 or (k is not None and k > min(sizes)):
        raise ValueError(f"spectra have {sizes} modes for k={k}; give two or more on nested grids, of k or more modes.")
    coarse = _chosen(spectra[0], np.arange(min(sizes)))
    levels = [_matched(one, coarse, 2**level) for level, one in enumerate(spectra)]
    limits, changes = _romberg([one.eigenvalues for one in levels])
    whole = replace(
        coarse,
        eigenvalues=limits,
        eigenfunctions=_romberg([one.eigenfunctions for one in levels])[0],
        residuals=np.max([one.residuals for one in levels], axis=0),
        error=np.abs(changes),
    )
    return _chosen(whole, _first(limits, min(sizes) if k is None else k))


def _chosen(found: Spectrum, kept: IntArray) -> Spectrum:
    error = None if found.error is None else found.error[kept]
    values, functions, residuals = found.eigenvalues[kept], found.eigenfunctions[kept], found.residuals[kept]
    return replace(found, eigenvalues=values, eigenfunctions=functions, residuals=residuals, error=error)


def _first(values: Any, k: int) -> IntArray:
    """Return the places of the k values of smallest real part that have their conjugates, or of one more."""
    distance = np.abs(values.conj()[:, None] - values).min(axis=1)
    order = np.lexsort((values.imag, values.real))
    order = order[distance[order] <= CLOSE * np.abs(values[order])]
    cut = values[order[k - 1 : k + 1]]
    split = cut.size == 2 and cut[0].imag != 0.0 and abs(cut[1] - np.conj(cut[0])) <= CLOSE * abs(cut[0])
    return np.asarray(order[: k + int(split)])


def _romberg(levels: Sequence[Any]) -> tuple[Any, Any]:
    row = list(levels)
    change = row[-1] - row[-2]
    for k in range(1, len(levels)):
        better = [fine + (fine - rough) / (4.0**k - 1.0) for rough, fine in pairwise(row)]
        change = better[-1] - row[-1]
        row = better
    return row[-1], change


def _matched(fine: Spectrum, coarse: Spectrum, stride: int) -> Spectrum:
    """Return the modes of a finer grid at the nodes of a coarser one, in the order there and turned to match."""
    functions = fine.eigenfunctions[(slice(None), *[slice(None, None, stride)] * coarse.masses.ndim)]
    ours = coarse.eigenfunctions.reshape(coarse.residuals.size, -1) * coarse.masses.ravel()
    overlaps = ours @ functions.reshape(fine.residuals.size, -1).conj().T
    places = linear_sum_assignment(-np.abs(overlaps))[1]
    turned = np.array(functions[places])
    for group in _groups(coarse.eigenvalues):
        left, _, right = np.linalg.svd(overlaps[group][:, places[group]])
        turned[group] = np.tensordot(left @ right, turned[group], axes=1)
    return replace(_chosen(fine, places), eigenfunctions=turned)


def _groups(values: Any) -> list[list[int]]:
    groups = [[0]]
    for j in range(1, values.size):
        if abs(values[j] - values[j - 1]) <= CLOSE * abs(values[j]):
            groups[-1].append(j)
        else:
            groups.append([j])
    return groups
