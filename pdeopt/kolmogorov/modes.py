"""Slow modes of jump processes, with all digits however far apart their rates are."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.linalg import eig, eigh
from scipy.sparse.linalg import ArpackNoConvergence, LinearOperator, eigs, eigsh

from pdeopt._types import FloatArray
from pdeopt.kolmogorov.shifts import Shifts, Solver

__all__ = ["Mode", "slow_modes"]

DENSE = 120
"""States up to which the inverse is written out."""
WINDOW = (1e-5, 1e5)
"""Eigenvalues, in units of a shift, whose vectors one inverse gives well."""
FIRST_SHIFT = 1e-6
"""In units of the mean rate at which states are left."""
NOISE = 1e-12
"""Eigenvalues, in units of a shift, of which its inverse says nothing."""
SMALLEST_SHIFT = 1e-280
FAR = 10.0
"""Shift in units of complex eigenvalues: so far off, the nearest ones are those of smallest real part."""
OFFSETS = (1e-4, 1e-3)
"""Distance of the last shift from an eigenvalue, relative to it, without and with detailed balance."""
TOLERANCE = 1e-8
"""Relative, of vectors from Lanczos or Arnoldi steps."""
NEGLIGIBLE = 1e-6
"""Entries of such a vector, relative to the largest, that are not trusted."""
PAIRED = 1e-6
"""Relative distance below which one value is the conjugate of another."""
SPARE = 3
"""Vectors computed beside those asked for."""
RESTARTS = 100
ITERATIONS = 6
ATTEMPTS = 3


@dataclass(frozen=True, eq=False)
class Mode:
    """An eigenvalue of minus a generator.

    Parameters
    ----------
    value : complex
    vector : array, shape (n,)
        Eigenfunction times the roots of the masses, of length 1.
    residual : float
        Length of what a further inverse iteration changes in it.
    """

    value: complex
    vector: Any
    residual: float


def slow_modes(shifts: Shifts, k: int) -> list[Mode]:
    """Return the `k` eigenvalues of smallest real part, one more if it is the conjugate of the last.

    Raises
    ------
    ArithmeticError
        If eigenvalues are passed over several times.

    Notes
    -----
    A shift sees eigenvalues of its own size: Lanczos or Arnoldi steps with the inverse find those within five
    decades, and further shifts the slower and the faster ones. Inverse iterations beside each eigenvalue, by an
    elimination that is not troubled by its size, give it and its function their last digits; where there is detailed
    balance, the signs of pivots tell whether an eigenvalue was passed over (Sylvester's law of inertia).
    """
    for attempt in range(ATTEMPTS):
        rough = _staged(shifts, k, SPARE * (attempt + 1), attempt)
        modes, missed = _polished(shifts, rough)
        if not missed:
            return modes
    raise ArithmeticError(f"k={k} eigenvalues could not be told apart from others among them; ask for k={k + 4}.")


def _staged(shifts: Shifts, k: int, spare: int, attempt: int) -> list[tuple[complex, Any]]:
    """Return k eigenvalues to a few digits and their scaled vectors, from one shift after another."""
    roots = np.sqrt(shifts.masses.values)
    known: dict[int, tuple[complex, Any]] = {0: (0.0, roots)} if shifts.closed else {}
    shift, k_all = FIRST_SHIFT * shifts.typical, k
    if not shifts.reversible:
        spare += k
        shift = _far_shift(shifts, shift, min(k + spare, roots.size), attempt)
    while missing := [j for j in range(k_all) if j not in known]:
        if shift < SMALLEST_SHIFT:
            raise ArithmeticError(f"eigenvalue {missing[-1]} is below {SMALLEST_SHIFT}: the process falls apart.")
        try:
            values, vectors = _leading(shifts, shift, min(missing[-1] + 1 + spare, roots.size), attempt)
        except ArpackNoConvergence:
            # All eigenvalues are far below the shift.
            shift *= FIRST_SHIFT
            continue
        if missing[-1] == k_all - 1 == k - 1 and _splits_a_pair(values, k):
            k_all = k + 1
            missing.append(k)
        sizes = np.abs(values) / shift
        known |= {j: (values[j], vectors[j]) for j in missing if WINDOW[0] < sizes[j] < WINDOW[1]}
        shift *= _next_factor([float(sizes[j]) for j in missing if j not in known])
    return [known[j] for j in range(k_all)]


def _far_shift(shifts: Shifts, shift: float, k: int, attempt: int) -> float:
    """Return a shift beyond the k eigenvalues nearest to zero."""
    while shift > SMALLEST_SHIFT:
        try:
            return float(FAR * np.abs(_leading(shifts, shift, k, attempt)[0][: k // 2 + 1]).max())
        except ArpackNoConvergence:
            shift *= FIRST_SHIFT
    raise ArithmeticError("no eigenvalue was found; see whether rates span more than floats can hold.")


def _next_factor(sizes: list[float]) -> float:
    """Return the ratio of the next shift to the last, from sizes in its units that are out of the window."""
    small = max((size for size in sizes if size < 1.0), default=0.0)
    if any(size < 1.0 for size in sizes):
        return small if small > NOISE else 1e2 * NOISE
    return float(min(sizes, default=1.0) / WINDOW[0] ** 0.5)


def _splits_a_pair(values: Any, k: int) -> bool:
    if not np.iscomplexobj(values) or k >= values.size:
        return False
    distance = abs(values[k] - np.conj(values[k - 1]))
    return bool(abs(values[k - 1].imag) > 0.0 and distance < PAIRED * abs(values[k]))


def _leading(shifts: Shifts, shift: float, k: int, attempt: int) -> tuple[Any, Any]:
    """Return eigenvalues in ascending order, from the inverse at a shift, and unit vectors by rows."""
    roots = np.sqrt(shifts.masses.values)
    solve, _ = shifts.scaled_inverse(shift)
    deflated = roots if shifts.closed and not shifts.reversible else None

    def apply(x: FloatArray) -> Any:
        flat = np.ravel(x)
        return shift * solve(flat if deflated is None else flat - deflated * (deflated @ flat))

    found, vectors = (_dense if roots.size <= DENSE else _krylov)(apply, roots.size, k, shifts.reversible, attempt)
    if deflated is not None:
        kept = np.argsort(-np.abs(found))[: k - 1]
        found = np.concatenate([[1.0], found[kept]])
        vectors = np.column_stack([roots, vectors[:, kept]])
    if shifts.reversible:
        order = np.argsort(-found)
        return shift * (1.0 / np.maximum(found[order], NOISE) - 1.0), vectors[:, order].T
    values = shift * (1.0 / np.where(np.abs(found) > NOISE, found, NOISE) - 1.0)
    order = np.lexsort((values.imag, values.real))
    order = order[_has_conjugate(values[order])]
    return values[order], vectors[:, order].T


def _has_conjugate(values: Any) -> Any:
    distance = np.abs(values.conj()[:, None] - values)
    return (values.imag == 0.0) | (distance.min(axis=1, initial=np.inf) < PAIRED * np.abs(values))


def _dense(apply: Solver, n: int, k: int, symmetric: bool, attempt: int) -> tuple[Any, Any]:
    del attempt
    inverse = np.column_stack([apply(column) for column in np.eye(n)])
    if symmetric:
        return eigh(0.5 * (inverse + inverse.T), subset_by_index=(n - k, n - 1))
    found, vectors = eig(inverse)
    kept = np.argsort(-np.abs(found))[:k]
    return found[kept], vectors[:, kept]


def _krylov(apply: Solver, n: int, k: int, symmetric: bool, attempt: int) -> tuple[Any, Any]:
    operator = LinearOperator((n, n), matvec=apply, dtype=np.float64)
    start = np.cos(np.arange(n) * (1.7 + attempt) + 0.3)
    room = min(n, (2 * k + 8 if symmetric else 3 * k + 20) * (attempt + 1))
    if symmetric:
        return eigsh(operator, k, which="LA", v0=start, ncv=room, tol=TOLERANCE, maxiter=RESTARTS)
    return eigs(operator, k, which="LM", v0=start, ncv=room, tol=TOLERANCE, maxiter=RESTARTS)


def _polished(shifts: Shifts, rough: list[tuple[complex, Any]]) -> tuple[list[Mode], bool]:
    modes: list[Mode] = []
    for j, (value, vector) in enumerate(rough):
        if shifts.closed and j == 0:
            modes.append(Mode(0.0, np.sqrt(shifts.masses.values), 0.0))
            continue
        mode, below = _iterated(shifts, value, vector, modes)
        if shifts.reversible and below > j:
            return modes, True
        modes.append(mode)
    return modes, False


def _iterated(shifts: Shifts, value: complex, vector: Any, modes: list[Mode]) -> tuple[Mode, int]:
    """Return the mode near a rough value and vector by inverse iterations, and how many eigenvalues are below."""
    shift = complex(value * (1.0 - OFFSETS[shifts.reversible]))
    solve, below = shifts.scaled_inverse(-shift)
    others = [mode.vector for mode in (modes if shifts.reversible else modes[: shifts.closed])]
    found = np.where(np.abs(vector) > NEGLIGIBLE * np.abs(vector).max(), vector, 0.0)
    for _ in range(ITERATIONS):
        before = found / np.linalg.norm(found)
        # Scaled, so that squares of the answer do not overflow.
        found = solve(before * abs(value))
        for other in others:
            found = found - other * np.vdot(other, found)
    factor = np.vdot(before, found)
    residual = float(np.linalg.norm(before - found / factor))
    return Mode(shift + abs(value) / factor, found / np.linalg.norm(found), residual), below
