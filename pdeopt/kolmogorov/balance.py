"""Detailed balance, and the masses with which it holds."""

from typing import TypeAlias

import numpy as np
from scipy import sparse

from pdeopt._types import FloatArray, IntArray
from pdeopt.kernels.kolmogorov.balance import tree_masses
from pdeopt.kolmogorov.masses import Masses

__all__ = ["balanced_masses", "keeps_balance"]

Rates: TypeAlias = "sparse.csr_array[np.float64]"

ROUNDED = 1e-10
"""Relative difference of the two flows on a jump that is taken for rounding."""


def balanced_masses(rates: Rates) -> Masses | None:
    """Return the masses with ``m_i rates_ij = m_j rates_ji``, or None where there are none.

    Parameters
    ----------
    rates : sparse array, shape (n, n)
        Rates of jumps; the diagonal is left aside.

    Notes
    -----
    Masses along a tree of jumps, then Kolmogorov's criterion on the other jumps: A. Kolmogoroff, *Zur Theorie der
    Markoffschen Ketten*, Mathematische Annalen 112 (1936) 155-160. States without jumps between them have masses of
    their own.

    Examples
    --------
    >>> balanced_masses(sparse.csr_array([[0.0, 3.0], [1.0, 0.0]])).values
    array([0.25, 0.75])
    """
    paired = _paired(rates)
    if paired is None:
        return None
    forth, back = paired
    n = rates.shape[0]
    numbers, exponents = np.empty(n), np.empty(n, dtype=np.int64)
    starts, columns = forth.indptr.astype(np.int64), forth.indices.astype(np.int64)
    tree_masses(starts, columns, forth.data, back, np.empty(n, dtype=np.int64), exponents, numbers)
    masses = Masses(numbers, exponents)
    rows = np.repeat(np.arange(n), np.diff(starts))
    return masses if _balanced(masses, rows, columns, forth.data, back) else None


def keeps_balance(rates: Rates, masses: Masses) -> bool:
    """Whether rates and masses are in detailed balance, up to rounding."""
    paired = _paired(rates)
    if paired is None:
        return False
    forth, back = paired
    rows = np.repeat(np.arange(rates.shape[0]), np.diff(forth.indptr))
    return _balanced(masses, rows, forth.indices.astype(np.int64), forth.data, back)


def _balanced(masses: Masses, rows: IntArray, columns: IntArray, forth: FloatArray, back: FloatArray) -> bool:
    with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
        ratios = masses.root_ratios(rows, columns) * np.sqrt(forth / back)
    return bool(np.all(np.abs(ratios - 1.0) < ROUNDED))


def _paired(rates: Rates) -> tuple[Rates, FloatArray] | None:
    """Return the positive rates, and beside each the one of the jump back; None if one of two is missing."""
    listed = rates.tocoo()
    jumps = (listed.row != listed.col) & (listed.data != 0.0)
    pairs = (listed.data[jumps], (listed.row[jumps], listed.col[jumps]))
    forth = sparse.csr_array(pairs, shape=rates.shape)
    forth.sum_duplicates()
    back = sparse.csr_array(forth.T)
    back.sum_duplicates()
    same = np.array_equal(forth.indptr, back.indptr) and np.array_equal(forth.indices, back.indices)
    return (forth, back.data) if same and (forth.nnz == 0 or forth.data.min() > 0.0) else None
