"""Linear systems of jump processes with all digits: sparse elimination of states that subtracts nothing."""

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any, TypeAlias

import numpy as np
from scipy import sparse

from pdeopt._types import ArrayLike, FloatArray, IntArray
from pdeopt.kernels.kolmogorov import elimination as kernels
from pdeopt.kolmogorov.masses import Masses
from pdeopt.kolmogorov.ordering import minimum_degree

__all__ = ["Elimination", "Layout", "checked_rates", "eliminated"]

Rates: TypeAlias = "sparse.csr_array[np.float64]"


@dataclass(frozen=True, eq=False, repr=False)
class Elimination:
    """The factors of `M = diag(losses + row sums of rates) - rates`, minus the generator of a jump process.

    Parameters
    ----------
    order : array of int, shape (n,)
        The states as they are left out.
    starts, columns : array of int, shapes (n + 1,) and (m,)
        Pattern of the factors, by rows of the upper one.
    lower, upper : array, shape (m,)
        Their entries, at least 0.
    pivots : array, shape (n,)

    Notes
    -----
    Every entry of a solution for data of one sign is right to a few roundings times the depth of the elimination,
    relative to itself; for data of two signs, relative to the solution for their absolute values.

    References
    ----------
    W. K. Grassmann, M. I. Taksar, D. P. Heyman, *Regenerative analysis and steady state distributions for Markov
    chains*, Operations Research 33 (1985) 1107-1116. C. A. O'Cinneide, *Relative-error bounds for the LU
    decomposition via the GTH algorithm*, Numerische Mathematik 73 (1996) 507-519.
    """

    order: IntArray
    starts: IntArray
    columns: IntArray
    lower: FloatArray
    upper: FloatArray
    pivots: FloatArray

    @property
    def closed(self) -> bool:
        """Whether nothing is ever lost, so that `M` is singular."""
        return bool(self.pivots[-1] == 0.0)

    def solve(self, source: ArrayLike) -> FloatArray:
        """Return `x` with `M x = source`, in the shape of `source`, one number per state.

        Raises
        ------
        ValueError
            If there are no losses; see `poisson` and `masses` for that.
        """
        self._check_open()
        return np.asarray(self._substituted(source, kernels.substitute, self.pivots))

    def solve_transposed(self, source: ArrayLike) -> FloatArray:
        """Return `y` with `y M = source`: mean times spent in each state, from masses `source` at the start."""
        self._check_open()
        return np.asarray(self._substituted(source, kernels.substitute_transposed, self.pivots))

    def poisson(self, source: ArrayLike) -> FloatArray:
        """Return `x` of stationary mean zero with `M x = source - its stationary mean`, without losses."""
        self._check_closed()
        given = np.asarray(source, dtype=np.float64)
        weights = self.masses.values.reshape(given.shape)
        pinned = self.pivots.copy()
        pinned[-1] = np.inf
        found = self._substituted(given - np.sum(weights * given), kernels.substitute, pinned)
        return np.asarray(found - np.sum(weights * found))

    @cached_property
    def masses(self) -> Masses:
        """Stationary masses, `m M = 0`, of a process without losses."""
        self._check_closed()
        return self.symmetrising

    @cached_property
    def symmetrising(self) -> Masses:
        """The same, where states fall apart into sets without jumps between them: each with masses of its own."""
        numbers, exponents = np.empty(self.order.size), np.empty(self.order.size, dtype=np.int64)
        place, power = np.empty_like(numbers), np.empty_like(exponents)
        kernels.left_out_masses(self.starts, self.columns, self.lower, power, place)
        numbers[self.order], exponents[self.order] = place, power
        return Masses(numbers, exponents)

    def scaled(self, masses: Masses) -> "Elimination":
        """Return the factors of `D M / D`, with `D` the diagonal of the roots of masses."""
        rows = self.order[np.repeat(np.arange(self.order.size), np.diff(self.starts))]
        ratios = masses.root_ratios(rows, self.order[self.columns])
        return replace(self, lower=self.lower / ratios, upper=self.upper * ratios)

    def _substituted(self, source: ArrayLike, kernel: Any, pivots: FloatArray) -> Any:
        given = np.asarray(source)
        if given.size != self.order.size:
            raise ValueError(f"source has shape {given.shape} for {self.order.size} states; give one number for each.")
        work = given.ravel()[self.order].astype(np.result_type(given, pivots))
        kernel(self.starts, self.columns, self.lower, self.upper, pivots, work)
        found = np.empty_like(work)
        found[self.order] = work
        return found.reshape(given.shape)

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("nothing is lost, so that the system is singular. Stop some states, or use poisson().")

    def _check_closed(self) -> None:
        if not self.closed:
            raise ValueError("the process loses mass, so that none is stationary. Use it without losses.")


@dataclass(frozen=True, eq=False, repr=False)
class Layout:
    """Rates in the order of an elimination, and where its factors have entries; one serves for all losses.

    Parameters
    ----------
    rates : sparse array, shape (n, n)
        Permuted, with a zero stored wherever there is a rate the other way.
    order : array of int, shape (n,)
        The states as they are left out.
    starts, columns : array of int, shapes (n + 1,) and (m,)
        Pattern of the factors, by rows of the upper one.
    """

    rates: Rates
    order: IntArray
    starts: IntArray
    columns: IntArray

    @classmethod
    def of(cls, rates: Rates, order: IntArray | None = None) -> "Layout":
        """Lay out checked rates in an order, by default one of minimum degree."""
        natural = np.arange(rates.shape[0])
        used = minimum_degree(_symmetric(rates, natural)) if order is None else order
        permuted = _symmetric(rates, used)
        starts, columns = permuted.indptr.astype(np.int64), permuted.indices.astype(np.int64)
        return cls(permuted, used, *_patterns(starts, columns))

    @cached_property
    def rows_of_lower(self) -> tuple[IntArray, IntArray, IntArray]:
        """Row starts, columns and places of the lower factor."""
        n, places = self.order.size, np.arange(self.columns.size)
        by_columns = sparse.csr_array((places, self.columns, self.starts), shape=(n, n)).tocsc()
        return by_columns.indptr.astype(np.int64), by_columns.indices.astype(np.int64), by_columns.data

    @cached_property
    def lasts(self) -> IntArray:
        """The last state of the run of each, of states whose rows are alike."""
        lasts = np.empty(self.order.size, dtype=np.int64)
        kernels.last_of_runs(self.starts, self.columns, lasts)
        return lasts

    def eliminate(self, losses: Any) -> Elimination:
        """Factor with losses, shape (n,), in the order of the states; negative or complex ones shift eigenvalues."""
        n, m = self.order.size, self.columns.size
        row, sums, pivots, lower, upper = (np.zeros(size, dtype=losses.dtype) for size in (n, n, n, m, m))
        starts, columns = self.rates.indptr.astype(np.int64), self.rates.indices.astype(np.int64)
        given = (starts, columns, self.rates.data, losses[self.order], self.starts, self.columns)
        kernels.eliminate(*given, *self.rows_of_lower, self.lasts, row, sums, pivots, lower, upper)
        return Elimination(self.order, self.starts, self.columns, lower, upper, pivots)


def eliminated(rates: Rates, losses: ArrayLike = 0.0, *, order: IntArray | None = None) -> Elimination:
    """Factor minus the generator of a jump process with finitely many states, without a subtraction.

    Parameters
    ----------
    rates : sparse array, shape (n, n)
        Rates of jumps, at least 0; the diagonal is left aside.
    losses : float or array, shape (n,), default 0
        Rates at which the process ends in each state, or is absorbed outside, at least 0.
    order : array of int, shape (n,), optional
        States as they are to be left out; by default in an order of minimum degree.

    Returns
    -------
    Elimination

    Raises
    ------
    ValueError
        If a rate or loss is negative or not finite, or there are states from which no loss is in reach.

    Examples
    --------
    >>> rates = sparse.csr_array([[0.0, 1e-17, 0.0], [3.0, 0.0, 1.0], [0.0, 0.0, 0.0]])
    >>> stopped = eliminated(rates, [0.0, 0.0, 1.0])
    >>> stopped.solve([1.0, 1.0, 0.0])
    array([4.e+17, 3.e+17, 0.e+00])
    """
    lost = np.broadcast_to(np.asarray(losses, dtype=np.float64), rates.shape[:1])
    factors = Layout.of(checked_rates(rates, lost), order).eliminate(lost)
    _check_ways_out(factors)
    return factors


def _patterns(starts: IntArray, columns: IntArray) -> tuple[IntArray, IntArray]:
    parents, room, counts = (np.empty(starts.size - 1, dtype=np.int64) for _ in range(3))
    kernels.elimination_tree(starts, columns, room, parents)
    kernels.count_factors(starts, columns, parents, room, counts)
    upper_starts = np.concatenate([[0], np.cumsum(counts)])
    upper_columns = np.empty(upper_starts[-1], dtype=np.int64)
    kernels.fill_patterns(starts, columns, parents, room, upper_starts, counts, upper_columns)
    return upper_starts, upper_columns


def _symmetric(rates: Rates, order: IntArray) -> Rates:
    """Return the permuted rates, with a zero stored wherever there is a rate the other way."""
    places = np.empty_like(order)
    places[order] = np.arange(order.size)
    listed = rates.tocoo()
    rows, columns = places[listed.row], places[listed.col]
    zeros = np.zeros(rows.size)
    both = (np.concatenate([rows, columns]), np.concatenate([columns, rows]))
    return sparse.csr_array((np.concatenate([listed.data, zeros]), both), shape=rates.shape)


def checked_rates(rates: Rates, lost: FloatArray) -> Rates:
    """Return the rates off the diagonal, once they and the losses are found to be such."""
    listed = sparse.coo_array(rates)
    jumps = listed.row != listed.col
    kept = (listed.data[jumps].astype(np.float64), (listed.row[jumps], listed.col[jumps]))
    for name, values in {"rates": kept[0], "losses": lost}.items():
        if values.size and not (values.min() >= 0.0 and values.max() < np.inf):
            wrong = values[~((values >= 0.0) & (values < np.inf))][0]
            raise ValueError(
                f"{name} has the entry {wrong:g}, but elimination without subtractions needs finite numbers of at "
                "least 0. Use rates of a monotone scheme, such as Scharfetter-Gummel or midpoint Gibbs."
            )
    return sparse.csr_array(kept, shape=rates.shape)


def _check_ways_out(factors: Elimination) -> None:
    stuck = np.flatnonzero(~(factors.pivots > 0.0))
    last = np.flatnonzero(np.diff(factors.starts) == 0)
    if np.setdiff1d(stuck, last).size or (stuck.size and not factors.closed):
        raise ValueError(
            f"from state {factors.order[stuck[0]]} there is no way to a state with losses, nor to all others. Give it "
            "a loss (1 for a state where the process is stopped), or leave out its component."
        )
