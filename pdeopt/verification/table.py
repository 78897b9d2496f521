"""Verdicts on every scheme of the package, as one table; only strong orders on nonlinear equations are sampled."""

import os
import signal
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from multiprocessing import get_context
from time import perf_counter

from tqdm import tqdm

from pdeopt.sde.langevin import LangevinScheme
from pdeopt.sde.milstein import MilsteinFamily
from pdeopt.sde.scheme import Scheme
from pdeopt.sde.schemes import SCHEMES, get
from pdeopt.systems import SDE
from pdeopt.verification.equations import equation_for, langevin_on_the_circle, two_components
from pdeopt.verification.orders import invariant_bias, weak_order
from pdeopt.verification.strong import strong_order
from pdeopt.verification.verdict import Verdict

__all__ = ["WORDS", "SchemeTable", "TableRow", "certify_schemes"]

WORDS = ("baoab", "aboba", "obabo", "oabao", "ubu", "bub", "ava", "vav", "bao", "oba")
NOISES = ("additive", "diagonal", "general")
BLAS_THREADS = ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS")
SHARING = ("bbk-shared",)
"""Schemes for Langevin dynamics that carry noise from step to step: linear equations only."""


@dataclass(frozen=True)
class TableRow:
    """The verdicts on one scheme for one kind of noise.

    Parameters
    ----------
    scheme, noise : str
    weak, invariant : Verdict
        Of the weak order, and of the order of stationary averages.
    seconds : float
        Time that all took.
    strong : Verdict, optional
        Of the strong order, where it is decided.
    problem : str
        Name of the equation of weak and stationary errors.
    """

    scheme: str
    noise: str
    weak: Verdict
    invariant: Verdict
    seconds: float
    strong: Verdict | None = None
    problem: str = ""

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """The verdicts there are: strong, weak, invariant."""
        return tuple(one for one in (self.strong, self.weak, self.invariant) if one is not None)

    def __str__(self) -> str:
        parts = [_cells(one) for one in (self.strong, self.weak, self.invariant)]
        return f"{self.scheme:24} {self.noise:11} {' '.join(parts)} {self.seconds:6.2f}  {self.problem}"


def _cells(one: Verdict | None) -> str:
    return f"{'':29}" if one is None else f"{one.claimed:7g} {one.order:8.4f} {one.verdict:12}"


@dataclass(frozen=True)
class SchemeTable:
    """All rows; its text is a table.

    Parameters
    ----------
    rows : tuple of TableRow
    """

    rows: tuple[TableRow, ...]

    @property
    def verdicts(self) -> tuple[Verdict, ...]:
        """All verdicts, strong before weak before invariant in every row."""
        return tuple(one for row in self.rows for one in row.verdicts)

    def __str__(self) -> str:
        quantity = f"{'claimed':>7} {'order':>8} {'verdict':12}"
        head = f"{'scheme':24} {'noise':11} {quantity} {quantity} {quantity} {'s':>6}  problem"
        above = f"{'':36} {'strong':29} {'weak':29} stationary averages"
        return "\n".join([above.rstrip(), head, *map(str, self.rows)])


def certify_schemes(
    methods: Iterable[str | Scheme] | None = None, *, processes: int = 1, progress: bool = False
) -> SchemeTable:
    """Decide strong and weak orders and orders of stationary averages of schemes.

    Weak orders and stationary averages are decided without sampling, and so are strong orders on affine equations.

    Parameters
    ----------
    methods : iterable of str or Scheme, optional
        By default all schemes of the package, and the common splitting words.
    processes : int
        Processes that share the work.
    progress : bool
        Whether a terminal is shown a bar.

    Returns
    -------
    SchemeTable
        A row for each scheme and kind of noise that it takes: in one dimension, and for commutative noise in two; for
        Langevin dynamics in the harmonic well and in a periodic potential.

    Examples
    --------
    >>> table = certify_schemes(["weak-euler-two-point"])
    >>> sorted({verdict.claimed for verdict in table.verdicts})
    [1.0]
    """
    chosen = [get(one) for one in ((*SCHEMES, *WORDS) if methods is None else methods)]
    cases = [(scheme, k) for scheme in chosen for k in range(len(_trials(scheme)))]
    bar = partial(
        tqdm, total=len(cases), desc="certifying", unit="case", leave=False, disable=None if progress else True
    )
    if processes == 1:
        return SchemeTable(tuple(bar(map(_row, cases))))
    # Threads do not survive a fork; processes that share the cores leave each other one for matrices.
    with (
        _environment(dict.fromkeys(BLAS_THREADS, "1")),
        ProcessPoolExecutor(processes, get_context("spawn"), initializer=_ignore_interrupts) as pool,
    ):
        return SchemeTable(tuple(bar(pool.map(_row, cases))))


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    """Give processes that are started inside other variables."""
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _ignore_interrupts() -> None:
    """Leave Ctrl-C to the process that waits."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _trials(scheme: Scheme) -> list[tuple[str, SDE]]:
    """Return the kinds of noise and equations on which a scheme is tried."""
    if isinstance(scheme, LangevinScheme):
        # A scheme that accepts or refuses has no closed moments in the well.
        well, circle = equation_for(scheme), langevin_on_the_circle()
        systems = [well] if scheme.name in SHARING else [circle] if well.name == circle.name else [well, circle]
        return [("additive", system) for system in systems]
    trials = [(noise, equation_for(scheme, None, noise)) for noise in NOISES if noise in scheme.orders]
    return [*trials, ("commutative", two_components("commutative"))] if "commutative" in scheme.orders else trials


def _row(case: tuple[Scheme, int]) -> TableRow:
    (scheme, k), begun = case, perf_counter()
    trials = _trials(scheme)
    noise, system = trials[k]
    is_first = noise not in [kind for kind, _ in trials[:k]]
    strong = _strong(scheme, noise) if is_first else None
    weak, invariant = weak_order(scheme, system), invariant_bias(scheme, system)
    return TableRow(scheme.name, noise, weak, invariant, perf_counter() - begun, strong, system.name or "")


def _strong(scheme: Scheme, noise: str) -> Verdict | None:
    """Return the verdict on a strong order, where one is claimed."""
    if scheme.orders[noise].strong is None:
        return None
    # The order does not depend on how many terms Levy areas have, and each takes four draws.
    tried = replace(scheme, levy_terms=1) if noise == "general" and isinstance(scheme, MilsteinFamily) else scheme
    return strong_order(tried, noise=noise, progress=False)
