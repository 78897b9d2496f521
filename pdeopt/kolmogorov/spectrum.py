"""The spectrum of a generator."""

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse
from scipy.sparse.linalg import splu

from pdeopt._types import ArrayLike, FloatArray
from pdeopt.grid import Grid
from pdeopt.kolmogorov.balance import balanced_masses, keeps_balance
from pdeopt.kolmogorov.elimination import Layout
from pdeopt.kolmogorov.masses import Masses
from pdeopt.kolmogorov.modes import Mode, slow_modes
from pdeopt.kolmogorov.ordering import dissection
from pdeopt.kolmogorov.shifts import Eliminating, Pivoting, Shifts
from pdeopt.kolmogorov.stencil import Stencil
from pdeopt.kolmogorov.tails import with_tails

__all__ = ["Spectrum", "spectrum"]

Matrix: TypeAlias = "sparse.csr_array[np.float64]"

ROUNDED = 1e-12
"""Row sums, relative to the rates of the row, that are taken for rounding."""


@dataclass(frozen=True, eq=False, repr=False)
class Spectrum:
    """Eigenvalues of minus a generator, and its eigenfunctions.

    Parameters
    ----------
    eigenvalues : array, shape (k,)
        In ascending order of real parts, per unit of time; complex without detailed balance.
    eigenfunctions : array, shape ``(k, *shape)``
        ``L phi = -eigenvalue phi``, with ``sum(masses * abs(phi)**2) == 1``.
    masses : array, shape ``(*shape)``
        Stationary masses of the nodes, with the sum 1; with losses, those of the jumps alone.
    reversible : bool
        Whether the jumps are in detailed balance, so that eigenfunctions are orthonormal.
    residuals : array, shape (k,)
        Root mean square of what a further inverse iteration changes in an eigenfunction.
    error : array, shape (k,), optional
        Estimate of what the grid makes eigenvalues wrong by, where several grids were used.
    grid : Grid, optional
        On which the generator stands.
    """

    eigenvalues: Any
    eigenfunctions: Any
    masses: FloatArray
    reversible: bool
    residuals: FloatArray
    error: FloatArray | None = None
    grid: Grid | None = None

    @property
    def implied_timescales(self) -> FloatArray:
        """Times in which modes decay by the factor e, shape (k,); infinite for the eigenvalue 0."""
        with np.errstate(divide="ignore"):
            return np.asarray(1.0 / self.eigenvalues.real)

    @property
    def gap(self) -> float:
        """Real part of the second eigenvalue."""
        return float(self.eigenvalues[1].real)

    def __str__(self) -> str:
        n = self.residuals.size
        errors = [f"{'-':>8}"] * n if self.error is None else [f"{error:>8.1e}" for error in self.error]
        rows = zip(self.eigenvalues, self.implied_timescales, errors, self.residuals, strict=True)
        lines = [
            f"{j:>3}  {_number(value):>34}  {time:>13.6g}  {error}  {residual:>8.1e}"
            for j, (value, time, error, residual) in enumerate(rows)
        ]
        kind = "in detailed balance" if self.reversible else "not in detailed balance"
        title = f"{'':>3}  {'eigenvalue of -L':>34}  {'timescale':>13}  {'error':>8}  {'residual':>8}"
        return "\n".join([f"{self.masses.size} nodes, {kind}", title, *lines])

    def __repr__(self) -> str:
        return f"<Spectrum {', '.join(_number(value) for value in self.eigenvalues[:4])}, ...>"


def spectrum(generator: "Stencil | Matrix", k: int = 6, *, masses: "ArrayLike | Masses | None" = None) -> Spectrum:
    """Return the slowest modes of a generator.

    Parameters
    ----------
    generator : Stencil or sparse array, shape (n, n)
        Rates off the diagonal; rows sum to minus the killing rate. Row sums of a matrix below 1e-12 of its rates are
        rounding, and taken as 0.
    k : int, default 6
        Number of eigenvalues, at most `n`; one more is returned if a conjugate pair would be split.
    masses : array_like, shape (n,), or Masses, optional
        Stationary masses, found from the rates by default, and where some underflow.

    Returns
    -------
    Spectrum

    Raises
    ------
    ValueError
        If `k` is out of range, or the states fall apart into sets without jumps between them.
    ArithmeticError
        If eigenvalues could not be separated.

    Notes
    -----
    In detailed balance every eigenvalue, however small, is found to nearly all its digits as one of the given rates:
    see `pdeopt.kolmogorov.modes`. Without it the eigenvalues nearest to zero are found, and sorted by real parts;
    one of small real part far up the imaginary axis may be missed.

    Examples
    --------
    >>> rates = np.array([[1e-18, 0.0], [0.0, 2e-18]])
    >>> found = spectrum(Stencil(((1,), (-1,)), rates, np.zeros(2), (False,)), 2)
    >>> found.eigenvalues
    array([0.e+00, 3.e-18])
    """
    shape = generator.shape if isinstance(generator, Stencil) else generator.shape[:1]
    n = int(np.prod(shape))
    if not 1 <= k <= n:
        raise ValueError(f"k={k} eigenvalues of a generator with {n} states: use 1 to {n}.")
    problem = _problem(generator, masses)
    return _record(slow_modes(problem, k), problem, shape)


def _record(modes: list[Mode], problem: Shifts, shape: tuple[int, ...]) -> Spectrum:
    values = np.array([mode.value for mode in modes])
    functions = np.stack([_function(problem, mode) for mode in modes])
    if problem.reversible:
        values, functions = values.real, functions.real
    if problem.closed:
        functions[0] = 1.0
    residuals = np.array([mode.residual for mode in modes])
    fields = functions.reshape(-1, *shape)
    return Spectrum(values, fields, problem.masses.values.reshape(shape), problem.reversible, residuals)


def _function(problem: Shifts, mode: Mode) -> Any:
    function = problem.masses.unweighted(_signed(mode.vector))
    value = mode.value.real if problem.reversible else mode.value
    return with_tails(problem, value, function) if isinstance(problem, Eliminating) else function


def _signed(vector: Any) -> Any:
    """Return the vector with the sign, or phase, that makes its first large entry positive."""
    first = vector[np.flatnonzero(np.abs(vector) > 0.5 * np.abs(vector).max())[0]]
    return vector * (abs(first) / first)


def _problem(generator: "Stencil | Matrix", masses: "ArrayLike | Masses | None") -> Shifts:
    order = None
    if isinstance(generator, Stencil):
        width = np.abs(np.asarray(generator.offsets)).max(axis=0)
        order = dissection(generator.shape, width.tolist(), generator.periodic)
        matrix, losses = generator.matrix, generator.killing.ravel()
    else:
        matrix = sparse.csr_array(generator)
        losses = _losses(matrix)
    given = masses if masses is None or isinstance(masses, Masses) else Masses.from_values(masses)
    if given is not None and not given.numbers.all():
        # What underflows is found again, to all digits, along jumps.
        given = None
    rates = _off_diagonal(matrix)
    if rates.nnz and not rates.data.min() >= 0.0:
        found = _left_null(matrix) if given is None else given
        return Pivoting(sparse.csr_array(-matrix), found, not losses.any())
    return _eliminating(Layout.of(rates, order), rates, losses, given)


def _eliminating(layout: Layout, rates: Matrix, losses: FloatArray, given: Masses | None) -> Eliminating:
    _check_connected(rates, losses)
    balanced = balanced_masses(rates) if given is None else given
    reversible = balanced is not None and (given is None or keeps_balance(rates, balanced))
    if balanced is None:
        balanced = layout.eliminate(np.zeros(losses.size)).symmetrising
    return Eliminating(layout, losses, balanced, reversible)


def _check_connected(rates: Matrix, losses: FloatArray) -> None:
    n_sets, labels = sparse.csgraph.connected_components(rates, directed=False)
    if n_sets > 1 and np.unique(labels[losses > 0.0]).size < n_sets:
        raise ValueError(
            f"the states fall apart into {n_sets} sets without jumps between them, so that 0 is a multiple eigenvalue. "
            "Take the spectrum of one set, or give the others losses."
        )


def _off_diagonal(matrix: Matrix) -> Matrix:
    listed = matrix.tocoo()
    jumps = (listed.row != listed.col) & (listed.data != 0.0)
    return sparse.csr_array((listed.data[jumps], (listed.row[jumps], listed.col[jumps])), shape=matrix.shape)


def _losses(matrix: Matrix) -> FloatArray:
    listed, n = matrix.tocoo(), matrix.shape[0]
    lost = -np.bincount(listed.row, listed.data, minlength=n)
    sizes = np.bincount(listed.row, np.abs(listed.data), minlength=n)
    return np.where(np.abs(lost) > ROUNDED * sizes, lost, 0.0)


def _left_null(matrix: Matrix) -> Masses:
    n = matrix.shape[0]
    shift = 1e-9 * np.abs(matrix.diagonal()).max()
    factors = splu((shift * sparse.eye_array(n) - matrix.T).tocsc())
    left = np.ones(n)
    for _ in range(4):
        left = factors.solve(left)
        left /= np.abs(left).sum()
    return Masses.from_values(np.maximum(np.abs(left), 1e-280))


def _number(value: complex) -> str:
    return f"{value.real:.14g}" if value.imag == 0.0 else f"{value.real:.11g}{value.imag:+.11g}i"
